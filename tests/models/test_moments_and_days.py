"""Moments and days that do not say which they are: none is guessed."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from dian_fe import Customer, Payment, errors, load_document
from tests.contracts.pitfalls.support import invoice

pytestmark = pytest.mark.between


@pytest.mark.parametrize(
    "moment",
    [
        1772464500,
        Decimal(1772464500),
        0.5,
        True,
        b"2026-03-02T10:15:00-05:00",
        date(2026, 3, 2),
        None,
        "2026-12-31T23:59:60-05:00",
        "0001-01-01T00:00:00+00:00",
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
    ],
    ids=repr,
)
def test_what_is_no_moment_is_refused_not_moved_to_another_zone(moment: Any) -> None:
    with pytest.raises(errors.InvalidInput) as caught:
        invoice(issued_at=moment)
    assert caught.value.field == "issued_at"


def test_seconds_since_1970_in_json_are_no_moment() -> None:
    data = json.loads(invoice().to_json()) | {"issued_at": 1772464500}
    with pytest.raises(errors.InvalidInput) as caught:
        load_document(data)
    assert caught.value.field == "issued_at"


@pytest.mark.parametrize("day", [1772409600, "1772409600", "2026-03-02T00:00:00Z", "2026-03-02 00:00", 0, False])
def test_what_is_no_day_is_refused(day: Any) -> None:
    with pytest.raises(errors.InvalidInput) as caught:
        Payment.credit(day)
    assert caught.value.field == "due_date"


def test_the_last_second_of_the_year_is_of_that_year_in_colombia() -> None:
    document = invoice(issued_at="2027-01-01T04:59:59+00:00")
    assert document.issue_date == date(2026, 12, 31)
    assert document.issued_at.isoformat() == "2026-12-31T23:59:59-05:00"


@pytest.mark.parametrize("unseen", ["\x7f", "\x85", "\u00ad", "\u200b", "\u202e", "\ufeff"])
def test_a_mail_address_with_something_unseen_in_it_is_refused(unseen: str) -> None:
    for address in (f"a{unseen}b@example.com", f"a@exam{unseen}ple.com"):
        with pytest.raises(errors.InvalidEmail):
            Customer(id_type="13", id="1020304050", name="Cliente Ejemplo", emails=[address])
