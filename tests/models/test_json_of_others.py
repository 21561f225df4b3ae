"""`load_document`: JSON of somebody else's, with the fields that are not theirs to say."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from dian_fe import Customer, Invoice, errors, load_document, load_issuer
from dian_fe.models.event import Person
from tests.graphic.support import issuer, packed
from tests.support.company import SHOP

pytestmark = pytest.mark.between

ASKED = """{
  "customer": {"id_type": "13", "id": "1020304050", "name": "Cliente Ejemplo", "emails": ["compras@example.com"]},
  "lines": [{"description": "Café", "quantity": 3, "price": 18500.123456,
             "taxes": [{"subtotals": [{"code": "01", "percent": 5}]}]}],
  "payment": %s
}"""
OURS = {"number": "SETP990000001", "issued_at": "2026-03-02T10:15:00-05:00", "supplier": SHOP}


@pytest.mark.parametrize("payment", ['{"form": "1", "means": "10"}', '[{"form": "1", "means": "10"}]'])
def test_given_fields_complete_the_json(payment: str) -> None:
    document = load_document(ASKED % payment, **OURS)
    assert isinstance(document, Invoice)
    assert document.number == "SETP990000001"
    assert document.supplier == SHOP.party()
    assert document.payable == document.totals.payable == Decimal("58275.39")
    assert document.lines[0].price == Decimal("18500.123456"), "numbers in JSON keep every digit"
    assert [(each.form, each.means) for each in document.payments] == [("1", "10")]


def test_a_buyer_in_json_is_a_customer() -> None:
    document = load_document(ASKED % "[]", **OURS)
    buyer = Customer(id_type="13", id="1020304050", name="Cliente Ejemplo", emails=["compras@example.com"])
    assert document.customer == buyer.party()
    assert document.customer.organization_type == "2", "a person, not a company"
    digit = ASKED.replace('"13", "id": "1020304050"', '"31", "id": "800197268", "check_digit": "1"')
    with pytest.raises(errors.WrongCheckDigit) as caught:
        load_document(digit % "[]", **OURS)
    assert caught.value.field == "customer.check_digit"


def test_a_wrong_payment_is_told_with_its_place() -> None:
    with pytest.raises(errors.InvalidInput) as caught:
        load_document(ASKED % '{"forma": "1"}', **OURS)
    assert caught.value.field == "payment[0].forma"


def test_a_payment_said_twice_is_refused() -> None:
    """Neither of the two is dropped in silence."""
    twice = (ASKED % '{"form": "1", "means": "10"}').replace('"payment":', '"payments": [], "payment":')
    with pytest.raises(errors.NotAllowed, match="dos veces"):
        load_document(twice, **OURS)


def test_a_field_said_twice_is_refused_and_not_decided_by_chance() -> None:
    with pytest.raises(errors.InvalidInput) as caught:
        load_document(ASKED.replace("{", '{"kind": "credit_note", "kind": "invoice", ', 1) % "{}", **OURS)
    assert caught.value.field == "kind"


@pytest.mark.parametrize("text", ['{"number": ' + "9" * 5000 + "}", "[" * 100_000, '{"lines": [' + "9" * 5000])
def test_json_that_python_itself_does_not_take_is_refused(text: str) -> None:
    with pytest.raises(errors.InvalidInput):
        load_document(text)


OTHERS: dict[str, Any] = {
    "el de un emisor": issuer().with_secrets(),
    "el de una persona": Person(id="1020304050", first_name="Ana", family_name="Ejemplo").model_dump(mode="json"),
    "lo que devuelve read": packed().subject.sales_documents[0].as_dict(),
    "el de un documento": packed().subject.sales_documents[0].as_dict()["document"],
}


@pytest.mark.parametrize("kind", [None, "invoice"])
@pytest.mark.parametrize("other", list(OTHERS)[:3])
def test_json_of_something_else_is_told_as_such(other: str, kind: str | None) -> None:
    """Not field by field: the file is the wrong one."""
    with pytest.raises(errors.InvalidInput) as caught:
        load_document(json.dumps(OTHERS[other] | ({"kind": kind} if kind else {})))
    assert f"no es el de un documento: es {other}" in caught.value.message
    assert caught.value.field is None
    assert next(iter(OTHERS[other])) in str(caught.value.found)
    assert "lines" in str(caught.value.expected)
    assert issuer().with_secrets()["software"]["pin"] not in str(caught.value)


@pytest.mark.parametrize("other", ["el de una persona", "lo que devuelve read", "el de un documento"])
def test_json_of_something_else_is_no_issuer(other: str) -> None:
    with pytest.raises(errors.InvalidInput, match=f"no es el de un emisor: es {other}"):
        load_issuer(OTHERS[other])


@pytest.mark.parametrize(("values", "found"), [({}, "un objeto vacío"), ({"a": 1, "b": 2}, "los campos a, b")])
def test_json_of_nothing_known_is_told_by_its_fields(values: dict[str, int], found: str) -> None:
    for load in (load_document, load_issuer):
        with pytest.raises(errors.InvalidInput, match="no es el de un") as caught:
            load(values)
        assert caught.value.found == found


@pytest.mark.parametrize(
    ("values", "field"), [({"kind": "invoice"}, "number"), (OTHERS["el de un documento"] | {"software": 1}, "software")]
)
def test_a_document_with_a_fault_is_still_told_by_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(errors.InvalidInput) as caught:
        load_document(values)
    assert caught.value.field == field


def test_text_that_is_no_utf_8_is_told_with_byte_and_line() -> None:
    text = (ASKED % "[]").encode("latin-1")
    with pytest.raises(errors.InvalidInput, match="UTF-8") as caught:
        load_document(text)
    assert caught.value.found == "el byte 0xE9 en la línea 3"


def test_too_many_levels_are_told_as_such() -> None:
    with pytest.raises(errors.InvalidInput, match="profundidad") as caught:
        load_document("[" * 100_000)
    assert caught.value.found == "demasiados niveles"
