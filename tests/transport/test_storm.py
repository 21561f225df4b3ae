"""A small storm of each kind: every mishap, the caller killed; every document accepted exactly once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.repository import ROOT

STORM = ROOT / "scripts" / "storm.py"


pytestmark = pytest.mark.slow


@pytest.mark.parametrize("mode", ["sync", "async", "processes"])
def test_nothing_is_lost_and_nothing_is_sent_twice(mode: str) -> None:
    run = subprocess.run(
        [sys.executable, STORM, "--documents", "40", "--rate", "0.04", "--kill", "0.02", "--seed", "3", "--mode", mode],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    assert "accepted once 40, lost 0, twice 0, renumbered 0, strangers 0" in run.stdout
