"""Colombian business days: weekdays that are not public holidays.

The holidays are those of Ley 51 de 1983: six fixed ones, two of Holy Week, and ten that move to the following Monday
unless they fall on one. They are computed, so no list goes out of date.

Saturdays are not business days here: public offices are closed. No source says how DIAN's own clock counts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType
from typing import Final

from .._arguments import checked
from ..errors import InvalidInput

FIRST_YEAR: Final = 1984
"""The first year in which Ley 51 de 1983 moved holidays to Mondays."""
LAST_YEAR: Final = 4099
"""The last year for which the Easter algorithm is known to be valid."""

_FIXED: Final = (
    (1, 1, "Año Nuevo"),
    (5, 1, "Día del Trabajo"),
    (7, 20, "Día de la Independencia"),
    (8, 7, "Batalla de Boyacá"),
    (12, 8, "Inmaculada Concepción"),
    (12, 25, "Navidad"),
)
_MOVED: Final = (
    (1, 6, "Día de los Reyes Magos"),
    (3, 19, "Día de San José"),
    (6, 29, "San Pedro y San Pablo"),
    (8, 15, "Asunción de la Virgen"),
    (10, 12, "Día de la Raza"),
    (11, 1, "Día de Todos los Santos"),
    (11, 11, "Independencia de Cartagena"),
)
_OF_EASTER: Final = (
    (-3, "Jueves Santo"),
    (-2, "Viernes Santo"),
    (43, "Ascensión del Señor"),
    (64, "Corpus Christi"),
    (71, "Sagrado Corazón de Jesús"),
)
"""Days after Easter Sunday: the last three are the Mondays that follow the feasts' own days (39, 60 and 68)."""
_SATURDAY: Final = 5
_ONE_DAY = timedelta(days=1)


@cache
def holidays(year: int) -> Mapping[date, str]:
    """Return the public holidays of a year with their names; two on the same day share the entry.

    Raises ``InvalidInput`` for years outside `FIRST_YEAR` to `LAST_YEAR`.
    """
    if not isinstance(year, int) or not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInput.of("events.unknown_holidays", field="year", found=year, first=FIRST_YEAR, last=LAST_YEAR)
    from dateutil.easter import easter
    from dateutil.relativedelta import MO, relativedelta

    sunday, monday_from = easter(year), relativedelta(weekday=MO)
    days = [(date(year, month, day), name) for month, day, name in _FIXED]
    days += [(date(year, month, day) + monday_from, name) for month, day, name in _MOVED]
    days += [(sunday + timedelta(days=after), name) for after, name in _OF_EASTER]
    found: dict[date, str] = {}
    for day, name in sorted(days):
        found[day] = f"{found[day]} / {name}" if day in found else name
    return MappingProxyType(found)


@checked
def is_business_day(day: date) -> bool:
    """True if a day is neither Saturday, Sunday nor a public holiday of Colombia.

    Raise ``InvalidInput``, like all functions here, for a datetime, whose day depends on the zone, and for years whose
    holidays are not known.
    """
    return day.weekday() < _SATURDAY and day not in holidays(day.year)


@checked
def add_business_days(day: date, count: int) -> date:
    """Return the ``count``-th business day after a day (before it, when negative); 0 returns the day itself.

    The first day never counts, whether a business day or not: a term begins the day after.
    """
    is_business_day(day)  # refuses a day of an unknown year, even when nothing is counted
    step = _ONE_DAY if count > 0 else -_ONE_DAY
    left = abs(count)
    while left:
        day += step
        left -= is_business_day(day)
    return day


@checked
def business_days_between(start: date, end: date) -> int:
    """Count the business days after ``start`` up to and including ``end``; negative when ``end`` is the earlier one."""
    if end < start:
        return -business_days_between(end, start)
    days = (start + timedelta(days=after) for after in range(1, (end - start).days + 1))
    return sum(is_business_day(day) for day in days)
