"""The documents that pitfalls are tried on."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from lxml import etree

from dian_fe import Built, Customer, Invoice, Issuer, Line, Organization, Payment, Resolution, Software, build, iva

BOGOTA = timezone(timedelta(hours=-5))
NOW = datetime(2026, 3, 2, 10, 15, tzinfo=BOGOTA)
SHOP = Organization(
    nit="700085371",
    name="Tienda Ejemplo SAS",
    municipality="76001",
    address="Cl 14 # 5-20",
    emails=["facturas@example.com"],
)
BUYER = Customer(id_type="13", id="1020304050", name="Cliente Ejemplo", emails=["compras@example.com"])
RESOLUTION = Resolution(
    authorization="18760000001",
    prefix="SETP",
    range_from=990_000_000,
    range_to=995_000_000,
    valid_from=date(2019, 1, 19),
    valid_to=date(2030, 1, 19),
    technical_key="fc8eac422eba16e22ffd8c6f94b3f40a6e38162c",
)
SOFTWARE = Software(id="00000000-0000-0000-0000-000000000001", pin="12345")
ISSUER = Issuer(organization=SHOP, software=SOFTWARE, resolution=RESOLUTION, note_prefix="NC")


def line(**changes: Any) -> Line:
    values: dict[str, Any] = {"description": "Café tostado", "price": Decimal("18500"), "taxes": (iva(5),)}
    return Line.model_validate(values | changes)


def invoice(*lines: Line, **changes: Any) -> Invoice:
    values: dict[str, Any] = {
        "number": "SETP990000001",
        "issued_at": NOW,
        "supplier": SHOP,
        "customer": BUYER,
        "lines": lines or (line(),),
        "payment": Payment.cash(),
    }
    return Invoice.from_lines(**(values | changes))


def built(*lines: Line, **changes: Any) -> Built[Invoice]:
    return build(invoice(*lines, **changes), ISSUER)


def texts(xml: bytes, name: str) -> list[str]:
    """Return the texts of every element of that local name, in document order."""
    return [e.text or "" for e in etree.fromstring(xml).iter(etree.Element) if etree.QName(e).localname == name]


def flat(xml: bytes) -> str:
    """Return the XML without its root's namespaces, to look for pieces in it."""
    return re.sub(r' xmlns(:\w+)?="[^"]*"', "", xml.decode())
