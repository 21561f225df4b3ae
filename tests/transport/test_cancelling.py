"""An asynchronous sending that is cancelled at each of its steps, and what DIAN sees of the document then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from itertools import count, pairwise

import pytest

from dian_fe import AsyncClient, Shipment
from dian_fe.testing import ListedScript, Simulator
from dian_fe.testing.failures import Mishap
from dian_fe.transport.async_client import ended
from dian_fe.transport.outcome import Answer
from dian_fe.transport.shipment import Recovery
from dian_fe.transport.soap import Reply, Request
from tests.support.company import NIT
from tests.transport.support import AT_ONCE, batch_of, signed

SEND, ASK = "SendBillSync", "GetStatus"
MISHAPS: list[list[Mishap]] = [
    [],
    [Mishap.DROP_RESPONSE],
    [Mishap.DROP_REQUEST],
    [Mishap.HTTP_503],
    [Mishap.PENDING],
    [Mishap.DROP_RESPONSE, Mishap.LAG],
]


class Steps:
    """The steps of a sending, one of which cancels the task that takes it."""

    def __init__(self, cancelled: int = 0) -> None:
        self.left = cancelled

    async def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
        await asyncio.sleep(0)


class Wire:
    """A network to the simulator. What a cancelled sender had sent arrives never, or after DIAN's answer ``late``."""

    def __init__(self, dian: Simulator, steps: Steps, late: int = 0) -> None:
        self.dian, self.steps, self.late = dian, steps, late
        self.left: list[str] = []
        """Operations of the requests that may have arrived, as far as their sender can know."""
        self.waiting: list[Request] = []

    async def exchange_async(self, request: Request) -> Reply:
        await self.steps.step()
        self.left.append(request.operation)
        try:
            await self.steps.step()
        except asyncio.CancelledError:
            self.waiting.append(request)
            raise
        reply = self.dian.exchange(request)
        while self.waiting and 0 < self.late <= len(self.dian.requests):
            self.dian.exchange(self.waiting.pop())
        await self.steps.step()
        return reply


class Stored:
    """A store of one shipment, as JSON."""

    def __init__(self, shipment: Shipment, steps: Steps) -> None:
        self.json, self.steps = shipment.to_json(), steps

    async def __call__(self, shipment: Shipment) -> None:
        await self.steps.step()
        self.json = shipment.to_json()
        await self.steps.step()


def resumed(dian: Simulator, wire: Wire, store: Stored) -> Awaitable[Answer]:
    """Resume what is stored, with a client that knows nothing of any other."""
    client = AsyncClient(signer=dian.signer(NIT), transport=wire, environment=dian.environment, policy=AT_ONCE)
    return client.resume(Shipment.from_json(store.json), store=store)


def asked_before_repeating(left: Sequence[str]) -> bool:
    return all(after == ASK for before, after in pairwise(left) if before == SEND)


@pytest.mark.parametrize("mishaps", MISHAPS, ids="-".join)
def test_a_sending_cancelled_anywhere_arrives_once(mishaps: list[Mishap]) -> None:
    async def walk(dian: Simulator, steps: Steps) -> tuple[Answer, Wire]:
        wire, store = Wire(dian, steps), Stored(Shipment.of(signed(dian)), steps)
        with suppress(asyncio.CancelledError):
            await resumed(dian, wire, store)
        return await resumed(dian, wire, store), wire

    for cut in count(1):
        dian, steps = Simulator(seed=7, script=ListedScript(mishaps)), Steps(cut)
        answer, wire = asyncio.run(walk(dian, steps))
        assert answer.accepted, cut
        assert dian.requests.count(SEND) == len(dian.accepted) == 1, cut
        assert asked_before_repeating(wire.left), (cut, wire.left)
        if steps.left > 0:  # it ended before it was to be cancelled
            break
    assert cut > 7


@pytest.mark.parametrize(
    ("late", "recovered", "sendings"), [(1, Recovery.ASKED, 1), (2, Recovery.RULE_90, 2), (3, None, 2)]
)
def test_bytes_that_arrive_late_are_accepted_once(late: int, recovered: Recovery | None, sendings: int) -> None:
    dian, steps = Simulator(seed=7), Steps(4)  # storing takes two steps, and with the fourth the bytes have left
    wire, store = Wire(dian, steps, late), Stored(Shipment.of(signed(dian)), steps)

    async def walk() -> Answer:
        with pytest.raises(asyncio.CancelledError):
            await resumed(dian, wire, store)
        assert (wire.left, dian.requests) == ([SEND], [])
        return await resumed(dian, wire, store)

    answer = asyncio.run(walk())
    assert (answer.accepted, answer.recovered, len(dian.accepted)) == (True, recovered, 1)
    # Twice is rightful where DIAN said twice (settling) that it did not know the document.
    assert dian.requests.count(SEND) == sendings
    assert wire.left[:3] == [SEND, ASK, ASK]


def test_who_waits_for_a_cancelled_sending_asks_first() -> None:
    async def walk(dian: Simulator, steps: Steps) -> list[str]:
        wire = Wire(dian, steps)
        client = AsyncClient(signer=dian.signer(NIT), transport=wire, environment=dian.environment, policy=AT_ONCE)
        document = signed(dian)
        sendings = [asyncio.create_task(client.send(document)) for _ in range(3)]
        done = await asyncio.gather(*sendings, return_exceptions=True)
        answers = [each for each in done if isinstance(each, Answer)]
        assert len(answers) >= 2
        assert all(answer.accepted for answer in answers)
        return wire.left

    for cut in range(1, 5):
        dian = Simulator(seed=7)
        left = asyncio.run(walk(dian, Steps(cut)))
        assert dian.requests.count(SEND) == len(dian.accepted) == 1, cut
        assert asked_before_repeating(left), (cut, left)


def test_a_batch_cancelled_twice_ends_with_its_documents() -> None:
    """What is stored after a batch has ended would be stored over what the next one knows."""
    dian, storing = Simulator(seed=7), []

    async def slow(shipment: Shipment) -> None:
        storing.append(shipment.key)
        waiting = asyncio.ensure_future(asyncio.sleep(0.05))
        try:
            await ended(waiting)
        finally:
            storing.remove(shipment.key)

    async def walk() -> None:
        client = AsyncClient(signer=dian.signer(NIT), transport=dian)
        batch = asyncio.create_task(client.send_all(batch_of(dian, 3), store=slow))
        while len(storing) < 3:
            await asyncio.sleep(0)
        for _ in range(3):
            batch.cancel()
            await asyncio.sleep(0.01)
        await asyncio.wait([batch])
        assert batch.cancelled()
        assert storing == []

    asyncio.run(walk())
