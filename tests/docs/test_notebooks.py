"""The tutorial notebooks run from beginning to end, and are kept without what running them leaves behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import DOCS

pytestmark = pytest.mark.docs

NOTEBOOKS = sorted((DOCS / "cuadernos").glob("*.ipynb"))
notebooks = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)


def _cells(path: Path) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return cells


def test_there_are_notebooks_and_the_index_names_each() -> None:
    index = (DOCS / "cuadernos" / "index.md").read_text(encoding="utf-8")
    assert NOTEBOOKS
    assert [path.name for path in NOTEBOOKS if f"({path.name})" not in index] == []


@notebooks
def test_a_notebook_is_kept_without_output(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    data = json.loads(text)
    assert text == json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    assert set(data["metadata"]) == {"kernelspec", "language_info"}
    assert set(data["metadata"]["language_info"]) == {"name"}, "no version of the Python that ran it last"
    ids = [cell["id"] for cell in data["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in data["cells"]:
        assert cell["metadata"] == {}
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@notebooks
def test_a_notebook_tells_before_it_does(path: Path) -> None:
    kinds = [cell["cell_type"] for cell in _cells(path)]
    assert kinds[0] == "markdown"
    assert kinds.count("code") > 4
    assert kinds.count("markdown") * 2 > kinds.count("code")


@pytest.mark.long
@notebooks
def test_a_notebook_runs(path: Path, tmp_path: Path) -> None:
    """Long, since `.ci/run` executes them twice anyway: with the extra alone, and for the manual's pages."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert outputs
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"]
