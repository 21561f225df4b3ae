"""The public names: listed, sorted, importable, and nothing loaded before it is used."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import dian_fe

pytestmark = pytest.mark.project

ROOMS = (
    "bulk",
    "catalogs",
    "delivery",
    "errors",
    "events",
    "exchange",
    "graphic",
    "habilitacion",
    "rules",
    "signing",
    "testing",
    "transport",
    "verifying",
)
PACKAGES = ("dian_fe", *(f"dian_fe.{room}" for room in ROOMS))


@pytest.mark.parametrize("package", PACKAGES)
def test_every_listed_name_can_be_imported(package: str) -> None:
    module = importlib.import_module(package)
    missing = [name for name in module.__all__ if getattr(module, name, None) is None]
    assert not missing
    assert len(set(module.__all__)) == len(module.__all__)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_listed_name_is_that_of_a_module(package: str) -> None:
    """Once the module were imported, the package's name would be the module."""
    module = importlib.import_module(package)
    assert not {found.name for found in pkgutil.iter_modules(module.__path__)} & set(module.__all__)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_stub_says_each_name_once(package: str) -> None:
    """Type checkers take a name for public when it is imported ``as`` itself."""
    stub = Path(str(importlib.import_module(package).__file__)).with_suffix(".pyi")
    listed = [
        alias.name
        for statement in ast.parse(stub.read_text(encoding="utf-8")).body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
        if alias.name == alias.asname
    ]
    assert sorted(listed) == importlib.import_module(package).__all__


def test_the_names_are_sorted_and_classes_come_from_us() -> None:
    assert dian_fe.__all__ == sorted(dian_fe.__all__)
    for name in dian_fe.__all__:
        value = getattr(dian_fe, name)
        if isinstance(value, type):
            assert value.__module__.startswith("dian_fe."), name
            assert value.__doc__, f"{name} says nothing about itself"


def test_dir_shows_the_public_names() -> None:
    assert set(dir(dian_fe)) == set(dian_fe.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Facture"):
        _ = dian_fe.Facture


@pytest.mark.parametrize("heavy", ["pydantic", "lxml", "cryptography", "httpx", "signxml", "xmlschema", "dateutil"])
def test_importing_the_package_loads_no_dependency(heavy: str) -> None:
    program = (
        f"import sys, dian_fe; sys.exit(any(n == {heavy!r} or n.startswith({heavy!r} + '.') for n in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_issuing_loads_neither_the_network_nor_foreign_judges() -> None:
    program = (
        "import sys\n"
        "from dian_fe import Invoice, Pkcs12Signer, build, sign\n"
        "import dian_fe.ubl.writer.build, dian_fe.signing.documents\n"
        "sys.exit(any(name in sys.modules for name in ('httpx', 'signxml', 'xmlschema')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
