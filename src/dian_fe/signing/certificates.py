"""Data of a certificate: owner, dates and place in a chain. Private keys are not handled here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from .._arguments import checked
from .._viewed import Viewed
from ..catalogs import check_digit
from ..errors import CertificateExpired, CertificateNotYetValid, NotAKeyStore, WeakKey, WrongCertificateOwner
from ..faults import Fault, Severity
from .distinguished_names import label
from .moments import check_aware

UNREADABLE: Final = (ValueError, TypeError, x509.InvalidVersion)
"""Exceptions of reading invalid certificates, or malformed names in one."""
_LONGEST_NIT: Final = 15
MINIMUM_BITS: Final = 2048
"""Shortest RSA key that accredited certificates carry (DIAN's signature policy v2)."""

_IDENTIFIERS: Final = {
    NameOID.ORGANIZATION_IDENTIFIER: "organizationIdentifier",
    x509.ObjectIdentifier("1.3.6.1.4.1.23267.2.3"): "identificador de Andes SCD",
    x509.ObjectIdentifier("1.3.6.1.4.1.4710.1.3.2"): "identificador de GSE",
    NameOID.X500_UNIQUE_IDENTIFIER: "x500UniqueIdentifier",
    NameOID.SERIAL_NUMBER: "serialNumber",
}
"""Attributes of the subject that carry the NIT in every certificate of an accepted document (72 real ones).

Those of an organisation come first: in a representative's certificate serialNumber may be the person's cédula.
"""
_SCHEME = re.compile(r"^(?:(?!PAS)[A-Z]{3}CO-|NIT\b[.:\s-]*)", re.IGNORECASE)
"""Prefix of a Colombian identifier: ``VATCO-`` and its like (ETSI EN 319 412-1, section 5.1.4), or the word NIT.

A passport (``PASCO-``) has numbers of its own."""
_NUMBER = re.compile(r"(?P<number>\d{1,3}(?:\.\d{3})+|\d{5,15})(?:\s*-\s*(?P<digit>\d))?", re.ASCII)
_COMPANY = re.compile(r"[89][0-9]{8}")
"""A company's NIT: cédulas of ten digits begin with 1."""
_COMPANY_DIGITS = 9


@checked
@dataclass(frozen=True, slots=True)
class CertificateInfo(Viewed):
    """The main data of a certificate: names (RFC 4514), serial in decimal, NIT if found, dates in UTC."""

    subject: str
    issuer: str
    serial: str
    nit: str | None
    not_before: datetime
    not_after: datetime

    @classmethod
    def of(cls, certificate: x509.Certificate) -> CertificateInfo:
        """Read a certificate."""
        return CertificateInfo(
            subject=certificate.subject.rfc4514_string(),
            issuer=certificate.issuer.rfc4514_string(),
            serial=str(certificate.serial_number),
            nit=certificate_nit(certificate),
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
        )

    def valid_at(self, at: datetime) -> bool:
        """True if ``at`` (aware) lies within the dates, both included (RFC 5280, section 4.1.2.5)."""
        return self.not_before <= at <= self.not_after

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        dates = {"not_before": self.not_before.isoformat(), "not_after": self.not_after.isoformat()}
        return asdict(self) | dates


@dataclass(frozen=True, slots=True)
class Identifier:
    """An attribute of a subject that carries an identification number."""

    attribute: str
    """Name and OID: ``serialNumber (2.5.4.5)``."""
    text: str
    """The value as written."""

    @property
    def number(self) -> str | None:
        """The number without check digit, dots or scheme; None for another text, such as a passport.

        Only a company's NIT is separated from an appended check digit: ten digits of a person are a cédula.
        """
        number, digit = self._parts()
        if number and digit is None and _COMPANY.fullmatch(number[:-1]) and check_digit(number[:-1]) == number[-1]:
            return number[:-1]
        return number

    def names(self, nit: str) -> bool:
        """True if it is this identification, alone or with its check digit (with or without dash)."""
        number, digit = self._parts()
        if number is None or not (nit.isascii() and nit.isdigit()):
            return self.text == nit  # a passport has no check digit
        return nit == number or (digit is None and len(nit) <= _LONGEST_NIT and nit + check_digit(nit) == number)

    def _parts(self) -> tuple[str | None, str | None]:
        match = _NUMBER.fullmatch(_SCHEME.sub("", self.text).strip())
        if match is None:
            return None, None
        return match["number"].replace(".", "").lstrip("0") or None, match["digit"]


def identifiers(certificate: x509.Certificate) -> tuple[Identifier, ...]:
    """Return the identifiers of a certificate's owner, those of an organisation first.

    Only attributes meant for identification count, not digits in a name, an address or a unit.
    """
    return tuple(
        Identifier(f"{name} ({oid.dotted_string})", text)
        for oid, name in _IDENTIFIERS.items()
        for attribute in certificate.subject.get_attributes_for_oid(oid)
        if (text := _text(attribute.value))
    )


def _text(value: str | bytes) -> str:
    """Return the text of an attribute; x500UniqueIdentifier is a BIT STRING by its definition (X.520, 6.2.7)."""
    if isinstance(value, bytes):
        value = value.removeprefix(b"\0").decode("ascii", "replace")
    return value.strip()


@checked
def certificate_nit(certificate: x509.Certificate) -> str | None:
    """Return the NIT of the certificate's owner, without check digit; None when no attribute reads as one.

    Authorities write it in several attributes (`identifiers`), bare, with dots, with its check digit after a dash or
    appended, or after ``NIT`` or ``VATCO-``. The first that reads as a number is returned.
    """
    return next((found.number for found in identifiers(certificate) if found.number), None)


def identifier_of(certificate: x509.Certificate, nit: str) -> Identifier | None:
    """Return the identifier by which a certificate belongs to ``nit``; None when it does not.

    A representative's certificate may carry the person's cédula beside the company's NIT. One that names two different
    companies belongs to neither.
    """
    found = identifiers(certificate)
    named = next((each for each in found if each.names(nit)), None)
    if named is None or len(nit) != _COMPANY_DIGITS:  # cédulas have eight digits or fewer, or ten
        return named
    numbers = (each.number for each in found if not each.names(nit))
    return None if any(number and _COMPANY.fullmatch(number) for number in numbers) else named


def names_nit(certificate: x509.Certificate, nit: str) -> bool:
    """True if an identifier of the certificate's subject is this NIT, with or without its check digit."""
    return identifier_of(certificate, nit) is not None


@checked
def check_owner(certificate: x509.Certificate, nit: str, *, field: str = "certificate") -> Fault | None:
    """Check that a certificate belongs to ``nit`` (digits, without check digit).

    For the supplier role that is the issuer's NIT, for a third party the technology provider's. Raise
    ``WrongCertificateOwner`` when the certificate names another. Return a finding when it names none that can be read,
    as DIAN does not publish which attribute it reads; ``verify`` refuses such a certificate.
    """
    if names_nit(certificate, nit):
        return None
    found = certificate_nit(certificate)
    if found is None:
        return Fault(
            code="certificate_without_nit",
            severity=Severity.CONSEJO,
            message="No se encontró un NIT en el titular del certificado.",
            hint="Confirme con la entidad de certificación que el certificado se expidió para este NIT.",
            path=field,
            expected=nit,
            source="signature",
        )
    raise WrongCertificateOwner.of(
        "signing.wrong_certificate_owner", field=field, owner=found, subject=label(certificate.subject), nit=nit
    )


def self_issued(certificate: x509.Certificate) -> Fault | None:
    """Return a finding for a self-issued certificate, else None: DIAN accepts only those of accredited authorities."""
    if certificate.issuer != certificate.subject:
        return None
    return Fault(
        code="certificate_self_issued",
        severity=Severity.CONSEJO,
        message="El certificado no lo expidió una entidad de certificación, sino su propio titular.",
        hint="La DIAN no lo acepta: use uno de una entidad acreditada por el ONAC (política de firma v2).",
        path="certificate",
        found=label(certificate.issuer),
        source="signature",
    )


def check_dates(info: CertificateInfo, at: datetime) -> None:
    """Refuse a signing time outside the certificate's dates: ``CertificateExpired``, ``CertificateNotYetValid``.

    A naive ``at`` raises ``NaiveDatetime``.
    """
    check_aware(at)
    if info.valid_at(at):
        return
    late = at > info.not_after
    limit = (info.not_after if late else info.not_before).isoformat()
    values = {"field": "at", "found": at.isoformat(), "limit": limit, "subject": info.subject}
    if late:
        raise CertificateExpired.of("signing.certificate_expired", **values)
    raise CertificateNotYetValid.of("signing.certificate_not_yet_valid", **values)


def rsa_key(certificate: x509.Certificate, *, field: str = "certificate") -> RSAPublicKey:
    """Return the public key; raises ``WeakKey`` when it is not RSA of at least 2048 bits (signature policy v2)."""
    key = public_rsa(certificate)
    if key is not None and key.key_size >= MINIMUM_BITS:
        return key
    found = "una llave que no es RSA" if key is None else f"RSA de {key.key_size} bits"
    raise WeakKey.of("signing.weak_key", field=field, found=found, least=MINIMUM_BITS)


def public_rsa(certificate: x509.Certificate) -> RSAPublicKey | None:
    """Return the public key; None when it is of another kind or unreadable."""
    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return None
    return key if isinstance(key, RSAPublicKey) else None


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """True if ``issuer`` signed ``certificate``: names match and the signature verifies."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def order_chain(leaf: x509.Certificate, pool: Iterable[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """Return the chain from a leaf towards its root, out of an unordered pool, as far as that has the issuers."""
    chain, rest = [leaf], [certificate for certificate in pool if certificate != leaf]
    while chain[-1].issuer != chain[-1].subject:
        issuer = next((other for other in rest if is_issued_by(chain[-1], other)), None)
        if issuer is None:
            break
        chain.append(issuer)
        rest.remove(issuer)
    return tuple(chain)


def der(certificate: x509.Certificate) -> bytes:
    """Return the certificate's DER bytes."""
    return certificate.public_bytes(Encoding.DER)


def read_source(source: Path | str | bytes) -> bytes:
    """Return the bytes of a file, or those given as they are. Raises ``OSError`` as ``open`` does."""
    return source if isinstance(source, bytes) else Path(source).read_bytes()


@checked
def load_certificates(
    *sources: Path | str | bytes | x509.Certificate | Sequence[x509.Certificate],
) -> tuple[x509.Certificate, ...]:
    """Load certificates from PEM (one or many) or DER, each given as path or bytes; objects are returned as they are.

    Raises ``NotAKeyStore`` when a source holds no certificate.
    """
    found: list[x509.Certificate] = []
    for source in sources:
        if isinstance(source, Path | str | bytes):
            found += _parse_certificates(read_source(source))
        else:
            found += [source] if isinstance(source, x509.Certificate) else source
    return tuple(found)


def check_readable(certificate: x509.Certificate, *, field: str = "certificate") -> None:
    """Raise ``NotAKeyStore`` for a certificate whose names or dates are malformed: they are parsed on first access."""
    try:
        CertificateInfo.of(certificate)
    except UNREADABLE as error:
        raise NotAKeyStore.of("signing.unreadable_certificate", field=field, found=str(error)) from None


def _parse_certificates(data: bytes) -> list[x509.Certificate]:
    try:
        if b"-----BEGIN" in data:
            return x509.load_pem_x509_certificates(data)
        return [x509.load_der_x509_certificate(data)]
    except UNREADABLE:
        raise NotAKeyStore.of("signing.no_certificates", field="certificate") from None
