"""What the tests of events share: holidays written by hand, days and moments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BOGOTA = ZoneInfo("America/Bogota")

HOLIDAYS = {
    2024: "01-01 01-08 03-25 03-28 03-29 05-01 05-13 06-03 06-10 07-01 07-20 08-07 08-19 10-14 11-04 11-11 12-08 12-25",
    2025: "01-01 01-06 03-24 04-17 04-18 05-01 06-02 06-23 06-30 07-20 08-07 08-18 10-13 11-03 11-17 12-08 12-25",
    2026: "01-01 01-12 03-23 04-02 04-03 05-01 05-18 06-08 06-15 06-29 07-20 08-07 08-17 10-12 11-02 11-16 12-08 12-25",
    2027: "01-01 01-11 03-22 03-25 03-26 05-01 05-10 05-31 06-07 07-05 07-20 08-07 08-16 10-18 11-01 11-15 12-08 12-25",
}
"""Public holidays, from the calendar on the wall; in 2025 two of them meet on 30 June."""


def every_day(first: date = date(2024, 1, 1), last: date = date(2027, 12, 31)) -> Iterator[date]:
    """Give every day of the years with a table."""
    return (first + timedelta(days=after) for after in range((last - first).days + 1))


def works(day: date) -> bool:
    """Tell whether a day is a business day, by the table alone."""
    return day.weekday() < 5 and f"{day:%m-%d}" not in HOLIDAYS[day.year].split()


def third_business_day(day: date) -> date:
    """Give the third business day after a day, by the table alone."""
    left = 3
    while left:
        day += timedelta(days=1)
        left -= works(day)
    return day


def at(day: date, hour: int = 12, minute: int = 0, second: int = 0) -> datetime:
    """Give a moment of that day in Bogotá."""
    return datetime.combine(day, time(hour, minute, second), BOGOTA)
