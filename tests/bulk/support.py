"""Runs of the tests and what is in their tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dian_fe import Payment, bulk
from tests.bulk.companies import FACTORY, sales

AT = "2026-03-02T10:15:00-05:00"
FIRST = "SETP990000001"


def issued(folder: Path, records: Any = None, company: Any = FACTORY, **options: Any) -> bulk.Run:
    """Issue six sales in parts of four, in this process, unless told otherwise."""
    given: dict[str, Any] = {"first_number": FIRST, "payment": Payment.cash(), "at": AT, "size": 4, "workers": 0}
    return bulk.issue(sales(6, 2) if records is None else records, folder, company, **given | options)


def table(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the rows of a run's table, part after part."""
    from pyarrow import parquet

    return [row for path in sorted((folder / name).iterdir()) for row in parquet.read_table(path).to_pylist()]


def xmls(folder: Path) -> dict[str, bytes]:
    """Return the signed documents of a run by number."""
    return {row["number"]: row["xml"] for row in table(folder, "shipments")}
