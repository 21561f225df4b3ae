"""Must not type-check: each line marked ``E:`` skips a stage, or mixes what does not mix."""

from datetime import datetime

from dian_fe import (
    Answer,
    Built,
    Client,
    CreditNote,
    Event,
    Invoice,
    Issuer,
    Line,
    Received,
    Signed,
    Signer,
    TrustStore,
    Verified,
    build,
    check,
    pack,
    sign,
    verify,
)
from dian_fe.models.event import EventDocument


def unbuilt(invoice: Invoice, signer: Signer, now: datetime) -> None:
    sign(invoice, signer, at=now)  # E: arg-type
    build(invoice)  # E: call-arg


def without_its_time(built: Built[Invoice], signer: Signer) -> None:
    sign(built, signer)  # E: call-arg


def with_something_that_does_not_sign(built: Built[Invoice], now: datetime) -> None:
    sign(built, "firma.p12", at=now)  # E: arg-type


def unsigned(client: Client, built: Built[Invoice], invoice: Invoice) -> None:
    client.send(built)  # E: arg-type
    client.send(invoice)  # E: arg-type
    client.send(built.xml)  # E: arg-type


def packed_before_it_is_signed(built: Built[Invoice], answer: Answer, signer: Signer, now: datetime) -> None:
    pack(built, answer, signer, at=now)  # E: arg-type


def twice(signed: Signed[Invoice], signer: Signer, now: datetime) -> None:
    sign(signed, signer, at=now)  # E: arg-type


def another_kind(built: Built[CreditNote]) -> Built[Invoice]:
    return built  # E: return-value


def changed_after_signing(signed: Signed[Invoice], invoice: Invoice) -> None:
    signed.xml = b""  # E: misc
    invoice.number = "SETP1"  # E: arg-type


def a_field_that_does_not_exist(issuer: Issuer) -> None:
    Line(description="Café", prices=1)  # E: call-arg
    check(issuer)  # E: arg-type


def verified_without_its_signature(built: Built[Invoice], invoice: Invoice, trust: TrustStore) -> None:
    verify(built, trust)  # E: call-overload
    verify(invoice, trust)  # E: call-overload


def trusting_nobody_without_saying_so(received: Received[Invoice]) -> None:
    verify(received)  # E: call-overload


def made_by_hand(received: Received[Invoice]) -> None:
    Verified(received)  # E: arg-type


def unverified(received: Received[Invoice], invoice: Invoice, signed: Signed[Invoice], now: datetime) -> None:
    Event.accept(received, number="A1", issued_at=now)  # E: arg-type
    Event.accept(invoice, number="A1", issued_at=now)  # E: arg-type
    Event.accept(signed, number="A1", issued_at=now)  # E: arg-type


def of_a_note(verified: Verified[CreditNote], now: datetime) -> None:
    Event.accept(verified, number="A1", issued_at=now)  # E: arg-type


def an_event_made_by_hand() -> None:
    Event(number="A1")  # E: call-arg


def only_read(received: Received[EventDocument], us: Issuer, client: Client) -> None:
    build(received.document, us)  # E: type-var
    client.send(received)  # E: arg-type


def without_who_received(verified: Verified[Invoice], now: datetime) -> None:
    Event.acknowledge(verified, "030", number="A1", issued_at=now)  # E: call-arg
