"""Attacks on keys, certificates and algorithms; see `attacks`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from lxml import etree

from dian_fe.testing.pki import Flaw, ToyIdentity
from tests.delivery.support import NIT, office
from tests.signing.support import DS, NS
from tests.verifying.attacks import b64, by, der, ds, edited, forged, good, signature, stranger, victim

_MORE = "http://www.w3.org/2001/04/xmldsig-more#"


def key_swapped() -> bytes:
    return re.sub(
        rb"(<ds:X509Certificate>)[^<]+", lambda match: match[1] + b64(der(stranger())).encode(), good(), count=1
    )


def more_certificates(first: ToyIdentity, second: ToyIdentity, signer: ToyIdentity) -> bytes:
    def change(made: etree._Element) -> None:
        data = made.find("ds:KeyInfo/ds:X509Data", NS)
        data.find("ds:X509Certificate", NS).text = b64(der(first))
        extra = ds("X509Certificate")
        extra.text = b64(der(second))
        data.append(extra)

    return by(signer, change=change)


def certificate_put_before() -> bytes:
    """KeyInfo without reference: a stranger's certificate can be put before the issuer's afterwards."""

    def change(root: etree._Element) -> None:
        extra = ds("X509Certificate")
        extra.text = b64(der(stranger()))
        forged(root)
        root.find(".//ds:X509Certificate", NS).addprevious(extra)

    return edited(by(victim(), order=("document", "signed_properties")), change)


def key_value() -> bytes:
    """The stranger's bare key beside the issuer's certificate: who takes the first key found is deceived."""

    def change(made: etree._Element) -> None:
        numbers = stranger().key.public_key().public_numbers()
        value, pair = ds("KeyValue"), ds("RSAKeyValue")
        for name, number in (("Modulus", numbers.n), ("Exponent", numbers.e)):
            part = etree.SubElement(pair, f"{{{DS}}}{name}")
            part.text = b64(number.to_bytes((number.bit_length() + 7) // 8, "big"))
        value.append(pair)
        made.find("ds:KeyInfo", NS).insert(0, value)
        made.find(".//ds:X509Certificate", NS).text = b64(der(victim()))

    return by(stranger(), change=change, listed=der(victim()))


def twin(**changes: Any) -> ToyIdentity:
    """Make a certificate like the issuer's, names, issuer and serial too, of another key."""
    original = victim().certificate
    key = office().pki.identity("800199436").key
    authority = changes.get("authority", key)
    builder = x509.CertificateBuilder(
        issuer_name=changes.get("issuer_name", original.issuer),
        subject_name=original.subject,
        public_key=key.public_key(),
        serial_number=original.serial_number,
        not_valid_before=datetime(2018, 1, 1, tzinfo=UTC),
        not_valid_after=datetime(2045, 1, 1, tzinfo=UTC),
        extensions=list(original.extensions),
    )
    return ToyIdentity(key, builder.sign(authority, hashes.SHA256()), changes.get("above", ()))


@cache
def same_names() -> ToyIdentity:
    return twin()


@cache
def of_a_leaf() -> ToyIdentity:
    """A certificate in the issuer's name that a stranger made with his own, which is no authority's."""
    above = stranger()
    return twin(authority=above.key, issuer_name=above.certificate.subject, above=(above.certificate,))


def _method(algorithm: str, sign: Callable[[bytes], bytes], certificate: bytes | None = None) -> bytes:
    root = etree.fromstring(by(victim()))
    made = signature(root)
    made.find("ds:SignedInfo/ds:SignatureMethod", NS).set("Algorithm", algorithm)
    if certificate is not None:
        made.find(".//ds:X509Certificate", NS).text = b64(certificate)
        info = made.find("ds:KeyInfo", NS)
        digest = b64(hashlib.sha256(etree.tostring(info, method="c14n")).digest())
        made.find(f".//ds:Reference[@URI='#{info.get('Id')}']/ds:DigestValue", NS).text = digest
    data = etree.tostring(made.find("ds:SignedInfo", NS), method="c14n")
    made.find("ds:SignatureValue", NS).text = b64(sign(data))
    out: bytes = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)
    return out


def hmac_with_the_public_key() -> bytes:
    """What everybody knows is the secret: who takes the algorithm from the document takes the public key for it."""
    public = victim().key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def sign(data: bytes) -> bytes:
        code = hmac.HMAC(public, hashes.SHA256())
        code.update(data)
        return code.finalize()

    return _method(f"{_MORE}hmac-sha256", sign)


@cache
def revoked() -> ToyIdentity:
    return office().pki.identity(NIT, flaw=Flaw.REVOKED)


def without_certificate() -> bytes:
    def change(made: etree._Element) -> None:
        info = made.find("ds:KeyInfo", NS)
        info.remove(info.find("ds:X509Data", NS))
        name = etree.SubElement(info, f"{{{DS}}}KeyName")
        name.text = "la de siempre"

    return by(victim(), change=change)


@cache
def curve() -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    key = ec.derive_private_key(20_260_302, ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "curva"), x509.NameAttribute(NameOID.SERIAL_NUMBER, NIT)])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7)
    builder = builder.not_valid_before(datetime(2018, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2045, 1, 1, tzinfo=UTC)
    )
    return key, builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def ecdsa() -> bytes:
    key, certificate = curve()

    def sign(data: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return _method(f"{_MORE}ecdsa-sha256", sign, certificate)


def pss() -> bytes:
    def sign(data: bytes) -> bytes:
        return victim().key.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())

    return _method("http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", sign)
