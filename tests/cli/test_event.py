"""The verbs ``event`` and ``events``, the demo's acuse, and the JSON forms that go with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dian_fe import Client, read
from dian_fe._cli.main import main
from dian_fe.testing import Simulator, SimulatorServer, ToyPki
from dian_fe.testing.simulator import _ANSWERS, _status
from tests.events.support import BUYER, at, buyer
from tests.events.test_simulator import MONDAY, Trade

pytestmark = pytest.mark.between

PERSON = '{"id": "1020304050", "first_name": "Ana", "family_name": "Ejemplo"}'


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    assert main(["demo", "--out", str(folder), "--json"]) == 0
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any, str]:
    capsys.readouterr()
    status = main([*map(str, arguments), "--json"])
    captured = capsys.readouterr()
    return status, json.loads(captured.out), captured.err


def _package(demo: Path) -> Path:
    return next(demo.glob("z07000853710002*3b023381.zip"))


def _acuse(demo: Path) -> Path:
    (path,) = (path for path in demo.glob("ar1020304050*.xml") if "-dian" not in path.name)
    return path


def _declare(demo: Path, out: Path, code: str, *more: object) -> list[object]:
    when = "2026-03-02T16:00:00-05:00"
    return ["event", _package(demo), "--code", code, "--number", "E7", "--issuer", demo / "buyer.json", "--simulate",
            "--at", when, "--out", out, *more]  # fmt: skip


def test_the_demo_acknowledges_its_invoice(demo: Path) -> None:
    received = read(_acuse(demo).read_bytes())
    assert (received.kind.name, received.document.code, received.document.number) == ("event", "030", "ACU1")
    answer = read(_acuse(demo).with_name(_acuse(demo).stem + "-dian.xml").read_bytes())
    assert answer.document.accepted
    assert answer.document.reference_key == received.key
    packed = read(next(demo.glob("z1020304050*.zip")).read_bytes())
    assert packed.events[0].raw == received.raw


def test_an_invoice_is_acknowledged_and_then_received(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, told, _ = run(capsys, *_declare(demo, tmp_path, "030", "--person", PERSON))
    assert (status, told["kind"], told["number"]) == (0, "event", "E7")
    assert told["answer"]["accepted"]
    assert read(Path(told["file"]).read_bytes()).document.person.family_name == "Ejemplo"
    assert read(Path(told["answer_file"]).read_bytes()).document.accepted
    assert read(Path(told["package"]).read_bytes()).events[0].document.code == "030"
    assert json.loads(next(tmp_path.glob("030-*.shipment.json")).read_text(encoding="utf-8"))["state"] == "accepted"
    person = tmp_path / "person.json"
    person.write_text(PERSON, encoding="utf-8")
    history = ["--history", _acuse(demo)]
    status, told, _ = run(capsys, *_declare(demo, tmp_path / "032", "032", "--person", person, *history))
    assert (status, told["answer"]["accepted"]) == (0, True)
    history += ["--history", told["file"]]
    for code, more in (("033", ()), ("031", ("--concept", "04"))):
        status, told, _ = run(capsys, *_declare(demo, tmp_path / code, code, *more, *history, "--number", "E8"))
        assert (status, told["answer"]["accepted"]) == (0, True), code


def test_what_the_invoice_does_not_admit_is_a_negative_verdict(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    status, told, _ = run(capsys, *_declare(demo, out, "033"))
    assert status == 1
    assert [fault["code"] for fault in told["faults"]] == ["missing_event"]
    status, told, _ = run(capsys, *_declare(demo, out, "030", "--person", PERSON, "--history", _acuse(demo)))
    assert (status, [fault["code"] for fault in told["faults"]]) == (1, ["LGC01"])
    assert not out.exists()
    assert main([str(each) for each in _declare(demo, out, "033")]) == 1
    assert "no se escribe ni se envía" in capsys.readouterr().out


def test_an_invoice_that_does_not_verify_is_never_acknowledged(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = read(_package(demo).read_bytes())
    tampered = tmp_path / "factura.xml"
    tampered.write_bytes(package.sales_documents[0].raw.replace(b"Molino", b"Molido"))
    arguments = _declare(demo, tmp_path / "out", "030", "--person", PERSON)
    arguments[1] = tampered
    status, told, _ = run(capsys, *arguments)
    assert (status, told["signed"]) == (1, False)
    assert told["faults"][0]["code"] == "ZE02"


@pytest.mark.parametrize(
    ("code", "more", "field"),
    [
        ("030", (), "--person"),
        ("030", ("--person", PERSON, "--concept", "01"), "--concept"),
        ("031", (), "--concept"),
        ("033", ("--person", PERSON), "--person"),
        ("034", ("--concept", "01"), "--concept"),
        ("030", ("--person", "{}"), "id"),
        ("030", ("--person", PERSON, "--history", "FACTURA"), "--history"),
    ],
)
def test_what_cannot_be_used(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, more: tuple[str, ...], field: str
) -> None:
    given = [next(demo.glob("fv*.xml")) if each == "FACTURA" else each for each in more]
    status, told, err = run(capsys, *_declare(demo, tmp_path / "out", code, *given))
    assert (status, told["error"]["field"]) == (2, field)
    assert "Traceback" not in err


def test_the_history_is_of_the_invoice_answered(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trade = Trade()
    foreign = tmp_path / "acuse.xml"
    foreign.write_bytes(trade.signed(trade.made("030", at(MONDAY, 11))).xml)
    status, told, _ = run(capsys, *_declare(demo, tmp_path / "out", "032", "--person", PERSON, "--history", foreign))
    assert (status, told["error"]["field"], told["error"]["found"]) == (2, "--history", trade.sale.key)


def test_an_answer_about_events_that_cannot_be_read_is_told(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not end as if nothing had been registered; where nothing depends on it, the event goes out."""

    def answer(self: Simulator, arguments: object) -> dict[str, object]:
        return _status("00", IsValid=True, XmlBase64Bytes=b"<a")

    monkeypatch.setitem(_ANSWERS, "GetStatusEvent", answer)
    status, told, err = run(capsys, *_declare(demo, tmp_path / "032", "032", "--person", PERSON))
    assert (status, [fault["code"] for fault in told["faults"]]) == (1, ["unread_history"])
    assert len(told["problems"]) == 1
    assert told["problems"][0] in err
    assert "no se puede leer" in err
    assert not (tmp_path / "032").exists()
    status, told, err = run(capsys, *_declare(demo, tmp_path / "030", "030", "--person", PERSON))
    assert (status, told["answer"]["accepted"], len(told["problems"])) == (0, True, 1)
    assert "no se puede leer" in err


def test_a_mandatary_declares_and_signs(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lawyer = {"nit": "900373076", "name": "Mandatos Ejemplo SAS"}
    issuer = json.loads((demo / "buyer.json").read_text(encoding="utf-8")) | {"organization": lawyer}
    file, given = tmp_path / "mandatario.json", tmp_path / "organizacion.json"
    file.write_text(json.dumps(issuer), encoding="utf-8")
    given.write_text(json.dumps(lawyer), encoding="utf-8")
    for number, mandatary in enumerate((given, json.dumps(lawyer))):
        arguments = _declare(demo, tmp_path / str(number), "030", "--person", PERSON, "--mandatary", mandatary)
        arguments[arguments.index(demo / "buyer.json")] = file
        status, told, err = run(capsys, *arguments)
        assert (status, told["answer"]["accepted"]) == (0, True), err
        event = read(Path(told["file"]).read_bytes()).document
        assert event.notes[0].startswith("Mandatos Ejemplo SAS OBRANDO EN NOMBRE Y REPRESENTACION DE ")
        assert event.sender.id != lawyer["nit"]
    arguments = _declare(demo, tmp_path / "otro", "030", "--person", PERSON, "--mandatary", given)
    status, told, _ = run(capsys, *arguments)
    assert (status, told["error"]["field"], told["error"]["found"]) == (2, "sender.id", lawyer["nit"])


def test_sending_for_real_needs_a_key(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [each for each in _declare(demo, tmp_path, "030", "--person", PERSON) if each != "--simulate"]
    status, told, _ = run(capsys, *arguments)
    assert (status, told["error"]["field"]) == (2, "--key")


def test_against_a_service(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The history comes from the service: nothing is told of it on the command line."""
    trade = Trade()
    key, invoice, answer = tmp_path / "firma.p12", tmp_path / "factura.xml", tmp_path / "respuesta.xml"
    key.write_bytes(ToyPki(7).p12(BUYER, "secreta"))
    invoice.write_bytes(trade.sale.received.raw)
    answer.write_bytes(trade.dian.accepted[trade.sale.key].application_response)
    issuer = tmp_path / "buyer.json"
    issuer.write_text(json.dumps(buyer(trade.dian).with_secrets()), encoding="utf-8")
    with SimulatorServer(trade.dian) as server:
        asking = ["--key", key, "--password", "secreta", "--endpoint", server.url]
        for code, number in (("030", "A1"), ("032", "A2")):
            status, told, err = run(
                capsys, "event", invoice, "--answer", answer, "--code", code, "--number", number, "--issuer", issuer,
                "--person", PERSON, "--at", at(MONDAY, 14).isoformat(), "--out", tmp_path / "out", *asking,
            )  # fmt: skip
            assert (status, told["answer"]["accepted"]) == (0, True), err
        status, told, _ = run(capsys, "events", trade.sale.key, *asking)
        assert (status, told["state"], told["accepts_notes"]) == (0, "BIEN_RECIBIDO", True)
        assert [(event["code"], event["number"]) for event in told["events"]] == [("030", "A1"), ("032", "A2")]
        assert [event["issuer"]["id"] for event in told["events"]] == ["800199436", "800199436"]
        assert [event["order"] for event in told["events"]] == [1, 2]
        assert told["term"] == {"last_day": "2026-03-05", "tacit_from": "2026-03-06"}
        assert main(["events", trade.sale.key, *map(str, asking)]) == 0
        assert "Factura con recibo del bien o servicio." in capsys.readouterr().out
        _, told, _ = run(capsys, "events", "ab" * 48, *asking)
        assert (told["state"], told["term"], len(told["problems"])) == ("RECIBIDA", None, 1)
    with Client(signer=trade.dian.signer(BUYER), transport=trade.dian) as ws:
        assert len(ws.events(trade.sale.key).history) == 2


def test_other_verbs_know_events(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, told, _ = run(capsys, "read", _acuse(demo))
    assert (status, told["kind"], told["document"]["code"]) == (0, "event", "030")
    assert told["document"]["person"]["first_name"] == "Ana"
    status, told, _ = run(capsys, "check", _acuse(demo))
    assert (status, told["faults"]) == (0, [])
    pin = json.loads((demo / "buyer.json").read_text(encoding="utf-8"))["software"]["pin"]
    status, told, _ = run(capsys, "verify", _acuse(demo), "--key-secret", pin)
    assert (status, told["valid"], told["key"]["matches"]) == (0, True, True)
    status, told, _ = run(capsys, "schema", "event")
    assert {"number", "sender", "receiver", "code", "concept", "person"} <= told["properties"].keys()
