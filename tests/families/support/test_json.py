"""Support documents as JSON: the seller needs no type of identification, the buyer is an organization."""

from __future__ import annotations

from typing import Any

import pytest

from dian_fe import Customer, SupportDocument, SupportNote, build, load_document
from dian_fe.errors import InvalidInput, MissingDatum, UnknownCode, WrongCheckDigit
from dian_fe.testing import Simulator
from tests.families.support.documents import AT, bought, issuer_of, note

ISSUER = issuer_of(Simulator())
ORGANIZATION = {"nit": "700085371", "name": "Tienda Ejemplo SAS", "municipality": "76001", "address": "Cl 14 # 5-20"}
PLAIN: dict[str, Any] = {
    "kind": "support_document",
    "number": "SEDS1",
    "issued_at": AT.isoformat(),
    "supplier": {"id": "1020304050", "name": "Ana Ejemplo", "municipality": "76001", "address": "Cl 5 # 4-3"},
    "customer": ORGANIZATION,
    "lines": [{"description": "Café", "quantity": "2", "price": "1000", "purchase": {"date": "2026-03-01"}}],
    "payment": {"form": "1", "means": "10"},
}


def test_plain_json_makes_the_document() -> None:
    document = load_document(PLAIN)
    assert isinstance(document, SupportDocument)
    seller = document.supplier
    assert (seller.id_type, seller.check_digit, seller.organization_type) == ("31", "8", "2")
    assert (document.operation, document.customer.id, document.customer.organization_type) == ("10", "700085371", "1")
    assert (document.lines[0].purchase.date.isoformat(), document.lines[0].purchase.transmission) == ("2026-03-01", "1")
    assert build(document, ISSUER).document == document


def test_a_seller_abroad_makes_operation_11() -> None:
    address = {"country": "US", "city": "Miami", "line": "1 Main St"}
    document = load_document(PLAIN | {"supplier": {"id_type": "41", "id": "X1", "name": "Ann", "address": address}})
    assert (document.operation, document.supplier.id_type, document.supplier.address.country) == ("11", "41", "US")


def test_the_json_of_a_document_gives_it_again() -> None:
    document = bought("SEDS1", ISSUER)
    corrected = note("NA1", build(document, ISSUER))
    for each in (document, corrected):
        assert load_document(each.to_json()) == each
    assert isinstance(load_document(corrected.to_json()), SupportNote)


def test_a_sellers_own_data_may_be_said() -> None:
    document = load_document(PLAIN | {"supplier": PLAIN["supplier"] | {"organization_type": "1", "wants_xml": False}})
    assert document.supplier.organization_type == "1"


@pytest.mark.parametrize(
    ("changes", "refused", "field"),
    [
        ({"supplier": {"name": "Ana Ejemplo"}}, InvalidInput, "supplier.id"),
        ({"supplier": PLAIN["supplier"] | {"check_digit": "1"}}, WrongCheckDigit, "supplier.check_digit"),
        ({"supplier": PLAIN["supplier"] | {"adress": "x"}}, InvalidInput, "supplier.adress"),
        ({"supplier": PLAIN["supplier"] | {"id_type": "99"}}, UnknownCode, "supplier.id_type"),
        ({"supplier": 5}, InvalidInput, "supplier"),
        ({"customer": {"nit": "700085371"}}, InvalidInput, "customer.name"),
        ({"lines": [PLAIN["lines"][0] | {"purchase": {"date": "2026-99-01"}}]}, InvalidInput, "lines[0].purchase.date"),
        ({"lines": [PLAIN["lines"][0] | {"purchase": {"transmission": "2"}}]}, InvalidInput, "lines[0].purchase.date"),
        ({"operation": "09"}, UnknownCode, "operation"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_is_wrong_is_told_by_its_field(changes: dict[str, Any], refused: type[Exception], field: str) -> None:
    with pytest.raises(refused) as caught:
        load_document(PLAIN | changes)
    assert isinstance(caught.value, InvalidInput)
    assert caught.value.field == field
    assert caught.value.remedy


def test_a_datum_that_is_missing_is_named() -> None:
    for name in ("supplier", "customer", "lines", "number"):
        with pytest.raises((InvalidInput, MissingDatum)) as caught:
            load_document({key: value for key, value in PLAIN.items() if key != name})
        assert caught.value.field == name


def test_a_customer_of_an_invoice_is_still_one() -> None:
    """JSON of an invoice's parties is read as before: the customer is a `Customer`, whose type must be said."""
    lines = [{"description": "Café", "price": "1000"}]
    invoice = PLAIN | {"kind": "invoice", "number": "SETP990000001", "supplier": ORGANIZATION, "lines": lines}
    with pytest.raises(InvalidInput) as caught:
        load_document(invoice | {"customer": {"id": "1020304050", "name": "Ana"}})
    assert caught.value.field == "customer.id_type"
    person = Customer(id_type="13", id="1020304050", name="Ana")
    assert load_document(invoice | {"customer": person.model_dump(mode="json")}).customer == person.party()
