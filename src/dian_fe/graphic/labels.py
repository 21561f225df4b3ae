"""The labels of a representación gráfica, in Spanish and English."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .content import Label

TEXTS: Mapping[str, tuple[str, str]] = {
    # notices
    "test_environment": ("Documento de pruebas (habilitación)", "Test document"),
    "rejected": ("Documento rechazado por la DIAN", "Rejected by DIAN"),
    "irregular": (
        "Puede diferir del XML, que trae datos irregulares",
        "May differ from the XML, which has irregular data",
    ),
    # parties
    "supplier": ("Emisor", "Seller"),
    "customer": ("Adquirente", "Buyer"),
    "address": ("Dirección", "Address"),
    "fiscal_address": ("Dirección fiscal", "Registered address"),
    "phone": ("Teléfono", "Phone"),
    "fax": ("Fax", "Fax"),
    "email": ("Correo", "E-mail"),
    "contact": ("Contacto", "Contact"),
    "activities": ("Actividad económica (CIIU)", "Economic activity (ISIC)"),
    "merchant_registration": ("Matrícula mercantil", "Merchant registration"),
    "delivery": ("Entrega", "Delivery"),
    "delivery_address": ("Dirección de entrega", "Delivery address"),
    "delivery_date": ("Fecha de entrega", "Delivery date"),
    "delivery_time": ("Hora de entrega", "Delivery time"),
    "carrier": ("Transportador", "Carrier"),
    "incoterm": ("Condición de entrega", "Incoterm"),
    "delivery_terms": ("Términos de entrega", "Delivery terms"),
    "loss_risk": ("Riesgo de pérdida", "Risk of loss"),
    # numbering and dates
    "numbering": ("Numeración autorizada por la DIAN", "Numbering authorised by DIAN"),
    "own_numbering": ("Numeración", "Numbering"),
    "number": ("Número", "Number"),
    "prefix": ("Prefijo", "Prefix"),
    "authorization": ("Autorización", "Authorisation"),
    "authorized_on": ("Fecha de autorización", "Authorised on"),
    "range": ("Rango autorizado", "Authorised range"),
    "validity": ("Vigencia", "Validity"),
    "dates": ("Fechas", "Dates"),
    "issued_at": ("Generación", "Issued"),
    "validated_at": ("Validación DIAN (expedición)", "Validated by DIAN"),
    "due_date": ("Vencimiento", "Due date"),
    "tax_point_date": ("Causación del impuesto", "Tax point"),
    "operation": ("Tipo de operación", "Operation"),
    "period": ("Periodo facturado", "Invoiced period"),
    # payment
    "payment": ("Pago", "Payment"),
    "payment_form": ("Forma de pago", "Payment terms"),
    "payment_means": ("Medio de pago", "Payment means"),
    "payment_reference": ("Referencia de pago", "Payment reference"),
    "payment_terms": ("Condiciones de pago", "Terms of payment"),
    "instalments": ("Cuotas", "Instalments"),
    "instalment": ("Cuota", "Instalment"),
    # currency
    "exchange": ("Moneda y tasa de cambio", "Currency and exchange rate"),
    "currency": ("Moneda", "Currency"),
    "rate": ("Tasa de cambio", "Exchange rate"),
    "rate_date": ("Fecha de la tasa", "Rate date"),
    # references and correction
    "correction": ("Corrección", "Correction"),
    "correction_concept": ("Concepto", "Concept"),
    "correction_reason": ("Razón", "Reason"),
    "corrected_document": ("Documento corregido", "Corrected document"),
    "references": ("Documentos relacionados", "Related documents"),
    "billing_reference": ("Factura referenciada", "Referenced invoice"),
    "order": ("Orden de compra", "Purchase order"),
    "sales_order": ("Pedido", "Sales order"),
    "despatch": ("Despacho", "Despatch"),
    "receipt": ("Recepción", "Receipt"),
    "other_document": ("Otro documento", "Other document"),
    # lines
    "line_number": ("N.º", "No."),
    "code": ("Código", "Code"),
    "standard_code": ("Código", "Code"),
    "description": ("Descripción", "Description"),
    "quantity": ("Cantidad", "Quantity"),
    "unit": ("Unidad", "Unit"),
    "price": ("Valor unitario", "Unit price"),
    "allowances": ("Descuentos y cargos", "Discounts and charges"),
    "taxes": ("Impuestos", "Taxes"),
    "line_total": ("Valor total", "Line total"),
    "brand": ("Marca", "Brand"),
    "model": ("Modelo", "Model"),
    "pack_size": ("Contenido del empaque", "Pack size"),
    "note": ("Nota", "Note"),
    "principal": ("Por cuenta de", "On behalf of"),
    "withheld": ("Retenciones", "Withholdings"),
    "free": ("Muestra gratis", "Free of charge"),
    "reference_price": ("Precio de referencia", "Reference price"),
    # amounts
    "tax_summary": ("Impuestos por tarifa", "Taxes by rate"),
    "tax": ("Tributo", "Tax"),
    "tax_rate": ("Tarifa", "Rate"),
    "tax_base": ("Base", "Base"),
    "tax_amount": ("Valor", "Amount"),
    "withholdings": ("Retenciones (informativas)", "Withholdings (for information)"),
    "other_amounts": ("Otros valores del documento", "Other amounts"),
    "discount": ("Descuento", "Discount"),
    "charge": ("Cargo", "Charge"),
    "prepayment": ("Anticipo", "Prepayment"),
    "totals": ("Totales", "Totals"),
    "line_extension": ("Subtotal", "Subtotal"),
    "tax_exclusive": ("Base gravable", "Taxable amount"),
    "tax_total": ("Impuestos", "Taxes"),
    "tax_inclusive": ("Subtotal más impuestos", "Subtotal and taxes"),
    "allowance_total": ("Descuentos", "Discounts"),
    "charge_total": ("Cargos", "Charges"),
    "prepaid": ("Anticipos (informativos)", "Prepayments (for information)"),
    "prepaid_deducted": ("Anticipos descontados", "Prepayments deducted"),
    "payable_rounding": ("Redondeo", "Rounding"),
    "payable": ("Total a pagar", "Amount payable"),
    "withholding_total": ("Total retenciones (informativo)", "Withholdings (for information)"),
    "in_pesos": ("Valor en pesos (COP)", "In Colombian pesos (COP)"),
    "in_words": ("Valor en letras", "Amount in words"),
    # foot
    "notes": ("Observaciones", "Notes"),
    "software": ("Elaborado con", "Made with"),
    "software_maker": ("Fabricante del software", "Software maker"),
    "software_maker_nit": ("NIT del fabricante", "Maker's NIT"),
    "software_name": ("Software", "Software"),
    "software_provider": ("Proveedor tecnológico NIT", "Technology provider NIT"),
    "software_owner": ("Software propio del NIT", "Own software of NIT"),
    "software_id": ("Identificador del software", "Software ID"),
    "page": ("Página", "Page"),
    "of": ("de", "of"),
    "check_at_dian": ("Consulte este documento en la DIAN", "Look this document up at DIAN"),
}
"""Spanish and English of each label, by name."""

Labels = Callable[[str], Label]


def labels(english: bool, own: Mapping[str, tuple[str, str]] = TEXTS) -> Labels:
    """Return the function that makes labels by name, with English beside the Spanish when asked for.

    ``own``: labels of a family, which go before the usual ones.
    """

    def label(name: str) -> Label:
        spanish, other = own[name] if name in own else TEXTS[name]
        return Label(spanish, other if english and other != spanish else None)

    return label
