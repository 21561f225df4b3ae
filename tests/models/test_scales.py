"""Numbers given in another scale: percents as fractions or per thousand, prices of another quantity."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from dian_fe import (
    CreditNote,
    Customer,
    Invoice,
    Line,
    Payment,
    TaxSubtotal,
    TaxTotal,
    adv,
    build,
    charge,
    check,
    discount,
    ic_porcentual,
    ica,
    icui,
    inc,
    iva,
    read,
    rete_ica,
    rete_iva,
    rete_renta,
    tax,
)
from dian_fe.catalogs import TaxCode, catalog, tax_rates
from dian_fe.errors import InvalidInput
from dian_fe.models.rates import BOUNDS, is_likely
from dian_fe.testing.random_documents import sample_issuer
from tests.support.shared import shared_dir

ISSUER = sample_issuer()


def invoice(*lines: Any, **changes: Any) -> Invoice:
    values: dict[str, Any] = {
        "number": "SETP990000001",
        "issued_at": "2026-03-02T10:15:00-05:00",
        "supplier": ISSUER.organization,
        "customer": Customer.final_consumer(),
        "lines": lines or [Line(description="Café", price=18500, taxes=[iva(5)])],
        "payment": Payment.cash(),
    }
    return Invoice.from_lines(**(values | changes))


def refused(make: Callable[[], Any]) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        make()
    assert None not in (caught.value.found, caught.value.expected, caught.value.remedy)
    return caught.value


# --- percents ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "field", "meant"),
    [
        (lambda: rete_renta("250"), "percent", 'rete_renta("2.5")'),
        (lambda: rete_renta("0.025"), "percent", 'rete_renta("2.5")'),
        (lambda: rete_renta("0.11"), "percent", 'rete_renta("11")'),
        (lambda: rete_renta(110), "percent", 'rete_renta("11")'),
        (lambda: rete_iva("0.15"), "percent", 'rete_iva("15")'),
        (lambda: rete_iva(1), "percent", 'rete_iva("100")'),
        (lambda: rete_iva(1500), "percent", 'rete_iva("15")'),
        (lambda: rete_ica("9.66"), "percent", 'rete_ica(per_mil="9.66")'),
        (lambda: rete_ica("0.00966"), "percent", 'rete_ica(per_mil="9.66")'),
        (lambda: rete_ica(per_mil="0.966"), "per_mil", 'rete_ica(per_mil="9.66")'),
        (lambda: rete_ica(per_mil="966"), "per_mil", 'rete_ica(per_mil="9.66")'),
        (lambda: ica("4.14"), "percent", 'ica(per_mil="4.14")'),
        (lambda: iva(1900), "percent", 'iva("19")'),
        (lambda: iva(190), "percent", 'iva("19")'),
        (lambda: iva("0.19"), "percent", 'iva("19")'),
        (lambda: iva("0.05"), "percent", 'iva("5")'),
        (lambda: inc("0.08"), "percent", 'inc("8")'),
        (lambda: inc(800), "percent", 'inc("8")'),
        (lambda: icui("0.2"), "percent", 'icui("20")'),
        (lambda: adv("0.25"), "percent", 'adv("25")'),
        (lambda: ic_porcentual(4800), "percent", 'ic_porcentual("48")'),
        (lambda: tax(TaxCode.TIMBRE, percent=150), "percent", 'percent="1.5"'),
        (lambda: tax("ZZ", percent=300, name="Estampilla"), "percent", 'percent="3"'),
    ],
)
def test_a_rate_of_another_scale_is_refused(make: Callable[[], Any], field: str, meant: str) -> None:
    error = refused(make)
    assert error.field == field
    assert meant in (error.remedy or "")


def test_per_thousand_is_told_with_its_percent() -> None:
    assert refused(lambda: rete_ica(per_mil="966")).found == "966 por mil, que son 96.6 %"


@pytest.mark.parametrize("code", sorted(BOUNDS))
def test_known_rates_and_zero_are_within_the_bounds(code: str) -> None:
    known = {rate.rate for rate in tax_rates(code) if rate.unit == "percent"}
    if code == TaxCode.RETERENTA:
        listed = catalog("income_withholding_rates")
        known = {Decimal(listed.details(concept)["rate"]) for concept in listed}
    assert all(is_likely(code, percent) for percent in {*known, Decimal(0), Decimal("0.00")})
    assert not any(is_likely(code, percent / 1000) for percent in known if percent)


@pytest.mark.parametrize(
    "made",
    [
        rete_renta("0.55"), rete_renta("1.2"), rete_renta("0.1"), rete_renta(39), rete_iva(100), rete_iva(50),
        rete_ica("1.104"), rete_ica("0.66"), rete_ica(1), rete_ica(per_mil="9.66"), rete_ica(per_mil=2), ica("0.414"),
        iva(16), iva(0), inc(0), tax("20", percent=1), tax("21", percent="0.5"), tax("ZZ", percent="0.5", name="x"),
    ],
    ids=lambda total: f"{total.code} {total.percent}",
)  # fmt: skip
def test_rates_in_use_are_taken(made: TaxTotal) -> None:
    of_income = made.code in {"05", "06", "07"}
    line = Line(description="x", price=1000, taxes=[iva(19)] if of_income or made.code != "01" else [made])
    assert build(invoice(line, withholdings=[made] if of_income else []), ISSUER)


def odd(code: str, percent: str, amount: int | None = None) -> TaxTotal:
    return TaxTotal(amount=amount, subtotals=[TaxSubtotal(code=code, percent=percent, amount=amount, taxable=amount)])


@pytest.mark.parametrize(("code", "percent"), [("06", "250"), ("05", "0.15"), ("07", "9.66")])
def test_withholdings_of_the_constructor_are_refused(code: str, percent: str) -> None:
    total = {"subtotals": [{"code": code, "percent": percent}]}
    line: Any = {"description": "x", "price": "1000", "withholdings": [total]}
    for make in (
        lambda: invoice(line),
        lambda: invoice(Line.model_validate(line)),
        lambda: invoice(withholdings=[odd(code, percent)]),
    ):
        assert refused(make).field == "lines[0].withholdings[0].subtotals[0].percent"
    made = invoice()
    whole = made.replace(withholdings=[odd(code, percent, 5)])
    for document in (whole, Invoice.model_validate_json(whole.to_json())):
        assert (
            refused(lambda document=document: build(document, ISSUER)).field == "withholdings[0].subtotals[0].percent"
        )


@pytest.mark.parametrize(("code", "percent"), [("01", "1900"), ("01", "0.19"), ("04", "0.08"), ("03", "9.66")])
def test_taxes_of_the_constructor_are_refused(code: str, percent: str) -> None:
    line = {"description": "x", "price": "1000", "taxes": [{"subtotals": [{"code": code, "percent": percent}]}]}
    assert refused(lambda: invoice(line)).field == "lines[0].taxes[0].subtotals[0].percent"
    made = invoice()
    whole = made.replace(lines=[made.lines[0].replace(taxes=[odd(code, percent, 5)])])
    assert refused(lambda: build(whole, ISSUER)).field == "lines[0].taxes[0].subtotals[0].percent"


@pytest.mark.parametrize("make", [discount, charge])
def test_discounts_and_charges_reach_a_hundred(make: Any) -> None:
    assert make(100).percent == 100
    assert refused(lambda: make(101)).field == "percent"
    more = make(100).replace(percent=150)
    line = Line(description="x", price=1000, allowances=[more])
    assert refused(lambda: invoice(line)).field == "lines[0].allowances[0].percent"
    assert refused(lambda: invoice(allowances=[more])).field == "allowances[0].percent"
    whole = invoice().replace(allowances=[more.replace(amount=1)])
    assert refused(lambda: build(whole, ISSUER)).field == "allowances[0].percent"


def test_a_received_rate_is_read_and_told() -> None:
    made = build(invoice(withholdings=[rete_ica(per_mil="9.66")]), ISSUER).xml
    received = read(made.replace(b">0.966</cbc:Percent>", b">9.66</cbc:Percent>"))
    assert received.document.withholdings[0].percent == Decimal("9.66")
    told = [fault for fault in check(received).faults if fault.code == "unlikely_rate"]
    assert [(fault.path, fault.rejects) for fault in told] == [("withholdings[0].subtotals[0].percent", False)]


# --- prices of another quantity ------------------------------------------------------------------------------------


def test_a_price_of_a_thousand_grams_is_refused_with_that_of_one() -> None:
    grams = Line(description="Café", quantity=2500, unit="GRM", price=28000, base_quantity=1000)
    error = refused(lambda: invoice(grams))
    assert (error.field, error.found) == ("lines[0].base_quantity", "1000")
    assert 'price="28"' in (error.remedy or "")
    assert invoice(grams.replace(price=28, base_quantity=2500)).totals.payable == 70000


def test_a_unit_price_without_end_comes_with_its_amount() -> None:
    thirds = Line(description="Café", quantity=2500, price=10, base_quantity=3)
    assert 'price="3.333333" y amount="8333.33"' in (refused(lambda: invoice(thirds)).remedy or "")
    assert invoice(thirds.replace(price="3.333333", amount="8333.33", base_quantity=2500)).totals.payable == Decimal(
        "8333.33"
    )


def test_the_price_of_another_unit_is_refused() -> None:
    kilos = Line(description="Café", quantity=2, unit="GRM", price=28, base_unit="KGM")
    assert refused(lambda: invoice(kilos)).field == "lines[0].base_unit"


def test_build_refuses_another_base_from_every_route() -> None:
    made = invoice()
    whole = made.replace(lines=[made.lines[0].replace(base_quantity=1000)])
    for document in (whole, Invoice.model_validate_json(whole.to_json())):
        assert refused(lambda document=document: build(document, ISSUER)).field == "lines[0].base_quantity"


@pytest.mark.parametrize("base", ["1", "1000", "0.5"])
def test_any_base_of_a_received_document_is_read(base: str) -> None:
    made = build(invoice(Line(description="x", quantity=3, price=100)), ISSUER).xml
    received = read(
        made.replace(b'unitCode="94">3</cbc:BaseQuantity>', f'unitCode="94">{base}</cbc:BaseQuantity>'.encode())
    )
    assert received.document.lines[0].base_quantity == Decimal(base)
    assert [fault.code for fault in check(received).faults if fault.code == "FAV06"] == []


def test_a_note_over_such_a_document_writes_its_own_base() -> None:
    made = invoice(Line(description="x", quantity="33.62", price=140000))
    received = made.replace(lines=[made.lines[0].replace(base_quantity=1)])
    key = build(made, ISSUER).key
    note = CreditNote.correcting(received, concept="2", number="NC1", issued_at="2026-03-03T10:15:00-05:00", key=key)
    assert note.lines[0].base_quantity == Decimal("33.62")
    assert build(note, ISSUER)


def test_the_judged_document_of_another_base_is_not_called_bad() -> None:
    shared = shared_dir()
    if shared is None:
        pytest.skip("without the shared facts")
    received = read((shared / "judged" / "587.xml").read_bytes())
    assert (received.document.lines[0].quantity, received.document.lines[0].base_quantity) == (Decimal("33.62"), 1)
    assert [fault.code for fault in check(received).faults if fault.code == "FAV06"] == []


def test_a_read_line_without_its_price_is_refused_by_path() -> None:
    made = build(invoice(Line(description="x", quantity=3, price=100)), ISSUER)
    received = read(re.sub(rb"(<cbc:PriceAmount[^>]*>)[^<]*<", rb"\1<", made.xml))
    assert received.document.missing == ("lines[0].price",)
    assert refused(lambda: invoice(*received.document.lines)).field == "lines[0].price"
    dated: Any = {"concept": "2", "number": "NC1", "issued_at": "2026-03-03T10:15:00-05:00"}
    assert refused(lambda: CreditNote.correcting(received, **dated)).field == "lines[0].price"


@pytest.mark.parametrize(
    ("make", "told", "never"),
    [
        (lambda: inc(19), 'iva("19")', "1.9"),
        (lambda: inc("18"), "revise la tarifa.", "1.8"),
        (lambda: icui("0.075"), 'icui("7.5")', "0.75"),
        (lambda: inc(80), 'inc("8")', "iva("),
    ],
)
def test_remedy_guesses_no_rate_that_nobody_knows(make: Callable[[], Any], told: str, never: str) -> None:
    """A tenth of a rate is proposed only when it is one of that tax; the rate of another tax leads to that tax."""
    remedy = refused(make).remedy
    assert remedy is not None
    assert told in remedy
    assert never not in remedy
