"""Bounds of the percents of taxes and withholdings: a value beyond them is a rate in another scale.

19 is 19 %, neither 0.19 nor 1900; ICA and ReteICA are published per thousand and written in percent. Rates change, so
new documents are not checked against a table of those in force: only against legal bounds, and for a hundredth of a
known rate. Known rates serve to suggest the intended value.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from ..catalogs import TAX_NAMES, TaxCode, catalog, tax_rates
from ..errors import InvalidInput
from .totals import EXACT, ZERO

_ONE, _HUNDRED = Decimal(1), Decimal(100)
_ICA, _RETE_ICA, _RETE_RENTA = TaxCode.ICA.value, TaxCode.RETEICA.value, TaxCode.RETERENTA.value
_PER_MIL = frozenset({_ICA, _RETE_ICA})
"""Taxes whose rates are published per thousand."""


class Bounds(NamedTuple):
    """The percents that a tax may have apart from zero, both ends included."""

    least: Decimal
    most: Decimal
    source: str

    @property
    def text(self) -> str:
        """The bounds as Spanish text."""
        least = "más de 1 y hasta" if self.least == _FRACTION else f"de {written(self.least)} a"
        return f"{least} {written(self.most)} % ({self.source})"


_FRACTION = Decimal("1.01")
"""No rate of these taxes is 1 % or less, so 1 is taken for a hundred percent as a fraction."""
_ICA_LAW = "Ley 14 de 1983, art. 33, y Decreto Ley 1421 de 1993, art. 154: de 2 a 30 por mil"

BOUNDS: Mapping[str, Bounds] = {
    TaxCode.IVA.value: Bounds(_FRACTION, Decimal(35), "Estatuto Tributario, art. 468; esquema de la DIAN de 2019"),
    TaxCode.INC.value: Bounds(_FRACTION, Decimal(16), "Estatuto Tributario, arts. 512-2 a 512-9"),
    _ICA: Bounds(Decimal("0.2"), Decimal(3), _ICA_LAW),
    TaxCode.IC_PORCENTUAL.value: Bounds(_FRACTION, _HUNDRED, "Ley 223 de 1995"),
    TaxCode.ICUI.value: Bounds(_FRACTION, _HUNDRED, "Ley 2277 de 2022, art. 54"),
    TaxCode.ADV.value: Bounds(_FRACTION, _HUNDRED, "Ley 1816 de 2016"),
    TaxCode.RETEIVA.value: Bounds(_FRACTION, _HUNDRED, "Estatuto Tributario, art. 437-1, sobre el IVA"),
    _RETE_RENTA: Bounds(
        Decimal("0.1"), Decimal(39), "lista de la DIAN, combustibles; Estatuto Tributario, arts. 241 y 383"
    ),
    _RETE_ICA: Bounds(Decimal("0.1"), Decimal(3), _ICA_LAW),
}
"""Bounds by tax. Zero is always accepted: an exempt good, or nothing withheld.

IVA: DIAN's public schematron of 2019 took up to 35 %. ReteICA: from half of the least ICA up, since a municipality may
have only part of the tax withheld; no source was found for the least that any of them withholds.
"""
_ANY = Bounds(ZERO, _HUNDRED, "un porcentaje")
_HELPERS = {code: TaxCode(code).name.lower().replace("rete", "rete_") for code in BOUNDS}
"""The function that makes each tax, by name."""


@cache
def _known(code: str) -> frozenset[Decimal]:
    """Return the known percents of a tax; none for those that municipalities and departments set."""
    if code == _RETE_RENTA:
        listed = catalog("income_withholding_rates")
        return frozenset(Decimal(listed.details(concept)["rate"]) for concept in listed)
    if code not in catalog("tax_codes"):
        return frozenset()
    return frozenset(rate.rate for rate in tax_rates(code) if rate.unit == "percent")


def is_likely(code: str, percent: Decimal) -> bool:
    """True if a percent is within the bounds of that tax."""
    bounds = BOUNDS.get(code, _ANY)
    if not bounds.least <= percent <= bounds.most:
        return not percent
    return percent >= _ONE or not _is_fraction(code, percent)


def _is_fraction(code: str, percent: Decimal) -> bool:
    """True if the hundredfold is a known rate and the percent is not: 0.11 is not one of income withholding, 11 is."""
    known = _known(code)
    return percent not in known and EXACT.multiply(percent, _HUNDRED) in known


def check_rate(code: str, percent: Decimal, *, field: str = "percent", given: Decimal | None = None) -> None:
    """Refuse a percent that no such tax has; a negative one is a different fault and passes.

    ``field`` and ``given`` are the argument and its number when it was not a percent (per thousand). Raise
    ``InvalidInput`` with the value probably meant.
    """
    if percent.is_signed() or is_likely(code, percent):
        return
    shown = f"{written(percent)} %"
    found = shown if given is None else f"{written(given)} por mil, que son {shown}"
    expected, remedy, name = bounds_of(code, percent), _remedy(code, percent), TAX_NAMES.get(code, code)
    raise InvalidInput.of("models.unlikely_rate", field=field, found=found, expected=expected, remedy=remedy, tax=name)


def bounds_of(code: str, percent: Decimal) -> str:
    """Return as Spanish text the percents that a tax may have."""
    bounds = BOUNDS.get(code, _ANY)
    if not bounds.least <= percent <= bounds.most:
        return bounds.text
    hundredfold = written(EXACT.multiply(percent, _HUNDRED))
    return f"una tarifa: {written(percent)} % no se conoce como tal, y {hundredfold} % sí"


def _remedy(code: str, percent: Decimal) -> str:
    meant = likely_meant(code, percent)
    if meant is None:
        kind = _kind(code)
        others = [helper for other, helper in _HELPERS.items() if _kind(other) == kind and percent in _known(other)]
        if not others:
            return "revise la tarifa."
        calls = " o ".join(f'{helper}("{written(percent)}")' for helper in others)
        return f"revise la tarifa o el impuesto: {written(percent)} % es de {calls}."
    helper = _HELPERS.get(code)
    if code in _PER_MIL:
        per_mil = written(EXACT.multiply(meant, Decimal(10)))
        return (
            f'si la tarifa es {per_mil} por mil, escriba {helper}(per_mil="{per_mil}"), '
            f'o en porcentaje {helper}("{written(meant)}").'
        )
    call = f'percent="{written(meant)}"' if helper is None else f'{helper}("{written(meant)}")'
    return f"si la tarifa es {written(meant)} %, escriba {call}."


def _kind(code: str) -> str:
    """Return what a code stands for, tax or withholding: they are not confused with each other."""
    return next((member.kind for member in TaxCode if member.value == code), "other")


def likely_meant(code: str, percent: Decimal) -> Decimal | None:
    """Return the rate probably meant by one in another scale: a known one first, None when there is none."""
    exponents = (-1, 2, 1, -2) if code in _PER_MIL else (2, -2, -1, 1)
    options = [percent.scaleb(Decimal(exponent), EXACT) for exponent in exponents]
    fitting = [option for option in options if is_likely(code, option)]
    known = _known(code)
    if known:  # a tenth or tenfold that is not a known rate is a guess, and 19 in INC is rather IVA
        hundredths = {percent.scaleb(Decimal(exponent), EXACT) for exponent in (2, -2)}
        fitting = [option for option in fitting if option in known or option in hundredths]
    return next((option for option in fitting if option in known), fitting[0] if fitting else None)


def written(value: Decimal) -> str:
    """Return a rate without exponent or trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
