"""Groups AS and AX: the taxes of the document and of its lines, and the tariffs of FAY10, which holds for both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from ....catalogs import TAX_NAMES, TaxCode, tax_rates
from ....rules.context import Context
from ....rules.registry import Check, Finding, add, rule
from ....rules.sums import LINE_TAXES, TAXES, TaxPlace, tax_of
from ....rules.tax_checks import (
    code_listed,
    document_product,
    has_base,
    has_rates,
    has_unit,
    is_per_unit,
    line_product,
    of_rates,
    one_total_each,
    sum_of_rates,
)
from ....rules.xml_checks import absent

_CODES = frozenset(code.value for code in TaxCode)
_PER_UNIT = frozenset(code.value for code in TaxCode if code.base == "nominal")
_MEASURED = frozenset(
    code.value for code in (TaxCode.TIMBRE, TaxCode.INC_BOLSAS, TaxCode.INCARBONO, TaxCode.INCOMBUSTIBLES)
)
_LISTED = "un código de tributo de la DIAN, como 01 o 04"

add(("FAS01a",), one_total_each(TAXES), "taxes")
add(("FAX01", "CAX01", "DAX01"), one_total_each(LINE_TAXES), "lines[].taxes")


@rule("FAS01b", "CAS01b", "DAS01b", path="taxes", since="1.8")
def taxes_are_those_of_the_lines(context: Context) -> Iterator[Finding]:
    """The document has the taxes and percents of its lines, all of them and no other, and no empty group."""
    sums = context.sums
    for line, position, total in sums.totals(TAXES):
        if not total.subtotals:
            yield Finding(TAXES.path(line, position), None, "al menos un cac:TaxSubtotal")
    said, charged = _percents(context, TAXES), _percents(context, LINE_TAXES)
    if said == charged:
        return
    for line, position, index, rate in sums.rates(TAXES):
        if _is_percent(rate) and (tax_of(rate), rate.percent) not in charged:
            yield Finding(TAXES.path(line, position, index), _named(rate), "un tributo de las líneas")
    told = set()
    for line, position, index, rate in sums.rates(LINE_TAXES):
        key = (tax_of(rate), rate.percent)
        if _is_percent(rate) and key not in said and key not in told:
            told.add(key)
            yield Finding(LINE_TAXES.path(line, position, index), _named(rate), "un tributo del documento")


def _named(rate: Any) -> str:
    return f"{rate.code} {rate.percent} %"


def _is_percent(rate: Any) -> bool:
    return rate.percent is not None and rate.code not in _PER_UNIT


def _percents(context: Context, place: TaxPlace) -> set[object]:
    return {(tax_of(rate), rate.percent) for _, _, _, rate in context.sums.rates(place) if _is_percent(rate)}


add(("FAS02", "CAS02", "DAS02"), sum_of_rates(TAXES), "taxes[].amount")
add(("FAX02", "CAX02", "DAX02"), sum_of_rates(LINE_TAXES), "lines[].taxes[].amount")
add(("FAS04", "CAS04", "DAS04"), has_rates(TAXES), "taxes[].subtotals")
add(("FAX04",), has_rates(LINE_TAXES), "lines[].taxes[].subtotals")
add(("FAS05",), has_base(TAXES), "taxes[].subtotals[].taxable")
add(("FAX05",), has_base(LINE_TAXES), "lines[].taxes[].subtotals[].taxable")
add(("FAS07", "CAS07", "DAS07"), document_product(TAXES, LINE_TAXES), "taxes[].subtotals[].amount")
add(("FAX07", "CAX07", "DAX07"), line_product(LINE_TAXES), "lines[].taxes[].subtotals[].amount")
add(("FAS16", "CAS16", "DAS16"), code_listed(TAXES, _CODES, _LISTED), "taxes[].subtotals[].code")
add(("FAX16",), code_listed(LINE_TAXES, _CODES, _LISTED), "lines[].taxes[].subtotals[].code")


def _has_per_unit(context: Context) -> bool:
    """True if a tax is per unit, in the document or a line."""
    return any(rate.per_unit_amount for place in (TAXES, LINE_TAXES) for _, _, _, rate in context.sums.rates(place))


add(("FAS10",), has_unit(TAXES), "taxes[].subtotals[].base_unit", when=_has_per_unit)
add(("FAX10",), has_unit(LINE_TAXES), "lines[].taxes[].subtotals[].base_unit", when=_has_per_unit)
absent("FAX15", at="cac:InvoiceLine/cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cac:TaxScheme/cbc:ID", filled=True)


def _lacks_units(rate: Any) -> bool:
    """True if PerUnitAmount is without BaseUnitMeasure; with a percent neither is required (accepted documents)."""
    return is_per_unit(rate) and rate.base_unit_measure is None and not _is_percent(rate)


_MEASURE = "taxes[].subtotals[].base_unit_measure"
_lacking_units = of_rates(TAXES, "base_unit_measure", _lacks_units, "las unidades gravadas")
add(("FAS09", "FAS11"), _lacking_units, _MEASURE, when=_has_per_unit)


def _measured(concerned: Callable[[Any], bool]) -> Check:
    """Return the check that ``concerned`` taxes of lines have BaseUnitMeasure with its unit."""

    def function(context: Context) -> Iterator[Finding]:
        for line, position, index, rate in context.sums.rates(LINE_TAXES):
            if concerned(rate):
                place = LINE_TAXES.path(line, position, index)
                if rate.base_unit_measure is None:
                    yield Finding(f"{place}.base_unit_measure", None, "las unidades gravadas")
                elif rate.base_unit is None:
                    yield Finding(f"{place}.base_unit", None, "la unidad, como 94 o MLT")

    return function


add(("FAX09",), _measured(lambda rate: rate.percent is None and rate.code in _MEASURED), f"lines[].{_MEASURE}")
_measured_per_unit = _measured(lambda rate: is_per_unit(rate) and not _is_percent(rate))
add(("CAX09", "DAX09"), _measured_per_unit, f"lines[].{_MEASURE}", when=_has_per_unit)


@rule("FAS14", path="taxes[].subtotals[].name", since="1.9")
def tax_has_its_name(context: Context) -> Iterator[Finding]:
    """The name is that of the code in the list of annex 1.9; levies under ZZ have their own, and may lack it."""
    for line, position, index, rate in context.sums.rates(TAXES):
        expected = TAX_NAMES.get(rate.code, rate.name)
        if rate.name is not None and rate.name != expected:
            yield Finding(f"{TAXES.path(line, position, index)}.name", rate.name, expected)


@cache
def _tariffs() -> Mapping[str, tuple[str, ...]]:
    """Return the tariffs of IVA and INC as written; zero too, which DIAN's own examples have for INC."""
    return {
        code.value: tuple(f"{rate:.2f}" for rate in sorted({Decimal(0), *(rate.rate for rate in tax_rates(code))}))
        for code in (TaxCode.IVA, TaxCode.INC)
    }


@rule("FAY10", "CAY10", "DAY10", path="lines[].taxes[].subtotals[].percent")
def percent_is_a_tariff(context: Context) -> Iterator[Finding]:
    """Percents of IVA and INC are tariffs of the table, written with exactly two decimals: "19.00"."""
    if context.subject.xml is not None:
        yield from _written_percents(context)
        return
    known, listed = _tariffs(), set()
    for place in (TAXES, LINE_TAXES):
        for line, position, index, rate in context.sums.rates(place):
            code, percent = rate.code, rate.percent
            tariffs = known.get(code)
            if tariffs is None or percent is None or (code, percent) in listed:
                continue
            if f"{percent:.2f}" in tariffs:
                listed.add((code, percent))
            else:
                yield Finding(f"{place.path(line, position, index)}.percent", percent, ", ".join(tariffs))


def _written_percents(context: Context) -> Iterator[Finding]:
    known = _tariffs()
    for node in context.subject.xml.everywhere("cac:TaxCategory"):
        percent = context.subject.xml.first("cbc:Percent", node)
        tariffs = known.get(context.subject.xml.text("cac:TaxScheme/cbc:ID", node) or "")
        if percent is not None and tariffs is not None:
            found = (percent.text or "").strip()
            if found and found not in tariffs:
                yield Finding(node=percent, found=found, expected=", ".join(tariffs))
