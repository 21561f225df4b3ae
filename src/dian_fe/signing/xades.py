"""The XAdES-EPES signature of DIAN's policy v2, written directly in canonical form.

The document is born canonical, so the digest of its reference is that of its bytes. ``KeyInfo``, ``SignedProperties``
and ``SignedInfo`` are digested as inclusive C14N gives a subtree: the same text with all namespace declarations of the
root on its first tag. Nothing is parsed, moved or serialised again. Order of attributes and the absence of empty tags
in the templates below are part of the canonical form.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Self
from xml.sax.saxutils import escape

from cryptography import x509

from ..errors import InvalidInput, SigningError
from ..faults import Fault
from ..ubl.canonical import Canonical
from .algorithms import DIGESTS, ENVELOPED, INCLUSIVE_C14N, RSA_SHA256, SHA256, SIGNED_PROPERTIES_TYPE
from .certificates import CertificateInfo, check_dates, check_owner, der, rsa_key
from .moments import BOGOTA, check_aware
from .names import rfc2253_name
from .policy import POLICY_V2, SignerRole
from .signer import CheckedSigner, Signer, check_value

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

_NCNAME = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*")
_DIGEST_METHOD: Final = f'<ds:DigestMethod Algorithm="{SHA256}"></ds:DigestMethod>'


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
        values = [getattr(self, field.name) for field in fields(self)]
        wrong = [value for value in values if not _NCNAME.fullmatch(value)]
        if wrong or len(set(values)) != len(values):
            raise InvalidInput(
                "Los Id de la firma no son válidos.",
                field="ids",
                found=", ".join(map(repr, wrong or values)),
                expected="cinco nombres XML distintos, como «firma-1» (letra o _ primero; sin espacios ni dos puntos)",
            )

    @classmethod
    def from_digest(cls, digest: bytes) -> SignatureIds:
        """Derive them from the document's digest: unique per document, the same for the same document."""
        base = f"xmldsig-{digest[:16].hex()}"
        return cls(base, f"{base}-ref0", f"{base}-sigvalue", f"{base}-keyinfo", f"{base}-signedprops")


@dataclass(frozen=True, slots=True)
class SignedXml:
    """A signed document: never serialise it again, its bytes are what was signed."""

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
    """What the signer should know although nothing prevents signing, as a certificate without NIT."""

    def __repr__(self) -> str:
        """Show size and time, not the whole file."""
        return (
            f"SignedXml({len(self.xml)} bytes, signing_time={self.signing_time.isoformat()!r}, "
            f"role={self.role.value!r}, signature_id={self.signature_id!r})"
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A signature that lacks only its value, for keys that sign elsewhere or later.

    Have `to_sign` signed (RSA PKCS#1 v1.5, SHA-256 over these bytes) and give the value to `complete`. It travels as
    JSON by `as_dict` and `from_dict`.
    """

    document: Canonical
    references: str
    """The inside of ``ds:SignedInfo``."""
    key_info_and_object: str
    """What follows ``ds:SignatureValue``: ``ds:KeyInfo`` and ``ds:Object``."""
    ids: SignatureIds
    certificate: x509.Certificate
    signing_time: datetime
    role: SignerRole
    findings: tuple[Fault, ...] = ()

    @property
    def to_sign(self) -> bytes:
        """The canonical ``ds:SignedInfo``."""
        return f"<ds:SignedInfo{self.document.namespaces}>{self.references}</ds:SignedInfo>".encode()

    def complete(self, signature_value: bytes) -> SignedXml:
        """Put the value in its place, once it verifies with the certificate; raises ``SigningError`` if it does not."""
        return self._with(check_value(rsa_key(self.certificate), signature_value, self.to_sign))

    def _with(self, value: bytes) -> SignedXml:
        signature = (
            f'<ds:Signature Id="{self.ids.signature}"><ds:SignedInfo>{self.references}</ds:SignedInfo>'
            f'<ds:SignatureValue Id="{self.ids.signature_value}">{b64encode(value).decode()}</ds:SignatureValue>'
            f"{self.key_info_and_object}</ds:Signature>"
        )
        return SignedXml(
            xml=self.document.with_signature(signature.encode()),
            signing_time=self.signing_time,
            certificate=der(self.certificate),
            role=self.role,
            signature_id=self.ids.signature,
            findings=self.findings,
        )

    def as_dict(self) -> dict[str, Any]:
        """Give a JSON form that `from_dict` reads back; it holds no secret."""
        document = self.document
        return {
            "to_sign": b64encode(self.to_sign).decode(),
            "signing_time": self.signing_time.isoformat(),
            "role": self.role.value,
            "certificate": b64encode(der(self.certificate)).decode(),
            "ids": {field.name: getattr(self.ids, field.name) for field in fields(self.ids)},
            "references": self.references,
            "key_info_and_object": self.key_info_and_object,
            "document": {
                "xml": document.xml.decode(),
                "signature_at": document.signature_at,
                "namespaces": document.namespaces,
                "issue_date": document.issue_date.isoformat() if document.issue_date else None,
            },
            "findings": [finding.as_dict() for finding in self.findings],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` gave; ``InvalidInput`` when it is something else."""
        try:
            document = data["document"]
            issued = document["issue_date"]
            return cls(
                document=Canonical(
                    xml=document["xml"].encode(),
                    signature_at=int(document["signature_at"]),
                    namespaces=document["namespaces"],
                    issue_date=date.fromisoformat(issued) if issued else None,
                ),
                references=data["references"],
                key_info_and_object=data["key_info_and_object"],
                ids=SignatureIds(**data["ids"]),
                certificate=x509.load_der_x509_certificate(b64decode(data["certificate"])),
                signing_time=datetime.fromisoformat(data["signing_time"]),
                role=SignerRole(data["role"]),
                findings=tuple(Fault(**finding) for finding in data["findings"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise InvalidInput(
                "No es una firma preparada.",
                field="prepared",
                expected="el objeto JSON que dio Prepared.as_dict()",
                remedy="vuelva a preparar la firma con prepare().",
            ) from None


@dataclass(frozen=True, slots=True)
class _Parts:
    """What does not change between two documents of a signer."""

    certificate: x509.Certificate
    public_key: RSAPublicKey
    info: CertificateInfo
    key_info: str
    """From the end of the first tag of ``ds:KeyInfo`` on."""
    after_time: str
    """From the end of ``xades:SigningTime`` to that of ``xades:SignedProperties``."""


@lru_cache(maxsize=64)
def _parts(chain: tuple[x509.Certificate, ...], role: SignerRole, whole_chain: bool) -> _Parts:
    # The key of the cache are the certificates themselves, compared by content: no signer or private key is kept.
    leaf = chain[0]
    listed = "".join(map(_listed_certificate, chain if whole_chain else chain[:1]))
    return _Parts(
        certificate=leaf,
        public_key=rsa_key(leaf),
        info=CertificateInfo.of(leaf),
        key_info=(
            f"<ds:X509Data><ds:X509Certificate>{b64encode(der(leaf)).decode()}</ds:X509Certificate></ds:X509Data>"
            "</ds:KeyInfo>"
        ),
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
        ),
    )


def _listed_certificate(certificate: x509.Certificate) -> str:
    return (
        f"<xades:Cert><xades:CertDigest>{_DIGEST_METHOD}<ds:DigestValue>{_digest(der(certificate))}</ds:DigestValue>"
        f"</xades:CertDigest><xades:IssuerSerial><ds:X509IssuerName>{escape(rfc2253_name(certificate.issuer))}"
        f"</ds:X509IssuerName><ds:X509SerialNumber>{certificate.serial_number}</ds:X509SerialNumber>"
        "</xades:IssuerSerial></xades:Cert>"
    )


def prepare(
    document: Canonical,
    certificate_chain: Sequence[x509.Certificate],
    *,
    at: datetime,
    role: SignerRole = SignerRole.SUPPLIER,
    whole_chain: bool = True,
    ids: SignatureIds | None = None,
    nit: str | None = None,
) -> Prepared:
    """Make the whole signature but for its value.

    ``certificate_chain``: signing certificate first. ``at``: signing time, aware; it is written to the second in
    UTC−05:00, must lie within the certificate's dates and on the document's issue date (rules FAD09e, CAD09e, DAD09e).
    ``whole_chain``: list the chain in ``xades:SigningCertificate``, as the annex asks, or only the signing
    certificate. ``ids``: derived from the document's digest unless given. ``nit``: whose certificate it must be, the
    issuer's or, for a third party, the provider's; not checked when None.

    Raises ``NaiveDatetime``, ``WeakKey``, ``CertificateExpired``, ``CertificateNotYetValid``,
    ``WrongCertificateOwner`` and, for another date or a document without place for a signature, ``SigningError``.
    """
    chain = tuple(certificate_chain)
    if not chain:
        raise SigningError(
            "No hay certificado con el cual firmar.", field="certificate_chain", found="una cadena vacía"
        )
    check_aware(at)
    moment = at.astimezone(BOGOTA).replace(microsecond=0)
    parts = _parts(chain, role, whole_chain)
    check_dates(parts.info, at)
    _check_document(document, moment)
    finding = None if nit is None else check_owner(parts.certificate, nit)

    namespaces, digest = document.namespaces, sha256(document.xml)
    if ids is None:
        ids = SignatureIds.from_digest(digest.digest())
    key_info = f' Id="{ids.key_info}">{parts.key_info}'
    properties = (
        f' Id="{ids.signed_properties}"><xades:SignedSignatureProperties>'
        f"<xades:SigningTime>{moment.isoformat()}</xades:SigningTime>{parts.after_time}"
    )
    references = (
        f'<ds:CanonicalizationMethod Algorithm="{INCLUSIVE_C14N}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{RSA_SHA256}"></ds:SignatureMethod>'
        f'<ds:Reference Id="{ids.document_reference}" URI=""><ds:Transforms>'
        f'<ds:Transform Algorithm="{ENVELOPED}"></ds:Transform></ds:Transforms>'
        f"{_DIGEST_METHOD}<ds:DigestValue>{b64encode(digest.digest()).decode()}</ds:DigestValue></ds:Reference>"
        f'<ds:Reference URI="#{ids.key_info}">{_DIGEST_METHOD}'
        f"<ds:DigestValue>{_digest(f'<ds:KeyInfo{namespaces}{key_info}'.encode())}</ds:DigestValue></ds:Reference>"
        f'<ds:Reference Type="{SIGNED_PROPERTIES_TYPE}" URI="#{ids.signed_properties}">{_DIGEST_METHOD}'
        f"<ds:DigestValue>{_digest(f'<xades:SignedProperties{namespaces}{properties}'.encode())}</ds:DigestValue>"
        "</ds:Reference>"
    )
    return Prepared(
        document=document,
        references=references,
        key_info_and_object=(
            f'<ds:KeyInfo{key_info}<ds:Object><xades:QualifyingProperties Target="#{ids.signature}">'
            f"<xades:SignedProperties{properties}</xades:QualifyingProperties></ds:Object>"
        ),
        ids=ids,
        certificate=parts.certificate,
        signing_time=moment,
        role=role,
        findings=() if finding is None else (finding,),
    )


def sign(
    document: Canonical,
    signer: Signer,
    *,
    at: datetime,
    role: SignerRole = SignerRole.SUPPLIER,
    whole_chain: bool = True,
    ids: SignatureIds | None = None,
    nit: str | None = None,
) -> SignedXml:
    """Sign a document; the arguments and errors are those of `prepare`.

    Same document, signer and time give the same bytes. Raises ``SigningError`` too when the signer's value does not
    verify.
    """
    prepared = prepare(
        document,
        signer.certificate_chain,
        at=at,
        role=role,
        whole_chain=whole_chain,
        ids=ids,
        nit=nit,
    )
    value = signer.sign(prepared.to_sign)
    # The library's own signers give only values that verify; those of others are verified here.
    return prepared._with(value) if isinstance(signer, CheckedSigner) else prepared.complete(value)


_PLACE: Final = b"<ext:ExtensionContent></ext:ExtensionContent>"
_OPENING: Final = _PLACE.index(b"</")


def _check_document(document: Canonical, moment: datetime) -> None:
    start = document.signature_at - _OPENING
    if document.xml[start : start + len(_PLACE)] != _PLACE:
        raise SigningError(
            "El documento no tiene un lugar vacío para la firma.",
            field="document.signature_at",
            found=document.signature_at,
            expected=_PLACE.decode(),
            remedy="firme el documento que dio build(), sin modificarlo.",
        )
    for prefix in (' xmlns:ds="', ' xmlns:xades="'):
        if prefix not in document.namespaces:
            raise SigningError(
                "La raíz del documento no declara los prefijos de la firma.",
                field="document.namespaces",
                expected="xmlns:ds y xmlns:xades",
                remedy="firme el documento que dio build(), sin modificarlo.",
            )
    if document.issue_date not in (None, moment.date()):
        raise SigningError(
            "La fecha de la firma no es la de emisión; la DIAN lo rechaza (reglas FAD09e, CAD09e y DAD09e).",
            field="at",
            found=f"firma del {moment.date().isoformat()} (hora de Colombia)",
            expected=f"la fecha de emisión, {document.issue_date}",
            remedy="firme el mismo día de la emisión, o emita el documento con la fecha de hoy (cambia el CUFE).",
        )


def _digest(data: bytes) -> str:
    return b64encode(sha256(data).digest()).decode()
