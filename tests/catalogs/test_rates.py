"""Rates of taxes and overtime over time."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from dian_fe.catalogs import PayrollOvertimeType, TaxCode, overtime_rates, tax_rates
from dian_fe.errors import UnknownCode


def test_rates_of_vat() -> None:
    assert [rate.rate for rate in tax_rates(TaxCode.IVA)] == [Decimal(text) for text in ("0", "5", "16", "19")]
    assert {rate.unit for rate in tax_rates("01")} == {"percent"}
    assert str(tax_rates("01")[-1].rate) == "19.00"


def test_rates_change_with_the_year() -> None:
    assert [rate.rate for rate in tax_rates("35", date(2023, 12, 31))] == [Decimal(10)]
    assert [rate.rate for rate in tax_rates("35", date(2024, 1, 1))] == [Decimal(15)]
    assert [rate.rate for rate in tax_rates("34", date(2026, 5, 1))] == [Decimal(0), Decimal(40), Decimal(68)]
    assert tax_rates("34", date(2023, 10, 31)) == ()


def test_a_tax_without_known_rates_has_none() -> None:
    assert tax_rates("22") == ()
    with pytest.raises(UnknownCode):
        tax_rates("31")


def test_every_rate_is_of_a_tax() -> None:
    assert sum(len(tax_rates(code)) for code in TaxCode) == 24


@pytest.mark.parametrize("kind", PayrollOvertimeType)
def test_overtime_has_one_rate_a_day_without_gaps(kind: PayrollOvertimeType) -> None:
    rates = overtime_rates(kind)
    for earlier, later in pairwise(rates):
        assert earlier.valid_to is not None
        assert later.valid_from - earlier.valid_to == timedelta(days=1)
        assert later.percent > earlier.percent
    assert rates[0].valid_from == date(2021, 1, 1)
    assert rates[-1].valid_to is None
    assert len(overtime_rates(kind, date(2026, 11, 25))) == 1
    assert overtime_rates(kind, date(2020, 12, 31)) == ()


def test_sunday_overtime_follows_the_law() -> None:
    sunday = PayrollOvertimeType.HORA_EXTRA_DIURNA_DOMINICAL_Y_FESTIVOS
    days = {date(2025, 6, 30): 100, date(2025, 7, 1): 105, date(2026, 7, 1): 115, date(2027, 7, 1): 125}
    for day, percent in days.items():
        (rate,) = overtime_rates(sunday, day)
        assert rate.percent == percent
    with pytest.raises(UnknownCode):
        overtime_rates("8")
