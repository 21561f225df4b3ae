"""The totals, against the sums of their groups.

Each may differ by 2.00 (annex 1.0), and by what Redondeo says where it is a rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

from ....models.arithmetic import money_sum
from ....models.totals import TOLERANCE
from ....rules.context import Context
from ....rules.registry import Check, Finding, add, own_rule
from . import PAID
from .places import at

MOST_ROUNDED: Final = Decimal(1000)
"""Most that Redondeo explains: pay is rounded to thousands of pesos at most, and more hides an error."""


def _total(field: str, sum_of: Callable[[Any], Decimal]) -> Check:
    def function(context: Context) -> Iterator[Finding]:
        document = context.document
        found, expected = getattr(document, field), sum_of(document)
        if found != expected and abs(found - expected) > TOLERANCE + min(abs(document.redondeo or 0), MOST_ROUNDED):
            yield Finding(field, found, expected)

    return function


for _place, _field, _sum in (
    ("DevengadosTotal", "devengados_total", lambda document: money_sum(document.devengados.amounts())),
    ("DeduccionesTotal", "deducciones_total", lambda document: money_sum(document.deducciones.amounts())),
    ("ComprobanteTotal", "comprobante_total", lambda document: document.devengados_total - document.deducciones_total),
):
    add(at(_place), _total(_field, _sum), _field)


@own_rule("negative_total", *PAID, path="comprobante_total")
def no_total_is_negative(context: Context) -> Iterator[Finding]:
    """No total is below zero: the annex says so of every amount (VLR01), but has no code for totals."""
    for field in ("devengados_total", "deducciones_total", "comprobante_total"):
        found = getattr(context.document, field)
        if found < 0:
            yield Finding(field, found, "0 o más")
