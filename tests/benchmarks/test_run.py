"""The benchmarks run and tell their figures in the form that programs rely on; how fast, no test says."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.support.repository import ROOT

pytestmark = pytest.mark.project

RUN = ROOT / "benchmarks" / "run.py"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(RUN), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_json_gives_r_and_each_goal_with_value_unit_and_limit() -> None:
    done = run("--quick", "--json", "--only", "1,3,8,12,14")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures.pop("R_ms") > 0
    assert {name: (figure["unit"], figure["goal"]) for name, figure in figures.items()} == {
        "10-line invoice: input → model → totals → CUFE → XML → XAdES": ("R", 1.6),
        "signing a document of ours, 10 lines": ("R", 1.15),
        "XML → models, against lxml parse": ("x", 3.2),
        "all local rules on a 10-line invoice model": ("R", 1),
        "payroll of a worker, checked and signed, against a 1-line invoice": ("x", 1.3),
    }
    assert all(set(figure) == {"value", "unit", "goal"} and figure["value"] > 0 for figure in figures.values())


def test_the_table_tells_whether_a_goal_is_met() -> None:
    done = run("--quick", "--only", "9")
    assert done.returncode == 0, done.stderr
    header, _, importing, cold = done.stdout.splitlines()
    assert header.startswith("R = ")
    for row in (importing, cold):
        assert row.split()[0] == "9"
        assert row.split()[-1] in {"yes", "NO"}


def test_the_pdf_of_a_short_and_a_long_invoice_is_measured() -> None:
    done = run("--quick", "--json", "--only", "13")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures.pop("R_ms") > 0
    assert {name: (figure["unit"], figure["goal"]) for name, figure in figures.items()} == {
        "10-line invoice to PDF, warm": ("ms", 60),
        "400-line invoice to PDF, warm": ("ms", 1500),
    }
    assert all(figure["value"] > 0 for figure in figures.values())


def test_a_tickets_way_and_its_print_are_measured() -> None:
    done = run("--quick", "--json", "--only", "15")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures.pop("R_ms") > 0
    assert [(figure["unit"], figure["value"] > 0) for figure in figures.values()] == [("R", True), ("ms", True)]


@pytest.mark.parametrize("only", ["16", "1,99", "x"])
def test_a_goal_that_does_not_exist_is_a_usage_error(only: str) -> None:
    done = run("--only", only)
    assert done.returncode == 2
    assert "--only" in done.stderr
