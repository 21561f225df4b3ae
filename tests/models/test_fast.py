"""Models made without validation are what pydantic's own constructor makes: the canary of its internals."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from dian_fe import AllowanceCharge, Customer, Line, Party, iva
from dian_fe.errors import InvalidInput
from dian_fe.models._base import Model
from dian_fe.models._fast import make_fast, update_fast

PARTY = Customer(id_type="31", id="800199436", name="Cliente Ejemplo SAS").party()
LINE = Line(description="Café", quantity=3, price=18500, taxes=[iva(5)])
MADE = (PARTY, LINE, LINE.taxes[0])


def whole(model: Model) -> Model:
    """Return the model made by pydantic of all its fields, as the fast way makes it."""
    return type(model)(**model.__dict__)


@pytest.mark.parametrize("model", MADE, ids=lambda each: type(each).__name__)
def test_a_fast_model_has_the_state_of_pydantics_own(model: Model) -> None:
    own = whole(model)
    fast = make_fast(type(own), dict(own.__dict__))
    assert fast.__getstate__() == own.__getstate__()
    assert (fast, hash(fast), repr(fast), fast.to_json()) == (own, hash(own), repr(own), own.to_json())
    assert pickle.loads(pickle.dumps(fast)) == own
    assert fast.model_copy() == own
    assert fast.model_fields_set == set(type(own).model_fields)


def test_a_fast_copy_is_pydantics_own_with_the_change() -> None:
    assert (
        update_fast(LINE, {"description": "Té"}).__getstate__() == whole(LINE.replace(description="Té")).__getstate__()
    )


def test_a_subclass_may_have_a_constructor_of_its_own() -> None:
    class Gift(AllowanceCharge):
        def __init__(self, **values: Any) -> None:
            super().__init__(**{"reason": "Obsequio", **values})

    assert Gift(amount=5).reason == "Obsequio"
    assert Gift.model_validate({"amount": 5}).reason == "Obsequio"


def test_parts_of_a_model_are_told_in_one_error() -> None:
    with pytest.raises(InvalidInput) as caught:
        Line(description="Café", price=1, properties=[{"name": ""}, {"name": "x", "unit": 5}])  # type: ignore[list-item]
    assert [error.field for error in caught.value.errors] == ["properties[0].name", "properties[1].unit"]
    assert not Party.__pydantic_custom_init__


def test_a_refusal_does_not_carry_what_was_given() -> None:
    with pytest.raises(InvalidInput) as caught:
        Line(description="Café", price=1.5)  # type: ignore[arg-type]
    assert caught.value.__context__ is None
