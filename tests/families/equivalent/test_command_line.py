"""Every verb of the command line that takes a document takes equivalent documents and their notes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dian_fe import Client, Customer, build, pack, sign
from dian_fe._cli.main import main
from dian_fe.catalogs import IdType
from dian_fe.testing import Simulator
from tests.families.equivalent.documents import AT, DOCUMENTS, NOTES, PREFIXES, issuer_of, note, sold

Run = Callable[..., tuple[int, str]]
SALES_WORDS = re.compile(r"\b(facturas?|clientes?|invoice|creditnote|debitnote|cufe)\b", re.IGNORECASE)
KINDS = (*DOCUMENTS, *NOTES)
FEW = ("pos_ticket", "equivalent_debit_note")
"""The verbs that do not depend on the kind are run for these alone."""
ANA = Customer(id_type=IdType.CEDULA_DE_CIUDADANIA, id="1020304050", name="Ana Ejemplo", emails=["ana@example.com"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Leave every kind as JSON and signed, with its answer and package, and the issuer."""
    out = tmp_path_factory.mktemp("equivalent")
    dian = Simulator(seed=7)
    issuer = issuer_of(dian)
    signer = dian.signer(issuer.organization.nit)
    (out / "issuer.json").write_text(json.dumps(issuer.with_secrets()), encoding="utf-8")
    (out / "pin").write_text(issuer.software.pin.get_secret_value(), encoding="utf-8")
    made = {kind: build(sold(f"{PREFIXES[kind]}1", issuer, kind, customer=ANA), issuer) for kind in DOCUMENTS}
    made |= {kind: build(note("NA1", made["pos_ticket"], kind), issuer) for kind in NOTES}
    with Client(signer=signer, transport=dian) as ws:
        for name, built in made.items():
            signed = sign(built, signer, at=built.document.issued_at)
            answer = ws.send(signed)
            (out / f"{name}.json").write_text(built.document.to_json(), encoding="utf-8")
            (out / f"{name}.xml").write_bytes(signed.xml)
            (out / f"{name}.ar.xml").write_bytes(answer.application_response)
            (out / f"{name}.zip").write_bytes(pack(signed, answer, signer, at=AT + timedelta(hours=2)).zip_bytes)
    return out


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in the folder; return its status and all that it told."""

    def called(*arguments: str) -> tuple[int, str]:
        monkeypatch.chdir(folder)
        capsys.readouterr()
        try:
            status = main(list(arguments))
        except SystemExit as end:
            status = int(str(end.code))
        told = capsys.readouterr()
        return status, told.out + told.err

    return called


def worded(text: str) -> str:
    """Return a text for people, once it says nothing of sales; places in the XML have UBL's names."""
    assert SALES_WORDS.findall(re.sub(r"/(Invoice|CreditNote|DebitNote)\b\S*", "", text)) == []
    return text


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_checked_read_and_verified(kind: str, run: Run, folder: Path) -> None:
    for arguments in ((f"{kind}.json", "--issuer", "issuer.json"), (f"{kind}.xml",)):
        status, told = run("check", *arguments)
        assert (status, "RECHAZO" in worded(told), "NOTIFICACIÓN" in told) == (0, False, False)
    status, told = run("read", f"{kind}.xml")
    assert (status, json.loads(told)["kind"]) == (0, kind)
    secret = (folder / "pin").read_text(encoding="utf-8")
    for form in ("xml", "zip"):
        status, told = run("verify", f"{kind}.{form}", "--key-secret", secret)
        assert (status, ": válido" in worded(told)) == (0, True), told
    status, told = run("verify", f"{kind}.xml", "--key-secret", "99999")
    assert (status, "NO es válido" in worded(told)) == (1, True)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_built_and_issued_on_the_simulator(kind: str, run: Run, tmp_path: Path) -> None:
    status, told = run("build", f"{kind}.json", "--issuer", "issuer.json", "--out", str(tmp_path))
    assert status == 0, worded(told)
    status, told = run("issue", f"{kind}.json", "--issuer", "issuer.json", "--out", str(tmp_path), "--simulate")
    assert (status, "aceptado 00" in worded(told)) == (0, True), told
    assert [name.name[:5] for name in tmp_path.glob("ar*")] == ["ar070"]


@pytest.mark.parametrize("kind", FEW)
@pytest.mark.parametrize("verb", ["pdf", "html"])
def test_it_is_drawn(kind: str, verb: str, run: Run, folder: Path) -> None:
    status, told = run(verb, f"{kind}.xml", "--answer", f"{kind}.ar.xml", "--out", f"{kind}.{verb}")
    assert (status, told.strip()) == (0, f"{kind}.{verb}")
    assert (folder / f"{kind}.{verb}").stat().st_size > 1000


@pytest.mark.parametrize("kind", FEW)
def test_it_is_delivered_to_who_bought(kind: str, run: Run, tmp_path: Path) -> None:
    status, told = run("deliver", f"{kind}.zip", "--from", "caja@example.com", "--out", str(tmp_path))
    assert (status, "ana@example.com" in worded(told)) == (0, True), told
    assert f";{'20' if kind == 'pos_ticket' else '93'};" in told


@pytest.mark.parametrize("kind", KINDS)
def test_its_schema_is_told(kind: str, run: Run) -> None:
    assert json.loads(run("schema", kind)[1])["properties"]["kind"]["const"] == kind


@pytest.mark.parametrize("kind", KINDS)
def test_the_demonstration_issues_it(kind: str, run: Run, tmp_path: Path) -> None:
    status, told = run("demo", "--kind", kind, "--out", str(tmp_path), "--json")
    said = json.loads(told)
    assert (status, {*said}) == (0, {"kind", "signed", "answer", "pdf", "secret", "accepted"})
    assert (said["kind"], said["accepted"]) == (kind, True)
    assert all(Path(said[name]).stat().st_size for name in ("signed", "answer", "pdf"))
    assert "clave: corresponde" in run("verify", said["signed"], "--key-secret", said["secret"])[1]


def test_it_has_no_events(run: Run, tmp_path: Path) -> None:
    person = json.dumps({"id": "1020304050", "first_name": "Ana", "family_name": "Ejemplo"})
    options = ("--code", "030", "--number", "1", "--issuer", "issuer.json", "--person", person, "--simulate")
    status, told = run("event", "pos_ticket.zip", *options, "--out", str(tmp_path), "--any-certificate-may-sign")
    assert (status, "Solo la factura electrónica de venta tiene estos eventos" in told) == (2, True)


def test_what_is_only_read_is_not_demonstrated(run: Run, tmp_path: Path) -> None:
    status, told = run("demo", "--kind", "toll_receipt", "--out", str(tmp_path))
    assert (status, "toll_receipt" in told, list(tmp_path.iterdir())) == (2, True, [])


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"maker": None}, "maker"),
        ({"maker": {"person": "Ana"}}, "company"),
        ({"point_of_sale": {"plate": "1", "subtotal": "mucho"}}, "point_of_sale.subtotal"),
        ({"point_of_sale": {"register": "1"}}, "point_of_sale"),
        ({"benefits": {"code": "1", "name": "Ana"}}, "benefits.points"),
        ({"operation": "601"}, "operation"),
        ({"type_code": "01"}, "type_code"),
        ({"trip": {"mode": "Terrestre"}}, "trip"),
        ({"number": "XX1"}, "EPOS"),
        ({"kind": "toll_receipt"}, "grupo del sector"),
    ],
    ids=lambda each: ",".join(each) if isinstance(each, dict) else "",
)
def test_refusals_name_the_datum(changes: dict[str, Any], told: str, run: Run, folder: Path) -> None:
    plain = {
        "kind": "pos_ticket",
        "number": "EPOS2",
        "issued_at": AT.isoformat(),
        "supplier": {"nit": "700085371", "name": "Tienda Ejemplo SAS"},
        "lines": [{"description": "Café", "quantity": "2", "price": "1000", "standard_code": "1"}],
        "payment": {"form": "1", "means": "10"},
        "maker": {"person": "Ana Ejemplo", "company": "Cajas SAS", "software": "Caja"},
        "point_of_sale": {
            "plate": "1",
            "location": "Almacén",
            "cashier": "Luis",
            "till_type": "Caja",
            "sale_code": "1",
        },
    }
    (folder / "plain.json").write_text(json.dumps(plain), encoding="utf-8")
    assert run("build", "plain.json", "--issuer", "issuer.json", "--out", str(folder))[0] == 0
    (folder / "plain.json").write_text(json.dumps(plain | changes), encoding="utf-8")
    status, said = run("build", "plain.json", "--issuer", "issuer.json", "--out", str(folder))
    assert (status, told in said) == (2, True), said
