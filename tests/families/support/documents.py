"""Plain support documents of made-up parties for the tests of the family."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from dian_fe import Issuer, Line, Payment, Seller, SupportDocument, SupportNote, iva
from dian_fe.catalogs import SupportDocumentNoteConcept
from dian_fe.testing.samples import samples_of

AT = datetime.fromisoformat("2026-03-02T10:00:00-05:00")
SELLER = Seller(id="900373076", name="Finca Ejemplo SAS", municipality="05001", address="Vereda 1")
"""Who sells and does not issue."""


def issuer_of(dian: Any) -> Issuer:
    """Return who buys and issues, as an office knows it."""
    return samples_of("support_document").issuer(dian)


def coffee(quantity: int = 2) -> Line:
    return Line(description="Café", quantity=quantity, price=Decimal(1000), taxes=(iva(19),))


def bought(number: str, issuer: Issuer, **changes: Any) -> SupportDocument:
    """Return a plain support document."""
    given: dict[str, Any] = {
        "number": number,
        "issued_at": AT,
        "supplier": SELLER,
        "customer": issuer.organization,
        "lines": [coffee()],
        "payment": Payment.cash(),
    }
    return SupportDocument.from_lines(**(given | changes))


def note(number: str, original: Any, **changes: Any) -> SupportNote:
    """Return a note over one of two coffees, an hour later."""
    given: dict[str, Any] = {
        "concept": SupportDocumentNoteConcept.DEVOLUCION_PARCIAL,
        "number": number,
        "issued_at": AT + timedelta(hours=1),
        "lines": [coffee(1)],
    }
    return SupportNote.correcting(original, **(given | changes))
