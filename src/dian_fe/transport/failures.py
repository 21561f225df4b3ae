"""Turns a reply into the operation's result, or into an error with cause and remedy."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from lxml import etree
from lxml.etree import _Element

from .. import _xmlsafe, errors
from .answers import NOT_FOUND, Acquirer, typed
from .contract import Operation
from .soap import NotTheAnswer, Reply, begins, body_of, child, local_name, result_of

MAX_ANSWER_BYTES: Final = 32 * 1024 * 1024
"""Largest answer taken: far above a document's and the list of mailboxes."""
ASK_FIRST: Final = "consulte el documento antes de enviarlo otra vez; send y resume lo hacen."
_SKEW_TOLERATED: Final = 60.0
_LONGEST_DETAIL: Final = 200
_LONGEST_REASON: Final = 1000


def read_reply(reply: Reply, operation: Operation, *, local_time: datetime, max_bytes: int = MAX_ANSWER_BYTES) -> Any:
    """Return the typed result of a reply.

    The body is looked at first, since the HTTP status is not a verdict: GetAcquirer answers 404 for a person it does
    not know, mostly with a regular body; for it any 404 is that answer. ``local_time`` (aware) is when the request was
    made, to compute the skew of the clocks. Raises a ``TransportError``.
    """
    try:
        return _result(reply, operation, local_time, max_bytes)
    except errors.TransportError as error:
        if reply.status == 404 and operation.name == "GetAcquirer":
            return Acquirer(NOT_FOUND, error.cause or error.message, "", "")
        raise


def _result(reply: Reply, operation: Operation, local_time: datetime, max_bytes: int) -> Any:
    root = _parsed(reply, max_bytes)
    body = None if root is None else body_of(root)
    if body is None:
        raise _without_answer(reply)
    if local_name(body) == "Fault":
        raise _fault(body, reply, local_time)
    try:
        return typed(operation.result, result_of(body, operation))
    except NotTheAnswer as error:
        raise _unreadable(reply, str(error), etree.tostring(body, with_tail=False)) from None


def _parsed(reply: Reply, max_bytes: int) -> _Element | None:
    if not reply.body.strip():
        return None
    try:
        return _xmlsafe.parse(reply.body, max_bytes=max_bytes, tolerant=True)
    except errors.UnsafeXml as error:
        if _looks_like_html(reply):  # error pages have their own DOCTYPE
            return None
        raise errors.UnsafeAnswer.of(
            "transport.unsafe_answer", cause=error.found or error.message, **_details(reply, reply.body)
        ) from None
    except errors.UnreadableDocument as error:
        if reply.status >= 300 or _looks_like_html(reply):
            return None
        raise _unreadable(reply, error.found or error.message) from None


def _looks_like_html(reply: Reply) -> bool:
    start = reply.body[:1024].lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html")) or "text/html" in reply.headers.get("content-type", "")


def _unreadable(reply: Reply, cause: str, shown: bytes | None = None) -> errors.UnreadableAnswer:
    """Return the error of an unreadable answer, with its beginning: ``shown`` is the relevant part."""
    details = _details(reply, reply.body if shown is None else shown)
    excerpt = details["excerpt"]
    details["cause"] = f"{cause}; empieza por {excerpt}" if excerpt else cause
    return errors.UnreadableAnswer.of("transport.unreadable_answer", **details)


def _without_answer(reply: Reply) -> errors.TransportError:
    """Return the error of a reply without SOAP body, by its HTTP status."""
    status = reply.status
    details = {**_details(reply, reply.body), "cause": _beginning(reply)}
    if status == 415:
        return errors.ContentTypeRefused.of("transport.content_type_refused", **details)
    if status == 413:
        return errors.MessageTooLarge.of("transport.message_too_large", **details)
    if status == 403 or status >= 500:
        return errors.ServiceUnavailable.of("transport.service_unavailable", **details)
    if 300 <= status < 500:
        details |= {"retryable": status in {408, 429}, "uncertain": status == 408}
        return errors.RequestRefused.of("transport.request_refused", **details)
    if not reply.body.strip() or not _looks_like_html(reply):
        return _unreadable(reply, f"HTTP {status}, {'sin sobre SOAP' if reply.body.strip() else 'sin contenido'}")
    return errors.ServiceUnavailable.of("transport.page_instead", **details)


def _details(reply: Reply, shown: bytes) -> dict[str, Any]:
    """Return the details common to all errors of a reply; ``shown``: the relevant part of it."""
    return {"status": reply.status, "excerpt": begins(shown, _LONGEST_DETAIL), "ask_first": ASK_FIRST}


def _beginning(reply: Reply) -> str:
    """Return the beginning of the server's answer, for support; it has no data of the request."""
    title = reply.body[:4096].decode("utf-8", "replace")
    lower = title.lower()
    start = lower.find("<title>")
    if start >= 0:
        title = title[start + 7 : lower.find("</title>", start)]
    return f"HTTP {reply.status} {' '.join(title.split())[:_LONGEST_DETAIL]}".strip()


def _fault(body: _Element, reply: Reply, local_time: datetime) -> errors.TransportError:
    """Return the error of a SOAP 1.2 (or 1.1) fault by the local name of its innermost code, not by its text."""
    codes = _codes(body)
    reason = _reason(body)
    code = codes[-1] if codes else ""
    details = _details(reply, etree.tostring(body, with_tail=False)) | {
        "cause": f"{' / '.join(codes)}: {reason}" if codes else reason,
        "fault_code": code,
        "fault_reason": reason,
    }
    if code in _SECURITY_CODES or "verifying security" in reason:
        return _invalid_security(reply, local_time, details)
    if code in {"ActionNotSupported", "DestinationUnreachable", "EndpointUnavailable"} or "AddressFilter" in reason:
        return errors.AddressingFault.of("transport.addressing_fault", **details)
    if "quota" in reason.lower():
        return errors.MessageTooLarge.of("transport.message_too_large", **details)
    # SOAP 1.1 may add parts to its codes after a point (Client.Authentication).
    kinds = {each.partition(".")[0] for each in codes}
    if "Client" in kinds and reason == _UNEXPLAINED:
        return errors.CertificateRefused.of("transport.certificate_refused_unexplained", **details)
    if _ABOUT_CERTIFICATE.search(reason):
        return errors.CertificateRefused.of("transport.certificate_refused", **details)
    if kinds & {"Receiver", "Server", "InternalServiceFault"} or reply.status in {502, 503, 504}:
        return errors.InternalFault.of("transport.internal_fault", **details)
    return errors.ServiceFault.of("transport.service_fault", **details)


_UNEXPLAINED: Final = "The creator of this fault did not specify a Reason."
"""WCF's words for a fault without reason; users met it, with the code Client, for certificates of other authorities."""
_ABOUT_CERTIFICATE: Final = re.compile(r"certificat|certificad|x\.?509", re.IGNORECASE)
_SECURITY_CODES: Final = frozenset(
    {
        "InvalidSecurity",
        "InvalidSecurityToken",
        "FailedAuthentication",
        "FailedCheck",
        "MessageExpired",
        "SecurityTokenUnavailable",
        "UnsupportedSecurityToken",
        "UnsupportedAlgorithm",
        "BadContextToken",
    }
)
"""Local names of the fault codes of WS-Security 1.0 (section 12) and of WS-SecureConversation."""


def _invalid_security(reply: Reply, local_time: datetime, details: dict[str, Any]) -> errors.InvalidSecurity:
    local = local_time.astimezone(UTC)
    server = _date(reply)
    if server is None:
        clock, skew = "la respuesta no trae la hora del servidor.", None
    else:
        skew = (local - server).total_seconds()
        clock = (
            f"hora local {_second(local)}, hora del servidor {_second(server)}, diferencia {skew:+.0f} s"
            f" ({'adelantado' if skew > 0 else 'atrasado'} este equipo)."
        )
    blamed = skew is not None and abs(skew) > _SKEW_TOLERATED
    key = "transport.invalid_security_clock" if blamed else "transport.invalid_security"
    error = errors.InvalidSecurity.of(key, clock=clock, **details)
    error.local_time = local.isoformat()
    error.server_time = None if server is None else server.isoformat()
    error.skew = skew
    return error


def _second(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _date(reply: Reply) -> datetime | None:
    try:
        moment = parsedate_to_datetime(reply.headers["date"])
    except (KeyError, ValueError, TypeError):
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _codes(body: _Element) -> tuple[str, ...]:
    """Return the local names of the fault's code and subcodes, outermost first."""
    codes: list[str] = []
    element = child(body, "Code")
    if element is None:
        element = child(body, "faultcode")
        return () if element is None else (_code_name(element),)
    while element is not None:
        value = child(element, "Value")
        if value is not None:
            codes.append(_code_name(value))
        element = child(element, "Subcode")
    return tuple(codes)


def _code_name(element: _Element) -> str:
    return (element.text or "").strip().rpartition(":")[2]


def _reason(body: _Element) -> str:
    """Return the reason in the service's words; without one the texts of the detail."""
    element = child(body, "Reason")
    found = child(body, "faultstring") if element is None else child(element, "Text")
    for each in (found, child(body, "Detail"), child(body, "detail")):
        text = "" if each is None else " ".join(" ".join(str(piece) for piece in each.itertext()).split())
        if text:
            return text[:_LONGEST_REASON]
    return ""
