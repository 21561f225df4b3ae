"""Group AJ: the supplier, that is who issues the document."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from ..catalogs import catalog
from ..faults import Severity
from . import party_checks
from .address_checks import COLOMBIA, address, complete, line
from .context import Context
from .party_checks import add, own
from .registry import Finding, rule
from .xml_checks import absent, literal

_AJ = partial(own, "AJ")
_PARTY: Final = "cac:AccountingSupplierParty/cac:Party"
_LEGAL_ID: Final = f"{_PARTY}/cac:PartyLegalEntity/cbc:CompanyID"
_SHAREHOLDER_ID: Final = (
    f"{_PARTY}/cac:PartyLegalEntity/cac:ShareholderParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID"
)
_REGISTRATION: Final = "cac:RegistrationAddress"
_COUNTRY: Final = "cac:Country/cbc:IdentificationCode"

absent(*_AJ("01", "02a", "03", "06", "07", "15", "18", "19", "22", "23", "35", "38", "39", "42", "45", "46", "67"))
absent(*_AJ("20"), "FAJ43a", *_AJ("43", letters="CD"), filled=True)
absent("FAJ53", "FAJ54", "FAJ55")
literal("FAJ61", among=(party_checks.NIT,))

party_checks.organization_type("FAJ02b", *_AJ("02", letters="CD"), of="supplier")
party_checks.id_type(*_AJ("25"), of="supplier")
party_checks.responsibilities(*_AJ("26"), of="supplier")
party_checks.tax_scheme(*_AJ("40"), of="supplier")
party_checks.tax_scheme_name(*_AJ("41"), of="supplier")
party_checks.email(
    *_AJ("71"),
    of="supplier",
    severity=Severity.NOTIFICACION,
    doubt="el catálogo dice rechazo y habla del correo registrado, que solo la DIAN conoce: su falta se notifica.",
)

party_checks.digit("FAJ24a", of="supplier", wrong=False)
party_checks.digit("FAJ24b", of="supplier", absent=False)
party_checks.digit(*_AJ("24", letters="CD"), of="supplier")
party_checks.digit_attribute("FAJ47", "DAJ44", at=_LEGAL_ID)
party_checks.digit_attribute("CAJ47", at=_LEGAL_ID, wrong=False)
party_checks.digit_attribute("CAJ44", at=_LEGAL_ID, absent=False)
party_checks.digit_attribute("FAJ60", at=_SHAREHOLDER_ID, wrong=False)
literal(*_AJ("48"), among=party_checks.IDS, expected="un tipo de identificación de la lista")

address("supplier.address", "AJ", municipality="09", city="10", department="11", department_code="12",
        country_name="17", postal_code="73")  # fmt: skip
address("supplier.address", "AJ", "CD", country="16")
address("supplier.registration_address", "AJ", municipality="29", city="30", department="31", department_code="32",
        country="36", country_name="37", postal_code="74")  # fmt: skip
line(*_AJ("14"), of="supplier.address")
line(*_AJ("34"), of="supplier.registration_address")
# The list that asks for all of it is that of annex 1.9.
complete(*_AJ("08"), of="supplier.address", since="1.9")


@rule("FAJ16", path="supplier.address.country")
def supplier_is_in_colombia(context: Context) -> Iterator[Finding]:
    """The supplier's address is in Colombia."""
    place = context.document.supplier.address
    if place is not None and place.country != COLOMBIA:
        yield Finding(found=place.country, expected=COLOMBIA)


def _registration_address(context: Context) -> Iterator[Finding]:
    """The supplier's tax data tell a fiscal address, with country, and in Colombia municipality and street."""
    for scheme in context.xml.all(f"{_PARTY}/cac:PartyTaxScheme"):
        place = context.xml.first(_REGISTRATION, scheme)
        if place is None:
            yield Finding(node=scheme, expected=_REGISTRATION)
            continue
        country = context.xml.text(_COUNTRY, place)
        needed = ("cbc:ID", "cac:AddressLine/cbc:Line") if country in {None, "", COLOMBIA} else ()
        for name in (*needed, _COUNTRY):
            if not context.xml.text(name, place):
                yield Finding(node=place, expected=name)


add(_AJ("28"), _registration_address, "supplier.registration_address", since="1.8", needs=("xml",))


@rule(
    "FAJ04",
    "CAJ04",
    "DAJ04",
    path="supplier.activities",
    doubt="la lista de actividades que se conoce no es la de la DIAN: un código que le falta solo se notifica.",
)
def activities_are_of_the_list(context: Context) -> Iterator[Finding]:
    """The supplier's activities are codes of the CIIU, of four digits.

    The list at hand is not DIAN's own, so a code that it lacks only notifies.
    """
    for index, code in enumerate(context.document.supplier.activities):
        where = f"supplier.activities[{index}]"
        if not (len(code) == 4 and code.isascii() and code.isdigit()):
            yield Finding(where, code, "cuatro dígitos de la CIIU")
        elif code not in catalog("economic_activities"):
            yield Finding(where, code, "un código de la CIIU", severity=Severity.NOTIFICACION)


@rule("FAJ21", "CAJ21", "DAJ21", path="supplier.id")
def nit_is_bare(context: Context) -> Iterator[Finding]:
    """The supplier's NIT is digits alone, without check digit; whether it may invoice only DIAN knows."""
    supplier = context.document.supplier
    if supplier.id_type == party_checks.NIT and not (supplier.id.isascii() and supplier.id.isdigit()):
        yield Finding(found=supplier.id, expected="solo dígitos, sin el de verificación")


@rule(
    "FAJ51",
    path="supplier.merchant_registration",
    doubt="el anexo pide de 6 a 12 dígitos; la DIAN no notificó letras ni guiones, así que solo se mira el largo.",
)
def merchant_registration_has_its_length(context: Context) -> Iterator[Finding]:
    """The merchant's registry number has 6 to 12 characters.

    The annex speaks of digits, but answers to documents with «5242132-99» or a name in its place notify nothing.
    """
    number = context.document.supplier.merchant_registration
    if number is not None and not 6 <= len(number) <= 12:
        yield Finding(found=number, expected="de 6 a 12 dígitos")


def _prefixed(context: Context) -> bool:
    return not context.document.number[:1].isdigit()


# Documents before 1.8 have no billing point; numbers of digits alone have no prefix.
absent(*_AJ("49"), when=_prefixed, since="1.8", needs=("document", "xml"))


def _prefix(context: Context) -> Iterator[Finding]:
    """A numbering with prefix tells it as the billing point, and it is that of the number."""
    prefix, number = context.control.prefix, context.document.number
    if prefix is None and _prefixed(context):
        yield Finding(found=None, expected="el prefijo de la numeración")
    elif prefix is not None and not number.startswith(prefix):
        yield Finding(found=prefix, expected=f"el prefijo de {number}")


add(_AJ("50"), _prefix, "control.prefix", since="1.8", needs=("document", "control"))
