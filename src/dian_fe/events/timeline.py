"""The life of an invoice in events 030 to 034: which may follow which, and when. Pure; the order is a table.

What is compared is the signing time of the events (xades:SigningTime), by Colombian days. The order is the one that
implementers report of annex RADIAN 1.1, which itself was not available. DIAN's own codes are named where a source names
them; the other findings have codes of the library, in lower case.

Doubts, each decided here; the caller gets a notification ``doubtful_day`` where it matters:

- The third business day after 032. "More than 3 business days after" (DC24c) means that 033 is still in time on it; one
implementation refuses 033 when the difference is 3 already. - The days between the third business day and the fourth (a
weekend, say). "Before 3 business days have elapsed" (DC24e) lets 034 begin there; the same implementation requires a
difference of more than 3 business days. - 031 within three business days, too, counted from 032: no source gives it a
deadline before 032. - 034 after 033: no source excludes it explicitly, but its sworn statement would be false.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from .._arguments import checked, refuses
from .._shown import shown
from .._viewed import Viewed
from ..catalogs import EventCode
from ..errors import InvalidInput, NotAllowed
from ..faults import Fault
from ..models._dates import to_bogota
from ..rules.coded_faults import coded_fault
from .calendar import FIRST_YEAR, LAST_YEAR, add_business_days, business_days_between

ACUSE, RECLAMO, RECIBO = EventCode.ACUSE_DE_RECIBO, EventCode.RECLAMO, EventCode.RECIBO_DEL_BIEN_O_SERVICIO
EXPRESA, TACITA = EventCode.ACEPTACION_EXPRESA, EventCode.ACEPTACION_TACITA

TERM: Final = 3
"""Business days that the buyer has to claim or to accept, after 032 (annex RADIAN 1.1)."""


class InvoiceState(StrEnum):
    """State of an invoice by its events; the values are Spanish texts."""

    RECIBIDA = "recibida, sin eventos"
    ACUSADA = "con acuse de recibo"
    BIEN_RECIBIDO = "con recibo del bien o servicio"
    RECLAMADA = "reclamada"
    ACEPTADA_EXPRESAMENTE = "aceptada expresamente"
    ACEPTADA_TACITAMENTE = "aceptada tácitamente"

    @property
    def accepted(self) -> bool:
        """True if it was accepted: then it takes no more notes and can become a título valor."""
        return self in {InvoiceState.ACEPTADA_EXPRESAMENTE, InvoiceState.ACEPTADA_TACITAMENTE}


@dataclass(frozen=True, slots=True)
class Order:
    """Which events must precede an event, and which must not."""

    code: EventCode
    needs: EventCode | None
    excluded_by: tuple[EventCode, ...]
    early: str
    """Code of the fault when it is signed before what it needs (030: before the invoice's date)."""
    late: str = ""
    """Code of the fault when it is signed after the term that runs from 032; empty when it has none."""
    after_term: str = ""
    """Code of the fault when it is signed before that term is over; empty when it need not wait."""


ORDER: Final[dict[str, Order]] = {
    order.code.value: order
    for order in (
        Order(ACUSE, None, (), early="DC24a"),
        Order(RECLAMO, ACUSE, (EXPRESA, TACITA), early="early_event", late="late_claim"),
        Order(RECIBO, ACUSE, (), early="DC24b"),
        Order(EXPRESA, RECIBO, (RECLAMO, TACITA), early="early_event", late="DC24c"),
        Order(TACITA, RECIBO, (RECLAMO, EXPRESA), early="DC24e", after_term="DC24e"),
    )
}
"""The events of an invoice, by their code."""

_STATES: Final = (
    (TACITA, InvoiceState.ACEPTADA_TACITAMENTE),
    (EXPRESA, InvoiceState.ACEPTADA_EXPRESAMENTE),
    (RECLAMO, InvoiceState.RECLAMADA),
    (RECIBO, InvoiceState.BIEN_RECIBIDO),
    (ACUSE, InvoiceState.ACUSADA),
)
"""The state that each event leads to, the last one first."""


@checked
@dataclass(frozen=True, slots=True)
class RegisteredParty(Viewed):
    """The issuer or recipient of an event or note, as DIAN's answer names it."""

    id: str
    """Identification without check digit."""
    name: str = ""
    id_type: str = ""
    """Code of `IdType`."""
    check_digit: str = ""


@checked
@dataclass(frozen=True, slots=True)
class RegisteredEvent(Viewed):
    """An event as DIAN has it, or one proposed. ``signed_at`` is its signing time, None when unknown.

    Two are equal if code, number, moment and key are equal.
    """

    code: str
    number: str = ""
    """The event's own consecutive (cbc:ID)."""
    signed_at: datetime | None = None
    key: str = ""
    """CUDE of the event, in lower case."""
    order: int | None = field(default=None, compare=False)
    """Counter of the event within the invoice (Response/ReferenceID of GetStatusEvent)."""
    description: str = field(default="", compare=False)
    """DIAN's words about the event; several are joined by line feeds."""
    issuer: RegisteredParty | None = field(default=None, compare=False)
    """Who declared it."""
    recipient: RegisteredParty | None = field(default=None, compare=False)
    """To whom."""

    def __post_init__(self) -> None:
        """Convert the moment to Colombian time; raise ``NaiveDatetime`` without zone."""
        if self.signed_at is not None:
            object.__setattr__(self, "signed_at", to_bogota(self.signed_at))

    @property
    def label(self) -> str:
        """DIAN's name of the code."""
        known = EventCode.by_code(self.code)
        return "evento que no se conoce" if known is None else known.label

    @property
    def day(self) -> date | None:
        """The Colombian day of the signature."""
        return None if self.signed_at is None else self.signed_at.date()

    def __str__(self) -> str:
        """Return code, label, number, date and key on one line."""
        when = "sin fecha conocida" if self.signed_at is None else self.signed_at.isoformat()
        return shown(" · ".join(part for part in (f"{self.code} {self.label}", self.number, when, self.key) if part))


@checked
@dataclass(frozen=True, slots=True)
class Term(Viewed):
    """The three business days after 032: until when the buyer may act, from when the seller."""

    received_on: date
    """Colombian day of the 032."""
    last_day: date
    """Third business day: the last one for 031 and 033."""
    tacit_from: date
    """First day on which the acceptance is tacit: the one after."""

    @classmethod
    def of(cls, received_on: date) -> Term:
        """Return the term that runs from the day of the 032."""
        last_day = add_business_days(received_on, TERM)
        return cls(received_on, last_day, last_day + timedelta(days=1))

    def doubtful(self, day: date, *, tacit: bool) -> bool:
        """True if DIAN might count that day differently; see the module."""
        elapsed = business_days_between(self.received_on, day)
        return elapsed == TERM and (day > self.last_day if tacit else day <= self.last_day)


@checked
@dataclass(frozen=True, slots=True)
class EventHistory(Viewed):
    """The events registered on an invoice, in the order of their registration. Printable; iterate for the events."""

    events: tuple[RegisteredEvent, ...] = ()
    key: str = ""
    """CUFE of the invoice, when it is known."""
    unread: tuple[str, ...] = ()
    """Parts of DIAN's answer that were not understood, in Spanish: there may be more events than these."""

    @classmethod
    @refuses("events")
    def of(cls, events: Iterable[RegisteredEvent], *, key: str = "", unread: Iterable[str] = ()) -> EventHistory:
        """Return the history of events, by their counters or, if one has none, by signing; those without time last.

        Raises ``InvalidInput`` for anything but `RegisteredEvent`.
        """
        known = tuple(events) if isinstance(events, Iterable) else (events,)
        for position, event in enumerate(known):
            if not isinstance(event, RegisteredEvent):
                found = type(event).__name__
                raise InvalidInput.of("events.not_a_registered_event", field=f"history[{position}]", found=found)
        counted = all(event.order is not None for event in known)
        ordered = sorted(known, key=(lambda event: event.order or 0) if counted else _signing)
        return cls(tuple(ordered), key, tuple(unread))

    def __iter__(self) -> Iterator[RegisteredEvent]:
        """Return the events."""
        return iter(self.events)

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self.events)

    def find(self, code: str) -> RegisteredEvent | None:
        """Return the event of that code, None when it is not registered."""
        return next((event for event in self.events if event.code == code), None)

    def with_event(self, event: RegisteredEvent) -> EventHistory:
        """Return the history after one more event."""
        return EventHistory((*self.events, event), self.key, self.unread)

    @property
    def state(self) -> InvoiceState:
        """The invoice's state. Events from 035 on (RADIAN) do not change it."""
        codes = {event.code for event in self.events}
        return next((state for code, state in _STATES if code.value in codes), InvoiceState.RECIBIDA)

    @property
    def accepts_notes(self) -> bool:
        """True if credit and debit notes may still correct the invoice: not after 033 or 034."""
        return not self.state.accepted

    @property
    def term(self) -> Term | None:
        """The term that runs since the 032; None without an 032, without its time, or outside the years of Ley 51."""
        received = self.find(RECIBO)
        if received is None or received.day is None or not FIRST_YEAR <= received.day.year < LAST_YEAR:
            return None
        return Term.of(received.day)

    def tacitly_accepted(self, on: date) -> bool:
        """True if on that day the buyer's silence is an acceptance, which the seller may register (034)."""
        term = self.term
        return term is not None and self.state is InvoiceState.BIEN_RECIBIDO and on >= term.tacit_from

    def __str__(self) -> str:
        """Return state, events and term, one line each."""
        lines = [f"Factura {self.state.value}."]
        lines += [f"  {event}" for event in self.events]
        lines += [f"  Sin leer: {shown(problem)}" for problem in self.unread]
        if (term := self.term) is not None and self.state is InvoiceState.BIEN_RECIBIDO:
            lines.append(f"  Reclamo o aceptación hasta el {term.last_day}; tácita desde el {term.tacit_from}.")
        return "\n".join(lines)

    def judge(
        self,
        proposed: RegisteredEvent,
        *,
        issued_at: datetime,
        credit: bool = True,
        allow_cash: bool = False,
        now: datetime | None = None,
    ) -> tuple[Fault, ...]:
        """Return the faults of registering an event now: none of severity RECHAZO means that it may be sent.

        ``issued_at`` and ``credit`` are the invoice's date and whether it is paid on credit. ``allow_cash`` allows
        events of a cash invoice: users saw DIAN refuse them by LGC62, a rule that one source gives for 036 alone, while
        buyers reportedly send 030 and 032 for tax support. ``now`` is the moment of sending (DC24).

        Where something of DIAN's answer is ``unread``, that is a notification, and a rejection when the required
        previous event is not among those read: it may or may not be missing.
        """
        order = ORDER.get(proposed.code)
        if order is None:
            raise NotAllowed.of("events.unknown_event", field="code", found=proposed.code, expected=", ".join(ORDER))
        faults = [*self._in_order(order, proposed), *self._in_time(order, proposed, issued_at)]
        if not (credit or allow_cash):
            faults.insert(0, _fault("LGC62", "payments", "contado", "crédito (PaymentMeans/ID = 2)"))
        if now is not None and proposed.signed_at is not None and proposed.signed_at > to_bogota(now, "now"):
            latest = f"hasta {to_bogota(now).isoformat()}"
            faults.append(_fault("DC24", "signed_at", proposed.signed_at.isoformat(), latest))
        return tuple(faults)

    def _in_order(self, order: Order, proposed: RegisteredEvent) -> Iterator[Fault]:
        if self.find(order.code) is not None:
            yield _fault("LGC01", "code", proposed.code)
        same = next((event for event in self.events if event.number and event.number == proposed.number), None)
        if same is not None:
            # One source says that the number is unique per type of event; here it is unique within one invoice.
            yield _fault("AAD05", "number", f"{proposed.number}, del evento {same.code}")
        missing = order.needs is not None and self.find(order.needs) is None
        expected = None if order.needs is None else f"{order.needs.value} {order.needs.label}"
        if self.unread:
            found = "; ".join(self.unread)
            yield coded_fault("unread_history", path="history", found=found, expected=expected, notify=not missing)
        elif missing:
            yield _fault("missing_event", "code", self.state.value, expected)
        for excluding in order.excluded_by:
            if self.find(excluding) is not None:
                yield _fault("excluded_event", "code", f"{excluding.value} {excluding.label}")

    def _in_time(self, order: Order, proposed: RegisteredEvent, issued_at: datetime) -> Iterator[Fault]:
        signed_at, day = proposed.signed_at, proposed.day
        if signed_at is None or day is None:
            yield _fault("unknown_time", "signed_at")
            return
        if order.needs is None:
            issue_date = to_bogota(issued_at, "issued_at").date()
            if day < issue_date:
                yield _fault(order.early, "signed_at", day, f"{issue_date} o después")
            return
        before, term, received = self.find(order.needs), self.term, self.find(RECIBO)
        if before is not None and before.signed_at is None:
            yield _fault("unknown_time", "history", before.code)
        elif before is not None and before.signed_at is not None and signed_at < before.signed_at:
            yield _fault(order.early, "signed_at", signed_at.isoformat(), f"después de {before.signed_at.isoformat()}")
            return
        if term is None:
            if received is not None and received.day is not None and (order.late or order.after_term):
                yield _fault("unknown_time", "history", received.day)
            return
        if order.late:
            if day > term.last_day:
                yield _fault(order.late, "signed_at", day, f"hasta el {term.last_day}")
            elif term.doubtful(day, tacit=False):
                yield _fault("doubtful_day", "signed_at", day, f"antes del {term.last_day}")
        if order.after_term:
            if day < term.tacit_from:
                yield _fault(order.after_term, "signed_at", day, f"desde el {term.tacit_from}")
            elif term.doubtful(day, tacit=True):
                yield _fault("doubtful_day", "signed_at", day, f"desde el {add_business_days(term.last_day, 1)}")


def _signing(event: RegisteredEvent) -> tuple[bool, datetime]:
    """Return the key that sorts events by their signing, those without time last."""
    return event.signed_at is None, event.signed_at or datetime.max


_NOTIFIED: Final = frozenset({"doubtful_day", "unknown_time"})
"""Findings that only DIAN can decide: they refuse nothing."""


def _fault(code: str, path: str, found: object = None, expected: object = None) -> Fault:
    return coded_fault(code, path=path, found=found, expected=expected, notify=code in _NOTIFIED)


@checked
def deadline(received_at: datetime) -> Term:
    """Return the buyer's term after an 032 signed at that moment: the last day for 031 and 033, the first for 034.

    Raises ``NaiveDatetime`` without zone.
    """
    try:
        moment = to_bogota(received_at, "received_at")
    except InvalidInput as error:
        error.at("received_at")
        raise
    return Term.of(moment.date())
