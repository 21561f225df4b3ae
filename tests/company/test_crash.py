"""kill -9 at any moment: no gap, no number twice, nothing lost, nothing sent twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.company.conftest import Opener
from tests.company.crashing import dian, faults_of, killed_at_random

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),  # pytest-xdist has threads
]

SAMPLE = (24, 8)
"""Orders and kills of the ordinary run."""
WHOLE = (5000, 1000)


@pytest.mark.parametrize(
    ("orders", "kills"), [SAMPLE, pytest.param(*WHOLE, marks=pytest.mark.long)], ids=["sample", "whole"]
)
def test_killed_processes_issue_every_order_once(lasting: Opener, tmp_path: Path, orders: int, kills: int) -> None:
    with dian() as (url, told):
        killed = killed_at_random(lasting, url, tmp_path, orders=orders, kills=kills, seed=orders)
        told.send("what did you see?")
        seen = told.recv()
    assert killed == kills
    assert faults_of(lasting, seen, orders) == []
