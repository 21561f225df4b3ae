"""Trust: anchors, the path from a certificate to one of them, and revocation."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from .._arguments import checked
from ..errors import InvalidInput
from ..signing.certificates import check_readable, is_issued_by, load_certificates
from ..signing.distinguished_names import label
from ..signing.extensions import UNREADABLE_EXTENSIONS, extension, extensions_of
from .dian_certificates import DIAN_CERTIFICATES
from .purposes import name_problem, purpose_problem

_LONGEST_PATH: Final = 8
_WEAK_HASHES: Final = frozenset({"md5", "sha1"})
_RESTRICTING: Final = {each.oid.dotted_string for each in (x509.NameConstraints, x509.ExtendedKeyUsage)}
"""Extensions that restrict: one that cannot be read may exclude the certificate in question."""
_NAMING: Final = {each.oid.dotted_string for each in (x509.CertificatePolicies, x509.SubjectAlternativeName)}
_UNDERSTOOD: Final = {
    *_RESTRICTING,
    *_NAMING,
    *(each.oid.dotted_string for each in (x509.BasicConstraints, x509.KeyUsage)),
}
"""Critical extensions that do not forbid a path here; with any other one it must be refused (RFC 5280, 4.2)."""


class RevocationStatus(StrEnum):
    """Revocation status of a certificate at a moment."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class Revocation(Protocol):
    """A source of revocation: OCSP, CRLs, or a custom list."""

    def __call__(self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> RevocationStatus:
        """Return the status at ``at`` (aware) of a certificate that ``issuer`` issued."""


@checked
class CrlList:
    """Revocation by CRLs that the caller has fetched; each counts only if the issuer itself signed it."""

    def __init__(self, crls: Iterable[x509.CertificateRevocationList]) -> None:
        """Hold the lists; their order does not matter."""
        self._crls = tuple(crls)

    @classmethod
    def load(cls, *sources: Path | str | bytes) -> CrlList:
        """Load CRLs in PEM or DER, each given as path or bytes; raises ``InvalidInput`` for anything else."""
        return cls(_parse_crl(source if isinstance(source, bytes) else Path(source).read_bytes()) for source in sources)

    def __call__(self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> RevocationStatus:
        """Return revoked if a list has it by ``at``, good if a whole list as new as ``at`` lacks it, else unknown."""
        status = RevocationStatus.UNKNOWN
        for crl in self._crls:
            if crl.issuer != issuer.subject or not _signed_by(crl, issuer):
                continue
            scope = _Scope.of(crl)
            if scope is None:
                continue
            entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
            if entry is not None and entry.revocation_date_utc <= at:
                return RevocationStatus.REVOKED
            if (crl.next_update_utc is None or crl.next_update_utc >= at) and scope.has(certificate):
                status = RevocationStatus.GOOD
        return status


def source_of(revocation: Revocation | Iterable[x509.CertificateRevocationList] | None) -> Revocation | None:
    """Return the revocation source, given as such or as lists; None for none."""
    return revocation if revocation is None or callable(revocation) else CrlList(revocation)


def _parse_crl(data: bytes) -> x509.CertificateRevocationList:
    try:
        return x509.load_pem_x509_crl(data) if b"-----BEGIN" in data else x509.load_der_x509_crl(data)
    except ValueError:
        raise InvalidInput.of("verifying.not_a_crl", field="crl", size=len(data)) from None


@dataclass(frozen=True, slots=True)
class _Scope:
    """Which certificates a list is about: only they are good when the list lacks them."""

    whole: bool
    point: x509.IssuingDistributionPoint | None

    @classmethod
    def of(cls, crl: x509.CertificateRevocationList) -> _Scope | None:
        """Return the scope of a list; None when it may have serial numbers of other issuers, or is unreadable."""
        try:
            extensions = {item.oid: item for item in crl.extensions}
        except UNREADABLE_EXTENSIONS:
            return None
        # Any other critical extension, as that of a delta, makes it less than a list of all (RFC 5280, section 5.2).
        found = extensions.pop(x509.IssuingDistributionPoint.oid, None)
        point = None if found is None else found.value
        if not isinstance(point, x509.IssuingDistributionPoint | None) or (point is not None and point.indirect_crl):
            return None
        return cls(not any(item.critical for item in extensions.values()), point)

    def has(self, certificate: x509.Certificate) -> bool:
        """True if the list covers the certificate, which is then good if absent (RFC 5280, sections 5.2.5, 6.3.3)."""
        point = self.point
        if point is None or not self.whole:
            return self.whole
        if point.only_some_reasons or point.only_contains_attribute_certs:
            return False
        constraints = extension(certificate, x509.BasicConstraints)
        authority = constraints is not None and constraints.ca
        if (point.only_contains_ca_certs and not authority) or (point.only_contains_user_certs and authority):
            return False
        own = extension(certificate, x509.CRLDistributionPoints)
        names = {name for each in own or () for name in each.full_name or ()}
        return point.full_name is None or not names or not names.isdisjoint(point.full_name)


def _signed_by(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        key = issuer.public_key()
        return isinstance(key, RSAPublicKey | EllipticCurvePublicKey) and crl.is_signature_valid(key)
    except (UnsupportedAlgorithm, ValueError, TypeError):
        return False


@dataclass(frozen=True, slots=True)
class TrustPath:
    """A path from a certificate to an anchor, or why there is none.

    ``certificates`` goes from the certificate to the anchor, or as far as it got. ``problem`` is Spanish.
    """

    certificates: tuple[x509.Certificate, ...]
    problem: str | None = None

    def links(self) -> Iterator[tuple[x509.Certificate, x509.Certificate]]:
        """Return each certificate with its issuer."""
        return zip(self.certificates, self.certificates[1:], strict=False)


@checked
class TrustStore:
    """Certificates that are trusted as they are (anchors), and others that only help to reach them."""

    def __init__(
        self,
        anchors: Iterable[x509.Certificate],
        intermediates: Iterable[x509.Certificate] = (),
        *,
        dian: Iterable[str] = DIAN_CERTIFICATES,
    ) -> None:
        """Store the certificates. ``anchors``: roots, or any certificate one decides to trust.

        ``dian``: SHA-256, in hexadecimal, of the certificates of DIAN's that are known; an answer signed with another
        one is a warning, not a refusal, since DIAN renews its certificate. Raise ``NotAKeyStore`` for a certificate
        whose names cannot be read.
        """
        self.dian = frozenset(each.lower().replace(":", "") for each in dian)
        self.anchors = tuple(anchors)
        self.intermediates = tuple(intermediates)
        for certificate in (*self.anchors, *self.intermediates):
            check_readable(certificate)

    @classmethod
    def load(
        cls,
        *anchors: Path | str | bytes,
        intermediates: Sequence[Path | str | bytes] = (),
        dian: Iterable[str] = DIAN_CERTIFICATES,
    ) -> TrustStore:
        """Load PEM bundles or DER certificates, each as path or bytes. Raise ``NotAKeyStore``."""
        return cls(load_certificates(*anchors), load_certificates(*intermediates), dian=dian)

    def __repr__(self) -> str:
        """Show how many certificates there are."""
        return f"TrustStore({len(self.anchors)} anchors, {len(self.intermediates)} intermediates)"

    def path(self, certificate: x509.Certificate, at: datetime, extra: Iterable[x509.Certificate] = ()) -> TrustPath:
        """Look for a path that was valid at ``at`` (RFC 5280, section 6).

        ``extra``: certificates inside the document; they help but are not trusted. Every link's signature,
        dates, basicConstraints (with path length), keyUsage, purposes, name constraints and critical extensions are
        checked. Extensions that cannot be read do not refuse by themselves: they stand in certificates that sign
        accepted documents.
        """
        own = _own_problem(certificate, at) or purpose_problem(certificate, leaf=True)
        if own is not None:
            return TrustPath((certificate,), own)
        pool = [*self.anchors, *self.intermediates, *extra]
        best = TrustPath((certificate,), _unknown_issuer(certificate))
        # Nearest first and each certificate once: what holds farther away holds nearer too, and authorities that all
        # issue each other make more paths than can be tried.
        paths, seen = deque([best.certificates]), {certificate}
        while paths:
            path = paths.popleft()
            last = path[-1]
            if last in self.anchors:
                return TrustPath(path)
            long = len(path) == _LONGEST_PATH
            if len(path) > len(best.certificates):
                best = TrustPath(path, "la cadena es demasiado larga" if long else _unknown_issuer(last))
            for issuer in () if long else pool:
                if issuer in seen or issuer.subject != last.issuer or not is_issued_by(last, issuer):
                    continue
                problem = (
                    _link_problem(last)
                    or _own_problem(issuer, at)
                    or _issuer_problem(issuer, below=len(path) - 1, anchor=issuer in self.anchors)
                    or name_problem(path, issuer)
                )
                if problem is None:
                    seen.add(issuer)
                    paths.append((*path, issuer))
                elif len(path) >= len(best.certificates):
                    best = TrustPath((*path, issuer), problem)
        return best


def _unknown_issuer(certificate: x509.Certificate) -> str:
    return f"no se conoce al emisor «{label(certificate.issuer)}»"


def _own_problem(certificate: x509.Certificate, at: datetime) -> str | None:
    name = label(certificate.subject)
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        return f"«{name}» no estaba vigente el {at.isoformat()}"
    extensions = extensions_of(certificate)
    for oid in (item.oid.dotted_string for item in extensions.found if item.critical):
        if oid not in _UNDERSTOOD:
            return f"«{name}» tiene una extensión crítica desconocida ({oid})"
    for oid, critical in extensions.unreadable:
        if oid in _RESTRICTING or (critical and oid not in _NAMING):
            return f"«{name}» tiene una extensión ilegible que lo limita ({oid})"
    return None


def _link_problem(certificate: x509.Certificate) -> str | None:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return None  # is_issued_by has already verified it, so it is none of the weak ones
    if algorithm is None or algorithm.name not in _WEAK_HASHES:
        return None
    return f"«{label(certificate.subject)}» está firmado con {algorithm.name.upper()}, que es débil"


def _issuer_problem(issuer: x509.Certificate, *, below: int, anchor: bool) -> str | None:
    name = label(issuer.subject)
    if not anchor and (problem := purpose_problem(issuer, leaf=False)) is not None:
        return problem
    constraints = extension(issuer, x509.BasicConstraints)
    if constraints is None and anchor:
        return None  # roots of version 1 have no extensions; the caller vouches for an anchor
    if constraints is None or not constraints.ca:
        return f"«{name}» no es una autoridad de certificación"
    if constraints.path_length is not None and below > constraints.path_length:
        return f"«{name}» no admite tantas autoridades por debajo"
    usage = extension(issuer, x509.KeyUsage)
    if usage is not None and not usage.key_cert_sign:
        return f"«{name}» no puede firmar certificados"
    return None
