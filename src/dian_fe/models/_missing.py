"""Models without some required data: received documents may lack them or have them unreadable.

Such a model does not have the attribute at all: accessing it raises ``MissingDatum``, so its type stays true. During
validation a placeholder takes its place, and is removed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Final, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from ..errors import MissingDatum
from ._fast import validated

AS_READ: Final = object()
"""Validation context of received documents, whose addresses may contradict themselves: rules report that.

The reader uses it. ``Invoice.model_validate_json(text, context=AS_READ)`` loads the JSON of a received document.
"""

Step = str | int
Trail = tuple[Step, ...]
"""The way from a document to a part of it: names of fields and positions in lists."""

_STAND_INS: dict[Any, Any] = {
    str: "0",
    Decimal: Decimal(0),
    bool: False,
    int: 0,
    date: "2000-01-01",
    time: "00:00:00",
    datetime: "2000-01-01T00:00:00-05:00",
}


def own_missing(model: BaseModel) -> list[str]:
    """Return the names of the required fields that a model itself lacks."""
    return [name for name in type(model).model_fields if name not in model.__dict__]


def missing_in(model: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of all that a model and its parts lack."""
    yield from (f"{path}{name}" for name in own_missing(model))
    for name, value in model.__dict__.items():
        if isinstance(value, BaseModel):
            yield from missing_in(value, f"{path}{name}.")
        elif isinstance(value, tuple):
            for position, each in enumerate(value):
                if isinstance(each, BaseModel):
                    yield from missing_in(each, f"{path}{name}[{position}].")


def missing_of(**parts: Iterable[BaseModel]) -> Iterator[str]:
    """Yield the paths of all that lists of models lack, each list by its name."""
    for name, models in parts.items():
        for position, model in enumerate(models):
            yield from missing_in(model, f"{name}[{position}].")


def refuse_missing(paths: Iterable[str], key: str = "models.document_without_data") -> None:
    """Refuse a received document that lacks data, with the path of the first."""
    if missing := tuple(paths):
        found = "ningún valor" if len(missing) == 1 else f"faltan {', '.join(missing[:_NAMED])}"
        raise MissingDatum.of(key, field=missing[0], found=found) from None


_NAMED = 5


def stand_in(model: type[BaseModel], name: str) -> Any:
    """Return a placeholder that a field accepts while the model is validated."""
    value = _standing(model, name)
    return deepcopy(value) if isinstance(value, dict) else value


@cache
def _standing(model: type[BaseModel], name: str) -> Any:
    annotation: Any = model.model_fields[name].annotation
    if annotation in _STAND_INS:
        taken = next((each for each in _candidates(model.model_fields[name]) if _takes(model, name, each)), None)
        if taken is None:
            raise TypeError(f"{model.__name__}.{name} cannot be missing: add examples=[…], or make it optional")
        return taken
    parts = get_args(annotation)
    if type(None) in parts:
        return None
    if get_origin(annotation) in {tuple, list}:
        return []
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return next(iter(annotation))
    inner = model_in(annotation)
    if inner is not None:
        return {each: _standing(inner, each) for each, info in inner.model_fields.items() if info.is_required()}
    if get_origin(annotation) is not Literal:
        raise TypeError(
            f"{model.__name__}.{name} cannot be missing: make it optional, as no placeholder fits {annotation}"
        )
    return parts[0]


_LONGEST = 128
"""Longest text tried; keys have 96 characters."""


def _candidates(info: FieldInfo) -> Iterator[Any]:
    """Yield possible placeholders for a datum: a plain value, the field's examples, values from its limits and form.

    A form with a structure (a GUID, a date in a text) is not guessed: such a field has ``examples``.
    """
    yield _STAND_INS[info.annotation]
    yield from info.examples or ()
    for limit in info.metadata:
        for side in ("ge", "gt", "le", "lt"):
            bound = getattr(limit, side, None)
            if isinstance(bound, (int, Decimal)):
                yield from (bound, bound + 1, bound - 1, (bound * 2 + 1) / Decimal(2))
    if info.annotation is str:
        yield from (sign * length for length in range(1, _LONGEST + 1) for sign in "0A1a")


def _takes(model: type[BaseModel], name: str, value: Any) -> bool:
    """True if a field accepts a value, whatever else its model lacks."""
    try:
        validated(model, {name: value}, AS_READ)
    except ValidationError as error:
        return all(detail["loc"][:1] != (name,) for detail in error.errors(include_url=False, include_context=False))
    return True


def take_out(document: BaseModel, absent: Iterable[tuple[Trail, str]]) -> None:
    """Remove fields from a model just made, and from its parts."""
    model: Any = document
    last: Trail = ()
    for trail, name in absent:
        if trail is not last:
            model, last = document, trail
            for step in trail:
                model = model[step] if isinstance(step, int) else model.__dict__[step]
        model.__dict__.pop(name, None)
        model.model_fields_set.discard(name)


def trails_in(values: Any) -> Iterator[tuple[dict[str, Any], Trail]]:
    """Yield every mapping in a document's values, with its path."""
    found: list[tuple[Any, Trail]] = [(values, ())] if isinstance(values, (dict, list)) else []
    levels = [iter(found)]  # lazily, as a list may be as long as the file
    while levels:
        value, trail = next(levels[-1], (None, ()))
        if value is None:
            levels.pop()
            continue
        if isinstance(value, dict):
            yield value, trail
        levels.append(_below(value, trail))


def _below(value: Any, trail: Trail) -> Iterator[tuple[Any, Trail]]:
    """Return the mappings in a list, the mappings and lists in a mapping, each with its path."""
    if isinstance(value, dict):
        return ((each, (*trail, name)) for name, each in value.items() if isinstance(each, (dict, list)))
    return ((each, (*trail, position)) for position, each in enumerate(value) if isinstance(each, dict))


def model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model of an annotation, also of an optional one or of a list; None without any."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in get_args(annotation) if (found := model_in(each)) is not None), None)


M = TypeVar("M", bound=BaseModel)


def shown(model: M) -> M:
    """Return a model for display: missing data are empty texts, or None for other types.

    Return the model itself when it lacks nothing. The copy is only for labels and tables: its types are not exact.
    """
    return model if next(missing_in(model), None) is None else _blanked(model)


def _blanked(model: M) -> M:
    copy = model.model_copy()
    for name in own_missing(model):
        annotation = type(model).model_fields[name].annotation
        inner = model_in(annotation)
        if inner is not None:
            made = inner.model_validate(stand_in(type(model), name))
            take_out(made, [((), each) for each, info in inner.model_fields.items() if info.is_required()])
            copy.__dict__[name] = _blanked(made)
        else:
            copy.__dict__[name] = "" if annotation is str else None
    for name, value in copy.__dict__.items():
        if isinstance(value, BaseModel):
            copy.__dict__[name] = shown(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            copy.__dict__[name] = tuple(map(shown, value))
    return copy


def datum(model: Any, path: str) -> Any:
    """Return a datum by its path (``supplier.id``); None when the document lacks it or its parent."""
    for step in path.split("."):
        model = getattr(model, step, None)
    return model
