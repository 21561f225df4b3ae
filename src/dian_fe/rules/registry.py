"""Where rules are registered: one function per rule, with its codes, place, annex versions and needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from ..families.spec import absolute
from ..faults import Severity
from .book import RuleBook, book_of, book_with, books, kinds_of
from .subject import Need

if TYPE_CHECKING:
    from .context import Context


class Finding(NamedTuple):
    """One fault found by a rule.

    Its place is given by ``path`` (model path) or by ``node`` (with ``attribute``); by default it is the rule's own
    path. ``found`` and ``expected`` are shown as texts. ``message`` and ``severity`` override those of the code.
    """

    path: str = ""
    found: object = None
    expected: object = None
    message: str | None = None
    node: Any = None
    attribute: str | None = None
    severity: Severity | None = None


Check = Callable[["Context"], Iterable[Finding]]
"""A rule's function: yields findings, none for a good document."""
When = Callable[["Context"], object]
"""Selects the documents of rules: those for which it is true."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A registered rule, for one code."""

    code: str
    kinds: tuple[str, ...]
    function: Check
    path: str
    needs: frozenset[Need]
    since: str | None
    until: str | None
    book: RuleBook | None
    """None for a shared code."""
    when: When | None = None
    """What a document must have or be for the rule to concern it; asked once for all rules in a row that share it: it
    saves a tenth of all rules on an invoice of ten lines (`benchmarks`, goal 12)."""

    def in_force(self, version: str) -> bool:
        """True if documents under a version of the norm are judged by it."""
        if self.book is None:
            return True
        order = self.book.order
        first = self.since is None or order(version) >= order(self.since)
        return first and (self.until is None or order(version) <= order(self.until))


_RULES: dict[str, Rule] = {}


def register(
    code: str,
    function: Check,
    *,
    path: str = "",
    needs: Iterable[Need] = ("document",),
    since: str | None = None,
    until: str | None = None,
    kinds: tuple[str, ...] = (),
    when: When | None = None,
) -> None:
    """Register a function for one code of DIAN's, or for one of the library's own with its ``kinds``.

    ``path`` is the model path that it is about; ``since`` and ``until`` are versions of the norm ("1.9"); ``when``
    selects the documents, by what all of them have that the rule can find fault with. A code of the
    library's own may be registered again with its function, for kinds of another family. Raise ``ValueError`` if a code
    has another function already, and for a code of DIAN's that no rule book knows.
    """
    known = _RULES.get(code)
    if known is not None and kinds and known.function is function and not set(kinds) & set(known.kinds):
        _RULES[code] = replace(known, kinds=(*known.kinds, *kinds))
        return
    if known is not None:
        homes = f"{_RULES[code].function.__module__}, {function.__module__}"
        raise ValueError(f"the rule {code} is registered twice: {homes}")
    book = book_of(kinds[0]) if kinds else book_with(code)
    _RULES[code] = Rule(
        code=code,
        kinds=kinds or kinds_of(code),
        function=function,
        path=path,
        needs=frozenset(needs),
        since=_version(book, since),
        until=_version(book, until),
        book=book,
        when=when,
    )


def _version(book: RuleBook | None, name: str | None) -> str | None:
    """Return the name of a version; raise ``ValueError`` for one that the book lacks. None stays None."""
    if name is None:
        return None
    found = None if book is None else book.version(name)
    if found is None:
        raise ValueError(f"no version of the rule book is called {name}")
    return found.name


def add(codes: Iterable[str], function: Check, path: str = "", **details: Any) -> None:
    """Register a function for several codes: those of the invoice and of the notes are one rule."""
    for code in codes:
        register(code, function, path=path, **details)


def rule(*codes: str, path: str = "", **details: Any) -> Callable[[Check], Check]:
    """Register the decorated function for its codes, with the ``details`` that `register` takes."""

    def decorate(function: Check) -> Check:
        add(codes, function, path, **details)
        return function

    return decorate


_COVERS: dict[str, Callable[[Any], bool]] = {}


def cover(kind: str, function: Callable[[Any], bool]) -> None:
    """Register the function that selects the documents of a kind with all their rules, if not all have them."""
    _COVERS[kind] = function


def covered(kind: str, document: Any) -> bool:
    """True if the rule book of the kind has all rules of the document."""
    function = _COVERS.get(kind)
    return document is None or function is None or function(document)


def own_rule(code: str, *kinds: str, path: str, needs: Iterable[Need] = ("document",)) -> Callable[[Check], Check]:
    """Register the decorated function for a code of the library's own, of one kind of document or several."""
    return rule(code, path=path, needs=needs, kinds=kinds)


def registered() -> Mapping[str, Rule]:
    """Return every rule of the declared families by its code."""
    return _registered(books())


@cache
def _registered(known: tuple[RuleBook, ...]) -> Mapping[str, Rule]:
    import_module(".common_rules", __package__)
    for book in known:
        for name in book.modules:
            import_module(absolute(name, book.package))
    kinds = {kind for book in known for kind in book.kinds}
    return {
        code: replace(rule, kinds=judged)
        for code, rule in _RULES.items()
        if (judged := kinds_of(code) if rule.book is None else tuple(kind for kind in rule.kinds if kind in kinds))
    }
