"""How certain it is that DIAN applies the severity of a code, with the reason: ``data/certainty.tsv``.

``confirmed`` needs an answer of DIAN to a real document. ``likely`` needs the annex, the catalogue of rejections or a
list, and no accepted document against it. The rest is ``doubtful``. The table has kind, environment and month of the
evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..faults import Certainty
from .facts import by_code, code_facts, sources

EVIDENCE: Mapping[str, str] = {
    "answer": "la DIAN lo respondió de un documento real",
    "told": "la DIAN lo respondió de un documento real, entre otros motivos de rechazo",
    "accepted": "la DIAN lo notificó de documentos que aceptó",
    "contradicted": "la DIAN aceptó documentos que no lo cumplen",
    "sibling": "la DIAN aceptó documentos de otro tipo que no cumplen la misma regla",
    "absent": "el anexo lo rechaza y el catálogo de rechazos de 1.9 no lo trae",
    "conflict": "las fuentes no coinciden",
    "list": "una lista de códigos o un programa que atiende las respuestas de la DIAN",
    "source": "",
    "weak": "una sola fuente débil",
    "unknown": "ninguna fuente dice su gravedad",
    "library": "la librería lo exige; no se conoce el código de la DIAN",
}
"""What the short words of the column ``evidence`` mean; ``source`` is that of ``codes.tsv``."""
_PLACES = {"both": "producción y habilitación", "production": "producción", "habilitación": "habilitación", "": ""}


class Evidence(NamedTuple):
    """A row of ``certainty.tsv`` for one code."""

    certainty: Certainty
    kind: str
    """Short word, explained in `EVIDENCE`."""
    environment: str = ""
    """``production``, ``habilitación``, ``both``; empty when it is not known."""
    month: str = ""
    """Latest month (``2026-08``) or year of it; empty when it is not known."""

    @property
    def when(self) -> str:
        """Environment and month in Spanish."""
        return ", ".join(filter(None, (_PLACES[self.environment], self.month)))


def _evidence(certainty: str, kind: str, environment: str, month: str) -> Evidence:
    if kind not in EVIDENCE:
        raise ValueError(f"certainty.tsv: {kind} is not a kind of evidence")
    return Evidence(Certainty(certainty), kind, environment, month)


evidence = by_code("certainty.tsv", _evidence)
"""Certainty and reason of every code."""


def certainty_of(code: str) -> Certainty:
    """Return the certainty of a code's severity; doubtful for a code that the table lacks."""
    row = evidence().get(code)
    return Certainty.DUDOSA if row is None else row.certainty


def reason_of(code: str) -> str:
    """Return the reason of a code's certainty, in Spanish; empty for a code that the table lacks."""
    row = evidence().get(code)
    if row is None:
        return ""
    facts = code_facts().get(code)
    said = EVIDENCE[row.kind] or (sources()[facts.source] if facts else "")
    return f"{said} ({row.when})" if row.when else said
