"""Rules that are rows: presence, literals and lists of model data, each one line in the module of its group."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from operator import attrgetter
from typing import Any

from .context import Context
from .registry import Check, Finding, add

When = Callable[[Context], bool]
Visit = tuple[str, Any]
"""A model path with its value, None when absent."""

_STEP = re.compile(r"([a-z_]+)(\[\])?")


def only(when: When | None, check: Check) -> Check:
    """Return a check for the documents that ``when`` selects; without it, the check itself."""
    if when is None:
        return check

    def function(context: Context) -> Iterable[Finding]:
        return check(context) if when(context) else ()

    return function


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


def _visits(path: str) -> Callable[[Context], Iterable[Visit]]:
    """Return the reader of the values at a path: of the document, or of its ``control``, which has no lists."""
    surrounds = path.startswith("control.")
    if "[]" in path:
        return lambda context: visit(context.document, path)
    *above, last = path.removeprefix("control.").split(".")

    def values(context: Context) -> Iterable[Visit]:
        owner = context.subject.control if surrounds else context.document
        for name in above:
            owner = getattr(owner, name, None)
            if owner is None:
                return ()
        return ((path, getattr(owner, last, None)),)

    return values


def _of_values(
    codes: tuple[str, ...],
    path: str,
    misfit: Callable[[Context], tuple[Callable[[Any], object], object]],
    when: When | None,
    meta: dict[str, Any],
) -> None:
    """Register a rule that judges every value at a path, of the document or of its ``control``.

    ``misfit`` returns for a context the function that is true for a wrong value, and what is expected.
    """
    part = "control" if path.startswith("control.") else "document"
    values = _visits(path)

    def function(context: Context) -> Iterator[Finding]:
        is_wrong, expected = misfit(context)
        for where, value in values(context):
            if is_wrong(value):
                yield Finding(where, None if value == () else value, expected)

    add(codes, only(when, function), path, **{"needs": (part,), **meta})


def required(*codes: str, path: str, when: When | None = None, expected: str = "un valor", **meta: Any) -> None:
    """Register the rule that the datum is present (wherever its owner is)."""
    _of_values(codes, path, lambda _: (lambda value: value is None or value == (), expected), when, meta)


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

    def misfit(_: Context) -> tuple[Callable[[Any], object], object]:
        allowed = known()
        return lambda value: (needed or value is not None) and value not in allowed, expected

    _of_values(codes, path, misfit, when, meta)


def equal(
    *codes: str,
    path: str,
    to: Callable[[Context], object] | str,
    needed: bool = False,
    when: When | None = None,
    **meta: Any,
) -> None:
    """Register the rule that the datum, if present or ``needed``, equals a text or the result of ``to``."""

    def misfit(context: Context) -> tuple[Callable[[Any], object], object]:
        expected = to if isinstance(to, str) else to(context)
        return lambda value: (needed or value is not None) and value != expected, expected

    _of_values(codes, path, misfit, when, meta)


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

    def function(context: Context) -> Iterator[Finding]:
        values = getattr(context.document, items)
        if not any(map(wrong, values)):  # nearly always; the loop below costs more per line
            return
        for index, item in enumerate(values):
            if wrong(item):
                due = expected if isinstance(expected, str) else expected(item)
                yield Finding(f"{items}[{index}].{field}", attrgetter(field)(item), due)

    add(codes, only(when, function), path, **meta)
