"""Rules as rows about the XML itself: groups, attributes and literals that the model does not hold.

The place is the code's own path in ``codes.tsv``, so a row names only the codes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any

from .context import Context
from .facts import code_facts
from .registry import Finding, When, register


def _register(
    codes: tuple[str, ...],
    judge: Callable[[str, str, Context], Iterator[Finding]],
    meta: dict[str, Any],
    at: str | None = None,
    when: When | None = None,
) -> None:
    """Register for each code the check of its place, given as the path of the parent and the last step."""
    for code in codes:
        parent, _, last = (at or code_facts()[code].path).rpartition("/")
        register(code, partial(judge, parent, last), **{"needs": ("xml",), "when": when, **meta})


def _nodes(context: Context, parent: str, last: str) -> Iterator[tuple[Any, str | None, str | None]]:
    """Yield the nodes of a place, each with the attribute, if it is one, and the text; None when there is none."""
    if last[0] == "@":
        for node in context.subject.xml.all(parent):
            value = node.get(last[1:])
            yield node, last[1:], None if value is None else value.strip()
    else:
        for node in context.subject.xml.all(f"{parent}/{last}" if parent else last):
            yield node, None, (node.text or "").strip()


def absent(*codes: str, at: str | None = None, when: When | None = None, filled: bool = False, **meta: Any) -> None:
    """Register the rule that every present parent has the element or attribute.

    ``filled``: an empty one counts as absent. ``at`` is the path when it is not that of ``codes.tsv``.
    """

    def judge(parent: str, last: str, context: Context) -> Iterator[Finding]:
        for node in context.subject.xml.all(parent):
            if last[0] == "@":
                if not (node.get(last[1:]) or "").strip():
                    yield Finding(node=node, attribute=last[1:], expected=last)
                continue
            child = context.subject.xml.first(last, node)
            if child is None:
                yield Finding(node=node, expected=last)
            elif filled and not (child.text or "").strip() and not len(child):
                yield Finding(node=child, found="", expected="un valor")

    _register(codes, judge, meta, at, when)


def literal(
    *codes: str,
    among: Collection[str],
    expected: str | None = None,
    at: str | None = None,
    when: When | None = None,
    **meta: Any,
) -> None:
    """Register the rule that the text or attribute, if present and not empty, is one of ``among``."""

    def judge(parent: str, last: str, context: Context) -> Iterator[Finding]:
        for node, attribute, value in _nodes(context, parent, last):
            if value and value not in among:
                yield Finding(node=node, attribute=attribute, found=value, expected=expected or ", ".join(among))

    _register(codes, judge, meta, at, when)


def exact_text(*codes: str, text: str, within: str | None = None, **meta: Any) -> None:
    """Register the rule that the element or attribute is present and is exactly ``text``.

    ``within`` names the group that is judged when the parent is missing too.
    """

    def judge(parent: str, last: str, context: Context) -> Iterator[Finding]:
        nodes = list(_nodes(context, parent, last))
        for node, attribute, value in nodes:
            if value != text:
                yield Finding(node=node, attribute=attribute, found=value or None, expected=text)
        if not nodes and within is not None:
            for node in context.subject.xml.everywhere(within):
                yield Finding(node=node, expected=text)

    _register(codes, judge, meta)


def currency(*codes: str, **meta: Any) -> None:
    """Register the rule that the amount's @currencyID is that of the document (DIAN itself reports these as FAD15b)."""

    def judge(parent: str, last: str, context: Context) -> Iterator[Finding]:
        expected = context.document.currency
        for node in context.subject.xml.all(parent):
            found = (node.get("currencyID") or "").strip()
            if found != expected:
                yield Finding(node=node, attribute="currencyID", found=found or None, expected=expected)

    _register(codes, judge, {"needs": ("document", "xml"), **meta})


def attribute_is(*codes: str, at: str, name: str, text: str, when: When | None = None, **meta: Any) -> None:
    """Register the rule that every element at a place has an attribute that is exactly ``text``."""

    def judge(parent: str, last: str, context: Context) -> Iterator[Finding]:
        for node in context.subject.xml.all(at):
            found = (node.get(name) or "").strip()
            if found != text:
                yield Finding(node=node, attribute=name, found=found, expected=text)

    _register(codes, judge, meta, at, when)
