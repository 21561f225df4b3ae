"""Documents whose money is special: taxes, discounts, terms, currencies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from dian_fe import (
    Customer,
    DeliveryTerms,
    ExchangeRate,
    Invoice,
    Line,
    Payment,
    PaymentTerms,
    Prepayment,
    adv,
    charge,
    discount,
    ibua,
    ic,
    ica,
    icl,
    icui,
    inc,
    inc_bolsas,
    inpp,
    instalments,
    iva,
    rete_ica,
    rete_iva,
    rete_renta,
    tax,
)
from dian_fe.catalogs import (
    IdType,
    PaymentMeans,
    TaxCode,
)
from dian_fe.models.address import Address
from tests.graphic.support import (
    ONE,
    D,
    Named,
    invoice,
    some_lines,
)


def taxes_and_money(number: Iterator[str]) -> Iterator[Named]:
    """Yield documents with every tax, withholdings, discounts, terms of payment and foreign currencies."""
    yield "eight taxes", invoice(next(number), _eight_taxes())
    yield (
        "withholdings",
        invoice(
            next(number),
            some_lines(4),
            payment=Payment.credit(date(2026, 4, 1), "42", "REF 77"),
            withholdings=[rete_renta("2.5"), rete_iva(15), rete_ica(per_mil="9.66")],
        ),
    )
    yield (
        "free goods",
        invoice(
            next(number),
            [ONE, Line.free(description="Llavero de obsequio", reference_price=5000, quantity=3, taxes=[iva(19)])],
        ),
    )
    yield (
        "discounts and charges",
        invoice(
            next(number),
            [
                ONE.replace(
                    quantity=D(3),
                    allowances=[discount(10, reason="Cliente frecuente"), charge(amount=2500, reason="Empaque")],
                )
            ],
            allowances=[discount(5, reason="Pronto pago", reason_code="01"), charge(amount=8000, reason="Propina")],
            prepayments=[Prepayment(id="1", amount=D(20000), received=date(2026, 2, 20))],
            payable_rounding="-0.37",
        ),
    )
    yield (
        "instalments",
        invoice(
            next(number),
            some_lines(3),
            payment=Payment.credit(date(2026, 5, 2), "31"),
            payment_terms=instalments((date(2026, 4, 2), "10000"), (date(2026, 5, 2), "7432.18")),
        ),
    )
    yield (
        "terms",
        invoice(
            next(number),
            [ONE],
            payment=Payment.credit(date(2026, 4, 1)),
            due_date=date(2026, 4, 1),
            payment_terms=[PaymentTerms(duration=D(30), note="Desde la entrega de la mercancía")],
        ),
    )
    yield "export in dollars", _export(next(number))
    yield (
        "euros",
        invoice(
            next(number),
            [ONE.replace(price=D("199.99"), taxes=[])],
            currency="EUR",
            exchange_rate=ExchangeRate(currency="EUR", rate=D("4321.5678"), date=date(2026, 3, 2)),
        ),
    )


def _eight_taxes() -> list[Line]:
    return [
        Line(
            description="Aguardiente de 750 ml",
            quantity=D(12),
            price=D(38000),
            taxes=[iva(5), icl(342, measure=12 * 29), adv(25)],
        ),
        Line(
            description="Gaseosa de 400 ml", quantity=D(24), price=D(2800), taxes=[iva(19), ibua(38, millilitres=9600)]
        ),
        Line(description="Papas fritas de paquete", quantity=D(10), price=D(3200), taxes=[iva(19), icui(20)]),
        Line(description="Almuerzo del día", quantity=D(2), price=D(18500), taxes=[inc(8)]),
        Line(
            description="Bolsa plástica",
            quantity=D(3),
            price=D(0),
            taxes=[inc_bolsas(70), inpp("1.2", measure=36)],
            free_of_charge=True,
            reference_price={"amount": "1"},
        ),
        Line(description="Publicidad en valla", price=D(250000), taxes=[iva(19), ica(per_mil="9.66")]),
        Line(description="Cigarrillos", quantity=D(5), price=D(6000), taxes=[iva(19), ic(4185)]),
        Line(
            description="Sobretasa local",
            price=D(1000),
            taxes=[tax(TaxCode.OTROS, percent=3, name="Estampilla pro cultura")],
        ),
    ]


def _export(number: str) -> Invoice:
    abroad = Customer(
        id_type=IdType.NIT_DE_OTRO_PAIS,
        id="US-123456",
        name="Example Imports, LLC",
        address=Address(line="742 Evergreen Terrace", city="Springfield", department="Oregon", country="US"),
        emails=["ap@example.com"],
    )
    line = Line(
        description="Café verde excelso en sacos de 70 kg",
        quantity=D("250"),
        price=D("312.4567"),
        unit="KGM",
        taxes=[iva(0)],
        standard_code="0901110000",
        standard="020",
        brand="Cordillera",
        model="Excelso EP",
    )
    return invoice(
        number,
        [line],
        customer=abroad,
        type_code="02",
        currency="USD",
        exchange_rate=ExchangeRate(currency="USD", rate=D("4012.35"), date=date(2026, 3, 2)),
        delivery_terms=DeliveryTerms(id="1", incoterm="FOB", special_terms="Puerto de Buenaventura"),
        payment=Payment.credit(date(2026, 6, 2), PaymentMeans.TRANSFERENCIA_CREDITO),
    )
