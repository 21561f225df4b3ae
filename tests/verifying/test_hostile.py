"""What is made to break or to occupy whoever verifies: each gets its verdict, and none costs more than its size."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from dian_fe.errors import NotAKeyStore
from dian_fe.signing import load_certificates
from dian_fe.verifying import Cause, Part, TrustStore, verify_signature
from dian_fe.verifying.forensics.namespaces import other_apexes
from tests.signing.support import AT, DS, PKI, canonical, signed
from tests.verifying.foreign import Foreign

KEY = rsa.generate_private_key(65537, 2048)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
ALTERNATIVE = x509.ObjectIdentifier("2.5.29.17")
OWN = (x509.ObjectIdentifier("1.2.3.4.5"), x509.ObjectIdentifier("1.2.3.4.6"))


def certificate(
    *extensions: x509.ExtensionType,
    serial: int = 7,
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = KEY,
    name: tuple[x509.ObjectIdentifier, str] = (NameOID.COMMON_NAME, "Autoridad"),
) -> x509.Certificate:
    """Make one that issued itself, as anybody can."""
    called = x509.Name([x509.NameAttribute(*name)])
    until = SINCE + timedelta(days=400)
    builder = x509.CertificateBuilder(called, called, key.public_key(), serial, SINCE, until)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(KEY, SHA256())


def der(*extensions: x509.ExtensionType, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = KEY) -> bytes:
    return certificate(*extensions, key=key).public_bytes(Encoding.DER)


def unknown(oid: x509.ObjectIdentifier, value: str) -> x509.ExtensionType:
    return x509.UnrecognizedExtension(oid, bytes.fromhex(value))


ELLIPTIC = der(key=ec.generate_private_key(ec.SECP256R1()))
ODD = {
    "names of a kind unknown": der(unknown(ALTERNATIVE, "3004a3023000")),
    "no names at all": der(unknown(ALTERNATIVE, "0500")),
    "an extension twice": der(*(unknown(oid, "0500") for oid in OWN)).replace(b"\x2a\3\4\6", b"\x2a\3\4\5"),
    "a curve that nobody has": ELLIPTIC.replace(bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d030109")),
    "a key that nobody has": ELLIPTIC.replace(bytes.fromhex("2a8648ce3d0201"), bytes.fromhex("2a8648ce3d0207")),
    "a version that nobody has": der(unknown(OWN[0], "0500")).replace(b"\xa0\3\2\1\2", b"\xa0\3\2\1\5"),
}


@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
def test_an_odd_certificate_is_told(content: bytes) -> None:
    xml = re.sub(b"(<ds:X509Certificate>)[^<]+", lambda found: found[1] + b64encode(content), signed().xml)
    verification = verify_signature(xml, trust=TrustStore([PKI.root.certificate]), at=AT)
    assert verification.signature.valid is False
    assert Part.SIGNATURE_VALUE in verification.signature.failing
    assert not verification.trust.trusted


def test_a_certificate_of_an_unknown_version_is_not_loaded() -> None:
    with pytest.raises(NotAKeyStore):
        load_certificates(ODD["a version that nobody has"])


def test_digits_of_another_script_are_no_nit() -> None:
    (loaded,) = load_certificates(certificate(name=(NameOID.ORGANIZATION_IDENTIFIER, "8" + "\u0661" * 9)))
    xml = re.sub(
        b"(<ds:X509Certificate>)[^<]+",
        lambda found: found[1] + b64encode(loaded.public_bytes(Encoding.DER)),
        signed().xml,
    )
    told = verify_signature(xml).certificate
    assert told is not None
    assert told.nit is None


def test_authorities_that_issue_each_other_are_tried_once_each() -> None:
    """Their paths are as many as their orders: of sixteen, 32 million of up to eight."""
    authority = x509.BasicConstraints(ca=True, path_length=None)
    leaf, *others = (certificate(authority, serial=at + 1) for at in range(16))
    assert "no se conoce al emisor" in (TrustStore([PKI.root.certificate]).path(leaf, AT, others).problem or "")
    path = TrustStore(others[-1:]).path(leaf, AT, others[:-1])
    assert path.problem is None
    assert path.certificates == (leaf, others[-1])


@pytest.mark.parametrize("name", ["CN=#zz", "a" * 300_000, " " * 300_000 + "!", "CN=a," + "\\" * 299_999])
def test_an_issuers_name_that_is_none_is_told(name: str) -> None:
    verification = verify_signature(Foreign(issuer=name).sign(canonical().xml))
    assert verification.valid
    assert verification.causes == (Cause.ISSUER_NAME,)


@pytest.mark.parametrize("junk", ["<a", "<", '<a b="'])
def test_a_long_comment_in_a_broken_signature_costs_its_length(junk: str) -> None:
    """Patterns for tags once began anew at each of them, and went to the end each time."""
    comment = f"<ds:KeyName><!--{junk * 20_000}--></ds:KeyName>".encode()
    xml = signed().xml.replace(b"<ds:X509Data>", b"<ds:X509Data>" + comment, 1)
    prefixed = xml.replace(b"<cbc:", b"<ns0:").replace(b"</cbc:", b"</ns0:").replace(b"xmlns:cbc=", b"xmlns:ns0=")
    for broken in (xml, prefixed):
        signature = verify_signature(broken).signature
        assert signature.valid is False
        assert Part.KEY_INFO in signature.failing


def test_a_long_part_is_not_digested_under_every_declaration() -> None:
    """Declarations that nobody uses make thousands of sets, and a long part would be digested under each."""
    declared = "".join(f' xmlns:q{at}="urn:q{at}"' for at in range(40))
    short, long = (f'<ds:KeyInfo xmlns:ds="{DS}"{declared}>{"x" * size}</ds:KeyInfo>' for size in (9_000, 2_000_000))
    assert sum(1 for _ in other_apexes(short)) > 4096
    assert sum(1 for _ in other_apexes(long)) < 100
