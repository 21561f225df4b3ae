"""JSON of models, read exactly: no binary floats on the way."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel

from .. import errors
from ..errors import InvalidInput
from ._missing import take_out, unmark

M = TypeVar("M", bound=BaseModel)

_SHORT = 100
"""Python makes no int of thousands of digits."""


def load_json(data: str | bytes | bytearray) -> Any:
    """Parse JSON text with exact decimals; raises ``InvalidInput`` naming where it breaks, or a field said twice."""

    def constant(name: str) -> Any:
        raise errors.InvalidNumberText(
            "no es un número finito.", found=name, expected="un número", remedy="escriba el número, o quite el dato."
        )

    def whole(text: str) -> int | Decimal:
        return int(text) if len(text) < _SHORT else Decimal(text)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) < len(pairs):
            names = [name for name, _ in pairs]
            raise InvalidInput.of(
                "models.invalid_input_once", field=next(name for name in values if names.count(name) > 1)
            )
        return values

    try:
        return json.loads(data, parse_float=Decimal, parse_int=whole, parse_constant=constant, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise InvalidInput.of("models.load_json", lineno=error.lineno, colno=error.colno) from None
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        raise InvalidInput.of(
            "models.load_json_invalid_input", object=error.object[error.start], count=before.count(10) + 1
        ) from None
    except RecursionError:
        raise InvalidInput.of("models.load_json_x") from None


def restored(cls: type[M], values: Any, **options: Any) -> M:
    """Make a model of the values of its JSON, which are changed: what it lacked stays missing."""
    absent = unmark(cls, values)
    made = cls.model_validate(values, **options)
    take_out(made, absent)
    return made
