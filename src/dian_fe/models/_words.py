"""Formats of numbers, days, codes, taxes and discounts for people in Colombia.

Thousands are separated by points and decimals by a comma, as in ``$ 1.234.567,89``. At least two decimals of money are
shown, and as many more as the document has: nothing is rounded.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal

from ..catalogs import TaxCode, catalog
from ._missing import datum
from .arithmetic import money_sum
from .lines import AllowanceCharge
from .payment import Prepayment
from .taxes import PER_HUNDRED_MILLILITRES, TaxSubtotal
from .totals import EXACT, ZERO, Totals

PESOS = "COP"
_SWAP = str.maketrans(",.", ".,")
_CENT = Decimal("0.01")
_ZONE = re.compile(r"(\d)([-+]\d\d:\d\d)$")
"""A time zone that touches the time before it."""


def plain(value: Decimal | None, decimals: int = 0) -> str:
    """Return a number with at least ``decimals`` decimals, and no zeros after them: ``1.250``, ``0,5``; "" for None.

    Zero has no sign.
    """
    if value is None:
        return ""
    value = value or value.copy_abs()
    exponent = int(value.as_tuple().exponent)
    shown = max(decimals, -exponent)
    text = f"{value:,.{shown}f}"
    if shown > decimals:
        whole, _, fraction = text.partition(".")
        fraction = fraction.rstrip("0").ljust(decimals, "0")
        text = f"{whole}.{fraction}" if fraction else whole
    return text.translate(_SWAP)


def money(value: Decimal | None, currency: str) -> str:
    """Return an amount: ``$ 1.234.567,89`` for pesos, ``USD 1.234,50`` for any other; empty for None."""
    if value is None:
        return ""
    return coded(value, "$" if currency == PESOS else currency)


def coded(value: Decimal, symbol: str) -> str:
    """Return an amount with a sign or code before it: ``COP 1.234,50``."""
    sign = "-" if value.is_signed() and value else ""
    return f"{sign}{symbol} {plain(value.copy_abs(), 2)}"


def percent(value: Decimal) -> str:
    """Return a rate: ``19 %``, ``0,966 %``."""
    return f"{plain(value)} %"


def cents(value: Decimal) -> Decimal:
    """Return a computed amount rounded to cents, halves to even as DIAN requires (NTC 3711)."""
    return value.quantize(_CENT, ROUND_HALF_EVEN, EXACT)


def day(value: date | None) -> str:
    """Return a day as in the XML: ``2026-03-02``."""
    return "" if value is None else value.isoformat()


def moment(value: datetime | None) -> str:
    """Return day and time as in the XML: ``2026-03-02 10:15:00 -05:00``; empty for None."""
    if value is None:
        return ""
    text = value.isoformat(sep=" ", timespec="seconds")
    return f"{text[:-6]} {text[-6:]}"


def clock(text: str | None) -> str:
    """Return a time as `moment` writes it: ``10:15:00 -05:00`` for ``10:15:00-05:00``; empty for None."""
    return _ZONE.sub(r"\1 \2", text or "")


def label_of(name: str, code: str | None) -> str:
    """Return the official label of a code; the code itself when its list does not have it, empty for None."""
    if code is None:
        return ""
    codes = catalog(name)
    return codes.label(code) if code in codes else code


def tax_name(subtotal: TaxSubtotal) -> str:
    """Return the name of a tax: that of its code, or the document's own when the code has none."""
    member = TaxCode.by_code(subtotal.code)
    if member is None or member is TaxCode.OTROS:
        return subtotal.name or subtotal.code
    return member.label


def rate_of(subtotal: TaxSubtotal, currency: str) -> str:
    """Return the rate of a tax: ``19 %``, ``$ 66,00 por unidad``; empty when the document has none."""
    if subtotal.percent is not None:
        return percent(subtotal.percent)
    if subtotal.per_unit_amount is None:
        return ""
    unit = "100 ml" if subtotal.code == PER_HUNDRED_MILLILITRES else label_of("units", subtotal.base_unit) or "unidad"
    return f"{money(subtotal.per_unit_amount, currency)} por {unit}"


def base_of(subtotal: TaxSubtotal, currency: str) -> str:
    """Return the base of a tax: an amount, or a number of units."""
    if subtotal.percent is None and subtotal.base_unit_measure is not None:
        return f"{plain(subtotal.base_unit_measure)} {label_of('units', subtotal.base_unit)}".rstrip()
    return money(subtotal.taxable, currency)


def reason_of(item: AllowanceCharge) -> str:
    """Return the reason of a discount or charge: the document's, or else the label of its code."""
    return item.reason or label_of("allowance_reasons", item.reason_code)


def allowance_of(item: AllowanceCharge, currency: str) -> str:
    """Return a short text of a discount or charge: ``- 10 % $ 1.500,00``; no sign if it is not known which."""
    rate = "" if item.percent is None else f" {percent(item.percent)}"
    sign = {True: "+", False: "-"}.get(item.is_charge, "")
    return f"{sign}{rate} {money(item.amount, currency)}".strip()


def allowance_detail(item: AllowanceCharge, currency: str) -> str:
    """Return the reason and computation of a discount or charge: ``Temporada, 10 % de $ 15.000,00``."""
    parts = [reason_of(item)]
    if item.percent is not None:
        base = "" if item.base is None else f" de {money(item.base, currency)}"
        parts.append(f"{percent(item.percent)}{base}")
    return ", ".join(part for part in parts if part)


def advance_detail(advance: Prepayment) -> str:
    """Return the purpose, date and manner of a prepayment."""
    concept = label_of("health_collection_concepts", advance.collection_concept)
    parts = (concept, day(advance.received or advance.paid), advance.instruction)
    return ", ".join(part for part in parts if part)


def prepaid_deducted(totals: Totals) -> bool:
    """True if the amount payable is less the prepayments: both forms are found in accepted documents."""
    if not totals.prepaid or totals.tax_inclusive is None or datum(totals, "payable") is None:
        return False
    others = (totals.charge_total, totals.payable_rounding)
    full = EXACT.subtract(money_sum((totals.tax_inclusive, *others)), totals.allowance_total or ZERO)
    left = EXACT.subtract(full, totals.payable)
    return left.copy_abs() > EXACT.subtract(left, totals.prepaid).copy_abs()
