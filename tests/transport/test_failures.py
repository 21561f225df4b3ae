"""Whatever comes instead of an answer is told apart: what happened, whether to repeat it, what to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from dian_fe import errors
from dian_fe.transport.contract import OPERATIONS
from dian_fe.transport.failures import read_reply
from tests.transport.support import NOW, reply
from tests.transport.test_answers import SOAP, envelope

WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
SC = "http://schemas.xmlsoap.org/ws/2005/02/sc"
VERIFYING = "An error occurred when verifying security for the message."
HTML = "<html><head><title>{}</title></head><body>x</body></html>"
DOCTYPE = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">'
)

OUTAGES = (500, 502, 503, 504, 507, 508)


def read(body: str | bytes, status: int = 200, **headers: str) -> Any:
    return read_reply(reply(body, status, **headers), OPERATIONS["GetStatus"], local_time=NOW)


def failure(body: str | bytes, status: int = 200, **headers: str) -> errors.TransportError:
    with pytest.raises(errors.TransportError) as caught:
        read(body, status, **headers)
    return caught.value


def fault(code: str, subcode: str = "", reason: str = "", space: str = WSSE) -> str:
    sub = f'<s:Subcode><s:Value xmlns:p="{space}">p:{subcode}</s:Value></s:Subcode>' if subcode else ""
    return envelope(
        f"<s:Fault><s:Code><s:Value>{code}</s:Value>{sub}</s:Code><s:Reason><s:Text>{reason}</s:Text></s:Reason></s:Fault>"
    )


@pytest.mark.parametrize(
    ("body", "status", "kind", "retryable", "uncertain"),
    [
        (fault("s:Sender", "InvalidSecurity", VERIFYING), 500, errors.InvalidSecurity, False, False),
        (fault("s:Sender", "BadContextToken", "x", SC), 500, errors.InvalidSecurity, False, False),
        (fault("s:Sender", "", VERIFYING), 500, errors.InvalidSecurity, False, False),
        (fault("s:Client", "", "The creator of this fault did not specify a Reason."), 500,
         errors.CertificateRefused, False, False),
        (fault("s:Sender", "ActionNotSupported", "x"), 500, errors.AddressingFault, False, False),
        (fault("s:Sender", "DestinationUnreachable", "AddressFilter mismatch"), 500,
         errors.AddressingFault, False, False),
        (fault("s:Sender", "", "The maximum message size quota exceeded."), 500, errors.MessageTooLarge, False, False),
        (fault("s:Receiver", "InternalServiceFault", "x"), 500, errors.InternalFault, True, True),
        (fault("s:Sender", "", "Otra cosa"), 500, errors.ServiceFault, False, False),
        (HTML.format("Error"), 415, errors.ContentTypeRefused, False, False),
        (HTML.format("Error"), 413, errors.MessageTooLarge, False, False),
        ("", 400, errors.RequestRefused, False, False),
        ("", 408, errors.RequestRefused, True, True),
        (HTML.format("Login"), 302, errors.RequestRefused, False, False),
        ("", 403, errors.ServiceUnavailable, True, True),
        *((HTML.format("Caído"), code, errors.ServiceUnavailable, True, True) for code in OUTAGES),
        (DOCTYPE + HTML.format("Mantenimiento"), 503, errors.ServiceUnavailable, True, True),
        (DOCTYPE + HTML.format("Mantenimiento"), 200, errors.ServiceUnavailable, True, True),
        ("", 200, errors.UnreadableAnswer, True, True),
        ("   \n", 200, errors.UnreadableAnswer, True, True),
        ("no es xml", 200, errors.UnreadableAnswer, True, True),
        ('{"a": 1}', 200, errors.UnreadableAnswer, True, True),
        ("<otra/>", 200, errors.UnreadableAnswer, True, True),
        (envelope(""), 200, errors.UnreadableAnswer, True, True),
        (envelope("<x/>")[:-20], 200, errors.UnreadableAnswer, True, True),
    ],
)  # fmt: skip
def test_each_failure_is_told_apart(
    body: str, status: int, kind: type[errors.TransportError], retryable: bool, uncertain: bool
) -> None:
    """Whether to repeat it is a property."""
    error = failure(body, status)
    assert type(error) is kind
    assert (error.retryable, error.uncertain) == (retryable, uncertain)
    assert error.status == status
    assert error.remedy


def test_faults_of_soap_1_1_are_understood_too() -> None:
    body = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault>'
        f'<faultcode xmlns:o="{WSSE}">o:InvalidSecurity</faultcode><faultstring>{VERIFYING}</faultstring>'
        "</e:Fault></e:Body></e:Envelope>"
    )
    error = failure(body, 500)
    assert isinstance(error, errors.InvalidSecurity)
    assert (error.fault_code, error.fault_reason) == ("InvalidSecurity", VERIFYING)


def old_fault(code: str, reason: str, more: str = "") -> str:
    """Return a fault of SOAP 1.1."""
    return (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault>'
        f"<faultcode>{code}</faultcode><faultstring>{reason}</faultstring>{more}</e:Fault></e:Body></e:Envelope>"
    )


@pytest.mark.parametrize(
    ("code", "reason", "kind"),
    [
        ("e:Client", "El contenido no se pudo deserializar", errors.ServiceFault),
        ("e:Client", "", errors.ServiceFault),
        ("e:Client.Argumento", "trackId vacío", errors.ServiceFault),
        ("e:Client", "The creator of this fault did not specify a Reason.", errors.CertificateRefused),
        ("e:Client", "El certificado no es de una entidad acreditada", errors.CertificateRefused),
        ("e:Server", "Referencia a objeto no establecida", errors.InternalFault),
        ("e:Server.Interno", "x", errors.InternalFault),
        ("e:Otro", "x", errors.ServiceFault),
    ],
)
@pytest.mark.parametrize("status", [200, 500])
def test_faults_of_soap_1_1_are_told_as_they_are(
    code: str, reason: str, kind: type[errors.ServiceFault], status: int
) -> None:
    error = failure(old_fault(code, reason), status)
    assert type(error) is kind
    assert error.fault_code == code.partition(":")[2]
    assert error.fault_reason == reason
    assert reason in str(error)
    assert ("certificado" in str(error)) is (kind is errors.CertificateRefused)
    assert "Fault" in error.excerpt


def test_a_fault_without_reason_is_told_by_its_detail() -> None:
    error = failure(old_fault("e:Client", "", "<detail><a>falta</a> <b>trackId</b></detail>"), 500)
    assert isinstance(error, errors.ServiceFault)
    assert error.fault_reason == "falta trackId"


@pytest.mark.parametrize(
    ("body", "headers", "beginning"),
    [
        ('{"IsValid": true, "StatusCode": "00"}', {"content-type": "application/json"}, '«{"IsValid": true'),
        ("StatusCode=00", {}, "«StatusCode=00»"),
        (envelope("<x/>")[:-20], {}, "«<s:Envelope"),
        ("<html><head><title>Portal</title></head><body>IsValid true", {}, "«<html><head><title>Portal"),
        ("<otra><IsValid>true</IsValid></otra>", {}, "«<otra><IsValid>"),
        (b"\x1f\x8b\x00\x01", {}, "«"),
    ],
)
def test_what_comes_instead_is_shown_and_taken_for_nothing(
    body: str | bytes, headers: dict[str, str], beginning: str
) -> None:
    error = failure(body, 200, **headers)
    assert error.excerpt.startswith(beginning)
    assert error.excerpt.isprintable()
    assert error.as_dict()["excerpt"] == error.excerpt
    if isinstance(error, errors.UnreadableAnswer):
        assert error.excerpt in str(error)
    assert error.uncertain


@pytest.mark.parametrize(("minutes", "word"), [(12, "atrasado"), (-12, "adelantado")])
def test_invalid_security_shows_local_time_server_time_and_skew(minutes: int, word: str) -> None:
    server = NOW.astimezone(UTC) + timedelta(minutes=minutes)
    error = failure(fault("s:Sender", "InvalidSecurity", VERIFYING), 500, date=format_datetime(server, usegmt=True))
    assert isinstance(error, errors.InvalidSecurity)
    assert error.skew == -60 * minutes
    assert datetime.fromisoformat(error.server_time or "") == server
    assert datetime.fromisoformat(error.local_time or "") == NOW
    for part in ("2026-03-02T15:15:00Z", server.strftime("%Y-%m-%dT%H:%M:%SZ"), f"{error.skew:+.0f} s", word, "reloj"):
        assert part in str(error), part


@pytest.mark.parametrize("headers", [{}, {"date": "ayer"}])
def test_without_the_servers_date_the_clock_is_not_blamed(headers: dict[str, str]) -> None:
    error = failure(fault("s:Sender", "InvalidSecurity", VERIFYING), 500, **headers)
    assert isinstance(error, errors.InvalidSecurity)
    assert error.skew is None
    assert "NTP" not in str(error)


def test_the_message_tells_what_was_asked_why_and_what_next() -> None:
    error = failure(HTML.format("Gateway Timeout"), 504)
    error.during(operation="GetStatus", endpoint="https://x.example", elapsed=1.25)
    told = str(error)
    for part in ("GetStatus", "https://x.example", "1.2 s", "HTTP 504 Gateway Timeout", "Qué hacer: reintente"):
        assert part in told
    data = error.as_dict()
    assert (data["operation"], data["endpoint"], data["elapsed"], data["status"]) == (
        "GetStatus",
        "https://x.example",
        1.25,
        504,
    )


BOMB = '<!DOCTYPE a [<!ENTITY x "ja"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]>' + envelope("<a>&y;</a>")
HOSTILE = {
    "dtd": BOMB,
    "external entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + envelope("<a>&x;</a>"),
    "dtd in utf-16": ('<?xml version="1.0" encoding="utf-16"?>' + BOMB).encode("utf-16"),
    "deep nesting": envelope("<a>" * 100_000 + "</a>" * 100_000),
    "100 MB": envelope("<a>" + " " * 100_000_000 + "</a>"),
    "one text of 20 MB": envelope(f"<a>{'x' * 20_000_000}</a>"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answers_are_refused_and_typed(name: str) -> None:
    body = HOSTILE[name]
    error = failure(body)
    assert type(error) is errors.UnsafeAnswer
    assert not error.retryable
    assert error.uncertain


@pytest.mark.parametrize(
    "body",
    [
        b'<?xml version="1.0" encoding="utf-8"?>' + envelope("<a>á</a>").encode("latin-1"),
        b'<?xml version="1.0" encoding="ebcdic-xx"?>' + envelope("<a/>").encode(),
        envelope("<a>\x00</a>").encode(),
    ],
    ids=["wrong charset", "unknown charset", "null byte"],
)
def test_a_wrong_charset_is_an_unreadable_answer(body: bytes) -> None:
    assert type(failure(body)) is errors.UnreadableAnswer


def test_an_answer_with_ten_thousand_members_is_read() -> None:
    rows = '<b:DianResponse xmlns:b="urn:b"><b:StatusCode>66</b:StatusCode></b:DianResponse>' * 10_000
    body = envelope(
        f'<GetStatusZipResponse xmlns="http://wcf.dian.colombia"><GetStatusZipResult>{rows}</GetStatusZipResult>'
        "</GetStatusZipResponse>"
    )
    found = read_reply(reply(body), OPERATIONS["GetStatusZip"], local_time=NOW)
    assert len(found) == 10_000


def test_soap_is_known_by_its_names_not_its_version() -> None:
    body = envelope('<GetStatusResponse xmlns="http://wcf.dian.colombia"/>').replace(SOAP, "urn:soap:9")
    assert read(body).code == ""
