"""What is measured: made-up documents, from plain input to signed bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from dian_fe import (
    Aporte,
    Basico,
    Customer,
    Deducciones,
    Devengados,
    Empleador,
    Invoice,
    Issuer,
    Line,
    Organization,
    Pago,
    Payment,
    Payroll,
    Periodo,
    PointOfSale,
    PosTicket,
    Resolution,
    Signed,
    Software,
    SoftwareMaker,
    Trabajador,
    Transporte,
    build,
    check,
    iva,
    sign,
)
from dian_fe.testing import ToyPki

NOW = datetime(2026, 3, 2, 10, 15, tzinfo=ZoneInfo("America/Bogota"))
NIT = "700085371"
PASSWORD = "clave-de-ejemplo"  # of a toy key that is published with the library

ISSUER_JSON: dict[str, Any] = {
    "organization": {
        "nit": NIT,
        "name": "Tienda Ejemplo SAS",
        "municipality": "76001",
        "address": "Cl 14 # 5-20",
        "emails": ["facturas@example.com"],
    },
    "software": {"id": "00000000-0000-0000-0000-000000000001", "pin": "12345"},
    "resolution": {
        "authorization": "18760000001",
        "prefix": "SETP",
        "range_from": 990000000,
        "range_to": 995000000,
        "valid_from": "2019-01-19",
        "valid_to": "2030-01-19",
        "technical_key": "fc8eac422eba16e22ffd8c6f94b3f40a6e38162c",
    },
}
CUSTOMER = {"id_type": "13", "id": "1020304050", "name": "Cliente Ejemplo", "emails": ("compras@example.com",)}


@cache
def shop() -> Organization:
    return Organization(**ISSUER_JSON["organization"])


@cache
def issuer() -> Issuer:
    resolution = {**ISSUER_JSON["resolution"], "valid_from": date(2019, 1, 19), "valid_to": date(2030, 1, 19)}
    return Issuer(
        organization=shop(), software=Software(**ISSUER_JSON["software"]), resolution=Resolution(**resolution)
    )


@cache
def signer() -> Any:
    return ToyPki(seed=7).signer(NIT)


@cache
def p12() -> bytes:
    return ToyPki(seed=7).p12(NIT, PASSWORD)


@dataclass(frozen=True, slots=True)
class Item:
    """A line as a shop's database would give it."""

    description: str
    quantity: Decimal
    price: Decimal
    rate: int


@cache
def items(count: int) -> tuple[Item, ...]:
    """Return lines that all differ, so that nothing is computed once for many."""
    return tuple(
        Item(f"Producto de ejemplo número {n}, 500 g", Decimal(n % 7 + 1), Decimal(1000 + 37 * n), (19, 5, 0)[n % 3])
        for n in range(1, count + 1)
    )


def invoice(rows: Sequence[Item]) -> Invoice:
    """Make a document with its totals from plain input: the customer and the lines are new in each."""
    return Invoice.from_lines(
        number="SETP990000001",
        issued_at=NOW,
        supplier=shop(),
        customer=Customer(**CUSTOMER),
        lines=[
            Line(description=row.description, quantity=row.quantity, price=row.price, taxes=(iva(row.rate),))
            for row in rows
        ],
        payment=Payment.cash("10"),
    )


def issue(rows: Sequence[Item]) -> Signed[Invoice]:
    """Go the whole way: input, model, totals, CUFE, XML, XAdES."""
    return sign(build(invoice(rows), issuer()), signer(), at=NOW)


def issue_checked(rows: Sequence[Item]) -> Signed[Invoice]:
    """Go the whole way, with the check of rules and schema before signing."""
    built = build(invoice(rows), issuer())
    check(built, issuer=issuer())
    return sign(built, signer(), at=NOW)


@cache
def shop_with_tills() -> Issuer:
    resolution = Resolution(
        authorization="18764000000020",
        prefix="EPOS",
        range_from=1,
        range_to=5_000_000,
        valid_from=date(2019, 1, 19),
        valid_to=date(2030, 1, 19),
        document_type="20",
    )
    return Issuer(organization=shop(), software=Software(**ISSUER_JSON["software"]), numberings=[resolution])


MAKER = SoftwareMaker(person="Ana Ejemplo", company="Cajas Ejemplo SAS", software="Caja Ejemplo")
TILL = PointOfSale(plate="C-01", location="Almacén 1", cashier="Luis Ejemplo", till_type="Caja principal")


def ticket(rows: Sequence[Item]) -> PosTicket:
    """Make the ticket of a till from plain input: lines and sale are new in each."""
    return PosTicket.from_lines(
        number="EPOS1",
        issued_at=NOW,
        supplier=shop(),
        lines=[
            Line(
                description=row.description,
                quantity=row.quantity,
                price=row.price,
                taxes=(iva(row.rate),),
                standard_code=f"P{row.rate}",
            )
            for row in rows
        ],
        payment=Payment.cash("10"),
        maker=MAKER,
        point_of_sale=TILL.replace(sale_code="V-1001"),
    )


def sell(rows: Sequence[Item]) -> Signed[PosTicket]:
    """Go the whole way of a ticket."""
    return sign(build(ticket(rows), shop_with_tills()), signer(), at=NOW)


@cache
def employer() -> Empleador:
    return Empleador.of(shop())


def payroll(worker: int) -> Payroll:
    """Make the month of a worker from plain input: worker, contract and amounts are new in each."""
    salary = Decimal(1_300_000 + worker)
    share = (salary * 4 / 100).quantize(Decimal("0.01"))
    day = date(2026, 2, 28)
    return Payroll(
        number=f"NE{worker}",
        issued_at=NOW,
        empleador=employer(),
        periodo=Periodo(
            fecha_ingreso=date(2020, 1, 15), fecha_liquidacion_inicio=day.replace(day=1), fecha_liquidacion_fin=day
        ),
        trabajador=Trabajador(
            numero_documento=str(10_000_000 + worker),
            primer_apellido="Ejemplo",
            segundo_apellido="Prueba",
            primer_nombre=f"Trabajador {worker}",
            lugar_trabajo_municipio_ciudad="76001",
            lugar_trabajo_direccion="Cl 14 # 5-20",
            sueldo=salary,
        ),
        pago=Pago.transferencia("Banco Ejemplo", "Ahorros", f"310{worker}"),
        fechas_pagos=(day,),
        devengados=Devengados(
            basico=Basico(dias_trabajados=30, sueldo_trabajado=salary),
            transporte=(Transporte(auxilio_transporte=200_000),),
        ),
        deducciones=Deducciones(
            salud=Aporte(porcentaje=4, deduccion=share), fondo_pension=Aporte(porcentaje=4, deduccion=share)
        ),
    )


def pay(worker: int) -> Signed[Payroll]:
    """Build, check and sign the payroll of a worker."""
    built = build(payroll(worker), issuer())
    check(built, issuer=issuer())
    return sign(built, signer(), at=NOW)
