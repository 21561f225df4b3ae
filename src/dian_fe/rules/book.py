"""Rule books: the rules that a family declares, and the codes that all families share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from ..families import registry
from ..families.spec import Family


class Version(NamedTuple):
    """A version of the norm, and the first day of issue that it judges."""

    name: str
    since: date


@dataclass(frozen=True, eq=False)
class RuleBook:
    """The rules of a family of documents."""

    package: str
    """``__name__`` of the package that declares it; ``modules`` are looked up from there."""
    data: Path
    """Folder of its tables: codes, certainty, messages, pending, elsewhere, aliases; all optional."""
    spellings: Mapping[str, tuple[str, ...]]
    """Regular expressions of its codes, and the kinds of document that they belong to. No other code is registered."""
    versions: tuple[Version, ...]
    """Versions of the norm, the oldest first."""
    norm: str
    """Place of a code in the norm, with ``{code}`` as placeholder."""
    modules: tuple[str, ...] = ()
    """Modules whose import registers the rules."""
    letters: Mapping[str, str] = field(default_factory=dict)
    """First letter of a kind's codes, where codes of several kinds differ only in it."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Short words of the column ``source`` of its own, and what they mean; in addition to `facts.SOURCES`."""

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of document that it judges."""
        return tuple(dict.fromkeys(kind for kinds in self.spellings.values() for kind in kinds))

    def version(self, name: str) -> Version | None:
        """Return the version of that name; None when the book has none."""
        return next((each for each in self.versions if each.name == name), None)

    def in_force(self, day: date) -> Version:
        """Return the version that judges documents of a day."""
        for each in reversed(self.versions):
            if day >= each.since:
                return each
        return self.versions[0]

    @property
    def current(self) -> Version:
        """The newest version."""
        return self.versions[-1]

    def order(self, name: str) -> int:
        """Return the position of a version, oldest first; raise ``ValueError`` for a name that the book lacks."""
        return [each.name for each in self.versions].index(name)


_SHARED = {r"DC\d\d|Z[A-E]\d\d": "signature, certificate, schema, size"}
"""Codes that DIAN uses for documents of every family."""
DATA = Path(__file__).with_name("data")
"""Folder of the tables of the shared codes, and of the library's own."""


@cache
def _book(family: Family) -> RuleBook | None:
    found: RuleBook | None = family.load(family.rules)
    return found


def books() -> tuple[RuleBook, ...]:
    """Return the rule book of every family that has one."""
    return _books(registry.families())


@cache
def _books(known: tuple[Family, ...]) -> tuple[RuleBook, ...]:
    return tuple(book for family in known if (book := _book(family)) is not None)


def book_of(kind: str) -> RuleBook | None:
    """Return the book that judges a kind of document; None if there is none."""
    known = registry.find(kind)
    book = None if known is None else _book(known.family)
    return book if book is not None and kind in book.kinds else None


def book_with(code: str) -> RuleBook | None:
    """Return the book that a code belongs to; None for shared codes.

    Raise ``ValueError`` for a spelling that no book knows, or several.
    """
    found: list[RuleBook | None] = [book for book in books() if _knows(book.spellings, code)]
    if _knows(_SHARED, code):
        found.append(None)
    if len(found) > 1:
        names = ", ".join("the shared codes" if book is None else book.package for book in found)
        raise ValueError(f"codes like {code} belong to several rule books: {names}")
    if not found:
        raise ValueError(
            f"no rule book knows codes like {code}: its spellings lack it, or its family is not declared yet"
        )
    return found[0]


def _knows(spellings: Iterable[str], code: str) -> bool:
    return any(re.fullmatch(spelling, code) for spelling in spellings)


def kinds_of(code: str) -> tuple[str, ...]:
    """Return the kinds of document that a code of DIAN's belongs to.

    Raise ``ValueError`` for a spelling that no rule book knows.
    """
    book = book_with(code)
    if book is None:
        return tuple(kind for each in books() for kind in each.kinds)
    return next(kinds for spelling, kinds in book.spellings.items() if re.fullmatch(spelling, code))


def folders() -> tuple[Path, ...]:
    """Return the folders of tables: those of the families, then that of the shared codes."""
    return (*(book.data for book in books()), DATA)
