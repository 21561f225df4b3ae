"""Must not type-check: each line marked ``E:`` names what does not exist, lacks what is needed, or mistakes a type."""

from datetime import datetime

from dian_fe import (
    Address,
    AllowanceCharge,
    Client,
    CreditNote,
    Customer,
    DebitNote,
    ExchangeRate,
    Invoice,
    Issuer,
    Line,
    Nope,  # noqa: F401  # E: attr-defined
    Organization,
    Payment,
    PaymentTerms,
    Period,
    Prepayment,
    Resolution,
    Rounding,
    Seller,
    Software,
    SupportDocument,
    Theme,
    discount,
    iva,
    render_pdf,
    rete_ica,
    sign,
)
from dian_fe.catalogs import (
    Environment,
    Unidad,  # noqa: F401  # E: attr-defined
    Unit,
)
from dian_fe.testing import Simulator
from dian_fe.transport import Clientt  # noqa: F401  # E: attr-defined


def parties() -> None:
    Organization(foo=1)  # E: call-arg
    Organization(nit="700085371", nombre="Tienda Ejemplo SAS")  # E: call-arg
    Organization(nit=700085371, name="Tienda Ejemplo SAS")  # E: arg-type
    Organization(nit="700085371", name="Tienda Ejemplo SAS", municipality=76001)  # E: arg-type
    Organization(nit="700085371", name="Tienda Ejemplo SAS", state="activa")  # E: arg-type
    Customer()  # E: call-arg
    Customer(id_type="31", id="800199436")  # E: call-arg
    Customer(id_type="31", id="800199436", name="Cliente Ejemplo", email="a@example.com")  # E: call-arg
    Customer(id_type=31, id="800199436", name="Cliente Ejemplo")  # E: arg-type
    Customer(id_type="31", id="800199436", name="Cliente Ejemplo", wants_xml="sí")  # E: arg-type
    Address(municipality="76001", adress="Cl 14 # 5-20")  # E: call-arg


def lines() -> None:
    Line(description="Café", price=18500.5)  # E: arg-type
    Line(price=18500.5)  # E: call-arg arg-type
    Line(price=1)  # E: call-arg
    Line(description="Café", price_with_taxes=119.0)  # E: arg-type
    Line(description="Café", price=1, taxes=iva(19))  # E: arg-type
    Line(description="Café", price=1, taxes=[19])  # E: list-item
    Line(description="Café", price=1, quantity=0.5)  # E: arg-type
    Line(description="Café", price=1, unit=94)  # E: arg-type
    Line(description="Café", price=1, discount=discount(10))  # E: call-arg
    Line.free(description="Muestra", reference_price=1.5)  # E: arg-type
    print(Unit.KILO)  # E: attr-defined
    iva(19.0)  # E: arg-type
    rete_ica(per_mill=9)  # E: call-arg
    discount(rate=10)  # E: call-arg
    AllowanceCharge(amount=0.5)  # E: arg-type


def payment(now: datetime) -> None:
    Payment.cash(10)  # E: arg-type
    Payment.credit()  # E: call-arg
    Payment(due=now)  # E: call-arg
    PaymentTerms(amount=1.5)  # E: arg-type
    Prepayment()  # E: call-arg
    ExchangeRate(rate=4012)  # E: call-arg
    Period(start=2026)  # E: arg-type
    Rounding(decimals="2")  # E: arg-type


def companies(shop: Organization, software: Software) -> None:
    Software(id="00000000-0000-0000-0000-000000000000")  # E: call-arg
    Issuer(organization=shop)  # E: call-arg
    Issuer(organization=shop, software=software, environment="PRUEBAS")  # E: arg-type
    print(Environment.PRUEBAS)  # E: attr-defined
    Resolution(
        authorization="1", range_from="1", range_to=9, valid_from="2026-01-01", valid_to="2027-01-01"
    )  # E: arg-type


def documents(shop: Organization, buyer: Customer, line: Line, invoice: Invoice, now: datetime) -> None:
    cash = Payment.cash()
    Invoice.from_lines(number="A1", issued_at=now, supplier=shop, customer=buyer, lines=[line])  # E: call-arg
    Invoice.from_lines(
        number="A1", issued_at=1, supplier=shop, customer=buyer, lines=[line], payment=cash
    )  # E: arg-type
    Invoice.from_lines(
        number="A1", issued_at=now, supplier=shop, customer=buyer, lines=line, payment=cash
    )  # E: arg-type
    Invoice.from_lines(
        number="A1", issued_at=now, supplier=buyer, customer=buyer, lines=[line], payment=cash
    )  # E: arg-type
    Invoice.from_lines(
        number="A1", issued_at=now, supplier=shop, customer=buyer, lines=[line], payment=cash, note=1
    )  # E: call-arg
    SupportDocument.from_lines(
        number="DS1", issued_at=now, supplier=shop, customer=buyer, lines=[line], payment=cash
    )  # E: arg-type
    SupportDocument.from_lines(
        number="DS1", issued_at=now, supplier=Seller(id="1", name="a"), customer=shop, lines=line, payment=cash
    )  # E: arg-type
    CreditNote.correcting(invoice, concept=2, number="N1", issued_at=now)  # E: arg-type
    DebitNote.correcting(invoice, concept="1", number="N1", issued_at=now, reason="x")  # E: call-arg
    print(invoice.total)  # E: attr-defined
    line.price = 3  # E: arg-type
    line.description = "Café"  # E: arg-type


def world(dian: Simulator, client: Client, invoice: Invoice) -> None:
    dian.signer(700085371)  # E: arg-type
    Client(timeouts=30)  # E: call-arg arg-type
    Theme(watermark="x")  # E: call-arg
    client.status(1)  # E: arg-type
    render_pdf(invoice, tema=Theme())  # E: call-arg
    sign(invoice)  # E: call-arg arg-type
