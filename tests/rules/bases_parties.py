"""Bases of the groups of parties and payment: a document that tells everything those rules look at."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from dian_fe import (
    Address,
    Delivery,
    DeliveryTerms,
    ExchangeRate,
    Party,
    PartyReference,
    Payment,
    Prepayment,
)
from dian_fe.catalogs import PaymentMeans
from dian_fe.models.document import TradeDocument
from tests.rules import bases

_FISCAL = Address.colombia("05001", "Cra 50 # 1-2")
_CARRIER = Party(
    id="900373076",
    name="Carga Ejemplo SAS",
    address=Address.colombia("08001", "Vía 40 # 3-4"),
    registration_address=_FISCAL,
)


@bases.base
def told(kind: str) -> TradeDocument:
    """A sale in dollars, on credit, delivered by a carrier, where both parties tell two addresses."""
    shop = bases.SHOP.replace(registration_address=_FISCAL, merchant_registration="123456")
    buyer = bases.BUYER.replace(registration_address=_FISCAL)
    details: dict[str, Any] = {
        "supplier": shop,
        "customer": buyer,
        "currency": "USD",
        "exchange_rate": ExchangeRate(currency="USD", rate=Decimal("4012.35"), date=date(2026, 3, 2)),
        "payment": Payment.credit(date(2026, 4, 1), PaymentMeans.EFECTIVO),
        "tax_representative": PartyReference(id="900373076"),
        "delivery": Delivery(address=Address.colombia("76001", "Bodega 5"), carrier=_CARRIER),
        "delivery_terms": DeliveryTerms(id="1", incoterm="FOB"),
    }
    if kind != "credit_note":
        received = date(2026, 3, 1)
        details["prepayments"] = [Prepayment(id="1", amount=Decimal("100.00"), received=received)]
    return bases.document(kind, bases.lines(), **details)
