"""Delivery and resending, over a real SMTP server and over any callable; and the record of each."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from dian_fe import DeliveryRecord, Mailbox, SmtpSender, deliver, pack, resend
from dian_fe.delivery import Receipt
from dian_fe.errors import (
    HeaderInjection,
    InvalidEmail,
    InvalidInput,
    MailError,
    MailLoginRefused,
    MailServerUnreachable,
    MessageRefused,
    NoRecipient,
    RecipientsRefused,
)
from tests.delivery.support import (
    AT,
    LATER,
    ODD_NAME,
    PDF,
    Mailroom,
    accepts,
    content,
    customer,
    issued,
    mailroom,
    package,
    signer,
)

BUYER = customer()


def plain(room: Mailroom, **options: Any) -> SmtpSender:
    return SmtpSender("127.0.0.1", room.port, security="none", timeout=10, local_hostname="localhost", **options)


def test_a_real_server_receives_the_message_as_it_was_made() -> None:
    signed, verdict = issued(name=ODD_NAME)
    made = pack(signed, verdict, signer(), at=AT, pdf=PDF)
    with mailroom() as room:
        record = deliver(made, BUYER, sender=plain(room), at=LATER)
    (envelope,) = room.envelopes
    assert envelope.rcpt_tos == list(BUYER.emails)
    assert envelope.mail_from == "facturas@example.com"
    (message,) = room.messages
    clean = " ".join(ODD_NAME.replace(";", " ").split())
    assert message["Subject"] == f"700085371;{clean};{made.document.number};01;{clean}" == record.subject
    (attachment,) = message.iter_attachments()
    assert attachment.get_content() == made.zip_bytes
    assert record.size == len(content(envelope))
    assert record.message_id == message["Message-ID"]
    assert record.recipients == BUYER.emails
    assert (record.at, record.sha256, record.key) == (LATER, made.sha256, made.key)
    assert record.answer == "250 2.0.0 Ok: queued as TOY1"
    assert record.refused == {}


def test_a_message_of_two_megabytes_arrives_whole() -> None:
    made = package(annexes={"foto.jpg": os.urandom(2_000_000)})
    with mailroom() as room:
        record = deliver(made, BUYER, sender=plain(room), at=AT)
    (attachment,) = room.messages[0].iter_attachments()
    assert attachment.get_content() == made.zip_bytes
    assert [finding.code for finding in record.findings] == ["message_too_large"]


def test_resending_sends_identical_attachments() -> None:
    made = package(pdf=PDF)
    with mailroom() as room:
        room.refuse = {"contabilidad@example.com": "550 5.1.1 no existe"}
        first = deliver(made, BUYER, sender=plain(room), at=AT)
        room.refuse = {}
        everybody = resend(made, first, sender=plain(room), at=LATER)
        one = resend(made, first, sender=plain(room), at=LATER, to="compras@example.com")
        some = resend(made, first, sender=plain(room), at=LATER, to=["nuevo@example.com", "compras@example.com"])
    assert first.recipients == ("compras@example.com",)
    assert first.refused == {"contabilidad@example.com": "550 5.1.1 no existe"}
    assert everybody.recipients == BUYER.emails
    assert one.recipients == ("compras@example.com",)
    assert some.recipients == ("nuevo@example.com", "compras@example.com")
    attachments = {next(message.iter_attachments()).get_content() for message in room.messages}
    assert attachments == {made.zip_bytes}
    assert len(room.messages) == 4
    assert len({message["Message-ID"] for message in room.messages}) == 4
    assert {message["Subject"] for message in room.messages} == {first.subject}
    assert room.messages[1]["References"] == first.message_id == everybody.resend_of
    assert everybody.sha256 == first.sha256


def test_only_the_package_that_was_delivered_is_sent_again() -> None:
    made, other = package(), package()
    record = deliver(made, BUYER, sender=_ignore, at=AT)
    with pytest.raises(InvalidInput) as caught:
        resend(other, record, sender=_ignore, at=AT)
    assert caught.value.field == "package"
    assert caught.value.expected == made.sha256


def _ignore(message: EmailMessage, recipients: Sequence[str]) -> None:
    return None


def test_any_callable_sends() -> None:
    sent: list[tuple[EmailMessage, Sequence[str]]] = []

    def api(message: EmailMessage, recipients: Sequence[str]) -> Receipt:
        sent.append((message, recipients))
        return Receipt("aceptado 42", {"contabilidad@example.com": "buzón lleno"})

    record = deliver(package(), BUYER, sender=api, at=AT, business_line="Cafés")
    assert sent[0][1] == BUYER.emails
    assert record.answer == "aceptado 42"
    assert record.recipients == ("compras@example.com",)
    assert record.subject.endswith(";Cafés")

    def broken(message: EmailMessage, recipients: Sequence[str]) -> None:
        raise ConnectionResetError("api")

    with pytest.raises(ConnectionResetError):
        deliver(package(), BUYER, sender=broken, at=AT)

    def nobody(message: EmailMessage, recipients: Sequence[str]) -> Receipt:
        return Receipt(None, dict.fromkeys(recipients, "550 no"))

    with pytest.raises(RecipientsRefused) as caught:
        deliver(package(), BUYER, sender=nobody, at=AT)
    assert caught.value.status == 550
    assert not caught.value.retryable


def test_whom_it_goes_to() -> None:
    made = package(pdf=PDF)
    assert deliver(made, sender=_ignore, at=AT).recipients == made.document.customer.emails
    assert deliver(made, BUYER, sender=_ignore, at=AT, to="otro@example.com").recipients == ("otro@example.com",)
    with pytest.raises(NoRecipient):
        deliver(made, customer(emails=[]), sender=_ignore, at=AT)


@pytest.mark.parametrize(
    ("to", "recipients", "bad"),
    [
        (["a@example.com", "mal@", "b@example.com"], ("a@example.com", "b@example.com"), ["mal@"]),
        (["ventas", "a@example.com"], ("a@example.com",), ["ventas"]),
        (["a@example.com", "A@example.com", "a@example.com"], ("a@example.com",), []),
        (
            ["a@ejemplo..com", "x y@example.com", "b@example.com"],
            ("b@example.com",),
            ["a@ejemplo..com", "x y@example.com"],
        ),
    ],
)
def test_a_bad_address_does_not_stop_the_others(to: list[str], recipients: tuple[str, ...], bad: list[str]) -> None:
    sent: list[Sequence[str]] = []
    made = package()
    record = deliver(made, sender=lambda message, to: sent.append(to), at=AT, to=to)
    assert (record.recipients, tuple(sent[0])) == (recipients, recipients)
    assert list(record.refused) == bad
    assert [(fault.code, fault.found, fault.rejects) for fault in record.findings] == [
        ("bad_email", each, False) for each in bad
    ]
    assert DeliveryRecord.from_dict(json.loads(json.dumps(record.as_dict()))) == record
    again = resend(made, record, sender=_ignore, at=LATER)
    assert (again.recipients, list(again.refused)) == (recipients, bad)


def test_bad_addresses_are_refused_and_attacks_stop_it() -> None:
    with pytest.raises(InvalidEmail, match="mal@"):
        deliver(package(), sender=_ignore, at=AT, to=["mal@", "peor"])
    with pytest.raises(HeaderInjection):
        deliver(package(), sender=_ignore, at=AT, to=["a@example.com", "b@example.com\r\nBcc: c@example.com"])


def test_a_customer_who_does_not_want_the_xml_gets_the_pdf() -> None:
    sent: list[EmailMessage] = []
    paper = customer(wants_xml=False)
    record = deliver(package(pdf=PDF), paper, sender=lambda message, to: sent.append(message), at=AT)
    assert record.graphic_only
    assert [part.get_content_type() for part in sent[0].iter_attachments()] == ["application/pdf"]
    with pytest.raises(NoRecipient) as caught:
        deliver(package(), paper, sender=_ignore, at=AT)
    assert caught.value.field == "customer.wants_xml"
    assert caught.value.remedy


def test_records_are_kept_as_json() -> None:
    made = package()
    mailbox = Mailbox("a@example.com", "Ñ", "b@example.com")
    record = deliver(made, BUYER, sender=_ignore, at=AT, mailbox=mailbox)
    stored = json.loads(json.dumps(record.as_dict()))
    assert DeliveryRecord.from_dict(stored) == record
    again = resend(made, DeliveryRecord.from_dict(stored), sender=_ignore, at=LATER)
    assert again.mailbox == mailbox
    for broken in ({}, stored | {"at": "ayer"}, stored | {"mailbox": 3}, stored | {"nada": 1}):
        with pytest.raises(InvalidInput):
            DeliveryRecord.from_dict(broken)


# --- the ways in which a server says no ------------------------------------------------------------------------------


def test_nobody_taken_is_an_error_with_every_reply() -> None:
    with mailroom() as room:
        room.refuse = {"compras@example.com": "550 5.1.1 no existe", "contabilidad@example.com": "452 4.2.2 lleno"}
        with pytest.raises(RecipientsRefused) as caught:
            deliver(package(), BUYER, sender=plain(room), at=AT)
    assert "no existe" in str(caught.value.found)
    assert "lleno" in str(caught.value.found)
    assert room.envelopes == []


@pytest.mark.parametrize(("reply", "retryable"), [("552 5.3.4 muy grande", False), ("451 4.3.0 más tarde", True)])
def test_a_refused_message_says_whether_later_may_do(reply: str, retryable: bool) -> None:
    with mailroom() as room:
        room.data_reply = reply
        with pytest.raises(MessageRefused) as caught:
            deliver(package(), BUYER, sender=plain(room), at=AT)
        room.data_reply, room.sender_reply = "250 OK", reply
        with pytest.raises(MessageRefused) as at_sender:
            deliver(package(), BUYER, sender=plain(room), at=AT)
    for error in (caught.value, at_sender.value):
        assert error.status == int(reply[:3])
        assert error.retryable is retryable
        assert error.as_dict()["retryable"] is retryable
        assert reply[4:9] in str(error.found)


def test_no_server_no_name_and_no_greeting() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        free = closed.getsockname()[1]
    cases = [("127.0.0.1", free), ("servidor.invalid", 25)]
    for host, port in cases:
        with pytest.raises(MailServerUnreachable) as caught:
            deliver(package(), BUYER, sender=SmtpSender(host, port, security="none", timeout=5), at=AT)
        assert host in str(caught.value.found)
        assert caught.value.retryable


@pytest.mark.parametrize("script", [b"", b"554 fuera de servicio\r\n", b"220 hola\r\n"])
@pytest.mark.parametrize("security", ["none", "tls"])
def test_a_server_that_stalls_hangs_up_or_refuses(script: bytes, security: str) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    with listener:

        def serve() -> None:
            client, _ = listener.accept()
            with client:
                client.sendall(script)
                client.settimeout(5)
                try:
                    client.recv(100)
                except OSError:
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        sender = SmtpSender("127.0.0.1", listener.getsockname()[1], security=security, timeout=1)
        with pytest.raises(MailServerUnreachable) as caught:
            deliver(package(), BUYER, sender=sender, at=AT)
        assert caught.value.remedy
        thread.join(10)


def test_login_right_and_wrong(tmp_path: Path) -> None:
    options = {"authenticator": accepts("ana", "secreto"), "auth_require_tls": False}
    with mailroom(**options) as room:
        deliver(package(), BUYER, sender=plain(room, user="ana", password="secreto"), at=AT)
        with pytest.raises(MailLoginRefused) as caught:
            deliver(package(), BUYER, sender=plain(room, user="ana", password="otro"), at=AT)
    assert len(room.envelopes) == 1
    assert caught.value.status == 535
    assert "otro" not in f"{caught.value} {caught.value.as_dict()}"
    with mailroom() as room, pytest.raises(MailLoginRefused):
        deliver(package(), BUYER, sender=plain(room, user="ana", password="secreto"), at=AT)


def test_passwords_are_never_shown_nor_sent_in_clear() -> None:
    sender = SmtpSender("correo.example.com", user="ana", password="muysecreto")
    assert "muysecreto" not in repr(sender)
    assert (sender.port, SmtpSender("h.example.com", security="tls").port) == (587, 465)
    with pytest.raises(InvalidInput) as caught:
        SmtpSender("correo.example.com", user="ana", password="muysecreto", security="none")
    assert caught.value.field == "security"
    assert "muysecreto" not in str(caught.value)
    with pytest.raises(InvalidInput):
        SmtpSender("correo.example.com", security="ninguna")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the TLS settings of a server named localhost and of a client that trusts it."""
    folder = tmp_path_factory.mktemp("tls")
    key, chain = folder / "key.pem", folder / "chain.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    try:
        subprocess.run(
            [*command, "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(chain)],
            check=True,
            capture_output=True,
        )
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain, key)
    return server, ssl.create_default_context(cafile=str(chain))


def test_starttls_and_tls_protect_and_check_the_server(certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server, client = certificate
    made = package()
    with mailroom(tls_context=server, require_starttls=True) as room:
        deliver(made, BUYER, sender=SmtpSender("localhost", room.port, context=client, timeout=10), at=AT)
        with pytest.raises(MailServerUnreachable, match="CERTIFICATE_VERIFY_FAILED"):
            deliver(made, BUYER, sender=SmtpSender("localhost", room.port, timeout=10), at=AT)
    with mailroom(ssl_context=server) as tls_room:
        tls = SmtpSender("localhost", tls_room.port, security="tls", context=client, timeout=10)
        deliver(made, BUYER, sender=tls, at=AT)
    assert len(room.envelopes) == len(tls_room.envelopes) == 1
    with mailroom() as bare, pytest.raises(MailServerUnreachable) as caught:
        deliver(made, BUYER, sender=SmtpSender("127.0.0.1", bare.port, context=client, timeout=10), at=AT)
    assert not caught.value.retryable
    assert bare.envelopes == []


def test_addresses_beyond_ascii_need_a_server_that_takes_them() -> None:
    to = ["ñandú@example.com"]
    with mailroom(enable_SMTPUTF8=True) as room:
        deliver(package(), BUYER, sender=plain(room), at=AT, to=to)
    assert room.envelopes[0].rcpt_tos == to
    assert "\r\nTo: ñandú@example.com\r\n" in content(room.envelopes[0]).decode()
    with mailroom(enable_SMTPUTF8=False) as room, pytest.raises(MessageRefused) as caught:
        deliver(package(), BUYER, sender=plain(room), at=AT, to=to)
    assert "ñandú" in str(caught.value.found)


def test_every_mail_error_is_one_of_the_library() -> None:
    for kind in (MailLoginRefused, MailServerUnreachable, MessageRefused, RecipientsRefused):
        assert issubclass(kind, MailError)
    assert AT + timedelta(hours=2) == LATER
