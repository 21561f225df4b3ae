"""Zeros: without sign wherever they are, and no discount, charge or withholding of nothing in what is issued."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal, localcontext
from typing import Annotated, Any

import pytest
from lxml import etree
from pydantic import TypeAdapter

from dian_fe import (
    AllowanceCharge,
    CreditNote,
    Customer,
    DebitNote,
    Invoice,
    Line,
    Payment,
    PaymentTerms,
    Prepayment,
    build,
    charge,
    discount,
    instalments,
    iva,
    read,
    rete_ica,
    rete_iva,
    rete_renta,
    tax,
)
from dian_fe.models._base import Model
from dian_fe.models._words import money, percent, plain
from dian_fe.models.totals import Totals
from dian_fe.testing.random_documents import sample_issuer
from dian_fe.ubl.codecs import amount, number
from tests.models.test_refused_numbers import number_fields

ISSUER = sample_issuer()
SIGNED = ("-0", "-0.00", "-0.000000", "-0E+3", "-0e-7", Decimal("-0.00"), Decimal("-0E+5"))
SIGNED_ZERO = r"[>\"'(:\s]-0[0.]*(E[+-]?\d+)?[<\"')},]"
"""In XML, JSON or a repr."""
KINDS: tuple[type[Any], ...] = (Invoice, CreditNote, DebitNote)


def document(kind: type[Any] = Invoice, *lines: Line, **changes: Any) -> Any:
    note: dict[str, Any] = {
        "number": "NC1",
        "operation": kind.OPERATIONS[1],
        "period": {"start": date(2026, 2, 1), "end": date(2026, 2, 28)},
        "corrections": [{"concept": "1"}],
    }
    values: dict[str, Any] = {
        "number": "SETP990000001",
        "issued_at": "2026-03-02T10:15:00-05:00",
        "supplier": ISSUER.organization,
        "customer": Customer.final_consumer(),
        "lines": lines or [Line(description="Café", price=18500, taxes=[iva(5)])],
        "payment": Payment.cash(),
    }
    return kind.from_lines(**(values | ({} if kind is Invoice else note) | changes))


def names(written: bytes) -> list[str]:
    return [etree.QName(element).localname for element in etree.fromstring(written).iter(etree.Element)]


# --- signs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "name"), number_fields(), ids=lambda value: getattr(value, "__name__", value))
def test_no_field_of_a_model_holds_a_signed_zero(model: type[Model], name: str) -> None:
    info = model.model_fields[name]
    taken: TypeAdapter[Any] = TypeAdapter(
        Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    )
    for zero in SIGNED:
        assert not taken.validate_python(zero).is_signed(), zero


@pytest.mark.parametrize("zero", SIGNED)
@pytest.mark.parametrize("kind", KINDS)
def test_a_signed_zero_is_written_nowhere(kind: type[Any], zero: Any) -> None:
    rounded = document(
        kind,
        payable_rounding=zero,
        payment_terms=[PaymentTerms(id="1", amount=zero), *instalments((date(2026, 4, 1), zero))],
        **({"prepayments": [Prepayment(id="1", amount=zero)]} if kind.ALLOWS_PREPAYMENTS else {}),
    )
    assert rounded.totals.payable_rounding == 0
    for text in (build(rounded, ISSUER).xml.decode(), rounded.to_json(), repr(rounded)):
        assert re.search(SIGNED_ZERO, text) is None


@pytest.mark.parametrize("zero", SIGNED)
def test_helpers_and_lines_drop_the_sign(zero: Any) -> None:
    made = document(
        Invoice,
        Line(description="Muestra", price=zero, quantity=1, taxes=[iva(zero), tax("22", per_unit=zero)]),
        Line(description="Café", price_with_taxes=zero),
    )
    assert re.search(SIGNED_ZERO, repr(made)) is None
    assert re.search(SIGNED_ZERO, made.to_json()) is None
    assert made.totals.payable == 0
    assert not made.totals.payable.is_signed()


def test_the_pattern_of_signed_zeros_finds_them() -> None:
    for text in ("<a>-0.00</a>", '{"a":"-0"}', '{"a": -0.0}', "Decimal('-0E+3')"):
        assert re.search(SIGNED_ZERO, text), text


def test_json_numbers_have_no_signed_zero_either() -> None:
    line = Line.model_validate_json('{"description": "x", "price": -0.0, "pack_size": -0}')
    assert json.loads(line.to_json())["price"] == "0.0"
    assert json.loads(line.to_json())["pack_size"] == "0"


def test_what_went_round_the_models_is_written_without_sign() -> None:
    totals = Totals.model_construct(line_extension=Decimal("-0.00"), payable=Decimal("-0E+2"))
    assert [amount(value) for value in (totals.line_extension, totals.payable)] == ["0.00", "0.00"]
    assert [number(Decimal(value)) for value in ("-0", "-0.000", "-0E+2")] == ["0", "0.000", "0"]
    assert (plain(Decimal("-0")), money(Decimal("-0.00"), "COP"), percent(Decimal("-0"))) == ("0", "$ 0,00", "0 %")


def test_a_received_signed_zero_is_read_as_zero() -> None:
    written = build(document(payable_rounding="0.00"), ISSUER).xml
    spoiled = written.replace(b">0.00</cbc:PayableRoundingAmount>", b">-0.00</cbc:PayableRoundingAmount>")
    assert spoiled != written
    assert not read(spoiled).document.totals.payable_rounding.is_signed()


def test_the_sign_goes_whatever_the_decimal_context() -> None:
    with localcontext() as context:
        context.rounding, context.prec = "ROUND_FLOOR", 3
        assert document(payable_rounding=Decimal("1.00") - Decimal("1.00")).totals.payable_rounding.is_signed() is False


# --- discounts, charges, withholdings ------------------------------------------------------------------------------

NOTHING = [discount(0), discount(amount=0), charge(0), charge(amount="0.00"), discount("0.00", reason="Nada")]


@pytest.mark.parametrize("kind", KINDS)
def test_discounts_and_charges_of_zero_are_left_out(kind: type[Any]) -> None:
    line = Line(description="Café", price=18500, taxes=[iva(5)], allowances=NOTHING)
    made = document(kind, line, allowances=NOTHING)
    assert made == document(kind)
    assert "AllowanceCharge" not in names(build(made, ISSUER).xml)
    assert (made.totals.allowance_total, made.totals.charge_total) == (None, None)


@pytest.mark.parametrize("kind", KINDS)
def test_real_ones_beside_them_are_numbered_from_one(kind: type[Any]) -> None:
    real = [*NOTHING, discount(amount=100), *NOTHING, charge(amount=50)]
    made = document(kind, Line(description="Café", price=18500, allowances=real), allowances=real)
    for allowances in (made.allowances, made.lines[0].allowances):
        assert [(item.id, item.amount) for item in allowances] == [("1", 100), ("2", 50)]


def test_withholdings_of_zero_are_left_out() -> None:
    nothing = [rete_renta(0), rete_iva("0.00"), rete_ica(per_mil=0), rete_ica(0)]
    made = document(Invoice, Line(description="Libro", price=18500, taxes=[iva(0)], withholdings=[rete_iva(15)]))
    assert (made.withholdings, made.lines[0].withholdings) == ((), ())
    assert document(withholdings=nothing) == document()
    kept = document(withholdings=[*nothing, rete_renta("2.5")])
    assert [total.code for total in kept.withholdings] == ["06"]
    assert names(build(kept, ISSUER).xml).count("WithholdingTaxTotal") == 2  # of the line and of the document


@pytest.mark.parametrize("kind", [CreditNote, DebitNote])
def test_a_note_takes_withholdings_of_zero_as_none(kind: type[Any]) -> None:
    assert document(kind, withholdings=[rete_renta(0)]) == document(kind)


def test_an_exempt_good_keeps_its_tax_of_zero() -> None:
    made = document(Invoice, Line(description="Libro", price=18500, taxes=[iva(0)]))
    assert (made.taxes[0].amount, made.totals.tax_exclusive) == (0, 18500)
    assert "TaxTotal" in names(build(made, ISSUER).xml)


def given_whole(kind: type[Any]) -> Any:
    """Return a document that says zeros itself, as other programs give it to the constructor."""
    made = document(kind)
    nothing = AllowanceCharge(id="1", amount=0, percent=0, base=18500, reason="Nada", reason_code="00")
    real = AllowanceCharge(id="2", amount=500, reason="Algo", reason_code="00")
    changes: dict[str, Any] = {
        "allowances": [nothing, real],
        "lines": [made.lines[0].replace(allowances=[nothing])],
        "totals": made.totals.replace(allowance_total=500, charge_total=0, payable=made.totals.payable - 500),
    }
    if kind is Invoice:
        held = rete_renta(0).subtotals[0].replace(amount=0, taxable=18500)
        changes["withholdings"] = [rete_renta(0).replace(amount=0, subtotals=[held])]
    return made.replace(**changes)


@pytest.mark.parametrize("kind", KINDS)
def test_build_leaves_zeros_out_whoever_made_the_document(kind: type[Any]) -> None:
    whole = given_whole(kind)
    for each in (whole, kind.model_validate_json(whole.to_json())):
        made = build(each, ISSUER)
        assert [item.id for item in made.document.allowances] == ["1"]
        assert made.document.lines[0].allowances == ()
        assert made.document.totals.charge_total is None
        assert names(made.xml).count("AllowanceCharge") == 1
        assert "WithholdingTaxTotal" not in names(made.xml)
        assert "ChargeTotalAmount" not in names(made.xml)


def test_the_same_document_is_built_when_there_is_no_zero() -> None:
    made = document(allowances=[discount(amount=100)], withholdings=[rete_renta("2.5")])
    assert build(made, ISSUER).document is made


def test_a_received_discount_of_zero_is_read_as_it_is() -> None:
    written = build(document(allowances=[discount(amount=100)]), ISSUER).xml
    received = read(written.replace(b">100.00</cbc:Amount>", b">0.00</cbc:Amount>")).document
    assert received.allowances[0].amount == 0
    assert Invoice.model_validate_json(received.to_json()) == received
