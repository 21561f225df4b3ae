"""Groups AS and AX: the taxes of the document and of its lines, and the tariffs of FAY10, which holds for both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from ....catalogs import TAX_NAMES, TaxCode, tax_rates
from ....rules.context import Context
from ....rules.registry import Finding, register, rule
from ....rules.sums import LINE_TAXES, TAXES, Family, tax_of
from ....rules.tax_checks import (
    base_said,
    code_listed,
    document_product,
    has_rates,
    is_per_unit,
    line_product,
    one_total_each,
    sum_of_rates,
    unit_said,
)
from ....rules.xml_checks import absent

_CODES = frozenset(code.value for code in TaxCode)
_PER_UNIT = frozenset(code.value for code in TaxCode if code.base == "nominal")
_MEASURED = frozenset(
    code.value for code in (TaxCode.TIMBRE, TaxCode.INC_BOLSAS, TaxCode.INCARBONO, TaxCode.INCOMBUSTIBLES)
)
_LISTED = "un código de tributo de la DIAN, como 01 o 04"

register("FAS01a", one_total_each(TAXES), path="taxes")
register("FAX01", one_total_each(LINE_TAXES), path="lines[].taxes")
for _code in ("CAX01", "DAX01"):
    register(_code, one_total_each(LINE_TAXES), path="lines[].taxes")


@rule("FAS01b", "CAS01b", "DAS01b", path="taxes", since="1.8")
def taxes_are_those_of_the_lines(context: Context) -> Iterator[Finding]:
    """The document has the taxes and percents of its lines, all of them and no other, and no empty group."""
    sums = context.sums
    for line, position, total in sums.taxes:
        if not total.subtotals:
            yield Finding(TAXES.place(line, position), None, "al menos un cac:TaxSubtotal")
    said, charged = _percents(context, TAXES), _percents(context, LINE_TAXES)
    if said == charged:
        return
    for line, position, index, rate in sums.tax_rates:
        if _is_percent(rate) and (tax_of(rate), rate.percent) not in charged:
            yield Finding(
                TAXES.place(line, position, index), f"{rate.code} {rate.percent} %", "un tributo de las líneas"
            )
    told = set()
    for line, position, index, rate in sums.line_tax_rates:
        key = (tax_of(rate), rate.percent)
        if _is_percent(rate) and key not in said and key not in told:
            told.add(key)
            yield Finding(
                LINE_TAXES.place(line, position, index), f"{rate.code} {rate.percent} %", "un tributo del documento"
            )


def _is_percent(rate: Any) -> bool:
    return rate.percent is not None and rate.code not in _PER_UNIT


def _percents(context: Context, family: Family) -> set[object]:
    return {(tax_of(rate), rate.percent) for *_, rate in family.rates(context.sums) if _is_percent(rate)}


for _code in ("FAS02", "CAS02", "DAS02"):
    register(_code, sum_of_rates(TAXES), path="taxes[].amount")
for _code in ("FAX02", "CAX02", "DAX02"):
    register(_code, sum_of_rates(LINE_TAXES), path="lines[].taxes[].amount")
for _code in ("FAS04", "CAS04", "DAS04"):
    register(_code, has_rates(TAXES), path="taxes[].subtotals")
register("FAX04", has_rates(LINE_TAXES), path="lines[].taxes[].subtotals")
register("FAS05", base_said(TAXES), path="taxes[].subtotals[].taxable")
register("FAX05", base_said(LINE_TAXES), path="lines[].taxes[].subtotals[].taxable")
for _code in ("FAS07", "CAS07", "DAS07"):
    register(_code, document_product(TAXES, LINE_TAXES), path="taxes[].subtotals[].amount")
for _code in ("FAX07", "CAX07", "DAX07"):
    register(_code, line_product(LINE_TAXES), path="lines[].taxes[].subtotals[].amount")
for _code in ("FAS16", "CAS16", "DAS16"):
    register(_code, code_listed(TAXES, _CODES, _LISTED), path="taxes[].subtotals[].code")
register("FAX16", code_listed(LINE_TAXES, _CODES, _LISTED), path="lines[].taxes[].subtotals[].code")
register("FAS10", unit_said(TAXES), path="taxes[].subtotals[].base_unit")
register("FAX10", unit_said(LINE_TAXES), path="lines[].taxes[].subtotals[].base_unit")
absent("FAX15", at="cac:InvoiceLine/cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cac:TaxScheme/cbc:ID", filled=True)


@rule("FAS09", "FAS11", path="taxes[].subtotals[].base_unit_measure")
def per_unit_amount_has_its_units(context: Context) -> Iterator[Finding]:
    """PerUnitAmount goes with BaseUnitMeasure; beside a percent neither is asked for (accepted documents)."""
    for line, position, index, rate in context.sums.tax_rates:
        if is_per_unit(rate) and rate.base_unit_measure is None and not _is_percent(rate):
            yield Finding(f"{TAXES.place(line, position, index)}.base_unit_measure", None, "las unidades gravadas")


@rule("FAX09", path="lines[].taxes[].subtotals[].base_unit_measure")
def measured_taxes_have_units(context: Context) -> Iterator[Finding]:
    """Taxes 21 to 24, unless they are a percent, say BaseUnitMeasure with its unit."""
    yield from _unmeasured(context, lambda rate: rate.percent is None and rate.code in _MEASURED)


@rule("CAX09", "DAX09", path="lines[].taxes[].subtotals[].base_unit_measure")
def per_unit_taxes_of_notes_have_units(context: Context) -> Iterator[Finding]:
    """PerUnitAmount goes with BaseUnitMeasure and its unit."""
    yield from _unmeasured(context, lambda rate: is_per_unit(rate) and not _is_percent(rate))


def _unmeasured(context: Context, concerned: Callable[[Any], bool]) -> Iterator[Finding]:
    for line, position, index, rate in context.sums.line_tax_rates:
        if concerned(rate):
            place = LINE_TAXES.place(line, position, index)
            if rate.base_unit_measure is None:
                yield Finding(f"{place}.base_unit_measure", None, "las unidades gravadas")
            elif rate.base_unit is None:
                yield Finding(f"{place}.base_unit", None, "la unidad, como 94 o MLT")


@rule("FAS14", path="taxes[].subtotals[].name", since="1.9")
def tax_has_its_name(context: Context) -> Iterator[Finding]:
    """The name is that of the code in the list of annex 1.9; levies under ZZ have their own, none is no fault."""
    for line, position, index, rate in context.sums.tax_rates:
        expected = TAX_NAMES.get(rate.code, rate.name)
        if rate.name is not None and rate.name != expected:
            yield Finding(f"{TAXES.place(line, position, index)}.name", rate.name, expected)


@cache
def _tariffs() -> Mapping[str, tuple[str, ...]]:
    """Return the tariffs of IVA and INC as they are written; zero too, which DIAN's own examples write of INC."""
    return {
        code.value: tuple(f"{rate:.2f}" for rate in sorted({Decimal(0), *(rate.rate for rate in tax_rates(code))}))
        for code in (TaxCode.IVA, TaxCode.INC)
    }


@rule("FAY10", "CAY10", "DAY10", path="lines[].taxes[].subtotals[].percent")
def percent_is_a_tariff(context: Context) -> Iterator[Finding]:
    """Percents of IVA and INC are tariffs of the table, written with exactly two decimals: "19.00"."""
    if context.xml is not None:
        yield from _written_percents(context)
        return
    known = _tariffs()
    for family in (TAXES, LINE_TAXES):
        for line, position, index, rate in family.rates(context.sums):
            tariffs = known.get(rate.code)
            if tariffs is not None and rate.percent is not None and f"{rate.percent:.2f}" not in tariffs:
                yield Finding(f"{family.place(line, position, index)}.percent", rate.percent, ", ".join(tariffs))


def _written_percents(context: Context) -> Iterator[Finding]:
    known = _tariffs()
    for node in context.xml.everywhere("cac:TaxCategory"):
        percent = context.xml.first("cbc:Percent", node)
        tariffs = known.get(context.xml.text("cac:TaxScheme/cbc:ID", node) or "")
        if percent is not None and tariffs is not None:
            found = (percent.text or "").strip()
            if found and found not in tariffs:
                yield Finding(node=percent, found=found, expected=", ".join(tariffs))
