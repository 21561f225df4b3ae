"""Rules that are rows: presence, literals and lists of model data, each one line in the module of its group."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from operator import attrgetter
from typing import Any

from .context import Context
from .registry import Finding, When, add

Visit = tuple[str, Any]
"""A model path with its value, None when absent."""

_STEP = re.compile(r"([a-z_]+)(\[\])?")


@cache
def _steps(path: str) -> tuple[tuple[str, bool], ...]:
    return tuple((name, bool(many)) for name, many in _STEP.findall(path))


def visit(document: Any, path: str) -> Iterator[Visit]:
    """Yield the values at a path such as ``lines[].taxes[].amount``; nothing below an absent value."""
    return _visit(document, _steps(path), "")


def _visit(owner: Any, steps: tuple[tuple[str, bool], ...], prefix: str) -> Iterator[Visit]:
    (name, many), rest = steps[0], steps[1:]
    value = getattr(owner, name, None)
    here = f"{prefix}{name}"
    if many:
        for index, item in enumerate(value or ()):
            if rest:
                yield from _visit(item, rest, f"{here}[{index}].")
            else:
                yield f"{here}[{index}]", item
    elif not rest:
        yield here, value
    elif value is not None:
        yield from _visit(value, rest, f"{here}.")


def _of_values(
    codes: tuple[str, ...],
    path: str,
    is_wrong: Callable[[Any, Any], object],
    due: Callable[[Context], Any],
    expected: str | None,
    when: When | None,
    meta: dict[str, Any],
) -> None:
    """Register a rule that judges every value at a path, of the document or of its ``control``.

    ``is_wrong`` is true for a wrong value, given what is ``due`` in the context; ``expected``, else that, is shown.
    """
    part = "control" if path.startswith("control.") else "document"
    *above, last = path.removeprefix("control.").split(".")

    def finding(where: str, value: Any, right: Any) -> Finding:
        return Finding(where, None if value == () else value, right if expected is None else expected)

    def of_many(context: Context) -> Iterator[Finding]:
        right = due(context)
        for where, value in visit(context.document, path):
            if is_wrong(value, right):
                yield finding(where, value, right)

    def of_one(context: Context) -> Iterable[Finding]:
        owner = context.document if part == "document" else context.subject.control
        for name in above:
            owner = getattr(owner, name, None)
            if owner is None:
                return ()
        value, right = getattr(owner, last, None), due(context)
        return (finding(path, value, right),) if is_wrong(value, right) else ()

    add(codes, of_many if "[]" in path else of_one, path, **{"needs": (part,), "when": when, **meta})


def required(*codes: str, path: str, when: When | None = None, expected: str = "un valor", **meta: Any) -> None:
    """Register the rule that the datum is present (wherever its owner is)."""
    _of_values(codes, path, lambda value, _: value is None or value == (), lambda _: None, expected, when, meta)


def listed(
    *codes: str,
    path: str,
    among: Callable[[], Collection[str]] | Collection[str],
    expected: str,
    needed: bool = False,
    when: When | None = None,
    **meta: Any,
) -> None:
    """Register the rule that the datum, if present or ``needed``, is in a list.

    ``among`` may be a function, asked at the first check.
    """
    known: Callable[[], Collection[str]] = cache(among) if callable(among) else lambda: among

    def is_wrong(value: Any, allowed: Collection[str]) -> bool:
        return (needed or value is not None) and value not in allowed

    _of_values(codes, path, is_wrong, lambda _: known(), expected, when, meta)


def equal(
    *codes: str,
    path: str,
    to: Callable[[Context], object] | str,
    needed: bool = False,
    when: When | None = None,
    **meta: Any,
) -> None:
    """Register the rule that the datum, if present or ``needed``, equals a text or the result of ``to``."""

    def is_wrong(value: Any, right: object) -> bool:
        return (needed or value is not None) and value != right

    _of_values(codes, path, is_wrong, (lambda _: to) if isinstance(to, str) else to, None, when, meta)


def each(
    *codes: str,
    path: str,
    wrong: Callable[[Any], object],
    expected: Callable[[Any], object] | str,
    when: When | None = None,
    **meta: Any,
) -> None:
    """Register the rule that no item of a list is ``wrong`` in a field; ``path`` is of the form ``lines[].unit``.

    ``expected`` is a text, or a function of the item.
    """
    items, _, field = path.partition("[].")

    def function(context: Context) -> Iterable[Finding]:
        values = getattr(context.document, items)
        return faults_of(values) if any(map(wrong, values)) else ()  # nearly always none, which this tells sooner

    def faults_of(values: Iterable[Any]) -> Iterator[Finding]:
        for index, item in enumerate(values):
            if wrong(item):
                due = expected if isinstance(expected, str) else expected(item)
                yield Finding(f"{items}[{index}].{field}", attrgetter(field)(item), due)

    add(codes, function, path, when=when, **meta)
