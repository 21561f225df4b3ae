"""Group AU: the totals, and VLR01, by which no amount is negative."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ....models.arithmetic import first_base, money_sum
from ....models.totals import TOLERANCE, ZERO
from ....rules.context import Context
from ....rules.model_checks import required
from ....rules.registry import Finding, rule
from ....rules.sums import LINE_TAXES, LINE_WITHHOLDINGS, TAXES, WITHHOLDINGS

_NORM = "anexo técnico 1.9, secciones 5.2.1 (tolerancia de 2.00) y 11.9"

required("FAU01", "CAU01", "DAU01", path="totals", expected="el grupo de totales")


def _off(found: Decimal, expected: Decimal) -> bool:
    return found != expected and abs(found - expected) > TOLERANCE


@rule("FAU02", "CAU02", "DAU02", path="totals.line_extension", norm=_NORM)
def line_extension_is_the_sum_of_lines(context: Context) -> Iterator[Finding]:
    """LineExtensionAmount is the sum of those of the lines."""
    totals = context.document.totals
    if _off(totals.line_extension, context.sums.lines):
        yield Finding("totals.line_extension", totals.line_extension, context.sums.lines)


@rule(
    "FAU04",
    "CAU04",
    "DAU04",
    path="totals.tax_exclusive",
    norm=_NORM,
    doubt="el texto suma todas las bases; los documentos aceptados cuentan cada línea una vez, por la base de su "
    "primer tributo. Se aceptan ambas.",
)
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
    rates = context.sums.line_tax_rates
    firsts: dict[int, Decimal | None] = {}
    for line, _, _, rate in rates:
        if rate.percent is not None:
            firsts.setdefault(line, rate.taxable)
    others = (money_sum(firsts.values()), money_sum(rate.taxable for *_, rate in rates))
    if all(_off(found, other) for other in others):
        yield Finding("totals.tax_exclusive", found, expected)


@rule("FAU06", "CAU06", "DAU06", path="totals.tax_inclusive", norm=_NORM)
def tax_inclusive_adds_the_taxes(context: Context) -> Iterator[Finding]:
    """TaxInclusiveAmount is LineExtensionAmount plus the document's taxes."""
    totals = context.document.totals
    if totals.tax_inclusive is not None:
        expected = totals.line_extension + money_sum(total.amount for total in context.document.taxes)
        if _off(totals.tax_inclusive, expected):
            yield Finding("totals.tax_inclusive", totals.tax_inclusive, expected)


@rule("FAU08", "CAU08", "DAU08", path="totals.allowance_total", norm=_NORM)
def allowance_total_is_the_sum_of_discounts(context: Context) -> Iterator[Finding]:
    """AllowanceTotalAmount is the sum of the document's discounts; those of lines are in their amounts."""
    yield from _allowances(context, is_charge=False, name="allowance_total")


@rule("FAU10", path="totals.charge_total", norm=_NORM)
def charge_total_is_the_sum_of_charges(context: Context) -> Iterator[Finding]:
    """ChargeTotalAmount is the sum of the document's charges."""
    yield from _allowances(context, is_charge=True, name="charge_total")


def _allowances(context: Context, *, is_charge: bool, name: str) -> Iterator[Finding]:
    totals, allowances = context.document.totals, context.document.allowances
    found = getattr(totals, name)
    if found is None and not allowances:
        return
    expected = money_sum(item.amount for item in allowances if item.is_charge is is_charge)
    if _off(ZERO if found is None else found, expected):
        yield Finding(f"totals.{name}", found, expected)


@rule("FAU12", path="totals.prepaid", norm=_NORM)
def prepaid_is_the_sum_of_prepayments(context: Context) -> Iterator[Finding]:
    """PrepaidAmount, when it is there, is the sum of the prepayments."""
    totals = context.document.totals
    if totals.prepaid is not None:
        expected = money_sum(item.amount for item in context.document.prepayments)
        if _off(totals.prepaid, expected):
            yield Finding("totals.prepaid", totals.prepaid, expected)


@rule(
    "FAU14",
    "CAU14",
    "DAU14",
    path="totals.payable",
    norm=_NORM,
    doubt="el texto publicado no resta los anticipos; los documentos aceptados que los llevan los restan. Se aceptan "
    "ambos valores.",
)
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


_TOTALS = (
    "line_extension", "tax_exclusive", "tax_inclusive", "allowance_total", "charge_total", "prepaid", "payable"
)  # fmt: skip
_RATE = ("taxable", "amount", "per_unit_amount", "percent")
_ALLOWANCE = ("amount", "base")
_AMOUNT = ("amount",)
_LINE = ("price", "amount")
_SIGNED = {"cbc:PayableRoundingAmount", "cbc:RoundingAmount"}
_POSITIVE = "cero o más"


@rule(
    "VLR01",
    path="totals",
    doubt="TaxTotal/RoundingAmount también puede ser negativo: se ha aceptado así.",
)
def no_amount_is_negative(context: Context) -> Iterator[Finding]:
    """No amount and no percent is negative, except the roundings of totals and taxes."""
    yield from _negative_nodes(context) if context.xml is not None else _negative_values(context)


def _negative_nodes(context: Context) -> Iterator[Finding]:
    for name in ("@currencyID", "cbc:Percent"):
        for node in context.xml.everywhere(name):
            found = (node.text or "").strip()
            if found[:1] == "-" and found.strip("-0.") and context.xml.name(node) not in _SIGNED:
                yield Finding(node=node, found=found, expected=_POSITIVE)


def _negative_values(context: Context) -> Iterator[Finding]:
    document = context.document
    owners: list[tuple[str, Any, tuple[str, ...]]] = [
        *((f"prepayments[{index}]", item, _AMOUNT) for index, item in enumerate(document.prepayments)),
        *((f"allowances[{index}]", item, _ALLOWANCE) for index, item in enumerate(document.allowances)),
    ]
    if document.has("totals"):
        owners.append(("totals", document.totals, _TOTALS))
    for owner, item, names in owners:
        for name, value in _below_zero(item, names):
            yield Finding(f"{owner}.{name}", value, _POSITIVE)
    for index, line in enumerate(context.lines):
        for name, value in _below_zero(line, _LINE):
            yield Finding(f"lines[{index}].{name}", value, _POSITIVE)
        if line.reference_price is not None and line.reference_price.amount < ZERO:
            yield Finding(f"lines[{index}].reference_price.amount", line.reference_price.amount, _POSITIVE)
    for index, position, item in context.sums.line_allowances:
        for name, value in _below_zero(item, _ALLOWANCE):
            yield Finding(f"lines[{index}].allowances[{position}].{name}", value, _POSITIVE)
    for family in (TAXES, WITHHOLDINGS, LINE_TAXES, LINE_WITHHOLDINGS):
        for index, position, total in family.totals(context.sums):
            for name, value in _below_zero(total, _AMOUNT):
                yield Finding(f"{family.place(index, position)}.{name}", value, _POSITIVE)
        for index, position, rate, subtotal in family.rates(context.sums):
            for name, value in _below_zero(subtotal, _RATE):
                yield Finding(f"{family.place(index, position, rate)}.{name}", value, _POSITIVE)


def _below_zero(owner: Any, names: tuple[str, ...]) -> list[tuple[str, Decimal]]:
    values = owner.__dict__
    return [(name, value) for name in names if (value := values.get(name)) is not None and value < ZERO]
