"""Empty cells of tables: what pandas and numpy put where a file has no value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

_NAMES = frozenset({"NAType", "NaTType"})
"""Classes of pandas' ``NA`` and ``NaT``, which nothing here imports."""

MESSAGE = "La celda está vacía: es lo que pandas pone donde la tabla no dice nada."
REMEDY = "quite el dato, o llénelo antes en la tabla; None sirve donde puede faltar."


def is_blank(value: object) -> bool:
    """True if a value stands for an empty cell: NaN of any class, ``NA``, ``NaT``."""
    if type(value).__name__ in _NAMES:
        return True
    if isinstance(value, Decimal):
        return value.is_nan()  # a signalling one cannot be compared
    return isinstance(value, float) and value != value


def whole_number(value: Any) -> int | None:
    """Return a whole number that a table holds as float or as an integer of numpy's; None for anything else."""
    if isinstance(value, (bool, str, date)):
        return None
    try:
        number = int(value)
        return int(number) if number == value else None
    except (TypeError, ValueError, OverflowError):
        return None
