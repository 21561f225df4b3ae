"""Engines ask the kind and never name it: no kind, class of document or family, and no code of a family's rules."""

from __future__ import annotations

import ast
import re
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
FAMILIES = {family.name for family in families()}
PLAIN = {"events", "container"}
"""Names of families that are ordinary words of JSON and arguments: only compared or kept they name a family."""
OF_A_ROOM = {"events"}
"""Families whose codes a room knows besides: the order of events is the table of `dian_fe.events`."""
_OF_INVOICES = re.compile(r"\(en facturas, reglas? [^)]*\)")
"""Messages of what every family shares may name the rule that invoices have for it, told as theirs."""
_CODE = re.compile(r"(?<![A-Z\].)])[A-Z]{2,4}\d{2,3}[A-Za-z]?")
_OF_SALES = re.compile(r"[FCD][A-Z]{2}\d\d[A-Za-z]?")
_MANY = re.compile(r"(?<=[\].)])[A-Z]{2}\d\d")
"""Several codes in a regular expression: ``[FCD]AD06``."""


def engines() -> list[Path]:
    skipped = {"families", "catalogs"}
    files = (path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in skipped)
    return sorted(path for path in files if path.name not in PUBLIC)


def _spellings() -> list[re.Pattern[str]]:
    """Return the forms of the codes of every family but those that a room knows."""
    books = [family.load(family.rules) for family in families() if family.rules and family.name not in OF_A_ROOM]
    return [re.compile(form) for book in books for form in book.spellings]


def families_named(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the families that a module names."""
    docstrings = docstrings_of(tree)
    said: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            values = [node.left, *node.comparators]
            said |= {id(each) for value in values for each in (value, *getattr(value, "elts", ()))}
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            said |= {id(each) for each in (node.value, *getattr(node.value, "keys", ()))}
    for node in ast.walk(tree):
        names = FAMILIES if id(node) in said else FAMILIES - PLAIN
        if isinstance(node, ast.Constant) and id(node) not in docstrings and node.value in names:
            yield node.lineno, str(node.value)


def codes_named(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the codes of a family's rules that a module names in its data and messages."""
    docstrings, spellings = docstrings_of(tree), _spellings()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)) and id(node) not in docstrings:
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            text = _OF_INVOICES.sub("", text)
            for word in _CODE.findall(text):
                if _OF_SALES.fullmatch(word) or any(form.fullmatch(word) for form in spellings):
                    yield node.lineno, word
            for word in _MANY.findall(text):
                yield node.lineno, word


def docstrings_of(tree: ast.AST) -> set[int]:
    return {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def named(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the kinds that a module names, and the classes of documents that it tells apart."""
    discriminators = {
        id(each)
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "kind"
        for each in ast.walk(node)
    }
    docstrings = discriminators | docstrings_of(tree)
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


@pytest.mark.parametrize("path", engines(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_engines_name_no_family_and_no_code_of_one(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert list(families_named(tree)) == []
    assert list(codes_named(tree)) == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('SALES = "sales"', ["sales"]),
        ('if kind.family.name == "events":\n    pass', ["events"]),
        ('if name in ("container", "x"):\n    pass', ["container"]),
        ('plans = {"events": 1}', ["events"]),
        ('load("sales")', ["sales"]),
        ('return_ = {**a, "rows": 1}\nprint("events")', []),
        ('"""sales"""', []),
    ],
)
def test_names_of_families_are_seen(code: str, found: list[str]) -> None:
    assert [name for _, name in families_named(ast.parse(code))] == found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('finding("FAB05b")', ["FAB05b"]),
        ('CODES = {b"CreditNote": "CAD09e"}', ["CAD09e"]),
        ('message = f"{x} (regla DAV06)."', ["DAV06"]),
        ('re.compile(r"DC\\d+|[FCDA]AD09e")', ["AD09"]),
        ('raise_("VLR01")', ["VLR01"]),
        ('say("es negativo (en facturas, reglas FAQ06 y FBE05).", "regla FAQ06")', ["FAQ06"]),
        ('finding("ZD02", "DC24b", "LGC01", "R-99-PN", "SHA256")', []),
        ('def f():\n    """Rule FAB05b."""', []),
    ],
)
def test_codes_of_rules_are_seen(code: str, found: list[str]) -> None:
    assert [code for _, code in codes_named(ast.parse(code))] == found


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
