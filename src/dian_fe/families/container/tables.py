"""The table of AttachedDocument (annex 1.9, section 6.4)."""

from __future__ import annotations

from ...models.attached_document import AttachedAnswer, AttachedParty
from ...ubl.codecs import CODES, DAY, EMBEDDED, TEXT
from ...ubl.grammar import Grammar
from ...ubl.table import Attr, Const, Row, structure
from ...ubl.tables.documents import HEAD_ROWS
from ...ubl.tables.parties import BARE_ID_ATTRS, DIAN_AGENCY

_SCHEME = "cac:PartyTaxScheme"
_REFERENCE = "cac:DocumentReference"
_VERIFICATION = f"{_REFERENCE}/cac:ResultOfVerification"


def _embedded(base: str, label: str) -> tuple[Row | Const, ...]:
    """Return the rows of an XML document embedded as text."""
    external = f"{base}cac:Attachment/cac:ExternalReference"
    return (
        Const(f"{external}/cbc:MimeCode", "text/xml", "Tipo del contenido"),
        Const(f"{external}/cbc:EncodingCode", "UTF-8", "Codificación del contenido"),
        Row(f"{external}/cbc:Description", "content", EMBEDDED, label),
    )


ATTACHED_PARTY = structure(
    AttachedParty,
    Row(f"{_SCHEME}/cbc:RegistrationName", "name", TEXT, "Razón social"),
    Row(f"{_SCHEME}/cbc:CompanyID", "id", TEXT, "Identificación", attrs=(*DIAN_AGENCY, *BARE_ID_ATTRS)),
    Row(
        f"{_SCHEME}/cbc:TaxLevelCode",
        "responsibilities",
        CODES,
        "Responsabilidades fiscales",
        attrs=(Attr("listName", field="regime"),),
    ),
    Row(f"{_SCHEME}/cac:TaxScheme/cbc:ID", "tax_scheme", TEXT, "Tributo"),
    Row(f"{_SCHEME}/cac:TaxScheme/cbc:Name", "tax_scheme_name", TEXT, "Nombre del tributo"),
)

ATTACHED_ANSWER = structure(
    AttachedAnswer,
    Row("cbc:LineID", "id", TEXT, "Consecutivo"),
    Row(f"{_REFERENCE}/cbc:ID", "reference", TEXT, "Documento respondido"),
    Row(
        f"{_REFERENCE}/cbc:UUID",
        "reference_key",
        TEXT,
        "CUFE o CUDE del documento",
        attrs=(Attr("schemeName", field="reference_key_scheme"),),
    ),
    Row(f"{_REFERENCE}/cbc:IssueDate", "issue_date", DAY, "Fecha de la respuesta"),
    Row(f"{_REFERENCE}/cbc:DocumentType", "document_type", TEXT, "Tipo de la respuesta"),
    *_embedded(f"{_REFERENCE}/", "Respuesta"),
    Row(f"{_VERIFICATION}/cbc:ValidatorID", "validator", TEXT, "Quien validó"),
    Row(f"{_VERIFICATION}/cbc:ValidationResultCode", "result_code", TEXT, "Resultado de la validación"),
    Row(f"{_VERIFICATION}/cbc:ValidationDate", "validation_date", DAY, "Fecha de la validación"),
    Row(f"{_VERIFICATION}/cbc:ValidationTime", "validation_time", TEXT, "Hora de la validación"),
)

ATTACHED_ROWS: tuple[Row | Const, ...] = (
    *HEAD_ROWS,
    Row("cbc:Note", "notes", TEXT, "Notas", many=True),
    Row("cbc:DocumentTypeCode", "document_type_code", TEXT, "Código del tipo de contenedor"),
    Row("cbc:DocumentType", "document_type", TEXT, "Tipo de contenedor"),
    Row("cbc:ParentDocumentID", "parent_number", TEXT, "Número del documento contenido"),
    Row("cac:SenderParty", "sender", ATTACHED_PARTY, "Quien entrega"),
    Row("cac:ReceiverParty", "receiver", ATTACHED_PARTY, "Quien recibe"),
    *_embedded("", "Documento contenido"),
    Row("cac:ParentDocumentLineReference", "answers", ATTACHED_ANSWER, "Respuestas", many=True),
)

ATTACHED_DOCUMENT = Grammar(ATTACHED_ROWS)
