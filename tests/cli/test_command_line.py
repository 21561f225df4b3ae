"""The command line: its verbs, its JSON contract, its exit statuses; never a traceback."""

from __future__ import annotations

import argparse
import ast
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from dian_fe._cli.main import main
from dian_fe._cli.spanish import MESSAGES
from dian_fe.testing import ToyPki
from dian_fe.ubl.archive import make_zip

pytestmark = pytest.mark.between


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    assert main(["demo", "--out", str(folder), "--json"]) == 0
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any, str]:
    capsys.readouterr()
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, json.loads(captured.out) if captured.out.strip() else None, captured.err


def _one(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


def test_the_demo_leaves_invoice_note_and_answers(demo: Path) -> None:
    names = sorted(path.name for path in demo.iterdir())
    assert "invoice.json" in names
    assert "issuer.json" in names
    for prefix, count in {"fv": 1, "nc": 1, "ar": 4}.items():
        assert sum(name.startswith(prefix) and name.endswith(".xml") for name in names) == count, names


def test_the_demo_gives_the_same_bytes_each_time(demo: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dian_fe", "demo", "--out", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = [line.partition(":")[0] for line in done.stdout.splitlines() if "00 Procesado Correctamente." in line]
    assert told == ["Invoice SETP990000001", "CreditNote NC1", "ApplicationResponse ACU1"]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in demo.iterdir()
    }


def test_read_gives_the_json_contract(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, result, _ = run(capsys, "read", _one(demo, "fv*.xml"))
    assert status == 0
    assert result["kind"] == "invoice"
    assert len(result["key"]) == 96
    assert result["number"] == result["document"]["number"] == "SETP990000001"
    assert result["problems"] == result["unmapped"] == result["parts"] == []
    assert result["document"]["lines"][0]["price"] == "18500.00"


def test_what_read_gives_can_be_built_again(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, result, _ = run(capsys, "read", _one(demo, "fv*.xml"))
    again = tmp_path / "again.json"
    again.write_text(json.dumps(result["document"]), encoding="utf-8")
    status, built, _ = run(
        capsys, "build", again, "--issuer", demo / "issuer.json", "--out", tmp_path / "out", "--json"
    )
    assert status == 0
    assert built["key"] == result["key"]
    assert Path(built["file"]).name == _one(demo, "fv*.xml").name


def test_verify_says_valid_and_checks_the_key(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = json.loads((demo / "issuer.json").read_text(encoding="utf-8"))["resolution"]["technical_key"]
    status, result, _ = run(capsys, "verify", _one(demo, "fv*.xml"), "--key-secret", secret, "--json")
    assert status == 0
    assert result["valid"] is True
    assert result["signature"]["present"] is result["signature"]["valid"] is True
    assert result["signature"]["failing"] == result["profile"] == []
    assert result["key"] == {"matches": True}
    status, result, _ = run(capsys, "verify", _one(demo, "fv*.xml"), "--key-secret", "0" * 40, "--json")
    assert status == 1
    assert result["key"] == {"matches": False}
    assert result["signature"]["valid"] is True


def test_verify_names_the_part_that_fails(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tampered = tmp_path / "tampered.xml"
    tampered.write_bytes(_one(demo, "fv*.xml").read_bytes().replace(b"Molino de mano", b"Molino de otro"))
    status, result, _ = run(capsys, "verify", tampered, "--json")
    assert status == 1
    assert result["signature"]["valid"] is False
    assert result["signature"]["failing"] == ["document"]


def test_check_finds_faults_in_broken_documents_alone(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, result, _ = run(capsys, "check", _one(demo, "nc*.xml"), "--json")
    assert (status, [fault for fault in result["faults"] if fault["severity"] == "RECHAZO"]) == (0, [])
    broken = tmp_path / "broken.xml"
    original = _one(demo, "nc*.xml").read_bytes()
    broken.write_bytes(
        original.replace(b"<cbc:CreditNoteTypeCode>91</cbc:CreditNoteTypeCode>", b"<cbc:Nada></cbc:Nada>")
    )
    status, result, _ = run(capsys, "check", broken, "--json")
    assert status == 1
    assert any(fault["code"] == "ZB01" and "Nada" in fault["xpath"] + str(fault) for fault in result["faults"])


def test_issue_with_the_simulator_from_hand_written_json(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = {
        "kind": "invoice",
        "number": "SETP990000777",
        "issued_at": "2026-03-02T23:30:00-05:00",
        "supplier": {
            "nit": "700085371",
            "name": "Tienda Ejemplo SAS",
            "municipality": "76001",
            "address": "Cl 14",
            "emails": ["ventas@example.com"],
        },
        "customer": {"id_type": "13", "id": "1020304050", "name": "Cliente Ejemplo", "emails": ["c@example.com"]},
        "lines": [
            {
                "description": "Servicio de prueba",
                "quantity": "1",
                "price": 1190.55,
                "taxes": [{"subtotals": [{"code": "01", "percent": "19"}]}],
            }
        ],
        "payments": [{"form": "1", "means": "10"}],
    }
    file = tmp_path / "doc.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    status, result, _ = run(
        capsys, "issue", file, "--issuer", demo / "issuer.json", "--simulate", "--out", tmp_path / "out", "--json"
    )
    assert status == 0, result
    assert result["answer"]["accepted"] is True
    assert result["answer"]["status_code"] == "00"
    xml = Path(result["file"]).read_text(encoding="utf-8")
    assert '<cbc:PriceAmount currencyID="COP">1190.55</cbc:PriceAmount>' in xml
    assert "<cbc:IssueDate>2026-03-02</cbc:IssueDate>" in xml


@pytest.mark.parametrize("kind", ["invoice", "credit_note", "debit_note", "issuer"])
def test_schema_is_a_json_schema(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, result, _ = run(capsys, "schema", kind)
    assert status == 0
    assert result["type"] == "object"
    assert "properties" in result


@pytest.mark.parametrize(
    ("arguments", "needle"),
    [
        (["read", "no-such-file.xml"], "no-such-file.xml"),
        (["schema", "nada"], "invoice"),
        (["check"], "FILE"),
        (["nada"], "nada"),
        ([], "VERBO"),
    ],
)
def test_unusable_input_is_status_2_with_a_reason(
    arguments: list[str], needle: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = main(arguments)
    except SystemExit as stop:
        status = int(str(stop.code))
    assert status == 2
    captured = capsys.readouterr()
    assert needle in captured.err
    assert "Traceback" not in captured.err


@pytest.mark.parametrize("content", [b"", b"<a>", b"{", b"\xff\xfe\x00", b"<a/>", b'{"kind": "nada"}', b"[1]", b"42"])
def test_garbage_is_status_2_without_traceback(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "garbage"
    file.write_bytes(content)
    for verb in ("read", "check", "verify"):
        assert main([verb, str(file)]) in {1, 2}, verb
    captured = capsys.readouterr()
    assert captured.err
    assert "Traceback" not in captured.err


def test_a_bad_number_leaves_nothing_written(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads((demo / "invoice.json").read_text(encoding="utf-8")) | {"number": "SETP1"}
    file = tmp_path / "doc.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    status, result, error = run(
        capsys, "build", file, "--issuer", demo / "issuer.json", "--out", tmp_path / "out", "--json"
    )
    assert status == 2
    assert result["error"]["code"] == "out_of_range"
    assert result["error"]["field"] == "number"
    assert "990000000" in error
    assert not (tmp_path / "out").exists()


def test_secrets_do_not_reach_the_output(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    issuer = json.loads((demo / "issuer.json").read_text(encoding="utf-8"))
    capsys.readouterr()
    main(["demo"])
    main(["build", str(demo / "invoice.json"), "--issuer", str(demo / "issuer.json"), "--out", str(demo / "again")])
    captured = capsys.readouterr()
    for secret in (issuer["software"]["pin"], issuer["resolution"]["technical_key"]):
        assert secret not in captured.err
        assert not any(secret == word.strip(".,:;'\"") for word in captured.out.split())


def test_verify_and_check_look_at_every_part_of_a_zip(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (package,) = demo.glob("z*0263b023381.zip")
    status, result, _ = run(capsys, "verify", package, "--json")
    assert status == 0
    assert (result["kind"], result["valid"], result["signature"]["present"]) == ("zip", True, False)
    container, *_ = result["parts"]  # the PDF is the other one, where its libraries are installed
    assert [part["kind"] for part in container["parts"]] == ["invoice", "application_response"]
    for part in (container, *container["parts"]):
        assert part["signature"]["valid"] is True
        assert {"valid", "signature", "profile", "key", "parts"} <= set(part)
    status, result, _ = run(capsys, "check", package, "--json")
    assert status == 0
    container, *_ = result["parts"]  # the PDF is the other one, where its libraries are installed
    assert [set(part) for part in container["parts"]] == [
        {"name", "ok", "rejected", "may_reject", "faults", "not_evaluated"}
    ] * 2
    assert container["parts"][0]["not_evaluated"]

    tampered = tmp_path / "tampered.zip"
    tampered.write_bytes(make_zip({"fv.xml": _one(demo, "fv*.xml").read_bytes().replace(b"Molino", b"Muelle")}))
    for verb in ("verify", "check"):
        capsys.readouterr()
        assert main([verb, str(tampered)]) == 1
        told = capsys.readouterr().out
        assert "Invoice SETP990000001" in told
        assert "ZE02" in told
    status, result, _ = run(capsys, "verify", tampered, "--json")
    assert (status, result["valid"], result["parts"][0]["signature"]["failing"]) == (1, False, ["document"])


def test_verify_takes_trust_and_the_answer_beside(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    authorities = tmp_path / "ca.pem"
    for seed, status in ((7, 0), (8, 1)):
        pki = ToyPki(seed)
        toys = (pki.root, pki.intermediate, pki.issuing)
        authorities.write_bytes(b"".join(toy.certificate.public_bytes(Encoding.PEM) for toy in toys))
        found, result, _ = run(capsys, "verify", _one(demo, "fv*.xml"), "--trust", authorities, "--json")
        assert (found, result["trust"]["trusted"]) == (status, status == 0)
    answers = sorted(demo.glob("ar0*.xml"))
    assert [run(capsys, "verify", _one(demo, "fv*.xml"), "--answer", answer, "--json")[0] for answer in answers] == [
        1,
        0,
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["read", "no-existe.xml"], "no existe. Qué hacer: revise el nombre"),
        (["read", "."], "es una carpeta."),
        (["demo", "--seed", "x"], "--seed: No es un número entero. Se encontró: 'x'."),
        (["demo", "--seed"], "--seed: Falta el valor."),
        (["demo", "--json=si"], "--json: No lleva valor. Se encontró: 'si'."),
        (["deliver", "x.zip", "--timeout", "x"], "--timeout: No es un número. Se encontró: 'x'."),
        (["verify", "x", "--provi", "1"], "--provi puede ser --provider, --providers: escríbala completa."),
        (["demo", "--otra"], "Sobra --otra."),
        (["event", "x.zip"], "Falta --code, --number, --issuer, --out."),
        (["rules", "--kind", "x"], "--kind: No se admite."),
        (["otra"], "VERBO: No se admite. Se encontró: 'otra'."),
        (["simulator", "--port", "99999999"], "(port): No se puede abrir el puerto."),
    ],
)
def test_what_cannot_be_used_is_said_in_spanish(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status: object = main(arguments)
    except SystemExit as end:
        status = end.code
    error = capsys.readouterr().err
    assert status == 2
    assert told in error
    assert "Qué hacer:" in error
    assert not re.search(r"usage:|argument |No such file|required|choose from", error)


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"", "está vacío"), (b" \n", "está vacío"), (b"%PDF-1.7\n", "es un PDF"), (b'{"kind": "invoice"}', "es JSON")],
)
def test_what_was_never_xml_is_told_by_its_name(
    data: bytes, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "factura.xml"
    file.write_bytes(data)
    assert main(["read", str(file)]) == 2
    assert told in capsys.readouterr().err


def test_argparse_has_no_message_without_spanish() -> None:
    """Each message of the running Python's argparse is translated or cannot be met here."""
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(argparse))) if isinstance(node, ast.Call)]
    keys = {
        str(text.value)
        for call in calls
        for text in call.args[:1]
        if isinstance(text, ast.Constant) and isinstance(call.func, ast.Name) and call.func.id == "_"
    }
    assert MESSAGES.keys() & keys >= {"usage: ", "options", "unrecognized arguments: %s"}
    assert not [key for key in keys - MESSAGES.keys() if not re.search(NEVER_MET, key)]


NEVER_MET = re.compile(
    "not defined|conflict|callable|mode %r|can't open|cannot|'required'|must|dest=|at most|deprecated|default:"
    "|heading|subcommands|program's version|: error:|: warning:"
)
"""What only a programmer can cause, what the parser says itself, and what keeps its English form."""


def test_help_is_in_spanish(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], ["check", "--help"]):
        with pytest.raises(SystemExit):
            main(arguments)
        text = capsys.readouterr().out
        assert "uso: " in text
        assert "muestra esta ayuda" in text
        assert not re.search(r"usage|arguments|options|show ", text)


@pytest.mark.parametrize("as_json", [False, True])
def test_a_likely_rejection_is_told_and_stops_nothing(
    as_json: bool, demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    issuer = json.loads((demo / "issuer.json").read_text(encoding="utf-8"))
    issuer["organization"]["state"] = {"electronic_invoicing": False}
    issuer["environment"] = "1"
    file, out = tmp_path / "issuer.json", tmp_path / "out"
    file.write_text(json.dumps(issuer), encoding="utf-8")
    for verb, *more in (("check",), ("build", "--out", out), ("issue", "--out", out, "--simulate")):
        arguments = (verb, demo / "invoice.json", "--issuer", file, *more, *(("--json",) if as_json else ()))
        assert main([str(argument) for argument in arguments]) == 0
        printed = capsys.readouterr().out
        assert (json.loads(printed)["may_reject"] is True) if as_json else ("La DIAN podría rechazarlo" in printed)


def test_of_very_many_findings_a_hundred_lines_are_printed(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    xml = _one(demo, "fv*.xml").read_bytes()
    path = tmp_path / "invoice.xml"
    path.write_bytes(xml.replace(b"</Invoice>", b"<cac:InvoiceLine></cac:InvoiceLine>" * 90 + b"</Invoice>"))
    capsys.readouterr()
    for verb in ("check", "verify"):
        status = main([verb, str(path)])
        lines = capsys.readouterr().out.splitlines()
        assert status == 1
        assert len(lines) < 120
        if verb == "check":
            assert sum("hallazgos más; con --json se muestran todos" in line for line in lines) == 1
    status, result, _ = run(capsys, "check", path, "--json")
    assert len(result["faults"]) > 100
