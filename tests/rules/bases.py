"""Good documents that cases patch. Every base exists for the three kinds, with the same amounts, and has no fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from hashlib import sha384
from pathlib import Path
from typing import Any

from dian_fe import (
    Built,
    CreditNote,
    Customer,
    DebitNote,
    DocumentReference,
    Invoice,
    Issuer,
    Line,
    Payment,
    build,
    inc,
    iva,
)
from dian_fe.catalogs import Environment, IdType, PaymentMeans, Unit
from dian_fe.models.document import TradeDocument
from dian_fe.models.event import EventDocument, EventParty, Person
from dian_fe.ubl.control import Control
from tests.support import company
from tests.support.company import NOW as ISSUED_AT

SHOP = company.SHOP.replace(trade_name="Tienda Ejemplo", activities=("4711",))
BUYER = Customer(
    id_type=IdType.NIT,
    id="800199436",
    name="Compras Ejemplo SAS",
    municipality="11001",
    address="Cr 7 # 12-30",
    emails=["compras@example.com"],
)
ISSUER = Issuer(
    organization=SHOP,
    software=company.SOFTWARE,
    resolution=company.RESOLUTION,
    environment=Environment.HABILITACION,
)


def lines() -> list[Line]:
    """A line at 19 %, one at 5 %, one with consumption tax, and one excluded."""
    return [
        Line(description="Café tostado 500 g", quantity=3, unit=Unit.UNIDAD, price=Decimal("18500"), taxes=[iva(19)],
             standard_code="50201706", standard="001"),
        Line(description="Harina de maíz", quantity=Decimal("2.5"), unit="KGM", price=Decimal("3200.40"),
             taxes=[iva(5)], standard_code="P-2"),
        Line(description="Almuerzo del día", quantity=2, price=Decimal("15000"), taxes=[inc(8)], standard_code="P-3"),
        Line(description="Libro de cocina", quantity=1, price=Decimal("45000"), standard_code="P-4"),
    ]  # fmt: skip


def document(kind: str, items: list[Line], **details: Any) -> TradeDocument:
    """Make a document of a kind; a note refers to an invoice of the same buyer."""
    given: dict[str, Any] = {
        "issued_at": ISSUED_AT,
        "supplier": SHOP,
        "customer": BUYER,
        "lines": items,
        "payment": Payment.cash(PaymentMeans.EFECTIVO),
        **details,
    }
    if kind == "invoice":
        return Invoice.from_lines(**{"number": "SETP990000001", **given})
    note, concept = (CreditNote, "1") if kind == "credit_note" else (DebitNote, "3")
    corrected = original()
    reference = DocumentReference(number="SETP990000000", key=corrected.key, issue_date=date(2026, 3, 1))
    given.setdefault("billing_references", (reference,))
    given.setdefault(
        "corrections", ({"concept": concept, "description": "Ajuste convenido", "reference": "SETP990000000"},)
    )
    return note.from_lines(number="NC15" if kind == "credit_note" else "ND15", **given)


@cache
def original() -> Built[Any]:
    """Return the invoice that the notes correct."""
    sold = document("invoice", lines(), number="SETP990000000", issued_at="2026-03-01T09:00:00-05:00")
    return build(sold, ISSUER)


@cache
def plain(kind: str) -> TradeDocument:
    """A cash sale to a company: four lines with different taxes."""
    return document(kind, lines())


@cache
def person(kind: str) -> TradeDocument:
    """A sale to a natural person without address."""
    buyer = Customer(
        id_type=IdType.CEDULA_DE_CIUDADANIA, id="1020304050", name="Ana Ejemplo", emails=["ana@example.com"]
    )
    return document(kind, lines()[:1], customer=buyer)


def acknowledgement() -> tuple[EventDocument, Control]:
    """An event 030 of the buyer about the original, with what surrounds it written by hand."""
    event = EventDocument(
        number="E1",
        issued_at=ISSUED_AT,
        operation="1",
        sender=EventParty(id_type="31", id="800199436", name="Compras Ejemplo SAS"),
        receiver=EventParty(id_type="31", id="700085371", name="Tienda Ejemplo SAS"),
        code="030",
        reference="SETP990000000",
        reference_key=credit_original().key,
        reference_key_scheme="CUFE-SHA384",
        reference_type="01",
        person=Person(id="1020304050", first_name="Ana", family_name="Ejemplo"),
    )
    software = ISSUER.software
    seed = f"E12026-03-0210:15:00-05:00800199436700085371030SETP99000000001{software.pin.get_secret_value()}"
    code = f"{software.id}{software.pin.get_secret_value()}E1"
    return event, Control(
        ubl_version="UBL 2.1",
        profile="DIAN 2.1: ApplicationResponse de la Factura Electrónica de Venta",
        environment="2",
        key=sha384(seed.encode()).hexdigest(),
        key_scheme="CUDE-SHA384",
        key_environment="2",
        provider_nit="700085371",
        provider_check_digit="1",
        software_id=software.id,
        security_code=sha384(code.encode()).hexdigest(),
    )


@cache
def credit_original() -> Built[Any]:
    """The invoice that events are about."""
    terms = Payment.credit(date(2026, 4, 2))
    sold = document("invoice", lines(), number="SETP990000000", issued_at="2026-03-01T09:00:00-05:00", payment=terms)
    return build(sold, ISSUER)


CASES = Path(__file__).with_name("cases")
"""Where the cases of these families are."""


def made(kind: str, name: str) -> tuple[Any, Control]:
    """Return the base of that name, with what surrounds it."""
    if kind == "event":
        return acknowledgement()
    found = BASES[name](kind)
    return found, build(found, ISSUER).control


def corrected(kind: str, case: Mapping[str, Any]) -> Any:
    """Return the invoice that a note corrects, of the same base, or that an event is about.

    That of an event is on credit unless the case says ``original``.
    """
    if kind == "event":
        return original() if case.get("original") == "cash" else credit_original()
    if kind == "invoice":
        return None
    built, name = original(), case.get("base", "plain")
    if name == "plain":
        return built
    said = {"number": built.document.number, "issued_at": built.document.issued_at}
    return replace(built, document=BASES[name]("invoice").replace(**said))


BASES: dict[str, Callable[[str], TradeDocument]] = {"plain": plain, "person": person}
"""Every base by name; colleagues of other groups of rules add theirs with ``base``."""


def base(make: Callable[[str], TradeDocument]) -> Callable[[str], TradeDocument]:
    """Add a base, by its function's name."""
    made = cache(make)
    BASES[make.__name__] = made
    return made


SENT_AT = datetime(2026, 3, 2, 15, 16, tzinfo=UTC)
"""When the bases are sent, unless a case says otherwise."""
