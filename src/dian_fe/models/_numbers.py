"""Exact numbers: accepted and refused inputs, and the type of the fields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from numbers import Integral
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from .._blank import MESSAGE, REMEDY, is_blank
from .._limits import MOST_DECIMALS, MOST_DIGITS
from ..errors import FloatMoney, InvalidInput, InvalidNumberText

if TYPE_CHECKING:
    from ._fields import Taken

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
LIMIT = Decimal(10**MOST_DIGITS)
"""All numbers are below it: products of three still fit the arithmetic's sixty digits."""


@dataclass(frozen=True, slots=True)
class Absent:
    """Default of a number that is required unless another field gives it: what is expected, and the remedy."""

    expected: str
    remedy: str


def _exact(value: Any) -> Decimal:
    """Return an int or a plain decimal text as a Decimal; refuse a float and anything that is not a finite number.

    Zero has no sign: -0.00 becomes 0.00.
    """
    if isinstance(value, Decimal) and value.is_finite():
        return _bounded(value)
    if is_blank(value):
        cls = FloatMoney if isinstance(value, float) else InvalidNumberText
        raise cls(MESSAGE, found=repr(value), expected="un número", remedy=REMEDY)
    if isinstance(value, float):
        key = "models.float_money" if isfinite(value) else "models.float_not_finite"
        raise FloatMoney.of(key, found=repr(value), value=value)
    if isinstance(value, Integral) and not isinstance(value, bool):
        return _bounded(Decimal(int(value)))  # numpy's too
    if isinstance(value, str) and _NUMBER.fullmatch(text := value.strip()):
        return _bounded(Decimal(text))
    if isinstance(value, Absent):
        raise InvalidInput("Falta este dato.", expected=value.expected, remedy=value.remedy)
    raise InvalidNumberText.of("models.not_a_number", found=repr(value)[:60])


def _bounded(value: Decimal) -> Decimal:
    """Return the number, refusing too many digits. Written out, 1E-999999999 would be a gigabyte of zeros."""
    if -MOST_DECIMALS < value.adjusted() < MOST_DIGITS:
        return value or value.copy_abs()
    key = "models.number_too_large" if value.adjusted() >= MOST_DIGITS else "models.too_many_decimals"
    raise InvalidNumberText.of(key, found=f"{value:E}", digits=MOST_DIGITS, decimals=MOST_DECIMALS)


def exact_of(value: Any, field: str) -> Decimal:
    """Return an exact number given as an argument called ``field``; see `_exact`."""
    try:
        return _exact(value)
    except InvalidInput as error:
        error.at(field)
        raise


class _ExactNumber:
    """Schema of an exact number, as `_exact` accepts it."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _exact, serialization=core_schema.plain_serializer_function_ser_schema(_plain, when_used="json")
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": "string", "pattern": r"^[+-]?\d+(\.\d+)?$"}, {"type": "integer"}]}


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


Exact = Decimal | int | str
"""Accepted types of a number: never a float."""

if TYPE_CHECKING:
    Number = Taken[Decimal, Exact]
    MaybeNumber = Taken[Decimal | None, Exact | None]
else:
    Number = Annotated[Decimal, _ExactNumber()]
    """An exact number: Decimal, int or text are taken, a float is refused (``FloatMoney``). Written in JSON as text."""
    MaybeNumber = Number | None
