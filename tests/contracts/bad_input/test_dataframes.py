"""What analysts have in their tables: numpy's numbers, empty cells, Timestamps, NITs that became floats."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dian_fe import Customer, Invoice, Line, Payment, Resolution, errors, iva
from tests.graphic.support import AT, organization

pytestmark = pytest.mark.between

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")

RANGE = Resolution(
    authorization="18760000001",
    prefix="SETP",
    range_from=990000000,
    range_to=995000000,
    valid_from=date(2019, 1, 19),
    valid_to=date(2030, 1, 19),
)


def customer(**changes: Any) -> Customer:
    return Customer(**({"id_type": "31", "id": "800199436", "name": "Cliente Ejemplo SAS"} | changes))


def invoice(**changes: Any) -> Invoice:
    values: dict[str, Any] = {
        "number": "SETP990000001",
        "issued_at": AT,
        "supplier": organization(),
        "customer": customer(),
        "lines": [Line(description="Café", price=18500, taxes=[iva(5)])],
        "payment": Payment.cash(),
    }
    return Invoice.from_lines(**values | changes)


@pytest.mark.parametrize("kind", ["int8", "int32", "int64", "uint16"])
def test_whole_numbers_of_numpy_are_exact(kind: str) -> None:
    number = np.dtype(kind).type(100)
    line = Line(description="Café", price=number, quantity=number)
    assert (line.price, line.quantity) == (100, 100)
    assert type(line.price) is Decimal
    assert iva(np.int64(19)).percent == 19
    assert RANGE.number(np.int64(990000001)) == "SETP990000001"


def test_floats_of_numpy_are_refused_like_any_other() -> None:
    with pytest.raises(errors.FloatMoney, match=r'Decimal\("18500.5"\)'):
        Line(description="Café", price=np.float64(18500.5))
    with pytest.raises(errors.FloatMoney, match="no da un número finito"):
        Line(description="Café", price=float("inf"))


@pytest.mark.parametrize("cell", [float("nan"), np.float64("nan"), pd.NA, pd.NaT, Decimal("NaN")], ids=repr)
def test_an_empty_cell_is_called_so(cell: Any) -> None:
    """No remedy leads to the text "nan", which would be a customer's name."""
    tries = (
        lambda: Line(description="Café", price=cell),
        lambda: Line(description=cell, price=1),
        lambda: Line(description="Café", price=1, unit=cell),
        lambda: customer(id=cell),
        lambda: customer(name=cell),
        lambda: customer(emails=[cell]),
        lambda: customer(emails=cell),
        lambda: Payment(form="2", due_date=cell),
        lambda: invoice(issued_at=cell),
        lambda: iva(cell),
    )
    for make in tries:
        with pytest.raises(errors.InvalidInput, match="La celda está vacía") as caught:
            make()
        assert "comillas" not in str(caught.value)
        assert caught.value.field


@pytest.mark.parametrize("number", [800199436, 800199436.0, np.int64(800199436), np.float64(800199436)], ids=repr)
def test_a_nit_that_became_a_number_leads_to_its_text(number: Any) -> None:
    with pytest.raises(errors.InvalidInput, match='escriba el texto "800199436"'):
        customer(id=number)


def test_a_nit_with_decimals_of_a_float_leads_to_the_right_one() -> None:
    with pytest.raises(errors.InvalidIdentification, match="escriba '800199436'"):
        customer(id="800199436.0")


def test_a_secret_that_became_a_number_is_not_shown() -> None:
    from dian_fe import Software

    with pytest.raises(errors.InvalidInput) as caught:
        Software(id="00000000-0000-0000-0000-000000000000", pin=75315)  # type: ignore[arg-type]
    assert "75315" not in str(caught.value)


def test_a_timestamp_becomes_a_plain_moment() -> None:
    made = invoice(issued_at=pd.Timestamp("2026-03-02 10:15:30.123456789", tz="America/Bogota"))
    assert type(made.issued_at) is datetime
    assert made.issued_at == AT + timedelta(seconds=30)
    assert Invoice.model_validate_json(made.to_json()) == made
    with pytest.raises(errors.NaiveDatetime):
        invoice(issued_at=pd.Timestamp("2026-03-02 10:15"))


def test_a_timestamp_is_no_day_and_the_way_to_it_is_told() -> None:
    with pytest.raises(errors.InvalidInput, match=r"use su día: fecha\.date\(\)"):
        Payment.credit(pd.Timestamp("2026-04-02"))
    assert Payment.credit(pd.Timestamp("2026-04-02").date()).due_date == date(2026, 4, 2)


@pytest.mark.parametrize("number", [990000001.0, "990000001", True, None, 990000001.5], ids=repr)
def test_a_consecutive_is_a_whole_number(number: Any) -> None:
    with pytest.raises(errors.InvalidInput, match="número entero"):
        RANGE.number(number)


def test_lines_in_a_series_are_lines() -> None:
    lines = [Line(description="Café", price=18500), Line(description="Té", price=1500)]
    assert invoice(lines=pd.Series(lines)).totals.payable == 20000
    with pytest.raises(errors.InvalidInput, match=r"lines\[0\]"):
        invoice(lines=pd.DataFrame([{"description": "Café", "price": 1}]))
