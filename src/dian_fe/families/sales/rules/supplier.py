"""Group AJ: the supplier, who issues the document."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from ....rules import party_checks
from ....rules.address_checks import COLOMBIA, address, complete
from ....rules.context import Context
from ....rules.party_checks import own
from ....rules.registry import Finding, add, rule
from ....rules.xml_checks import absent, literal
from . import ADDRESS, FISCAL_ADDRESS, LISTS

_AJ = partial(own, "AJ")
_PARTY: Final = "cac:AccountingSupplierParty/cac:Party"
_LEGAL_ID: Final = f"{_PARTY}/cac:PartyLegalEntity/cbc:CompanyID"
_SHAREHOLDER_ID: Final = (
    f"{_PARTY}/cac:PartyLegalEntity/cac:ShareholderParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID"
)
_REGISTRATION: Final = "cac:RegistrationAddress"
_COUNTRY: Final = "cac:Country/cbc:IdentificationCode"

absent(*_AJ("01", "02a", "03", "06", "07", "15", "18", "19", "22", "23", "35", "39", "42", "45", "46", "67"))
absent(*_AJ("20"), "FAJ43a", *_AJ("43", letters="CD"), filled=True)
absent("FAJ53", "FAJ54", "FAJ55")
literal("FAJ61", among=(party_checks.NIT,))

party_checks.organization_type("FAJ02b", *_AJ("02", letters="CD"), of="supplier")
party_checks.id_type(*_AJ("25"), of="supplier")
party_checks.responsibilities(*_AJ("26"), of="supplier", since=LISTS)
party_checks.tax_scheme(*_AJ("40"), of="supplier", since=LISTS)
party_checks.tax_scheme_name(*_AJ("41"), of="supplier")
party_checks.email("FAJ71", of="supplier")
party_checks.email("CAJ71", of="supplier")

party_checks.digit("FAJ24a", of="supplier", wrong=False)
party_checks.digit("FAJ24b", of="supplier", absent=False)
party_checks.digit(*_AJ("24", letters="CD"), of="supplier")
party_checks.digit_attribute("FAJ47", "DAJ44", at=_LEGAL_ID)
party_checks.digit_attribute("CAJ47", at=_LEGAL_ID, wrong=False)
party_checks.digit_attribute("CAJ44", at=_LEGAL_ID, absent=False)
party_checks.digit_attribute("FAJ60", at=_SHAREHOLDER_ID, wrong=False)
literal(*_AJ("48"), among=party_checks.IDS, expected="un tipo de identificación de la lista")

address("supplier.address", "AJ", municipality="09", department_code="12", postal_code="73", since=ADDRESS)
address("supplier.address", "AJ", "CD", country="16")
address(
    "supplier.registration_address",
    "AJ",
    municipality="29",
    department_code="32",
    country="36",
    postal_code="74",
    since=FISCAL_ADDRESS,
)
# Annex 1.9 is the one that demands all of it.
complete(*_AJ("08"), of="supplier.address", since="1.9")


@rule("FAJ16", path="supplier.address.country")
def supplier_is_in_colombia(context: Context) -> Iterator[Finding]:
    """The supplier's address is in Colombia."""
    place = context.document.supplier.address
    if place is not None and place.country != COLOMBIA:
        yield Finding(found=place.country, expected=COLOMBIA)


def _registration_address(context: Context) -> Iterator[Finding]:
    """A fiscal address has the elements of an address: country, and in Colombia municipality and street.

    It may be absent when there is a physical one.
    """
    places = context.subject.xml.all(f"{_PARTY}/cac:PartyTaxScheme/{_REGISTRATION}")
    if not places and context.subject.xml.first(f"{_PARTY}/cac:PhysicalLocation/cac:Address") is None:
        for scheme in context.subject.xml.all(f"{_PARTY}/cac:PartyTaxScheme"):
            yield Finding(node=scheme, expected=_REGISTRATION)
    for place in places:
        country = context.subject.xml.text(_COUNTRY, place)
        needed = ("cbc:ID", "cac:AddressLine/cbc:Line") if country in {None, "", COLOMBIA} else ()
        for name in (*needed, _COUNTRY):
            if context.subject.xml.first(name, place) is None:
                yield Finding(node=place, expected=name)


add(_AJ("28"), _registration_address, "supplier.registration_address", since="1.8", needs=("xml",))


@rule("FAJ21", "CAJ21", "DAJ21", path="supplier.id")
def nit_is_bare(context: Context) -> Iterator[Finding]:
    """The supplier's NIT is digits only, without check digit; only DIAN knows whether it may invoice."""
    supplier = context.document.supplier
    if supplier.id_type == party_checks.NIT and not (supplier.id.isascii() and supplier.id.isdigit()):
        yield Finding(found=supplier.id, expected="solo dígitos, sin el de verificación")


def _prefixed(context: Context) -> bool:
    return not context.document.number[:1].isdigit()


# Documents before 1.8 have no billing point; numbers with only digits have no prefix.
absent("FAJ49", when=_prefixed, since="1.8", needs=("document", "xml"))


def _prefix(context: Context) -> Iterator[Finding]:
    """A prefix is the billing point, except in notes, and is the prefix of the number."""
    prefix, number = context.subject.control.prefix, context.document.number
    if prefix is None and context.letter == "F" and _prefixed(context):
        yield Finding(found=None, expected="el prefijo de la numeración")
    elif prefix is not None and not number.startswith(prefix):
        yield Finding(found=prefix, expected=f"el prefijo de {number}")


add(_AJ("50"), _prefix, "control.prefix", since="1.8", needs=("document", "control"))
