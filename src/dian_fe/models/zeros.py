"""Discounts, charges and withholdings of zero: they change nothing and are left out of issued documents.

A tax of zero is different: 0 % of IVA makes a good exempt and its base counts (annex 1.9, section 11.9).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from operator import is_
from typing import Any, TypeVar

from ._fast import update_fast
from .lines import AllowanceCharge
from .taxes import TaxTotal

D = TypeVar("D")

Allowances = tuple[AllowanceCharge, ...]
Withholdings = tuple[TaxTotal, ...]


def real_allowances(items: Allowances) -> Allowances:
    """Return the discounts and charges that are not zero; consecutive numbers stay consecutive."""
    kept = tuple(item for item in items if not _is_zero(item.amount, item.percent))
    if len(kept) == len(items):
        return items
    if [item.id for item in items] == [str(number) for number in range(1, len(items) + 1)]:
        return tuple(update_fast(item, {"id": str(number)}) for number, item in enumerate(kept, 1))
    return kept


def real_withholdings(totals: Withholdings) -> Withholdings:
    """Return the withholdings that withhold something, without rates of zero."""
    kept = [total for total in map(_without_zero_rates, totals) if total.subtotals or total.amount]
    return totals if len(kept) == len(totals) and all(map(is_, kept, totals)) else tuple(kept)


def _without_zero_rates(total: TaxTotal) -> TaxTotal:
    values = total.amount if len(total.subtotals) == 1 else None
    rates = tuple(
        rate
        for rate in total.subtotals
        if not _is_zero(
            values if rate.amount is None else rate.amount,
            rate.per_unit_amount if rate.percent is None else rate.percent,
        )
    )
    return total if len(rates) == len(total.subtotals) else update_fast(total, {"subtotals": rates})


def _is_zero(amount: Decimal | None, rate: Decimal | None) -> bool:
    """True if the amount, or the rate while it is not computed, is zero."""
    value = rate if amount is None else amount
    return value is not None and not value


def without_zeros(document: D) -> D:
    """Return a document without discounts, charges and withholdings of zero, on itself and on its lines.

    Return the document itself when it has none. A discount or charge total of zero is removed with its last item.
    """
    values = document.__dict__
    changes = _changes(values)
    less = {place: gone for place, line in enumerate(values.get("lines", ())) if (gone := _changes(line.__dict__))}
    if less:
        changes["lines"] = tuple(
            update_fast(line, less[place]) if place in less else line for place, line in enumerate(values["lines"])
        )
    if "allowances" in changes and values.get("totals") is not None:
        changes["totals"] = _without_zero_sums(values["totals"], changes["allowances"])
    return update_fast(document, changes) if changes else document


def _changes(values: Mapping[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if allowances := values.get("allowances"):
        real = real_allowances(allowances)
        if real is not allowances:
            changes["allowances"] = real
    if withholdings := values.get("withholdings"):
        held = real_withholdings(withholdings)
        if held is not withholdings:
            changes["withholdings"] = held
    return changes


def _without_zero_sums(totals: Any, allowances: Allowances) -> Any:
    sums = {"allowance_total": False, "charge_total": True}
    gone = {
        name: None
        for name, of_charges in sums.items()
        if _is_zero(totals.__dict__.get(name), None) and all(item.is_charge is not of_charges for item in allowances)
    }
    return update_fast(totals, gone) if gone else totals
