"""From GetNumberingRange's rows to resolutions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ..errors import NotAllowed
from ..models.resolution import Resolution

if TYPE_CHECKING:
    from .answers import RangeRow, Ranges


def resolutions_of(ranges: Ranges) -> list[Resolution]:
    """Give the ranges as resolutions: one for each prefix, with its technical key when DIAN gives one.

    Raises ``NotAllowed`` with DIAN's own words when it gives none (the software has no range associated, the NIT is
    not the certificate's, …).
    """
    if not ranges.rows:
        raise NotAllowed(
            "la DIAN no da numeración para este NIT y software.",
            field="numbering",
            found=f"{ranges.code} {ranges.description}".strip() or "ningún rango",
            expected="al menos un rango asociado al software",
            remedy="asocie los prefijos al software en el portal de la DIAN y espere unas dos horas.",
        )
    return [resolution_of(row) for row in ranges.rows]


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
