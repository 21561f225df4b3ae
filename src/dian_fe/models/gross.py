"""Prices including taxes: base, taxes and unit price are computed from the amount to pay.

A base in cents and its tax rounded to cents make up only 100 of each 119 amounts at 19 %: 79.20 lies between 66.55 +
12.64 and 66.56 + 12.65. So the base is the nearest cent and the tax is the rest: it differs from base × percent by
0.005 × (1 + rate) at most, where DIAN tolerates 2.00 (annex 1.9, section 5.2.1; rules FAV06 and FAX07; accepted
documents differ by up to 2.00). The differences of all lines of a rate add up in the document's tax (rule FAS07): a
line corrects them by a cent before the sum exceeds 1.00.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import InconsistentAmounts, NotAllowed
from ._fast import update_fast
from ._numbers import Absent
from .taxes import TaxSubtotal, TaxTotal, per_unit_product
from .totals import EXACT, ZERO

if TYPE_CHECKING:
    from .lines import AllowanceCharge, Line

_ONE, _HUNDRED, _HALF_CENT = Decimal(1), Decimal(100), Decimal("0.005")
_PRICE_DECIMALS = range(2, 7)
"""Decimals of a unit price: two if enough, six at most (rule FBB02)."""
_MOST_MISSED = Decimal("1.00")
"""Tolerance of price × quantity, and of a document's tax against base × percent: half of DIAN's, which leaves room for
other lines and roundings.
"""

_NO_PRICE = Absent("price, sin impuestos, o price_with_taxes, con ellos", "indique el precio de una unidad.")

Rate = tuple[str, Decimal]
"""Code and percent of a tax."""


class Splitter:
    """Splits the prices with taxes of one document, tracking how far each rate is from its percent."""

    def __init__(self, rounder: Callable[[Decimal], Decimal], unit: Decimal) -> None:
        """Store how amounts are rounded, and the smallest amount."""
        self._rounder = rounder
        self._unit = unit
        self._drift: dict[Rate, Decimal] = {}

    def line(self, line: Line) -> Line:
        """Return the line with unit price, amount, discounts and taxes that make up its price with taxes exactly.

        Raise ``NotAllowed`` for data that make no sense beside such a price, and ``InconsistentAmounts`` where no unit
        price of six decimals gives the amount. Run it in the context `EXACT`.
        """
        _refuse_contradictions(line)
        taxes = _taxes_of(line.taxes, line.quantity, self._rounder)
        gross = line.price_with_taxes * line.quantity  # type: ignore[operator]  # the caller has looked
        discounts = [_gross_allowance(item, gross, place, taxes) for place, item in enumerate(line.allowances)]
        total = self._rounder(gross + sum(_signed(line.allowances, discounts), ZERO))
        free = total - taxes.fixed
        if free < ZERO:
            raise InconsistentAmounts.of(
                "models.gross_price_too_low",
                field="price_with_taxes" if total >= ZERO else "allowances",
                found=total,
                expected=f"{taxes.fixed} o más en la línea" if total >= ZERO else "un valor de línea de cero o más",
            )
        base, amounts = self._part(free, taxes)
        return self._made(line, taxes, base, amounts, discounts)

    def _part(self, free: Decimal, taxes: _Taxes) -> tuple[Decimal, list[Decimal]]:
        """Split what is paid into the base and the amount of each percent, which add up to it."""
        rates = taxes.rates
        if not taxes.percent:
            return free, [ZERO] * len(rates)
        nearest = self._rounder(free / taxes.divisor)
        best: tuple[Decimal, Decimal, list[Decimal], dict[Rate, Decimal]] | None = None
        for step in (ZERO, self._unit, -self._unit):
            base = nearest + step
            if not ZERO <= base <= free:
                continue
            amounts = self._shares(base, free - base, rates)
            drift = {
                rate: self._drift.get(rate, ZERO) + amount - base * rate[1] / _HUNDRED
                for rate, amount in zip(rates, amounts, strict=True)
            }
            worst = max(map(abs, drift.values()))
            if best is None or worst < best[0]:
                best = worst, base, amounts, drift
            if worst <= _MOST_MISSED:
                break
        assert best is not None  # the nearest base is neither negative nor more than what is paid
        self._drift |= best[3]
        return best[1], best[2]

    def _shares(self, base: Decimal, rest: Decimal, rates: list[Rate]) -> list[Decimal]:
        """Split the rest after the base among the taxes, each as near to its percent as possible."""
        if len(rates) == 1:
            return [rest]
        exact = [base * percent / _HUNDRED for _, percent in rates]
        amounts = [self._rounder(share) for share in exact]
        missing = rest - sum(amounts)
        while missing:
            step = self._unit if missing > ZERO else -self._unit
            able = [place for place, amount in enumerate(amounts) if amount + step >= ZERO]
            place = max(able, key=lambda place: (exact[place] - amounts[place]) * step)
            amounts[place] += step
            missing -= step
        return amounts

    def _made(self, line: Line, taxes: _Taxes, base: Decimal, amounts: list[Decimal], discounts: list[Decimal]) -> Line:
        net = [self._rounder(amount / taxes.divisor) for amount in discounts]
        before = base - sum(_signed(line.allowances, net), ZERO)
        price = _unit_price(before, line)
        allowances = tuple(
            update_fast(item, {"amount": amount} if item.percent is None else {"amount": amount, "base": before})
            for item, amount in zip(line.allowances, net, strict=True)
        )
        given = dict(zip(taxes.places, amounts, strict=True))
        changes = {
            "price": price,
            "price_with_taxes": None,
            "amount": base,
            "allowances": allowances,
            "taxes": tuple(_with_amounts(total, position, given) for position, total in enumerate(line.taxes)),
        }
        return update_fast(line, changes)


class _Taxes(NamedTuple):
    """The taxes included in a price."""

    fixed: Decimal
    """Sum of those that do not depend on the line's amount: per unit, or with a base of their own."""
    percent: Decimal
    """Sum of the percents of the others."""
    rates: list[Rate]
    places: list[tuple[int, int]]
    """Total and subtotal of each of the rates."""

    @property
    def divisor(self) -> Decimal:
        """Amount paid for each peso of base."""
        return _ONE + self.percent / _HUNDRED


def _taxes_of(taxes: Iterable[TaxTotal], quantity: Decimal, rounder: Callable[[Decimal], Decimal]) -> _Taxes:
    fixed = percent = ZERO
    rates: list[Rate] = []
    places: list[tuple[int, int]] = []
    for position, total in enumerate(taxes):
        for slot, subtotal in enumerate(total.subtotals):
            amount = _fixed_amount(subtotal, quantity)
            if amount is not None:
                fixed += rounder(amount)
            elif subtotal.percent is not None and not subtotal.percent.is_signed():
                percent += subtotal.percent
                rates.append((subtotal.code, subtotal.percent))
                places.append((position, slot))
    return _Taxes(fixed, percent, rates, places)


def _fixed_amount(subtotal: TaxSubtotal, quantity: Decimal) -> Decimal | None:
    """Return the amount of a rate that does not depend on the base of the line, None for one that does."""
    if subtotal.percent is not None:
        return (
            None if subtotal.taxable is None else EXACT.multiply(subtotal.taxable, subtotal.percent).scaleb(-2, EXACT)
        )
    if subtotal.per_unit_amount is None:
        return None  # refused with the tax's own words
    measure = quantity if subtotal.base_unit_measure is None else subtotal.base_unit_measure
    return per_unit_product(subtotal.code, subtotal.per_unit_amount, measure)


def _with_amounts(total: TaxTotal, position: int, given: Mapping[tuple[int, int], Decimal]) -> TaxTotal:
    subtotals = tuple(
        update_fast(subtotal, {"amount": given[position, slot]}) if (position, slot) in given else subtotal
        for slot, subtotal in enumerate(total.subtotals)
    )
    return update_fast(total, {"subtotals": subtotals})


def _signed(items: tuple[AllowanceCharge, ...], amounts: list[Decimal]) -> list[Decimal]:
    return [amount if item.is_charge else -amount for item, amount in zip(items, amounts, strict=True)]


def _gross_allowance(item: AllowanceCharge, gross: Decimal, position: int, taxes: _Taxes) -> Decimal:
    """Return a discount or charge including taxes."""
    if item.percent is None or item.base is not None or item.amount is not None:
        if item.amount is not None and item.percent is None:
            return item.amount
        raise NotAllowed.of("models.gross_allowance_with_base", field=f"allowances[{position}]", item=item)
    if taxes.fixed and item.percent:
        place = f"allowances[{position}].percent"
        raise NotAllowed.of("models.percent_of_gross_price", field=place, found=item.percent)
    return gross * item.percent / _HUNDRED


def _refuse_contradictions(line: Line) -> None:
    for name, value, remedy in (
        ("amount", line.amount, "quite amount: sale de price_with_taxes."),
        ("reference_price", line.reference_price, "use Line.free(…) para lo que se regala."),
        ("free_of_charge", line.free_of_charge or None, "use Line.free(…) para lo que se regala."),
        ("price", _price_given(line), "deje uno de los dos: price va sin impuestos."),
        ("taxes.amount", _tax_given(line), "deje solo la tarifa: el impuesto sale de price_with_taxes."),
    ):
        if value is not None:
            raise NotAllowed.of("models.contradicts_gross_price", field=name, found=value, remedy=remedy)


def _tax_given(line: Line) -> Decimal | None:
    amounts = [amount for total in line.taxes for amount in (total.amount, *(s.amount for s in total.subtotals))]
    return next((amount for amount in amounts if amount is not None), None)


def _price_given(line: Line) -> Decimal | None:
    """Return the price that was given beside the one with taxes, None when it is the one that follows from it."""
    given = "price" in line.model_fields_set and line.price != net_price(line.__dict__)
    return line.price if given else None


def _unit_price(before: Decimal, line: Line) -> Decimal:
    """Return the price without taxes that gives the amount, with the fewest decimals, six at most."""
    exact = before / line.quantity
    for decimals in _PRICE_DECIMALS:
        price = exact.quantize(_ONE.scaleb(-decimals), ROUND_HALF_EVEN)
        missed = abs(price * line.quantity - before)
        if missed < _HALF_CENT:
            return price
    if missed > _MOST_MISSED:
        raise InconsistentAmounts.of(
            "models.no_unit_price", field="price_with_taxes", line=line, MOST_MISSED=_MOST_MISSED, before=before
        )
    return price


def net_price(data: Mapping[str, Any]) -> Any:
    """Return the unit price without taxes of a line given with them, to six decimals; `Absent` without one.

    The line has it until ``from_lines`` settles the cents.
    """
    gross = data.get("price_with_taxes")
    if gross is None:
        return _NO_PRICE
    quantity = data.get("quantity")
    with localcontext(EXACT):
        taxes = _taxes_of(data.get("taxes", ()), quantity or _ONE, lambda amount: amount)
        own = gross - taxes.fixed / quantity if quantity else gross
        if own < ZERO:
            return ZERO  # refused by from_lines, with the figures
        return _trimmed((own / taxes.divisor).quantize(_ONE.scaleb(-_PRICE_DECIMALS[-1]), ROUND_HALF_EVEN))


def _trimmed(price: Decimal) -> Decimal:
    """Return a price without trailing zeros after its cents."""
    cents = price.quantize(_ONE.scaleb(-_PRICE_DECIMALS[0]), ROUND_HALF_EVEN, EXACT)
    return cents if cents == price else price.normalize(EXACT)
