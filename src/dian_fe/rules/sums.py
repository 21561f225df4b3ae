"""Sums and lists that several rules look at; each is made once, when it is first asked."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from ..catalogs import TaxCode
from ..models.arithmetic import money_sum

_OTHERS = TaxCode.OTROS.value

Total = tuple[int, int, Any]
"""A tax total: index of its line (-1 for the document), its position there, itself."""
Rate = tuple[int, int, int, Any]
"""A rate of a tax total: index of the line, positions of total and subtotal, the subtotal."""


def tax_of(subtotal: Any) -> tuple[str, str | None]:
    """Return what tells one tax from another: the code; under ZZ, which many levies share, the name too."""
    return (subtotal.code, subtotal.name if subtotal.code == _OTHERS else None)


class Sums:
    """The sums of one document."""

    def __init__(self, document: Any) -> None:
        """Take the document; nothing is computed yet."""
        self._document = document

    @cached_property
    def lines(self) -> Decimal:
        """Sum of the lines' amounts."""
        return money_sum(line.amount for line in self._document.lines)

    @cached_property
    def taxes(self) -> list[Total]:
        """Taxes of the document."""
        return [(-1, i, total) for i, total in enumerate(self._document.taxes)]

    @cached_property
    def withholdings(self) -> list[Total]:
        """Withholdings of the document; only invoices have them."""
        return [(-1, i, total) for i, total in enumerate(getattr(self._document, "withholdings", ()))]

    @cached_property
    def line_taxes(self) -> list[Total]:
        """Taxes of the lines."""
        return [(n, i, total) for n, line in enumerate(self._document.lines) for i, total in enumerate(line.taxes)]

    @cached_property
    def line_withholdings(self) -> list[Total]:
        """Withholdings of the lines."""
        return [
            (n, i, total) for n, line in enumerate(self._document.lines) for i, total in enumerate(line.withholdings)
        ]

    @cached_property
    def tax_rates(self) -> list[Rate]:
        """Rates of the document's taxes."""
        return _rates(self.taxes)

    @cached_property
    def withholding_rates(self) -> list[Rate]:
        """Rates of the document's withholdings."""
        return _rates(self.withholdings)

    @cached_property
    def line_tax_rates(self) -> list[Rate]:
        """Rates of the lines' taxes."""
        return _rates(self.line_taxes)

    @cached_property
    def line_withholding_rates(self) -> list[Rate]:
        """Rates of the lines' withholdings."""
        return _rates(self.line_withholdings)

    @cached_property
    def line_allowances(self) -> list[tuple[int, int, Any]]:
        """Discounts and charges of the lines: index of the line, position, itself."""
        return [(n, i, item) for n, line in enumerate(self._document.lines) for i, item in enumerate(line.allowances)]


def _rates(totals: list[Total]) -> list[Rate]:
    return [(n, i, j, subtotal) for n, i, total in totals for j, subtotal in enumerate(total.subtotals)]


class Family(NamedTuple):
    """One of the four places of taxes: those of document and lines, and withholdings."""

    field: str
    totals: Callable[[Sums], list[Total]]
    rates: Callable[[Sums], list[Rate]]

    def place(self, line: int, position: int, rate: int | None = None) -> str:
        """Return the model path of a total, or of one of its rates."""
        owner = "" if line < 0 else f"lines[{line}]."
        path = f"{owner}{self.field}[{position}]"
        return path if rate is None else f"{path}.subtotals[{rate}]"


TAXES = Family("taxes", lambda sums: sums.taxes, lambda sums: sums.tax_rates)
WITHHOLDINGS = Family("withholdings", lambda sums: sums.withholdings, lambda sums: sums.withholding_rates)
LINE_TAXES = Family("taxes", lambda sums: sums.line_taxes, lambda sums: sums.line_tax_rates)
LINE_WITHHOLDINGS = Family(
    "withholdings", lambda sums: sums.line_withholdings, lambda sums: sums.line_withholding_rates
)
