"""The CUDE of events (annex RADIAN 1.1, section 12.1.1.1), and how to distinguish an event from DIAN's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...catalogs import EventCode
from ...catalogs.identification import DIAN_NIT
from ...ubl.codecs import date_of, time_of
from ...ubl.keys import sha384
from ...ubl.namespaces import NAMESPACES

if TYPE_CHECKING:
    from ...models.application_response import Response

_EVENTS = frozenset(code.value for code in EventCode if code.group != "dian")


def is_event(root: Any) -> bool:
    """True if an ApplicationResponse is an event: by its code and its sender."""
    code = root.findtext("cac:DocumentResponse/cac:Response/cbc:ResponseCode", "", NAMESPACES).strip()
    sender = root.findtext("cac:SenderParty/cac:PartyTaxScheme/cbc:CompanyID", "", NAMESPACES).strip()
    return code in _EVENTS and sender != DIAN_NIT


def event_key(
    *,
    number: str,
    issue_date: str,
    issue_time: str,
    sender_id: str,
    receiver_id: str,
    response_code: str,
    reference: str,
    reference_type: str,
    pin: str,
) -> str:
    """Compute the CUDE of an event's ApplicationResponse, without environment (annex RADIAN 1.1, section 12.1.1.1)."""
    return sha384(
        number + issue_date + issue_time + sender_id + receiver_id + response_code + reference + reference_type + pin
    )


def event_document_key(document: Response, *, secret: str, environment: str | None = None) -> str:
    """Compute the CUDE of an event from its model; ``secret`` is the PIN, and the environment does not enter.

    The annex calls the two identifications NitFE and DocAdq: they are those of the event's sender and receiver, for 034
    the seller and DIAN.
    """
    return event_key(
        number=document.number,
        issue_date=date_of(document.issued_at),
        issue_time=time_of(document.issued_at),
        sender_id=document.sender.id,
        receiver_id=document.receiver.id,
        response_code=document.code or "",
        reference=document.reference or "",
        reference_type=document.reference_type or "",
        pin=secret,
    )
