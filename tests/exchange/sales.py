"""Made-up sales, and the tables in which shops keep them: a seeded generator, with the documents that must come out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from dian_fe import Customer, Invoice, Line, Payment, discount, inc, iva
from tests.support.company import NOW, SHOP

NAMES = ("Ana Ejemplo", "Luis Prueba", "Señora Ñáñez", "Comercial de Prueba SAS", "Muebles «El Cedro» Ltda")
GOODS = ("Café tostado 500 g", "Filtro de papel", "Molino manual; acero", 'Cable 2", azul', "Panela, bloque")
COMPANIES = ("900373076", "800199436")


@dataclass
class Sale:
    """One sale as the shop thinks of it."""

    reference: str
    id_type: str
    id: str
    name: str
    email: str
    due: date | None
    goods: list[dict[str, Any]] = field(default_factory=list)

    def invoice(self, number: str) -> Invoice:
        """Return the invoice that must come out, made by hand."""
        return Invoice.from_lines(
            number=number,
            issued_at=NOW,
            supplier=SHOP,
            customer=Customer(id_type=self.id_type, id=self.id, name=self.name, emails=[self.email]),
            lines=[self._line(each) for each in self.goods],
            payment=Payment.cash() if self.due is None else Payment(form="2", means="1", due_date=self.due),
        )

    @staticmethod
    def _line(good: dict[str, Any]) -> Line:
        taxes = [iva(good["iva"])] if good["iva"] is not None else []
        taxes += [inc(good["inc"])] if good["inc"] is not None else []
        return Line(
            description=good["what"],
            quantity=good["quantity"],
            unit=good["unit"],
            price=good["price"],
            taxes=taxes,
            allowances=[discount(good["off"])] if good["off"] else [],
        )


def sales(seed: int) -> list[Sale]:
    """Return some sales; the same for the same seed."""
    dice = Random(seed)
    return [_sale(dice, f"P-{seed:03}-{position}") for position in range(dice.randint(1, 4))]


def _sale(dice: Random, reference: str) -> Sale:
    company = dice.random() < 0.4
    name = dice.choice(NAMES[3:]) if company else dice.choice(NAMES[:3])
    number = dice.choice(COMPANIES) if company else str(dice.randint(10_000_000, 1_199_999_999))
    due = date(2026, 3, 2) + timedelta(days=dice.randint(1, 90)) if dice.random() < 0.5 else None
    sale = Sale(reference, "31" if company else "13", number, name, "compras@example.com", due)
    for _ in range(dice.randint(1, 4)):
        rate = dice.choice([("iva", 19), ("iva", 5), ("iva", 0), ("inc", 8), (None, None)])
        sale.goods.append(
            {
                "what": dice.choice(GOODS),
                "quantity": Decimal(dice.choice(["1", "2", "12.5", "0.25", "40"])),
                "unit": dice.choice(["94", "KGM"]),
                "price": Decimal(dice.randint(100, 9_999_999)) / dice.choice([1, 10, 100]),
                "iva": rate[1] if rate[0] == "iva" else None,
                "inc": rate[1] if rate[0] == "inc" else None,
                "off": dice.choice([None, None, Decimal(5), Decimal("12.5")]),
            }
        )
    return sale


COLUMNS: dict[str, str] = {
    "pedido": "reference",
    "tipo": "customer.id_type",
    "documento": "customer.id",
    "cliente": "customer.name",
    "correo": "customer.emails",
    "forma": "payment.form",
    "medio": "payment.means",
    "vence": "payment.due_date",
    "detalle": "line.description",
    "cantidad": "line.quantity",
    "unidad": "line.unit",
    "valor": "line.price",
    "iva": "line.iva",
    "consumo": "line.inc",
    "descuento": "line.discount",
    "total": "payable",
}
"""The shop's columns and what they become; it has one more, which nothing takes."""


def records(made: list[Sale]) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table, each cell as the value that it stands for."""
    for sale in made:
        total = sale.invoice("SETP990000001").payable
        for position, good in enumerate(sale.goods):
            yield {
                "pedido": sale.reference,
                "tipo": sale.id_type,
                "documento": sale.id,
                "cliente": sale.name,
                "correo": sale.email,
                "forma": "1" if sale.due is None else "2",
                "medio": "10" if sale.due is None else "1",
                "vence": sale.due,
                "detalle": good["what"],
                "cantidad": good["quantity"],
                "unidad": good["unit"],
                "valor": good["price"],
                "iva": None if good["iva"] is None else Decimal(good["iva"]),
                "consumo": None if good["inc"] is None else Decimal(good["inc"]),
                "descuento": good["off"],
                "total": total if position == 0 else None,
                "bodega": "B1",
            }
