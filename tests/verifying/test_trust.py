from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from dian_fe import errors
from dian_fe.testing.pki import Flaw, ToyIdentity
from dian_fe.verifying import CrlList, RevocationStatus, TrustStore
from tests.signing.support import AT, NIT, PKI

LEAF = PKI.identity(NIT).certificate
ROOT, MIDDLE, ISSUING = (identity.certificate for identity in (PKI.root, PKI.intermediate, PKI.issuing))


def issue(
    issuer: ToyIdentity,
    *extensions: tuple[x509.ExtensionType, bool],
    name: str = "Prueba",
    algorithm: SHA256 | SHA1 | None = None,
    days: int = 1,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(
        issuer.certificate.subject,
        subject,
        PKI.dian_signer.certificate.public_key(),  # type: ignore[arg-type]
        77,
        AT - timedelta(days=1),
        AT + timedelta(days=days),
    )
    for value, critical in extensions:
        builder = builder.add_extension(value, critical=critical)
    return builder.sign(issuer.key, algorithm or SHA256())


def dian() -> ToyIdentity:
    return PKI.identity("800197268")


def problem(store: TrustStore, leaf: x509.Certificate, at: datetime = AT) -> str:
    return store.path(leaf, at).problem or ""


def test_the_path_goes_to_the_anchor() -> None:
    path = TrustStore([ROOT], [MIDDLE, ISSUING]).path(LEAF, AT)
    assert path.problem is None
    assert path.certificates == (LEAF, ISSUING, MIDDLE, ROOT)


def test_certificates_that_came_along_help_but_are_not_trusted() -> None:
    assert TrustStore([ROOT]).path(LEAF, AT, [ISSUING, MIDDLE]).problem is None
    assert TrustStore([]).path(LEAF, AT, [ISSUING, MIDDLE, ROOT]).problem is not None


def test_an_intermediate_or_the_leaf_itself_may_be_the_anchor() -> None:
    assert TrustStore([ISSUING]).path(LEAF, AT).certificates == (LEAF, ISSUING)
    assert TrustStore([LEAF]).path(LEAF, AT).certificates == (LEAF,)


def test_an_unknown_issuer_is_named() -> None:
    assert "Subordinada de juguete" in problem(TrustStore([ROOT], [ISSUING]), LEAF)


def test_a_path_is_judged_at_its_time() -> None:
    store = TrustStore([ROOT], [MIDDLE, ISSUING])
    assert "no estaba vigente" in problem(store, LEAF, datetime(2017, 1, 1, tzinfo=UTC))
    assert "no estaba vigente" in problem(store, LEAF, datetime(2048, 1, 1, tzinfo=UTC))
    expired = PKI.identity(NIT, flaw=Flaw.EXPIRED).certificate
    assert problem(store, expired, datetime(2019, 6, 1, tzinfo=UTC)) == ""


def test_who_is_no_authority_cannot_issue() -> None:
    leaf_as_issuer = PKI.identity("800197268")
    forged = issue(leaf_as_issuer)
    store = TrustStore([ROOT], [MIDDLE, ISSUING, leaf_as_issuer.certificate])
    assert "no es una autoridad" in problem(store, forged)


def test_path_length_is_kept() -> None:
    # The issuing authority admits none below it.
    below = issue(
        PKI.issuing,
        (x509.BasicConstraints(ca=True, path_length=None), True),
        name="Otra autoridad",
    )
    key = ToyIdentity(dian().key, below, ())
    assert "no admite tantas autoridades" in problem(TrustStore([ROOT], [MIDDLE, ISSUING, below]), issue(key, name="x"))


def usage(**allowed: bool) -> x509.KeyUsage:
    names = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign "
        "encipher_only decipher_only"
    )
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in names.split()})


def test_key_usage_of_an_authority_is_kept() -> None:
    constraints = (x509.BasicConstraints(ca=True, path_length=None), True)
    mute = issue(PKI.intermediate, constraints, (usage(digital_signature=True), True), name="Muda")
    leaf = issue(ToyIdentity(dian().key, mute, ()), name="x")
    assert "no puede firmar certificados" in problem(TrustStore([ROOT], [MIDDLE, mute]), leaf)


def test_an_intermediate_without_constraints_is_no_authority() -> None:
    bare = issue(PKI.intermediate, name="Sin restricciones")
    leaf = issue(ToyIdentity(dian().key, bare, ()), name="x")
    assert "no es una autoridad" in problem(TrustStore([ROOT], [MIDDLE, bare]), leaf)
    assert problem(TrustStore([bare]), leaf) == ""  # an anchor of version 1 is the caller's decision


def test_an_unknown_critical_extension_forbids_the_path() -> None:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    store = TrustStore([ROOT], [MIDDLE, ISSUING])
    assert "extensión crítica desconocida (1.2.3.4)" in problem(store, issue(PKI.issuing, (unknown, True)))
    assert problem(store, issue(PKI.issuing, (unknown, False))) == ""


def test_a_forged_signature_is_no_link() -> None:
    # Right issuer name, wrong key.
    forger = ToyIdentity(dian().key, ISSUING, ())
    assert "no se conoce al emisor" in problem(TrustStore([ROOT], [MIDDLE, ISSUING]), issue(forger))


def test_a_chain_that_never_ends_is_cut() -> None:
    authorities = [PKI.root]
    constraints = (x509.BasicConstraints(ca=True, path_length=None), True)
    for number in range(9):
        above = authorities[-1]
        certificate = issue(above, constraints, name=f"Nivel {number}")
        authorities.append(ToyIdentity(dian().key, certificate, ()))
    store = TrustStore([ROOT], [identity.certificate for identity in authorities])
    assert "demasiado larga" in problem(store, issue(authorities[-1], name="x"))
    assert problem(store, issue(authorities[5], name="x")) == ""


def test_stores_are_loaded_from_files(tmp_path: Path) -> None:
    roots, others = tmp_path / "raices.pem", tmp_path / "otras.pem"
    roots.write_bytes(ROOT.public_bytes(Encoding.PEM))
    others.write_bytes(MIDDLE.public_bytes(Encoding.PEM) + ISSUING.public_bytes(Encoding.PEM))
    store = TrustStore.load(roots, intermediates=[others])
    assert store.path(LEAF, AT).problem is None
    assert repr(store) == "TrustStore(1 anchors, 2 intermediates)"
    with pytest.raises(errors.NotAKeyStore):
        TrustStore.load(b"nada")


def crl(issuer: ToyIdentity, serial: int | None = None, *, key: ToyIdentity | None = None, days: int = 1) -> bytes:
    builder = x509.CertificateRevocationListBuilder(
        issuer.certificate.subject, last_update=AT - timedelta(days=30), next_update=AT + timedelta(days=days)
    )
    if serial is not None:
        revoked = x509.RevokedCertificateBuilder(serial, AT - timedelta(days=2)).build()
        builder = builder.add_revoked_certificate(revoked)
    return builder.sign((key or issuer).key, SHA256()).public_bytes(Encoding.DER)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (crl(PKI.issuing, LEAF.serial_number), RevocationStatus.REVOKED),
        (crl(PKI.issuing, 1), RevocationStatus.GOOD),
        (crl(PKI.issuing, days=-1), RevocationStatus.UNKNOWN),  # older than the moment
        (crl(PKI.issuing, LEAF.serial_number, days=-1), RevocationStatus.REVOKED),
        (crl(PKI.issuing, LEAF.serial_number, key=PKI.root), RevocationStatus.UNKNOWN),  # not signed by the issuer
        (crl(PKI.root, LEAF.serial_number), RevocationStatus.UNKNOWN),  # of another authority
    ],
)
def test_a_crl_counts_if_its_issuer_signed_it(data: bytes, status: RevocationStatus) -> None:
    assert CrlList.load(data)(LEAF, ISSUING, AT) is status


def test_revocation_counts_from_its_moment() -> None:
    source = CrlList.load(crl(PKI.issuing, LEAF.serial_number))
    assert source(LEAF, ISSUING, AT - timedelta(days=3)) is RevocationStatus.GOOD


def test_crls_load_from_pem_and_paths(tmp_path: Path) -> None:
    path = tmp_path / "lista.pem"
    path.write_bytes(PKI.crl.public_bytes(Encoding.PEM))
    assert CrlList.load(path)(LEAF, ISSUING, AT) is RevocationStatus.GOOD
    with pytest.raises(errors.InvalidInput):
        CrlList.load(b"nada")


def point(**flags: object) -> x509.IssuingDistributionPoint:
    """Return whom a list is about (RFC 5280, section 5.2.5)."""
    none: dict[str, object] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
        "only_contains_ca_certs": False,
    }
    return x509.IssuingDistributionPoint(**none | flags)  # type: ignore[arg-type]


def at(place: str) -> list[x509.GeneralName]:
    return [x509.UniformResourceIdentifier(f"http://ca.example.com/{place}.crl")]


@pytest.mark.parametrize(
    ("scope", "silent"),
    [
        (x509.CRLNumber(4), RevocationStatus.GOOD),
        (point(only_contains_user_certs=True), RevocationStatus.GOOD),
        (point(full_name=at("usuarios")), RevocationStatus.GOOD),
        (point(full_name=at("otros")), RevocationStatus.UNKNOWN),
        (point(only_contains_ca_certs=True), RevocationStatus.UNKNOWN),
        (point(only_contains_attribute_certs=True), RevocationStatus.UNKNOWN),
        (point(only_some_reasons=frozenset({x509.ReasonFlags.key_compromise})), RevocationStatus.UNKNOWN),
        (x509.DeltaCRLIndicator(3), RevocationStatus.UNKNOWN),
        (point(indirect_crl=True), None),
    ],
)
def test_a_list_says_nothing_of_whom_it_is_not_about(
    scope: x509.ExtensionType, silent: RevocationStatus | None
) -> None:
    places = x509.CRLDistributionPoints([x509.DistributionPoint(at("usuarios"), None, None, None)])
    leaf = issue(PKI.issuing, (places, False))
    builder = x509.CertificateRevocationListBuilder(
        PKI.issuing.certificate.subject, last_update=AT - timedelta(days=30), next_update=AT + timedelta(days=1)
    ).add_extension(scope, critical=not isinstance(scope, x509.CRLNumber))
    revoked = x509.RevokedCertificateBuilder(leaf.serial_number, AT - timedelta(days=2)).build()
    without = CrlList([builder.sign(PKI.issuing.key, SHA256())])
    within = CrlList([builder.add_revoked_certificate(revoked).sign(PKI.issuing.key, SHA256())])
    assert without(leaf, ISSUING, AT) is (silent or RevocationStatus.UNKNOWN)
    # In an indirect list the serial number may be that of another issuer's certificate.
    assert within(leaf, ISSUING, AT) is (RevocationStatus.UNKNOWN if silent is None else RevocationStatus.REVOKED)
