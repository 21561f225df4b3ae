"""The simulator's side of WS-Security: judges the header of a request as the service's policy asks."""

from __future__ import annotations

import hmac
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from ..signing.algorithms import DS, EXCLUSIVE_C14N
from ..transport.wsse import SOAP, WSA, WSSE, WSU

if TYPE_CHECKING:
    from ..signing.trust import TrustStore

_NS = {"s": SOAP, "a": WSA, "o": WSSE, "u": WSU, "ds": DS, "ec": EXCLUSIVE_C14N}
_RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_ID = f"{{{WSU}}}Id"
SKEW = timedelta(minutes=5)
"""How far the clocks may differ, as WCF tolerates."""


class SecurityFault(Exception):
    """The header does not hold; ``str()`` says why, for the tests, since the service itself does not tell."""


class CertificateFault(Exception):
    """The certificate is not one that the service takes."""


def verify_header(envelope: Any, *, url: str, trust: TrustStore, now: Callable[[], datetime]) -> x509.Certificate:
    """Verify the security header of a request posted to ``url``; give the sender's certificate.

    Demanded: a timestamp in force, an X.509 token of a trusted authority, an RSA-SHA256 signature over exclusive C14N
    that covers ``wsa:To`` (whose text is the URL), every reference right. Raises ``SecurityFault``,
    ``CertificateFault``.
    """
    security = _one(envelope, "s:Header/o:Security")
    _timestamp(security, now())
    certificate = _certificate(security)
    signature = _one(security, "ds:Signature")
    info = _one(signature, "ds:SignedInfo")
    signed = [_reference(envelope, reference) for reference in info.findall("ds:Reference", _NS)]
    address = _one(envelope, "s:Header/a:To")
    if not any(element is address for element in signed):
        raise SecurityFault("wsa:To is not signed")
    if (address.text or "").strip() != url:
        raise SecurityFault("wsa:To is not the address that was posted to")
    _value(info, signature, certificate)
    moment = certificate.not_valid_before_utc + timedelta(days=1)
    problem = trust.path(certificate, moment).problem
    if problem is not None:
        raise CertificateFault(problem)
    return certificate


def _one(element: Any, path: str) -> Any:
    found = element.findall(path, _NS)
    if len(found) != 1:
        raise SecurityFault(f"{path}: {len(found)} found")
    return found[0]


def _timestamp(security: Any, now: datetime) -> None:
    timestamp = _one(security, "u:Timestamp")
    created, expires = (
        datetime.fromisoformat((_one(timestamp, f"u:{name}").text or "").strip()) for name in ("Created", "Expires")
    )
    if created > now + SKEW or expires < now - SKEW or created > expires:
        raise SecurityFault(f"timestamp {created.isoformat()}–{expires.isoformat()} at {now.isoformat()}")


def _certificate(security: Any) -> x509.Certificate:
    token = _one(security, "o:BinarySecurityToken")
    reference = _one(security, "ds:Signature/ds:KeyInfo/o:SecurityTokenReference")
    direct = reference.find("o:Reference", _NS)
    if direct is not None and direct.get("URI") != f"#{token.get(_ID)}":
        raise SecurityFault("the signature names another token")
    try:
        return x509.load_der_x509_certificate(b64decode(token.text or "", validate=True))
    except ValueError as error:
        raise SecurityFault(f"token: {error}") from None


def _reference(envelope: Any, reference: Any) -> Any:
    """Check one reference; give the element that it covers."""
    name = (reference.get("URI") or "").removeprefix("#")
    found = [element for element in envelope.iter(etree.Element) if element.get(_ID) == name]
    if len(found) != 1 or not name:
        raise SecurityFault(f"#{name} names {len(found)} elements")
    transforms = reference.findall("ds:Transforms/ds:Transform", _NS)
    if [transform.get("Algorithm") for transform in transforms] != [EXCLUSIVE_C14N]:
        raise SecurityFault("transforms")
    if _one(reference, "ds:DigestMethod").get("Algorithm") != _SHA256:
        raise SecurityFault("digest algorithm")
    digest = sha256(_canonical(found[0], transforms[0])).digest()
    if not hmac.compare_digest(digest, b64decode(_one(reference, "ds:DigestValue").text or "")):
        raise SecurityFault(f"digest of #{name}")
    return found[0]


def _value(info: Any, signature: Any, certificate: x509.Certificate) -> None:
    method = _one(info, "ds:CanonicalizationMethod")
    if method.get("Algorithm") != EXCLUSIVE_C14N or _one(info, "ds:SignatureMethod").get("Algorithm") != _RSA_SHA256:
        raise SecurityFault("algorithms")
    key = certificate.public_key()
    value = b64decode("".join((_one(signature, "ds:SignatureValue").text or "").split()))
    try:
        if not isinstance(key, RSAPublicKey):
            raise InvalidSignature
        key.verify(value, _canonical(info, method), padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        raise SecurityFault("signature value") from None


def _canonical(element: Any, method: Any) -> bytes:
    inclusive = method.find("ec:InclusiveNamespaces", _NS)
    prefixes = None if inclusive is None else (inclusive.get("PrefixList") or "").split()
    canonical: bytes = etree.tostring(element, method="c14n", exclusive=True, inclusive_ns_prefixes=prefixes)
    return canonical
