"""Rules that are rows about the XML itself: groups, attributes and literals that the model does not keep.

The place is the code's own path in ``codes.tsv``, so a row names the codes alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from .context import Context
from .facts import code_facts
from .registry import Finding, register

When = Callable[[Context], bool]


def split(path: str) -> tuple[str, str]:
    """Return the parent's path and the last step of a path."""
    parent, _, last = path.rpartition("/")
    return parent, last


def absent(*codes: str, at: str | None = None, when: When | None = None, filled: bool = False, **meta: Any) -> None:
    """Register: every parent that is there has the element or attribute. ``filled``: an empty one counts as absent.

    ``at`` is the path when it is not that of ``codes.tsv``.
    """
    for code in codes:
        parent, last = split(at or code_facts()[code].path)
        register(code, _absence(parent, last, when, filled), **{"needs": ("xml",), **meta})


def _absence(parent: str, last: str, when: When | None, filled: bool) -> Callable[[Context], Iterator[Finding]]:
    def function(context: Context) -> Iterator[Finding]:
        if when is not None and not when(context):
            return
        for node in context.xml.all(parent):
            if last[0] == "@":
                if not (node.get(last[1:]) or "").strip():
                    yield Finding(node=node, attribute=last[1:], expected=last)
                continue
            child = context.xml.first(last, node)
            if child is None:
                yield Finding(node=node, expected=last)
            elif filled and not (child.text or "").strip() and not len(child):
                yield Finding(node=child, found="", expected="un valor")

    return function


def literal(
    *codes: str,
    among: Collection[str],
    expected: str | None = None,
    at: str | None = None,
    when: When | None = None,
    **meta: Any,
) -> None:
    """Register: the text or attribute, when it is there and not empty, is one of ``among``."""
    said = expected or ", ".join(among)
    for code in codes:
        parent, last = split(at or code_facts()[code].path)
        register(code, _literal(parent, last, among, said, when), **{"needs": ("xml",), **meta})


def _literal(
    parent: str, last: str, among: Collection[str], expected: str, when: When | None
) -> Callable[[Context], Iterator[Finding]]:
    def function(context: Context) -> Iterator[Finding]:
        if when is not None and not when(context):
            return
        for node, value in texts(context, parent, last):
            if value and value not in among:
                yield Finding(node=node, attribute=last[1:] if last[0] == "@" else None, found=value, expected=expected)

    return function


def said_as(*codes: str, text: str, within: str | None = None, **meta: Any) -> None:
    """Register: the element or attribute is there and says exactly ``text``.

    ``within`` names the group that is looked at when what should hold the datum is not there either.
    """
    for code in codes:
        parent, last = split(code_facts()[code].path)
        register(code, _said_as(parent, last, text, within), **{"needs": ("xml",), **meta})


def _said_as(parent: str, last: str, expected: str, within: str | None) -> Callable[[Context], Iterator[Finding]]:
    attribute = last[1:] if last[0] == "@" else None

    def function(context: Context) -> Iterator[Finding]:
        found = list(texts(context, parent, last))
        for node, value in found:
            if value != expected:
                yield Finding(node=node, attribute=attribute, found=value or None, expected=expected)
        if not found and within is not None:
            for node in context.xml.everywhere(within):
                yield Finding(node=node, expected=expected)

    return function


def texts(context: Context, parent: str, last: str) -> Iterator[tuple[Any, str | None]]:
    """Yield the nodes of a place with their text, or with their attribute's value; None when there is none."""
    if last[0] == "@":
        for node in context.xml.all(parent):
            value = node.get(last[1:])
            yield node, None if value is None else value.strip()
        return
    for node in context.xml.all(f"{parent}/{last}" if parent else last):
        yield node, (node.text or "").strip()


def currency(*codes: str, **meta: Any) -> None:
    """Register: the amount's @currencyID is that of the document (DIAN itself tells these as FAD15b)."""
    for code in codes:
        parent, _ = split(code_facts()[code].path)
        register(code, _currency(parent), **{"needs": ("document", "xml"), **meta})


def _currency(parent: str) -> Callable[[Context], Iterator[Finding]]:
    def function(context: Context) -> Iterator[Finding]:
        expected = context.document.currency
        for node in context.xml.all(parent):
            found = (node.get("currencyID") or "").strip()
            if found != expected:
                yield Finding(node=node, attribute="currencyID", found=found or None, expected=expected)

    return function
