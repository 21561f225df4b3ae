"""ARCHITECTURE.md and CONTRIBUTING.md name what exists."""

from __future__ import annotations

import re

import pytest

from tests.support.repository import ROOT, read

pytestmark = pytest.mark.project

_NAMED = re.compile(r"`([\w.]+(?:/[\w.]+)*/?)`")
_HOMES = (ROOT, ROOT / "src" / "dian_fe")
_SUFFIXES = (".py", ".tsv", ".md", ".toml")


def _is_path(name: str) -> bool:
    return "/" in name or name.endswith(_SUFFIXES)


_FACETS = {"models.py", "tables.py", "keys.py", "letter.py", "presentation.py", "test_set.py", "readiness.py"} | {
    "office.py",
    "samples.py",
    "drafts.py",
}
"""Modules of a family, whichever it is."""
_TABLES = {"codes.tsv", "certainty.tsv", "pending.tsv", "types.tsv", "lists.tsv", "columns.tsv", "roots.tsv"}
"""Tables named after their folder."""
_MADE_UP = {"data/", "tests/rules/cases/CODE.toml", "scripts/catalog_data/NAME.tsv"}
"""Places of whatever family, code or list."""


@pytest.mark.parametrize("guide", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_every_path_that_it_names_exists(guide: str) -> None:
    named = {name for name in _NAMED.findall(read(guide)) if _is_path(name)} - _FACETS - _TABLES - _MADE_UP
    assert len(named) > 15
    assert [name for name in sorted(named) if not any((home / name).exists() for home in _HOMES)] == []


def test_facets_and_tables_are_of_some_family() -> None:
    known = {path.name for path in ROOT.rglob("*.py")} | {path.name for path in ROOT.rglob("*.tsv")}
    assert known >= _FACETS | _TABLES
