"""Which models need no validation: what their codecs decode is already what their types demand.

Nothing is said of single models. Any model is plain whose validation is that of its fields' types alone, and only while
each type is one that keeps every value of the codec that fills it as it is.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ...models._base import Model
from ...models._dates import Day, MaybeDay
from ...models._fields import Text, TextOrEmpty
from ...models._numbers import MaybeNumber, Number
from ..codecs import BOOLEAN, DAY, decimal
from ..control import Control
from ..table import CONTROL, Row, Structure

Filling = tuple[Any, bool]
"""What fills a field, and whether it is a list: a function that decodes, ``str``, `EMPTY` or a model."""

EMPTY = "a text that may be empty"
_OTHER = "what must be validated"
_KEPT: dict[Any, tuple[Any, ...]] = {
    str: (Text, Text | None),
    EMPTY: (TextOrEmpty, TextOrEmpty | None, str, str | None),
    decimal: (Number, MaybeNumber),
    DAY.decode: (Day, MaybeDay),
    BOOLEAN.decode: (bool, bool | None),
}
"""What fills a field, and the types that keep each of its values as it is."""
_LATER = "defer_build"
"""The one setting of a model that changes nothing in what it accepts."""


def plain_defaults(structure: Structure, given: AbstractSet[str]) -> dict[str, Any] | None:
    """Return the fields of a structure's model with their defaults; None if validation might change what is read.

    ``given``: the fields of which the reader always gives a value, or reports that it is missing.
    """
    fields = plain_fields(structure.model)  # type: ignore[arg-type]  # a class is hashable
    if fields is None or structure.finish is not None or structure.model is Control:
        return None
    for row in structure.rows:
        if isinstance(row, Row) and not (row.in_control or row.echo or _keeps(fields.get(row.name), row)):
            return None
        told = (attr.field for attr in row.attrs if attr.field and not attr.derived)
        if any(fields.get(name) != (str, False) for name in told if not name.startswith(CONTROL)):
            return None
    infos: dict[str, FieldInfo] = structure.model.model_fields
    if not all(keeps_default(info) for name, info in infos.items() if name not in given):
        return None
    return {name: info.default for name, info in infos.items()}


def _keeps(filled_by: Filling | None, row: Row) -> bool:
    """True if a field takes what its row reads as it is."""
    if isinstance(row.codec, Structure):
        return filled_by == (row.codec.model, row.many)
    if row.codec.verbatim:
        return False
    return fits((row.codec.decode or (EMPTY if row.codec.empty else str), row.many), filled_by)


def fits(filling: Filling, filled_by: Filling | None) -> bool:
    """True if a field takes such a filling as it is: a text that is not empty is also one that may be."""
    by, many = filling
    return filled_by in (filling, (EMPTY if by is str else by, many))


def keeps_default(info: FieldInfo) -> bool:
    """True if a field that is not given has its default as it is: nothing computes, validates or copies it."""
    made = info.is_required() or info.default_factory is not None or info.validate_default
    return not made and info.default.__hash__ is not None


@cache
def plain_fields(model: type[BaseModel]) -> dict[str, Filling] | None:
    """Return what may fill each field without validation; None if that of the whole model might change anything."""
    told = model.__pydantic_decorators__
    if told.validators or told.field_validators or told.model_validators or told.root_validators:
        return None
    if model.__pydantic_post_init__ or model.__pydantic_custom_init__ or not issubclass(model, Model):
        return None
    if model.__get_pydantic_core_schema__.__func__ is not Model.__get_pydantic_core_schema__.__func__:  # type: ignore[attr-defined]
        return None
    if {**model.model_config, _LATER: None} != {**Model.model_config, _LATER: None}:
        return None
    return {name: _filled_by(info) for name, info in model.model_fields.items()}


def _filled_by(info: FieldInfo) -> Filling:
    many = get_origin(info.annotation) is tuple
    item = get_args(info.annotation)[0] if many else info.annotation
    told = Annotated[(item, *info.metadata)] if info.metadata else item
    for decode, types in _KEPT.items():
        if told in types:
            return decode, many
    models = [each for each in (get_args(item) or (item,)) if each is not type(None)]
    plain = len(models) == 1 and not info.metadata and isinstance(models[0], type) and issubclass(models[0], BaseModel)
    return models[0] if plain else _OTHER, many
