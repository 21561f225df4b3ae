"""The outcome of sending a document: a value for every case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .._arguments import checked
from .._labelled import Labelled
from .._viewed import Viewed
from ..errors import DianFeError, EventRegistered, NumberTaken, OutcomeUnknown, Rejected, StillPending, TransportError
from ..faults import Fault
from .answers import Status
from .shipment import Attempt, Recovery, Shipment, State


class Outcome(Labelled):
    """The outcome of a sending."""

    ACCEPTED = "accepted", "aceptado"
    REJECTED = "rejected", "rechazado"
    PENDING = "pending", "pendiente"
    UNKNOWN = "unknown", "sin confirmar"


@checked
@dataclass(frozen=True, slots=True)
class Answer(Viewed):
    """The outcome of sending a document, as a value in every case."""

    shipment: Shipment
    """The document's shipment in its current state: store it while undecided."""

    @property
    def outcome(self) -> Outcome:
        """Accepted, rejected, pending (DIAN has it), or unknown (``next_step`` says what to do)."""
        return _OUTCOMES[self.shipment.state]

    @property
    def accepted(self) -> bool:
        """True if DIAN validated the document; it may still have notifications."""
        return self.shipment.state is State.ACCEPTED

    @property
    def key(self) -> str:
        """CUFE or CUDE."""
        return self.shipment.key

    @property
    def number(self) -> str:
        """The document's number."""
        return self.shipment.number

    @property
    def status(self) -> Status | None:
        """DIAN's last status."""
        return self.shipment.status

    @property
    def status_code(self) -> str:
        """StatusCode as text; "" when there is none."""
        return "" if self.status is None else self.status.code

    @property
    def status_message(self) -> str:
        """DIAN's texts on one line."""
        return "" if self.status is None else self.status.text

    @property
    def application_response(self) -> bytes:
        """The signed ApplicationResponse, exactly as received; empty without one (ask again later by the key)."""
        return b"" if self.status is None else self.status.application_response

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Everything that DIAN found, rejections first."""
        return (*self.rejections, *self.notifications)

    @property
    def rejections(self) -> tuple[Fault, ...]:
        """Why it was rejected; none when it was accepted."""
        found = () if self.status is None or self.accepted else self.status.faults
        return tuple(fault for fault in found if fault.rejects)

    @property
    def notifications(self) -> tuple[Fault, ...]:
        """What DIAN notifies without rejecting: they do not affect the acceptance."""
        found = () if self.status is None else self.status.faults
        return tuple(found) if self.accepted else tuple(fault for fault in found if not fault.rejects)

    @property
    def recovered(self) -> Recovery | None:
        """How the outcome was determined, if not by the answer to the sending."""
        return self.shipment.recovered

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Every exchange about the document."""
        return self.shipment.attempts

    @property
    def error(self) -> DianFeError | None:
        """Why the outcome is unknown or pending, if an error is the reason."""
        return self.shipment.error

    def __repr__(self) -> str:
        """Show the outcome on one line: the error too, when one is the reason."""
        error = "" if self.error is None else repr(str(self.error))
        shown = filter(None, (self.number, self.outcome.value, self.status_code, error))
        return f"Answer({', '.join(shown)})"

    @property
    def next_step(self) -> str:
        """What to do now, in Spanish; "" when nothing is left to do."""
        error = self.error
        if error is not None and self.shipment.state is State.READY:
            final = not getattr(error, "retryable", False)  # or nothing was tried
            if error.remedy and (final or not self.attempts):
                return error.remedy
        if self.shipment.taken_by is not None:
            return _REGISTERED if self.shipment.event else "tome otro número: este ya lo tiene otro documento aceptado."
        if self._untried:
            return _NOT_SENT
        return _NEXT_STEPS[self.shipment.state]

    @property
    def _untried(self) -> bool:
        """True if it was never sent; asking for its key does not count."""
        sent = any(attempt.operation == self.shipment.operation for attempt in self.attempts)
        return self.shipment.state is State.READY and not sent

    def raise_for_rejection(self) -> Answer:
        """Return the answer itself if the document was accepted, and raise otherwise.

        ``Rejected`` with the faults, ``NumberTaken`` when another document has the number, ``StillPending``, the error
        that prevented the sending, or ``OutcomeUnknown``.
        """
        state = self.shipment.state
        if state is State.ACCEPTED:
            return self
        if state is State.REJECTED:
            raise self._rejection()
        if self.error is not None and (state is State.READY or not isinstance(self.error, TransportError)):
            raise self.error
        kind = StillPending if state is State.PENDING else OutcomeUnknown
        key = "not_sent" if self._untried else kind.code
        last = self.attempts[-1] if self.attempts else Attempt("", "")
        raise kind.of(
            f"transport.{key}",
            number=self.number,
            operation=last.operation,
            elapsed=last.elapsed,
            status=last.status,
            cause=str(self.error) if self.error is not None else last.detail or None,
            found=self.key,
            remedy=self.next_step,
        ) from self.error

    def _rejection(self) -> Rejected:
        details = {"faults": self.faults, "remedy": self.next_step, "number": self.number}
        if self.shipment.taken_by is None:
            why = "; ".join(str(fault) for fault in self.rejections) or self.status_message
            return Rejected.of("transport.rejected", why=why, **details)
        details |= {"found": self.shipment.taken_by or "la DIAN no dice cuál", "expected": self.key}
        if self.shipment.event:
            return EventRegistered.of("transport.event_registered", event=self.shipment.event, **details)
        return NumberTaken.of("transport.number_taken", field="number", **details)


_REGISTERED: Final = "no envíe otro evento de ese tipo: consulte los de la factura con client.events(cufe)."
_OUTCOMES: Final = {
    State.READY: Outcome.UNKNOWN,
    State.IN_DOUBT: Outcome.UNKNOWN,
    State.PENDING: Outcome.PENDING,
    State.ACCEPTED: Outcome.ACCEPTED,
    State.REJECTED: Outcome.REJECTED,
}
_NOT_SENT: Final = (
    "el documento aún no se ha enviado: guarde answer.shipment y envíelo con resume, con el mismo número."
)
_NEXT_STEPS: Final = {
    State.READY: "el documento no llegó a la DIAN: guarde answer.shipment y envíelo más tarde con resume, con el "
    "mismo número.",
    State.IN_DOUBT: "guarde answer.shipment y use resume más tarde: consulta el documento antes de enviar. No lo "
    "vuelva a numerar ni a firmar.",
    State.PENDING: "guarde answer.shipment y use resume más tarde: la DIAN lo tiene y aún no decide.",
    State.ACCEPTED: "",
    State.REJECTED: "corrija lo que indican los rechazos, firme de nuevo y envíe; el número se conserva.",
}
