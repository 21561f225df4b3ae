"""Group AU: the totals, and VLR01: no amount is negative."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

from ....models.totals import ZERO
from ....rules.context import Context
from ....rules.model_checks import required
from ....rules.registry import Finding, add, rule
from ....rules.sums import PLACES
from ....rules.total_checks import (
    line_extension_is_the_sum_of_lines,
    payable_follows_from_totals,
    prepaid_is_the_sum_of_prepayments,
    sum_of_allowances,
    tax_exclusive_is_the_sum_of_bases,
    tax_inclusive_adds_the_taxes,
)

required("FAU01", "CAU01", "DAU01", path="totals", expected="el grupo de totales")

add(("FAU02", "CAU02", "DAU02"), line_extension_is_the_sum_of_lines, "totals.line_extension")
add(("FAU04", "CAU04", "DAU04"), tax_exclusive_is_the_sum_of_bases, "totals.tax_exclusive")
add(("FAU06", "CAU06", "DAU06"), tax_inclusive_adds_the_taxes, "totals.tax_inclusive")
add(("FAU08", "CAU08", "DAU08"), sum_of_allowances("allowance_total", is_charge=False), "totals.allowance_total")
add(("FAU10",), sum_of_allowances("charge_total", is_charge=True), "totals.charge_total")
add(("FAU12",), prepaid_is_the_sum_of_prepayments, "totals.prepaid")
add(("FAU14", "CAU14", "DAU14"), payable_follows_from_totals, "totals.payable")


_TOTALS = (
    "line_extension", "tax_exclusive", "tax_inclusive", "allowance_total", "charge_total", "prepaid", "payable"
)  # fmt: skip
_RATE = ("taxable", "amount", "per_unit_amount", "percent")
_ALLOWANCE = ("amount", "base")
_AMOUNT = ("amount",)
_LINE = ("price", "amount")
_SIGNED = {"cbc:PayableRoundingAmount", "cbc:RoundingAmount"}
_POSITIVE = "cero o más"


@rule("VLR01", path="totals")
def no_amount_is_negative(context: Context) -> Iterator[Finding]:
    """No amount and no percent is negative, except the roundings of totals and taxes."""
    yield from _negative_nodes(context) if context.subject.xml is not None else _negative_values(context)


def _negative_nodes(context: Context) -> Iterator[Finding]:
    for name in ("@currencyID", "cbc:Percent"):
        for node in context.subject.xml.everywhere(name):
            found = (node.text or "").strip()
            if found[:1] == "-" and found.strip("-0.") and context.subject.xml.name(node) not in _SIGNED:
                yield Finding(node=node, found=found, expected=_POSITIVE)


def _negative_values(context: Context) -> Iterator[Finding]:
    document, sums, lines = context.document, context.sums, context.lines
    for owners, path, names in (
        (document.prepayments, "prepayments[{}]", _AMOUNT),
        (document.allowances, "allowances[{}]", _ALLOWANCE),
        ([document.totals] if document.has("totals") else (), "totals", _TOTALS),
        (lines, "lines[{}]", _LINE),
    ):
        for index, owner in enumerate(owners):
            for name, value in _below_zero(owner, names):
                yield Finding(f"{path.format(index)}.{name}", value, _POSITIVE)
    for index, line in enumerate(lines):
        price = line.reference_price
        if price is not None and price.amount < ZERO:
            yield Finding(f"lines[{index}].reference_price.amount", price.amount, _POSITIVE)
    for line, index, item in sums.line_allowances:
        for name, value in _below_zero(item, _ALLOWANCE):
            yield Finding(f"lines[{line}].allowances[{index}].{name}", value, _POSITIVE)
    for place in PLACES:
        for line, position, total in sums.totals(place):
            if total.amount is not None and total.amount < ZERO:
                yield Finding(f"{place.path(line, position)}.amount", total.amount, _POSITIVE)
        for line, position, index, rate in sums.rates(place):
            for name, value in _below_zero(rate, _RATE):
                yield Finding(f"{place.path(line, position, index)}.{name}", value, _POSITIVE)


def _below_zero(owner: Any, names: tuple[str, ...]) -> Collection[tuple[str, Decimal]]:
    """Return the values of an owner that are below zero, by their names."""
    values = owner.__dict__
    for name in names:
        value = values.get(name)
        if value is not None and value.is_signed() and value:
            return [(each, found) for each in names if (found := values.get(each)) is not None and found < ZERO]
    return ()
