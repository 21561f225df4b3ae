"""Plain equivalent documents of made-up parties for the tests of the family."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from dian_fe import (
    CinemaTicket,
    EquivalentCreditNote,
    EquivalentDebitNote,
    Issuer,
    Line,
    OpenElement,
    Payment,
    PointOfSale,
    PosTicket,
    Showing,
    SoftwareMaker,
    TransportTicket,
    Trip,
    UtilityBill,
    UtilityService,
    inc_bolsas,
    iva,
)
from dian_fe.testing.samples import samples_of

AT = datetime.fromisoformat("2026-03-02T10:00:00-05:00")
MAKER = SoftwareMaker(person="Ana Ejemplo", company="Cajas Ejemplo SAS", software="Caja & Cía")
TILL = PointOfSale(
    plate="C-01", location="Almacén 1", cashier="Luis Ejemplo", till_type="Caja de apoyo", sale_code="V7"
)
TRIP = Trip(mode="Terrestre", plate="ABC123", vehicle="Bus", origin="Bogotá", destination="Tunja")
SHOWING = Showing(
    cinema="Cine Ejemplo",
    address="Cl 1 # 2-3",
    room="4",
    chairs="2",
    film="La película",
    seat="F7",
    date="2026-03-02",
    time="18:30:00",
)
WATER = UtilityService(
    id="1",
    name="Acueducto",
    company="Aguas Ejemplo SAS",
    collector="Recaudos Ejemplo SAS",
    content=(OpenElement.of("ID", "C-9", schemeName="Contrato"),),
)
PREFIXES = {"pos_ticket": "EPOS", "transport_ticket": "ETTT", "cinema_ticket": "ECIN", "utility_bill": "ESPD"}
_MODELS: dict[str, Any] = {
    "pos_ticket": (PosTicket, {"point_of_sale": TILL}),
    "transport_ticket": (TransportTicket, {"trip": TRIP}),
    "cinema_ticket": (CinemaTicket, {"showing": SHOWING}),
    "utility_bill": (UtilityBill, {"services": [WATER]}),
}
DOCUMENTS = tuple(_MODELS)
NOTES = ("equivalent_credit_note", "equivalent_debit_note")


def issuer_of(dian: Any) -> Issuer:
    """Return a shop with numberings of its own for these documents, which an office knows."""
    return samples_of("pos_ticket").issuer(dian)


def shoes(quantity: int = 2) -> Line:
    """Return goods with IVA."""
    return Line(
        description="Zapatos", quantity=quantity, price=Decimal(100_000), taxes=(iva(19),), standard_code="XGH124"
    )


def bag() -> Line:
    """Return a bag, which is a line of its own with a tax per unit."""
    return Line(description="Bolsa", price=Decimal(100), taxes=(inc_bolsas(50),), standard_code="B1")


def sold(number: str, issuer: Issuer, kind: str = "pos_ticket", **changes: Any) -> Any:
    """Return a plain document of a kind: shoes and a bag, to the final consumer."""
    model, groups = _MODELS[kind]
    given: dict[str, Any] = {
        "number": number,
        "issued_at": AT,
        "supplier": issuer.organization,
        "lines": [shoes(), bag()],
        "payment": Payment.cash(),
        "maker": MAKER,
        **groups,
    }
    return model.from_lines(**(given | changes))


def note(number: str, original: Any, kind: str = NOTES[0], **changes: Any) -> Any:
    """Return a note over one of the two pairs of shoes, an hour later."""
    model = EquivalentCreditNote if kind == NOTES[0] else EquivalentDebitNote
    given: dict[str, Any] = {
        "concept": "1",
        "number": number,
        "issued_at": AT + timedelta(hours=1),
        "lines": [shoes(1)],
    }
    return model.correcting(original, **(given | changes))
