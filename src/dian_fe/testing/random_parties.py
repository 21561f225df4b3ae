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
from .random_values import Dice

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


def nit(dice: Dice) -> str:
    """Make a company's NIT: nine digits that begin with 8 or 9. No owner is meant."""
    return dice.pick(("9", "8")) + f"{dice.whole(0, 10**8 - 1):08d}"


def email(dice: Dice) -> str:
    """Make an address under a domain that can have no owner (RFC 2606)."""
    name = dice.pick(("compras", "pagos", "maría", "j.pérez+dian", "x_1"))
    return f"{name}{dice.whole(1, 99)}@{dice.pick(('example.com', 'correo.example', 'a-b.example.org'))}"


def address(dice: Dice) -> Address:
    """Make an address in any municipality of Colombia, with its usual postal code or another one of it."""
    place = dice.pick(municipalities())
    codes = postal_codes(place.code)
    return Address.colombia(
        place.code,
        dice.text(300),
        postal_code=dice.pick(codes) if codes and dice.chance(0.3) else None,
    )


def foreign_address(dice: Dice) -> Address:
    """Make an address abroad: free texts and a country."""
    countries = [code for code in catalog("countries") if code != "CO"]
    return Address(
        country=dice.pick(countries),
        city=dice.text(60),
        department=dice.maybe(lambda: dice.text(60), 0.5),
        postal_code=dice.maybe(lambda: dice.pick(("33101", "SW1A 1AA", "1000-001")), 0.5),
        line=dice.text(300),
    )


@cache
def _activities() -> tuple[str, ...]:
    """Return the classes of the CIIU; its list has groups and divisions too."""
    return tuple(code for code in catalog("economic_activities") if len(code) == 4 and code.isdigit())


def details(dice: Dice) -> dict[str, Any]:
    """Make what any party may tell of itself."""
    told: dict[str, Any] = {
        "trade_name": dice.maybe(lambda: dice.text(450)),
        "regime": dice.maybe(lambda: dice.pick((*(member.value for member in TaxRegime), "No aplica"))),
        "activities": dice.several(lambda: dice.pick(_activities()), 4),
        "merchant_registration": dice.maybe(lambda: dice.digits(6, 12)),
        "contact_name": dice.maybe(lambda: dice.text(60)),
        "phone": dice.maybe(lambda: dice.digits(7, 10)),
        "fax": dice.maybe(lambda: dice.digits(7, 10), 0.1),
        "contact_note": dice.maybe(lambda: dice.text(100), 0.1),
        "emails": dice.several(lambda: email(dice), 3, 0.6),
    }
    return {name: value for name, value in told.items() if value is not None}


def dressed(dice: Dice, organization: Organization) -> Organization:
    """Return the organization with other particulars: the same company on another day, as its RUT may change."""
    changes = details(dice)
    if not changes["emails"]:
        del changes["emails"]
    if dice.chance(0.3):
        changes["responsibilities"] = dice.some(_REAL_RESPONSIBILITIES, 1, 3)
    if dice.chance(0.2):
        changes["registration_address"] = address(dice)
    if dice.chance(0.1):
        changes |= natural_person(dice)
    scheme = dice.maybe(lambda: dice.pick(_SCHEMES))
    if scheme is not None:
        changes |= {"tax_scheme": scheme, "tax_scheme_name": PartyTaxScheme(scheme).label}
    return organization.replace(**changes)


def natural_person(dice: Dice) -> dict[str, Any]:
    """Make what only a natural person tells."""
    return {
        "organization_type": OrganizationType.PERSONA_NATURAL.value,
        "first_name": dice.text(40),
        "family_name": dice.text(40),
    }


def _company(dice: Dice) -> Customer:
    return Customer(
        id_type=IdType.NIT.value,
        id=nit(dice),
        name=f"{dice.text(400)} SAS",
        responsibilities=dice.some(_REAL_RESPONSIBILITIES, 0, 2) or (Responsibility.NO_APLICA.value,),
        tax_scheme=dice.pick(_SCHEMES),
        address=dice.maybe(lambda: address(dice), 0.7),
        registration_address=dice.maybe(lambda: address(dice)),
        wants_xml=not dice.chance(0.2),
        **details(dice),
    )


def _person(dice: Dice) -> Customer:
    id_type = dice.pick((IdType.CEDULA_DE_CIUDADANIA.value, *_PERSONAL_IDS))
    number = dice.digits(6, 10)
    told = details(dice)
    if dice.chance(0.3):
        told |= natural_person(dice)
    return Customer(
        id_type=id_type,
        id=f"AB-{number}" if id_type == IdType.PASAPORTE.value else number,
        name=dice.text(450),
        address=dice.maybe(lambda: address(dice), 0.4),
        **told,
    )


def foreigner(dice: Dice) -> Customer:
    """Make a buyer abroad."""
    return Customer(
        id_type=dice.pick(_FOREIGN_IDS),
        id=f"{dice.pick(('X', 'GB-', ''))}{dice.digits(5, 12)}",
        name=dice.text(450),
        address=foreign_address(dice),
        registration_address=dice.maybe(lambda: foreign_address(dice), 0.1),
        **details(dice),
    )


def customer(dice: Dice) -> Customer:
    """Make a buyer of any kind."""
    make = dice.pick((_company, _person, foreigner, lambda _: Customer.final_consumer(), _company, _person))
    return make(dice)


def carrier(dice: Dice) -> Party:
    """Make who carries the goods."""
    make = dice.pick((_company, _company, _person))
    return make(dice).party()


def reference(dice: Dice) -> PartyReference:
    """Make a party told by its identification alone: a company or a person."""
    name = dice.maybe(lambda: dice.text(100))
    if dice.chance(0.4):
        return PartyReference(id=dice.digits(6, 10), id_type=IdType.CEDULA_DE_CIUDADANIA.value, name=name)
    return PartyReference(id=nit(dice), name=name)
