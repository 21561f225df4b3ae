"""The totals of a document, and how amounts are rounded."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from enum import StrEnum

from .._arguments import checked, refuses
from .._viewed import Viewed
from ..errors import NotAllowed
from ._base import Model
from ._fields import field
from ._numbers import MaybeNumber, Number

EXACT = Context(prec=60, Emin=-999999, Emax=999999, traps=[])
"""Arithmetic independent of the caller's decimal context: wide enough for every product here."""
ZERO = Decimal("0.00")
TOLERANCE = Decimal("2.00")
"""Tolerance between an amount and the computed one (annex 1.9, section 5.2.1), in the document's currency."""


class RoundingMode(StrEnum):
    """How an amount half-way between two is rounded."""

    HALF_EVEN = ROUND_HALF_EVEN
    """To the even neighbour: NTC 3711, which annex 1.9, section 5.2.1, asks for."""
    HALF_UP = ROUND_HALF_UP
    """Away from zero, as cash registers do."""


class TaxRounding(StrEnum):
    """Where the tax of percent rates is rounded."""

    LINE = "line"
    """Each line's tax is rounded; the header is their sum."""
    DOCUMENT = "document"
    """The tax of a rate is rounded once over the whole document and its cents are spread over the lines, so that the
    header is still the sum of the lines."""


@checked
@refuses("decimals", "mode", "taxes")
@dataclass(frozen=True, slots=True)
class Rounding(Viewed):
    """The rounding policy of ``from_lines``.

    By default amounts have two decimals, halves go to the even neighbour and taxes are rounded line by line.
    ``decimals=0`` rounds to whole pesos. Whatever the policy, header amounts are sums of line amounts. Raises
    ``NotAllowed`` for more than two decimals, which DIAN's amounts do not have, and for tens and beyond: the amount of
    a line would be further from price × quantity than the 2.00 that DIAN tolerates (annex 1.9, section 5.2.1).
    """

    decimals: int = 2
    """Decimals of every amount: 2, 1 or 0."""
    mode: RoundingMode = RoundingMode.HALF_EVEN
    """Rounding of halves."""
    taxes: TaxRounding = TaxRounding.LINE
    """Where the tax of percent rates is rounded."""

    def __post_init__(self) -> None:
        """Accept the values of modes and places too; refuse unknown ones, and decimals that amounts do not have."""
        for name, known in (("mode", RoundingMode), ("taxes", TaxRounding)):
            try:
                object.__setattr__(self, name, known(getattr(self, name)))
            except ValueError:
                found, expected = repr(getattr(self, name)), ", ".join(known)
                raise NotAllowed.of(
                    "models.rounding_word",
                    field=f"rounding.{name}",
                    found=found,
                    expected=expected,
                    enum=known.__name__,
                ) from None
        if type(self.decimals) is not int or not 0 <= self.decimals <= 2:
            raise NotAllowed.of("models.rounding_decimals", field="rounding.decimals", found=repr(self.decimals))

    @property
    def unit(self) -> Decimal:
        """The smallest amount."""
        return Decimal(1).scaleb(-self.decimals)


class Totals(Model):
    """cac:LegalMonetaryTotal, in debit notes cac:RequestedMonetaryTotal; in the document's currency.

    ``payable`` = ``tax_inclusive`` − ``allowance_total`` + ``charge_total`` + ``payable_rounding``; withholdings never
    enter, prepayments only in health operations (evidence of accepted documents; annex 1.9, section 11.9).
    """

    line_extension: Number
    """Sum of the lines' amounts."""
    tax_exclusive: MaybeNumber = field(default=None)
    """Sum over the lines of the base of each line's first tax."""
    tax_inclusive: MaybeNumber = field(default=None)
    """``line_extension`` plus all taxes."""
    allowance_total: MaybeNumber = field(default=None)
    """Sum of the document's discounts."""
    charge_total: MaybeNumber = field(default=None)
    """Sum of the document's charges."""
    prepaid: MaybeNumber = field(default=None)
    """Sum of the prepayments."""
    payable_rounding: MaybeNumber = field(default=None)
    """The only amount that may be negative (rule VLR01)."""
    payable: Number
    """Amount to be paid (cbc:PayableAmount)."""
