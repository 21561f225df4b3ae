"""The exchange with DIAN's web service: clients, answers, shipments. Names are loaded when they are first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .answers import Acquirer, DocumentInfo, DocumentXml, ExchangeEmails, Standing, Status
    from .async_client import AsyncClient
    from .client import Client
    from .contingency import Assessment, ContingencyPolicy, DeadlineFrom, dian_contingency, transcribed
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
    "http": ("AsyncHttpTransport", "HttpTransport", "Timeouts"),
    "outcome": ("Answer", "Outcome"),
    "policy": ("RetryPolicy",),
    "service": ("Service",),
    "shipment": ("Attempt", "Recovery", "Shipment", "State"),
    "soap": ("AsyncTransport", "Reply", "Request", "Transport"),
    "wsse": ("KeyReference", "SecurityOptions"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

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


def __getattr__(name: str) -> Any:
    """Load the module of a public name when it is first asked for."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
