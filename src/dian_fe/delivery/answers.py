"""Whether DIAN has accepted a document, according to its answer: only an accepted one may be handed over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import NotAccepted
from ..families.registry import model_kind
from ..models.application_response import ApplicationResponse
from ..ubl.answers import answer_about
from ..ubl.reader.document import read_document
from ..verifying.examining import Answered
from .embedding import embeddable

if TYPE_CHECKING:
    from ..models.issuable import Deliverable


@dataclass(frozen=True, slots=True)
class Accepted:
    """DIAN's acceptance: its XML as received, and its model."""

    text: str = field(repr=False)
    response: ApplicationResponse


def accepted_answer(answer: Answered | bytes | None, *, document: Deliverable, key: str) -> Accepted | None:
    """Return DIAN's acceptance of a document; None for one that may be handed over without it.

    Raises ``NotAccepted`` when there is no acceptance, ``ForeignAnswer`` when the answer is not DIAN's or is about
    another document, and the errors of ``read``.
    """
    kind = model_kind(type(document))
    if answer is None and kind is not None and kind.before_answer(getattr(document, "type_code", None)):
        return None
    verdicts = (getattr(answer, name, None) for name in ("accepted", "is_valid"))
    verdict = next((each for each in verdicts if isinstance(each, bool)), None)
    xml = answer if isinstance(answer, bytes) else getattr(answer, "application_response", None)
    if verdict is False or not xml:
        missing = "trae la aceptación pero no su ApplicationResponse" if verdict else "no es una aceptación de la DIAN"
        words = (getattr(answer, name, None) for name in ("status_code", "code", "status_message", "message"))
        status = " ".join(str(word) for word in words if word)
        raise NotAccepted.of(
            "delivery.not_accepted",
            field="answer",
            found=status or ("sin ApplicationResponse" if answer is not None else "sin respuesta"),
            missing=missing,
        )
    text = embeddable(xml, "answer")
    response = answer_about(read_document(text.encode()).document, number=document.number, key=key)
    if not response.accepted:
        raise NotAccepted.of(
            "delivery.rejected", field="answer", found=f"{response.code} {response.description or ''}".strip()
        )
    return Accepted(text, response)
