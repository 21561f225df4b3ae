"""What only DIAN knows of equivalent documents: numberings, software, accepted documents; the test set; readiness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from dian_fe import Client, Customer, build, readiness, sign
from dian_fe.catalogs import Environment
from dian_fe.errors import UnsupportedDocument
from dian_fe.families.registry import kind as kind_named
from dian_fe.habilitacion import HabilitacionRun
from dian_fe.habilitacion.plan import RunState, plan_of
from dian_fe.testing import Simulator
from tests.families.equivalent.documents import AT, DOCUMENTS, NOTES, issuer_of, note, sold

FEW = {"pos_ticket": 2, "equivalent_credit_note": 1, "equivalent_debit_note": 1}


def judged(dian: Simulator, built: Any) -> list[str]:
    """Return the codes with which an office answers."""
    signed = sign(built, dian.signer(built.document.supplier.id), at=built.document.issued_at)
    return [fault.code for fault in dian.judge(signed.xml).faults]


def test_a_numbering_that_the_office_does_not_know_is_refused() -> None:
    dian = Simulator()
    issuer = issuer_of(dian)
    unknown = issuer.numberings[0].replace(prefix="OTRA", authorization="18760000099")
    built = build(sold("OTRA1", issuer), issuer.replace(numberings=(unknown,)))
    assert judged(dian, built)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_the_range_of_another_kind_is_not_its_own(kind: str) -> None:
    dian = Simulator()
    issuer = issuer_of(dian)
    other = next(each for each in issuer.numberings if each.document_type != kind_named(kind).document_type)
    built = build(
        sold(f"{other.prefix}1", issuer, kind), issuer.replace(numberings=(other.replace(document_type=None),))
    )
    assert judged(dian, built)


@pytest.mark.parametrize("kind", NOTES)
def test_a_note_to_a_document_not_accepted_is_refused(kind: str) -> None:
    dian = Simulator(references=True)
    issuer = issuer_of(dian)
    original = build(sold("EPOS1", issuer), issuer)
    made = build(note("NA1", original, kind), issuer)
    assert judged(dian, made) == ["unknown_original"]
    assert judged(dian, original) == []
    assert judged(dian, made) == []


def test_the_same_number_is_taken_once() -> None:
    dian = Simulator()
    issuer = issuer_of(dian)
    assert judged(dian, build(sold("EPOS1", issuer), issuer)) == []
    assert judged(dian, build(sold("EPOS1", issuer, notes=["otro"]), issuer)) == ["90"]


def test_each_kind_has_its_own_software() -> None:
    dian = Simulator()
    issuer = issuer_of(dian)
    ours = issuer.software.replace(id="00000000-0000-0000-0000-000000000009", pin="77777", serves=(*DOCUMENTS, *NOTES))
    other = issuer.replace(softwares=(ours,))
    built = build(sold("EPOS1", other), other)
    assert built.control.software_id == ours.id
    assert built.key == kind_named("pos_ticket").key_function(built.document, secret="77777", environment="2")


def run_of(dian: Simulator, counts: Mapping[str, int]) -> tuple[Any, Any]:
    """Return a run of a test set and what it reports."""
    issuer = issuer_of(dian)
    opened = dian.open_test_set(counts=counts)
    run = HabilitacionRun.plan(issuer, opened.id, counts=counts)
    signer = dian.signer(issuer.organization.nit)
    with Client(environment=Environment.HABILITACION, signer=signer, transport=dian) as ws:
        return run, run.drive(ws, signer, clock=lambda: AT)


def test_its_test_set_is_accepted() -> None:
    _, report = run_of(Simulator(), FEW)
    assert (report.state, dict(report.accepted), report.reasons) == (RunState.SIN_CONFIRMAR, FEW, ())
    assert any("D.E./P.O.S." in step for step in plan_of("pos_ticket").afterwards)


def test_it_asks_for_thirty_tickets_and_ten_notes() -> None:
    required = plan_of("pos_ticket").required
    assert required["pos_ticket"] == 30
    assert sum(count for kind, count in required.items() if kind in NOTES) == 10
    assert plan_of("equivalent_debit_note") is plan_of("pos_ticket")


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_documents_of_each_kind_make_a_set(kind: str) -> None:
    counts = {kind: 1, "equivalent_credit_note": 1}
    assert dict(run_of(Simulator(), counts)[1].accepted) == counts


@pytest.mark.long
def test_the_whole_test_set_is_accepted() -> None:
    required = plan_of("pos_ticket").required
    assert dict(run_of(Simulator(), required)[1].accepted) == dict(required)


@pytest.mark.parametrize("kind", ["toll_receipt", "air_ticket"])
def test_no_set_takes_what_is_only_read(kind: str) -> None:
    dian = Simulator()
    with pytest.raises(UnsupportedDocument):
        run_of(dian, {kind: 1})


@pytest.mark.parametrize("kind", [*DOCUMENTS, *NOTES])
def test_a_company_that_lacks_nothing_is_ready(kind: str) -> None:
    report = readiness(issuer_of(Simulator()), kind=kind, at=AT)
    assert [fault.code for fault in report.faults] == []


def test_a_company_without_their_numbering_is_told() -> None:
    issuer = issuer_of(Simulator())
    bare = issuer.replace(numberings=(), resolution=issuer.numberings[0].replace(document_type="01"))
    report = readiness(bare, kind="pos_ticket", at=AT)
    assert report.faults


def test_a_shop_that_also_sells_trips_is_judged_by_its_tickets() -> None:
    assert "no hay reglas" not in str(readiness(issuer_of(Simulator()), kind="pos_ticket", at=AT))


@pytest.mark.parametrize("kind", ["transport_ticket", None])
def test_a_carrier_with_its_own_numbering_is_ready(kind: str | None) -> None:
    issuer = issuer_of(Simulator())
    own = [each for each in issuer.numberings if each.document_type == "35"]
    software = issuer.software.replace(serves=["transport_ticket"])
    carrier = issuer.replace(numberings=own, software=software)
    assert [fault.code for fault in readiness(carrier, kind=kind, at=AT).faults] == []


def test_no_email_is_asked_of_the_final_consumer() -> None:
    report = readiness(issuer_of(Simulator()), [Customer.final_consumer()], kind="pos_ticket", at=AT)
    assert report.faults == ()
