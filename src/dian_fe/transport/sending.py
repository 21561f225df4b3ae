"""Sending a document once and only once, as a conversation without I/O.

`deliver` is a generator: it yields what is to be done (`Ask`, `Wait`, `Note`) and is told what came of it, so that the
synchronous and the asynchronous client, and every test, drive the very same decisions.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from ..errors import TransportError, UnreadableAnswer, UnrecognisedStatus
from .answers import ALREADY_PROCESSED, KEY, TEST_SET, Standing, Status, Upload, response_facts
from .history import InvoiceEvents, events_of
from .policy import Budget, RetryPolicy
from .shipment import Recovery, Shipment, State


@dataclass(frozen=True, slots=True)
class Ask:
    """Do an operation; the generator is sent its typed result, or thrown the ``TransportError``."""

    operation: str
    arguments: dict[str, str | bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wait:
    """Let some seconds pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Note:
    """Let the caller store the shipment: what follows may be cut off at any point."""

    shipment: Shipment


@dataclass(frozen=True, slots=True)
class Now:
    """The present moment (aware)."""


Step = Ask | Wait | Note | Now
Conversation = Generator[Step, Any, Shipment]
Moved = Generator[Step, Any, tuple[Shipment, float | None]]
"""The shipment after one exchange and the pause before the next; None: there is no reason to wait."""


def deliver(shipment: Shipment, policy: RetryPolicy) -> Conversation:
    """Bring a shipment as far as the policy allows; gives it in its last state.

    The same bytes are sent again only when DIAN surely does not have them: never after an uncertain outcome without
    asking by key first.
    """
    budget = Budget(policy)
    while not shipment.state.is_final:
        if shipment.state is State.READY:
            if not budget.send():
                return shipment
            shipment, pause = yield from _send(shipment, budget)
        elif shipment.state is State.PENDING:
            pause = budget.poll()
            if pause is None:
                # The last question goes by the key, which DIAN knows even when it lost the batch.
                return (yield from _last_word(shipment, budget))
            yield Wait(pause)
            shipment, pause = yield from _poll(shipment, budget)
        else:
            shipment, pause = yield from _ask(shipment, budget)
        yield Note(shipment)
        if shipment.state.is_final:
            break
        if pause is None and shipment.error is not None:
            return shipment
        if pause:
            yield Wait(pause)
    return shipment


def _last_word(shipment: Shipment, budget: Budget) -> Conversation:
    if not shipment.zip_key:
        return shipment
    asked, _ = yield from _ask(shipment, budget)
    if asked.state is State.READY:  # DIAN lost the batch: whoever resumes may send again
        asked = asked.moved(State.READY, zip_key="")
    yield Note(asked)
    return asked


def _send(shipment: Shipment, budget: Budget) -> Moved:
    """Send the bytes; the shipment is marked in doubt, and stored, before they leave."""
    at = yield Now()
    shipment = shipment.tried(shipment.operation, at).moved(State.IN_DOUBT)
    yield Note(shipment)
    try:
        result = yield Ask(shipment.operation, shipment.arguments())
    except TransportError as error:
        return _failed(shipment, error, State.IN_DOUBT if error.uncertain else State.READY), budget.after(error)
    if isinstance(result, Upload):
        return _uploaded(shipment, result), None
    return (yield from _judged(shipment, result, None, budget))


def _uploaded(shipment: Shipment, result: Upload) -> Shipment:
    """Take the receipt of an asynchronous sending."""
    detail = " | ".join(message.message for message in result.messages)
    if result.zip_key:
        told = shipment.told("pending", detail=f"{result.zip_key} {detail}".strip())
        return told.moved(State.PENDING, zip_key=result.zip_key)
    status = Status(
        is_valid=False, code=TEST_SET, description=detail or "El lote no fue recibido.", message="", messages=(),
        document_key="", file_name="", application_response=b"", raw=b"",
    )  # fmt: skip
    return shipment.told("rejected", detail=detail).moved(State.REJECTED, status=status)


def _poll(shipment: Shipment, budget: Budget) -> Moved:
    """Ask about a document that DIAN has not decided: by its batch while there is one, else by its key."""
    if not shipment.zip_key:
        return (yield from _ask(shipment, budget))
    at = yield Now()
    shipment = shipment.tried("GetStatusZip", at)
    try:
        statuses = yield Ask("GetStatusZip", {"trackId": shipment.zip_key})
    except TransportError as error:
        return _failed(shipment, error, State.PENDING), budget.after(error)
    own = [status for status in statuses if status.document_key.lower() == shipment.key]
    unnamed = [status for status in statuses if not KEY.fullmatch(status.document_key)]
    status = next(iter(own or unnamed), None)
    if status is None or status.standing is Standing.NOT_FOUND:
        pause = budget.settle()
        if pause is not None:
            return shipment.told("not_found").moved(State.PENDING), pause
        return shipment.told("not_found").moved(State.IN_DOUBT, zip_key=""), None
    return (yield from _judged(shipment, status, None, budget))


def _ask(shipment: Shipment, budget: Budget) -> Moved:
    """Ask by key; "not found" is believed only after it settled, and then sending again is safe."""
    at = yield Now()
    shipment = shipment.tried("GetStatus", at)
    try:
        status = yield Ask("GetStatus", {"trackId": shipment.key})
    except TransportError as error:
        return _failed(shipment, error, shipment.state), budget.after(error)
    if status.standing is Standing.NOT_FOUND:
        if any(attempt.outcome == _CLAIMED for attempt in shipment.attempts):
            return _unconfirmed(shipment.told("not_found", detail=status.text), budget)
        pause = budget.settle()
        told = shipment.told("not_found", detail=status.text)
        if pause is not None:
            return told.moved(shipment.state), pause
        if told.event:
            return (yield from _among_events(told, budget))
        return told.moved(State.READY), None
    return (yield from _judged(shipment, status, Recovery.ASKED, budget))


def _judged(shipment: Shipment, status: Status, recovered: Recovery | None, budget: Budget) -> Moved:
    """Take DIAN's word about the document."""
    standing = status.standing
    if shipment.event and status.already_registered:
        return (yield from _registered(shipment, status, budget))
    if status.already_processed or status.code == TEST_SET:
        return (yield from _confirmed(shipment, status, budget))
    if standing is Standing.ACCEPTED:
        if stranger := stranger_of(shipment, status):
            return _contradicted(shipment, stranger, budget)
        told = shipment.told("accepted", detail=status.text)
        accepted = told.moved(State.ACCEPTED, status=status, recovered=recovered or shipment.recovered)
        if not status.application_response and recovered is None:
            accepted = yield from _with_response(accepted)
        return accepted, None
    if standing is Standing.REJECTED:
        return shipment.told("rejected", detail=status.text).moved(State.REJECTED, status=status), None
    if standing is Standing.PENDING:
        return shipment.told("pending", detail=status.text).moved(State.PENDING, status=status), None
    # Of unknown meaning: nothing is guessed; the answer to a sending is followed by the question for the key, once.
    unknown = UnrecognisedStatus.of(
        "transport.unrecognised_status_judged", cause=status.text, found=repr(status.code), remedy=_ASK
    )
    moved = shipment.told("unrecognised", detail=f"{status.code!r} {status.text}").moved(
        State.IN_DOUBT, status=status, error=unknown
    )
    return moved, None if recovered else 0


def _with_response(accepted: Shipment) -> Generator[Step, Any, Shipment]:
    """Ask once for the signed answer that an acceptance came without; whatever comes, the document is accepted."""
    at = yield Now()
    asked = accepted.tried("GetStatus", at)
    try:
        status = yield Ask("GetStatus", {"trackId": accepted.key})
    except TransportError as error:
        return _failed(asked, error, State.ACCEPTED).moved(State.ACCEPTED)
    found = status.standing is Standing.ACCEPTED and not stranger_of(accepted, status)
    return asked.told(status.standing.value).moved(State.ACCEPTED, status=status if found else accepted.status)


_LGC01 = "lgc01"
_ASK = "consulte el documento por su clave más tarde (resume); no lo envíe con otro número."


def stranger_of(shipment: Shipment, status: Status) -> str:
    """Return the key of the other document that an acceptance speaks of, if it does.

    What DIAN names in its answers to events and payroll is not established: those are taken as they are.
    """
    if shipment.sending.name in {"SendEventUpdateStatus", "SendNominaSync"}:
        return ""
    facts = response_facts(status.application_response) if status.application_response else None
    named = (status.document_key.lower(), facts.key if facts else "")
    return next((key for key in named if KEY.fullmatch(key) and key != shipment.key), "")


def _contradicted(shipment: Shipment, stranger: str, budget: Budget) -> tuple[Shipment, float | None]:
    """Leave in doubt what an acceptance of another document answers: it proves nothing of this one."""
    error = UnreadableAnswer("La respuesta es de otro documento.", found=stranger, expected=shipment.key, remedy=_ASK)
    return _failed(shipment, error, State.IN_DOUBT), budget.after(error)


def _confirmed(shipment: Shipment, refusal: Status, budget: Budget) -> Moved:
    """Ask whether DIAN has this very document, when it refuses it by rule 90 or because its test set is closed."""
    rule_90 = refusal.already_processed
    named = refusal.named_keys()
    claimed = rule_90 and (shipment.key in named if named else _may_have_arrived(shipment))
    outcome = (_CLAIMED if claimed else _RULE_90) if rule_90 else "test_set"
    shipment = shipment.told(outcome, detail=refusal.text)
    while True:
        at = yield Now()
        shipment = shipment.tried("GetStatus", at)
        try:
            status = yield Ask("GetStatus", {"trackId": shipment.key})
        except TransportError as error:
            return _failed(shipment, error, State.IN_DOUBT), budget.after(error)
        if status.standing is Standing.ACCEPTED:
            if stranger := stranger_of(shipment, status):
                return _contradicted(shipment, stranger, budget)
            recovered = Recovery.RULE_90 if rule_90 else Recovery.ASKED
            return shipment.told("accepted").moved(State.ACCEPTED, status=status, recovered=recovered), None
        if status.standing is Standing.PENDING:
            return shipment.told("pending").moved(State.PENDING, status=status), None
        pause = budget.settle() if status.standing is Standing.NOT_FOUND else None
        if pause is None:
            break
        shipment = shipment.told("not_found")
        yield Wait(pause)
    if not rule_90 or any(fault.rejects and fault.code != ALREADY_PROCESSED for fault in refusal.faults):
        return shipment.told("rejected", detail=refusal.text).moved(State.REJECTED, status=refusal), None
    if claimed:
        # DIAN says that it has this document and does not find it: it must be asked again later, never sent again nor
        # renumbered.
        return _unconfirmed(shipment.told("not_found").moved(State.IN_DOUBT, status=refusal), budget)
    other = next(iter(named), "")
    told = shipment.told("number_taken", detail=other)
    return told.moved(State.REJECTED, status=refusal, taken_by=other), None


_RULE_90, _CLAIMED = "rule_90", "rule_90_own"
"""How a sending ended that DIAN refused as repeated; the second when it has these very bytes, or may mean them."""


def _may_have_arrived(shipment: Shipment) -> bool:
    """True if an earlier sending of these bytes may have reached DIAN: the number would then be taken by themselves."""
    uncertain = _uncertain(TransportError) | {"started", "pending", "unrecognised", _CLAIMED}
    earlier = (attempt for attempt in shipment.attempts[:-1] if attempt.operation == shipment.operation)
    return any(attempt.outcome in uncertain for attempt in earlier)


def _uncertain(kind: type[TransportError]) -> set[str]:
    """Return the codes of the errors after which DIAN may have processed the request."""
    codes = {kind.code} if kind.UNCERTAIN else set()
    return codes.union(*map(_uncertain, kind.__subclasses__()))


def _unconfirmed(shipment: Shipment, budget: Budget) -> tuple[Shipment, float | None]:
    """Leave in doubt what DIAN says it has and does not find: only its key is asked for from here on."""
    pause = budget.poll()
    error = None
    if pause is None:
        error = UnrecognisedStatus.of("transport.unconfirmed", remedy=_ASK)
    return shipment.moved(State.IN_DOUBT, error=error), pause


def _listed(shipment: Shipment) -> Generator[Step, Any, tuple[Shipment, InvoiceEvents | TransportError]]:
    """Ask for the events of the invoice, since that GetStatus knows events by their CUDE is not confirmed."""
    at = yield Now()
    asked = shipment.tried("GetStatusEvent", at)
    (invoice,) = shipment.references
    try:
        status = yield Ask("GetStatusEvent", {"trackId": invoice})
    except TransportError as error:
        return asked, error
    return asked.told(status.standing.value), events_of(status, invoice)


def _among_events(shipment: Shipment, budget: Budget) -> Moved:
    """Look for an event that GetStatus does not find among those of its invoice; without it, sending is safe."""
    asked, found = yield from _listed(shipment)
    if isinstance(found, TransportError):
        return _failed(asked, found, State.IN_DOUBT), budget.after(found)
    if any(event.key == shipment.key for event in found.history):
        return asked.moved(State.ACCEPTED, status=_bare(found), recovered=Recovery.ASKED), None
    return asked.moved(State.READY), None


def _registered(shipment: Shipment, refusal: Status, budget: Budget) -> Moved:
    """Find out whether the event that the invoice has already (LGC01) is this one or another of its code."""
    # After a sending that may have arrived it was asked for; after one that surely did not, it was just sent again.
    again = any(
        before.operation == shipment.operation != after.operation and before.outcome != _LGC01
        for before, after in pairwise(shipment.attempts)
    )
    shipment = shipment.told(_LGC01, detail=refusal.text)
    at = yield Now()
    asked = shipment.tried("GetStatus", at)
    try:
        status = yield Ask("GetStatus", {"trackId": shipment.key})
    except TransportError as error:
        return _failed(asked, error, State.IN_DOUBT), budget.after(error)
    if status.standing is Standing.ACCEPTED:
        told = asked.told("accepted")
        return told.moved(State.ACCEPTED, status=status, recovered=Recovery.LGC01), None
    asked, found = yield from _listed(asked.told(status.standing.value))
    if isinstance(found, TransportError):
        return _failed(asked, found, State.IN_DOUBT), budget.after(found)
    same = [event for event in found.history if event.code == shipment.event]
    if any(event.key == shipment.key for event in same):
        return asked.moved(State.ACCEPTED, status=_bare(found), recovered=Recovery.LGC01), None
    other = next((event.key for event in same if event.key), "")
    if again and not other:
        # These bytes may have arrived before and nobody tells of others: what is registered is taken to be this event.
        return asked.moved(State.ACCEPTED, status=_bare(found), recovered=Recovery.LGC01), None
    return asked.moved(State.REJECTED, status=refusal, taken_by=other), None


def _bare(found: InvoiceEvents) -> Status:
    """Return the status of the invoice's events without their list, which is not the answer to this event."""
    return replace(found.status, application_response=b"", raw=b"")


def _failed(shipment: Shipment, error: TransportError, state: State) -> Shipment:
    told = shipment.told(error.code, elapsed=error.elapsed, status=error.status, detail=error.cause or error.message)
    return told.moved(state, error=error)
