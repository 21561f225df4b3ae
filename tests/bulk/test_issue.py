"""A night's records become documents that are signed, filed and sent, part by part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dian_fe import Payment, bulk
from tests.bulk.companies import FACTORY, sales

pytest.importorskip("pyarrow")
AT = "2026-03-02T10:15:00-05:00"
FIRST = "SETP990000001"


def issued(folder: Path, records: Any = None, company: Any = FACTORY, **options: Any) -> bulk.Run:
    given = {"first_number": FIRST, "payment": Payment.cash(), "at": AT, "size": 4, "workers": 0} | options
    return bulk.issue(sales(6, 2) if records is None else records, folder, company, **given)


def test_each_record_is_signed_sent_and_accepted(tmp_path: Path) -> None:
    run = issued(tmp_path)
    assert (run.documents, run.signed, run.accepted, run.refused) == (6, 6, 6, 0)
    assert run.ok
    answers = list(run.answers())
    assert [each.number for each in answers] == [f"SETP99000000{n}" for n in range(1, 7)]
    assert all(each.accepted and each.application_response and each.shipment.xml for each in answers)
