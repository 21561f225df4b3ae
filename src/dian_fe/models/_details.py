"""The further data that ``from_lines`` and ``correcting`` take, as type checkers see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypedDict

from ._numbers import Exact
from .customer import Customer
from .delivery import Delivery, DeliveryTerms
from .lines import AllowanceCharge
from .organization import Organization
from .party import Party, PartyReference
from .payment import ExchangeRate, Payment, PaymentTerms, Prepayment
from .references import Correction, DocumentReference, OrderReference, Period
from .taxes import TaxTotal
from .totals import Rounding


class DocumentDetails(TypedDict, total=False):
    """Every field of a document that ``from_lines`` neither names nor computes; some belong to one kind only."""

    operation: str
    type_code: str
    due_date: date | str | None
    period: Period | None
    notes: Iterable[str]
    tax_point_date: date | str | None
    order: OrderReference | None
    billing_references: Iterable[DocumentReference]
    despatch_references: Iterable[DocumentReference]
    receipt_references: Iterable[DocumentReference]
    additional_references: Iterable[DocumentReference]
    tax_representative: PartyReference | None
    delivery: Delivery | None
    delivery_terms: DeliveryTerms | None
    payment_terms: Iterable[PaymentTerms]
    health: Any
    """Sales documents: a `HealthSector`."""
    corrections: Iterable[Correction]


class AmountDetails(DocumentDetails, total=False):
    """What ``from_lines`` takes besides the parties and what no document can do without."""

    currency: str
    exchange_rate: ExchangeRate | None
    allowances: Iterable[AllowanceCharge]
    prepayments: Iterable[Prepayment]
    withholdings: Iterable[TaxTotal]
    payable_rounding: Exact | None
    deduct_prepayments: bool | None
    rounding: Rounding | None


class NoteDetails(DocumentDetails, total=False):
    """What ``correcting`` takes besides: what is the invoice's unless given."""

    supplier: Organization | Party
    customer: Customer | Party
    currency: str
    exchange_rate: ExchangeRate | None
    payment: Payment | Sequence[Payment]
    allowances: Iterable[AllowanceCharge]
    payable_rounding: Exact | None
    rounding: Rounding | None
