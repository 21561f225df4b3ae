"""Rates of taxes and of overtime, with their days of validity.

They are informative: a rate not listed is not wrong, since the tables lack rates that change by department or year.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from .._arguments import checked
from ._catalog import catalog, read_lines

__all__ = ["OvertimeRate", "TaxRate", "overtime_rates", "tax_rates"]


class TaxRate(NamedTuple):
    """A rate of a tax.

    ``unit`` says what ``rate`` counts: ``percent``, ``COP/100ml`` or ``UVT/gram``. ``valid_from`` and ``valid_to`` are
    its first and last day where they are known; ``note`` what is uncertain about it.
    """

    tax_code: str
    rate: Decimal
    unit: str
    label: str
    valid_from: date | None
    valid_to: date | None
    note: str


class OvertimeRate(NamedTuple):
    """A percent over the ordinary hour, with its first and last day."""

    overtime_type: str
    percent: Decimal
    valid_from: date
    valid_to: date | None


@checked
def tax_rates(tax_code: str, on: date | None = None) -> tuple[TaxRate, ...]:
    """Return the known rates of a tax, or those in force on a day; empty for a tax whose rates are not established.

    Raises ``UnknownCode`` when there is no such tax.
    """
    catalog("tax_codes").require(tax_code)
    rates = _tax_rates().get(tax_code, ())
    return tuple(rate for rate in rates if on is None or _in_force(rate.valid_from, rate.valid_to, on))


@checked
def overtime_rates(overtime_type: str, on: date | None = None) -> tuple[OvertimeRate, ...]:
    """Return the percents of a type of overtime over time, or the one in force on a day; none before 2021.

    Raises ``UnknownCode`` when there is no such type.
    """
    catalog("payroll_overtime_types").require(overtime_type)
    rates = _overtime_rates()[overtime_type]
    return tuple(rate for rate in rates if on is None or _in_force(rate.valid_from, rate.valid_to, on))


def _in_force(first: date | None, last: date | None, on: date) -> bool:
    return (first is None or first <= on) and (last is None or on <= last)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def _tax_rates() -> dict[str, tuple[TaxRate, ...]]:
    table: dict[str, tuple[TaxRate, ...]] = {}
    for line in read_lines("tax_rates")[1]:
        code, rate, unit, label, first, last, note = line.split("\t")
        row = TaxRate(code, Decimal(rate), unit, label, _day(first), _day(last), note)
        table[code] = (*table.get(code, ()), row)
    return table


@cache
def _overtime_rates() -> dict[str, tuple[OvertimeRate, ...]]:
    table: dict[str, tuple[OvertimeRate, ...]] = {}
    for line in read_lines("payroll_overtime_rates")[1]:
        code, percent, first, last = line.split("\t")
        row = OvertimeRate(code, Decimal(percent), date.fromisoformat(first), _day(last))
        table[code] = (*table.get(code, ()), row)
    return table
