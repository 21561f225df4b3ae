"""The figures of a representación gráfica: lines, taxes by rate, other amounts and totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from ..models._words import (
    PESOS,
    advance_detail,
    allowance_detail,
    allowance_of,
    base_of,
    cents,
    coded,
    day,
    label_of,
    money,
    plain,
    prepaid_deducted,
    rate_of,
    reason_of,
    tax_name,
)
from ..models.arithmetic import money_sum
from ..models.note import TradeNote
from ..models.taxes import WITHHELD
from ..models.totals import EXACT
from .content import AmountRow, Field, Label, LineRow, LineTax, TaxRow, TotalRow
from .parties import fields, identification

if TYPE_CHECKING:
    from ..models.document import TradeDocument
    from ..models.lines import AllowanceCharge, Line
    from ..models.payment import ExchangeRate
    from ..models.taxes import TaxTotal
    from ..models.totals import Totals
    from .labels import Labels

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Figures:
    """Formats amounts of a document, in its currency and in the other one of its rate."""

    currency: str
    other: str | None
    """The other currency: pesos, or that of a rate in a document in pesos; None without a rate between both."""
    rate: Decimal
    """Pesos for one unit of the foreign currency (rule FAR06)."""

    @classmethod
    def of(cls, document: TradeDocument) -> Figures:
        """Return the formatter for a document's currency and rate."""
        currency, told = document.currency, pesos_for_one(document.exchange_rate)
        if told is None or currency not in (PESOS, told[0]):
            return cls(currency, None, ONE)
        foreign, rate = told
        return cls(currency, foreign if currency == PESOS else PESOS, rate)

    def money(self, value: Decimal | None) -> str:
        """Return an amount in the document's currency."""
        return money(value, self.currency)

    def both(self, value: Decimal | None) -> tuple[str, str | None]:
        """Return an amount in the document's currency and in the other one."""
        return self.money(value), self.second(value)

    def second(self, value: Decimal | None) -> str | None:
        """Return an amount in the other currency, by its code; None where there is none."""
        if self.other is None or value is None:
            return None
        turned = EXACT.multiply if self.other == PESOS else EXACT.divide
        return coded(cents(turned(value, self.rate)), self.other)


def pesos_for_one(rate: ExchangeRate | None) -> tuple[str, Decimal] | None:
    """Return a foreign currency and how many pesos one unit of it is; None where the rate does not tell.

    The annex has the rate in pesos for one unit (FAR06), also where it names COP as the source; as some software writes
    there what one peso is worth, a rate below 1 tells nothing there.
    """
    if rate is None or rate.rate <= 0 or any(base not in (None, ONE) for base in (rate.source_base, rate.target_base)):
        return None
    sides = (rate.currency, rate.target_currency)
    if sides.count(PESOS) != 1 or (sides[0] == PESOS and rate.rate < 1):
        return None
    return sides[sides[0] == PESOS], rate.rate


# --- lines -----------------------------------------------------------------------------------------------------------


def line_rows(document: TradeDocument, figures: Figures, label: Labels) -> Iterator[LineRow]:
    """Yield the lines in their order."""
    for position, line in enumerate(document.lines, 1):
        yield LineRow(
            number=line.id or str(position),
            code=line.seller_code or line.standard_code or "",
            description=line.description,
            details=tuple(_details(line, figures, label)),
            quantity=plain(line.quantity),
            unit=label_of("units", line.unit),
            price=figures.money(line.price),
            allowances=tuple(allowance_of(item, figures.currency) for item in line.allowances),
            taxes=tuple(_line_taxes(line.taxes, figures, withheld=False)),
            total=figures.money(line.amount),
            free=_free(line, figures, label),
        )


def _details(line: Line, figures: Figures, label: Labels) -> Iterator[Field]:
    if line.standard_code and line.seller_code:
        standard = label_of("product_standards", line.standard) or line.standard_name or ""
        yield Field(label("standard_code"), f"{line.standard_code} ({standard})" if standard else line.standard_code)
    pack_size = "" if line.pack_size is None else plain(line.pack_size)
    yield from fields(label, ("brand", line.brand), ("model", line.model), ("pack_size", pack_size))
    for item in line.properties:
        quantity = "" if item.quantity is None else f"{plain(item.quantity)} {label_of('units', item.unit)}".strip()
        value = ", ".join(filter(None, (item.value, quantity)))
        if value:
            yield Field(Label(item.name), value)
    if line.principal is not None:
        kind, number = identification(line.principal)
        yield Field(label("principal"), ", ".join(filter(None, (line.principal.name, f"{kind} {number}"))))
    for allowance in line.allowances:
        reason = reason_of(allowance)
        if reason:
            yield Field(_kind(allowance, label), reason)
    held = (*_line_taxes(line.taxes, figures, withheld=True), *_line_taxes(line.withholdings, figures, withheld=True))
    if held:
        yield Field(label("withheld"), "; ".join(map(str, held)))
    for note in line.notes:
        yield Field(label("note"), note)


def _kind(item: AllowanceCharge, label: Labels) -> Label:
    """Return the name: discount, charge, or both where a received document does not say which."""
    names = {True: ("charge",), False: ("discount",)}.get(item.is_charge, ("discount", "charge"))
    return label(names[0]) if len(names) == 1 else Label(" / ".join(str(label(name)) for name in names))


def _line_taxes(totals: Iterable[TaxTotal], figures: Figures, *, withheld: bool) -> Iterator[LineTax]:
    for total in totals:
        for subtotal in total.subtotals:
            if (subtotal.code in WITHHELD) is withheld:
                yield LineTax(tax_name(subtotal), rate_of(subtotal, figures.currency), figures.money(subtotal.amount))


def _free(line: Line, figures: Figures, label: Labels) -> Field | None:
    """Return the field of a free good: by its indicator or, in debit notes, price zero with a reference price."""
    reference = line.reference_price
    if not line.free_of_charge and (reference is None or line.price):
        return None
    text = ""
    if reference is not None:
        kind = reference.type or label_of("reference_prices", reference.type_code)
        text = f"{label('reference_price').text}: {figures.money(reference.amount)}" + (f" ({kind})" if kind else "")
    return Field(label("free"), text)


# --- taxes -----------------------------------------------------------------------------------------------------------


def all_taxes(document: TradeDocument) -> tuple[TaxTotal, ...]:
    """Return taxes and withholdings together: other software mixes them, and notes have no element for the latter."""
    withholdings: tuple[TaxTotal, ...] = getattr(document, "withholdings", ())
    return document.taxes + withholdings


def tax_rows(totals: Iterable[TaxTotal], figures: Figures, *, withheld: bool) -> Iterator[TaxRow]:
    """Yield one row per tax and rate, withholdings or the others."""
    for total in totals:
        for subtotal in total.subtotals:
            if (subtotal.code in WITHHELD) is withheld:
                rate, base = rate_of(subtotal, figures.currency), base_of(subtotal, figures.currency)
                yield TaxRow(tax_name(subtotal), rate, base, *figures.both(subtotal.amount))


# --- other amounts and totals ----------------------------------------------------------------------------------------


def other_rows(document: TradeDocument, figures: Figures, label: Labels) -> Iterator[AmountRow]:
    """Yield discounts and charges of the document, and prepayments."""
    for item in document.allowances:
        yield AmountRow(_kind(item, label), allowance_detail(item, figures.currency), *figures.both(item.amount))
    for advance in document.prepayments:
        yield AmountRow(label("prepayment"), advance_detail(advance), *figures.both(advance.amount))


def instalment_rows(document: TradeDocument, figures: Figures, label: Labels) -> Iterator[AmountRow]:
    """Yield the instalments of the document by their days; those without one come last."""
    for term in sorted(document.payment_terms, key=lambda each: each.due_date or date.max):
        if term.amount is not None:
            # PaymentMeansID names the payment that it belongs to by its form.
            form = label_of("payment_forms", term.means_id) if len(document.payments) > 1 else ""
            parts = (term.id, day(term.due_date), form, term.note)
            yield AmountRow(label("instalment"), " · ".join(filter(None, parts)), *figures.both(term.amount))


def total_rows(document: TradeDocument, totals: Totals, figures: Figures, label: Labels) -> Iterator[TotalRow]:
    """Yield the totals as they are added up; informative prepayments and withholdings come last."""

    def row(name: str, value: Decimal | None, shown: str | None = None, *, strong: bool = False) -> Iterator[TotalRow]:
        if value is not None:
            yield TotalRow(name, label(shown or name), *figures.both(value), strong)

    for name, value in _before_subtotal(document.lines):
        yield from row(name, value)
    yield from row("line_extension", totals.line_extension)
    yield from row("tax_exclusive", totals.tax_exclusive)
    for name, amount in _tax_sums(document.taxes):
        yield TotalRow("tax", Label(name), *figures.both(amount))
    yield from row("tax_total", _nameless(document.taxes))
    yield from row("tax_inclusive", totals.tax_inclusive)
    yield from row("allowance_total", totals.allowance_total or None)
    yield from row("charge_total", totals.charge_total or None)
    deducted = prepaid_deducted(totals)
    if deducted:
        yield from row("prepaid", totals.prepaid or None, "prepaid_deducted")
    yield from row("payable_rounding", totals.payable_rounding or None)
    yield from row("payable", totals.payable, "note_total" if isinstance(document, TradeNote) else None, strong=True)
    if not deducted:
        yield from row("prepaid", totals.prepaid or None)
    held = [
        total.amount for total in all_taxes(document) for subtotal in total.subtotals[:1] if subtotal.code in WITHHELD
    ]
    held += filter(None, [_nameless(getattr(document, "withholdings", ()))])
    if held and None not in held:
        withheld = money_sum(held)
        yield from row("withholding_total", withheld)
        yield from row("net", money_sum((totals.payable, withheld.copy_negate())))


def _before_subtotal(lines: Iterable[Line]) -> Iterator[tuple[str, Decimal | None]]:
    """Yield the gross amount of the lines, their discounts and their charges; nothing where they have neither."""
    known = [(line.amount, item) for line in lines for item in line.allowances]
    if not known or any(item.amount is None or item.is_charge is None for _, item in known):
        return
    discounts = money_sum(item.amount for _, item in known if not item.is_charge)
    charges = money_sum(item.amount for _, item in known if item.is_charge)
    yield "gross", money_sum((*(line.amount for line in lines), discounts, charges.copy_negate()))
    yield "line_discounts", discounts or None
    yield "line_charges", charges or None


def _tax_sums(totals: Iterable[TaxTotal]) -> Iterator[tuple[str, Decimal]]:
    """Return name and sum of each tax; one that lacks an amount somewhere has no sum."""
    sums: dict[str, list[Decimal | None]] = {}
    for total in totals:
        for subtotal in total.subtotals[:1]:
            if subtotal.code not in WITHHELD:
                sums.setdefault(tax_name(subtotal), []).append(total.amount)
    return ((name, money_sum(amounts)) for name, amounts in sums.items() if None not in amounts)


def _nameless(totals: Iterable[TaxTotal]) -> Decimal | None:
    """Sum the amounts that other software writes without a tax code; None if there are none."""
    return money_sum(total.amount for total in totals if not total.subtotals) or None
