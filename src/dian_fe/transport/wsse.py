"""The WS-Security header that DIAN asks for: an X.509 token, a timestamp and a signature of ``wsa:To``.

Like the documents, the header is written as the text that exclusive canonicalisation would give, so that digests and
signature are those of what was written: one SHA-256 for each part and one RSA signature, no XML library.
Sources: OASIS WS-Security 1.0 and X.509 Token Profile 1.0, XMLDSig, the policy in DIAN's WSDL.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from hashlib import sha1, sha256
from typing import Final

from .._arguments import checked
from ..errors import InvalidInput
from ..signing.algorithms import DS, EXCLUSIVE_C14N, RSA_SHA256, SHA256
from ..signing.certificates import der
from ..signing.signer import Signer
from ..ubl.codecs import text

_OASIS: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE: Final = f"{_OASIS}wssecurity-secext-1.0.xsd"
WSU: Final = f"{_OASIS}wssecurity-utility-1.0.xsd"
WSA: Final = "http://www.w3.org/2005/08/addressing"
SOAP: Final = "http://www.w3.org/2003/05/soap-envelope"
BASE64: Final = f"{_OASIS}soap-message-security-1.0#Base64Binary"
X509V3: Final = f"{_OASIS}x509-token-profile-1.0#X509v3"
THUMBPRINT: Final = "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1"

_LONGEST_LIFE: Final = timedelta(days=1)


class KeyReference(StrEnum):
    """How ds:KeyInfo names the certificate."""

    DIRECT = "direct"
    """By the token's Id: what working clients do."""
    THUMBPRINT = "thumbprint"
    """By its SHA-1 thumbprint, as the WSDL's policy says; reported to be refused by the live service."""


@checked
@dataclass(frozen=True, slots=True)
class SecurityOptions:
    """Variants of the header. The defaults are what most working clients send.

    ``ttl``: life of the timestamp. ``sign_timestamp``: whether it is signed besides ``wsa:To``. ``to_prefixes`` and
    ``signed_info_prefixes``: InclusiveNamespaces of the exclusive canonicalisation; empty for none. ``milliseconds``:
    whether times carry them. ``must_understand``: the header's SOAP attribute.
    """

    ttl: timedelta = timedelta(seconds=300)
    sign_timestamp: bool = False
    key_reference: KeyReference = KeyReference.DIRECT
    to_prefixes: tuple[str, ...] = ("soap", "wcf")
    signed_info_prefixes: tuple[str, ...] = ("wsa", "soap", "wcf")
    milliseconds: bool = True
    must_understand: bool = False

    def __post_init__(self) -> None:
        """Refuse a life that no server would take, and prefixes that the envelope does not have."""
        if not timedelta(0) < self.ttl <= _LONGEST_LIFE:
            raise InvalidInput.of("transport.life_of_timestamp", field="ttl", found=self.ttl)
        unknown = {*self.to_prefixes, *self.signed_info_prefixes} - _NAMESPACES.keys()
        if unknown:
            raise InvalidInput.of(
                "transport.unknown_prefix",
                field="prefixes",
                found=", ".join(sorted(unknown)),
                expected=", ".join(_NAMESPACES),
            )


_NAMESPACES: Final = {"soap": SOAP, "wcf": "http://wcf.dian.colombia", "wsa": WSA, "wsse": WSSE, "wsu": WSU}
"""Prefixes in scope where something is signed; the envelope declares them."""


@dataclass(frozen=True, slots=True)
class Header:
    """The two header blocks about the signature, ready for an envelope that declares ``_NAMESPACES``."""

    security: str
    to: str


class Sealer:
    """Makes security headers for one signer: what does not change between messages is written once."""

    def __init__(self, signer: Signer, options: SecurityOptions | None = None) -> None:
        """Store signer and options; nothing is computed before the first message."""
        self._signer = signer
        self.options = options or SecurityOptions()

    def __repr__(self) -> str:
        """Show the signer's public data only."""
        return f"Sealer({self._signer!r})"

    @cached_property
    def _token(self) -> str:
        return b64encode(der(self._signer.certificate_chain[0])).decode()

    @cached_property
    def _signed_info_start(self) -> str:
        prefixes = self.options.signed_info_prefixes
        return (
            f'<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE_C14N}">{_inclusive(prefixes)}'
            "</ds:CanonicalizationMethod>"
            f'<ds:SignatureMethod Algorithm="{RSA_SHA256}"></ds:SignatureMethod>'
        )

    @cached_property
    def _transforms(self) -> str:
        return (
            f'<ds:Transforms><ds:Transform Algorithm="{EXCLUSIVE_C14N}">{_inclusive(self.options.to_prefixes)}'
            f'</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="{SHA256}"></ds:DigestMethod>'
        )

    def seal(self, to: str, *, at: datetime, nonce: str) -> Header:
        """Make the header of one message to ``to``, at the moment ``at`` (aware).

        ``nonce`` is an XML name part, unique for each message: it enters the Ids, hence the signed bytes, so that no
        two messages carry the same signature. Raises ``SigningError``.
        """
        options = self.options
        created, expires = (self._time(moment) for moment in (at, at + options.ttl))
        timestamp = f"<wsu:Created>{created}</wsu:Created><wsu:Expires>{expires}</wsu:Expires></wsu:Timestamp>"
        address = f"{text(to)}</wsa:To>"
        scope = _declared({"wsa", "wsu"}, options.to_prefixes)
        references = self._reference(f"To-{nonce}", f'<wsa:To{scope} wsu:Id="To-{nonce}">{address}')
        if options.sign_timestamp:
            scope = _declared({"wsu"}, options.to_prefixes)
            references += self._reference(f"TS-{nonce}", f'<wsu:Timestamp{scope} wsu:Id="TS-{nonce}">{timestamp}')
        signed_info = f"{self._signed_info_start}{references}</ds:SignedInfo>"
        scope = _declared({"ds"}, options.signed_info_prefixes)
        value = self._signer.sign(f"<ds:SignedInfo{scope}>{signed_info}".encode())
        understand = ' soap:mustUnderstand="1"' if options.must_understand else ""
        security = (
            f"<wsse:Security{understand}>"
            f'<wsu:Timestamp wsu:Id="TS-{nonce}">{timestamp}'
            f'<wsse:BinarySecurityToken EncodingType="{BASE64}" ValueType="{X509V3}" wsu:Id="X509-{nonce}">'
            f"{self._token}</wsse:BinarySecurityToken>"
            f'<ds:Signature xmlns:ds="{DS}" Id="SIG-{nonce}"><ds:SignedInfo>{signed_info}'
            f"<ds:SignatureValue>{b64encode(value).decode()}</ds:SignatureValue>"
            f"<ds:KeyInfo><wsse:SecurityTokenReference>{self._key_reference(nonce)}</wsse:SecurityTokenReference>"
            "</ds:KeyInfo></ds:Signature></wsse:Security>"
        )
        return Header(security, f'<wsa:To wsu:Id="To-{nonce}">{address}')

    def _reference(self, identifier: str, canonical: str) -> str:
        digest = b64encode(sha256(canonical.encode()).digest()).decode()
        return (
            f'<ds:Reference URI="#{identifier}">{self._transforms}<ds:DigestValue>{digest}</ds:DigestValue>'
            "</ds:Reference>"
        )

    def _key_reference(self, nonce: str) -> str:
        if self.options.key_reference is KeyReference.DIRECT:
            return f'<wsse:Reference URI="#X509-{nonce}" ValueType="{X509V3}"></wsse:Reference>'
        digest = sha1(der(self._signer.certificate_chain[0]), usedforsecurity=False).digest()
        thumbprint = b64encode(digest).decode()
        return f'<wsse:KeyIdentifier EncodingType="{BASE64}" ValueType="{THUMBPRINT}">{thumbprint}</wsse:KeyIdentifier>'

    def _time(self, moment: datetime) -> str:
        precision = "milliseconds" if self.options.milliseconds else "seconds"
        return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=precision)}Z"


def declarations() -> str:
    """Return the namespace declarations that the envelope must carry."""
    return "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())


def _declared(used: set[str], inclusive: Iterable[str]) -> str:
    """Return the declarations that exclusive canonicalisation renders at the apex: those used and those listed."""
    namespaces = {**_NAMESPACES, "ds": DS}
    return "".join(f' xmlns:{prefix}="{namespaces[prefix]}"' for prefix in sorted({*used, *inclusive}))


def _inclusive(prefixes: tuple[str, ...]) -> str:
    if not prefixes:
        return ""
    return (
        f'<ec:InclusiveNamespaces xmlns:ec="{EXCLUSIVE_C14N}" PrefixList="{" ".join(prefixes)}">'
        "</ec:InclusiveNamespaces>"
    )
