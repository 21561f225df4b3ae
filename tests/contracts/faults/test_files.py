"""Files that can be read in several ways, and certificates that others name (rows A18, A19, A20)."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dian_fe import read
from dian_fe.errors import UnsafeArchive
from dian_fe.signing import PemSigner, Pkcs12Signer
from dian_fe.signing.distinguished_names import issuer_name
from dian_fe.ubl.archive import make_zip
from tests.contracts.faults.rows import cases
from tests.signing.support import PKI
from tests.verifying.sealing import another, sold
from tests.verifying.test_trust import usage

# ---- A18


def two() -> tuple[bytes, bytes]:
    """Return two ZIPs, each with an invoice."""
    return make_zip({"fv.xml": sold()[0].xml}), make_zip({"fv.xml": another()[0].xml})


def directory_of(data: bytes) -> int:
    return data.index(b"PK\1\2")


def same_name_twice() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("fv.xml", sold()[0].xml)
        archive.writestr("fv.xml", another()[0].xml)
    return target.getvalue()


def hidden_before() -> bytes:
    """Return a ZIP whose directory leaves out the file that stands first."""
    first, second = two()
    moved, by = bytearray(second), directory_of(first)
    end, start = second.rindex(b"PK\5\6"), directory_of(second)
    struct.pack_into("<I", moved, end + 16, start + by)
    struct.pack_into("<I", moved, start + 42, by)
    return first[:by] + bytes(moved)


def inside_the_comment() -> bytes:
    """Return a ZIP in whose comment another whole ZIP stands."""
    first, second = two()
    return first[:-2] + struct.pack("<H", len(second)) + second


@cases(
    "A18",
    {"one after the other": lambda: b"".join(two())},
    {
        "the same name twice": same_name_twice,
        "a file that the directory leaves out": hidden_before,
        "a ZIP in the comment of another": inside_the_comment,
    },
)
def test_a_zip_with_two_readings_is_refused(case: Callable[[], bytes]) -> None:
    with pytest.raises(UnsafeArchive):
        read(case())


# ---- A19


@cache
def key(number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def certificate(
    number: int = 0, *uses: str, years: tuple[int, int] = (2024, 2036), purpose: x509.ObjectIdentifier | None = None
) -> x509.Certificate:
    subject = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, "Titular"), x509.NameAttribute(NameOID.SERIAL_NUMBER, "900373076")]
    )
    begin, end = (datetime(year, 1, 1, tzinfo=UTC) for year in years)
    public, issuer = key(number).public_key(), PKI.issuing
    builder = x509.CertificateBuilder(
        issuer.certificate.subject, subject, public, x509.random_serial_number(), begin, end
    )
    allowed = dict.fromkeys(uses or ("digital_signature", "content_commitment"), True)
    builder = builder.add_extension(usage(**allowed), critical=True)
    if purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    return builder.sign(issuer.key, SHA256())


def pem(keys: Sequence[int], *certificates: x509.Certificate) -> bytes:
    parts = [key(each).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) for each in keys]
    return b"".join([*parts, *(each.public_bytes(Encoding.PEM) for each in certificates)])


def p12(first: x509.Certificate, *others: x509.Certificate) -> bytes:
    return pkcs12.serialize_key_and_certificates(b"x", key(0), first, others, BestAvailableEncryption(b"clave"))


ENCIPHERING = ("key_encipherment", "data_encipherment")
Choice = tuple[Callable[[bytes], object], bytes, x509.Certificate]


def from_pem(keys: Sequence[int], wrong: x509.Certificate, right: x509.Certificate) -> Choice:
    return PemSigner.load, pem(keys, wrong, right), right


def from_p12(wrong: x509.Certificate, right: x509.Certificate) -> Choice:
    return lambda data: Pkcs12Signer.load(data, "clave"), p12(wrong, right), right


@cases(
    "A19",
    {
        "one to encipher first": lambda: from_pem([1, 0], certificate(1, *ENCIPHERING), certificate()),
        "an expired one first": lambda: from_p12(certificate(years=(2019, 2021)), certificate()),
    },
    {
        "one for servers first": lambda: from_p12(certificate(purpose=ExtendedKeyUsageOID.SERVER_AUTH), certificate()),
        "one to agree on keys first": lambda: from_p12(certificate(0, "key_agreement"), certificate()),
        "one without repudiation first": lambda: from_p12(certificate(0, "digital_signature"), certificate()),
        "the key of an expired one first": lambda: from_pem([2, 0], certificate(2, years=(2019, 2021)), certificate()),
    },
)
def test_the_certificate_that_signs_is_taken(case: Callable[[], Choice]) -> None:
    load, data, right = case()
    taken = load(data).certificate  # type: ignore[attr-defined]
    assert taken == right


# ---- A20


def named(text: str, kind: _ASN1Type, oid: x509.ObjectIdentifier = NameOID.COMMON_NAME) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, text, _type=kind, _validate=False)])


@cases(
    "A20",
    {
        "UniversalString": (named("Ñ", _ASN1Type.UniversalString), "CN=#1c04000000d1"),
    },
    {
        "NumericString": (named("12", _ASN1Type.NumericString), "CN=#12023132"),
        "VisibleString": (named("ab", _ASN1Type.VisibleString), "CN=#1a026162"),
        "UniversalString of an organization": (
            named("AB", _ASN1Type.UniversalString, NameOID.ORGANIZATION_NAME), "O=#1c080000004100000042",
        ),
        "NumericString of a country": (named("57", _ASN1Type.NumericString, NameOID.COUNTRY_NAME), "C=#12023537"),
    },
)  # fmt: skip
def test_issuer_names_are_written_as_java_does(case: tuple[x509.Name, str]) -> None:
    name, written = case
    assert issuer_name(name) == written
