"""Group AK: the customer, who buys."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from typing import Final

from ....catalogs import Environment, OrganizationType, catalog
from ....rules import party_checks
from ....rules.address_checks import address, complete
from ....rules.context import Context
from ....rules.party_checks import own
from ....rules.registry import Finding, rule
from ....rules.xml_checks import absent, literal
from . import ADDRESS, FISCAL_ADDRESS, LISTS

_AK = partial(own, "AK")
_COMPANY: Final = OrganizationType.PERSONA_JURIDICA.value
_PERSON: Final = OrganizationType.PERSONA_NATURAL.value
_PARTY: Final = "cac:AccountingCustomerParty/cac:Party"
_LEGAL_ID: Final = f"{_PARTY}/cac:PartyLegalEntity/cbc:CompanyID"
_PERSON_ID: Final = f"{_PARTY}/cac:PartyIdentification/cbc:ID"


def _of_company(context: Context) -> bool:
    return bool(context.document.customer.organization_type == _COMPANY)


def _of_person(context: Context) -> bool:
    return bool(context.document.customer.organization_type == _PERSON)


def _in_tests(context: Context) -> bool:
    return bool(context.subject.control.environment == Environment.HABILITACION.value)


absent(*_AK("01", "03", "19", "33", "35", "39", "45", "46"), "FAK02")
absent(*_AK("20", "43"), "FAK21", "CAK21", filled=True)
absent(*_AK("42"), when=_of_company, needs=("document", "xml"))
absent("FAK51")
absent("FAK61", when=_of_person, needs=("document", "xml"))
absent("FAK62", when=_of_person, filled=True, needs=("document", "xml"))
literal(*_AK("48", "63"), among=party_checks.IDS, expected="un tipo de identificación de la lista")

party_checks.organization_type(*_AK("02", letters="CD"), of="customer")
party_checks.id_type("FAK25", of="customer")
party_checks.responsibilities(*_AK("26"), of="customer", since=LISTS)
party_checks.tax_scheme(*_AK("40"), of="customer", since=LISTS)
party_checks.tax_scheme_name(*_AK("41"), of="customer")
party_checks.email(*_AK("55"), of="customer", when=_in_tests, needs=("document", "control"))

party_checks.digit("FAK24", "CAK24", "DAK21", of="customer")
party_checks.digit_attribute("CAK44", "DAK44", at=_LEGAL_ID)
party_checks.digit_attribute("FAK44", at=_LEGAL_ID, wrong=False)
party_checks.digit_attribute("FAK47", at=_LEGAL_ID, absent=False, one_digit=True)
party_checks.digit_attribute("FAK64", at=_PERSON_ID, absent=False)

address(
    "customer.address", "AK", municipality="09", department_code="12", country="16", postal_code="57", since=ADDRESS
)
address(
    "customer.registration_address",
    "AK",
    municipality="29",
    department_code="32",
    country="36",
    postal_code="58",
    since=FISCAL_ADDRESS,
)
complete(*_AK("08"), of="customer.address", names=("municipality", "line"), since="1.9")
complete(*_AK("28"), of="customer.registration_address")


@cache
def _languages() -> frozenset[str]:
    return frozenset(catalog("languages"))


@rule("FAK38", "CAK38", "DAK38", needs=("xml",))
def languages_are_of_iso(context: Context) -> Iterator[Finding]:
    """Every languageID is one of ISO 639-1; upper case is accepted, as DIAN did not notify it."""
    for node in context.subject.xml.everywhere("@languageID"):
        found = (node.get("languageID") or "").strip()
        if found.lower() not in _languages():
            yield Finding(node=node, attribute="languageID", found=found, expected="un idioma ISO 639-1, como es")
