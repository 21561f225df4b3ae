"""What a document says is written or refused by name, never dropped; what it does not say stays unsaid, in JSON too."""

from __future__ import annotations

from typing import Any

import pytest

from dian_fe import (
    CreditNote,
    Customer,
    DocumentReference,
    HealthSector,
    HealthUser,
    Invoice,
    Line,
    Payment,
    PaymentTerms,
    Prepayment,
    Rounding,
    RoundingMode,
    TaxSubtotal,
    TaxTotal,
    build,
    charge,
    discount,
    iva,
    read,
)
from dian_fe.errors import NotAllowed, UnknownCode
from dian_fe.families.sales.sector import HealthDatum, HealthTag
from dian_fe.models.lines import ItemProperty
from dian_fe.testing.random_documents import sample_issuer

ISSUER = sample_issuer()
VALUES: dict[str, Any] = {
    "number": "SETP990000001",
    "issued_at": "2026-03-02T10:15:00-05:00",
    "supplier": ISSUER.organization,
    "customer": Customer.final_consumer(),
    "payment": Payment.cash(),
}


def invoice(line: dict[str, Any] | None = None, **details: Any) -> Invoice:
    lines = [Line.model_validate({"description": "Café", "price": 1, **(line or {})})]
    return Invoice.from_lines(**{**VALUES, "lines": lines, **details})


PER_UNIT_WITHOUT_MEASURE = TaxTotal(subtotals=(TaxSubtotal(code="01", percent=19, base_unit="KGM"),))
ORPHANS = {
    "Prepayment.id": lambda: invoice().replace(prepayments=(Prepayment(amount=0, collection_concept="01"),)),
    "BillingReference.key": lambda: invoice(billing_references=(DocumentReference(number="1", key_scheme="X"),)),
    "Line.standard_code": lambda: invoice({"standard": "001"}),
    "ItemProperty.quantity": lambda: invoice({"properties": [ItemProperty(name="peso", unit="KGM")]}),
    "TaxSubtotal.base_unit_measure": lambda: invoice({"taxes": [PER_UNIT_WITHOUT_MEASURE]}),
    "PaymentTerms.duration": lambda: invoice(payment_terms=(PaymentTerms(duration_unit="DAY"),)),
    "Supplier.responsibilities": lambda: invoice(
        supplier=ISSUER.organization.replace(responsibilities=(), regime="48")
    ),
    "HealthDatum.value": lambda: invoice(
        operation="SS-CUFE", health=HealthSector(users=(HealthUser(data=(HealthDatum(name="a", code="1"),)),))
    ),
}
"""By the datum that is missing: what its attributes would say if there were an element to carry them."""


@pytest.mark.parametrize("field", ORPHANS)
def test_attributes_without_their_element_are_refused(field: str) -> None:
    document = ORPHANS[field]()
    with pytest.raises(NotAllowed) as caught:
        build(document, ISSUER)
    assert caught.value.field == field
    assert caught.value.expected
    assert caught.value.remedy


def test_what_a_kind_cannot_write_is_refused_at_making() -> None:
    with pytest.raises(NotAllowed) as caught:
        CreditNote.from_lines(
            **{**VALUES, "number": "NC1", "lines": [Line(description="x", price=1)]}, prepayments=[Prepayment(amount=1)]
        )
    assert caught.value.field == "prepayments"


def test_contingency_types_are_for_invoices_only() -> None:
    with pytest.raises(UnknownCode) as caught:
        CreditNote.from_lines(**{**VALUES, "number": "NC1", "lines": [Line(description="x", price=1)]}, type_code="04")
    assert (caught.value.field, caught.value.found) == ("type_code", "04")


@pytest.mark.parametrize(
    "health",
    [
        HealthSector(),
        HealthSector(tags=(HealthTag(name="Responsable"),)),
        HealthSector(users=(HealthUser(),)),
        HealthSector(group='a\r\n\t" <&>', collection=None, users=(HealthUser(data=(HealthDatum(name="x"),)),)),
    ],
)
def test_health_extensions_of_every_shape(health: HealthSector) -> None:
    document = invoice(operation="SS-CUFE", health=health)
    assert read(build(document, ISSUER).xml).document == document


@pytest.mark.parametrize(
    "changes",
    [
        {"supplier": ISSUER.organization.party().replace(tax_scheme=None, tax_scheme_name=None, check_digit=None)},
        {"supplier": ISSUER.organization.party().replace(tax_scheme_name=None)},
        {"lines": (invoice().lines[0].replace(base_quantity=None, base_unit=None),)},
        {"lines": (invoice({"base_quantity": None}).lines[0],)},
        {"billing_references": (DocumentReference(number="1", key="a" * 96, key_scheme=None),)},
        {"payment_terms": (PaymentTerms(duration=3, duration_unit=None),)},
    ],
)
def test_what_is_not_said_stays_unsaid(changes: dict[str, Any]) -> None:
    """The defaults of ours are not other people's words: neither the reader nor JSON bring them in."""
    document = invoice().replace(**changes)
    assert read(build(document, ISSUER).xml).document == document
    assert Invoice.model_validate_json(document.to_json()) == document


def test_a_place_that_does_not_exist_survives_json() -> None:
    raw = build(invoice(), ISSUER).xml.replace(b">76001<", b">99999<")
    document = read(raw).document
    assert document.supplier.address.municipality == "99999"
    assert Invoice.model_validate_json(document.to_json()) == document


def test_an_annulment_takes_back_the_whole_amount_payable() -> None:
    line = Line(description="Café", price=100, quantity=7, taxes=(iva(19),), allowances=(discount(10),))
    made = Invoice.from_lines(
        **VALUES,
        lines=[line],
        allowances=[discount(amount="5.55"), charge(3)],
        payable_rounding="-0.20",
        rounding=Rounding(decimals=0, mode=RoundingMode.HALF_UP),
    )
    note = CreditNote.correcting(build(made, ISSUER), concept="2", number="NC1", issued_at=VALUES["issued_at"])
    assert note.totals == made.totals
    assert note.taxes == made.taxes
    assert note.allowances == made.allowances
    assert read(build(note, ISSUER).xml).document == note
