from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
import traceback
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from dian_fe import errors
from dian_fe.signing import CallableSigner, PemSigner, Pkcs12Signer, Signer, load_certificates
from dian_fe.signing.pkcs12 import _opens_rc2
from dian_fe.signing.signer import KeySigner
from dian_fe.testing.pki import Flaw
from tests.signing.support import AT, NIT, PKI

SECRET = "contraseña secreta 123"
LEGACY = Path(__file__).parent / "data" / "legacy_rc2.p12"
"""Made once: openssl pkcs12 -export -legacy -keypbe PBE-SHA1-RC2-40 -certpbe PBE-SHA1-RC2-40 (password: juguete)."""


@pytest.fixture(scope="module")
def p12() -> bytes:
    return PKI.p12(NIT, SECRET)


def bag(key: object, first: x509.Certificate | None, others: list[x509.Certificate] | None = None) -> bytes:
    return pkcs12.serialize_key_and_certificates(b"x", key, first, others, BestAvailableEncryption(b"x"))  # type: ignore[arg-type]


def test_a_p12_signs_with_rsa_pkcs1_sha256(p12: bytes) -> None:
    signer = Pkcs12Signer.load(p12, SECRET)
    value = signer.sign(b"datos")
    signer.certificate.public_key().verify(value, b"datos", padding.PKCS1v15(), SHA256())  # type: ignore[union-attr, call-arg, arg-type]
    assert isinstance(signer, Signer)
    assert signer.nit == NIT


def test_a_p12_is_loaded_from_a_path(tmp_path: Path, p12: bytes) -> None:
    path = tmp_path / "firma.p12"
    path.write_bytes(p12)
    assert Pkcs12Signer.load(path, SECRET).info == Pkcs12Signer.load(str(path), SECRET.encode()).info


def test_the_chain_is_ordered_from_the_leaf_to_the_root(p12: bytes) -> None:
    chain = Pkcs12Signer.load(p12, SECRET).certificate_chain
    wanted = (PKI.identity(NIT), PKI.issuing, PKI.intermediate, PKI.root)
    assert chain == tuple(identity.certificate for identity in wanted)


def test_the_leaf_is_the_keys_certificate_wherever_it_stands() -> None:
    toy = PKI.identity(NIT)
    stranger = PKI.identity("900373076").certificate
    disordered = [
        PKI.root.certificate,
        stranger,
        PKI.intermediate.certificate,
        toy.certificate,
        PKI.issuing.certificate,
    ]
    signer = KeySigner(toy.key, disordered)
    assert signer.certificate == toy.certificate
    assert len(signer.certificate_chain) == 4
    assert stranger not in signer.certificate_chain


def test_a_p12_without_chain_works() -> None:
    toy = PKI.identity(NIT)
    assert Pkcs12Signer.load(bag(toy.key, toy.certificate), b"x").certificate_chain == (toy.certificate,)


def test_wrong_password_is_told_without_showing_it(p12: bytes) -> None:
    with pytest.raises(errors.WrongPassword) as caught:
        Pkcs12Signer.load(p12, "equivocada")
    assert caught.value.field == "password"
    assert "equivocada" not in str(caught.value)
    with pytest.raises(errors.WrongPassword):
        Pkcs12Signer.load(p12)


@pytest.mark.parametrize("data", [b"", b"\x30", b"No es un p12", b"\x30\x03\x02\x01\x03", b"\x30\x80\x02\x01\x03"])
def test_other_bytes_are_no_key_store(data: bytes) -> None:
    with pytest.raises(errors.NotAKeyStore):
        Pkcs12Signer.load(data, "x")


def test_a_truncated_p12_is_no_key_store(p12: bytes) -> None:
    with pytest.raises(errors.NotAKeyStore, match="dañado o incompleto"):
        Pkcs12Signer.load(p12[:-100], SECRET)


def test_a_pem_given_as_p12_says_which_loader_to_use() -> None:
    with pytest.raises(errors.NotAKeyStore, match=r"PemSigner\.load"):
        Pkcs12Signer.load(PKI.identity(NIT).pem(), "x")


def test_a_certificate_given_as_p12_is_no_key_store() -> None:
    with pytest.raises(errors.NotAKeyStore):
        Pkcs12Signer.load(PKI.identity(NIT).certificate.public_bytes(Encoding.DER), "x")


def test_an_old_p12_with_rc2_opens_where_openssl_can() -> None:
    with nullcontext() if _opens_rc2() else pytest.raises(errors.LegacyKeyStore):
        assert Pkcs12Signer.load(LEGACY, "juguete").nit == NIT


def test_without_the_legacy_provider_an_rc2_p12_has_a_remedy() -> None:
    program = (
        "import sys\n"
        "from dian_fe.errors import LegacyKeyStore\n"
        "from dian_fe.signing import Pkcs12Signer\n"
        "try:\n    Pkcs12Signer.load(sys.argv[1], 'juguete')\n"
        "except LegacyKeyStore as error:\n    print(error)\n"
    )
    environment = {**os.environ, "CRYPTOGRAPHY_OPENSSL_NO_LEGACY": "1", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", program, str(LEGACY)], capture_output=True, encoding="utf-8", env=environment, check=True
    )
    assert "openssl pkcs12 -legacy -in firma.p12" in done.stdout
    assert "juguete" not in done.stdout


def test_a_bag_without_key() -> None:
    data = pkcs12.serialize_key_and_certificates(
        None, None, None, [PKI.root.certificate], BestAvailableEncryption(b"x")
    )
    with pytest.raises(errors.MissingPrivateKey):
        Pkcs12Signer.load(data, "x")


def test_a_bag_whose_certificates_belong_to_other_keys() -> None:
    with pytest.raises(errors.KeyDoesNotMatch):
        Pkcs12Signer.load(bag(PKI.identity(NIT).key, None, [PKI.root.certificate]), "x")


def test_a_weak_key_is_refused() -> None:
    with pytest.raises(errors.WeakKey, match="1024"):
        Pkcs12Signer.load(PKI.p12(NIT, "x", flaw=Flaw.WEAK), "x")


def test_a_key_that_is_not_rsa_is_refused() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "curva")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, AT, AT + timedelta(days=9))
    with pytest.raises(errors.WeakKey, match="no es RSA"):
        KeySigner(key, [builder.sign(key, SHA256())])


@pytest.mark.parametrize("encoding", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_pem_with_and_without_password(tmp_path: Path, encoding: PrivateFormat) -> None:
    toy = PKI.identity(NIT)
    certificates = tmp_path / "certificados.pem"
    certificates.write_bytes(toy.certificate.public_bytes(Encoding.PEM))
    sealed = toy.key.private_bytes(Encoding.PEM, encoding, BestAvailableEncryption(SECRET.encode()))
    clear = toy.key.private_bytes(Encoding.PEM, encoding, NoEncryption())
    assert PemSigner.load(sealed, certificates, SECRET).nit == NIT
    assert PemSigner.load(clear, certificates).nit == NIT
    assert PemSigner.load(clear, [toy.certificate], "contraseña que sobra").nit == NIT
    for wrong in ("otra", None):
        with pytest.raises(errors.WrongPassword):
            PemSigner.load(sealed, certificates, wrong)


def test_one_pem_with_everything() -> None:
    assert len(PemSigner.load(PKI.identity(NIT).pem()).certificate_chain) == 4


def test_pem_refusals() -> None:
    toy = PKI.identity(NIT)
    certificate = toy.certificate.public_bytes(Encoding.PEM)
    key = toy.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = toy.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(errors.NotAKeyStore, match=r"Pkcs12Signer\.load"):
        PemSigner.load(b"\x30\x82")
    with pytest.raises(errors.MissingPrivateKey):
        PemSigner.load(certificate)
    with pytest.raises(errors.MissingPrivateKey):
        PemSigner.load(public, certificate)
    with pytest.raises(errors.NotAKeyStore, match="dañada"):
        PemSigner.load(key.replace(b"MII", b"AAA", 1), certificate)
    with pytest.raises(errors.NotAKeyStore, match=r"certificados X\.509"):
        PemSigner.load(key)
    with pytest.raises(errors.KeyDoesNotMatch):
        PemSigner.load(key, PKI.root.certificate.public_bytes(Encoding.DER))


def test_certificates_load_from_any_form() -> None:
    root, leaf = PKI.root.certificate, PKI.identity(NIT).certificate
    pem = root.public_bytes(Encoding.PEM) + leaf.public_bytes(Encoding.PEM)
    assert load_certificates(pem, leaf.public_bytes(Encoding.DER), root, [leaf]) == (root, leaf, leaf, root, leaf)


def test_a_callable_signs_bytes_and_its_value_is_checked() -> None:
    toy = PKI.identity(NIT)
    asked: list[bytes] = []

    def remote(data: bytes) -> bytes:
        asked.append(data)
        return toy.key.sign(data, padding.PKCS1v15(), SHA256())

    signer = CallableSigner([toy.certificate, *toy.authorities], remote)
    assert signer.sign(b"datos") == toy.signer().sign(b"datos")
    assert asked == [b"datos"]


@pytest.mark.parametrize("value", [b"", b"\0" * 256, "texto", None, b"x" * 257])
def test_an_impossible_value_of_a_callable_is_a_signing_error(value: object) -> None:
    signer = CallableSigner([PKI.identity(NIT).certificate], lambda _: value)  # type: ignore[arg-type, return-value]
    with pytest.raises(errors.SigningError) as caught:
        signer.sign(b"datos")
    assert caught.value.field == "signature_value"


def test_a_signature_by_another_key_is_a_signing_error() -> None:
    other = PKI.root.key
    signer = CallableSigner(
        [PKI.identity(NIT).certificate], lambda data: other.sign(data, padding.PKCS1v15(), SHA256())
    )
    with pytest.raises(errors.SigningError):
        signer.sign(b"datos")


def test_a_failing_callable_keeps_the_original_error() -> None:
    def broken(_: bytes) -> bytes:
        raise ConnectionError("token=abc")

    with pytest.raises(errors.SigningError) as caught:
        CallableSigner([PKI.identity(NIT).certificate], broken).sign(b"datos")
    assert isinstance(caught.value.__cause__, ConnectionError)
    assert "token=abc" not in str(caught.value)


def test_a_callable_needs_a_usable_certificate() -> None:
    with pytest.raises(errors.WeakKey):
        CallableSigner([PKI.identity(NIT, flaw=Flaw.WEAK).certificate], bytes)


def test_dates_and_owner_are_checked_before_use() -> None:
    signer = PKI.signer(NIT)
    assert signer.check(AT, nit=NIT) is None
    with pytest.raises(errors.WrongCertificateOwner) as caught:
        signer.check(AT, nit="900373076")
    assert NIT in str(caught.value)
    assert "900373076" in str(caught.value)
    with pytest.raises(errors.CertificateExpired):
        PKI.signer(NIT, flaw=Flaw.EXPIRED).check(AT)
    with pytest.raises(errors.CertificateNotYetValid):
        PKI.signer(NIT, flaw=Flaw.NOT_YET_VALID).check(AT)
    with pytest.raises(errors.NaiveDatetime):
        signer.check(AT.replace(tzinfo=None))
    finding = PKI.signer(NIT, flaw=Flaw.NO_NIT, name="Persona Ejemplo").check(AT, nit=NIT)
    assert finding is not None
    assert finding.code == "certificate_without_nit"
    assert not finding.rejects


def test_nothing_secret_is_shown(p12: bytes) -> None:
    signer = Pkcs12Signer.load(p12, SECRET)
    numbers = PKI.identity(NIT).key.private_numbers()
    shown = repr(signer) + str(signer) + repr(PKI.identity(NIT)) + repr(PKI)
    assert NIT in shown
    assert str(signer.certificate.serial_number) in shown
    for secret in (SECRET, str(numbers.d), str(numbers.p), "PRIVATE KEY", "RSAPrivateKey"):
        assert secret not in shown
    assert not hasattr(signer, "__dict__")
    for wrong in (lambda: Pkcs12Signer.load(p12[:-100], SECRET), lambda: Pkcs12Signer.load(p12, SECRET + "x")):
        try:
            wrong()
        except errors.KeyMaterialError as error:
            told = "".join(traceback.format_exception(error)) + repr(error.as_dict())
            assert SECRET not in told


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_signer_is_not_pickled(protocol: int) -> None:
    signer = PKI.signer(NIT)
    with pytest.raises(TypeError, match="no se serializa"):
        pickle.dumps(signer, protocol)
    assert copy.copy(signer) is signer
    assert copy.deepcopy([signer])[0] is signer


def test_loading_writes_no_file(tmp_path: Path, p12: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Pkcs12Signer.load(p12, SECRET).sign(b"datos")
    assert list(tmp_path.iterdir()) == []
