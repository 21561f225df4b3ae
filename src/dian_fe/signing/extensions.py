"""Extensions of certificates, read one by one, so that an unreadable one does not hide the others.

``cryptography`` reads all extensions or none. Of the certificates that sign accepted documents one in eight has a
policy text with characters that its string type does not allow; its key usage must still be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID as Purpose

from .certificates import der
from .distinguished_names import der_values, dotted

E = TypeVar("E", bound=x509.ExtensionType)

UNREADABLE_EXTENSIONS: Final = (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)
"""Exceptions of reading extensions that are malformed, repeated, or have unknown kinds of names."""
_EXTENSIONS: Final = 0xA3


@dataclass(frozen=True, slots=True)
class Extensions:
    """The readable extensions of a certificate, and OID and criticality of the unreadable ones."""

    found: tuple[x509.Extension[Any], ...]
    unreadable: tuple[tuple[str, bool], ...] = ()


def extensions_of(certificate: x509.Certificate) -> Extensions:
    """Return the extensions, each read by itself where they cannot be read together."""
    try:
        return Extensions(tuple(certificate.extensions))
    except UNREADABLE_EXTENSIONS:
        return _one_by_one(certificate)


def extension(certificate: x509.Certificate, kind: type[E]) -> E | None:
    """Return one extension; None when it is absent or unreadable."""
    return next((item.value for item in extensions_of(certificate).found if isinstance(item.value, kind)), None)


def _one_by_one(certificate: x509.Certificate) -> Extensions:
    found: list[x509.Extension[Any]] = []
    unreadable: list[tuple[str, bool]] = []
    try:
        (_, whole, _), *rest = der_values(next(der_values(der(certificate)))[1])
        parts = list(der_values(whole))
        written = next((inside for tag, inside, _ in parts if tag == _EXTENSIONS), b"")
        each = list(der_values(next(der_values(written))[1])) if written else []
    except (IndexError, StopIteration, ValueError):
        return Extensions((), (("?", False),))
    others = b"".join(part for tag, _, part in parts if tag != _EXTENSIONS)
    end = b"".join(part for _, _, part in rest)
    for _, inside, single in each:
        alone = _tlv(0x30, _tlv(0x30, others + _tlv(_EXTENSIONS, _tlv(0x30, single))) + end)
        try:
            found.extend(x509.load_der_x509_certificate(alone).extensions)
        except UNREADABLE_EXTENSIONS:
            unreadable.append(_identity(inside))
    return Extensions(tuple(found), tuple(unreadable))


def _identity(inside: bytes) -> tuple[str, bool]:
    values = list(der_values(inside))
    return dotted(values[0][1]), len(values) > 2 and values[1][1] != b"\0"


def _tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def purposes(certificate: x509.Certificate) -> Iterator[frozenset[str]]:
    """Yield the OIDs of each extended key usage that a certificate has; more than one is not allowed, but occurs."""
    for item in extensions_of(certificate).found:
        if isinstance(item.value, x509.ExtendedKeyUsage):
            yield frozenset(each.dotted_string for each in item.value)


_OTHERS = (Purpose.SERVER_AUTH, Purpose.OCSP_SIGNING, Purpose.TIME_STAMPING, Purpose.CODE_SIGNING)
_NOT_DOCUMENTS: Final = frozenset(oid.dotted_string for oid in _OTHERS)
"""Purposes that alone do not allow signing documents.

Of 72 certificates that sign accepted documents 57 have clientAuth and emailProtection, 13 of them serverAuth too, and 6
no purposes; none is serverAuth or OCSP alone.
"""


def for_other_purposes(certificate: x509.Certificate) -> bool:
    """True if an extended key usage has only purposes that do not allow signing documents."""
    return any(each <= _NOT_DOCUMENTS for each in purposes(certificate))


def signs_documents(certificate: x509.Certificate) -> bool:
    """True if a certificate's key usage, if any, allows signing, and no extended usage excludes it."""
    usages = [item.value for item in extensions_of(certificate).found if isinstance(item.value, x509.KeyUsage)]
    signs = all(usage.digital_signature or usage.content_commitment for usage in usages)
    return signs and not for_other_purposes(certificate)
