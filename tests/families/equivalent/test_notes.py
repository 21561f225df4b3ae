"""Adjustment notes over every kind of equivalent document."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from dian_fe import EquivalentCreditNote, EquivalentDebitNote, Invoice, build, read, sign
from dian_fe.catalogs import EquivalentCreditNoteConcept, EquivalentDebitNoteConcept
from dian_fe.errors import InvalidInput, MissingDatum, NotAllowed, UnknownCode
from dian_fe.families.registry import kind as kind_named
from dian_fe.models.references import Correction, DocumentReference
from dian_fe.testing import Simulator, random_document
from dian_fe.ubl.writer.build import write
from tests.families.equivalent.documents import AT, DOCUMENTS, NOTES, PREFIXES, bag, issuer_of, note, shoes, sold
from tests.families.equivalent.rules import bases

CREDIT, DEBIT = NOTES
READ_ONLY = [name for name in bases.FAMILY_KINDS if name not in {*DOCUMENTS, *NOTES}]


@pytest.fixture
def issuer(dian: Simulator) -> Any:
    return issuer_of(dian)


@pytest.mark.parametrize("kind", NOTES)
@pytest.mark.parametrize("of", DOCUMENTS)
def test_it_is_accepted_and_read_back(dian: Simulator, issuer: Any, of: str, kind: str) -> None:
    signer = dian.signer(issuer.organization.nit)
    original = sign(build(sold(f"{PREFIXES[of]}1", issuer, of), issuer), signer, at=AT)
    assert dian.judge(original.xml).is_valid
    made = note("NA1", original, kind)
    signed = sign(build(made, issuer), signer, at=made.issued_at)
    received = read(signed.xml)
    assert (received.kind.name, received.document) == (kind, made)
    assert (received.problems, received.unmapped) == ((), ())
    assert dian.judge(signed.xml).is_valid
    assert signed.file_name.startswith("ncs")


@pytest.mark.parametrize("of", DOCUMENTS)
def test_its_operation_is_the_type_that_it_adjusts(issuer: Any, of: str) -> None:
    original = build(sold(f"{PREFIXES[of]}1", issuer, of, type_code="08"), issuer)
    assert note("NA1", original).operation == kind_named(of).document_type


@pytest.mark.parametrize("of", READ_ONLY)
def test_documents_that_are_only_read_are_adjusted(issuer: Any, of: str) -> None:
    kind = kind_named(of)
    control = build(sold("EPOS1", issuer), issuer).control
    received = read(write(bases.plain(of), control, kind).unsigned_file())
    assert received.kind is kind
    made = note("NA1", received)
    assert (made.operation, build(made, bases.ISSUER).kind.name) == (kind.document_type, CREDIT)


def test_it_is_written_as_dians_examples_are(issuer: Any) -> None:
    original = build(sold("EPOS1", issuer), issuer)
    for kind, profile, typed in (
        (CREDIT, "DIAN 2.1: Nota de ajuste crédito al documento equivalente", ["20"]),
        (DEBIT, "DIAN 2.1: Nota de ajuste débito al documento equivalente", []),
    ):
        root = etree.fromstring(build(note("NA1", original, kind), issuer).xml)
        assert root.findtext("{*}ProfileID") == profile
        blocks = [etree.QName(each).localname for each in root.iterfind(".//{*}ExtensionContent/*")]
        assert blocks == ["DianExtensions"]
        assert root.find(".//{*}InvoiceControl") is None
        assert root.find(".//{*}InvoiceSource") is not None
        [reference] = root.iterfind("{*}BillingReference/{*}InvoiceDocumentReference")
        assert [each.text for each in reference.iterfind("{*}DocumentTypeCode")] == typed
        uuid = reference.find("{*}UUID")
        assert (uuid.text, dict(uuid.attrib)) == (original.key, {"schemeName": "CUDE-SHA384"})


def test_a_credit_note_annuls_all_of_a_ticket(issuer: Any) -> None:
    original = build(sold("EPOS1", issuer), issuer)
    made = note("NA1", original, concept=EquivalentCreditNoteConcept.ANULACION, lines=None)
    assert made.annuls
    assert made.totals.payable == original.document.totals.payable
    assert len(made.lines) == 2


def test_a_credit_note_takes_no_more_than_remains(issuer: Any) -> None:
    original = build(sold("EPOS1", issuer), issuer)
    first = build(note("NA1", original), issuer)
    with pytest.raises(NotAllowed):
        note("NA2", original, lines=[shoes(2)], previous=[first])
    assert note("NA2", original, lines=[shoes(1)], previous=[first]).totals.payable == 119_000


def test_a_debit_note_raises_the_value(issuer: Any) -> None:
    original = build(sold("EPOS1", issuer), issuer)
    made = note("NA1", original, DEBIT, concept="intereses", lines=[bag()])
    assert isinstance(made, EquivalentDebitNote)
    assert made.corrections[0].concept == EquivalentDebitNoteConcept.INTERESES
    assert not hasattr(made, "type_code")


@pytest.mark.parametrize(("kind", "concept"), [(CREDIT, "6"), (DEBIT, "5")])
def test_a_concept_of_other_notes_is_refused(issuer: Any, kind: str, concept: str) -> None:
    original = build(sold("EPOS1", issuer), issuer)
    with pytest.raises(UnknownCode):
        note("NA1", original, kind, concept=concept)


@pytest.mark.parametrize("kind", NOTES)
def test_an_invoice_is_not_adjusted_by_it(issuer: Any, kind: str) -> None:
    invoice = random_document(3, "invoice")
    assert isinstance(invoice, Invoice)
    with pytest.raises(InvalidInput, match="el documento"):
        note("NA1", invoice, kind, key="a" * 96)


def loose(**changes: Any) -> EquivalentCreditNote:
    """Return a note that names its document by hand."""
    reference = DocumentReference(number="ETTT7", key="a" * 96, key_scheme="CUDE-SHA384", **changes.pop("said", {}))
    ticket = sold("EPOS1", bases.ISSUER)
    given = {
        "number": "NA1",
        "issued_at": AT,
        "supplier": ticket.supplier,
        "customer": ticket.customer,
        "lines": [shoes()],
        "payment": ticket.payments,
        "corrections": [Correction(concept="1")],
        "billing_references": [reference],
    }
    return EquivalentCreditNote.from_lines(**(given | changes))


def test_the_type_adjusted_follows_from_the_reference() -> None:
    assert loose(said={"type_code": "35"}).operation == "35"
    told = loose(operation="60")
    assert (told.operation, told.billing_references[0].type_code) == ("60", "60")


def test_keys_referred_to_are_cudes_unless_told_otherwise(issuer: Any) -> None:
    before = DocumentReference(number="NDA5", key="a" * 96, type_code="94")
    for reference, scheme in ((before, "CUDE-SHA384"), (before.replace(key_scheme="CUFE-SHA384"), "CUFE-SHA384")):
        [found] = sold("EPOS1", issuer, billing_references=[reference]).billing_references
        assert found == before.replace(key_scheme=scheme)
    [none] = sold("EPOS1", issuer, billing_references=[DocumentReference(number="NDA5")]).billing_references
    assert (none.key, none.key_scheme) == (None, None)


@pytest.mark.parametrize("kind", NOTES)
def test_what_a_note_does_not_adjust_is_called_by_name(issuer: Any, kind: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        note("NC2", build(note("NC1", build(sold("EPOS1", issuer), issuer)), issuer), kind)
    assert "Nota de ajuste crédito" in (caught.value.found or "")
    assert "EquivalentDocument" in (caught.value.remedy or "")


def test_a_number_for_a_concept_is_told_from_its_text(issuer: Any) -> None:
    with pytest.raises(UnknownCode) as caught:
        note("NC1", build(sold("EPOS1", issuer), issuer), concept=1)
    assert caught.value.found == "1 (int)"


def test_contingency_is_not_taken_for_the_type_adjusted(issuer: Any) -> None:
    reference = DocumentReference(number="EPOS1", key="a" * 96, issue_date=AT.date(), type_code="08")
    sale = sold("EPOS1", issuer)
    given = {"number": "NC1", "issued_at": AT, "supplier": sale.supplier, "customer": sale.customer}
    with pytest.raises(MissingDatum, match="operation"):
        EquivalentCreditNote.from_lines(**given, lines=[shoes()], payment=sale.payments, billing_references=[reference])


def test_a_note_that_adjusts_nothing_known_is_refused() -> None:
    with pytest.raises(MissingDatum) as caught:
        loose()
    assert caught.value.field == "operation"
    with pytest.raises(UnknownCode):
        loose(operation="10")


@pytest.mark.parametrize(
    ("profile", "operation", "kind"),
    [
        ("DIAN 2.1: Nota de ajuste débito al documento equivalente", "30", DEBIT),
        ("dian 2.1: nota de ajuste debito al Documento  Equivalente ", "10", DEBIT),
        ("", "20", DEBIT),
        ("", "30", "debit_note"),
        ("DIAN 2.1: Nota Débito de Factura Electrónica de Venta", "30", "debit_note"),
        ("DIAN 2.1: Nota Débito de Factura Electrónica de Venta", "32", "debit_note"),
    ],
)
def test_debit_notes_are_told_from_those_of_sales(issuer: Any, profile: str, operation: str, kind: str) -> None:
    xml = build(note("NA1", build(sold("EPOS1", issuer), issuer), DEBIT), issuer).xml
    root = etree.fromstring(xml)
    root.find("{*}ProfileID").text, root.find("{*}CustomizationID").text = profile or None, operation
    assert read(etree.tostring(root)).kind.name == kind
