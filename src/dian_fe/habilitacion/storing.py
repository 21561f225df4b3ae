"""Documents of a run: their stored form, its validation, and queries on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ..errors import InvalidInput
from ..faults import Fault
from ..transport.answers import TEST_SET
from ..transport.outcome import Answer
from ..transport.shipment import Shipment, State
from ..transport.test_sets import TEST_SET_OPERATION
from ..ubl.reader.document import read_document
from .plan import RunState, SetCounts, Slot, plan_of
from .words import state_of_set

UNPROVEN: Final = "Lo guardado dice «{state}», y no trae la respuesta de la DIAN que lo prueba."


def stored_slot(slot: Slot) -> dict[str, Any]:
    """Return the JSON form of a document of the plan."""
    return {
        "kind": slot.kind,
        "number": slot.number,
        "day": slot.day,
        "shipment": None if slot.shipment is None else slot.shipment.as_dict(),
        "may_reject": [fault.as_dict() for fault in slot.may_reject],
    }


def slot_of(stored: Mapping[str, Any]) -> Slot:
    """Return the document of a `stored_slot` form."""
    shipment = None if stored["shipment"] is None else Shipment.from_json(stored["shipment"])
    likely = tuple(Fault.from_dict(fault) for fault in stored.get("may_reject", ()))
    return Slot(stored["kind"], stored["number"], shipment, stored["day"], likely)


def counts_of(values: Mapping[str, Any], slots: Sequence[Slot]) -> SetCounts:
    """Return the counts of a stored run; version 1 has none, so its documents are counted."""
    if "required" in values:
        required: Mapping[str, int] = values["required"]
        return plan_of(next(iter(required))).counts(required, values["accepted_required"])
    planned = Counter(slot.kind for slot in slots)
    planned.subtract(slot.kind for slot in slots if slot.state is State.REJECTED)
    plan = plan_of()
    required = {kind: planned[kind] for kind in plan.required}
    return plan.counts(required, required)


def word_of(values: Mapping[str, Any], test_set_id: str) -> tuple[RunState, str, Shipment | None]:
    """Return the state of a stored run's set, DIAN's text, and the document whose refusal has it.

    A set whose acceptance or rejection that text does not state is not confirmed, whatever else is stored. Raise
    ``InvalidInput`` for a document of another set.
    """
    state, message, stored = RunState(values["state"]), values["message"], values.get("proof")
    if not isinstance(message, str):
        raise TypeError("message: no es un texto")
    proof = None if stored is None else Shipment.from_json(stored)
    if proof is not None and proof.status is not None and proof.status.code == TEST_SET:
        only_of_the_set([Slot(proof.kind, proof.number, proof)], test_set_id, "proof")
        found = state_of_set(proof.status, test_set_id)
        if found in DECIDED:
            return found, proof.status.text, proof
    if state in DECIDED:
        return RunState.SIN_CONFIRMAR, UNPROVEN.format(state=state), None
    return state, message, None


DECIDED: Final = frozenset({RunState.ACEPTADO, RunState.RECHAZADO})
"""States that only DIAN decides."""


def only_of_the_set(slots: Sequence[Slot], test_set_id: str, where: str = "slots") -> None:
    """Refuse stored documents that were not sent to the set, such as those of SendBillSync.

    Raise ``InvalidInput``.
    """
    for position, slot in enumerate(slots):
        shipment = slot.shipment
        if shipment is None:
            continue
        sent = (shipment.operation, shipment.test_set_id, shipment.number, shipment.kind)
        wanted = (TEST_SET_OPERATION, test_set_id, slot.number, slot.kind)
        if sent != wanted:
            found, expected = (" ".join(filter(None, words)) for words in (sent, wanted))
            field = f"{where}[{position}]"
            raise InvalidInput.of("habilitacion.other_set", field=field, found=found, expected=expected)


def last_accepted(slots: Sequence[Slot], kinds: frozenset[str]) -> Any:
    """Return the last accepted document of some kinds, read from its bytes; None when there is none."""
    accepted = (slot.shipment for slot in reversed(slots) if slot.kind in kinds and slot.state is State.ACCEPTED)
    last = next(accepted, None)
    return None if last is None else read_document(last.xml)


def likely_rejections(slots: Sequence[Slot]) -> tuple[Fault, ...]:
    """Return the likely rejections of built documents that are not accepted, the first of each code."""
    waiting = (slot for slot in slots if slot.state not in {None, State.ACCEPTED})
    return first_of_each_code(fault for slot in waiting for fault in slot.may_reject)


def rejections(slots: Sequence[Slot]) -> tuple[Fault, ...]:
    """Return why documents were rejected, the first fault of each code."""
    shipments = (slot.shipment for slot in slots if slot.shipment and slot.state is State.REJECTED)
    return first_of_each_code(fault for shipment in shipments for fault in Answer(shipment).rejections)


def first_of_each_code(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Return the faults without those whose code came before."""
    found: dict[str, Fault] = {}
    for fault in faults:
        found.setdefault(fault.code, fault)
    return tuple(found.values())
