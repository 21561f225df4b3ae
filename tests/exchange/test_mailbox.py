"""Mailboxes on a real IMAP server: everything that came is told, and nothing in the mailbox changes unasked."""

from __future__ import annotations

import imaplib
import pickle
import ssl
from collections.abc import Iterator
from datetime import date, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from dian_fe.errors import InvalidInput, MailLoginRefused, MailServerUnreachable
from dian_fe.exchange import ImapInbox, receive, received_rows
from tests.exchange.packages import packages
from tests.support.dovecot import PASSWORD, USER, Dovecot, running

pytestmark = [pytest.mark.slow, pytest.mark.judge]


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with running() as dovecot:
        yield dovecot


def letter(*files: tuple[str, bytes], subject: str = "900373076;Almacén de Juguete;S1;01;") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", USER, subject
    message.set_content("Adjunto la factura.")
    message.add_alternative("<p>Adjunto la <b>factura</b>.</p>", subtype="html")
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


class Mailbox:
    """The mailbox as another program sees it."""

    def __init__(self, imap: imaplib.IMAP4) -> None:
        self.imap = imap

    def fill(self, folder: str, *messages: bytes) -> None:
        self.imap.create(folder)
        for each in messages:
            status, reply = self.imap.append(folder, "", None, each)  # type: ignore[arg-type]
            assert status == "OK", reply

    def flags(self, folder: str) -> list[bytes]:
        self.imap.select(folder, readonly=True)
        return [line for line in self.imap.fetch("1:*", "(FLAGS)")[1] if isinstance(line, bytes)]


@pytest.fixture
def mailbox(server: Dovecot) -> Iterator[Mailbox]:
    with imaplib.IMAP4("127.0.0.1", server.plain) as imap:
        imap.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
        yield Mailbox(imap)


def inbox(server: Dovecot, **options: Any) -> ImapInbox:
    context = ssl.create_default_context(cafile=server.certificate)
    given = {"port": server.tls, "user": USER, "password": PASSWORD, "context": context} | options
    return ImapInbox("127.0.0.1", **given)


def test_fifty_letters_become_rows(server: Dovecot, mailbox: Mailbox) -> None:
    mailbox.fill("Cincuenta", *(letter((f"fv{number}.zip", each)) for number, each in enumerate(packages())))
    arrivals = list(receive(inbox(server, folder="Cincuenta")))
    assert [each.reason for each in arrivals] == [None] * 50
    assert arrivals[7].source == "Cincuenta 8: fv7.zip"
    assert arrivals[7].letter is not None
    assert arrivals[7].letter.uid == 8
    rows = list(received_rows(arrivals))
    assert len(rows) == 50
    assert len({row["key"] for row in rows}) == 50
    assert not any(rb"\Seen" in line for line in mailbox.flags("Cincuenta"))


def test_seen_is_marked_only_when_asked_and_all_is_taken(server: Dovecot, mailbox: Mailbox) -> None:
    """A run that breaks off marks nothing: what it had taken may be lost with it."""
    mailbox.fill("Marcas", *(letter((f"{number}.zip", packages()[number])) for number in range(3)))
    reading = receive(inbox(server, folder="Marcas", mark_seen=True))
    next(reading)
    next(reading)
    reading.close()  # type: ignore[attr-defined]
    assert not any(rb"\Seen" in line for line in mailbox.flags("Marcas"))
    left = list(receive(inbox(server, folder="Marcas", unseen=True, mark_seen=True)))
    assert [each.source for each in left] == ["Marcas 1: 0.zip", "Marcas 2: 1.zip", "Marcas 3: 2.zip"]
    assert all(rb"\Seen" in line for line in mailbox.flags("Marcas"))
    assert list(receive(inbox(server, folder="Marcas", unseen=True))) == []
    said = left[0].letter
    assert said is not None
    assert (said.sender, said.subject) == ("a@example.com", "900373076;Almacén de Juguete;S1;01;")


def test_a_folder_may_have_accents(server: Dovecot, mailbox: Mailbox) -> None:
    mailbox.fill('"Facturaci&APM-n &- m&AOE-s"', letter(("a.zip", packages()[0])))
    (arrival,) = receive(inbox(server, folder="Facturación & más"))
    assert arrival.received is not None
    with pytest.raises(InvalidInput, match="no tiene esa carpeta"):
        list(receive(inbox(server, folder="Ninguna")))


def test_tls_starttls_and_none_read_the_same(server: Dovecot, mailbox: Mailbox) -> None:
    mailbox.fill("Tres", letter(("a.zip", packages()[0])))
    for options in ({}, {"security": "starttls", "port": server.plain}, {"security": "none", "port": server.plain}):
        (arrival,) = receive(inbox(server, folder="Tres", **options))
        assert arrival.received is not None


def test_what_letters_bring_besides_is_told(server: Dovecot, mailbox: Mailbox) -> None:
    forwarded = EmailMessage()
    forwarded["From"], forwarded["Subject"] = "b@example.com", "RV: factura"
    forwarded.set_content("Ver adjunto")
    inner = EmailMessage()
    inner["From"] = "a@example.com"
    inner.set_content("factura")
    inner.add_attachment(packages()[0], maintype="application", subtype="zip", filename="fv\u202e.zip")
    forwarded.add_attachment(inner)
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(60)) + b"x"
    mailbox.fill(
        "Otros",
        letter(),
        letter(("foto.png", b"\x89PNG" + bytes(99)), ("roto.zip", packages()[1][:500])),
        letter(("grande.zip", bytes(1 << 20))),
        forwarded.as_bytes(),
        letter(("a.zip", packages()[2]), ("otra vez.zip", packages()[2])),
        deep,
    )
    arrivals = list(receive(inbox(server, folder="Otros"), largest=1 << 19))
    told = [(each.source, None if each.reason is None else each.reason.code) for each in arrivals]
    assert [code for _, code in told] == [
        "unreadable_document",
        "unreadable_document",
        "unsafe_archive",
        "unsafe_archive",
        None,
        None,
        None,
        "unsafe_archive",
    ], told
    assert all(each.reason.remedy for each in arrivals if each.reason is not None)
    assert list(arrivals[6].repeated.values()) == ["Otros 5: a.zip"]
    assert "\u202e" not in arrivals[4].source
    assert len(list(received_rows(arrivals))) == 2


def test_days_choose_the_letters(server: Dovecot, mailbox: Mailbox) -> None:
    mailbox.fill("Dias", letter(("a.zip", packages()[0])))
    today = date.today()
    assert len(list(receive(inbox(server, folder="Dias", since=today - timedelta(days=1))))) == 1
    assert list(receive(inbox(server, folder="Dias", since=today + timedelta(days=2)))) == []


def test_refusals_name_the_server_and_never_the_password(server: Dovecot) -> None:
    for options, error in (
        ({"password": "otra"}, MailLoginRefused),
        ({"port": 1}, MailServerUnreachable),
        ({"context": ssl.create_default_context()}, MailServerUnreachable),
        ({"port": server.plain, "timeout": 1.0}, MailServerUnreachable),
    ):
        with pytest.raises(error) as caught:
            list(receive(inbox(server, **options)))
        assert PASSWORD not in str(caught.value)
        assert caught.value.remedy
    box = inbox(server)
    assert PASSWORD not in repr(box)
    with pytest.raises(TypeError):
        pickle.dumps(box)


@pytest.mark.parametrize("options", [{"security": "ssl"}, {"security": "none"}])
def test_a_password_never_travels_in_clear(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as caught:
        ImapInbox("imap.example.com", user=USER, password="x", **options)
    assert "tls" in str(caught.value.remedy)
