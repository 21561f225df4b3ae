"""Groups AT and AY: withholdings of the document and of its lines. Only invoices have withholdings."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ....catalogs import TaxCode
from ....models.arithmetic import money_sum
from ....models.totals import TOLERANCE
from ....rules.context import Context
from ....rules.registry import Finding, register, rule
from ....rules.sums import LINE_WITHHOLDINGS, WITHHOLDINGS, tax_of
from ....rules.tax_checks import code_listed, has_base, has_rates, lines_amount, one_total_each, sum_of_rates

_IVA, _RETE_IVA, _RETE_RENTA = TaxCode.IVA.value, TaxCode.RETEIVA.value, TaxCode.RETERENTA.value
_RETE_ICA = TaxCode.RETEICA.value
_CODES = (_RETE_IVA, _RETE_RENTA, _RETE_ICA)
_LISTED = ", ".join(_CODES)
_HUNDRED, _THOUSAND = Decimal(100), Decimal(1000)
_CENT = Decimal("0.005")
"""Largest deviation of an amount rounded to the cent."""
_one_total_each = one_total_each(WITHHOLDINGS)


@rule("FAT01", path="withholdings")
def withholdings_are_grouped(context: Context) -> Iterator[Finding]:
    """There is one group per withholding; if any line withholds, ReteIVA and ReteRenta are those of some line."""
    yield from _one_total_each(context)
    sums = context.sums
    if sums.totals(LINE_WITHHOLDINGS) and sums.totals(WITHHOLDINGS):
        withheld = {rate.code for *_, rate in sums.rates(LINE_WITHHOLDINGS)}
        for line, position, total in sums.totals(WITHHOLDINGS):
            if total.code in {_RETE_IVA, _RETE_RENTA} and total.code not in withheld:
                yield Finding(WITHHOLDINGS.path(line, position), total.code, "una retención de alguna línea")


def _withheld(context: Context) -> bool:
    return bool(context.sums.totals(WITHHOLDINGS))


def _withheld_in_lines(context: Context) -> bool:
    return bool(context.sums.totals(LINE_WITHHOLDINGS))


register("FAT02", sum_of_rates(WITHHOLDINGS), path="withholdings[].amount", when=_withheld)
register("FAT04", has_rates(WITHHOLDINGS), path="withholdings[].subtotals", when=_withheld)
register("FAT05", has_base(WITHHOLDINGS), path="withholdings[].subtotals[].taxable", when=_withheld)
register("FAT12", code_listed(WITHHOLDINGS, _CODES, _LISTED), path="withholdings[].subtotals[].code", when=_withheld)
register("FAY02", sum_of_rates(LINE_WITHHOLDINGS), path="lines[].withholdings[].amount", when=_withheld_in_lines)
register("FAY04", has_rates(LINE_WITHHOLDINGS), path="lines[].withholdings[].subtotals", when=_withheld_in_lines)
register(
    "FAY05", has_base(LINE_WITHHOLDINGS), path="lines[].withholdings[].subtotals[].taxable", when=_withheld_in_lines
)
register(
    "FAY12",
    code_listed(LINE_WITHHOLDINGS, _CODES, _LISTED),
    path="lines[].withholdings[].subtotals[].code",
    when=_withheld_in_lines,
)


def _is_product(rate: Any, tolerance: Decimal) -> bool:
    """True if an amount is base × percent; the rates of ReteICA are per thousand, and may be written as such."""
    scales = (_HUNDRED, _THOUSAND) if rate.code == _RETE_ICA else (_HUNDRED,)
    return any(abs(rate.amount - rate.taxable * rate.percent / scale) <= tolerance for scale in scales)


def _computable(rate: Any) -> bool:
    return rate.amount is not None and rate.taxable is not None and rate.percent is not None


@rule("FAT07", path="withholdings[].subtotals[].amount", when=_withheld)
def withholding_is_base_times_percent(context: Context) -> Iterator[Finding]:
    """The amount is base × percent to the cent: a truncated one is notified. The sum of the lines is accepted too."""
    rates = context.sums.rates(LINE_WITHHOLDINGS)
    for line, position, index, rate in context.sums.rates(WITHHOLDINGS):
        if _computable(rate) and not _is_product(rate, _CENT):
            if rate.code == _RETE_ICA and _is_product(rate, TOLERANCE):
                continue
            if not any(tax_of(other) == tax_of(rate) for *_, other in rates) or (
                abs(rate.amount - lines_amount(rates, rate, any_percent=False)) > TOLERANCE
            ):
                yield Finding(
                    f"{WITHHOLDINGS.path(line, position, index)}.amount",
                    rate.amount,
                    rate.taxable * rate.percent / _HUNDRED,
                )


@rule("FAY07", path="lines[].withholdings[].subtotals[].amount", when=_withheld_in_lines)
def line_withholding_is_base_times_percent(context: Context) -> Iterator[Finding]:
    """The amount is base × percent; a base of ReteIVA other than the line's IVA is reported too."""
    for line, position, index, rate in context.sums.rates(LINE_WITHHOLDINGS):
        place = LINE_WITHHOLDINGS.path(line, position, index)
        if _computable(rate) and not _is_product(rate, TOLERANCE):
            yield Finding(f"{place}.amount", rate.amount, rate.taxable * rate.percent / _HUNDRED)
        if rate.code == _RETE_IVA and rate.taxable is not None:
            iva = money_sum(
                tax.amount for total in context.lines[line].taxes for tax in total.subtotals if tax.code == _IVA
            )
            if abs(rate.taxable - iva) > TOLERANCE:
                yield Finding(f"{place}.taxable", rate.taxable, iva, "La base de ReteIVA no es el IVA de la línea.")
