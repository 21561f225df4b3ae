"""Pitfalls of reception: encodings, ZIPs, names and mail, events, XML that attacks its reader."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from dian_fe import Payment, build, read, sign, verify
from dian_fe.catalogs import PaymentMeans
from dian_fe.delivery import compose, subject
from dian_fe.errors import (
    EventRefused,
    InvalidInput,
    UnreadableDocument,
    UnsafeArchive,
    UnsafeXml,
    WrongCertificateOwner,
)
from dian_fe.families.spec import FileNames
from dian_fe.ubl.archive import make_zip
from dian_fe.ubl.file_names import FileName
from tests.contracts.fuzzing.watch import nothing_outside
from tests.delivery.support import AT, PDF, issued, note_of, package
from tests.events import support as events
from tests.events.test_event import made

pytestmark = [pytest.mark.oldest, pytest.mark.between]

BOM = b"\xef\xbb\xbf"


def test_byte_order_marks_are_read_and_never_written() -> None:
    signed, verdict = issued()
    made = package()
    note, _ = issued(note_of(signed))
    for data in (signed.built.xml, signed.xml, note.xml, made.xml, verdict.application_response):
        assert data.startswith(b"<?xml ")
        received = read(BOM + data)
        assert [problem.message for problem in received.problems] == [
            "Se quitó la marca de orden de bytes (BOM) del comienzo."
        ]
        assert received.document == read(data).document


def test_the_zip_is_deflated_into_the_same_bytes_each_time() -> None:
    made = package()
    with zipfile.ZipFile(io.BytesIO(made.zip_bytes)) as archive:
        (entry,) = archive.infolist()
        assert archive.testzip() is None
    assert entry.compress_type == zipfile.ZIP_DEFLATED
    assert entry.compress_size < entry.file_size / 2
    assert entry.filename == made.file_name
    assert entry.date_time == (1980, 1, 1, 0, 0, 0)
    assert make_zip({made.file_name: made.xml}) == made.zip_bytes


def test_a_name_needs_its_consecutive_and_says_the_year() -> None:
    def name(sequence: Any, year: int = 2026, nit: str = "700085371") -> str:
        return FileName(FileNames("fv"), nit, "000", year, sequence).stem

    assert name(1) == "fv07000853710002600000001"
    assert name(1, year=2027) == "fv07000853710002700000001"
    assert name(0xFFFF_FFFF) == "fv070008537100026ffffffff"
    names = {name(sequence, year) for sequence in range(1, 200) for year in (2026, 2027)}
    assert len(names) == 2 * 199
    for wrong in (0, -1, 0x1_0000_0000):
        with pytest.raises(InvalidInput, match="ocho dígitos"):
            name(wrong)
    with pytest.raises(InvalidInput, match="NIT"):
        name(1, nit="12345678901")
    with pytest.raises(TypeError):
        FileName(FileNames("fv"), "700085371", "000", 2026)  # type: ignore[call-arg]


def test_an_event_of_a_cash_invoice_is_refused_with_dians_code() -> None:
    cash = events.verified(events.invoice(payment=Payment.cash(PaymentMeans.EFECTIVO)))
    with pytest.raises(EventRefused, match="LGC62"):
        made("030", cash)


def test_events_have_an_order_and_only_the_buyer_answers() -> None:
    with pytest.raises(EventRefused, match="missing_event"):
        made("033", history=())
    accepted = made("033")
    with pytest.raises(WrongCertificateOwner):
        sign(build(accepted, events.buyer()), events.office().signer(events.NIT), at=accepted.issued_at)
    assert sign(build(accepted, events.buyer()), events.office().signer(events.BUYER), at=accepted.issued_at).key


def test_the_mail_has_the_zip_and_the_annexs_subject() -> None:
    made = package(pdf=PDF)
    sent = compose(made, ["compras@example.com"], at=AT + timedelta(hours=3)).as_bytes()
    assert sent.isascii()
    message: Any = message_from_bytes(sent, policy=policy.default)
    (attachment,) = message.iter_attachments()
    assert attachment.get_content_type() == "application/zip"
    assert attachment["Content-Transfer-Encoding"] == "base64"
    assert attachment.get_filename() == made.zip_name
    assert attachment.get_content() == made.zip_bytes
    assert (
        message["Subject"]
        == subject(made)
        == f"700085371;Tienda Ejemplo SAS;{made.document.number};01;Tienda Ejemplo SAS"
    )
    assert verify(attachment.get_content(), None).document == made.document


LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ja"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">]>
<Invoice>&e;</Invoice>"""
EXTERNAL = b"""<?xml version="1.0"?>
<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><Invoice>&x;</Invoice>"""
PARAMETER = b"""<?xml version="1.0"?>
<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]><Invoice/>"""

ATTACKS = {
    "billion laughs": LAUGHS,
    "external entity": EXTERNAL,
    "external parameter entity": PARAMETER,
    "external subset": b'<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:9/x.dtd"><Invoice/>',
    "in utf-16": LAUGHS.decode().replace("?>", ' encoding="UTF-16"?>', 1).encode("utf-16"),
    "50 MB": b"<Invoice>" + b"<a>x</a>" * (50 * 1024 * 1024 // 8) + b"</Invoice>",
    "one text of 50 MB": b"<Invoice>" + b"x" * (50 * 1024 * 1024) + b"</Invoice>",
    "deep": b"<a>" * 100_000 + b"</a>" * 100_000,
    "zip bomb": make_zip({"a.xml": b"<Invoice>" + bytes(100 * 1024 * 1024)}),
}


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("verb", [read, lambda data: verify(data, None)], ids=["read", "verify"])
def test_attacks_on_the_reader_are_refused_and_reach_nothing(attack: str, verb: Any) -> None:
    verb(package().zip_bytes)  # so that nothing has to be imported
    with pytest.raises(UnreadableDocument) as caught, nothing_outside():
        verb(ATTACKS[attack])
    assert isinstance(caught.value, UnsafeXml | UnsafeArchive)
    assert caught.value.remedy
