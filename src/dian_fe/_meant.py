"""The intended name where one was mistyped, written in Spanish, or taken from another library."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ._text import fold, nearest

_ALIASES: dict[str, tuple[str, ...]] = {
    "emails": ("email", "mail", "correo", "correos", "correo electronico", "e mail"),
    "name": ("nombre", "razon social", "legal name", "full name", "business name", "registration name"),
    "trade_name": ("nombre comercial", "marca comercial"),
    "first_name": ("nombres", "primer nombre", "given name"),
    "family_name": ("apellido", "apellidos", "last name", "surname"),
    "nit": ("id", "identificacion", "identification", "tax id", "document", "documento", "numero documento", "cedula"),
    "id": ("nit", "identificacion", "identification", "tax id", "documento", "numero documento", "cedula", "number"),
    "id_type": ("tipo identificacion", "tipo documento", "document type", "identification type", "tipo id", "type"),
    "check_digit": ("dv", "digito", "digito verificacion", "verification digit"),
    "phone": ("telefono", "celular", "telephone", "mobile"),
    "address": ("direccion", "street"),
    "line": ("direccion", "address", "street", "calle"),
    "municipality": ("municipio", "ciudad", "city", "city code", "municipality code", "codigo municipio"),
    "city": ("ciudad", "municipio"),
    "department": ("departamento", "state", "province", "region"),
    "postal_code": ("codigo postal", "zip", "zip code", "postal"),
    "country": ("pais", "country code"),
    "organization_type": ("tipo persona", "tipo organizacion", "person type"),
    "responsibilities": ("responsabilidad", "responsabilidades", "responsibility", "obligaciones", "tax level code"),
    "regime": ("regimen", "tax regime"),
    "tax_scheme": ("tributo", "esquema tributario"),
    "activities": ("ciiu", "actividad", "actividades", "actividad economica"),
    "merchant_registration": ("matricula", "matricula mercantil"),
    "contact_name": ("contacto", "contact"),
    "description": ("descripcion", "detalle", "producto", "product", "item", "name", "nombre", "concepto"),
    "quantity": ("cantidad", "qty"),
    "unit": ("unidad", "unidad medida", "unit code", "measure", "uom", "unit measure"),
    "price": ("precio", "unit price", "valor unitario", "precio unitario", "valor", "value", "cost"),
    "amount": ("valor", "monto", "importe", "total", "value"),
    "taxes": ("impuesto", "impuestos", "tax", "iva", "vat", "tax totals"),
    "withholdings": ("retencion", "retenciones", "withholding", "retefuente"),
    "allowances": ("descuento", "descuentos", "discount", "discounts", "cargos", "charges", "recargo", "allowance"),
    "notes": ("nota", "note", "observacion", "observaciones", "comments", "remarks"),
    "seller_code": ("codigo", "code", "sku", "referencia", "reference", "codigo producto"),
    "standard_code": ("codigo estandar", "gtin", "ean", "unspsc", "barcode"),
    "brand": ("marca",),
    "model": ("modelo",),
    "number": ("numero", "consecutivo", "invoice number", "numero factura", "folio"),
    "issued_at": ("fecha", "date", "issue date", "fecha emision", "datetime", "issue time"),
    "due_date": ("vencimiento", "fecha vencimiento", "expiration", "expires"),
    "supplier": ("emisor", "vendedor", "proveedor", "seller", "issuer"),
    "customer": ("cliente", "comprador", "adquirente", "buyer", "receiver", "client"),
    "lines": ("lineas", "items", "productos", "detalles", "line"),
    "payments": ("payment", "pago", "pagos", "forma pago"),
    "currency": ("moneda", "divisa", "currency code"),
    "exchange_rate": ("tasa", "trm", "tasa cambio", "rate"),
    "rate": ("tasa", "trm", "valor", "value"),
    "order": ("orden", "orden compra", "purchase order", "order number"),
    "prepayments": ("anticipo", "anticipos", "prepaid", "advance", "advances"),
    "form": ("forma", "forma pago", "payment form"),
    "means": ("medio", "medio pago", "method", "payment method", "metodo"),
    "percent": ("porcentaje", "tarifa", "rate", "percentage"),
    "taxable": ("base", "base gravable", "taxable amount", "taxable base"),
    "reason": ("motivo", "razon"),
    "authorization": ("resolucion", "resolution", "numero resolucion", "autorizacion"),
    "prefix": ("prefijo",),
    "range_from": ("desde", "rango desde", "start", "from number", "inicio"),
    "range_to": ("hasta", "rango hasta", "end", "to number", "fin"),
    "valid_from": ("fecha desde", "vigencia desde", "start date"),
    "valid_to": ("fecha hasta", "vigencia hasta", "end date", "valid until"),
    "technical_key": ("clave tecnica", "llave tecnica", "tech key"),
    "organization": ("empresa", "company", "organizacion", "emisor"),
    "software": ("programa",),
    "resolution": ("resolucion", "numeracion"),
    "environment": ("ambiente", "env", "entorno"),
    "start": ("inicio", "desde", "from", "start date"),
    "end": ("fin", "hasta", "to", "end date"),
    "date": ("fecha",),
    "key": ("cufe", "cude", "uuid", "clave"),
    "concept": ("concepto", "reason", "motivo", "code"),
}
"""By field or argument: other names for it, without accents. The first one that the model has is chosen."""
_FIELDS: dict[str, list[str]] = {}
for _field, _names in _ALIASES.items():
    for _name in _names:
        _FIELDS.setdefault(_name, []).append(_field)
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LITTLE = frozenset({"de", "del", "la", "el", "los", "las", "of", "the"})
_ALIKE = 0.7


def words_of(name: str) -> str:
    """Return the words of a name, whatever joins them: «razón_social» and «razonSocial» are «razon social»."""
    return " ".join(word for word in fold(_CAPITAL.sub(" ", name)).split() if word not in _LITTLE)


def meant(name: str, known: Iterable[str], *, alike: bool = True) -> str | None:
    """Return the known name that was meant: its translation or, if ``alike``, the one most like it; None for none."""
    names = list(known)
    words = words_of(name)
    by_words = {words_of(each): each for each in names}
    if words in by_words:
        return by_words[words]
    for other in _FIELDS.get(words, ()):
        if other in names:
            return other
    close = nearest(words, by_words, cutoff=_ALIKE) if alike else None
    return by_words[close] if close else None
