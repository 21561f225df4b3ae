"""Groups AQ and BE: discounts and charges of the document and of its lines."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ....catalogs import AllowanceReason
from ....faults import Severity
from ....models.totals import TOLERANCE, ZERO
from ....rules.context import Context
from ....rules.registry import Finding, rule
from ....rules.xml_checks import literal

_HUNDRED = Decimal(100)
_REASONS = frozenset(reason.value for reason in AllowanceReason)
_INDICATOR = ("true", "false")

for _code in ("FAQ03", "CAQ03", "DAQ03", "FBE03"):
    literal(_code, among=_INDICATOR, expected="true o false")


@rule("FAQ04", "CAQ04", "DAQ04", path="allowances[].reason_code")
def discount_has_a_reason(context: Context) -> Iterator[Finding]:
    """A discount of the document says its reason's code."""
    for index, item in enumerate(context.document.allowances):
        if item.reason_code is None and not item.is_charge:
            yield Finding(f"allowances[{index}].reason_code", None, ", ".join(sorted(_REASONS)))


@rule("FAQ05", path="allowances[].reason")
def export_says_the_reason(context: Context) -> Iterator[Finding]:
    """An export invoice says in words why it discounts or charges."""
    if context.is_export:
        for index, item in enumerate(context.document.allowances):
            if item.reason is None:
                yield Finding(f"allowances[{index}].reason", None, "la razón del descuento o cargo")


@rule("FAQ06", "CAQ06", "DAQ06", path="allowances[].percent")
def percent_is_up_to_a_hundred(context: Context) -> Iterator[Finding]:
    """MultiplierFactorNumeric is not above 100."""
    for index, item in enumerate(context.document.allowances):
        if item.percent is not None and item.percent > _HUNDRED:
            yield Finding(f"allowances[{index}].percent", item.percent, "hasta 100.00")


@rule("FAQ07", "FAQ09", "CAQ09", "DAQ09", path="allowances[].amount")
def discount_is_within_its_base(context: Context) -> Iterator[Finding]:
    """A discount of the document is not above its base, when that is said."""
    for index, item in enumerate(context.document.allowances):
        said = not item.is_charge and item.base is not None and item.amount is not None
        if said and item.amount - item.base > TOLERANCE:
            yield Finding(f"allowances[{index}].amount", item.amount, f"{item.base} o menos")


@rule("FBE05", path="lines[].allowances[].percent")
def line_percent_is_up_to_a_hundred(context: Context) -> Iterator[Finding]:
    """MultiplierFactorNumeric is not above 100."""
    for line, index, item in context.sums.line_allowances:
        if item.percent is not None and item.percent > _HUNDRED:
            yield Finding(f"lines[{line}].allowances[{index}].percent", item.percent, "hasta 100.00")


@rule("FBE06", path="lines[].allowances[].amount")
def line_allowance_is_base_times_percent(context: Context) -> Iterator[Finding]:
    """Amount is base × percent, when both are said."""
    for line, index, item in context.sums.line_allowances:
        if item.percent is not None and item.base is not None and item.amount is not None:
            expected = item.base * item.percent / _HUNDRED
            if abs(item.amount - expected) > TOLERANCE:
                yield Finding(f"lines[{line}].allowances[{index}].amount", item.amount, expected)


@rule("FBE08", path="lines[].allowances[].base")
def line_allowance_is_within_the_line(context: Context) -> Iterator[Finding]:
    """Neither a discount nor a charge (told, not refused) is above price × quantity; charges count for a discount."""
    for line, index, item in context.sums.line_allowances:
        if item.amount is None:
            continue
        sold = context.lines[line]
        most = sold.price * sold.quantity
        if not item.is_charge:
            for other in sold.allowances:
                most += other.amount if other.is_charge and other.amount is not None else ZERO
        if item.amount - most > TOLERANCE:
            yield Finding(
                f"lines[{line}].allowances[{index}].amount",
                item.amount,
                f"{most} o menos",
                severity=Severity.NOTIFICACION if item.is_charge else None,
            )
