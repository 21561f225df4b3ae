"""Good support documents and adjustment notes that cases patch. Every base exists for both kinds and has no fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from dian_fe import (
    Built,
    Customer,
    ExchangeRate,
    Issuer,
    Line,
    Organization,
    Payment,
    Resolution,
    Software,
    build,
    charge,
    discount,
    iva,
    rete_iva,
    rete_renta,
)
from dian_fe.catalogs import Environment, PaymentMeans
from dian_fe.families.support.models import Purchase, SupportDocument, SupportLine, SupportNote
from dian_fe.models.references import Correction, DocumentReference
from dian_fe.ubl.control import Control

CASES = Path(__file__).with_name("cases")
ISSUED_AT = datetime.fromisoformat("2026-03-02T10:15:00-05:00")
SENT_AT = datetime(2026, 3, 2, 15, 16, tzinfo=UTC)

BUYER = Organization(
    nit="700085371",
    name="Tienda Ejemplo SAS",
    municipality="76001",
    address="Cl 14 # 5-20",
    emails=["facturas@example.com"],
    tax_scheme="01",
)
SELLER = Customer(
    id_type="31",
    id="900373076",
    name="Ana Ejemplo",
    organization_type="2",
    municipality="05001",
    address="Vereda El Ejemplo",
)
FOREIGN = Customer(id_type="42", id="X123456", name="Example Services Ltd", organization_type="1")
ISSUER = Issuer(
    organization=BUYER,
    software=Software(id="00000000-0000-0000-0000-000000000001", pin="12345"),
    softwares=(
        Software(
            id="00000000-0000-0000-0000-000000000002",
            pin="54321",
            provider_nit="700085371",
            serves=("support_document", "support_note"),
        ),
    ),
    numberings=(
        Resolution(
            authorization="18760000002",
            prefix="SEDS",
            range_from=984000000,
            range_to=985000000,
            valid_from=date(2022, 1, 19),
            valid_to=date(2030, 1, 19),
            document_type="05",
        ),
    ),
    environment=Environment.HABILITACION,
)


def line(description: str, **details: Any) -> Line:
    """Make a line bought on the day before."""
    values = {
        "description": description,
        "quantity": 2,
        "price": Decimal(50000),
        "standard_code": "P-1",
        "standard_name": "Estándar de adopción del contribuyente",
        "purchase": Purchase(date=date(2026, 3, 1), transmission="1", description="Por operación"),
        **details,
    }
    return SupportLine(**values)


def document(kind: str, items: list[Line], **details: Any) -> Any:
    """Make a document of a kind; a note adjusts a document of the same seller."""
    given: dict[str, Any] = {
        "issued_at": ISSUED_AT,
        "supplier": SELLER,
        "customer": BUYER,
        "lines": items,
        "payment": Payment.cash(PaymentMeans.EFECTIVO),
        **details,
    }
    if kind == "support_document":
        return SupportDocument.from_lines(**{"number": "SEDS984000001", **given})
    adjusted = original()
    return SupportNote.from_lines(
        number="NDA15",
        corrections=(Correction(concept="1", description="Devolución parcial", reference="SEDS984000000"),),
        billing_references=(
            DocumentReference(
                number="SEDS984000000", key=adjusted.key, key_scheme="CUDS-SHA384", issue_date=date(2026, 3, 1)
            ),
        ),
        **given,
    )


@cache
def original() -> Built[Any]:
    """Return the document that the notes adjust."""
    bought = document(
        "support_document", _lines("support_document"), number="SEDS984000000", issued_at="2026-03-01T09:00:00-05:00"
    )
    return build(bought, ISSUER)


def _lines(kind: str) -> list[Line]:
    """A line with IVA, one exempt and one excluded."""
    return [
        line("Reparación de nevera", taxes=[iva(19)]),
        line("Papa criolla", quantity=Decimal("12.5"), unit="KGM", price=Decimal("3200.40"), taxes=[iva(0)]),
        line("Transporte al mercado", quantity=1, price=Decimal(45000)),
    ]


def plain(kind: str) -> Any:
    """What a resident sold for cash."""
    return document(kind, _lines(kind))


def withheld(kind: str) -> Any:
    """A purchase on credit with withholdings, and a discount and a charge on all of it."""
    held = [rete_iva(15), rete_renta("4.00")] if kind == "support_document" else []
    return document(
        kind,
        [line("Asesoría", taxes=[iva(19)], withholdings=held)],
        allowances=[discount(2, reason="Pronto pago"), charge(amount=3000, reason="Empaque")],
        payment=Payment.credit(date(2026, 4, 1), PaymentMeans.EFECTIVO),
    )


def foreign(kind: str) -> Any:
    """What one who does not reside in Colombia sold in dollars: no address, no NIT, no check digit, no tax."""
    rate = ExchangeRate(currency="USD", rate=Decimal("4012.35"), date=date(2026, 3, 2))
    return document(
        kind,
        [line("Licencia de software", price=Decimal("125.50"))],
        operation="11",
        supplier=FOREIGN,
        currency="USD",
        exchange_rate=rate,
    )


BASES: dict[str, Callable[[str], Any]] = {each.__name__: cache(each) for each in (plain, withheld, foreign)}


def made(kind: str, name: str) -> tuple[Any, Control]:
    """Return the base of that name, with what surrounds it."""
    found = BASES[name](kind)
    return found, build(found, ISSUER).control


def corrected(kind: str, case: Mapping[str, Any]) -> Any:
    """Return the document that a note adjusts, of the same base."""
    if kind != "support_note":
        return None
    built = original()
    said = {"number": built.document.number, "issued_at": built.document.issued_at}
    return replace(built, document=BASES[case.get("base", "plain")]("support_document").replace(**said))
