"""The types as users meet them, to mypy and basedpyright: what they must accept, and statements that they must refuse.

A statement of ``tests/typing`` that must be refused ends in ``# E:`` and mypy's codes for it; nothing else may be
reported, nor anything of the examples and of the programs of the guides, but what these do wrong on purpose. No plugin
is set: users have none. mypy keeps what it learnt of the library in the cache of the checkout, which is that of
``mypy`` itself (``DIAN_FE_MYPY_CACHE`` names another): nothing is looked at twice.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from tests.docs.pages import blocks_of, guides
from tests.support.repository import ROOT

pytestmark = pytest.mark.project

PROGRAMS = sorted((ROOT / "tests" / "typing").glob("*.py"))
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
WRONG = {
    ("errores.py", "price=18500.5)"): "arg-type",
    ("errores_py.py", "price=18500.50"): "arg-type",
    ("venir_de_otra_libreria.py", ".send(hecha)"): "arg-type",
    ("venir_de_otra_libreria.py", 'factura.number = "SETP'): "arg-type",
}
"""What guides do wrong on purpose, to show how it is refused: file and text of the line, and mypy's code."""
LIKE_A_NOTEBOOK = "# mypy: allow-redefinition, allow-untyped-defs, allow-untyped-calls"
"""Programs of guides use a name for one thing after the other, and their own functions say no types."""
REPORT = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+): error: (?P<text>.*)  \[(?P<code>[\w-]+)\]$")
EXPECTED = re.compile(r"#\s*E:(?P<codes>[\w\s-]+)$")
CACHE = Path(os.environ.get("DIAN_FE_MYPY_CACHE") or ROOT / ".mypy_cache")
PYRIGHT = {"typeCheckingMode": "standard", "pythonVersion": "3.11", "reportMissingModuleSource": False}
FEWEST = 30

Refused = set[tuple[str, int]]
"""File and first line of statements."""


def guide_programs(folder: Path) -> list[Path]:
    """Write the programs of the guides, each at the lines of its page: the blocks of a page are one."""
    written = {}
    for page in guides():
        for block in blocks_of(page):
            if block.language == "python":
                name = page.stem.replace("-", "_") if block.title is None else block.title.replace(".", "_")
                text = written.get(name, LIKE_A_NOTEBOOK)
                written[name] = text + "\n" * (block.line - 1 - text.count("\n")) + block.text
    paths = []
    for name, text in written.items():
        path = folder / f"{name}.py"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def statement(path: Path, line: int) -> int:
    """Return the first line of the innermost statement that a line is of."""
    return max(first for first, last in _statements(path.read_text(encoding="utf-8")) if first <= line <= last)


@cache
def _statements(text: str) -> list[tuple[int, int]]:
    """Return the first and the last line of every statement."""
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]
    return [(node.lineno, node.end_lineno or 0) for node in nodes]


def expected(programs: list[Path]) -> dict[tuple[str, int], set[str]]:
    found: dict[tuple[str, int], set[str]] = {}
    for path in programs:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if marked := EXPECTED.search(line):
                found[path.name, statement(path, number)] = set(marked["codes"].split())
            found |= {
                (path.name, statement(path, number)): {code}
                for (name, text), code in WRONG.items()
                if name == path.name and text in line
            }
    return found


def test_mypy_refuses_what_it_must_and_nothing_else(tmp_path: Path) -> None:
    programs = PROGRAMS + EXAMPLES + guide_programs(tmp_path)
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(CACHE), "--no-pretty"]
    done = subprocess.run(
        [*command, *map(str, programs)],
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    refused: dict[tuple[str, int], set[str]] = {}
    # What mypy kept of a guide's program that has not changed names the folder of an earlier run.
    given = {path.name: path for path in programs}
    for line in done.stdout.splitlines():
        if found := REPORT.match(line):
            path = given.get(Path(found["file"]).name) or (ROOT / found["file"]).resolve()
            refused.setdefault((path.name, statement(path, int(found["line"]))), set()).add(found["code"])
    assert refused == expected(programs), done.stdout + done.stderr


def test_pyright_refuses_what_it_must_and_nothing_else(tmp_path: Path) -> None:
    pytest.importorskip("basedpyright")
    programs = PROGRAMS + EXAMPLES + guide_programs(tmp_path)
    config = tmp_path / "pyrightconfig.json"
    config.write_text(json.dumps(PYRIGHT | {"include": [str(path) for path in programs]}))
    command = [sys.executable, "-m", "basedpyright", "--project", str(config), "--pythonpath", sys.executable]
    done = subprocess.run([*command, "--outputjson"], cwd=tmp_path, capture_output=True, text=True, check=False)
    refused: Refused = set()
    for found in json.loads(done.stdout)["generalDiagnostics"]:
        if found["severity"] == "error":
            path = Path(found["file"])
            refused.add((path.name, statement(path, found["range"]["start"]["line"] + 1)))
    assert refused == set(expected(programs)), done.stdout[-3000:]


def test_there_are_programs_of_both_kinds(tmp_path: Path) -> None:
    refused = {name for name, _ in expected(PROGRAMS)}
    assert len(expected(PROGRAMS)) >= FEWEST
    assert {path.name for path in PROGRAMS} - refused
    programs = guide_programs(tmp_path)
    assert len(programs) > 10
    assert len(expected(programs)) == len(WRONG), "each is in its page"


def test_no_plugin_is_set() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    assert settings["strict"]
    assert "plugins" not in settings
