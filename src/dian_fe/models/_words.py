"""What taxes, discounts and charges are called, wherever a document is shown to people."""

from __future__ import annotations

from ..catalogs import TaxCode
from ._format import day, label_of, money, percent, plain
from ._missing import said
from .arithmetic import money_sum
from .lines import AllowanceCharge
from .payment import Prepayment
from .taxes import PER_HUNDRED_MILLILITRES, TaxSubtotal
from .totals import EXACT, ZERO, Totals


def tax_name(subtotal: TaxSubtotal) -> str:
    """Return the name of a tax: that of its code, or what the document calls it when the code has none of its own."""
    member = TaxCode.by_code(subtotal.code)
    if member is None or member is TaxCode.OTROS:
        return subtotal.name or subtotal.code
    return member.label


def rate_of(subtotal: TaxSubtotal, currency: str) -> str:
    """Return the rate of a tax: ``19 %``, ``$ 66,00 por unidad``; nothing where the document says none."""
    if subtotal.percent is not None:
        return percent(subtotal.percent)
    if subtotal.per_unit_amount is None:
        return ""
    unit = "100 ml" if subtotal.code == PER_HUNDRED_MILLILITRES else label_of("units", subtotal.base_unit) or "unidad"
    return f"{money(subtotal.per_unit_amount, currency)} por {unit}"


def base_of(subtotal: TaxSubtotal, currency: str) -> str:
    """Return what a tax is worked out from: an amount, or how many units."""
    if subtotal.percent is None and subtotal.base_unit_measure is not None:
        return f"{plain(subtotal.base_unit_measure)} {label_of('units', subtotal.base_unit)}".rstrip()
    return money(subtotal.taxable, currency)


def reason_of(item: AllowanceCharge) -> str:
    """Return why there is a discount or charge: in the document's words or, without any, in those of its code."""
    return item.reason or label_of("allowance_reasons", item.reason_code)


def allowance_of(item: AllowanceCharge, currency: str) -> str:
    """Return a discount or charge in few words: ``- 10 % $ 1.500,00``; no sign where it is not said which it is."""
    rate = "" if item.percent is None else f" {percent(item.percent)}"
    sign = {True: "+", False: "-"}.get(item.is_charge, "")
    return f"{sign}{rate} {money(item.amount, currency)}".strip()


def allowance_detail(item: AllowanceCharge, currency: str) -> str:
    """Return why there is a discount or charge, and how it is worked out: ``Temporada, 10 % de $ 15.000,00``."""
    parts = [reason_of(item)]
    if item.percent is not None:
        base = "" if item.base is None else f" de {money(item.base, currency)}"
        parts.append(f"{percent(item.percent)}{base}")
    return ", ".join(part for part in parts if part)


def advance_detail(advance: Prepayment) -> str:
    """Return what a prepayment was for, when and how it was made."""
    concept = label_of("health_collection_concepts", advance.collection_concept)
    parts = (concept, day(advance.received or advance.paid), advance.instruction)
    return ", ".join(part for part in parts if part)


def prepaid_deducted(totals: Totals) -> bool:
    """True if the amount payable is less the prepayments: both forms are found in accepted documents."""
    if not totals.prepaid or totals.tax_inclusive is None or said(totals, "payable") is None:
        return False
    others = (totals.charge_total, totals.payable_rounding)
    full = EXACT.subtract(money_sum((totals.tax_inclusive, *others)), totals.allowance_total or ZERO)
    left = EXACT.subtract(full, totals.payable)
    return left.copy_abs() > EXACT.subtract(left, totals.prepaid).copy_abs()
