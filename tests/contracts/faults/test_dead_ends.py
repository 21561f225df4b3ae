"""What leads nowhere, or to the wrong place: places, words, callbacks and types (rows B12, B13, B19, B23, B26)."""

from __future__ import annotations

import typing
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from dian_fe import Built, Customer, Line, Organization, Received, Signed, deliver, iva, resend
from dian_fe.catalogs import find_municipality
from dian_fe.delivery import Package
from dian_fe.errors import InvalidInput, MailError, NaiveDatetime, UnknownPlace
from dian_fe.graphic import Theme
from tests.contracts.faults.rows import cases
from tests.delivery.support import AT, package

PERSON: dict[str, Any] = {"id_type": "13", "id": "1020304050", "name": "Cliente Ejemplo"}


@cases(
    "B12",
    {"capital and Cundinamarca": ("Bogotá D.C.", "Cundinamarca", "11001"), "Ubaté": ("Ubaté", None, "25843")},
    {
        "a dash before the department": ("Cali-Valle", None, "76001"),
        "a dash and blanks": ("Sogamoso - Boyacá", None, "15759"),
        "no sign before the department": ("Armenia Quindío", None, "63001"),
        "a department at odds with the one given": ("San Andrés Norte de Santander", "68", None),
        "department as messages write it": ("Palmira", "Valle del Cauca (76)", "76520"),
        "name as messages write it": ("Cali (76001)", None, "76001"),
        "a name with another's code": ("Cali (05001)", None, None),
        "a code": ("76001", None, "76001"),
        "a code of another department": ("76001", "05", None),
        "the capital district": ("Distrito Capital", None, "11001"),
    },
)
def test_places_are_found_as_people_write_them(case: tuple[str, str | None, str | None]) -> None:
    name, department, code = case
    if code is not None:
        assert find_municipality(name, department).code == code
        return
    with pytest.raises(UnknownPlace):
        find_municipality(name, department)


@cases(
    "B12",
    {"a typing error": ("Bucarmanga", {"Bucaramanga"}, set())},
    {
        "a department": ("La Guajira", {"es un departamento"}, {"Yaguará", "Quiso"}),
        "a department that is in a name": ("Antioquia", {"es un departamento"}, {"Mariquita"}),
        "two are as near": ("Papayán", {"Popayán (19001)"}, set()),
        "nothing is near": ("Miami", {"municipalities"}, {"Maní", "Quiso"}),
        "a quarter of a city": ("Chapinero", {"municipalities"}, {"Capitanejo", "Quiso"}),
        "a code that lost its zero": ("5001", {"Medellín (05001)"}, set()),
    },
)
def test_no_place_is_suggested_that_is_not_meant(case: tuple[str, set[str], set[str]]) -> None:
    name, wanted, unwanted = case
    with pytest.raises(UnknownPlace) as found:
        find_municipality(name)
    with pytest.raises(UnknownPlace) as given:
        Organization(nit="700085371", name="X", municipality=name)
    assert all(word in (found.value.remedy or "") for word in wanted)
    assert not any(word in f"{found.value.remedy} {given.value.remedy}" for word in unwanted)


def test_a_code_that_is_a_shared_name_names_all_candidates() -> None:
    with pytest.raises(UnknownPlace) as raised:
        Organization(nit="700085371", name="X", municipality="Armenia")
    assert "05059" in raised.value.remedy
    assert "63001" in raised.value.remedy


@cases(
    "B26",
    {"a tax that is no list": (lambda: Line(description="x", price=1, taxes=iva(19)), "taxes=[…]", "Line.taxes")},
    {
        "None for what has a value": (lambda: Line(description="x", price=1, unit=None), "u omítalo", "Line.unit"),
        "None for what is needed": (
            lambda: Organization(nit=None, name="X"),
            "escriba nit como texto",
            "Organization.nit",
        ),
        "an empty text that is needed": (lambda: Customer(**PERSON | {"name": ""}), "escriba un texto", "name"),
        "addresses in one text": (
            lambda: Customer(**PERSON, emails="a@example.com; b@example.com"),
            "cada uno entre comillas",
            "Customer.emails",
        ),
        "a wrong digit of a customer": (
            lambda: Customer(**PERSON | {"id_type": "31", "id": "700085371-2"}),
            "RUT",
            "Customer.id",
        ),
    },
)
def test_the_remedy_leads(case: tuple[Callable[[], Any], str, str]) -> None:
    make, step, place = case
    with pytest.raises(InvalidInput) as raised:
        make()
    assert step in raised.value.remedy
    assert "omita el campo" not in raised.value.remedy
    assert place in str(raised.value)


def taking(*refused: str, answer: object = None) -> Callable[[EmailMessage, Any], object]:
    return lambda message, recipients: dict.fromkeys(refused, (550, b"No such user")) or answer


@cases(
    "B23",
    {"nothing": (taking(), ())},
    {
        "the bytes that a file took": (taking(answer=512), ()),
        "a word": (taking(answer="250 Ok"), ()),
        "True": (taking(answer=True), ()),
        "smtplib's refused": (taking("b@example.com"), ("b@example.com",)),
    },
)
def test_what_a_sender_returns_never_loses_the_record(case: tuple[Any, tuple[str, ...]]) -> None:
    sender, refused = case
    record = deliver(package(), sender=sender, at=AT, to=["a@example.com", "b@example.com"])
    assert tuple(record.refused) == refused
    assert all("No such user" in reason for reason in record.refused.values())
    assert set(record.recipients) == {"a@example.com", "b@example.com"} - set(refused)


def test_all_refused_as_smtplib_tells_it_is_no_delivery() -> None:
    with pytest.raises(MailError):
        deliver(package(), sender=taking("a@example.com"), at=AT, to="a@example.com")


@cases(
    "B23",
    {"no sender": (lambda: deliver(package(), sender=None, at=AT), "SmtpSender")},
    {
        "a sender that takes too little": (
            lambda: deliver(package(), sender=lambda message: None, at=AT),
            "mensaje y sus destinatarios",
        ),
        "a paper that is none": (lambda: Theme(paper="A4"), "Paper.LETTER o Paper.HALF_LETTER"),
        "a record that is a dictionary": (
            lambda: resend(package(), {}, sender=taking(), at=AT),
            "DeliveryRecord.from_dict",
        ),
    },
)
def test_arguments_are_refused_before_anything_is_sent(case: tuple[Callable[[], Any], str]) -> None:
    call, step = case
    with pytest.raises(InvalidInput) as raised:
        call()
    assert step in raised.value.remedy


def test_a_moment_without_zone_names_its_argument() -> None:
    with pytest.raises(NaiveDatetime) as raised:
        deliver(package(), sender=taking(), at=AT.replace(tzinfo=None), to="a@example.com")
    assert str(raised.value).startswith("deliver(at)")


@cases("B19", {"built": Built}, {"signed": Signed, "received": Received, "package": Package})
def test_a_stage_without_its_document_is_a_type(case: Any) -> None:
    assert typing.get_args(case[Any]) == (Any,)
