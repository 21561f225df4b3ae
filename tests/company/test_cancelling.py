"""Calls of `AsyncCompany` that are cancelled at each of their steps, as often as a loop or a server may do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, pairwise
from typing import Any

import pytest

from dian_fe import AsyncClient, AsyncCompany, MemoryStore
from dian_fe.testing import Simulator
from dian_fe.transport.soap import Reply, Request
from tests.company.support import Clock, sale
from tests.support.company import NIT, issuer_at
from tests.support.sampling import some_of

SEND, ASK = "SendBillSync", "GetStatus"
HOW = ["once", "twice", "with its loop"]


class Steps:
    """The steps of a call, in threads and on the loop, one of which cancels it."""

    def __init__(self, cancelled: int, how: str) -> None:
        self.left, self._how = 0, how
        self._at = cancelled

    def begin(self, call: asyncio.Task[Any]) -> None:
        self.left, self._call, self._loop = self._at, call, asyncio.get_running_loop()
        self._others = asyncio.all_tasks() - {call}

    @property
    def cancelled(self) -> bool:
        return self.left <= 0

    def in_thread(self) -> None:
        """Take a step of a thread, which goes on once the call has felt that it is cancelled."""
        if self._due():
            asyncio.run_coroutine_threadsafe(self._cancel(), self._loop).result()

    async def on_loop(self) -> None:
        """Take a step of the call itself."""
        if self._due():
            self._call.cancel()
        await asyncio.sleep(0)

    def _due(self) -> bool:
        self.left -= 1
        return self.left == 0

    async def _cancel(self) -> None:
        for _ in range(1 if self._how == "once" else 2):
            # The end of a loop cancels every task, those of the call as well.
            mine = asyncio.current_task()
            tasks = asyncio.all_tasks() - self._others - {mine} if self._how == "with its loop" else {self._call}
            for task in tasks:
                task.cancel()
            await asyncio.wait([self._call], timeout=0.01)


class Slow(MemoryStore):
    """A store whose every transaction has a step before it and one after."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        super().__init__()

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        self._steps.in_thread()
        with super()._transaction() as run:
            yield run
        self._steps.in_thread()


class Wire:
    """A network to the simulator that loses what a cancelled call had not yet sent or received."""

    def __init__(self, dian: Simulator, steps: Steps) -> None:
        self.environment, self.policy = dian.environment, dian.policy
        self.dian, self.steps = dian, steps
        self.left: list[str] = []
        """Operations of the requests that may have arrived, as far as the call can know."""

    async def exchange_async(self, request: Request) -> Reply:
        await self.steps.on_loop()
        self.left.append(request.operation)
        await self.steps.on_loop()
        reply = self.dian.exchange(request)
        await self.steps.on_loop()
        return reply


def walked(dian: Simulator, steps: Steps, *, resuming: bool) -> None:
    """Cancel an issue or a resumption at a step, repeat it, and look for what may never be."""
    store, wire = Slow(steps), Wire(dian, steps)

    async def walk() -> None:
        client = AsyncClient(signer=dian.signer(NIT), transport=wire)
        company = AsyncCompany(issuer_at(dian), dian.signer(NIT), client=client, store=store, clock=Clock())

        def issue(**options: Any) -> Any:
            return company.issue(sale(company), idempotency_key="order-1", **options)  # type: ignore[arg-type]

        if resuming:
            await issue(send=False)
        call = asyncio.create_task(company.resume() if resuming else issue())
        steps.begin(call)
        await asyncio.wait([call])
        left, steps.left = steps.left, 0
        await asyncio.gather(company.resume(), company.resume())
        assert store.unfinished("700085371 2") == []
        again = await issue()
        assert again.accepted
        assert again.package is not None
        assert (await company.issue(sale(company))).number == "SETP990000001"  # type: ignore[arg-type]
        steps.left = left

    asyncio.run(walk())
    assert all(after == ASK for before, after in pairwise(wire.left[:-1]) if before == SEND), wire.left
    assert dian.requests.count(SEND) == len(dian.accepted) == 2


PARTS = 4
"""The steps are dealt out to so many tests, one of which belongs to the ordinary run."""


@pytest.mark.parametrize("part", some_of(PARTS, one_in=PARTS))
@pytest.mark.parametrize("resuming", [False, True], ids=["issue", "resume"])
@pytest.mark.parametrize("how", HOW)
def test_a_cancelled_call_leaves_its_document_to_be_resumed(
    how: str, resuming: bool, part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dian_fe.company.steps._WAITS", 5)  # what is held for ever is not waited for a minute
    first = (part + HOW.index(how)) % PARTS + 1
    for cut in count(first, PARTS):
        steps = Steps(cut, how)
        walked(Simulator(seed=7), steps, resuming=resuming)
        if not steps.cancelled:
            break
    assert cut > 10
