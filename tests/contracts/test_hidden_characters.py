"""Texts of documents and file names, wherever they are shown: none begins a line or commands a terminal."""

from __future__ import annotations

import io
import json
import unicodedata
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from dian_fe import Fault, Organization, Severity, examine, pack, read, render_html, rows, verify
from dian_fe._cli.main import main
from dian_fe.delivery.mail import compose
from dian_fe.errors import InvalidInput, SignatureInvalid
from dian_fe.events.timeline import EventHistory, RegisteredEvent
from dian_fe.graphic.setting import normal
from dian_fe.models._fast import update_fast
from dian_fe.transport.history import ReferenceNote
from dian_fe.verifying.verdicts import SignedAs, SignedBy
from tests.delivery.support import AT, invoice, issued, organization, signer
from tests.verifying.support import TRUST

LYING = "SETP1: válido\n  firma: válida\x85clave\u2028\u202eabc\x9b2J\x9d0;x\x07\x1b[2J\ufeff"
HIDDEN = frozenset("\n\r\t\x85\u2028\u202e\x9b\x9d\x07\x1b\ufeff")


def hidden(text: str) -> set[str]:
    return {each for each in text if unicodedata.category(each) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}


def lied(xml: bytes, old: str, new: str) -> bytes:
    """Put another text into a document, so that its signature no longer holds."""
    written = new.replace("\x07", "").replace("\x1b", "").replace("\n", "&#10;")  # XML has no C0 controls
    assert old.encode() in xml
    return xml.replace(old.encode(), written.encode())


@pytest.fixture(scope="module")
def forged() -> bytes:
    signed, _ = issued()
    return lied(signed.xml, f"<cbc:ID>{signed.document.number}</cbc:ID>", f"<cbc:ID>{LYING}</cbc:ID>")


@pytest.mark.parametrize("verb", ["verify", "check"])
def test_verify_and_check_print_no_line_of_strangers(
    verb: str, forged: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "f.xml"
    path.write_bytes(forged)
    assert main([verb, str(path)]) == 1
    printed = capsys.readouterr()
    assert not hidden(printed.out.replace("\n", ""))
    assert not [line for line in printed.out.split("\n") if line.strip().startswith(("firma: válida", "clave\\u"))]
    assert verb == "check" or "SETP1: válido\\n  firma: válida\\x85clave\\u2028\\u202eabc\\x9b2J" in printed.out


@pytest.mark.parametrize("verb", [["verify"], ["check"], ["verify", "--json"], ["read"]])
def test_names_inside_a_zip_print_no_line_of_strangers(
    verb: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signed, _ = issued()
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("a\n  firma: válida\x9b\u202e.xml", signed.xml)
        archive.writestr("b\n  firma: válida\x9b\u202e.bin", b"\x00\x01")
        archive.writestr("c\n  firma: válida\x9b\u202e.xml", b"<Invoice>")
    path = tmp_path / "f.zip"
    path.write_bytes(packed.getvalue())
    main([verb[0], str(path), *verb[1:]])
    printed = capsys.readouterr().out
    assert not hidden(printed.replace("\n", ""))
    if "--json" in verb or verb == ["read"]:
        names = [part["name"] for part in json.loads(printed)["parts"]]
        assert "b_  firma: válida\x9b\u202e.bin" in names, "JSON loses nothing of the name that reading gave"


def test_names_of_files_print_no_line_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "no\nexiste\x9b.xml"]) == 2
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1
    assert not hidden(printed.err.rstrip("\n"))
    with pytest.raises(SystemExit):
        main(["verify", "x", "--nada\x1b[2J\n"])
    assert "\x1b" not in capsys.readouterr().err


def test_faults_and_errors_are_one_line() -> None:
    fault = Fault("X01", Severity.RECHAZO, LYING, path=LYING, found=LYING, expected=LYING)
    error = InvalidInput(LYING, field=LYING, found=LYING, expected=LYING, remedy=LYING)
    for text in (str(fault), repr(fault), str(error), repr(error)):
        assert not hidden(text), text
    assert fault.found == error.found == LYING, "the data stay as they are"


def test_what_dian_registered_is_a_line_each() -> None:
    event = RegisteredEvent("030", number=LYING, key=LYING)
    note = ReferenceNote("91", LYING, "")
    history = EventHistory(key="", events=(event,), unread=(LYING,))
    signer_name = SignedBy("900373076", LYING, SignedAs.STRANGER, "", None, "")
    for text in (str(event), str(note), str(signer_name)):
        assert not hidden(text), text
    assert len(str(history).splitlines()) == 3


def test_what_was_read_and_verified_has_a_repr_of_one_line(forged: bytes) -> None:
    received = read(forged)
    assert received.document.number != "SETP1", "the number was read as it is"
    signed, verdict = issued(invoice(organization(name="Tienda\u202e\x9bEjemplo")))
    verified = verify(pack(signed, verdict, signer(), at=AT), TRUST)
    examination = examine(forged, None)
    for value in (received, received.document, examination, verified, verified.document):
        assert not hidden(repr(value)), type(value)
        shown = value._repr_html_()
        assert not hidden(shown) & (HIDDEN - {"\n", "\ufeff"}), type(value)
    with pytest.raises(SignatureInvalid) as caught:
        verify(forged, None)
    assert not hidden(str(caught.value))


@pytest.fixture(scope="module")
def lying_supplier() -> Any:
    supplier = update_fast(organization(), {"name": "Tienda\u202e\x9bEjemplo"})
    assert isinstance(supplier, Organization)
    return issued(invoice(supplier, notes=["Primera línea\nSegunda\u202e línea\x9b", "👩\u200d🔧 de turno"]))


def test_paper_shows_marks_of_direction_and_keeps_lines(lying_supplier: Any) -> None:
    signed, verdict = lying_supplier
    page = render_html(signed, answer=verdict.application_response)
    assert not {"\u202e", "\x9b"} & set(page)
    for text in ("Tienda\\u202e\\x9bEjemplo", "Primera línea\nSegunda\\u202e línea\\x9b", "👩\u200d🔧 de turno"):
        assert f"<bdi>{text}</bdi>" in page
    assert normal("a\u202e\x9b") == "a\\u202e\\x9b", "as PDF sets it"


def test_mail_shows_marks_of_direction(lying_supplier: Any) -> None:
    signed, verdict = lying_supplier
    package = pack(signed, verdict, signer(), at=AT)
    message = message_from_bytes(compose(package, ["a@example.com"], at=AT).as_bytes(), policy=policy.default)
    texts = [str(message["Subject"]), str(message["From"])]
    texts += [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    assert len(texts) == 4
    for text in texts:
        assert "\\u202e" in text
        assert not hidden(text) - {"\n", "\r"}


@pytest.mark.parametrize(
    "text",
    ["=cmd|' /C calc'!A0", "+1", "-1+2", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "\u200b=1", "\uff1d1+1", "\uff20x"],
)
def test_safe_rows_hold_no_formula(text: str) -> None:
    received = read(_described(text))
    (line,) = rows(received, "lines", safe=True)
    (as_written,) = rows(received, "lines")
    assert line["description"] == f"'{as_written['description']}"
    assert as_written["description"].strip() == received.document.lines[0].description.strip()


def test_safe_rows_change_nothing_else() -> None:
    received = read(_described("Café - molido = bueno"))
    for of in ("documents", "lines"):
        assert rows(received, of, safe=True) == rows(received, of)
    note = update_fast(received.document, {"lines": (received.document.lines[0].model_copy(update={"amount": -5}),)})
    assert note.lines[0].amount == -5


def _described(text: str) -> bytes:
    xml = issued()[0].xml
    written = "".join(f"&#{ord(each)};" for each in text)
    assert xml.count(b"Caf\xc3\xa9 tostado &amp; molido") == 1
    return xml.replace(b"Caf\xc3\xa9 tostado &amp; molido", written.encode())
