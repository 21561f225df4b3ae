"""Every verb of the command line that takes a document takes support documents and notes, in their own words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dian_fe import Client, build, pack, sign
from dian_fe._cli.main import main
from dian_fe.testing import Simulator
from tests.families.support.documents import AT, SELLER, bought, issuer_of, note

Run = Callable[..., tuple[int, str]]
SALES_WORDS = re.compile(r"\b(facturas?|clientes?|adquirentes?|cufe|invoice|creditnote)\b", re.IGNORECASE)
KINDS = ("document", "note")
NAMES = {"document": "Documento soporte SEDS1", "note": "Nota de ajuste NA1"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Leave both kinds as JSON and signed, their answers, their packages and the issuer."""
    out = tmp_path_factory.mktemp("support")
    dian = Simulator(seed=7)
    issuer = issuer_of(dian)
    seller = SELLER.replace(emails=("ventas@example.com",))
    document = build(bought("SEDS1", issuer, supplier=seller), issuer)
    signer = dian.signer(issuer.organization.nit)
    (out / "issuer.json").write_text(json.dumps(issuer.with_secrets()), encoding="utf-8")
    (out / "pin").write_text(issuer.software.pin.get_secret_value(), encoding="utf-8")
    with Client(signer=signer, transport=dian) as ws:
        for name, built in (("document", document), ("note", build(note("NA1", document), issuer))):
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
    assert SALES_WORDS.findall(re.sub(r"/(Invoice|CreditNote)/\S*", "", text)) == []
    return text


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_checked_read_and_verified(kind: str, run: Run, folder: Path) -> None:
    status, told = run("check", f"{kind}.json", "--issuer", "issuer.json")
    assert (status, worded(told).startswith("0 hallazgos")) == (0, True)
    assert worded(run("check", f"{kind}.xml")[1]).startswith("0 hallazgos")
    status, told = run("read", f"{kind}.xml")
    assert (status, json.loads(told)["kind"]) == (0, f"support_{kind}")
    secret = (folder / "pin").read_text(encoding="utf-8")
    for form in ("xml", "zip"):
        status, told = run("verify", f"{kind}.{form}", "--key-secret", secret)
        assert (status, f"{NAMES[kind]}: válido" in worded(told)) == (0, True), told
    status, told = run("verify", f"{kind}.xml", "--key-secret", "99999")
    assert (status, "SAD06" in worded(told)) == (1, True)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_built_and_issued_on_the_simulator(kind: str, run: Run, tmp_path: Path) -> None:
    status, told = run("build", f"{kind}.json", "--issuer", "issuer.json", "--out", str(tmp_path))
    assert (status, worded(told).startswith(NAMES[kind])) == (0, True)
    status, told = run("issue", f"{kind}.json", "--issuer", "issuer.json", "--out", str(tmp_path), "--simulate")
    assert (status, "aceptado 00" in worded(told)) == (0, True)
    assert "DSAB10b" not in told, "the simulator knows every numbering of the issuer"
    assert [name.name[:5] for name in tmp_path.glob("ar*")] == ["ar070"], "an answer is named as those of invoices"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", ["pdf", "html"])
def test_it_is_drawn(kind: str, verb: str, run: Run, folder: Path) -> None:
    status, told = run(verb, f"{kind}.xml", "--answer", f"{kind}.ar.xml", "--out", f"{kind}.{verb}")
    assert (status, told.strip()) == (0, f"{kind}.{verb}")
    assert (folder / f"{kind}.{verb}").stat().st_size > 1000


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_delivered_to_who_sold(kind: str, run: Run, tmp_path: Path) -> None:
    status, told = run("deliver", f"{kind}.zip", "--from", "compras@example.com", "--out", str(tmp_path))
    assert (status, "ventas@example.com" in worded(told)) == (0, True), told
    (mail,) = tmp_path.glob("*.eml")
    assert b"ventas@example.com" in mail.read_bytes()


def test_schema_rules_and_words_are_there(run: Run) -> None:
    for kind, code in (("support_document", "DSAD06"), ("support_note", "NSAD06")):
        assert json.loads(run("schema", kind)[1])["properties"]["kind"]["const"] == kind
        status, told = run("rules", "--kind", kind)
        assert (status, code in worded(told)) == (0, True)
        assert f"Documentos: {kind}" in run("explain", code)[1]


def test_it_has_no_events(run: Run, tmp_path: Path) -> None:
    person = json.dumps({"id": "1020304050", "first_name": "Ana", "family_name": "Ejemplo"})
    options = ("--code", "030", "--number", "1", "--issuer", "issuer.json", "--person", person, "--simulate")
    status, told = run("event", "document.zip", *options, "--out", str(tmp_path), "--any-certificate-may-sign")
    assert (status, "Solo la factura electrónica de venta tiene estos eventos" in told) == (2, True)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"supplier": {"name": "Ana Ejemplo"}}, "supplier.id: Falta este dato"),
        ({"supplier": {"id": "1020304050", "name": "Ana", "check_digit": "1"}}, "dígito de verificación"),
        ({"customer": {"nit": "900373076", "name": "Otra SAS"}}, "900373076"),
        ({"operation": "20"}, "operation"),
        ({"prepayments": [{"amount": "-1"}]}, "prepayments"),
        ({"withholdings": [{"subtotals": [{"code": "07", "percent": "1"}]}]}, "07"),
        ({"payment": {"form": "2", "means": "10"}}, "pago a crédito"),
        ({"currency": "USD"}, "tasa de cambio"),
        ({"number": "XX1"}, "SEDS"),
    ],
    ids=lambda each: ",".join(each) if isinstance(each, dict) else "",
)
def test_refusals_speak_of_support_documents(changes: dict[str, Any], told: str, run: Run, folder: Path) -> None:
    plain = {
        "kind": "support_document",
        "number": "SEDS2",
        "issued_at": AT.isoformat(),
        "supplier": {"id": "1020304050", "name": "Ana Ejemplo", "municipality": "76001", "address": "Cl 5 # 4-3"},
        "customer": {"nit": "700085371", "name": "Tienda Ejemplo SAS"},
        "lines": [{"description": "Café", "quantity": "2", "price": "1000"}],
        "payment": {"form": "1", "means": "10"},
    }
    (folder / "plain.json").write_text(json.dumps(plain | changes), encoding="utf-8")
    status, said = run("build", "plain.json", "--issuer", "issuer.json", "--out", str(folder))
    assert (status, told in said) == (2, True), said
    without_codes = re.sub(r"\((?:en facturas, )?reglas? [^)]*\)", "", said)
    worded(without_codes)
