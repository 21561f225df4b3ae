"""A year of ZIPs: the tables of two workers are those of one process, and the months those of pandas alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.examples.support import run

pytest.importorskip("distributed")
pytestmark = pytest.mark.docs


def year(folder: Path, count: int) -> dict[str, Any]:
    """Return what a year of so many ZIPs says of itself."""
    done = run("year_of_zips", "--count", count, "--workers", 2, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert (told["files"], told["documents"], told["unreadable"]) == (count, count, 0)
    assert told["same_tables"]
    assert told["same_report"]
    return told


def test_tables_and_report_are_those_of_one_process(tmp_path: Path) -> None:
    assert list(year(tmp_path, 60)["iva"]) == [f"2026-{month:02}" for month in range(1, 13)]


@pytest.mark.long
def test_two_workers_are_nearly_twice_as_fast_as_one(tmp_path: Path) -> None:
    assert year(tmp_path, 100_000)["ratio"] >= 1.8
