"""Bases of the groups of money: taxes of every sort, discounts, withholdings, prepayments, exports and mandates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dian_fe import (
    ExchangeRate,
    Line,
    PartyReference,
    Prepayment,
    charge,
    discount,
    ibua,
    ica,
    inc_bolsas,
    iva,
    rete_ica,
    rete_iva,
    rete_renta,
)
from dian_fe.catalogs import DocumentType, OperationType
from dian_fe.models.document import TradeDocument
from tests.rules import bases


def _line(description: str, quantity: Any, price: str, taxes: list[Any], **details: Any) -> Line:
    return Line(
        description=description,
        quantity=Decimal(quantity),
        price=Decimal(price),
        taxes=taxes,
        standard_code="P-1",
        **details,
    )


@bases.base
def money(kind: str) -> TradeDocument:
    """A sale with all that changes its amounts: every line another sort, and discount, charge, prepayment, rounding."""
    withheld = [rete_iva(15), rete_renta("2.5"), rete_ica(per_mil="9.66")] if kind == "invoice" else []
    lines = [
        _line("Consultoría", 2, "50000", [iva(19), ica(per_mil="9.66")], withholdings=withheld),
        _line("Silla plegable", 1, "20000", [iva(5)], allowances=[discount(10), charge(amount=500)]),
        Line.free(
            description="Muestra de café", quantity=4, reference_price=1500, taxes=[iva(19)], standard_code="P-2"
        ),
        _line("Bolsa plástica", 3, "200", [inc_bolsas(66)]),
        _line("Gaseosa de 500 ml", 2, "3000", [iva(19), ibua(65, millilitres=1000)]),
    ]
    details: dict[str, Any] = {
        "allowances": [discount(2, reason="Descuento comercial"), charge(amount=3000, reason="Empaque de regalo")],
        "payable_rounding": Decimal("-0.37"),
    }
    if kind != "credit_note":
        details["prepayments"] = [Prepayment(id="1", amount=Decimal(10000), received=bases.ISSUED_AT.date())]
    return bases.document(kind, lines, **details)


@bases.base
def dollars(kind: str) -> TradeDocument:
    """A sale in dollars; an export when it is an invoice."""
    rate = ExchangeRate(currency="USD", rate=Decimal("4012.35"), date=bases.ISSUED_AT.date())
    line = _line("Café verde", 10, "125.5", [iva(0)], brand="Ejemplo", model="Especial")
    details: dict[str, Any] = {"currency": "USD", "exchange_rate": rate, "allowances": [discount(2, reason="Volumen")]}
    if kind == "invoice":
        details["type_code"] = DocumentType.FACTURA_DE_EXPORTACION.value
        line = line.replace(standard="020", standard_code="0901119000")
    return bases.document(kind, [line], **details)


@bases.base
def mandate(kind: str) -> TradeDocument:
    """A sale on behalf of another."""
    line = _line("Arriendo de local", 1, "900000", [iva(19)], principal=PartyReference(id="900373076"))
    details = {"operation": OperationType.MANDATOS.value} if kind == "invoice" else {}
    return bases.document(kind, [line], **details)
