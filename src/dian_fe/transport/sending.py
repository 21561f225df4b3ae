"""Sending a document exactly once: the decisions, without I/O."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from inspect import isawaitable
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ..errors import TransportError, UnreadableAnswer, UnrecognisedStatus
from .answers import ALREADY_PROCESSED, KEY, TEST_SET, Standing, Status, Upload, response_facts
from .history import InvoiceEvents, events_of
from .policy import Budget
from .shipment import Recovery, Shipment, State

if TYPE_CHECKING:
    from .core import Core

Store: TypeAlias = Callable[[Shipment], object]
"""Called with the shipment at each step, to store it for resuming after a crash.

With the asynchronous client it may be a coroutine function, which is awaited; other return values are ignored.
"""

_LGC01: Final = "lgc01"
_RULE_90, _CLAIMED = "rule_90", "rule_90_own"
"""Outcomes of a sending that DIAN refused as repeated; the second when it has, or may have, these bytes."""
_ASK: Final = "consulte el documento más tarde (resume); no lo envíe con otro número."


async def kept(store: Store | None, shipment: Shipment) -> None:
    """Store a step of a shipment."""
    if store is not None and isawaitable(storing := store(shipment)):
        await storing


class _Failed(Exception):
    """An exchange failed, which is recorded in the shipment."""

    def __init__(self, pause: float | None) -> None:
        self.pause = pause


class Sending:
    """Sends a shipment as far as the policy allows.

    The same bytes are sent again only when DIAN surely does not have them: never after an uncertain outcome without
    asking by key first. ``store`` is called before they are sent and after each exchange, as a crash may happen at any
    point.
    """

    def __init__(self, client: Core, shipment: Shipment, store: Store | None) -> None:
        self.shipment, self._client, self._keep = shipment, client, store
        self._budget = Budget(client.policy)
        self._began = 0.0

    async def run(self) -> Shipment:
        """Return the shipment in its last state: DIAN has decided, or the policy is spent."""
        unasked = self.shipment.state is State.PENDING  # whoever resumes it asks at least once, whatever the policy
        while not self.shipment.state.is_final:
            if self.shipment.state is State.READY:
                if not self._budget.send():
                    break
                exchange = self._send()
            elif self.shipment.state is State.PENDING:
                pause = self._budget.poll()
                if pause is None and not unasked:
                    await self._last_question()
                    break
                unasked = False
                if pause is not None:
                    await self._client._sleep(pause)
                exchange = self._poll()
            else:
                exchange = self._ask()
            try:
                pause = await exchange
            except _Failed as failed:
                pause = failed.pause
            await self._store()
            if pause is None and self.shipment.error is not None:
                break
            if pause:
                await self._client._sleep(pause)
        return self.shipment

    # --- recording ---------------------------------------------------------------------------------------------------

    async def _store(self) -> None:
        await kept(self._keep, self.shipment)

    def _move(self, state: State, **changes: Any) -> None:
        self.shipment = self.shipment.with_state(state, **changes)

    def _end(self, outcome: str, detail: str = "", state: State | None = None, **changes: Any) -> None:
        """Record how the last exchange ended, and the document's new state."""
        self.shipment = self.shipment.with_outcome(outcome, elapsed=self._elapsed(), detail=detail)
        if state is not None:
            self._move(state, **changes)

    def _elapsed(self) -> float:
        """Return the seconds since the last exchange began."""
        return round(time.monotonic() - self._began, 3)

    def _failed(self, error: TransportError, state: State) -> _Failed:
        """Record an error as the end of the last exchange; return the exception to be raised."""
        elapsed = self._elapsed() if error.elapsed is None else error.elapsed
        self.shipment = self.shipment.with_outcome(
            error.code, elapsed=elapsed, status=error.status, detail=error.cause or error.message
        ).with_state(state, error=error)
        return _Failed(self._budget.after(error))

    # --- exchanges ---------------------------------------------------------------------------------------------------

    async def _exchange(self, operation: str, arguments: dict[str, str | bytes], failed: State | None = None) -> Any:
        """Run an operation about the document; ``failed`` is its state after an error, unless it is a sending."""
        self.shipment = self.shipment.with_attempt(operation, self._client._clock())
        if failed is None:  # it is marked in doubt, and stored, before the bytes leave
            self._move(State.IN_DOUBT)
            await self._store()
        self._began = time.monotonic()
        try:
            return await self._client._ask(operation, arguments)
        except TransportError as error:
            raise self._failed(error, failed or (State.IN_DOUBT if error.uncertain else State.READY)) from None

    async def _question(self, failed: State) -> Status:
        """Ask how the document stands, by its key."""
        status: Status = await self._exchange("GetStatus", {"trackId": self.shipment.key}, failed)
        return status

    async def _send(self) -> float | None:
        """Send the bytes; like the other steps, return the pause before the next one, None for none."""
        result = await self._exchange(self.shipment.operation, self.shipment.arguments())
        if isinstance(result, Upload):
            self._take_receipt(result)
            return None
        return await self._judge(result)

    def _take_receipt(self, result: Upload) -> None:
        """Record the receipt of an asynchronous sending."""
        detail = " | ".join(message.message for message in result.messages)
        if result.zip_key:
            taken = f"{result.zip_key} {detail}".strip()
            self._end("pending", taken, State.PENDING, zip_key=result.zip_key)
            return
        status = Status(
            is_valid=False, code=TEST_SET, description=detail or "El lote no fue recibido.", message="", messages=(),
            document_key="", file_name="", application_response=b"", raw=b"",
        )  # fmt: skip
        self._end("rejected", detail, State.REJECTED, status=status)

    async def _poll(self) -> float | None:
        """Ask about a document that DIAN has not decided: by its batch while there is one, else by its key."""
        if not self.shipment.zip_key:
            return await self._ask()
        statuses = await self._exchange("GetStatusZip", {"trackId": self.shipment.zip_key}, State.PENDING)
        own = [status for status in statuses if status.document_key.lower() == self.shipment.key]
        unnamed = [status for status in statuses if not KEY.fullmatch(status.document_key)]
        status = next(iter(own or unnamed), None)
        if status is not None and status.standing is not Standing.NOT_FOUND:
            return await self._judge(status)
        pause = self._budget.settle()
        if pause is None:
            self._end("not_found", state=State.IN_DOUBT, zip_key="")
        else:
            self._end("not_found", state=State.PENDING)
        return pause

    async def _last_question(self) -> None:
        """Ask by the key, which DIAN knows even when it lost the batch."""
        if not self.shipment.zip_key:
            return
        with suppress(_Failed):
            await self._ask()
        if self.shipment.state is State.READY:  # DIAN lost the batch: a resumed shipment may be sent again
            self._move(State.READY, zip_key="")
        await self._store()

    async def _ask(self) -> float | None:
        """Ask by key; "not found" is believed only after it settled, and then sending again is safe."""
        status = await self._question(self.shipment.state)
        if status.standing is not Standing.NOT_FOUND:
            return await self._judge(status, Recovery.ASKED)
        self._end("not_found", status.text)
        if any(attempt.outcome == _CLAIMED for attempt in self.shipment.attempts):
            return self._leave_unconfirmed()
        pause = self._budget.settle()
        if pause is not None:
            self._move(self.shipment.state)
        elif self.shipment.event:
            await self._look_among_events()
        else:
            self._move(State.READY)
        return pause

    # --- DIAN's answers ----------------------------------------------------------------------------------------------

    async def _judge(self, status: Status, recovered: Recovery | None = None) -> float | None:
        """Record DIAN's status of the document."""
        if self.shipment.event and status.already_registered:
            await self._compare_registered(status)
            return None
        if status.already_processed or status.code == TEST_SET:
            return await self._confirm(status)
        standing = status.standing
        if standing is Standing.ACCEPTED:
            self._refuse_stranger(status)
            learnt = recovered or self.shipment.recovered
            self._end("accepted", status.text, State.ACCEPTED, status=status, recovered=learnt)
            if not status.application_response and recovered is None:
                await self._ask_for_response()
            return None
        if standing in {Standing.REJECTED, Standing.PENDING}:
            self._end(standing.value, status.text, State(standing.value), status=status)
            return None
        # Of unknown meaning: no outcome is inferred; the answer to a sending is followed by the question for the key,
        # once.
        error = UnrecognisedStatus.of(
            "transport.unrecognised_status", cause=status.text, found=repr(status.code), remedy=_ASK
        )
        self._end("unrecognised", f"{status.code!r} {status.text}", State.IN_DOUBT, status=status, error=error)
        return None if recovered else 0

    async def _ask_for_response(self) -> None:
        """Ask once for the signed answer that an acceptance came without; whatever comes, the document is accepted."""
        try:
            status = await self._question(State.ACCEPTED)
        except _Failed:
            self._move(State.ACCEPTED)
            return
        found = status.standing is Standing.ACCEPTED and not stranger_of(self.shipment, status)
        self._end(status.standing.value, state=State.ACCEPTED, status=status if found else self.shipment.status)

    def _refuse_stranger(self, status: Status) -> None:
        """Leave the shipment in doubt after an acceptance of another document: it proves nothing about this one."""
        if stranger := stranger_of(self.shipment, status):
            key = self.shipment.key
            error = UnreadableAnswer.of("transport.other_document", found=stranger, expected=key, remedy=_ASK)
            raise self._failed(error, State.IN_DOUBT)

    async def _confirm(self, refusal: Status) -> float | None:
        """Ask whether DIAN has exactly this document, when rule 90 or a closed test set refuses it."""
        rule_90 = refusal.already_processed
        named = refusal.named_keys()
        claimed = rule_90 and (self.shipment.key in named if named else _may_have_arrived(self.shipment))
        self._end((_CLAIMED if claimed else _RULE_90) if rule_90 else "test_set", refusal.text)
        while True:
            status = await self._question(State.IN_DOUBT)
            if status.standing is Standing.ACCEPTED:
                self._refuse_stranger(status)
                recovered = Recovery.RULE_90 if rule_90 else Recovery.ASKED
                self._end("accepted", state=State.ACCEPTED, status=status, recovered=recovered)
                return None
            if status.standing is Standing.PENDING:
                self._end("pending", state=State.PENDING, status=status)
                return None
            pause = self._budget.settle() if status.standing is Standing.NOT_FOUND else None
            if pause is None:
                break
            self._end("not_found")
            await self._client._sleep(pause)
        if not rule_90 or any(fault.rejects and fault.code != ALREADY_PROCESSED for fault in refusal.faults):
            self._end("rejected", refusal.text, State.REJECTED, status=refusal)
        elif claimed:
            # DIAN says that it has this document and does not find it: it must be asked again later, never sent again
            # nor renumbered.
            self._end("not_found", state=State.IN_DOUBT, status=refusal)
            return self._leave_unconfirmed()
        else:
            other = next(iter(named), "")
            self._end("number_taken", other, State.REJECTED, status=refusal, taken_by=other)
        return None

    def _leave_unconfirmed(self) -> float | None:
        """Leave in doubt a document that DIAN says it has but does not find: only its key is queried from now on."""
        pause = self._budget.poll()
        error = UnrecognisedStatus.of("transport.unconfirmed", remedy=_ASK) if pause is None else None
        self._move(State.IN_DOUBT, error=error)
        return pause

    # --- events ------------------------------------------------------------------------------------------------------

    async def _invoice_events(self) -> InvoiceEvents:
        """Ask for the events of the invoice, since that GetStatus knows events by their CUDE is not confirmed."""
        (invoice,) = self.shipment.references
        status = await self._exchange("GetStatusEvent", {"trackId": invoice}, State.IN_DOUBT)
        self._end(status.standing.value)
        return events_of(status, invoice)

    async def _look_among_events(self) -> None:
        """Look for an event that GetStatus does not find among those of its invoice; without it, sending is safe."""
        found = await self._invoice_events()
        if any(event.key == self.shipment.key for event in found.history):
            self._move(State.ACCEPTED, status=_without_list(found), recovered=Recovery.ASKED)
        else:
            self._move(State.READY)

    async def _compare_registered(self, refusal: Status) -> None:
        """Find out whether the event that the invoice has already (LGC01) is this one or another of its code."""
        again = may_have_registered(self.shipment)
        self._end(_LGC01, refusal.text)
        status = await self._question(State.IN_DOUBT)
        if status.standing is Standing.ACCEPTED:
            self._end("accepted", state=State.ACCEPTED, status=status, recovered=Recovery.LGC01)
            return
        self._end(status.standing.value)
        found = await self._invoice_events()
        same = [event.key for event in found.history if event.code == self.shipment.event]
        other = next(filter(None, same), "")
        # Bytes that may have arrived before, and no other key is named: the registered event is taken to be this one.
        if self.shipment.key in same or (again and not other):
            self._move(State.ACCEPTED, status=_without_list(found), recovered=Recovery.LGC01)
        else:
            self._move(State.REJECTED, status=refusal, taken_by=other)


def stranger_of(shipment: Shipment, status: Status) -> str:
    """Return the key of the other document that an acceptance is about, if it is.

    Which key DIAN names in answers to events and payroll is not established: those are accepted as they are.
    """
    if shipment.sending.name in {"SendEventUpdateStatus", "SendNominaSync"}:
        return ""
    facts = response_facts(status.application_response) if status.application_response else None
    named = (status.document_key.lower(), facts.key if facts else "")
    return next((key for key in named if KEY.fullmatch(key) and key != shipment.key), "")


def _may_have_arrived(shipment: Shipment) -> bool:
    """True if an earlier sending of these bytes may have reached DIAN: then they themselves may hold the number."""
    uncertain = _uncertain(TransportError) | {"started", "pending", "unrecognised", _CLAIMED}
    earlier = (attempt for attempt in shipment.attempts[:-1] if attempt.operation == shipment.operation)
    return any(attempt.outcome in uncertain for attempt in earlier)


def may_have_registered(event: Shipment) -> bool:
    """True if an event was asked for after a sending that was not refused as registered: that one may have arrived.

    After a sending that surely did not arrive, it is sent again at once.
    """
    return any(
        before.operation == event.operation != after.operation and before.outcome != _LGC01
        for before, after in pairwise(event.attempts)
    )


def _uncertain(kind: type[TransportError]) -> set[str]:
    """Return the codes of the errors after which DIAN may have processed the request."""
    codes = {kind.code} if kind.UNCERTAIN else set()
    return codes.union(*map(_uncertain, kind.__subclasses__()))


def _without_list(found: InvoiceEvents) -> Status:
    """Return the status of the invoice's events; their list, the proof of this one, is no answer to it."""
    return replace(found.status, application_response=b"")
