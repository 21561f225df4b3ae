"""Callers that share a client and a document: each has its own outcome, and the document is accepted once."""

from __future__ import annotations

import asyncio
import random
import threading
from typing import Any

import pytest

from dian_fe import AsyncClient, Shipment, build, sign
from dian_fe.errors import OriginalNotAccepted
from dian_fe.testing import ListedScript, Mishap, Simulator
from dian_fe.transport import Recovery, Reply, Request, State
from tests.support.company import issuer_at
from tests.transport.support import NIT, NOW, Recorder, client, invoice, note, signed


class Stop(Exception):
    """What a caller's own store raises."""


class Gate(Recorder):
    """Holds the first request until it is let through."""

    def __init__(self, dian: Simulator) -> None:
        super().__init__(dian)
        self.arrived, self.open = threading.Event(), threading.Event()

    def exchange(self, request: Request) -> Reply:
        self.arrived.set()
        assert self.open.wait(30)
        return super().exchange(request)


class Keeps:
    """A store that fails at one of its calls, or at none."""

    def __init__(self, fails_at: int | None = None) -> None:
        self.fails_at = fails_at
        self.kept: list[Shipment] = []

    def __call__(self, shipment: Shipment) -> None:
        self.kept.append(shipment)
        if len(self.kept) - 1 == self.fails_at:
            raise Stop


def in_threads(*calls: Any) -> list[Any]:
    outcomes: list[Any] = [None] * len(calls)

    def run(index: int) -> None:
        try:
            outcomes[index] = calls[index]()
        except BaseException as error:
            outcomes[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


@pytest.mark.parametrize("fails_at", [0, 1])
def test_a_failing_store_of_one_thread_hurts_no_other(dian: Simulator, fails_at: int) -> None:
    gate, document = Gate(dian), signed(dian)
    first, second = Keeps(fails_at), Keeps()
    with client(dian, gate) as ws:
        outcomes: list[Any] = []

        def send(store: Keeps) -> None:
            try:
                outcomes.append(ws.send(document, store=store))
            except Stop as error:
                outcomes.append(error)

        one = threading.Thread(target=send, args=(first,))
        two = threading.Thread(target=send, args=(second,))
        one.start()
        if fails_at:
            assert gate.arrived.wait(10)
        two.start()
        gate.open.set()
        one.join(30)
        two.join(30)
    accepted = [each for each in outcomes if not isinstance(each, Stop)]
    assert [each.accepted for each in accepted] == [True]
    assert second.kept[-1].state is State.ACCEPTED


def test_each_waiting_caller_stores_the_outcome_itself(dian: Simulator) -> None:
    gate, document = Gate(dian), signed(dian)
    stores = [Keeps() for _ in range(4)]
    with client(dian, gate) as ws:
        threading.Timer(0.1, gate.open.set).start()
        answers = in_threads(*(lambda store=store: ws.send(document, store=store) for store in stores))
    assert [answer.accepted for answer in answers] == [True] * 4
    assert [store.kept[-1].state for store in stores] == [State.ACCEPTED] * 4
    assert gate.carried.count("SendBillSync") == 1


def test_a_resumed_copy_of_the_document_joins_its_sending(dian: Simulator) -> None:
    gate, document = Gate(dian), signed(dian)
    copy = Shipment.from_json(Shipment.of(document).to_json())
    with client(dian, gate) as ws:
        threading.Timer(0.1, gate.open.set).start()
        answers = in_threads(lambda: ws.send(document), lambda: ws.resume(copy))
    assert [answer.accepted for answer in answers] == [True, True]
    assert gate.carried.count("SendBillSync") == 1


def test_other_bytes_of_the_same_key_are_asked_for(dian: Simulator) -> None:
    gate, document = Gate(dian), signed(dian)
    built = build(invoice(), issuer_at(dian))
    other = sign(built, dian.pki.signer(NIT, "Otra persona de la tienda"), at=NOW)
    assert (other.key, other.xml == document.xml) == (document.key, False)
    with client(dian, gate) as ws:
        outcomes: dict[str, Any] = {}
        one = threading.Thread(target=lambda: outcomes.update(one=ws.send(document)))
        one.start()
        assert gate.arrived.wait(10)
        two = threading.Thread(target=lambda: outcomes.update(two=ws.send(other)))
        two.start()
        gate.open.set()
        one.join(30)
        two.join(30)
    assert gate.carried == ["SendBillSync", "GetStatus"]
    assert outcomes["two"].shipment.xml == other.xml
    assert outcomes["two"].recovered is Recovery.ASKED


def test_a_note_outlives_the_error_of_its_invoices_caller(dian: Simulator) -> None:
    gate, invoice = Gate(dian), signed(dian)
    correcting = note(dian, invoice)
    with client(dian, gate) as ws:
        failing = Keeps(1)
        outcomes: dict[str, Any] = {}

        def send_invoice() -> None:
            with pytest.raises(Stop):
                ws.send(invoice, store=failing)

        one = threading.Thread(target=send_invoice)
        one.start()
        assert gate.arrived.wait(10)
        two = threading.Thread(target=lambda: outcomes.update(note=ws.send(correcting)))
        two.start()
        gate.open.set()
        one.join(30)
        two.join(30)
        held = outcomes["note"]
        assert isinstance(held.shipment.error, OriginalNotAccepted)
        assert held.shipment.error.found == "unknown"
        assert not held.shipment.attempts
        assert ws.send(invoice).accepted
        assert ws.resume(held.shipment).accepted


def test_a_note_is_not_cancelled_with_its_invoice(dian: Simulator) -> None:
    class Slow(Recorder):
        async def exchange_async(self, request: Request) -> Reply:
            await asyncio.sleep(0.05)
            return self.exchange(request)

    invoice = signed(dian)
    correcting = note(dian, invoice)

    async def send() -> Any:
        async with AsyncClient(signer=dian.signer(NIT), transport=Slow(dian)) as ws:
            first = asyncio.create_task(ws.send(invoice))
            await asyncio.sleep(0)
            second = asyncio.create_task(ws.send(correcting))
            await asyncio.sleep(0)
            first.cancel()
            return await second

    answer = asyncio.run(send())
    assert isinstance(answer.shipment.error, OriginalNotAccepted)


def test_twenty_threads_with_failing_stores_all_end_well(dian: Simulator) -> None:
    rng = random.Random(11)
    documents = [signed(dian, f"SETP99000{index:04}") for index in range(1, 6)]
    dian.script = ListedScript([Mishap.DROP_RESPONSE, Mishap.RESET, Mishap.DROP_REQUEST] * 4)
    stores = [Keeps(rng.choice([None, 0, 1, 2])) for _ in range(20)]
    recorder = Recorder(dian)
    with client(dian, recorder) as ws:
        outcomes = in_threads(
            *(
                lambda index=index: ws.send(documents[index % len(documents)], store=stores[index])
                for index in range(20)
            )
        )
        for store, outcome in zip(stores, outcomes, strict=True):
            if isinstance(outcome, Stop):
                assert store.fails_at is not None
                assert len(store.kept) == store.fails_at + 1
            else:
                assert outcome.accepted, outcome
        assert [ws.send(document).accepted for document in documents] == [True] * len(documents)


def test_two_hundred_tasks_cancelled_and_failing_accept_once(dian: Simulator) -> None:
    documents = [signed(dian, f"SETP99000{index:04}") for index in range(1, 21)]
    rng = random.Random(5)

    class Slow(Recorder):
        async def exchange_async(self, request: Request) -> Reply:
            await asyncio.sleep(rng.random() / 200)
            reply = self.exchange(request)
            await asyncio.sleep(rng.random() / 200)
            return reply

    recorder = Slow(dian)

    async def run() -> tuple[list[Any], list[Any], list[Keeps]]:
        async with AsyncClient(signer=dian.signer(NIT), transport=recorder) as ws:
            stores = [Keeps(rng.choice([None, None, 0, 1])) for _ in range(200)]
            tasks = [asyncio.create_task(ws.send(documents[index % 20], store=stores[index])) for index in range(200)]
            for task in rng.sample(tasks, 60):
                await asyncio.sleep(0.0005)
                task.cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            return outcomes, [await ws.send(document) for document in documents], stores

    outcomes, last, stores = asyncio.run(run())
    assert all(answer.accepted for answer in last)
    assert sum(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes) > 0
    for store, outcome in zip(stores, outcomes, strict=True):
        if isinstance(outcome, Stop):
            assert store.fails_at is not None
        elif not isinstance(outcome, asyncio.CancelledError):
            assert outcome.accepted, outcome
            assert store.kept[-1].state is State.ACCEPTED
