"""Taxes and withholdings, on lines and on the whole document (annex 1.9, sections 13.2.2 and 13.3.11).

A `TaxTotal` has the amount of one tax of a line or document; its subtotals are one per rate. In the lines given to
``from_lines`` the amounts are left out: the library computes them. The helpers (`iva`, `inc`, …) make such taxes.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from .._arguments import checked, unchecked
from ..catalogs import TAX_NAMES, TaxCode
from ..errors import NotAllowed
from ._base import Model
from ._fields import Many, Text, field, field_default_from
from ._numbers import Exact, MaybeNumber, exact_of
from .rates import check_rate
from .totals import EXACT

PER_HUNDRED_MILLILITRES = TaxCode.IBUA.value
"""IBUA's rate is per 100 ml while its measure is in ml (Ley 2277 de 2022, art. 54)."""
WITHHELD = frozenset(member.value for member in TaxCode if member.kind == "withholding")
"""Codes of withholdings (annex 1.9, section 13.2.2), which never enter the amount payable.

Some software still writes them among the taxes."""


class TaxSubtotal(Model):
    """One rate of a tax (cac:TaxSubtotal).

    Percent taxes carry ``percent`` and ``taxable``; per-unit taxes carry ``per_unit_amount`` and ``base_unit_measure``
    (with its ``base_unit``) and no percent. Amounts are in the document's currency.
    """

    code: Text
    """Tax code: cac:TaxScheme/cbc:ID, for example "01" (`TaxCode`)."""
    name: Text | None = field(default_factory=field_default_from("code", make=TAX_NAMES.get))
    """cac:TaxScheme/cbc:Name: the official name of the code unless given (code ZZ needs one given)."""
    percent: MaybeNumber = field(default=None)
    """Rate in percent: 19 means 19 %."""
    taxable: MaybeNumber = field(default=None)
    """Taxable base: cbc:TaxableAmount."""
    amount: MaybeNumber = field(default=None)
    """Tax amount: cbc:TaxAmount; computed by ``from_lines`` when left out."""
    base_unit_measure: MaybeNumber = field(default=None)
    """Per-unit taxes: how many units are taxed (for IBUA, millilitres of all units)."""
    base_unit: Text | None = None
    """Unit code of ``base_unit_measure``."""
    per_unit_amount: MaybeNumber = field(default=None)
    """Per-unit taxes: amount for one unit (for IBUA, for 100 ml)."""


class TaxTotal(Model):
    """The amount of one tax (cac:TaxTotal or cac:WithholdingTaxTotal), with one subtotal per rate."""

    amount: MaybeNumber = field(default=None)
    """Sum of the subtotals: cbc:TaxAmount; computed by ``from_lines`` when left out."""
    rounding: MaybeNumber = field(default=None)
    """cbc:RoundingAmount, as other software writes it; the library never needs it."""
    subtotals: Many[TaxSubtotal] = field(default=())
    """One for each rate of the tax."""

    @property
    def code(self) -> str | None:
        """Code of the tax, from the first subtotal."""
        return getattr(self.subtotals[0], "code", None) if self.subtotals else None

    @property
    def percent(self) -> Decimal | None:
        """Rate of the first subtotal."""
        return self.subtotals[0].percent if self.subtotals else None


def _make(
    code: str,
    percent: Exact | None,
    per_unit: Exact | None,
    measure: Exact | None,
    unit: str | None,
    base: Exact | None,
    name: str | None,
) -> TaxTotal:
    given = {"percent": percent, "per_unit": per_unit, "measure": measure, "base": base}
    exact = {field: None if value is None else exact_of(value, field) for field, value in given.items()}
    if exact["percent"] is not None:
        check_rate(str(code), exact["percent"])
    values: dict[str, object] = {"code": str(code), "percent": exact["percent"], "taxable": exact["base"]}
    if name is not None:
        values["name"] = name
    if per_unit is not None:
        values |= {"per_unit_amount": exact["per_unit"], "base_unit_measure": exact["measure"], "base_unit": unit}
    return TaxTotal(subtotals=(TaxSubtotal.model_validate(values),))


_cached = lru_cache(maxsize=512, typed=True)(_make)
"""Cached since taxes are few and immutable, which saves 18 % of our own work on an invoice of ten lines (`benchmarks`,
goal 16); by type too, as 5 == 5.0 and a float must be refused."""


@checked
def tax(
    code: str,
    *,
    percent: Exact | None = None,
    per_unit: Exact | None = None,
    measure: Exact | None = None,
    unit: str | None = None,
    base: Exact | None = None,
    name: str | None = None,
) -> TaxTotal:
    """Make any tax for a line: either ``percent`` or ``per_unit``.

    ``base`` replaces the line's amount as taxable base (AIU, free goods with another base). ``measure`` is the number
    of taxed units (default: the line's quantity), ``unit`` its unit code (default: the line's). ``name`` is needed
    for code ZZ. Raises ``FloatMoney`` or ``InvalidNumberText`` for bad numbers, ``NotAllowed`` unless exactly one of
    ``percent`` and ``per_unit`` is given, and ``InvalidInput`` for a percent that no such tax has: 0.19 or 1900 for 19.
    """
    if (percent is None) == (per_unit is None):
        raise NotAllowed.of("models.percent_or_per_unit", field="percent", percent=percent, per_unit=per_unit)
    try:
        return _cached(code, percent, per_unit, measure, unit, base, name)
    except TypeError:  # an unhashable value is not a number: refused by name
        return _make(code, percent, per_unit, measure, unit, base, name)


_tax = unchecked(tax)
_IVA, _ICA, _RETE_ICA = TaxCode.IVA.value, TaxCode.ICA.value, TaxCode.RETEICA.value


@checked
def iva(percent: Exact = 19, *, base: Exact | None = None) -> TaxTotal:
    """Return IVA (01). Rates in force: 0 (exento), 5 and 19 percent. An excluded good carries no IVA at all."""
    return _tax(_IVA, percent=percent, base=base)


@checked
def inc(percent: Exact = 8, *, base: Exact | None = None) -> TaxTotal:
    """Return the impuesto nacional al consumo (04): 2, 4, 8 or 16 percent."""
    return _tax(TaxCode.INC, percent=percent, base=base)


@checked
def ica(percent: Exact | None = None, *, per_mil: Exact | None = None, base: Exact | None = None) -> TaxTotal:
    """Return ICA (03), in percent or, as municipalities publish it, ``per_mil``: 2 to 30; 9.66 is 0.966 percent."""
    return _tax(TaxCode.ICA, percent=_percent(_ICA, percent, per_mil), base=base)


@checked
def ic(per_unit: Exact, *, measure: Exact | None = None, unit: str | None = None) -> TaxTotal:
    """Return the impuesto al consumo departamental nominal (02), an amount per unit."""
    return _tax(TaxCode.IC, per_unit=per_unit, measure=measure, unit=unit)


@checked
def ic_porcentual(percent: Exact, *, base: Exact | None = None) -> TaxTotal:
    """Return the impuesto al consumo departamental porcentual (08)."""
    return _tax(TaxCode.IC_PORCENTUAL, percent=percent, base=base)


@checked
def inc_bolsas(per_unit: Exact, *, measure: Exact | None = None, unit: str | None = None) -> TaxTotal:
    """Return the impuesto nacional al consumo de bolsas plásticas (22): pesos per bag."""
    return _tax(TaxCode.INC_BOLSAS, per_unit=per_unit, measure=measure, unit=unit)


@checked
def icl(per_unit: Exact, *, measure: Exact | None = None, unit: str | None = None) -> TaxTotal:
    """Return the impuesto al consumo de licores (32): pesos per degree and unit; pairs with `adv`."""
    return _tax(TaxCode.ICL, per_unit=per_unit, measure=measure, unit=unit)


@checked
def adv(percent: Exact, *, base: Exact | None = None) -> TaxTotal:
    """Return the componente ad valorem of the consumption tax on liquors (36)."""
    return _tax(TaxCode.ADV, percent=percent, base=base)


@checked
def inpp(per_unit: Exact, *, measure: Exact | None = None, unit: str | None = None) -> TaxTotal:
    """Return the impuesto nacional sobre productos plásticos de un solo uso (33): pesos per gram."""
    return _tax(TaxCode.INPP, per_unit=per_unit, measure=measure, unit=unit)


@checked
def ibua(per_hundred_ml: Exact, *, millilitres: Exact) -> TaxTotal:
    """Return the impuesto a las bebidas ultraprocesadas azucaradas (34): pesos per 100 ml; ``millilitres`` of all."""
    return _tax(TaxCode.IBUA, per_unit=per_hundred_ml, measure=millilitres, unit="MLT")


@checked
def icui(percent: Exact = 20, *, base: Exact | None = None) -> TaxTotal:
    """Return the impuesto a los productos comestibles ultraprocesados (35): 20 percent since 2025."""
    return _tax(TaxCode.ICUI, percent=percent, base=base)


@checked
def rete_iva(percent: Exact = 15, *, base: Exact | None = None) -> TaxTotal:
    """Return ReteIVA (05), a withholding on the line's IVA: 15 percent of it, 100 in special cases."""
    return _tax(TaxCode.RETEIVA, percent=percent, base=base)


@checked
def rete_renta(percent: Exact, *, base: Exact | None = None) -> TaxTotal:
    """Return ReteRenta (06), the withholding of income tax (retención en la fuente), in percent: from 0.1 to 39."""
    return _tax(TaxCode.RETERENTA, percent=percent, base=base)


@checked
def rete_ica(percent: Exact | None = None, *, per_mil: Exact | None = None, base: Exact | None = None) -> TaxTotal:
    """Return ReteICA (07), in percent or, as municipalities publish it, ``per_mil``: 1 to 30; 9.66 is 0.966 percent."""
    return _tax(TaxCode.RETEICA, percent=_percent(_RETE_ICA, percent, per_mil), base=base)


def _percent(code: str, percent: Exact | None, per_mil: Exact | None) -> Exact | None:
    if per_mil is None:
        return percent
    if percent is not None:
        raise NotAllowed.of("models.per_mil_and_percent", field="per_mil", found=per_mil)
    given = exact_of(per_mil, "per_mil")
    made = EXACT.divide(given, Decimal(10))
    check_rate(code, made, field="per_mil", given=given)
    return made


def per_unit_product(code: str, per_unit: Decimal, measure: Decimal) -> Decimal:
    """Return the exact amount of a per-unit tax; IBUA's rate is for 100 ml while its measure counts millilitres."""
    product = EXACT.multiply(per_unit, measure)
    return EXACT.divide(product, Decimal(100)) if code == PER_HUNDRED_MILLILITRES else product
