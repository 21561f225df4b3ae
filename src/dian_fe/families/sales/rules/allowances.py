"""Groups AQ and BE: discounts and charges of the document and of its lines."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ....catalogs import AllowanceReason
from ....faults import Severity
from ....models.totals import TOLERANCE, ZERO
from ....rules.context import Context
from ....rules.model_checks import each
from ....rules.registry import Finding, rule
from ....rules.xml_checks import literal

_HUNDRED = Decimal(100)

literal("FAQ03", "CAQ03", "DAQ03", "FBE03", among=("true", "false"), expected="true o false")
each(
    *("FAQ04", "CAQ04", "DAQ04"),
    path="allowances[].reason_code",
    wrong=lambda item: item.reason_code is None and not item.is_charge,
    expected=", ".join(sorted(reason.value for reason in AllowanceReason)),
)
each(
    "FAQ05",
    path="allowances[].reason",
    when=lambda context: context.is_export,
    wrong=lambda item: item.reason is None,
    expected="la razón del descuento o cargo",
)
each(
    *("FAQ06", "CAQ06", "DAQ06"),
    path="allowances[].percent",
    wrong=lambda item: item.percent is not None and item.percent > _HUNDRED,
    expected="hasta 100.00",
)


def _is_above_its_base(item: Any) -> bool:
    """True if a discount of the document is above its base, if that is given."""
    said = not item.is_charge and item.base is not None and item.amount is not None
    return bool(said and item.amount - item.base > TOLERANCE)


each(
    *("FAQ07", "FAQ09", "CAQ09", "DAQ09"),
    path="allowances[].amount",
    wrong=_is_above_its_base,
    expected=lambda item: f"{item.base} o menos",
)


@rule("FBE05", path="lines[].allowances[].percent")
def line_percent_is_up_to_a_hundred(context: Context) -> Iterator[Finding]:
    """MultiplierFactorNumeric is not above 100."""
    for line, index, item in context.sums.line_allowances:
        if item.percent is not None and item.percent > _HUNDRED:
            yield Finding(f"lines[{line}].allowances[{index}].percent", item.percent, "hasta 100.00")


@rule("FBE06", path="lines[].allowances[].amount")
def line_allowance_is_base_times_percent(context: Context) -> Iterator[Finding]:
    """Amount is base × percent, when both are given."""
    for line, index, item in context.sums.line_allowances:
        if item.percent is not None and item.base is not None and item.amount is not None:
            expected = item.base * item.percent / _HUNDRED
            if abs(item.amount - expected) > TOLERANCE:
                yield Finding(f"lines[{line}].allowances[{index}].amount", item.amount, expected)


@rule("FBE08", path="lines[].allowances[].base")
def line_allowance_is_within_the_line(context: Context) -> Iterator[Finding]:
    """No discount, and no charge (only notified), is above price × quantity; charges count for a discount."""
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
