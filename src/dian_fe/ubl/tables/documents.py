"""Tables of whole documents: references, payment, delivery, totals, and the root rows of the three sales documents."""

from __future__ import annotations

from ...models.delivery import Delivery, DeliveryTerms
from ...models.payment import ExchangeRate, Payment, PaymentTerms, Prepayment
from ...models.references import Correction, DocumentReference, OrderReference, Period
from ...models.totals import Totals
from ..codecs import AMOUNT, DATE_OF, DAY, NUMBER, TEXT, TEXT_OR_EMPTY, TIME_OF
from ..table import Attr, Row, Structure, structure, unit_in
from .parties import ADDRESS, CARRIER

_KEY_SCHEME = Attr("schemeName", field="key_scheme", expected=True)


def _reference_rows(base: str = "") -> tuple[Row, ...]:
    return (
        Row(f"{base}cbc:ID", "number", TEXT, "Número del documento"),
        Row(f"{base}cbc:UUID", "key", TEXT, "CUFE o CUDE", attrs=(_KEY_SCHEME,)),
        Row(f"{base}cbc:IssueDate", "issue_date", DAY, "Fecha de emisión"),
        Row(f"{base}cbc:DocumentTypeCode", "type_code", TEXT, "Tipo de documento"),
        Row(f"{base}cbc:DocumentDescription", "description", TEXT, "Descripción"),
    )


DOCUMENT_REFERENCE = Structure("DocumentReference", DocumentReference, _reference_rows())
BILLING_REFERENCE = Structure("BillingReference", DocumentReference, _reference_rows("cac:InvoiceDocumentReference/"))

ORDER_REFERENCE = structure(
    OrderReference,
    Row("cbc:ID", "number", TEXT, "Orden de compra"),
    Row("cbc:SalesOrderID", "sales_order", TEXT, "Pedido del vendedor"),
    Row("cbc:IssueDate", "issue_date", DAY, "Fecha de la orden"),
)

PERIOD = structure(
    Period,
    Row("cbc:StartDate", "start", DAY, "Inicio"),
    Row("cbc:StartTime", "start_time", TEXT, "Hora de inicio"),
    Row("cbc:EndDate", "end", DAY, "Fin"),
    Row("cbc:EndTime", "end_time", TEXT, "Hora de fin"),
)

CORRECTION = structure(
    Correction,
    Row("cbc:ReferenceID", "reference", TEXT, "Documento corregido"),
    Row("cbc:ResponseCode", "concept", TEXT, "Concepto de corrección"),
    Row("cbc:Description", "description", TEXT, "Razón de la corrección"),
)

DELIVERY = structure(
    Delivery,
    Row("cbc:ActualDeliveryDate", "date", DAY, "Fecha de entrega"),
    Row("cbc:ActualDeliveryTime", "time", TEXT, "Hora de entrega"),
    Row("cac:DeliveryAddress", "address", ADDRESS, "Dirección de entrega"),
    Row("cac:DeliveryParty", "carrier", CARRIER, "Transportador"),
)

DELIVERY_TERMS = structure(
    DeliveryTerms,
    Row("cbc:ID", "id", TEXT, "Consecutivo"),
    Row("cbc:SpecialTerms", "special_terms", TEXT, "Condiciones de entrega"),
    Row("cbc:LossRiskResponsibilityCode", "incoterm", TEXT_OR_EMPTY, "INCOTERM"),
    Row("cbc:LossRisk", "loss_risk", TEXT, "Riesgo de pérdida"),
)

PAYMENT = structure(
    Payment,
    Row("cbc:ID", "form", TEXT, "Forma de pago"),
    Row("cbc:PaymentMeansCode", "means", TEXT, "Medio de pago"),
    Row("cbc:PaymentDueDate", "due_date", DAY, "Fecha de vencimiento"),
    Row("cbc:PaymentID", "ids", TEXT_OR_EMPTY, "Referencias del pago", many=True),
)

PAYMENT_TERMS = structure(
    PaymentTerms,
    Row("cbc:ID", "id", TEXT, "Consecutivo"),
    Row("cbc:PaymentMeansID", "means_id", TEXT, "Forma de pago"),
    Row("cbc:Note", "note", TEXT, "Nota"),
    Row("cbc:ReferenceEventCode", "reference_event", TEXT, "Evento de referencia"),
    Row("cbc:PaymentDueDate", "due_date", DAY, "Fecha de vencimiento"),
    Row("cbc:Amount", "amount", AMOUNT, "Valor de la cuota"),
    Row("cac:SettlementPeriod/cbc:DurationMeasure", "duration", NUMBER, "Plazo", attrs=(unit_in("duration_unit"),)),
)

PREPAYMENT = structure(
    Prepayment,
    Row("cbc:ID", "id", TEXT, "Consecutivo", attrs=(Attr("schemeID", field="collection_concept"),)),
    Row("cbc:PaidAmount", "amount", AMOUNT, "Valor del anticipo"),
    Row("cbc:ReceivedDate", "received", DAY, "Fecha de recibo"),
    Row("cbc:PaidDate", "paid", DAY, "Fecha de pago"),
    Row("cbc:InstructionID", "instruction", TEXT, "Instrucción"),
)

EXCHANGE_RATE = structure(
    ExchangeRate,
    Row("cbc:SourceCurrencyCode", "currency", TEXT, "Divisa"),
    Row("cbc:SourceCurrencyBaseRate", "source_base", NUMBER, "Base de la divisa"),
    Row("cbc:TargetCurrencyCode", "target_currency", TEXT, "Moneda de destino"),
    Row("cbc:TargetCurrencyBaseRate", "target_base", NUMBER, "Base de la moneda de destino"),
    Row("cbc:CalculationRate", "rate", NUMBER, "Tasa de cambio"),
    Row("cbc:Date", "date", DAY, "Fecha de la tasa"),
)

TOTALS = structure(
    Totals,
    Row("cbc:LineExtensionAmount", "line_extension", AMOUNT, "Total de las líneas"),
    Row("cbc:TaxExclusiveAmount", "tax_exclusive", AMOUNT, "Total base gravable"),
    Row("cbc:TaxInclusiveAmount", "tax_inclusive", AMOUNT, "Total con impuestos"),
    Row("cbc:AllowanceTotalAmount", "allowance_total", AMOUNT, "Total descuentos"),
    Row("cbc:ChargeTotalAmount", "charge_total", AMOUNT, "Total cargos"),
    Row("cbc:PrepaidAmount", "prepaid", AMOUNT, "Total anticipos"),
    Row("cbc:PayableRoundingAmount", "payable_rounding", AMOUNT, "Redondeo"),
    Row("cbc:PayableAmount", "payable", AMOUNT, "Total a pagar"),
)

HEAD_ROWS: tuple[Row, ...] = (
    Row("cbc:UBLVersionID", "control.ubl_version", TEXT, "Versión de UBL"),
    Row("cbc:CustomizationID", "operation", TEXT, "Tipo de operación"),
    Row("cbc:ProfileID", "control.profile", TEXT, "Perfil"),
    Row("cbc:ProfileExecutionID", "control.environment", TEXT, "Ambiente"),
    Row("cbc:ID", "number", TEXT, "Número"),
    Row(
        "cbc:UUID",
        "control.key",
        TEXT,
        "CUFE o CUDE",
        attrs=(
            Attr("schemeID", field="control.key_environment"),
            Attr("schemeName", field="control.key_scheme", expected=True),
        ),
    ),
    Row("cbc:IssueDate", "issued_at", DATE_OF, "Fecha de emisión"),
    Row("cbc:IssueTime", "issued_at", TIME_OF, "Hora de emisión"),
)
"""The first rows of every document."""
