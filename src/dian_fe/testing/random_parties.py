"""Made-up parties: companies, persons, final consumers and buyers abroad."""

from __future__ import annotations

from functools import cache
from typing import Any

from ..catalogs import IdType, OrganizationType, PartyTaxScheme, Responsibility, TaxRegime, catalog
from ..catalogs.places import municipalities, postal_codes
from ..models.address import Address
from ..models.customer import Customer
from ..models.organization import Organization
from ..models.party import Party, PartyReference
from .random_values import RandomValues

_FOREIGN_IDS = (
    IdType.NIT_DE_OTRO_PAIS.value,
    IdType.PASAPORTE.value,
    IdType.DOCUMENTO_DE_IDENTIFICACION_EXTRANJERO.value,
)
_PERSONAL_IDS = tuple(
    member.value for member in IdType if member.value not in {IdType.NIT.value, IdType.NIT_DE_OTRO_PAIS.value}
)
_REAL_RESPONSIBILITIES = tuple(
    member.value for member in Responsibility if member.value != Responsibility.NO_APLICA.value
)
_SCHEMES = tuple(member.value for member in PartyTaxScheme)


def nit(rng: RandomValues) -> str:
    """Make a company's NIT: nine digits that begin with 8 or 9. No owner is meant."""
    return rng.pick(("9", "8")) + f"{rng.whole(0, 10**8 - 1):08d}"


def email(rng: RandomValues) -> str:
    """Make an address under a domain that can have no owner (RFC 2606)."""
    name = rng.pick(("compras", "pagos", "maría", "j.pérez+dian", "x_1"))
    return f"{name}{rng.whole(1, 99)}@{rng.pick(('example.com', 'correo.example', 'a-b.example.org'))}"


def address(rng: RandomValues) -> Address:
    """Make an address in any municipality of Colombia, with its usual postal code or another one of it."""
    place = rng.pick(municipalities())
    codes = postal_codes(place.code)
    return Address.colombia(
        place.code,
        rng.text(300),
        postal_code=rng.pick(codes) if codes and rng.chance(0.3) else None,
    )


def foreign_address(rng: RandomValues) -> Address:
    """Make an address abroad: free texts and a country."""
    countries = [code for code in catalog("countries") if code != "CO"]
    return Address(
        country=rng.pick(countries),
        city=rng.text(60),
        department=rng.maybe(lambda: rng.text(60), 0.5),
        postal_code=rng.maybe(lambda: rng.pick(("33101", "SW1A 1AA", "1000-001")), 0.5),
        line=rng.text(300),
    )


@cache
def _activities() -> tuple[str, ...]:
    """Return the classes of the CIIU; its list has groups and divisions too."""
    return tuple(code for code in catalog("economic_activities") if len(code) == 4 and code.isdigit())


def details(rng: RandomValues) -> dict[str, Any]:
    """Make the optional data of any party."""
    values: dict[str, Any] = {
        "trade_name": rng.maybe(lambda: rng.text(450)),
        "regime": rng.maybe(lambda: rng.pick((*(member.value for member in TaxRegime), "No aplica"))),
        "activities": rng.several(lambda: rng.pick(_activities()), 4),
        "merchant_registration": rng.maybe(lambda: rng.digits(6, 12)),
        "contact_name": rng.maybe(lambda: rng.text(60)),
        "phone": rng.maybe(lambda: rng.digits(7, 10)),
        "fax": rng.maybe(lambda: rng.digits(7, 10), 0.1),
        "contact_note": rng.maybe(lambda: rng.text(100), 0.1),
        "emails": rng.several(lambda: email(rng), 3, 0.6),
    }
    return {name: value for name, value in values.items() if value is not None}


def dressed(rng: RandomValues, organization: Organization) -> Organization:
    """Return the organization with other particulars: the same company on another day, as its RUT may change."""
    changes = details(rng)
    if not changes["emails"]:
        del changes["emails"]
    if rng.chance(0.3):
        changes["responsibilities"] = rng.some(_REAL_RESPONSIBILITIES, 1, 3)
    if rng.chance(0.2):
        changes["registration_address"] = address(rng)
    if rng.chance(0.1):
        changes |= natural_person(rng)
    scheme = rng.maybe(lambda: rng.pick(_SCHEMES))
    if scheme is not None:
        changes |= {"tax_scheme": scheme, "tax_scheme_name": PartyTaxScheme(scheme).label}
    return organization.replace(**changes)


def natural_person(rng: RandomValues) -> dict[str, Any]:
    """Make the data that only natural persons have."""
    return {
        "organization_type": OrganizationType.PERSONA_NATURAL.value,
        "first_name": rng.text(40),
        "family_name": rng.text(40),
    }


def _company(rng: RandomValues) -> Customer:
    return Customer(
        id_type=IdType.NIT.value,
        id=nit(rng),
        name=f"{rng.text(400)} SAS",
        responsibilities=rng.some(_REAL_RESPONSIBILITIES, 0, 2) or (Responsibility.NO_APLICA.value,),
        tax_scheme=rng.pick(_SCHEMES),
        address=rng.maybe(lambda: address(rng), 0.7),
        registration_address=rng.maybe(lambda: address(rng)),
        wants_xml=not rng.chance(0.2),
        **details(rng),
    )


def _person(rng: RandomValues) -> Customer:
    id_type = rng.pick((IdType.CEDULA_DE_CIUDADANIA.value, *_PERSONAL_IDS))
    number = rng.digits(6, 10)
    values = details(rng)
    if rng.chance(0.3):
        values |= natural_person(rng)
    return Customer(
        id_type=id_type,
        id=f"AB-{number}" if id_type == IdType.PASAPORTE.value else number,
        name=rng.text(450),
        address=rng.maybe(lambda: address(rng), 0.4),
        **values,
    )


def foreigner(rng: RandomValues) -> Customer:
    """Make a buyer abroad."""
    return Customer(
        id_type=rng.pick(_FOREIGN_IDS),
        id=f"{rng.pick(('X', 'GB-', ''))}{rng.digits(5, 12)}",
        name=rng.text(450),
        address=foreign_address(rng),
        registration_address=rng.maybe(lambda: foreign_address(rng), 0.1),
        **details(rng),
    )


def customer(rng: RandomValues) -> Customer:
    """Make a buyer of any kind."""
    make = rng.pick((_company, _person, foreigner, lambda _: Customer.final_consumer(), _company, _person))
    return make(rng)


def carrier(rng: RandomValues) -> Party:
    """Make a carrier of the goods."""
    make = rng.pick((_company, _company, _person))
    return make(rng).party()


def reference(rng: RandomValues) -> PartyReference:
    """Make a party with only its identification: a company or a person."""
    name = rng.maybe(lambda: rng.text(100))
    if rng.chance(0.4):
        return PartyReference(id=rng.digits(6, 10), id_type=IdType.CEDULA_DE_CIUDADANIA.value, name=name)
    return PartyReference(id=nit(rng), name=name)
