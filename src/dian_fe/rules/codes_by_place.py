"""Which codes are about a place in the XML: those that the annex has there, and those that the XSD covers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from .._arguments import checked
from .facts import Reason, cached_by_books, code_facts, pending

_AMOUNTS = {"cbc:TaxAmount", "cbc:PaidAmount"}
"""Paths where codes of groups that a kind cannot have are listed; the XSD names the group."""
_PREDICATE = re.compile(r"\[[^\]]*\]")


@cache
def codes_of_xsd(kind: str) -> Mapping[str, tuple[str, ...]]:
    """Return the codes that the XSD covers for a kind of document, by the place that is missing or not allowed.

    For elements that the kind cannot have (withholdings of notes), the codes below them are included.
    """
    places: dict[str, tuple[str, ...]] = {}
    for code, (reason, _) in pending().items():
        facts = code_facts()[code]
        if reason is Reason.XSD and kind in facts.kinds:
            steps = facts.path.split("/")
            for place in ("/".join(steps[:length]) for length in range(1, len(steps) + 1)):
                whole = place == facts.path
                if whole or steps[-1] in _AMOUNTS:
                    places[place] = (*places.get(place, ()), code)
    return places


@cached_by_books
def _places() -> Mapping[tuple[str, str], tuple[str, ...]]:
    places: dict[tuple[str, str], list[str]] = {}
    for facts in code_facts().values():
        for kind in facts.kinds:
            places.setdefault((kind, _PREDICATE.sub("", facts.path)), []).append(facts.code)
    return {place: tuple(found) for place, found in places.items()}


@checked
def codes_at(kind: str, xpath: str) -> tuple[str, ...]:
    """Return the codes that the annex has for a place of a kind's XML, such as the one that the XSD complains about.

    ``xpath`` begins at the root and has the usual prefixes; positions do not matter.
    """
    path = _PREDICATE.sub("", xpath).strip("/").partition("/")[2] or "."
    return _places().get((kind, path), ())
