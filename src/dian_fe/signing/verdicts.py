"""What verification says: cryptography, dates, trust and profile, each on its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ..errors import SignatureInvalid
from ..faults import Fault, Severity
from .certificates import CertificateInfo


def fault(
    code: str,
    message: str,
    *,
    xpath: str = "//ds:Signature",
    notify: bool = False,
    hint: str = "",
    found: str | None = None,
    expected: str | None = None,
) -> Fault:
    """Make a finding about a signature: one that DIAN would refuse unless ``notify``."""
    return Fault(
        code=code,
        severity=Severity.NOTIFICACION if notify else Severity.RECHAZO,
        message=message,
        xpath=xpath,
        hint=hint,
        expected=expected,
        found=found,
        source="signature",
    )


class Part(StrEnum):
    """What a signature protects, its value, and its form."""

    DOCUMENT = "document"
    KEY_INFO = "key_info"
    SIGNED_PROPERTIES = "signed_properties"
    SIGNATURE_VALUE = "signature_value"
    STRUCTURE = "structure"
    """The elements themselves: missing, repeated or out of order."""


class Cause(StrEnum):
    """Why a signature fails, told only when it is proven: with the fault undone, the digests are right."""

    DETACHED_DIGEST = "detached_digest"
    """Digested as a detached node, without the namespaces that inclusive C14N takes from the root."""
    INDENTED_AFTER_SIGNING = "indented_after_signing"
    """Blanks between the tags were added after signing."""
    DOUBLE_ESCAPED_AMPERSAND = "double_escaped_ampersand"
    """``&amp;amp;`` where the signed document had ``&amp;``: damaged when it was put inside another."""
    EXTENSION_ADDED_LATER = "extension_added_later"
    """Digested before the extension that holds the signature was there."""
    SEVERAL_SIGNATURES = "several_signatures"
    """There is more than one signature, so it is not clear what is signed by whom."""


@dataclass(frozen=True, slots=True)
class ReferenceVerdict:
    """One ``ds:Reference``. ``part`` is a `Part`, or the URI when it is something else."""

    part: str
    uri: str
    valid: bool
    digest_method: str | None = None
    problem: str | None = None
    """In Spanish, when it is not valid."""

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON form."""
        return {"part": str(self.part), "uri": self.uri, "valid": self.valid, "problem": self.problem}


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """The cryptography alone (XMLDSig core validation), and that the whole document is covered."""

    present: bool
    valid: bool | None
    """None when there is no signature."""
    references: tuple[ReferenceVerdict, ...] = ()
    failing: tuple[str, ...] = ()
    """Parts that do not hold (`Part`), or other URIs."""
    weak: tuple[str, ...] = ()
    """Algorithms (URI) that verify but can be forged: SHA-1."""
    cause: Cause | None = None
    certificate: CertificateInfo | None = None
    certificate_der: bytes | None = field(default=None, repr=False)
    faults: tuple[Fault, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON form."""
        return {
            "present": self.present,
            "valid": self.valid,
            "failing": [str(part) for part in self.failing],
            "cause": self.cause.value if self.cause else None,
            "references": [reference.as_dict() for reference in self.references],
            "weak": list(self.weak),
            "certificate": self.certificate.as_dict() if self.certificate else None,
            "faults": [found.as_dict() for found in self.faults],
        }


@dataclass(frozen=True, slots=True)
class DatesVerdict:
    """Whether the certificate was in force when it signed. None: there is no signing time or certificate to judge."""

    signing_time: datetime | None = None
    valid: bool | None = None
    faults: tuple[Fault, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON form."""
        return {
            "signing_time": self.signing_time.isoformat() if self.signing_time else None,
            "valid": self.valid,
            "faults": [found.as_dict() for found in self.faults],
        }


@dataclass(frozen=True, slots=True)
class TrustVerdict:
    """Whether a path leads to a trusted anchor, and whether it was revoked. None: not asked, or not known."""

    trusted: bool | None = None
    revoked: bool | None = None
    path: tuple[CertificateInfo, ...] = ()
    faults: tuple[Fault, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON form."""
        return {
            "trusted": self.trusted,
            "revoked": self.revoked,
            "path": [info.as_dict() for info in self.path],
            "faults": [found.as_dict() for found in self.faults],
        }


@dataclass(frozen=True, slots=True)
class Verification:
    """Everything found about a document's signature."""

    signature: SignatureVerdict
    dates: DatesVerdict = DatesVerdict()
    trust: TrustVerdict = TrustVerdict()
    profile: tuple[Fault, ...] = ()
    """Faults of DIAN's XAdES-EPES profile."""
    role: str | None = None
    """``xades:ClaimedRole`` as written."""

    @property
    def signing_time(self) -> datetime | None:
        """``xades:SigningTime``, aware, in the zone in which it was written."""
        return self.dates.signing_time

    @property
    def certificate(self) -> CertificateInfo | None:
        """The signing certificate."""
        return self.signature.certificate

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Every finding: cryptography, dates, trust, profile."""
        return tuple(self._all())

    def _all(self) -> Iterator[Fault]:
        yield from self.signature.faults
        yield from self.dates.faults
        yield from self.trust.faults
        yield from self.profile

    @property
    def valid(self) -> bool:
        """The signature holds and nothing found would make DIAN refuse it. Trust counts if it was asked."""
        return self.signature.valid is True and not any(found.rejects for found in self._all())

    def raise_for_invalid(self) -> Verification:
        """Raise ``SignatureInvalid``, naming the first thing that is wrong; otherwise give itself."""
        if self.valid:
            return self
        worst = next(found for found in self._all() if found.rejects)
        raise SignatureInvalid(
            f"La firma no es válida ({worst.code}): {worst.message}",
            field=worst.xpath,
            found=worst.found,
            expected=worst.expected,
            remedy=worst.hint or "pida al emisor el documento original.",
        )

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON form used by the command line."""
        return {
            "valid": self.valid,
            "signature": self.signature.as_dict(),
            "dates": self.dates.as_dict(),
            "trust": self.trust.as_dict(),
            "profile": [found.as_dict() for found in self.profile],
        }
