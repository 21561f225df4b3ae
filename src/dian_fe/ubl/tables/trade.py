"""The rows of documents with parties, lines, taxes and totals, which families take as they are or change."""

from __future__ import annotations

from collections.abc import Iterable

from ..codecs import COUNT, DAY, TEXT
from ..table import Attr, Const, Row
from .documents import (
    BILLING_REFERENCE,
    CORRECTION,
    DELIVERY,
    DELIVERY_TERMS,
    DOCUMENT_REFERENCE,
    EXCHANGE_RATE,
    HEAD_ROWS,
    ORDER_REFERENCE,
    PAYMENT,
    PAYMENT_TERMS,
    PERIOD,
    PREPAYMENT,
    TOTALS,
)
from .lines import ALLOWANCE_CHARGE, LINE, TAX_TOTAL
from .parties import CUSTOMER, PARTY_REFERENCE, SUPPLIER, UNECE_AGENCY

_CURRENCY_LIST = (*UNECE_AGENCY, Attr("listID", const="ISO 4217 Alpha"))

TRADE_ROWS: tuple[Row, ...] = (
    *HEAD_ROWS,
    Row("cbc:DueDate", "due_date", DAY, "Fecha de vencimiento"),
    Row("cbc:{type_code}", "type_code", TEXT, "Tipo de documento"),
    Row("cbc:Note", "notes", TEXT, "Notas", many=True),
    Row("cbc:TaxPointDate", "tax_point_date", DAY, "Fecha de causación"),
    Row("cbc:DocumentCurrencyCode", "currency", TEXT, "Moneda", attrs=_CURRENCY_LIST),
    Row("cbc:LineCountNumeric", "line_count", COUNT, "Número de líneas", echo=True),
    Row("cac:InvoicePeriod", "period", PERIOD, "Periodo facturado"),
    Row("cac:DiscrepancyResponse", "corrections", CORRECTION, "Correcciones", many=True),
    Row("cac:OrderReference", "order", ORDER_REFERENCE, "Orden de compra"),
    Row("cac:BillingReference", "billing_references", BILLING_REFERENCE, "Facturas referenciadas", many=True),
    Row("cac:DespatchDocumentReference", "despatch_references", DOCUMENT_REFERENCE, "Despachos", many=True),
    Row("cac:ReceiptDocumentReference", "receipt_references", DOCUMENT_REFERENCE, "Recepciones", many=True),
    Row("cac:AdditionalDocumentReference", "additional_references", DOCUMENT_REFERENCE, "Otros documentos", many=True),
    Row("cac:AccountingSupplierParty", "supplier", SUPPLIER, "Emisor"),
    Row("cac:AccountingCustomerParty", "customer", CUSTOMER, "Adquirente"),
    Row("cac:TaxRepresentativeParty", "tax_representative", PARTY_REFERENCE, "Autorizado para descargar"),
    Row("cac:Delivery", "delivery", DELIVERY, "Entrega"),
    Row("cac:DeliveryTerms", "delivery_terms", DELIVERY_TERMS, "Condiciones de entrega"),
    Row("cac:PaymentMeans", "payments", PAYMENT, "Medios de pago", many=True),
    Row("cac:PaymentTerms", "payment_terms", PAYMENT_TERMS, "Condiciones de pago", many=True),
    Row("cac:PrepaidPayment", "prepayments", PREPAYMENT, "Anticipos", many=True),
    Row("cac:AllowanceCharge", "allowances", ALLOWANCE_CHARGE, "Descuentos y cargos del documento", many=True),
    Row("cac:PaymentExchangeRate", "exchange_rate", EXCHANGE_RATE, "Tasa de cambio"),
    Row("cac:TaxTotal", "taxes", TAX_TOTAL, "Impuestos", many=True),
    Row("cac:WithholdingTaxTotal", "withholdings", TAX_TOTAL, "Retenciones", many=True),
    Row("cac:{total}", "totals", TOTALS, "Totales"),
    Row("cac:{line}", "lines", LINE, "Líneas", many=True),
)
"""Every row; what a kind's XSD or model does not have, that kind does not write.

Words that a grammar gives: ``line``, ``quantity``, ``total``, ``type_code``.
"""


def with_rows(rows: Iterable[Row | Const], *others: Row) -> tuple[Row | Const, ...]:
    """Return a table with other rows in the places of those with the same path, and new ones at its end."""
    instead = {row.path: row for row in others}
    kept = tuple(instead.pop(row.path, row) for row in rows)
    return (*kept, *instead.values())
