"""Nothing is called accepted that DIAN did not accept, and nothing that is no test set is a test run."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dian_fe import OrganizationState
from dian_fe.catalogs import Environment
from dian_fe.errors import InvalidIdentification, InvalidInput, NotAllowed, StoredNewer, UnreadableDocument
from dian_fe.faults import Fault, Severity
from dian_fe.habilitacion import Counts, HabilitacionRun, RunState
from dian_fe.habilitacion.words import state_of_set
from dian_fe.testing import Mishap, SetState, Simulator
from dian_fe.testing.judge import Judge
from dian_fe.testing.office import Office, coded
from dian_fe.transport.answers import Status
from tests.support.company import issuer_at
from tests.transport.support import NIT, NOW, SHOP, client

SET = "01234567-89ab-cdef-0123-456789abcdef"
SAID = f"Set de prueba con identificador {SET} se encuentra"


@pytest.mark.parametrize("given", [None, "", " ", "x", "0" * 36, SET.replace("-", ""), f"{{{SET}}}", f"{SET} ", 7])
def test_without_a_test_set_there_is_no_test_run(dian: Simulator, given: Any) -> None:
    """Two invoices went by SendBillSync, and the set was told to be accepted."""
    with pytest.raises(InvalidIdentification) as caught:
        HabilitacionRun.plan(issuer_at(dian), given, counts=Counts(2, 1, 1))
    assert caught.value.field == "test_set_id"
    assert "TestSetId" in (caught.value.remedy or "")


def test_the_software_is_not_taken_for_the_test_set(dian: Simulator) -> None:
    with pytest.raises(InvalidIdentification, match="es el del software"):
        HabilitacionRun.plan(issuer_at(dian), dian.software.id.upper())


def status(*texts: str) -> Status:
    description, message, *messages = (*texts, "", "")[: max(2, len(texts))]
    return Status(False, "2", description, message, tuple(messages), "", "", b"", b"")


@pytest.mark.parametrize(
    ("texts", "state"),
    [
        ((f"{SAID} Aceptado.",), RunState.ACEPTADO),
        ((f"{SAID} Aceptado",), RunState.ACEPTADO),
        ((f"  {SAID}\n   Aceptado. ",), RunState.ACEPTADO),
        (("", f"{SAID.replace(SET, SET.upper())} Aceptado."), RunState.ACEPTADO),
        ((f"{SAID} Aceptado.", f"{SAID} Aceptado."), RunState.ACEPTADO),
        ((f"{SAID} Rechazado.",), RunState.RECHAZADO),
        ((f"{SAID} Aceptado con errores.",), RunState.SIN_CONFIRMAR),
        ((f"{SAID} Aceptado parcialmente",), RunState.SIN_CONFIRMAR),
        ((f"{SAID} no Aceptado.",), RunState.SIN_CONFIRMAR),
        ((f"Set de prueba con identificador {SET} no se encuentra Aceptado.",), RunState.SIN_CONFIRMAR),
        ((f"Set de prueba con identificador {SET} aún no se encuentra Aceptado.",), RunState.SIN_CONFIRMAR),
        ((f"No se sabe si el {SAID} Aceptado.",), RunState.SIN_CONFIRMAR),
        ((f"{SAID} En proceso.",), RunState.SIN_CONFIRMAR),
        ((f"{SAID} Aceptado. {SAID} Rechazado.",), RunState.SIN_CONFIRMAR),
        ((f"{SAID} Aceptado.", f"{SAID} Rechazado."), RunState.SIN_CONFIRMAR),
        ((f"{SAID.replace('0123', '9999')} Aceptado.",), RunState.SIN_CONFIRMAR),
        (("Aceptado.",), None),
        ((f"Set de prueba con identificador {SET} no existe.",), None),
        (("",), None),
    ],
)
def test_only_the_exact_sentence_about_this_set_counts(texts: tuple[str, ...], state: RunState | None) -> None:
    """«no se encuentra Aceptado» and «Aceptado con errores» were read as accepted and confirmed."""
    assert state_of_set(status(*texts), SET) is state


@pytest.mark.parametrize("text", ["no se encuentra Aceptado.", "se encuentra Aceptado con errores."])
def test_a_set_in_unknown_words_is_told_and_never_accepted(
    dian: Simulator, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = dian.open_test_set(1, 0, 0)
    run = HabilitacionRun.plan(issuer_at(dian), opened.id, counts=Counts(2, 0, 0))
    real = Simulator._received

    def received(self: Simulator, documents: list[bytes], test_set_id: str | None) -> Any:
        batch = real(self, documents, test_set_id)
        for each in batch.statuses:
            said = each["StatusDescription"]
            each["StatusDescription"] = said.replace("se encuentra Aceptado.", text)
        return batch

    monkeypatch.setattr(Simulator, "_received", received)
    with client(dian) as ws:
        report = run.drive(ws, dian.signer(NIT))
    assert (report.state, report.confirmed) == (RunState.SIN_CONFIRMAR, False)
    assert text in report.message
    assert "portal" in report.next_steps[0]


@pytest.mark.parametrize(
    ("given", "least"),
    [
        ((2, 1, 1), (2, 1, 1)),
        ((30, 10, 10, 1, 0, 0), (1, 0, 0)),
        ((8, 1, 1, None, 0, None), (8, 0, 1)),
    ],
)
def test_required_and_accepted_are_two_numbers(given: Any, least: tuple[int, ...]) -> None:
    counts = Counts(*given)
    assert tuple(counts.by_kind().values()) == given[:3]
    assert tuple(counts.least_by_kind().values()) == least
    assert Counts.of(counts.by_kind(), counts.least_by_kind()).least_by_kind() == counts.least_by_kind()


@pytest.mark.parametrize(
    "given", [(2, 1, 1, 3, 0, 0), (2, 1, 1, -1, 0, 0), ("2", 1, 1), (2.0, 1, 1), (True, 0, 0), (1, 0, 0, 0, 1, 0)]
)
def test_counts_that_make_no_sense_are_refused_by_name(given: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        Counts(*given)
    assert caught.value.field == ("counts" if {*map(type, given)} == {int} else "invoices")


@pytest.fixture
def no_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the simulator reject every note, as it was seen of notes whose invoices were not there yet."""
    real = Office.faults

    def faults(self: Office, judge: Judge, received: Any, *args: Any) -> list[Fault]:
        missing = [] if received.kind.name == "invoice" else [coded("CBG04a", "", "x", "un documento aceptado")]
        return [*missing, *real(self, judge, received, *args)]

    monkeypatch.setattr(Office, "faults", faults)


def test_rejections_beyond_the_least_are_not_replaced(dian: Simulator, no_notes: None) -> None:
    """A set of 30, 10 and 10 that asked for 1, 0 and 0 accepted was passed with twenty notes rejected."""
    opened = dian.open_test_set(3, 2, 2, accepted=(3, 0, 0))
    counts = Counts(2, 1, 1, accepted_invoices=2, accepted_debit_notes=0, accepted_credit_notes=0)
    run = HabilitacionRun.plan(issuer_at(dian), opened.id, counts=counts)
    with client(dian) as ws:
        report = run.drive(ws, dian.signer(NIT), max_rejected=9)
        assert report.state is RunState.SIN_CONFIRMAR
        assert (report.accepted, report.rejected) == ({"invoice": 2}, {"debit_note": 1, "credit_note": 1})
        assert "Se aceptaron los documentos que pide el set" in report.message
        assert report.required == {"invoice": 2, "debit_note": 1, "credit_note": 1}
        assert report.accepted_required == {"invoice": 2, "debit_note": 0, "credit_note": 0}
        still_open = run.confirm(ws, dian.signer(NIT))
        assert (still_open.state, still_open.accepted) == (RunState.SIN_CONFIRMAR, {"invoice": 3})
        assert opened.state is SetState.ACEPTADO
        assert run.confirm(ws, dian.signer(NIT)).state is RunState.ACEPTADO


def test_rejections_are_replaced_while_too_few_are_accepted(dian: Simulator, no_notes: None) -> None:
    opened = dian.open_test_set(1, 1, 0)
    run = HabilitacionRun.plan(issuer_at(dian), opened.id, counts=Counts(1, 1, 0))
    with client(dian) as ws:
        report = run.drive(ws, dian.signer(NIT), max_rejected=3)
    assert report.state is RunState.DETENIDO
    assert report.rejected == {"debit_note": 4}
    assert {fault.code for fault in report.reasons} == {"CBG04a"}
    assert "aceptado" not in report.message.lower()


def test_reasons_are_rejections_alone(dian: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = dian.open_test_set(2, 0, 0)
    wrong = issuer_at(dian, resolution=dian.resolution("SETP").replace(technical_key="0" * 40))
    run = HabilitacionRun.plan(wrong, opened.id, counts=Counts(2, 0, 0))
    real = Office.faults

    def faults(self: Office, *args: Any) -> list[Fault]:
        return [Fault("FAJ43b", Severity.NOTIFICACION, "Nombre distinto al del RUT."), *real(self, *args)]

    monkeypatch.setattr(Office, "faults", faults)
    with client(dian) as ws:
        report = run.drive(ws, dian.signer(NIT))
    assert report.state is RunState.DETENIDO
    assert {fault.code for fault in report.reasons} == {"FAD06"}
    assert "FAJ43b" in {fault.code for fault in report.notifications}
    stored = HabilitacionRun.from_json(run.to_json(), issuer_at(dian)).report()
    assert {fault.code for fault in stored.reasons} == {"FAD06"}
    assert report.as_dict()["notifications"]


def test_a_dry_run_costs_a_number_and_touches_no_set(dian: Simulator) -> None:
    opened = dian.open_test_set(2, 1, 0)
    run = HabilitacionRun.plan(issuer_at(dian), opened.id, counts=Counts(2, 1, 0))
    kept: list[str] = []
    with client(dian) as ws:
        with pytest.raises(NotAllowed, match="Factura"):
            run.dry_run(ws, dian.signer(NIT), kind="credit_note")
        with pytest.raises(NotAllowed, match="no lleva"):
            run.dry_run(ws, dian.signer(NIT), kind="event")
        answer = run.dry_run(ws, dian.signer(NIT), keep=lambda run: kept.append(run.to_json()))
        assert (answer.accepted, answer.number) == (True, "SETP990000002")
        assert run.dry_run(ws, dian.signer(NIT), kind="credit_note").accepted
        assert set(dian.requests) <= {"SendBillSync", "GetStatus"}
        assert not opened.accepted
        report = run.report()
        assert (report.state, report.accepted) == (RunState.EN_PROCESO, {})
        assert report.dry_runs == ("SETP990000002", "NC1")
        again = HabilitacionRun.from_json(kept[-1], issuer_at(dian))
        assert again.report().dry_runs == ("SETP990000002",)
        report = run.drive(ws, dian.signer(NIT))
    assert report.accepted == {"invoice": 2, "debit_note": 1}
    assert sum(opened.accepted.values()) == 3


def test_a_dry_run_that_was_cut_off_goes_on_with_its_number(dian: Simulator) -> None:
    opened = dian.open_test_set()
    run = HabilitacionRun.plan(issuer_at(dian), opened.id, counts=Counts(1, 0, 0))
    dian.script = type("Always", (), {"next_failure": lambda self, name: _failure(Mishap.REFUSED)})()
    with client(dian) as ws:
        first = run.dry_run(ws, dian.signer(NIT))
        assert not first.accepted
        dian.script = None
        assert run.dry_run(ws, dian.signer(NIT)).accepted
    assert [slot.number for slot in run.dry_runs] == [first.number]


def _failure(mishap: Mishap) -> Any:
    from dian_fe.testing.failures import Failure

    return Failure(mishap, False)


def test_what_sendbillsync_accepted_is_no_document_of_the_set(dian: Simulator) -> None:
    opened = dian.open_test_set(1, 0, 0)
    run = HabilitacionRun.plan(issuer_at(dian), opened.id, counts=Counts(1, 0, 0))
    with client(dian) as ws:
        run.dry_run(ws, dian.signer(NIT))
    stored = json.loads(run.to_json())
    stored["slots"] = stored["dry_runs"]
    with pytest.raises(InvalidInput, match="no se envió para este set") as caught:
        HabilitacionRun.from_json(json.dumps(stored), issuer_at(dian))
    assert caught.value.field == "slots[0]"


def test_runs_of_earlier_versions_are_read_and_believed_less(dian: Simulator) -> None:
    opened = dian.open_test_set(2, 0, 0)
    run = HabilitacionRun.plan(issuer_at(dian), opened.id, counts=Counts(2, 0, 0))
    with client(dian) as ws:
        run.drive(ws, dian.signer(NIT))
    stored = json.loads(run.to_json())
    for name in ("required", "accepted_required", "dry_runs"):
        del stored[name]
    stored |= {"version": 1, "state": "Aceptado", "confirmed": False}
    report = HabilitacionRun.from_json(json.dumps(stored), issuer_at(dian)).report()
    assert (report.state, report.confirmed) == (RunState.SIN_CONFIRMAR, False)
    assert report.required == {"invoice": 2, "debit_note": 0, "credit_note": 0}


def test_a_run_of_a_later_version_is_told_as_that(dian: Simulator) -> None:
    opened = dian.open_test_set(2, 0, 0)
    stored = json.loads(HabilitacionRun.plan(issuer_at(dian), opened.id, counts=Counts(2, 0, 0)).to_json())
    with pytest.raises(StoredNewer, match="actualice dian-fe"):
        HabilitacionRun.from_json(json.dumps(stored | {"version": stored["version"] + 1}), issuer_at(dian))


def accepted_run(dian: Simulator) -> dict[str, Any]:
    opened = dian.open_test_set(1, 0, 0)
    run = HabilitacionRun.plan(issuer_at(dian), opened.id, counts=Counts(3, 0, 0))
    with client(dian) as ws:
        assert run.drive(ws, dian.signer(NIT)).confirmed
    stored: dict[str, Any] = json.loads(run.to_json())
    return stored


def reread(dian: Simulator, stored: dict[str, Any]) -> Any:
    return HabilitacionRun.from_json(json.dumps(stored), issuer_at(dian)).report()


def test_a_confirmed_set_is_read_again_in_dians_answer(dian: Simulator) -> None:
    stored = accepted_run(dian)
    report = reread(dian, stored)
    assert (report.state, report.confirmed, report.message) == (RunState.ACEPTADO, True, stored["message"])
    for state in ("Rechazado", "En proceso", "Sin confirmar"):
        told = reread(dian, stored | {"state": state, "confirmed": False, "message": "otra cosa"})
        assert (told.state, told.confirmed, told.message) == (RunState.ACEPTADO, True, stored["message"])


@pytest.mark.parametrize("state", ["Aceptado", "Rechazado"])
def test_a_stored_verdict_that_nothing_proves_is_not_believed(dian: Simulator, state: str) -> None:
    stored = accepted_run(dian) | {"state": state, "confirmed": True}
    proof = stored.pop("proof")
    said = proof["status"] | {"description": "Set de prueba en proceso", "messages": []}
    later = {"code": "", "description": "", "messages": []}
    for nothing in ({}, {"proof": None}, {"proof": proof | {"status": said}},
                    {"proof": proof | {"state": "pending", "status": proof["status"] | later}}):  # fmt: skip
        report = reread(dian, stored | nothing)
        assert (report.state, report.confirmed) == (RunState.SIN_CONFIRMAR, False)
        assert report.message == f"Lo guardado dice «{state}», y no trae la respuesta de la DIAN que lo prueba."
    opened = dian.open_test_set(2, 0, 0)
    fresh = json.loads(HabilitacionRun.plan(issuer_at(dian), opened.id, counts=Counts(2, 0, 0)).to_json())
    forged = HabilitacionRun.from_json(json.dumps(fresh | {"state": state, "confirmed": True}), issuer_at(dian))
    assert forged.report().state is RunState.SIN_CONFIRMAR
    with client(dian) as ws:
        assert not forged.drive(ws, dian.signer(NIT)).confirmed


def test_a_proof_of_another_set_or_document_is_refused(dian: Simulator) -> None:
    stored = accepted_run(dian)
    other = dian.open_test_set(1, 0, 0).id
    with pytest.raises(InvalidInput, match="no se envió para este set") as caught:
        reread(dian, stored | {"proof": stored["proof"] | {"test_set_id": other}})
    assert caught.value.field == "proof[0]"
    with pytest.raises(InvalidInput) as caught:
        reread(dian, stored | {"proof": stored["proof"] | {"number": "SETP990009999"}})
    assert caught.value.field == "shipment.number"


@pytest.mark.parametrize("message", [None, 7, ["a"]])
def test_a_stored_message_that_is_no_text_is_refused(dian: Simulator, message: Any) -> None:
    with pytest.raises(UnreadableDocument):
        reread(dian, accepted_run(dian) | {"proof": None, "message": message})


@pytest.mark.parametrize(("hours", "told"), [(0, False), (1, True), (7, True)])
def test_silence_of_hours_is_told_with_what_to_try(dian: Simulator, hours: int, told: bool) -> None:
    """Batches with a ZipKey stayed «en proceso» for seven hours, and the portal had received nothing."""
    dian.pending = 10_000
    opened = dian.open_test_set(2, 0, 0)
    run = HabilitacionRun.plan(issuer_at(dian), opened.id, counts=Counts(2, 0, 0))
    lost = replace(dian.policy, polls=())
    moments = iter([NOW, NOW, NOW + timedelta(hours=hours)])
    with client(dian, clock=lambda: NOW, policy=lost) as ws:
        report = run.drive(ws, dian.signer(NIT), clock=lambda: next(moments, NOW + timedelta(hours=hours)))
        report = run.drive(ws, dian.signer(NIT), clock=lambda: NOW + timedelta(hours=hours))
    assert report.state is RunState.EN_PROCESO
    assert ("dry_run()" in " ".join(report.next_steps)) is told
    assert ("sin confirmar" in report.message) is told
    assert "aceptado" not in report.message.lower()


def test_notes_wait_for_every_invoice(dian: Simulator) -> None:
    """A note sent with its invoice was rejected: the document that it refers to is not there yet (CBG04a)."""
    dian.references = True
    opened = dian.open_test_set(3, 1, 1)
    run = HabilitacionRun.plan(issuer_at(dian), opened.id, counts=Counts(3, 1, 1))
    order: list[str] = []
    real = dian.judge

    def judge(xml: bytes, **options: Any) -> Any:
        verdict = real(xml, **options)
        order.append(verdict.number or "")
        return verdict

    dian.judge = judge  # type: ignore[method-assign]
    with client(dian) as ws:
        run.drive(ws, dian.signer(NIT))
    assert order == ["SETP990000000", "SETP990000001", "SETP990000002", "ND1", "NC1"]


def test_a_truthful_company_can_run_its_test_set(dian: Simulator) -> None:
    """No validación previa yet, which the test set is there for."""
    honest = SHOP.replace(state=OrganizationState(electronic_invoicing=True, prior_validation=False))
    opened = dian.open_test_set(1, 0, 0)
    sender = issuer_at(dian, organization=honest)
    assert sender.environment == Environment.HABILITACION
    run = HabilitacionRun.plan(sender, opened.id, counts=Counts(1, 0, 0))
    with client(dian) as ws:
        assert run.drive(ws, dian.signer(NIT)).accepted == {"invoice": 1}


def test_a_run_shows_its_set_and_state_but_no_secret(dian: Simulator) -> None:
    shown = repr(HabilitacionRun.plan(issuer_at(dian), dian.open_test_set(invoices=1).id, counts=Counts(1, 0, 0)))
    assert "En proceso" in shown
    assert dian.software.pin.get_secret_value() not in shown
