"""Replies of the simulator: results by their data contracts, faults and error pages of the real service."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final

from ..transport.contract import BASE64, BOOLEAN, NEVER_NIL, SERVICE_NS, SIMPLE, TYPES, Member, Operation
from ..transport.soap import MEDIA_TYPE, Reply
from ..transport.wsse import SOAP, WSA, WSSE, WSU
from ..ubl.codecs import text

_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_WCF: Final = "http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher"
_LIFE: Final = timedelta(minutes=5)


def result(operation: Operation, value: Any, *, now: datetime, status: int = 200) -> Reply:
    """Write the answer of an operation: dictionaries by member, lists for arrays; None becomes nil."""
    written = encoded(Member(f"{operation.name}Result", operation.result), value)
    body = f'<{operation.name}Response xmlns="{SERVICE_NS}">{written}</{operation.name}Response>'
    return _envelope(status, operation.reply_action, body, now)


def encoded(member: Member, value: Any, prefix: str = "") -> str:
    """Write a value by its data contract; each level below declares the next letter for its own namespace."""
    tag = f"{prefix}:{member.name}" if prefix else member.name
    if value is None:
        return "" if member.type in NEVER_NIL else f'<{tag} i:nil="true"/>'
    if member.type in SIMPLE:
        return f"<{tag}>{_simple(member.type, value)}</{tag}>"
    data_type = TYPES[member.type]
    below = chr(ord(prefix) + 1) if prefix else "b"
    if below == "i":  # that of xsi
        below = "j"
    if data_type.is_array:
        item = data_type.members[0]
        inner = "".join(encoded(item, each, below) for each in value)
    else:
        inner = "".join(encoded(each, value.get(each.name), below) for each in data_type.members)
    return f'<{tag} xmlns:{below}="{data_type.namespace}">{inner}</{tag}>'


def _simple(type_name: str, value: Any) -> str:
    if type_name == BASE64:
        return b64encode(value).decode()
    if type_name == BOOLEAN:
        return "true" if value else "false"
    return text(str(value))


def _envelope(status: int, action: str, body: str, now: datetime, *, security: bool = True) -> Reply:
    created, expires = (moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") for moment in (now, now + _LIFE))
    timestamp = (
        f'<o:Security s:mustUnderstand="1" xmlns:o="{WSSE}"><u:Timestamp u:Id="_0" xmlns:u="{WSU}">'
        f"<u:Created>{created}</u:Created><u:Expires>{expires}</u:Expires></u:Timestamp></o:Security>"
    )
    envelope = (
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="{WSA}" xmlns:i="{_XSI}"><s:Header>'
        f'<a:Action s:mustUnderstand="1">{action}</a:Action>{timestamp if security else ""}</s:Header>'
        f"<s:Body>{body}</s:Body></s:Envelope>"
    )
    return Reply(status, _headers(f"{MEDIA_TYPE}; charset=utf-8", now), envelope.encode())


def _headers(media_type: str, now: datetime) -> dict[str, str]:
    return {"content-type": media_type, "date": format_datetime(now.astimezone(UTC), usegmt=True)}


_INVALID: Final = "An error occurred when verifying security for the message."
_MISMATCH: Final = (
    "The message with this {} cannot be processed at the receiver, due to {} mismatch at the EndpointDispatcher."
)
_INTERNAL: Final = "The server was unable to process the request due to an internal error."
_FAULTS: Final = {
    "InvalidSecurity": ("Sender", WSSE, f"{WSA}/soap/fault", _INVALID),
    "ActionNotSupported": ("Sender", WSA, f"{WSA}/fault", _MISMATCH.format("Action", "a ContractFilter")),
    "DestinationUnreachable": ("Sender", WSA, f"{WSA}/fault", _MISMATCH.format("To", "an AddressFilter")),
    "InternalServiceFault": ("Receiver", _WCF, f"{_WCF}/fault", _INTERNAL),
    "": ("Client", "", f"{_WCF}/fault", "The creator of this fault did not specify a Reason."),
}
"""WCF's faults by subcode: code, namespace of the subcode, action, reason. The last is of an unknown authority."""


def fault(subcode: str, now: datetime) -> Reply:
    """Return a fault with WCF's text, which has no reason when it refuses a security header."""
    code, namespace, action, reason = _FAULTS[subcode]
    inner = f'<s:Subcode><s:Value xmlns:p="{namespace}">p:{subcode}</s:Value></s:Subcode>' if subcode else ""
    body = (
        f"<s:Fault><s:Code><s:Value>s:{code}</s:Value>{inner}</s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{reason}</s:Text></s:Reason></s:Fault>'
    )
    return _envelope(500, action, body, now, security=False)


def page(status: int, title: str, now: datetime) -> Reply:
    """Return an error page as web servers and gateways send it."""
    html = (
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">'
        f"<html><head><title>{title}</title></head><body><h2>{title}</h2></body></html>"
    )
    return Reply(status, _headers("text/html", now), html.encode())


def empty(status: int, now: datetime) -> Reply:
    """Return a reply without body."""
    return Reply(status, _headers("text/html", now), b"")
