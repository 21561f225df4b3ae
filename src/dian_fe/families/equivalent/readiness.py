"""The ticket that `readiness` makes and judges, and the fields that its faults concern."""

from __future__ import annotations

from datetime import datetime

from ..._readiness import Draft
from ...models._fast import update_fast
from ...models.party import Party
from ...models.payment import Payment
from .models import FINAL_CONSUMER, EquivalentLine, PosTicket
from .test_set import MAKER, TILL


def _document(seller: Party, buyer: Party, number: str, at: datetime) -> PosTicket:
    """Make a ticket with unchecked parties: ``from_lines`` would stop at the first unknown code."""
    plain = PosTicket.from_lines(
        number=number,
        issued_at=at,
        supplier=FINAL_CONSUMER,
        lines=[EquivalentLine(description="Producto", quantity=1, price=1000, standard_code="1")],
        payment=Payment.cash(),
        maker=MAKER,
        point_of_sale=TILL,
    )
    return update_fast(plain, {"supplier": seller, "customer": buyer})


DRAFT = Draft(
    "pos_ticket",
    _document,
    {"supplier": "cac:AccountingSupplierParty", "customer": "cac:AccountingCustomerParty"},
    {"DEAB12b": "valid_to"},
)
