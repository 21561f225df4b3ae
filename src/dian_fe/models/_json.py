"""JSON of models, read exactly: no binary floats on the way."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel

from ..errors import InvalidInput, InvalidNumberText
from ._missing import Trail, model_in, stand_in, take_out, trails_in

M = TypeVar("M", bound=BaseModel)

MARK = "missing"
"""JSON key with the required data that a model lacks."""

_SHORT = 100
"""Longest integer: Python refuses thousands of digits."""


def load_json(data: str | bytes | bytearray) -> Any:
    """Parse JSON text with exact decimals; raises ``InvalidInput`` with its position, or for a repeated field."""

    def constant(name: str) -> Any:
        raise InvalidNumberText.of("models.json_not_finite", found=name)

    def whole(text: str) -> int | Decimal:
        return int(text) if len(text) < _SHORT else Decimal(text)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) < len(pairs):
            names = [name for name, _ in pairs]
            raise InvalidInput.of(
                "models.json_repeated_field", field=next(name for name in values if names.count(name) > 1)
            )
        return values

    try:
        return json.loads(data, parse_float=Decimal, parse_int=whole, parse_constant=constant, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise InvalidInput.of("models.json_invalid", lineno=error.lineno, colno=error.colno) from None
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        raise InvalidInput.of(
            "models.json_not_utf8", object=error.object[error.start], count=before.count(10) + 1
        ) from None
    except RecursionError:
        raise InvalidInput.of("models.json_too_deep") from None


def restored(cls: type[M], values: Any, **options: Any) -> M:
    """Return a model of the values of its JSON, which are modified: missing data stay missing."""
    absent = _unmark(cls, values)
    made = cls.model_validate(values, **options)
    take_out(made, absent)
    return made


def _unmark(cls: type[BaseModel], values: Any) -> list[tuple[Trail, str]]:
    """Remove the marks from a model's JSON, and put placeholders for the data that they name."""
    absent: list[tuple[Trail, str]] = []
    for part, trail in list(trails_in(values)):
        model = _model_at(cls, trail)
        named = part.get(MARK)
        if model is None or not isinstance(named, list) or MARK in model.model_fields:
            continue
        if not all(isinstance(name, str) and name in model.model_fields and name not in part for name in named):
            continue  # refused by the model like any unknown field
        del part[MARK]
        for name in named:
            part[name] = stand_in(model, name)
            absent.append((trail, name))
    return absent


def _model_at(cls: type[BaseModel], trail: Trail) -> type[BaseModel] | None:
    model: type[BaseModel] | None = cls
    for step in trail:
        if isinstance(step, str):
            info = None if model is None else model.model_fields.get(step)
            model = None if info is None else model_in(info.annotation)
    return model
