"""Events of an invoice: acknowledgement, receipt, claim and acceptance (030 to 034).

Names are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy

if TYPE_CHECKING:
    from .calendar import add_business_days, business_days_between, holidays, is_business_day
    from .event import Event, EventOptions, registered, sworn_statement
    from .timeline import EventHistory, InvoiceState, RegisteredEvent, RegisteredParty, Term, deadline

_HOMES = {
    "calendar": ("add_business_days", "business_days_between", "holidays", "is_business_day"),
    "event": ("Event", "EventOptions", "registered", "sworn_statement"),
    "timeline": ("EventHistory", "InvoiceState", "RegisteredEvent", "RegisteredParty", "Term", "deadline"),
}

if not TYPE_CHECKING:  # a checker would take any name from a module that has __getattr__
    __getattr__, __dir__ = lazy(__name__, _HOMES)

__all__ = [
    "Event",
    "EventHistory",
    "EventOptions",
    "InvoiceState",
    "RegisteredEvent",
    "RegisteredParty",
    "Term",
    "add_business_days",
    "business_days_between",
    "deadline",
    "holidays",
    "is_business_day",
    "registered",
    "sworn_statement",
]
