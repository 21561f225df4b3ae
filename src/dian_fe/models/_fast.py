"""Models made without validation, for the hot path; the only file that touches pydantic's internals."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass

    class PydanticMeta(ModelMetaclass):
        """The metaclass of pydantic's models."""

else:
    PydanticMeta = type(BaseModel)  # its only public name

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
F = TypeVar("F")


def update_fast(model: T, changes: dict[str, Any]) -> T:
    """Return a copy of a frozen model with values computed by the library, without validation."""
    return make_fast(type(model), model.__dict__ | changes)


def make_fast(cls: type[T], values: dict[str, Any]) -> T:
    """Return a frozen model with all its values, computed by the library, without validation."""
    return make_given(cls, values, _field_names(cls))  # type: ignore[arg-type]  # a class is hashable


def make_given(cls: type[T], values: dict[str, Any], names: set[str]) -> T:
    """Return a frozen model with all its values, in the order of its fields, of which those named were given."""
    model: T = _new(cls)
    _set_values(model, values)
    _set_names(model, names)
    _set_extra(model, None)
    _set_private(model, None)
    return model


_new = object.__new__
_set_values, _set_names, _set_extra, _set_private = (
    BaseModel.__dict__[slot].__set__
    for slot in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
)


@cache
def _field_names(cls: type[BaseModel]) -> set[str]:
    """Return the names of all fields, one set for all copies: frozen models never change theirs."""
    return set(cls.model_fields)


def validated(cls: type[M], values: Any, context: Any = None, into: M | None = None) -> M:
    """Return a validated model, or fill the one being constructed; raise pydantic's ``ValidationError``."""
    made: M = cls.__pydantic_validator__.validate_python(values, context=context, self_instance=into)
    return made


def base_init(init: F) -> F:
    """Mark a base model's ``__init__`` as pydantic marks its own: nested models are not made by calling it."""
    init.__pydantic_base_init__ = True  # type: ignore[attr-defined]
    return init
