"""The message: the annex's subject, addresses, body, attachment; and what could inject headers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import compat32
from email.utils import parseaddr
from typing import Any

import pytest

from dian_fe import Mailbox, Package, pack
from dian_fe.delivery import compose, subject
from dian_fe.errors import HeaderInjection, InvalidEmail, InvalidInput, NaiveDatetime, NoRecipient
from tests.delivery.support import (
    AT,
    ODD_NAME,
    PDF,
    customer,
    invoice,
    issued,
    note_of,
    organization,
    package,
    parsed,
    signer,
)

LONG = "Comercializadora de Artículos y Ñandúes del Litoral Pacífico «La Ópera» " * 6
TO = ["compras@example.com"]


def packed(**changes: Any) -> Package[Any]:
    signed, verdict = issued(**changes)
    return pack(signed, verdict, signer(), at=AT)


def received(message: EmailMessage) -> EmailMessage:
    return parsed(message.as_bytes())


def decoded(data: bytes, header: str) -> str:
    """Decode a header with the older parser of the standard library, which keeps to RFC 2047 where the new one errs."""
    return str(make_header(decode_header(message_from_bytes(data, policy=compat32)[header].replace("\r\n", ""))))


def sender_of(data: bytes) -> tuple[str, str]:
    name, address = parseaddr(message_from_bytes(data, policy=compat32)["From"].replace("\r\n", ""))
    return str(make_header(decode_header(name))), address


def test_subject_has_the_fields_of_the_annex() -> None:
    """Annex 1.9, section 9.1: NIT without digit; legal name; number; type code; trade name; business line."""
    made = packed(trade_name="El Ejemplo")
    number = made.document.number
    assert subject(made) == f"700085371;Tienda Ejemplo SAS;{number};01;El Ejemplo"
    assert subject(made, business_line="Cafés") == f"700085371;Tienda Ejemplo SAS;{number};01;El Ejemplo;Cafés"
    assert subject(packed()).split(";")[4] == "Tienda Ejemplo SAS"


def test_notes_have_their_own_code() -> None:
    signed, _ = issued()
    note, verdict = issued(note_of(signed))
    assert subject(pack(note, verdict, signer(), at=AT)).split(";")[3] == "91"


@pytest.mark.parametrize(
    "name",
    [
        ODD_NAME,
        LONG.strip(),
        "a;b;;c",
        "línea\nBcc: otro@example.com",
        "retorno\r\nX-Otro: 1",
        "tab\tu\u2028separador\x85fin",
        "=?utf-8?q?ya_codificado?=",
        "😀 árabe عربي",
        "a" * 450,
        'comillas "dobles" y \\barra\\',
        "coma, Ltda. <no@example.com>",
    ],
)
def test_any_name_survives_in_the_subject_and_adds_no_header(name: str) -> None:
    """Encoded by the standards; five fields whatever the name has; nothing is cut."""
    made = packed(name=name)
    clean = " ".join("".join(" " if c in ";\x85\u2028" or c < " " else c for c in name).split())
    data = compose(made, TO, at=AT).as_bytes()
    assert decoded(data, "Subject").split(";") == ["700085371", clean, made.document.number, "01", clean]
    assert sender_of(data) == (clean, "facturas@example.com")
    assert sorted(parsed(data).keys()) == EXPECTED_HEADERS
    assert max(map(len, data.split(b"\r\n"))) <= 78
    assert data.isascii()


EXPECTED_HEADERS = sorted(["Subject", "From", "Reply-To", "To", "Date", "Message-ID", "MIME-Version", "Content-Type"])


@pytest.mark.parametrize(
    "bad", ["a@example.com\nBcc: b@example.com", "a@example.com\r\n\r\ncuerpo", "a\x00@example.com"]
)
@pytest.mark.parametrize("where", ["to", "address", "reply_to", "name", "business_line"])
def test_header_injection_is_refused(where: str, bad: str) -> None:
    made = package()
    mailbox = Mailbox("facturas@example.com")
    options: dict[str, Any] = {"mailbox": mailbox, "to": TO}
    if where == "to":
        options["to"] = [bad]
    elif where == "business_line":
        options["business_line"] = bad
    else:
        options["mailbox"] = replace(mailbox, **{where: bad})
    with pytest.raises(HeaderInjection) as caught:
        compose(made, at=AT, **options)
    assert caught.value.field
    assert caught.value.found
    assert caught.value.remedy


@pytest.mark.parametrize(
    "bad",
    ["", "nadie", "a@b", "a b@example.com", "a@example.com,b@example.com", "<a@example.com>", "a@" + "ñ" * 80 + ".com"],
)
def test_what_is_no_address_is_refused(bad: str) -> None:
    with pytest.raises(InvalidEmail) as caught:
        compose(package(), [bad], at=AT)
    assert caught.value.field == "to"


def test_every_address_once_and_answers_to_the_mailbox() -> None:
    mailbox = Mailbox("envios@example.com", "Facturación, Ñandú", reply_to="acuses@example.com")
    message = received(compose(package(), ["a@example.com", "b@example.com", "a@example.com"], at=AT, mailbox=mailbox))
    assert [each.addr_spec for each in message["To"].addresses] == ["a@example.com", "b@example.com"]
    assert message["Reply-To"].addresses[0].addr_spec == "acuses@example.com"
    assert sender_of(bytes(message)) == ("Facturación, Ñandú", "envios@example.com")
    assert message["Date"].datetime == AT
    assert message["Message-ID"].endswith("@example.com>")


def test_domains_beyond_ascii_are_written_as_dns_has_them() -> None:
    message = received(compose(package(), ["ventas@ñandú.example"], at=AT))
    assert message["To"].addresses[0].addr_spec == "ventas@xn--and-6ma2c.example"


def test_body_says_the_same_in_text_and_html() -> None:
    signed, verdict = issued(name='<b>Ñ</b> & "Cía"')
    made = pack(signed, verdict, signer(), at=AT)
    message = received(compose(made, TO, at=AT, mailbox=Mailbox("a@example.com", reply_to="acuse@example.com")))
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    html = message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    for said in (
        made.key,
        made.document.number,
        "Factura electrónica de venta",
        "58.275,00 COP",
        "acuse@example.com",
        f"https://catalogo-vpfe-hab.dian.gov.co/document/searchqr?documentkey={made.key}",
        "700085371-1",
    ):
        assert said in text
        assert said in html
    assert '<b>Ñ</b> & "Cía"' in text
    assert "<b>" not in html
    assert "&lt;b&gt;Ñ&lt;/b&gt; &amp; &quot;Cía&quot;" in html


def test_amounts_of_any_size_are_written_as_people_here_do() -> None:
    document = invoice(lines=[_line("1234567890.12")])
    signed, verdict = issued(document)
    message = received(compose(pack(signed, verdict, signer(), at=AT), TO, at=AT))
    assert "1.234.567.890,12 COP" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def _line(price: str) -> Any:
    from dian_fe import Line

    return Line(description="Servicio de consultoría", price=Decimal(price))


def test_the_zip_is_attached_as_it_is() -> None:
    made = package(pdf=PDF)
    message = received(compose(made, TO, at=AT))
    (attachment,) = message.iter_attachments()
    assert attachment.get_content_type() == "application/zip"
    assert attachment["Content-Transfer-Encoding"] == "base64"
    assert attachment.get_filename() == made.zip_name
    assert attachment.get_content() == made.zip_bytes


def test_customers_without_xml_get_the_graphic_alone() -> None:
    made = package(pdf=PDF)
    (attachment,) = received(compose(made, TO, at=AT, graphic_only=True)).iter_attachments()
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_filename() == made.pdf_name
    assert attachment.get_content() == PDF
    with pytest.raises(InvalidInput) as caught:
        compose(package(), TO, at=AT, graphic_only=True)
    assert caught.value.field == "graphic_only"


def test_same_call_same_bytes() -> None:
    made = package()
    assert compose(made, TO, at=AT).as_bytes() == compose(made, TO, at=AT).as_bytes()
    others = (compose(made, ["b@example.com"], at=AT), compose(made, TO, at=AT.replace(hour=11)))
    ids = {message["Message-ID"] for message in (compose(made, TO, at=AT), *others)}
    assert len(ids) == 3


def test_what_is_missing_is_told() -> None:
    made = package()
    with pytest.raises(NoRecipient) as caught:
        compose(made, [], at=AT)
    assert caught.value.remedy
    with pytest.raises(NaiveDatetime):
        compose(made, TO, at=AT.replace(tzinfo=None))
    silent = replace(made, document=invoice(organization(emails=[])))
    with pytest.raises(InvalidInput) as nobody:
        compose(silent, TO, at=AT)
    assert nobody.value.field == "mailbox"
    assert received(compose(silent, TO, at=AT, mailbox=Mailbox("a@example.com")))["From"] == "a@example.com"
    assert customer().emails
