"""The rules of invoice, credit note and debit note (annexes 1.7 to 1.9), in the groups of the annex."""

from pathlib import Path

from ....rules.book import RuleBook, Version
from ....rules.facts import Annex

KINDS = ("invoice", "credit_note", "debit_note")
LISTS = "1.8"
"""Annex from which parties' taxes and responsibilities are checked against its lists."""
ADDRESS = {"postal_code": "1.8", "city_capitals": "1.9", "department_name": "1.9"}
"""Annexes from which address data are checked: under 1.8, «Bogotá» and «05631» were not notified."""
FISCAL_ADDRESS = {"postal_code": "1.9"}
"""The same for fiscal addresses: of a 2022 document with two empty postal codes only one was notified."""

BOOK = RuleBook(
    __name__,
    Path(__file__).with_name("data"),
    {
        r"F[AB][A-Z]\d\d[A-Za-z]?": ("invoice",),
        r"C[AB][A-Z]\d\d[A-Za-z]?": ("credit_note",),
        r"D[AB][A-Z]\d\d[A-Za-z]?": ("debit_note",),
        r"CTG\d\d": ("invoice",),  # contingency
        r"VLR\d\d|RUT\d\d|90": KINDS,
    },
    tuple(Version(annex, annex.since) for annex in Annex),
    "Resolución 000165 de 2023, anexo técnico 1.9, regla {code}",
    (
        "extension",
        "header",
        "references",
        "corrected",
        "supplier",
        "customer",
        "delivery",
        "payment",
        "allowances",
        "taxes",
        "withholdings",
        "rates",
        "totals",
        "lines",
        "items",
        "currencies",
    ),
    dict(zip(KINDS, "FCD", strict=True)),
)
