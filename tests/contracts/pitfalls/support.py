"""The documents that pitfalls are tried on."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from lxml import etree

from dian_fe import Built, Invoice, Line, Payment, build, iva
from tests.support.company import BUYER, ISSUER, NOW, SHOP


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
