"""What the totals of a document follow from: its lines, taxes, discounts and charges.

Amounts may lie 2.00 from the computed ones (annex 1.9, section 5.2.1). Families register these for their codes.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..models.arithmetic import first_base, money_sum
from ..models.totals import TOLERANCE, ZERO
from .context import Context
from .registry import Check, Finding
from .sums import LINE_TAXES


def _off(found: Decimal, expected: Decimal) -> bool:
    return found != expected and abs(found - expected) > TOLERANCE


def line_extension_is_the_sum_of_lines(context: Context) -> Iterator[Finding]:
    """LineExtensionAmount is the sum of those of the lines."""
    totals = context.document.totals
    if _off(totals.line_extension, context.sums.lines):
        yield Finding("totals.line_extension", totals.line_extension, context.sums.lines)


def tax_exclusive_is_the_sum_of_bases(context: Context) -> Iterator[Finding]:
    """TaxExclusiveAmount is the sum over lines of the base of the line's first tax; the sum of all bases is taken too.

    Lines without taxes add nothing. Where the first tax is per unit, so that its base may count units, the base of the
    first percent is taken too.
    """
    totals = context.document.totals
    found = totals.tax_exclusive
    if found is None:
        return
    expected = money_sum(first_base(line) for line in context.lines)
    if not _off(found, expected):
        return
    rates = context.sums.rates(LINE_TAXES)
    firsts: dict[int, Decimal | None] = {}
    for line, _, _, rate in rates:
        if rate.percent is not None:
            firsts.setdefault(line, rate.taxable)
    others = (money_sum(firsts.values()), money_sum(rate.taxable for *_, rate in rates))
    if all(_off(found, other) for other in others):
        yield Finding("totals.tax_exclusive", found, expected)


def tax_inclusive_adds_the_taxes(context: Context) -> Iterator[Finding]:
    """TaxInclusiveAmount is LineExtensionAmount plus the document's taxes."""
    totals = context.document.totals
    if totals.tax_inclusive is not None:
        expected = totals.line_extension + money_sum(total.amount for total in context.document.taxes)
        if _off(totals.tax_inclusive, expected):
            yield Finding("totals.tax_inclusive", totals.tax_inclusive, expected)


def sum_of_allowances(name: str, *, is_charge: bool) -> Check:
    """A total is the sum of the document's discounts, or of its charges; those of lines are in their amounts."""

    def function(context: Context) -> Iterator[Finding]:
        totals, allowances = context.document.totals, context.document.allowances
        found = getattr(totals, name)
        if found is None and not allowances:
            return
        expected = money_sum(item.amount for item in allowances if item.is_charge is is_charge)
        if _off(ZERO if found is None else found, expected):
            yield Finding(f"totals.{name}", found, expected)

    return function


def prepaid_is_the_sum_of_prepayments(context: Context) -> Iterator[Finding]:
    """PrepaidAmount, when it is there, is the sum of the prepayments."""
    totals = context.document.totals
    if totals.prepaid is not None:
        expected = money_sum(item.amount for item in context.document.prepayments)
        if _off(totals.prepaid, expected):
            yield Finding("totals.prepaid", totals.prepaid, expected)


def payable_follows_from_totals(context: Context) -> Iterator[Finding]:
    """PayableAmount is TaxInclusive − discounts + charges + rounding; withholdings never enter, prepayments may."""
    totals = context.document.totals
    if totals.tax_inclusive is None:
        return
    expected = totals.tax_inclusive
    if totals.allowance_total is not None:
        expected -= totals.allowance_total
    if totals.charge_total is not None:
        expected += totals.charge_total
    if totals.payable_rounding is not None:
        expected += totals.payable_rounding
    if not _off(totals.payable, expected):
        return
    if not totals.prepaid:
        yield Finding("totals.payable", totals.payable, expected)
    elif _off(totals.payable, expected - totals.prepaid):
        less = expected - totals.prepaid
        yield Finding("totals.payable", totals.payable, f"{expected}, o {less} si se restan los anticipos")
