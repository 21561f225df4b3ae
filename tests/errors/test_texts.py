"""The words of refusals and findings: every one that is filed is used, and all are written alike."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest

import dian_fe
from dian_fe import errors
from dian_fe.errors.texts import COLUMNS

SRC = Path(dian_fe.__file__).parent
CAPITAL = re.compile(r"[A-ZÁÉÍÓÚÑ¿¡0-9«{]")
"""How a message begins: with a capital, a code, a quotation or what fills its place."""
SMALL = re.compile(r"[a-záéíóúñ¿0-9«{]")
"""How a remedy begins, which follows a colon."""
ENDS = re.compile(r"([.?]|\}|: openssl .*\.pem)$")
"""How both end: with a period, what fills a place (a sentence), or a command to be copied."""


class Use(NamedTuple):
    """A call that makes an error of filed words."""

    where: str
    key: str
    error: str
    values: frozenset[str]


def tables(name: str) -> Iterator[tuple[Path, list[str]]]:
    """Yield the rows of every table of that name, without its heading."""
    for file in sorted(SRC.rglob(name)):
        for line in file.read_text(encoding="utf-8").splitlines()[1:]:
            yield file, line.split("\t")


@cache
def filed() -> dict[str, dict[str, str]]:
    """Return message, found, expected and remedy of every key."""
    found = {}
    for file, (name, *words) in tables("texts.tsv"):
        folder = ".".join(file.parent.relative_to(SRC).parts)
        found[f"{folder}.{name}".lstrip(".")] = dict(zip(COLUMNS[1:], words, strict=True))
    return found


@cache
def calls() -> tuple[tuple[str, ast.Call], ...]:
    """Return every call in the library, with its place."""
    found = []
    for file in sorted(SRC.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                found.append((f"{file.relative_to(SRC)}:{node.lineno}", node))
    return tuple(found)


def name_of(function: ast.expr) -> str:
    """Return the last part of a name, as ``NotAllowed`` of ``errors.NotAllowed``."""
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


@cache
def uses() -> tuple[Use, ...]:
    """Return the calls ``X.of("key", …)`` whose error and key are written there."""
    found = []
    for where, call in calls():
        if name_of(call.func) != "of" or not call.args or not isinstance(call.func, ast.Attribute):
            continue
        error, values = name_of(call.func.value), frozenset(keyword.arg or "**" for keyword in call.keywords)
        if error in errors.__all__ and not isinstance(call.args[0], ast.JoinedStr):
            found += [Use(where, key, error, values) for key in texts_in(call.args[0])]
    return tuple(found)


@cache
def rooms_that_compose() -> frozenset[str]:
    """Return the folders whose keys are made of a word met elsewhere, as ``f"models.{kind}"``."""
    first = (call.args[0] for _, call in calls() if name_of(call.func) == "of" and call.args)
    return frozenset(texts_in(node)[0].rstrip(".") for node in first if isinstance(node, ast.JoinedStr))


def texts_in(node: ast.AST) -> list[str]:
    """Return the texts that are written in an expression."""
    return [each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def beginnings(node: ast.expr) -> Iterator[str]:
    """Yield how the texts begin that an expression may give; ``{`` for one that begins with a value."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from beginnings(node.values[0])
    elif isinstance(node, ast.FormattedValue):
        yield "{"
    elif isinstance(node, ast.BinOp):
        yield from beginnings(node.left)
    elif isinstance(node, ast.IfExp):
        yield from chain(beginnings(node.body), beginnings(node.orelse))


def places_of(words: dict[str, str]) -> set[str]:
    """Return the names that fill the places of filed words."""
    names = (name for text in words.values() for _, name, _, _ in Formatter().parse(text) if name)
    return {re.split(r"[.\[]", name)[0] for name in names}


def test_every_key_that_is_asked_for_is_filed() -> None:
    assert len(uses()) > 200
    assert [(use.where, use.key) for use in uses() if use.key not in filed()] == []


def test_every_filed_key_is_asked_for() -> None:
    sources = [file.read_text(encoding="utf-8") for file in SRC.rglob("*.py")]
    codes = {getattr(errors, name).code for name in errors.__all__}
    unused = []
    for key in filed():
        room, _, name = key.rpartition(".")
        composed = room in rooms_that_compose() and (name in codes or any(f'"{name}"' in text for text in sources))
        if not composed and not any(f'"{key}"' in text for text in sources):
            unused.append(key)
    assert unused == []


def test_the_places_of_words_are_the_values_given() -> None:
    wrong = []
    for use in uses():
        places, takes = places_of(filed()[use.key]), getattr(errors, use.error)._takes
        if "**" not in use.values and not (use.values - takes <= places <= use.values):
            wrong.append((use.where, use.key, sorted(places), sorted(use.values)))
    assert wrong == []


@pytest.mark.parametrize(("column", "begins"), [("message", CAPITAL), ("remedy", SMALL)])
def test_filed_words_begin_and_end_alike(column: str, begins: re.Pattern[str]) -> None:
    texts = {key: words[column] for key, words in filed().items() if words[column]}
    assert {key: text for key, text in texts.items() if not begins.match(text) or not ENDS.search(text)} == {}


def test_words_beside_the_code_begin_alike() -> None:
    wrong = []
    for where, call in calls():
        names = [name_of(call.func)]
        if isinstance(call.func, ast.Attribute) and names == ["of"]:
            names.append(name_of(call.func.value))
        if names[-1] not in errors.__all__:
            continue
        given = [(CAPITAL, message) for message in call.args[:1] if len(names) == 1]
        given += [(SMALL, keyword.value) for keyword in call.keywords if keyword.arg == "remedy"]
        wrong += [(where, text) for form, node in given for text in beginnings(node) if text and not form.match(text)]
    assert wrong == []


@pytest.mark.parametrize("name", ["messages_*.tsv", "library.tsv"])
def test_words_of_codes_begin_and_end_alike(name: str) -> None:
    rows = [(cells[0], text) for _, cells in tables(name) for text in cells[-2:] if text]
    assert len(rows) > 100
    assert [row for row in rows if not CAPITAL.match(row[1]) or not ENDS.search(row[1])] == []


@pytest.mark.parametrize("name", ["norms.tsv", "pending.tsv", "elsewhere.tsv"])
def test_reasons_of_codes_begin_and_end_alike(name: str) -> None:
    texts = [(cells[0], cells[2]) for _, cells in tables(name) if len(cells) > 2]
    assert texts
    assert [row for row in texts if not CAPITAL.match(row[1]) or not row[1].endswith(".")] == []


def test_explanations_of_the_schema_begin_alike() -> None:
    found = [
        (where, text)
        for where, call in calls()
        if name_of(call.func) == "_Reason"
        for node in call.args[1:3]
        for text in beginnings(node)
    ]
    assert len(found) > 10
    assert [each for each in found if not CAPITAL.match(each[1])] == []
