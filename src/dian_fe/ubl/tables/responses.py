"""The table of ApplicationResponse."""

from __future__ import annotations

from ...models.application_response import ResponseLine, ResponseParty
from ..codecs import TEXT
from ..rows import Attr, Row, Structure
from .documents import HEAD_ROWS

_SCHEME = "cac:PartyTaxScheme"

RESPONSE_PARTY = Structure(
    "ResponseParty",
    ResponseParty,
    (
        Row(f"{_SCHEME}/cbc:RegistrationName", "name", TEXT, "Razón social"),
        Row(
            f"{_SCHEME}/cbc:CompanyID",
            "id",
            TEXT,
            "Identificación",
            attrs=(Attr("schemeID", field="check_digit"), Attr("schemeName", field="id_type")),
        ),
        Row(f"{_SCHEME}/cac:TaxScheme/cbc:ID", "tax_scheme", TEXT, "Tributo"),
        Row(f"{_SCHEME}/cac:TaxScheme/cbc:Name", "tax_scheme_name", TEXT, "Nombre del tributo"),
    ),
)

RESPONSE_LINE = Structure(
    "ResponseLine",
    ResponseLine,
    (
        Row("cac:LineReference/cbc:LineID", "id", TEXT, "Consecutivo"),
        Row("cac:Response/cbc:ResponseCode", "code", TEXT, "Código de la regla"),
        Row("cac:Response/cbc:Description", "description", TEXT, "Mensaje"),
    ),
)

_RESPONSE, _REFERENCE = "cac:DocumentResponse/cac:Response", "cac:DocumentResponse/cac:DocumentReference"

RESPONSE_ROWS: tuple[Row, ...] = (
    *HEAD_ROWS,
    Row("cbc:Note", "notes", TEXT, "Notas", many=True),
    Row("cac:SenderParty", "sender", RESPONSE_PARTY, "Quien responde"),
    Row("cac:ReceiverParty", "receiver", RESPONSE_PARTY, "A quien se responde"),
    Row(f"{_RESPONSE}/cbc:ResponseCode", "code", TEXT, "Código de la respuesta"),
    Row(f"{_RESPONSE}/cbc:Description", "description", TEXT, "Respuesta"),
    Row(f"{_REFERENCE}/cbc:ID", "reference", TEXT, "Documento respondido"),
    Row(
        f"{_REFERENCE}/cbc:UUID",
        "reference_key",
        TEXT,
        "CUFE o CUDE del documento",
        attrs=(Attr("schemeName", field="reference_key_scheme"),),
    ),
    Row(f"{_REFERENCE}/cbc:DocumentTypeCode", "reference_type", TEXT, "Tipo del documento"),
    Row("cac:DocumentResponse/cac:LineResponse", "lines", RESPONSE_LINE, "Mensajes", many=True),
)
