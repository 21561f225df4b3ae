"""Sending once and only once, on the simulator and on transports that lose things."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from dian_fe import (
    AsyncClient,
    Client,
    Customer,
    Invoice,
    Issuer,
    Line,
    Organization,
    Payment,
    RetryPolicy,
    Shipment,
    build,
    iva,
    sign,
)
from dian_fe.catalogs import Environment
from dian_fe.errors import (
    AnswerTimeout,
    CertificateRefused,
    ConnectionFailed,
    InvalidInput,
    InvalidSecurity,
    NumberTaken,
    OutcomeUnknown,
    Rejected,
    ServiceUnavailable,
    WrongEnvironment,
)
from dian_fe.testing import Simulator
from dian_fe.testing.pki import Flaw
from dian_fe.transport import Recovery, Reply, Request, State

NOW = datetime(2026, 3, 2, 10, 15, tzinfo=timezone(timedelta(hours=-5)))
SHOP = Organization(nit="700085371", name="Tienda Ejemplo SAS", municipality="76001", address="Cl 14 # 5-20")
AT_ONCE = RetryPolicy(unavailable=(0,) * 4, slow=(0,) * 4, polls=(0,) * 4, settling=(0,))


@pytest.fixture
def dian() -> Simulator:
    return Simulator(seed=7)


def signed(dian: Simulator, number: str = "SETP990000001", price: str = "18500", **changes: Any) -> Any:
    invoice = Invoice.from_lines(
        number=number,
        issued_at=NOW,
        supplier=SHOP,
        customer=Customer.final_consumer(),
        lines=[Line(description="Café tostado", quantity=3, price=Decimal(price), taxes=(iva(5),))],
        payment=Payment.cash(),
    )
    values = {"organization": SHOP, "software": dian.software, "resolution": dian.resolution("SETP")}
    return sign(build(invoice, Issuer.model_validate(values | changes)), dian.signer(SHOP.nit), at=NOW)


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
            raise ConnectionFailed("no se pudo conectar.")
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


def client(dian: Simulator, transport: Any = None, **options: Any) -> Client:
    return Client(signer=dian.signer(SHOP.nit), transport=transport or dian, **options)


def test_an_accepted_document_brings_dians_signed_answer(dian: Simulator) -> None:
    document = signed(dian)
    with client(dian) as ws:
        answer = ws.send(document).raise_for_rejection()
    assert answer.accepted
    assert answer.status_code == "00"
    assert answer.application_response == dian.accepted[document.key].application_response
    assert not answer.rejections


def test_a_rejection_is_a_value_with_dians_codes_and_raises_on_demand(dian: Simulator) -> None:
    wrong = dian.resolution("SETP").replace(technical_key="0" * 40)
    with client(dian) as ws:
        answer = ws.send(signed(dian, resolution=wrong))
    assert not answer.accepted
    assert [fault.code for fault in answer.rejections] == ["FAD06"]
    assert answer.rejections[0].xpath == "/Invoice/cbc:UUID"
    with pytest.raises(Rejected, match="FAD06"):
        answer.raise_for_rejection()


@pytest.mark.parametrize("word", ["drop response", "truncated", "empty", "html"])
def test_after_an_uncertain_outcome_the_key_is_asked_before_anything_is_sent_again(dian: Simulator, word: str) -> None:
    """E1: the response is lost after processing; exactly one document is at the server."""
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


def test_an_outage_leaves_a_shipment_that_can_be_stored_and_resumed(dian: Simulator) -> None:
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
        async with AsyncClient(signer=dian.signer(SHOP.nit), transport=transport) as ws:
            return await ws.send(signed(dian)), transport.carried

    answer, carried = asyncio.run(send())
    assert answer.accepted
    assert answer.recovered is Recovery.ASKED
    assert carried == ["SendBillSync:drop response", "GetStatus:html", "GetStatus:carry"]


def test_numbering_comes_as_resolutions_with_their_technical_key(dian: Simulator) -> None:
    dian.resolution("FE")
    with client(dian) as ws:
        resolutions = ws.numbering(SHOP.nit, dian.software.id)
    assert resolutions == list(dian.resolutions)
    assert resolutions[0].key() == dian.resolution("SETP").key()


def test_production_is_never_a_default(dian: Simulator) -> None:
    """D7: no environment, no client; and a document of the other environment is not sent."""
    with pytest.raises(WrongEnvironment):
        Client(signer=dian.signer(SHOP.nit))
    with client(dian) as ws, pytest.raises(WrongEnvironment):
        ws.send(signed(dian, environment=Environment.PRODUCCION))
    assert not dian.requests


def test_only_signed_documents_are_sent(dian: Simulator) -> None:
    with client(dian) as ws, pytest.raises(InvalidInput, match="firmados"):
        ws.send(signed(dian).built)


def test_a_seal_of_another_authority_or_a_tampered_one_is_refused(dian: Simulator) -> None:
    class Tampering(Faulty):
        def exchange(self, request: Request) -> Reply:
            body = request.body.replace(b"</wsa:To>", b"?x</wsa:To>")
            return self.dian.exchange(Request(request.operation, request.url, request.headers, body))

    with client(dian, Tampering(dian)) as ws, pytest.raises(InvalidSecurity) as caught:
        ws.status("0" * 96)
    assert caught.value.operation == "GetStatus"
    assert caught.value.endpoint.startswith("https://vpfe-hab")
    stranger = dian.signer(SHOP.nit, flaw=Flaw.SELF_SIGNED)
    with Client(signer=stranger, transport=dian) as ws, pytest.raises(CertificateRefused):
        ws.status("0" * 96)


def test_errors_tell_operation_endpoint_elapsed_cause_and_next_step(dian: Simulator) -> None:
    with client(dian, Faulty(dian, "html")) as ws, pytest.raises(ServiceUnavailable) as caught:
        ws.status("0" * 96)
    error = caught.value
    assert error.retryable
    assert error.status == 502
    assert error.elapsed is not None
    for part in ("GetStatus", "vpfe-hab.dian.gov.co", "Qué hacer"):
        assert part in str(error)
