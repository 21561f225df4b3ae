"""The support document that `readiness` makes and judges, and the fields that its faults concern."""

from __future__ import annotations

from datetime import datetime

from ..._readiness import Draft
from ...models._fast import update_fast
from ...models.customer import Customer
from ...models.party import Party
from ...models.payment import Payment
from .models import SupportDocument, SupportLine


def _document(buyer: Party, seller: Party, number: str, at: datetime) -> SupportDocument:
    """Make a document with unchecked parties: ``from_lines`` would stop at the first unknown code."""
    line = SupportLine(description="Producto", quantity=1, price=1000, standard_code="1", standard="999")
    anybody = Customer.final_consumer().party()
    plain = SupportDocument.from_lines(
        number=number,
        issued_at=at,
        operation=SupportDocument._usual_operation(seller),
        supplier=anybody,
        customer=anybody,
        lines=[line],
        payment=Payment.cash(),
    )
    return update_fast(plain, {"supplier": seller, "customer": buyer})


DRAFT = Draft(
    "support_document",
    _document,
    {"supplier": "cac:AccountingSupplierParty", "customer": "cac:AccountingCustomerParty"},
    {"DSAB10b": "valid_to"},
)
