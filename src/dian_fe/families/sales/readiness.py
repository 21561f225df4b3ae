"""The invoice that `readiness` makes and judges, and the fields that its faults concern."""

from __future__ import annotations

from datetime import datetime

from ..._readiness import Draft
from ...models._fast import update_fast
from ...models.customer import Customer
from ...models.lines import Line
from ...models.party import Party
from ...models.payment import Payment
from .models import Invoice


def _invoice(supplier: Party, customer: Party, number: str, at: datetime) -> Invoice:
    """Make an invoice with unchecked parties: ``from_lines`` would stop at the first unknown code."""
    line = Line(description="Producto", quantity=1, price=1000, standard_code="1", standard="999")
    anybody = Customer.final_consumer().party()
    plain = Invoice.from_lines(
        number=number, issued_at=at, supplier=anybody, customer=anybody, lines=[line], payment=Payment.cash()
    )
    return update_fast(plain, {"supplier": supplier, "customer": customer})


DRAFT = Draft(
    "invoice",
    _invoice,
    {"supplier": "cac:AccountingSupplierParty", "customer": "cac:AccountingCustomerParty"},
    {
        "FAD05b": "range_from",
        "FAD05c": "range_to",
        "FAD05d": "range_to",
        "FAD05e": "prefix",
        "FAD09a": "valid_from",
        "FAD09b": "valid_to",
    },
)
