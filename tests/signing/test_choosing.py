"""Several certificates or keys in one file: the one for signing is taken, wherever it stands, or none silently."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from dian_fe import errors
from dian_fe.signing import PemSigner, Pkcs12Signer
from dian_fe.signing.signer import KeySigner
from tests.signing.stores import SECRET, certificate, p12, pem

ENCRYPTION = certificate(1, ["key_encipherment", "data_encipherment"], years=(2024, 2028))
SIGNING = certificate(0)
EXPIRED = certificate(0, years=(2022, 2024))
RENEWED = certificate(3, years=(2025, 2027))
OTHER_OWNER = certificate(2, nit="800199436")
SERVER = certificate(1, server=True, years=(2024, 2028))
AGREEMENT = certificate(0, ["key_agreement"], years=(2024, 2029))
AUTHENTICATION = certificate(0, ["digital_signature"], years=(2024, 2029))
BOTH_IN_FORCE = certificate(0, years=(2023, 2026))

Open = Callable[..., KeySigner]

pytestmark = pytest.mark.slow  # OpenSSL looks at the primes of each key that it opens


def from_p12(keys: Sequence[int], certificates: list[x509.Certificate], **options: object) -> KeySigner:
    return Pkcs12Signer.load(p12(keys, certificates), SECRET, **options)  # type: ignore[arg-type]


def from_pem(keys: Sequence[int], certificates: list[x509.Certificate], **options: object) -> KeySigner:
    return PemSigner.load(pem(keys, certificates), **options)  # type: ignore[arg-type]


@pytest.fixture(params=[from_p12, from_pem])
def opened(request: pytest.FixtureRequest) -> Open:
    found: Open = request.param
    return found


@pytest.mark.parametrize(
    ("keys", "certificates", "right"),
    [
        ([1, 0], [ENCRYPTION, SIGNING], SIGNING),
        ([1, 0], [SERVER, SIGNING], SIGNING),
        ([0], [EXPIRED, SIGNING], SIGNING),
        ([0], [AGREEMENT, SIGNING], SIGNING),
        ([0], [AUTHENTICATION, SIGNING], SIGNING),
        ([0], [BOTH_IN_FORCE, SIGNING], SIGNING),
        ([0, 3], [EXPIRED, RENEWED], RENEWED),
        ([1, 0, 3], [ENCRYPTION, SIGNING, RENEWED], RENEWED),
    ],
    ids=["encryption", "server", "expired", "agreement", "authentication", "overlap", "renewed key", "three"],
)
def test_the_signing_one_is_taken_wherever_it_stands(
    opened: Open, keys: list[int], certificates: list[x509.Certificate], right: x509.Certificate
) -> None:
    for order in (certificates, certificates[::-1]):
        for places in {tuple(keys), tuple(keys[::-1])}:
            signer = opened(places, order)
            assert signer.certificate == right
            right.public_key().verify(signer.sign(b"datos"), b"datos", PKCS1v15(), SHA256())  # type: ignore[union-attr, call-arg, arg-type]


def test_a_moment_chooses_what_was_in_force_then(opened: Open) -> None:
    certificates = [SIGNING, EXPIRED, RENEWED]
    for year, right in ((2023, EXPIRED), (2024, SIGNING), (2026, RENEWED), (2021, RENEWED)):
        assert opened([0, 3], certificates, at=datetime(year, 6, 1, tzinfo=UTC)).certificate == right
    future = certificate(0, years=(2040, 2042))
    assert opened([0], [future, SIGNING]).certificate == future
    assert opened([0], [future, SIGNING], at=datetime(2025, 1, 1, tzinfo=UTC)).certificate == SIGNING
    with pytest.raises(errors.NaiveDatetime):
        opened([0], [SIGNING], at=datetime(2025, 1, 1))


@pytest.mark.parametrize(
    ("keys", "certificates"),
    [([0, 2], [SIGNING, OTHER_OWNER]), ([0], [SIGNING, certificate(0, nit="800199436")]), ([0], [certificate(0)] * 0)],
)
def test_what_is_unclear_is_listed_and_refused(
    opened: Open, keys: list[int], certificates: list[x509.Certificate]
) -> None:
    certificates = certificates or [SIGNING, certificate(0)]
    with pytest.raises(errors.AmbiguousKey) as caught:
        opened(keys, certificates)
    for each in certificates:
        assert str(each.serial_number) in str(caught.value)
    assert "NIT 900373076" in str(caught.value)
    assert "2024-01-01 a 2026-01-01, uso digitalSignature y nonRepudiation" in str(caught.value)


@pytest.mark.parametrize(("keys", "certificates"), [([1], [ENCRYPTION]), ([1], [SERVER]), ([0], [AGREEMENT])])
def test_certificates_for_other_uses_are_refused(
    opened: Open, keys: list[int], certificates: list[x509.Certificate]
) -> None:
    with pytest.raises(errors.NotForSigning, match=f"serial {certificates[0].serial_number}"):
        opened(keys, certificates)


def test_a_certificate_without_key_usage_may_sign(opened: Open) -> None:
    free = certificate(0, None)
    assert opened([0], [AGREEMENT, free]).certificate == free
    assert opened([0], [free, free]).certificate == free


def test_a_key_that_does_not_open_is_not_left_out() -> None:
    for secrets, error in ((("otra", SECRET), errors.WrongPassword), ((SECRET, "otra"), errors.AmbiguousKey)):
        with pytest.raises(error):
            Pkcs12Signer.load(p12([0, 1], [SIGNING, ENCRYPTION], *secrets), SECRET)
