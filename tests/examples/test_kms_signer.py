"""The KMS example: retries, refusals, and signatures equal to those of the key itself."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dian_fe import CallableSigner, errors
from dian_fe.testing.pki import ToyPki
from tests.examples.support import load

pytestmark = pytest.mark.docs

IDENTITY = ToyPki(7).identity("700085371")
kms = load("kms_signer")


def signer(transport: Any, *, token: str = "demo") -> CallableSigner:
    http = httpx.Client(
        base_url="https://kms.example.com",
        headers={"Authorization": f"Bearer {token}"},
        transport=httpx.MockTransport(transport),
    )
    return CallableSigner([IDENTITY.certificate], kms.RemoteKey(http, "k", pauses=(0, 0)).sign)


def test_the_signature_is_the_key_s_own() -> None:
    service = kms.FakeKms(IDENTITY.key, failures=[503, 500])
    assert signer(service).sign(b"datos") == IDENTITY.signer().sign(b"datos")
    assert service.requests == 3


def test_an_outage_is_a_signing_error_once_the_tries_are_spent() -> None:
    service = kms.FakeKms(IDENTITY.key, failures=[503] * 9)
    with pytest.raises(errors.SigningError) as caught:
        signer(service).sign(b"datos")
    assert service.requests == 3
    assert isinstance(caught.value.__cause__, httpx.HTTPStatusError)

    def slow(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    with pytest.raises(errors.SigningError, match="ReadTimeout"):
        signer(slow).sign(b"datos")


def test_a_refusal_is_not_tried_again_and_shows_no_credentials() -> None:
    service = kms.FakeKms(IDENTITY.key, failures=[])
    with pytest.raises(errors.SigningError) as caught:
        signer(service, token="ajeno").sign(b"datos")
    assert service.requests == 1
    assert "ajeno" not in str(caught.value)


def test_a_kms_that_hashes_by_itself_must_get_the_bytes() -> None:
    """The mistake that the example warns of is found before anything leaves."""
    service = kms.FakeKms(IDENTITY.key, failures=[])

    class Twice(kms.RemoteKey):  # type: ignore[misc, name-defined]
        def sign(self, data: bytes) -> bytes:
            value: bytes = super().sign(kms.sha256(data).digest())
            return value

    with httpx.Client(base_url="https://kms.example.com", transport=httpx.MockTransport(service)) as http:
        http.headers["Authorization"] = "Bearer demo"
        with pytest.raises(errors.SigningError, match="sin resumir"):
            CallableSigner([IDENTITY.certificate], Twice(http, "k").sign).sign(b"datos")
