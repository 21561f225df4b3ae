"""`Examination`: the verdicts on each part of a received file, its signature, its key and what it refers to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .._shown import brief
from .._viewed import Viewed
from ..catalogs.identification import DIAN_NIT
from ..families.spec import Standing
from ..faults import Fault
from ..models._missing import datum
from ..models.application_response import VERDICTS
from ..ubl.received import ARCHIVE, OtherFile, Received
from .verdicts import SignatureVerdict, Verification

UNSIGNED = Verification(SignatureVerdict(present=False, valid=None))
"""The verification of files that have no signature by nature: a ZIP, a PDF."""


@dataclass(frozen=True, slots=True)
class Examination(Viewed):
    """What was found about one part, and about those inside it.

    The verdicts are separate: ``verification`` has cryptography, dates, trust and profile of the part's own signature,
    ``key_matches`` the recomputed key, ``findings`` everything else (unsigned, not the document answered, contradicted
    by the container). ``valid`` joins them.
    """

    received: Received[Any] | OtherFile = field(repr=False)
    """The part, as ``read`` returns it."""
    name: str
    """Its name: kind and number, or the file's name."""
    verification: Verification = field(repr=False)
    key_matches: bool | None = None
    """Whether the key matches data and secret; None: no secret known, or no key."""
    findings: tuple[Fault, ...] = ()
    parts: tuple[Examination, ...] = ()
    __repr__ = brief

    @property
    def kind(self) -> str:
        """Name of the kind: ``zip``, ``attached_document``, ``invoice``, ``application_response``, ``file``, …"""
        return self.received.kind_name if isinstance(self.received, OtherFile) else self.received.kind.name

    @property
    def document(self) -> Any:
        """The model of the part; None for a file that is not a document."""
        return getattr(self.received, "document", None)

    @property
    def key(self) -> str | None:
        """CUFE or CUDE as written in the part."""
        return getattr(self.received, "key", None)

    @property
    def signed(self) -> bool:
        """True if it has a signature, good or bad."""
        return self.verification.signature.present

    @property
    def trusted(self) -> bool | None:
        """True if its certificate's path leads to a trusted anchor; None: not asked, or nothing to judge."""
        return self.verification.trust.trusted

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What was found about this part, not those inside it: its signature's verdicts, then the other findings."""
        return (*self.verification.faults, *self.findings)

    @property
    def holds(self) -> bool:
        """True if nothing is wrong with this part, whatever is inside it."""
        return self.verification.signature.valid is not False and not any(fault.rejects for fault in self.faults)

    @property
    def valid(self) -> bool:
        """True if nothing is wrong with this part or any inside it. Trust, revocation and key count if asked for."""
        return all(part.holds for part in self.walk())

    def walk(self) -> Iterator[Examination]:
        """Yield this part and every one inside it, each before its parts."""
        yield self
        for part in self.parts:
            yield from part.walk()

    @property
    def sales(self) -> tuple[Examination, ...]:
        """The invoices and notes here and inside, however deep."""
        return tuple(part for part in self.walk() if is_document(part.received))

    @property
    def answers(self) -> tuple[Examination, ...]:
        """DIAN's answers here and inside."""
        return tuple(part for part in self.walk() if is_answer(part.received))

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form of the command line's ``verify``, with every part in the same form."""
        return {
            **self.verification.as_dict(),
            "valid": self.valid,
            "kind": self.kind,
            "name": self.name,
            "key": {"matches": self.key_matches},
            "faults": [fault.as_dict() for fault in self.findings],
            "parts": [part.as_dict() for part in self.parts],
        }


def is_document(part: Received[Any] | OtherFile) -> bool:
    """True for a document that stands for itself: an invoice, a note, one of another family."""
    return isinstance(part, Received) and part.kind.standing is Standing.DOCUMENT and bool(part.kind.root)


def is_container(part: Received[Any] | OtherFile) -> bool:
    """True for an AttachedDocument."""
    return isinstance(part, Received) and part.kind.standing is Standing.CONTAINER


def is_answer(part: Received[Any] | OtherFile) -> bool:
    """True for what claims to be DIAN's answer about a document: by its sender, or by a code that only DIAN gives."""
    by_dian = datum(part, "document.sender.id") == DIAN_NIT or datum(part, "document.code") in VERDICTS
    return is_answer_form(part) and by_dian


def is_answer_form(part: Received[Any] | OtherFile) -> bool:
    """True for what has the form of an answer of DIAN's, whoever sends it."""
    return isinstance(part, Received) and part.kind.standing is Standing.ANSWER


def is_event(part: Received[Any] | OtherFile) -> bool:
    """True for an ApplicationResponse that is not DIAN's: an event about a document, of a known code or not."""
    return (
        isinstance(part, Received) and part.kind.standing in {Standing.EVENT, Standing.ANSWER} and not is_answer(part)
    )


def name_of(part: Received[Any] | OtherFile) -> str:
    """Return the name of a part."""
    if isinstance(part, OtherFile):
        return part.name or part.media_type
    if part.kind is ARCHIVE:
        return part.name or part.kind.title
    number = getattr(part.document, "number", None)
    if is_answer(part):
        return f"respuesta de la DIAN {number}"
    if is_event(part):
        return f"evento {datum(part.document, 'code')} {number}"
    return " ".join(filter(None, (part.kind.title, number)))
