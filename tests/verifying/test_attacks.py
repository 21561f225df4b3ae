"""Attacks on signatures: each is refused, and what plain cryptography says of it is told by xmlsec1."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dian_fe import examine, verify
from dian_fe.errors import SignatureInvalid, UnreadableDocument
from dian_fe.verifying import verify_signature
from tests.delivery.support import office
from tests.signing.support import canonical, signed, xmlsec1
from tests.verifying import attacks as made
from tests.verifying.attack_list import listed
from tests.verifying.attacks import Attack

pytestmark = [pytest.mark.slow, pytest.mark.oldest]

ALL = {attack.name: attack for attack in listed()}


@pytest.fixture(params=ALL)
def attack(request: pytest.FixtureRequest) -> Attack:
    return ALL[request.param]


def test_it_is_refused_with_its_fault(attack: Attack) -> None:
    pki = office().pki
    if attack.ours is None:
        with pytest.raises(UnreadableDocument) as refused:
            examine(attack.data, pki.trust)
        assert refused.value.code == attack.code
        return
    examination = examine(attack.data, pki.trust, revocation=pki.revocation)
    assert not examination.valid
    assert attack.code in {fault.code for fault in examination.faults if fault.rejects}
    with pytest.raises(SignatureInvalid) as caught:
        verify(attack.data, pki.trust, revocation=pki.revocation)
    assert caught.value.remedy
    assert examination.verification.signature.valid is attack.ours


def test_plain_cryptography_agrees_or_ours_is_stricter(attack: Attack, tmp_path: Path) -> None:
    path = tmp_path / "ataque.xml"
    path.write_bytes(attack.data)
    assert xmlsec1(path, attack.signer or made.der(made.victim()), *attack.options) is attack.plain
    assert attack.plain or not attack.ours
    assert bool(attack.why) is (attack.plain and not attack.ours)


def test_the_forms_are_many_and_each_is_another() -> None:
    assert len(ALL) == len(list(listed())) >= 60
    assert len({attack.data for attack in ALL.values()}) >= len(ALL) - 1  # one is judged with two keys


def test_what_they_are_made_from_holds(tmp_path: Path) -> None:
    pki = office().pki
    for number, (data, identity) in enumerate(
        ((made.good(), made.victim()), (made.another(), made.victim()), (made.by(made.victim()), made.victim()))
    ):
        assert verify(data, pki.trust, revocation=pki.revocation).trusted
        path = tmp_path / f"{number}.xml"
        path.write_bytes(data)
        assert xmlsec1(path, made.der(identity))


@pytest.mark.parametrize("twin", ["cdata", "character reference", "attribute quotes", "empty tag", "crlf in tags"])
def test_the_same_document_spelled_otherwise_holds(twin: str, tmp_path: Path) -> None:
    """What C14N takes for the same is the same: no false alarm."""
    good = made.good()
    data = {
        "cdata": made.replaced(good, b">700085371<", b"><![CDATA[700085371]]><"),
        "character reference": made.replaced(good, b">700085371<", b">&#55;00085371<"),
        "attribute quotes": made.replaced(good, b'currencyID="COP"', b"currencyID='COP'"),
        "empty tag": re.sub(rb"<([\w:]+)([^<>]*)></\1>", rb"<\1\2/>", good),
        "crlf in tags": made.replaced(good, b' currencyID="COP"', b'\r\n  currencyID="COP"'),
    }[twin]
    assert data != good
    assert verify(data, office().trust).document == verify(good, office().trust).document
    path = tmp_path / "igual.xml"
    path.write_bytes(data)
    assert xmlsec1(path, made.der(made.victim()))


def test_no_file_beside_is_read_for_a_reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """xmlsec1 digests the file that a reference names; here nothing is opened for whom a stranger's document asks."""
    monkeypatch.chdir(tmp_path)
    Path("otro.xml").write_bytes(b"<x></x>")
    data = made.pointing("otro.xml", digest=b"<x></x>")
    path = tmp_path / "ataque.xml"
    path.write_bytes(data)
    assert xmlsec1(path, made.der(made.victim()))
    assert verify_signature(data).signature.valid is False


def test_a_certificate_is_the_signers_wherever_it_stands() -> None:
    for name in ("a stranger's certificate before the issuer's", "a stranger's certificate behind the issuer's"):
        certificate = verify_signature(ALL[name].data).certificate
        assert certificate is not None
        assert certificate.nit == made.STRANGER


@pytest.mark.parametrize("spelling", [b"urn:dian-fe:relative:", b"urn:dian-fe:&#114;elative:"])
def test_no_text_is_digested_as_another(spelling: bytes) -> None:
    """What stands in for a relative namespace URI while canonicalising cannot be written into a document."""
    good = signed(canonical("<cbc:Note>1</cbc:Note>")).xml
    forged = good.replace(b"<cbc:Note>1</cbc:Note>", spelling + b"<cbc:Note>1</cbc:Note>".hex().encode())
    forged = re.sub(rb"(<ext:ExtensionContent>)", rb'\1<!-- xmlns="x" -->', forged, count=1)
    assert verify_signature(good).valid
    assert verify_signature(forged).signature.valid is False


def test_what_looks_like_a_declaration_and_is_text_stays_text() -> None:
    good = signed(canonical('<cbc:Note> xmlns="<x></x>"</cbc:Note>')).xml
    forged = good.replace(b' xmlns="<x></x>"', b'<![CDATA[ xmlns="<x></x>"]]>')
    assert verify_signature(good).valid
    assert verify_signature(forged).signature.valid is False
