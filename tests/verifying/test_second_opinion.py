"""signxml is asked about what is valid here, where its canonical form can be relied on, and a disagreement refuses."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from signxml.exceptions import InvalidDigest, InvalidInput
from signxml.verifier import XMLVerifier

from dian_fe.errors import SignatureInvalid
from dian_fe.testing.pki import Flaw
from dian_fe.verifying import SecondOpinion, examine, verify_signature
from dian_fe.verifying.signature.c14n import OwnedDocument
from dian_fe.verifying.signature.references import SignedInfo
from dian_fe.verifying.signature.second_opinion import unsuited
from tests.signing.support import DS, NIT, PKI, canonical, signed
from tests.verifying.foreign import EXCLUSIVE, Foreign

pytestmark = pytest.mark.oldest

GOOD = signed().xml
DEEP = "".join(f'<d{at}:x xmlns:d{at}="u:{at}">' for at in range(40)).encode()
DEEP += b"".join(f"</d{at}:x>".encode() for at in reversed(range(40)))
ASKED = {
    "own": GOOD,
    "plain": Foreign().sign(canonical().xml),
    "exclusive": Foreign(c14n=EXCLUSIVE, transforms=True, prefixes="cbc ds").sign(canonical().xml),
    "sha1": Foreign(hash="sha1", digest="sha1").sign(canonical().xml),
    "expired when it signed": Foreign(identity=PKI.identity(NIT, flaw=Flaw.EXPIRED)).sign(canonical().xml),
    "byte order mark": b"\xef\xbb\xbf" + GOOD,
}


@pytest.mark.parametrize("name", ASKED)
def test_signxml_agrees(name: str) -> None:
    verdict = verify_signature(ASKED[name]).signature
    assert verdict.valid
    assert (verdict.second_opinion, verdict.second_opinion_reason) == (SecondOpinion.AGREES, None)


def test_it_can_be_switched_off() -> None:
    assert verify_signature(GOOD, second_opinion=False).signature.second_opinion is None
    (part,) = examine(GOOD, second_opinion=False).walk()
    assert part.verification.signature.second_opinion is None


def test_what_is_invalid_is_not_asked_about() -> None:
    assert verify_signature(GOOD.replace(b"SETP1", b"SETP9")).signature.second_opinion is None


def answering(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def verify(*arguments: Any, **options: Any) -> None:
        raise error

    monkeypatch.setattr(XMLVerifier, "verify", verify)


def test_a_disagreement_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, InvalidDigest("Digest mismatch for reference 0"))
    verification = verify_signature(GOOD)
    assert verification.signature.valid is False
    assert verification.signature.second_opinion is SecondOpinion.DISAGREES
    assert [fault.code for fault in verification.faults if fault.rejects] == ["second_opinion"]
    with pytest.raises(SignatureInvalid, match="signxml"):
        verification.raise_for_invalid()


def test_stumbling_is_no_disagreement(monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (InvalidInput("no"), ValueError("no"), KeyError("no")):
        answering(monkeypatch, error)
        verdict = verify_signature(GOOD).signature
        assert verdict.valid
        assert verdict.second_opinion is SecondOpinion.NO_OPINION
        assert "no" in (verdict.second_opinion_reason or "")


def test_a_signxml_that_does_not_load_has_no_opinion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "signxml.verifier", None)
    verdict = verify_signature(GOOD).signature
    assert verdict.valid
    assert verdict.second_opinion is SecondOpinion.NO_OPINION


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (canonical().xml.replace(b" xmlns:cac=", b' xml:lang="es" xmlns:cac=', 1), "xml:"),
        (canonical().xml.replace(b" xmlns:cac=", f' xmlns:q="{DS}" xmlns:cac='.encode(), 1), "prefijos"),
        (b"<?q r?>" + canonical().xml, "raíz"),
        (canonical().xml.replace(b"</Invoice>", DEEP + b"</Invoice>"), "unas dentro de otras"),
    ],
)
def test_forms_in_which_it_is_wrong_are_not_asked(xml: bytes, reason: str) -> None:
    document = OwnedDocument(Foreign().sign(xml))
    info = SignedInfo(document, next(document.root.iter(f"{{{DS}}}Signature")))
    assert reason in (unsuited(info) or "")


@pytest.mark.parametrize("piece", [b"<ds:a></ds:a>", b'<ds:a b=""></ds:a>'])
def test_a_signature_of_too_many_elements_is_not_asked(piece: bytes) -> None:
    """lxml takes an element out in the square of what is in it with a prefix declared above."""
    for many, asked in ((1_000, True), (6_000, False)):
        added = piece * many + b"</ds:Object></ds:Signature>"
        verdict = verify_signature(GOOD.replace(b"</ds:Object></ds:Signature>", added)).signature
        assert verdict.valid
        assert (verdict.second_opinion is SecondOpinion.AGREES) is asked
        assert ("demasiados elementos" in (verdict.second_opinion_reason or "")) is not asked


def test_signxml_is_loaded_with_the_first_question() -> None:
    code = (
        "import sys, dian_fe.verifying.signature.verification as s; data = sys.stdin.buffer.read();"
        "s.verify_signature(data, second_opinion=False); assert 'signxml' not in sys.modules;"
        "s.verify_signature(data); assert 'signxml' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], input=GOOD, check=True)
