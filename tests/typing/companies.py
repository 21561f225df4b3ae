"""Must type-check: drafts and what is issued keep the kind of document. Lines marked ``E:`` must not."""

from collections.abc import Sequence
from typing import assert_type

from dian_fe import (
    AsyncCompany,
    Company,
    CreditNote,
    Customer,
    DeliveryRecord,
    Invoice,
    Line,
    Payment,
    PostgresStore,
    Report,
    Seller,
    SqliteStore,
    SupportDocument,
)
from dian_fe.company import Draft, Issued, Store


def sell(company: Company, buyer: Customer, lines: Sequence[Line]) -> Issued[Invoice]:
    draft = company.invoice(customer=buyer, lines=lines, payment=Payment.cash(), prefix="FE", currency="COP")
    assert_type(draft, Draft[Invoice])
    issued = company.issue(draft, idempotency_key="order-1")
    assert_type(issued, Issued[Invoice])
    assert_type(issued.document, Invoice)
    assert_type(issued.raise_for_rejection(), Issued[Invoice])
    assert_type(company.deliver(issued, to="x@example.com"), DeliveryRecord)
    assert_type(company.ready([buyer]), Report)
    return issued


def correct(company: Company, issued: Issued[Invoice], seller: Seller, lines: Sequence[Line]) -> None:
    assert_type(company.issue(company.credit_note(issued, concept="2")), Issued[CreditNote])
    bought = company.support_document(supplier=seller, lines=lines, payment=Payment.cash())
    assert_type(bought, Draft[SupportDocument])


async def sell_async(company: AsyncCompany, buyer: Customer, lines: Sequence[Line]) -> None:
    draft = company.invoice(customer=buyer, lines=lines, payment=Payment.cash())
    assert_type(await company.issue(draft), Issued[Invoice])


def stores(path: str) -> tuple[Store, Store]:
    return SqliteStore(path), PostgresStore(path)


def wrong(company: Company, buyer: Customer, lines: Sequence[Line], draft: Draft[Invoice]) -> None:
    company.invoice(customer=buyer, lines=lines)  # E: call-arg
    company.invoice(customer=buyer, lines=lines, payment=Payment.cash(), supplier=buyer)  # E: call-arg
    company.credit_note(draft)  # E: call-arg arg-type
    company.deliver(draft)  # E: arg-type
    company.nothing(buyer)  # E: attr-defined
