"""A made-up certification authority: certificates for tests, demos and the simulator.

Its keys are published with the library, so that everything starts fast and the same seed gives the same bytes. That
makes them worthless as secrets: never trust a certificate of this authority outside a test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, cached_property
from hashlib import sha256
from importlib.resources import files
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from .._arguments import checked
from ..catalogs.identification import DIAN_NIT
from ..signing.signer import KeySigner
from ..verifying.trust import CrlList, TrustStore

_LONGEST_NAME: Final = 64
_LEAF_KEYS: Final = ("leaf0", "leaf1", "leaf2", "leaf3")


def _day(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


_AUTHORITY_DATES: Final = (_day(2015), _day(2049))
_LEAF_DATES: Final = (_day(2018), _day(2045))
_EXPIRED_DATES: Final = (_day(2018), _day(2020))
_FUTURE_DATES: Final = (_day(2045), _day(2047))
_REVOKED_ON: Final = _day(2022)
_USES: Final = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)
"""Every key usage (RFC 5280, section 4.2.1.3)."""


class Flaw(StrEnum):
    """The flaws of toy certificates."""

    NONE = "none"
    EXPIRED = "expired"
    """Valid until 2020."""
    NOT_YET_VALID = "not_yet_valid"
    """Valid from 2045."""
    REVOKED = "revoked"
    """Revoked on 2022-01-01, as `ToyPki.crl` says."""
    SELF_SIGNED = "self_signed"
    """Signed by its own key: no path to the root."""
    WEAK = "weak"
    """RSA of 1024 bits: signers refuse it (``WeakKey``)."""
    NO_NIT = "no_nit"
    """Its subject names no NIT."""


@dataclass(frozen=True, slots=True)
class ToyIdentity:
    """A key with its certificate and those above it."""

    key: RSAPrivateKey
    certificate: x509.Certificate
    authorities: tuple[x509.Certificate, ...]

    def __repr__(self) -> str:
        """Show the certificate only."""
        return f"ToyIdentity({self.certificate.subject.rfc4514_string()!r})"

    def signer(self) -> KeySigner:
        """Return a signer with it; raises ``WeakKey`` for a weak one."""
        return KeySigner(self.key, (self.certificate, *self.authorities))

    def p12(self, password: str | bytes) -> bytes:
        """Make a .p12 (AES-256) with the whole chain. Its salt is random, so bytes differ from call to call."""
        sealed = BestAvailableEncryption(password.encode() if isinstance(password, str) else password)
        return pkcs12.serialize_key_and_certificates(b"toy", self.key, self.certificate, self.authorities, sealed)

    def pem(self) -> bytes:
        """Make a PEM with the unencrypted key and the whole chain."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        chain = (self.certificate, *self.authorities)
        return key + b"".join(certificate.public_bytes(Encoding.PEM) for certificate in chain)


@checked
class ToyPki:
    """A root, two levels of authorities below it, and certificates for any NIT.

    Names and serials come from the seed: two seeds do not trust each other. Certificates are deterministic to the byte.
    """

    def __init__(self, seed: int = 0) -> None:
        """Store the seed; keys and certificates are made on first use."""
        self.seed = seed
        self._identities: dict[tuple[str, str | None, Flaw], ToyIdentity] = {}

    def __repr__(self) -> str:
        """Show the seed."""
        return f"ToyPki(seed={self.seed})"

    @cached_property
    def root(self) -> ToyIdentity:
        """The self-signed root."""
        return self._authority("Raíz de juguete", "root", None, path_length=None)

    @cached_property
    def intermediate(self) -> ToyIdentity:
        """The authority below the root."""
        return self._authority("Subordinada de juguete", "intermediate", self.root, path_length=1)

    @cached_property
    def issuing(self) -> ToyIdentity:
        """The authority that issues the certificates of companies."""
        return self._authority("Emisora de juguete, clase II", "issuing", self.intermediate, path_length=0)

    @cached_property
    def trust(self) -> TrustStore:
        """A store with the root as its only anchor; it includes the lower authorities, which documents lack, and DIAN's
        certificate is that of `dian_signer`.
        """
        above = (self.issuing.certificate, self.intermediate.certificate)
        return TrustStore(
            [self.root.certificate], above, dian=[self.dian_signer.certificate.fingerprint(SHA256()).hex()]
        )

    @property
    def crl(self) -> x509.CertificateRevocationList:
        """The issuing authority's list: every certificate issued so far with `Flaw.REVOKED`."""
        issued = list(self._identities.items())
        return _crl(self.issuing, *(identity.certificate for (_, _, flaw), identity in issued if flaw is Flaw.REVOKED))

    @property
    def revocation(self) -> CrlList:
        """`crl` in the form that ``verify`` takes, with the empty lists of the authorities above."""
        return CrlList((self.crl, _crl(self.root), _crl(self.intermediate)))

    def identity(self, nit: str, name: str | None = None, *, flaw: Flaw = Flaw.NONE) -> ToyIdentity:
        """Issue a certificate for a NIT (digits, without check digit); the same arguments give the same one.

        Subject: C=CO, O and CN with ``name``, serialNumber with the NIT; keyUsage digitalSignature and nonRepudiation.
        """
        if (nit, name, flaw) not in self._identities:
            self._identities[nit, name, flaw] = self._issue(nit, name, flaw)
        return self._identities[nit, name, flaw]

    def signer(self, nit: str, name: str | None = None, *, flaw: Flaw = Flaw.NONE) -> KeySigner:
        """Return a signer with the certificate of `identity`."""
        return self.identity(nit, name, flaw=flaw).signer()

    def p12(self, nit: str, password: str | bytes, name: str | None = None, *, flaw: Flaw = Flaw.NONE) -> bytes:
        """Return the .p12 of `identity`."""
        return self.identity(nit, name, flaw=flaw).p12(password)

    @cached_property
    def dian_signer(self) -> KeySigner:
        """A signer in the name of DIAN."""
        return self.signer(DIAN_NIT, "Dirección de Impuestos y Aduanas Nacionales (de juguete)")

    def _issue(self, nit: str, name: str | None, flaw: Flaw) -> ToyIdentity:
        dates = {Flaw.EXPIRED: _EXPIRED_DATES, Flaw.NOT_YET_VALID: _FUTURE_DATES}.get(flaw, _LEAF_DATES)
        label = shortened(name or f"Empresa {nit} SAS (de juguete)")
        names = [(NameOID.COUNTRY_NAME, "CO"), (NameOID.ORGANIZATION_NAME, label), (NameOID.COMMON_NAME, label)]
        if flaw is not Flaw.NO_NIT:
            names.insert(1, (NameOID.SERIAL_NUMBER, nit))
        subject = _name(*names)
        key = _key("weak" if flaw is Flaw.WEAK else "dian" if nit == DIAN_NIT else _leaf_key(nit))
        above = None if flaw is Flaw.SELF_SIGNED else self.issuing
        constraints = x509.BasicConstraints(ca=False, path_length=None)
        uses = ("digital_signature", "content_commitment")
        return self._certified(subject, above, key, dates, f"{nit} {label} {flaw}", constraints, uses)

    def _authority(self, label: str, key: str, above: ToyIdentity | None, *, path_length: int | None) -> ToyIdentity:
        # The comma in a name and the e-mail address (a type that RFC 2253 has no keyword for) are as in real
        # certificates, where writers of issuer names make mistakes.
        subject = _name(
            (NameOID.COUNTRY_NAME, "CO"),
            (NameOID.LOCALITY_NAME, "Bogotá D.C."),
            (NameOID.ORGANIZATION_NAME, "Autoridad de juguete S.A.S., sin validez"),
            (NameOID.COMMON_NAME, f"{label} {self.seed}"),
            (NameOID.EMAIL_ADDRESS, "autoridad@example.com"),
        )
        constraints = x509.BasicConstraints(ca=True, path_length=path_length)
        return self._certified(
            subject, above, _key(key), _AUTHORITY_DATES, key, constraints, ("key_cert_sign", "crl_sign")
        )

    def _certified(
        self,
        subject: x509.Name,
        above: ToyIdentity | None,
        key: RSAPrivateKey,
        dates: tuple[datetime, datetime],
        label: str,
        constraints: x509.BasicConstraints,
        uses: Sequence[str],
    ) -> ToyIdentity:
        """Issue a certificate below an authority; without one it is self-signed. The serial comes from the label."""
        issuer, issuer_key = (above.certificate.subject, above.key) if above else (subject, key)
        serial = int.from_bytes(sha256(f"{self.seed} {label}".encode()).digest()[:15], "big") | 1 << 112
        builder = x509.CertificateBuilder(issuer, subject, key.public_key(), serial, *dates)
        for extension, critical in (
            (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
            (x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False),
            (constraints, True),
            (x509.KeyUsage(**{use: use in uses for use in _USES}), True),
        ):
            builder = builder.add_extension(extension, critical)
        authorities = (above.certificate, *above.authorities) if above else ()
        return ToyIdentity(key, builder.sign(issuer_key, SHA256()), authorities)


def _name(*attributes: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])


def _crl(authority: ToyIdentity, *revoked: x509.Certificate) -> x509.CertificateRevocationList:
    builder = x509.CertificateRevocationListBuilder(authority.certificate.subject, *_LEAF_DATES)
    for certificate in revoked:
        entry = x509.RevokedCertificateBuilder(certificate.serial_number, _REVOKED_ON).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(authority.key, SHA256())


def shortened(name: str) -> str:
    """Return a name cut to the limit of O or CN: 64 characters (RFC 5280, appendix A), here 64 bytes."""
    return name.encode()[:_LONGEST_NAME].decode(errors="ignore")


def _leaf_key(nit: str) -> str:
    return _LEAF_KEYS[sha256(nit.encode()).digest()[0] % len(_LEAF_KEYS)]


@cache
def _key(name: str) -> RSAPrivateKey:
    data = files(__package__).joinpath("data", "toy_keys", f"{name}.pem").read_bytes()
    # The keys are the project's own files: checking their primes would take most of the start-up time.
    key = load_pem_private_key(data, None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(key, RSAPrivateKey)
    return key
