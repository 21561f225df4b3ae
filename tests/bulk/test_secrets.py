"""Nothing that travels to a worker or is kept in a folder has a key, a PIN or a password in it."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from dian_fe import Company, bulk
from dian_fe.bulk import engines, issuing
from dian_fe.errors import InvalidInput, NotAllowed
from tests.bulk.companies import FACTORY, dian, shop
from tests.bulk.support import issued

pytest.importorskip("pyarrow")


class Listening(engines.Here):
    """An engine that keeps the pickle of everything that goes to a worker and comes back."""

    def __init__(self) -> None:
        self.travelled: list[bytes] = []

    def submit(self, name: str, call: Any, *args: Any) -> Any:
        self.travelled.append(pickle.dumps((name, call, args)))
        future = super().submit(name, call, *args)
        self.travelled.append(pickle.dumps(future.exception() or future.result()))
        return future


def secrets() -> Iterator[bytes]:
    """Yield the secrets of the shop, in each form that they may have."""
    company = shop()
    software, resolution = company.issuer.software, company.issuer.resolution
    assert resolution is not None
    for secret in (software.pin, resolution.technical_key):
        text = secret.get_secret_value() if hasattr(secret, "get_secret_value") else str(secret)
        assert len(text) > 4
        yield text.encode()
    key: Any = getattr(company.signer, f"_{type(company.signer).__name__}__key")
    numbers = key.private_numbers()
    for part in (numbers.p, numbers.q, numbers.d):
        data = part.to_bytes((part.bit_length() + 7) // 8, "big")
        yield from (data[1:40], str(part).encode()[:40], data.hex().encode()[:40])
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).splitlines()
    yield from (pem[5], pem[10])


@pytest.mark.parametrize("send", [True, False])
def test_no_secret_travels_or_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, send: bool) -> None:
    engine = Listening()
    monkeypatch.setattr(issuing, "engine_of", lambda *args, **given: engine)
    assert issued(tmp_path, send=send).signed == 6
    assert len(engine.travelled) > 4
    kept = {str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for secret in secrets():
        assert not [data for data in engine.travelled if secret in data]
        assert not [path for path, data in kept.items() if secret in data]


@pytest.mark.parametrize("what", ["signer", "company", "issuer", "function", "lambda"])
def test_what_has_a_key_is_refused_with_what_to_write(tmp_path: Path, what: str) -> None:
    company = shop()
    given = {
        "signer": company.signer,
        "company": company,
        "issuer": company.issuer,
        "function": shop,
        "lambda": lambda: company,
    }[what]
    with pytest.raises(NotAllowed) as refusal:
        issued(tmp_path, company=given)
    assert refusal.value.field == "company"
    assert "company=" in str(refusal.value.remedy)
    if what == "function":
        assert FACTORY in str(refusal.value.remedy)


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ({"password": "hunter2"}, "arguments.password"),
        ({"software_pin": "12345"}, "arguments.software_pin"),
        ({"clave_tecnica": "x"}, "arguments.clave_tecnica"),
        ({"p12_contraseña": "x"}, "arguments.p12_contraseña"),
        ({"api_token": "x"}, "arguments.api_token"),
    ],
    ids=str,
)
def test_arguments_that_are_secrets_are_refused(arguments: dict[str, Any], place: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        bulk.Factory(FACTORY, arguments)
    assert refusal.value.field == place
    assert next(iter(arguments.values())) not in str(refusal.value)


def test_places_of_secrets_are_taken() -> None:
    arguments = {"password_file": "/run/secrets/p12", "pin_env": "SHOP_PIN", "p12": "/etc/shop.p12", "key_label": "k"}
    assert bulk.Factory(FACTORY, arguments).as_dict()["arguments"] == arguments


def test_the_text_of_a_failing_factory_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refusal:
        issued(tmp_path, company=bulk.Factory("tests.bulk.companies:broken", {"password_file": "/run/secrets/x"}))
    assert "ValueError, broken()" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert refusal.value.__context__ is None or "hunter2" not in str(refusal.value.__context__)


def test_a_module_that_cannot_be_imported_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "night_of_shops.py").write_text("import nothing_of_that_name")
    (tmp_path / "morning_of_shops.py").write_text("raise ValueError('hunter2')")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(InvalidInput, match="falta el módulo nothing_of_that_name"):
        issued(tmp_path / "run", company="night_of_shops:shop")
    with pytest.raises(InvalidInput, match="ValueError") as refusal:
        issued(tmp_path / "run", company="morning_of_shops:shop")
    assert "hunter2" not in str(refusal.value)


def test_a_company_is_made_once_in_a_process(tmp_path: Path) -> None:
    made: list[Company] = []
    issued(tmp_path / "one")
    made.append(dian.cache_info().hits)  # type: ignore[arg-type]
    issued(tmp_path / "two", first_number="SETP990000101")
    assert dian.cache_info().hits == made[0]


def test_the_environment_makes_the_company_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("DIAN_FE_")]:
        monkeypatch.delenv(name)
    with pytest.raises(InvalidInput, match="DIAN_FE_ISSUER"):
        bulk.issue([], tmp_path, first_number="SETP990000001", workers=0)
