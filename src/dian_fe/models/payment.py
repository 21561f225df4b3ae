"""Payment of the document, prepayments, and exchange rate."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Self

from .._arguments import checked
from ..catalogs import PaymentForm, PaymentMeans
from ..errors import InvalidInput
from ._base import Model
from ._dates import MaybeDay
from ._fields import Many, Text, TextOrEmpty, field
from ._numbers import Exact, MaybeNumber, Number, exact_of


class Payment(Model):
    """One way of paying (cac:PaymentMeans); a document may have several. `cash` and `credit` make them."""

    form: Text = PaymentForm.CONTADO.value
    """`PaymentForm`: 1 cash (contado), 2 credit (cbc:ID)."""
    means: Text = PaymentMeans.INSTRUMENTO_NO_DEFINIDO.value
    """`PaymentMeans` code."""
    due_date: MaybeDay = field(default=None)
    """Credit payments need it (rule FAN04)."""
    ids: Many[TextOrEmpty] = field(default=())
    """cbc:PaymentID: references of the payment; empty if a received document has them so (rule FAN05)."""

    @classmethod
    def cash(cls, means: str = PaymentMeans.EFECTIVO.value, *ids: str) -> Self:
        """Return a cash payment, made on the spot."""
        return cls(form=PaymentForm.CONTADO.value, means=means, ids=ids)

    @classmethod
    def credit(cls, due_date: date, means: str = PaymentMeans.INSTRUMENTO_NO_DEFINIDO.value, *ids: str) -> Self:
        """Return a credit payment, due by ``due_date``."""
        return cls(form=PaymentForm.CREDITO.value, means=means, due_date=due_date, ids=ids)


class PaymentTerms(Model):
    """A condition of payment (cac:PaymentTerms); instalments are one each, with amount and due date."""

    id: Text | None = None
    """Consecutive from 1 (cbc:ID)."""
    means_id: Text | None = None
    """cbc:PaymentMeansID: which of the payments it belongs to."""
    note: Text | None = None
    """cbc:Note, free text."""
    reference_event: Text | None = None
    """cbc:ReferenceEventCode: the event from which a period counts."""
    due_date: MaybeDay = field(default=None)
    """Day by which this part is due (cbc:PaymentDueDate)."""
    amount: MaybeNumber = field(default=None)
    """Amount of this part, in the document's currency."""
    duration: MaybeNumber = field(default=None)
    """cac:SettlementPeriod/cbc:DurationMeasure."""
    duration_unit: Text | None = field(default_factory=lambda data: "DAY" if data.get("duration") is not None else None)
    """UN/ECE unit of ``duration``: days (DAY) unless given."""


@checked
def instalments(*parts: tuple[date, Exact]) -> tuple[PaymentTerms, ...]:
    """Make the terms of a payment in parts: (due date, amount) each, numbered from 1.

    Raise ``InvalidInput`` for a negative part. `check` reports whether they add up to the amount payable.
    """
    terms = tuple(
        PaymentTerms(id=str(position), due_date=due, amount=exact_of(amount, "amount"))
        for position, (due, amount) in enumerate(parts, 1)
    )
    for index, term in enumerate(terms):
        if term.amount is not None and term.amount < 0:
            raise InvalidInput.of("models.negative_instalment", field=f"parts[{index}]", found=term.amount)
    return terms


class Prepayment(Model):
    """An amount paid before the document (cac:PrepaidPayment): an advance, or a patient's share in health."""

    id: Text | None = None
    """Identifier of the advance (cbc:ID); ``from_lines`` numbers those without one."""
    collection_concept: Text | None = None
    """Health sector: `HealthCollectionConcept` (ID/@schemeID)."""
    amount: Number
    """cbc:PaidAmount, in the document's currency; never negative."""
    received: MaybeDay = field(default=None)
    """Day on which it was received."""
    paid: MaybeDay = field(default=None)
    """Day on which it was paid."""
    instruction: Text | None = None
    """cbc:InstructionID, free text."""


class ExchangeRate(Model):
    """The rate between the document's currency and COP (cac:PaymentExchangeRate).

    ``ExchangeRate(currency="USD", rate=Decimal("4012.35"), date=date(2026, 3, 2))`` means 1 USD = 4012.35 COP, as annex
    1.9 demands for a document in USD: source is the document's currency, target is COP.
    """

    currency: Text
    """cbc:SourceCurrencyCode: the document's currency, ISO 4217."""
    source_base: MaybeNumber = field(default=None)
    """cbc:SourceCurrencyBaseRate: annex 1.9 contradicts itself about it, so invoices leave it out unless given (rule
    FAR03); accepted ones have 1.00. Support documents have 1.00 unless given."""
    target_currency: Text = "COP"
    """cbc:TargetCurrencyCode: always COP in issued documents."""
    target_base: MaybeNumber = field(default=Decimal("1.00"))
    """cbc:TargetCurrencyBaseRate: units of the target currency to which the rate refers."""
    rate: Number
    """cbc:CalculationRate: units of the target currency for one of the source."""
    date: MaybeDay = field(default=None)
    """Day of the rate."""
