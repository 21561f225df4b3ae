"""The benchmarks run and tell their figures in the form that programs rely on; how fast, no test says."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import pytest

from tests.support.repository import ROOT

pytestmark = pytest.mark.project

RUN = ROOT / "benchmarks" / "run.py"
COLD = "cold start to first signed invoice (.p12), against bare pydantic, lxml, cryptography"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(RUN), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def figures_of(only: str) -> dict[str, dict[str, Any]]:
    """Return the goals' figures of a quick run, in which R and C were measured too."""
    done = run("--quick", "--json", "--only", only)
    assert done.returncode == 0, done.stderr
    figures: dict[str, Any] = json.loads(done.stdout)
    assert figures.pop("R_ms") > 0
    assert figures.pop("C_ms") > 0
    assert all(
        figure["value"] > 0 for figure in figures.values() if figure["unit"] != "ms"
    )  # a difference may be noise
    return figures


def limits(figures: dict[str, dict[str, Any]]) -> dict[str, tuple[str, float]]:
    return {name: (figure["unit"], figure["goal"]) for name, figure in figures.items()}


def test_json_gives_each_goal_with_value_unit_and_limit() -> None:
    assert limits(figures_of("1,3,8,12,14,16")) == {
        "10-line invoice: input → model → totals → CUFE → XML → XAdES": ("R", 1.6),
        "signing a document of ours, 10 lines": ("R", 1.15),
        "XML → models, against lxml parse": ("x", 4),
        "all local rules on a 10-line invoice model": ("C", 0.5),
        "payroll of a worker, checked and signed, against a 1-line invoice": ("x", 1.3),
        "own work for a 10-line invoice: all of goal 1 but R": ("C", 0.75),
    }


def test_ratios_come_with_the_times_that_they_are_made_of() -> None:
    figures = figures_of("5,8,11,12,16")
    assert {figure["unit"] for figure in figures.values()} == {"R", "C", "x", "MB"}
    for name, figure in figures.items():
        if figure["unit"] == "MB":
            assert "against_ms" not in figure
            continue
        # A median of ratios is near the ratio of the medians; how near depends on how quiet the machine is.
        assert 0.2 < figure["value"] * figure["against_ms"] / figure["of_ms"] < 5, name


def test_the_cold_start_is_compared_with_bare_imports() -> None:
    figure = figures_of("9")[COLD]
    assert (figure["unit"], figure["goal"]) == ("x", 1.6)
    assert figure["of_ms"] > figure["against_ms"]


def test_the_table_tells_whether_a_goal_is_met() -> None:
    done = run("--quick", "--only", "9")
    assert done.returncode == 0, done.stderr
    r, c, _, importing, cold = done.stdout.splitlines()
    assert (r[:4], c[:4]) == ("R = ", "C = ")
    for row in (importing, cold):
        assert row.split()[0] == "9"
        assert row.split()[-1] in {"yes", "NO"}


def test_the_pdf_of_a_short_and_a_long_invoice_is_measured() -> None:
    assert limits(figures_of("13")) == {
        "10-line invoice to PDF, warm": ("ms", 40),
        "400-line invoice to PDF, warm": ("ms", 300),
    }


def test_a_tickets_way_and_its_print_are_measured() -> None:
    assert [figure["unit"] for figure in figures_of("15").values()] == ["R", "ms"]


@pytest.mark.parametrize("peer", ["signxml", "xmlsec"])
def test_every_peer_that_is_installed_is_measured(peer: str) -> None:
    """CI installs all of them; a peer that cannot be loaded is named, and the run goes on."""
    done = run("--quick", "--json", "--only", "6")
    assert done.returncode == 0, done.stderr
    measured = [name for name in json.loads(done.stdout) if peer in name]
    if find_spec(peer) is None:
        assert not measured
        assert f"{peer} is not installed" in done.stderr
    else:
        assert len(measured) == 1


@pytest.mark.parametrize("only", ["17", "1,99", "x"])
def test_a_goal_that_does_not_exist_is_a_usage_error(only: str) -> None:
    done = run("--only", only)
    assert done.returncode == 2
    assert "--only" in done.stderr
