"""`examine`: DIAN's answer, the container and the document say the same; each reference is broken one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from dian_fe import Examination, Severity, examine, read, verify
from dian_fe.errors import InvalidInput, SignatureInvalid
from dian_fe.models.attached_document import AttachedParty
from dian_fe.testing.judge import DIAN_NIT
from dian_fe.ubl.archive import make_zip
from tests.delivery.support import NIT
from tests.verifying.sealing import ANSWERED, another, answer, container, event, sealed, sold, unsigned_answer
from tests.verifying.support import STRANGER, TRUST, codes, part

pytestmark = [pytest.mark.slow, pytest.mark.oldest]

# --- DIAN's answer ---------------------------------------------------------------------------------------------------

ANSWERS: dict[str, tuple[Callable[[], bytes], str, bool]] = {
    "of another document": (lambda: another()[1].application_response, "answer_of_another_document", True),
    "of no document": (lambda: answer(reference_key=""), "answer_of_another_document", True),
    "with another number": (lambda: answer(reference="SETP990000000"), "answer_number", True),
    "without number": (lambda: answer(reference=None), "answer_number", True),
    "that rejects": (lambda: answer(code="04", description="Documento rechazado por la DIAN"), "answer_rejected", True),
    "with another code": (lambda: answer(code="030"), "answer_code", True),
    "without code": (lambda: answer(code=None), "answer_code", True),
    "of somebody else": (
        lambda: answer(NIT, sender=read(answer()).document.receiver),
        "answer_sender",
        True,
    ),
    "to somebody else": (
        lambda: answer(receiver=read(answer()).document.receiver.model_copy(update={"id": STRANGER})),
        "answer_receiver",
        False,
    ),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer_must_be_dians_and_about_this_document(case: str) -> None:
    make, code, rejecting = ANSWERS[case]
    ways: tuple[Callable[[], Examination], ...] = (
        lambda: examine(container(answers=(make(),)), TRUST),
        lambda: examine(sold()[0], TRUST, answer=make()),
        lambda: examine(make_zip({"fv.xml": sold()[0].xml, "ar.xml": make()}), TRUST),
    )
    for way in ways:
        examination = way()
        told = part(examination, "application_response")
        assert code in {fault.code for fault in told.findings}
        assert examination.valid is not rejecting
        assert part(examination, "invoice").valid or examination.received is part(examination, "invoice").received
    if rejecting:
        with pytest.raises(SignatureInvalid) as raised:
            verify(container(answers=(make(),)), TRUST)
        assert code in {fault.code for fault in raised.value.faults}
        with pytest.raises(SignatureInvalid):
            verify(sold()[0], TRUST, answer=make())


def test_keys_are_compared_without_regard_to_case() -> None:
    upper = answer(reference_key=sold()[0].key.upper(), reference=f" {sold()[0].document.number.lower()} ")
    assert verify(container(answers=(upper,)), TRUST).answer is not None


def test_an_answer_alone_speaks_of_nothing_that_is_here() -> None:
    examination = examine(sold()[1].application_response, TRUST)
    assert examination.valid
    assert [part.kind for part in examination.answers] == ["application_response"]


def test_what_dian_writes_against_its_profile_is_told_only() -> None:
    odd = sealed(unsigned_answer(), DIAN_NIT, time=ANSWERED, policy_digest="x")
    examination = examine(sold()[0], TRUST, answer=odd)
    assert "signature_form" in codes(examination, rejecting=False)
    assert examination.valid


# --- the container ---------------------------------------------------------------------------------------------------

CONTAINERS: dict[str, tuple[Callable[[], dict[str, Any]], str, bool]] = {
    "parent number": (lambda: {"parent_number": "SETP990000000"}, "container_parent_number", True),
    "key of the reference": (lambda: {"told": {"reference_key": "0" * 96}}, "container_reference_key", True),
    "number of the reference": (lambda: {"told": {"reference": "SETP990000000"}}, "container_reference_number", False),
    "result": (lambda: {"told": {"result_code": "04"}}, "container_result", True),
    "validator": (lambda: {"told": {"validator": "Proveedor SAS"}}, "container_validator", False),
    "validation date": (lambda: {"told": {"validation_date": date(2026, 3, 3)}}, "container_validation_date", False),
    "date of the answer": (lambda: {"told": {"issue_date": date(2026, 3, 3)}}, "container_issue_date", False),
    "sender": (lambda: {"sender": AttachedParty(id=STRANGER)}, "container_sender", True),
    "receiver": (lambda: {"receiver": AttachedParty(id=STRANGER)}, "container_receiver", True),
    "no answer": (lambda: {"answers": ()}, "container_without_answer", False),
    "unsigned": (lambda: {"signed": False}, "container_unsigned", False),
    "no document": (lambda: {"content": answer(), "answers": ()}, "container_empty", True),
    "two documents": (
        lambda: {"answers": (sold()[1].application_response, another()[0].xml)},
        "container_several_documents",
        True,
    ),
    "damaged document inside": (lambda: {"answers": (b"<Invoice",)}, "unreadable_part", True),
}


@pytest.mark.parametrize("case", CONTAINERS)
def test_each_reference_of_a_container(case: str) -> None:
    changes, code, rejecting = CONTAINERS[case]
    data = container(**changes())
    examination = examine(data, TRUST)
    severities = {fault.severity for one in examination.walk() for fault in one.faults if fault.code == code}
    assert severities == {Severity.RECHAZO if rejecting else Severity.CONSEJO}
    assert examination.valid is not rejecting
    outer = examine(make_zip({"dentro.zip": make_zip({"ad.xml": data})}), TRUST)
    assert codes(outer) == codes(examination)
    if rejecting:
        with pytest.raises((SignatureInvalid, InvalidInput)):
            verify(data, TRUST)
    else:
        assert verify(data, TRUST).trusted is True


@pytest.mark.parametrize("result", ["02", "002", "00", None])
def test_results_that_real_containers_have(result: str | None) -> None:
    assert examine(container(told={"result_code": result}), TRUST).valid


def test_a_container_that_says_nothing_contradicts_nothing() -> None:
    bare = container(parent_number=None, sender=None, receiver=None, told={"reference": None})
    assert codes(examine(bare, TRUST), rejecting=True) == set()


def test_an_altered_container_of_sound_documents_is_refused() -> None:
    data = container().replace(b"Documentos adjuntos", b"Documentos anexos!!")
    examination = examine(data, TRUST)
    assert part(examination, "invoice").holds
    assert not examination.holds
    with pytest.raises(SignatureInvalid, match="AttachedDocument"):
        verify(data, TRUST)


def test_the_profile_of_a_container_is_told_only() -> None:
    examination = examine(container(how={"policy_digest": "x"}), TRUST)
    assert "signature_form" in codes(examination, rejecting=False)
    assert examination.valid


def test_a_container_in_a_container_must_agree_too() -> None:
    nested = container(container(), answers=())
    assert verify(nested, TRUST).answer is not None
    assert "container_parent_number" in codes(examine(container(container(), answers=(), parent_number="X1")))


def test_a_container_of_an_event_is_judged_leniently() -> None:
    own = read(event())
    inside = container(event(), answers=(answer(reference_key=own.key, reference=own.document.number),))
    examination = examine(inside)
    assert [each.kind for each in examination.walk()] == ["attached_document", "event", "application_response"]
    assert codes(examination, rejecting=True) <= {"wrong_signer"}
    with pytest.raises(InvalidInput, match="No hay una factura"):
        verify(inside, None)
