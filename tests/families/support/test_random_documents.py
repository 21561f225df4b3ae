"""What holds for every support document and note that the library writes: a sample here, 500 with ``-m long``."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from lxml import etree

from dian_fe import Signed, SupportNote, build, load_document, read, rows, sign, verify
from dian_fe.graphic import Paper, Theme, render_pdf
from dian_fe.testing import Judge, random_document
from dian_fe.testing.samples import samples_of
from dian_fe.testing.strategies import documents
from dian_fe.ubl import xsd
from tests.contracts.properties.judges import Sums, official_xsd_faults, refused_by_xmlsec1, signxml_signed_parts
from tests.graphic.pdf_support import HAS_DECODER, decoded, read_pages
from tests.graphic.test_pdf_edges import assert_sound

pytestmark = [pytest.mark.slow, pytest.mark.judge]

KINDS = ("support_document", "support_note")
FEW, ALL = 13, 250
"""Of each kind."""
DRAWN = 4


class Case(NamedTuple):
    seed: int
    document: Any
    signed: Signed[Any]


@cache
def office() -> Judge:
    return Judge()


ISSUER = samples_of(KINDS[0]).issuer(office())
PIN = ISSUER.software.pin.get_secret_value()


def made(kind: str, seed: int) -> Case:
    document = random_document(seed, kind)
    signer = office().signer(ISSUER.organization.nit)
    return Case(seed, document, sign(build(document, ISSUER), signer, at=document.issued_at))


@cache
def few() -> tuple[Case, ...]:
    return tuple(made(kind, seed) for kind in KINDS for seed in range(FEW))


def cuds_from_text(xml: bytes) -> str:
    """Recompute the CUDS from the text of the XML (annex 1.1, section 14.1)."""
    root = etree.fromstring(xml)

    def said(path: str) -> str:
        return root.findtext("/".join(f"{{*}}{step}" for step in path.split("/"))) or ""

    iva = [
        each.findtext("{*}TaxAmount") or ""
        for each in root.findall("{*}TaxTotal")
        if each.findtext("{*}TaxSubtotal/{*}TaxCategory/{*}TaxScheme/{*}ID") == "01"
    ]
    assert len(iva) <= 1
    number = "Party/PartyTaxScheme/CompanyID"
    total = "LegalMonetaryTotal"
    fields = [said("ID"), said("IssueDate"), said("IssueTime"), said(f"{total}/LineExtensionAmount"), "01"]
    fields += [*(iva or ["0.00"]), said(f"{total}/PayableAmount")]
    fields += [said(f"AccountingSupplierParty/{number}"), said(f"AccountingCustomerParty/{number}"), PIN]
    return hashlib.sha384("".join([*fields, said("ProfileExecutionID")]).encode()).hexdigest()


def hold_the_schemas(case: Case) -> None:
    assert official_xsd_faults(case.signed.xml) == [], case.seed
    assert xsd.validate(case.signed.xml, case.signed.kind.root) == [], case.seed


def hold_the_signature(case: Case) -> None:
    assert signxml_signed_parts(case.signed.xml) == [case.signed.kind.root, "KeyInfo", "SignedProperties"], case.seed
    assert verify(case.signed.xml, trust=office().trust).document == case.document, case.seed


def hold_the_key(case: Case) -> None:
    uuid = etree.fromstring(case.signed.xml).find("{*}UUID")
    assert uuid is not None
    assert (uuid.text, uuid.get("schemeName")) == (cuds_from_text(case.signed.xml), "CUDS-SHA384"), case.seed
    assert case.signed.key == uuid.text, case.seed


def hold_the_sums(case: Case) -> None:
    assert list(Sums(case.signed.xml).contradictions()) == [], case.seed


def hold_reading(case: Case) -> None:
    received = read(case.signed.xml)
    # Their XML does not say the prefix apart from the number and the range.
    assert received.control == case.signed.control.replace(prefix=None), case.seed
    assert received.document == case.document, case.seed
    assert (received.problems, received.unmapped) == ((), ()), case.seed
    assert load_document(case.document.to_json()) == case.document, case.seed
    assert len(rows(received, "lines")) == len(case.document.lines), case.seed


def hold_the_office(case: Case) -> None:
    verdict = office().judge(case.signed.xml)
    assert (verdict.is_valid, [str(fault) for fault in verdict.faults]) == (True, []), case.seed


def hold_the_paper(case: Case, folder: Path) -> None:
    for paper in Paper:
        pdf = render_pdf(case.signed, theme=Theme(paper=paper, english=case.seed % 2 == 1))
        pages = read_pages(pdf)
        assert_sound(pages, paper)
        if HAS_DECODER:
            assert decoded(pdf, tuple(pages), folder) == [case.signed.built.qr_text] * len(pages), case.seed


def test_both_schemas_accept_it() -> None:
    for case in few():
        hold_the_schemas(case)


def test_xmlsec1_and_signxml_verify_its_signature(tmp_path: Path) -> None:
    for case in few():
        hold_the_signature(case)
    assert refused_by_xmlsec1({case.signed.file_name: case.signed.xml for case in few()}, tmp_path) is None


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


@pytest.mark.skipif(not HAS_DECODER, reason="zbarimg and pdftoppm come with zbar-tools and poppler-utils")
@pytest.mark.parametrize("kind", KINDS)
def test_its_paper_is_sound_and_its_qr_is_read(kind: str, tmp_path: Path) -> None:
    for case in [each for each in few() if each.document.kind == kind][:DRAWN]:
        hold_the_paper(case, tmp_path)


def test_the_callers_issuer_and_numbering_are_taken() -> None:
    own = ISSUER.numberings[0].replace(prefix="DSX", range_from=40, range_to=45)
    mine = ISSUER.replace(numberings=(own,))
    for kind in KINDS:
        assert build(random_document(2, kind, issuer=mine), mine).kind.name == kind
    assert random_document(2, KINDS[0], issuer=mine).number in {f"DSX{number}" for number in range(40, 46)}
    assert random_document(2, KINDS[0], issuer=mine.replace(resolution=None, numberings=())).number.startswith("SEDS")


@settings(max_examples=10, deadline=None, derandomize=True)
@given(documents("support_note"))
def test_hypothesis_makes_them_too(document: SupportNote) -> None:
    assert read(build(document, ISSUER).xml).document == document


@pytest.mark.long
def test_500_random_documents_hold_all_of_it(tmp_path: Path) -> None:
    for kind in KINDS:
        for seed in range(FEW, FEW + ALL):
            case = made(kind, seed)
            hold_the_schemas(case)
            hold_the_signature(case)
            assert refused_by_xmlsec1({case.signed.file_name: case.signed.xml}, tmp_path) is None, seed
            hold_the_key(case)
            hold_the_sums(case)
            hold_reading(case)
            hold_the_office(case)
            hold_the_paper(case, tmp_path)
