"""From GetNumberingRange's rows to resolutions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ..errors import InvalidInput, NoNumbering
from ..models.resolution import Resolution

if TYPE_CHECKING:
    from .answers import RangeRow, Ranges


def resolutions_of(ranges: Ranges) -> list[Resolution]:
    """Give the ranges as resolutions: one for each prefix and range, with its technical key when DIAN gives one.

    Ranges without key (contingency, support documents) come with none: an invoice that needs it is refused when it is
    built. A range whose data are unusable does not hide the others. That code 100 means success is known from one
    source only, so ranges that came are taken whatever the code. Raises ``NoNumbering`` with DIAN's own words when
    there is none: the software has no range associated, or the NIT is not the certificate's.
    """
    found: dict[tuple[str, str, int, int], Resolution] = {}
    problem = ""
    for row in ranges.rows:
        try:
            resolution = resolution_of(row)
        except InvalidInput as error:
            problem = f"el rango {row.prefix} {row.first}–{row.last} no se puede usar: {error}"
        else:
            place = (resolution.authorization, resolution.prefix, resolution.range_from, resolution.range_to)
            found.setdefault(place, resolution)
    if not found:
        raise NoNumbering(
            "la DIAN no da numeración para este NIT y software.",
            field="numbering",
            found=problem or f"{ranges.code} {ranges.description}".strip() or "ningún rango",
            expected="al menos un rango asociado al software",
            remedy="asocie los prefijos al software en el portal de la DIAN y espere unas dos horas; en habilitación "
            "use el rango de pruebas que muestra el portal.",
        )
    return list(found.values())


def resolution_of(row: RangeRow) -> Resolution:
    """Give one range as a resolution. Raises ``InvalidInput`` when its data are unusable."""
    return Resolution.model_validate(
        {
            "authorization": row.resolution,
            "prefix": row.prefix,
            "range_from": row.first,
            "range_to": row.last,
            "valid_from": _day(row.valid_from),
            "valid_to": _day(row.valid_to),
            "technical_key": row.technical_key or None,
        }
    )


def _day(text: str) -> date | str:
    """Take the date of a date and time; what is no date is left to the model, which refuses it by name."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return text
