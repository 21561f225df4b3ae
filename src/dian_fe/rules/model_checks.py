"""Rules that are rows: presence, literals and lists of model data, each one line in the module of its group."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import cache
from operator import attrgetter
from typing import Any

from .context import Context
from .registry import Check, Finding, add

When = Callable[[Context], bool]
Visit = tuple[str, Any]
"""A model path with its value, None when it is not said."""

_STEP = re.compile(r"([a-z_]+)(\[\])?")


def only(when: When | None, check: Check) -> Check:
    """Return a check of the documents that ``when`` names; without it, the check itself."""
    if when is None:
        return check

    def function(context: Context) -> Iterator[Finding]:
        if when(context):
            yield from check(context)

    return function


@cache
def _steps(path: str) -> tuple[tuple[str, bool], ...]:
    return tuple((name, bool(many)) for name, many in _STEP.findall(path))


def visit(document: Any, path: str) -> Iterator[Visit]:
    """Yield the values at a path such as ``lines[].taxes[].amount``; below something absent nothing is yielded."""
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


def _root(context: Context, path: str) -> tuple[Any, str, str]:
    """Return the owner of a path, the path below it, and its prefix: the document, or what surrounds it."""
    if path.startswith("control."):
        return context.subject.control, path.removeprefix("control."), "control."
    return context.document, path, ""


def _needs(path: str) -> tuple[Any, ...]:
    return ("control",) if path.startswith("control.") else ("document",)


def required(*codes: str, path: str, when: When | None = None, expected: str = "un valor", **meta: Any) -> None:
    """Register: the datum is said (wherever its owner is there)."""

    def function(context: Context) -> Iterator[Finding]:
        owner, below, prefix = _root(context, path)
        for where, value in visit(owner, below):
            if value is None or value == ():
                yield Finding(prefix + where, None, expected)

    add(codes, only(when, function), path, **{"needs": _needs(path), **meta})


def listed(
    *codes: str,
    path: str,
    among: Callable[[], Collection[str]] | Collection[str],
    expected: str,
    needed: bool = False,
    when: When | None = None,
    **meta: Any,
) -> None:
    """Register: the datum, when it is said or ``needed``, is one of a list.

    ``among`` may be a function, asked at the first check.
    """
    known: Callable[[], Collection[str]] = cache(among) if callable(among) else lambda: among

    def function(context: Context) -> Iterator[Finding]:
        allowed = known()
        owner, below, prefix = _root(context, path)
        for where, value in visit(owner, below):
            if (needed or value is not None) and value not in allowed:
                yield Finding(prefix + where, value, expected)

    add(codes, only(when, function), path, **{"needs": _needs(path), **meta})


def equal(
    *codes: str,
    path: str,
    to: Callable[[Context], object] | str,
    needed: bool = False,
    when: When | None = None,
    **meta: Any,
) -> None:
    """Register: the datum, when it is said or ``needed``, is a text or what ``to`` gives."""

    def function(context: Context) -> Iterator[Finding]:
        expected = to if isinstance(to, str) else to(context)
        owner, below, prefix = _root(context, path)
        for where, value in visit(owner, below):
            if (needed or value is not None) and value != expected:
                yield Finding(prefix + where, value, expected)

    add(codes, only(when, function), path, **{"needs": _needs(path), **meta})


def each(
    *codes: str,
    path: str,
    wrong: Callable[[Any], object],
    expected: Callable[[Any], object] | str,
    when: When | None = None,
    **meta: Any,
) -> None:
    """Register: no item of a list is ``wrong`` in a field; ``path`` is as ``lines[].unit``.

    ``expected`` is a text, or a function of the item.
    """
    items, _, field = path.partition("[].")

    def function(context: Context) -> Iterator[Finding]:
        values = getattr(context.document, items)
        if not any(map(wrong, values)):  # of most documents; what follows costs a line more
            return
        for index, item in enumerate(values):
            if wrong(item):
                due = expected if isinstance(expected, str) else expected(item)
                yield Finding(f"{items}[{index}].{field}", attrgetter(field)(item), due)

    add(codes, only(when, function), path, **meta)
