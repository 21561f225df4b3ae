from __future__ import annotations

from base64 import b64encode
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID, ObjectIdentifier

from dian_fe import errors
from dian_fe.signing import CallableSigner, CertificateInfo, certificate_nit, check_owner
from dian_fe.signing.certificates import der
from dian_fe.signing.distinguished_names import issuer_name, label
from dian_fe.verifying import TrustStore, verify_signature
from tests.contracts.interop.names import CN, T61, UTF8, name, with_issuer
from tests.signing.support import AT, NIT, PKI, signed

ANDES = ObjectIdentifier("1.3.6.1.4.1.23267.2.3")
GSE = ObjectIdentifier("1.3.6.1.4.1.4710.1.3.2")
ANY_OID = ObjectIdentifier("1.3.6.1.4.1.99999.2.3")


def certificate(*attributes: x509.NameAttribute[str]) -> x509.Certificate:
    toy = PKI.issuing
    name = x509.Name(attributes)
    builder = x509.CertificateBuilder(
        toy.certificate.subject, name, toy.key.public_key(), 9, AT - timedelta(days=1), AT + timedelta(days=1)
    )
    return builder.sign(toy.key, SHA256())


def serial(value: str) -> x509.NameAttribute[str]:
    return x509.NameAttribute(NameOID.SERIAL_NUMBER, value)


@pytest.mark.parametrize(
    ("written", "nit"),
    [
        ("700085371", "700085371"),
        ("800199436", "800199436"),
        ("8001994364", "800199436"),  # glued check digit of a company
        ("800199436-4", "800199436"),
        ("800.199.436-4", "800199436"),
        ("NIT 800199436", "800199436"),
        ("NIT800199436", None),
        ("NIT: 800.199.436 - 4", "800199436"),
        ("VATCO-800199436", "800199436"),
        ("NTRCO-8001994364", "800199436"),
        ("1020304050", "1020304050"),  # a person's cédula of ten digits
        ("0800199436", "800199436"),
        ("8001994365", "8001994365"),  # not the check digit: not glued
        ("ABC123", None),
        ("", None),
    ],
)
def test_the_nit_is_found_as_authorities_write_it(written: str, nit: str | None) -> None:
    if not written:
        assert certificate_nit(certificate(x509.NameAttribute(NameOID.COMMON_NAME, "x"))) is None
    else:
        assert certificate_nit(certificate(serial(written))) == nit


def test_the_organization_comes_before_the_person() -> None:
    organization = x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, "VATCO-800199436")
    both = certificate(serial("1020304050"), organization)
    assert certificate_nit(both) == "800199436"
    assert check_owner(both, "800199436") is None


@pytest.mark.parametrize("oid", [ANDES, GSE, NameOID.ORGANIZATION_IDENTIFIER])
def test_an_authoritys_own_attribute_makes_it_the_owner(oid: ObjectIdentifier) -> None:
    representative = certificate(serial("1020304050"), x509.NameAttribute(oid, "8001994364"))
    assert certificate_nit(representative) == "800199436"
    assert check_owner(representative, "800199436") is None
    assert check_owner(representative, "1020304050") is None
    with pytest.raises(errors.WrongCertificateOwner):
        check_owner(representative, "900373076")


def test_x500_unique_identifier_is_a_bit_string() -> None:
    bits = x509.NameAttribute(NameOID.X500_UNIQUE_IDENTIFIER, b"\x00800199436", _ASN1Type.BitString)
    assert certificate_nit(certificate(bits)) == "800199436"  # type: ignore[arg-type]


def test_two_companies_in_one_certificate_own_it_neither() -> None:
    two = certificate(serial("900373076"), x509.NameAttribute(GSE, "800199436"))
    for nit in ("900373076", "800199436"):
        with pytest.raises(errors.WrongCertificateOwner):
            check_owner(two, nit)


@pytest.mark.parametrize(
    "other",
    [
        x509.NameAttribute(ANY_OID, "8001994364"),
        x509.NameAttribute(NameOID.COMMON_NAME, "8 mares 001 y 99 cabras 436 SAS"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "800199436"),
        x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "NIT 800.199.436-4"),
        x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, "VATPT-800199436"),
        x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, "800199436 SAS"),
        x509.NameAttribute(NameOID.SERIAL_NUMBER, "80-0199-436"),
    ],
    ids=lambda attribute: f"{attribute.oid._name} {attribute.value}",
)
def test_what_is_no_identifier_names_nobody(other: x509.NameAttribute[str]) -> None:
    finding = check_owner(certificate(other), "800199436")
    assert finding is not None
    assert finding.code == "certificate_without_nit"
    with pytest.raises(errors.WrongCertificateOwner):
        check_owner(certificate(serial("900373076"), other), "800199436")


@pytest.mark.parametrize(
    ("oid", "value"),
    [
        (NameOID.EMAIL_ADDRESS, "900373076@example.com"),
        (NameOID.COMMON_NAME, "900373076@example.com"),
        (NameOID.STREET_ADDRESS, "Cra 9 # 00-37, casa 30-76"),
        (NameOID.LOCALITY_NAME, "900373076"),
        (x509.ObjectIdentifier("2.5.4.20"), "900 373 076"),
    ],
)
def test_digits_that_anybody_may_write_identify_nobody(oid: x509.ObjectIdentifier, value: str) -> None:
    own = x509.NameAttribute(NameOID.SERIAL_NUMBER, "800199436")
    with pytest.raises(errors.WrongCertificateOwner):
        check_owner(certificate(own, x509.NameAttribute(oid, value)), "900373076")


def test_no_nit_is_a_finding_with_the_wanted_one() -> None:
    finding = check_owner(certificate(x509.NameAttribute(NameOID.COMMON_NAME, "Sin NIT")), "900373076")
    assert finding is not None
    assert not finding.rejects
    assert finding.expected == "900373076"


def test_names_are_written_as_rfc_2253_says() -> None:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CO"),
            x509.NameAttribute(NameOID.STATE_OR_PROVINCE_NAME, "Cundinamarca"),
            x509.NameAttribute(NameOID.STREET_ADDRESS, " Cl 1 "),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, 'A, B + "C" <D>; E\\F'),
            x509.NameAttribute(NameOID.DOMAIN_COMPONENT, "co"),
            x509.NameAttribute(NameOID.COMMON_NAME, "#1 = ñandú"),
            x509.NameAttribute(NameOID.EMAIL_ADDRESS, "a@example.com"),
        ]
    )
    assert issuer_name(name) == (
        r"1.2.840.113549.1.9.1=#160d61406578616d706c652e636f6d,CN=\#1 \= ñandú,DC=co,"
        r"O=A\, B \+ \"C\" \<D\>\; E\\F,STREET=\ Cl 1\ ,ST=Cundinamarca,C=CO"
    )


def test_the_string_type_of_the_certificate_shows_in_the_hex() -> None:
    printable = x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, "7", _type=_ASN1Type.PrintableString)])
    utf8 = x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, "7", _type=_ASN1Type.UTF8String)])
    assert (issuer_name(printable), issuer_name(utf8)) == ("2.5.4.5=#130137", "2.5.4.5=#0c0137")


def test_several_values_in_one_rdn_and_long_ones() -> None:
    rdn = x509.RelativeDistinguishedName(
        [x509.NameAttribute(NameOID.COMMON_NAME, "a"), x509.NameAttribute(NameOID.USER_ID, "b")]
    )
    long = x509.NameAttribute(ANY_OID, "x" * 300)
    text = issuer_name(x509.Name([rdn, x509.RelativeDistinguishedName([long])]))
    assert text.startswith("1.3.6.1.4.1.99999.2.3=#0c82012c" + "78" * 300 + ",")
    assert set(text.rpartition(",")[2].split("+")) == {"CN=a", "UID=b"}


@pytest.mark.parametrize("type_", [_ASN1Type.BMPString, _ASN1Type.T61String, _ASN1Type.PrintableString])
def test_strings_of_other_types_are_decoded(type_: _ASN1Type) -> None:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Emisora", _type=type_)])
    assert issuer_name(name) == "CN=Emisora"


@pytest.mark.parametrize(
    ("type_", "text", "der"),
    [
        (_ASN1Type.UniversalString, "Ñ", "1c04000000d1"),
        (_ASN1Type.NumericString, "12", "12023132"),
        (_ASN1Type.VisibleString, "ab", "1a026162"),
        (_ASN1Type.UTF8String, "a\x0bb", "0c03610b62"),
    ],
)
def test_strings_that_java_or_xml_lack_are_written_as_hex(type_: _ASN1Type, text: str, der: str) -> None:
    assert issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text, _type=type_)])) == f"CN=#{der}"


def test_a_label_for_messages() -> None:
    assert label(PKI.root.certificate.subject) == "Raíz de juguete 11"
    assert label(x509.Name([serial("5")])) == "2.5.4.5=5"


def test_info_is_what_people_want_to_know() -> None:
    info = CertificateInfo.of(PKI.identity("800199436").certificate)
    assert info.nit == "800199436"
    assert info.valid_at(info.not_before)
    assert info.valid_at(info.not_after)
    assert not info.valid_at(info.not_before - timedelta(seconds=1))
    assert not info.valid_at(info.not_after + timedelta(seconds=1))
    assert info.as_dict()["not_before"] == "2018-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    "attribute",
    [(CN, T61, "Ñandú".encode("latin-1")), (CN, 0x03, b"\0abc"), (CN, 0x30, b""), (CN, UTF8, b"\xff")],
    ids=["latin-1 in a TeletexString", "bits", "a sequence", "no UTF-8"],
)
def test_unreadable_names_are_refused_by_what_is_wrong(attribute: tuple[str, int, bytes]) -> None:
    certificate = with_issuer(name([attribute]))
    with pytest.raises(errors.NotAKeyStore, match="nombre"):
        CallableSigner((certificate,), bytes)
    with pytest.raises(errors.NotAKeyStore, match="nombre"):
        TrustStore([certificate])
    damaged = signed().xml.replace(b64encode(der(PKI.identity(NIT).certificate)), b64encode(der(certificate)))
    assert verify_signature(damaged).signature.valid is not True
