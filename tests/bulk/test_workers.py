"""Processes and clusters: the same bytes as one process, and each document accepted once, whoever is killed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from dian_fe import bulk
from dian_fe.bulk.engines import Here, Lost, Processes, Scheduler, engine_of
from dian_fe.bulk.working import TRIES, Task, Work
from dian_fe.errors import NotAllowed, StoreError
from tests.bulk.companies import sales
from tests.bulk.killing import children, night, of_cluster
from tests.bulk.support import issued, table, xmls
from tests.exchange.packages import packages

pytest.importorskip("pyarrow")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="no signal to kill with")]


@pytest.fixture
def cluster() -> Iterator[Any]:
    dask, distributed = pytest.importorskip("dask"), pytest.importorskip("distributed")
    # Dask gives up a local worker that is not back after 15 s.
    with (
        dask.config.set({"distributed.deploy.lost-worker-timeout": "600s"}),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as made,
    ):
        yield made


@pytest.mark.slow
def test_killed_processes_issue_each_document_once(tmp_path: Path) -> None:
    assert night(tmp_path / "run", 40, 0.3, pids=children, most=2, workers=2, size=10) == []


@pytest.mark.long
def test_killed_workers_of_a_cluster_issue_ten_thousand(tmp_path: Path, cluster: Any) -> None:
    assert night(tmp_path / "run", 10_000, 8, pids=lambda: of_cluster(cluster), on=cluster, size=250) == []


@pytest.mark.long
def test_processes_that_are_killed_issue_ten_thousand(tmp_path: Path) -> None:
    assert night(tmp_path / "run", 10_000, 5, pids=children, workers=2, size=250) == []


@pytest.mark.long
def test_a_cluster_gives_the_bytes_of_one_process(tmp_path: Path, cluster: Any) -> None:
    frames, pandas = pytest.importorskip("dask.dataframe"), pytest.importorskip("pandas")
    rows = list(sales(200))
    issued(tmp_path / "here", rows, size=20, send=False)
    records = frames.from_pandas(pandas.DataFrame(rows), npartitions=4)
    for name, given in (("rows", rows), ("partitions", records)):
        issued(tmp_path / name, given, size=20, send=False, on=cluster, workers=None)
        assert xmls(tmp_path / name) == xmls(tmp_path / "here")


@pytest.mark.long
def test_a_cluster_reads_what_one_process_does(tmp_path: Path, cluster: Any) -> None:
    (tmp_path / "in").mkdir()
    for place, package in enumerate(packages()):
        (tmp_path / "in" / f"{place}.zip").write_bytes(package)
        (tmp_path / "in" / f"{place}-again.zip").write_bytes(package)
    bulk.read(tmp_path / "in", tmp_path / "here", size=7, workers=0)
    bulk.read(tmp_path / "in", tmp_path / "there", size=7, on=cluster)
    for name in ("documents", "lines", "taxes", "repeated", "unreadable"):
        assert table(tmp_path / "here", name) == table(tmp_path / "there", name)


def test_workers_that_make_other_companies_sign_nothing(tmp_path: Path, cluster: Any) -> None:
    moody = bulk.Factory("tests.bulk.companies:moody", {"folder": str(tmp_path)})
    with pytest.raises(NotAllowed, match="la dirección del servicio") as caught:
        issued(tmp_path / "run", company=moody, on=cluster, workers=None)
    assert {caught.value.found, caught.value.expected} == {"https://localhost:1/", "https://localhost:2/"}
    assert not (tmp_path / "run" / "manifest.json").exists()


# --- engines ----------------------------------------------------------------------------------------------------------


class Mortal(Here):
    """An engine whose worker dies in the first calls of a part."""

    def __init__(self, deaths: int, dies: Callable[[], object] = lambda: None) -> None:
        self.left, self.dies = deaths, dies

    def submit(self, name: str, call: Any, *args: Any) -> Future[Any]:
        if self.left:
            self.left -= 1
            self.dies()
            future: Future[Any] = Future()
            future.set_exception(Lost())
            return future
        return super().submit(name, call, *args)


def worked(engine: Any, reached: Callable[[int], int]) -> Work:
    work = Work(engine, reached, lambda task, result: None, [Task("probar", 0, len, ("part",))])
    work.run()
    return work


def test_a_part_that_comes_no_farther_is_given_up() -> None:
    assert not worked(Mortal(TRIES - 1), lambda part: 0).failed
    assert "Los trabajadores terminan" in worked(Mortal(TRIES), lambda part: 0).failed[0]


def test_a_part_that_comes_farther_is_begun_again() -> None:
    steps = iter(range(100))
    assert not worked(Mortal(5 * TRIES), lambda part: next(steps)).failed


def test_a_failure_of_the_system_fails_one_part() -> None:
    def full(place: int) -> None:
        if place == 1:
            raise OSError(28, "No space left on device")

    done: list[int] = []
    work = Work(Here(), lambda part: 0, lambda task, result: done.append(task.part))
    work.waiting = [Task("probar", place, full, (place,)) for place in range(3)]
    work.run()
    assert sorted(done) == [0, 2]
    assert "No space left" in work.failed[1]


def test_a_cluster_without_workers_is_told() -> None:
    class Alone(Here):
        def collect(self) -> None:
            raise Lost

    assert "Los trabajadores terminan" in worked(Alone(), lambda part: 0).failed[0]


@pytest.mark.parametrize(
    ("on", "workers", "kind"),
    [(None, 0, Here), (None, 1, Here), (None, 2, Processes), ("dask", None, Scheduler)],
    ids=str,
)
def test_work_goes_where_it_is_wanted(on: Any, workers: int | None, kind: type) -> None:
    if on == "dask":
        pytest.importorskip("dask")
    assert type(engine_of(on, workers, dask_records=False)) is kind


def test_dask_without_a_cluster_runs_the_parts(tmp_path: Path) -> None:
    dask = pytest.importorskip("dask")
    with dask.config.set(scheduler="synchronous"):
        assert issued(tmp_path, on="dask", workers=None).ok


def test_a_worker_that_does_not_see_the_folder_is_told(tmp_path: Path) -> None:
    from dian_fe.bulk.issuing import worker_facts
    from dian_fe.bulk.making import make_part

    with pytest.raises(StoreError, match="no ve la carpeta"):
        worker_facts(str(tmp_path / "elsewhere"), {"name": "a:b", "arguments": {}}, None, None)
    (tmp_path / "locks").mkdir()
    with pytest.raises(StoreError, match="no ve la carpeta"):
        make_part(str(tmp_path), 0)


def test_tasks_have_names_that_people_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dian_fe.bulk import issuing

    names: list[str] = []

    class Noting(Here):
        def submit(self, name: str, call: Any, *args: Any) -> Future[Any]:
            names.append(name)
            return super().submit(name, call, *args)

    monkeypatch.setattr(issuing, "engine_of", lambda *args, **given: Noting())
    issued(tmp_path)
    assert names == ["preparar", "firmar-parte-0", "enviar-parte-0", "firmar-parte-1", "enviar-parte-1"]
    key_split = getattr(pytest.importorskip("dask.utils"), "key_split")  # noqa: B009
    assert key_split(f"{names[1]}-1a2b3c4d5") in {"firmar-parte", "firmar"}


@pytest.mark.slow
def test_a_program_without_guard_is_told_what_to_do(tmp_path: Path) -> None:
    import subprocess
    import sys

    program = tmp_path / "program.py"
    program.write_text(
        "from dian_fe import bulk\n"
        "bulk.issue([{'line.price': '1'}], 'run', 'tests.bulk.companies:shop', first_number='SETP990000001',"
        " workers=2)\n"
    )
    done = subprocess.run(
        [sys.executable, program], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode
    assert any("InvalidInput" in line and "__name__" in line for line in done.stderr.splitlines()), done.stderr
