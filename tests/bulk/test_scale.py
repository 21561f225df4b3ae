"""A hundred thousand documents: two workers against one process, in one run, and the memory of each worker."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dian_fe import bulk
from dian_fe.bulk.filing import SHIPMENTS
from dian_fe.exchange import receive, received_rows
from dian_fe.transport.archive import pack_zip
from tests.bulk.companies import sales
from tests.bulk.killing import of_cluster
from tests.bulk.support import issued

pytest.importorskip("pyarrow")
pytestmark = pytest.mark.long

COUNT = 100_000
RATIO, FLAT = 1.8, 1.1


@contextmanager
def memory(cluster: Any) -> Iterator[list[dict[int, int]]]:
    """Yield the resident bytes of each worker, taken every second."""
    psutil = pytest.importorskip("psutil")
    over, taken = threading.Event(), []

    def work() -> None:
        while not over.wait(1):
            taken.append({pid: psutil.Process(pid).memory_info().rss for pid in of_cluster(cluster)})

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield taken
    finally:
        over.set()
        thread.join()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as made:
        yield made


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, cluster: Any) -> tuple[Path, float, float, list[dict[int, int]]]:
    """Issue the same sales with two workers and in one process; return the folder, both times and the memory."""
    folder = tmp_path_factory.mktemp("night")
    began = time.monotonic()
    with memory(cluster) as taken:
        issued(folder / "two", sales(COUNT), size=1000, send=False, on=cluster, workers=None)
    two = time.monotonic() - began
    began = time.monotonic()
    issued(folder / "one", sales(COUNT), size=1000, send=False, workers=0)
    return folder, time.monotonic() - began, two, taken


def test_two_workers_issue_nearly_twice_as_fast(night: tuple[Path, float, float, Any]) -> None:
    folder, one, two, _ = night
    assert bulk.open_run(folder / "one").signed == bulk.open_run(folder / "two").signed == COUNT
    for part in range(COUNT // 1000):
        digests = [
            [row["sha256"] for row in SHIPMENTS.read(folder / name, part, ("sha256",))] for name in ("one", "two")
        ]
        assert digests[0] == digests[1]
    print(f"one {one:.0f} s, two {two:.0f} s: {one / two:.2f}")
    assert one / two >= RATIO


def test_the_memory_of_workers_stays_flat(night: tuple[Path, float, float, list[dict[int, int]]]) -> None:
    taken = night[3]
    for pid in taken[-1]:
        sizes = [each[pid] for each in taken if pid in each]
        warm, late = max(sizes[: len(sizes) // 2]), max(sizes[len(sizes) // 2 :])
        print(f"{warm / 2**20:.0f} MB in the first half, {late / 2**20:.0f} MB in the second")
        assert late <= FLAT * warm


def test_a_year_of_files_gives_the_report_of_pandas(night: Any, tmp_path: Path, cluster: Any) -> None:
    pandas = pytest.importorskip("pandas")
    for part in range(COUNT // 1000):
        month = tmp_path / "in" / f"{part % 12 + 1:02}"
        month.mkdir(parents=True, exist_ok=True)
        for row in SHIPMENTS.read(night[0] / "one", part, ("number", "file_name", "xml")):
            (month / f"{row['number']}.zip").write_bytes(pack_zip({row["file_name"]: row["xml"]}))
    times = []
    for name, given in (("two", {"on": cluster}), ("one", {"workers": 0})):
        began = time.monotonic()
        assert bulk.read(tmp_path / "in", tmp_path / name, **given).documents == COUNT
        times.append(time.monotonic() - began)
    print(f"one {times[1]:.0f} s, two {times[0]:.0f} s: {times[1] / times[0]:.2f}")

    def report(frame: Any) -> dict[str, Any]:
        by_month = frame.assign(month=frame["source"].str[:2]).groupby("month")[["iva", "payable"]].sum()
        return {
            name: list(map(str, (row.iva.normalize(), row.payable.normalize()))) for name, row in by_month.iterrows()
        }

    alone = pandas.DataFrame(received_rows(receive(tmp_path / "in")))
    assert report(pandas.read_parquet(tmp_path / "two" / "documents")) == report(alone)
    assert times[1] / times[0] >= RATIO
