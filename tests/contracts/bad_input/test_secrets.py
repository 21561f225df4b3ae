"""Secrets that are none: masks of JSON without secrets, and keys and PINs that were copied badly."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretBytes, SecretStr

from dian_fe import Issuer, Software, examine, load_issuer
from dian_fe.delivery import SmtpSender
from dian_fe.errors import InvalidInput, MaskedSecret
from dian_fe.models.resolution import Resolution
from dian_fe.signing import PemSigner, Pkcs12Signer
from dian_fe.signing.pkcs11 import Pkcs11Signer
from dian_fe.testing import Simulator
from tests.support.company import issuer_at
from tests.transport.support import signed

pytestmark = pytest.mark.between

DIAN = Simulator(seed=7)
ISSUER = issuer_at(DIAN)
RESOLUTION = DIAN.resolution("SETP")
MASK = str(SecretStr("x"))


def test_json_without_secrets_is_not_read_as_an_issuer() -> None:
    """The mask became PIN and key, and nothing told until DIAN refused."""
    with pytest.raises(MaskedSecret) as caught:
        load_issuer(ISSUER.model_dump_json())
    found = {error.field: type(error) for error in caught.value.errors}
    assert found == {"software.pin": MaskedSecret, "resolution.technical_key": MaskedSecret}
    assert "with_secrets" in str(caught.value)
    assert load_issuer(json.dumps(ISSUER.with_secrets())) == ISSUER


@pytest.mark.parametrize("mask", [MASK, "***", "*", "••••••••", "●●●●●", repr(SecretStr("x")), repr(SecretBytes(b"x"))])
@pytest.mark.parametrize(
    "make",
    [
        lambda mask: Software(id=DIAN.software.id, pin=mask),
        lambda mask: Software.model_validate_json(json.dumps({"id": DIAN.software.id, "pin": mask})),
        lambda mask: DIAN.software.replace(pin=SecretStr(mask)),
        lambda mask: RESOLUTION.replace(technical_key=mask),
        lambda mask: Resolution.model_validate(RESOLUTION.model_dump() | {"technical_key": mask}),
        lambda mask: Issuer.model_validate(
            ISSUER.model_dump() | {"software": DIAN.software.with_secrets() | {"pin": mask}}
        ),
        lambda mask: load_issuer(
            ISSUER.with_secrets() | {"resolution": RESOLUTION.with_secrets() | {"technical_key": mask}}
        ),
    ],
)
def test_a_mask_is_no_secret_wherever_models_take_one(make: Callable[[str], Any], mask: str) -> None:
    with pytest.raises(MaskedSecret):
        make(mask)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda mask: Pkcs12Signer.load(DIAN.pki.p12("700085371", "x"), mask), "password"),
        (lambda mask: Pkcs12Signer.load(DIAN.pki.p12("700085371", "x"), mask.encode()), "password"),
        (lambda mask: PemSigner.load(b"-----BEGIN PRIVATE KEY-----", password=mask), "password"),
        (lambda mask: Pkcs11Signer.open("/nowhere.so", mask), "pin"),
        (lambda mask: Pkcs11Signer.open("/nowhere.so", SecretStr(mask)), "pin"),
        (lambda mask: SmtpSender("smtp.example.com", user="a", password=mask), "password"),
        (lambda mask: examine(signed(DIAN).xml, at=signed(DIAN).signing_time, trust=DIAN.trust, secret=mask), "secret"),
    ],
)
def test_what_a_secret_shows_is_not_the_secret(make: Callable[[str], Any], field: str) -> None:
    """str(SecretStr(…)) is a slip that costs tries of a token, or a false verdict about a key."""
    with pytest.raises(MaskedSecret) as caught:
        make(MASK)
    assert caught.value.field == field


KEY = "fc8eac422eba16e22ffd8c6f94b3f40a6e38162c"


@pytest.mark.parametrize(
    ("key", "oddity"),
    [
        (KEY[:38], "38 caracteres"),
        (KEY + KEY[:23], "63 caracteres"),
        (KEY.upper(), "mayúsculas"),
        (KEY[:20] + " " + KEY[21:], "espacios"),
        (KEY[:-1] + "g", "no son hexadecimales"),
        (KEY[:-1] + "٣", "no son hexadecimales"),
        (KEY * 2, "80 caracteres"),
        ("", "0 caracteres"),
        ("a", "1 carácter"),
    ],
)
def test_a_technical_key_of_another_form_is_refused(key: str, oddity: str) -> None:
    """It passed everything local, and DIAN answered FAD06."""
    with pytest.raises(InvalidInput, match="clave técnica") as caught:
        RESOLUTION.replace(technical_key=key)
    assert caught.value.field == "technical_key"
    assert oddity in (caught.value.found or "")
    assert not key.strip() or len(key) < 2 or key not in str(caught.value)


@pytest.mark.parametrize("key", [KEY, KEY + KEY[:24], SecretStr(KEY), f" {KEY}\n", None])
def test_technical_keys_of_both_known_forms_pass(key: Any) -> None:
    assert RESOLUTION.replace(technical_key=key).technical_key == (
        SecretStr(key.strip()) if isinstance(key, str) else key
    )


@pytest.mark.parametrize("pin", ["", " ", "123\n45", "123\u200b45", "12345\x00", "\ufeff12345"])
def test_a_pin_with_what_was_pasted_along_is_refused(pin: str) -> None:
    with pytest.raises(InvalidInput, match="PIN") as caught:
        Software(id=DIAN.software.id, pin=pin)
    assert caught.value.field == "pin"
    assert not pin.strip() or "123" not in str(caught.value)
