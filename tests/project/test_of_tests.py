"""The tests themselves: where they stand, and how they are named."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.repository import ROOT

pytestmark = pytest.mark.project

TESTS = ROOT / "tests"
ROOMS = ROOT / "src" / "dian_fe"
LONGEST = 60
MODULES = sorted(path for path in TESTS.rglob("*.py") if path.name != "__init__.py")
APART = {"cli", "contracts", "notebook", "project", "docs", "examples", "benchmarks", "typing", "support"}
"""Folders of tests that are not those of a public room: the first one's is ``_cli``."""


def named(path: Path) -> Iterator[str]:
    """Yield the name of each test, its class before it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for owner in (tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))):
        for node in owner.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield f"{owner.name}.{node.name}" if isinstance(owner, ast.ClassDef) else node.name


def test_folders_are_named_after_the_rooms() -> None:
    rooms = {path.name for path in ROOMS.iterdir() if path.is_dir() and not path.name.startswith(("_", "."))}
    folders = {path.name for path in TESTS.iterdir() if path.is_dir() and not path.name.startswith(("_", "."))}
    assert folders == rooms | APART


def test_names_of_tests_are_short_and_their_own() -> None:
    for path in MODULES:
        names = Counter(named(path))
        assert not [name for name in names if len(name.rpartition(".")[2]) > LONGEST], path
        assert not [name for name, count in names.items() if count > 1], path


def test_modules_of_tests_are_imported_by_their_whole_name() -> None:
    relative = {
        path.relative_to(TESTS).as_posix()
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    }
    assert not relative
