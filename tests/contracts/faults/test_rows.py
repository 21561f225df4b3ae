"""Each kind of fault has the case that was met and at least three neighbours."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from tests.contracts.faults.rows import KINDS, MADE


@pytest.mark.parametrize("row", KINDS)
def test_each_kind_has_its_case_and_three_neighbours(row: str) -> None:
    for path in Path(__file__).parent.glob("test_*.py"):
        importlib.import_module(f"{__package__}.{path.stem}")
    assert set(MADE) == set(KINDS)
    assert len(MADE[row][False]) >= 1
    assert len(set(MADE[row][True])) >= 3
