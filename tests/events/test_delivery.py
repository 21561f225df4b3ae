"""An event goes to the other side: container, ZIP, and the annex's subject."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dian_fe import Mailbox, Package, deliver, examine, pack, read, resend
from dian_fe.delivery.mail import compose, subject
from dian_fe.errors import ForeignAnswer, InvalidInput, NoRecipient, NotAccepted
from tests.delivery.support import parsed
from tests.events.support import BUYER, at
from tests.events.test_simulator import MONDAY, Trade

TRADE = Trade()
SIGNED = TRADE.signed(TRADE.made("030", at(MONDAY, 11), number="ACU1"))
VERDICT = TRADE.dian.judge(SIGNED.xml)
NUMBER = TRADE.sale.document.number
MAILBOX = Mailbox("recepcion@example.com", "Compras Ejemplo")


def packed(**options: Any) -> Package[Any]:
    return pack(SIGNED, VERDICT, TRADE.dian.signer(BUYER), at=at(MONDAY, 12), **options)


def test_the_container_holds_the_event_and_dians_answer() -> None:
    package = packed()
    received = read(package.zip_bytes)
    ((event,), (answer,)) = received.events, received.answers
    assert (event.raw, answer.raw) == (SIGNED.xml, VERDICT.application_response)
    assert event.document == SIGNED.document
    assert received.sales_documents == ()
    assert [problem.message for part in received.walk() for problem in part.problems] == []
    container = package.container
    assert (container.parent_number, container.sender.id, container.receiver.id) == (  # type: ignore[union-attr]
        "ACU1", BUYER, "700085371",
    )  # fmt: skip
    assert container.answers[0].reference_key == SIGNED.key
    assert package.file_name == f"ad{SIGNED.file_name[2:]}"
    assert len(package.zip_bytes) < 2 * 1024 * 1024


def test_everything_in_it_verifies() -> None:
    examination = examine(packed().zip_bytes, TRADE.dian.trust, secret=TRADE.dian.software.pin.get_secret_value())
    assert examination.valid, [str(fault) for part in examination.walk() for fault in part.faults]
    assert [part.key_matches for part in examination.walk() if part.kind == "event"] == [True]


def test_the_subject_is_the_annexs() -> None:
    package = packed()
    assert subject(package) == f"Evento;{NUMBER};{BUYER};Compras Ejemplo SAS;ACU1;030"
    assert subject(package, business_line="Café").endswith(";ACU1;030;Café")


def test_the_message_tells_what_it_is_about() -> None:
    message = parsed(bytes(compose(packed(), ["ventas@example.com"], at=at(MONDAY, 12), mailbox=MAILBOX)))
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    for part in ("Evento 030, Acuse de recibo", f"Factura: {NUMBER}, CUFE {TRADE.sale.key}", f"CUDE: {SIGNED.key}",
                 "Destinatario: Tienda Ejemplo SAS", f"documentkey={TRADE.sale.key}"):  # fmt: skip
        assert part in text, part
    (attachment,) = message.iter_attachments()
    assert attachment.get_payload(decode=True) == packed().zip_bytes


def test_delivered_and_sent_again() -> None:
    sent: list[bytes] = []

    def sender(message: Any, to: Any) -> None:
        sent.append(bytes(message))

    package = packed()
    record = deliver(package, sender=sender, at=at(MONDAY, 12), to="ventas@example.com", mailbox=MAILBOX)
    again = Package.load(package.zip_bytes, name=package.zip_name)
    assert again.document == SIGNED.document
    assert resend(again, record, sender=sender, at=at(MONDAY, 13)).sha256 == record.sha256
    assert len(sent) == 2


def test_nobody_to_send_to_is_told() -> None:
    with pytest.raises(NoRecipient):
        deliver(packed(), sender=print, at=at(MONDAY, 12), mailbox=MAILBOX)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="correo electrónico del emisor"):
        compose(packed(), ["ventas@example.com"], at=at(MONDAY, 12))


def test_only_what_dian_accepted_goes_out() -> None:
    with pytest.raises(NotAccepted):
        pack(SIGNED, None, TRADE.dian.signer(BUYER), at=at(MONDAY, 12))
    invoice_answer = TRADE.dian.accepted[TRADE.sale.key].application_response
    with pytest.raises(ForeignAnswer):
        pack(SIGNED, invoice_answer, TRADE.dian.signer(BUYER), at=at(MONDAY, 12))


def test_a_number_too_long_for_the_container_asks_for_another() -> None:
    trade = Trade()
    signed = trade.signed(trade.made("030", at(MONDAY, 11), number="ACUSE-DE-RECIBO-2026-000001"))
    verdict = trade.dian.judge(signed.xml)
    with pytest.raises(InvalidInput, match="AE04b") as caught:
        pack(signed, verdict, trade.dian.signer(BUYER), at=at(MONDAY, 12))
    assert "number=" in (caught.value.remedy or "")
    assert pack(signed, verdict, trade.dian.signer(BUYER), at=at(MONDAY, 12), number="1").container.number == "1"


def test_the_sellers_silence_event_is_packed_too() -> None:
    trade = Trade()
    for code in ("030", "032"):
        trade.declare(code, at(MONDAY, 11)).raise_for_rejection()
    signed = trade.signed(trade.made("034", at(date(2026, 3, 9))))
    package = pack(signed, trade.dian.judge(signed.xml), trade.dian.signer("700085371"), at=at(date(2026, 3, 9), 13))
    assert subject(package).split(";")[0::5] == ["Evento", "034"]
