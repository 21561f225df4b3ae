"""Advice of the library's own: percents of taxes and withholdings that look written in another scale."""

from __future__ import annotations

from collections.abc import Iterator

from ....catalogs import TaxCode
from ....models.rates import bounds_of, is_likely, likely_meant, written
from ....rules.context import Context
from ....rules.registry import Finding, register
from ....rules.sums import LINE_TAXES, LINE_WITHHOLDINGS, TAXES, WITHHOLDINGS
from . import KINDS

_BY_TARIFF = frozenset({TaxCode.IVA.value, TaxCode.INC.value})
"""Taxes that FAY10 holds against their tariffs."""


def rate_is_of_its_scale(context: Context) -> Iterator[Finding]:
    """A percent is within the bounds of its tax: DIAN has accepted ReteICA per thousand written as a percent.

    Told once for each code and percent, of the document before its lines.
    """
    told = set()
    for family in (TAXES, WITHHOLDINGS, LINE_TAXES, LINE_WITHHOLDINGS):
        for line, position, index, rate in family.rates(context.sums):
            code, percent = rate.code, rate.percent
            if percent is None or percent < 0 or code in _BY_TARIFF or (code, percent) in told:
                continue
            if not is_likely(code, percent):
                told.add((code, percent))
                meant = likely_meant(code, percent)
                expected = bounds_of(code, percent)
                yield Finding(
                    f"{family.place(line, position, index)}.percent",
                    percent,
                    expected if meant is None else f"{expected}; quizá {written(meant)} %",
                )


register("unlikely_rate", rate_is_of_its_scale, path="taxes[].subtotals[].percent", kinds=KINDS)
