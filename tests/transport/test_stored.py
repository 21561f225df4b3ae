"""A stored shipment must be that of its own document, whatever was changed in its JSON."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from dian_fe import Shipment
from dian_fe.errors import DianFeError, InvalidInput
from dian_fe.testing import Simulator
from tests.transport.support import KEY, client, note, signed

DIAN = Simulator(seed=7)
INVOICE = signed(DIAN)
OTHER = signed(DIAN, "SETP990000002")
STORED = Shipment.of(INVOICE).as_dict()


def changed(**members: Any) -> str:
    return json.dumps(STORED | members)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("key", OTHER.key), ("key", KEY), ("key", 7), ("number", "SETP990000002"), ("number", None),
        ("kind", "credit_note"), ("kind", "x"), ("supplier", "800199436"), ("supplier", 700085371),
        ("environment", "1"), ("environment", 2), ("file_name", 1), ("file_name", ""), ("file_name", "../a.xml"),
        ("zip_name", None), ("zip_name", "a/b.zip"), ("operation", "x"), ("operation", "SendNominaSync"),
        ("operation", 3), ("test_set_id", 5), ("zip_key", []), ("event", "030"), ("event", 30),
        ("xml", b64encode(OTHER.xml).decode()), ("xml", ""), ("xml", b64encode(b"<a/>").decode()),
        ("state", "accepted"), ("state", "rejected"), ("references", [KEY]), ("references", [1]),
    ],
)  # fmt: skip
def test_a_member_that_is_not_its_documents_is_refused(member: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        Shipment.from_json(changed(**{member: value}))
    assert (caught.value.field or "").startswith("shipment")
    assert caught.value.remedy


@pytest.mark.parametrize("member", [name for name in STORED if name != "event"])
@pytest.mark.parametrize("value", [None, 0, 1.5, True, "", "x", [], [[]], {}, {"a": 1}])
def test_no_value_of_a_member_breaks_anything(member: str, value: Any) -> None:
    """Each is refused by name, or was a value that the member may have."""
    try:
        shipment = Shipment.from_json(changed(**{member: value}))
    except DianFeError:
        return
    assert (shipment.xml, shipment.key) == (INVOICE.xml, INVOICE.key)
    assert Shipment.from_json(shipment.to_json()) == shipment


def test_an_accepted_state_of_another_document_is_never_believed() -> None:
    with client(DIAN) as ws:
        accepted = ws.send(INVOICE).shipment.as_dict()
    with pytest.raises(InvalidInput, match="no corresponde a su documento"):
        Shipment.from_json(accepted | {"xml": b64encode(OTHER.xml).decode()})
    assert Shipment.from_json(accepted).state == "accepted"


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("rejected", {}),
        ("accepted", {"is_valid": False, "code": "99"}),
        ("accepted", {"is_valid": False, "code": ""}),
        ("accepted", {"is_valid": False, "code": "66", "application_response": ""}),
        ("accepted", {"code": "77"}),
        ("accepted", {"is_valid": "true"}),
        ("accepted", {"description": 7}),
        ("accepted", {"messages": [None]}),
    ],
)
def test_a_state_that_dians_stored_word_does_not_say_is_refused(
    state: str, said: dict[str, Any], dian: Simulator
) -> None:
    with client(dian) as ws:
        stored = ws.send(INVOICE).shipment.as_dict()
    assert Shipment.from_json(stored).state == "accepted"
    with pytest.raises(InvalidInput, match="guardado"):
        Shipment.from_json(stored | {"state": state, "status": stored["status"] | said})


def test_the_acceptance_of_another_document_proves_nothing() -> None:
    with client(DIAN) as ws:
        answer = ws.send(OTHER).shipment.as_dict()
    with pytest.raises(InvalidInput) as caught:
        Shipment.from_json(changed(state="accepted", status=answer["status"]))
    assert caught.value.field == "shipment.status"


def test_a_note_keeps_the_invoice_that_it_corrects() -> None:
    stored = Shipment.of(note(DIAN, INVOICE))
    assert Shipment.from_json(stored.to_json()) == stored
    with pytest.raises(InvalidInput, match="references"):
        Shipment.from_json(stored.as_dict() | {"references": []})
