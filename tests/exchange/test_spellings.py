"""Cells are read only where they can mean one thing; everything else is refused with what to do."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dian_fe.errors import DianFeError, FloatMoney, InvalidInput, InvalidNumberText
from dian_fe.exchange.spellings import Spelling, day_of, moment_of, number_of, text_of, truth_of
from tests.support.company import BOGOTA

FREE, COMMA, POINT = Spelling(), Spelling(decimal=","), Spelling(decimal=".")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1234", "1234"),
        ("1234,5", "1234.5"),
        ("1234.5", "1234.5"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("$ 1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("$1.234.567,8", "1234567.8"),
        ("1 234 567,89", "1234567.89"),
        ("1\u00a0234,5", "1234.5"),
        ("1'234.5", "1234.5"),
        ("0,125", "0.125"),
        ("0.125", "0.125"),
        ("1234.567", "1234.567"),
        ("12,34567", "12.34567"),
        (",5", "0.5"),
        ("-3,5", "-3.5"),
        (" 42 ", "42"),
        (1234, "1234"),
        (17200.5, "17200.5"),
        (Decimal("1.10"), "1.10"),
    ],
)
def test_numbers_with_one_reading_are_taken(cell: Any, value: str) -> None:
    assert number_of(cell, FREE) == Decimal(value)


@pytest.mark.parametrize("cell", ["1.234", "1,234", "12.345", "999,999", "$ 1.000"])
def test_numbers_with_two_readings_need_the_separator(cell: str) -> None:
    with pytest.raises(InvalidNumberText, match="de dos maneras"):
        number_of(cell, FREE)
    whole = Decimal("".join(filter(str.isdigit, cell)))
    comma, point = number_of(cell, COMMA), number_of(cell, POINT)
    assert {comma, point} == {whole, whole / 1000}


@pytest.mark.parametrize(
    "cell",
    [
        *("", "doce", "1.2.3", "1,23,456", "1.23,456.7", "12 34", "1..2", "5.", "--1", "1e5", "(12)", "USD 5", "19%"),
        *("0x1F", "1,234.567,8", "1.234 567", "١٢"),
    ],
)
def test_malformed_numbers_are_refused(cell: Any) -> None:
    for each in (cell, "9" * 70, True, object()):
        for spelling in (FREE, COMMA, POINT):
            with pytest.raises(InvalidInput) as caught:
                number_of(each, spelling)
            assert caught.value.remedy


def test_the_sign_of_percents_is_for_rates() -> None:
    assert number_of("19 %", FREE, percent=True) == 19
    assert number_of("2,5%", FREE, percent=True) == Decimal("2.5")


@pytest.mark.parametrize("cell", [0.1 + 0.2, 1 / 3, float("inf")])
def test_binary_numbers_no_table_shows_are_refused(cell: float) -> None:
    with pytest.raises(FloatMoney):
        number_of(cell, FREE)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2026-03-02", date(2026, 3, 2)),
        ("2026/3/2", date(2026, 3, 2)),
        ("25/03/2026", date(2026, 3, 25)),
        ("25-3-2026", date(2026, 3, 25)),
        ("03/25/2026", date(2026, 3, 25)),
        ("03/03/2026", date(2026, 3, 3)),
        ("2 de marzo de 2026", date(2026, 3, 2)),
        ("02-mar-2026", date(2026, 3, 2)),
        ("15 Setiembre 2026", date(2026, 9, 15)),
        (datetime(2026, 3, 2), date(2026, 3, 2)),
        (date(2026, 3, 2), date(2026, 3, 2)),
    ],
)
def test_days_with_one_reading_are_taken(cell: Any, value: date) -> None:
    assert day_of(cell, FREE) == value


def test_days_with_two_readings_need_their_order() -> None:
    with pytest.raises(InvalidInput, match="de dos maneras"):
        day_of("02/03/2026", FREE)
    assert day_of("02/03/2026", Spelling(day_first=True)) == date(2026, 3, 2)
    assert day_of("02/03/2026", Spelling(day_first=False)) == date(2026, 2, 3)


@pytest.mark.parametrize(
    "cell",
    [
        *("", "ayer", "02/03/26", "31/02/2026", "2026-13-01", "2 de foo de 2026", 46083, 46083.5, "1/2/3/2026"),
        *(datetime(2026, 3, 2, 10, 15), datetime(2026, 3, 2, tzinfo=BOGOTA), "13/13/2026", "2026-03-02 10:15"),
    ],
)
def test_what_is_no_day_is_refused(cell: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        day_of(cell, FREE)
    assert caught.value.remedy


def test_moments_without_zone_need_one() -> None:
    local = Spelling(zone=ZoneInfo("America/Bogota"), day_first=True)
    wanted = datetime(2026, 3, 2, 15, 5, tzinfo=BOGOTA)
    for cell in (
        "2026-03-02 15:05",
        "02/03/2026 3:05 p. m.",
        "2 de marzo de 2026 15:05:00",
        datetime(2026, 3, 2, 15, 5),
    ):
        assert moment_of(cell, local) == wanted
        with pytest.raises(DianFeError):
            moment_of(cell, FREE)
    assert moment_of("2026-03-02T20:05:00Z", FREE) == wanted
    assert moment_of(wanted, FREE).utcoffset() == timedelta(hours=-5)


@pytest.mark.parametrize("cell", ["", "2026-03-02", "02/03/2026 25:00", "02/03/2026 13:00 pm", 5, "hoy 10:00"])
def test_what_is_no_moment_is_refused(cell: Any) -> None:
    with pytest.raises(InvalidInput):
        moment_of(cell, Spelling(zone=BOGOTA, day_first=True))


def test_whole_numbers_are_texts_without_decimals() -> None:
    assert [text_of(cell) for cell in (1020304050, 1020304050.0, Decimal(5), " x ")] == [
        "1020304050",
        "1020304050",
        "5",
        "x",
    ]
    for cell in (1.5, True, object()):
        with pytest.raises(InvalidInput):
            text_of(cell)


@pytest.mark.parametrize(
    "cell", [float("inf"), Decimal("-Infinity"), Decimal("sNaN"), 1e15, 1.2345678901234568e18, 0.5]
)
def test_numbers_that_are_no_codes_are_refused(cell: Any) -> None:
    """A binary number has fifteen digits: a longer code has lost its last ones."""
    with pytest.raises(InvalidInput) as caught:
        text_of(cell)
    assert caught.value.remedy
    assert text_of(999_999_999_999_999.0) == "999999999999999"
    assert text_of(12345678901234567890) == "12345678901234567890"


def test_yes_and_no_are_words() -> None:
    assert [truth_of(cell) for cell in ("Sí", "x", 1, True, "no", 0)] == [True, True, True, True, False, False]
    with pytest.raises(InvalidInput, match="ni sí ni no"):
        truth_of("tal vez")
