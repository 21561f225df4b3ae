"""Group AU: the totals, and VLR01: no amount is negative."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    document, sums = context.document, context.sums
    for index, name, value in _below_zero(document.prepayments, _AMOUNT):
        yield Finding(f"prepayments[{index}].{name}", value, _POSITIVE)
    for index, name, value in _below_zero(document.allowances, _ALLOWANCE):
        yield Finding(f"allowances[{index}].{name}", value, _POSITIVE)
    for _, name, value in _below_zero([document.totals] if document.has("totals") else (), _TOTALS):
        yield Finding(f"totals.{name}", value, _POSITIVE)
    for index, name, value in _below_zero(context.lines, _LINE):
        yield Finding(f"lines[{index}].{name}", value, _POSITIVE)
    for index, line in enumerate(context.lines):
        if line.reference_price is not None and line.reference_price.amount < ZERO:
            yield Finding(f"lines[{index}].reference_price.amount", line.reference_price.amount, _POSITIVE)
    for index, name, value in _below_zero([item for *_, item in sums.line_allowances], _ALLOWANCE):
        owner, position, _ = sums.line_allowances[index]
        yield Finding(f"lines[{owner}].allowances[{position}].{name}", value, _POSITIVE)
    for place in PLACES:
        for index, name, value in _below_zero([total for *_, total in sums.totals(place)], _AMOUNT):
            yield Finding(f"{place.path(*sums.totals(place)[index][:2])}.{name}", value, _POSITIVE)
        for index, name, value in _below_zero([rate for *_, rate in sums.rates(place)], _RATE):
            yield Finding(f"{place.path(*sums.rates(place)[index][:3])}.{name}", value, _POSITIVE)


def _below_zero(owners: Iterable[Any], names: tuple[str, ...]) -> Iterator[tuple[int, str, Decimal]]:
    """Yield the values below zero: position of their owner, name, value."""
    for position, owner in enumerate(owners):
        values = owner.__dict__
        for name in names:
            value = values.get(name)
            if value is not None and value.is_signed() and value:
                yield position, name, value
