"""Settings from the environment: what services are started with."""

from __future__ import annotations

import json
import pickle
import re
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from dian_fe import Client, Company, Issuer, SqliteStore
from dian_fe.company import Settings
from dian_fe.delivery import SmtpSender
from dian_fe.errors import InvalidInput, NotAKeyStore, StoreError, UnknownArgument, WrongPassword
from dian_fe.testing import Simulator, ToyPki
from tests.support.company import ISSUER
from tests.support.repository import read

PASSWORD = "clave-de-prueba"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Return the least environment of a service: files of issuer, certificate and its password."""
    issuer = ISSUER.with_secrets()
    (tmp_path / "issuer.json").write_text(json.dumps(issuer), encoding="utf-8")
    (tmp_path / "firma.p12").write_bytes(ToyPki(seed=7).p12(ISSUER.organization.nit, PASSWORD))
    (tmp_path / "clave").write_text(f"{PASSWORD}\n", encoding="utf-8")
    return {
        "DIAN_FE_ISSUER": str(tmp_path / "issuer.json"),
        "DIAN_FE_P12": str(tmp_path / "firma.p12"),
        "DIAN_FE_P12_PASSWORD_FILE": str(tmp_path / "clave"),
        "PATH": "/usr/bin",
    }


def test_a_company_is_made_of_the_environment(env: dict[str, str], tmp_path: Path, dian: Simulator) -> None:
    kept = {"DIAN_FE_STORE": f"sqlite:{tmp_path / 'facturas.db'}", "DIAN_FE_RETRIES": "once"}
    settings = Settings.from_env(env | kept)
    store, issuer, signer = settings.open_store(), settings.load_issuer(), settings.load_signer()
    assert isinstance(store, SqliteStore)
    assert settings.client_options()["policy"].sends == 1
    with store, Company(issuer, signer, client=Client(signer=signer, transport=dian), store=store) as made:
        assert made.issuer == ISSUER


def test_secrets_of_the_issuer_come_apart(env: dict[str, str], tmp_path: Path) -> None:
    told = ISSUER.with_secrets()
    pin, key = told["software"].pop("pin"), told["resolution"].pop("technical_key")
    Path(env["DIAN_FE_ISSUER"]).write_text(json.dumps(told), encoding="utf-8")
    (tmp_path / "key").write_text(key, encoding="utf-8")
    apart = {"DIAN_FE_SOFTWARE_PIN": pin, "DIAN_FE_TECHNICAL_KEY_FILE": str(tmp_path / "key")}
    issuer: Issuer = Settings.from_env(env | apart).load_issuer()
    assert issuer.with_secrets() == ISSUER.with_secrets()


def test_secrets_are_in_no_repr(env: dict[str, str]) -> None:
    settings = Settings.from_env(env | {"DIAN_FE_SMTP_HOST": "127.0.0.1", "DIAN_FE_SMTP_PASSWORD": "otra-clave"})
    assert isinstance(settings.make_sender(), SmtpSender)
    assert PASSWORD not in repr(settings)
    assert "otra-clave" not in repr(settings)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"DIAN_FE_P12": " "}, "DIAN_FE_P12"),
        ({"DIAN_FE_P12_PASSWORD": "x"}, "DIAN_FE_P12_PASSWORD"),
        ({"DIAN_FE_P12_PASSWORD_FILE": "/no/hay"}, "DIAN_FE_P12_PASSWORD_FILE"),
    ],
)
def test_what_is_missing_or_twice_names_its_variable(env: dict[str, str], change: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Settings.from_env(env | change)
    assert caught.value.field == field
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("change", "step"),
    [
        ({"DIAN_FE_STORE": "mysql://x"}, "open_store"),
        ({"DIAN_FE_STORE": "sqlite:"}, "open_store"),
        ({"DIAN_FE_STORE": "sqlite:///facturas.db"}, "open_store"),
        ({"DIAN_FE_STORE": "host=base user=x password=clave"}, "open_store"),
        ({"DIAN_FE_TIMEOUT": "nan"}, "client_options"),
        ({"DIAN_FE_SMTP_HOST": "x", "DIAN_FE_SMTP_PORT": "-1"}, "make_sender"),
        ({"DIAN_FE_MAIL_FROM": "nadie"}, "mailbox"),
        ({"DIAN_FE_TIMEOUT": "mucho"}, "client_options"),
        ({"DIAN_FE_TIMEOUT": "-1"}, "client_options"),
        ({"DIAN_FE_RETRIES": "siempre"}, "client_options"),
        ({"DIAN_FE_SMTP_HOST": "x", "DIAN_FE_SMTP_PORT": "mil"}, "make_sender"),
        ({"DIAN_FE_SMTP_HOST": "x", "DIAN_FE_SMTP_SECURITY": "ssl"}, "make_sender"),
        ({"DIAN_FE_ISSUER": "/no/hay.json"}, "load_issuer"),
        ({"DIAN_FE_P12": "/no/hay.p12"}, "load_signer"),
    ],
)
def test_what_cannot_be_used_is_refused(env: dict[str, str], change: dict[str, str], step: str) -> None:
    settings = Settings.from_env(env | change)
    with pytest.raises(InvalidInput) as caught:
        getattr(settings, step)()
    assert caught.value.field == list(change)[-1]
    assert caught.value.remedy
    assert "clave" not in str(caught.value.as_dict())


def test_what_the_certificate_refuses_names_its_variable(env: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(WrongPassword) as wrong:
        Settings.from_env({**env, "DIAN_FE_P12_PASSWORD_FILE": "", "DIAN_FE_P12_PASSWORD": "otra-clave"}).load_signer()
    assert wrong.value.field == "DIAN_FE_P12_PASSWORD"
    with pytest.raises(NotAKeyStore) as other:
        Settings.from_env(env | {"DIAN_FE_P12": env["DIAN_FE_ISSUER"]}).load_signer()
    assert other.value.field == "DIAN_FE_P12"


@pytest.mark.parametrize("address", ["postgresql://x:otra-clave%zz@base/x", "sqlite:/no/hay/x.db"])
def test_a_store_that_cannot_be_opened_names_its_variable(env: dict[str, str], address: str) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError) as caught:
        Settings.from_env(env | {"DIAN_FE_STORE": address}).open_store()
    assert caught.value.field == "DIAN_FE_STORE"
    assert "otra-clave" not in str(caught.value.as_dict())


def test_an_issuer_that_is_no_json_names_its_variable(env: dict[str, str]) -> None:
    Path(env["DIAN_FE_ISSUER"]).write_text('{"software": {"pin": "secreto" 1}}', encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        Settings.from_env(env).load_issuer()
    assert caught.value.field == "DIAN_FE_ISSUER"
    assert "secreto" not in str(caught.value.as_dict())


def test_an_endpoint_with_a_password_is_refused(env: dict[str, str]) -> None:
    user = "x:otra-clave"
    settings = Settings.from_env(env | {"DIAN_FE_ENDPOINT": f"http://{user}@127.0.0.1:8080/"})
    with pytest.raises(InvalidInput) as caught:
        Client(signer=settings.load_signer(), environment="2", **settings.client_options())
    assert "otra-clave" not in str(caught.value.as_dict())


def test_a_secret_in_an_address_is_in_no_repr(env: dict[str, str]) -> None:
    address = {"DIAN_FE_STORE": "postgresql://x:otra-clave@base/x", "DIAN_FE_PROXY": "http://x:otra-clave@proxy:3128"}
    assert "otra-clave" not in repr(Settings.from_env(env | address))


def test_an_empty_file_of_a_secret_is_refused(env: dict[str, str]) -> None:
    Path(env["DIAN_FE_P12_PASSWORD_FILE"]).write_text("\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        Settings.from_env(env)
    assert caught.value.field == "DIAN_FE_P12_PASSWORD_FILE"


def test_a_secret_may_come_with_a_byte_order_mark(env: dict[str, str]) -> None:
    Path(env["DIAN_FE_P12_PASSWORD_FILE"]).write_text(f"{PASSWORD}\r\n", encoding="utf-8-sig")
    assert Settings.from_env(env).load_signer().info


def test_what_kubernetes_adds_of_a_service_of_that_name_is_left(env: dict[str, str]) -> None:
    added = {
        "DIAN_FE_SERVICE_HOST": "10.0.0.1",
        "DIAN_FE_SERVICE_PORT": "80",
        "DIAN_FE_SERVICE_PORT_HTTP": "80",
        "DIAN_FE_PORT": "tcp://10.0.0.1:80",
        "DIAN_FE_API_PORT_80_TCP": "tcp://10.0.0.1:80",
        "DIAN_FE_API_PORT_80_TCP_ADDR": "10.0.0.1",
    }
    assert Settings.from_env(env | added).smtp_port is None
    with pytest.raises(UnknownArgument):
        Settings.from_env(env | {"DIAN_FE_SMPT_PORT": "587"})


def test_a_mistyped_variable_is_not_ignored(env: dict[str, str]) -> None:
    with pytest.raises(UnknownArgument) as caught:
        Settings.from_env(env | {"DIAN_FE_STOR": "sqlite:x"})
    assert caught.value.field == "DIAN_FE_STOR"
    assert "DIAN_FE_STORE" in str(caught.value.remedy)


@pytest.mark.parametrize("name", ["dian_fe_store", "DIAN_FE_store", "Dian_Fe_Store"])
def test_a_variable_in_small_letters_is_not_ignored(env: dict[str, str], name: str) -> None:
    with pytest.raises(UnknownArgument) as caught:
        Settings.from_env(env | {name: "sqlite:x"})
    assert (caught.value.field, caught.value.remedy) == (name, "¿Quiso decir DIAN_FE_STORE?")


def test_the_guide_names_every_variable() -> None:
    guide = read("docs/guias/integrar-en-un-servicio.md")
    told = dict(re.findall(r"^\| `DIAN_FE_(\w+)` \| (sí)? ?\|", guide, re.MULTILINE))
    needed = set(re.findall(r"^\| `DIAN_FE_(\w+)` \|.*; obligatoria \|$", guide, re.MULTILINE))
    known = {each.name.upper(): "sí" if "SecretStr" in str(each.type) else "" for each in fields(Settings)}
    assert told == known
    assert needed == {each.name.upper() for each in fields(Settings) if each.default is MISSING}


def test_settings_with_secrets_are_not_pickled(env: dict[str, str]) -> None:
    settings = Settings.from_env(env)
    with pytest.raises(TypeError):
        pickle.dumps(settings)
