"""What scripts generate is what is kept: nobody edited it by hand, nobody forgot to run them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.repository import ROOT, files

pytestmark = pytest.mark.project


def _run(*arguments: object, cwd: Path = ROOT) -> None:
    done = subprocess.run([sys.executable, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("script", "kept"),
    [("gen_schemas.py", "schemas/xsd"), ("gen_docs.py", "docs/referencia"), ("gen_api.py", "docs/api")],
)
def test_generated_folders_are_up_to_date(script: str, kept: str, tmp_path: Path) -> None:
    _run(ROOT / "scripts" / script, "--out", tmp_path)
    made, found = _contents(tmp_path), _contents(ROOT / kept)
    assert set(made) == set(found)
    assert [name for name in made if made[name] != found[name]] == [], f"run python scripts/{script}"


def test_the_code_lists_are_up_to_date(tmp_path: Path) -> None:
    """The script writes into the tree that it lies in: a copy of it shows what it would write."""
    for name in ("scripts", "src/dian_fe/catalogs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    before = _contents(tmp_path / "src")
    _run(tmp_path / "scripts" / "gen_catalogs.py", cwd=tmp_path)
    after = _contents(tmp_path / "src")
    assert set(before) == set(after)
    assert [name for name in before if before[name] != after[name]] == [], "run python scripts/gen_catalogs.py"


def test_signed_documents_have_the_bytes_that_were_kept() -> None:
    _run(ROOT / "scripts" / "golden_bytes.py")


def test_every_generator_is_run_by_a_test() -> None:
    generators = {path.name for path in files() if path.parent.name == "scripts" and path.name.startswith("gen_")}
    assert generators == {"gen_api.py", "gen_catalogs.py", "gen_docs.py", "gen_menu.py", "gen_schemas.py"}
