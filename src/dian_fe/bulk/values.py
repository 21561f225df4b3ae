"""Cells and settings as JSON, and back: what a run keeps and what reaches its workers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from importlib import import_module
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from ..errors import InvalidInput
from ..exchange.columns import Column
from ..exchange.spellings import is_empty, plain, shown_cell

_PACKAGE: Final = __name__.partition(".")[0]
_TIMES: Final[tuple[tuple[str, Any], ...]] = (("moment", datetime), ("day", date), ("time", time))


class Unfit:
    """A cell that is neither text nor number, date or truth; the import refuses it where it is asked for."""

    def __init__(self, shown: str) -> None:
        self.shown = shown

    def __str__(self) -> str:
        """Return what it looked like."""
        return self.shown


def cell_to_json(cell: Any) -> Any:
    """Return a cell as JSON; an empty one is None."""
    cell = plain(cell)
    if cell is None or isinstance(cell, (str, bool, int)):
        return cell
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None if math.isnan(cell) else {"unfit": str(cell)}
    if is_empty(cell):
        return None
    if isinstance(cell, Decimal):
        return {"decimal": str(cell)}
    for name, kind in _TIMES:
        if isinstance(cell, kind):
            return {name: cell.isoformat()}
    return {"unfit": shown_cell(cell)}


def cell_of_json(value: Any) -> Any:
    """Return the cell of ``cell_to_json``."""
    if not isinstance(value, dict):
        return value
    ((name, text),) = value.items()
    if name == "decimal":
        return Decimal(text)
    if name == "unfit":
        return Unfit(text)
    return dict(_TIMES)[name].fromisoformat(text)


def setting_to_json(value: Any, field: str) -> Any:
    """Return a setting as JSON; raise ``InvalidInput`` for a value that has no such form."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, BaseModel) and type(value).__module__.startswith(f"{_PACKAGE}."):
        name = f"{type(value).__module__}:{type(value).__qualname__}"
        return {"model": name, "fields": value.model_dump(mode="json")}
    if isinstance(value, Column):
        return {"column": value.target, "values": None if value.values is None else dict(value.values)}
    if isinstance(value, Mapping):
        return {"mapping": {str(name): setting_to_json(each, f"{field}.{name}") for name, each in value.items()}}
    if isinstance(value, (list, tuple)):
        return [setting_to_json(each, f"{field}[{place}]") for place, each in enumerate(value)]
    if isinstance(value, tzinfo):
        if isinstance(value, ZoneInfo) and value.key:
            return {"zone": value.key}
        offset = value.utcoffset(None)
        if offset is not None:
            return {"offset": offset.total_seconds()}
    cell = cell_to_json(value)
    if isinstance(cell, dict) and "unfit" in cell:
        raise InvalidInput.of("bulk.setting", field=field, found=type(value).__name__)
    return cell


def setting_of_json(value: Any) -> Any:
    """Return the setting of ``setting_to_json``."""
    if isinstance(value, list):
        return tuple(setting_of_json(each) for each in value)
    if not isinstance(value, dict):
        return value
    if "model" in value:
        module, _, name = value["model"].partition(":")
        model: Any = getattr(import_module(module), name)
        return model.model_validate(value["fields"])
    if "column" in value:
        return Column(value["column"], value["values"])
    if "mapping" in value:
        return {name: setting_of_json(each) for name, each in value["mapping"].items()}
    if "zone" in value:
        return ZoneInfo(value["zone"])
    if "offset" in value:
        return timezone(timedelta(seconds=value["offset"]))
    return cell_of_json(value)
