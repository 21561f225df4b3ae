"""The types as users meet them, to mypy and basedpyright: what they must accept, and statements that they must refuse.

A statement of ``tests/typing`` that must be refused ends in ``# E:`` and mypy's codes for it; nothing else may be
reported, nor anything of the examples. No plugin is set: users have none.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .repository import ROOT

PROGRAMS = sorted((ROOT / "tests" / "typing").glob("*.py"))
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
REPORT = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+): error: (?P<text>.*)  \[(?P<code>[\w-]+)\]$")
EXPECTED = re.compile(r"#\s*E:(?P<codes>[\w\s-]+)$")
MYPY = "[mypy]\nstrict = True\npretty = False\n[mypy-signxml.*,xmlschema.*]\nignore_missing_imports = True\n"
PYRIGHT = {"typeCheckingMode": "standard", "pythonVersion": "3.11", "reportMissingModuleSource": False}
FEWEST = 30

Refused = set[tuple[str, int]]
"""File and first line of statements."""


def statement(path: Path, line: int) -> int:
    """Return the first line of the innermost statement that a line is of."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.stmt)]
    return max(node.lineno for node in nodes if node.lineno <= line <= (node.end_lineno or 0))


def expected() -> dict[tuple[str, int], set[str]]:
    return {
        (path.name, statement(path, number)): set(found["codes"].split())
        for path in PROGRAMS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (found := EXPECTED.search(line))
    }


def test_mypy_refuses_what_it_must_and_nothing_else(tmp_path: Path) -> None:
    config = tmp_path / "mypy.ini"
    config.write_text(MYPY)
    command = [sys.executable, "-m", "mypy", "--config-file", str(config), "--cache-dir", str(tmp_path)]
    done = subprocess.run(
        [*command, *map(str, PROGRAMS + EXAMPLES)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    refused: dict[tuple[str, int], set[str]] = {}
    for line in done.stdout.splitlines():
        if found := REPORT.match(line):
            path = (tmp_path / found["file"]).resolve()
            refused.setdefault((path.name, statement(path, int(found["line"]))), set()).add(found["code"])
    assert refused == expected(), done.stdout + done.stderr


def test_pyright_refuses_what_it_must_and_nothing_else(tmp_path: Path) -> None:
    pytest.importorskip("basedpyright")
    config = tmp_path / "pyrightconfig.json"
    config.write_text(json.dumps(PYRIGHT | {"include": [str(path) for path in PROGRAMS + EXAMPLES]}))
    command = [sys.executable, "-m", "basedpyright", "--project", str(config), "--pythonpath", sys.executable]
    done = subprocess.run([*command, "--outputjson"], cwd=tmp_path, capture_output=True, text=True, check=False)
    refused: Refused = set()
    for found in json.loads(done.stdout)["generalDiagnostics"]:
        if found["severity"] == "error":
            path = Path(found["file"])
            refused.add((path.name, statement(path, found["range"]["start"]["line"] + 1)))
    assert refused == set(expected()), done.stdout[-3000:]


def test_there_are_programs_of_both_kinds() -> None:
    refused = {name for name, _ in expected()}
    assert len(expected()) >= FEWEST
    assert {path.name for path in PROGRAMS} - refused
