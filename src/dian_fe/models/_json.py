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
            raise InvalidInput(
                "el JSON dice dos veces un mismo campo.",
                field=next(name for name in values if names.count(name) > 1),
                expected="cada campo una sola vez",
                remedy="deje el valor que vale.",
            )
        return values

    try:
        return json.loads(data, parse_float=Decimal, parse_int=whole, parse_constant=constant, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise InvalidInput(
            "el texto no es JSON.",
            found=f"línea {error.lineno}, columna {error.colno}",
            expected="JSON en UTF-8",
            remedy="revise comas, comillas y llaves.",
        ) from None
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        raise InvalidInput(
            "el JSON no está escrito en UTF-8.",
            found=f"el byte 0x{error.object[error.start]:02X} en la línea {before.count(10) + 1}",
            expected="JSON en UTF-8",
            remedy="guárdelo de nuevo con codificación UTF-8: eñes y tildes son otros bytes en las de Windows.",
        ) from None
    except RecursionError:
        raise InvalidInput(
            "el JSON tiene listas u objetos dentro de otros, a más profundidad de la que se admite.",
            found="demasiados niveles",
            expected="los pocos niveles del modelo",
            remedy="revise qué escribió el archivo: ningún documento los necesita.",
        ) from None


def restored(cls: type[M], values: Any, **options: Any) -> M:
    """Make a model of the values of its JSON, which are changed: what it lacked stays missing."""
    absent = unmark(cls, values)
    made = cls.model_validate(values, **options)
    take_out(made, absent)
    return made
