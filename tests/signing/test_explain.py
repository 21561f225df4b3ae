from __future__ import annotations

import pytest
from lxml import etree

from dian_fe.signing import Cause
from dian_fe.signing.explain import EXPLANATIONS
from dian_fe.signing.verify import verify

from .foreign import EXCLUSIVE, Foreign
from .support import canonical, signed

AMPERSAND = "<cbc:Note>Pérez &amp; Hijos</cbc:Note>"


def indented(data: bytes) -> bytes:
    root = etree.fromstring(data)
    etree.indent(root)
    return etree.tostring(root)


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (signed(canonical(AMPERSAND)).xml.replace(b"&amp;", b"&amp;amp;"), Cause.DOUBLE_ESCAPED_AMPERSAND),
        (indented(signed().xml), Cause.INDENTED_AFTER_SIGNING),
        (Foreign(early=True).sign(canonical().xml), Cause.EXTENSION_ADDED_LATER),
        (Foreign(detached=True).sign(canonical().xml), Cause.DETACHED_DIGEST),
        (signed().xml.replace(b"SETP1", b"SETP2"), None),
        (signed().xml.replace(b"</cbc:Note>", b" </cbc:Note>"), None),
        (signed().xml.replace(b"T10:15:30", b"T10:15:31"), None),
    ],
)
def test_a_cause_is_told_when_it_is_proven(data: bytes, cause: Cause | None) -> None:
    verification = verify(data)
    assert verification.signature.valid is False
    assert verification.signature.cause is cause
    hints = {fault.hint for fault in verification.signature.faults}
    assert hints == ({EXPLANATIONS[cause]} if cause else {""})
    assert verification.as_dict()["signature"]["cause"] == (cause.value if cause else None)


def test_an_ampersand_and_another_change_prove_nothing() -> None:
    data = signed(canonical(AMPERSAND)).xml.replace(b"&amp;", b"&amp;amp;").replace(b"SETP1", b"SETP2")
    assert verify(data).signature.cause is None


def test_a_valid_signature_has_no_cause() -> None:
    for data in (signed().xml, Foreign(c14n=EXCLUSIVE, transforms=True).sign(canonical().xml)):
        assert verify(data).signature.cause is None


def test_every_cause_is_explained() -> None:
    assert set(EXPLANATIONS) == set(Cause)
