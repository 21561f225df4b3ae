"""The codes of a place: the annex has one for each datum and kind of document."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ....rules.context import Context
from ....rules.facts import code_facts
from . import INSIDE, KINDS


@cache
def _codes() -> Mapping[str, tuple[str, ...]]:
    places: dict[str, tuple[str, ...]] = {}
    for code, facts in code_facts().items():
        if code[-1].isdigit() and facts.kinds[0] in KINDS:
            place = facts.path.removeprefix(INSIDE[facts.kinds[0]])
            places[place] = (*places.get(place, ()), code)
    return places


def at(*places: str) -> tuple[str, ...]:
    """Return the codes of places, given as ``Periodo/@FechaGen``, in every kind; codes with a letter are left out.

    Raise ``KeyError`` for a place that has none.
    """
    return tuple(code for place in places for code in _codes()[place])


def node(context: Context, name: str) -> Any | None:
    """Return the first element of that path among the document's data; None when there is none."""
    return context.subject.xml.first(INSIDE[context.subject.kind] + name)


def whole_numbers(code: str) -> frozenset[str]:
    """Return how a code may be written that the schema takes as a whole number: 1 and 01, 102 alone."""
    bare = code.lstrip("0") or "0"
    return frozenset({bare, bare.zfill(2)})
