"""A key or certificate cannot be used to sign."""

from __future__ import annotations

from .base import TYPE_CHECKING, DianFeError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class KeyMaterialError(DianFeError, ValueError):
    """A key or certificate that cannot be used."""


class WrongPassword(KeyMaterialError):
    """The password does not open the file, or the PIN the token."""


class NotAKeyStore(KeyMaterialError):
    """The file is not a PKCS#12 or PEM container, nor a PKCS#11 module."""


class LegacyKeyStore(KeyMaterialError):
    """The .p12 is sealed with ciphers that current OpenSSL refuses."""


class MissingPrivateKey(KeyMaterialError):
    """The container or token holds no private key, or none of that name."""


class KeyDoesNotMatch(KeyMaterialError):
    """No certificate of the container belongs to the private key."""


class NotForSigning(KeyMaterialError):
    """The certificates of the private key are for other uses, such as encryption."""


class WeakKey(KeyMaterialError):
    """The key is not RSA of at least 2048 bits."""


class TokenNotFound(KeyMaterialError):
    """No PKCS#11 token of that label or serial is there, or it was taken out."""


class PinLocked(KeyMaterialError):
    """The token is locked after too many wrong PINs, even for the right one."""


class AmbiguousKey(KeyMaterialError):
    """Several tokens or keys match; none is chosen silently."""


class CertificateExpired(KeyMaterialError):
    """The certificate was no longer valid at the signing time."""


class CertificateNotYetValid(KeyMaterialError):
    """The certificate was not valid yet at the signing time."""


class WrongCertificateOwner(KeyMaterialError):
    """The certificate belongs to another NIT."""


class SigningError(DianFeError):
    """The signer failed, or its value is not a signature of the bytes given to it."""


class WrongSigningDate(SigningError):
    """The signing day is not the day of issue, which DIAN rejects since 2026.

    ``code`` is that of the rule of its kind of document (FAD09e, CAD09e…), and ``faults`` holds it as a finding.
    """

    def __init__(self, message: str, *, faults: Sequence[Any] = (), **details: Any) -> None:
        super().__init__(message, **details)
        self.faults = tuple(faults)
        if self.faults:
            self.__dict__["code"] = self.faults[0].code
