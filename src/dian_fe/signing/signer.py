"""Signers: the protocol, a key in memory, and a remote key."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NoReturn, Protocol, Self, runtime_checkable

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256

from .._arguments import checked
from ..errors import MissingPrivateKey, SigningError
from ..faults import Fault
from .certificates import CertificateInfo, check_dates, check_owner, check_readable, order_chain, rsa_key
from .choosing import choose

_PADDING, _HASH = PKCS1v15(), SHA256()


@runtime_checkable
class Signer(Protocol):
    """Anything that signs bytes: a key in memory, a token, an HSM, a remote service.

    ``certificate_chain`` goes from the signing certificate to the root, as far as it is known. ``sign`` returns the RSA
    PKCS#1 v1.5 signature with SHA-256 of the bytes themselves, not of a digest of them.
    """

    @property
    def certificate_chain(self) -> Sequence[x509.Certificate]:
        """Signing certificate first."""

    def sign(self, data: bytes) -> bytes:
        """Sign ``data``; the result is as long as the key's modulus."""


class CheckedSigner(ABC):
    """Base of the library's signers: a chain with date and owner checks, and verified signature values.

    Never shows a key or password, and is not pickled: pass the file to the other process and load it there.
    """

    __slots__ = ("_chain", "_info", "_public_key", "rendered")

    rendered: dict[Any, Any]
    """Cache of ``xades`` for the constant parts of this signer's signatures."""

    def __init__(self, certificate_chain: Sequence[x509.Certificate]) -> None:
        """Store the chain, signing certificate first; raises ``WeakKey``, and ``NotAKeyStore`` for unreadable names."""
        self._chain = tuple(certificate_chain)
        check_readable(self._chain[0])
        self._public_key = rsa_key(self._chain[0])
        self._info = CertificateInfo.of(self._chain[0])
        self.rendered = {}

    @property
    def certificate_chain(self) -> tuple[x509.Certificate, ...]:
        """Signing certificate first, then its issuers, as far as known."""
        return self._chain

    @property
    def certificate(self) -> x509.Certificate:
        """The signing certificate."""
        return self._chain[0]

    @property
    def info(self) -> CertificateInfo:
        """Subject, issuer, serial, NIT and dates of the signing certificate."""
        return self._info

    @property
    def nit(self) -> str | None:
        """NIT of the certificate's owner, if one is found (see ``certificate_nit``)."""
        return self._info.nit

    def check(self, at: datetime, *, nit: str | None = None) -> Fault | None:
        """Check before the first use that the certificate is in force at ``at`` and belongs to ``nit``.

        Raises ``CertificateExpired``, ``CertificateNotYetValid``, ``WrongCertificateOwner``, ``NaiveDatetime``; returns
        a finding when the certificate names no NIT.
        """
        check_dates(self._info, at)
        return None if nit is None else check_owner(self._chain[0], nit)

    @abstractmethod
    def sign(self, data: bytes) -> bytes:
        """Sign ``data``: RSA PKCS#1 v1.5 with SHA-256 (RFC 8017, section 8.2)."""

    def __repr__(self) -> str:
        """Show the certificate's public data only."""
        info = self._info
        return (
            f"{type(self).__name__}(subject={info.subject!r}, nit={info.nit!r}, serial={info.serial!r}, "
            f"not_before={info.not_before.isoformat()!r}, not_after={info.not_after.isoformat()!r})"
        )

    def __copy__(self) -> Self:
        """Return the signer itself, as signers do not change."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return the signer itself, as signers do not change."""
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse pickling, which would write the private key in plain text."""
        raise TypeError(
            f"{type(self).__name__} no se serializa: llevaría la llave privada. "
            "Qué hacer: pase la ruta del archivo al otro proceso y cárguelo allí."
        )


@checked
class KeySigner(CheckedSigner):
    """A private key in memory with its certificate. Loaded by ``Pkcs12Signer`` and ``PemSigner``.

    ``certificates`` are in any order: the one that belongs to the key becomes the signing certificate, the others its
    chain. ``key`` may be several keys, as some files have. Of several matches, the one for signing is chosen (key
    usage), in force at ``at`` where it is given, that ends last. Raises ``MissingPrivateKey``,
    ``KeyDoesNotMatch``, ``NotForSigning``, ``AmbiguousKey``, ``WeakKey``, ``NotAKeyStore`` (unreadable names),
    ``NaiveDatetime``. Safe to use from many threads.
    """

    __slots__ = ("__key",)

    def __init__(
        self,
        key: PrivateKeyTypes | Sequence[PrivateKeyTypes] | None,
        certificates: Iterable[x509.Certificate],
        *,
        at: datetime | None = None,
    ) -> None:
        """Find the key's certificate and order the chain."""
        bag = tuple(certificates)
        keys: Sequence[Any] = key if isinstance(key, Sequence) else [] if key is None else [key]
        if not keys:
            raise MissingPrivateKey.of("signing.no_key", field="key", count=len(bag))
        place, leaf = choose([each.public_key() for each in keys], bag, at)
        super().__init__(order_chain(leaf, bag))
        # rsa_key() of the matching certificate has refused other kinds than RSA.
        self.__key: Any = keys[place]

    def sign(self, data: bytes) -> bytes:
        """Sign ``data``: RSA PKCS#1 v1.5 with SHA-256 (RFC 8017, section 8.2)."""
        value: bytes = self.__key.sign(data, _PADDING, _HASH)
        return value


@checked
class CallableSigner(CheckedSigner):
    """A remote key (KMS, HSM, remote service): ``function(data) -> signature``.

    ``certificate_chain`` has the signing certificate first. The function gets the bytes to sign, not their digest,
    and must return the RSA PKCS#1 v1.5 SHA-256 signature; each value is verified with the certificate before it is
    used; a failure or a wrong value raises ``SigningError``.
    """

    __slots__ = ("__function",)

    def __init__(self, certificate_chain: Sequence[x509.Certificate], function: Callable[[bytes], bytes]) -> None:
        """Store the chain and the function; nothing is called yet."""
        super().__init__(certificate_chain)
        self.__function = function

    def sign(self, data: bytes) -> bytes:
        """Have ``data`` signed and verify the value; raises ``SigningError``."""
        try:
            value: object = self.__function(data)
        except Exception as error:
            raise SigningError.of("signing.external_failure", field="signer", found=type(error).__name__) from error
        return check_value(self._public_key, value, data)


def check_value(key: RSAPublicKey, value: object, data: bytes) -> bytes:
    """Return ``value`` if it is the RSA-SHA256 signature of ``data`` by ``key``; raises ``SigningError`` if not."""
    found = f"un valor de tipo {type(value).__name__}"
    if isinstance(value, bytes | bytearray | memoryview):
        value = bytes(value)
        found = f"{len(value)} bytes que no verifican"
        with suppress(InvalidSignature):
            key.verify(value, data, _PADDING, _HASH)
            return value
    raise SigningError.of("signing.wrong_value", field="signature_value", found=found, size=key.key_size // 8)
