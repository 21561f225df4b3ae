"""The exchange with DIAN's web service: clients, answers, shipments. Names are loaded when they are first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy

if TYPE_CHECKING:
    from .answers import Acquirer, DocumentXml, ResponseFacts, Standing, Status
    from .async_client import AsyncClient
    from .client import Client
    from .confirming import Confirmation, Confirmed, PartDiffers
    from .contingency import Assessment, ContingencyPolicy, DeadlineFrom, dian_contingency, transcribed
    from .document_info import (
        DocumentInfo,
        InfoCheck,
        InfoConcept,
        InfoDocument,
        InfoEvent,
        InfoHolder,
        InfoNote,
        InfoNumber,
        InfoParty,
        InfoReference,
        InfoTotals,
    )
    from .history import InvoiceEvents, NoteConcept, ReferenceNote, ReferenceNotes
    from .http import AsyncHttpTransport, HttpTransport, Timeouts
    from .mailboxes import ExchangeEmails
    from .outcome import Answer, Outcome
    from .policy import RetryPolicy
    from .service import Service
    from .shipment import Attempt, Recovery, Shipment, State
    from .soap import AsyncTransport, Reply, Request, Transport
    from .wsse import KeyReference, SecurityOptions

_HOMES = {
    "answers": ("Acquirer", "DocumentXml", "ResponseFacts", "Standing", "Status"),
    "async_client": ("AsyncClient",),
    "client": ("Client",),
    "confirming": ("Confirmation", "Confirmed", "PartDiffers"),
    "contingency": ("Assessment", "ContingencyPolicy", "DeadlineFrom", "dian_contingency", "transcribed"),
    "document_info": (
        "DocumentInfo",
        "InfoCheck",
        "InfoConcept",
        "InfoDocument",
        "InfoEvent",
        "InfoHolder",
        "InfoNote",
        "InfoNumber",
        "InfoParty",
        "InfoReference",
        "InfoTotals",
    ),
    "history": ("InvoiceEvents", "NoteConcept", "ReferenceNote", "ReferenceNotes"),
    "http": ("AsyncHttpTransport", "HttpTransport", "Timeouts"),
    "mailboxes": ("ExchangeEmails",),
    "outcome": ("Answer", "Outcome"),
    "policy": ("RetryPolicy",),
    "service": ("Service",),
    "shipment": ("Attempt", "Recovery", "Shipment", "State"),
    "soap": ("AsyncTransport", "Reply", "Request", "Transport"),
    "wsse": ("KeyReference", "SecurityOptions"),
}

if not TYPE_CHECKING:  # a checker would take any name from a module that has __getattr__
    __getattr__, __dir__ = lazy(__name__, _HOMES)

__all__ = [
    "Acquirer",
    "Answer",
    "Assessment",
    "AsyncClient",
    "AsyncHttpTransport",
    "AsyncTransport",
    "Attempt",
    "Client",
    "Confirmation",
    "Confirmed",
    "ContingencyPolicy",
    "DeadlineFrom",
    "DocumentInfo",
    "DocumentXml",
    "ExchangeEmails",
    "HttpTransport",
    "InfoCheck",
    "InfoConcept",
    "InfoDocument",
    "InfoEvent",
    "InfoHolder",
    "InfoNote",
    "InfoNumber",
    "InfoParty",
    "InfoReference",
    "InfoTotals",
    "InvoiceEvents",
    "KeyReference",
    "NoteConcept",
    "Outcome",
    "PartDiffers",
    "Recovery",
    "ReferenceNote",
    "ReferenceNotes",
    "Reply",
    "Request",
    "ResponseFacts",
    "RetryPolicy",
    "SecurityOptions",
    "Service",
    "Shipment",
    "Standing",
    "State",
    "Status",
    "Timeouts",
    "Transport",
    "dian_contingency",
    "transcribed",
]
