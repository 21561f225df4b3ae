"""The types as users meet them: programs of ``tests/typing`` that mypy must accept, and lines that it must refuse.

A line that must be refused ends in ``# E:`` and the codes of its errors. Nothing else may be reported.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from .repository import ROOT

PROGRAMS = sorted((ROOT / "tests" / "typing").glob("*.py"))
REPORT = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+): error: (?P<text>.*)  \[(?P<code>[\w-]+)\]$")
EXPECTED = re.compile(r"#\s*E:(?P<codes>[\w\s-]+)$")
CONFIG = "[mypy]\nstrict = True\nplugins = pydantic.mypy\npretty = False\n"

Errors = Counter[tuple[str, int, str]]


def expected() -> Errors:
    errors: Errors = Counter()
    for path in PROGRAMS:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if found := EXPECTED.search(line):
                errors.update((path.name, number, code) for code in found["codes"].split())
    return errors


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Errors, str]:
    folder = tmp_path_factory.mktemp("mypy")
    config = folder / "mypy.ini"
    config.write_text(CONFIG)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", str(config), "--cache-dir", str(folder), *map(str, PROGRAMS)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    errors: Errors = Counter()
    for line in done.stdout.splitlines():
        if found := REPORT.match(line):
            errors[Path(found["file"]).name, int(found["line"]), found["code"]] += 1
    return errors, done.stdout + done.stderr


def test_mypy_refuses_what_it_must_and_nothing_else(reported: tuple[Errors, str]) -> None:
    errors, output = reported
    assert errors == expected(), output


def test_there_are_programs_of_both_kinds() -> None:
    refused = {name for name, _, _ in expected()}
    assert refused
    assert {path.name for path in PROGRAMS} - refused
