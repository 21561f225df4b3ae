"""`Client.confirm`: the document that DIAN holds, compared; no yes without DIAN's word."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from dian_fe import AsyncClient, Client, read, verify
from dian_fe.errors import InvalidInput
from dian_fe.testing import Simulator
from dian_fe.transport import Confirmed, DocumentXml
from dian_fe.transport.confirming import compared

DIAN = Simulator(seed=7)
VERIFIED = verify(read(DIAN.deliver(to="800199436")), DIAN.trust)
RAW = VERIFIED.received.raw


def client(transport: Any = DIAN) -> Client:
    return Client(signer=DIAN.signer("800199436"), transport=transport)


def held(xml: bytes, code: str = "200") -> DocumentXml:
    return DocumentXml(code, "", "", xml)


def test_dians_own_copy_confirms_it() -> None:
    with client() as ws:
        found = ws.confirm(VERIFIED)
    assert found
    assert (found.outcome, found.identical, found.differences) == (Confirmed.SAME, True, ())
    assert found.key == VERIFIED.key

    async def ask() -> object:
        async with AsyncClient(signer=DIAN.signer("800199436"), transport=DIAN) as ws:
            return await ws.confirm(VERIFIED)

    assert asyncio.run(ask()) == found


def test_the_same_xml_written_otherwise_is_the_same() -> None:
    for other in (b"\xef\xbb\xbf" + RAW, RAW.replace(b"'", b"&apos;") + b"\n", RAW + b"<!-- x -->"):
        found = compared(VERIFIED, held(other))
        assert found
        assert not found.identical


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (b">228480.00</cbc:PayableAmount>", b">128480.00</cbc:PayableAmount>", "text"),
        (b'currencyID="COP"', b'currencyID="USD"', "attributes"),
        (b"<cac:InvoiceLine>", b"<cac:InvoiceLine><cbc:Note>x</cbc:Note>", "element"),
        (b"</Invoice>", b"<x/></Invoice>", "element"),
    ],
)
def test_what_differs_is_told_by_its_place(old: bytes, new: bytes, what: str) -> None:
    changed = RAW.replace(old, new)
    assert changed != RAW
    found = compared(VERIFIED, held(changed))
    assert not found
    assert found.outcome is Confirmed.DIFFERENT
    assert found.differences[0].what == what
    assert not found.only_the_signature_differs
    assert len(found.differences) <= 100


def test_another_signature_over_the_same_data_is_told_apart() -> None:
    at = RAW.index(b">", RAW.index(b"<ds:SignatureValue")) + 1
    found = compared(VERIFIED, held(RAW[:at] + b"A" + RAW[at:]))
    assert found.only_the_signature_differs
    assert not found


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (held(b"", "404"), Confirmed.NOT_FOUND),
        (held(RAW, "404"), Confirmed.NOT_FOUND),
        (held(b"", "200"), Confirmed.NOT_CONFIRMED),
        (held(b"", "500"), Confirmed.NOT_CONFIRMED),
        (held(b"", ""), Confirmed.NOT_CONFIRMED),
        (held(b"<Invoice"), Confirmed.NOT_CONFIRMED),
        (held(b"<ApplicationResponse/>"), Confirmed.NOT_CONFIRMED),
        (held(b"<Invoice/>"), Confirmed.DIFFERENT),
    ],
)
def test_only_a_document_is_a_yes(answer: DocumentXml, outcome: Confirmed) -> None:
    found = compared(VERIFIED, answer)
    assert (found.outcome, bool(found)) == (outcome, False)
    assert found.outcome.meaning
    assert found.reason or outcome is not Confirmed.NOT_CONFIRMED


def test_an_office_that_does_not_know_it_says_so() -> None:
    other = Simulator(seed=9)
    with Client(signer=other.signer("800199436"), transport=other) as ws:
        assert ws.confirm(VERIFIED).outcome is Confirmed.NOT_FOUND


def test_no_answer_is_no_yes() -> None:
    def broken(request: object) -> None:
        raise OSError("cable")

    with client(SimpleNamespace(exchange=broken, environment="2", close=lambda: None)) as ws:
        found = ws.confirm(VERIFIED)
    assert (found.outcome, bool(found)) == (Confirmed.NOT_CONFIRMED, False)
    assert found.error is not None
    assert found.reason


def test_only_what_was_verified_is_confirmed() -> None:
    with client() as ws, pytest.raises(InvalidInput):
        ws.confirm(VERIFIED.received)  # type: ignore[arg-type]
