"""Tables of lines, taxes, discounts and charges."""

from __future__ import annotations

from ...models.lines import AllowanceCharge, AlternativePrice, ItemProperty, Line
from ...models.taxes import TaxSubtotal, TaxTotal
from ..codecs import AMOUNT, BOOLEAN, NUMBER, PERCENT, TEXT, TEXT_OR_EMPTY
from ..table import Attr, Row, structure, unit_in
from .parties import PARTY_REFERENCE

TAX_SUBTOTAL = structure(
    TaxSubtotal,
    Row("cbc:TaxableAmount", "taxable", AMOUNT, "Base gravable"),
    Row("cbc:TaxAmount", "amount", AMOUNT, "Valor del tributo"),
    Row("cbc:BaseUnitMeasure", "base_unit_measure", NUMBER, "Unidades gravadas", attrs=(unit_in("base_unit"),)),
    Row("cbc:PerUnitAmount", "per_unit_amount", AMOUNT, "Valor por unidad"),
    Row("cac:TaxCategory/cbc:Percent", "percent", PERCENT, "Tarifa en porcentaje"),
    Row("cac:TaxCategory/cac:TaxScheme/cbc:ID", "code", TEXT, "Código del tributo"),
    Row("cac:TaxCategory/cac:TaxScheme/cbc:Name", "name", TEXT, "Nombre del tributo"),
)

TAX_TOTAL = structure(
    TaxTotal,
    Row("cbc:TaxAmount", "amount", AMOUNT, "Valor del tributo"),
    Row("cbc:RoundingAmount", "rounding", AMOUNT, "Redondeo del tributo"),
    Row("cac:TaxSubtotal", "subtotals", TAX_SUBTOTAL, "Tarifas", many=True),
)

ALLOWANCE_CHARGE = structure(
    AllowanceCharge,
    Row("cbc:ID", "id", TEXT, "Consecutivo"),
    Row("cbc:ChargeIndicator", "is_charge", BOOLEAN, "Cargo (true) o descuento (false)"),
    Row("cbc:AllowanceChargeReasonCode", "reason_code", TEXT, "Código del descuento o cargo"),
    Row("cbc:AllowanceChargeReason", "reason", TEXT, "Razón"),
    Row("cbc:MultiplierFactorNumeric", "percent", PERCENT, "Porcentaje"),
    Row("cbc:Amount", "amount", AMOUNT, "Valor"),
    Row("cbc:BaseAmount", "base", AMOUNT, "Base"),
)

ALTERNATIVE_PRICE = structure(
    AlternativePrice,
    Row("cbc:PriceAmount", "amount", AMOUNT, "Precio de referencia"),
    Row("cbc:PriceTypeCode", "type_code", TEXT_OR_EMPTY, "Tipo de precio de referencia"),
    Row("cbc:PriceType", "type", TEXT, "Nombre del tipo de precio"),
)

ITEM_PROPERTY = structure(
    ItemProperty,
    Row("cbc:Name", "name", TEXT, "Propiedad"),
    Row("cbc:Value", "value", TEXT, "Valor de la propiedad"),
    Row("cbc:ValueQuantity", "quantity", NUMBER, "Cantidad", attrs=(Attr("unitCode", field="unit"),)),
)

_AGENT = "cac:Item/cac:InformationContentProviderParty/cac:PowerOfAttorney/cac:AgentParty"

LINE = structure(
    Line,
    Row("cbc:ID", "id", TEXT, "Número de la línea", attrs=(Attr("schemeID", field="id_scheme"),)),
    Row("cbc:Note", "notes", TEXT, "Notas de la línea", many=True),
    Row("cbc:{quantity}", "quantity", NUMBER, "Cantidad", attrs=(unit_in("unit"),)),
    Row("cbc:LineExtensionAmount", "amount", AMOUNT, "Valor de la línea"),
    Row("cbc:FreeOfChargeIndicator", "free_of_charge", BOOLEAN, "Entrega gratuita"),
    Row(
        "cac:PricingReference/cac:AlternativeConditionPrice",
        "reference_price",
        ALTERNATIVE_PRICE,
        "Precio de referencia",
    ),
    Row("cac:AllowanceCharge", "allowances", ALLOWANCE_CHARGE, "Descuentos y cargos de la línea", many=True),
    Row("cac:TaxTotal", "taxes", TAX_TOTAL, "Impuestos de la línea", many=True),
    Row("cac:WithholdingTaxTotal", "withholdings", TAX_TOTAL, "Retenciones de la línea", many=True),
    Row("cac:Item/cbc:Description", "description", TEXT, "Descripción"),
    Row("cac:Item/cbc:PackSizeNumeric", "pack_size", NUMBER, "Cantidad por empaque"),
    Row("cac:Item/cbc:BrandName", "brand", TEXT, "Marca"),
    Row("cac:Item/cbc:ModelName", "model", TEXT, "Modelo"),
    Row("cac:Item/cac:SellersItemIdentification/cbc:ID", "seller_code", TEXT, "Código del vendedor"),
    Row(
        "cac:Item/cac:StandardItemIdentification/cbc:ID",
        "standard_code",
        TEXT_OR_EMPTY,
        "Código estándar",
        attrs=(
            Attr("schemeID", field="standard"),
            Attr("schemeName", field="standard_name"),
            Attr("schemeAgencyID", field="standard_agency", derived=True),
        ),
    ),
    Row("cac:Item/cac:AdditionalItemProperty", "properties", ITEM_PROPERTY, "Propiedades", many=True),
    Row(_AGENT, "principal", PARTY_REFERENCE, "Mandante"),
    Row("cac:Price/cbc:PriceAmount", "price", AMOUNT, "Precio unitario"),
    Row("cac:Price/cbc:BaseQuantity", "base_quantity", NUMBER, "Cantidad del precio", attrs=(unit_in("base_unit"),)),
)
