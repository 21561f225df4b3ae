"""The READMEs: two commands set everything up, what they show is what runs, and what they point at is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from dian_fe._cli.main import parser
from tests.support.repository import ROOT, files, read

pytestmark = [pytest.mark.docs, pytest.mark.project]

READMES = ("README.md", "README.es.md")
COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SHOWN = re.compile(r"<!-- (?P<file>examples/[\w/]+\.py) -->\n```python\n(?P<code>.*?)```", re.DOTALL)
PYTHON = re.compile(r"^```python\n", re.MULTILINE)
VERB = re.compile(r"python -m dian_fe ([a-z]+)")
BLOCK = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
ROW = re.compile(r"^\| (?!what |qué |judge )([^|]+) \| ([^|]+) \|", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)")


def test_both_readmes_give_the_same_two_commands() -> None:
    english, spanish = (COMMANDS.findall(read(name)) for name in READMES)
    assert english == spanish
    assert len(english) == 2
    demo, tests = english
    for command in english:
        assert command.startswith("python3 -m venv ")
        assert command.count("\n") == 1, "one line of shell"
        assert "pip install" in command
        assert " -e " not in command, "what is installed is what is published"
    assert "python -m dian_fe demo --out out" in demo
    assert "python -m pytest" in tests


def test_ci_takes_the_command_from_the_readme() -> None:
    script = read(".ci/run")
    assert "readme_command 'pytest'" in script
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    assert subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=False).returncode == 0


def _rows(page: str, heading: str) -> list[tuple[str, ...]]:
    """Return the first two cells of each row of the section whose heading begins so."""
    section = re.split(r"^##+ ", read(page).partition(heading)[2], maxsplit=1, flags=re.MULTILINE)[0]
    return ROW.findall(section)


def _judges() -> set[str]:
    """Return the name of every independent judge, as it stands in both languages."""
    cells = ", ".join(row[0] for row in _rows("CONTRIBUTING.md", "### Judge")).split(", ")
    return {re.sub(r"^.*XSDs$", "XSD", cell).removeprefix("Apache ") for cell in cells}


def test_both_languages_name_the_same_judges() -> None:
    english, spanish = (
        [{judge for judge in _judges() if judge in row[1]} for row in _rows(page, heading)]
        for page, heading in (("README.md", "## What is done"), ("docs/index.md", "## Qué tan cierto"))
    )
    assert english == spanish
    assert set().union(*spanish) == _judges(), "the first page names every judge"
    assert not spanish[-1], "DIAN has judged nothing yet"


def test_the_manual_opens_as_the_spanish_readme_does() -> None:
    first = read("docs/index.md").split("\n\n")[1]
    assert first.startswith("Facturación electrónica")
    assert first in read("README.es.md")


@pytest.mark.parametrize("readme", READMES)
def test_programs_shown_are_the_files_that_run(readme: str) -> None:
    text = read(readme)
    shown = list(SHOWN.finditer(text))
    assert len(shown) == len(PYTHON.findall(text)) >= 1, "every program shown is a file of examples/"
    for found in shown:
        assert found["code"] == read(found["file"]), "run python scripts/gen_docs.py"


def test_the_first_example_issues_an_accepted_invoice() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "issue_invoice.py"], capture_output=True, text=True, check=True
    )
    key, payable, name = done.stdout.splitlines()[-1].split()
    assert re.fullmatch("[0-9a-f]{96}", key)
    assert payable == "58275.00"
    assert re.fullmatch(r"ad[0-9a-f]{23}\.xml", name)


@pytest.mark.parametrize("readme", READMES)
def test_verbs_shown_exist(readme: str) -> None:
    verbs = next(action.choices for action in parser()._actions if action.dest == "verb")
    assert verbs is not None
    assert set(VERB.findall(read(readme))) <= set(verbs)


@pytest.mark.parametrize(
    "path", [path for path in files() if path.suffix == ".md"], ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_links_lead_somewhere(path: Path) -> None:
    prose = BLOCK.sub("", path.read_text(encoding="utf-8"))
    broken = [link for link in LINK.findall(prose) if not (path.parent / link).exists()]
    assert not broken
