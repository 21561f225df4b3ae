"""The chain's night: every sale is accepted once while workers die, and two workers are faster than one process."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.examples.support import run

pytest.importorskip("distributed")
pytestmark = [pytest.mark.docs, pytest.mark.skipif(os.name == "nt", reason="nothing kills at once there")]


def night(folder: Path, *arguments: object) -> dict[str, Any]:
    """Return what a night says of itself."""
    done = run("night_run", *arguments, "--workers", 2, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize(
    ("invoices", "every"), [(40, 4), pytest.param(10_000, 3, marks=pytest.mark.long)], ids=["sample", "whole"]
)
def test_each_sale_is_accepted_once_whoever_is_killed(tmp_path: Path, invoices: int, every: float) -> None:
    told = night(tmp_path, "--invoices", invoices, "--kill-every", every)
    assert told["kills"]
    assert (told["accepted"], told["lost"], told["twice"], told["same_bytes"]) == (invoices, 0, 0, True)


@pytest.mark.long
def test_two_workers_are_nearly_twice_as_fast_as_one(tmp_path: Path) -> None:
    told = night(tmp_path, "--invoices", 100_000, "--no-send")
    assert told["same_bytes"]
    assert told["ratio"] >= 1.8
    assert 0.9 <= told["memory"] <= 1.1
