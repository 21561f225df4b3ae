"""What certificates may be used for, whose names an authority may give, and extensions that cannot be read."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID as Use

from dian_fe.signing.extensions import extension, extensions_of
from dian_fe.testing.pki import ToyIdentity
from dian_fe.verifying import TrustStore
from tests.verifying.test_trust import ISSUING, MIDDLE, PKI, ROOT, dian, issue, problem, usage

STORE = TrustStore([ROOT], [MIDDLE, ISSUING])
CA = (x509.BasicConstraints(ca=True, path_length=None), True)
DOCUMENTS = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")


@pytest.mark.parametrize(
    ("uses", "good"),
    [
        ([], True),
        ([Use.CLIENT_AUTH, Use.EMAIL_PROTECTION], True),
        ([Use.CLIENT_AUTH, Use.EMAIL_PROTECTION, Use.SERVER_AUTH], True),
        ([Use.EMAIL_PROTECTION], True),
        ([DOCUMENTS], True),
        ([Use.ANY_EXTENDED_KEY_USAGE], True),
        ([Use.SERVER_AUTH], False),
        ([Use.OCSP_SIGNING], False),
        ([Use.SERVER_AUTH, Use.OCSP_SIGNING], False),
        ([Use.TIME_STAMPING], False),
    ],
)
@pytest.mark.parametrize("critical", [True, False])
def test_purposes_are_kept(uses: list[x509.ObjectIdentifier], good: bool, critical: bool) -> None:
    leaf = issue(PKI.issuing, *([(x509.ExtendedKeyUsage(uses), critical)] if uses else []))
    assert (problem(STORE, leaf) == "") is good
    assert good or "no sirve para firmar documentos" in problem(STORE, leaf)


def test_an_authority_for_servers_issues_no_signers() -> None:
    servers = issue(PKI.intermediate, CA, (x509.ExtendedKeyUsage([Use.SERVER_AUTH]), False), name="Servidores")
    leaf = issue(ToyIdentity(dian().key, servers, ()), name="x")
    assert "no sirve para firmar documentos" in problem(TrustStore([ROOT], [MIDDLE, servers]), leaf)
    assert problem(TrustStore([servers]), leaf) == ""  # an anchor is the caller's decision


def test_a_certificate_to_encrypt_signs_nothing() -> None:
    assert "no sirve para firmar" in problem(STORE, issue(PKI.issuing, (usage(key_encipherment=True), True)))
    real = usage(digital_signature=True, content_commitment=True, key_encipherment=True, data_encipherment=True)
    assert problem(STORE, issue(PKI.issuing, (real, True))) == ""


def _name(text: str) -> x509.DirectoryName:
    return x509.DirectoryName(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)]))


@pytest.mark.parametrize(
    ("permitted", "excluded", "good"),
    [
        ([_name("Prueba")], None, True),
        ([_name("PRUEBA ")], None, True),
        ([_name("Otra")], None, False),
        ([_name("Otra"), _name("Prueba")], None, True),
        (None, [_name("Prueba")], False),
        (None, [_name("prueba")], False),
        (None, [_name("Otra")], True),
        ([x509.RFC822Name("example.com")], None, True),
        ([x509.RFC822Name("example.org")], None, False),
        (None, [x509.RFC822Name("ana@example.com")], False),
        (None, [x509.RFC822Name(".example.com")], True),
        ([x509.DNSName("example.org")], None, False),
        (None, [x509.DNSName("example.com")], False),
        (None, [x509.UniformResourceIdentifier("example.com")], False),
    ],
)
@pytest.mark.parametrize("critical", [True, False])
def test_name_constraints_are_kept(
    permitted: list[x509.GeneralName] | None, excluded: list[x509.GeneralName] | None, good: bool, critical: bool
) -> None:
    limits = x509.NameConstraints(permitted, excluded)
    authority = issue(PKI.intermediate, CA, (limits, critical), name="Limitada")
    names: list[x509.GeneralName] = [
        x509.RFC822Name("ana@example.com"),
        x509.DNSName("www.example.com"),
        x509.UniformResourceIdentifier("https://example.com/"),
    ]
    leaf = issue(ToyIdentity(dian().key, authority, ()), (x509.SubjectAlternativeName(names), False))
    found = problem(TrustStore([ROOT], [MIDDLE, authority]), leaf)
    assert (found == "") is good, found
    assert good or "fuera de los nombres" in found


VISIBLE = bytes.fromhex("3020301e06032a0304301730150608 2b06010505070202 30091a0743f364 69676f 73".replace(" ", ""))
"""A policy whose user notice is a VisibleString with an accent, as one real certificate in eight has."""
POLICY = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.32"), VISIBLE)


def test_an_unreadable_policy_hides_nothing_else() -> None:
    leaf = issue(PKI.issuing, (POLICY, False), (usage(content_commitment=True), True))
    with pytest.raises(ValueError, match="ParseError"):
        _ = leaf.extensions
    assert extensions_of(leaf).unreadable == (("2.5.29.32", False),)
    found = extension(leaf, x509.KeyUsage)
    assert found is not None
    assert found.content_commitment
    assert problem(STORE, leaf) == ""
    servers = issue(PKI.issuing, (POLICY, False), (x509.ExtendedKeyUsage([Use.SERVER_AUTH]), False))
    assert "no sirve para firmar documentos" in problem(STORE, servers)
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    assert "1.2.3.4" in problem(STORE, issue(PKI.issuing, (POLICY, False), (unknown, True)))


def test_what_limits_and_cannot_be_read_refuses() -> None:
    for oid in ("2.5.29.37", "2.5.29.30"):
        broken = x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), b"\x30\x03\x02\x01")
        assert "ilegible" in problem(STORE, issue(PKI.issuing, (broken, False)))


def test_an_authority_with_an_unreadable_policy_may_issue() -> None:
    authority = issue(PKI.intermediate, CA, (POLICY, False), name="Con política")
    leaf = issue(ToyIdentity(dian().key, authority, ()), name="x")
    assert problem(TrustStore([ROOT], [MIDDLE, authority]), leaf) == ""
    bare = issue(PKI.intermediate, (POLICY, False), name="Sin restricciones")
    leaf = issue(ToyIdentity(dian().key, bare, ()), name="x")
    assert "no es una autoridad" in problem(TrustStore([ROOT], [MIDDLE, bare]), leaf)
