"""Group AU: the totals. Withholdings never lower the amount payable."""

from __future__ import annotations

from functools import partial

from ....rules.model_checks import required
from ....rules.party_checks import own
from ....rules.registry import add
from ....rules.total_checks import (
    line_extension_is_the_sum_of_lines,
    payable_follows_from_totals,
    sum_of_allowances,
    tax_exclusive_is_the_sum_of_bases,
    tax_inclusive_adds_the_taxes,
)
from ....rules.xml_checks import currency
from . import LETTERS

_AU = partial(own, "AU", letters=LETTERS)

required(*_AU("01"), path="totals", expected="el grupo de totales")
add(_AU("02"), line_extension_is_the_sum_of_lines, "totals.line_extension")
add(_AU("04"), tax_exclusive_is_the_sum_of_bases, "totals.tax_exclusive")
add(_AU("06"), tax_inclusive_adds_the_taxes, "totals.tax_inclusive")
add(_AU("10"), sum_of_allowances("charge_total", is_charge=True), "totals.charge_total")
add(_AU("14"), payable_follows_from_totals, "totals.payable")
currency(*_AU("03", "05", "07", "11", "15"))
