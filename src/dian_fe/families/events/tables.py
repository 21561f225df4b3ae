"""The tables of ApplicationResponse: DIAN's answers, and the events of an invoice."""

from __future__ import annotations

from ...models.application_response import ResponseLine, ResponseParty
from ...models.event import EventParty, Person
from ...ubl.codecs import TEXT
from ...ubl.extensions import DIAN
from ...ubl.grammar import Grammar
from ...ubl.table import Attr, Row, Structure, structure
from ...ubl.tables.documents import HEAD_ROWS
from ...ubl.tables.parties import DIAN_AGENCY

_SCHEME = "cac:PartyTaxScheme"
_ID_ATTRS = (Attr("schemeID", field="check_digit"), Attr("schemeName", field="id_type", expected=True))


def _party(name: str, model: type[ResponseParty], *attrs: Attr) -> Structure:
    """Return the table of a party; ``attrs`` are further attributes of its identification in events."""
    return Structure(
        name,
        model,
        (
            Row(f"{_SCHEME}/cbc:RegistrationName", "name", TEXT, "Razón social"),
            Row(f"{_SCHEME}/cbc:CompanyID", "id", TEXT, "Identificación", attrs=(*attrs, *_ID_ATTRS)),
            Row(f"{_SCHEME}/cac:TaxScheme/cbc:ID", "tax_scheme", TEXT, "Tributo"),
            Row(f"{_SCHEME}/cac:TaxScheme/cbc:Name", "tax_scheme_name", TEXT, "Nombre del tributo"),
        ),
    )


RESPONSE_PARTY = _party("ResponseParty", ResponseParty)
EVENT_PARTY = _party("EventParty", EventParty, *DIAN_AGENCY, Attr("schemeVersionID", field="organization_type"))

PERSON = structure(
    Person,
    Row("cbc:ID", "id", TEXT, "Identificación", attrs=_ID_ATTRS),
    Row("cbc:FirstName", "first_name", TEXT, "Nombres"),
    Row("cbc:FamilyName", "family_name", TEXT, "Apellidos"),
    Row("cbc:JobTitle", "job_title", TEXT, "Cargo"),
    Row("cbc:OrganizationDepartment", "department", TEXT, "Área o dependencia"),
)

RESPONSE_LINE = structure(
    ResponseLine,
    Row("cac:LineReference/cbc:LineID", "id", TEXT, "Consecutivo"),
    Row("cac:Response/cbc:ResponseCode", "code", TEXT, "Código de la regla"),
    Row("cac:Response/cbc:Description", "description", TEXT, "Mensaje"),
)

_RESPONSE, _REFERENCE = "cac:DocumentResponse/cac:Response", "cac:DocumentResponse/cac:DocumentReference"


def _rows(party: Structure, *code_attrs: Attr) -> tuple[Row, ...]:
    """Return the rows that answers and events share; ``code_attrs`` are the attributes of the code."""
    return (
        *HEAD_ROWS,
        Row("cbc:Note", "notes", TEXT, "Notas", many=True),
        Row("cac:SenderParty", "sender", party, "Quien responde"),
        Row("cac:ReceiverParty", "receiver", party, "A quien se responde"),
        Row(f"{_RESPONSE}/cbc:ResponseCode", "code", TEXT, "Código de la respuesta", attrs=code_attrs),
        Row(f"{_RESPONSE}/cbc:Description", "description", TEXT, "Respuesta"),
        Row(f"{_REFERENCE}/cbc:ID", "reference", TEXT, "Documento respondido"),
        Row(
            f"{_REFERENCE}/cbc:UUID",
            "reference_key",
            TEXT,
            "CUFE o CUDE del documento",
            attrs=(Attr("schemeName", field="reference_key_scheme", expected=True),),
        ),
        Row(f"{_REFERENCE}/cbc:DocumentTypeCode", "reference_type", TEXT, "Tipo del documento"),
    )


RESPONSE_ROWS: tuple[Row, ...] = (
    *_rows(RESPONSE_PARTY),
    Row("cac:DocumentResponse/cac:LineResponse", "lines", RESPONSE_LINE, "Mensajes", many=True),
)

EVENT_ROWS: tuple[Row, ...] = (
    *_rows(EVENT_PARTY, Attr("listID", field="concept"), Attr("name", field="concept_name")),
    Row("cac:DocumentResponse/cac:IssuerParty/cac:Person", "person", PERSON, "Quien recibió"),
)

APPLICATION_RESPONSE = Grammar(RESPONSE_ROWS, extensions=(DIAN,))
EVENT = Grammar(EVENT_ROWS, extensions=(DIAN,))
