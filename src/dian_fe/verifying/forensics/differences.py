"""Where a document first differs from its pristine copy, as canonicalisation sees both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile, zip_longest

from lxml.etree import _Element

from ..._arguments import checked
from ..._viewed import Viewed
from ..._xmlsafe import parse


@checked
@dataclass(frozen=True, slots=True)
class Difference(Viewed):
    """The first place, in document order, where two documents differ."""

    xpath: str
    """In the original; in the other document for an element that the original does not have."""
    what: str
    """``element``, ``namespaces``, ``attributes``, ``text`` or ``tail`` (the text after the element)."""
    expected: str
    """What the original has there."""
    found: str


@checked
def first_difference(document: bytes, original: bytes) -> Difference | None:
    """Return where a document first differs from the original; None when a signature would see no difference.

    Comments, quotes, order of attributes and the encoding of the file do not count, as in Canonical XML 1.0. Raises
    what parsing raises.
    """
    found, expected = (parse(data, tolerant=True) for data in (document, original))
    for theirs, ours in zip_longest(found.iter("*"), expected.iter("*")):
        if theirs is None or ours is None or theirs.tag != ours.tag:
            there = ours if ours is not None else theirs
            return Difference(_path(there), "element", _tag(ours), _tag(theirs))
        for what, mine, other in _facts(ours, theirs, expected):
            if mine != other:
                return Difference(_path(ours), what, str(mine), str(other))
    return None


def _facts(ours: _Element, theirs: _Element, root: _Element) -> tuple[tuple[str, object, object], ...]:
    tails = [("" if ours is root else _text(each.tail, each.itersiblings())) for each in (ours, theirs)]
    return (
        ("namespaces", _declared(ours), _declared(theirs)),
        ("attributes", sorted(ours.items()), sorted(theirs.items())),
        ("text", _text(ours.text, ours), _text(theirs.text, theirs)),
        ("tail", tails[0], tails[1]),
    )


def _declared(element: _Element) -> list[tuple[str, str]]:
    """Return the namespace declarations of an element that its parent does not have."""
    parent = element.getparent()
    above = {} if parent is None else parent.nsmap
    return sorted((prefix or "", uri) for prefix, uri in element.nsmap.items() if above.get(prefix) != uri)


def _text(first: str | None, following: Iterable[_Element]) -> str:
    """Return a text up to the next element; comments in it do not count."""
    comments = takewhile(lambda each: not isinstance(each.tag, str), following)
    return "".join((first or "", *(each.tail or "" for each in comments)))


def _tag(element: _Element | None) -> str:
    return "" if element is None else str(element.tag)


def _path(element: _Element | None) -> str:
    return "" if element is None else element.getroottree().getpath(element)
