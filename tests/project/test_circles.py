"""No module of a room needs one that needs it, neither at import nor later nor for its types."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import dian_fe

pytestmark = pytest.mark.project

PACKAGE = Path(str(dian_fe.__file__)).parent


LATE = {
    ("catalogs/_codes", "catalogs/_catalog"),
    ("transport/shipment", "transport/stored"),
    ("ubl/xsd", "ubl/xsd_explain"),
}
"""Imports inside functions against the arrow; the docstring of a module of each pair says why."""


def _needed(path: Path, types: bool = True) -> Iterator[str]:
    """Yield the modules that a module imports anywhere in its text, by their place in the package."""
    package = path.relative_to(PACKAGE).parts[:-1]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if node in for_types and not types:
            continue
        if isinstance(node, ast.ImportFrom) and node.level:
            home = package[: len(package) - node.level + 1] + tuple(filter(None, (node.module or "").split(".")))
            for name in node.names:
                places = ((*home, name.name), home)
                yield from ("/".join(each) for each in places if PACKAGE.joinpath(*each).with_suffix(".py").is_file())


@pytest.mark.parametrize("rooms", [("signing",), ("events",), ("verifying",), ("testing", "families")])
def test_no_module_needs_one_that_needs_it(rooms: tuple[str, ...]) -> None:
    paths = [path for room in rooms for path in PACKAGE.joinpath(room).rglob("*.py")]
    graph = {path.relative_to(PACKAGE).with_suffix("").as_posix(): set(_needed(path)) for path in paths}
    assert sum(len(needed) for needed in graph.values()) > len(rooms)
    try:
        TopologicalSorter({module: needed & graph.keys() for module, needed in graph.items()}).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_when_it_runs_only_late_imports_go_backwards() -> None:
    paths = list(PACKAGE.rglob("*.py"))
    graph = {path.relative_to(PACKAGE).with_suffix("").as_posix(): set(_needed(path, types=False)) for path in paths}
    graph = {module: graph.keys() & needed for module, needed in graph.items()}
    assert all(late in graph[module] for module, late in LATE)
    for module, late in LATE:
        graph[module].discard(late)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))
