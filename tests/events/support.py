"""What the tests of events share: holidays written by hand, days and moments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from dian_fe import Customer, Invoice, Issuer, Line, Organization, Payment, Verified, build, iva, sign, verify
from dian_fe.catalogs import IdType
from dian_fe.events import EventHistory, RegisteredEvent
from dian_fe.models.event import Person
from dian_fe.testing import Judge
from tests.support.company import NIT, SHOP, issuer_at
from tests.support.company import NOW as ISSUED

BOGOTA = ZoneInfo("America/Bogota")

HOLIDAYS = {
    2024: "01-01 01-08 03-25 03-28 03-29 05-01 05-13 06-03 06-10 07-01 07-20 08-07 08-19 10-14 11-04 11-11 12-08 12-25",
    2025: "01-01 01-06 03-24 04-17 04-18 05-01 06-02 06-23 06-30 07-20 08-07 08-18 10-13 11-03 11-17 12-08 12-25",
    2026: "01-01 01-12 03-23 04-02 04-03 05-01 05-18 06-08 06-15 06-29 07-20 08-07 08-17 10-12 11-02 11-16 12-08 12-25",
    2027: "01-01 01-11 03-22 03-25 03-26 05-01 05-10 05-31 06-07 07-05 07-20 08-07 08-16 10-18 11-01 11-15 12-08 12-25",
}
"""Public holidays, from the calendar on the wall; in 2025 two of them meet on 30 June."""


def every_day(first: date = date(2024, 1, 1), last: date = date(2027, 12, 31)) -> Iterator[date]:
    """Return every day of the years with a table."""
    return (first + timedelta(days=after) for after in range((last - first).days + 1))


def works(day: date) -> bool:
    """True if a day is a business day, by the table alone."""
    return day.weekday() < 5 and f"{day:%m-%d}" not in HOLIDAYS[day.year].split()


def third_business_day(day: date) -> date:
    """Return the third business day after a day, by the table alone."""
    left = 3
    while left:
        day += timedelta(days=1)
        left -= works(day)
    return day


def oracle(before: dict[str, date], code: str, day: date) -> set[str]:
    """Return what speaks against an event, in plain rules; ``before`` holds the days of the events registered."""
    said: set[str] = set()
    if code in before:
        said.add("LGC01")
    if code in ("031", "032") and "030" not in before:
        said.add("missing_event")
    if code in ("033", "034") and "032" not in before:
        said.add("missing_event")
    claimed, accepted = "031" in before, "033" in before or "034" in before
    if code == "031" and accepted:
        said.add("excluded_event")
    if code == "033" and (claimed or "034" in before):
        said.add("excluded_event")
    if code == "034" and (claimed or "033" in before):
        said.add("excluded_event")
    if "032" in before:
        over = day > third_business_day(before["032"])
        if code == "031" and over:
            said.add("late_claim")
        if code == "033" and over:
            said.add("DC24c")
        if code == "034" and not over:
            said.add("DC24e")
    return said


def at(day: date, hour: int = 12, minute: int = 0, second: int = 0) -> datetime:
    """Return a moment of that day in Bogotá."""
    return datetime.combine(day, time(hour, minute, second), BOGOTA)


BUYER = "800199436"
COMPANY = Organization(nit=BUYER, name="Compras Ejemplo SAS", municipality="11001", address="Cra 7 # 71-21")
PERSON = Person(
    id="1020304050", first_name="Ana María", family_name="Pérez", job_title="Almacenista", department="Bodega"
)
HISTORY = EventHistory(
    (RegisteredEvent("030", "R1", at(date(2026, 3, 2), 11)), RegisteredEvent("032", "R2", at(date(2026, 3, 2), 12)))
)
"""Acknowledged and received on Monday 2 March 2026: the term ends on Thursday, 5 March."""

_numbers = iter(range(990_002_000, 995_000_000))


@cache
def office() -> Judge:
    return Judge(seed=7)


def seller(dian: Judge | None = None) -> Issuer:
    return issuer_at(dian or office())


def buyer(dian: Judge | None = None, organization: Organization = COMPANY) -> Issuer:
    return Issuer(organization=organization, software=(dian or office()).software)


def customer(**changes: Any) -> Customer:
    values: dict[str, Any] = {"id_type": IdType.NIT, "id": BUYER, "name": "Compras Ejemplo SAS"}
    return Customer(**values | changes)


def invoice(**changes: Any) -> Invoice:
    """Make an invoice on credit to a company."""
    values: dict[str, Any] = {
        "number": f"SETP{next(_numbers)}",
        "issued_at": ISSUED,
        "supplier": SHOP,
        "customer": customer(),
        "lines": [Line(description="Café tostado", quantity=3, price=Decimal("18500"), taxes=[iva(5)])],
        "payment": Payment.credit(date(2026, 4, 2)),
    }
    return Invoice.from_lines(**values | changes)


def verified(document: Any = None, *, dian: Judge | None = None, answered: bool = True) -> Verified[Any]:
    """Have a document accepted, and verify it as its buyer would."""
    dian = dian or office()
    signed = sign(build(document or invoice(), seller(dian)), dian.signer(NIT), at=ISSUED)
    verdict = dian.judge(signed.xml)
    assert verdict.is_valid, [str(fault) for fault in verdict.faults]
    return verify(signed, dian.trust, answer=verdict.application_response if answered else None)


@cache
def credit_sale() -> Verified[Invoice]:
    """Return one accepted invoice on credit, for tests that leave no trace."""
    return verified()
