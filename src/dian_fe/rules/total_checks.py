"""Checks of a document's totals against its lines, taxes, discounts and charges.

Amounts may differ by 2.00 from the computed ones (annex 1.9, section 5.2.1). Families register these for their codes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from ..models.arithmetic import first_base, money_sum
from ..models.totals import TOLERANCE, ZERO
from .context import Context
from .registry import Check, Finding
from .sums import LINE_TAXES


def _off(found: Decimal, expected: Decimal) -> bool:
    return found != expected and abs(found - expected) > TOLERANCE


def _total(field: str, expected: Callable[[Context], Decimal | None]) -> Check:
    """Return the check that a total, if present and computable, is the result of ``expected``."""

    def function(context: Context) -> Iterator[Finding]:
        found = getattr(context.document.totals, field)
        due = None if found is None else expected(context)
        if due is not None and _off(found, due):
            yield Finding(f"totals.{field}", found, due)

    return function


line_extension_is_the_sum_of_lines = _total("line_extension", lambda context: context.sums.lines)
"""LineExtensionAmount is the sum of those of the lines."""
prepaid_is_the_sum_of_prepayments = _total(
    "prepaid", lambda context: money_sum(item.amount for item in context.document.prepayments)
)
"""PrepaidAmount, if present, is the sum of the prepayments."""
tax_inclusive_adds_the_taxes = _total(
    "tax_inclusive",
    lambda context: (
        context.document.totals.line_extension + money_sum(total.amount for total in context.document.taxes)
    ),
)
"""TaxInclusiveAmount is LineExtensionAmount plus the document's taxes."""


def tax_exclusive_is_the_sum_of_bases(context: Context) -> Iterator[Finding]:
    """TaxExclusiveAmount is the sum over lines of the base of the line's first tax; the sum of all bases passes too.

    Lines without taxes add nothing. Where the first tax is per unit, so that its base may count units, the base of the
    first percent is accepted too.
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


def sum_of_allowances(name: str, *, is_charge: bool) -> Check:
    """Return the check that a total is the sum of the document's discounts or charges, without those of lines."""

    def function(context: Context) -> Iterator[Finding]:
        totals, allowances = context.document.totals, context.document.allowances
        found = getattr(totals, name)
        if found is None and not allowances:
            return
        expected = money_sum(item.amount for item in allowances if item.is_charge is is_charge)
        if _off(ZERO if found is None else found, expected):
            yield Finding(f"totals.{name}", found, expected)

    return function


def payable_follows_from_totals(context: Context) -> Iterator[Finding]:
    """PayableAmount is TaxInclusive − discounts + charges + rounding; withholdings never enter, prepayments may."""
    totals = context.document.totals
    if totals.tax_inclusive is None:
        return
    expected = totals.tax_inclusive - (totals.allowance_total or ZERO)
    expected += (totals.charge_total or ZERO) + (totals.payable_rounding or ZERO)
    less = expected - (totals.prepaid or ZERO)
    if _off(totals.payable, expected) and _off(totals.payable, less):
        either = f"{expected}, o {less} si se restan los anticipos"
        yield Finding("totals.payable", totals.payable, either if totals.prepaid else expected)
