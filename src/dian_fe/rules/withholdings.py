"""Groups AT and AY: withholdings of the document and of its lines. Only invoices have them."""

from __future__ import annotations

from collections.abc import Iterator

from ..catalogs import TaxCode
from ..faults import Severity
from ..models.arithmetic import money_sum
from ..models.totals import TOLERANCE
from .context import Context
from .registry import Finding, register, rule
from .sums import LINE_WITHHOLDINGS, WITHHOLDINGS
from .tax_checks import (
    base_said,
    code_listed,
    document_product,
    line_product,
    one_rate_each,
    one_total_each,
    sum_of_rates,
)

_IVA, _RETE_IVA, _RETE_RENTA = TaxCode.IVA.value, TaxCode.RETEIVA.value, TaxCode.RETERENTA.value
_NAMES = {
    _RETE_IVA: (TaxCode.RETEIVA.label,),
    _RETE_RENTA: (TaxCode.RETERENTA.label, "ReteFuente"),
    TaxCode.RETEICA.value: (TaxCode.RETEICA.label,),
}
"""Names by code; lists before annex 1.9 wrote «ReteFuente»."""
_LISTED = ", ".join(_NAMES)
_one_total_each = one_total_each(WITHHOLDINGS)
_line_product = line_product(LINE_WITHHOLDINGS)


@rule("FAT01", path="withholdings")
def withholdings_are_grouped(context: Context) -> Iterator[Finding]:
    """There is one group per withholding; when lines withhold at all, ReteIVA and ReteRenta are those of some line."""
    yield from _one_total_each(context)
    sums = context.sums
    if sums.line_withholdings and sums.withholdings:
        withheld = {rate.code for *_, rate in sums.line_withholding_rates}
        for line, position, total in sums.withholdings:
            if total.code in {_RETE_IVA, _RETE_RENTA} and total.code not in withheld:
                yield Finding(WITHHOLDINGS.place(line, position), total.code, "una retención de alguna línea")


register("FAT02", sum_of_rates(WITHHOLDINGS), path="withholdings[].amount")
register("FAT04", one_rate_each(WITHHOLDINGS), path="withholdings[].subtotals")
register("FAT05", base_said(WITHHOLDINGS), path="withholdings[].subtotals[].taxable")
register(
    "FAT07",
    document_product(WITHHOLDINGS, LINE_WITHHOLDINGS),
    path="withholdings[].subtotals[].amount",
    doubt="si el valor es el de las líneas, que se redondean una a una, aquí solo se notifica.",
)
register("FAT12", code_listed(WITHHOLDINGS, _NAMES, _LISTED), path="withholdings[].subtotals[].code")
register("FAY02", sum_of_rates(LINE_WITHHOLDINGS), path="lines[].withholdings[].amount")
register("FAY04", one_rate_each(LINE_WITHHOLDINGS), path="lines[].withholdings[].subtotals")
register("FAY05", base_said(LINE_WITHHOLDINGS), path="lines[].withholdings[].subtotals[].taxable")
register("FAY12", code_listed(LINE_WITHHOLDINGS, _NAMES, _LISTED), path="lines[].withholdings[].subtotals[].code")


@rule("FAT13", path="withholdings[].subtotals[].name")
def withholding_has_its_name(context: Context) -> Iterator[Finding]:
    """The name is that of the code; ReteFuente, the older name of 06, is taken too."""
    for line, position, index, rate in context.sums.withholding_rates:
        names = _NAMES.get(rate.code)
        if names is not None and rate.name is not None and rate.name not in names:
            yield Finding(f"{WITHHOLDINGS.place(line, position, index)}.name", rate.name, names[0])


@rule("FAY07", path="lines[].withholdings[].subtotals[].amount")
def line_withholding_is_base_times_percent(context: Context) -> Iterator[Finding]:
    """The amount is base × percent; a base of ReteIVA that is not the line's IVA is notified."""
    yield from _line_product(context)
    for line, position, index, rate in context.sums.line_withholding_rates:
        if rate.code == _RETE_IVA and rate.taxable is not None:
            iva = money_sum(
                tax.amount for total in context.lines[line].taxes for tax in total.subtotals if tax.code == _IVA
            )
            if abs(rate.taxable - iva) > TOLERANCE:
                yield Finding(
                    f"{LINE_WITHHOLDINGS.place(line, position, index)}.taxable",
                    rate.taxable,
                    iva,
                    "La base de ReteIVA no es el IVA de la línea.",
                    severity=Severity.NOTIFICACION,
                )
