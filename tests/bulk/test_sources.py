"""The same records give the same documents, wherever they come from and whoever makes them."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dian_fe.bulk.values import cell_of_json, cell_to_json
from dian_fe.errors import InvalidInput, UnreadableDocument
from tests.bulk.companies import sales
from tests.bulk.support import issued, table, xmls

pytestmark = pytest.mark.slow

pytest.importorskip("pyarrow")
ROWS = list(sales(5, 2))
HALVES = ROWS[:6], ROWS[6:]


@cache
def expected() -> dict[str, bytes]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        issued(Path(folder), ROWS, send=False)
        return xmls(Path(folder))


def parquet(folder: Path, rows: list[dict[str, Any]] = ROWS, name: str = "sales.parquet") -> Path:
    import pyarrow
    from pyarrow import parquet as files

    files.write_table(pyarrow.Table.from_pylist(rows), folder / name)
    return folder / name


def csv_file(folder: Path) -> Path:
    path = folder / "sales.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(ROWS[0]))
        writer.writeheader()
        writer.writerows(ROWS)
    return path


def halves(folder: Path) -> str:
    for place, rows in enumerate(HALVES):
        parquet(folder, rows, f"{place}.parquet")
    return str(folder / "*.parquet")


def folder_of_parts(folder: Path) -> Path:
    halves(folder)
    (folder / ".hidden.parquet").write_bytes(b"unfinished")
    return folder


def arrow_table(folder: Path) -> Any:
    import pyarrow

    return pyarrow.Table.from_pylist(ROWS)


def frame(folder: Path) -> Any:
    return pytest.importorskip("pandas").DataFrame(ROWS)


SOURCES: dict[str, Callable[[Path], Any]] = {
    "mappings": lambda folder: iter(ROWS),
    "frame": frame,
    "Arrow": arrow_table,
    "Parquet": parquet,
    "CSV": csv_file,
    "pattern": halves,
    "folder": folder_of_parts,
}


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_gives_the_same_documents(tmp_path: Path, source: str) -> None:
    (tmp_path / "in").mkdir()
    issued(tmp_path / "run", SOURCES[source](tmp_path / "in"), send=False)
    assert xmls(tmp_path / "run") == expected()


def test_rows_are_told_by_the_file_and_its_own_count(tmp_path: Path) -> None:
    rows = [dict(row) for row in ROWS]
    rows[8]["line.quantity"] = "muchas"
    parquet(tmp_path, rows[:6], "a.parquet")
    path = tmp_path / "b.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(ROWS[0]))
        writer.writeheader()
        writer.writerows(rows[6:])
    issued(tmp_path / "run", str(tmp_path / "*.*"), send=False)
    (told,) = table(tmp_path / "run", "refused")
    assert (told["source"], told["row"], told["position"], told["column"]) == (str(path), 4, 4, "line.quantity")


def test_a_damaged_row_of_a_file_is_told(tmp_path: Path) -> None:
    path = csv_file(tmp_path)
    lines = path.read_text().splitlines()
    lines[10] += ",one cell too many"
    path.write_text("\n".join(lines))
    run = issued(tmp_path / "run", path, send=False)
    assert run.signed == 4
    assert any("celdas" in row["message"] for row in table(tmp_path / "run", "refused"))


def test_files_of_other_columns_are_refused(tmp_path: Path) -> None:
    parquet(tmp_path, HALVES[0], "a.parquet")
    parquet(tmp_path, [{"reference": "V", "total": 1}], "b.parquet")
    with pytest.raises(InvalidInput, match="mismas columnas"):
        issued(tmp_path / "run", tmp_path, send=False)
    (tmp_path / "b.parquet").write_bytes(b"PAR1 cut short")
    with pytest.raises(UnreadableDocument, match="Parquet"):
        issued(tmp_path / "run", tmp_path, send=False)


CELLS = ["Ñandú \ud800", 7, 1.5, True, None, Decimal("1.50"), date(2026, 3, 2), 10**30]
UNFIT = [float("inf"), [1], b"x", {"decimal": "1"}]


@pytest.mark.parametrize("cell", [*CELLS, *UNFIT, float("nan")], ids=repr)
def test_cells_survive_the_way_to_a_worker(cell: Any) -> None:
    import json

    again = cell_of_json(json.loads(json.dumps(cell_to_json(cell))))
    if cell in UNFIT:
        assert type(again).__name__ == "Unfit"
    elif cell != cell:
        assert again is None
    else:
        assert (type(again), again) == (type(cell), cell)


# --- Dask -------------------------------------------------------------------------------------------------------------


def of_dask(kind: str) -> Any:
    if kind == "bag":
        return pytest.importorskip("dask.bag").from_sequence(ROWS, npartitions=5)
    pandas, frames = pytest.importorskip("pandas"), pytest.importorskip("dask.dataframe")
    return frames.from_pandas(pandas.DataFrame(ROWS), npartitions=5)


@pytest.mark.parametrize("kind", ["bag", "frame"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_partitions_of_dask_give_the_same_documents(tmp_path: Path, kind: str) -> None:
    import dask

    with dask.config.set(scheduler="synchronous"):
        issued(tmp_path, of_dask(kind), workers=None, send=False)
        assert xmls(tmp_path) == expected()
        # Again, nothing is made: the partitions are only compared.
        assert issued(tmp_path, of_dask(kind), workers=None, send=False).signed == 5
    assert {row["source"] for row in table(tmp_path, "shipments")} == {f"partición {n}" for n in range(5)}


def test_dask_is_not_imported_unless_it_is_asked_for() -> None:
    program = (
        "import sys; from dian_fe import bulk; [getattr(bulk, name) for name in bulk.__all__];"
        "print(sorted({'dask', 'distributed', 'pyarrow', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dian_fe.errors import MissingExtra

    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(MissingExtra, match="dask"):
        issued(tmp_path, ROWS, on="dask", workers=None)
    assert issued(tmp_path, ROWS, send=False).signed == 5
