"""Who signed: a verdict beside those on cryptography, dates, trust and profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from .._arguments import checked
from .._shown import shown
from .._viewed import Viewed
from ..faults import Fault

if TYPE_CHECKING:
    from cryptography import x509


class SignedAs(StrEnum):
    """What the signer is to the document."""

    ISSUER = "issuer"
    """Who issues it: the supplier, the sender of an event, who sends a container or issued what is inside."""
    PROVIDER = "provider"
    """Another NIT, which the caller's ``providers`` trusts, or which the document names as its provider."""
    DIAN = "dian"
    """DIAN, which signs its answers."""
    STRANGER = "stranger"
    """None of these, or a certificate without a NIT."""

    @property
    def label(self) -> str:
        """In Spanish."""
        return {"issuer": "el emisor", "provider": "un proveedor", "dian": "la DIAN", "stranger": "un tercero"}[self]


@checked
@dataclass(frozen=True, slots=True)
class SignedBy(Viewed):
    """The owner of the certificate that made a sound signature.

    Whether the certificate can be believed is said by ``Verification.trust``, whether its owner may sign by
    ``OwnerVerdict.accepted``.
    """

    nit: str | None
    """NIT without check digit; None when no identifier of the subject reads as one."""
    name: str
    """The organisation's name in the certificate, or its common name."""
    role: SignedAs
    subject: str
    """The certificate's subject (RFC 4514)."""
    found_in: str | None
    """The attribute that carries the NIT: ``serialNumber (2.5.4.5)``."""
    fingerprint: str
    """SHA-256 of the certificate, in hexadecimal."""

    def __str__(self) -> str:
        """Return NIT and name, on one line."""
        return shown(f"{f'NIT {self.nit}' if self.nit else 'sin NIT'} ({self.name})")

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {**asdict(self), "role": self.role.value}


@checked
@dataclass(frozen=True, slots=True)
class OwnerVerdict(Viewed):
    """Whether who signed may sign. ``accepted`` is None when it was not judged whose certificate it must be."""

    signed_by: SignedBy | None = None
    """None when the signature does not hold: then it says nothing of whoever the certificate names."""
    accepted: bool | None = None
    named_provider: str | None = None
    """NIT that the document gives as its technology provider. It proves nothing: whoever writes a document names it."""
    faults: tuple[Fault, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "accepted": self.accepted,
            "signed_by": None if self.signed_by is None else self.signed_by.as_dict(),
            "named_provider": self.named_provider,
            "faults": [found.as_dict() for found in self.faults],
        }


def owner_name(certificate: x509.Certificate) -> str:
    """Return the organisation that a certificate names, else its common name, else the whole subject."""
    from cryptography.x509.oid import NameOID

    texts: Iterator[Any] = (
        attribute.value
        for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
        for attribute in certificate.subject.get_attributes_for_oid(oid)
    )
    return next((text.strip() for text in texts if isinstance(text, str) and text.strip()), None) or (
        certificate.subject.rfc4514_string()
    )
