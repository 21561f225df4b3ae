"""Order and terms of events, as the simulator judges them.

Its rules share only the calendar with `dian_fe.events.timeline`, which judges the same before signing, so that a
mistake in either shows. Doubts noted there are decided here: the third business day after 032 is the last one for 031
and 033, and 034 begins on the calendar day that follows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Final

from ..events.calendar import add_business_days
from ..models._dates import to_bogota

Refusal = tuple[str, str, object, object]
"""Code, model path, what was found and what was expected."""

_ACUSE: Final = "030"
_RECLAMO: Final = "031"
_RECIBO: Final = "032"
_EXPRESA: Final = "033"
_TACITA: Final = "034"


def refusals(
    code: str, signed_at: datetime, registered: Mapping[str, datetime | None], *, invoiced_on: date
) -> Iterator[Refusal]:
    """Yield why an event signed then cannot be registered after those that are (by code, with their moment)."""
    if code in registered:
        yield "LGC01", "code", code, "un evento que no esté registrado"
    yield from _out_of_order(code, registered)
    yield from _out_of_time(code, signed_at, registered, invoiced_on)


def takes_notes(registered: Mapping[str, datetime | None]) -> bool:
    """True if credit and debit notes may still correct the invoice."""
    return _EXPRESA not in registered and _TACITA not in registered


def _out_of_order(code: str, registered: Mapping[str, datetime | None]) -> Iterator[Refusal]:
    if code in (_RECLAMO, _RECIBO) and _ACUSE not in registered:
        yield "missing_event", "code", code, _ACUSE
    if code in (_EXPRESA, _TACITA) and _RECIBO not in registered:
        yield "missing_event", "code", code, _RECIBO
    if code == _RECLAMO and not takes_notes(registered):
        yield "excluded_event", "code", code, "una factura sin aceptar"
    if code in (_EXPRESA, _TACITA) and _RECLAMO in registered:
        yield "excluded_event", "code", code, "una factura sin reclamo"
    if (code == _EXPRESA and _TACITA in registered) or (code == _TACITA and _EXPRESA in registered):
        yield "excluded_event", "code", code, "una factura sin aceptar"


def _out_of_time(
    code: str, signed_at: datetime, registered: Mapping[str, datetime | None], invoiced_on: date
) -> Iterator[Refusal]:
    day = to_bogota(signed_at).date()
    acknowledged, received = registered.get(_ACUSE), registered.get(_RECIBO)
    if code == _ACUSE and day < invoiced_on:
        yield "DC24a", "signed_at", day, invoiced_on
    if code == _RECIBO and acknowledged is not None and signed_at < acknowledged:
        yield "DC24b", "signed_at", signed_at, acknowledged
    if code == _RECLAMO and acknowledged is not None and signed_at < acknowledged:
        yield "early_event", "signed_at", signed_at, acknowledged
    elif code == _EXPRESA and received is not None and signed_at < received:
        yield "early_event", "signed_at", signed_at, received
    elif code in (_RECLAMO, _EXPRESA, _TACITA) and received is not None:
        last_day = add_business_days(to_bogota(received).date(), 3)
        if code == _RECLAMO and day > last_day:
            yield "late_claim", "signed_at", day, last_day
        if code == _EXPRESA and day > last_day:
            yield "DC24c", "signed_at", day, last_day
        if code == _TACITA and day <= last_day:
            yield "DC24e", "signed_at", day, last_day
