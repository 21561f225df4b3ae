"""Runs the rules: which apply is settled once per kind, annex version and parts at hand, so a check only runs them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import localcontext
from functools import cache
from itertools import groupby, starmap
from operator import attrgetter
from typing import NamedTuple

from .._arguments import checked
from ..errors import MissingDatum
from ..faults import Certainty, Fault, Severity
from ..models.totals import EXACT
from .book import RuleBook, Version, book_of, books
from .certainty import certainty_of
from .context import Context
from .facts import Words, library_words, severity_of, words
from .registry import Check, Finding, Rule, When, covered, registered
from .report import NO_RULES, NotEvaluated, Report
from .subject import NEEDS, Need, Subject

MOST_OF_A_CODE = 5000
"""Most findings under one code, as one in each line of a long invoice."""
_SILENT = Words("El documento no cumple esta regla de la DIAN.", "")


class _Plan(NamedTuple):
    """What a check runs."""

    checks: tuple[tuple[When | None, tuple[tuple[Check, Rule], ...]], ...]
    """The rules in order, those in a row that concern the same documents together."""
    not_evaluated: tuple[NotEvaluated, ...]


@checked
def check(subject: Subject, *, annex: str | None = None) -> Report:
    """Return the report on a document by every rule that applies to its kind.

    The version of the norm is that of the day of issue unless ``annex`` says another ("1.8") that its rule book has.
    Rules that need what the subject does not have are listed in ``not_evaluated``. Raise ``ValueError`` for a version
    that no rule book has.
    """
    book = book_of(subject.kind)
    if book is None:
        return Report((), (NO_RULES,), None)
    version = _version(book, subject, annex)
    context = Context(subject, version)
    parts = frozenset(part for part in NEEDS if getattr(subject, part) is not None)
    plan = _plan(subject.kind, version, parts, books())
    faults: list[Fault] = []
    lacking: list[NotEvaluated] = []
    with localcontext(EXACT):
        for when, checks in plan.checks:
            try:
                if when is not None and not when(context):
                    continue
            except MissingDatum as error:  # a received document: missing data are not guessed
                lacking += [_lacking(rule, error) for _, rule in checks]
                continue
            for function, rule in checks:
                found = None
                try:
                    for finding in function(context):
                        if found is None:  # most rules find nothing
                            found = _Faults(rule, subject)
                        found.add(finding, faults)
                    if found is not None:
                        faults += found.last()
                except MissingDatum as error:
                    lacking.append(_lacking(rule, error))
    rest = () if covered(subject.kind, subject.document) else (NO_RULES,)
    return Report(tuple(faults), (*plan.not_evaluated, *lacking, *rest), version.name)


def _lacking(rule: Rule, error: MissingDatum) -> NotEvaluated:
    return NotEvaluated(rule.code, (error.field or "document",))


class _Faults:
    """The faults of a rule; those after the first `MOST_OF_A_CODE` of a severity are counted in the last one."""

    __slots__ = ("_counts", "_known", "_last", "_rule", "_subject")

    def __init__(self, rule: Rule, subject: Subject) -> None:
        self._rule = rule
        self._subject = subject
        self._known = _known(rule.code, books())
        self._counts: dict[Severity | None, int] = {}
        self._last: dict[Severity | None, Fault] = {}

    def add(self, finding: Finding, faults: list[Fault]) -> None:
        """Add the fault of a finding to others, or count it."""
        count = self._counts[finding.severity] = self._counts.get(finding.severity, 0) + 1
        if count < MOST_OF_A_CODE:
            faults.append(_fault(self._rule, finding, self._subject, self._known))
        elif count == MOST_OF_A_CODE:
            self._last[finding.severity] = _fault(self._rule, finding, self._subject, self._known)

    def last(self) -> Iterator[Fault]:
        """Yield the last fault kept of each severity that reached the limit, with the count of those after it."""
        for severity, fault in self._last.items():
            more = self._counts[severity] - MOST_OF_A_CODE
            yield replace(fault, message=f"{fault.message} Hay {more} más de este código.") if more else fault


def _version(book: RuleBook, subject: Subject, wanted: str | None) -> Version:
    if wanted is not None:
        known = book.version(wanted)
        if known is not None:
            return known
        if not any(each.version(wanted) for each in books()):
            raise ValueError(f"no rule book has a version called {wanted}")
    if subject.issued_on is not None:
        return book.in_force(subject.issued_on)
    issued_at = getattr(subject.document, "issued_at", None)
    return book.current if issued_at is None else book.in_force(issued_at.date())


@cache
def _plan(kind: str, version: Version, parts: frozenset[Need], known: tuple[RuleBook, ...]) -> _Plan:
    rules = [rule for rule in registered().values() if kind in rule.kinds and rule.in_force(version.name)]
    missing = ((rule.code, tuple(sorted(rule.needs - parts))) for rule in rules if not rule.needs <= parts)
    rows = groupby((rule for rule in rules if rule.needs <= parts), attrgetter("when"))
    checks = ((when, tuple((rule.function, rule) for rule in row)) for when, row in rows)
    return _Plan(tuple(checks), tuple(starmap(NotEvaluated, missing)))


def _fault(rule: Rule, finding: Finding, subject: Subject, known: tuple[Words, Severity, Certainty]) -> Fault:
    """Make the fault of a finding: code, severity and texts are those of the code, the place is given both ways."""
    said, usual, certainty = known
    path, found, expected, message, node, attribute, severity = finding
    path, xpath = path or ("" if node is not None else rule.path), ""
    if subject.places is not None:
        if node is not None:
            xpath = subject.places.where(node, attribute)
            path = path or subject.places.path(xpath)
        else:
            xpath = subject.places.xpath(path)
    return Fault(
        rule.code,
        severity or usual,
        message or said.message,
        path,
        xpath,
        said.hint,
        expected=None if expected is None else str(expected),
        found=None if found is None else str(found),
        certainty=certainty,
    )


@cache
def _known(code: str, _: tuple[RuleBook, ...]) -> tuple[Words, Severity, Certainty]:
    """Return the facts of a code in the tables of these books."""
    said = words().get(code) or library_words().get(code, _SILENT)
    return said, severity_of(code), certainty_of(code)
