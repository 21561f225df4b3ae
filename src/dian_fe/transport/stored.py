"""Validation of a stored shipment against its document.

`Shipment.from_json` imports it when it is called: only those who resume a stored shipment need the reader of XML.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from ..errors import DianFeError, InvalidIdentification, InvalidInput, OutcomeUnknown
from ..models.issuable import issuer_of, references_of
from ..ubl.reader.document import read_document
from .contract import sending_operation
from .history import events_of
from .sending import may_have_registered, stranger_of
from .shipment import TEXTS, Recovery, Shipment, State
from .test_sets import TEST_SET_OPERATION, checked_test_set_id

S = TypeVar("S", bound=Shipment)


def checked_stored(shipment: S) -> S:
    """Return a stored shipment; raise ``InvalidInput`` unless it agrees with its own XML and its members can be.

    Its state must follow from DIAN's stored answer to this document: with another document's key or answer, an unsent
    one would pass for accepted. An event that was found among those of its invoice, in a list that is not stored or
    does not name it, is returned in doubt.
    """
    for name in (*TEXTS, "zip_key", "event"):
        value = getattr(shipment, name)
        if not isinstance(value, str):
            raise _refusal(name, type(value).__name__, "un texto")
    for name in ("file_name", "zip_name"):
        value = getattr(shipment, name)
        if not value or {"/", "\\", "\0"} & set(value):
            raise _refusal(name, repr(value), "el nombre de un archivo, sin carpetas")
    if not all(isinstance(key, str) for key in shipment.references):
        raise _refusal("references", repr(shipment.references)[:60], "claves, como textos")
    _check_word(shipment)
    if shipment.test_set_id and shipment.operation != TEST_SET_OPERATION:
        raise _refusal("operation", repr(shipment.operation)[:60], f"{TEST_SET_OPERATION}, por su test_set_id")
    if shipment.operation == TEST_SET_OPERATION:
        try:
            checked_test_set_id(shipment.test_set_id)
        except InvalidIdentification as error:
            raise _refusal("test_set_id", repr(shipment.test_set_id)[:60], error.expected or "") from None
    try:
        received = read_document(shipment.xml)
    except DianFeError as error:
        raise _refusal("xml", str(error)[:200], "el XML firmado del documento") from None
    for name, found, said in _facts(shipment, received):
        if found != said:
            raise _refusal(name, repr(found), f"{said!r}, que es lo que dice su XML")
    try:
        sending_operation(received.kind, shipment.operation)
    except DianFeError as error:
        raise _refusal("operation", error.found or shipment.operation, error.expected or "") from None
    if _is_listed(shipment) and not _registered(shipment):
        unproved = OutcomeUnknown.of("transport.unproved_event", found=shipment.key)
        return shipment.with_state(State.IN_DOUBT, recovered=None, error=unproved)
    return shipment


def _check_word(shipment: Shipment) -> None:
    """Raise ``InvalidInput`` unless the state follows from DIAN's stored answer; nothing else proves it."""
    status, state = shipment.status, shipment.state
    if not state.is_final:
        return
    if status is None:
        raise _refusal("status", "nada", f"la respuesta de la DIAN por la que quedó {state}")
    if _is_listed(shipment):
        return  # the status is that of the list
    if status.standing.value != state.value:
        raise _refusal("state", f"{state}", f"{status.standing.value}, que es lo que dice la respuesta de la DIAN")
    if state is State.ACCEPTED and (stranger := stranger_of(shipment, status)):
        raise _refusal("status", f"la aceptación de {stranger}", f"la de {shipment.key}")


def _is_listed(shipment: Shipment) -> bool:
    """True if it is an event whose acceptance was found in the list of its invoice's events."""
    last = shipment.attempts[-1].operation if shipment.attempts else ""
    return bool(shipment.event) and shipment.state is State.ACCEPTED and last == "GetStatusEvent"


def _registered(event: Shipment) -> bool:
    """True if the stored list names an event, or names none of its code and its own bytes may have been the first."""
    (invoice,), status = event.references, event.status
    assert status is not None
    found = events_of(status, invoice).history
    if any(each.key == event.key for each in found):
        return True
    others = any(each.key for each in found if each.code == event.event)
    return event.recovered is Recovery.LGC01 and not others and may_have_registered(event)


def _facts(shipment: Shipment, received: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield the data to be compared: name, value in the shipment, value in its document."""
    document, control = received.document, received.control
    yield "kind", shipment.kind, received.kind.name
    yield "key", shipment.key, control.key
    yield "number", shipment.number, document.number
    yield "environment", shipment.environment, control.environment
    invoice = getattr(document, "reference_key", None)
    if invoice is None:  # who signs an event may be a mandatary, whom its XML does not name as such
        yield "supplier", shipment.supplier, issuer_of(document)
    yield "event", shipment.event, "" if invoice is None else document.code
    named = (reference.key for _, reference in references_of(document))
    yield "references", shipment.references, tuple(key for key in (invoice, *named) if key)


def _refusal(name: str, found: str, expected: str) -> InvalidInput:
    return InvalidInput.of("transport.not_its_document", field=f"shipment.{name}", found=found, expected=expected)
