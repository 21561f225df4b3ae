"""Amounts that misled: signed zeros, nothings, scales and prices with taxes inside (rows B7 to B11)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dian_fe import (
    CreditNote,
    DebitNote,
    ExchangeRate,
    Line,
    Prepayment,
    Rounding,
    TaxSubtotal,
    TaxTotal,
    build,
    charge,
    discount,
    ica,
    inc,
    inc_bolsas,
    instalments,
    iva,
    read,
    rete_ica,
    rete_iva,
    rete_renta,
    tax,
)
from dian_fe.errors import InvalidInput
from dian_fe.models.document import TradeDocument
from tests.contracts.faults.rows import cases
from tests.models.test_price_with_taxes import ISSUER, invoice, priced, told_of_money

DOLLARS: dict[str, Any] = {
    "currency": "USD",
    "exchange_rate": ExchangeRate(currency="USD", rate="4012.35", date=date(2026, 3, 2)),
}


def line(**changes: Any) -> Line:
    return Line(**({"description": "Café", "quantity": 1, "price": 1000, "taxes": [iva(19)]} | changes))


def note(kind: Any, *lines: Line, **changes: Any) -> Any:
    """Return a note that corrects an invoice of the same lines."""
    sold = build(invoice(*lines), ISSUER)
    return kind.correcting(
        sold, concept="1", number="N1", issued_at="2026-03-02T11:15:00-05:00", lines=lines, **changes
    )


def through_json(document: TradeDocument, change: Callable[[dict[str, Any]], Any]) -> TradeDocument:
    """Return a document as its JSON gives it, after somebody changed that."""
    data = json.loads(document.to_json())
    change(data)
    return type(document).model_validate_json(json.dumps(data))


def written(document: TradeDocument) -> str:
    return build(document, ISSUER).xml.decode()


@cases(
    "B7",
    {
        "a rounding": lambda: invoice(line(), payable_rounding="-0.00"),
        "an instalment": lambda: invoice(
            line(), payment_terms=instalments((date(2026, 4, 1), "-0.00"), (date(2026, 5, 1), 1190))
        ),
    },
    {
        "a rounding in dollars": lambda: invoice(line(), payable_rounding=Decimal("-0"), **DOLLARS),
        "a rate": lambda: invoice(line(taxes=[iva("-0.00")])),
        "a quantity in JSON": lambda: through_json(
            invoice(line()), lambda data: data["totals"].update(payable_rounding="-0E+2")
        ),
        "a discount of a note": lambda: note(CreditNote, line(), allowances=[discount(amount="-0.00")]),
        "a rounding of a debit note": lambda: note(DebitNote, line(), payable_rounding="-0.0"),
        "a prepayment": lambda: invoice(line(), prepayments=[Prepayment(amount="-0.00")]),
        "an amount that rounds to nothing": lambda: invoice(line(quantity="0.001", price="-0"), line()),
    },
)
def test_zero_has_no_sign(case: Callable[[], TradeDocument]) -> None:
    document = case()
    text = written(document)
    assert not [value for value in (">-0<", ">-0.0<", ">-0.00<", ">-0E") if value in text]
    assert '"-0' not in document.to_json()
    assert read(text.encode()).document == build(document, ISSUER).document


@cases(
    "B8",
    {
        "a discount of a line": lambda: invoice(line(allowances=[discount(0), discount(amount="0.00")])),
        "a charge of a document": lambda: invoice(line(), allowances=[charge(amount=0)]),
        "a withholding": lambda: invoice(line(), withholdings=[rete_renta(0)]),
    },
    {
        "a credit note": lambda: note(CreditNote, line(allowances=[charge(0)]), allowances=[discount("0.00")]),
        "a debit note": lambda: note(DebitNote, line(allowances=[charge(amount=0)]), allowances=[charge(0)]),
        "a constructor": lambda: invoice(line()).replace(allowances=(discount(amount=0),)),
        "JSON": lambda: through_json(
            invoice(line()),
            lambda data: data["lines"][0].update(allowances=[{"is_charge": True, "reason": "x", "amount": "-0.00"}]),
        ),
        "per thousand": lambda: invoice(line(withholdings=[rete_ica(per_mil="0.000")]), withholdings=[rete_iva(0)]),
        "a price with taxes": lambda: invoice(priced("79.20", iva(19), allowances=[discount(0), charge(amount=0)])),
        "a hundredth of three cents": lambda: invoice(line(price="0.03", allowances=[discount(1)])),
        "a withholding of three cents": lambda: invoice(line(price="0.03", withholdings=[rete_renta("2.5")])),
        "dollars": lambda: invoice(line(), allowances=[discount(0)], withholdings=[rete_iva(0)], **DOLLARS),
    },
)
def test_nothings_are_left_out(case: Callable[[], TradeDocument]) -> None:
    built = build(case(), ISSUER)
    assert b"AllowanceCharge>" not in built.xml
    assert b"WithholdingTaxTotal>" not in built.xml
    assert read(built.xml).document == built.document


def grams(**changes: Any) -> Line:
    return line(quantity=2500, unit="GRM", price=28000, base_quantity=1000, **changes)


@cases(
    "B9",
    {"an invoice": lambda: invoice(grams())},
    {
        "a credit note": lambda: note(CreditNote, grams()),
        "a debit note": lambda: note(DebitNote, line(), grams()),
        "a price with taxes": lambda: invoice(priced(28000, iva(19), quantity=2500, unit="GRM", base_quantity=1000)),
        "another unit": lambda: invoice(line(unit="GRM", base_unit="KGM")),
        "nothing": lambda: invoice(line(base_quantity=0)),
        "a constructor": lambda: build(
            invoice(line()).replace(lines=(invoice(line()).lines[0].replace(base_quantity=Decimal(12)),)), ISSUER
        ),
        "JSON": lambda: build(
            through_json(invoice(line()), lambda data: data["lines"][0].update(base_quantity="1000")), ISSUER
        ),
        "two of ten": lambda: invoice(line(quantity=10, base_quantity=2)),
    },
)
def test_a_price_of_many_units_is_refused(case: Callable[[], Any]) -> None:
    with pytest.raises(InvalidInput) as caught:
        case()
    assert (caught.value.field or "").endswith(("base_quantity", "base_unit"))
    assert "una unidad" in str(caught.value)


def test_a_price_of_one_unit_is_one_whatever_the_quantity() -> None:
    document = invoice(line(quantity=10, base_quantity=1))
    assert document.totals.payable == 11900
    assert told_of_money(document) == []
    assert read(written(document).encode()).document == document


def withheld(percent: str) -> TaxTotal:
    return TaxTotal(subtotals=(TaxSubtotal(code="06", name="ReteRenta", percent=percent),))


@cases(
    "B10",
    {
        "income 250": (lambda: rete_renta("250"), "2.5"),
        "IVA 0.15": (lambda: rete_iva("0.15"), "15"),
        "ICA 9.66": (lambda: rete_ica("9.66"), "9.66"),
    },
    {
        "by code": (lambda: tax(code="06", percent="250"), "2.5"),
        "a constructor": (lambda: invoice(line(withholdings=[withheld("250")])), "2.5"),
        "of all lines": (lambda: invoice(line(), withholdings=[withheld("0.025")]), "2.5"),
        "JSON": (
            lambda: build(
                through_json(
                    invoice(line(withholdings=[rete_renta("2.5")])),
                    lambda data: data["withholdings"][0]["subtotals"][0].update(percent="250"),
                ),
                ISSUER,
            ),
            "2.5",
        ),
        "per thousand twice": (lambda: rete_ica(per_mil="966"), "9.66"),
        "consumption of a note": (lambda: note(CreditNote, line(taxes=[inc("0.08")])), "8"),
        "a tax of a debit note": (lambda: note(DebitNote, line(taxes=[iva("1900")])), "19"),
        "ICA as a tax": (lambda: ica("11.04"), "11.04"),
        "inside a price": (lambda: invoice(priced(11900, iva("0.19"))), "19"),
    },
)
def test_another_scale_is_refused_with_what_was_meant(case: tuple[Callable[[], Any], str]) -> None:
    make, meant = case
    with pytest.raises(InvalidInput) as caught:
        make()
    assert f'"{meant}"' in (caught.value.remedy or "")


@pytest.mark.parametrize(
    "income", ["0.1", "0.5", "1", "1.5", "2.5", "3.5", "4", "6", "7", "10", "11", "15", "20", "35"]
)
def test_rates_that_are_withheld_pass(income: str) -> None:
    document = invoice(line(withholdings=[rete_renta(income), rete_iva(15), rete_ica(per_mil="9.66")]))
    assert told_of_money(document) == []


MANY = [priced("79.20", iva(19), quantity=count) for count in range(1, 40)]


@cases(
    "B11",
    {"79.20": (lambda: invoice(priced("79.20", iva(19))), "79.20")},
    {
        "dollars": (lambda: invoice(priced("79.20", iva(19), quantity=3), **DOLLARS), "237.60"),
        "a credit note": (lambda: note(CreditNote, priced("79.20", iva(19))), "79.20"),
        "a debit note": (lambda: note(DebitNote, priced("79.20", iva(19), inc(8)), priced("0.07", iva(5))), "79.27"),
        "a third of a kilo": (lambda: invoice(priced("79.20", iva(19), quantity="0.333", unit="KGM")), "26.37"),
        "whole pesos": (
            lambda: invoice(*[priced(79, iva(19))] * 300, rounding=Rounding(decimals=0)),
            "23700.00",
        ),
        "whole pesos by document": (
            lambda: invoice(priced(79, iva(19)), priced(333, iva(5)), rounding=Rounding(decimals=0, taxes="document")),
            "412.00",
        ),
        "discount, charge and withholdings": (
            lambda: invoice(
                priced("99900", iva(19), quantity=7, allowances=[discount("33.33"), charge(amount="0.01")]),
                withholdings=[rete_renta("2.5"), rete_iva(15), rete_ica(per_mil="9.66")],
            ),
            "466223.32",
        ),
        "a charge of the document": (
            lambda: invoice(priced("79.20", iva(19)), allowances=[charge(amount="0.01")]),
            "79.21",
        ),
        "three taxes": (lambda: invoice(priced(4999, iva(19), inc(8), inc_bolsas(66), quantity=9)), "44991.00"),
        "besides net prices": (lambda: invoice(priced("79.20", iva(19)), line(price="10.10", taxes=[iva(5)])), "89.80"),
        "39 lines": (lambda: invoice(*MANY), str(Decimal("79.20") * sum(range(1, 40)))),
        "half a cent": (lambda: invoice(priced("0.005", iva(19), quantity=3)), "0.02"),
    },
)
def test_what_is_paid_is_the_price_with_taxes(case: tuple[Callable[[], TradeDocument], str]) -> None:
    make, paid = case
    document = make()
    assert document.totals.payable == Decimal(paid)
    assert told_of_money(document) == []
    built = build(document, ISSUER)
    assert read(built.xml).document == document
    assert type(document).model_validate_json(document.to_json()) == document
