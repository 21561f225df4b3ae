"""Support documents to be shown and handed over: residents and not, one purchase and a week's, notes, odd texts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from dian_fe import (
    Address,
    ExchangeRate,
    Issuer,
    Line,
    OrderReference,
    Payment,
    Purchase,
    Resolution,
    Seller,
    Signed,
    SupportDocument,
    SupportLine,
    SupportNote,
    build,
    discount,
    iva,
    read,
    rete_iva,
    rete_renta,
    sign,
)
from dian_fe.catalogs import IdType, SupportDocumentNoteConcept, Unit
from dian_fe.testing import Simulator, Verdict
from tests.graphic.support import ARABIC, AT, BIDI, EMOJI, LONG, SCRIPT, WORD, Shown, organization

BUYER = organization()
RANGE = Resolution(
    authorization="18764000000005",
    prefix="DSE",
    range_from=1,
    range_to=5000,
    valid_from=date(2026, 1, 1),
    valid_to=date(2027, 12, 31),
    document_type="05",
)
ANA = Seller(
    id="1020304050",
    name="Ana Ejemplo",
    municipality="76001",
    address="Vereda El Ejemplo, finca 3",
    emails=["ana@example.com"],
)
ABROAD = Seller(
    id_type=IdType.DOCUMENTO_DE_IDENTIFICACION_EXTRANJERO,
    id="X998877",
    name="Example Cloud Inc.",
    address=Address(line="12 Example Street", city="Austin", department="Texas", country="US"),
    emails=["billing@example.com"],
)
COFFEE = Line(
    description="Café pergamino seco", standard_code="CPS", quantity=125, unit=Unit.KILOGRAMO, price=Decimal(12500)
)


@cache
def office() -> Simulator:
    """Return the DIAN of these tests, which knows the buyer's software and numbering."""
    dian = Simulator(seed=7)
    dian.register(RANGE, nit=BUYER.nit)
    return dian


def issuer() -> Issuer:
    """Return the buyer, who issues."""
    return Issuer(organization=BUYER, software=office().software, resolution=RANGE)


def bought(number: str, **changes: Any) -> SupportDocument:
    """Return what was bought from Ana, unless told otherwise."""
    values: dict[str, Any] = {
        "number": number,
        "issued_at": AT,
        "supplier": ANA,
        "customer": BUYER,
        "lines": [COFFEE],
        "payment": Payment.cash(),
    }
    return SupportDocument.from_lines(**values | changes)


def weekly(number: str = "DSE2", **changes: Any) -> SupportDocument:
    """Return three deliveries of a week, with ReteRenta."""
    lines = [
        SupportLine(
            description=f"Café pergamino seco, entrega {n}",
            standard_code="CPS",
            quantity=125 * n,
            unit=Unit.KILOGRAMO,
            price=Decimal(12500),
            purchase=Purchase(date=date(2026, 2, 23) + timedelta(days=n), transmission="2"),
        )
        for n in (1, 2, 3)
    ]
    values: dict[str, Any] = {
        "lines": lines,
        "payment": Payment.credit(date(2026, 4, 2)),
        "withholdings": [rete_renta("1.5")],
        "order": OrderReference(number="OC-77"),
        "notes": ["Compra en finca."],
    }
    return bought(number, **values | changes)


def foreign(number: str = "DSE3", **changes: Any) -> SupportDocument:
    """Return a service from abroad in dollars, with IVA and ReteIVA."""
    server = Line(
        description="Servidor en la nube", standard_code="SRV", quantity=2, price=Decimal("12.50"), taxes=[iva()]
    )
    values: dict[str, Any] = {
        "supplier": ABROAD,
        "lines": [server],
        "currency": "USD",
        "exchange_rate": ExchangeRate(currency="USD", rate=Decimal("4105.32"), date=AT.date()),
        "withholdings": [rete_iva(100)],
    }
    return bought(number, **values | changes)


def corrected(original: Any, number: str = "NDS1", **changes: Any) -> SupportNote:
    """Return a note over part of the first line, two hours later."""
    values: dict[str, Any] = {
        "concept": SupportDocumentNoteConcept.DEVOLUCION_PARCIAL,
        "number": number,
        "issued_at": AT + timedelta(hours=2),
        "description": "Devolución de lo que llegó húmedo",
        "lines": [original.document.lines[0].without_amounts(quantity=1)],
    }
    return SupportNote.correcting(original, **values | changes)


def signed(document: SupportDocument | SupportNote) -> Signed[Any]:
    """Build and sign as the buyer."""
    return sign(build(document, issuer()), office().signer(BUYER.nit), at=document.issued_at)


@cache
def accepted(kind: str) -> tuple[Signed[Any], Verdict]:
    """Return a document and what DIAN says of it, which accepts it."""
    if kind == "note":
        made = signed(corrected(accepted("weekly")[0]))
    else:
        made = signed({"weekly": weekly, "foreign": foreign}[kind]())
    verdict = office().judge(made.xml)
    assert verdict.is_valid, verdict.faults
    return made, verdict


def _documents() -> Iterator[tuple[str, Any]]:
    buyer = issuer()
    for place, text in enumerate((LONG, WORD, SCRIPT, ARABIC, EMOJI, BIDI)):
        line = COFFEE.replace(description=text, notes=(text,))
        yield f"text {place}", build(bought(f"DSE{10 + place}", supplier=ANA.replace(name=text), lines=[line]), buyer)
    yield "one", build(bought("DSE1"), buyer)
    yield "weekly", build(weekly(), buyer)
    yield "foreign", build(foreign(), buyer)
    many = [COFFEE.replace(description=f"Entrega {n}", price=Decimal(n), taxes=(iva(),)) for n in range(1, 90)]
    yield "many", build(bought("DSE4", lines=many, allowances=[discount(amount=10)]), buyer)
    yield "note", build(corrected(build(weekly(), buyer)), buyer)
    yield "annulment", build(corrected(build(foreign(), buyer), "NDS2", concept="2", lines=None), buyer)
    yield "read", read(signed(weekly()).xml)


@cache
def documents() -> tuple[Shown, ...]:
    """Return documents with what is special in each; one has DIAN's answer beside it."""
    made, verdict = accepted("weekly")
    return (
        Shown("answered", made, verdict.application_response),
        *(Shown(name, each) for name, each in _documents()),
    )
