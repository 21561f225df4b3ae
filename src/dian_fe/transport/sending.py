"""Sending a document once and only once, as a conversation without I/O.

`deliver` is a generator: it yields what is to be done (`Ask`, `Wait`, `Note`) and is told what came of it, so that the
synchronous and the asynchronous client, and every test, drive the very same decisions.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from ..errors import TransportError
from .answers import Standing, Status, Upload
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
    """Tell the present moment (aware)."""


Step = Ask | Wait | Note | Now
Conversation = Generator[Step, Any, Shipment]


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
                return shipment
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


Moved = Generator[Step, Any, tuple[Shipment, float | None]]


def _send(shipment: Shipment, budget: Budget) -> Moved:
    """Send the bytes; the shipment is marked in doubt, and stored, before they leave."""
    at = yield Now()
    shipment = shipment.tried(shipment.operation, at).moved(State.IN_DOUBT)
    yield Note(shipment)
    try:
        result = yield Ask(shipment.operation, shipment.arguments())
    except TransportError as error:
        told = shipment.told(error.code, elapsed=error.elapsed, status=error.status, detail=error.message)
        state = State.IN_DOUBT if error.uncertain else State.READY
        return told.moved(state, error=error), budget.after(error)
    if isinstance(result, Upload):
        return _uploaded(shipment, result), None
    return (yield from _judged(shipment, result, None, budget))


def _uploaded(shipment: Shipment, result: Upload) -> Shipment:
    """Take the receipt of an asynchronous sending."""
    if result.zip_key:
        return shipment.told("pending", detail=result.zip_key).moved(State.PENDING, zip_key=result.zip_key)
    detail = " | ".join(message.message for message in result.messages)
    status = Status(
        is_valid=False, code="2", description=detail or "El lote no fue recibido.", message="", messages=(),
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
        told = shipment.told(error.code, elapsed=error.elapsed, status=error.status, detail=error.message)
        return told.moved(State.PENDING, error=error), budget.after(error)
    own = [status for status in statuses if not status.document_key or status.document_key.lower() == shipment.key]
    status = own[0] if own else (statuses[0] if statuses else None)
    if status is None or status.standing is Standing.NOT_FOUND:
        return shipment.told("pending").moved(State.PENDING), None
    return (yield from _judged(shipment, status, None, budget))


def _ask(shipment: Shipment, budget: Budget) -> Moved:
    """Ask by key; "not found" is believed only after it settled, and then sending again is safe."""
    at = yield Now()
    shipment = shipment.tried("GetStatus", at)
    try:
        status = yield Ask("GetStatus", {"trackId": shipment.key})
    except TransportError as error:
        told = shipment.told(error.code, elapsed=error.elapsed, status=error.status, detail=error.message)
        return told.moved(shipment.state, error=error), budget.after(error)
    if status.standing is Standing.NOT_FOUND:
        pause = budget.settle()
        if pause is not None:
            return shipment.told("not_found").moved(shipment.state), pause
        return shipment.told("not_found").moved(State.READY), None
    return (yield from _judged(shipment, status, Recovery.ASKED, budget))


def _judged(shipment: Shipment, status: Status, recovered: Recovery | None, budget: Budget) -> Moved:
    """Take DIAN's word about the document."""
    standing = status.standing
    if status.already_processed:
        return (yield from _duplicate(shipment, status, recovered, budget))
    if standing is Standing.ACCEPTED:
        told = shipment.told("accepted", detail=status.text)
        return told.moved(State.ACCEPTED, status=status, recovered=recovered or shipment.recovered), None
    if standing is Standing.REJECTED:
        return shipment.told("rejected", detail=status.text).moved(State.REJECTED, status=status), None
    if standing is Standing.PENDING:
        return shipment.told("pending", detail=status.text).moved(State.PENDING, status=status), None
    # Of unknown meaning: nothing is guessed, the document is asked for again.
    return shipment.told("unrecognised", detail=status.text).moved(State.PENDING, status=status), None


def _duplicate(shipment: Shipment, status: Status, recovered: Recovery | None, budget: Budget) -> Moved:
    """Tell our own document, accepted before, from another one that has our number (rule 90)."""
    at = yield Now()
    shipment = shipment.told("rule_90", detail=status.text).tried("GetStatus", at)
    try:
        asked = yield Ask("GetStatus", {"trackId": shipment.key})
    except TransportError as error:
        told = shipment.told(error.code, elapsed=error.elapsed, status=error.status, detail=error.message)
        return told.moved(State.IN_DOUBT, error=error), budget.after(error)
    if asked.standing is Standing.ACCEPTED:
        return shipment.told("accepted").moved(State.ACCEPTED, status=asked, recovered=Recovery.RULE_90), None
    if asked.standing is Standing.PENDING:
        return shipment.told("pending").moved(State.PENDING, status=asked), None
    others = [key for key in status.named_keys() if key != shipment.key]
    told = shipment.told("number_taken", detail=others[0] if others else "")
    return told.moved(State.REJECTED, status=status, taken_by=others[0] if others else ""), None
