"""Sending once and only once, on the simulator and on transports that lose things."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from typing import Any

import pytest

from dian_fe import AsyncClient, Client, Shipment
from dian_fe.catalogs import Environment
from dian_fe.errors import (
    AnswerTimeout,
    CertificateRefused,
    ConnectionFailed,
    InvalidInput,
    InvalidSecurity,
    NotAllowed,
    NumberTaken,
    OutcomeUnknown,
    Rejected,
    ServiceUnavailable,
    WrongEnvironment,
)
from dian_fe.testing import ListedScript, Mishap, Simulator
from dian_fe.testing.pki import Flaw
from dian_fe.transport import Recovery, Reply, Request, Service, State
from tests.transport.support import AT_ONCE, KEY, NIT, Recorder, client, note, signed


class Faulty:
    """Carries requests to the simulator as its script says, one word for each exchange; then faithfully."""

    environment = Environment.HABILITACION
    policy = AT_ONCE

    def __init__(self, dian: Simulator, *script: str) -> None:
        self.dian = dian
        self.script = list(script)
        self.carried: list[str] = []

    def exchange(self, request: Request) -> Reply:
        word = self.script.pop(0) if self.script else "carry"
        self.carried.append(f"{request.operation}:{word}")
        if word == "drop request":
            raise ConnectionFailed("No se pudo conectar.")
        if word == "html":
            return Reply(502, {"content-type": "text/html"}, b"<html>Bad Gateway</html>")
        reply = self.dian.exchange(request)
        if word == "drop response":
            raise AnswerTimeout("no llegó respuesta a tiempo.")
        if word == "truncated":
            return Reply(200, reply.headers, reply.body[: len(reply.body) // 2])
        if word == "empty":
            return Reply(200, reply.headers, b"")
        return reply

    async def exchange_async(self, request: Request) -> Reply:
        return self.exchange(request)


def test_an_accepted_document_brings_dians_signed_answer(dian: Simulator) -> None:
    document = signed(dian)
    with client(dian) as ws:
        answer = ws.send(document).raise_for_rejection()
    assert answer.accepted
    assert answer.status_code == "00"
    assert answer.application_response == dian.accepted[document.key].application_response
    assert not answer.rejections


def test_a_rejection_is_a_value_and_raises_on_demand(dian: Simulator) -> None:
    wrong = dian.resolution("SETP").replace(technical_key="0" * 40)
    with client(dian) as ws:
        answer = ws.send(signed(dian, resolution=wrong))
    assert not answer.accepted
    assert [fault.code for fault in answer.rejections] == ["FAD06"]
    assert answer.rejections[0].xpath == "/Invoice/cbc:UUID"
    with pytest.raises(Rejected, match="FAD06"):
        answer.raise_for_rejection()


@pytest.mark.parametrize("word", ["drop response", "truncated", "empty", "html"])
def test_an_uncertain_key_is_asked_about_before_sending_again(dian: Simulator, word: str) -> None:
    """The response is lost after processing; exactly one document is at the server."""
    transport = Faulty(dian, word)
    with client(dian, transport) as ws:
        answer = ws.send(signed(dian))
    assert answer.accepted
    assert transport.carried[1].startswith("GetStatus:")
    assert len(dian.accepted) == 1
    assert dian.requests.count("SendBillSync") == 1
    if word != "html":
        assert answer.recovered is Recovery.ASKED


def test_what_surely_did_not_arrive_is_sent_again(dian: Simulator) -> None:
    transport = Faulty(dian, "drop request", "drop request")
    with client(dian, transport) as ws:
        answer = ws.send(signed(dian))
    assert answer.accepted
    assert transport.carried == ["SendBillSync:drop request"] * 2 + ["SendBillSync:carry"]


def test_rule_90_with_our_key_is_success_recovered(dian: Simulator) -> None:
    document = signed(dian)
    with client(dian) as ws:
        ws.send(document)
        again = ws.send(document)
    assert again.accepted
    assert again.recovered is Recovery.RULE_90
    assert len(dian.accepted) == 1


def test_rule_90_with_another_key_is_an_error_that_names_it(dian: Simulator) -> None:
    first, second = signed(dian), signed(dian, price="20000")
    with client(dian) as ws:
        ws.send(first)
        answer = ws.send(second)
    with pytest.raises(NumberTaken) as caught:
        answer.raise_for_rejection()
    assert caught.value.found == first.key
    assert caught.value.expected == second.key


def test_an_outage_leaves_a_shipment_to_store_and_resume(dian: Simulator) -> None:
    stored: list[str] = []
    with client(dian, Faulty(dian, *["drop response"] * 40)) as ws:
        answer = ws.send(signed(dian), store=lambda shipment: stored.append(shipment.to_json()))
    assert answer.outcome == "unknown"
    assert "resume" in answer.next_step
    with pytest.raises(OutcomeUnknown):
        answer.raise_for_rejection()
    assert Shipment.from_json(stored[0]).state is State.IN_DOUBT  # marked before the bytes left
    assert json.loads(stored[-1])["key"] == answer.key
    with client(dian) as ws:
        resumed = ws.resume(Shipment.from_json(stored[0]))
    assert resumed.accepted
    assert dian.requests.count("SendBillSync") == 1


def test_asynchronous_sending_is_polled_to_its_end(dian: Simulator) -> None:
    with client(dian) as ws:
        answer = ws.send(signed(dian), operation="SendBillAsync")
    assert answer.accepted
    assert [attempt.operation for attempt in answer.attempts] == ["SendBillAsync", "GetStatusZip"]


def test_the_asynchronous_client_makes_the_same_decisions(dian: Simulator) -> None:
    async def send() -> Any:
        transport = Faulty(dian, "drop response", "html")
        async with AsyncClient(signer=dian.signer(NIT), transport=transport) as ws:
            return await ws.send(signed(dian)), transport.carried

    answer, carried = asyncio.run(send())
    assert answer.accepted
    assert answer.recovered is Recovery.ASKED
    assert carried == ["SendBillSync:drop response", "GetStatus:html", "GetStatus:carry"]


def test_numbering_comes_as_resolutions_with_their_technical_key(dian: Simulator) -> None:
    dian.resolution("FE")
    with client(dian) as ws:
        resolutions = ws.numbering(NIT, dian.software.id)
    assert resolutions == list(dian.resolutions)
    assert [resolution.prefix for resolution in resolutions] == ["SETP", "FE"]
    assert resolutions[0].key() == dian.resolution("SETP").key()


def test_production_is_never_a_default(dian: Simulator) -> None:
    """No environment, no client; and a document of the other environment is not sent."""
    with pytest.raises(WrongEnvironment):
        Client(signer=dian.signer(NIT))
    with client(dian) as ws, pytest.raises(WrongEnvironment):
        ws.send(signed(dian, environment=Environment.PRODUCCION))
    assert not dian.requests


def test_only_signed_documents_are_sent(dian: Simulator) -> None:
    with client(dian) as ws, pytest.raises(InvalidInput, match="Signed"):
        ws.send(signed(dian).built)


def test_a_seal_tampered_or_of_another_authority_is_refused(dian: Simulator) -> None:
    class Tampering(Faulty):
        def exchange(self, request: Request) -> Reply:
            body = request.body.replace(b"</wsa:To>", b"?x</wsa:To>")
            return self.dian.exchange(Request(request.operation, request.url, request.headers, body))

    with client(dian, Tampering(dian)) as ws, pytest.raises(InvalidSecurity) as caught:
        ws.status("0" * 96)
    assert caught.value.operation == "GetStatus"
    assert caught.value.endpoint.startswith("https://vpfe-hab")
    stranger = dian.signer(NIT, flaw=Flaw.SELF_SIGNED)
    with Client(signer=stranger, transport=dian) as ws, pytest.raises(CertificateRefused):
        ws.status("0" * 96)


def test_errors_tell_what_was_asked_why_it_failed_and_what_next(dian: Simulator) -> None:
    with client(dian, Faulty(dian, "html")) as ws, pytest.raises(ServiceUnavailable) as caught:
        ws.status("0" * 96)
    error = caught.value
    assert error.retryable
    assert error.status == 502
    assert error.elapsed is not None
    for part in ("GetStatus", "vpfe-hab.dian.gov.co", "Qué hacer"):
        assert part in str(error)


def test_every_question_has_its_typed_answer(dian: Simulator) -> None:
    dian.acquirers["13", "1020304050"] = ("Ana Pérez", "ana@example.com")
    dian.mailboxes[NIT] = "recepcion@example.com"
    document = signed(dian)
    correction = note(dian, document)
    with client(dian) as ws:
        assert ws.send(document).accepted
        assert ws.send(correction).accepted
        assert ws.status(document.key).code == "00"
        assert ws.status_zip("x")[0].code == "66"
        assert [found.key for found in ws.reference_notes(document.key)] == [correction.key]
        assert ws.events(document.key).status.code == "66"
        assert ws.document_xml(document.key).xml == document.xml
        assert ws.document_xml(KEY).xml == b""
        assert ws.document_info(document.key).documents[0].key == document.key
        assert ws.acquirer("13", "1020304050").email == "ana@example.com"
        assert not ws.acquirer("13", "1").found
        assert ws.exchange_emails().rows()[1] == [NIT, "recepcion@example.com"]


def test_the_asynchronous_client_asks_the_same_questions(dian: Simulator) -> None:
    document = signed(dian)

    async def ask() -> None:
        async with AsyncClient(signer=dian.signer(NIT), transport=dian) as ws:
            assert (await ws.send(document)).accepted
            shipment = Shipment.of(document)
            assert (await ws.resume(shipment)).recovered is Recovery.RULE_90
            assert (await ws.status(document.key)).code == "00"
            assert (await ws.status_zip("x"))[0].code == "66"
            assert (await ws.reference_notes(document.key)).status.code == "66"
            assert (await ws.events(document.key)).status.code == "66"
            assert (await ws.document_xml(document.key)).xml == document.xml
            assert not (await ws.document_info(KEY)).found
            assert not (await ws.acquirer("13", "1")).found
            assert (await ws.exchange_emails()).rows() == [["NIT", "Correo"]]
            assert (await ws.numbering(NIT, dian.software.id))[0].prefix == "SETP"

    asyncio.run(ask())


def test_what_a_transport_does_not_tell_apart_is_uncertain(dian: Simulator) -> None:
    transport = Recorder(dian, OSError("se cortó"))
    with client(dian, transport) as ws:
        answer = ws.send(signed(dian))
    assert answer.accepted
    assert transport.carried == ["SendBillSync", "GetStatus", "GetStatus", "SendBillSync"]
    assert answer.attempts[0].outcome == "connection_lost"
    assert "se cortó" in answer.attempts[0].detail


# --- one flight for each key ----------------------------------------------------------------------------------------


class Gate(Recorder):
    """Holds the first request until it is let through."""

    def __init__(self, dian: Simulator) -> None:
        super().__init__(dian)
        self.arrived, self.open = threading.Event(), threading.Event()

    def exchange(self, request: Request) -> Reply:
        self.arrived.set()
        assert self.open.wait(10)
        return super().exchange(request)


def test_the_same_key_twice_at_a_time_is_sent_once(dian: Simulator) -> None:
    gate, document, answers = Gate(dian), signed(dian), []
    with client(dian, gate) as ws:
        threads = [threading.Thread(target=lambda: answers.append(ws.send(document))) for _ in range(2)]
        threads[0].start()
        assert gate.arrived.wait(10)
        threads[1].start()
        time.sleep(0.05)
        gate.open.set()
        for thread in threads:
            thread.join()
    assert [answer.accepted for answer in answers] == [True, True]
    assert gate.carried == ["SendBillSync"]


def test_the_asynchronous_client_too(dian: Simulator) -> None:
    transport, document = Recorder(dian), signed(dian)

    async def send() -> Any:
        async with AsyncClient(signer=dian.signer(NIT), transport=transport) as ws:
            return await asyncio.gather(*(ws.send(document) for _ in range(3)))

    answers = asyncio.run(send())
    assert all(answer.accepted for answer in answers)
    assert transport.carried == ["SendBillSync"]


def test_when_the_first_is_cancelled_the_other_goes_on(dian: Simulator) -> None:
    class Slow(Recorder):
        async def exchange_async(self, request: Request) -> Reply:
            reply = self.exchange(request)  # processed at once, answered late
            await asyncio.sleep(0.05 if len(self.carried) == 1 else 0)
            return reply

    transport, document = Slow(dian), signed(dian)

    async def send() -> Any:
        async with AsyncClient(signer=dian.signer(NIT), transport=transport) as ws:
            first = asyncio.create_task(ws.send(document))
            await asyncio.sleep(0)
            second = asyncio.create_task(ws.send(document))
            await asyncio.sleep(0)
            first.cancel()
            answer = await second
            third = asyncio.create_task(ws.send(document))
            await asyncio.sleep(0)
            third.cancel()
            with pytest.raises(asyncio.CancelledError):
                await third
            return answer

    answer = asyncio.run(send())
    assert answer.accepted
    assert answer.recovered is Recovery.ASKED
    assert transport.carried[:2] == ["SendBillSync", "GetStatus"]


def test_a_final_error_says_its_own_next_step(dian: Simulator) -> None:
    dian.script = ListedScript([Mishap.WRONG_CLOCK])
    with client(dian) as ws:
        answer = ws.send(signed(dian))
    assert "reloj" in answer.next_step
    with pytest.raises(InvalidSecurity, match="NTP"):
        answer.raise_for_rejection()


def test_an_error_of_the_first_is_shared_and_the_next_tries_anew(dian: Simulator) -> None:
    document = signed(dian)

    def fail(shipment: Shipment) -> None:
        raise OSError("disco lleno")

    with client(dian) as ws:
        with pytest.raises(OSError, match="disco lleno"):
            ws.send(document, store=fail)
        assert ws.send(document).accepted


def test_a_note_waits_for_its_invoice_that_is_on_its_way(dian: Simulator) -> None:
    gate, document = Gate(dian), signed(dian)
    correction, answers = note(dian, document), {}
    with client(dian, gate) as ws:
        first = threading.Thread(target=lambda: answers.update(invoice=ws.send(document)))
        second = threading.Thread(target=lambda: answers.update(note=ws.send(correction)))
        first.start()
        assert gate.arrived.wait(10)
        second.start()
        time.sleep(0.05)
        assert gate.carried == []
        gate.open.set()
        first.join()
        second.join()
    assert answers["note"].accepted
    assert list(dian.accepted) == [document.key, correction.key]


# --- service --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "url", "error"),
    [
        (None, None, WrongEnvironment),
        ("", None, WrongEnvironment),
        ("PRUEBAS", None, WrongEnvironment),
        ("HABILITACION", "https://vpfe.dian.gov.co/WcfDianCustomerServices.svc", WrongEnvironment),
        ("HABILITACION", "http://vpfe-hab.dian.gov.co/WcfDianCustomerServices.svc", InvalidInput),
        ("HABILITACION", "ftp://localhost/x", InvalidInput),
        ("HABILITACION", "", InvalidInput),
        ("HABILITACION", "https://", InvalidInput),
        ("HABILITACION", "https://[::1", InvalidInput),
    ],
)
def test_environment_and_endpoint_cannot_be_mixed(environment: Any, url: str | None, error: type[Exception]) -> None:
    with pytest.raises(error):
        Service.of(environment, url)


def test_a_service_carries_all_that_depends_on_the_environment() -> None:
    production, tests = Service.of("produccion"), Service.of(Environment.HABILITACION)
    assert (production.url, production.execution_id) == ("https://vpfe.dian.gov.co/WcfDianCustomerServices.svc", "1")
    assert (tests.url, tests.execution_id) == ("https://vpfe-hab.dian.gov.co/WcfDianCustomerServices.svc", "2")
    assert production.catalogue_url(KEY).startswith("https://catalogo-vpfe.dian.gov.co/")
    assert tests.catalogue_url(KEY).startswith("https://catalogo-vpfe-hab.dian.gov.co/")
    assert Service.of("2", "https://otra.example.com/x").url == "https://otra.example.com/x"


def test_a_client_shows_no_secret(dian: Simulator) -> None:
    with client(dian) as ws:
        assert "HABILITACION" in repr(ws)
        assert "PRIVATE" not in repr(ws)
        assert "_KeySigner__key" not in repr(ws)


def test_options_that_nobody_would_heed_are_refused(dian: Simulator) -> None:
    with pytest.raises(NotAllowed, match="proxy"):
        client(dian, proxy="http://127.0.0.1:1")
    with pytest.raises(TypeError, match="politica"):
        client(dian, politica=None)
    with client(dian) as ws:
        with pytest.raises(NotAllowed, match="test_set_id"):
            ws.send(Shipment.of(signed(dian)), test_set_id="x")
        with pytest.raises(TypeError):
            ws.send(signed(dian), operacion="x")
