"""Choice of the key and certificate that sign, among several in a file: by key usage, then validity; never by order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from ..errors import AmbiguousKey, KeyDoesNotMatch, NotForSigning
from .certificates import certificate_nit, check_readable
from .distinguished_names import label
from .extensions import extension, signs_documents
from .moments import check_aware

_MOST_LISTED: Final = 6


def choose(
    publics: Sequence[object], bag: Sequence[x509.Certificate], at: datetime | None = None
) -> tuple[int, x509.Certificate]:
    """Return which of the public keys (or RSA moduli) signs, by its position, and with which certificate.

    Certificates for other uses than signing (key usage without digitalSignature and nonRepudiation, or extended for
    something else) never count. Then come those in force at ``at``, where it is given and any is; then those for
    nonRepudiation, the use for documents (RFC 5280, section 4.2.1.3); then the one that ends last, and begins last: of
    two of one owner the renewed one. Raise ``KeyDoesNotMatch`` (no certificate matches), ``NotForSigning``,
    ``AmbiguousKey`` (of different owners, or alike in all), with what was found; ``NaiveDatetime``.
    """
    if at is not None:
        check_aware(at)
    distinct = list(dict.fromkeys(bag))
    pairs = [(place, each) for place, key in enumerate(publics) for each in distinct if _has_key(each, key)]
    if not pairs:
        raise KeyDoesNotMatch.of("signing.key_does_not_match", field="certificate", count=len(bag))
    for _, certificate in pairs:
        check_readable(certificate)
    able = [pair for pair in pairs if signs_documents(pair[1])]
    if not able:
        raise NotForSigning.of("signing.not_for_signing", field="certificate", found=_listed(pairs))
    if at is not None:
        able = [p for p in able if p[1].not_valid_before_utc <= at <= p[1].not_valid_after_utc] or able
    if len({_owner(certificate) for _, certificate in able}) == 1:
        best = max(_rank(certificate) for _, certificate in able)
        able = [pair for pair in able if _rank(pair[1]) == best]
    if len(able) == 1:
        return able[0]
    raise AmbiguousKey.of("signing.several_certificates", field="certificate", found=_listed(able))


def _owner(certificate: x509.Certificate) -> str | x509.Name:
    return certificate_nit(certificate) or certificate.subject


def _rank(certificate: x509.Certificate) -> tuple[Any, ...]:
    usage = extension(certificate, x509.KeyUsage)
    documents = usage is None or usage.content_commitment
    return documents, certificate.not_valid_after_utc, certificate.not_valid_before_utc


def _listed(pairs: Sequence[tuple[int, x509.Certificate]]) -> str:
    """Return the data that distinguish certificates, of the first few."""
    listed = [
        f"«{label(each.subject)}» (NIT {certificate_nit(each) or 'no consta'}, serial {each.serial_number}, "
        f"{each.not_valid_before_utc:%Y-%m-%d} a {each.not_valid_after_utc:%Y-%m-%d}, uso {_usage(each)})"
        for _, each in pairs[:_MOST_LISTED]
    ]
    more = len(pairs) - _MOST_LISTED
    return "; ".join(listed + [f"y {more} más"] * (more > 0))


def _usage(certificate: x509.Certificate) -> str:
    usage = extension(certificate, x509.KeyUsage)
    if usage is None:
        return "sin límite"
    names = {
        "digitalSignature": usage.digital_signature,
        "nonRepudiation": usage.content_commitment,
        "keyEncipherment": usage.key_encipherment,
        "dataEncipherment": usage.data_encipherment,
        "keyAgreement": usage.key_agreement,
        "keyCertSign": usage.key_cert_sign,
        "cRLSign": usage.crl_sign,
    }
    return " y ".join(name for name, given in names.items() if given) or "ninguno"


def _has_key(certificate: x509.Certificate, public: object) -> bool:
    try:
        key = certificate.public_key()
        if isinstance(public, int):
            return isinstance(key, RSAPublicKey) and key.public_numbers().n == public
        return bool(key == public)
    except Exception:  # a certificate with a key of an unknown kind does not match
        return False
