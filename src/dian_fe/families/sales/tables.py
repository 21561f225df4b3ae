"""The tables of invoice, credit note and debit note."""

from __future__ import annotations

from ...ubl.codecs import COUNT, DAY, TEXT
from ...ubl.extensions import DIAN
from ...ubl.grammar import Grammar
from ...ubl.rows import Attr, Row
from ...ubl.tables.documents import (
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
from ...ubl.tables.lines import ALLOWANCE_CHARGE, LINE, TAX_TOTAL
from ...ubl.tables.parties import CUSTOMER, PARTY_REFERENCE, SUPPLIER
from .health import HEALTH

ROOT_ROWS: tuple[Row, ...] = (
    *HEAD_ROWS,
    Row("cbc:DueDate", "due_date", DAY, "Fecha de vencimiento"),
    Row("cbc:{type_code}", "type_code", TEXT, "Tipo de documento"),
    Row("cbc:Note", "notes", TEXT, "Notas", many=True),
    Row("cbc:TaxPointDate", "tax_point_date", DAY, "Fecha de causación"),
    Row(
        "cbc:DocumentCurrencyCode",
        "currency",
        TEXT,
        "Moneda",
        attrs=(
            Attr("listAgencyID", const="6"),
            Attr("listAgencyName", const="United Nations Economic Commission for Europe"),
            Attr("listID", const="ISO 4217 Alpha"),
        ),
    ),
    Row("cbc:LineCountNumeric", "line_count", COUNT, "Número de líneas", echo=True),
    Row("cac:InvoicePeriod", "period", PERIOD, "Periodo facturado"),
    Row("cac:DiscrepancyResponse", "corrections", CORRECTION, "Correcciones", many=True),
    Row("cac:OrderReference", "order", ORDER_REFERENCE, "Orden de compra"),
    Row(
        "cac:BillingReference",
        "billing_references",
        BILLING_REFERENCE,
        "Facturas referenciadas",
        many=True,
    ),
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
"""Every row of the three documents; what a kind's XSD does not have, that kind does not write."""


def _grammar(line: str, quantity: str, total: str, type_code: str) -> Grammar:
    words = {"line": line, "quantity": quantity, "total": total, "type_code": type_code}
    return Grammar(ROOT_ROWS, words, extensions=(HEALTH, DIAN))


INVOICE = _grammar("InvoiceLine", "InvoicedQuantity", "LegalMonetaryTotal", "InvoiceTypeCode")
CREDIT_NOTE = _grammar("CreditNoteLine", "CreditedQuantity", "LegalMonetaryTotal", "CreditNoteTypeCode")
DEBIT_NOTE = _grammar("DebitNoteLine", "DebitedQuantity", "RequestedMonetaryTotal", "DebitNoteTypeCode")
"""UBL's DebitNote has no type code: the row of that name is left out."""
