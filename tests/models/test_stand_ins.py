"""What stands in for a missing datum while its model is made is a value that its field takes."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, BaseModel

from dian_fe.families.registry import kinds
from dian_fe.models._base import Model
from dian_fe.models._fields import field
from dian_fe.models._missing import _takes, stand_in
from dian_fe.models._shapes import models_in


def _even(value: int) -> int:
    if value % 2:
        raise ValueError("odd")
    return value


class Inner(Model):
    """A part with a form of its own."""

    code: str = field(pattern=r"^[A-Z]{3}$")


class Outer(Model):
    """Demanded data with limits of every sort."""

    code: str = field(pattern=r"^[A-Z]{3}$")
    digits: str = field(pattern=r"^\d{7}$")
    key: str = field(pattern="^[0-9a-f]{96}$")
    guid: str = field(pattern=r"^\w{8}-\w{4}$", examples=["12345678-abcd"])
    amount: Decimal = field(gt=0)
    fraction: Decimal = field(gt=Decimal("0.2"), lt=Decimal("0.9"))
    count: int = field(ge=5, le=6)
    below: int = field(lt=-3)
    even: Annotated[int, AfterValidator(_even)]
    inner: Inner
    parts: tuple[Inner, ...]


def test_what_stands_in_is_taken_by_its_field() -> None:
    values = {name: stand_in(Outer, name) for name in Outer.model_fields}
    made = Outer.model_validate(values)
    assert (made.code, made.guid, made.count, made.inner) == ("AAA", "12345678-abcd", 5, Inner(code="AAA"))


@pytest.mark.parametrize("name", list(Outer.model_fields))
def test_json_of_a_model_without_a_datum_comes_back(name: str) -> None:
    whole = Outer.model_validate({each: stand_in(Outer, each) for each in Outer.model_fields})
    values = {each: value for each, value in whole.model_dump(mode="json").items() if each != name}
    back = Outer.model_validate_json(json.dumps(values | {"missing": [name]}))
    assert back.missing == (name,)
    assert back.to_json() == Outer.model_validate_json(back.to_json()).to_json()


def test_a_form_that_nobody_can_guess_is_told_to_its_author() -> None:
    class Odd(Model):
        """A form with a structure, and no example."""

        code: str = field(pattern=r"^x-\d+-y$")

    with pytest.raises(TypeError, match=r"Odd\.code cannot be missing: add examples"):
        stand_in(Odd, "code")


def _models(model: type[BaseModel], seen: set[Any]) -> set[Any]:
    if model not in seen:
        seen.add(model)
        for info in model.model_fields.values():
            for each in models_in(info.annotation):
                _models(each, seen)
    return seen


def test_every_demanded_datum_of_the_library_may_be_missing() -> None:
    seen: set[Any] = set()
    for kind in kinds():
        _models(kind.model_class, seen)
    demanded = [(model, name) for model in seen for name, info in model.model_fields.items() if info.is_required()]
    assert len(demanded) > 30
    for model, name in demanded:
        assert _takes(model, name, stand_in(model, name)), f"{model.__name__}.{name}"


def test_no_field_has_a_pattern_that_its_type_overrides() -> None:
    """Of a `Text` that is given another pattern pydantic heeds the first alone: such a field is a ``str``."""
    seen: set[Any] = set()
    for kind in kinds():
        _models(kind.model_class, seen)
    for model in seen:
        for name, info in model.model_fields.items():
            patterns = [each for each in info.metadata if getattr(each, "pattern", None) is not None]
            assert len(patterns) < 2, f"{model.__name__}.{name}"
