"""What the project's files may not hold: broken accents, real people, a particular machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache

import pytest

from dian_fe.catalogs import check_digit
from tests.support.repository import texts

pytestmark = pytest.mark.project

BROKEN = re.compile("[\u00c2\u00c3][\u0080-\u00bf]|\ufffd|\u00e2\u20ac[\u2122\u0153\u009d\u201c\u201d]")
"""UTF-8 read as Latin-1 or Windows-1252, once or twice; and what decoders put where they give up."""
EMAIL = re.compile(r"[\w.+%-]+@([\w-]+(?:\.[\w-]+)+)")
RESERVED = {"example.com", "example.org", "example.net", "localhost", "example"}
"""Domains that belong to nobody (RFC 2606, RFC 6761)."""
NIT = re.compile(r"\bnit['\"]?\s*[:=]\s*['\"](\d{9,10})['\"]")
MADE_UP = {"700085371", "800199436", "900373076", "800197268", "1020304050", "900000001"}
"""The annex's own examples, DIAN itself, and identifications that are plainly a sequence."""
SIGNING_KEY = re.compile(
    r"\bclaves?\s+(?:privada|pública|RSA|PEM|de\s+firma\b|del\s+(?:certificado|token)\b)", re.IGNORECASE
)
"""What signs is a llave; a clave is a CUFE, a CUDE or the clave técnica; what opens a file is a contraseña."""
MACHINE = re.compile(r"(?<![\w.])/(?:work|home|root|Users)/\w|[A-Z]:\\\\Users")

GARBLED = re.compile(r"Return (?:of|and|or|if|that|is|are|has|have|in|for|by|to|with|from)\b")
"""Openings whose noun was lost."""
DOUBLED = re.compile(r"(?i)(?<![\w`\"])(?!that\b|had\b)([a-z]+) \1(?![\w`\"])")
ENDED = re.compile(r"[.?…:]\s*\Z|:\n\n +")
"""The last sentence ends, or an example follows it."""


def test_there_is_something_to_look_at() -> None:
    assert len(texts()) > 100
    assert "README.md" in texts()


def test_docstrings_open_with_what_is_returned() -> None:
    odd = {
        f"{name}: {found[0]}"
        for name, text in texts().items()
        if name.endswith(".py")
        for found in re.finditer(r'"""(?:Give|Tell|Say)s? [^\n]*', text)
    }
    assert not odd


def test_docstrings_open_as_their_functions_do() -> None:
    odd = {
        f"{place} -> {returned}: {line}"
        for place, function, line in _documented()
        if (returned := ast.unparse(function.returns) if function.returns else "")
        and not _opens_well(line, returned, yields=_yields(function.body), decorators=function.decorator_list)
    }
    assert not odd


@pytest.mark.parametrize(
    ("line", "returned", "yields"),
    [
        ("Return the faults.", "None", False),
        ("True if it is old.", "NoReturn", False),
        ("Return the faults.", "Iterator[Fault]", True),
        ("Yield the faults.", "list[Fault]", False),
        ("Return whether it is old.", "bool", False),
        ("True if it is old.", "int", False),
        ("Return of a party's fault the path.", "str", False),
        ("Return and keep the path.", "str", False),
    ],
)
def test_a_docstring_of_another_function_is_found(line: str, returned: str, yields: bool) -> None:
    assert not _opens_well(line, returned, yields=yields, decorators=[])


def test_docstrings_are_whole_sentences() -> None:
    texts_of = [
        (f"{name}:{node.lineno}", node.value.value)
        for name, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    ]
    assert len(texts_of) > 3000
    odd = {place: text for place, text in texts_of if not ENDED.search(text) or DOUBLED.search(text)}
    assert not odd


@cache
def _trees() -> tuple[tuple[str, ast.Module], ...]:
    return tuple(
        (name, ast.parse(text)) for name, text in texts().items() if re.match(r"(?:src|scripts|examples)/.*\.py$", name)
    )


def _documented() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef, str]]:
    """Yield every function that has a docstring, with its place and the first line."""
    for name, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (text := ast.get_docstring(node)):
                yield f"{name}:{node.lineno} {node.name}", node, text.partition("\n")[0]


def _yields(body: Iterable[ast.AST]) -> bool:
    """True if statements make their function a generator; functions inside it have their own."""
    inner = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
    return any(
        isinstance(node, ast.Yield | ast.YieldFrom) or _yields(ast.iter_child_nodes(node))
        for node in body
        if not isinstance(node, inner)
    )


def _opens_well(line: str, returned: str, *, yields: bool, decorators: list[ast.expr]) -> bool:
    """True if a docstring begins as its function does; that of a rule states what the rule demands."""
    names = " ".join(map(ast.unparse, decorators))
    opening = line.partition(" ")[0]
    if GARBLED.match(line):
        return False
    if "property" in names or "contextmanager" in names or returned == "Iterator[Finding]":
        return opening != "Return"
    if yields:
        return opening == "Yield" or "; yield " in line
    if opening == "Yield":
        return "Iterator" in returned
    if opening == "True":
        return returned in {"bool", "bool | None"}
    return opening != "Return" or returned not in {"None", "NoReturn", "bool"}


def test_accents_are_whole() -> None:
    broken = {name: found[0] for name, text in texts().items() if (found := BROKEN.search(text))}
    assert not broken


def test_addresses_belong_to_nobody() -> None:
    real = {
        f"{name}: {found[0]}"
        for name, text in texts().items()
        for found in EMAIL.finditer(text)
        if not any(found[1] == domain or found[1].endswith(f".{domain}") for domain in RESERVED)
    }
    assert not real


def test_companies_are_those_of_the_annex() -> None:
    real = {
        f"{name}: {found[1]}"
        for name, text in texts().items()
        for found in NIT.finditer(text)
        if found[1] not in MADE_UP
    }
    assert not real


@pytest.mark.parametrize(("nit", "digit"), [("700085371", "1"), ("800199436", "4"), ("900373076", "4")])
def test_the_annex_examples_have_their_digit(nit: str, digit: str) -> None:
    assert check_digit(nit) == digit


def test_what_signs_has_one_name() -> None:
    assert SIGNING_KEY.search("la clave " + "privada")
    named = {name: found[0] for name, text in texts().items() if (found := SIGNING_KEY.search(text))}
    assert not named


def test_no_file_speaks_of_a_machine() -> None:
    told = {name: found[0] for name, text in texts().items() if (found := MACHINE.search(text))}
    assert not told


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b")
    found = {name for name, text in texts().items() if name.endswith((".py", ".md", ".toml")) and later.search(text)}
    assert not found
