"""Each example runs as its docstring says, and says something."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.examples.support import EXAMPLES, run

pytestmark = pytest.mark.docs

NEED_MORE = {"night_run", "token_signer", "web_service", "year_of_zips"}
"""Run by tests of their own: they serve for ever, need something beside them, or take long to begin."""
ALL = sorted(path.stem for path in EXAMPLES.glob("*.py"))


@pytest.mark.parametrize("name", [name for name in ALL if name not in NEED_MORE])
def test_it_runs_and_says_something(name: str, tmp_path: Path) -> None:
    done = run(name, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert not done.stderr


@pytest.mark.parametrize("name", ALL)
def test_its_docstring_says_what_it_is_and_both_readmes_name_it(name: str) -> None:
    assert ast.get_docstring(ast.parse((EXAMPLES / f"{name}.py").read_text(encoding="utf-8")))
    for readme in ("README.md", "README.es.md"):
        assert f"examples/{name}.py" in (EXAMPLES.parent / readme).read_text(encoding="utf-8")


def test_those_that_need_more_have_a_test_of_their_own() -> None:
    for name in NEED_MORE:
        assert (Path(__file__).parent / f"test_{name}.py").exists()


@pytest.mark.parametrize("name", ["issue_invoice", "receive_invoice"])
def test_it_runs_where_the_system_has_no_time_zones(name: str, tmp_path: Path) -> None:
    done = run(name, cwd=tmp_path, PYTHONTZPATH="")
    assert done.returncode == 0, done.stderr
