"""The percents of overtime and surcharge hours, against the rates in force and those of the annex."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ...catalogs import overtime_rates
from .earnings import HOURS, Devengados

ANNEX_IN_FORCE = date(2021, 2, 11)
"""Day of Resolución 000013 de 2021, whose annex (table 5.5.5) has the percents of then."""


class OddPercent(NamedTuple):
    """A percent that the law does not have on the day of its hours."""

    path: str
    """Path in the document: ``devengados.heds[0].porcentaje``."""
    found: Decimal
    in_force: Decimal | None
    """The percent in force that day; None when none is known."""
    in_annex: bool
    """True if the annex lists it: DIAN's own list may not follow the law (Ley 2466 de 2025)."""


def odd_percents(devengados: Devengados, on: date) -> Iterator[OddPercent]:
    """Yield the percents that are not the one in force on the day of the hours.

    That day is the one on which they began; ``on``, the last day that is paid, where they do not say it.
    """
    for name, kind in HOURS.items():
        for position, hours in enumerate(getattr(devengados, name)):
            found = hours.__dict__.get("porcentaje")
            if found is None:
                continue
            begun = hours.hora_inicio or hours.hora_fin
            in_force = _percent(kind.value, on if begun is None else begun.date())
            if found != in_force:
                path = f"devengados.{name}[{position}].porcentaje"
                yield OddPercent(path, found, in_force, found == _percent(kind.value, ANNEX_IN_FORCE))


def _percent(kind: str, on: date) -> Decimal | None:
    return next((rate.percent for rate in overtime_rates(kind, on)), None)
