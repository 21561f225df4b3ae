"""Other people's signatures; dates, trust and owner."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from dian_fe import errors
from dian_fe.testing.pki import Flaw, ToyPki
from dian_fe.verifying import Part, RevocationStatus, verify_signature
from dian_fe.verifying.signature.c14n import OwnedDocument
from tests.signing.support import AT, FIRST, NIT, PKI, PLACE, canonical, signed, xmlsec1
from tests.verifying.foreign import EXCLUSIVE, Foreign

pytestmark = [pytest.mark.slow, pytest.mark.oldest]

GOOD = signed().xml


VARIANTS = {
    "plain": Foreign(),
    "exclusive": Foreign(c14n=EXCLUSIVE, transforms=True),
    "exclusive with prefixes": Foreign(c14n=EXCLUSIVE, transforms=True, prefixes="cbc ext sts"),
    "explicit transforms": Foreign(transforms=True),
    "sha1": Foreign(hash="sha1", digest="sha1"),
    "sha384": Foreign(hash="sha384", digest="sha384"),
    "sha512": Foreign(hash="sha512", digest="sha512"),
    "mixed hashes": Foreign(hash="sha256", digest="sha384"),
    "line breaks": Foreign(pretty=True),
    "two references": Foreign(order=("document", "signed_properties")),
    "key info first": Foreign(order=("key_info", "document", "signed_properties")),
    "untyped": Foreign(typed=False),
}


@pytest.fixture(params=VARIANTS)
def variant(request: pytest.FixtureRequest) -> Foreign:
    return VARIANTS[request.param]


BODIES = (
    "",
    "\n  <cbc:Note>\r\n x </cbc:Note>\n",
    '<o xmlns="" xmlns:cbc="urn:otro"><cbc:p xml:lang="es">1</cbc:p></o>',
)


@pytest.mark.parametrize("body", BODIES)
def test_other_peoples_signatures_hold_as_xmlsec1_says(variant: Foreign, body: str, tmp_path: Path) -> None:
    data = variant.sign(canonical(body).xml)
    verification = verify_signature(data, trust=PKI.trust)
    assert verification.signature.valid is True
    assert verification.valid
    for broken in (data, data.replace(b"SETP1", b"SETP9")):
        path = tmp_path / "ajena.xml"
        path.write_bytes(broken)
        assert xmlsec1(path, signed().certificate) is verify_signature(broken).signature.valid


def test_xml_attributes_are_inherited_as_c14n_wants(tmp_path: Path) -> None:
    # lxml leaves them out of a subtree's canonical form, so the foreign signer cannot make this one; xmlsec1 can judge.
    xml = canonical().xml.replace(b"<Invoice", b'<Invoice xml:lang="es"', 1)
    root = etree.fromstring(xml)
    document = OwnedDocument(xml)
    extensions = document.root[0]
    assert document.subtree(extensions).startswith(b"<ext:UBLExtensions xmlns=")
    assert b'xml:lang="es"' in document.subtree(extensions)[:1200]
    assert document.subtree(document.root) == etree.tostring(root, method="c14n")


def test_weak_algorithms_are_told() -> None:
    verification = verify_signature(VARIANTS["sha1"].sign(canonical().xml))
    assert len(verification.signature.weak) == 2
    assert {fault.code for fault in verification.faults if fault.code == "weak_algorithm"}
    assert verification.valid


def test_a_relative_namespace_is_no_obstacle() -> None:
    """libxml2 refuses to canonicalise it, yet accepted documents have it (`evidence`: a vendor's block)."""
    content = '<C xmlns="noova"><n>1</n></C>'
    vendor = FIRST.replace("<sts:DianExtensions></sts:DianExtensions>", content)
    relative = canonical("<cbc:Note>&lt;C xmlns=\"noova\"&gt; xmlns='x' </cbc:Note>", extensions=vendor + PLACE).xml
    place = b"<ext:ExtensionContent></ext:ExtensionContent>"
    owned = OwnedDocument(relative.replace(place, place.replace(b"><", b"><x/><")))
    (added,) = owned.root.iter("{*}x")
    assert owned.without(added) == relative
    found = owned.relative_namespace()
    assert found is not None
    assert (found[0].tag, found[1]) == ("{noova}C", "noova")


def test_a_certificate_that_cannot_be_read_is_told() -> None:
    data = re.sub(rb"<ds:X509Certificate>[^<]+", b"<ds:X509Certificate>AAAA", GOOD)
    verification = verify_signature(data, trust=PKI.trust)
    assert Part.SIGNATURE_VALUE in verification.signature.failing
    assert verification.certificate is None
    assert verification.trust.trusted is None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b"REC-xml-c14n-20010315", b"otro", "canonicalización no admitida"),
        (b"xmldsig-more#rsa-sha256", b"xmldsig-more#ecdsa-sha256", "algoritmo de firma no admitido"),
        (b"xmlenc#sha256", b"xmlenc#md5", "algoritmo de resumen no admitido"),
    ],
)
def test_unknown_algorithms_are_told(old: bytes, new: bytes, problem: str) -> None:
    verification = verify_signature(GOOD.replace(old, new))
    assert verification.signature.valid is False
    assert any(problem in (fault.found or "") for fault in verification.faults)


def test_bytes_that_are_no_document_raise() -> None:
    with pytest.raises(errors.MalformedXml):
        verify_signature(b"<a>")
    with pytest.raises(errors.UnsafeXml):
        verify_signature(b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>")


# ---- dates, trust, owner


def test_dates_are_a_verdict_of_their_own() -> None:
    data = Foreign(time="2019-03-02T10:00:00Z", identity=PKI.identity(NIT, flaw=Flaw.EXPIRED)).sign(
        canonical(issued="2019-03-02").xml
    )
    assert verify_signature(data).valid
    late = Foreign(identity=PKI.identity(NIT, flaw=Flaw.EXPIRED)).sign(canonical().xml)
    verification = verify_signature(late)
    assert verification.signature.valid is True
    assert verification.dates.valid is False
    assert {fault.code for fault in verification.faults if fault.rejects} == {"ZD02"}


def test_a_signing_time_in_the_future_is_told() -> None:
    verification = verify_signature(GOOD, at=AT - timedelta(hours=1))
    assert {fault.code for fault in verification.faults} == {"signing_time_in_future"}
    assert verification.valid
    with pytest.raises(errors.NaiveDatetime):
        verify_signature(GOOD, at=AT.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("time", "hour"),
    [
        ("2026-03-02T10:15:30.12-05:00", 15),
        ("2026-03-02T10:15:30.123456-05:00", 15),
        ("2026-03-02T10:15:30Z", 10),
        ("2026-03-02T10:15:30+00:00", 10),
        ("2026-03-02T10:15:30", 15),
        (" 2026-03-02T10:15:30-05:00 ", 15),
    ],
)
def test_signing_times_as_they_are_written(time: str, hour: int) -> None:
    verification = verify_signature(Foreign(time=time).sign(canonical().xml), trust=PKI.trust)
    assert verification.valid
    assert verification.signing_time is not None
    assert verification.signing_time.utctimetuple().tm_hour == hour


def test_a_signing_time_that_cannot_be_read() -> None:
    verification = verify_signature(Foreign(time="ayer").sign(canonical().xml), trust=PKI.trust, at=AT)
    assert "signing_time" in {fault.code for fault in verification.faults}
    assert verification.dates.valid is None
    assert verification.trust.trusted is True


def test_another_authority_is_not_trusted() -> None:
    verification = verify_signature(GOOD, trust=ToyPki(12).trust)
    assert verification.signature.valid is True
    assert verification.trust.trusted is False
    assert {fault.code for fault in verification.faults} == {"ZD06"}


def test_a_self_signed_certificate_is_not_trusted() -> None:
    data = Foreign(identity=PKI.identity(NIT, flaw=Flaw.SELF_SIGNED)).sign(canonical().xml)
    assert verify_signature(data, trust=PKI.trust).trust.trusted is False


def test_revocation_counts_from_its_date() -> None:
    toy = PKI.identity(NIT, flaw=Flaw.REVOKED)
    later = Foreign(identity=toy).sign(canonical().xml)
    verification = verify_signature(later, trust=PKI.trust, revocation=[PKI.crl])
    assert verification.trust.revoked is True
    assert {fault.code for fault in verification.faults if fault.rejects} == {"ZD04"}
    earlier = Foreign(identity=toy, time="2021-03-02T10:00:00-05:00").sign(canonical(issued="2021-03-02").xml)
    assert verify_signature(earlier, trust=PKI.trust, revocation=PKI.revocation).trust.revoked is False


def test_revocation_may_be_any_function() -> None:
    asked: list[int] = []

    def ask(certificate: object, issuer: object, at: object) -> RevocationStatus:
        asked.append(1)
        return RevocationStatus.UNKNOWN

    verification = verify_signature(GOOD, trust=PKI.trust, revocation=ask)
    assert len(asked) == 3
    assert verification.trust.revoked is None
    assert verification.valid


def test_the_owner_is_checked_when_known() -> None:
    assert [fault.code for fault in verify_signature(GOOD, nit="900373076").faults] == ["wrong_signer"]
    nameless = Foreign(identity=PKI.identity(NIT, "Persona Ejemplo", flaw=Flaw.NO_NIT)).sign(canonical().xml)
    verification = verify_signature(nameless, nit=NIT)
    assert [fault.code for fault in verification.faults if fault.rejects] == ["certificate_without_nit"]
    assert verification.owner.accepted is False
