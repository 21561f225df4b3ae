"""What holds for every equivalent document and note that the library writes: a sample here, 600 with ``-m long``."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lxml import etree

from dian_fe import Signed, build, load_document, read, rows, sign, verify
from dian_fe.testing import Judge, random_document
from dian_fe.testing.samples import samples_of
from dian_fe.ubl import xsd
from tests.contracts.properties.judges import Sums, official_xsd_faults, refused_by_xmlsec1, signxml_signed_parts
from tests.families.equivalent.documents import DOCUMENTS, NOTES

pytestmark = [pytest.mark.slow, pytest.mark.judge]

KINDS = (*DOCUMENTS, *NOTES)
FEW, ALL = 6, 100
"""Of each kind."""


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


def cude_from_text(xml: bytes) -> str:
    """Recompute the CUDE from the text of the XML (annex 1.0, section 14.1.3)."""
    root = etree.fromstring(xml)

    def said(path: str) -> str:
        return root.findtext("/".join(f"{{*}}{step}" for step in path.split("/"))) or ""

    def tax(code: str) -> str:
        found = [
            each.findtext("{*}TaxAmount") or ""
            for each in root.findall("{*}TaxTotal")
            if each.findtext("{*}TaxSubtotal/{*}TaxCategory/{*}TaxScheme/{*}ID") == code
        ]
        assert len(found) <= 1
        return found[0] if found else "0.00"

    number = "Party/PartyTaxScheme/CompanyID"
    total = "RequestedMonetaryTotal" if etree.QName(root).localname == "DebitNote" else "LegalMonetaryTotal"
    fields = [said("ID"), said("IssueDate"), said("IssueTime"), said(f"{total}/LineExtensionAmount")]
    fields += [text for code in ("01", "04", "03") for text in (code, tax(code))]
    fields += [said(f"{total}/PayableAmount"), said(f"AccountingSupplierParty/{number}")]
    fields += [said(f"AccountingCustomerParty/{number}"), PIN, said("ProfileExecutionID")]
    return hashlib.sha384("".join(fields).encode()).hexdigest()


def hold_the_schemas(case: Case) -> None:
    assert official_xsd_faults(case.signed.xml) == [], case.seed
    assert xsd.validate(case.signed.xml, case.signed.kind.root) == [], case.seed


def hold_the_signature(case: Case) -> None:
    assert signxml_signed_parts(case.signed.xml) == [case.signed.kind.root, "KeyInfo", "SignedProperties"], case.seed
    assert verify(case.signed.xml, trust=office().trust).document == case.document, case.seed


def hold_the_key(case: Case) -> None:
    uuid = etree.fromstring(case.signed.xml).find("{*}UUID")
    assert uuid is not None
    assert (uuid.text, uuid.get("schemeName")) == (cude_from_text(case.signed.xml), "CUDE-SHA384"), case.seed
    assert case.signed.key == uuid.text, case.seed


def hold_the_sums(case: Case) -> None:
    assert list(Sums(case.signed.xml).contradictions()) == [], case.seed


def hold_reading(case: Case) -> None:
    received = read(case.signed.xml)
    assert received.control == case.signed.control, case.seed
    assert received.document == case.document, case.seed
    assert (received.problems, received.unmapped) == ((), ()), case.seed
    assert load_document(case.document.to_json()) == case.document, case.seed
    assert len(rows(received, "lines")) == len(case.document.lines), case.seed


def hold_the_office(case: Case) -> None:
    verdict = office().judge(case.signed.xml)
    assert (verdict.is_valid, [str(fault) for fault in verdict.faults]) == (True, []), case.seed


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


def test_the_callers_issuer_and_numbering_are_taken() -> None:
    own = ISSUER.numberings[0].replace(prefix="TIQ", range_from=40, range_to=45)
    mine = ISSUER.replace(numberings=(own,))
    assert random_document(2, KINDS[0], issuer=mine).number in {f"TIQ{number}" for number in range(40, 46)}
    for kind in (KINDS[0], *NOTES):
        assert build(random_document(2, kind, issuer=ISSUER), ISSUER).kind.name == kind


@pytest.mark.long
def test_600_random_documents_hold_all_of_it(tmp_path: Path) -> None:
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
