"""Engines ask the kind and never name it: no kind's name, no class of a document outside ``families``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import dian_fe
from dian_fe.families.registry import families, kinds

PACKAGE = Path(dian_fe.__file__).parent
PUBLIC = {"__init__.py"}
"""Where public names have their homes."""
NAMES = {kind.name for kind in kinds()}
WORDS = {"event", "application_response"}
"""Names of kinds that are ordinary words of answers and shipments too: only compared or looked up they name a kind."""
CLASSES = {kind.model_path[1] for kind in kinds()} | {"TradeDocument", "Event", "Deliverable", "Response"}
"""Classes of documents, and those between them and what all documents share."""


def engines() -> list[Path]:
    skipped = {"families", "catalogs"}
    files = (path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in skipped)
    return sorted(path for path in files if path.name not in PUBLIC)


def named(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the kinds that a module names, and the classes of documents that it tells apart."""
    discriminators = {
        id(each)
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "kind"
        for each in ast.walk(node)
    }
    docstrings = discriminators | {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    asked = {
        id(each)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        or (isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"kind", "kind_named", "find"})
        for each in ast.walk(node)
    }
    for node in ast.walk(tree):
        names = NAMES if id(node) in asked else NAMES - WORDS
        if isinstance(node, ast.Constant) and id(node) not in docstrings and node.value in names:
            yield node.lineno, str(node.value)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"isinstance", "issubclass"}:
            told = {each.id for each in ast.walk(node.args[1]) if isinstance(each, ast.Name)} & CLASSES
            for name in sorted(told):
                yield node.lineno, f"isinstance {name}"


@pytest.mark.parametrize("path", engines(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_engines_name_no_kind(path: Path) -> None:
    found = list(named(ast.parse(path.read_text(encoding="utf-8"))))
    assert found == []


def test_the_test_itself_sees_both() -> None:
    code = 'def f(x):\n    """invoice"""\n    return isinstance(x, (int, Invoice)) or x.kind == "credit_note"\n'
    assert list(named(ast.parse(code))) == [(3, "isinstance Invoice"), (3, "credit_note")]


def test_every_facet_is_there() -> None:
    for family in families():
        for facet in (family.rules, family.presentation, family.test_set, family.office, family.samples):
            assert facet is None or family.load(facet) is not None
        for kind in family.kinds:
            assert kind.model_class.__name__ == kind.model_path[1]
            for text in (kind.grammar, kind.qr, kind.recognise, kind.key and kind.key.function):
                assert text is None or kind.facet(text) is not None
