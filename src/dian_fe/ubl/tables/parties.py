"""Tables of addresses and parties."""

from __future__ import annotations

from typing import Any

from ...catalogs import OrganizationType
from ...models.address import Address
from ...models.party import Party, PartyReference
from ..codecs import CODES, EMAILS, TEXT, TEXT_OR_EMPTY
from ..table import Attr, Const, Row, Structure, structure

DIAN_AGENCY = (
    Attr("schemeAgencyID", const="195"),
    Attr("schemeAgencyName", const="CO, DIAN (Dirección de Impuestos y Aduanas Nacionales)"),
)
"""The attributes that mark an identifier of DIAN's (annex 1.9, element CompanyID and its like)."""
AGENCY_SAYS = {each.name: each.const for each in DIAN_AGENCY}
"""DIAN's agency attributes say nothing that a model would keep, wherever they stand."""

UNECE_AGENCY = (
    Attr("listAgencyID", const="6"),
    Attr("listAgencyName", const="United Nations Economic Commission for Europe"),
)
"""The attributes that mark a list of the United Nations."""

ADDRESS = structure(
    Address,
    Row("cbc:ID", "municipality", TEXT, "Código DIVIPOLA del municipio"),
    Row("cbc:CityName", "city", TEXT, "Municipio o ciudad"),
    Row("cbc:PostalZone", "postal_code", TEXT_OR_EMPTY, "Código postal"),
    Row("cbc:CountrySubentity", "department", TEXT, "Departamento"),
    Row("cbc:CountrySubentityCode", "department_code", TEXT, "Código del departamento"),
    Row("cac:AddressLine/cbc:Line", "line", TEXT, "Dirección"),
    Row("cac:Country/cbc:IdentificationCode", "country", TEXT, "País"),
    Row("cac:Country/cbc:Name", "country_name", TEXT, "Nombre del país", attrs=(Attr("languageID", const="es"),)),
)

_ID_ATTRS = (*DIAN_AGENCY, Attr("schemeID", field="check_digit"), Attr("schemeName", field="id_type", expected=True))
BARE_ID_ATTRS = (Attr("schemeID", field="check_digit"), Attr("schemeName", field="id_type"))


def party_rows(base: str, *, supplier: bool = False) -> tuple[Row | Const, ...]:
    """Return the rows of a party whose cac:Party (or the like) is at ``base``."""
    scheme, legal = f"{base}cac:PartyTaxScheme", f"{base}cac:PartyLegalEntity"
    rows: list[Row | Const] = [
        Row(f"{base}cbc:IndustryClassificationCode", "activities", CODES, "Actividades económicas (CIIU)"),
        Row(f"{base}cac:PartyName/cbc:Name", "trade_name", TEXT, "Nombre comercial"),
        Row(f"{base}cac:PhysicalLocation/cac:Address", "address", ADDRESS, "Ubicación física"),
        Row(f"{scheme}/cbc:RegistrationName", "name", TEXT, "Razón social o nombre"),
        Row(f"{scheme}/cbc:CompanyID", "id", TEXT, "Identificación", attrs=_ID_ATTRS),
        Row(
            f"{scheme}/cbc:TaxLevelCode",
            "responsibilities",
            CODES,
            "Responsabilidades fiscales",
            attrs=(Attr("listName", field="regime"),),
        ),
        Row(
            f"{scheme}/cac:RegistrationAddress",
            "registration_address",
            ADDRESS,
            "Dirección fiscal",
            fallback="fiscal_address",
        ),
        Row(f"{scheme}/cac:TaxScheme/cbc:ID", "tax_scheme", TEXT, "Tributo"),
        Row(f"{scheme}/cac:TaxScheme/cbc:Name", "tax_scheme_name", TEXT, "Nombre del tributo"),
        Row(f"{legal}/cbc:RegistrationName", "name", TEXT, "Razón social o nombre", echo=True),
        Row(f"{legal}/cbc:CompanyID", "id", TEXT, "Identificación", attrs=_ID_ATTRS, echo=True),
        Row(f"{legal}/cac:CorporateRegistrationScheme/cbc:Name", "merchant_registration", TEXT, "Matrícula mercantil"),
        Row(f"{base}cac:Contact/cbc:Name", "contact_name", TEXT, "Contacto"),
        Row(f"{base}cac:Contact/cbc:Telephone", "phone", TEXT, "Teléfono"),
        Row(f"{base}cac:Contact/cbc:Telefax", "fax", TEXT, "Fax"),
        Row(f"{base}cac:Contact/cbc:ElectronicMail", "emails", EMAILS, "Correos electrónicos"),
        Row(f"{base}cac:Contact/cbc:Note", "contact_note", TEXT, "Nota del contacto"),
        Row(f"{base}cac:Person/cbc:FirstName", "first_name", TEXT, "Nombres"),
        Row(f"{base}cac:Person/cbc:FamilyName", "family_name", TEXT, "Apellidos"),
    ]
    if supplier:
        rows.append(
            Row(f"{legal}/cac:CorporateRegistrationScheme/cbc:ID", "control.prefix", TEXT, "Prefijo de la numeración")
        )
    else:
        rows.append(
            Row(
                f"{base}cac:PartyIdentification/cbc:ID",
                "id",
                TEXT,
                "Identificación",
                attrs=BARE_ID_ATTRS,
                echo=True,
                fallback="identification",
            )
        )
    return tuple(rows)


def _natural_person(values: dict[str, Any], element: Any) -> None:
    """Recognise a natural person by its PartyIdentification, for parties that UBL gives no AdditionalAccountID."""
    if element.find("{*}PartyIdentification") is not None:
        values["organization_type"] = OrganizationType.PERSONA_NATURAL.value


_ACCOUNT = Row("cbc:AdditionalAccountID", "organization_type", TEXT, "Tipo de organización")

SUPPLIER = Structure("Supplier", Party, (_ACCOUNT, *party_rows("cac:Party/", supplier=True)))
CUSTOMER = Structure("Customer", Party, (_ACCOUNT, *party_rows("cac:Party/")))
CARRIER = Structure("Carrier", Party, party_rows(""), finish=_natural_person)

PARTY_REFERENCE = structure(
    PartyReference,
    Row("cac:PartyIdentification/cbc:ID", "id", TEXT, "Identificación", attrs=_ID_ATTRS),
    Row("cac:PartyName/cbc:Name", "name", TEXT, "Nombre"),
)
