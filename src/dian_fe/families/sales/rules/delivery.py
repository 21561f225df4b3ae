"""Groups AL, AM and BC: who may download the document, delivery of the goods, and its terms."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from ....catalogs import DeliveryTerms, Responsibility, catalog, departments
from ....rules import party_checks
from ....rules.address_checks import COLOMBIA, address
from ....rules.context import Context
from ....rules.model_checks import listed
from ....rules.party_checks import own
from ....rules.registry import Finding, rule
from ....rules.xml_checks import absent, attribute_is, literal
from . import ADDRESS, LISTS

_AM = partial(own, "AM")
_CARRIER: Final = "delivery.carrier"
_CARRIER_PARTY: Final = "cac:Delivery/cac:DeliveryParty"
_LEGAL_ID: Final = f"{_CARRIER_PARTY}/cac:PartyLegalEntity/cbc:CompanyID"
_NONE: Final = Responsibility.NO_APLICA.value
_ID_TYPE: Final = "un tipo de identificación de la lista"

# One without a type was accepted without a notification.
listed(*own("AL", "06"), path="tax_representative.id_type", among=party_checks.IDS, expected=_ID_TYPE)
party_checks.digit("FAL07", of="tax_representative")

address("delivery.address", "AM", municipality="05", city_capitals="06", department_name="07",
        department_code="08", country="12", since=ADDRESS)  # fmt: skip
address(f"{_CARRIER}.address", "AM", municipality="20", department_code="23", country="27")
address(f"{_CARRIER}.registration_address", "AM", municipality="40", department_code="43", country="47")
absent(*_AM("09", "10", "11", "26", "46"))
absent("FAM54", filled=True)
literal("FAM36", "FAM59", among=party_checks.IDS, expected=_ID_TYPE)
party_checks.digit("FAM31", of=_CARRIER, absent=False)
party_checks.digit("FAM35", of=_CARRIER, wrong=False)
party_checks.digit(*_AM("31", letters="CD"), of=_CARRIER)
party_checks.digit_attribute("FAM58", at=_LEGAL_ID, wrong=False)
party_checks.responsibilities("FAM37", of=_CARRIER, since=LISTS)

listed(
    *own("BC", "04"),
    path="delivery_terms.incoterm",
    among=frozenset(member.value for member in DeliveryTerms),
    expected="un INCOTERM de la lista, como FOB",
)


@rule(*_AM("30"), path=f"{_CARRIER}.id", needs=("xml",))
def carrier_has_tax_data(context: Context) -> Iterator[Finding]:
    """A carrier with any data has its tax data."""
    for node in context.subject.xml.all(_CARRIER_PARTY):
        if len(node) and context.subject.xml.first("cac:PartyTaxScheme", node) is None:
            yield Finding(node=node, expected="cac:PartyTaxScheme")


def _delivered_at(context: Context) -> Any:
    """Return the place of delivery that these two rules judge; None for exports, and for what FAM05 and FAM08 judge."""
    delivery = context.document.delivery
    place = None if delivery is None or context.is_export else delivery.address
    told = place is not None and context.subject.kind == "invoice" and place.country in {None, COLOMBIA}
    return None if told else place


# Unless it is an export, both codes of the place of delivery must be listed, whatever its country.
@rule("FAM19", "CAM19", "DAM19", path="delivery.address.municipality")
def delivery_municipality(context: Context) -> Iterator[Finding]:
    """The municipality of the place of delivery is one of the list."""
    found = getattr(_delivered_at(context), "municipality", None)
    if found is not None and found not in catalog("municipalities"):
        yield Finding(found=found, expected="un código DIVIPOLA de la lista")


@rule("FAM22", "CAM22", "DAM22", path="delivery.address.department_code")
def delivery_department(context: Context) -> Iterator[Finding]:
    """The department of the place of delivery is one of the list."""
    found = getattr(_delivered_at(context), "department_code", None)
    if found is not None and found not in departments():
        yield Finding(found=found, expected="un código de departamento de la lista")


def _responsible_carrier(context: Context) -> Any:
    carrier = None if context.document.delivery is None else context.document.delivery.carrier
    return carrier if carrier is not None and set(carrier.responsibilities) - {_NONE} else None


@rule("FAM32", path=f"{_CARRIER}.id_type")
def responsible_carrier_has_nit(context: Context) -> Iterator[Finding]:
    """A carrier with tax responsibilities is identified by its NIT."""
    carrier = _responsible_carrier(context)
    if carrier is not None and carrier.id_type != party_checks.NIT:
        yield Finding(found=carrier.id_type, expected=party_checks.NIT)


attribute_is(
    "FAM55",
    at=_LEGAL_ID,
    name="schemeName",
    text=party_checks.NIT,
    when=lambda context: _responsible_carrier(context) is not None,
    path=f"{_CARRIER}.id_type",
    needs=("document", "xml"),
)
