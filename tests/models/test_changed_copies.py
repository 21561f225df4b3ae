"""Copies with changes: what followed from the old data follows from the new, and nothing gets by the models' checks."""

from __future__ import annotations

import copy
import sys
from datetime import datetime
from decimal import Context, Decimal, localcontext
from typing import Any

import pytest

from dian_fe import Address, Customer, Line, build, errors, iva, load_document, rete_renta
from dian_fe.models.taxes import TaxSubtotal, TaxTotal
from dian_fe.models.totals import Rounding, TaxRounding
from tests.contracts.pitfalls.support import BUYER, ISSUER, SHOP, invoice, line, texts

pytestmark = pytest.mark.between

OTHER_NIT = "800199436"


def test_derived_data_follow_from_the_new_fields() -> None:
    assert SHOP.replace(nit=OTHER_NIT) == SHOP.model_validate(
        {"nit": OTHER_NIT, "name": SHOP.name, "municipality": "76001", "address": "Cl 14 # 5-20", "emails": SHOP.emails}
    )
    assert SHOP.party().replace(id=OTHER_NIT).check_digit == "4"
    moved = Address.colombia("76001", "Cl 14 # 5-20").replace(municipality="11001")
    assert moved == Address.colombia("11001", "Cl 14 # 5-20")
    assert (line(quantity=1).replace(quantity=5).base_quantity, line().replace(unit="KGM").base_unit) == (5, "KGM")
    assert BUYER.replace(id_type="31", id=OTHER_NIT) == Customer(
        id_type="31", id=OTHER_NIT, name=BUYER.name, emails=BUYER.emails
    )


def test_what_was_said_otherwise_stays_as_it_was_said() -> None:
    bare = Address(municipality="76001", city=None, postal_code=None)
    assert bare.replace(line="Cl 14 # 5-20").city is None
    assert line(base_quantity=10).replace(quantity=5).base_quantity == 10


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"number": 5}, errors.InvalidInput),
        ({"lines": [1]}, errors.InvalidInput),
        ({"issued_at": datetime(2026, 3, 2)}, errors.NaiveDatetime),
        ({"notes": ("a\x00b",)}, errors.ForbiddenCharacter),
        ({"supplier": None}, errors.InvalidInput),
    ],
)
def test_a_copy_with_changes_is_validated(changes: dict[str, Any], refusal: type[errors.InvalidInput]) -> None:
    with pytest.raises(refusal):
        invoice().model_copy(update=changes)
    if sys.version_info >= (3, 13):
        with pytest.raises(refusal):
            copy.replace(invoice(), **changes)


def test_a_copy_says_its_new_data_as_a_party_too() -> None:
    assert BUYER.party().name != "Otra Persona"
    assert BUYER.model_copy(update={"name": "Otra Persona"}).party().name == "Otra Persona"


def test_a_gigantic_number_is_refused_before_it_is_written() -> None:
    text = invoice().to_json().replace('"price":"18500"', '"price":1e-99999999999')
    with pytest.raises(errors.InvalidNumberText) as caught:
        load_document(text)
    assert caught.value.field == "lines[0].price"
    with pytest.raises(errors.InvalidNumberText):
        line(quantity=Decimal("1E-100"))
    with pytest.raises(errors.InvalidNumberText):
        line(price=Decimal("0E+999999999"))


def test_numbers_are_written_without_exponent_in_any_context() -> None:
    with localcontext(Context(capitals=0)):
        xml = build(invoice(line(quantity=Decimal("1E+1"), price=Decimal("1E-5"))), ISSUER).xml
    assert texts(xml, "InvoicedQuantity") == ["10"]
    assert texts(xml, "PriceAmount") == ["0.00001"]


def _told(**subtotal: Any) -> Line:
    """A line of 1000 with an IVA of 190 that is told as 190.40."""
    given: dict[str, Any] = {"amount": Decimal("190.40")}
    rate = TaxSubtotal(code="01", percent=Decimal(19), **(given if subtotal else {}))
    return line(price=1000, taxes=(TaxTotal(subtotals=(rate,), **({} if subtotal else given)),))


@pytest.mark.parametrize("where", TaxRounding)
@pytest.mark.parametrize("told", [_told(), _told(amount=True)], ids=["of the tax", "of its rate"])
def test_a_tax_amount_that_is_given_is_kept_on_every_level(told: Line, where: TaxRounding) -> None:
    document = invoice(told, line(price=1000, taxes=(iva(19),)), rounding=Rounding(taxes=where))
    amounts = [(tax.amount, tax.subtotals[0].amount) for row in document.lines for tax in row.taxes]
    assert amounts == [(Decimal("190.40"),) * 2, (Decimal("190.00"),) * 2]
    assert document.taxes[0].amount == document.taxes[0].subtotals[0].amount == Decimal("380.40")
    assert document.payable == Decimal("2380.40")


def test_a_withholding_among_the_taxes_is_refused() -> None:
    with pytest.raises(errors.NotAllowed) as caught:
        invoice(line(taxes=(iva(5), rete_renta("2.5"))))
    assert caught.value.field == "lines[0].taxes[1]"
