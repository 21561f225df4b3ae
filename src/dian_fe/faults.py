"""A fault: one finding about a document, in the same form whoever found it.

Local rules, the XSD, the signature's verification, readiness and DIAN's own answers all speak in ``Fault``.
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
    """How DIAN takes a fault (annex 1.9, section 2: «Rechazo», «Notificación»), or that it is advice of the library."""

    RECHAZO = "RECHAZO"
    """The document is refused."""
    NOTIFICACION = "NOTIFICACION"
    """The document is accepted and the issuer is told."""
    CONSEJO = "CONSEJO"
    """Advice of the library's own, under a code in lower case: DIAN says nothing of it, and it never stops anything."""


class Certainty(Labelled):
    """How sure it is that DIAN takes a fault as its severity says."""

    CONFIRMADA = "confirmed", "confirmada"
    """An answer of DIAN to a real document shows it, and no accepted document contradicts it."""
    PROBABLE = "likely", "probable"
    """The annex or a catalogue of rejections says so, and no accepted document contradicts it."""
    DUDOSA = "doubtful", "dudosa"
    """Sources differ, or there is only a weak one."""


@dataclass(frozen=True, slots=True)
class Fault(Viewed):
    """One finding.

    ``code`` is DIAN's rule code, or a code of the library in lower case for findings that DIAN has no code for
    (``xsd``, ``unmapped``…). ``path`` is the model path (``lines[0].amount``), ``xpath`` the place in the document's
    own XML. ``message`` and ``hint`` are Spanish. ``expected`` and ``found`` are texts as written. ``source`` says who
    found it: ``local``, ``xsd``, ``signature``, ``dian``. ``certainty`` says how sure ``severity`` is: of a local rule
    that of its code; what DIAN itself answered, an invalid schema, a signature that does not hold and a key that does
    not match are confirmed.
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
        """Severity, and how sure it is unless it is confirmed or advice: «RECHAZO probable»."""
        sure = self.certainty is Certainty.CONFIRMADA or self.severity is Severity.CONSEJO
        return str(self.severity) if sure else f"{self.severity} {self.certainty.label}"

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form used by the command line."""
        return {**asdict(self), "severity": self.severity.value, "certainty": self.certainty.value}

    @classmethod
    @checked
    def from_dict(cls, data: Mapping[str, Any]) -> Fault:
        """Return the fault of what ``as_dict`` gave; ``certainty`` may be missing, older versions did not have it.

        Raise ``KeyError``, ``TypeError`` or ``ValueError`` for anything else.
        """
        known = {"severity": Severity(data["severity"])}
        certainty = Certainty(data.get("certainty", Certainty.CONFIRMADA))
        return cls(**{**data, **known, "certainty": certainty})

    def __str__(self) -> str:
        """Return the finding on one line; what cannot be seen of the document's own texts is escaped."""
        place = f" [{self.xpath or self.path}]" if self.xpath or self.path else ""
        known = (("se encontró", self.found), ("se esperaba", self.expected))
        values = ", ".join(f"{word} {clipped(value)!r}" for word, value in known if value)
        return shown(f"{self.code} {self.verdict}{place}: {self.message}{f' ({values})' if values else ''}")


MAY_REJECT = "La DIAN podría rechazarlo: ninguna respuesta suya confirma los rechazos probables."
"""What is told of a document in which nothing stops and something is likely to be refused."""


def may_reject(faults: Iterable[Fault]) -> bool:
    """True if nothing surely rejects and something probably does."""
    found = tuple(faults)
    return any(fault.rejects for fault in found) and not any(fault.stops for fault in found)


def foremost(faults: Iterable[Fault]) -> tuple[Sequence[Fault], int]:
    """Return the findings that people are shown, and how many more there are.

    Where not all are shown, what surely rejects comes first, then what probably does.
    """
    found = tuple(faults)
    if len(found) <= MOST_SHOWN:
        return found, 0
    return gravest_first(found)[:MOST_SHOWN], len(found) - MOST_SHOWN


def gravest_first(faults: Iterable[Fault]) -> list[Fault]:
    """Return findings with those that surely reject first, then those that probably do."""
    return sorted(faults, key=lambda fault: (not fault.stops, not fault.rejects))
