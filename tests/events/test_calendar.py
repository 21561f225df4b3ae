"""Colombian holidays and business days, against tables written by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dian_fe.errors import InvalidInput
from dian_fe.events import add_business_days, business_days_between, holidays, is_business_day
from tests.events.support import HOLIDAYS, every_day


@pytest.mark.parametrize("year", sorted(HOLIDAYS))
def test_the_holidays_are_those_of_the_table(year: int) -> None:
    assert [f"{day:%m-%d}" for day in holidays(year)] == HOLIDAYS[year].split()


@pytest.mark.parametrize(
    ("year", "easter"),
    [
        *((1984, "04-22"), (2000, "04-23"), (2008, "03-23"), (2011, "04-24"), (2024, "03-31")),
        *((2025, "04-20"), (2026, "04-05"), (2027, "03-28"), (2038, "04-25")),
    ],
)
def test_holy_week_and_the_feasts_after_it(year: int, easter: str) -> None:
    sunday = date.fromisoformat(f"{year}-{easter}")
    names = {name: day for day, said in holidays(year).items() for name in said.split(" / ")}
    assert names["Jueves Santo"] == sunday - timedelta(days=3)
    assert names["Viernes Santo"] == sunday - timedelta(days=2)
    for name, feast in (("Ascensión del Señor", 39), ("Corpus Christi", 60), ("Sagrado Corazón de Jesús", 68)):
        kept = names[name]
        assert kept.weekday() == 0
        assert 0 < (kept - (sunday + timedelta(days=feast))).days < 7


def test_two_holidays_may_meet() -> None:
    assert set(holidays(2025)[date(2025, 6, 30)].split(" / ")) == {"San Pedro y San Pablo", "Sagrado Corazón de Jesús"}
    assert len(holidays(2025)) == 17


def test_names_and_days_that_fixed_holidays_fall_on() -> None:
    assert holidays(2026)[date(2026, 1, 12)] == "Día de los Reyes Magos"
    assert holidays(2025)[date(2025, 1, 6)] == "Día de los Reyes Magos"  # a Monday already: kept on its day
    assert holidays(2024)[date(2024, 12, 8)] == "Inmaculada Concepción"  # a Sunday: fixed ones never move


def test_business_days_are_weekdays_without_holiday() -> None:
    for day in every_day():
        free = day.weekday() in (5, 6) or f"{day:%m-%d}" in HOLIDAYS[day.year].split()
        assert is_business_day(day) is not free, day


def test_a_term_begins_on_the_day_after() -> None:
    friday, holy_wednesday = date(2026, 3, 6), date(2026, 4, 1)
    assert add_business_days(friday, 1) == date(2026, 3, 9)
    assert add_business_days(friday, 3) == date(2026, 3, 11)
    assert add_business_days(date(2026, 3, 7), 1) == date(2026, 3, 9)
    assert add_business_days(holy_wednesday, 1) == date(2026, 4, 6)
    assert add_business_days(date(2026, 12, 30), 3) == date(2027, 1, 5)
    assert add_business_days(date(2026, 1, 13), -1) == date(2026, 1, 9)
    assert add_business_days(date(2026, 3, 7), 0) == date(2026, 3, 7)
    assert business_days_between(friday, date(2026, 3, 8)) == 0
    assert business_days_between(friday, date(2026, 3, 9)) == 1
    assert business_days_between(date(2026, 3, 9), friday) == -1


@given(st.dates(date(2024, 1, 1), date(2027, 10, 1)), st.integers(1, 40))
def test_counting_and_adding_agree(day: date, count: int) -> None:
    end = add_business_days(day, count)
    assert is_business_day(end)
    assert business_days_between(day, end) == count
    assert add_business_days(end, -count) < day + timedelta(days=1)
    if is_business_day(day):
        assert add_business_days(end, -count) == day


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: is_business_day(datetime(2026, 5, 1)),
        lambda: add_business_days(datetime(2026, 4, 30, 10), 1),
        lambda: business_days_between(date(2026, 4, 30), datetime(2026, 5, 4)),
        lambda: business_days_between(datetime(2026, 4, 30), date(2026, 5, 4)),
        lambda: is_business_day("2026-05-01"),  # type: ignore[arg-type]
        lambda: add_business_days(date(2026, 4, 30), 1.5),  # type: ignore[arg-type]
        lambda: add_business_days(date.max, 1),
        lambda: add_business_days(date.min, -1),
        lambda: holidays("2026"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_day_is_refused(attempt: Callable[[], object]) -> None:
    """A datetime passes for a date, and is equal to no holiday."""
    with pytest.raises(InvalidInput):
        attempt()


@pytest.mark.parametrize("year", [1983, 4100])
def test_years_without_known_holidays_are_refused(year: int) -> None:
    with pytest.raises(InvalidInput, match="festivos"):
        holidays(year)
