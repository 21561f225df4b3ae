"""The events of an invoice as GetStatusEvent tells them.

What that answer holds is not established from any clean source: zero or more cac:DocumentResponse, one per event, is
all that is reported. So everything is taken leniently, wherever it may stand, and what is not understood is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from .. import _xmlsafe
from ..errors import UnreadableDocument
from ..events.calendar import FIRST_YEAR, LAST_YEAR
from ..events.timeline import EventHistory, InvoiceState, RegisteredEvent
from ..models._base import BOGOTA
from ..models.application_response import VERDICTS
from ..ubl.tables.extension import DIAN_NIT
from .answers import KEY, Standing, Status
from .soap import child, local_name

_WITHOUT_EVENTS: Final = frozenset({Standing.ACCEPTED, Standing.NOT_FOUND})
"""Answers that say, without any XML, that there are no events."""
_TIMES: Final = (("Response", "Effective"), ("DocumentReference", "Issue"))
"""Where a date and time of the event may stand: element, and the beginning of the names inside it."""


@dataclass(frozen=True, slots=True)
class InvoiceEvents:
    """What DIAN tells of an invoice's events: ``history`` for the next event, ``status`` as the answer came."""

    history: EventHistory
    status: Status = field(repr=False)
    problems: tuple[str, ...] = ()
    """What of the answer was not understood, in Spanish. What may hide an event is in ``history.unread`` too."""

    @property
    def state(self) -> InvoiceState:
        """Where the invoice stands."""
        return self.history.state

    def __str__(self) -> str:
        """Tell the history and the problems, a line each."""
        others = (problem for problem in self.problems if problem not in self.history.unread)
        return "\n".join((str(self.history), *(f"  Problema: {problem}" for problem in others)))


def events_of(status: Status, key: str) -> InvoiceEvents:
    """Read the answer of GetStatusEvent for the invoice of that CUFE.

    Without events DIAN may say that it does not find the key; that the invoice itself is unknown cannot be told from
    it, and both give an empty history. Whether the times told are those of the signatures is not established.

    An answer that cannot be read, or does not tell the code of an event, is no proof that there is none: the history
    keeps it as ``unread``, so that no event is judged as if nothing had been registered.
    """
    events: list[RegisteredEvent] = []
    problems: list[str] = []
    unread: list[str] = []
    if status.standing is Standing.NOT_FOUND:
        problems.append(f"la DIAN no da eventos de esta clave: {status.text}")
    try:
        responses = status.responses
    except UnreadableDocument as error:
        responses = ()
        unread.append(f"la respuesta no se puede leer: {error}")
    if not responses and status.standing not in _WITHOUT_EVENTS and not unread:
        unread.append(f"la DIAN respondió {status.code or 'sin código'} y ningún evento: {status.text}")
    for xml in responses:
        try:
            root = _xmlsafe.parse(xml, tolerant=True)
        except UnreadableDocument as error:
            unread.append(f"la respuesta no se puede leer: {error}")
            continue
        events += _in(root, key.lower(), problems, unread)
    unique = {(event.code, event.number, event.key): event for event in events}
    history = EventHistory.of(unique.values(), key=key.lower(), unread=unread)
    return InvoiceEvents(history, status, (*unread, *problems))


def _in(root: Any, invoice: str, problems: list[str], unread: list[str]) -> Iterator[RegisteredEvent]:
    answers = list(root.iter("{*}DocumentResponse"))
    if not answers and local_name(root) != "ApplicationResponse":
        unread.append(f"la respuesta no es un ApplicationResponse: {local_name(root)}")
    alone = len(answers) == 1 and _text(root, "SenderParty", "PartyTaxScheme", "CompanyID") not in {"", DIAN_NIT}
    for answer in answers:
        code = _text(answer, "Response", "ResponseCode")
        if code in VERDICTS:
            continue
        if not code:
            unread.append("una de las respuestas no dice el código de su evento.")
            continue
        number = _text(answer, "DocumentReference", "ID")
        key = _text(answer, "DocumentReference", "UUID").lower()
        if alone:  # the event's own document: what it refers to is the invoice
            number, key = _text(root, "ID"), _text(root, "UUID").lower()
        elif key == invoice or not KEY.fullmatch(key):
            number, key = "", ""
        signed_at = _signed_at(root) if alone else _told_at(answer)
        if signed_at is None:
            problems.append(f"no se sabe cuándo se firmó el evento {code} {number}.".replace(" .", "."))
        yield RegisteredEvent(code, number, signed_at, key)


def _text(element: Any, *path: str) -> str:
    for name in path:
        element = None if element is None else child(element, name)
    return "" if element is None else (element.text or "").strip()


def _signed_at(root: Any) -> datetime | None:
    """Give the time of the event's own signature."""
    for element in root.iter("{*}SigningTime"):
        return _moment((element.text or "").strip())
    return None


def _told_at(answer: Any) -> datetime | None:
    for owner, prefix in _TIMES:
        element = child(answer, owner)
        if element is None:
            continue
        day, hour = _text(element, f"{prefix}Date"), _text(element, f"{prefix}Time")
        if day and (found := _moment(f"{day[:10]}T{hour or '00:00:00'}")) is not None:
            return found
    return None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not FIRST_YEAR < moment.year < LAST_YEAR:  # 0001-01-01 is how .NET writes that there is none
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=BOGOTA)
