"""Whether an answer is DIAN's, and about this document: a check for delivery and for the graphic representation."""

from __future__ import annotations

from typing import Any, cast

from ..catalogs.identification import DIAN_NIT
from ..errors import ForeignAnswer
from ..families.registry import standing_of
from ..families.spec import Standing
from ..models.application_response import ApplicationResponse


def answer_about(response: object, *, number: str, key: str) -> ApplicationResponse:
    """Return a response that is DIAN's and is about the document of that key; raises ``ForeignAnswer`` otherwise."""
    sender = getattr(getattr(response, "sender", None), "id", None)
    if standing_of(response) is not Standing.ANSWER or sender != DIAN_NIT:
        raise ForeignAnswer.of(
            "ubl.foreign_answer",
            field="answer",
            found=sender if standing_of(response) is Standing.ANSWER else type(response).__name__,
            DIAN_NIT=DIAN_NIT,
        )
    if (getattr(response, "reference_key", None) or "").lower() != key.lower():
        raise ForeignAnswer.of(
            "ubl.answer_about_another",
            field="answer",
            response=getattr(response, "reference", None),
            found_key=getattr(response, "reference_key", None),
            number=number,
            of_key=key,
        )
    answer: ApplicationResponse = cast("Any", response)
    return answer
