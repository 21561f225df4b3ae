"""The events and the notes of an invoice, as GetStatusEvent and GetReferenceNotes return them.

Both answer with an ApplicationResponse that has one cac:DocumentResponse for each event or note (as two independent
clients in live use read it). How an invoice without any is answered is not established. Parsing is lenient, and
whatever is not understood is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from .. import _xmlsafe
from .._arguments import checked
from .._shown import shown
from .._viewed import Viewed
from ..catalogs import catalog
from ..catalogs.identification import DIAN_NIT
from ..errors import UnreadableDocument
from ..events.timeline import EventHistory, InvoiceState, RegisteredEvent, RegisteredParty
from ..families.registry import find_type
from ..models._dates import to_bogota
from ..models.application_response import VERDICTS
from .answers import KEY, Standing, Status
from .responses import Answered, NoteConcept, answered, moment_of, party, text
from .soap import begins, child, local_name

_WITHOUT_ANY: Final = frozenset({Standing.ACCEPTED, Standing.NOT_FOUND})
"""Answers without XML that mean no events or notes."""
_CREDIT: Final = "91"


@checked
@dataclass(frozen=True, slots=True)
class InvoiceEvents(Viewed):
    """DIAN's events of an invoice: ``history`` for the next event, ``status`` as received."""

    history: EventHistory
    status: Status = field(repr=False)
    problems: tuple[str, ...] = ()
    """Parts of the answer that were not understood, in Spanish. See ``history.unread`` too."""

    @property
    def state(self) -> InvoiceState:
        """The invoice's state."""
        return self.history.state

    def __str__(self) -> str:
        """Return the history and the problems, one line each."""
        others = (problem for problem in self.problems if problem not in self.history.unread)
        return "\n".join((str(self.history), *(f"  Problema: {shown(problem)}" for problem in others)))


@checked
@dataclass(frozen=True, slots=True)
class ReferenceNote(Viewed):
    """A note that corrects a document, as DIAN has it."""

    code: str
    """Type of document: 91 credit note, 92 debit note, 95 adjustment note of a support document."""
    number: str
    key: str
    """CUDE, in lower case; empty when DIAN names none."""
    description: str = ""
    effective_at: datetime | None = None
    """EffectiveDate and EffectiveTime, in Colombian time."""
    order: int | None = None
    """Counter of the note within the invoice (Response/ReferenceID)."""
    concepts: tuple[NoteConcept, ...] = ()
    issuer: RegisteredParty | None = None
    recipient: RegisteredParty | None = None
    references: tuple[tuple[str, str], ...] = ()
    """Number and key of every document that the answer names for this note; the first are ``number`` and ``key``."""

    @property
    def is_credit(self) -> bool:
        """True for a credit note."""
        return self.code == _CREDIT

    @property
    def concept_labels(self) -> tuple[str, ...]:
        """The concepts in words: those of the list, or DIAN's own for a code that is not in it."""
        kind = find_type(self.code)
        known = catalog(kind.concepts) if kind is not None and kind.concepts else None
        return tuple(
            each.description or each.code if known is None or each.code not in known else known.label(each.code)
            for each in self.concepts
        )

    def __str__(self) -> str:
        """Return kind, number, date, concepts and key on one line."""
        known = find_type(self.code)
        kind = "documento que no se conoce" if known is None else known.label[:1].lower() + known.label[1:]
        when = "sin fecha conocida" if self.effective_at is None else self.effective_at.isoformat()
        parts = (f"{self.code} {kind}".strip(), self.number, when, "; ".join(self.concept_labels), self.key)
        return shown(" · ".join(part for part in parts if part))


@checked
@dataclass(frozen=True, slots=True)
class ReferenceNotes(Viewed):
    """DIAN's notes that correct an invoice, to iterate over; ``status`` as received."""

    notes: tuple[ReferenceNote, ...]
    key: str
    """CUFE of the invoice, in lower case."""
    status: Status = field(repr=False)
    unread: tuple[str, ...] = ()
    """Parts of the answer that were not understood, in Spanish: there may be more notes than these."""

    def __iter__(self) -> Iterator[ReferenceNote]:
        """Return an iterator over the notes."""
        return iter(self.notes)

    def __len__(self) -> int:
        """Return the number of notes."""
        return len(self.notes)

    def __str__(self) -> str:
        """Return the notes and what was not understood, one line each."""
        lines = [f"Notas del documento: {len(self.notes)}."]
        lines += [f"  {note}" for note in self.notes]
        lines += [f"  Sin leer: {shown(problem)}" for problem in self.unread]
        return "\n".join(lines)


def events_of(status: Status, key: str) -> InvoiceEvents:
    """Return the events in an answer of GetStatusEvent for the invoice of that CUFE.

    Without events DIAN may say that it does not find the key; an unknown invoice gives the same answer, and both give
    an empty history. Whether the times are those of the signatures is not established.

    An answer that cannot be read, or lacks the code of an event, does not prove that there is none: the history keeps
    it as ``unread``, so that no event is judged as if nothing had been registered.
    """
    invoice = key.lower()
    problems: list[str] = []
    unread: list[str] = []
    if status.standing is Standing.NOT_FOUND:
        problems.append(f"la DIAN no entrega eventos de esta clave: {status.text}")
    events: list[RegisteredEvent] = []
    for root in _answers(status, "evento", unread):
        events += _events(root, invoice, problems, unread)
    unique: dict[object, RegisteredEvent] = {}
    for event in events:  # the same document twice in a ZIP is one event; two without key may be two
        unique.setdefault((event.key, event.code, event.number) if event.key else id(event), event)
    history = EventHistory.of(unique.values(), key=invoice, unread=unread)
    return InvoiceEvents(history, status, (*unread, *problems))


def notes_of(status: Status, key: str) -> ReferenceNotes:
    """Return the notes in an answer of GetReferenceNotes for the invoice of that CUFE.

    Notes are read whatever IsValid and StatusCode say. They come in the order of their counter when each has one, else
    of their moment, those without it last.
    """
    unread: list[str] = []
    notes: list[ReferenceNote] = []
    for root in _answers(status, "nota", unread):
        for answer in answered(root):
            if answer.code in VERDICTS:
                continue
            if not answer.code or not answer.reference[0]:
                unread.append("una de las respuestas no indica el tipo o el número de su nota.")
            notes.append(_note(answer))
    if all(note.order is not None for note in notes):
        notes.sort(key=lambda note: note.order or 0)
    else:
        notes.sort(key=lambda note: (note.effective_at is None, note.effective_at and note.effective_at.timestamp()))
    return ReferenceNotes(tuple(notes), key.lower(), status, tuple(unread))


def _answers(status: Status, what: str, unread: list[str]) -> Iterator[Any]:
    """Yield every parsed XML of an answer; report unreadable ones, and answers that do not prove that none exist."""
    try:
        responses = status.responses
    except UnreadableDocument as error:
        unread.append(f"la respuesta no se puede leer: {error}")
        return
    if not responses and status.standing not in _WITHOUT_ANY:
        none = {"nota": "ninguna nota", "evento": "ningún evento"}[what]
        unread.append(f"la DIAN respondió {status.code or 'sin código'} y {none}: {status.text}")
    for xml in responses:
        try:
            root = _xmlsafe.parse(xml, tolerant=True)
        except UnreadableDocument as error:
            unread.append(f"la respuesta no se puede leer: empieza por {begins(xml, 80)}. {error}")
            continue
        if local_name(root) != "ApplicationResponse" and next(root.iter("{*}DocumentResponse"), None) is None:
            unread.append(f"la respuesta no es un ApplicationResponse: {local_name(root)}")
        elif sum(1 for _ in root.iter("{*}DocumentResponse")) > len(list(answered(root))):
            unread.append("la respuesta trae cac:DocumentResponse donde no van, y no se leyeron.")
        yield root


def _events(root: Any, invoice: str, problems: list[str], unread: list[str]) -> Iterator[RegisteredEvent]:
    answers = list(answered(root))
    sent_by_a_party = text(root, "SenderParty", "PartyTaxScheme", "CompanyID") not in {"", DIAN_NIT}
    for answer in answers:
        if answer.code in VERDICTS:
            continue
        if not answer.code:
            unread.append("una de las respuestas no indica el código de su evento.")
            continue
        number, key = answer.reference
        issuer, recipient, moment = answer.issuer, answer.recipient, answer.stated_at
        if key == invoice and len(answers) == 1 and sent_by_a_party:
            # The event's own document: what it refers to is the invoice.
            number, key = text(root, "ID"), text(root, "UUID").lower()
            moment = next((moment_of((each.text or "").strip()) for each in root.iter("{*}SigningTime")), None)
            issuer, recipient = party(child(root, "SenderParty")), party(child(root, "ReceiverParty"))
        elif key == invoice:
            number, key = "", ""
        elif key and not KEY.fullmatch(key):
            problems.append(f"la clave del evento {answer.code} {number} no es un CUDE: {key[:100]}")
            key = ""
        if moment is None:
            problems.append(f"no se sabe cuándo se firmó el evento {answer.code} {number}.".replace(" .", "."))
        yield RegisteredEvent(answer.code, number, moment, key, answer.order, answer.description, issuer, recipient)


def _note(answer: Answered) -> ReferenceNote:
    number, key = answer.reference
    return ReferenceNote(
        code=answer.code,
        number=number,
        key=key,
        description=answer.description,
        effective_at=None if answer.stated_at is None else to_bogota(answer.stated_at),
        order=answer.order,
        concepts=answer.lines,
        issuer=answer.issuer,
        recipient=answer.recipient,
        references=answer.references,
    )
