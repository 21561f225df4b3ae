"""Contingency: only DIAN's own failures declare it; evidence, types, deadlines."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from dian_fe import DocumentReference, build
from dian_fe.errors import InvalidInput, NaiveDatetime, NotAllowed
from dian_fe.testing import ListedScript, Mishap, Simulator
from dian_fe.transport import (
    Attempt,
    ContingencyPolicy,
    DeadlineFrom,
    RetryPolicy,
    Shipment,
    dian_contingency,
    transcribed,
)
from tests.support.company import issuer_at
from tests.transport.support import NOW, client, invoice, note, signed

POLICY = ContingencyPolicy()


def attempts(*outcomes: tuple[str, int | None, float]) -> list[Attempt]:
    return [
        Attempt((NOW + timedelta(seconds=5 * number)).isoformat(), "SendBillSync", outcome, elapsed, status)
        for number, (outcome, status, elapsed) in enumerate(outcomes)
    ]


LOCAL = ("connection_failed", "name_not_resolved", "tls_failed", "proxy_failed")
DOWN, DELAY = ("service_unavailable", 503, 1.0), ("answer_timeout", None, 75.0)


@pytest.mark.parametrize(
    ("outcomes", "down"),
    [
        ([DOWN] * 4, True),
        ([DOWN] * 3, False),
        ([DELAY] * 6, True),
        ([DELAY] * 5, False),
        ([("internal_fault", 500, 1.0)] * 4, True),
        ([("service_unavailable", 502, 1.0)] * 9, False),  # a gateway: not one of the codes that qualify
        ([("answer_timeout", None, 5.0)] * 9, False),  # a timeout that was set too short is no delay
        *(([(code, None, 75.0)] * 9, False) for code in LOCAL),
        ([DOWN, DOWN, ("pending", None, 1.0), DOWN, DOWN], False),  # it answered in between
        ([DOWN, DOWN, ("name_not_resolved", None, 0.1), DOWN, DOWN], True),  # which proves nothing in between
        ([("invalid_security", 500, 1.0)] * 9, False),
        ([("started", None, 0.0)] * 9, False),
    ],
)  # fmt: skip
def test_only_dians_own_failures_show_it_down(outcomes: Any, down: bool) -> None:
    found = POLICY.assess(attempts(*outcomes))
    assert found.dian_is_down is down
    assert found.invoice_type == ("04" if down else None)
    assert (found.retest_at is not None) is down


def test_the_evidence_has_moment_status_and_answer() -> None:
    dian = Simulator(seed=7, script=ListedScript([Mishap.HTTP_503] * 20))
    policy = RetryPolicy(sends=9, unavailable=(0, 0, 0))
    with client(dian, policy=policy) as ws:
        answer = ws.send(signed(dian))
    found = POLICY.assess(answer.attempts)
    assert found.dian_is_down
    data = found.as_dict()
    assert len(data["evidence"]) == 4
    assert {entry["status"] for entry in data["evidence"]} == {503}
    assert all("Service Unavailable" in entry["detail"] and entry["at"] for entry in data["evidence"])
    assert datetime.fromisoformat(data["retest_at"]) - datetime.fromisoformat(data["evidence"][-1]["at"]) > timedelta(
        minutes=29
    )
    assert POLICY.assess(Shipment.from_json(answer.shipment.to_json()).attempts) == found


def test_the_deadline_is_48_hours_by_either_reading() -> None:
    alive = datetime.fromisoformat("2026-03-03T02:30:00+00:00")  # still the 2nd in Colombia
    assert POLICY.deadline(alive).isoformat() == "2026-03-04T21:30:00-05:00"
    lenient = ContingencyPolicy(deadline_from=DeadlineFrom.NEXT_DAY)
    assert lenient.deadline(alive).isoformat() == "2026-03-05T00:00:00-05:00"
    assert ContingencyPolicy(window=timedelta(hours=1)).deadline(alive) < POLICY.deadline(alive)
    with pytest.raises(NaiveDatetime):
        POLICY.deadline(datetime(2026, 3, 2))


def test_type_04_keeps_number_date_and_cufe(dian: Simulator) -> None:
    usual = invoice()
    contingency = dian_contingency(usual, POLICY.assess(attempts(*[DOWN] * 4)))
    assert contingency.type_code == "04"
    assert build(contingency, issuer_at(dian)).key == build(usual, issuer_at(dian)).key
    assert b">04</cbc:InvoiceTypeCode>" in build(contingency, issuer_at(dian)).xml


def test_a_fault_of_this_side_never_makes_type_04() -> None:
    local = POLICY.assess(attempts(*[("name_not_resolved", None, 0.1)] * 99))
    with pytest.raises(NotAllowed, match="contingencia 03"):
        dian_contingency(invoice(), local)


def test_type_03_names_the_paper_and_has_a_cude(dian: Simulator) -> None:
    paper = DocumentReference(number="T-77", issue_date=date(2026, 3, 1), type_code="220")
    document = transcribed(invoice(), [paper])
    assert document.type_code == "03"
    assert document.additional_references == (paper,)
    assert build(document, issuer_at(dian)).control.key_scheme == "CUDE-SHA384"
    with pytest.raises(InvalidInput, match="papel"):
        transcribed(invoice(), [])


def test_notes_have_no_contingency(dian: Simulator) -> None:
    correction = note(dian, signed(dian)).document
    down = POLICY.assess(attempts(*[DOWN] * 4))
    for make in (lambda: dian_contingency(correction, down), lambda: transcribed(correction, [])):
        with pytest.raises(NotAllowed, match="no tiene contingencia"):
            make()
