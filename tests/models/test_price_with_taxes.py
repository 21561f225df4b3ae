"""Prices with their taxes inside: what is paid is the price, to the cent, and DIAN's rules hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from random import Random
from typing import Any

import pytest

from dian_fe import (
    CreditNote,
    Customer,
    ExchangeRate,
    Invoice,
    Line,
    Payment,
    Rounding,
    TaxRounding,
    build,
    charge,
    check,
    discount,
    ibua,
    icui,
    inc,
    inc_bolsas,
    iva,
    read,
    rete_renta,
)
from dian_fe.errors import InconsistentAmounts, InvalidInput, InvalidNumberText, NotAllowed
from dian_fe.testing.random_documents import sample_issuer

pytestmark = pytest.mark.slow

ISSUER = sample_issuer()
CENT = Decimal("0.01")
MONEY = ("AQ", "AS", "AU", "AV", "AW", "AX", "AY", "BB", "BE", "LR")
"""Groups of DIAN's rules over amounts, by the second and third letter of their codes."""


def invoice(*lines: Line, **changes: Any) -> Invoice:
    values: dict[str, Any] = {
        "number": "SETP990000001",
        "issued_at": "2026-03-02T10:15:00-05:00",
        "supplier": ISSUER.organization,
        "customer": Customer.final_consumer(),
        "lines": lines,
        "payment": Payment.cash(),
    }
    return Invoice.from_lines(**(values | changes))


def priced(price: Any, *taxes: Any, **details: Any) -> Line:
    return Line(description="Café tostado", price_with_taxes=price, taxes=taxes, **details)


def told_of_money(document: Any) -> list[str]:
    faults = check(build(document, ISSUER)).faults
    return [f"{fault.code} {fault.path} {fault.found}" for fault in faults if fault.code[1:3] in MONEY]


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_EVEN)


# --- one line ------------------------------------------------------------------------------------------------------


def test_a_price_no_base_of_cents_makes_up_is_met() -> None:
    document = invoice(priced("79.20", iva(19)))
    (line,) = document.lines
    assert (line.price, line.amount, line.taxes[0].amount) == (Decimal("66.55"), Decimal("66.55"), Decimal("12.65"))
    assert document.totals.payable == Decimal("79.20")
    assert told_of_money(document) == []


def test_every_whole_peso_up_to_450_is_met() -> None:
    for rate in (iva(0), iva(5), inc(8), iva(19)):
        for price in range(1, 451):
            assert invoice(priced(price, rate)).totals.payable == price


@pytest.mark.parametrize(
    ("line", "paid"),
    [
        (priced("11900", iva(19), quantity=3), "35700.00"),
        (priced("79.20", iva(19), quantity="0.333"), "26.37"),
        (priced("5250", iva(5), quantity="12.5", unit="KGM"), "65625.00"),
        (priced("1000", inc(8)), "1000.00"),
        (priced("3999", iva(0)), "3999.00"),
        (priced("3999"), "3999.00"),
        (priced("0.01", iva(19)), "0.01"),
        (priced("0.05", iva(19), inc(8), icui(20)), "0.05"),
        (priced("999999999999.99", iva(19)), "999999999999.99"),
        (priced("166", inc_bolsas(66), quantity=2), "332.00"),
        (priced("1000", iva(19), inc_bolsas(66), quantity=7), "7000.00"),
        (priced("2500", iva(19), ibua(38, millilitres=4800), quantity=12), "30000.00"),
        (priced("49999", iva(19), inc(8), quantity=3), "149997.00"),
        (priced("10000", iva(19), icui(20), inc_bolsas(66)), "10000.00"),
        (priced("111900", iva(19, base=10000)), "111900.00"),
        (priced("11900", iva(19), allowances=[discount(10)]), "10710.00"),
        (priced("11900", iva(19), allowances=[discount(amount=1000)]), "10900.00"),
        (priced("11900", iva(19), allowances=[discount(amount="0.01"), charge(5)]), "12494.99"),
        (priced("79.20", iva(19), quantity=7, allowances=[discount("33.33"), charge(amount=3)]), "372.62"),
        (priced("1000", iva(19), inc_bolsas(66), allowances=[discount(amount=100)]), "900.00"),
        (priced("79.20", iva(19), allowances=[discount(100)]), "0.00"),
        (priced("79.20", iva(19), allowances=[discount(0)]), "79.20"),
    ],
)
def test_line_and_payable_are_the_gross_price(line: Line, paid: str) -> None:
    document = invoice(line)
    (made,) = document.lines
    taxes = sum((total.amount for total in made.taxes), Decimal(0))
    assert made.amount + taxes == document.totals.payable == Decimal(paid)
    assert made.price_with_taxes is None
    assert told_of_money(document) == []
    assert read(build(document, ISSUER).xml).document == document
    assert Invoice.model_validate_json(document.to_json()) == document


def test_the_unit_price_has_as_few_decimals_as_do() -> None:
    prices = [invoice(line).lines[0].price for line in (priced(11900, iva(19), quantity=3), priced(1000, inc(8)))]
    assert [str(price) for price in prices] == ["10000.00", "925.93"]
    (line,) = invoice(priced("79.20", iva(19), quantity=1000)).lines
    assert str(line.price) == "66.55462"
    assert cents(line.price * 1000) == line.amount


def test_net_discounts_add_up_to_the_line() -> None:
    line = priced("1000", iva(19), quantity=3, allowances=[discount(amount=100), discount("12.5"), charge(amount=7)])
    (made,) = invoice(line).lines
    signed = sum((item.amount if item.is_charge else -item.amount for item in made.allowances), Decimal(0))
    assert cents(made.price * made.quantity) + signed == made.amount
    assert [item.amount for item in made.allowances] == [Decimal("84.03"), Decimal("315.13"), Decimal("5.88")]


def test_withholdings_are_on_the_base() -> None:
    document = invoice(priced(11900, iva(19), withholdings=[rete_renta("2.5")]))
    assert (document.withholdings[0].amount, document.totals.payable) == (Decimal("250.00"), Decimal("11900.00"))


# --- documents -----------------------------------------------------------------------------------------------------


def test_lines_with_and_without_taxes_inside_go_together() -> None:
    document = invoice(priced("79.20", iva(19)), Line(description="Panela", price="10.10", taxes=[iva(5)]))
    assert document.totals.payable == Decimal("79.20") + Decimal("10.60")


def test_document_discounts_are_off_what_is_paid() -> None:
    document = invoice(priced(11900, iva(19)), allowances=[discount(amount=900), charge(10, reason="Propina")])
    assert (document.totals.payable, document.totals.charge_total) == (Decimal("12000.00"), Decimal("1000.00"))


def test_other_currencies_have_cents_too() -> None:
    rate = ExchangeRate(currency="USD", rate="4012.35", date=date(2026, 3, 2))
    document = invoice(priced("79.20", iva(19), quantity=3), currency="USD", exchange_rate=rate)
    assert document.totals.payable == Decimal("237.60")


def test_whole_pesos_leave_base_and_tax_whole() -> None:
    document = invoice(priced(7920, iva(19)), priced(1000, inc(8), quantity=3), rounding=Rounding(decimals=0))
    amounts = [(line.amount, line.taxes[0].amount) for line in document.lines]
    assert amounts == [(Decimal("6655.00"), Decimal("1265.00")), (Decimal("2778.00"), Decimal("222.00"))]
    assert told_of_money(document) == []


def test_cents_settled_by_a_price_are_not_spread_again() -> None:
    lines = [priced("79.20", iva(19)), *[Line(description="x", price="0.13", taxes=[iva(19)]) for _ in range(9)]]
    document = invoice(*lines, rounding=Rounding(taxes=TaxRounding.DOCUMENT))
    assert document.lines[0].amount + document.lines[0].taxes[0].amount == Decimal("79.20")


@pytest.mark.parametrize("rounding", [None, Rounding(decimals=0)])
def test_what_many_lines_miss_does_not_add_up(rounding: Rounding | None) -> None:
    document = invoice(*[priced("79.20", iva(19)) for _ in range(1500)], rounding=rounding)
    tax = document.taxes[0].subtotals[0]
    assert abs(tax.amount - tax.taxable * 19 / 100) <= 1
    assert document.totals.payable == 1500 * (Decimal("79.20") if rounding is None else 79)
    assert told_of_money(document) == []


def test_a_note_of_a_part_says_the_price_again() -> None:
    document = invoice(priced("79.20", iva(19), quantity=3))
    part = document.lines[0].without_amounts(quantity=1, price_with_taxes="79.20")
    key = build(document, ISSUER).key
    values: dict[str, Any] = {"concept": "1", "number": "NC1", "issued_at": "2026-03-03T10:15:00-05:00", "key": key}
    assert CreditNote.correcting(document, lines=[part], **values).totals.payable == Decimal("79.20")
    whole = CreditNote.correcting(document, **(values | {"concept": "2"}))
    assert whole.totals.payable == Decimal("237.60")


# --- how it is given -----------------------------------------------------------------------------------------------


def test_json_and_copies_keep_the_price_with_taxes() -> None:
    line = priced("79.20", iva(19))
    assert line.price == Decimal("66.554622")
    assert Line.model_validate_json(line.to_json()) == line
    assert invoice(Line.model_validate_json(line.to_json())).totals.payable == Decimal("79.20")
    assert invoice(line.replace(quantity=3)).totals.payable == Decimal("237.60")
    assert invoice(line.replace(taxes=[iva(5)])).lines[0].amount == Decimal("75.43")
    assert invoice(line.replace(price=100)).totals.payable == Decimal("119.00")
    assert invoice(line, withholdings=[rete_renta(0)]).totals.payable == Decimal("79.20")
    given = {"description": "x", "price_with_taxes": "79.20", "taxes": [{"subtotals": [{"code": "01", "percent": 19}]}]}
    assert Invoice.from_lines(**_json_arguments(given)).totals.payable == Decimal("79.20")


def _json_arguments(line: dict[str, Any]) -> Any:
    return {
        "number": "SETP990000001",
        "issued_at": "2026-03-02T10:15:00-05:00",
        "supplier": ISSUER.organization,
        "customer": Customer.final_consumer(),
        "lines": [line],
        "payment": Payment.cash(),
    }


@pytest.mark.parametrize(
    ("make", "error", "field"),
    [
        (lambda: Line(description="x"), InvalidInput, "price"),
        (lambda: priced("mil"), InvalidNumberText, "price_with_taxes"),
        (lambda: invoice(Line(description="x", price=66, price_with_taxes="79.20")), NotAllowed, "lines[0].price"),
        (lambda: invoice(priced("79.20", iva(19), amount=66)), NotAllowed, "lines[0].amount"),
        (lambda: invoice(priced(-1, iva(19))), InvalidInput, "lines[0].price_with_taxes"),
        (lambda: invoice(priced(1, iva(19), quantity=0)), InvalidInput, "lines[0].quantity"),
        (lambda: invoice(priced(50, inc_bolsas(66))), InconsistentAmounts, "lines[0].price_with_taxes"),
        (
            lambda: invoice(priced(50, iva(19), allowances=[discount(amount=51)])),
            InconsistentAmounts,
            "lines[0].allowances",
        ),
        (
            lambda: invoice(priced(1000, iva(19), inc_bolsas(66), allowances=[discount(10)])),
            NotAllowed,
            "lines[0].allowances[0].percent",
        ),
        (
            lambda: invoice(priced(1000, allowances=[discount(10).replace(base=900)])),
            NotAllowed,
            "lines[0].allowances[0]",
        ),
        (
            lambda: invoice(priced(1000, iva(19).replace(amount=160))),
            NotAllowed,
            "lines[0].taxes.amount",
        ),
        (
            lambda: invoice(priced("0.03", iva(19), quantity=90_000_000)),
            InconsistentAmounts,
            "lines[0].price_with_taxes",
        ),
        (lambda: invoice(Line.free(description="x", reference_price=5, price_with_taxes=5)), NotAllowed, "lines[0]."),
    ],
)
def test_what_cannot_be_exact_is_refused(make: Any, error: type[InvalidInput], field: str) -> None:
    with pytest.raises(error) as caught:
        make()
    assert (caught.value.field or "").startswith(field)
    assert caught.value.remedy


def test_a_line_without_price_says_both_ways_to_give_it() -> None:
    for make in (lambda: Line(description="x"), lambda: Line.model_validate_json('{"description": "x"}')):
        with pytest.raises(InvalidInput) as caught:
            make()
        assert (caught.value.field, caught.value.found) == ("price", None)
        assert "price_with_taxes" in (caught.value.expected or "")


def test_build_refuses_a_price_that_was_not_parted() -> None:
    document = invoice(priced("79.20", iva(19)))
    unparted = document.replace(lines=[document.lines[0].replace(price_with_taxes="79.20")])
    with pytest.raises(NotAllowed) as caught:
        build(unparted, ISSUER)
    assert caught.value.field == "lines[0].price_with_taxes"


# --- many ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sale:
    """A line and what is to be paid for it."""

    line: Line
    paid: Decimal


_TAXES: tuple[tuple[Any, ...], ...] = (
    (iva(0),), (iva(5),), (inc(8),), (iva(19),), (), (iva(19), inc(8)), (iva(5), icui(20)), (iva(19), inc_bolsas(66))
)  # fmt: skip
_QUANTITIES = ("1", "1", "1", "2", "3", "12", "0.333", "2.5", "0.125", "1000", "7.777777")


def sale(dice: Random) -> Sale:
    """Return a sale at any price, mostly of whole pesos, with discounts and charges at times."""
    cents_of = dice.choice((100, 100, 1))
    price = Decimal(dice.randint(100, dice.choice((50_000, 5_000_000, 500_000_000))) * cents_of) / 100
    taxes = dice.choice(_TAXES)
    quantity = Decimal(dice.choice(_QUANTITIES))
    gross, allowances = price * quantity, []
    paid = gross
    per_unit = sum((66 * quantity for total in taxes if total.code == "22"), Decimal(0))
    if dice.random() < 0.2 and gross > 2 * per_unit:
        if not per_unit:
            percent = Decimal(dice.randint(1, 5000)) / 100
            allowances.append(dice.choice((discount, charge))(percent))
            paid += gross * percent / 100 * (1 if allowances[-1].is_charge else -1)
        off = cents(gross * dice.randint(1, 40) / 100)
        allowances.append(discount(amount=off))
        paid -= off
    price = max(price, Decimal(200)) if not allowances and per_unit else price
    if not allowances:
        paid = price * quantity
    return Sale(priced(price, *taxes, quantity=quantity, allowances=allowances), cents(paid))


def sales(count: int, seed: int) -> Iterator[list[Sale]]:
    """Yield documents of 1 to 60 sales."""
    dice = Random(seed)
    while count > 0:
        size = min(count, dice.choice((1, 2, 5, 20, 60)))
        yield [sale(dice) for _ in range(size)]
        count -= size


def _judge(made: list[Sale]) -> None:
    document = invoice(*[each.line for each in made])
    for each, line in zip(made, document.lines, strict=True):
        assert line.amount + sum((total.amount for total in line.taxes), Decimal(0)) == each.paid, each.line
        for total in line.taxes:
            (rate,) = total.subtotals
            if rate.percent is not None:
                assert abs(rate.amount - rate.taxable * rate.percent / 100) <= 2 * CENT, each.line
        signed = sum((item.amount if item.is_charge else -item.amount for item in line.allowances), Decimal(0))
        assert abs(line.price * line.quantity + signed - line.amount) < CENT / 2, each.line
    assert document.totals.payable == sum((each.paid for each in made), Decimal(0))
    assert told_of_money(document) == []


def test_a_sample_of_gross_prices_is_met() -> None:
    for made in sales(600, seed=11):
        _judge(made)


@pytest.mark.long
def test_a_hundred_thousand_gross_prices_are_met() -> None:
    for seed in range(10):
        for made in sales(10_000, seed=seed):
            _judge(made)
