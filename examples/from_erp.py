"""Map an ERP's own orders to invoices: credit, discounts, withholdings, purchase order, foreign currency.

    python examples/from_erp.py

`invoice_of` is the only place that knows both worlds. Amounts come as text or Decimal, never as float; what the ERP has
computed is not copied but compared, so that a difference in rounding is seen before DIAN or the customer sees it.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from dian_fe import (
    Client,
    Customer,
    ExchangeRate,
    Invoice,
    Issuer,
    Line,
    OrderReference,
    Organization,
    Payment,
    build,
    check,
    discount,
    iva,
    rete_ica,
    rete_iva,
    rete_renta,
    sign,
)
from dian_fe.catalogs import Environment, IdType, PaymentMeans, Unit
from dian_fe.testing import Simulator

ORDERS: list[dict[str, Any]] = [
    {
        "pedido": 1044,
        "moneda": "COP",
        "plazo_dias": 30,
        "orden_compra": "OC-778",
        "tercero": {
            "tipo": "NIT",
            "numero": "900.373.076-4",
            "nombre": "Comercial de Prueba SAS",
            "correos": "facturas@example.com; compras@example.com",
            "ciudad": "11001",
            "direccion": "Cra 8 # 10-20",
        },
        "renglones": [
            {"codigo": "CAF-500", "detalle": "Café tostado 500 g", "cantidad": "40", "und": "UND", "valor": "17200.50",
             "descuento": "5", "iva": "5"},
            {"codigo": "MOL-1", "detalle": "Molino manual", "cantidad": "2", "und": "UND", "valor": "189900",
             "iva": "19"},
            {"codigo": "GRA-1", "detalle": "Grano verde a granel", "cantidad": "12.5", "und": "KG", "valor": "14300"},
        ],
        "retenciones": {"renta": "2.5", "iva": "15", "ica_por_mil": "4.14"},
        "total": "1317011.95",
    },
    {
        "pedido": 1045,
        "moneda": "USD",
        "tasa": "4012.35",
        "plazo_dias": 0,
        "tercero": {
            "tipo": "CC",
            "numero": "1020304050",
            "nombre": "Cliente Ejemplo",
            "correos": "compras@example.com",
        },
        "renglones": [
            {"codigo": "SRV-1", "detalle": "Asesoría en tostión", "cantidad": "3", "und": "HR", "valor": "45",
             "iva": "19"},
        ],
        "total": "160.65",
    },
]  # fmt: skip
ID_TYPES = {"NIT": IdType.NIT, "CC": IdType.CEDULA_DE_CIUDADANIA, "CE": IdType.CEDULA_DE_EXTRANJERIA}
UNITS = {"UND": Unit.UNIDAD, "KG": Unit.KILOGRAMO, "HR": Unit.HORA}


def invoice_of(order: Mapping[str, Any], *, number: str, issued_at: datetime, supplier: Organization) -> Invoice:
    """Make the invoice of an order. Raises what the models raise, and ``ValueError`` when the totals differ."""
    invoice = Invoice.from_lines(
        number=number,
        issued_at=issued_at,
        supplier=supplier,
        customer=customer_of(order["tercero"]),
        lines=[line_of(row) for row in order["renglones"]],
        payment=payment_of(order["plazo_dias"], issued_at.date()),
        withholdings=withholdings_of(order.get("retenciones", {})),
        currency=order["moneda"],
        exchange_rate=ExchangeRate(currency=order["moneda"], rate=order["tasa"], date=issued_at.date())
        if order["moneda"] != "COP"
        else None,
        order=OrderReference(number=order["orden_compra"]) if "orden_compra" in order else None,
    )
    if invoice.payable != Decimal(order["total"]):
        raise ValueError(f"pedido {order['pedido']}: el ERP dice {order['total']} y la factura {invoice.payable}")
    return invoice


def customer_of(party: Mapping[str, str]) -> Customer:
    number, _, digit = party["numero"].replace(".", "").partition("-")
    return Customer(
        id_type=ID_TYPES[party["tipo"]],
        id=number,
        check_digit=digit or None,
        name=party["nombre"],
        emails=[email.strip() for email in party["correos"].split(";")],
        municipality=party.get("ciudad"),
        address=party.get("direccion"),
    )


def line_of(row: Mapping[str, str]) -> Line:
    return Line(
        seller_code=row["codigo"],
        standard_code=row["codigo"],  # of no standard: the taxpayer's own (999)
        description=row["detalle"],
        quantity=row["cantidad"],
        unit=UNITS[row["und"]],
        price=row["valor"],
        allowances=[discount(row["descuento"])] if "descuento" in row else (),
        taxes=[iva(row["iva"])] if "iva" in row else (),  # none at all: an excluded good
    )


def payment_of(days: int, issued_on: date) -> Payment:
    if days == 0:
        return Payment.cash(PaymentMeans.TRANSFERENCIA_DEBITO_BANCARIA)
    return Payment.credit(issued_on + timedelta(days=days))


def withholdings_of(rates: Mapping[str, str]) -> list[Any]:
    """Return the withholdings that the customer makes; they are informative and never lower the amount payable."""
    made = {"renta": rete_renta, "iva": rete_iva, "ica_por_mil": lambda rate: rete_ica(per_mil=rate)}
    return [made[name](rate) for name, rate in rates.items()]


def main() -> None:
    now = datetime.now(ZoneInfo("America/Bogota"))
    dian = Simulator(seed=7)
    signer = dian.signer("700085371")
    shop = Organization(
        nit="700085371",
        name="Tienda Ejemplo SAS",
        municipality="76001",
        address="Cl 14 # 5-20",
        emails=["facturacion@example.com"],
    )
    issuer = Issuer(
        organization=shop,
        software=dian.software,
        resolution=dian.resolution("SETP"),
        environment=Environment.HABILITACION,
    )
    with Client(signer=signer, transport=dian) as client:
        for consecutive, order in enumerate(ORDERS, 990000001):
            built = build(invoice_of(order, number=f"SETP{consecutive}", issued_at=now, supplier=shop), issuer)
            for fault in check(built):
                print(order["pedido"], fault)
            answer = client.send(sign(built, signer, at=now))
            document = built.document
            print(order["pedido"], answer.number, answer.outcome, document.payable, document.currency)
            for withholding in document.withholdings:
                print("   ", withholding.subtotals[0].name, withholding.amount)


if __name__ == "__main__":
    main()
