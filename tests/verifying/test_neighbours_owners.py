"""Certificates with odd subjects, tried as neighbours of faults A1 and A2: whose they are, and for whom they sign."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID

from dian_fe import read, verify
from dian_fe.errors import SignerNotTrusted
from dian_fe.testing.pki import ToyIdentity
from tests.delivery.support import AT
from tests.verifying.foreign import Foreign
from tests.verifying.sealing import ANSWERED, TIME, container, sold, unsigned_answer
from tests.verifying.support import PKI, TRUST

SERIAL, ORGANIZATION = NameOID.SERIAL_NUMBER, NameOID.ORGANIZATION_IDENTIFIER
ANDES = x509.ObjectIdentifier("1.3.6.1.4.1.23267.2.3")
UTF8 = _ASN1Type.UTF8String
ISSUER, OTHER, DIAN = "700085371", "900373076", "800197268"
Subject = tuple[tuple[x509.ObjectIdentifier, str], ...]


def holder(subject: Subject, kind: _ASN1Type = UTF8) -> ToyIdentity:
    """Return somebody with a certificate of an accredited authority and any subject."""
    key, authority = PKI.identity(OTHER).key, PKI.issuing
    name = x509.Name([x509.NameAttribute(oid, text, kind) for oid, text in subject])
    day, last = datetime(2018, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(authority.certificate.subject, name, key.public_key(), 77, day, last)
    made = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    return ToyIdentity(key, made.sign(authority.key, hashes.SHA256()), (authority.certificate,))


def invoice_of(subject: Subject, kind: _ASN1Type = UTF8) -> bytes:
    return Foreign(identity=holder(subject, kind), time=TIME).sign(sold()[0].built.canonical.xml)


def answer_of(subject: Subject) -> bytes:
    return container(answers=(Foreign(identity=holder(subject), time=ANSWERED).sign(unsigned_answer()),))


def verified(xml: bytes) -> Any:
    return verify(read(xml), TRUST, at=AT)


@pytest.mark.parametrize(
    "text",
    [
        f"{OTHER} {ISSUER}", f"{ISSUER}/{OTHER}", f"{OTHER}-{ISSUER}", f"NIT {ISSUER} NIT {OTHER}", f"x{ISSUER}",
        f"CC {ISSUER}", f"NTRVE-{ISSUER}", f"VATES-{ISSUER}", f"PASCO-{ISSUER}", f"+{ISSUER}", f"{ISSUER}.0",
        f"{ISSUER}0", "７００085371", f"1{ISSUER}", f"{ISSUER}-2{OTHER}", "",
    ],
)  # fmt: skip
def test_a_number_that_is_no_nit_of_the_issuer_is_nobody(text: str) -> None:
    subject = ((NameOID.COMMON_NAME, "Otro SAS"), *(((SERIAL, text),) if text else ()))
    with pytest.raises(SignerNotTrusted):
        verified(invoice_of(subject))


@pytest.mark.parametrize("text", [ISSUER, f"{ISSUER}-1", f"{ISSUER}1", "NIT 700.085.371-1", f"NTRCO-{ISSUER}"])
def test_the_issuers_number_is_known_in_each_spelling(text: str) -> None:
    assert verified(invoice_of(((SERIAL, text),))).signed_by.nit == ISSUER


@pytest.mark.parametrize(
    "kind", [_ASN1Type.BMPString, _ASN1Type.T61String, _ASN1Type.UniversalString, _ASN1Type.PrintableString]
)
def test_the_issuers_number_is_known_in_each_string_type(kind: _ASN1Type) -> None:
    assert verified(invoice_of(((SERIAL, ISSUER),), kind)).signed_by.nit == ISSUER


@pytest.mark.parametrize(
    "subject",
    [
        ((SERIAL, OTHER), (SERIAL, ISSUER)),
        ((SERIAL, ISSUER), (SERIAL, OTHER)),
        ((SERIAL, OTHER), (ORGANIZATION, f"NTRCO-{ISSUER}")),
        ((SERIAL, ISSUER), (ORGANIZATION, f"NTRCO-{OTHER}")),
        ((SERIAL, OTHER), (ANDES, ISSUER)),
        ((SERIAL, ISSUER), (ORGANIZATION, f"VATCO-{OTHER}-4")),
    ],
)
def test_a_certificate_of_two_companies_is_of_neither(subject: Subject) -> None:
    with pytest.raises(SignerNotTrusted):
        verified(invoice_of(subject))


def test_a_representatives_cedula_stands_beside_the_nit() -> None:
    assert verified(invoice_of(((SERIAL, "1020304050"), (ORGANIZATION, f"NTRCO-{ISSUER}")))).signed_by.nit == ISSUER


@pytest.mark.parametrize(
    "subject",
    [
        ((SERIAL, OTHER), (SERIAL, DIAN)),
        ((SERIAL, OTHER), (ORGANIZATION, f"NTRCO-{DIAN}")),
        ((SERIAL, f"CC{DIAN}"),),
        ((SERIAL, f"{DIAN} {OTHER}"),),
        ((SERIAL, f"VATES-{DIAN}"),),
        ((NameOID.COMMON_NAME, "U.A.E. Direccion de Impuestos y Aduanas Nacionales"), (SERIAL, OTHER)),
        ((NameOID.ORGANIZATION_NAME, f"DIAN NIT {DIAN}"), (NameOID.EMAIL_ADDRESS, f"{DIAN}@example.com")),
        ((NameOID.USER_ID, DIAN),),
    ],
)
def test_nobody_answers_for_dian_by_a_part_of_its_number(subject: Subject) -> None:
    with pytest.raises(SignerNotTrusted):
        verified(answer_of(subject))
    with pytest.raises(SignerNotTrusted):
        verify(read(answer_of(subject)), TRUST, at=AT, providers={OTHER})
