"""From GetNumberingRange's rows to resolutions."""

from __future__ import annotations

import warnings
from dataclasses import replace
from datetime import date

from ..errors import InvalidInput, NoNumbering, PrefixNotAssociated
from ..models.resolution import Resolution
from .answers import RangeRow, Ranges


def resolutions_of(ranges: Ranges, prefix: str | None = None) -> list[Resolution]:
    """Return the ranges as resolutions: one for each prefix and range, with its technical key when DIAN gives one.

    Ranges without key (contingency, support documents), or with a malformed one, have none: an invoice that needs it is
    refused when it is built. A range whose data are unusable does not hide the others: it is warned about. That code
    100 means success is known from one source only, so returned ranges are accepted whatever the code. With ``prefix``
    only those of that prefix ("" for ranges without one) are returned.

    Raise ``NoNumbering`` with DIAN's own words when there is none: the software has no range associated, or the NIT is
    not the certificate's. Raise ``PrefixNotAssociated``, which names the prefixes that are there.
    """
    found: dict[tuple[str, str, int, int], Resolution] = {}
    problems: list[tuple[str, str]] = []
    for row in ranges.rows:
        try:
            resolution = resolution_of(replace(row, technical_key=""))
        except InvalidInput as error:
            problems.append((row.prefix, f"el rango {row.prefix} {row.first}–{row.last} no se puede usar: {error}"))
        else:
            try:
                resolution = resolution_of(row)
            except InvalidInput as error:  # only the key is bad: the range is returned anyway
                problems.append((row.prefix, f"el rango {row.prefix} {row.first}–{row.last} va sin clave: {error}"))
            place = (resolution.authorization, resolution.prefix, resolution.range_from, resolution.range_to)
            found.setdefault(place, resolution)
    if not found:
        raise NoNumbering.of(
            "transport.no_numbering",
            field="numbering",
            found="; ".join(told for _, told in problems)
            or f"{ranges.code} {ranges.description}".strip()
            or "ningún rango",
        )
    given = list(found.values())
    for other, told in problems:
        if prefix is None or other == prefix:
            warnings.warn(told, stacklevel=3)
    if prefix is None:
        return given
    chosen = [resolution for resolution in given if resolution.prefix == prefix]
    if not chosen:
        unusable = "; ".join(told for other, told in problems if other == prefix)
        raise _not_associated(prefix, [resolution.prefix for resolution in given], unusable)
    return chosen


def _not_associated(prefix: str, known: list[str], unusable: str) -> PrefixNotAssociated:
    there = ", ".join(dict.fromkeys(each or "(sin prefijo)" for each in known))
    near = next((each for each in known if each.lower() == prefix.strip().lower()), None)
    key = "transport.prefix_not_associated" if near is None else "transport.prefix_spelled_differently"
    shown = prefix or "(sin prefijo)"
    return PrefixNotAssociated.of(key, field="prefix", found=unusable or shown, prefix=shown, there=there, near=near)


def resolution_of(row: RangeRow) -> Resolution:
    """Return one range as a resolution. Raises ``InvalidInput`` when its data are unusable."""
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
    """Take the date of a date and time; anything else is left to the model, which refuses it by name."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return text
