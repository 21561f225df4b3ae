"""What GetStatusEvent may hold: its form is not established, so that every likely one is understood, or told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from dian_fe import read
from dian_fe.events import InvoiceState, registered
from dian_fe.transport.answers import Status
from dian_fe.transport.history import InvoiceEvents, events_of
from dian_fe.ubl.archive import make_zip

from .support import at
from .test_simulator import MONDAY, Trade

CUFE, CUDE, OTHER = "ab" * 48, "cd" * 48, "ef" * 48


def told(raw: bytes, code: str = "00") -> InvoiceEvents:
    status = Status(code == "00", code, "", "", (), "", "", b"", raw)
    return events_of(status, CUFE)


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
    for key in (CUFE, CUFE.upper(), "", "no es una clave"):
        (event,) = told(answer(response("030", number="SETP1", key=key, inside=EFFECTIVE))).history
        assert (event.code, event.number, event.key) == ("030", "", "")


def test_dians_verdicts_are_no_events_and_a_code_must_be_told() -> None:
    found = told(answer(response("02"), response("04"), response("", inside=EFFECTIVE)))
    assert len(found.history) == 0
    assert found.problems == found.history.unread == ("una de las respuestas no dice el código de su evento.",)


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
        (alone,) = told(signed.xml).history
        assert alone == registered(signed) == registered(read(signed.xml))
    found = told(make_zip(files | {"otra.xml": files["030.xml"]}))
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
def test_an_answer_of_another_kind_is_no_proof_that_there_are_none(raw: bytes, code: str, told_of: str) -> None:
    (problem,) = told(raw, code).history.unread
    assert told_of in problem


def test_not_found_is_told_and_proves_nothing() -> None:
    found = told(b"", "66")
    assert found.state is InvoiceState.RECIBIDA
    assert "no da eventos" in found.problems[0]
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
