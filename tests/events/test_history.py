"""What GetStatusEvent holds: every likely form of it is understood, or told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from dian_fe import read
from dian_fe.events import InvoiceState, RegisteredParty, registered
from dian_fe.transport.answers import Status
from dian_fe.transport.history import InvoiceEvents, events_of
from dian_fe.ubl.archive import make_zip
from tests.events.support import at
from tests.events.test_simulator import MONDAY, Trade

CUFE, CUDE, OTHER = "ab" * 48, "cd" * 48, "ef" * 48


def told(raw: bytes, code: str = "00", key: str = CUFE) -> InvoiceEvents:
    status = Status(code == "00", code, "", "", (), "", "", b"", raw)
    return events_of(status, key)


def answer(*responses: str, sender: str = "800197268") -> bytes:
    party = f"<SenderParty><PartyTaxScheme><CompanyID>{sender}</CompanyID></PartyTaxScheme></SenderParty>"
    inner = "".join(f"<DocumentResponse>{response}</DocumentResponse>" for response in responses)
    return f"<ApplicationResponse><ID>E1</ID><UUID>{CUDE}</UUID>{party}{inner}</ApplicationResponse>".encode()


def response(code: str, *, number: str = "E1", key: str = CUDE, inside: str = "", beside: str = "") -> str:
    return (
        f"<Response><ResponseCode>{code}</ResponseCode>{inside}</Response>"
        f"<DocumentReference><ID>{number}</ID><UUID>{key}</UUID>{beside}</DocumentReference>"
    )


EFFECTIVE = "<EffectiveDate>2026-03-02</EffectiveDate><EffectiveTime>11:00:00-05:00</EffectiveTime>"
ISSUED = "<IssueDate>2026-03-02</IssueDate><IssueTime>16:00:00Z</IssueTime>"


@pytest.mark.parametrize("times", [{"inside": EFFECTIVE}, {"beside": ISSUED}], ids=["effective", "issued"])
def test_events_with_their_time_wherever_it_stands(times: Any) -> None:
    (event,) = told(answer(response("030", **times))).history
    assert (event.code, event.number, event.key, event.signed_at) == ("030", "E1", CUDE, at(MONDAY, 11))


def test_zero_one_or_many() -> None:
    assert len(told(answer()).history) == 0
    many = told(answer(response("032", key=OTHER, inside=EFFECTIVE), response("030", inside=EFFECTIVE)))
    assert many.state is InvoiceState.BIEN_RECIBIDO
    assert many.problems == ()


@pytest.mark.parametrize(
    ("times", "moment"),
    [
        ("<EffectiveDate>2026-03-02</EffectiveDate>", at(MONDAY, 0)),
        ("<EffectiveDate>2026-03-02</EffectiveDate><EffectiveTime>11:00:00</EffectiveTime>", at(MONDAY, 11)),
        ("<EffectiveDate>2026-03-02-05:00</EffectiveDate><EffectiveTime>11:00:00.5-05:00</EffectiveTime>",
         at(MONDAY, 11)),
        ("<EffectiveDate>02/03/2026</EffectiveDate>", None),
        ("<EffectiveDate>0001-01-01</EffectiveDate><EffectiveTime>00:00:00</EffectiveTime>", None),
        ("<EffectiveDate>0001-01-01</EffectiveDate><EffectiveTime>00:00:00Z</EffectiveTime>", None),
        ("<EffectiveDate>9999-12-31</EffectiveDate><EffectiveTime>23:59:59-05:00</EffectiveTime>", None),
        ("", None),
    ],
)  # fmt: skip
def test_times_of_every_form(times: str, moment: datetime | None) -> None:
    found = told(answer(response("030", inside=times)))
    (event,) = found.history
    assert event.signed_at == moment
    assert ("no se sabe cuándo" in " ".join(found.problems)) is (moment is None)


def test_a_reference_to_the_invoice_names_no_event() -> None:
    for key in (CUFE, CUFE.upper()):
        (event,) = told(answer(response("030", number="SETP1", key=key, inside=EFFECTIVE))).history
        assert (event.code, event.number, event.key) == ("030", "", "")


@pytest.mark.parametrize(("key", "problems"), [("", 0), ("no es una clave", 1)])
def test_a_number_without_a_cude_stays(key: str, problems: int) -> None:
    found = told(answer(response("030", number="AC7", key=key, inside=EFFECTIVE)))
    assert [(event.number, event.key) for event in found.history] == [("AC7", "")]
    assert len(found.problems) == problems
    assert key in " ".join(found.problems)


def test_dians_verdicts_are_no_events_and_a_code_must_be_told() -> None:
    found = told(answer(response("02"), response("04"), response("", inside=EFFECTIVE)))
    assert len(found.history) == 0
    assert found.problems == found.history.unread == ("una de las respuestas no indica el código de su evento.",)


def test_unknown_codes_stay() -> None:
    found = told(answer(response("777", inside=EFFECTIVE)))
    assert [event.code for event in found.history] == ["777"]
    assert "evento que no se conoce" in str(found)


def test_the_events_own_documents_are_understood_too() -> None:
    """One alone, or a ZIP of them: number, key and signing time are the document's."""
    trade, files = Trade(), {}
    for code, hour in (("030", 11), ("032", 12)):
        signed = trade.signed(trade.made(code, at(MONDAY, hour)))
        assert trade.dian.judge(signed.xml).is_valid
        files[f"{code}.xml"] = signed.xml
        (alone,) = told(signed.xml, key=trade.sale.key).history
        assert alone == registered(signed) == registered(read(signed.xml))
    found = told(make_zip(files | {"otra.xml": files["030.xml"]}), key=trade.sale.key)
    assert [event.code for event in found.history] == ["030", "032"], "the same event twice counts once"
    assert found.history.events == trade.dian.history(trade.sale.key).events


@pytest.mark.parametrize(
    "raw", [b"", b"<a", b"no es XML", b"PK\x03\x04roto", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"]
)
def test_what_cannot_be_read_is_told(raw: bytes) -> None:
    found = told(raw)
    assert len(found.history) == 0
    assert bool(found.problems) is bool(raw)
    assert found.history.unread == found.problems
    assert str(found).count("no se puede leer") == bool(raw)


@pytest.mark.parametrize(
    ("raw", "code", "told_of"),
    [(b"<html/>", "00", "html"), (b"", "99", "99"), (b"", "", "sin código"), (b"", "777", "777")],
)
def test_an_answer_of_another_kind_proves_no_absence(raw: bytes, code: str, told_of: str) -> None:
    (problem,) = told(raw, code).history.unread
    assert told_of in problem


def test_not_found_is_told_and_proves_nothing() -> None:
    found = told(b"", "66")
    assert found.state is InvoiceState.RECIBIDA
    assert "no entrega eventos" in found.problems[0]
    assert found.history.unread == ()
    assert "Problema: " in str(found)


def test_namespaces_do_not_matter() -> None:
    xml = answer(response("030", inside=EFFECTIVE)).replace(
        b"<ApplicationResponse>", b'<ApplicationResponse xmlns="urn:x">'
    )
    assert len(told(xml).history) == 1


def test_days_are_colombian() -> None:
    late = "<EffectiveDate>2026-03-03</EffectiveDate><EffectiveTime>03:00:00Z</EffectiveTime>"
    (event,) = told(answer(response("032", inside=late))).history
    assert event.day == date(2026, 3, 2)
    assert event.signed_at == datetime(2026, 3, 3, 3, tzinfo=UTC)
    term = told(answer(response("032", inside=late))).history.term
    assert term is not None
    assert term.last_day == date(2026, 3, 5)


PARTY = (
    "<PartyTaxScheme><RegistrationName>{name}</RegistrationName>"
    '<CompanyID schemeID="{digit}" schemeName="31">{id}</CompanyID></PartyTaxScheme>'
)
BUYER = PARTY.format(name="Cafetería Ejemplo", id="800199436", digit="1")
SELLER = PARTY.format(name="Tienda Ejemplo SAS", id="700085371", digit="1")


def live(
    order: int | str, code: str, *, number: str, key: str, when: str = "10:00:00-05:00", texts: tuple[str, ...] = ()
) -> str:
    """Return a DocumentResponse as the live service writes it."""
    described = "".join(f"<Description>{each}</Description>" for each in texts or (f"Evento {code}",))
    return (
        f"<Response><ReferenceID>{order}</ReferenceID><ResponseCode>{code}</ResponseCode>{described}"
        f"<EffectiveDate>2026-03-02</EffectiveDate><EffectiveTime>{when}</EffectiveTime></Response>"
        f'<DocumentReference><ID>{number}</ID><UUID schemeName="CUDE-SHA384">{key}</UUID></DocumentReference>'
        f"<DocumentReference><ID>otro</ID><UUID>{OTHER}</UUID></DocumentReference>"
        f"<IssuerParty>{BUYER}</IssuerParty><RecipientParty>{SELLER}</RecipientParty>"
        "<LineResponse><LineReference><LineID>1</LineID></LineReference><Response><ResponseCode>777</ResponseCode>"
        "</Response></LineResponse>"
    )


def test_one_event_is_its_reference_whoever_sends_the_answer() -> None:
    """Number, key and time are never those of the answer itself, unless the reference is the invoice."""
    for sender in ("800197268", "899999999", ""):
        (event,) = told(answer(live(1, "030", number="AC7", key=OTHER), sender=sender)).history
        assert (event.number, event.key, event.signed_at) == ("AC7", OTHER, at(MONDAY, 10)), sender


def test_events_come_in_the_order_of_their_counter() -> None:
    keys = [f"{position:02d}" * 48 for position in range(11)]
    written = [live(n, code, number=f"N{n}", key=keys[n]) for n, code in ((10, "032"), (2, "037"), (1, "036"))]
    assert [event.order for event in told(answer(*written)).history] == [1, 2, 10]
    odd = [live("x", "032", number="B", key=keys[3], when="09:00:00-05:00"), *written]
    assert next(iter(told(answer(*odd)).history)).number == "B", "without every counter time decides"


def test_parties_and_every_description_are_kept() -> None:
    (event,) = told(answer(live(1, "030", number="AC7", key=CUDE, texts=("Acuse", "de la factura")))).history
    assert event.description == "Acuse\nde la factura"
    assert event.issuer == RegisteredParty("800199436", "Cafetería Ejemplo", "31", "1")
    assert event.recipient == RegisteredParty("700085371", "Tienda Ejemplo SAS", "31", "1")
    trade = Trade()
    signed = trade.signed(trade.made("030", at(MONDAY, 11)))
    (alone,) = told(signed.xml, key=trade.sale.key).history
    assert (alone.issuer.id, alone.recipient.id) == ("800199436", "700085371")  # type: ignore[union-attr]


def test_the_same_code_several_times_stays_several_events() -> None:
    written = [live(n, code, number="", key="") for n, code in enumerate(("036", "037", "036", "037"), 1)]
    assert [event.code for event in told(answer(*written)).history] == ["036", "037", "036", "037"]
