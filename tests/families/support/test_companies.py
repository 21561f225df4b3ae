"""What a company declares to issue support documents: software, numbering, test set."""

from __future__ import annotations

from typing import Any

import pytest

from dian_fe import Client, Software, build, readiness, sign
from dian_fe.errors import InvalidInput, UnknownCode
from dian_fe.habilitacion import HabilitacionRun
from dian_fe.testing import Simulator
from dian_fe.testing.random_documents import sample_issuer
from tests.families.support.documents import AT, SELLER, bought, issuer_of, note

SOFTWARE = Software(id="11111111-2222-4333-8444-555555555555", pin="54321", serves=("documento_soporte",))


def test_software_for_a_kind_that_is_none_is_refused() -> None:
    issuer = issuer_of(Simulator()).replace(softwares=(SOFTWARE,))
    with pytest.raises(InvalidInput, match="support_document") as caught:
        build(bought("SEDS1", issuer), issuer)
    assert caught.value.field == "softwares[0].serves"


@pytest.mark.parametrize("code", ["5", "soporte"])
def test_a_numbering_of_an_unknown_type_is_refused(code: str) -> None:
    issuer = issuer_of(Simulator())
    wrong = issuer.replace(numberings=(issuer.numberings[0].replace(document_type=code),))
    with pytest.raises(UnknownCode) as caught:
        build(bought("SEDS1", issuer), wrong)
    assert caught.value.field == "numberings[0].document_type"
    with pytest.raises(UnknownCode, match="document_type"):
        readiness(wrong, [SELLER], at=AT, kind="support_document")


def plan(counts: Any) -> HabilitacionRun:
    dian = Simulator()
    issuer = issuer_of(dian).replace(resolution=sample_issuer().resolution)
    return HabilitacionRun.plan(issuer, "8df23ba9-0111-2302-f440-c3f59a5012d2", counts=counts)


def test_the_documents_of_a_set_go_before_their_notes() -> None:
    sent = [slot.kind for slot in plan({"support_note": 2, "support_document": 1}).slots]
    assert sent == ["support_document", "support_note", "support_note"]


@pytest.mark.parametrize(
    ("counts", "field", "told"),
    [
        ({"support_note": 1}, "counts.support_note", "corrigen documentos del mismo set"),
        ({"support_document": 0, "support_note": 1}, "counts.support_note", "corrigen documentos del mismo set"),
        ({"support_document": 1, "invoice": 1}, "counts", "su propio set"),
        ({"support_document": "1"}, "counts", "un diccionario"),
    ],
)
def test_counts_that_make_no_set_are_refused(counts: Any, field: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told) as caught:
        plan(counts)
    assert caught.value.field == field


def test_the_notes_that_dian_lists_are_told_by_their_kind() -> None:
    dian = Simulator()
    issuer = issuer_of(dian)
    signer = dian.signer(issuer.organization.nit)
    original = sign(build(bought("SEDS1", issuer), issuer), signer, at=AT)
    other = note("NA1", original, concept="5", description="Por acuerdo")
    with Client(signer=signer, transport=dian) as ws:
        for each in (original, sign(build(other, issuer), signer, at=other.issued_at)):
            assert ws.send(each).accepted
        found = ws.reference_notes(original.key)
    assert [each.concept_labels for each in found] == [("Otros",)]
    assert "95 nota de ajuste al documento soporte" in str(found)
    assert "factura" not in str(found).lower()


def test_a_range_that_is_used_up_is_told() -> None:
    issuer = issuer_of(Simulator())
    last = issuer.numberings[0].range_to

    def told(number: int) -> list[tuple[str, str]]:
        report = readiness(issuer, at=AT, kind="support_document", last_consecutive=number)
        return [(fault.code, fault.path) for fault in report if "range" in fault.path]

    assert told(last - 1) == [("numbers_end_soon", "issuer.numberings[0].range_to")]
    assert told(last) == [("numbers_used_up", "issuer.numberings[0].range_to")]
    assert told(issuer.numberings[0].range_from) == []
