"""The public names: listed, sorted, importable, and nothing loaded before it is used."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import dian_fe

ROOMS = ("catalogs", "delivery", "events", "habilitacion", "rules", "signing", "testing", "transport", "verifying")
PACKAGES = ("dian_fe", *(f"dian_fe.{room}" for room in ROOMS))


def _type_checking_imports(module: str) -> Iterator[str]:
    """Yield the names that type checkers see in a lazy package."""
    source = Path(str(importlib.import_module(module).__file__)).read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for statement in node.body:
                assert isinstance(statement, ast.ImportFrom)
                if statement.level:  # our own; the rest serves the annotations
                    yield from (alias.asname or alias.name for alias in statement.names)


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
def test_type_checkers_see_the_same_names(package: str) -> None:
    listed = set(importlib.import_module(package).__all__) - {"__version__"}
    assert set(_type_checking_imports(package)) == listed


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
        "import dian_fe.ubl.build, dian_fe.signing.documents\n"
        "sys.exit(any(name in sys.modules for name in ('httpx', 'signxml', 'xmlschema')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
