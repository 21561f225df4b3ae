"""Secrets leave neither by pickle nor by vars, whatever holds them."""

from __future__ import annotations

import copy
import logging
import pickle
from typing import Any

import pytest
from pydantic import SecretStr

from dian_fe import Client, Issuer, Resolution, Software
from dian_fe.delivery import SmtpSender
from dian_fe.errors import InvalidInput
from dian_fe.testing import Simulator
from dian_fe.transport.http import AsyncHttpTransport, HttpTransport
from tests.support.company import SHOP

pytestmark = pytest.mark.project

PIN, KEY, PASSWORD = "54321", "ab" * 20, "clave-del-correo"
SOFTWARE = Software(id="0f1e2d3c-4b5a-4968-8796-a5b4c3d2e1f0", pin=SecretStr(PIN))
RESOLUTION = Resolution(
    authorization="18760000001",
    prefix="SETP",
    range_from=1,
    range_to=9,
    valid_from="2026-01-01",
    valid_to="2027-01-01",
    technical_key=SecretStr(KEY),
)
ISSUER = Issuer(
    organization=SHOP,
    software=SOFTWARE,
    resolution=RESOLUTION,
    environment="2",
)
SMTP = SmtpSender("smtp.example.com", user="ventas", password=PASSWORD)
PROXIED = HttpTransport(proxy=f"http://ana:{PASSWORD}@proxy.example.com:3128")
HOLDERS = {
    "software": SOFTWARE,
    "resolution": RESOLUTION,
    "issuer": ISSUER,
    "inside a list": [ISSUER],
    "smtp": SMTP,
    "proxy": PROXIED,
    "async proxy": AsyncHttpTransport(proxy=f"http://ana:{PASSWORD}@proxy.example.com:3128"),
    "client": Client(signer=Simulator(seed=7).signer("700085371"), environment="2", endpoint="https://example.com/x",
                     proxy=f"http://ana:{PASSWORD}@proxy.example.com:3128"),
}  # fmt: skip


def everything_in(value: Any, depth: int = 4) -> str:
    """Show a value, and what ``vars`` and slots tell of it, to some depth."""
    shown = [repr(value), str(value)]
    if depth and not hasattr(value, "get_secret_value"):  # that is how a secret is taken by name
        slots = {name: getattr(value, name, None) for name in getattr(type(value), "__slots__", ()) if name != "_value"}
        for inside in (getattr(value, "__dict__", {}) | slots).values():
            shown.append(everything_in(inside, depth - 1))
    return " ".join(shown)


@pytest.mark.parametrize("name", HOLDERS)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_what_holds_a_secret_is_not_pickled(name: str, protocol: int) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(HOLDERS[name], protocol)


@pytest.mark.parametrize("name", ["software", "resolution", "issuer", "smtp"])
def test_the_refusal_says_what_to_do_and_no_secret(name: str) -> None:
    with pytest.raises(TypeError, match="Qué hacer") as caught:
        pickle.dumps(HOLDERS[name])
    assert not any(secret in str(caught.value) for secret in (PIN, KEY, PASSWORD))


@pytest.mark.parametrize("name", [name for name in HOLDERS if name != "inside a list"])
def test_vars_and_repr_show_no_secret(name: str, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("x").error("%r %s", HOLDERS[name], vars(HOLDERS[name]))
    shown = everything_in(HOLDERS[name]) + caplog.text
    assert not any(secret in shown for secret in (PIN, KEY, PASSWORD))


def test_copies_keep_the_secret_and_pickles_refuse_it() -> None:
    for again in (copy.copy(ISSUER), copy.deepcopy(ISSUER), ISSUER.model_copy(), ISSUER.replace(environment="1")):
        assert again.software.pin.get_secret_value() == PIN
    bare = RESOLUTION.replace(technical_key=None)
    assert pickle.loads(pickle.dumps(bare)) == bare


@pytest.mark.parametrize("sign", ["\x00", "​", "\n", "\ufeff", "\u202e"])
def test_characters_nobody_sees_are_refused_in_secrets(sign: str) -> None:
    for make in (
        lambda text: Software(id=SOFTWARE.id, pin=SecretStr(text)),
        lambda text: RESOLUTION.replace(technical_key=SecretStr(KEY[:-1] + text)),
        lambda text: SmtpSender("smtp.example.com", user="a", password=text),
    ):
        with pytest.raises(InvalidInput) as caught:
            make(f"12345{sign}")
        assert "12345" not in str(caught.value)


def test_a_password_is_a_text_or_a_secret_str() -> None:
    taken = SmtpSender("smtp.example.com", user="a", password=SecretStr(PASSWORD))
    assert PASSWORD not in everything_in(taken)
    with pytest.raises(InvalidInput, match="password"):
        SmtpSender("smtp.example.com", user="a", password=b"bytes")  # type: ignore[arg-type]
