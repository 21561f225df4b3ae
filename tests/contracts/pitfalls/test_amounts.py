"""Pitfalls of amounts: hashes, decimals, totals."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest

from dian_fe import (
    CreditNote,
    Rounding,
    TaxRounding,
    Totals,
    build,
    charge,
    discount,
    examine,
    ica,
    inc,
    inc_bolsas,
    iva,
    rete_iva,
    rete_renta,
)
from dian_fe.errors import InconsistentAmounts
from dian_fe.models.lines import Line
from dian_fe.ubl.codecs import amount, truncated
from dian_fe.ubl.keys import document_key, key_seed
from tests.contracts.pitfalls.support import ISSUER, NOW, built, invoice, line, texts
from tests.support.company import RESOLUTION

pytestmark = pytest.mark.between

FIELDS = {
    "number": "SETP990000001", "issue_date": "2026-03-02", "issue_time": "10:15:00-05:00", "payable": "0.00",
    "supplier_id": "700085371", "customer_id": "1020304050", "secret": "k", "environment": "2",
}  # fmt: skip


def seed(line_extension: str | Decimal, *taxes: str | None) -> str:
    return key_seed(line_extension=line_extension, taxes=taxes or (None,) * 3, **FIELDS)


@pytest.mark.parametrize("written", ["12037.0460", "12037.046", "12037.046999", "12037.04"])
def test_the_seed_holds_two_decimals_cut_not_rounded(written: str) -> None:
    for value in (written, Decimal(written)):
        assert "12037.04010.00" in seed(value)
        assert "12037.05" not in seed(value)


@pytest.mark.parametrize("cents", ["0.29", "0.57", "1.13", "1.15", "4.35", "1142.85", "74074.07"])
def test_no_amount_loses_a_cent(cents: str) -> None:
    document = built(line(price=Decimal(cents), taxes=()))
    assert texts(document.xml, "LineExtensionAmount") == [cents, cents]
    assert truncated(Decimal(cents)) == truncated(cents) == amount(Decimal(cents)) == cents


@pytest.mark.parametrize(("given", "written"), [("33000", "33000.00"), ("30555.55", "30555.55"), ("2444.4", "2444.40")])
def test_the_formatter_neither_rounds_again_nor_drops_zeros(given: str, written: str) -> None:
    assert amount(Decimal(given)) == truncated(given) == written


def test_one_function_gives_the_key_from_model_and_from_xml() -> None:
    invoices = built()
    note = build(CreditNote.correcting(invoices, concept="2", number="NC1", issued_at=NOW), ISSUER)
    for document, secret in ((invoices, RESOLUTION.key()), (note, "12345")):
        assert document_key(document.document, secret=secret, environment="2") == document.key
        assert examine(document.xml, secret=secret).key_matches


def test_consumption_tax_and_ica_enter_the_key_in_their_order() -> None:
    document = built(line(price=Decimal(100000), taxes=(iva(19), inc(8), ica(per_mil=Decimal("9.66")))))
    expected = seed("100000.00", "19000.00", "8000.00", "966.00")
    assert "100000.000119000.00048000.0003966.00" in expected
    filled = key_seed(
        line_extension="100000.00", taxes=("19000.00", "8000.00", "966.00"),
        **FIELDS | {"payable": "127966.00", "secret": RESOLUTION.key()},
    )  # fmt: skip
    assert document.key == hashlib.sha384(filled.encode()).hexdigest()


def test_cents_can_be_said() -> None:
    assert '<cbc:PriceAmount currencyID="COP">1190.55</cbc:PriceAmount>' in built(line(price="1190.55")).xml.decode()


def test_the_taxable_total_is_the_sum_of_the_lines_bases() -> None:
    gift = Line.free(description="Muestra gratis", reference_price=Decimal(1000), taxes=[iva(19)])
    document = invoice(
        line(price=Decimal(10000), taxes=(iva(19),)),
        line(price=Decimal(20000), taxes=(iva(5),)),
        line(price=Decimal(30000), taxes=()),
        line(price=Decimal(40000), taxes=(iva(0),)),
        gift,
    )
    assert document.totals.line_extension == 100000
    assert document.totals.tax_exclusive == 10000 + 20000 + 40000 + 1000
    assert document.totals.tax_inclusive == 100000 + 1900 + 1000 + 190
    assert [total.code for total in document.taxes] == ["01"]


def test_taxes_are_grouped_by_tax_and_rate() -> None:
    document = invoice(*[line(price=Decimal(100), taxes=(iva(19),))] * 3, *[line(price=Decimal(100))] * 2)
    (total,) = document.taxes
    assert [(s.percent, s.taxable, s.amount) for s in total.subtotals] == [(19, 300, 57), (5, 200, 10)]
    assert texts(built(line(), line(taxes=(iva(19),))).xml, "Percent")[:2] == ["5.00", "19.00"]


def test_no_rounding_policy_makes_totals_contradict_lines() -> None:
    lines = [line(price=Decimal("6097.74"), taxes=(iva(21),))] * 2
    by_line = invoice(*lines)
    by_document = invoice(*lines, rounding=Rounding(taxes=TaxRounding.DOCUMENT))
    assert (by_line.taxes[0].amount, by_document.taxes[0].amount) == (Decimal("2561.06"), Decimal("2561.05"))
    for document in (by_line, by_document):
        assert sum(item.taxes[0].amount or 0 for item in document.lines) == document.taxes[0].amount


def test_the_rounding_of_the_total_enters_the_payable_alone() -> None:
    plain, rounded = invoice(line(price="999.99")), invoice(line(price="999.99"), payable_rounding=Decimal("0.01"))
    assert isinstance(plain.totals, Totals)
    assert isinstance(rounded.totals, Totals)
    assert rounded.totals.payable == plain.totals.payable + Decimal("0.01")
    assert rounded.totals.line_extension == plain.totals.line_extension
    assert rounded.totals.payable_rounding == Decimal("0.01")


def test_discounts_charges_and_excluded_lines() -> None:
    document = invoice(
        line(price=Decimal(100000), allowances=(discount(10),), taxes=(iva(19),)),
        line(price=Decimal(50000), taxes=()),
        allowances=[charge(amount=5000), discount(1)],
    )
    totals = document.totals
    assert [item.amount for item in document.lines] == [90000, 50000]
    assert (totals.allowance_total, totals.charge_total) == (1400, 5000)
    assert totals.tax_exclusive == 90000
    assert totals.payable == 140000 + 17100 - 1400 + 5000
    assert document.lines[1].taxes == ()
    xml = build(document, ISSUER).xml
    assert len(texts(xml, "TaxTotal")) == 2  # header and first line


def test_contradictory_amounts_are_refused_with_both_figures() -> None:
    with pytest.raises(InconsistentAmounts) as caught:
        invoice(line(price=Decimal(100), amount=Decimal("102.01"), taxes=()))
    assert caught.value.found == "102.01"
    assert "100.00" in str(caught.value.expected)
    assert invoice(line(price=Decimal(100), amount=Decimal("102.00"), taxes=())).totals.payable == Decimal("102.00")


def test_per_unit_taxes_tell_units_and_amount_and_no_percent() -> None:
    xml = built(line(price=Decimal(100), taxes=(inc_bolsas(66),))).xml
    assert texts(xml, "PerUnitAmount") == ["66.00", "66.00"]
    assert texts(xml, "BaseUnitMeasure") == ["1", "1"]
    assert texts(xml, "Percent") == []


def test_the_order_of_taxes_does_not_change_the_taxable_total() -> None:
    for taxes in ((iva(19), inc_bolsas(66)), (inc_bolsas(66), iva(19))):
        document = invoice(line(price=1000, taxes=taxes))
        assert document.totals.tax_exclusive == Decimal("1000.00")
        assert [tax.code for tax in document.lines[0].taxes] == ["01", "22"]


def test_rete_iva_is_reckoned_on_the_iva_of_its_line() -> None:
    document = invoice(line(price=1000, taxes=(iva(19), inc_bolsas(66)), withholdings=(rete_iva(15), rete_renta(2))))
    (reckoned,) = document.lines
    held = [(tax.subtotals[0].taxable, tax.amount) for tax in reckoned.withholdings]
    assert held == [(Decimal("190.00"), Decimal("28.50")), (Decimal("1000.00"), Decimal("20.00"))]
    assert document.payable == 1000 + 190 + 66


def test_cents_of_a_tax_go_to_the_lines_that_lost_most() -> None:
    lines = [line(price=price, taxes=(iva(19),)) for price in ("0.32", "0.34", "0.33")]  # 0.0608, 0.0646 and 0.0627
    document = invoice(*lines, rounding=Rounding(taxes=TaxRounding.DOCUMENT))
    assert [row.taxes[0].amount for row in document.lines] == [Decimal("0.06"), Decimal("0.07"), Decimal("0.06")]
    assert document.taxes[0].amount == Decimal("0.19")
