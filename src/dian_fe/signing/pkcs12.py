"""Keys from a PKCS#12 file (.p12, .pfx), the form in which Colombian authorities deliver them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_der_private_key, pkcs12

from .._arguments import checked
from .._masks import refuse_mask
from ..errors import AmbiguousKey, LegacyKeyStore, NotAKeyStore, WrongPassword
from .certificates import read_source
from .distinguished_names import der_values
from .signer import KeySigner

_PFX_VERSION: Final = b"\x02\x01\x03"
"""INTEGER 3, the first member of a PFX (RFC 7292, section 4)."""
_RC2: Final = (bytes.fromhex("060a2a864886f70d010c0105"), bytes.fromhex("060a2a864886f70d010c0106"))
"""pbeWithSHAAnd128BitRC2-CBC and pbeWithSHAAnd40BitRC2-CBC (RFC 7292, appendix C), as DER object identifiers."""

_DATA: Final = bytes.fromhex("06092a864886f70d010701")
"""The DER object identifier of a ContentInfo that is not encrypted (RFC 5652, section 4)."""
_KEY_BAG, _SHROUDED, _NESTED = (bytes.fromhex(f"2a864886f70d010c0a01{last}") for last in ("01", "02", "06"))
"""Bags with an unencrypted key, a key encrypted by itself, other bags (RFC 7292, appendix D)."""


@checked
class Pkcs12Signer(KeySigner):
    """A key loaded from a PKCS#12 file."""

    __slots__ = ()

    @classmethod
    def load(
        cls, source: Path | str | bytes, password: str | bytes | None = None, *, at: datetime | None = None
    ) -> Pkcs12Signer:
        """Open a .p12 given as path or as bytes.

        The certificate that matches the key is chosen wherever it is in the file; the others make the chain. Of several
        keys or certificates the one for signing is chosen, in force at ``at`` (aware) where it is given, that ends
        last: `KeySigner`. Raises ``NotAKeyStore``, ``WrongPassword``, ``LegacyKeyStore``, ``MissingPrivateKey``,
        ``KeyDoesNotMatch``, ``NotForSigning``, ``AmbiguousKey``, ``WeakKey``, ``NaiveDatetime``. Dates are checked when
        signing (``check``), since a signer may outlive its certificate.
        """
        refuse_mask(password, "password", "la contraseña de la firma")
        data = read_source(source)
        _check_form(data)
        secret = password.encode() if isinstance(password, str) else password
        try:
            key, first, others = pkcs12.load_key_and_certificates(data, secret)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise _refusal(data, str(error)) from None
        several = _several_keys(data, secret)
        return cls(several or key, [first, *others] if first else others, at=at)


def _several_keys(data: bytes, password: bytes | None) -> list[PrivateKeyTypes]:
    """Return the keys when there are several, of which ``cryptography`` returns only one (RFC 7292, section 4.2)."""
    bags = list(_key_bags(data))
    if len(bags) < 2:
        return []
    try:
        return [load_der_private_key(bag, password if shrouded else None) for shrouded, bag in bags]
    except (ValueError, TypeError, UnsupportedAlgorithm):  # the one that does not open may be the one that signs
        raise AmbiguousKey.of("signing.several_keys", field="source", count=len(bags)) from None


def _key_bags(data: bytes) -> Iterator[tuple[bool, bytes]]:
    """Yield the key bags: whether each is encrypted separately, and its PKCS#8. None are yielded for BER, not DER."""
    try:
        pfx = next(der_values(data))[1]
        (_, _, _), (_, safe, _), *_ = der_values(pfx)
        infos = [info for info in _inside(_octets(safe)) if info.startswith(_DATA)]
        waiting = [bag for info in infos for bag in _inside(_octets(info))]
        for bag in waiting:
            (_, kind, _), (_, value, _), *_ = der_values(bag)
            if kind in (_KEY_BAG, _SHROUDED):
                yield kind == _SHROUDED, value
            elif kind == _NESTED:
                waiting += _inside(value)
    except (IndexError, StopIteration, ValueError):
        return


def _octets(info: bytes) -> bytes:
    """Return the octets in a ContentInfo of type data."""
    (_, _, _), (_, content, _) = der_values(info)
    return next(der_values(content))[1]


def _inside(sequence: bytes) -> list[bytes]:
    """Return the contents of the members of a SEQUENCE."""
    return [member for _, member, _ in der_values(next(der_values(sequence))[1])]


def _check_form(data: bytes) -> None:
    head = data[:16]
    offset = 2 + (head[1] & 0x7F if len(head) > 1 and head[1] & 0x80 else 0)
    if head[:1] == b"\x30" and head[offset : offset + 3] == _PFX_VERSION:
        return
    if b"-----BEGIN" in data:
        raise NotAKeyStore.of("signing.pem_as_pkcs12", field="source")
    raise NotAKeyStore.of("signing.not_pkcs12", field="source", count=len(data))


def _refusal(data: bytes, reason: str) -> WrongPassword | NotAKeyStore | LegacyKeyStore:
    if any(oid in data for oid in _RC2) and not _opens_rc2():
        return LegacyKeyStore.of("signing.legacy_key_store", field="source")
    if "password" in reason.lower():
        return WrongPassword.of("signing.wrong_store_password", field="password")
    return NotAKeyStore.of("signing.damaged_store", field="source", count=len(data))


def _opens_rc2() -> bool:
    """True if OpenSSL's legacy provider is there; RC2 is the only cipher of old files that needs it."""
    from cryptography.hazmat.decrepit.ciphers.algorithms import RC2
    from cryptography.hazmat.primitives.ciphers import Cipher, modes

    try:
        Cipher(RC2(bytes(16)), modes.CBC(bytes(8))).encryptor()
    except UnsupportedAlgorithm:
        return False
    return True
