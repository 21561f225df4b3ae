from __future__ import annotations

import subprocess
import sys
from importlib.resources import files

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from dian_fe import errors
from dian_fe.signing import Pkcs12Signer
from dian_fe.testing.pki import Flaw, ToyPki
from tests.signing.support import AT, NIT, PKI


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, again, other = (ToyPki(seed).identity(NIT) for seed in (5, 5, 6))
    for mine, yours in zip(
        (first.certificate, *first.authorities), (again.certificate, *again.authorities), strict=True
    ):
        assert mine.public_bytes(Encoding.DER) == yours.public_bytes(Encoding.DER)
    assert first.certificate.serial_number != other.certificate.serial_number
    assert first.certificate.issuer != other.certificate.issuer


def test_the_same_bytes_in_another_process() -> None:
    program = (
        "from dian_fe.testing.pki import ToyPki\n"
        f"print(ToyPki(5).identity({NIT!r}).certificate.fingerprint(__import__('cryptography.hazmat.primitives.hashes',"
        "fromlist=['SHA256']).SHA256()).hex())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    from cryptography.hazmat.primitives.hashes import SHA256

    assert done.stdout.strip() == ToyPki(5).identity(NIT).certificate.fingerprint(SHA256()).hex()


@pytest.mark.parametrize("flaw", Flaw)
def test_every_flaw_shows_where_it_should(flaw: Flaw) -> None:
    toy = PKI.identity(NIT, flaw=flaw)
    path = PKI.trust.path(toy.certificate, AT)
    assert (path.problem is None) is (flaw not in {Flaw.EXPIRED, Flaw.NOT_YET_VALID, Flaw.SELF_SIGNED})
    revoked = PKI.revocation(toy.certificate, PKI.issuing.certificate, AT)
    assert (revoked.value == "revoked") is (flaw is Flaw.REVOKED)
    if flaw is Flaw.WEAK:
        with pytest.raises(errors.WeakKey):
            toy.signer()
    else:
        assert toy.signer().nit == (None if flaw is Flaw.NO_NIT else NIT)


def test_subject_and_usage_are_those_of_accredited_authorities() -> None:
    certificate = PKI.identity("900373076", "Comercial Ñandú & Cía. Ltda.").certificate
    assert certificate.subject.rfc4514_string() == (
        "CN=Comercial Ñandú & Cía. Ltda.,O=Comercial Ñandú & Cía. Ltda.,2.5.4.5=900373076,C=CO"
    )
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_p12_and_signer_are_the_same_identity() -> None:
    loaded = Pkcs12Signer.load(PKI.p12(NIT, "clave"), "clave")
    assert loaded.certificate_chain == PKI.signer(NIT).certificate_chain
    assert loaded.sign(b"x") == PKI.signer(NIT).sign(b"x")


def test_dian_has_its_own_signer() -> None:
    assert PKI.dian_signer.nit == "800197268"
    assert PKI.dian_signer is PKI.dian_signer


def test_the_published_keys_say_that_they_are_toys() -> None:
    keys = list(files("dian_fe.testing").joinpath("data", "toy_keys").iterdir())
    assert len(keys) == 9
    for key in keys:
        assert key.read_text().startswith("TOY KEY")
