"""A mailbox's server that wants to fill the memory, or speaks no IMAP, is left with an error in time."""

from __future__ import annotations

import socket
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from dian_fe.errors import MailLoginRefused, MailServerUnreachable
from dian_fe.exchange import ImapInbox, receive, write_csv

Speaker = Callable[[bytes, bytes], Iterator[bytes]]
"""What a server says to a command, by its tag and its words."""
CHUNK = b"x" * 65_536


def polite(tag: bytes, command: bytes) -> Iterator[bytes]:
    if command.startswith((b"SELECT", b"EXAMINE")):
        yield b"* 1 EXISTS\r\n"
    elif command.startswith(b"UID SEARCH"):
        yield b"* SEARCH 1\r\n"
    elif b"RFC822.SIZE" in command:
        yield b"* 1 FETCH (UID 1 RFC822.SIZE 10)\r\n"
    yield tag + b" OK done\r\n"


def endless_literal(tag: bytes, command: bytes) -> Iterator[bytes]:
    if b"BODY" not in command:
        yield from polite(tag, command)
        return
    yield b"* 1 FETCH (UID 1 BODY[] {8000000000}\r\n"
    while True:
        yield CHUNK


def endless_lines(tag: bytes, command: bytes) -> Iterator[bytes]:
    if b"SEARCH" not in command:
        yield from polite(tag, command)
        return
    while True:
        yield b"* SEARCH " + b"1 " * 1000 + b"\r\n"


def endless_line(tag: bytes, command: bytes) -> Iterator[bytes]:
    while True:
        yield CHUNK


def nonsense(tag: bytes, command: bytes) -> Iterator[bytes]:
    yield b"\x00\xff{}{}(((\r\n" * 3 + tag + b" BYE\r\n"


def parrot(tag: bytes, command: bytes) -> Iterator[bytes]:
    yield from polite(tag, command) if b"LOGIN" not in command else [tag + b" NO wrong: " + command + b"\r\n"]


def silence(tag: bytes, command: bytes) -> Iterator[bytes]:
    if command.startswith(b"CAPABILITY"):
        yield b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n"


@contextmanager
def serving(speak: Speaker) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listener.accept()[0] as connection, connection.makefile("rb") as lines:
            try:
                connection.sendall(b"* OK IMAP4rev1 ready\r\n")
                for line in lines:
                    tag, _, command = line.strip().partition(b" ")
                    if command == b"CAPABILITY":
                        connection.sendall(b"* CAPABILITY IMAP4rev1\r\n")
                    for piece in speak(tag, command):
                        connection.sendall(piece)
            except OSError:
                pass

    thread = Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        thread.join(10)


@pytest.mark.parametrize(
    ("speak", "words"),
    [
        (endless_literal, "UID => la respuesta es demasiado larga"),
        (endless_lines, "UID => la respuesta es demasiado larga"),
        (endless_line, "got more than"),
        (nonsense, "unexpected response"),
        (silence, "timed out"),
    ],
)
def test_a_hostile_server_is_left_in_time(speak: Speaker, words: str) -> None:
    with serving(speak) as port:
        inbox = ImapInbox("127.0.0.1", port, user="a", password="b", security="none", timeout=1.0)
        tracemalloc.start()
        try:
            with pytest.raises(MailServerUnreachable) as caught:
                list(receive(inbox, largest=1 << 20))
            assert tracemalloc.get_traced_memory()[1] < 40 << 20
        finally:
            tracemalloc.stop()
    assert words in str(caught.value.found)
    assert caught.value.remedy
    assert caught.value.retryable


def test_a_server_that_repeats_the_password_is_not_quoted() -> None:
    with serving(parrot) as port:
        inbox = ImapInbox("127.0.0.1", port, user="a", password="s3creta", security="none", timeout=1.0)
        with pytest.raises(MailLoginRefused) as caught:
            list(receive(inbox))
    assert "s3creta" not in str(caught.value)
    assert "wrong" in str(caught.value.found)


def test_a_connection_that_is_cut_marks_nothing_as_seen(tmp_path: Path) -> None:
    """What came before the cut is in no table: it must come again."""
    asked: list[bytes] = []
    mail = b"Content-Type: application/zip; name=a.zip\r\n\r\nPK"

    def cut(tag: bytes, command: bytes) -> Iterator[bytes]:
        asked.append(command)
        if b"UID FETCH 3 " in command:
            raise OSError
        if command.startswith(b"UID SEARCH"):
            yield b"* SEARCH 1 2 3\r\n" + tag + b" OK done\r\n"
        elif b"RFC822.SIZE" in command:
            yield (
                b"".join(b"* %d FETCH (UID %d RFC822.SIZE 10)\r\n" % (n, n) for n in (1, 2, 3)) + tag + b" OK done\r\n"
            )
        elif b"BODY" in command:
            yield b"* 1 FETCH (UID 1 BODY[] {%d}\r\n%b)\r\n" % (len(mail), mail) + tag + b" OK done\r\n"
        else:
            yield from polite(tag, command)

    table = tmp_path / "a.csv"
    with serving(cut) as port:
        inbox = ImapInbox(
            "127.0.0.1", port, user="a", password="b", security="none", timeout=1.0, unseen=True, mark_seen=True
        )
        with pytest.raises(MailServerUnreachable):
            write_csv(receive(inbox), table)
    assert any(b"BODY" in each for each in asked)
    assert not any(b"STORE" in each for each in asked)
    assert not table.exists()


def test_a_message_that_is_gone_is_told() -> None:
    with serving(polite) as port:
        inbox = ImapInbox("127.0.0.1", port, user="a", password="b", security="none", timeout=1.0)
        (arrival,) = receive(inbox)
    assert arrival.reason is not None
    assert "no entregó" in arrival.reason.message
