"""Cells read as numbers, days, moments and texts: only where they can mean one thing.

A cell that two readers would read differently («1.234», «02/03/2026») is refused unless the caller says how the file is
written. No cell is corrected.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from numbers import Integral
from typing import Any

from .._blank import is_blank
from ..errors import FloatMoney, InvalidInput, InvalidNumberText, NaiveDatetime
from ..models._dates import to_bogota
from ..models._numbers import exact_of

_LONGEST = 60
"""Longest text that is looked at as a number or a day."""
BLANKS = " \t\r\n\u00a0\u2007\u202f\u3000\ufeff"
_NUMBER = re.compile(r"\$? ?([+-]?)([0-9][0-9.,' ]*|[.,][0-9]+)( ?%)?")
"""A number, with the sign of pesos before it or that of percents after it."""
_SPACED = re.compile(r"[0-9]{1,3}(?:[' ][0-9]{3})+(?=[.,]|$)")
_DAY = re.compile(r"([0-9]{1,4})([/.-])([0-9]{1,2})\2([0-9]{1,4})")
_NAMED_DAY = re.compile(r"([0-9]{1,2})[ /-](?:de )?([a-z]{3,10})\.?[ /-](?:de |del )?([0-9]{4})")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?(?: ?([ap])\.? ?m\.?)?", re.IGNORECASE)
_MONTH_NAMES = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip
_MONTHS = {
    name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in (names, names[:3])
} | {"setiembre": 9, "set": 9, "sept": 9}  # fmt: skip
_DIGITS_SHOWN = 15
"""Significant digits that a binary number of a spreadsheet holds exactly as shown (IEEE 754 binary64)."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a file writes what could be read in two ways; None: such cells are refused."""

    decimal: str | None = None
    """Decimal separator of numbers: "," or "."."""
    day_first: bool | None = None
    """True for 02/03/2026 as the second of March, False as the third of February."""
    zone: tzinfo | None = None
    """Zone of moments without one."""


def is_empty(cell: Any) -> bool:
    """True for a cell without a value: None, blanks, and what pandas puts there."""
    return cell is None or (isinstance(cell, str) and not cell.strip(BLANKS)) or is_blank(cell)


def plain(cell: Any) -> Any:
    """Return numpy's numbers as Python's own; anything else as it is."""
    item = getattr(cell, "item", None)
    return item() if callable(item) and getattr(cell, "shape", None) == () else cell


def shown_cell(cell: Any) -> str:
    """Return a cell as findings show it."""
    if isinstance(cell, int) and not isinstance(cell, bool):
        cell = Decimal(cell)  # Python refuses to write thousands of digits
    return cell.strip(BLANKS)[:_LONGEST] if isinstance(cell, str) else str(cell)[:_LONGEST]


def text_of(cell: Any) -> str:
    """Return a cell as text; a whole number that a table holds as number is written without decimals."""
    cell = plain(cell)
    if isinstance(cell, str):
        return cell.strip(BLANKS)
    if isinstance(cell, bool) or not isinstance(cell, (int, float, Decimal)):
        raise InvalidInput.of("exchange.not_a_text", found=shown_cell(cell))
    number = Decimal(cell)
    if not number.is_finite() or number.adjusted() >= _LONGEST or number != number.to_integral_value():
        raise InvalidInput.of("exchange.not_a_text", found=shown_cell(cell))
    if isinstance(cell, float) and number.adjusted() >= _DIGITS_SHOWN:
        raise InvalidInput.of("exchange.lost_digits", found=repr(cell), digits=_DIGITS_SHOWN)
    return f"{number:.0f}" if number else "0"


_YES = frozenset({"sí", "si", "s", "x", "true", "verdadero", "1"})
_NO = frozenset({"no", "n", "false", "falso", "0"})


def truth_of(cell: Any) -> bool:
    """True if a cell says yes; raise ``InvalidInput`` if it says neither yes nor no."""
    cell = plain(cell)
    if isinstance(cell, bool):
        return cell
    said = text_of(cell).casefold()
    if said not in _YES | _NO:
        raise InvalidInput.of("exchange.not_yes_or_no", found=shown_cell(cell))
    return said in _YES


def number_of(cell: Any, spelling: Spelling, *, percent: bool = False) -> Decimal:
    """Return a cell as an exact number.

    A text may have the signs of pesos and thousands, and that of percents if it is a rate. A binary number, as
    spreadsheets and frames hold them, is taken as it is shown when it has fifteen significant digits at most. Raises
    ``InvalidNumberText`` for anything else, and ``FloatMoney`` for a binary number with more digits.
    """
    cell = plain(cell)
    if isinstance(cell, bool):
        raise InvalidNumberText.of("exchange.not_a_number", found=shown_cell(cell))
    if isinstance(cell, float):
        return exact_float(cell)
    if isinstance(cell, (Decimal, Integral)):
        return exact_of(cell if isinstance(cell, Decimal) else int(cell), "")
    if not isinstance(cell, str):
        raise InvalidNumberText.of("exchange.not_a_number", found=shown_cell(cell))
    text = cell.strip(BLANKS)
    for blank in "\u00a0\u2007\u202f":
        text = text.replace(blank, " ")
    match = _NUMBER.fullmatch(text.replace("\u2019", "'")) if len(text) <= _LONGEST else None
    written = None if match is None else _written(match[2].strip(), spelling.decimal, cell)
    if match is None or written is None or (match[3] and not percent):
        raise InvalidNumberText.of("exchange.not_a_number", found=shown_cell(cell))
    return exact_of(Decimal(match[1] + written), "")


def exact_float(value: float) -> Decimal:
    """Return a binary number as its shortest text; refuse one that no table shows so, as 0.1 + 0.2 is."""
    written = Decimal(repr(value))
    if not written.is_finite() or len(written.normalize().as_tuple().digits) > _DIGITS_SHOWN:
        raise FloatMoney.of("exchange.too_many_digits", found=repr(value), digits=_DIGITS_SHOWN)
    return exact_of(written, "")


def _written(body: str, decimal: str | None, cell: str) -> str | None:
    """Return digits and decimal point of a number; None when it is malformed. Raise for one with two readings."""
    if "'" in body or " " in body:
        if not _SPACED.match(body):
            return None
        spaced = True
        body = body.replace("'", "").replace(" ", "")
    else:
        spaced = False
    marks = [mark for mark in ".," if mark in body]
    if not marks:
        return body
    last = max(marks, key=body.rfind)
    whole, _, fraction = body.rpartition(last)
    if decimal is None and not spaced and len(marks) == 1 and body.count(last) == 1:
        if len(fraction) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0"):
            raise InvalidNumberText.of("exchange.two_numbers", found=shown_cell(cell))
        decimal = last
    elif decimal is None:
        decimal = last if body.count(last) == 1 else next(mark for mark in ".," if mark != last)
    grouping = "." if decimal == "," else ","
    if spaced and grouping in body:
        return None
    whole, point, fraction = body.partition(decimal)
    if decimal in fraction or (point and not fraction.isdecimal()):
        return None
    groups = whole.split(grouping)
    if len(groups) > 1 and not (1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])):
        return None
    digits = "".join(groups)
    if (digits and not digits.isdecimal()) or not (digits or fraction):
        return None
    return f"{digits or '0'}{'.' if point else ''}{fraction}"


def day_of(cell: Any, spelling: Spelling) -> date:
    """Return a cell as a day; a time other than midnight is refused, since it would be lost."""
    if isinstance(cell, datetime):
        if cell.time() != time() or cell.tzinfo is not None:
            raise InvalidInput.of("exchange.day_with_time", found=cell.isoformat())
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = cell.strip(BLANKS) if isinstance(cell, str) else ""
    if not text or len(text) > _LONGEST:
        raise InvalidInput.of("exchange.not_a_day", found=shown_cell(cell))
    with suppress(ValueError):
        return date.fromisoformat(text)
    year, month, day = _parts(text, spelling.day_first)
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidInput.of("exchange.not_a_day", found=shown_cell(cell)) from None


def _parts(text: str, day_first: bool | None) -> tuple[int, int, int]:
    """Return year, month and day of a written day; raise for one with two readings."""
    if named := _NAMED_DAY.fullmatch(text.casefold()):
        return int(named[3]), _MONTHS.get(named[2], 0), int(named[1])
    match = _DAY.fullmatch(text)
    if match is None or {len(match[1]), len(match[4])} - {4} not in ({1}, {2}):
        raise InvalidInput.of("exchange.not_a_day", found=text)
    if len(match[1]) == 4:
        return int(match[1]), int(match[3]), int(match[4])
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if day_first is None:
        if first <= 12 and second <= 12 and first != second:
            raise InvalidInput.of("exchange.two_days", found=text)
        day_first = first > 12 or first == second
    return (year, second, first) if day_first else (year, first, second)


def moment_of(cell: Any, spelling: Spelling) -> datetime:
    """Return a cell as a moment in Colombian time; one without zone needs ``Spelling.zone``."""
    value: Any = cell
    if isinstance(cell, str):
        text = cell.strip(BLANKS)
        if not text or len(text) > _LONGEST:
            raise InvalidInput.of("exchange.not_a_moment", found=shown_cell(cell))
        try:
            value = datetime.fromisoformat(text)
            if len(text) <= 10:
                raise ValueError
        except ValueError:
            value = _spelled(text, spelling)
    if not isinstance(value, datetime):
        raise InvalidInput.of("exchange.not_a_moment", found=shown_cell(cell))
    if value.tzinfo is None:
        if spelling.zone is None:
            raise NaiveDatetime.of("exchange.no_zone", found=shown_cell(cell))
        value = datetime.combine(value.date(), value.time(), spelling.zone)
    return to_bogota(value)


def _spelled(text: str, spelling: Spelling) -> datetime | None:
    """Return a moment written as a day and a time of the clock; None when the time is missing or malformed."""
    day, _, clock = text.partition(" ")
    match = _CLOCK.fullmatch(clock.strip())
    while match is None and " " in clock:  # a day in words has blanks
        more, _, clock = clock.partition(" ")
        day = f"{day} {more}"
        match = _CLOCK.fullmatch(clock.strip())
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[4].casefold() == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return datetime.combine(day_of(day, spelling), time(hour, minute, second))
