"""All the arithmetic of a document, in one place (annex 1.9, sections 5.2.1 and 11.9; evidence of accepted documents).

Amounts that the caller gives are kept when they lie within DIAN's tolerance of the computed ones, and refused with
both figures otherwise; nothing is corrected in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

from ..catalogs import TaxCode
from ..errors import InconsistentAmounts, InvalidInput, NotAllowed
from ._base import update_fast
from .lines import AllowanceCharge, Line
from .payment import Prepayment
from .taxes import PER_HUNDRED_MILLILITRES, TaxSubtotal, TaxTotal
from .totals import EXACT, TOLERANCE, ZERO, Rounding, TaxRounding, Totals

_HUNDRED = Decimal(100)
_CENT = Decimal("0.01")
_multiply, _divide, _add, _subtract, _quantize = (
    EXACT.multiply, EXACT.divide, EXACT.add, EXACT.subtract, EXACT.quantize
)  # fmt: skip
_IVA, _RETE_IVA = TaxCode.IVA.value, TaxCode.RETEIVA.value


class Computed(NamedTuple):
    """Lines with their amounts, and what follows for the document."""

    lines: tuple[Line, ...]
    allowances: tuple[AllowanceCharge, ...]
    taxes: tuple[TaxTotal, ...]
    withholdings: tuple[TaxTotal, ...]
    totals: Totals


@dataclass(slots=True)
class _Rounder:
    """Rounds by the policy; every amount of the document passes here."""

    policy: Rounding
    unit: Decimal
    mode: str

    def __call__(self, value: Decimal) -> Decimal:
        amount = value.quantize(self.unit, self.mode, EXACT)
        return amount if self.policy.decimals >= 2 else amount.quantize(_CENT, self.mode, EXACT)


def money_sum(amounts: Iterable[Decimal | None]) -> Decimal:
    """Add amounts exactly; absent ones count nothing, and an empty sum is 0.00."""
    total = ZERO
    for amount in amounts:
        if amount is not None:
            total = _add(total, amount)
    return total


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
    policy = rounding or Rounding()
    rounder = _Rounder(policy, policy.unit, policy.mode.value)
    done = [_line(line, position, rounder) for position, line in enumerate(lines)]
    if policy.taxes is TaxRounding.DOCUMENT:
        done = _spread(lines, done, rounder)
    line_extension = money_sum(line.amount for line in done)
    taxes = _header(line.taxes for line in done)
    withholdings = _header(line.withholdings for line in done)
    document_allowances = tuple(
        _allowance(item, line_extension, f"allowances[{position}]", position, rounder)
        for position, item in enumerate(allowances)
    )
    discounts = [item.amount for item in document_allowances if not item.is_charge]
    charges = [item.amount for item in document_allowances if item.is_charge]
    allowance_total, charge_total = money_sum(discounts), money_sum(charges)
    prepaid = money_sum(item.amount for item in prepayments)
    inclusive = _add(line_extension, money_sum(total.amount for total in taxes))
    payable = _add(_subtract(inclusive, allowance_total), charge_total)
    if payable_rounding is not None:
        payable = _add(payable, payable_rounding)
    if deduct_prepayments:
        payable = _subtract(payable, prepaid)
    if payable < 0:
        raise InconsistentAmounts(
            "el valor por pagar resulta negativo.",
            field="totals.payable",
            found=payable,
            expected="cero o más",
            remedy="revise descuentos, anticipos y redondeo.",
        )
    totals = Totals(
        line_extension=line_extension,
        tax_exclusive=money_sum(first_base(line) for line in done),
        tax_inclusive=inclusive,
        allowance_total=allowance_total if discounts else None,
        charge_total=charge_total if charges else None,
        prepaid=prepaid if prepayments else None,
        payable_rounding=payable_rounding,
        payable=payable,
    )
    return Computed(tuple(done), document_allowances, taxes, withholdings, totals)


def first_base(line: Line) -> Decimal | None:
    """Give what the line adds to the document's taxable total: the base of its first tax (evidence, rule FAU04)."""
    for total in line.taxes:
        for subtotal in total.subtotals:
            return subtotal.taxable
    return None


def gross_amount(line: Line) -> Decimal:
    """Give price × quantity, exactly."""
    return _multiply(line.price, line.quantity)


def _line(line: Line, position: int, rounder: _Rounder) -> Line:
    where = f"lines[{position}]"
    if line.quantity <= 0 or line.price < 0:
        bad = "quantity" if line.quantity <= 0 else "price"
        raise InvalidInput(
            "los precios no son negativos y las cantidades son mayores que cero (regla VLR01).",
            field=f"{where}.{bad}",
            found=getattr(line, bad),
            expected="mayor que cero" if bad == "quantity" else "cero o más",
            remedy="use una nota crédito para devolver valores.",
        )
    gross = _multiply(line.price, line.quantity)
    allowances = line.allowances
    net = gross
    if allowances:
        allowances = tuple(
            _allowance(item, gross, f"{where}.allowances[{index}]", index, rounder)
            for index, item in enumerate(allowances)
        )
        for item in allowances:
            net = (_add if item.is_charge else _subtract)(net, item.amount or ZERO)
    amount = rounder(net)
    if amount < 0:
        raise InconsistentAmounts(
            "los descuentos de la línea superan su valor.",
            field=f"{where}.allowances",
            found=amount,
            expected="un valor de línea de cero o más",
            remedy="revise los descuentos.",
        )
    base = amount
    if line.reference_price is not None and line.price == 0:
        base = rounder(_multiply(line.reference_price.amount, line.quantity))
    elif line.free_of_charge:
        raise NotAllowed(
            "una línea gratuita lleva precio cero y precio de referencia.",
            field=f"{where}.reference_price",
            found=line.price,
            expected="price=0 y reference_price",
            remedy="use Line.free(…).",
        )
    if line.amount is not None:
        kept = _kept(line.amount, amount, f"{where}.amount")
        amount, base = kept, kept if base is amount else base
    taxes = _taxes(line.taxes, base, line, f"{where}.taxes", rounder) if line.taxes else ()
    changes = {
        "id": line.id or str(position + 1), "amount": amount, "allowances": allowances, "taxes": taxes
    }  # fmt: skip
    if line.withholdings:
        iva = money_sum(s.amount for total in taxes for s in total.subtotals if s.code == _IVA)
        changes["withholdings"] = tuple(
            _tax(total, iva if total.code == _RETE_IVA else amount, line, f"{where}.withholdings[{index}]", rounder)
            for index, total in enumerate(line.withholdings)
        )
    return update_fast(line, changes)


def _allowance(item: AllowanceCharge, gross: Decimal, where: str, position: int, rounder: _Rounder) -> AllowanceCharge:
    base = item.base if item.base is not None else rounder(gross)
    if item.percent is None:
        if item.amount is None:
            raise NotAllowed(
                "falta el valor o el porcentaje.", field=f"{where}.amount", remedy="indique amount o percent."
            )
        amount = item.amount
    else:
        computed = rounder(_divide(_multiply(base, item.percent), _HUNDRED))
        amount = computed if item.amount is None else _kept(item.amount, computed, f"{where}.amount")
    if amount < 0:
        raise InvalidInput(
            "los descuentos y cargos no son negativos (regla VLR01).",
            field=f"{where}.amount",
            found=amount,
            expected="cero o más",
            remedy="use is_charge para distinguir cargos de descuentos.",
        )
    changes = {"id": item.id or str(position + 1), "amount": amount}
    if item.percent is not None:
        changes["base"] = base
    return update_fast(item, changes)


def _taxes(
    totals: tuple[TaxTotal, ...], base: Decimal, line: Line, where: str, rounder: _Rounder
) -> tuple[TaxTotal, ...]:
    if len(totals) == 1:
        return (_tax(totals[0], base, line, f"{where}[0]", rounder),)
    # Percent taxes go first: the base of the first tax is what the line adds to TaxExclusiveAmount.
    ordered = sorted(totals, key=lambda total: total.percent is None)
    return tuple(_tax(total, base, line, f"{where}[{index}]", rounder) for index, total in enumerate(ordered))


def _tax(total: TaxTotal, base: Decimal, line: Line, where: str, rounder: _Rounder) -> TaxTotal:
    if not total.subtotals:
        raise NotAllowed(
            "un impuesto necesita al menos una tarifa.",
            field=f"{where}.subtotals",
            remedy="use los ayudantes: iva(19).",
        )
    subtotals = []
    for index, subtotal in enumerate(total.subtotals):
        given = subtotal.amount
        if subtotal.percent is not None:
            taxable = base if subtotal.taxable is None else subtotal.taxable
            amount = rounder(_divide(_multiply(taxable, subtotal.percent), _HUNDRED))
            changes = {"taxable": taxable}
        elif subtotal.per_unit_amount is not None:
            measure = line.quantity if subtotal.base_unit_measure is None else subtotal.base_unit_measure
            amount = rounder(per_unit_product(subtotal.code, subtotal.per_unit_amount, measure))
            changes = {"base_unit_measure": measure, "base_unit": subtotal.base_unit or line.unit}  # type: ignore[dict-item]
        else:
            raise NotAllowed(
                "un impuesto lleva porcentaje o valor por unidad.",
                field=f"{where}.subtotals[{index}]",
                expected="percent o per_unit_amount",
                remedy="use los ayudantes: iva(19), inc_bolsas(66)…",
            )
        if given is not None:
            amount = _kept(given, amount, f"{where}.subtotals[{index}].amount")
        changes["amount"] = amount
        subtotals.append(update_fast(subtotal, changes))
    total_amount = subtotals[0].amount if len(subtotals) == 1 else money_sum(s.amount for s in subtotals)
    if total.amount is not None and total_amount is not None:
        total_amount = _kept(total.amount, total_amount, f"{where}.amount")
    return update_fast(total, {"amount": total_amount, "subtotals": tuple(subtotals)})


def per_unit_product(code: str, per_unit: Decimal, measure: Decimal) -> Decimal:
    """Give the exact amount of a per-unit tax; IBUA's rate is for 100 ml while its measure counts millilitres."""
    product = _multiply(per_unit, measure)
    return _divide(product, _HUNDRED) if code == PER_HUNDRED_MILLILITRES else product


def _kept(given: Decimal, computed: Decimal, where: str) -> Decimal:
    if abs(_subtract(given, computed)) > TOLERANCE:
        raise InconsistentAmounts(
            "el valor dado no concuerda con el calculado.",
            field=where,
            found=given,
            expected=f"{computed} (tolerancia {TOLERANCE})",
            remedy="omita el valor para que la librería lo calcule, o corrija precio, cantidad o tarifa.",
        )
    return given


class _Group(NamedTuple):
    """What makes two subtotals of the header one."""

    code: str
    name: str | None
    percent: Decimal | None
    per_unit: Decimal | None
    unit: str | None


def _header(line_taxes: Iterable[tuple[TaxTotal, ...]]) -> tuple[TaxTotal, ...]:
    """Gather the lines' taxes: one total per tax, one subtotal per rate (rules FAS01a, FAS01b)."""
    groups: dict[_Group, list[Decimal | None]] = {}
    for totals in line_taxes:
        for total in totals:
            for s in total.subtotals:
                key = _Group(s.code, s.name, s.percent, s.per_unit_amount, s.base_unit)
                sums = groups.get(key)
                if sums is None:
                    groups[key] = [s.taxable, s.amount, s.base_unit_measure]
                else:
                    for index, value in enumerate((s.taxable, s.amount, s.base_unit_measure)):
                        if value is not None:
                            before = sums[index]
                            sums[index] = value if before is None else _add(before, value)
    by_tax: dict[tuple[str, str | None], list[TaxSubtotal]] = {}
    for key, (taxable, amount, measure) in groups.items():
        by_tax.setdefault((key.code, key.name), []).append(
            TaxSubtotal(
                code=key.code, name=key.name, percent=key.percent, taxable=taxable, amount=amount,
                base_unit_measure=measure, base_unit=key.unit, per_unit_amount=key.per_unit,
            )
        )  # fmt: skip
    return tuple(
        TaxTotal(amount=money_sum(s.amount for s in subtotals), subtotals=tuple(subtotals))
        for subtotals in by_tax.values()
    )


def _spread(given: Sequence[Line], lines: list[Line], rounder: _Rounder) -> list[Line]:
    """Round percent taxes once per rate over the document and spread the cents on the lines by largest remainder.

    Amounts that the caller gave stay as they are.
    """
    places: dict[tuple[str, Decimal], list[tuple[int, int, int, Decimal]]] = {}
    for row, line in enumerate(lines):
        free = {s.code for t in given[row].taxes for s in t.subtotals if s.amount is None}
        for column, total in enumerate(line.taxes):
            for slot, s in enumerate(total.subtotals):
                if s.percent is not None and s.taxable is not None and s.code in free:
                    exact = _divide(_multiply(s.taxable, s.percent), _HUNDRED)
                    places.setdefault((s.code, s.percent), []).append((row, column, slot, exact))
    amounts: dict[tuple[int, int, int], Decimal] = {}
    for rows in places.values():
        target = rounder(money_sum(exact for *_, exact in rows))
        floors = [exact.quantize(rounder.unit, ROUND_DOWN, EXACT) for *_, exact in rows]
        missing = int(_divide(_subtract(target, money_sum(floors)), rounder.unit).to_integral_value())
        order = sorted(range(len(rows)), key=lambda index: (_subtract(floors[index], rows[index][3]), index))
        for index in order[:missing]:
            floors[index] = _add(floors[index], rounder.unit)
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
        totals.append(update_fast(total, {"amount": money_sum(s.amount for s in subtotals), "subtotals": subtotals}))
    return update_fast(line, {"taxes": tuple(totals)})
