"""What verification returns: verdicts on cryptography, dates, trust and owner, causes, and `Verification`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar

from .._arguments import checked
from .._labelled import Labelled
from .._shown import shown
from .._viewed import Viewed
from ..errors import SignatureInvalid
from ..faults import Fault
from ..rules.coded_faults import coded_fault
from ..signing.certificates import CertificateInfo

fault = partial(coded_fault, source="signature", xpath="//ds:Signature")
"""Makes a finding about a signature, in the words of its code: one that DIAN would refuse unless ``notify``."""
finding = partial(coded_fault, source="verify")
"""Makes a finding of examining, in the words of its code: one that makes the part invalid unless ``notify``."""


class Part(StrEnum):
    """What a signature protects, its value, and its form."""

    DOCUMENT = "document"
    KEY_INFO = "key_info"
    SIGNED_PROPERTIES = "signed_properties"
    SIGNATURE_VALUE = "signature_value"
    STRUCTURE = "structure"
    """The elements themselves: missing, repeated or out of order."""


class Cause(StrEnum):
    """Why a signature fails, or may be refused. ``dian_fe.explain(cause)`` describes it in Spanish, with a remedy.

    Reported only when it is proven: with the fault undone, digest or value is right. What cannot be undone (`EDITED`,
    `SIGNED_INFO_CHANGED`, `OTHER_KEY`, `VALUE_DAMAGED`) is reported when the rest of the signature proves it.
    """

    # The document was changed after signing
    INDENTED_AFTER_SIGNING = "indented_after_signing"
    """Whitespace between the tags was added or changed."""
    BLANKS_REMOVED = "blanks_removed"
    """The usual indentation was taken away: the document was minified."""
    VALUES_PADDED = "values_padded"
    """Spaces or line breaks at the ends of the values."""
    NEWLINES_CHANGED = "newlines_changed"
    """Carriage returns that XML keeps (``&#13;``) were added or lost."""
    BYTE_ORDER_MARK = "byte_order_mark"
    """U+FEFF inside the document; at its beginning it changes nothing."""
    REENCODED = "reencoded"
    """Read in one encoding and written in another, so that two odd letters stand for one with its accent."""
    UNICODE_NORMALIZED = "unicode_normalized"
    """Accents composed or decomposed (NFC, NFD)."""
    DOUBLE_ESCAPED_AMPERSAND = "double_escaped_ampersand"
    """``&amp;amp;`` where the signed document had ``&amp;``: damaged when it was put inside another."""
    NAMESPACE_ADDED = "namespace_added"
    """Declarations on the root that the signed document did not have, such as those of a container."""
    NAMESPACE_LOST = "namespace_lost"
    """Declarations of the root were removed, or moved to where they are used."""
    PREFIX_RENAMED = "prefix_renamed"
    """Other prefixes for the same namespaces, such as ``ns0``."""
    SCHEMA_LOCATION_CHANGED = "schema_location_changed"
    """``xsi:schemaLocation`` of the root was added, changed or removed."""
    PROCESSING_INSTRUCTION_ADDED = "processing_instruction_added"
    """A processing instruction was added, such as that of a style sheet, which C14N covers."""
    BASE64_REWRAPPED = "base64_rewrapped"
    """Line breaks inside base64 were added or removed."""
    BASE64_DAMAGED = "base64_damaged"
    """``+`` became a space, or the alphabet is that of URLs."""
    EDITED = "edited"
    """By elimination: key and signed digests are valid, but the content was edited."""

    # The signer digested or signed something else
    WRONG_CANONICALIZATION = "wrong_canonicalization"
    """Another canonicalisation than the declared one: exclusive, with comments, or 1.1."""
    DETACHED_DIGEST = "detached_digest"
    """Digested as a detached node, without the namespaces that inclusive C14N takes from the root."""
    EXTENSION_ADDED_LATER = "extension_added_later"
    """Digested before the extension that holds the signature was there."""
    SIGNATURE_DIGESTED = "signature_digested"
    """The document was digested with the signature, or a part of it, still inside."""
    RAW_BYTES_DIGESTED = "raw_bytes_digested"
    """The bytes of the file were digested, not their canonical form."""
    DIGEST_ENCODING = "digest_encoding"
    """The digest is written in hexadecimal, or as base64 of that."""
    ANOTHER_ALGORITHM = "another_algorithm"
    """Another hash or padding than the algorithm that is named."""
    SIGNED_INFO_DETACHED = "signed_info_detached"
    """SignedInfo was signed with other namespaces than those it has in its place."""
    SIGNED_INFO_NOT_CANONICAL = "signed_info_not_canonical"
    """SignedInfo was signed as written, not in canonical form."""
    DIGEST_SIGNED = "digest_signed"
    """The digest of SignedInfo was signed as if it were the data."""
    SIGNED_INFO_CHANGED = "signed_info_changed"
    """The certificate's key made the value, but over another SignedInfo."""
    OTHER_KEY = "other_key"
    """The certificate's key did not make the value."""
    VALUE_DAMAGED = "value_damaged"
    """The value is cut, or its bytes are reversed."""
    SEVERAL_SIGNATURES = "several_signatures"
    """There is more than one signature, so it is not clear what is signed by whom."""

    # The signature holds, yet others may refuse it
    POLICY_HASH = "policy_hash"
    """The policy's digest is not the official one under its algorithm."""
    ISSUER_NAME = "issuer_name"
    """``ds:X509IssuerName`` is not the issuer of the certificate, or not in the form of RFC 2253."""
    RELATIVE_NAMESPACE = "relative_namespace"
    """A relative namespace URI, which other canonicalisers refuse."""


PROFILE_CAUSES = frozenset({Cause.POLICY_HASH, Cause.ISSUER_NAME, Cause.RELATIVE_NAMESPACE})
"""Those that findings of the profile have as their code."""


class SecondOpinion(Labelled):
    """The opinion of signxml on a signature that is valid by the library's own verification."""

    AGREES = "agrees", "signxml también la da por válida"
    """It is valid."""
    DISAGREES = "disagrees", "signxml no la da por válida"
    """It is not valid, so the signature is refused."""
    NOT_ASKED = "not_asked", "no se pidió"
    """The document has a form in which lxml's canonical form, which signxml uses, is known to be wrong, or
    its signature holds thousands of elements, which would cost signxml minutes."""
    NO_OPINION = "no_opinion", "signxml no la pudo evaluar"
    """It could not judge: it does not know an algorithm, or refuses to read something."""


class RevocationVerdict(Labelled):
    """What is known of the revocation of a signature's certificates at the signing time, the least sure first."""

    NOT_ASKED = "not_asked", "no se consultó"
    """No ``revocation`` was given: a revoked certificate passes."""
    UNKNOWN = "unknown", "no se pudo saber"
    """Asked, but the sources do not know every certificate, or there is no path to ask about."""
    GOOD = "good", "no revocado"
    """None of the path was revoked."""
    REVOKED = "revoked", "revocado"
    """One was."""


class _AsDict:
    """A verdict with a JSON form: the values that ``_JSON`` names, under their names."""

    __slots__ = ()
    _JSON: ClassVar[tuple[str, ...]]

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {name: _plain(getattr(self, name)) for name in self._JSON}


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    return value.as_dict() if hasattr(value, "as_dict") else value


class SignedAs(Labelled):
    """The signer's relation to the document."""

    ISSUER = "issuer", "el emisor"
    """Who issues it: the supplier, the sender of an event, who sends a container or issued what is inside."""
    PROVIDER = "provider", "un proveedor"
    """Another NIT, which the caller's ``providers`` trusts, or which the document names as its provider."""
    DIAN = "dian", "la DIAN"
    """DIAN, which signs its answers."""
    STRANGER = "stranger", "un tercero"
    """None of these, or a certificate without a NIT."""


@checked
@dataclass(frozen=True, slots=True)
class SignedBy(Viewed, _AsDict):
    """The owner of the certificate that made a sound signature.

    ``Verification.trust`` is about whether the certificate is trusted, ``OwnerVerdict.accepted`` about whether its
    owner may sign.
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
    _JSON = ("nit", "name", "role", "subject", "found_in", "fingerprint")

    def __str__(self) -> str:
        """Return NIT and name, on one line."""
        return shown(f"{f'NIT {self.nit}' if self.nit else 'sin NIT'} ({self.name})")


@checked
@dataclass(frozen=True, slots=True)
class OwnerVerdict(Viewed, _AsDict):
    """Whether the signer may sign. ``accepted`` is None when it was not judged whose certificate it must be."""

    signed_by: SignedBy | None = None
    """None when the signature does not hold: then it proves nothing about the owner of the certificate."""
    accepted: bool | None = None
    named_provider: str | None = None
    """NIT that the document gives as its technology provider. It proves nothing: any author can write any NIT there."""
    faults: tuple[Fault, ...] = ()
    _JSON = ("accepted", "signed_by", "named_provider", "faults")


@dataclass(frozen=True, slots=True)
class ReferenceVerdict(_AsDict):
    """One ``ds:Reference``. ``part`` is a `Part`, or the URI when it is something else."""

    part: str
    uri: str
    valid: bool
    digest_method: str | None = None
    problem: str | None = None
    """In Spanish, when it is not valid."""
    _JSON = ("part", "uri", "valid", "problem")


@dataclass(frozen=True, slots=True)
class SignatureVerdict(_AsDict):
    """Only the cryptography (XMLDSig core validation), and that the whole document is covered."""

    present: bool
    valid: bool | None
    """None when there is no signature."""
    references: tuple[ReferenceVerdict, ...] = ()
    failing: tuple[str, ...] = ()
    """Parts that are not valid (`Part`), or other URIs."""
    weak: tuple[str, ...] = ()
    """Algorithms (URI) that verify but can be forged: SHA-1."""
    causes: tuple[Cause, ...] = ()
    """Why it does not hold: all that are needed together, the one that explains most first."""
    evidence: str = ""
    """In Spanish, when it does not hold: what the rest of the signature proves."""
    searched: bool = True
    """False when not every cause was looked for, since a document so large or so odd would cost too much."""
    certificate: CertificateInfo | None = None
    certificate_der: bytes | None = field(default=None, repr=False)
    faults: tuple[Fault, ...] = ()
    second_opinion: SecondOpinion | None = None
    """The opinion of signxml; None when it was switched off, or the signature is not valid anyway."""
    second_opinion_reason: str | None = None
    """In Spanish why signxml was not asked, or in its own words why it disagrees or has no opinion."""
    _JSON = (
        "present",
        "valid",
        "failing",
        "cause",
        "causes",
        "evidence",
        "searched",
        "references",
        "weak",
        "second_opinion",
        "second_opinion_reason",
        "certificate",
        "faults",
    )

    @property
    def cause(self) -> Cause | None:
        """The first of the causes, if one is known."""
        return self.causes[0] if self.causes else None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {**_AsDict.as_dict(self), "evidence": self.evidence or None}


@dataclass(frozen=True, slots=True)
class DatesVerdict(_AsDict):
    """Whether the certificate was in force when it signed. None: there is no signing time or certificate to judge."""

    signing_time: datetime | None = None
    valid: bool | None = None
    faults: tuple[Fault, ...] = ()
    _JSON = ("signing_time", "valid", "faults")


@dataclass(frozen=True, slots=True)
class TrustVerdict(_AsDict):
    """Whether a path leads to a trusted anchor, and whether it was revoked. None: not asked, or not known."""

    trusted: bool | None = None
    revoked: bool | None = None
    path: tuple[CertificateInfo, ...] = ()
    faults: tuple[Fault, ...] = ()
    asked: bool = False
    """Whether a source of revocation was asked."""
    _JSON = ("trusted", "revoked", "revocation", "path", "faults")

    @property
    def revocation(self) -> RevocationVerdict:
        """The verdict in words: None in ``revoked`` is either not asked or not known."""
        if self.revoked is not None:
            return RevocationVerdict.REVOKED if self.revoked else RevocationVerdict.GOOD
        return RevocationVerdict.UNKNOWN if self.asked else RevocationVerdict.NOT_ASKED


@dataclass(frozen=True, slots=True)
class Verification(Viewed, _AsDict):
    """Everything found about a document's signature."""

    signature: SignatureVerdict
    dates: DatesVerdict = DatesVerdict()
    trust: TrustVerdict = TrustVerdict()
    profile: tuple[Fault, ...] = ()
    """Faults of DIAN's XAdES-EPES profile."""
    role: str | None = None
    """``xades:ClaimedRole`` as written."""
    owner: OwnerVerdict = field(default_factory=OwnerVerdict)
    """Who signed, and whether it may."""
    _JSON = ("valid", "signature", "dates", "trust", "owner", "profile")

    @property
    def signing_time(self) -> datetime | None:
        """``xades:SigningTime``, aware, in the zone in which it was written."""
        return self.dates.signing_time

    @property
    def certificate(self) -> CertificateInfo | None:
        """The signing certificate."""
        return self.signature.certificate

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Why the signature does not hold, and what else in it may have others refuse it."""
        return (*self.signature.causes, *(Cause(found.code) for found in self.profile if found.code in PROFILE_CAUSES))

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Every finding: cryptography, dates, trust, owner, profile."""
        return (*self.signature.faults, *self.dates.faults, *self.trust.faults, *self.owner.faults, *self.profile)

    @property
    def valid(self) -> bool:
        """Whether the signature holds and nothing found would make DIAN refuse it. Trust counts if it was asked."""
        return self.signature.valid is True and not any(found.rejects for found in self.faults)

    def raise_for_invalid(self) -> Verification:
        """Raise ``SignatureInvalid``, naming the first thing that is wrong; otherwise return the verification."""
        if self.valid:
            return self
        worst = next(found for found in self.faults if found.rejects)
        raise SignatureInvalid.of(
            "verifying.signature_invalid",
            field=worst.xpath,
            found=worst.found,
            expected=worst.expected,
            remedy=worst.hint or "pida al emisor el documento original.",
            code=worst.code,
            message=worst.message,
        )
