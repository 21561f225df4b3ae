"""The judge refuses what DIAN refuses, by the same codes, and accepts what it should."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dian_fe import (
    CreditNote,
    DocumentReference,
    Invoice,
    Issuer,
    Line,
    Payment,
    build,
    iva,
    read,
    sign,
)
from dian_fe.catalogs import CreditNoteConcept, Environment
from dian_fe.errors import CertificateExpired, CertificateNotYetValid, WeakKey, WrongCertificateOwner
from dian_fe.models.customer import Customer
from dian_fe.testing import Judge
from dian_fe.testing.pki import Flaw
from dian_fe.verifying import verify_signature
from tests.support.company import NOW, SHOP, issuer_at


@pytest.fixture
def dian() -> Judge:
    return Judge(seed=7)


def invoice(number: str = "SETP990000001", **changes: Any) -> Invoice:
    values: dict[str, Any] = {
        "number": number,
        "issued_at": NOW,
        "supplier": SHOP,
        "customer": Customer.final_consumer(),
        "lines": [Line(description="Café tostado", quantity=3, price=Decimal("18500"), taxes=(iva(5),))],
        "payment": Payment.cash(),
    }
    return Invoice.from_lines(**(values | changes))


def signed(dian: Judge, document: Any = None, issuer: Issuer | None = None, **signer: Any) -> Any:
    built = build(document or invoice(), issuer or issuer_at(dian))
    return sign(built, dian.signer(SHOP.nit, **signer), at=NOW)


def codes(verdict: Any) -> set[str]:
    return {fault.code for fault in verdict.faults if fault.rejects}


def test_a_good_invoice_is_accepted_with_a_signed_answer(dian: Judge) -> None:
    document = signed(dian)
    verdict = dian.judge(document.xml)
    assert (verdict.status_code, verdict.is_valid, verdict.key) == ("00", True, document.key)
    answer = read(verdict.application_response)
    assert answer.document.accepted
    assert answer.document.reference_key == document.key
    assert answer.document.receiver.id == SHOP.nit
    assert verify_signature(verdict.application_response, trust=dian.trust).valid
    assert dian.accepted[document.key].raw == document.xml


def test_the_same_document_twice_is_rule_90(dian: Judge) -> None:
    document = signed(dian)
    assert dian.judge(document.xml).is_valid
    again = dian.judge(document.xml)
    assert (again.status_code, codes(again)) == ("99", {"90"})
    assert again.faults[0].found == document.key
    assert len(dian.accepted) == 1


def test_another_document_under_a_taken_number_is_rule_90(dian: Judge) -> None:
    first = signed(dian)
    dian.judge(first.xml)
    other = signed(dian, invoice(customer=Customer(id_type="13", id="1020304050", name="Otra Persona")))
    assert other.key != first.key
    verdict = dian.judge(other.xml)
    assert codes(verdict) == {"90"}
    assert verdict.faults[0].found == first.key


def test_the_key_is_recomputed_with_the_simulators_own(dian: Judge) -> None:
    wrong = dian.resolution("SETP").replace(technical_key="0" * 40)
    assert codes(dian.judge(signed(dian, issuer=issuer_at(dian, resolution=wrong)).xml)) == {"FAD06"}


def test_the_pin_is_the_simulators_own(dian: Judge) -> None:
    software = dian.software.replace(pin="99999")
    note = CreditNote.correcting(
        invoice(), key="a" * 96, concept=CreditNoteConcept.ANULACION, number="NC1", issued_at=NOW
    )
    verdict = dian.judge(signed(dian, note, issuer_at(dian, software=software)).xml)
    assert codes(verdict) == {"CAD06"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"authorization": "18760000009"}, {"FAB05b"}),
        ({"valid_from": date(2020, 1, 1)}, {"FAB07b"}),
        ({"valid_to": date(2029, 1, 1)}, {"FAB08b"}),
        ({"range_from": 1}, {"FAB11b"}),
        ({"range_to": 999_999_999}, {"FAB12b"}),
    ],
)
def test_numbering_data_that_are_not_the_registered_ones(
    dian: Judge, changes: dict[str, Any], expected: set[str]
) -> None:
    resolution = dian.resolution("SETP").replace(**changes)
    assert codes(dian.judge(signed(dian, issuer=issuer_at(dian, resolution=resolution)).xml)) == expected


def test_a_number_outside_the_registered_range(dian: Judge) -> None:
    wide = dian.resolution("SETP").replace(range_to=999_999_999)
    verdict = dian.judge(signed(dian, invoice("SETP999999999"), issuer_at(dian, resolution=wide)).xml)
    assert codes(verdict) == {"FAB12b", "FAD05d"}


def test_another_environment(dian: Judge) -> None:
    verdict = dian.judge(signed(dian, issuer=issuer_at(dian, environment=Environment.PRODUCCION)).xml)
    assert codes(verdict) == {"FAD04"}


def test_an_unknown_software(dian: Judge) -> None:
    software = dian.software.replace(id="11111111-1111-1111-1111-111111111111")
    assert "FAB24b" in codes(dian.judge(signed(dian, issuer=issuer_at(dian, software=software)).xml))


def test_contingency_type_03_is_keyed_by_the_pin(dian: Judge) -> None:
    paper = DocumentReference(number="TAL-15", issue_date=date(2026, 3, 1), type_code="215")
    document = signed(dian, invoice(type_code="03", additional_references=(paper,)))
    assert document.control.key_scheme == "CUDE-SHA384"
    assert dian.judge(document.xml).is_valid


def test_tampering_breaks_the_signature(dian: Judge) -> None:
    verdict = dian.judge(signed(dian).xml.replace(b"tostado", b"molido!"))
    assert not verdict.is_valid
    assert "ZE02" in codes(verdict)


BEFORE_SIGNING = {
    Flaw.EXPIRED: CertificateExpired,
    Flaw.NOT_YET_VALID: CertificateNotYetValid,
    Flaw.WEAK: WeakKey,
}


@pytest.mark.parametrize("flaw", sorted(BEFORE_SIGNING))
def test_certificates_refused_before_signing(dian: Judge, flaw: Flaw) -> None:
    with pytest.raises(BEFORE_SIGNING[flaw]):
        signed(dian, flaw=flaw)


@pytest.mark.parametrize("flaw", sorted(set(Flaw) - {Flaw.NONE, Flaw.NO_NIT} - set(BEFORE_SIGNING)))
def test_certificates_refused_by_the_judge(dian: Judge, flaw: Flaw) -> None:
    assert not dian.judge(signed(dian, flaw=flaw).xml).is_valid


def test_a_certificate_of_another_nit_is_refused_before_signing(dian: Judge) -> None:
    with pytest.raises(WrongCertificateOwner) as caught:
        sign(build(invoice(), issuer_at(dian)), dian.signer("800199436"), at=NOW)
    assert "800199436" in str(caught.value.found)
    assert SHOP.nit in str(caught.value.expected)


def test_an_unsigned_document_and_garbage_are_refused(dian: Judge) -> None:
    built = build(invoice(), issuer_at(dian))
    assert not dian.judge(built.xml).is_valid
    assert codes(dian.judge(b"<a/>")) == {"ZB01"}
    assert codes(dian.judge(b"no xml")) == {"ZB01"}
    assert not dian.accepted


def test_a_rejected_number_is_not_consumed(dian: Judge) -> None:
    document = signed(dian)
    assert not dian.judge(document.xml.replace(b"tostado", b"molido!")).is_valid
    assert dian.judge(document.xml).is_valid


def test_the_same_seed_gives_the_same_office() -> None:
    one, two = Judge(seed=3), Judge(seed=3)
    assert one.software == two.software
    assert one.resolution("FE") == two.resolution("FE")
    assert one.judge(signed(one).xml).application_response == two.judge(signed(two).xml).application_response
    assert Judge(seed=4).software != one.software


def test_the_registry_of_rules_judges_too_unless_it_is_left_out(dian: Judge) -> None:
    withdrawn = invoice().replace(operation="05")
    verdict = dian.judge(signed(dian, withdrawn).xml)
    assert codes(verdict) == {"FAD02"}
    (fault,) = (fault for fault in verdict.faults if fault.rejects)
    assert fault.found == "05"
    assert fault.xpath == "/Invoice/cbc:CustomizationID"
    assert Judge(seed=7, rules=False).judge(signed(dian, withdrawn).xml).is_valid


def test_an_issuer_without_email_is_refused_on_invoices(dian: Judge) -> None:
    """FAJ71: DIAN rejected invoices so (2026); no answer to a note is known, so CAJ71 is notified."""
    shop = SHOP.replace(emails=())
    issuer = issuer_at(dian, organization=shop)
    verdict = dian.judge(signed(dian, invoice(supplier=shop), issuer).xml)
    assert codes(verdict) == {"FAJ71"}
    note = CreditNote.correcting(
        build(invoice(), issuer_at(dian)), concept="2", number="NC1", issued_at=NOW, supplier=shop
    )
    answered = dian.judge(signed(dian, note, issuer).xml)
    assert answered.is_valid
    assert "CAJ71" in {fault.code for fault in answered.faults}


def test_a_note_to_an_unknown_invoice_is_refused_if_wished() -> None:
    dian = Judge(seed=7, references=True)
    original = build(invoice(), issuer_at(dian))
    note = CreditNote.correcting(original, concept=CreditNoteConcept.ANULACION, number="NC1", issued_at=NOW)
    assert codes(dian.judge(signed(dian, note).xml)) == {"CBG04a"}
    assert dian.judge(signed(dian).xml).is_valid
    assert dian.judge(signed(dian, note).xml).is_valid
