"""`hand_out`: what the other side gets of a document that travels in no AttachedDocument."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from .._arguments import checked
from .._viewed import Viewed
from ..errors import InvalidInput
from ..families.spec import DocumentKind, Standing
from ..signing.documents import Signed
from ..ubl.received import Received
from ..verifying.examining import Answered
from .answers import accepted_answer


@checked
@dataclass(frozen=True, slots=True)
class Handout(Viewed):
    """An accepted document on paper, to be mailed by `deliver`: a worker's payslip."""

    document: Any = field(repr=False)
    """The document that it shows."""
    kind: DocumentKind = field(repr=False)
    """Its kind."""
    key: str
    """Its key: CUNE."""
    environment: str | None
    """“1” production, “2” tests; None when the document does not say."""
    pdf: bytes = field(repr=False)
    """What is mailed."""
    pdf_name: str
    """Name of the PDF's file: that of the document's file."""

    @property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the PDF, by which a delivery record identifies it."""
        return sha256(self.pdf).hexdigest()

    @property
    def zip_name(self) -> str:
        """Name of the file that is mailed, for the delivery record."""
        return self.pdf_name


@checked
def hand_out(signed: Signed[Any] | Received[Any], answer: Answered | bytes, *, pdf: bytes) -> Handout:
    """Return what the other side gets of an accepted document of a kind that has no AttachedDocument. Pure.

    ``signed``: the result of ``sign``, or a signed document from ``read``. ``answer``: the result of sending it, or the
    bytes of DIAN's ApplicationResponse. ``pdf``: as ``render_pdf(signed, answer=answer)`` returns it.

    Raise ``NotAccepted`` when DIAN has not accepted the document, ``ForeignAnswer`` when the answer is about another
    one, and ``InvalidInput`` for another kind and for what is no PDF.
    """
    if signed.kind.delivered or signed.kind.standing is not Standing.DOCUMENT:
        raise InvalidInput.of("delivery.packed", field="signed", found=signed.kind.name, label=signed.kind.label)
    if not pdf.startswith(b"%PDF-"):
        raise InvalidInput.of("delivery.not_a_pdf", field="pdf", found=repr(pdf[:8]))
    document, key = signed.document, signed.key or ""
    accepted_answer(answer, document=document, key=key)
    named = re.sub("[^0-9A-Za-z]", "_", f"{signed.kind.name}_{document.number}")
    stem = signed.built.name.stem if isinstance(signed, Signed) else named
    return Handout(document, signed.kind, key, signed.control.environment, pdf, f"{stem}.pdf")
