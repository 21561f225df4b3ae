"""The tables of the support document and its adjustment note.

Other software writes the party as in an invoice. DIAN's examples have less, so data that DIAN does not ask for are read
but not written (evidence: a test document with a good signature, and templates of four vendors).
"""

from __future__ import annotations

from dataclasses import replace

from ...models.party import Party
from ...ubl.codecs import DAY, TEXT
from ...ubl.extensions import DIAN
from ...ubl.grammar import Grammar
from ...ubl.table import Const, Row, Structure, structure
from ...ubl.tables.documents import BILLING_REFERENCE
from ...ubl.tables.lines import LINE
from ...ubl.tables.parties import CUSTOMER
from ...ubl.tables.trade import TRADE_ROWS, with_rows
from .models import Purchase, SupportLine

PURCHASE = structure(
    Purchase,
    Row("cbc:StartDate", "date", DAY, "Fecha de la compra"),
    Row("cbc:DescriptionCode", "transmission", TEXT, "Forma de generación y transmisión"),
    Row("cbc:Description", "description", TEXT, "Descripción de la forma"),
)
SUPPORT_LINE = Structure(
    "SupportLine", SupportLine, (*LINE.rows, Row("cac:InvoicePeriod", "purchase", PURCHASE, "Compra"))
)


def _bare(row: Row | Const) -> Row | Const:
    """Return a row that is read but not written if it repeats a datum, and that has no fallback."""
    return row if isinstance(row, Const) else replace(row, silent=row.echo, fallback=None)


_PREFIX = Row(
    "cac:Party/cac:PartyLegalEntity/cac:CorporateRegistrationScheme/cbc:ID",
    "control.prefix",
    TEXT,
    "Prefijo de la numeración",
    silent=True,
)
_PARTY_ROWS = tuple(_bare(row) for row in CUSTOMER.rows)
SELLER = Structure("Seller", Party, (*_PARTY_ROWS, _PREFIX))
BUYER = Structure("Buyer", Party, _PARTY_ROWS)

_CURRENCY = next(row for row in TRADE_ROWS if row.path == "cbc:DocumentCurrencyCode" and isinstance(row, Row))
# A buyer's documents with the attributes of the list were refused in July 2026 (DSFC03).
_PLAIN_CURRENCY = replace(_CURRENCY, attrs=tuple(replace(each, silent=True) for each in _CURRENCY.attrs))

_ROWS = with_rows(
    TRADE_ROWS,
    _PLAIN_CURRENCY,
    Row("cac:BillingReference", "billing_references", BILLING_REFERENCE, "Documentos referenciados", many=True),
    Row("cac:AccountingSupplierParty", "supplier", SELLER, "Vendedor"),
    Row("cac:AccountingCustomerParty", "customer", BUYER, "Comprador"),
    Row("cac:{line}", "lines", SUPPORT_LINE, "Líneas", many=True),
)


def _grammar(line: str, quantity: str, type_code: str) -> Grammar:
    words = {"line": line, "quantity": quantity, "total": "LegalMonetaryTotal", "type_code": type_code}
    return Grammar(_ROWS, words, extensions=(DIAN,))


SUPPORT_DOCUMENT = _grammar("InvoiceLine", "InvoicedQuantity", "InvoiceTypeCode")
SUPPORT_NOTE = _grammar("CreditNoteLine", "CreditedQuantity", "CreditNoteTypeCode")
