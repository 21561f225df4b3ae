"""Groups AS, AT, AX and AY: taxes and withholdings of the document and of its lines. Its notes have none."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from ....catalogs import TaxCode, catalog
from ....rules import advice
from ....rules.context import Context
from ....rules.model_checks import required
from ....rules.registry import Finding, register, rule
from ....rules.sums import LINE_TAXES, LINE_WITHHOLDINGS, TAXES, tax_of
from ....rules.tax_checks import has_rates, one_total_each
from . import KINDS

_RETE_RENTA = TaxCode.RETERENTA.value

advice.rates(*KINDS)
register("DSAX01", one_total_each(LINE_TAXES), path="lines[].taxes")
register("NSAX04", has_rates(LINE_TAXES), path="lines[].taxes[].subtotals")
register("DSAY01", one_total_each(LINE_WITHHOLDINGS), path="lines[].withholdings")
required("DSAT10", path="withholdings[].subtotals[].percent", expected="la tarifa de la retención")


@rule("DSAS01b", path="taxes")
def taxes_are_of_some_line(context: Context) -> Iterator[Finding]:
    """Every tax of the document is in some line."""
    charged = {tax_of(rate) for *_, rate in context.sums.rates(LINE_TAXES)}
    for line, position, index, rate in context.sums.rates(TAXES):
        if tax_of(rate) not in charged:
            yield Finding(TAXES.path(line, position, index), rate.code, "un impuesto de alguna línea")


@cache
def _tariffs() -> frozenset[Decimal]:
    return frozenset(Decimal(entry.details["rate"]) for entry in catalog("income_withholding_rates").values())


@rule("DSAY10", path="lines[].withholdings[].subtotals[].percent")
def withholding_is_of_the_table(context: Context) -> Iterator[Finding]:
    """The percent of a line's ReteRenta is in table 16.3.8."""
    for line, position, index, rate in context.sums.rates(LINE_WITHHOLDINGS):
        if rate.code == _RETE_RENTA and rate.percent is not None and rate.percent not in _tariffs():
            yield Finding(
                f"{LINE_WITHHOLDINGS.path(line, position, index)}.percent", rate.percent, "una tarifa de la tabla"
            )
