"""What others write and nobody can read: it alone is missing, and told (rows B5 and B6)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from dian_fe import CreditNote, DebitNote, Line, build, discount, instalments, iva, read, rete_renta
from dian_fe.testing.random_documents import random_document, sample_issuer
from dian_fe.ubl.reader.document import read_document
from tests.contracts.faults.rows import cases
from tests.contracts.properties.spoiling import everything, pruned
from tests.models.test_price_with_taxes import ISSUER, invoice

COFFEE = Line(description="Café", quantity=2, price=1000, taxes=[iva(19)], withholdings=[rete_renta("2.5")])


@cache
def source(kind: str) -> bytes:
    sold = build(
        invoice(
            COFFEE,
            COFFEE.replace(description="Panela"),
            allowances=[discount(10)],
            payment_terms=instalments((date(2026, 5, 1), 4360)),
        ),
        ISSUER,
    )
    if kind == "invoice":
        return sold.xml
    if kind == "health":
        documents = (random_document(seed, "invoice") for seed in range(200))
        return build(next(each for each in documents if each.operation.startswith("SS")), sample_issuer()).xml
    values: dict[str, Any] = {"number": "N1", "issued_at": "2026-03-02T11:15:00-05:00"}
    if kind == "credit_note":
        return build(CreditNote.correcting(sold, concept="2", **values), ISSUER).xml
    lines = [each.without_amounts() for each in sold.document.lines]
    return build(DebitNote.correcting(sold, concept="1", lines=lines, **values), ISSUER).xml


def spoiled(kind: str, pattern: str, new: str) -> bytes:
    """Return a document whose first text that the pattern finds is another."""
    text, count = re.subn(pattern, lambda found: found[1] + new, source(kind).decode(), count=1, flags=re.DOTALL)
    assert count == 1
    return text.encode()


def element(name: str, after: str = "") -> str:
    return rf"({after}.*?<cbc:{name}(?: [^>]*)?>)[^<]*" if after else rf"(<cbc:{name}(?: [^>]*)?>)[^<]*"


BUYER = "<cac:AccountingCustomerParty>"


@cases(
    "B5",
    {
        "a description": ("invoice", element("Description"), "", "cbc:Description"),
        "a price": ("invoice", element("PriceAmount"), "", "cbc:PriceAmount"),
        "the buyer's name": ("invoice", element("RegistrationName", BUYER), "", "cbc:RegistrationName"),
        "a tax": ("invoice", element("TaxAmount"), "", "cbc:TaxAmount"),
        "a percent": ("invoice", element("Percent"), "", "cbc:Percent"),
    },
    {
        "blanks for a description": ("credit_note", element("Description"), " \n\t", "cbc:Description"),
        "a price of a debit note": ("debit_note", element("PriceAmount"), "mil", "cbc:PriceAmount"),
        "a day of thirty in February": ("credit_note", element("IssueDate"), "2026-02-30", "cbc:IssueDate"),
        "the number": ("invoice", r"(</ext:UBLExtensions>.*?<cbc:ID>)[^<]*", "", "cbc:ID"),
        "the currency": ("debit_note", element("DocumentCurrencyCode"), "", "cbc:DocumentCurrencyCode"),
        "an instalment": ("invoice", element("Amount", "<cac:PaymentTerms>"), "", "cbc:Amount"),
        "a number of a health document": ("health", element("PayableAmount"), "", "cbc:PayableAmount"),
        "a name in a health document": ("health", element("RegistrationName", BUYER), "", "cbc:RegistrationName"),
        "a quantity of a note": ("credit_note", element("CreditedQuantity"), "docena", "cbc:CreditedQuantity"),
        "an infinite total": ("debit_note", element("PayableAmount"), "INF", "cbc:PayableAmount"),
        "a quantity that is none": ("invoice", element("InvoicedQuantity"), "NaN", "cbc:InvoicedQuantity"),
    },
)
def test_it_alone_is_missing_and_told(case: tuple[str, str, str, str]) -> None:
    kind, pattern, new, name = case
    received = read(spoiled(kind, pattern, new))
    whole, found = (pruned(everything(read_document(each))) for each in (source(kind), spoiled(kind, pattern, new)))
    assert {problem.xpath.rpartition("/")[2].partition("[")[0] for problem in received.problems} == {name}
    assert all(problem.remedy for problem in received.problems)
    lost = leaves_of(whole) - leaves_of(found)
    assert 0 < len(lost) <= (2 if name == "cbc:IssueDate" else 1), lost
    assert leaves_of(found) <= leaves_of(whole)


def leaves_of(value: Any, path: str = "") -> set[tuple[str, str]]:
    if isinstance(value, dict):
        return {each for key, item in value.items() for each in leaves_of(item, f"{path}.{key}")}
    if isinstance(value, list | tuple):
        return {each for place, item in enumerate(value) for each in leaves_of(item, f"{path}[{place}]")}
    return set() if value is None else {(path, repr(value))}


@cases(
    "B6",
    {
        "an exponent": ("invoice", "1E+5", Decimal("1E+5")),
        "Arabic-Indic digits": ("invoice", "١١٩٠.٠٠", Decimal("1190.00")),
        "commas for thousands": ("invoice", "119,000.00", Decimal(119000)),
    },
    {
        "an exponent in a credit note": ("credit_note", "1e5", Decimal("1E+5")),
        "Persian digits in a debit note": ("debit_note", "۱۱۹۰", Decimal(1190)),
        "Devanagari digits": ("invoice", "११९०", Decimal(1190)),
        "underscores of programs": ("invoice", "1_190", None),
        "a peso sign": ("credit_note", "$ 1190", None),
        "a superscript": ("debit_note", "119²", None),
        "a minus of typographers": ("invoice", "\u22125", Decimal(-5)),
        "a blank of typographers": ("invoice", "1\u202f190", Decimal(1190)),
        "hexadecimal": ("invoice", "0x10", None),
        "an exponent in a health document": ("health", "1E5", Decimal("1E+5")),
    },
)
def test_a_number_of_another_kind_is_told(case: tuple[str, str, Decimal | None]) -> None:
    kind, written, value = case
    received = read(spoiled(kind, element("PayableAmount"), written))
    assert [problem.xpath.rpartition("/")[2] for problem in received.problems] == ["cbc:PayableAmount"]
    assert received.problems[0].value == written
    totals = received.document.totals
    assert getattr(totals, "payable", None) == value
    assert ("totals.payable" in received.document.missing) is (value is None)
