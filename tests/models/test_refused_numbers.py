"""Numbers that are refused, each with a typed error that names field, found, expected and remedy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import ROUND_UP, Decimal, Inexact, localcontext
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, get_args

import pytest

import dian_fe.models
from dian_fe import (
    Customer,
    ExchangeRate,
    Invoice,
    Line,
    Payment,
    Prepayment,
    Rounding,
    RoundingMode,
    TaxRounding,
    adv,
    charge,
    discount,
    ibua,
    ic,
    ic_porcentual,
    ica,
    icl,
    icui,
    inc,
    inc_bolsas,
    inpp,
    instalments,
    iva,
    rete_ica,
    rete_iva,
    rete_renta,
    tax,
)
from dian_fe.errors import FloatMoney, InconsistentAmounts, InvalidInput, InvalidNumberText, NotAllowed
from dian_fe.models._base import Model
from dian_fe.models._numbers import _ExactNumber
from dian_fe.testing.random_documents import sample_issuer

ISSUER = sample_issuer()


def _is_number(annotation: Any, metadata: list[Any]) -> bool:
    return any(isinstance(item, _ExactNumber) for item in metadata) or any(
        _is_number(argument, list(getattr(argument, "__metadata__", ()))) for argument in get_args(annotation)
    )


def number_fields() -> list[tuple[type[Model], str]]:
    """Return every field of every model that holds an exact number."""
    modules = [import_module(f"dian_fe.models.{module.name}") for module in iter_modules(dian_fe.models.__path__)]
    models = {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Model)
    }
    return sorted(
        (
            (model, name)
            for model in models
            for name, info in model.model_fields.items()
            if _is_number(info.annotation, info.metadata)
        ),
        key=lambda pair: (pair[0].__name__, pair[1]),
    )


FIELDS = number_fields()
NOT_NUMBERS: tuple[Any, ...] = (
    "", "1,5", "1.234,56", "$ 5", "1_000", "0x1F", "NaN", "Infinity", "1e9999", "١٢", "-1E+18", b"5", [], True, 10**18,
    Decimal("NaN"), Decimal("-Infinity"), Decimal("1E+18"),
)  # fmt: skip


def test_the_fields_are_found() -> None:
    names = {(model.__name__, name) for model, name in FIELDS}
    assert names >= {
        ("Line", "price"),
        ("Line", "quantity"),
        ("TaxSubtotal", "percent"),
        ("Totals", "payable"),
        ("Prepayment", "amount"),
        ("ExchangeRate", "rate"),
        ("AllowanceCharge", "amount"),
        ("ItemProperty", "quantity"),
    }
    assert len(names) >= 30


def refusal_of(make: Callable[[], object], field: str) -> InvalidInput:
    """Return the error that speaks of a field, among those raised."""
    with pytest.raises(InvalidInput) as caught:
        make()
    (error,) = [error for error in caught.value.errors if error.field == field]
    assert error.found is not None
    assert error.expected
    assert error.remedy
    return error


@pytest.mark.parametrize(("model", "name"), FIELDS, ids=[f"{model.__name__}.{name}" for model, name in FIELDS])
def test_a_float_is_refused_in_every_number_of_every_model(model: type[Model], name: str) -> None:
    error = refusal_of(lambda: model.model_validate({name: 0.1}), name)
    assert type(error) is FloatMoney
    assert error.found == "0.1"
    for wrong in (float("nan"), float("inf"), 1.0):
        assert type(refusal_of(lambda value=wrong: model.model_validate({name: value}), name)) is FloatMoney  # type: ignore[misc]


@pytest.mark.parametrize(("model", "name"), FIELDS, ids=[f"{model.__name__}.{name}" for model, name in FIELDS])
def test_what_is_not_a_number_is_refused_everywhere(model: type[Model], name: str) -> None:
    for wrong in NOT_NUMBERS:
        error = refusal_of(lambda value=wrong: model.model_validate({name: value}), name)  # type: ignore[misc]
        assert type(error) is InvalidNumberText, wrong


HELPERS: dict[str, Callable[[], object]] = {
    "iva": lambda: iva(19.0),  # type: ignore[arg-type]
    "iva base": lambda: iva(19, base=0.5),  # type: ignore[arg-type]
    "inc": lambda: inc(8.0),  # type: ignore[arg-type]
    "ica": lambda: ica(0.966),  # type: ignore[arg-type]
    "ica per mil": lambda: ica(per_mil=9.66),  # type: ignore[arg-type]
    "ic": lambda: ic(5.0),  # type: ignore[arg-type]
    "ic measure": lambda: ic(5, measure=5.0),  # type: ignore[arg-type]
    "ic_porcentual": lambda: ic_porcentual(5.0),  # type: ignore[arg-type]
    "inc_bolsas": lambda: inc_bolsas(66.0),  # type: ignore[arg-type]
    "icl": lambda: icl(1.0),  # type: ignore[arg-type]
    "adv": lambda: adv(25.0),  # type: ignore[arg-type]
    "inpp": lambda: inpp(1.0),  # type: ignore[arg-type]
    "ibua": lambda: ibua(35.0, millilitres=1),  # type: ignore[arg-type]
    "ibua millilitres": lambda: ibua(35, millilitres=1.0),  # type: ignore[arg-type]
    "icui": lambda: icui(20.0),  # type: ignore[arg-type]
    "rete_iva": lambda: rete_iva(15.0),  # type: ignore[arg-type]
    "rete_renta": lambda: rete_renta(2.5),  # type: ignore[arg-type]
    "rete_ica": lambda: rete_ica(0.966),  # type: ignore[arg-type]
    "tax": lambda: tax("01", percent=19.0),  # type: ignore[arg-type]
    "discount": lambda: discount(10.0),  # type: ignore[arg-type]
    "discount amount": lambda: discount(amount=10.5),  # type: ignore[arg-type]
    "charge": lambda: charge(10.0),  # type: ignore[arg-type]
    "instalments": lambda: instalments((date(2026, 3, 2), 10.5)),  # type: ignore[arg-type]
    "free": lambda: Line.free(description="x", reference_price=5.5),  # type: ignore[arg-type]
    "payable_rounding": lambda: invoice(payable_rounding=0.5),
    "price in a line's JSON": lambda: Line.model_validate({"description": "x", "price": 5.5}),
    "replace": lambda: Line(description="x", price=5).replace(price=5.5),
    "without_amounts": lambda: Line(description="x", price=5).without_amounts(quantity=0.5),
}


@pytest.mark.parametrize("name", HELPERS)
def test_the_helpers_refuse_floats_whatever_was_asked_before(name: str) -> None:
    for whole in (iva(19), inc(8), discount(10), icui(20), adv(25)):  # equal numbers, already in the helpers' memory
        assert whole
    with pytest.raises(FloatMoney) as caught:
        HELPERS[name]()
    assert caught.value.found is not None
    assert caught.value.expected
    assert caught.value.remedy


def test_numbers_in_json_are_exact_as_written() -> None:
    line = Line.model_validate_json('{"description": "x", "price": 0.1, "quantity": 3.30}')
    assert (line.price, line.quantity) == (Decimal("0.1"), Decimal("3.30"))
    assert Line.model_validate_json('{"description": "x", "price": 1e3}').price == 1000
    with pytest.raises(InvalidNumberText):
        Line.model_validate_json('{"description": "x", "price": NaN}')


def invoice(line: dict[str, Any] | None = None, **details: Any) -> Invoice:
    values: dict[str, Any] = {
        "number": "SETP990000001",
        "issued_at": "2026-03-02T10:15:00-05:00",
        "supplier": ISSUER.organization,
        "customer": Customer.final_consumer(),
        "payment": Payment.cash(),
        "lines": [Line.model_validate({"description": "x", "price": 100, **(line or {})})],
    }
    return Invoice.from_lines(**{**values, **details})


NEGATIVE: dict[str, Callable[[], object]] = {
    "lines[0].price": lambda: invoice({"price": "-0.01"}),
    "lines[0].quantity": lambda: invoice({"quantity": -1}),
    "lines[0].amount": lambda: invoice({"price": 1, "amount": "-0.50"}),
    "lines[0].allowances[0].amount": lambda: invoice({"allowances": [discount(amount=-5)]}),
    "lines[0].taxes[0].subtotals[0].percent": lambda: invoice({"taxes": [iva(-19)]}),
    "lines[0].taxes[0].subtotals[0].taxable": lambda: invoice({"taxes": [iva(19, base=-5)]}),
    "lines[0].taxes[0].subtotals[0].per_unit_amount": lambda: invoice({"taxes": [inc_bolsas(-66)]}),
    "lines[0].taxes[0].subtotals[0].base_unit_measure": lambda: invoice({"taxes": [inc_bolsas(66, measure=-1)]}),
    "lines[0].withholdings[0].subtotals[0].percent": lambda: invoice({"withholdings": [rete_renta(-2)]}),
    "lines[0].reference_price.amount": lambda: invoice({"price": 0, "reference_price": {"amount": -5}}),
    "allowances[0].amount": lambda: invoice(allowances=[charge(amount=-5)]),
    "prepayments[0].amount": lambda: invoice(prepayments=[Prepayment(amount=-5)]),
    "exchange_rate.rate": lambda: invoice(currency="USD", exchange_rate=ExchangeRate(currency="USD", rate=-4000)),
}


@pytest.mark.parametrize("field", NEGATIVE)
def test_negative_numbers_are_refused(field: str) -> None:
    """Rule VLR01: only the rounding of the total may be negative."""
    refusal_of(NEGATIVE[field], field)


def test_zero_quantity_is_refused_and_price_zero_is_not() -> None:
    refusal_of(lambda: invoice({"quantity": 0}), "lines[0].quantity")
    assert invoice({"price": 0}).totals.payable == 0


def test_what_rounds_to_nothing_is_not_minus_zero() -> None:
    half_up = Rounding(decimals=0, mode=RoundingMode.HALF_UP)
    made = invoice({"price": "0.6", "allowances": [discount(50)]}, rounding=half_up)
    assert str(made.lines[0].amount) == "0.00"
    assert '"-0' not in made.to_json()


@pytest.mark.parametrize("decimals", [3, 6, -1, 2.0, "2", None, True])
def test_roundings_that_amounts_do_not_have(decimals: Any) -> None:
    error = refusal_of(lambda: Rounding(decimals=decimals), "rounding.decimals")
    assert type(error) is NotAllowed


GIVEN_AMOUNTS: dict[str, Callable[[], object]] = {
    "lines[0].amount": lambda: invoice({"amount": "97.99"}),
    "lines[0].taxes[0].subtotals[0].amount": lambda: invoice({"taxes": [given_tax("16.99")]}),
    "lines[0].allowances[0].amount": lambda: invoice({"allowances": [discount(10).replace(amount=Decimal("12.01"))]}),
}


def given_tax(amount: str) -> Any:
    (subtotal,) = iva(19).subtotals
    return iva(19).replace(subtotals=(subtotal.replace(amount=Decimal(amount)),))


@pytest.mark.parametrize("field", GIVEN_AMOUNTS)
def test_amounts_over_two_pesos_off_are_refused_with_both(field: str) -> None:
    error = refusal_of(GIVEN_AMOUNTS[field], field)
    assert type(error) is InconsistentAmounts
    assert "tolerancia 2.00" in (error.expected or "")


def test_amounts_within_two_pesos_are_kept_and_summed() -> None:
    made = invoice({"amount": "98.00", "taxes": [given_tax("17.50")]})
    assert (made.totals.line_extension, made.totals.tax_inclusive) == (Decimal("98.00"), Decimal("115.50"))
    assert made.taxes[0].subtotals[0].taxable == Decimal("98.00")


def test_the_callers_decimal_context_changes_nothing() -> None:
    usual = invoice({"price": "1234567.891", "quantity": "3.337", "taxes": [iva(19)], "allowances": [discount("3.33")]})
    with localcontext() as context:
        context.prec, context.rounding = 3, ROUND_UP
        context.traps[Inexact] = True
        again = invoice(
            {"price": "1234567.891", "quantity": "3.337", "taxes": [iva(19)], "allowances": [discount("3.33")]}
        )
        text = again.to_json()
    assert again == usual
    assert text == usual.to_json()


@pytest.mark.parametrize("bad", [{"mode": "x"}, {"taxes": "lines"}, {"mode": None}], ids=str)
def test_a_way_of_rounding_that_does_not_exist_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed) as caught:
        Rounding(**bad)
    assert caught.value.field == f"rounding.{next(iter(bad))}"


def test_a_way_of_rounding_may_be_told_by_its_value() -> None:
    told: Any = {"mode": "ROUND_HALF_UP", "taxes": "document"}
    assert Rounding(**told) == Rounding(mode=RoundingMode.HALF_UP, taxes=TaxRounding.DOCUMENT)
    assert Rounding(**told).taxes is TaxRounding.DOCUMENT


def test_what_is_no_rounding_policy_is_refused() -> None:
    policy: Any = {"decimals": 0}
    with pytest.raises(InvalidInput) as caught:
        Invoice.from_lines(
            number="SETP990000001",
            issued_at="2026-03-02T10:15:00-05:00",
            supplier=ISSUER.organization,
            customer=Customer.final_consumer(),
            lines=[Line(description="Café tostado", price=1)],
            payment=Payment.cash(),
            rounding=policy,
        )
    assert caught.value.field == "rounding"
