"""The simulator's side of WS-Security: verifies the header of a request by the service's policy."""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode
from datetime import datetime, timedelta
from hashlib import sha1, sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from ..signing.algorithms import DS, EXCLUSIVE_C14N, RSA_SHA256
from ..signing.algorithms import SHA256 as DIGEST_SHA256
from ..signing.certificates import der
from ..transport.wsse import SOAP, THUMBPRINT, WSA, WSSE, WSU

if TYPE_CHECKING:
    from ..verifying.trust import TrustStore

_NS = {"s": SOAP, "a": WSA, "o": WSSE, "u": WSU, "ds": DS, "ec": EXCLUSIVE_C14N}
_ID = f"{{{WSU}}}Id"
_PORTS = {"http": 80, "https": 443}
SKEW = timedelta(minutes=5)
"""How far the clocks may differ, as WCF tolerates."""


class HeaderFault(Exception):
    """The header is not valid; ``str()`` is the reason, which the service's answer omits."""

    subcode = "InvalidSecurity"


class CertificateFault(HeaderFault):
    """The service does not accept the certificate."""

    subcode = ""


class AddressFault(HeaderFault):
    """The header is valid, but names another address than the one posted to."""

    subcode = "DestinationUnreachable"


def verify_header(
    envelope: Any, *, url: str, trust: TrustStore, now: datetime, thumbprint: bool = False
) -> x509.Certificate:
    """Verify the security header of a request posted to ``url``; return the sender's certificate.

    Required: a timestamp in force at ``now``, an X.509 token of a trusted authority, an RSA-SHA256 signature over
    exclusive C14N that covers ``wsa:To`` (which names the URL, whatever its query), and references that hold.
    ``thumbprint``: whether the token may be named by its thumbprint. Raises ``HeaderFault``.
    """
    try:
        return _verified(envelope, url, trust, now, thumbprint)
    except (binascii.Error, ValueError, TypeError) as error:  # invalid base64, time or certificate
        raise HeaderFault(str(error)) from None


def _verified(envelope: Any, url: str, trust: TrustStore, now: datetime, thumbprint: bool) -> x509.Certificate:
    security = _one(envelope, "s:Header/o:Security")
    _timestamp(security, now)
    certificate = _certificate(security, thumbprint)
    signature = _one(security, "ds:Signature")
    info = _one(signature, "ds:SignedInfo")
    signed = [_reference(envelope, reference) for reference in info.findall("ds:Reference", _NS)]
    address = _one(envelope, "s:Header/a:To")
    if not any(element is address for element in signed):
        raise HeaderFault("wsa:To is not signed")
    _value(info, signature, certificate)
    problem = trust.path(certificate, now).problem
    if problem is not None:
        raise CertificateFault(problem)
    if not _same_address((address.text or "").strip(), url):
        raise AddressFault(address.text)
    return certificate


def _same_address(named: str, posted: str) -> bool:
    """True if WCF takes two addresses for one: scheme, host and port in any case; path without query or last slash."""
    try:
        first, second = _compared(named), _compared(posted)
    except ValueError:  # an invalid port or IPv6 address
        return False
    return first == second and bool(first[1])


def _compared(address: str) -> tuple[str, str | None, int | None, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme), parts.path.removesuffix("/")


def _one(element: Any, path: str) -> Any:
    found = element.findall(path, _NS)
    if len(found) != 1:
        raise HeaderFault(f"{path}: {len(found)} found, one expected")
    return found[0]


def _bytes(element: Any) -> bytes:
    return b64decode("".join((element.text or "").split()), validate=True)


def _timestamp(security: Any, now: datetime) -> None:
    timestamp = _one(security, "u:Timestamp")
    created, expires = (
        datetime.fromisoformat((_one(timestamp, f"u:{name}").text or "").strip()) for name in ("Created", "Expires")
    )
    if created > now + SKEW or expires < now - SKEW or created > expires:
        raise HeaderFault(f"timestamp {created.isoformat()}–{expires.isoformat()}: not in force at {now.isoformat()}")


def _certificate(security: Any, thumbprint: bool) -> x509.Certificate:
    token = _one(security, "o:BinarySecurityToken")
    certificate = x509.load_der_x509_certificate(_bytes(token))
    reference = _one(security, "ds:Signature/ds:KeyInfo/o:SecurityTokenReference")
    direct, named = reference.find("o:Reference", _NS), reference.find("o:KeyIdentifier", _NS)
    if direct is not None:
        if direct.get("URI") != f"#{token.get(_ID)}":
            raise HeaderFault("the signature refers to another token")
    elif named is None or not thumbprint or named.get("ValueType") != THUMBPRINT:
        raise HeaderFault("the signature does not refer to the token in an accepted way")
    elif _bytes(named) != sha1(der(certificate), usedforsecurity=False).digest():
        raise HeaderFault("the thumbprint is that of another token")
    return certificate


def _reference(envelope: Any, reference: Any) -> Any:
    """Check one reference; return the element that it covers."""
    name = (reference.get("URI") or "").removeprefix("#")
    found = [element for element in envelope.iter(etree.Element) if element.get(_ID) == name]
    if len(found) != 1 or not name:
        raise HeaderFault(f"#{name} refers to {len(found)} elements, not one")
    transforms = reference.findall("ds:Transforms/ds:Transform", _NS)
    if [transform.get("Algorithm") for transform in transforms] != [EXCLUSIVE_C14N]:
        raise HeaderFault("the transforms are not exclusive canonicalisation alone")
    if _one(reference, "ds:DigestMethod").get("Algorithm") != DIGEST_SHA256:
        raise HeaderFault("the digest algorithm is not SHA-256")
    digest = sha256(_canonical(found[0], transforms[0])).digest()
    if not hmac.compare_digest(digest, _bytes(_one(reference, "ds:DigestValue"))):
        raise HeaderFault(f"the digest of #{name} does not match")
    return found[0]


def _value(info: Any, signature: Any, certificate: x509.Certificate) -> None:
    method = _one(info, "ds:CanonicalizationMethod")
    if method.get("Algorithm") != EXCLUSIVE_C14N or _one(info, "ds:SignatureMethod").get("Algorithm") != RSA_SHA256:
        raise HeaderFault("the algorithms are not exclusive canonicalisation and RSA with SHA-256")
    key = certificate.public_key()
    value = _bytes(_one(signature, "ds:SignatureValue"))
    try:
        if not isinstance(key, RSAPublicKey):
            raise InvalidSignature
        key.verify(value, _canonical(info, method), padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        raise HeaderFault("the signature value does not verify") from None


def _canonical(element: Any, method: Any) -> bytes:
    inclusive = method.find("ec:InclusiveNamespaces", _NS)
    prefixes = None if inclusive is None else (inclusive.get("PrefixList") or "").split()
    canonical: bytes = etree.tostring(element, method="c14n", exclusive=True, inclusive_ns_prefixes=prefixes)
    return canonical
