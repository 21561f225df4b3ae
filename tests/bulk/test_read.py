"""Many received files become tables of documents, lines and taxes, part by part."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from dian_fe import bulk, read
from dian_fe.bulk import reading
from dian_fe.errors import InvalidInput, NotAllowed, StoreError
from dian_fe.exchange import receive, received_rows
from dian_fe.testing import Simulator
from dian_fe.ubl.records import RowsOf
from dian_fe.verifying import TrustStore
from tests.bulk.support import table
from tests.exchange.packages import packages

pytestmark = pytest.mark.slow

pytest.importorskip("pyarrow")
COUNT = 6


def trust() -> TrustStore:
    """Return the authorities of the simulators that sent the packages."""
    return Simulator(seed=0).trust


@pytest.fixture
def received(tmp_path: Path) -> Path:
    """ZIPs of several months, one of them twice, and files without a document."""
    folder = tmp_path / "received"
    for place, package in enumerate(packages(COUNT)):
        month = folder / f"2026-{place % 3 + 1:02}"
        month.mkdir(parents=True, exist_ok=True)
        (month / f"{place}.zip").write_bytes(package)
    (folder / "2026-03" / "again.zip").write_bytes(packages(COUNT)[0])
    (folder / "2026-02" / "empty.zip").write_bytes(b"")
    (folder / "2026-03" / "letter.txt").write_text("Buenos días")
    return folder


def of_exchange(folder: Path, of: RowsOf) -> list[dict[str, Any]]:
    """Return the records that `received_rows` makes of the same files, in the form that a table has."""
    columns = reading.DOCUMENTS if of is RowsOf.DOCUMENTS else reading.LINES if of is RowsOf.LINES else reading.TAXES
    pyarrow = pytest.importorskip("pyarrow")
    made: Any = pyarrow.Table.from_pylist(list(received_rows(receive(folder), of)), schema=columns.schema())
    records: list[dict[str, Any]] = made.to_pylist()
    return records


@pytest.mark.parametrize("size", [1, 4])
@pytest.mark.parametrize("of", list(RowsOf))
def test_tables_are_the_records_of_exchange(received: Path, tmp_path: Path, size: int, of: RowsOf) -> None:
    run = bulk.read(received, tmp_path / "run", size=size, workers=0)
    assert run.finished
    assert (run.files, run.documents, run.unreadable, run.repeated) == (COUNT + 3, COUNT, 2, 1)
    assert table(tmp_path / "run", of.value) == of_exchange(received, of)


def test_taxes_are_those_of_the_documents(received: Path, tmp_path: Path) -> None:
    bulk.read(received, tmp_path / "run", workers=0)
    taxes = table(tmp_path / "run", "taxes")
    for row in table(tmp_path / "run", "documents"):
        own = [each for each in taxes if each["sha256"] == row["sha256"]]
        assert sum(each["amount"] for each in own if each["tax"] == "01") == row["iva"]
    assert taxes


def test_files_without_a_document_are_told(received: Path, tmp_path: Path) -> None:
    answer = next(part for part in read(packages(COUNT)[0]).walk() if part.kind.name == "application_response")
    (received / "answer.xml").write_bytes(answer.raw)
    bulk.read(received, tmp_path / "run", size=2, workers=0)
    told = {row["source"]: row for row in table(tmp_path / "run", "unreadable")}
    assert sorted(told) == ["2026-02/empty.zip", "2026-03/letter.txt", "answer.xml"]
    assert all(row["code"] and row["message"] for row in told.values())
    assert "ningún documento" in told["answer.xml"]["message"]


def test_the_same_bytes_in_another_part_are_left_out(received: Path, tmp_path: Path) -> None:
    for size in (1, 100):
        folder = tmp_path / str(size)
        bulk.read(received, folder, size=size, workers=0)
        (row,) = table(folder, "repeated")
        assert (row["source"], row["first_source"]) == ("2026-03/again.zip", "2026-01/0.zip")
        found = Counter(row["sha256"] for row in table(folder, "documents"))
        assert set(found.values()) == {1}


def test_the_same_key_with_other_bytes_is_told(received: Path, tmp_path: Path) -> None:
    first = read(packages(COUNT)[0])
    invoice = next(part for part in first.walk() if part.kind.amounts)
    (received / "2026-03" / "other.xml").write_bytes(invoice.raw + b"\n")
    for size in (1, 100):
        folder = tmp_path / str(size)
        bulk.read(received, folder, size=size, workers=0)
        told = {row["source"]: row["same_key_as"] for row in table(folder, "documents") if row["same_key_as"]}
        assert told == {"2026-03/other.xml": "2026-01/0.zip"}


def test_reading_goes_on_where_it_was_cut_off(received: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "run"

    def gone(*args: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(reading, "merge", gone)
        with pytest.raises(KeyboardInterrupt):
            bulk.read(received, folder, size=3, workers=0)
    merge = reading.merge

    def halfway(folder: Path, part: int, seen: reading.Seen) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(reading, "TABLES", reading.TABLES[1:] if part == 1 else reading.TABLES)
            merge(folder, part, seen)
        if part == 1:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(reading, "merge", halfway)
        with pytest.raises(KeyboardInterrupt):
            bulk.read(received, folder, size=3, workers=0)
    run = bulk.read(None, folder, size=3, workers=0)
    assert run.finished
    assert table(folder, "documents") == of_exchange(received, RowsOf.DOCUMENTS)
    assert table(folder, "lines") == of_exchange(received, RowsOf.LINES)
    assert not [path for path in (folder / "unmerged").rglob("*") if path.is_file()]


def test_other_files_in_the_folder_are_refused(received: Path, tmp_path: Path) -> None:
    bulk.read(received, tmp_path / "run", size=3, workers=0)
    with pytest.raises(NotAllowed, match="se pidió de otra manera"):
        bulk.read(received, tmp_path / "run", size=4, workers=0)
    (received / "2026-03" / "9.zip").write_bytes(packages(COUNT)[1])
    with pytest.raises(NotAllowed, match="la parte 2, desde la fila 7"):
        bulk.read(received, tmp_path / "run", size=3, workers=0)
    assert bulk.read(None, tmp_path / "run", size=3, workers=0).finished


def test_a_list_of_files_that_changed_is_not_read(received: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    bulk.read(received, folder, size=3, workers=0)
    (folder / "documents" / "part-00001.parquet").unlink()
    path = folder / "input" / "part-00001.jsonl"
    path.write_bytes(path.read_bytes()[:-9])
    run = bulk.read(None, folder, size=3, workers=0)
    assert [each.part for each in run.failed] == [1]
    assert path.name in run.failed[0].reason


def test_to_go_on_where_no_run_is_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no hay ninguna corrida"):
        bulk.read(None, tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_files_are_verified_on_their_worker(received: Path, tmp_path: Path) -> None:
    bulk.read(received / "2026-01", tmp_path / "run", trust="tests.bulk.test_read:trust", workers=0)
    assert {row["valid"] for row in table(tmp_path / "run", "documents")} <= {True, False}
    bulk.read(received / "2026-01", tmp_path / "unverified", workers=0)
    assert {row["valid"] for row in table(tmp_path / "unverified", "documents")} == {None}


@pytest.mark.parametrize(
    "files", [7, b"x", [b"x"], "*.nothing", None], ids=["number", "bytes", "contents", "pattern", "nothing"]
)
def test_what_is_no_file_is_refused(tmp_path: Path, files: Any) -> None:
    with pytest.raises((InvalidInput, StoreError)) as refusal:
        bulk.read(files, tmp_path / "run", workers=0)
    assert refusal.value.remedy
    assert not (tmp_path / "run" / "manifest.json").exists()


def test_paths_and_patterns_are_read(received: Path, tmp_path: Path) -> None:
    paths = sorted(received.rglob("*.zip"))
    by_path = bulk.read(iter(paths), tmp_path / "paths", workers=0)
    by_pattern = bulk.read(str(received / "*" / "*.zip"), tmp_path / "pattern", workers=0)
    assert by_path.documents == by_pattern.documents == COUNT
    missing = bulk.read([received / "none.zip"], tmp_path / "missing", workers=0)
    assert (missing.files, missing.unreadable) == (1, 1)
    with pytest.raises(FileNotFoundError):
        bulk.read(received / "none.zip", tmp_path / "none", workers=0)


def test_the_tables_may_lie_among_the_files(received: Path) -> None:
    for _ in range(2):
        assert bulk.read(received, received / "tables", workers=0).files == COUNT + 3


def test_an_empty_folder_has_the_tables_of_none(tmp_path: Path) -> None:
    (tmp_path / "received").mkdir()
    run = bulk.read(tmp_path / "received", tmp_path / "run", workers=0)
    assert (run.listed, run.finished) == (0, True)
    assert [table(tmp_path / "run", each.name) for each in reading.TABLES] == [[]] * 6
