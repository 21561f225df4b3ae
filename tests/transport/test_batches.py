"""Batches: in order, bounded, each document by itself, notes behind their invoices, resumable. Both clients alike."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest

from dian_fe import AsyncClient, Client, Shipment
from dian_fe.catalogs import Environment
from dian_fe.errors import InvalidInput, OriginalNotAccepted, SigningError, WrongEnvironment
from dian_fe.signing import CallableSigner
from dian_fe.testing import Simulator
from dian_fe.transport import Reply, Request, State
from tests.transport.support import NIT, Recorder, batch_of, client, note, signed, stored


@pytest.fixture(params=["sync", "async"])
def send_all(request: Any) -> Any:
    """Send a batch with either client."""

    def send(dian: Simulator, items: Any, transport: Any = None, **options: Any) -> Any:
        if request.param == "sync":
            with client(dian, transport) as ws:
                return ws.send_all(items, **options)

        async def send_async() -> Any:
            async with AsyncClient(signer=dian.signer(NIT), transport=transport or dian) as ws:
                return await ws.send_all(items, **options)

        return asyncio.run(send_async())

    return send


def test_a_batch_answers_in_order_and_stores_its_shipments(dian: Simulator, send_all: Any) -> None:
    items, kept, told = batch_of(dian, 12), {}, []
    answers = send_all(
        dian,
        iter(items),
        concurrency=3,
        store=stored(kept),
        progress=lambda *step: told.append(step[:2]),
    )
    assert [answer.number for answer in answers] == [item.document.number for item in items]
    assert all(answer.accepted for answer in answers)
    assert told == [(done, 12) for done in range(1, 13)]
    assert {Shipment.from_json(text).state for text in kept.values()} == {State.ACCEPTED}


def test_concurrency_is_bounded(dian: Simulator, send_all: Any) -> None:
    class Counting(Recorder):
        now = most = 0
        lock = threading.Lock()

        def exchange(self, request: Request) -> Reply:
            with self.lock:
                self.now += 1
                self.most = max(self.most, self.now)
            time.sleep(0.005)
            reply = super().exchange(request)
            with self.lock:
                self.now -= 1
            return reply

        async def exchange_async(self, request: Request) -> Reply:
            return await asyncio.to_thread(self.exchange, request)

    transport = Counting(dian)
    send_all(dian, batch_of(dian, 10), transport, concurrency=3)
    assert transport.most == 3


def test_one_bad_document_never_hurts_the_others(dian: Simulator, send_all: Any) -> None:
    wrong = dian.resolution("SETP").replace(technical_key="0" * 40)
    good, last = batch_of(dian, 2)
    bad = signed(dian, "SETP990000010", resolution=wrong)
    elsewhere = signed(dian, "SETP990000011", environment=Environment.PRODUCCION)
    answers = send_all(dian, [good, bad, elsewhere, last])
    assert [answer.outcome for answer in answers] == ["accepted", "rejected", "unknown", "accepted"]
    assert isinstance(answers[2].error, WrongEnvironment)
    with pytest.raises(WrongEnvironment):
        answers[2].raise_for_rejection()
    assert elsewhere.key not in dian.accepted


def test_a_signer_that_fails_is_the_answer_of_its_document(dian: Simulator) -> None:
    own = dian.signer(NIT)
    left = [1]

    def sign_once(data: bytes) -> bytes:
        if not left:
            raise OSError("la llave se fue")
        left.pop()
        return own.sign(data)

    with Client(signer=CallableSigner(own.certificate_chain, sign_once), transport=dian) as ws:
        first, second = ws.send_all(batch_of(dian, 2), concurrency=1)
    assert first.accepted
    assert isinstance(second.error, SigningError)
    assert second.shipment.state is State.IN_DOUBT  # asked for before it is sent again: nothing is assumed


def test_the_same_document_twice_in_a_batch_is_sent_once(dian: Simulator, send_all: Any) -> None:
    transport, (item,) = Recorder(dian), batch_of(dian, 1)
    answers = send_all(dian, [item, item, Shipment.of(item)], transport)
    assert all(answer.accepted and answer.recovered is None for answer in answers)
    assert transport.carried == ["SendBillSync"]


def test_notes_of_a_batch_wait_for_their_invoices(send_all: Any) -> None:
    dian = Simulator(seed=7, references=True)
    document, other = batch_of(dian, 2)
    correction, second = note(dian, document), note(dian, other, "NC2")
    answers = send_all(dian, [correction, second, document, other], concurrency=4)
    assert all(answer.accepted for answer in answers)
    order = list(dian.accepted)
    assert order.index(document.key) < order.index(correction.key)
    assert order.index(other.key) < order.index(second.key)


def test_a_note_whose_invoice_is_rejected_is_held_back(dian: Simulator, send_all: Any) -> None:
    document = signed(dian, resolution=dian.resolution("SETP").replace(technical_key="0" * 40))
    correction = note(dian, document)
    transport = Recorder(dian)
    rejected, held = send_all(dian, [document, correction], transport)
    assert rejected.outcome == "rejected"
    assert held.outcome == "unknown"
    assert transport.carried == ["SendBillSync"]
    assert document.document.number in held.next_step
    with pytest.raises(OriginalNotAccepted):
        held.raise_for_rejection()


def test_what_is_no_document_stops_the_batch_before_sending(dian: Simulator, send_all: Any) -> None:
    with pytest.raises(InvalidInput, match="Signed"):
        send_all(dian, [*batch_of(dian, 1), "SETP990000002"])
    assert not dian.requests


def test_a_failing_store_stops_the_batch_and_the_rest_resumes(dian: Simulator, send_all: Any) -> None:
    kept: dict[str, str] = {}
    keep = stored(kept)

    def full(shipment: Shipment) -> None:
        if len(kept) >= 5:
            raise OSError("disco lleno")
        keep(shipment)

    items = batch_of(dian, 8)
    with pytest.raises(OSError, match="disco lleno"):
        send_all(dian, items, concurrency=2, store=full)
    again = [Shipment.from_json(kept[item.key]) if item.key in kept else Shipment.of(item) for item in items]
    answers = send_all(dian, again)
    assert all(answer.accepted for answer in answers)
    assert len(dian.accepted) == 8
