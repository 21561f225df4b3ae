"""Events made of verified invoices: who declares what to whom, and what is refused before anything is written."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from dian_fe import CreditNote, build, check, read, sign
from dian_fe.catalogs import ClaimConcept, Environment, EventCode, IdType, PaymentMeans
from dian_fe.errors import (
    EventRefused,
    InvalidInput,
    NaiveDatetime,
    NotAllowed,
    NumberingError,
    SigningError,
    UnknownCode,
    UnsupportedDocument,
    WrongCertificateOwner,
    WrongEnvironment,
)
from dian_fe.events import Event, EventHistory, RegisteredEvent, registered
from dian_fe.families.events.keys import event_key
from dian_fe.models.customer import Customer
from dian_fe.models.event import EventDocument
from dian_fe.models.payment import Payment
from dian_fe.rules import NotEvaluated
from dian_fe.testing import random_event
from dian_fe.ubl.keys import security_code
from dian_fe.ubl.writer.build import write
from tests.events.support import (
    BUYER,
    COMPANY,
    HISTORY,
    ISSUED,
    NIT,
    PERSON,
    SHOP,
    at,
    buyer,
    credit_sale,
    customer,
    invoice,
    office,
    seller,
    verified,
)

LATER = at(date(2026, 3, 2), 15)
TACIT = at(date(2026, 3, 9), 8)  # Monday: more than three business days whichever way they are counted


def made(code: str, sale: Any = None, **changes: Any) -> Event:
    """Make any of the five events."""
    sale = sale or credit_sale()
    values: dict[str, Any] = {"number": "E1", "issued_at": TACIT if code == "034" else LATER} | changes
    if code in ("030", "032"):
        if code == "032":
            values.setdefault("history", [RegisteredEvent("030", "A1", at(date(2026, 3, 2), 11))])
        return Event.acknowledge(sale, EventCode(code), **{"person": PERSON} | values)
    values.setdefault("history", HISTORY)
    if code == "031":
        return Event.claim(sale, values.pop("concept", ClaimConcept.SERVICIO_NO_PRESTADO), **values)
    if code == "033":
        return Event.accept(sale, **values)
    return Event.accept_tacitly(sale, **values)


CODES = ("030", "031", "032", "033", "034")


@pytest.mark.parametrize("code", CODES)
def test_the_code_decides_who_declares_to_whom(code: str) -> None:
    event, sale = made(code), credit_sale()
    expected = (NIT, "800197268") if code == "034" else (BUYER, NIT)
    assert (event.sender.id, event.receiver.id) == expected
    assert event.issuer_id == expected[0]
    assert event.receiver.check_digit == ("4" if code == "034" else "1")
    assert (event.code, event.description) == (code, EventCode(code).label)
    assert (event.reference, event.reference_key, event.reference_type) == (sale.document.number, sale.key, "01")
    assert (event.person is not None) is (code in ("030", "032"))
    assert (event.concept, event.concept_name) == (("04", "Servicio no prestado") if code == "031" else (None, None))
    assert bool(event.notes) is (code == "034")


@pytest.mark.parametrize("code", CODES)
def test_each_is_built_signed_and_read_back(code: str) -> None:
    event = made(code)
    issuer, nit = (seller(), NIT) if code == "034" else (buyer(), BUYER)
    built = build(event, issuer)
    report = check(built, issuer=issuer, original=credit_sale().received)
    assert (report.faults, report.not_evaluated, report.ok) == ((), (), True)
    signed = sign(built, office().signer(nit), at=event.issued_at)
    received = read(signed.xml)
    assert received.kind.name == "event"
    assert received.document == event
    assert event == received.document
    assert isinstance(received.document, EventDocument)
    assert not isinstance(received.document, Event)
    assert (received.problems, received.unmapped) == ((), ())
    assert received.control == signed.control
    assert signed.file_name == f"ar{nit.zfill(10)}0002600000001.xml"
    assert signed.zip_name == f"z{nit.zfill(10)}0002600000001.zip"
    assert signed.qr_text == f"https://catalogo-vpfe-hab.dian.gov.co/document/searchqr?documentkey={credit_sale().key}"
    assert [fault for fault in check(signed) if fault.rejects] == []
    known = registered(signed)
    assert (known.code, known.number, known.signed_at, known.key) == (code, "E1", event.issued_at, signed.key)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"reference": "SETP1"}, {"AAH06", "AAD06"}),
        ({"reference_key": "ab" * 48}, {"AAH07"}),
        ({"reference_type": "91"}, {"AAH09", "AAD06"}),
        ({"operation": "777"}, {"AAD02"}),
        ({"person": None}, {"missing_person"}),
        ({"number": "E9"}, {"AAD06", "security_code"}),
    ],
)
def test_a_changed_event_is_not_called_clean(changes: dict[str, Any], expected: set[str]) -> None:
    built = build(made("030"), buyer())
    document = EventDocument(**{name: getattr(built.document, name) for name in EventDocument.model_fields} | changes)
    changed = read(write(document, built.control, built.kind).unsigned_file())
    report = check(changed, issuer=buyer(), original=credit_sale().received)
    assert {fault.code for fault in report.may_reject if fault.source != "signature"} == expected
    assert not report.ok


def test_events_of_other_rule_books_are_told_as_not_judged() -> None:
    built = build(made("030"), buyer())
    values = {name: getattr(built.document, name) for name in EventDocument.model_fields} | {"code": "036"}
    report = check(EventDocument(**values))
    assert NotEvaluated("*", ("rules",)) in report.not_evaluated
    assert (report.judged, report.ok, bool(report)) == (False, False, True)


def test_the_key_and_the_security_code_are_those_of_the_annex() -> None:
    event, software = made("030"), office().software
    built = build(event, buyer())
    pin = software.pin.get_secret_value()
    assert built.key == event_key(
        number="E1", issue_date="2026-03-02", issue_time="15:00:00-05:00", sender_id=BUYER, receiver_id=NIT,
        response_code="030", reference=credit_sale().document.number, reference_type="01", pin=pin,
    )  # fmt: skip
    assert built.control.security_code == security_code(software_id=software.id, pin=pin, number="E1")
    assert (built.control.key_scheme, built.control.authorization, built.control.prefix) == ("CUDE-SHA384", None, None)


# --- only of a verified invoice --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: Event(**made("030").model_dump()),
        lambda: Event.model_validate(made("030").model_dump()),
        lambda: Event.model_validate_json(made("030").to_json()),
        lambda: made("030").replace(number="E2"),
        lambda: made("030").model_copy(update={"code": "033"}),
        lambda: Event(),
        lambda: build(Event.model_construct(**dict(made("030"))), buyer()),
        lambda: build(_bare(made("030")), buyer()),
    ],
)
def test_nothing_else_makes_an_event(attempt: Callable[[], Any]) -> None:
    with pytest.raises(NotAllowed, match="factura verificada"):
        attempt()


def _bare(event: Event) -> Event:
    """Return an object of the class with all that an event says, made without any of its constructors."""
    other = object.__new__(Event)
    object.__setattr__(other, "__dict__", dict(event))
    return other


@pytest.mark.parametrize("give", [lambda: credit_sale().received, lambda: credit_sale().document, lambda: None])
@pytest.mark.parametrize("code", CODES)
def test_what_was_not_verified_is_refused(code: str, give: Callable[[], Any]) -> None:
    unverified = give() or b"<Invoice/>"
    with pytest.raises(InvalidInput, match="verificada") as caught:
        made(code, unverified)
    assert caught.value.field == "verified"


def test_an_event_read_cannot_be_issued() -> None:
    for event in (random_event(1), read(build(made("030"), buyer()).xml).document):
        with pytest.raises(UnsupportedDocument, match="que se pueda emitir"):
            build(event, buyer())


def test_an_event_survives_pickling() -> None:
    event = made("030", mandatary=SHOP)
    for again in (pickle.loads(pickle.dumps(event)), event.model_copy(), event.model_copy(deep=True)):
        assert again == event
        assert again.issuer_id == NIT
        assert build(again, seller()).xml == build(event, seller()).xml


# --- invoices that admit none ----------------------------------------------------------------------------------------


def test_notes_and_other_types_have_no_events() -> None:
    signed = sign(build(invoice(), seller()), office().signer(NIT), at=ISSUED)
    office().judge(signed.xml)
    note = CreditNote.correcting(signed, concept="2", number="NC77", issued_at=ISSUED)
    with pytest.raises(NotAllowed, match="Solo la factura electrónica de venta"):
        made("030", verified(note))


@pytest.mark.parametrize("type_code", ["02", "03", "04"])
def test_only_type_01(type_code: str) -> None:
    sale = credit_sale()
    other = object.__new__(type(sale))
    for name in ("answer", "examination", "trusted"):
        object.__setattr__(other, name, getattr(sale, name))
    changed = replace(sale.received, document=sale.document.replace(type_code=type_code))
    object.__setattr__(other, "received", changed)
    with pytest.raises(NotAllowed, match="Solo la factura") as caught:
        made("030", other)
    assert type_code in str(caught.value.found)


def test_a_final_consumer_declares_nothing() -> None:
    sale = verified(invoice(customer=Customer.final_consumer()))
    with pytest.raises(NotAllowed, match="consumidor final"):
        made("030", sale)


def test_an_invoice_without_answer_is_refused_unless_stated() -> None:
    sale = verified(answered=False)
    with pytest.raises(NotAllowed, match="respuesta de la DIAN") as caught:
        made("030", sale)
    assert caught.value.field == "verified.answer"
    assert made("030", sale, without_answer=True).reference_key == sale.key


@pytest.mark.parametrize("code", CODES)
def test_a_cash_invoice_is_refused_by_lgc62(code: str) -> None:
    sale = verified(invoice(payment=Payment.cash(PaymentMeans.EFECTIVO)))
    with pytest.raises(EventRefused, match="LGC62") as caught:
        made(code, sale)
    assert [fault.code for fault in caught.value.faults if fault.rejects] == ["LGC62"]
    assert "contado" in str(caught.value)
    assert made(code, sale, allow_cash=True).code == code


def test_an_invoice_paid_partly_on_credit_takes_events() -> None:
    payments = [Payment.cash(PaymentMeans.EFECTIVO), Payment.credit(date(2026, 4, 2))]
    assert made("030", verified(invoice(payment=payments))).code == "030"


# --- order and terms -------------------------------------------------------------------------------------------------


def test_receipt_before_acknowledgement_is_refused_here() -> None:
    with pytest.raises(EventRefused, match="missing_event") as caught:
        made("032", history=())
    assert "030" in str(caught.value.expected)
    assert "client.events" in str(caught.value.remedy)


def test_an_answer_not_understood_is_not_taken_for_no_events() -> None:
    """What is not known to be there is told; only where it decides does it refuse."""
    unread = EventHistory(unread=("la respuesta no se puede leer",))
    with pytest.raises(EventRefused, match="unread_history") as caught:
        made("032", history=unread)
    assert [fault.code for fault in caught.value.faults] == ["unread_history"]
    assert "no se puede leer" in str(caught.value.found)
    assert made("030", history=unread).code == "030"
    assert made("032", history=EventHistory(HISTORY.events[:1], unread=unread.unread)).code == "032"


def test_acceptance_before_receipt_is_refused_here() -> None:
    with pytest.raises(EventRefused, match="missing_event"):
        made("033", history=())


def test_every_reason_is_told() -> None:
    claimed = HISTORY.with_event(RegisteredEvent("031", "R3", at(date(2026, 3, 3))))
    with pytest.raises(EventRefused) as caught:
        made("033", history=claimed, number="R3", issued_at=at(date(2026, 3, 20)))
    assert [fault.code for fault in caught.value.faults] == ["AAD05", "excluded_event", "DC24c"]
    assert (caught.value.field, caught.value.code) == ("number", "event_refused")


def test_the_terms_are_those_of_the_signing_day() -> None:
    assert made("033", issued_at=at(date(2026, 3, 5), 23, 59, 59)).code == "033"
    with pytest.raises(EventRefused, match="DC24c"):
        made("033", issued_at=at(date(2026, 3, 6), 0, 0, 0))
    with pytest.raises(EventRefused, match="DC24e"):
        made("034", issued_at=at(date(2026, 3, 5), 23, 59, 59))
    assert made("034", issued_at=at(date(2026, 3, 6), 0, 0, 0)).code == "034"


def test_the_history_is_of_this_invoice() -> None:
    with pytest.raises(InvalidInput, match="otra factura"):
        made("032", history=EventHistory(HISTORY.events, key="ab" * 48))
    acknowledged = EventHistory(HISTORY.events[:1], key=credit_sale().key.upper())
    assert made("032", history=acknowledged).code == "032"


def test_an_event_follows_the_one_just_signed() -> None:
    """Same number twice is refused; another one is in order."""
    first = sign(build(made("030"), buyer()), office().signer(BUYER), at=LATER)
    history = EventHistory().with_event(registered(first))
    with pytest.raises(EventRefused, match="AAD05"):
        made("032", history=history)
    assert made("032", history=history, number="E2").number == "E2"


# --- data ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attempt", "error", "field"),
    [
        (lambda: made("030", number=""), InvalidInput, "number"),
        (lambda: made("030", number="E" * 51), InvalidInput, "number"),
        (lambda: made("030", issued_at=datetime(2026, 3, 2)), NaiveDatetime, "issued_at"),
        (lambda: made("030", person=None), InvalidInput, "person"),
        (lambda: made("030", person=PERSON.replace(family_name=None)), InvalidInput, "person.family_name"),
        (lambda: made("030", person=PERSON.replace(id="10.2")), InvalidInput, "person.id"),
        (lambda: made("031", concept="09"), UnknownCode, None),
        (lambda: made("034", notes=["\x00"]), InvalidInput, "notes[1]"),
        (lambda: made("034", statement=""), InvalidInput, "notes[0]"),
        (lambda: made("030", notes="Recibido"), InvalidInput, "notes"),
        (lambda: made("030", notes=None), InvalidInput, "notes"),
        (lambda: made("030", mandatary="Mandatos SAS"), InvalidInput, "mandatary"),
        (lambda: made("030", mandatario=SHOP), InvalidInput, "mandatario"),
        (lambda: made("032", history=None), InvalidInput, "history[0]"),
        (lambda: made("032", history=[made("030")]), InvalidInput, "history[0]"),
        (lambda: registered(b"<x/>"), InvalidInput, "source"),  # type: ignore[arg-type]
        (lambda: registered(credit_sale().received), InvalidInput, "source"),  # type: ignore[arg-type]
        (
            lambda: Event.acknowledge(credit_sale(), "033", number="1", issued_at=LATER, person=PERSON),
            NotAllowed,
            "code",
        ),
        (lambda: Event.acknowledge(credit_sale(), "99", number="1", issued_at=LATER, person=PERSON), UnknownCode, None),
    ],
)
def test_data_that_cannot_be_used(attempt: Callable[[], Any], error: type[InvalidInput], field: str | None) -> None:
    with pytest.raises(error) as caught:
        attempt()
    if field is not None:
        assert caught.value.field == field


def test_the_longest_number_and_one_without_consecutive() -> None:
    assert build(made("030", number="A" * 49 + "7"), buyer()).file_stem.endswith("00000007")
    letters = made("030", number="ACUSE")
    with pytest.raises(NumberingError, match="consecutivo") as caught:
        build(letters, buyer())
    assert caught.value.field == "sequence"
    assert build(letters, buyer(), sequence=31).file_stem.endswith("0000001f")


def test_a_buyer_who_is_a_person_is_named_as_in_the_invoice() -> None:
    person = customer(id_type=IdType.CEDULA_DE_CIUDADANIA, id="1020304050", name="Ana Pérez")
    event = made("030", verified(invoice(customer=person)))
    assert (event.sender.id_type, event.sender.check_digit, event.sender.organization_type) == ("13", None, "2")
    xml = build(event, buyer(organization=SHOP.replace(nit="1020304050", name="Ana Pérez", check_digit=None))).xml
    assert b'schemeName="13" schemeVersionID="2">1020304050<' in xml


def test_a_nit_without_check_digit_gets_its_own() -> None:
    sale = credit_sale()
    other = object.__new__(type(sale))
    for name in ("answer", "examination", "trusted"):
        object.__setattr__(other, name, getattr(sale, name))
    bare = sale.document.replace(customer=sale.document.customer.replace(check_digit=None))
    object.__setattr__(other, "received", replace(sale.received, document=bare))
    assert made("030", other).sender.check_digit == "4"


# --- who issues and signs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_nobody_issues_for_the_other_side(code: str) -> None:
    event, other = made(code), buyer() if code == "034" else seller()
    with pytest.raises(InvalidInput, match="no es la organización que emite") as caught:
        build(event, other)
    assert caught.value.field == "sender.id"


@pytest.mark.parametrize("code", CODES)
def test_an_event_is_issued_in_the_environment_of_its_invoice(code: str) -> None:
    issuer = seller() if code == "034" else buyer()
    with pytest.raises(WrongEnvironment) as caught:
        build(made(code), issuer.replace(environment=Environment.PRODUCCION))
    assert (caught.value.field, caught.value.found, caught.value.expected) == (
        "issuer.environment", "PRODUCCION", "HABILITACION",
    )  # fmt: skip


def test_an_invoice_without_environment_is_not_asked_about() -> None:
    sale = credit_sale()
    other = object.__new__(type(sale))
    for name in ("answer", "examination", "trusted"):
        object.__setattr__(other, name, getattr(sale, name))
    silent = replace(sale.received, control=sale.received.control.replace(environment=None))
    object.__setattr__(other, "received", silent)
    for environment in Environment:
        control = build(made("030", other), buyer().replace(environment=environment)).control
        assert control.environment == environment


@pytest.mark.parametrize("code", CODES)
def test_nobody_signs_for_the_other_side(code: str) -> None:
    event = made(code)
    built = build(event, seller() if code == "034" else buyer())
    other = BUYER if code == "034" else NIT
    with pytest.raises(WrongCertificateOwner):
        sign(built, office().signer(other), at=event.issued_at)


@pytest.mark.parametrize("second", [59, 0])
def test_signed_on_the_day_of_issue(second: int) -> None:
    """23:59:59 is signed on its day; one second later is another day (rule AAD09e)."""
    evening = at(date(2026, 3, 2), 23, 59, 59)
    built = build(made("030", issued_at=evening), buyer())
    signer = office().signer(BUYER)
    if second:
        assert sign(built, signer, at=evening).signing_time == evening
        return
    with pytest.raises(SigningError):
        sign(built, signer, at=evening + timedelta(seconds=1))


def test_a_mandatary_acts_signs_and_says_so_first() -> None:
    sale, lawyer = credit_sale(), SHOP.replace(nit="900373076", name="Mandatos Ejemplo SAS", check_digit=None)
    event = made("030", sale, mandatary=lawyer, notes=["Recibido en bodega"])
    assert event.notes == (
        "Mandatos Ejemplo SAS OBRANDO EN NOMBRE Y REPRESENTACION DE Compras Ejemplo SAS",
        "Recibido en bodega",
    )
    assert (event.sender.id, event.issuer_id) == (BUYER, "900373076")
    built = build(event, buyer(organization=lawyer))
    signed = sign(built, office().signer("900373076"), at=LATER)
    assert read(signed.xml).document == event
    with pytest.raises(WrongCertificateOwner):
        sign(built, office().signer(BUYER), at=LATER)


def test_the_sworn_statement_names_the_silent_buyer() -> None:
    (note,) = made("034").notes
    for part in ("gravedad de juramento", "tres (3) días hábiles", "Compras Ejemplo SAS", f"NIT {BUYER}-4",
                 credit_sale().document.number, "no aceptó", "no la rechazó", "no reclamó"):  # fmt: skip
        assert part in note, part
    assert made("034", statement="Texto de la empresa").notes == ("Texto de la empresa",)
    mandated = made("034", mandatary=COMPANY, statement="Juro")
    assert mandated.notes == ("Compras Ejemplo SAS OBRANDO EN NOMBRE Y REPRESENTACION DE Tienda Ejemplo SAS", "Juro")
