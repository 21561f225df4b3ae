"""The table of hostile files judges by what it says, and every shape can be made; how fast they are, no test says."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from dian_fe import read
from dian_fe.errors import UnreadableDocument
from tests.support.repository import ROOT

pytestmark = pytest.mark.project

FOLDER = ROOT / "benchmarks"


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(FOLDER))
    import hostile

    return hostile


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(FOLDER / "hostile.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_row_tells_each_size_and_what_was_said() -> None:
    done = run("--only", "a text of opening", "--sizes", "0.01", "--json", "--check")
    assert done.returncode == 0, done.stderr
    (row,) = map(json.loads, done.stdout.splitlines())
    assert (row["name"], row["sizes"], row["passes"]) == ("a text of opening brackets, added", [0.01], True)
    for cost in row["costs"]:
        assert cost["said"].startswith("SignatureInvalid")
        assert min(cost["read"], cost["verify"], cost["check"], cost["clock"]) > 0
        assert cost["memory"] > 10


def test_honest_invoices_are_a_table_of_their_own() -> None:
    done = run("--honest", "--sizes", "0.02")
    assert done.stdout.count("\n") == 4, done.stderr
    assert "honest invoices: valid" in done.stdout


def test_a_row_fails_for_time_memory_doubling_or_a_crash(hostile: Any) -> None:
    cost = hostile.Cost(0.1, 0.1, 0.1, 0.2, 100.0, "valid")
    sizes = (0.5, 1.0, 8.0)

    def passes(**changes: Any) -> bool:
        found: bool = hostile._judged("x", sizes, [cost, replace(cost, **changes), cost]).passes
        return found

    assert passes()
    assert passes(verify=0.35, read=0.11)
    assert not passes(verify=0.37, read=0.1), "2.35 times"
    assert not passes(check=0.24)
    assert not passes(memory=301)
    assert not passes(said="FAILED ['MemoryError']")
    assert not hostile._judged("x", (1.0,), [replace(cost, verify=2.0)]).passes
    assert hostile._judged("x", (8.0,), [replace(cost, verify=2.0, memory=900)]).passes, "larger than what is judged"


def test_every_shape_is_read_or_refused(hostile: Any) -> None:
    from shapes import SHAPES

    told = []
    for shape in SHAPES:
        for before in (True, False):
            if not (shape.before if before else shape.after):
                continue
            data = shape.make(3_000, before)
            told.append(len(data))
            with suppress(UnreadableDocument):
                read(data)
    assert len(told) > 80
    assert min(told) > 3_000
