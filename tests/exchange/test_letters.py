"""Attachments of letters as mail programs make them: none is lost, however it is wrapped."""

from __future__ import annotations

from base64 import encodebytes
from email.message import EmailMessage
from pathlib import Path
from time import process_time

import pytest

from dian_fe.exchange import Summary, receive, received_rows
from dian_fe.exchange.letters import attachments, headers
from tests.exchange.packages import packages

ZIP = b"PK\x05\x06" + bytes(18)


def letter(*files: tuple[str, bytes, str]) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "Almacén <a@example.com>", "Factura de marzo, señora Ñáñez"
    message["Date"] = "Mon, 02 Mar 2026 10:15:00 -0500"
    message.set_content("Adjunto la factura.")
    for name, data, form in files:
        maintype, _, subtype = form.partition("/")
        message.add_attachment(data, maintype=maintype, subtype=subtype, filename=name)
    return message.as_bytes()


LETTER = letter(("f.zip", ZIP, "application/zip"))
AS_BASE64 = (
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
    b"--B\r\nContent-Type: text/plain\r\n\r\nVer\r\n"
    b"--B\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n%b\r\n--B--\r\n"
) % encodebytes(LETTER)
WITHOUT_NAME = (
    b"Content-Type: text/plain\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n"
)


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (LETTER, ["f.zip"]),
        (letter(("reenvío.eml", LETTER, "application/octet-stream")), ["f.zip"]),
        (letter(("a.eml", letter(("b.eml", LETTER, "text/plain")), "application/octet-stream")), ["f.zip"]),
        (AS_BASE64, ["f.zip"]),
        (WITHOUT_NAME + encodebytes(ZIP), ["parte 1"]),
        (letter(("a.zip", ZIP, "application/zip"), ("b.zip", ZIP, "application/x-zip-compressed")), ["a.zip", "b.zip"]),
    ],
)
def test_attachments_are_found_however_wrapped(data: bytes, names: list[str]) -> None:
    assert list(attachments(data)) == [(name, ZIP) for name in names]


def test_a_letter_in_a_letter_without_end_is_bounded() -> None:
    data = LETTER
    for _ in range(12):
        data = letter(("otra.eml", data, "application/octet-stream"))
    ((name, content),) = attachments(data)
    assert name == "otra.eml"
    assert isinstance(content, bytes)


@pytest.mark.parametrize(
    "header", [b"Content-Disposition: attachment; filename=", b"Content-Type: multipart/mixed; boundary="]
)
def test_a_header_without_end_costs_no_time(header: bytes) -> None:
    for fold in (b"", b"\r\n "):
        started = process_time()
        ((_, reason),) = attachments(header + b'"' + (b";" * 1000 + fold) * 400 + b"\r\n\r\nx")
        assert process_time() - started < 1
        assert "encabezado" in str(reason)
    long_name = letter(("f" * 400 + ".zip", ZIP, "application/zip"))
    assert [content for _, content in attachments(long_name)] == [ZIP]


def test_an_attached_letter_without_anything_is_told() -> None:
    ((name, reason),) = attachments(letter(("vacía.eml", letter(), "application/octet-stream")))
    assert name == "vacía.eml"
    assert "ningún adjunto" in str(reason)


def test_letters_saved_in_a_folder_are_opened(tmp_path: Path) -> None:
    (tmp_path / "Factura.EML").write_bytes(LETTER)
    (tmp_path / "saludo.eml").write_bytes(letter())
    assert [each.source for each in receive(tmp_path)] == ["Factura.EML: f.zip", "saludo.eml"]
    assert [each.source for each in receive([("x.eml", LETTER)])] == ["x.eml: f.zip"]


def test_a_letter_with_papers_alone_is_told() -> None:
    """A logo and a PDF come with nearly every letter; without a document among them somebody must ask for it."""
    papers = (("logo.png", b"\x89PNG", "image/png"), ("f.pdf", b"%PDF-1.4", "application/pdf"))
    summary = Summary()
    letters = [("a.eml", letter(*papers)), ("b.eml", letter(*papers, ("f.zip", packages()[0], "application/zip")))]
    assert len(list(received_rows(receive(letters), summary=summary))) == 1
    assert summary.papers == ["a.eml: logo.png", "a.eml: f.pdf", "b.eml: logo.png", "b.eml: f.pdf"]
    ((source, reason),) = summary.unreadable
    assert source == "a.eml"
    assert "solo trae PDF" in reason


def test_a_letter_says_who_wrote_it_what_about_and_when() -> None:
    said = ("Almacén <a@example.com>", "Factura de marzo, señora Ñáñez", "Mon, 02 Mar 2026 10:15:00 -0500")
    assert headers(LETTER) == said
    assert headers(b"Subject: =?utf-8?q?a=E2=80=AEb?=\r\n\r\n")[1] == "a\\u202eb"
    assert headers(b"\x00\xff") == (None, None, None)
