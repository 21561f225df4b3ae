"""All the arithmetic of a document, in one place (annex 1.9, sections 5.2.1 and 11.9; evidence of accepted documents).

Amounts that the caller gives are kept when they lie within DIAN's tolerance of the computed ones, and refused with
both figures otherwise; nothing is corrected silently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_DOWN, Decimal, localcontext
from operator import methodcaller
from typing import Any, NamedTuple, TypeVar

from .._collector import paused
from ..catalogs import TaxCode
from ..errors import InconsistentAmounts, InvalidInput, MissingDatum, NotAllowed
from ._base import Model
from ._fast import make_fast, update_fast
from ._missing import refuse_missing
from ._numbers import LIMIT
from .gross import Splitter
from .lines import AllowanceCharge, Line, check_base_quantity, check_percent
from .payment import Prepayment
from .rates import check_rate
from .taxes import WITHHELD, TaxSubtotal, TaxTotal, per_unit_product
from .totals import EXACT, TOLERANCE, ZERO, Rounding, TaxRounding, Totals
from .zeros import real_allowances, real_withholdings

_CENT = Decimal("0.01")
_PERCENT = Decimal(-2)
"""Exponent by which a percent of an amount is shifted."""
_IVA, _RETE_IVA = TaxCode.IVA.value, TaxCode.RETEIVA.value


M = TypeVar("M", bound=Model)


class Computed(NamedTuple):
    """Lines with their amounts, and the amounts of the document."""

    lines: tuple[Line, ...]
    allowances: tuple[AllowanceCharge, ...]
    taxes: tuple[TaxTotal, ...]
    withholdings: tuple[TaxTotal, ...]
    totals: Totals


_Rounder = Callable[[Decimal], Decimal]
"""Rounds by the policy; every amount of the document passes here."""


def _rounder(policy: Rounding) -> _Rounder:
    quantize: _Rounder = methodcaller("quantize", policy.unit, policy.mode.value)
    if policy.decimals >= 2:
        return quantize
    cents: _Rounder = methodcaller("quantize", _CENT, policy.mode.value)
    return lambda value: cents(quantize(value))  # whole pesos and tenths are written with two decimals too


_FLOOR = -LIMIT
_USUAL = Rounding()


def money_sum(amounts: Iterable[Decimal | None]) -> Decimal:
    """Add amounts exactly; absent ones count as zero, and an empty sum is 0.00."""
    with localcontext(EXACT):
        return _sum(amounts)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    total = ZERO
    for amount in amounts:
        if amount is not None:
            total += amount
    return total


def _some_sum(amounts: list[Decimal | None]) -> Decimal | None:
    return _sum(amounts) if amounts else None


def compute(
    lines: Sequence[Line],
    *,
    allowances: Sequence[AllowanceCharge] = (),
    prepayments: Sequence[Prepayment] = (),
    payable_rounding: Decimal | None = None,
    deduct_prepayments: bool = False,
    rounding: Rounding | None = None,
) -> Computed:
    """Compute every amount of a document from its lines.

    Raises ``InconsistentAmounts`` when an amount given by the caller is off by more than 2.00, ``InvalidInput`` for
    negative prices or quantities, ``NotAllowed`` for percent discounts without base and the like.
    """
    policy = rounding or _USUAL
    with localcontext(EXACT), paused():
        rounder = _rounder(policy)
        done: list[Line] = []
        splitter = Splitter(rounder, policy.unit)
        for position, line in enumerate(lines):
            try:
                done.append(_line(line, position, rounder, splitter))
            except (MissingDatum, KeyError):
                refuse_missing([f"lines[{position}].{path}" for path in line.missing], "models.line_without_data")
                raise
            except InvalidInput as error:
                error.at(f"lines[{position}]")
                raise
        if policy.taxes is TaxRounding.DOCUMENT:
            done = _distribute_cents(lines, done, rounder, policy.unit)
        line_extension = _sum([line.amount for line in done])
        exclusive = _sum([first_base(line) for line in done])
        taxes = _header([line.taxes for line in done])
        withholdings = _header([held for line in done if (held := line.withholdings)])
        document_allowances = _allowances(allowances, line_extension, rounder) if allowances else ()
        allowance_total = _some_sum([item.amount for item in document_allowances if not item.is_charge])
        charge_total = _some_sum([item.amount for item in document_allowances if item.is_charge])
        for position, advance in enumerate(prepayments):
            if advance.amount.is_signed():
                raise _negative(f"prepayments[{position}].amount", advance.amount, "un anticipo es lo que ya se pagó.")
        prepaid = _some_sum([item.amount for item in prepayments])
        inclusive = payable = line_extension + _sum([total.amount for total in taxes])
        if allowance_total is not None:
            payable -= allowance_total
        if charge_total is not None:
            payable += charge_total
        if payable_rounding is not None:
            payable += payable_rounding
        if deduct_prepayments and prepaid is not None:
            payable -= prepaid
        if payable < ZERO:
            raise InconsistentAmounts.of("models.negative_payable", field="totals.payable", found=payable)
        totals = _made(
            Totals,
            {
                "line_extension": line_extension,
                "tax_exclusive": exclusive,
                "tax_inclusive": inclusive,
                "allowance_total": allowance_total,
                "charge_total": charge_total,
                "prepaid": prepaid,
                "payable_rounding": payable_rounding,
                "payable": payable,
            },
        )
        return Computed(tuple(done), document_allowances, taxes, withholdings, totals)


def first_base(line: Line) -> Decimal | None:
    """Return the line's contribution to the document's taxable total: its first tax's base (evidence, rule FAU04)."""
    for total in line.taxes:
        for subtotal in total.subtotals:
            return subtotal.taxable
    return None


def _line(line: Line, position: int, rounder: _Rounder, splitter: Splitter) -> Line:
    price, quantity, with_taxes = line.price, line.quantity, line.price_with_taxes
    if quantity <= ZERO or price.is_signed() or (with_taxes is not None and with_taxes.is_signed()):
        bad = "quantity" if quantity <= ZERO else "price" if price.is_signed() else "price_with_taxes"
        least = "mayor que cero" if bad == "quantity" else "cero o más"
        raise InvalidInput.of("models.negative_line", field=bad, found=getattr(line, bad), expected=least)
    if line.base_quantity is not quantity or line.base_unit is not line.unit:
        check_base_quantity(line)
    if with_taxes is not None:
        line = splitter.line(line)
        price = line.price
    net = price * quantity
    allowances = line.allowances
    if allowances:
        allowances = _allowances(allowances, net, rounder)
        net += _sum([item.amount for item in allowances if item.is_charge])
        net -= _sum([item.amount for item in allowances if not item.is_charge])
    amount = rounder(net)
    if amount.is_signed():
        if amount < ZERO:
            raise InconsistentAmounts.of("models.discounts_over_line", field="allowances", found=amount)
        amount = abs(amount)  # what rounds to zero is not minus zero
    base = amount
    reference = line.reference_price
    if reference is not None and reference.amount.is_signed():
        raise _negative("reference_price.amount", reference.amount, "indique el valor comercial de una unidad.")
    if reference is not None and price == ZERO:
        base = rounder(reference.amount * quantity)
    elif line.free_of_charge:
        raise NotAllowed.of("models.free_line", field="reference_price", found=price)
    if line.amount is not None:
        given = _agreeing(line.amount, amount, "amount")
        amount, base = given, given if base is amount else base
    taxes = _taxes(line.taxes, base, line, rounder)
    numbered = line.id or str(position + 1)
    values = line.__dict__ | {"id": numbered, "amount": amount, "allowances": allowances, "taxes": taxes}
    if line.withholdings:
        iva = _sum([s.amount for total in taxes for s in total.subtotals if s.code == _IVA])
        held = _each_tax("withholdings", line.withholdings, amount, line, rounder, iva)
        values["withholdings"] = real_withholdings(held)
    return make_fast(type(line), values)


def _allowances(items: Sequence[AllowanceCharge], gross: Decimal, rounder: _Rounder) -> tuple[AllowanceCharge, ...]:
    done = []
    for position, item in enumerate(items):
        try:
            done.append(_allowance(item, gross, position, rounder))
        except InvalidInput as error:
            error.at(f"allowances[{position}]")
            raise
    return real_allowances(tuple(done))


def _allowance(item: AllowanceCharge, gross: Decimal, position: int, rounder: _Rounder) -> AllowanceCharge:
    base = item.base if item.base is not None else rounder(gross)
    if item.percent is None:
        if item.amount is None:
            raise NotAllowed.of("models.allowance_without_value", field="amount")
        amount = item.amount
    else:
        check_percent(item.percent)
        computed = rounder((base * item.percent).scaleb(_PERCENT))
        amount = computed if item.amount is None else _agreeing(item.amount, computed, "amount")
    if amount.is_signed():
        raise _negative("amount", amount, "use is_charge para distinguir cargos de descuentos.")
    values = {**item.__dict__, "id": item.id or str(position + 1), "amount": amount}
    if item.percent is not None:
        values["base"] = base
    return make_fast(AllowanceCharge, values)


def _taxes(totals: tuple[TaxTotal, ...], base: Decimal, line: Line, rounder: _Rounder) -> tuple[TaxTotal, ...]:
    for position, total in enumerate(totals):
        if total.code in WITHHELD:
            raise NotAllowed.of("models.withholding_among_taxes", field=f"taxes[{position}]", found=total.code)
    if len(totals) > 1:
        # Percent taxes go first: the base of the first tax is what the line adds to TaxExclusiveAmount.
        totals = tuple(sorted(totals, key=lambda total: total.percent is None))
    return _each_tax("taxes", totals, base, line, rounder)


def _each_tax(
    field: str,
    totals: tuple[TaxTotal, ...],
    base: Decimal,
    line: Line,
    rounder: _Rounder,
    iva: Decimal | None = None,
) -> tuple[TaxTotal, ...]:
    """Compute taxes or withholdings; ``iva`` is the line's IVA, the base of ReteIVA."""
    done: list[TaxTotal] = []
    for total in totals:
        try:
            done.append(_tax(total, base if iva is None or total.code != _RETE_IVA else iva, line, rounder))
        except InvalidInput as error:
            error.at(f"{field}[{len(done)}]")
            raise
    return tuple(done)


def _tax(total: TaxTotal, base: Decimal, line: Line, rounder: _Rounder) -> TaxTotal:
    given, amount = total.subtotals, total.amount
    if amount is not None and len(given) == 1 and given[0].amount is None:
        given = (update_fast(given[0], {"amount": amount}),)  # of one rate both are the same amount
    if not given:
        raise NotAllowed.of("models.tax_without_rates", field="subtotals")
    subtotals: list[TaxSubtotal] = []
    for subtotal in given:
        try:
            subtotals.append(_subtotal(subtotal, base, line, rounder))
        except InvalidInput as error:
            error.at(f"subtotals[{len(subtotals)}]")
            raise
    computed = subtotals[0].amount if len(subtotals) == 1 else _sum([s.amount for s in subtotals])
    amount = computed if amount is None or computed is None else _agreeing(amount, computed, "amount")
    return make_fast(TaxTotal, {**total.__dict__, "amount": amount, "subtotals": tuple(subtotals)})


def _subtotal(subtotal: TaxSubtotal, base: Decimal, line: Line, rounder: _Rounder) -> TaxSubtotal:
    values = {**subtotal.__dict__}
    if values["percent"] is not None:
        check_rate(values["code"], values["percent"])
        if values["taxable"] is None:
            values["taxable"] = base
        amount = rounder((values["taxable"] * values["percent"]).scaleb(_PERCENT))
        if amount.is_signed():
            bad = "percent" if values["percent"].is_signed() else "taxable"
            raise _negative(bad, values[bad], "revise la tarifa y la base.")
    elif values["per_unit_amount"] is not None:
        if values["base_unit_measure"] is None:
            values["base_unit_measure"] = line.quantity
        values["base_unit"] = values["base_unit"] or line.unit
        amount = rounder(per_unit_product(values["code"], values["per_unit_amount"], values["base_unit_measure"]))
        if amount.is_signed():
            bad = "per_unit_amount" if values["per_unit_amount"].is_signed() else "base_unit_measure"
            raise _negative(bad, values[bad], "revise el valor por unidad y las unidades gravadas.")
    else:
        raise NotAllowed.of("models.tax_without_value")
    values["amount"] = amount if values["amount"] is None else _agreeing(values["amount"], amount, "amount")
    return make_fast(TaxSubtotal, values)


def _negative(field: str, found: Decimal, remedy: str) -> InvalidInput:
    return InvalidInput.of("models.negative_amount", field=field, found=found, remedy=remedy)


def _agreeing(given: Decimal, computed: Decimal, field: str) -> Decimal:
    if given.is_signed():
        raise _negative(field, given, "omita el valor para que la librería lo calcule, o corríjalo.")
    if abs(given - computed) > TOLERANCE:
        raise InconsistentAmounts.of("models.amount_differs", field=field, found=given, computed=computed)
    return given


def _header(line_taxes: Sequence[tuple[TaxTotal, ...]]) -> tuple[TaxTotal, ...]:
    """Gather the lines' taxes: one total per tax, one subtotal per rate (rules FAS01a, FAS01b)."""
    groups: dict[tuple[Any, ...], dict[str, Any]] = {}
    for totals in line_taxes:
        for total in totals:
            for s in total.subtotals:
                rate = (s.code, s.name, s.percent, s.per_unit_amount, s.base_unit)
                group = groups.get(rate)
                if group is None:
                    groups[rate] = {**s.__dict__}
                    continue
                group["amount"] += s.amount
                for field in ("taxable", "base_unit_measure"):
                    if (value := getattr(s, field)) is not None:
                        before = group[field]
                        group[field] = value if before is None else before + value
    by_tax: dict[tuple[str, str | None], list[TaxSubtotal]] = {}
    for (code, name, *_), group in groups.items():
        by_tax.setdefault((code, name), []).append(_made(TaxSubtotal, group))
    return tuple(
        _made(
            TaxTotal,
            {"amount": _sum([s.amount for s in subtotals]), "rounding": None, "subtotals": tuple(subtotals)},
        )
        for subtotals in by_tax.values()
    )


def _made(cls: type[M], values: dict[str, Any]) -> M:
    """Make a model of computed values; one beyond the limit is refused, as when given."""
    for value in values.values():
        if type(value) is Decimal and not _FLOOR < value < LIMIT:
            return cls(**values)
    return make_fast(cls, values)


def _distribute_cents(given: Sequence[Line], lines: list[Line], rounder: _Rounder, unit: Decimal) -> list[Line]:
    """Round percent taxes once per rate over the document and spread the cents on the lines by largest remainder.

    Amounts that the caller gave stay as they are.
    """
    places: dict[tuple[str, Decimal], list[tuple[int, int, int, Decimal]]] = {}
    for row, line in enumerate(lines):
        if given[row].price_with_taxes is not None:
            continue  # its cents are fixed: they make up the price
        taxes = [total for total in given[row].taxes if total.amount is None]
        free = {(s.code, s.percent) for total in taxes for s in total.subtotals if s.amount is None}
        for column, total in enumerate(line.taxes):
            for slot, s in enumerate(total.subtotals):
                if s.percent is not None and s.taxable is not None and (s.code, s.percent) in free:
                    exact = (s.taxable * s.percent).scaleb(_PERCENT)
                    places.setdefault((s.code, s.percent), []).append((row, column, slot, exact))
    amounts: dict[tuple[int, int, int], Decimal] = {}
    for rows in places.values():
        target = rounder(_sum([exact for *_, exact in rows]))
        floors = [exact.quantize(unit, ROUND_DOWN) for *_, exact in rows]
        missing = int(((target - _sum(floors)) / unit).to_integral_value())
        order = sorted(range(len(rows)), key=lambda index: (floors[index] - rows[index][3], index))
        for index in order[:missing]:
            floors[index] += unit
        for (row, column, slot, _), amount in zip(rows, floors, strict=True):
            amounts[row, column, slot] = rounder(amount)
    return [_with_taxes(line, row, amounts) for row, line in enumerate(lines)]


def _with_taxes(line: Line, row: int, amounts: dict[tuple[int, int, int], Decimal]) -> Line:
    totals = []
    for column, total in enumerate(line.taxes):
        subtotals = tuple(
            update_fast(s, {"amount": amounts[row, column, slot]}) if (row, column, slot) in amounts else s
            for slot, s in enumerate(total.subtotals)
        )
        if subtotals != total.subtotals:
            total = update_fast(total, {"amount": _sum([s.amount for s in subtotals]), "subtotals": subtotals})
        totals.append(total)
    return update_fast(line, {"taxes": tuple(totals)})
