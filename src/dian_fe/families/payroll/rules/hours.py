"""The percents of overtime and surcharge hours.

The annex lists those of 2021 and the law raised some of them (Ley 2466 de 2025). Whether DIAN's list follows is not
known, so that both pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ....rules.context import Context
from ....rules.registry import Check, Finding, add, own_rule
from ..earnings import HOURS
from ..overtime import OddPercent, odd_percents
from . import PAID
from .places import at


def _odd(context: Context) -> Iterator[OddPercent]:
    document: Any = context.document
    if any(getattr(document.devengados, field) for field in HOURS):
        yield from odd_percents(document.devengados, document.periodo.fecha_liquidacion_fin)


def _unlisted(field: str) -> Check:
    """Return the check that the percents of a field of hours are those in force or those of the annex."""

    def function(context: Context) -> Iterator[Finding]:
        for odd in _odd(context):
            if not odd.in_annex and odd.path.startswith(f"devengados.{field}["):
                yield Finding(odd.path, odd.found, odd.in_force)

    return function


for _field in HOURS:
    _name = _field[:-1].upper()
    _path = f"devengados.{_field}[].porcentaje"
    add(at(f"Devengados/{_name}s/{_name}/@Porcentaje"), _unlisted(_field), _path)


@own_rule("overtime_out_of_force", *PAID, path="devengados.heds[].porcentaje")
def percent_is_in_force(context: Context) -> Iterator[Finding]:
    """A percent of the annex is still that of the law on the day of the hours."""
    for odd in _odd(context):
        if odd.in_annex and odd.in_force is not None:
            yield Finding(odd.path, odd.found, odd.in_force)
