"""The percents of hours against the law of their day, and against the annex."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dian_fe import HoraExtra
from dian_fe.families.payroll.overtime import OddPercent, odd_percents
from tests.families.payroll.documents import earned

SUNDAY = "hrddfs"


def odd(field: str, percent: str, on: str, **hours: Any) -> list[OddPercent]:
    given = HoraExtra(cantidad=1, porcentaje=percent, pago=1, **hours)
    return list(odd_percents(earned(**{field: [given]}), date.fromisoformat(on)))


@pytest.mark.parametrize(
    ("field", "percent", "on"),
    [
        ("heds", "25", "2026-02-28"),
        (SUNDAY, "75.00", "2025-06-30"),
        (SUNDAY, "80", "2025-07-01"),
        (SUNDAY, "90", "2026-07-01"),
        (SUNDAY, "100", "2027-07-01"),
        ("hendfs", "155", "2026-02-28"),
    ],
)
def test_the_percent_in_force_is_not_odd(field: str, percent: str, on: str) -> None:
    assert odd(field, percent, on) == []


def test_an_odd_percent_says_what_is_in_force() -> None:
    path = "devengados.hrddfs[0].porcentaje"
    assert odd(SUNDAY, "75", "2026-02-28") == [OddPercent(path, Decimal(75), Decimal("80.00"), in_annex=True)]
    assert odd(SUNDAY, "81", "2026-02-28") == [OddPercent(path, Decimal(81), Decimal("80.00"), in_annex=False)]
    assert odd(SUNDAY, "75", "2020-12-31") == [OddPercent(path, Decimal(75), None, in_annex=True)]


def test_the_day_is_that_of_the_hours() -> None:
    assert odd(SUNDAY, "75", "2025-07-31", hora_inicio="2025-06-29T08:00:00") == []
    assert odd(SUNDAY, "80", "2025-07-31", hora_fin="2025-06-29T08:00:00") != []
