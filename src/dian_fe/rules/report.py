"""The report of a check: the faults, and the rules that could not be judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from .._shown import MOST_SHOWN, brief
from .._viewed import Viewed
from ..faults import Fault, may_reject

ALL_RULES = "*"
"""The code of the `NotEvaluated` for a kind of document without a rule book."""


@dataclass(frozen=True, slots=True)
class NotEvaluated(Viewed):
    """A rule that could not be judged, because something that it needs is missing."""

    code: str
    """DIAN's code; `ALL_RULES` for a document of a kind without a rule book."""
    needs: tuple[str, ...]
    """Missing parts of the `Subject`: ``issuer``, ``original``, ``clock``, ``xml``, …; ``rules`` of `ALL_RULES`."""

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form of the command line."""
        return {"code": self.code, "needs": list(self.needs)}


NO_RULES = NotEvaluated(ALL_RULES, ("rules",))
"""The entry of ``not_evaluated`` for a kind without a rule book."""


@dataclass(frozen=True, slots=True)
class Report(Viewed):
    """The faults that a check found, and the rules that could not be judged.

    That of a container has a report for each of its ``parts``: iterating, ``len`` and every property are about the
    document and all its parts, the fields about the document alone. Only ``rejected`` is reason to stop; ``rejects``
    includes likely rejections too. ``ok`` says whether a document may be sent. A report is falsy if rules judged the
    document and found nothing.
    """

    own_faults: tuple[Fault, ...]
    """Every finding about the document itself; not those of its parts."""
    not_evaluated: tuple[NotEvaluated, ...]
    """Rules that lacked data to judge: they did not pass."""
    annex: str | None
    """The version of the norm that judged ("1.9"); None if no rules judged it."""
    parts: tuple[Report, ...] | None = None
    """Reports on the documents inside, in order; None for anything but a container."""
    name: str = ""
    """Name of the document, in a container's report."""

    def __iter__(self) -> Iterator[Fault]:
        """Yield the faults; those of parts follow those of their container."""
        for report in self.walk():
            yield from report.own_faults

    def __len__(self) -> int:
        """Return the number of faults."""
        return sum(len(report.own_faults) for report in self.walk())

    def __bool__(self) -> bool:
        """True if there is something to report: a fault, or a document that no rules judged."""
        return len(self) > 0 or not self.judged

    def __str__(self) -> str:
        """Return the verdict, the findings, one per line, and what was not judged."""
        if self.rejected:
            verdict = "la DIAN lo rechaza"
        elif self.may_reject:
            verdict = "la DIAN podría rechazarlo"
        else:
            verdict = "nada que la DIAN rechace" if self.judged else "no hay reglas para este tipo de documento"
        faults = list(islice(self, MOST_SHOWN))
        more = len(self) - len(faults)
        lines = [f"{self.name or 'Revisión'}: {verdict}", *map(str, faults)]
        if more:
            lines.append(f"… y {more} más")
        if any(report.not_evaluated for report in self.walk()):
            lines.append(f"Sin evaluar: {self.unjudged}")
        return "\n".join(lines)

    def walk(self) -> Iterator[Report]:
        """Yield this report and those of its parts, each before its parts."""
        yield self
        for part in self.parts or ():
            yield from part.walk()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Every finding, those of the parts included."""
        return tuple(self)

    @property
    def rejects(self) -> bool:
        """True if DIAN refuses the document, or one inside it, surely or likely: ``rejected`` or ``may_reject``."""
        return any(fault.rejects for fault in self)

    @property
    def rejected(self) -> tuple[Fault, ...]:
        """The confirmed rejections: a document with any of them must not be sent."""
        return tuple(fault for fault in self if fault.stops)

    @property
    def may_reject(self) -> tuple[Fault, ...]:
        """The likely rejections: a source states them, but no known answer of DIAN confirms them."""
        return tuple(fault for fault in self if fault.rejects and not fault.stops)

    @property
    def judged(self) -> bool:
        """True if rules judged every document in it: none is of a kind without a rule book."""
        return not any(item.code == ALL_RULES for report in self.walk() for item in report.not_evaluated)

    @property
    def ok(self) -> bool:
        """True if rules judged every document and nothing ``rejects``.

        Neither doubtful rejections nor rules that lacked context (``not_evaluated``) make it false.
        """
        return self.judged and not self.rejects

    __repr__ = brief

    @property
    def unjudged(self) -> str:
        """What was not judged, in Spanish: the number of rules for lack of data, and of documents without rules."""
        missing = [item for report in self.walk() for item in report.not_evaluated]
        kinds = sum(item.code == ALL_RULES for item in missing)
        told = f"{len(missing) - kinds} reglas, por falta de datos"
        return told + (f"; {kinds} documentos de un tipo sin reglas" if kinds else "")

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form of the command line; ``name`` and ``parts`` are included if not empty.

        ``rejected`` and ``may_reject`` are booleans: there is a confirmed rejection; there is none, but a likely one.
        """
        result: dict[str, Any] = {"name": self.name} if self.name else {}
        result |= {"ok": self.ok, "rejected": bool(self.rejected), "may_reject": may_reject(self)}
        result["faults"] = [fault.as_dict() for fault in self.own_faults]
        result["not_evaluated"] = [item.as_dict() for item in self.not_evaluated]
        if self.parts is not None:
            result["parts"] = [part.as_dict() for part in self.parts]
        return result
