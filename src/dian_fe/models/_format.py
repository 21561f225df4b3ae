"""How numbers, days and codes are written for people in Colombia.

Thousands are parted by points and decimals by a comma, as in ``$ 1.234.567,89``. At least two decimals of money are
shown, and as many more as the document has: nothing is rounded.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal

from ..catalogs import catalog
from .totals import EXACT

PESOS = "COP"
_SWAP = str.maketrans(",.", ".,")
_CENT = Decimal("0.01")


def plain(value: Decimal | None, decimals: int = 0) -> str:
    """Write a number with at least so many decimals, and no zeros after them: ``1.250``, ``0,5``. None is nothing.

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
    """Write an amount: ``$ 1.234.567,89`` for pesos, ``USD 1.234,50`` for any other; nothing for nothing."""
    if value is None:
        return ""
    sign = "-" if value.is_signed() and value else ""
    symbol = "$" if currency == PESOS else currency
    return f"{sign}{symbol} {plain(value.copy_abs(), 2)}"


def percent(value: Decimal) -> str:
    """Write a rate: ``19 %``, ``0,966 %``."""
    return f"{plain(value)} %"


def cents(value: Decimal) -> Decimal:
    """Round an amount that is worked out here to cents, halves to even as DIAN wants (NTC 3711)."""
    return value.quantize(_CENT, ROUND_HALF_EVEN, EXACT)


def day(value: date | None) -> str:
    """Write a day as the XML does: ``2026-03-02``."""
    return "" if value is None else value.isoformat()


def moment(value: datetime | None) -> str:
    """Write day and time as the XML does: ``2026-03-02 10:15:00 -05:00``; nothing for nothing."""
    if value is None:
        return ""
    text = value.isoformat(sep=" ", timespec="seconds")
    return f"{text[:-6]} {text[-6:]}"


def label_of(name: str, code: str | None) -> str:
    """Return the official label of a code; the code itself when its list does not hold it, nothing for none."""
    if code is None:
        return ""
    codes = catalog(name)
    return codes.label(code) if code in codes else code
