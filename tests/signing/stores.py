"""Key stores as some authorities and users make them: several certificates of a key, several keys in one file."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dian_fe.signing.distinguished_names import der_values
from tests.contracts.interop.names import tlv
from tests.signing.support import PKI

_DATA = bytes.fromhex("06092a864886f70d010701")
_SHA256 = bytes.fromhex("300d06096086480165030402010500")
_SALT = b"8 octets"
USAGES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
          "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
SIGNING = ("digital_signature", "content_commitment")
SECRET = "clave"
_FEW_ROUNDS = (
    PrivateFormat.PKCS12.encryption_builder()
    .kdf_rounds(2)
    .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
    .hmac_hash(SHA256())
)
"""What authorities use, but for their tens of thousands of rounds: dozens of stores are made and opened."""


@cache
def key(number: int) -> rsa.RSAPrivateKey:
    """Return a key; the same number gives the same one."""
    return rsa.generate_private_key(65537, 2048)


def certificate(
    number: int = 0,
    usage: Sequence[str] | None = SIGNING,
    *,
    years: tuple[int, int] = (2024, 2026),
    nit: str = "900373076",
    server: bool = False,
) -> x509.Certificate:
    """Return a certificate of a key for these uses, from one 1 January to another."""
    subject = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, f"Titular {nit}"), x509.NameAttribute(NameOID.SERIAL_NUMBER, nit)]
    )
    begin, end = (datetime(year, 1, 1, tzinfo=UTC) for year in years)
    builder = x509.CertificateBuilder(
        PKI.issuing.certificate.subject, subject, key(number).public_key(), x509.random_serial_number(), begin, end
    )
    if usage is not None:
        builder = builder.add_extension(x509.KeyUsage(**{each: each in usage for each in USAGES}), critical=True)
    if server:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(PKI.issuing.key, SHA256())


def pem(keys: Sequence[int], certificates: Sequence[x509.Certificate]) -> bytes:
    """Return a PEM file, everything in this order."""
    parts = [key(each).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) for each in keys]
    return b"".join([*parts, *(each.public_bytes(Encoding.PEM) for each in certificates)])


def p12(keys: Sequence[int], certificates: Sequence[x509.Certificate], *secrets: str) -> bytes:
    """Return a .p12, everything in this order; ``secrets``: passwords of the single keys, when not the file's."""
    if len(keys) == 1:
        return _store(keys[0], certificates, SECRET)
    infos = [_infos(_store(None, certificates, SECRET))[0]]
    for each, secret in zip(keys, secrets or [SECRET] * len(keys), strict=True):
        own = next(one for one in certificates if one.public_key() == key(each).public_key())
        infos.append(_infos(_store(each, [own], secret))[-1])
    safe = tlv(0x30, b"".join(infos))
    info = tlv(0x30, _DATA + tlv(0xA0, tlv(0x04, safe)))
    digest = hmac.digest(_mac_key(SECRET), safe, "sha256")
    mac = tlv(0x30, tlv(0x30, _SHA256 + tlv(0x04, digest)) + tlv(0x04, _SALT))
    return tlv(0x30, b"\x02\x01\x03" + info + mac)


def _store(number: int | None, certificates: Sequence[Any], secret: str) -> bytes:
    first, others = (certificates[0], certificates[1:]) if number is not None else (None, certificates)
    if first is not None and number is not None and first.public_key() != key(number).public_key():
        first, others = None, certificates
    return pkcs12.serialize_key_and_certificates(
        None, None if number is None else key(number), first, others, _FEW_ROUNDS.build(secret.encode())
    )


def _infos(store: bytes) -> list[bytes]:
    """Return the ContentInfos inside a .p12."""
    _, (_, info, _), *_ = der_values(next(der_values(store))[1])
    _, (_, content, _) = der_values(info)
    return [whole for _, _, whole in der_values(next(der_values(next(der_values(content))[1]))[1])]


def _mac_key(secret: str) -> bytes:
    """Return the key of a MAC of one round, the default (RFC 7292, appendix B.2, with ID 3 and SHA-256)."""
    text = secret.encode("utf-16-be") + b"\0\0"
    salt, word = (part * (64 // len(part) + 1) for part in (_SALT, text))
    return hashlib.sha256(b"\x03" * 64 + salt[:64] + word[:64]).digest()
