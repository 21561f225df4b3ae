"""Runs the rules: which apply is settled once per kind, annex version and parts at hand, so a check only runs them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from ..faults import Fault, Severity, faults_table
from ..models.arithmetic import Exactly
from .context import Context
from .facts import Annex, Words, severity_of, words
from .registry import Check, Finding, Rule, registered
from .subject import NEEDS, Need, Subject

_SILENT = Words("El documento no cumple esta regla de la DIAN.", "")


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A rule that could not be judged: what it needs was not there."""

    code: str
    needs: tuple[str, ...]
    """The missing parts of the `Subject`: ``issuer``, ``original``, ``clock``, ``xml``, …"""

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON form of the command line."""
        return {"code": self.code, "needs": list(self.needs)}


@dataclass(frozen=True, slots=True)
class Report:
    """What a check says: the faults, and the rules that could not be judged.

    That of a container has a report for each of its ``parts``; it gives their faults after its own when it is iterated,
    counted or asked whether it ``rejects``.
    """

    faults: tuple[Fault, ...]
    """Every finding about the document itself, rejections and notifications; not those of its parts."""
    not_evaluated: tuple[NotEvaluated, ...]
    """Rules that lacked something to look at: they did not pass."""
    annex: Annex
    """The version that judged."""
    parts: tuple[Report, ...] | None = None
    """Of what is inside, in its order; None of what is no container."""
    name: str = ""
    """What people call the document, in a container's report."""

    def __iter__(self) -> Iterator[Fault]:
        """Give the faults one after the other."""
        yield from self.faults
        for part in self.parts or ():
            yield from part

    def __len__(self) -> int:
        """Count the faults: a report without any is false."""
        return len(self.faults) + sum(map(len, self.parts or ()))

    @property
    def rejects(self) -> bool:
        """Whether DIAN would refuse the document, or one inside it."""
        return any(fault.severity is Severity.RECHAZO for fault in self)

    def _repr_html_(self) -> str:
        """Show it in a notebook: the verdict, every finding part by part, and what was not judged."""
        from .._display import card, verdict

        rejecting = sum(fault.rejects for fault in self)
        pairs = (
            ("Veredicto", verdict(not rejecting, "nada que la DIAN rechace", f"motivos de rechazo: {rejecting}")),
            ("Hallazgos", str(len(self))),
            ("Anexo", self.annex.value),
            ("Sin evaluar", f"{sum(len(part.not_evaluated) for part in self.walk())} reglas, por falta de datos"),
        )
        tables = (faults_table(part.faults, part.name) for part in self.walk())
        return card(self.name or "Revisión", pairs, *tables)

    def walk(self) -> Iterator[Report]:
        """Give this report and those of its parts, each before its parts."""
        yield self
        for part in self.parts or ():
            yield from part.walk()

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON form of the command line; ``name`` and ``parts`` are there when there is something to say."""
        result: dict[str, Any] = {"name": self.name} if self.name else {}
        result["faults"] = [fault.as_dict() for fault in self.faults]
        result["not_evaluated"] = [item.as_dict() for item in self.not_evaluated]
        if self.parts is not None:
            result["parts"] = [part.as_dict() for part in self.parts]
        return result


class _Plan(NamedTuple):
    """What a check runs."""

    checks: tuple[tuple[Rule, Check], ...]
    not_evaluated: tuple[NotEvaluated, ...]


def check(subject: Subject, *, annex: Annex | str | None = None) -> Report:
    """Judge a document by every rule that applies to its kind.

    The version of the annex is that of the day of issue unless ``annex`` says another ("1.8"). Rules that need what
    the subject does not have are listed in ``not_evaluated``.
    """
    version = Annex(annex) if annex is not None else _annex(subject)
    context = Context(subject, version)
    plan = _plan(subject.kind, version, frozenset(part for part in NEEDS if getattr(subject, part) is not None))
    faults: list[Fault] = []
    with Exactly():
        for rule, function in plan.checks:
            for finding in function(context):
                faults.append(fault_of(rule, finding, subject))
    return Report(tuple(faults), plan.not_evaluated, version)


def _annex(subject: Subject) -> Annex:
    if subject.issued_on is not None:
        return Annex.of(subject.issued_on)
    return Annex.V1_9 if subject.document is None else Annex.of(subject.document.issue_date)


@cache
def _plan(kind: str, annex: Annex, parts: frozenset[Need]) -> _Plan:
    checks: list[tuple[Rule, Check]] = []
    missing: list[NotEvaluated] = []
    for rule in _applying(kind, annex):
        if rule.needs <= parts:
            checks.append((rule, rule.function))
        else:
            missing.append(NotEvaluated(rule.code, tuple(sorted(rule.needs - parts))))
    return _Plan(tuple(checks), tuple(missing))


def _applying(kind: str, annex: Annex) -> Iterator[Rule]:
    for rule in registered().values():
        if kind in rule.kinds and rule.in_force(annex):
            yield rule


def fault_of(rule: Rule, finding: Finding, subject: Subject) -> Fault:
    """Make the fault of a finding: code, severity and words are those of the code, the place is told both ways."""
    said = words().get(rule.code, _SILENT)
    path, xpath = finding.path or ("" if finding.node is not None else rule.path), ""
    if subject.places is not None:
        if finding.node is not None:
            xpath = subject.places.where(finding.node, finding.attribute)
            path = path or subject.places.path(xpath)
        else:
            xpath = subject.places.xpath(path)
    return Fault(
        code=rule.code,
        severity=finding.severity or severity_of(rule.code),
        message=finding.message or said.message,
        path=path,
        xpath=xpath,
        hint=said.hint,
        expected=_text(finding.expected),
        found=_text(finding.found),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
