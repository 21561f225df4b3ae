"""`verify`: what it gives when all holds, what it raises when anything does not, and that nothing else makes it."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dian_fe import Verified, read, verify
from dian_fe.errors import (
    ContentsContradict,
    InvalidInput,
    NotAllowed,
    NotSigned,
    SignatureInvalid,
    SignerNotTrusted,
)
from dian_fe.testing import ToyPki
from dian_fe.ubl.archive import make_zip
from tests.delivery.support import LATER, issued, note_of, office
from tests.verifying.sealing import another, container, packed, sealed, sold, unsigned_answer

pytestmark = pytest.mark.between

TRUST = office().trust


def test_a_package_is_verified_whole() -> None:
    signed, verdict = sold()
    verified = verify(read(packed().zip_bytes), TRUST, at=LATER)
    assert verified.document == signed.document
    assert (verified.key, verified.kind.name) == (signed.key, "invoice")
    assert verified.received.raw == signed.xml
    assert verified.answer is not None
    assert verified.answer.raw == verdict.application_response
    assert verified.validated_at == verified.answer.document.issued_at
    assert verified.trusted is True
    assert verified.examination.valid
    assert [part.kind for part in verified.examination.walk()] == [
        "zip", "attached_document", "invoice", "application_response",
    ]  # fmt: skip
    assert (
        repr(verified) == f"Verified(invoice '{signed.document.number}', accepted, trusted=True, revocation=not_asked)"
    )


@pytest.mark.parametrize(
    "given",
    [
        lambda: packed(),
        lambda: packed().zip_bytes,
        lambda: packed().xml,
        lambda: read(packed().xml),
        lambda: make_zip({"dentro.zip": packed().zip_bytes}),
        lambda: make_zip({"fv.xml": sold()[0].xml, "ar.xml": sold()[1].application_response, "a.pdf": b"%PDF-1.7"}),
        lambda: make_zip({"ad.xml": packed().xml, "fv.xml": sold()[0].xml.replace(b"\n", b"\r\n")}),
    ],
    ids=["package", "zip", "container", "received", "zip in zip", "loose in a zip", "also loose"],
)
def test_however_it_came(given: Callable[[], Any]) -> None:
    verified = verify(given(), TRUST)
    assert verified.document == sold()[0].document
    assert verified.answer is not None
    assert verified.trusted is True


def test_what_was_signed_here_is_verified_with_the_answer_given() -> None:
    signed, verdict = sold()
    assert verify(signed, TRUST).answer is None
    assert verify(signed, TRUST).validated_at is None
    for answer in (verdict, verdict.application_response, read(verdict.application_response)):
        verified = verify(signed, TRUST, answer=answer)
        assert verified.answer is not None
        assert verified.answer.document.accepted


def test_without_trust_it_is_told_that_the_path_was_not_judged() -> None:
    verified = verify(packed(), None)
    assert verified.trusted is None
    assert verified.answer is not None


def test_the_bytes_are_verified_and_not_a_model_beside_them() -> None:
    forged = replace(read(sold()[0].xml), document=another()[0].document)
    assert verify(forged, TRUST).document == sold()[0].document


def _with_room(xml: bytes) -> bytes:
    """Add an empty extension, for one more signature."""
    place = b"<ext:UBLExtension><ext:ExtensionContent></ext:ExtensionContent></ext:UBLExtension>"
    return xml.replace(b"</ext:UBLExtensions>", place + b"</ext:UBLExtensions>", 1)


ANOTHER_PKI = ToyPki(99)

REFUSED: dict[str, tuple[Callable[[], Any], type[SignatureInvalid], str]] = {
    "unsigned": (lambda: verify(sold()[0].built.xml, TRUST), NotSigned, "FAC03"),
    "altered": (lambda: verify(sold()[0].xml.replace(b"molido", b"Molido"), TRUST), SignatureInvalid, "ZE02"),
    "altered inside": (lambda: verify(packed().xml.replace(b"molido", b"Molido"), TRUST), SignatureInvalid, "ZE02"),
    "altered answer": (
        lambda: verify(packed().xml.replace(b"Documento validado", b"Documento aprobado"), TRUST),
        SignatureInvalid,
        "ZE02",
    ),
    "not trusted": (lambda: verify(packed(), ANOTHER_PKI.trust), SignerNotTrusted, "ZD06"),
    "answer of another": (
        lambda: verify(sold()[0], TRUST, answer=another()[1]),
        ContentsContradict,
        "answer_of_another_document",
    ),
    "unsigned answer": (lambda: verify(sold()[0], TRUST, answer=unsigned_answer()), NotSigned, "AAC03"),
    "unsigned in its container": (lambda: verify(container(sold()[0].built.xml), TRUST), NotSigned, "FAC03"),
    "signed twice": (lambda: verify(sealed(_with_room(sold()[0].xml)), TRUST), SignatureInvalid, "FAC03"),
    "in the container's own signature only": (
        lambda: verify(container(sold()[0].built.xml, answers=()), TRUST),
        NotSigned,
        "FAC03",
    ),
    "key": (lambda: verify(packed(), TRUST, secret="0" * 40), ContentsContradict, "FAD06"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_hold_is_raised_with_its_cause(case: str) -> None:
    do, kind, code = REFUSED[case]
    with pytest.raises(SignatureInvalid) as raised:
        do()
    error = raised.value
    assert type(error) is kind
    assert f"({code})" in error.message
    assert error.remedy
    assert error.examination is not None
    assert not error.examination.valid
    assert code in {fault.code for fault in error.faults}
    assert pickle.loads(pickle.dumps(error)).examination is None


def test_several_documents_are_refused_until_one_is_picked() -> None:
    (one, accepted), (two, verdict) = sold(), another()
    both = make_zip({"a.zip": packed().zip_bytes, "b.xml": two.xml, "ar.xml": verdict.application_response})
    with pytest.raises(InvalidInput) as raised:
        verify(both, TRUST)
    assert one.document.number in str(raised.value)
    assert two.document.number in str(raised.value)
    assert "which=" in str(raised.value.remedy)
    for signed, which in ((one, one.document.number), (two, two.key.upper())):
        verified = verify(both, TRUST, which=which)
        assert verified.key == signed.key
        assert verified.answer is not None
        assert verified.answer.document.reference_key == signed.key
    with pytest.raises(InvalidInput, match="SETP1"):
        verify(both, TRUST, which="SETP1")
    with pytest.raises(ContentsContradict, match="otro documento"):
        verify(both, TRUST, which=two.key, answer=accepted)


def test_faults_of_others_do_not_count_for_the_one_picked() -> None:
    two, _ = another()
    both = make_zip({"a.xml": packed().xml, "b.xml": two.xml.replace(b"molido", b"Molido")})
    assert verify(both, TRUST, which=sold()[0].key).answer is not None
    with pytest.raises(SignatureInvalid, match="ZE02"):
        verify(both, TRUST, which=two.document.number)


def test_an_answer_that_is_none_is_the_callers_mistake() -> None:
    for answer in (another()[0].xml, packed().zip_bytes, b"", another()[0]):
        with pytest.raises(InvalidInput) as raised:
            verify(sold()[0], TRUST, answer=answer)  # type: ignore[arg-type]
        assert raised.value.field == "answer"


def test_a_note_is_verified_too() -> None:
    signed, verdict = issued(note_of(sold()[0]))
    verified: Verified[Any] = verify(signed, TRUST, answer=verdict, secret=office().software.pin.get_secret_value())
    assert verified.kind.name == "credit_note"
    assert verified.examination.key_matches is True


def test_what_could_not_be_read_says_why_there_is_no_sale() -> None:
    with pytest.raises(InvalidInput, match="no está bien formado"):
        verify(make_zip({"ar.xml": sold()[1].application_response, "fv.xml": sold()[0].xml[:-9]}), TRUST)


def test_a_zip_without_a_sale_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="No hay una factura"):
        verify(sold()[1].application_response, TRUST)


def test_nothing_but_verify_makes_one() -> None:
    verified = verify(sold()[0], TRUST)
    with pytest.raises(NotAllowed):
        Verified(verified.received)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        verified.received = verified.received  # type: ignore[misc]
