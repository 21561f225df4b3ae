"""Tickets that DIAN could not receive (08), and those transcribed from paper (07)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from dian_fe import build, examine, pack, read, sign
from dian_fe.errors import InvalidInput, NotAccepted, NotAllowed
from dian_fe.models.references import DocumentReference
from dian_fe.testing import Simulator
from dian_fe.transport import ContingencyPolicy, dian_contingency, transcribed
from tests.families.equivalent.documents import AT, DOCUMENTS, PREFIXES, issuer_of, note, sold
from tests.transport.test_contingency import DOWN, attempts

POLICY = ContingencyPolicy()
OUTAGE = POLICY.assess(attempts(*[DOWN] * 4))


@pytest.fixture
def issuer(dian: Simulator) -> Any:
    return issuer_of(dian)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_type_08_keeps_number_date_and_key(issuer: Any, kind: str) -> None:
    usual = sold(f"{PREFIXES[kind]}1", issuer, kind)
    reference = DocumentReference(number=usual.number, issue_date=usual.issue_date)
    late = dian_contingency(usual, OUTAGE, [reference])
    assert (late.type_code, late.additional_references) == ("08", (reference,))
    assert build(late, issuer).key == build(usual, issuer).key
    assert read(build(late, issuer).xml).document == late


def test_it_is_handed_over_before_dian_answers(dian: Simulator, issuer: Any) -> None:
    signer = dian.signer(issuer.organization.nit)
    usual = sold("EPOS1", issuer)
    late = sign(build(dian_contingency(usual, OUTAGE), issuer), signer, at=AT)
    package = pack(late, None, signer, at=AT + timedelta(hours=1))
    examination = examine(package.zip_bytes, dian.trust)
    assert examination.valid
    assert "container_without_answer" not in {fault.code for fault in examination.faults}
    with pytest.raises(NotAccepted):
        pack(sign(build(usual, issuer), signer, at=AT), None, signer, at=AT)


def test_type_07_names_what_was_on_paper(issuer: Any) -> None:
    paper = DocumentReference(number="T-77", issue_date=date(2026, 3, 1))
    made = transcribed(sold("EPOS1", issuer), [paper])
    assert (made.type_code, made.additional_references) == ("07", (paper,))
    with pytest.raises(InvalidInput, match="papel"):
        transcribed(sold("EPOS1", issuer), [])


def test_a_fault_of_this_side_never_makes_type_08(issuer: Any) -> None:
    local = POLICY.assess(attempts(*[("name_not_resolved", None, 0.1)] * 99))
    with pytest.raises(NotAllowed, match="contingencia 07"):
        dian_contingency(sold("EPOS1", issuer), local)


def test_notes_have_no_contingency(issuer: Any) -> None:
    made = note("NA1", build(sold("EPOS1", issuer), issuer))
    with pytest.raises(NotAllowed, match="PosTicket"):
        dian_contingency(made, OUTAGE)
