"""The exchange with DIAN's web service: clients, answers, shipments. Names are loaded when they are first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy

if TYPE_CHECKING:
    from .answers import Acquirer, DocumentInfo, DocumentXml, ExchangeEmails, Standing, Status
    from .async_client import AsyncClient
    from .client import Client
    from .contingency import Assessment, ContingencyPolicy, DeadlineFrom, dian_contingency, transcribed
    from .history import InvoiceEvents
    from .http import AsyncHttpTransport, HttpTransport, Timeouts
    from .outcome import Answer, Outcome
    from .policy import RetryPolicy
    from .service import Service
    from .shipment import Attempt, Recovery, Shipment, State
    from .soap import AsyncTransport, Reply, Request, Transport
    from .wsse import KeyReference, SecurityOptions

_HOMES = {
    "answers": ("Acquirer", "DocumentInfo", "DocumentXml", "ExchangeEmails", "Standing", "Status"),
    "async_client": ("AsyncClient",),
    "client": ("Client",),
    "contingency": ("Assessment", "ContingencyPolicy", "DeadlineFrom", "dian_contingency", "transcribed"),
    "history": ("InvoiceEvents",),
    "http": ("AsyncHttpTransport", "HttpTransport", "Timeouts"),
    "outcome": ("Answer", "Outcome"),
    "policy": ("RetryPolicy",),
    "service": ("Service",),
    "shipment": ("Attempt", "Recovery", "Shipment", "State"),
    "soap": ("AsyncTransport", "Reply", "Request", "Transport"),
    "wsse": ("KeyReference", "SecurityOptions"),
}

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
    "ContingencyPolicy",
    "DeadlineFrom",
    "DocumentInfo",
    "DocumentXml",
    "ExchangeEmails",
    "HttpTransport",
    "InvoiceEvents",
    "KeyReference",
    "Outcome",
    "Recovery",
    "Reply",
    "Request",
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
