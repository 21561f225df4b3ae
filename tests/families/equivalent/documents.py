"""Plain equivalent documents of made-up parties for the tests of the family."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from dian_fe import Issuer, Line, Payment, PointOfSale, PosTicket, SoftwareMaker, inc_bolsas, iva
from dian_fe.testing.samples import issuer_at

AT = datetime.fromisoformat("2026-03-02T10:00:00-05:00")
MAKER = SoftwareMaker(person="Ana Ejemplo", company="Cajas Ejemplo SAS", software="Caja & Cía")
TILL = PointOfSale(
    plate="C-01", location="Almacén 1", cashier="Luis Ejemplo", till_type="Caja de apoyo", sale_code="V7"
)


def issuer_of(dian: Any) -> Issuer:
    """Return a shop with a numbering of its own for tickets, which an office knows."""
    usual = issuer_at(dian)
    own = dian.resolution("EPOS", key_digits=0, nit=usual.organization.nit).replace(document_type="20")
    return usual.replace(numberings=(dian.register(own, nit=usual.organization.nit),))


def shoes(quantity: int = 1) -> Line:
    """Return goods with IVA."""
    return Line(
        description="Zapatos", quantity=quantity, price=Decimal(100_000), taxes=(iva(19),), standard_code="XGH124"
    )


def bag() -> Line:
    """Return a bag, which is a line of its own with a tax per unit."""
    return Line(description="Bolsa", price=Decimal(100), taxes=(inc_bolsas(50),), standard_code="B1")


def sold(number: str, issuer: Issuer, **changes: Any) -> PosTicket:
    """Return a plain ticket: shoes and a bag, to the final consumer."""
    given: dict[str, Any] = {
        "number": number,
        "issued_at": AT,
        "supplier": issuer.organization,
        "lines": [shoes(), bag()],
        "payment": Payment.cash(),
        "maker": MAKER,
        "point_of_sale": TILL,
    }
    return PosTicket.from_lines(**(given | changes))
