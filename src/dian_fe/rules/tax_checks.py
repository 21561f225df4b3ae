"""Checks that taxes and withholdings share, of the document and of its lines.

Amounts may differ by 2.00 from the computed ones (annex 1.9, section 5.2.1).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from decimal import Decimal
from typing import Any

from ..catalogs import TaxCode
from ..faults import Severity
from ..models.arithmetic import money_sum
from ..models.taxes import PER_HUNDRED_MILLILITRES
from ..models.totals import TOLERANCE
from .context import Context
from .registry import Check, Finding
from .sums import Rate, TaxPlace, tax_of

_IVA = TaxCode.IVA.value
_HUNDRED = Decimal(100)
_PERCENT_TOLERANCE = TOLERANCE * _HUNDRED
"""Products with a percent are compared before they are divided by 100."""
_TEN, _TENS_TOLERANCE = Decimal(10), Decimal(5) * _HUNDRED
"""IVA rounded to a multiple of ten may differ by 5.00 (DUR 1625 de 2016, art. 1.3.1.1.1)."""


def one_total_each(place: TaxPlace) -> Check:
    """Return the check that a tax has one total in its place: the document, or a line."""

    def function(context: Context) -> Iterator[Finding]:
        totals, met = context.sums.totals(place), set()
        if len({line for line, _, _ in totals}) == len(totals):  # most lines have one tax, and need no further look
            return
        for line, position, total in totals:
            if total.subtotals:
                tax = (line, tax_of(total.subtotals[0]))
                if tax in met:
                    yield Finding(place.path(line, position), tax[1][0], "un solo grupo por tributo")
                met.add(tax)

    return function


def has_rates(place: TaxPlace) -> Check:
    """Return the check that a tax has a subtotal; two of one rate were accepted without a notification."""

    def function(context: Context) -> Iterator[Finding]:
        for line, position, total in context.sums.totals(place):
            if not total.subtotals:
                yield Finding(place.path(line, position), None, "un cac:TaxSubtotal por tarifa")

    return function


def of_rates(place: TaxPlace, field: str, wrong: Callable[[Any], object], expected: str) -> Check:
    """Return the check that no rate of a place is ``wrong`` in a field."""

    def function(context: Context) -> Iterator[Finding]:
        for line, position, index, rate in context.sums.rates(place):
            if wrong(rate):
                yield Finding(f"{place.path(line, position, index)}.{field}", getattr(rate, field), expected)

    return function


def sum_of_rates(place: TaxPlace) -> Check:
    """Return the check that TaxAmount is the sum of its subtotals."""

    def function(context: Context) -> Iterator[Finding]:
        for line, position, total in context.sums.totals(place):
            amount, rates = total.amount, total.subtotals
            if amount is None or not rates or (len(rates) == 1 and amount == rates[0].amount):
                continue
            expected = money_sum(rate.amount for rate in rates)
            if abs(amount - expected) > TOLERANCE:
                yield Finding(f"{place.path(line, position)}.amount", amount, expected)

    return function


def has_base(place: TaxPlace) -> Check:
    """Return the check that a percent has a base: TaxableAmount is present."""
    return of_rates(place, "taxable", lambda r: r.taxable is None and r.percent is not None, "la base del tributo")


def code_listed(place: TaxPlace, codes: Collection[str], expected: str) -> Check:
    """Return the check that the tax is in the list."""
    return of_rates(place, "code", lambda rate: rate.code not in codes, expected)


def has_unit(place: TaxPlace) -> Check:
    """Return the check that the BaseUnitMeasure of a tax per unit has its unit."""

    def lacks(rate: Any) -> object:
        return rate.base_unit_measure and rate.base_unit is None and is_per_unit(rate)

    return of_rates(place, "base_unit", lacks, "la unidad, como 94 o MLT")


def _percent_product(rate: Any) -> Decimal | None:
    """Return base × percent when the amount differs from it, None if it agrees or cannot be compared."""
    base, percent, amount = rate.taxable, rate.percent, rate.amount
    if base is None or amount is None:
        return None
    product: Decimal = base * percent
    difference = abs(amount * _HUNDRED - product)
    if difference <= _PERCENT_TOLERANCE:
        return None
    if difference <= _TENS_TOLERANCE and rate.code == _IVA and not amount % _TEN:
        return None
    return product / _HUNDRED


def _unit_product(rate: Any, quantity: Decimal | None) -> Decimal | None:
    """Return per-unit amount × measure; None if the amount is a product that DIAN accepts, or cannot be compared.

    Accepted too are the products with the taxable amount, which may count units, and with the line's quantity.
    """
    amount, per_unit, measure = rate.amount, rate.per_unit_amount, rate.base_unit_measure
    products: list[Decimal] = [per_unit * units for units in (measure, rate.taxable, quantity) if units is not None]
    if measure is not None and rate.code == PER_HUNDRED_MILLILITRES:
        products.insert(0, per_unit * measure / _HUNDRED)
    if amount is None or not products or any(abs(amount - product) <= TOLERANCE for product in products):
        return None
    return products[0]


def _product(rate: Any, quantity: Decimal | None = None) -> Decimal | None:
    """Return the expected amount if it differs; received per-unit taxes may also have a percent of zero."""
    if rate.percent is not None:
        expected = _percent_product(rate)
        if expected is None or not is_per_unit(rate):
            return expected
    return _unit_product(rate, quantity) if rate.per_unit_amount is not None else None


def is_per_unit(rate: Any) -> bool:
    """True if a rate is an amount for each unit: it has no percent, or a zero one with an amount per unit."""
    return bool(rate.per_unit_amount) and not rate.percent


def lines_amount(rates: list[Rate], rate: Any, any_percent: bool) -> Decimal:
    """Return the sum of the lines' amounts of the same tax, and of the same percent unless any is accepted."""
    tax, percent = tax_of(rate), rate.percent
    return money_sum(
        other.amount for *_, other in rates if (any_percent or other.percent == percent) and tax_of(other) == tax
    )


def document_product(place: TaxPlace, line_rates: TaxPlace) -> Check:
    """Return the check that the amount of a document's rate is base × percent, or its per-unit amount × units.

    Sources differ on the tolerance of sums of rounded lines: an amount equal to that of the lines is only notified. So
    are taxes per unit, which accepted documents had notified; their amount may be that of the lines.
    """

    def function(context: Context) -> Iterator[Finding]:
        for line, position, index, rate in context.sums.rates(place):
            expected = _product(rate)
            if expected is None:
                continue
            per_unit = is_per_unit(rate)
            agrees = abs(rate.amount - lines_amount(context.sums.rates(line_rates), rate, per_unit)) <= TOLERANCE
            if not (per_unit and agrees):
                yield Finding(
                    f"{place.path(line, position, index)}.amount",
                    rate.amount,
                    expected,
                    severity=Severity.NOTIFICACION if agrees or per_unit else None,
                )

    return function


def line_product(place: TaxPlace) -> Check:
    """Return the check that the amount of a line's rate is base × percent, or per-unit amount × units or quantity."""

    def function(context: Context) -> Iterator[Finding]:
        lines = context.lines
        for line, position, index, rate in context.sums.rates(place):
            expected = _product(rate, lines[line].quantity)
            if expected is not None:
                yield Finding(f"{place.path(line, position, index)}.amount", rate.amount, expected)

    return function
