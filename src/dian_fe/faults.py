"""A fault: one finding about a document, in the same form whoever found it.

Local rules, the XSD, the signature's verification, readiness and DIAN's own answers all speak in ``Fault``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._display import Html


class Severity(StrEnum):
    """How DIAN takes a fault (annex 1.9, section 2: «Rechazo», «Notificación»)."""

    RECHAZO = "RECHAZO"
    """The document is refused."""
    NOTIFICACION = "NOTIFICACION"
    """The document is accepted and the issuer is told."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One finding.

    ``code`` is DIAN's rule code, or a code of the library in lower case for findings that DIAN has no code for
    (``xsd``, ``unmapped``…). ``path`` is the model path (``lines[0].amount``), ``xpath`` the place in the document's
    own XML. ``message`` and ``hint`` are Spanish. ``expected`` and ``found`` are texts as written. ``source`` says who
    found it: ``local``, ``xsd``, ``signature``, ``dian``.
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

    @property
    def rejects(self) -> bool:
        """Whether the document would be refused."""
        return self.severity is Severity.RECHAZO

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON form used by the command line."""
        return {**asdict(self), "severity": self.severity.value}

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        from ._display import card

        return card(
            f"{self.code} · {self.severity}",
            (
                ("Qué pasa", self.message),
                ("Campo", self.path),
                ("XPath", self.xpath),
                ("Se encontró", self.found),
                ("Se esperaba", self.expected),
                ("Qué hacer", self.hint),
                ("Quién lo halló", self.source),
            ),
        )

    def __str__(self) -> str:
        """Give the finding on one line."""
        place = f" [{self.xpath or self.path}]" if self.xpath or self.path else ""
        known = (("se encontró", self.found), ("se esperaba", self.expected))
        values = ", ".join(f"{word} {value!r}" for word, value in known if value)
        return f"{self.code} {self.severity}{place}: {self.message}{f' ({values})' if values else ''}"


def faults_table(faults: Iterable[Fault], caption: str = "") -> Html:
    """Give findings as a notebook's table, what rejects first; nothing for none."""
    from ._display import table

    return table(
        ("Código", "Gravedad", "Dónde", "Qué pasa", "Se encontró", "Se esperaba", "Qué hacer"),
        (
            (
                fault.code,
                fault.severity,
                fault.path or fault.xpath,
                fault.message,
                fault.found,
                fault.expected,
                fault.hint,
            )
            for fault in sorted(faults, key=lambda fault: not fault.rejects)
        ),
        caption=caption,
    )
