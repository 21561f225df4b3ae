"""The tables of invoice, credit note and debit note."""

from __future__ import annotations

from ...ubl.extensions import DIAN
from ...ubl.grammar import Grammar
from ...ubl.tables.trade import TRADE_ROWS
from .health import HEALTH


def _grammar(line: str, quantity: str, total: str, type_code: str) -> Grammar:
    words = {"line": line, "quantity": quantity, "total": total, "type_code": type_code}
    return Grammar(TRADE_ROWS, words, extensions=(HEALTH, DIAN))


INVOICE = _grammar("InvoiceLine", "InvoicedQuantity", "LegalMonetaryTotal", "InvoiceTypeCode")
CREDIT_NOTE = _grammar("CreditNoteLine", "CreditedQuantity", "LegalMonetaryTotal", "CreditNoteTypeCode")
DEBIT_NOTE = _grammar("DebitNoteLine", "DebitedQuantity", "RequestedMonetaryTotal", "DebitNoteTypeCode")
"""UBL's DebitNote has no type code: the row of that name is omitted."""
