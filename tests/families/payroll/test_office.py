"""What DIAN alone knows of payroll: repetition, predecessors, novelties, software; and how documents reach it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dian_fe import Client, Issuer, PayrollDeletion, PayrollReplacement, build, readiness, sign
from dian_fe.habilitacion import HabilitacionRun, RunState
from dian_fe.testing import Judge, Simulator
from dian_fe.testing.samples import samples_of
from tests.families.payroll.documents import AT, COMPANY, LATER, SOFTWARE, earned, paid, worker

KINDS = ("payroll", "payroll_replacement", "payroll_deletion")
TEST_SET = "8df23ba9-0111-2302-f440-c3f59a5012d2"


def issuer_of(dian: Judge, **changes: Any) -> Issuer:
    return samples_of("payroll").issuer(dian).replace(organization=COMPANY, **changes)


def signed(dian: Judge, document: Any, issuer: Issuer | None = None) -> Any:
    return sign(build(document, issuer or issuer_of(dian)), dian.signer("700085371"), at=document.issued_at)


def told(dian: Judge, document: Any) -> tuple[bool, set[str]]:
    verdict = dian.judge(signed(dian, document).xml)
    return verdict.is_valid, {fault.code for fault in verdict.faults}


def test_a_number_is_sent_once_for_each_worker() -> None:
    dian = Judge()
    assert told(dian, paid()) == (True, set())
    assert told(dian, paid(devengados=earned(dotacion=1))) == (False, {"90"})
    assert told(dian, paid(trabajador=worker(numero_documento="52000111"))) == (True, set())
    assert told(dian, paid(number="NE2")) == (True, set())


def test_a_predecessor_that_is_unknown_is_notified() -> None:
    dian = Judge(references=True)
    first = signed(dian, paid())
    replacement = PayrollReplacement.replacing(first, number="NA1", issued_at=LATER, devengados=earned(dotacion=1))
    deletion = PayrollDeletion.deleting(first, number="NA2", issued_at=LATER)
    assert told(dian, replacement) == (True, {"NIAE191a"})
    assert told(dian, deletion) == (True, {"NIAE216a"})
    assert dian.judge(first.xml).is_valid
    assert told(dian, replacement.replace(number="NA3")) == (True, set())
    over = signed(dian, replacement.replace(number="NA3"))
    assert told(dian, PayrollDeletion.deleting(over, number="NA4", issued_at=LATER)) == (True, set())


def test_a_novelty_needs_an_earlier_document_of_the_month() -> None:
    dian = Judge(references=True)
    first = signed(dian, paid())
    novelty = paid(number="NE2", cune_nov=first.key)
    alone = {fault.code for fault in dian.judge(signed(dian, novelty).xml).faults}
    assert alone == {"NIE199a", "NIE204a"}
    assert dian.judge(first.xml).is_valid
    assert told(dian, novelty) == (True, set()) or told(dian, novelty)[1] == {"90"}
    other = paid(number="NE3", cune_nov="b" * 96)
    assert {fault.code for fault in dian.judge(signed(dian, other).xml).faults} == {"NIE204a"}


def test_the_software_is_registered_for_payroll() -> None:
    dian = Judge()
    stranger = issuer_of(dian, softwares=(SOFTWARE.replace(serves=KINDS),))
    document = paid()
    assert {fault.code for fault in dian.judge(signed(dian, document, stranger).xml).faults} == {"NIE019"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_is_sent_and_found_by_its_key(kind: str) -> None:
    dian = Simulator()
    each, issuer = samples_of(kind).issued(dian, kind, 3)
    with Client(signer=dian.signer(issuer.organization.nit), transport=dian) as ws:
        answer = ws.send(each)
        status = ws.status(each.key)
        again = ws.send(each)
    assert (answer.accepted, answer.faults, status.is_valid, again.accepted) == (True, (), True, True)
    assert dian.requests[0] == "SendNominaSync"
    assert status.document_key == each.key


def test_the_test_set_of_payroll_is_accepted() -> None:
    dian = Simulator()
    issuer = issuer_of(dian)
    counts = {"payroll": 2, "payroll_replacement": 1, "payroll_deletion": 1}
    run = HabilitacionRun.plan(issuer, dian.open_test_set(counts=counts).id, counts=counts)
    signer = dian.signer(issuer.organization.nit)
    with Client(signer=signer, transport=dian) as ws:
        report = run.drive(ws, signer, clock=lambda: AT)
    assert (report.accepted, report.rejected) == (report.planned, {})
    assert report.state in {RunState.ACEPTADO, RunState.SIN_CONFIRMAR}
    assert set(dian.requests) >= {"SendTestSetAsync", "GetStatusZip"}


def test_a_company_is_judged_by_a_payroll_of_its_own() -> None:
    issuer = issuer_of(Judge())
    ready = readiness(issuer, at=AT, kind="payroll")
    assert [fault for fault in ready if fault.rejects] == []
    homeless = issuer.replace(organization=COMPANY.replace(municipality=None, address=None))
    found = [fault for fault in readiness(homeless, at=AT, kind="payroll") if fault.rejects]
    assert found
    assert all(fault.path.startswith("issuer.organization") for fault in found)


def test_a_note_may_come_days_after_its_document() -> None:
    dian = Judge(references=True)
    first = signed(dian, paid())
    assert dian.judge(first.xml).is_valid
    late = PayrollDeletion.deleting(first, number="NA9", issued_at=AT + timedelta(days=40))
    assert told(dian, late) == (True, set())
