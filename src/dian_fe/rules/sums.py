"""Sums and lists that several rules use; each is computed once, on first use."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from ..catalogs import TaxCode
from ..models.arithmetic import money_sum

_OTHERS = TaxCode.OTROS.value

Total = tuple[int, int, Any]
"""A tax total: index of its line (-1 for the document), its position there, the total."""
Rate = tuple[int, int, int, Any]
"""A rate of a tax total: index of the line, positions of total and subtotal, the subtotal."""


@dataclass(frozen=True, eq=False, slots=True)
class TaxPlace:
    """One of the four places of taxes: taxes and withholdings, of document and lines; compared by identity."""

    field: str
    of_lines: bool = False

    def path(self, line: int, position: int, rate: int | None = None) -> str:
        """Return the model path of a total, or of one of its rates."""
        owner = "" if line < 0 else f"lines[{line}]."
        path = f"{owner}{self.field}[{position}]"
        return path if rate is None else f"{path}.subtotals[{rate}]"


TAXES = TaxPlace("taxes")
WITHHOLDINGS = TaxPlace("withholdings")
LINE_TAXES = TaxPlace("taxes", of_lines=True)
LINE_WITHHOLDINGS = TaxPlace("withholdings", of_lines=True)
PLACES = (TAXES, WITHHOLDINGS, LINE_TAXES, LINE_WITHHOLDINGS)


def tax_of(subtotal: Any) -> tuple[str, str | None]:
    """Return the identity of a tax: its code; under ZZ, which many levies share, also its name."""
    return (subtotal.code, subtotal.name if subtotal.code == _OTHERS else None)


class Sums:
    """The sums of one document."""

    def __init__(self, document: Any) -> None:
        """Store the document; nothing is computed yet."""
        self._document = document
        self._totals: dict[TaxPlace, list[Total]] = {}
        self._rates: dict[TaxPlace, list[Rate]] = {}

    @cached_property
    def lines(self) -> Decimal:
        """Sum of the lines' amounts."""
        return money_sum(line.amount for line in self._document.lines)

    def totals(self, place: TaxPlace) -> list[Total]:
        """Return the tax totals of a place; only invoices have withholdings of the document."""
        found = self._totals.get(place)
        if found is None:
            owners = enumerate(self._document.lines) if place.of_lines else ((-1, self._document),)
            found = self._totals[place] = [
                (line, index, total)
                for line, owner in owners
                for index, total in enumerate(getattr(owner, place.field, ()))
            ]
        return found

    def rates(self, place: TaxPlace) -> list[Rate]:
        """Return the rates of the totals of a place."""
        found = self._rates.get(place)
        if found is None:
            found = self._rates[place] = [
                (line, index, position, subtotal)
                for line, index, total in self.totals(place)
                for position, subtotal in enumerate(total.subtotals)
            ]
        return found

    @cached_property
    def line_allowances(self) -> list[tuple[int, int, Any]]:
        """Discounts and charges of the lines: index of the line, position, the discount or charge."""
        lines = enumerate(self._document.lines)
        return [(n, i, item) for n, line in lines if (items := line.allowances) for i, item in enumerate(items)]
