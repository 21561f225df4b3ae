"""Workers that are killed while they make and send a night's documents, and a DIAN that counts what it receives."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dian_fe import Payment, bulk
from dian_fe.testing import SimulatorServer
from tests.bulk.companies import FACTORY, sales
from tests.bulk.support import AT, FIRST, xmls
from tests.company.crashing import Counting


@contextmanager
def killer(
    pids: Callable[[], Iterable[int]], every: float, seed: int, begun: threading.Event, most: int
) -> Iterator[list[int]]:
    """Kill one of these processes about every so many seconds once they are at it; yield those that were killed."""
    chance, over, killed = random.Random(seed), threading.Event(), []

    def work() -> None:
        begun.wait()
        while len(killed) < most and not over.wait(chance.uniform(0.5, 1.5) * every):
            with suppress(ProcessLookupError, IndexError, OSError):
                pid = chance.choice(list(pids()))
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        begun.set()
        thread.join()


def children() -> list[int]:
    """Return the processes that this one began."""
    return [each.pid for each in multiprocessing.active_children() if each.pid is not None]


def of_cluster(cluster: Any) -> list[int]:
    """Return the workers of a local cluster that are up: Dask gives up one that ends before it is."""
    processes = [each.process for each in cluster.workers.values() if each.process is not None]
    return [each.pid for each in processes if each.status.name == "running" and each.pid]


def night(
    folder: Path, count: int, every: float, *, pids: Callable[[], Iterable[int]], most: int = 1 << 30, **options: Any
) -> list[str]:
    """Issue so many sales while workers are killed; return what is wrong with what DIAN saw and what is filed."""
    simulator = Counting()
    with SimulatorServer(simulator) as server:
        company = bulk.Factory(FACTORY, {"url": server.url})
        given: dict[str, Any] = {"first_number": FIRST, "payment": Payment.cash(), "at": AT}
        begun = threading.Event()
        with killer(pids, every, count, begun, most) as killed:
            told = {"progress": lambda *each: begun.set()}
            run = bulk.issue(sales(count), folder, company, **given, **told, **options)
        for _ in range(5):
            if not run.failed:
                break
            run = bulk.resume(folder, workers=0)
    wrong = [] if killed else ["nobody was killed"]
    wrong += [f"{run!r} {run.failed}"] if not run.ok else []
    wrong += [f"{times} times received" for times in simulator.received.values() if times != 1]
    if len(simulator.accepted) != count:
        wrong.append(f"{len(simulator.accepted)} accepted of {count}")
    calm = bulk.issue(sales(count), folder.with_name("calm"), company, **given, send=False, workers=0)
    if xmls(calm.folder) != xmls(folder):
        wrong.append("other bytes than without kills")
    return wrong
