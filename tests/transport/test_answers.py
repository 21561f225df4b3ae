"""Answers of every spelling parse alike; status codes stay texts; DIAN's lines become faults."""

from __future__ import annotations

import zipfile
from base64 import b64encode
from io import BytesIO
from typing import Any

import pytest

from dian_fe.errors import TransportError, UnreadableAnswer
from dian_fe.transport import Standing, Status
from dian_fe.transport.answers import response_facts
from dian_fe.transport.contract import OPERATIONS
from dian_fe.transport.failures import read_reply
from tests.transport.support import KEY, NOW, reply

SOAP = "http://www.w3.org/2003/05/soap-envelope"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
DATA = "http://schemas.datacontract.org/2004/07/"
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"


def envelope(inner: str, s: str = "s") -> str:
    return f'<{s}:Envelope xmlns:{s}="{SOAP}" xmlns:i="{XSI}"><{s}:Header/><{s}:Body>{inner}</{s}:Body></{s}:Envelope>'


def answered(name: str, result: str, **options: Any) -> Any:
    """Return the typed answer to an operation whose result is this XML."""
    body = f'<{name}Response xmlns="http://wcf.dian.colombia">{result}</{name}Response>'
    return read_reply(reply(envelope(body), **options), OPERATIONS[name], local_time=NOW)


def status(members: str, *, tag: str = "GetStatusResult", attributes: str = "") -> Status:
    return answered("GetStatus", f"<{tag} {attributes}>{members}</{tag}>")  # type: ignore[no-any-return]


def members(prefix: str, array: str) -> str:
    """Return an accepted answer with prefixes of choice."""
    p, a = (f"{prefix}:" if prefix else ""), (f"{array}:" if array else "")
    lines = f"<{a}string>Regla: FAJ43b, Notificación: Nombre\n      no coincide </{a}string>"
    return (
        f'<{p}ErrorMessage xmlns{":" + array if array else ""}="{ARRAYS}">{lines}</{p}ErrorMessage>'
        f"<{p}IsValid>true</{p}IsValid><{p}StatusCode> 00\n</{p}StatusCode>"
        f"<{p}StatusDescription>Procesado Correctamente.</{p}StatusDescription>"
        f"<{p}StatusMessage>La Factura</{p}StatusMessage>"
        f'<{p}XmlBase64Bytes>{b64encode(b"<a/>").decode()}</{p}XmlBase64Bytes><{p}XmlBytes i:nil="true"/>'
        f"<{p}XmlDocumentKey>{KEY}</{p}XmlDocumentKey><{p}XmlFileName>{KEY}</{p}XmlFileName>"
    )


@pytest.mark.parametrize("prefix", ["a", "b", "c", "i2"])
def test_any_prefix_gives_the_same_answer_and_codes_stay_texts(prefix: str) -> None:
    found = status(members(prefix, "z"), attributes=f'xmlns:{prefix}="{DATA}DianResponse"')
    assert found == status(members("b", "c"), attributes=f'xmlns:b="{DATA}DianResponse"')
    assert (found.code, found.is_valid, found.standing) == ("00", True, Standing.ACCEPTED)
    assert (found.document_key, found.application_response) == (KEY, b"<a/>")
    assert len(found.messages) == 1


def test_prefix_comments_and_declaration_change_nothing() -> None:
    inner = (
        f'<r:GetStatusResponse xmlns:r="http://wcf.dian.colombia"><!-- x --><r:GetStatusResult xmlns:b="{DATA}">'
        + (f"{members('b', 'c')}</r:GetStatusResult></r:GetStatusResponse>")
    )
    body = b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>\n' + envelope(inner, "soap-env").encode()
    found = read_reply(reply(body), OPERATIONS["GetStatus"], local_time=NOW)
    assert found.standing is Standing.ACCEPTED


PENDING = [
    "",
    '<b:ErrorMessage i:nil="true"/><b:IsValid>false</b:IsValid><b:StatusCode/><b:StatusDescription>Batch en proceso de '
    "validación.</b:StatusDescription>",
    "<b:IsValid>false</b:IsValid><b:StatusCode> </b:StatusCode>",
    '<b:StatusCode i:nil="true"/>',
    '<b:StatusCode i:nil="1">99</b:StatusCode><b:XmlBase64Bytes i:nil="true"/>',
]


@pytest.mark.parametrize("written", PENDING)
def test_nil_empty_and_missing_members_are_alike(written: str) -> None:
    found = status(written, attributes=f'xmlns:b="{DATA}DianResponse"')
    assert found.standing is Standing.PENDING
    assert (found.code, found.messages, found.application_response, found.document_key) == ("", (), b"", "")


def test_a_result_that_is_nil_or_missing_is_pending() -> None:
    assert answered("GetStatus", '<GetStatusResult i:nil="true"/>').standing is Standing.PENDING
    assert answered("GetStatus", "").standing is Standing.PENDING
    assert answered("GetStatusZip", "") == ()


def coded(code: str, valid: str, messages: str = "") -> Status:
    return status(
        f"<b:ErrorMessage><c:string>{messages}</c:string></b:ErrorMessage><b:IsValid>{valid}</b:IsValid>"
        f"<b:StatusCode>{code}</b:StatusCode><b:StatusDescription>Texto de la DIAN</b:StatusDescription>",
        attributes=f'xmlns:b="{DATA}" xmlns:c="{ARRAYS}"',
    )


@pytest.mark.parametrize(
    ("code", "valid", "messages", "standing"),
    [
        ("00", "true", "", Standing.ACCEPTED),
        ("00", "false", "", Standing.UNRECOGNISED),
        ("99", "false", "Regla: FAD06, Rechazo: x", Standing.REJECTED),
        ("99", "true", "", Standing.UNRECOGNISED),
        ("2", "false", "", Standing.REJECTED),
        ("66", "false", "", Standing.NOT_FOUND),
        ("90", "false", "", Standing.NOT_FOUND),
        ("66", "false", "algo más", Standing.UNRECOGNISED),
        ("0", "true", "", Standing.UNRECOGNISED),
        ("", "true", "", Standing.UNRECOGNISED),
        ("404", "false", "", Standing.UNRECOGNISED),
    ],
)
def test_a_standing_is_judged_by_code_and_validity(code: str, valid: str, messages: str, standing: Standing) -> None:
    assert coded(code, valid, messages).standing is standing


def test_notifications_of_a_valid_document_are_no_rejections() -> None:
    found = coded("99", "false", "Regla: FAD06, Rechazo: El CUFE no coincide")
    assert [(fault.code, fault.rejects) for fault in found.faults] == [("FAD06", True)]
    notice = coded("00", "true", "Regla: FAJ43b, Notificación: Nombre")
    assert [(fault.code, fault.rejects) for fault in notice.faults] == [("FAJ43b", False)]
    refused = coded("2", "false")
    assert [(fault.code, fault.message, fault.rejects) for fault in refused.faults] == [("2", "Texto de la DIAN", True)]


def test_rule_90_is_not_the_status_code_90() -> None:
    assert coded("99", "false", "Regla: 90, Rechazo: Documento procesado anteriormente.").already_processed
    assert not coded("90", "false").already_processed
    assert not coded("99", "false", "Regla: FAD06, Rechazo: x").already_processed


def test_keys_named_in_texts_are_found() -> None:
    assert coded("99", "false", f"Regla: 90, Rechazo: ya procesado con CUFE {KEY.upper()}").named_keys() == (KEY,)


def test_an_answer_in_a_zip_is_opened_and_a_bad_one_is_harmless() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.xml", b"<a/>")
        archive.writestr("b.xml", b"<b/>")
    written = f"<b:XmlBase64Bytes>{b64encode(packed.getvalue()).decode()}</b:XmlBase64Bytes>"
    found = status(written, attributes=f'xmlns:b="{DATA}"')
    assert found.application_response == b"<a/>"
    assert found.responses == (b"<a/>", b"<b/>")
    broken = status(f"<b:XmlBase64Bytes>{b64encode(b'PK').decode()}</b:XmlBase64Bytes>", attributes=f'xmlns:b="{DATA}"')
    assert broken.application_response == b""


def test_base64_that_is_none_is_an_unreadable_answer() -> None:
    with pytest.raises(UnreadableAnswer, match="base64"):
        status("<b:XmlBase64Bytes>¿?</b:XmlBase64Bytes>", attributes=f'xmlns:b="{DATA}"')


def test_the_answer_of_another_operation_is_unreadable() -> None:
    body = envelope('<GetStatusZipResponse xmlns="http://wcf.dian.colombia"/>')
    with pytest.raises(UnreadableAnswer, match="GetStatusZipResponse"):
        read_reply(reply(body), OPERATIONS["GetStatus"], local_time=NOW)


def test_an_upload_without_zip_key_tells_its_messages() -> None:
    written = (
        f'<SendTestSetAsyncResult xmlns:b="{DATA}U" xmlns:c="{DATA}X"><b:ErrorMessageList><c:XmlParamsResponseTrackId>'
        "<c:DocumentKey/><c:ProcessedMessage>Set de pruebas inválido</c:ProcessedMessage><c:Success>false</c:Success>"
        '</c:XmlParamsResponseTrackId></b:ErrorMessageList><b:ZipKey i:nil="true"/></SendTestSetAsyncResult>'
    )
    found = answered("SendTestSetAsync", written)
    assert found.zip_key == ""
    assert [(row.message, row.success) for row in found.messages] == [("Set de pruebas inválido", False)]


def test_a_person_not_found_is_an_answer_despite_http_404() -> None:
    written = "<b:Message>No</b:Message><b:StatusCode>404</b:StatusCode>"
    found = result("GetAcquirer", written, status=404)
    assert (found.code, found.found) == ("404", False)


def result(name: str, members: str, **options: Any) -> Any:
    """Return the typed answer to an operation whose result has these members."""
    return answered(name, f'<{name}Result xmlns:b="{DATA}">{members}</{name}Result>', **options)


def test_other_answers_are_typed() -> None:
    content = b64encode(b"<x/>").decode()
    xml = result("GetXmlByDocumentKey", f"<b:Code>100</b:Code><b:XmlBytesBase64>{content}</b:XmlBytesBase64>")
    assert (xml.code, xml.xml) == ("100", b"<x/>")
    csv = b64encode("NIT;Correo\r\n1;á@example.com\r\n".encode()).decode()
    emails = result("GetExchangeEmails", f"<b:CsvBase64Bytes>{csv}</b:CsvBase64Bytes><b:Success>true</b:Success>")
    assert emails.rows() == [["NIT", "Correo"], ["1", "á@example.com"]]
    assert emails.success is True
    written = "<b:Documento><b:Uuid>k</b:Uuid><b:Emisor><b:Nit>1</b:Nit></b:Emisor></b:Documento>"
    info = result("GetDocumentInfo", f"<b:DocumentInfo>{written}</b:DocumentInfo><b:StatusCode>00</b:StatusCode>")
    (document,) = info.documents
    assert document.others == (("Uuid", "k"),), "what the tree has no place for is kept"
    assert document.issuer.others == (("Nit", "1"),)


def test_facts_of_an_application_response_and_of_anything_else() -> None:
    xml = (
        b'<ApplicationResponse xmlns="urn:a" xmlns:c="urn:c"><c:DocumentResponse><c:Response><c:ResponseCode>02'
        b"</c:ResponseCode></c:Response><c:DocumentReference><c:ID>SETP1</c:ID><c:UUID>"
        + KEY.upper().encode()
        + b"</c:UUID>"
        b"</c:DocumentReference></c:DocumentResponse></ApplicationResponse>"
    )
    facts = response_facts(xml)
    assert facts is not None
    assert (facts.code, facts.reference, facts.key) == ("02", "SETP1", KEY)
    assert response_facts(b"<Invoice/>") is None
    assert response_facts(b"nada") is None


def test_errors_of_reading_are_transport_errors() -> None:
    with pytest.raises(TransportError) as caught:
        read_reply(reply("<a>"), OPERATIONS["GetStatus"], local_time=NOW)
    assert caught.value.uncertain
