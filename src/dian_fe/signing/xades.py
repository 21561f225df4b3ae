"""The XAdES-EPES signature of DIAN's policy v2, written directly in canonical form.

The document is written in canonical form, so the digest of its reference is that of its bytes. ``KeyInfo``,
``SignedProperties`` and ``SignedInfo`` are digested as inclusive C14N renders a subtree: the same text with all
namespace declarations of the root on its start tag. Nothing is parsed, moved or serialised again. Order of attributes
and the absence of empty tags in the templates below are part of the canonical form.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final, Self

from cryptography import x509

from .._arguments import checked, unchecked
from ..errors import InvalidInput, SigningError, WrongSigningDate
from ..errors.texts import texts
from ..faults import Fault, Severity
from ..ubl.canonical import Canonical
from ..ubl.codecs import text as escape
from .algorithms import DIGESTS, ENVELOPED, INCLUSIVE_C14N, RSA_SHA256, SHA256, SIGNED_PROPERTIES_TYPE
from .certificates import CertificateInfo, check_dates, check_owner, der, rsa_key, self_issued
from .distinguished_names import NameOrder, issuer_name
from .moments import BOGOTA
from .policy import POLICY_V2, SignerRole
from .signer import CheckedSigner, Signer, check_value

_NCNAMES = re.compile(r"[A-Za-z_][\w.-]*(?: [A-Za-z_][\w.-]*){4}", re.ASCII)
_DIGEST_METHOD: Final = f'<ds:DigestMethod Algorithm="{SHA256}"></ds:DigestMethod>'


@checked
@dataclass(frozen=True, slots=True)
class SignatureIds:
    """The ``Id`` attributes of one signature: valid NCNames (ASCII), each different."""

    signature: str
    document_reference: str
    signature_value: str
    key_info: str
    signed_properties: str

    def __post_init__(self) -> None:
        """Refuse what is not an NCName, and repetitions, which would leave a reference without one target."""
        values = (self.signature, self.document_reference, self.signature_value, self.key_info, self.signed_properties)
        if not _NCNAMES.fullmatch(" ".join(values)) or len(set(values)) != len(values):
            raise InvalidInput.of("signing.invalid_ids", field="ids", found=", ".join(map(repr, values)))

    @classmethod
    def from_digest(cls, digest: bytes) -> SignatureIds:
        """Return identifiers derived from the digest of a document, so that they differ between documents."""
        return _ids_from(digest)


_ids = unchecked(SignatureIds)


def _ids_from(digest: bytes) -> SignatureIds:
    base = f"xmldsig-{digest[:16].hex()}"
    return _ids(base, f"{base}-ref0", f"{base}-sigvalue", f"{base}-keyinfo", f"{base}-signedprops")


@checked
@dataclass(frozen=True, slots=True)
class SignedXml:
    """A signed document: never serialise it again, as its bytes are signed."""

    xml: bytes
    """Bytes of the file, with XML declaration, ready to be written or sent."""
    signing_time: datetime
    """``xades:SigningTime``: to the second, UTC−05:00."""
    certificate: bytes
    """DER of the signing certificate."""
    role: SignerRole
    signature_id: str
    """``Id`` of the ``ds:Signature``."""
    findings: tuple[Fault, ...] = ()
    """Notes for the signer that do not prevent signing, such as a certificate without NIT."""

    def __repr__(self) -> str:
        """Show size and time, not the whole file."""
        return (
            f"SignedXml({len(self.xml)} bytes, signing_time={self.signing_time.isoformat()!r}, "
            f"role={self.role.value!r}, signature_id={self.signature_id!r})"
        )


@checked
@dataclass(frozen=True, slots=True)
class Prepared:
    """A signature without its value, for keys that sign elsewhere or later.

    Have `to_sign` signed (RSA PKCS#1 v1.5, SHA-256 over these bytes) and pass the value to `complete`. `as_dict` and
    `from_dict` convert it to JSON and back.
    """

    document: Canonical = field(repr=False)
    references: bytes = field(repr=False)
    """The content of ``ds:SignedInfo``."""
    key_info_and_object: bytes = field(repr=False)
    """What follows ``ds:SignatureValue``: ``ds:KeyInfo`` and ``ds:Object``."""
    ids: SignatureIds
    certificate: bytes = field(repr=False)
    """DER of the signing certificate."""
    signing_time: datetime
    role: SignerRole
    findings: tuple[Fault, ...] = ()

    @property
    def to_sign(self) -> bytes:
        """The canonical ``ds:SignedInfo``."""
        return b"<ds:SignedInfo%b>%b</ds:SignedInfo>" % (self.document.namespaces.encode(), self.references)

    def complete(self, signature_value: bytes) -> SignedXml:
        """Return the signed document if the value verifies with the certificate; raises ``SigningError`` if not."""
        key = rsa_key(x509.load_der_x509_certificate(self.certificate))
        return self._with(check_value(key, signature_value, self.to_sign))

    def _with(self, value: bytes) -> SignedXml:
        signature = b'<ds:Signature Id="%b"><ds:SignedInfo>%b</ds:SignedInfo>%b%b</ds:Signature>' % (
            self.ids.signature.encode(),
            self.references,
            b'<ds:SignatureValue Id="%b">%b</ds:SignatureValue>'
            % (self.ids.signature_value.encode(), b64encode(value)),
            self.key_info_and_object,
        )
        xml = self.document.with_signature(signature)
        return _signed_xml(xml, self.signing_time, self.certificate, self.role, self.ids.signature, self.findings)

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON form that `from_dict` reads back; it holds no secret."""
        document = self.document
        issued = document.issue_date.isoformat() if document.issue_date else None
        return {
            "to_sign": b64encode(self.to_sign).decode(),
            "signing_time": self.signing_time.isoformat(),
            "role": self.role.value,
            "certificate": b64encode(self.certificate).decode(),
            "ids": asdict(self.ids),
            "references": self.references.decode(),
            "key_info_and_object": self.key_info_and_object.decode(),
            "document": asdict(document) | {"xml": document.xml.decode(), "issue_date": issued},
            "findings": [finding.as_dict() for finding in self.findings],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the signature of an `as_dict` form. Raise ``InvalidInput`` for anything else."""
        try:
            document = data["document"]
            issued = document["issue_date"]
            return cls(
                document=Canonical(
                    xml=document["xml"].encode(),
                    signature_at=int(document["signature_at"]),
                    namespaces=document["namespaces"],
                    issue_date=date.fromisoformat(issued) if issued else None,
                    day_rule=str(document.get("day_rule", "")),
                    filed=str(document.get("filed", "")),
                ),
                references=data["references"].encode(),
                key_info_and_object=data["key_info_and_object"].encode(),
                ids=SignatureIds(**data["ids"]),
                certificate=b64decode(data["certificate"]),
                signing_time=datetime.fromisoformat(data["signing_time"]),
                role=SignerRole(data["role"]),
                findings=tuple(map(Fault.from_dict, data["findings"])),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise InvalidInput.of("signing.not_a_prepared_signature", field="prepared") from None


_signed_xml, _prepared = unchecked(SignedXml), unchecked(Prepared)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The constant parts of a signer's signatures, rendered once."""

    certificate: x509.Certificate
    der: bytes
    info: CertificateInfo
    key_info: bytes
    """From the end of the start tag of ``ds:KeyInfo`` on."""
    after_time: bytes
    """From the end of ``xades:SigningTime`` to that of ``xades:SignedProperties``."""
    finding: Fault | None
    """A finding about the certificate, for any document."""
    owners: set[str] = field(default_factory=set, compare=False)
    """NITs found in the certificate: to look again is 9 % of our own work on an invoice of ten lines (`benchmarks`)."""


@lru_cache(maxsize=64)
def _parts(chain: tuple[x509.Certificate, ...], role: SignerRole, whole_chain: bool, order: NameOrder) -> _Parts:
    # The keys of the cache are the certificates, compared by content: the cache holds no signer or private key.
    leaf, content = chain[0], der(chain[0])
    rsa_key(leaf)
    listed = "".join(_listed_certificate(each, order) for each in (chain if whole_chain else chain[:1]))
    return _Parts(
        certificate=leaf,
        finding=self_issued(leaf),
        der=content,
        info=CertificateInfo.of(leaf),
        key_info=b"<ds:X509Data><ds:X509Certificate>%b</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        % b64encode(content),
        after_time=(
            f"<xades:SigningCertificate>{listed}</xades:SigningCertificate>"
            "<xades:SignaturePolicyIdentifier><xades:SignaturePolicyId><xades:SigPolicyId>"
            f"<xades:Identifier>{escape(POLICY_V2.identifier)}</xades:Identifier>"
            f"<xades:Description>{escape(POLICY_V2.description)}</xades:Description>"
            f"</xades:SigPolicyId><xades:SigPolicyHash>{_DIGEST_METHOD}"
            f"<ds:DigestValue>{POLICY_V2.digests[DIGESTS[SHA256]]}</ds:DigestValue>"
            "</xades:SigPolicyHash></xades:SignaturePolicyId></xades:SignaturePolicyIdentifier>"
            f"<xades:SignerRole><xades:ClaimedRoles><xades:ClaimedRole>{role.value}</xades:ClaimedRole>"
            "</xades:ClaimedRoles></xades:SignerRole></xades:SignedSignatureProperties></xades:SignedProperties>"
        ).encode(),
    )


def _parts_of(signer: Signer, role: SignerRole, whole_chain: bool, order: NameOrder) -> _Parts:
    """Return the parts of a signer, cached on the library's signers: hashing the chain costs a tenth of a signature."""
    if not isinstance(signer, CheckedSigner):
        return _parts(tuple(signer.certificate_chain), role, whole_chain, order)
    key = (role, whole_chain, order)
    if key not in signer.rendered:
        signer.rendered[key] = _parts(signer.certificate_chain, role, whole_chain, order)
    parts: _Parts = signer.rendered[key]
    return parts


def _listed_certificate(certificate: x509.Certificate, order: NameOrder) -> str:
    return (
        f"<xades:Cert><xades:CertDigest>{_DIGEST_METHOD}<ds:DigestValue>{_digest(der(certificate))}</ds:DigestValue>"
        f"</xades:CertDigest><xades:IssuerSerial><ds:X509IssuerName>{escape(issuer_name(certificate.issuer, order))}"
        f"</ds:X509IssuerName><ds:X509SerialNumber>{certificate.serial_number}</ds:X509SerialNumber>"
        "</xades:IssuerSerial></xades:Cert>"
    )


@checked
def prepare(
    document: Canonical,
    certificate_chain: Sequence[x509.Certificate],
    *,
    at: datetime,
    role: SignerRole = SignerRole.SUPPLIER,
    whole_chain: bool = True,
    order: NameOrder = NameOrder.RFC2253,
    ids: SignatureIds | None = None,
    nit: str | None = None,
) -> Prepared:
    """Return a complete signature except its value.

    ``certificate_chain``: signing certificate first. ``at``: signing time, aware; it is written to the second in
    UTC−05:00, must lie within the certificate's dates and on the document's issue date where a rule says so.
    ``whole_chain``: list the chain in ``xades:SigningCertificate``, as the annex asks, or only the signing certificate.
    ``order``: that of the issuers' names. ``ids``: derived from the document's digest unless given. ``nit``: the NIT
    that the certificate must have, the issuer's or, for a third party, the provider's; not checked when None.

    Raises ``NaiveDatetime``, ``WeakKey``, ``CertificateExpired``, ``CertificateNotYetValid``,
    ``WrongCertificateOwner``, ``WrongSigningDate`` for another day, and ``SigningError`` for a document without place
    for a signature.
    """
    chain = tuple(certificate_chain)
    if not chain:
        raise SigningError.of("signing.no_chain", field="certificate_chain")
    role, order = SignerRole(role), NameOrder(order)  # their texts serve too
    return _prepare(document, _parts(chain, role, whole_chain, order), at, role, ids, nit)


def _prepare(
    document: Canonical, parts: _Parts, at: datetime, role: SignerRole, ids: SignatureIds | None, nit: str | None
) -> Prepared:
    check_dates(parts.info, at)
    moment = at.astimezone(BOGOTA).replace(microsecond=0)
    _check_document(document, moment)
    finding = None
    if nit is not None and nit not in parts.owners:
        finding = check_owner(parts.certificate, nit)
        if finding is None:
            parts.owners.add(nit)
    namespaces, digest = document.namespaces.encode(), sha256(document.xml).digest()
    if ids is None:
        ids = _ids_from(digest)
    key_info = b' Id="%b">%b' % (ids.key_info.encode(), parts.key_info)
    properties = b' Id="%b"><xades:SignedSignatureProperties><xades:SigningTime>%b</xades:SigningTime>%b' % (
        ids.signed_properties.encode(),
        moment.isoformat().encode(),
        parts.after_time,
    )
    references = (
        f'<ds:CanonicalizationMethod Algorithm="{INCLUSIVE_C14N}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{RSA_SHA256}"></ds:SignatureMethod>'
        f'<ds:Reference Id="{ids.document_reference}" URI=""><ds:Transforms>'
        f'<ds:Transform Algorithm="{ENVELOPED}"></ds:Transform></ds:Transforms>'
        f"{_DIGEST_METHOD}<ds:DigestValue>{b64encode(digest).decode()}</ds:DigestValue></ds:Reference>"
        f'<ds:Reference URI="#{ids.key_info}">{_DIGEST_METHOD}'
        f"<ds:DigestValue>{_digest(b'<ds:KeyInfo', namespaces, key_info)}</ds:DigestValue></ds:Reference>"
        f'<ds:Reference Type="{SIGNED_PROPERTIES_TYPE}" URI="#{ids.signed_properties}">{_DIGEST_METHOD}'
        f"<ds:DigestValue>{_digest(b'<xades:SignedProperties', namespaces, properties)}</ds:DigestValue>"
        "</ds:Reference>"
    )
    return _prepared(
        document=document,
        references=references.encode(),
        key_info_and_object=(
            b'<ds:KeyInfo%b<ds:Object><xades:QualifyingProperties Target="#%b">'
            b"<xades:SignedProperties%b</xades:QualifyingProperties></ds:Object>"
        )
        % (key_info, ids.signature.encode(), properties),
        ids=ids,
        certificate=parts.der,
        signing_time=moment,
        role=role,
        findings=tuple(found for found in (finding, parts.finding) if found is not None),
    )


@checked
def sign(
    document: Canonical,
    signer: Signer,
    *,
    at: datetime,
    role: SignerRole = SignerRole.SUPPLIER,
    whole_chain: bool = True,
    order: NameOrder = NameOrder.RFC2253,
    ids: SignatureIds | None = None,
    nit: str | None = None,
) -> SignedXml:
    """Sign a document; the arguments and errors are those of `prepare`.

    Same document, signer and time give the same bytes. Raises ``SigningError`` too when the signer's value does not
    verify.
    """
    role, order = SignerRole(role), NameOrder(order)  # their texts serve too
    prepared = _prepare(document, _parts_of(signer, role, whole_chain, order), at, role, ids, nit)
    value = signer.sign(prepared.to_sign)
    # The library's own signers give only values that verify; values of other signers are verified here.
    return prepared._with(value) if isinstance(signer, CheckedSigner) else prepared.complete(value)


_PLACE: Final = b"<ext:ExtensionContent></ext:ExtensionContent>"
_OPENING: Final = _PLACE.index(b"</")


def _check_document(document: Canonical, moment: datetime) -> None:
    start = document.signature_at - _OPENING
    if document.xml[start : start + len(_PLACE)] != _PLACE:
        found = document.signature_at
        raise SigningError.of("signing.no_place", field="document.signature_at", found=found, expected=_PLACE.decode())
    for prefix in (' xmlns:ds="', ' xmlns:xades="'):
        if prefix not in document.namespaces:
            raise SigningError.of("signing.no_prefixes", field="document.namespaces")
    if document.issue_date not in (None, moment.date()):
        raise _other_day(document, moment)


def _other_day(document: Canonical, moment: datetime) -> WrongSigningDate:
    """Return the error for another day; its rules notified in habilitación in April 2024, and reject since 2026."""
    code = document.day_rule or WrongSigningDate.code
    known = f"; la DIAN lo rechaza (regla {code})" if document.day_rule else ""
    found = f"firma del {moment.date().isoformat()} (hora de Colombia)"
    expected = f"la fecha de emisión, {document.issue_date}"
    words = texts("signing.wrong_signing_date", {"known": known})
    message, remedy = words["message"], words["remedy"]
    fault = Fault(code, Severity.RECHAZO, message, "issued_at", hint=remedy, expected=expected, found=found)
    return WrongSigningDate(message, faults=(fault,), field="at", found=found, expected=expected, remedy=remedy)


def _digest(*pieces: bytes) -> str:
    return b64encode(sha256(b"".join(pieces)).digest()).decode()
