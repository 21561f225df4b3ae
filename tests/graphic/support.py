"""Made-up parties and documents to be shown, and what a page is compared with."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from dian_fe import Customer, Invoice, Issuer, Line, Organization, Payment, build, iva, pack, read, sign
from dian_fe.catalogs import IdType, PaymentMeans
from dian_fe.testing import Judge
from tests.support.company import NOW as AT
from tests.support.company import SHOP, issuer_at

D = Decimal
LONG = "Sociedad Comercializadora de Productos Agropecuarios, Pecuarios y Agroindustriales del Suroccidente Colombiano"
WORD = "Otorrinolaringológicoindustrializado" * 6
"""No place to break: 216 letters."""
SCRIPT = "<script>alert('x')</script> & <b>Cía.</b> \"Ñandú\""
ARABIC = "شركة المثال للتجارة (SAS) מספר 5"
EMOJI = "Café 🇨🇴 👩‍🍳 con leche 🥐 ☕"
BIDI = "Proveedor \u202egnivreS\u202c de prueba"
"""A right-to-left override: what comes after it would be read backwards."""


def seen(text: str) -> str:
    """Return a text with its marks of direction as they are shown: escaped."""
    return text.replace("\u202e", "\\u202e").replace("\u202c", "\\u202c")


Named = tuple[str, Any]
"""A document, or a built one, with the name of what is special in it."""


class Shown(NamedTuple):
    """A document to be shown; ``subject`` is what ``build``, ``sign`` or ``read`` gave."""

    name: str
    subject: Any
    answer: bytes | None = None

    @property
    def found(self) -> Any:
        """What holds document and control: the subject itself, or the one in its container."""
        inside = getattr(self.subject, "sales_documents", None)
        return inside[0] if inside else self.subject


@cache
def office() -> Judge:
    """Return the DIAN of these tests, which knows the issuer's software and numbering."""
    dian = Judge(seed=7)
    dian.resolution()
    return dian


def organization(**changes: Any) -> Organization:
    """Return the made-up supplier, which holds every quality that is told."""
    values: dict[str, Any] = {
        "trade_name": "La Tienda de la Esquina",
        "phone": "602 555 0100",
        "responsibilities": ("O-13", "O-15", "O-23"),
        "activities": ("4711", "4719"),
    }
    return SHOP.replace(**values | changes)


def issuer(**changes: Any) -> Issuer:
    """Return the issuer with its software and numbering."""
    return issuer_at(office(), organization=organization(**changes))


COMPANY: dict[str, Any] = {
    "id_type": IdType.NIT,
    "id": "900108281",
    "name": "Cliente Ejemplo y Compañía S.A.S.",
    "municipality": "05001",
    "address": "Carrera 48 # 20-114, Torre 2, Oficina 1203",
    "emails": ["recepcion@example.com", "compras@example.com"],
    "phone": "604 555 0199",
}


def customer(**changes: Any) -> Customer:
    """Return the made-up buyer."""
    return Customer(**{**COMPANY, **changes})


def invoice(number: str, lines: list[Line], **changes: Any) -> Invoice:
    """Make an invoice of the made-up supplier."""
    values: dict[str, Any] = {
        "number": number,
        "issued_at": AT,
        "supplier": organization(),
        "customer": customer(),
        "lines": lines,
        "payment": Payment.cash(PaymentMeans.EFECTIVO),
    }
    return Invoice.from_lines(**{**values, **changes})


def some_lines(count: int) -> list[Line]:
    """Make lines that differ in length, rate and code."""
    names = ("Tornillo galvanizado", "Café tostado en grano, bolsa de una libra", "Servicio de asesoría técnica")
    taxes = (iva(19), iva(5), iva(0))
    return [
        Line(
            description=f"{names[n % 3]} {n + 1}",
            quantity=D(n % 7 + 1),
            price=D(1250 + 37 * n),
            taxes=[taxes[n % 3]],
            seller_code=f"REF-{n + 1:04d}",
        )
        for n in range(count)
    ]


ONE = Line(description="Morral impermeable de 30 litros", price=D("84033.61"), taxes=[iva(19)], seller_code="MO-30")


def signed(built: Any) -> Any:
    """Sign with the office's key."""
    return sign(built, office().signer(built.document.supplier.id), at=built.document.issued_at)


def answered(built: Any) -> Shown:
    """Sign a document, have it accepted and give it with DIAN's answer."""
    done = signed(built)
    return Shown("answered", done, office().judge(done.xml).application_response)


@cache
def packed() -> Shown:
    """Return what a customer receives: a container with the document and DIAN's answer."""
    shown = answered(build(invoice("SETP990000301", some_lines(5)), issuer()))
    package = pack(shown.subject, shown.answer, office().signer("700085371"), at=AT + timedelta(minutes=5))
    return Shown("package", read(package.zip_bytes))


def squeezed(text: str) -> str:
    """Take all blanks out: where a text is broken into lines says nothing."""
    return "".join(text.split())
