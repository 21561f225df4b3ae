"""Must type-check: each stage is a type of its own, and keeps the kind of document that it is about."""

from datetime import datetime
from decimal import Decimal
from typing import assert_type

from dian_fe import (
    Answer,
    Built,
    Client,
    CreditNote,
    Customer,
    DebitNote,
    Event,
    EventHistory,
    Fault,
    Invoice,
    Issuer,
    Line,
    Organization,
    Package,
    Payment,
    Person,
    Pkcs12Signer,
    Purchase,
    Received,
    Seller,
    Signed,
    Signer,
    SupportDocument,
    SupportLine,
    SupportNote,
    TaxTotal,
    TrustStore,
    Verified,
    build,
    check,
    examine,
    iva,
    pack,
    rete_renta,
    sign,
    verify,
)
from dian_fe.catalogs import ClaimConcept, CreditNoteConcept, EventCode, IdType, PaymentMeans, Unit


def issue(issuer: Issuer, signer: Signer, now: datetime) -> Signed[Invoice]:
    shop = Organization(
        nit="700085371",
        name="Tienda Ejemplo SAS",
        municipality="76001",
        address="Cl 14 # 5-20",
        emails=["facturas@example.com"],
    )
    buyer = Customer(id_type=IdType.NIT, id="800199436", name="Cliente Ejemplo SAS", emails=["a@example.com"])
    lines = [
        Line(description="Café", quantity=3, unit=Unit.UNIDAD, price="18500", taxes=[iva(5)]),
        Line(description="Molino de mano", price_with_taxes="119000", taxes=[iva(19)]),
    ]
    payment = Payment.cash(PaymentMeans.EFECTIVO)
    invoice = Invoice.from_lines(
        number="SETP990000001", issued_at=now, supplier=shop, customer=buyer, lines=lines, payment=payment
    )
    assert_type(invoice, Invoice)
    built = build(invoice, issuer)
    assert_type(built, Built[Invoice])
    assert_type(built.document, Invoice)
    for fault in check(built):
        assert_type(fault, Fault)
    signed = sign(built, signer, at=now)
    assert_type(signed.xml, bytes)
    return signed


def correct(signed: Signed[Invoice], issuer: Issuer, now: datetime) -> Built[CreditNote]:
    note = CreditNote.correcting(signed, concept=CreditNoteConcept.ANULACION, number="NC1", issued_at=now)
    assert_type(note, CreditNote)
    return build(note, issuer)


def charge_interest(built: Built[Invoice], lines: list[Line], now: datetime) -> DebitNote:
    return DebitNote.correcting(built, concept="1", number="ND1", issued_at=now, lines=lines)


def with_a_key_file(built: Built[Invoice], data: bytes, password: str, now: datetime) -> Signed[Invoice]:
    return sign(built, Pkcs12Signer.load(data, password), at=now)


def hand_over(signed: Signed[Invoice], client: Client, signer: Signer, now: datetime) -> Package[Invoice]:
    answer = client.send(signed)
    assert_type(answer, Answer)
    assert_type(answer.raise_for_rejection(), Answer)
    return pack(signed, answer, signer, at=now)


def trust_what_came(received: Received[Invoice], own: Signed[CreditNote], trust: TrustStore, now: datetime) -> None:
    verified = verify(received, trust, at=now)
    assert_type(verified, Verified[Invoice])
    assert_type(verified.document, Invoice)
    assert_type(verify(own, trust, answer=b""), Verified[CreditNote])
    assert_type(verify(own, None).validated_at, datetime | None)


def acknowledge(verified: Verified[Invoice], person: Person, now: datetime) -> Event:
    event = Event.acknowledge(verified, EventCode.ACUSE_DE_RECIBO, number="ACU1", issued_at=now, person=person)
    assert_type(event, Event)
    return event


def declare(event: Event, us: Issuer, signer: Signer, client: Client, now: datetime) -> Answer:
    built = build(event, us)
    assert_type(built, Built[Event])
    signed = sign(built, signer, at=now)
    assert_type(signed, Signed[Event])
    return client.send(signed)


def claim(verified: Verified[Invoice], history: EventHistory, now: datetime) -> Event:
    return Event.claim(verified, ClaimConcept.SERVICIO_NO_PRESTADO, number="R1", issued_at=now, history=history)


def trust_a_package(package: Package[Invoice], trust: TrustStore) -> bool:
    assert_type(examine(package, trust).key_matches, bool | None)
    return verify(package, trust).answer is not None


def totals_are_there(invoice: Invoice, note: CreditNote, received: Received[Invoice], charges: DebitNote) -> Decimal:
    assert_type(invoice.totals.payable, Decimal)
    assert_type(note.totals.line_extension, Decimal)
    assert_type(charges.payable, Decimal)
    document = received.document
    return document.totals.payable if document.has("totals") else Decimal(0)


def correct_what_came(received: Received[Invoice], now: datetime) -> CreditNote:
    return CreditNote.correcting(received, concept=CreditNoteConcept.ANULACION, number="NC1", issued_at=now)


def kept_by_dian(client: Client) -> list[tuple[str, Decimal | None]]:
    return [(each.number.prefix, each.totals.total) for each in client.document_info("0" * 96).documents]


def buy(issuer: Issuer, signer: Signer, now: datetime) -> Signed[SupportNote]:
    seller = Seller(id="1020304050", name="Ana Ejemplo", municipality="76001", address="Cl 5 # 4-3")
    assert_type(seller.emails, tuple[str, ...])
    line = SupportLine(description="Café", quantity=3, price="18500", purchase=Purchase(date="2026-03-02"))
    assert_type(line.quantity, Decimal)
    assert_type(line.taxes, tuple[TaxTotal, ...])
    assert_type(line.without_amounts(quantity=1), SupportLine)
    document = SupportDocument.from_lines(
        number="DS1",
        issued_at=now,
        supplier=seller,
        customer=issuer.organization,
        lines=[line, Line(description="Molino", price=1000)],
        payment=Payment.cash(),
        withholdings=[rete_renta("2.5")],
    )
    assert_type(document.lines, tuple[SupportLine, ...])
    built = build(document, issuer)
    assert_type(built, Built[SupportDocument])
    note = SupportNote.correcting(built, concept="2", number="NA1", issued_at=now)
    return sign(build(note, issuer), signer, at=now)
