from __future__ import annotations

import pytest
from lxml import etree

from dian_fe.rules.facts import library_words
from dian_fe.verifying import Cause, Part, verify_signature
from dian_fe.verifying.allowance import Allowance, weight
from dian_fe.verifying.forensics import explain
from dian_fe.verifying.forensics.explain import describe
from tests.signing.support import canonical, signed
from tests.verifying.foreign import EXCLUSIVE, Foreign

AMPERSAND = "<cbc:Note>Pérez &amp; Hijos</cbc:Note>"


def indented(data: bytes) -> bytes:
    root = etree.fromstring(data)
    etree.indent(root)
    return etree.tostring(root)


@pytest.mark.parametrize(
    ("data", "causes"),
    [
        (signed(canonical(AMPERSAND)).xml.replace(b"&amp;", b"&amp;amp;"), [Cause.DOUBLE_ESCAPED_AMPERSAND]),
        (indented(signed().xml), [Cause.INDENTED_AFTER_SIGNING]),
        (Foreign(early=True).sign(canonical().xml), [Cause.EXTENSION_ADDED_LATER]),
        (Foreign(detached=True).sign(canonical().xml), [Cause.DETACHED_DIGEST]),
        (
            Foreign(detached=True, early=True).sign(canonical().xml),
            [Cause.EXTENSION_ADDED_LATER, Cause.DETACHED_DIGEST],
        ),
        (signed().xml.replace(b"SETP1", b"SETP2"), [Cause.EDITED]),
        (signed().xml.replace(b"</cbc:Note>", b" </cbc:Note>"), [Cause.VALUES_PADDED]),
        (signed().xml.replace(b"T10:15:30", b"T10:15:31"), [Cause.EDITED]),
        (signed(canonical(AMPERSAND)).xml.replace(b"&amp;", b"&amp;amp;").replace(b"SETP1", b"SETP2"), [Cause.EDITED]),
    ],
)
def test_causes_are_told(data: bytes, causes: list[Cause]) -> None:
    verification = verify_signature(data)
    signature = verification.signature
    assert signature.valid is False
    assert list(signature.causes) == list(verification.causes) == causes
    assert signature.cause is causes[0]
    assert {fault.hint for fault in signature.faults} <= {*map(describe, causes)}
    assert verification.as_dict()["signature"]["causes"] == causes


def test_each_part_has_its_own_hint() -> None:
    signature = verify_signature(Foreign(detached=True, early=True).sign(canonical().xml)).signature
    assert [fault.hint for fault in signature.faults] == [
        describe(Cause.EXTENSION_ADDED_LATER),
        describe(Cause.DETACHED_DIGEST),
        describe(Cause.DETACHED_DIGEST),
    ]


def test_a_part_that_is_mended_is_told_and_the_rest_is_edited() -> None:
    """Blanks were added everywhere, and a value edited: the signature's own parts prove the first."""
    signature = verify_signature(indented(signed().xml).replace(b"SETP1", b"SETP2")).signature
    assert signature.causes == (Cause.EDITED, Cause.INDENTED_AFTER_SIGNING)


def test_the_evidence_says_what_holds() -> None:
    edited = verify_signature(signed().xml.replace(b"SETP1", b"SETP2")).signature
    assert edited.failing == (Part.DOCUMENT,)
    assert edited.evidence == (
        "El valor de la firma corresponde a ds:SignedInfo y a la llave del certificado. "
        "Corresponde a su resumen: ds:KeyInfo, xades:SignedProperties. No corresponde a su resumen: el documento."
    )


def test_a_valid_signature_has_no_cause() -> None:
    for data in (signed().xml, Foreign(c14n=EXCLUSIVE, transforms=True).sign(canonical().xml)):
        signature = verify_signature(data).signature
        assert signature.cause is None
        assert signature.evidence == ""


def test_every_cause_is_explained() -> None:
    assert {cause.value for cause in Cause} <= set(library_words())


@pytest.mark.parametrize("work", [0, 100_000, 10**9])
def test_the_tries_are_bounded(monkeypatch: pytest.MonkeyPatch, work: int) -> None:
    """Each try is linear in the document; a document that nothing mends spends them all."""
    tried = []
    located = explain._located
    monkeypatch.setattr(explain, "_located", lambda data: tried.append(weight(data)) or located(data))
    data = indented(signed(canonical(AMPERSAND * 3)).xml).replace(b"&amp;", b"&amp;amp;").replace(b"<cbc:ID", b"<cbc:I")
    data = data.replace(b"</cbc:ID>", b"\xef\xbb\xbf</cbc:I>").replace(b"T10:15:30", b"T10:15:31\n")
    found = verify_signature(data.replace(b"xmlenc#sha256", b"xmlenc#sha512"), explain=Allowance(work))
    assert sum(tried) <= work
    assert len(tried) <= 160
    assert (len(tried) > 10) is (work > 10**6)
    assert found.signature.searched is False or work == 10**9


def test_what_was_not_searched_is_told_and_is_no_edit() -> None:
    """An indentation that there was no work left to undo is not called another text."""
    data = indented(signed().xml)
    whole, none = (verify_signature(data, explain=Allowance(work)).signature for work in (10**9, 0))
    assert (whole.causes, whole.searched) == ((Cause.INDENTED_AFTER_SIGNING,), True)
    assert (none.causes, none.searched) == ((), False)
    assert "No se buscó más" in none.evidence
    assert none.as_dict()["searched"] is False


def test_all_broken_parts_of_a_file_share_one_allowance() -> None:
    allowance = Allowance(1_500_000)
    data = indented(signed(canonical(AMPERSAND * 3)).xml).replace(b"10:15:30", b"10:15:31")
    first, second = (verify_signature(data, explain=allowance).signature for _ in range(2))
    assert first.valid is second.valid is False
    assert second.searched is False
