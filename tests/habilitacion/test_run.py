"""A test set driven to its end: accepted, rejected, stopped; killed at any point and resumed."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dian_fe import AsyncClient, Certainty, Fault, Invoice, Severity, check
from dian_fe.catalogs import Environment
from dian_fe.errors import ConnectionFailed, InvalidInput, OutOfRange, UnreadableDocument, WrongEnvironment
from dian_fe.habilitacion import Counts, HabilitacionRun, RunState, sample_document
from dian_fe.rules import Report
from dian_fe.testing import ListedScript, Mishap, SeededScript, SetState, Simulator
from tests.support.company import issuer_at
from tests.transport.support import NIT, Recorder, client

pytestmark = pytest.mark.slow

SMALL = Counts(3, 2, 2)
SET = "01234567-89ab-cdef-0123-456789abcdef"


def planned(dian: Simulator, counts: Counts = SMALL, **options: Any) -> tuple[HabilitacionRun, Any]:
    opened = dian.open_test_set(counts.invoices, counts.debit_notes, counts.credit_notes, **options)
    return HabilitacionRun.plan(issuer_at(dian), opened.id, counts=counts), opened


def test_the_default_counts_end_to_be_confirmed() -> None:
    dian = Simulator(seed=7, references=True, pending=1)
    opened = dian.open_test_set()
    run = HabilitacionRun.plan(issuer_at(dian), opened.id)
    with client(dian) as ws:
        report = run.drive(ws, dian.signer(NIT))
        assert report.state is RunState.SIN_CONFIRMAR  # DIAN shows it in its portal, and has not said it
        assert opened.state is SetState.ACEPTADO
        assert report.accepted == report.planned == {"invoice": 30, "debit_note": 10, "credit_note": 10}
        assert not report.rejected
        assert not report.confirmed
        assert "no ha dicho" in report.message
        assert "confirm()" in " ".join(report.next_steps)
        assert dian.requests.count("SendTestSetAsync") == 50
        told = run.confirm(ws, dian.signer(NIT))
    assert (told.state, told.confirmed, told.accepted) == (RunState.ACEPTADO, True, report.accepted)
    assert "numeración" in " ".join(told.next_steps)
    assert dian.requests.count("SendTestSetAsync") == 51
    assert len(dian.accepted) == 50  # a set that is accepted takes nothing more


def test_asyncio_drives_it_too() -> None:
    dian = Simulator(seed=7, references=True)
    run, opened = planned(dian)

    async def drive() -> Any:
        signer = dian.signer(NIT)
        async with AsyncClient(signer=signer, transport=dian) as ws:
            assert (await run.dry_run_async(ws, signer)).accepted
            report = await run.drive_async(ws, signer, keep=lambda run: None)
            assert (await run.confirm_async(ws, signer)).confirmed
            return report

    assert asyncio.run(drive()).state is RunState.SIN_CONFIRMAR
    assert opened.state is SetState.ACEPTADO


def test_a_set_that_dian_accepts_early_ends_the_run(dian: Simulator) -> None:
    opened = dian.open_test_set(1, 0, 0)
    run = HabilitacionRun.plan(issuer_at(dian), opened.id, counts=SMALL)
    with client(dian) as ws:
        report = run.drive(ws, dian.signer(NIT))
        assert (report.state, report.confirmed) == (RunState.ACEPTADO, True)
        assert report.accepted == {"invoice": 1}
        sent = len(dian.requests)
        assert run.drive(ws, dian.signer(NIT)).confirmed
        assert HabilitacionRun.from_json(run.to_json(), issuer_at(dian)).drive(ws, dian.signer(NIT)).confirmed
    assert len(dian.requests) == sent  # nothing more is sent


def test_a_set_that_must_fail_ends_rejected_with_the_reasons(dian: Simulator) -> None:
    opened = dian.open_test_set(max_rejected=2)
    wrong = issuer_at(dian, resolution=dian.resolution("SETP").replace(technical_key="0" * 40))
    run = HabilitacionRun.plan(wrong, opened.id)
    with client(dian) as ws:
        report = run.drive(ws, dian.signer(NIT), max_rejected=99)
    assert (report.state, report.confirmed) == (RunState.RECHAZADO, True)
    assert opened.state is SetState.RECHAZADO
    assert "FAD06" in {fault.code for fault in report.reasons if fault.rejects}
    assert report.rejected == {"invoice": 3}
    assert "Rechazado" in report.message
    assert "set de pruebas nuevo" in report.next_steps[0]
    assert report.as_dict()["state"] == "Rechazado"


def test_a_rejected_run_goes_on_with_another_number(dian: Simulator) -> None:
    run, opened = planned(dian)
    good, run.issuer = run.issuer, issuer_at(dian, resolution=dian.resolution("SETP").replace(technical_key="0" * 40))
    with client(dian) as ws:
        stopped = run.drive(ws, dian.signer(NIT))
        assert stopped.state is RunState.DETENIDO
        assert (opened.rejected, stopped.rejected) == (1, {"invoice": 1})
        assert "SETP990000000" in stopped.message
        again = HabilitacionRun.from_json(run.to_json(), good)
        report = again.drive(ws, dian.signer(NIT))
    assert report.state is RunState.SIN_CONFIRMAR
    assert report.accepted == report.planned == {"invoice": 3, "debit_note": 2, "credit_note": 2}
    assert opened.state is SetState.ACEPTADO


def test_what_the_local_check_rejects_is_not_spent(dian: Simulator) -> None:
    run, _ = planned(dian)

    def bad(kind: str, number: str, at: datetime, issuer: Any, original: Any = None) -> Any:
        document = sample_document(kind, number, at, issuer, original)
        assert isinstance(document, Invoice)
        return document.replace(totals=document.totals and document.totals.replace(payable="1.00"))

    with client(dian) as ws:
        report = run.drive(ws, dian.signer(NIT), sample=bad)
        assert report.state is RunState.DETENIDO
        assert report.reasons
        assert not dian.requests
        assert run.drive(ws, dian.signer(NIT)).state is RunState.SIN_CONFIRMAR


def test_a_likely_rejection_is_told_and_sent_all_the_same(monkeypatch: pytest.MonkeyPatch, dian: Simulator) -> None:
    run, opened = planned(dian, Counts(2, 0, 0))
    likely = Fault("FAX07", Severity.RECHAZO, "Un valor.", certainty=Certainty.PROBABLE)

    def unsure(built: Any, **context: Any) -> Report:
        report = check(built, **context)
        return replace(report, own_faults=(*report.own_faults, likely))

    monkeypatch.setattr("dian_fe.habilitacion.run.check", unsure)
    with client(dian) as ws:
        dian.script = ListedScript([Mishap.REFUSED] * 20)
        report = run.drive(ws, dian.signer(NIT))
        again = HabilitacionRun.from_json(run.to_json(), issuer_at(dian))
        assert report.may_reject == again.report().may_reject == (likely,)
        assert report.as_dict()["may_reject"] == [likely.as_dict()]
        assert "podría rechazar" in report.next_steps[0]
        dian.script = None
        assert not again.drive(ws, dian.signer(NIT)).may_reject, "what DIAN accepted is not told against"
    assert opened.state is SetState.ACEPTADO


def test_an_unknown_test_set_stops_with_dians_words(dian: Simulator) -> None:
    run = HabilitacionRun.plan(issuer_at(dian), "00000000-0000-0000-0000-000000000009", counts=SMALL)
    with client(dian) as ws:
        report = run.drive(ws, dian.signer(NIT))
    assert report.state is RunState.DETENIDO
    assert "no existe" in report.message
    assert not report.confirmed


def test_after_an_outage_a_run_goes_on_where_it_was() -> None:
    dian = Simulator(seed=7, script=ListedScript([None, None, None, *[Mishap.DROP_RESPONSE] * 40]))
    run, opened = planned(dian)
    with client(dian) as ws:
        report = run.drive(ws, dian.signer(NIT))
        assert report.state is RunState.EN_PROCESO
        assert "resume" in report.message
        dian.script = None
        assert run.drive(ws, dian.signer(NIT)).state is RunState.SIN_CONFIRMAR
    assert sum(opened.accepted.values()) == 7
    assert opened.rejected == 0


class Killed(Exception):
    pass


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_any_step_it_resumes_and_sends_nothing_twice(seed: int) -> None:
    dian = Simulator(seed=7, references=True, pending=1, script=SeededScript(seed, 0.02))
    run, opened = planned(dian)
    chance, kept, kills = random.Random(seed), run.to_json(), 0
    report = None

    def keep(run: HabilitacionRun) -> None:
        nonlocal kept
        kept = run.to_json()
        if chance.random() < 0.3:
            raise Killed

    with client(dian) as ws:
        for _ in range(500):
            try:
                report = HabilitacionRun.from_json(kept, issuer_at(dian)).drive(ws, dian.signer(NIT), keep=keep)
            except Killed:
                kills += 1
                continue
            if report.state is RunState.SIN_CONFIRMAR:
                break
    assert report is not None
    assert report.state is RunState.SIN_CONFIRMAR
    assert kills > 2
    assert opened.rejected == 0
    numbers = [known.number for known in dian.accepted.values()]
    assert sorted(numbers) == sorted(slot.number for slot in run.slots)


def test_a_document_that_never_left_is_made_anew_another_day(dian: Simulator) -> None:
    """FAD09e: the day of issue is that of the signature."""
    run, _ = planned(dian)
    transport = Recorder(dian, *[ConnectionFailed("No se pudo conectar.")] * 9)
    first = datetime.now(UTC)
    with client(dian, transport) as ws:
        assert run.drive(ws, dian.signer(NIT), clock=lambda: first).state is RunState.EN_PROCESO
        before = run.slots[0].shipment
        assert before is not None
        transport.script.clear()
        report = run.drive(ws, dian.signer(NIT), clock=lambda: first + timedelta(days=1))
    after = run.slots[0].shipment
    assert report.state is RunState.SIN_CONFIRMAR
    assert after is not None
    assert (after.number, after.key == before.key) == (before.number, False)


@pytest.mark.parametrize("counts", [(0, 1, 1), (-1, 0, 0), (1, -1, 0)])
def test_counts_that_make_no_set_are_refused(counts: tuple[int, int, int]) -> None:
    with pytest.raises(InvalidInput):
        Counts(*counts)


def test_a_plan_needs_environment_range_and_numbers(dian: Simulator) -> None:
    with pytest.raises(WrongEnvironment):
        HabilitacionRun.plan(issuer_at(dian, environment=Environment.PRODUCCION), SET)
    with pytest.raises(InvalidInput, match="numeración de pruebas"):
        HabilitacionRun.plan(issuer_at(dian, resolution=None), SET)
    with pytest.raises(OutOfRange):
        HabilitacionRun.plan(issuer_at(dian), SET, first=995_000_000)
    run = HabilitacionRun.plan(issuer_at(dian, note_prefix="N"), SET, counts=SMALL, first=990_000_100, first_note=7)
    assert [slot.number for slot in run.slots] == [
        "SETP990000100", "SETP990000101", "SETP990000102", "N7", "N8", "N7", "N8",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"supplier": "1"}'])
def test_what_is_no_stored_run_is_refused(text: str) -> None:
    with pytest.raises(UnreadableDocument):
        HabilitacionRun.from_json(text, issuer_at(Simulator(seed=7)))


def test_a_stored_run_is_of_one_issuer_and_keeps_no_secret(dian: Simulator) -> None:
    run, _ = planned(dian)
    stored = run.to_json()
    assert dian.resolution("SETP").key() not in stored
    assert dian.software.pin.get_secret_value() not in stored.replace(run.test_set_id, "")
    other = issuer_at(dian).organization.replace(nit="800199436", check_digit=None)
    with pytest.raises(InvalidInput, match="otro emisor"):
        HabilitacionRun.from_json(stored, issuer_at(dian, organization=other))
