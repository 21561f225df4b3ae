"""A caller cannot make an address whose data deny each other; those of others are kept as they are read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from dian_fe import AS_READ, Address, Customer, Invoice, Organization, Party, build, read
from dian_fe.errors import InvalidInput, UnknownPlace
from tests.rules.bases import ISSUER, plain

MEDELLIN = {"municipality": "05001", "line": "Cl 10 # 5-51"}
WRONG = (
    ("department", {"department": "CUNDINAMARCA"}),
    ("department", {"department": "25"}),
    ("department_code", {"department_code": "25"}),
    ("department_code", {"department": "Antioquia", "department_code": "11"}),
    ("postal_code", {"postal_code": "110111"}),
    ("city", {"city": "CALI"}),
    ("country", {"country": "US"}),
)
RIGHT: tuple[dict[str, Any], ...] = (
    {"department": "ANTIOQUIA"},
    {"department": "05", "city": "Medellin"},
    {"postal_code": "999999"},
    {"postal_code": "000000"},
    {"postal_code": "050021"},
    {"postal_code": None, "city": None, "department": None, "department_code": None, "country": None},
)
Route = Callable[[dict[str, Any]], Any]


def party(place: dict[str, Any], name: str = "address") -> dict[str, Any]:
    return {"id_type": "31", "id": "800199436", "name": "Compras Ejemplo SAS", name: place}


def invoice(place: dict[str, Any]) -> str:
    said = json.loads(plain("invoice").to_json())
    said["customer"]["address"] = place
    return json.dumps(said)


def delivered(place: dict[str, Any]) -> str:
    return json.dumps(json.loads(plain("invoice").to_json()) | {"delivery": {"address": place}})


ROUTES: dict[str, Route] = {
    "constructor": lambda place: Address(**place),
    "model_validate": Address.model_validate,
    "json": lambda place: Address.model_validate_json(json.dumps(place)),
    "replace": lambda place: Address(municipality="05001").replace(**place),
    "model_copy": lambda place: Address(municipality="05001").model_copy(update=place),
    "party": lambda place: Party.model_validate(party(place)),
    "registration": lambda place: Party.model_validate(party(place, "registration_address")),
    "customer": lambda place: Customer.model_validate(party(place)),
    "customer's JSON": lambda place: Customer.model_validate_json(json.dumps(party(place, "registration_address"))),
    "organization": lambda place: Organization(nit="800199436", name="Ejemplo", address=place),  # type: ignore[arg-type]
    "document's JSON": lambda place: Invoice.model_validate_json(invoice(place)),
    "delivery": lambda place: Invoice.model_validate_json(delivered(place)),
}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(("field", "said"), WRONG)
def test_a_place_that_denies_itself_is_refused(route: str, field: str, said: dict[str, str]) -> None:
    with pytest.raises(UnknownPlace) as caught:
        ROUTES[route](MEDELLIN | said)
    assert (caught.value.field or "").split(".")[-1] == field
    assert caught.value.remedy


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("said", RIGHT)
def test_a_place_that_agrees_or_is_newer_passes(route: str, said: dict[str, Any]) -> None:
    assert ROUTES[route](MEDELLIN | said)


def test_several_contradictions_are_told_together() -> None:
    with pytest.raises(InvalidInput, match="2 datos no sirven") as caught:
        Address(**MEDELLIN, department="25", postal_code="110111")
    assert [error.field for error in caught.value.errors] == ["department", "postal_code"]


@pytest.mark.parametrize("flat", [{"postal_code": "110111"}, {"municipality": "11001", "postal_code": "050001"}])
def test_flat_places_of_companies_and_customers_agree(flat: dict[str, str]) -> None:
    for data in ({"municipality": "05001"} | flat, {"address": Address(**MEDELLIN)} | flat):
        with pytest.raises(UnknownPlace):
            Customer(id_type="13", id="1020304050", name="Ana", **data)  # type: ignore[arg-type]
        with pytest.raises(UnknownPlace):
            Organization(nit="800199436", name="Ejemplo", **data)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tag", "name", "value"),
    [
        ("CountrySubentity", "department", "Cundinamarca"),
        ("CountrySubentityCode", "department_code", "25"),
        ("PostalZone", "postal_code", "110111"),
        ("CityName", "city", "MEDELLÍN"),
    ],
)
def test_the_place_of_a_foreign_document_is_kept(tag: str, name: str, value: str) -> None:
    xml = build(plain("invoice"), ISSUER).xml.decode()
    spoiled = re.sub(rf"(<cac:(?:Address|PhysicalLocation)>.*?<cbc:{tag}>)[^<]*", rf"\g<1>{value}", xml, count=1)
    document = read(spoiled.encode()).document
    assert getattr(document.supplier.address, name) == value
    assert document.replace(notes=("Otra",)).supplier == document.supplier
    with pytest.raises(InvalidInput):
        Invoice.model_validate_json(document.to_json())
    assert Invoice.model_validate_json(document.to_json(), context=AS_READ) == document
