"""Made-up documents in the forms that other systems document: seeded generators, with what must come out of each.

Amounts are computed here as those systems do, not by the library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from random import Random
from typing import Any

from dian_fe import Customer, Invoice, Line, Payment, discount, iva
from dian_fe.catalogs import catalog
from dian_fe.exchange.migrating import map_of
from tests.support.company import NOW, SHOP

CENT = Decimal("0.01")
GOODS = ("Café tostado 500 g", "Filtro de papel", "Molino manual", "Cable 2 m, azul", "Panela en bloque")
PEOPLE = ("Ana Ejemplo", "Luis Prueba", "Señora Ñáñez")
PLACES = ("11001", "05001", "76001", "68679")


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_EVEN)


@dataclass
class Good:
    """A line of a sale; its price is without taxes."""

    what: str
    code: str
    quantity: Decimal
    unit: str
    price: Decimal
    rate: int | None
    """IVA; None: excluded."""
    off: Decimal | None
    """Percent."""

    @property
    def gross(self) -> Decimal:
        return cents(self.price * self.quantity)

    @property
    def reduction(self) -> Decimal:
        return cents(self.gross * self.off / 100) if self.off else Decimal(0)

    @property
    def net(self) -> Decimal:
        return cents(self.price * self.quantity - self.reduction)

    @property
    def tax(self) -> Decimal:
        return cents(self.net * self.rate / 100) if self.rate else Decimal(0)


@dataclass
class Order:
    """A sale before any system writes it."""

    seed: int
    company: bool
    id: str
    name: str
    email: str
    place: str
    due: date | None
    held: Decimal | None
    """Percent of ReteRenta."""
    goods: list[Good] = field(default_factory=list)

    @property
    def id_type(self) -> str:
        return "31" if self.company else "13"

    @property
    def net(self) -> Decimal:
        return sum((good.net for good in self.goods), Decimal(0))

    @property
    def tax(self) -> Decimal:
        return sum((good.tax for good in self.goods), Decimal(0))

    @property
    def base(self) -> Decimal:
        return sum((good.net for good in self.goods if good.rate is not None), Decimal(0))

    def customer(self, **more: Any) -> Customer:
        given = {"id_type": self.id_type, "id": self.id, "name": self.name, "emails": [self.email]}
        return Customer(**(given | {"municipality": self.place, "address": "Cl 1 # 2-3"} | more))

    def payment(self, means: str) -> Payment:
        return Payment(form="1" if self.due is None else "2", means=means, due_date=self.due)

    def lines(self, *, percent: bool = True, **more: Any) -> list[Line]:
        made = []
        for good in self.goods:
            reduced = [discount(good.off) if percent else discount(amount=good.reduction)] if good.off else []
            made.append(
                Line(
                    description=good.what,
                    quantity=good.quantity,
                    unit=good.unit,
                    price=good.price,
                    seller_code=good.code,
                    standard_code=good.code,
                    standard="999",
                    taxes=[] if good.rate is None else [iva(good.rate)],
                    allowances=reduced,
                    **more,
                )
            )
        return made

    def invoice(self, number: str, **details: Any) -> Invoice:
        given = {"number": number, "issued_at": NOW, "supplier": SHOP}
        return Invoice.from_lines(**(given | details))


def order(seed: int) -> Order:
    """Return the sale of a seed."""
    dice = Random(seed)
    company = dice.random() < 0.5
    made = Order(
        seed,
        company,
        "900373076" if company else str(dice.randint(10_000_000, 1_199_999_999)),
        "Comercial de Prueba SAS" if company else dice.choice(PEOPLE),
        "compras@example.com",
        dice.choice(PLACES),
        date(2026, 3, 2) + timedelta(days=dice.randint(1, 90)) if dice.random() < 0.4 else None,
        Decimal("2.5") if dice.random() < 0.4 else None,
    )
    for position in range(dice.randint(1, 4)):
        made.goods.append(
            Good(
                dice.choice(GOODS),
                f"P{position}-{dice.randint(1, 99)}",
                Decimal(dice.choice(["1", "2", "12.5", "40"])),
                dice.choice(["94", "KGM", "MTR"]),
                Decimal(dice.randint(10_000, 9_999_999)) / 100,
                dice.choice([19, 5, 0, None]),
                Decimal(dice.choice([5, 10])) if dice.random() < 0.3 else None,
            )
        )
    return made


def put_at(data: Any, path: str, value: Any) -> None:
    """Put a value at a path of a map, in the first element of its lists; what is there stays."""
    steps = re.findall(r"[^.\[\]]+|\[\]", path)
    for position, step in enumerate(steps):
        last = position == len(steps) - 1
        after = None if last else steps[position + 1]
        empty: Any = [] if after == "[]" else {}
        if step == "[]":
            if not data:
                data.append(value if last else empty)
            elif last:
                data.append(value)
            data = data[0]
        elif last:
            data.setdefault(step, value)
        else:
            if after != "[]" and isinstance(data.get(step), list):
                data = data[step][0] if data[step] else data
            else:
                data = data.setdefault(step, empty)


def untaken_rows(system: str) -> list[str]:
    """Return the paths of a map that become nothing."""
    return [path for path, (becomes, _) in map_of(system).items() if not becomes and path not in ("*", "+")]


def leaves(data: Any, path: str = "") -> list[str]:
    """Return the paths of the values of JSON, empty ones left out."""
    if isinstance(data, dict):
        return [leaf for name, each in data.items() for leaf in leaves(each, f"{path}.{name}" if path else name)]
    if isinstance(data, list):
        return [leaf for position, each in enumerate(data) for leaf in leaves(each, f"{path}[{position}]")]
    return [] if data is None or data == "" else [path]


# --- Factus, versions 1 and 2 of its API


def factus(made: Order, version: int) -> dict[str, Any]:
    """Return the request that creates a bill: numbers as the documentation's examples write them."""
    first = version == 1
    customer: dict[str, Any] = {
        "identification": made.id,
        "dv": "",
        "company": made.name if made.company else "",
        "trade_name": "",
        "names": "" if made.company else made.name,
        "address": "Cl 1 # 2-3",
        "email": made.email,
        "phone": "3001234567",
    }
    kind = "1" if made.company else "2"
    if first:
        customer |= {"identification_document_id": 6 if made.company else 3, "legal_organization_id": kind}
        customer |= {"tribute_id": "21", "municipality_id": 980}
    else:
        customer |= {"identification_document_code": made.id_type, "legal_organization_code": kind}
        customer |= {"tribute_code": "ZZ", "municipality_code": made.place, "responsibilities": ["R-99-PN"]}
    paid = {"payment_form": "1" if made.due is None else "2", "payment_method_code": "47"}
    data: dict[str, Any] = {"document": "01", "reference_code": f"ref-{made.seed}", "observation": "Gracias"}
    data |= {"numbering_range_id": 4, "send_email": False, "customer": customer}
    if first:
        data |= paid | ({"payment_due_date": made.due.isoformat()} if made.due else {})
        data["operation_type"] = 10
    else:
        due = {"due_date": made.due.isoformat()} if made.due else {}
        data["payment_details"] = [paid | due | {"amount": str(made.net + made.tax)}]
        data |= {"operation_type": "10", "cash_rounding_amount": "0.00"}
    data["items"] = [_factus_item(good, made, first=first) for good in made.goods]
    return data


def _factus_item(good: Good, made: Order, *, first: bool) -> dict[str, Any]:
    item: dict[str, Any] = {"code_reference": good.code, "name": good.what, "discount_rate": float(good.off or 0)}
    if first:
        gross = cents(good.price * (100 + (good.rate or 0)) / 100)
        item |= {"quantity": float(good.quantity), "price": float(gross), "tax_rate": f"{good.rate or 0}.00"}
        item |= {"unit_measure_id": {"94": 70, "KGM": 414, "MTR": 512}[good.unit], "standard_code_id": 1}
        item |= {"is_excluded": int(good.rate is None), "tribute_id": 1}
    else:
        item |= {"quantity": str(good.quantity), "price": str(good.price), "unit_measure_code": good.unit}
        item |= {"standard_code": "999"}
        item["taxes"] = [{"is_excluded": True}] if good.rate is None else [{"code": "01", "rate": f"{good.rate}.00"}]
    held = "withholding_tax_rate" if first else "rate"
    item["withholding_taxes"] = [{"code": "06", held: float(made.held)}] if made.held else []
    return item


# --- the ubl21dian and apidian family


def apidian(made: Order) -> dict[str, Any]:
    """Return the request that sends an invoice; amounts are texts, as in the documentation's examples."""
    place = sorted(catalog("municipalities")).index(made.place) + 1
    data: dict[str, Any] = {
        "number": 990_000_001 + made.seed,
        "type_document_id": 1,
        "date": "2026-03-02",
        "time": "10:15:00",
        "prefix": "SETP",
        "resolution_number": "18760000001",
        "sync": True,
        "notes": "Gracias por su compra",
        "customer": {
            "identification_number": int(made.id),
            "name": made.name,
            "phone": 3001234567,
            "address": "Cl 1 # 2-3",
            "email": made.email,
            "merchant_registration": "0000000-00",
            "type_document_identification_id": 6 if made.company else 3,
            "type_organization_id": 1 if made.company else 2,
            "municipality_id": place,
            "type_liability_id": 117,
            "type_regime_id": 2,
        },
        "payment_form": {
            "payment_form_id": 1 if made.due is None else 2,
            "payment_method_id": 10,
            "payment_due_date": made.due.isoformat() if made.due else None,
            "duration_measure": "30" if made.due else None,
        },
        "legal_monetary_totals": {
            "line_extension_amount": str(made.net),
            "tax_exclusive_amount": str(made.base),
            "tax_inclusive_amount": str(made.net + made.tax),
            "allowance_total_amount": "0.00",
            "charge_total_amount": "0.00",
            "payable_amount": str(made.net + made.tax),
        },
        "tax_totals": [
            {"tax_id": 1, "tax_amount": str(tax), "percent": f"{rate}.00", "taxable_amount": str(base)}
            for rate, base, tax in _by_rate(made)
        ],
        "invoice_lines": [_apidian_line(good) for good in made.goods],
    }
    if made.held:
        amount = sum((cents(good.net * made.held / 100) for good in made.goods), Decimal(0))
        total = {"tax_id": 6, "percent": str(made.held), "tax_amount": str(amount), "taxable_amount": str(made.net)}
        data["with_holding_tax_total"] = [total]
    return data


def _by_rate(made: Order) -> list[tuple[int, Decimal, Decimal]]:
    rates = sorted({good.rate for good in made.goods if good.rate is not None})
    return [
        (
            rate,
            sum((good.net for good in made.goods if good.rate == rate), Decimal(0)),
            sum((good.tax for good in made.goods if good.rate == rate), Decimal(0)),
        )
        for rate in rates
    ]


def _apidian_line(good: Good) -> dict[str, Any]:
    line: dict[str, Any] = {
        "unit_measure_id": {"94": 70, "KGM": 767, "MTR": 865}[good.unit],
        "invoiced_quantity": str(good.quantity),
        "line_extension_amount": str(good.net),
        "free_of_charge_indicator": False,
        "description": good.what,
        "code": good.code,
        "type_item_identification_id": 4,
        "price_amount": str(good.price),
        "base_quantity": "1",
    }
    if good.off:
        line["allowance_charges"] = [
            {
                "charge_indicator": False,
                "allowance_charge_reason": "Descuento",
                "amount": str(good.reduction),
                "base_amount": str(good.gross),
            }
        ]
    if good.rate is not None:
        tax = {"tax_id": 1, "tax_amount": str(good.tax), "taxable_amount": str(good.net), "percent": f"{good.rate}.00"}
        line["tax_totals"] = [tax]
    return line
