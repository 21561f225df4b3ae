"""A fault: one finding about a document, in the same form whatever found it.

Local rules, the XSD, the signature's verification, readiness and DIAN's own answers are all `Fault` values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from ._arguments import checked
from ._labelled import Labelled
from ._shown import MOST_SHOWN, clipped, shown
from ._viewed import Viewed


class Severity(StrEnum):
    """What DIAN does about a fault (annex 1.9, section 2: «Rechazo», «Notificación»), or the library's own advice."""

    RECHAZO = "RECHAZO"
    """The document is refused."""
    NOTIFICACION = "NOTIFICACION"
    """The document is accepted and the issuer is notified."""
    CONSEJO = "CONSEJO"
    """Advice of the library's own, under a code in lower case: DIAN has no such rule, and it never stops a document."""


class Certainty(Labelled):
    """How certain it is that DIAN applies the severity of a fault."""

    CONFIRMADA = "confirmed", "confirmada"
    """An answer of DIAN to a real document shows it, and no accepted document contradicts it."""
    PROBABLE = "likely", "probable"
    """The annex or a catalogue of rejections states it, and no accepted document contradicts it."""
    DUDOSA = "doubtful", "dudosa"
    """Sources disagree, or the only one is weak."""


@dataclass(frozen=True, slots=True)
class Fault(Viewed):
    """One finding.

    ``code`` is DIAN's rule code, or a code of the library in lower case for findings that DIAN has no code for
    (``xsd``, ``unmapped``…). ``path`` is the model path (``lines[0].amount``), ``xpath`` the place in the document's
    own XML. ``message`` and ``hint`` are Spanish. ``expected`` and ``found`` are texts as written. ``source`` says who
    found it: ``local``, ``xsd``, ``signature``, ``dian``. ``certainty`` says how certain ``severity`` is: for a local
    rule, that of its code; DIAN's own answers, an invalid schema, an invalid signature and a key that does not match
    are confirmed.
    """

    code: str
    severity: Severity
    message: str
    path: str = ""
    xpath: str = ""
    hint: str = ""
    expected: str | None = None
    found: str | None = None
    source: str = "local"
    certainty: Certainty = Certainty.CONFIRMADA

    @property
    def rejects(self) -> bool:
        """True if DIAN refuses the document for this, surely or probably: a rejection that is not doubtful."""
        return self.severity is Severity.RECHAZO and self.certainty is not Certainty.DUDOSA

    @property
    def stops(self) -> bool:
        """True if this is a confirmed rejection, the only kind of finding that stops sending."""
        return self.severity is Severity.RECHAZO and self.certainty is Certainty.CONFIRMADA

    @property
    def verdict(self) -> str:
        """Severity, with its certainty unless confirmed or advice: «RECHAZO probable»."""
        sure = self.certainty is Certainty.CONFIRMADA or self.severity is Severity.CONSEJO
        return str(self.severity) if sure else f"{self.severity} {self.certainty.label}"

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form used by the command line."""
        return {**asdict(self), "severity": self.severity.value, "certainty": self.certainty.value}

    @classmethod
    @checked
    def from_dict(cls, data: Mapping[str, Any]) -> Fault:
        """Return the fault of an ``as_dict`` form; ``certainty`` may be missing, as in older versions.

        Raise ``KeyError``, ``TypeError`` or ``ValueError`` for anything else.
        """
        known = {"severity": Severity(data["severity"])}
        certainty = Certainty(data.get("certainty", Certainty.CONFIRMADA))
        return cls(**{**data, **known, "certainty": certainty})

    def __str__(self) -> str:
        """Return the finding on one line; invisible characters in the document's texts are escaped."""
        place = f" [{self.xpath or self.path}]" if self.xpath or self.path else ""
        known = (("se encontró", self.found), ("se esperaba", self.expected))
        values = ", ".join(f"{word} {clipped(value)!r}" for word, value in known if value)
        return shown(f"{self.code} {self.verdict}{place}: {self.message}{f' ({values})' if values else ''}")


MAY_REJECT = "La DIAN podría rechazarlo: ninguna respuesta suya confirma los rechazos probables."
"""Text for a document without confirmed rejections that DIAN is likely to refuse."""


def may_reject(faults: Iterable[Fault]) -> bool:
    """True if there are likely rejections and no confirmed ones."""
    found = tuple(faults)
    return any(fault.rejects for fault in found) and not any(fault.stops for fault in found)


def foremost(faults: Iterable[Fault]) -> tuple[Sequence[Fault], int]:
    """Return the findings to show to people, and the number of the rest.

    If not all are shown, confirmed rejections come first, then likely ones.
    """
    found = tuple(faults)
    if len(found) <= MOST_SHOWN:
        return found, 0
    return gravest_first(found)[:MOST_SHOWN], len(found) - MOST_SHOWN


def gravest_first(faults: Iterable[Fault]) -> list[Fault]:
    """Return findings sorted: confirmed rejections first, then likely ones."""
    return sorted(faults, key=lambda fault: (not fault.stops, not fault.rejects))
