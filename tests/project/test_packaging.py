"""The wheel and the archive that are published hold what they must, and the installed wheel works alone."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

import dian_fe
from tests.support.repository import ROOT, files

pytestmark = pytest.mark.project


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Build both with the installed backend, so that nothing is fetched."""
    folder = tmp_path_factory.mktemp("dist")
    program = (
        "import sys; from hatchling import build\n"
        "print(build.build_wheel(sys.argv[1])); print(build.build_sdist(sys.argv[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    wheel, archive = done.stdout.split()[-2:]
    return folder / wheel, folder / archive


def test_the_wheel_holds_the_package_and_the_schemas(built: tuple[Path, Path]) -> None:
    names = set(zipfile.ZipFile(built[0]).namelist())
    sources, schemas = ROOT / "src", ROOT / "schemas"
    wanted = {path.relative_to(sources).as_posix() for path in files() if path.is_relative_to(sources)}
    wanted |= {f"dian_fe/schemas/{path.relative_to(schemas).as_posix()}" for path in files() if schemas in path.parents}
    assert "dian_fe/py.typed" in names
    assert "dian_fe/schemas/xsd/UBL-Invoice-2.1.xsd" in names
    assert not wanted - names
    assert not {name for name in names if name.startswith(("tests/", "scripts/"))}


def test_the_archive_can_test_itself(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[1]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for wanted in ("README.md", "README.es.md", "LICENSE", "CHANGELOG.md", "pyproject.toml", "mkdocs.yml", ".ci/run"):
        assert wanted in names
    tests = {path.relative_to(ROOT).as_posix() for path in files() if path.is_relative_to(ROOT / "tests")}
    assert not tests - names


def test_the_index_would_take_both(built: tuple[Path, Path]) -> None:
    """As ``twine check --strict``: names, metadata and a README that the index can render."""
    done = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", *map(str, built)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("PASSED") == 2, done.stdout


def test_the_extras_are_those_that_the_papers_name(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[0]) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        extras = {
            line.partition(": ")[2]
            for line in wheel.read(name).decode().splitlines()
            if line.startswith("Provides-Extra: ")
        }
    assert extras >= {"bench", "docs", "notebook", "pkcs11", "test"}


def test_the_wheel_alone_runs_the_demo(built: tuple[Path, Path], tmp_path: Path) -> None:
    """Imported straight from the wheel: nothing of the checkout is at hand."""
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import dian_fe\n"
        "assert dian_fe.__file__.startswith(sys.argv[1]), dian_fe.__file__\n"
        "from dian_fe._cli.main import main\n"
        "sys.exit(main(['demo', '--out', sys.argv[2]]))"
    )
    unpacked = tmp_path / "wheel"
    zipfile.ZipFile(built[0]).extractall(unpacked)
    done = subprocess.run(
        [sys.executable, "-I", "-c", program, str(unpacked), str(tmp_path / "out")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert list((tmp_path / "out").glob("fv*.xml"))


def test_the_installed_package_says_what_it_is() -> None:
    data = metadata.metadata("dian-fe")
    assert data["Version"] == dian_fe.__version__
    assert data["License-Expression"] == "Apache-2.0 AND OFL-1.1"
    assert data["Requires-Python"] == ">=3.11"
