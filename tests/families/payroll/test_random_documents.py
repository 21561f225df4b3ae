"""What holds for every payroll and note that the library writes: a sample here, 600 with ``-m long``."""

from __future__ import annotations

import hashlib
from collections import Counter
from decimal import ROUND_DOWN, Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, get_args

import pytest
from lxml import etree
from pydantic import BaseModel

from dian_fe import Payroll, PayrollDeletion, PayrollReplacement, Signed, build, load_document, read, rows, sign, verify
from dian_fe.graphic import Paper, Theme, render_pdf
from dian_fe.testing import Judge, random_document
from dian_fe.testing.samples import samples_of
from dian_fe.ubl import xsd
from tests.contracts.properties.judges import refused_by_xmlsec1, signxml_signed_parts
from tests.families.payroll.documents import XSDS, official_faults
from tests.graphic.pdf_support import HAS_DECODER, decoded, read_pages
from tests.graphic.test_pdf_edges import assert_sound

pytestmark = [pytest.mark.slow, pytest.mark.judge]

KINDS = ("payroll", "payroll_replacement", "payroll_deletion")
FEW, ALL = 8, 200
"""Of each kind."""
LEAST = 20
"""How often each optional datum comes in all of them."""


class Case(NamedTuple):
    seed: int
    document: Any
    signed: Signed[Any]


@cache
def office() -> Judge:
    return Judge()


ISSUER = samples_of(KINDS[0]).issuer(office())
PIN = ISSUER.softwares[0].pin.get_secret_value()


def made(kind: str, seed: int) -> Case:
    document = random_document(seed, kind)
    signer = office().signer(ISSUER.organization.nit)
    return Case(seed, document, sign(build(document, ISSUER), signer, at=document.issued_at))


@cache
def few() -> tuple[Case, ...]:
    return tuple(made(kind, seed) for kind in KINDS for seed in range(FEW))


def cune_from_text(xml: bytes) -> str:
    """Recompute the CUNE from the text of the XML (annex 1.0, section 8.1.1)."""
    root = etree.fromstring(xml)
    body = next((each for name in ("Reemplazar", "Eliminar") if (each := root.find(f"{{*}}{name}")) is not None), root)

    def said(path: str, name: str) -> str:
        return body.find(f"{{*}}{path}").attrib[name]  # type: ignore[union-attr]

    def amount(path: str) -> str:
        return str(Decimal(body.findtext(f"{{*}}{path}") or "0").quantize(Decimal("0.01"), ROUND_DOWN))

    worker = body.find("{*}Trabajador")
    general = "InformacionGeneral"
    fields = [said("NumeroSecuenciaXML", "Numero"), said(general, "FechaGen"), said(general, "HoraGen")]
    fields += [amount("DevengadosTotal"), amount("DeduccionesTotal"), amount("ComprobanteTotal")]
    fields += [said("Empleador", "NIT"), "0" if worker is None else worker.attrib["NumeroDocumento"]]
    fields += [said(general, "TipoXML"), PIN, said(general, "Ambiente")]
    assert said(general, "CUNE") == hashlib.sha384("".join(fields).encode()).hexdigest()
    return said(general, "CUNE")


def hold_the_schemas(case: Case) -> None:
    assert xsd.validate_as(etree.fromstring(case.signed.xml), case.signed.kind) == [], case.seed
    if XSDS.is_dir():
        assert official_faults(case.signed.xml) == [], case.seed


def hold_the_signature(case: Case) -> None:
    assert signxml_signed_parts(case.signed.xml) == [case.signed.kind.root, "KeyInfo", "SignedProperties"], case.seed
    assert verify(case.signed.xml, trust=office().trust).document == case.document, case.seed


def hold_the_key(case: Case) -> None:
    assert case.signed.key == cune_from_text(case.signed.xml), case.seed


def hold_the_sums(case: Case) -> None:
    """Add the amounts of the XML by their names: all but percents, quantities, the salary and what is told of pay."""
    for group in ("Devengados", "Deducciones"):
        found = etree.fromstring(case.signed.xml).find(f".//{{*}}{group}")
        if found is None:
            continue
        total = Decimal(0)
        for element in found.iter(etree.Element):
            odd = ("Porcentaje", "Cantidad", "Fecha", "Hora", "Dias", "Tipo", "Descripcion")
            told = [value for name, value in element.attrib.items() if not str(name).startswith(odd) or name == "x"]
            total += sum(map(Decimal, told), Decimal(0))
            if element.text and element.text.strip():
                total += Decimal(element.text)
        # The group's own total is rounded to cents.
        said = etree.fromstring(case.signed.xml).findtext(f".//{{*}}{group}Total")
        assert abs(Decimal(said or "x") - total) <= Decimal("0.005"), (case.seed, group)


def hold_reading(case: Case) -> None:
    received = read(case.signed.xml)
    absent = dict.fromkeys(("prefix", "ubl_version", "key_environment"))
    assert received.control == case.signed.control.replace(**absent), case.seed
    assert received.document == case.document, case.seed
    assert (received.problems, received.unmapped) == ((), ()), case.seed
    assert load_document(case.document.to_json()) == case.document, case.seed
    (row,) = rows(received)
    assert row["payable"] == getattr(case.document, "comprobante_total", None), case.seed
    assert (row["kind"], row["number"], row["key"]) == (case.document.kind, case.document.number, case.signed.key)


def hold_the_office(case: Case) -> None:
    verdict = office().judge(case.signed.xml)
    assert (verdict.is_valid, [str(fault) for fault in verdict.faults]) == (True, []), case.seed


def test_both_schemas_accept_it() -> None:
    for case in few():
        hold_the_schemas(case)


def test_xmlsec1_and_signxml_verify_its_signature(tmp_path: Path) -> None:
    for case in few():
        hold_the_signature(case)
    files = {f"{number}": case.signed.xml for number, case in enumerate(few())}
    assert refused_by_xmlsec1(files, tmp_path) is None


def test_its_key_and_sums_are_those_of_the_xml_text() -> None:
    for case in few():
        hold_the_key(case)
        hold_the_sums(case)


def test_reading_gives_the_document_that_was_written() -> None:
    for case in few():
        hold_reading(case)


def test_the_office_accepts_it_without_a_word() -> None:
    for case in few():
        hold_the_office(case)


def hold_the_paper(case: Case, folder: Path) -> None:
    for paper in Paper:
        pdf = render_pdf(case.signed, theme=Theme(paper=paper, english=case.seed % 2 == 1))
        pages = read_pages(pdf)
        assert_sound(pages, paper)
        if HAS_DECODER:
            assert decoded(pdf, tuple(pages), folder) == [case.signed.built.qr_text] * len(pages), case.seed


@pytest.mark.skipif(not HAS_DECODER, reason="zbarimg and pdftoppm come with zbar-tools and poppler-utils")
@pytest.mark.parametrize("kind", KINDS)
def test_its_paper_is_sound_and_its_qr_is_read(kind: str, tmp_path: Path) -> None:
    for case in [each for each in few() if each.document.kind == kind][:2]:
        hold_the_paper(case, tmp_path)


def said_in(model: BaseModel, path: str) -> Any:
    """Yield the paths of the data that a model has, without positions."""
    for name, value in model.__dict__.items():
        here = f"{path}{name}"
        if value is not None and value not in ((), ""):
            yield here
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, BaseModel):
                yield from said_in(each, f"{here}.")


def all_paths(model: type[BaseModel], path: str = "") -> Any:
    for name, info in model.model_fields.items():
        yield f"{path}{name}"
        nested = [info.annotation, *get_args(info.annotation)]
        for each in nested:
            if isinstance(each, type) and issubclass(each, BaseModel):
                yield from all_paths(each, f"{path}{name}.")


def test_every_datum_comes_often_in_600_documents() -> None:
    counted: Counter[str] = Counter()
    for kind in KINDS:
        for seed in range(ALL):
            counted.update(set(said_in(random_document(seed, kind), "")))
    models = (Payroll, PayrollReplacement, PayrollDeletion)
    wanted = {path for model in models for path in all_paths(model)}
    assert {path: counted[path] for path in wanted if counted[path] < LEAST} == {}


def test_the_callers_issuer_is_taken() -> None:
    mine = ISSUER.replace(organization=ISSUER.organization.replace(nit="900373076", check_digit=None))
    for kind in KINDS:
        assert build(random_document(2, kind, issuer=mine), mine).document.issuer_id == "900373076"


def test_a_source_gives_the_same_document_again() -> None:
    samples = samples_of(KINDS[0])
    for seed in range(9):
        one, other = (samples.document(Random(seed), None, ISSUER) for _ in range(2))
        assert one == other


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_600_random_documents_hold_all_of_it(kind: str, tmp_path: Path) -> None:
    files: dict[str, bytes] = {}
    for seed in range(ALL):
        case = made(kind, seed)
        files[str(seed)] = case.signed.xml
        hold_the_schemas(case)
        hold_the_signature(case)
        hold_the_key(case)
        hold_the_sums(case)
        hold_reading(case)
        hold_the_office(case)
        if seed % 10 == 0:
            hold_the_paper(case, tmp_path)
    assert refused_by_xmlsec1(files, tmp_path) is None
