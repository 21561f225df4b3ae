"""A chain's night: the sales of several companies become invoices, made by many workers and accepted by DIAN once each.

Run it with ``pip install '.[bulk]'``; DIAN is a simulator in a process of its own, which all workers reach over HTTP:

    python examples/night_run.py [--invoices N] [--workers W] [--kill-every S] [--no-send] [--folder PATH]
        [--dashboard ADDRESS] [--json]

The sales are built, checked, signed and filed twice: by one process and by W workers of a Dask cluster. ``ratio`` says
how many times as fast the workers are. With ``--kill-every`` the night is made once more, from the first sale to DIAN's
answers, while every S seconds a worker taken at random is killed (SIGKILL), as long as another one is up. Then DIAN's
own count is compared with the invoices of the one process, which nobody disturbed: ``accepted`` are those that DIAN
accepted, byte for byte, ``lost`` those that it did not, and ``twice`` what it accepted beyond one for each sale.
``same_bytes`` is true if all runs filed the same documents, and ``memory`` is the largest worker's use at the end, as a
multiple of that at a third of the way.
"""

import argparse
import functools
import json
import logging
import multiprocessing
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dask.config
import psutil
import pyarrow as pa
from dask.distributed import Client as DaskClient
from dask.distributed import LocalCluster
from pyarrow import parquet

from dian_fe import Client, Company, Issuer, Organization, Payment, RetryPolicy, bulk
from dian_fe.catalogs import Environment
from dian_fe.testing import Simulator, SimulatorServer, Verdict

BOGOTA = ZoneInfo("America/Bogota")
COMPANIES = {  # NIT, name and municipality
    "700085371": ("Tiendas Ejemplo del Valle SAS", "76001"),
    "800199436": ("Tiendas Ejemplo de Antioquia SAS", "05001"),
    "900373076": ("Tiendas Ejemplo de Cundinamarca SAS", "11001"),
}
GOODS = [
    ("Café molido 500 g", 18_500, 5),
    ("Jabón de baño", 4_200, 19),
    ("Arroz 1 kg", 5_100, 0),
    ("Cuaderno", 7_900, 19),
]
TRIES = 20
PACE = bulk.Pace(company_at_once=4, service_at_once=8)  # as fast as the simulator can; see the guide for DIAN


# --- what each worker makes for itself --------------------------------------------------------------------------------


@functools.cache
def authority() -> Simulator:
    """Return the maker of keys and numberings: every process has the same ones."""
    return Simulator(seed=7)


def company(nit: str, endpoint: str) -> Company:
    """Return a company of the chain. In production: `bulk.from_environment`, or a key from a file of the worker's."""
    name, municipality = COMPANIES[nit]
    shop = Organization(
        nit=nit, name=name, municipality=municipality, address="Cl 14 # 5-20", emails=["facturas@example.com"]
    )
    issuer = Issuer(organization=shop, software=authority().software, resolution=authority().resolution("SETP"))
    signer = authority().signer(nit)
    # DIAN is asked about a document in doubt for longer; the simulator knows at once what it received.
    policy = RetryPolicy(settling=(0.2, 0.4))
    client = Client(signer=signer, environment=Environment.HABILITACION, endpoint=endpoint, policy=policy)
    return Company(issuer, signer, client=client)


# --- the night's sales ------------------------------------------------------------------------------------------------


def sales(count: int) -> Iterator[dict[str, Any]]:
    """Yield the rows of so many sales: one row is one line of an invoice."""
    for sale in range(count):
        for line in range(1 + sale % 4):
            description, price, rate = GOODS[(sale + line) % len(GOODS)]
            yield {
                "company": list(COMPANIES)[sale % len(COMPANIES)],
                "reference": f"T{sale % 40:02}-{sale:07}",
                "customer.id_type": "13",
                "customer.id": str(1_000_000_000 + sale % 9_973),
                "customer.name": "Cliente Ejemplo",
                "line.description": description,
                "line.quantity": 1 + (sale + line) % 5,
                "line.price": price,
                "line.iva": rate,
            }


def write_sales(path: Path, count: int) -> None:
    """Write the sales, some thousand rows at a time."""
    rows = sales(count)
    schema = pa.Table.from_pylist(list(sales(1))).schema
    with parquet.ParquetWriter(path, schema) as file:
        while some := [row for _, row in zip(range(10_000), rows, strict=False)]:
            file.write_table(pa.Table.from_pylist(some, schema))


# --- DIAN, and what it saw --------------------------------------------------------------------------------------------


class Counting(Simulator):
    """A simulator that counts how often it accepted the bytes of a document."""

    seen: Counter[str]

    def judge(self, xml: bytes, *, at: datetime | None = None) -> Verdict:
        verdict = super().judge(xml, at=at)
        if verdict.is_valid:
            self.seen[sha256(xml).hexdigest()] += 1
        return verdict


def serve(pipe: Connection) -> None:
    simulator = Counting(seed=7)
    simulator.seen = Counter()
    with SimulatorServer(simulator) as server:
        pipe.send(server.url)
        pipe.recv()
        pipe.send(simulator.seen)


@contextmanager
def dian() -> Iterator[tuple[str, Any]]:
    """Yield the address of a simulator in a process of its own, and the pipe that says what it accepted."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), name="dian", daemon=True)
    process.start()
    try:
        yield here.recv(), here
    finally:
        process.kill()
        process.join()


# --- the workers ------------------------------------------------------------------------------------------------------


class Watched:
    """The workers of a cluster, looked at and killed from a thread."""

    def __init__(self, cluster: LocalCluster) -> None:
        self._nannies = cluster.workers
        self.kills = 0
        self.used: list[list[int]] = []
        """Bytes of memory of each worker, from time to time."""

    def pids(self) -> list[int]:
        """Return the processes that are up: Dask begins a killed worker again, but gives up one killed as it starts."""
        processes = [nanny.process for nanny in self._nannies.values() if nanny.process is not None]
        return [process.pid for process in processes if process.status.name == "running" and process.pid]

    @contextmanager
    def each(self, seconds: float, act: Callable[[], object]) -> Iterator[None]:
        """Do something soon, and every so many seconds meanwhile."""
        over = threading.Event()

        def run() -> None:
            pause = seconds / 4
            while not over.wait(pause):
                act()
                pause = seconds

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def look(self) -> None:
        self.used.append([psutil.Process(pid).memory_info().rss for pid in self.pids()])

    def kill(self) -> None:
        """Kill a worker, unless it is the last one that is up: where starting is slow, none would get on."""
        pids = self.pids()
        if len(pids) > 1:
            psutil.Process(random.choice(pids)).kill()
            self.kills += 1

    def growth(self) -> float | None:
        """Return the largest worker's memory at the end as a multiple of that at a third of the way."""
        if len(self.used) < 9:
            return None
        tenth = max(1, len(self.used) // 10)
        third = len(self.used) // 3
        early, late = self.used[third : third + tenth], self.used[-tenth:]
        return max(map(max, late)) / max(map(max, early))


def digests(folder: Path) -> Counter[str]:
    """Return the SHA-256 of every invoice that a run filed."""
    table = parquet.read_table(folder / "shipments", columns=["sha256"])
    return Counter(table["sha256"].to_pylist())


# --- the night --------------------------------------------------------------------------------------------------------


def night(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    records = folder / "sales.parquet"
    write_sales(records, options.invoices)
    with ExitStack() as stack:
        url, pipe = stack.enter_context(dian())
        factories = {nit: bulk.Factory("night_run:company", {"nit": nit, "endpoint": url}) for nit in COMPANIES}
        asked: dict[str, Any] = {
            "first_number": dict.fromkeys(COMPANIES, "SETP990000001"),
            "payment": Payment.cash(),
            "at": datetime.now(BOGOTA).replace(microsecond=0),
            "size": max(1, min(500, options.invoices // (8 * options.workers))),
            "pace": PACE,
        }

        def issue(name: str, records: Any = records, **more: Any) -> float:
            began = time.perf_counter()
            run = bulk.issue(records, folder / name, factories, **asked | more)
            for _ in range(TRIES):
                if not run.failed:
                    return time.perf_counter() - began
                # What the guide says after a crash: go on. A part whose workers are killed again and again is told.
                run = bulk.resume(run.folder, on=workers, send=not options.no_send, pace=PACE)
            sys.exit(f"{name}: {run.failed}")

        # Some invoices first, here and on each worker: loading the library is not what is measured. The one process
        # comes before there is a cluster, whose threads would slow it.
        issue("first-alone", list(sales(12)), workers=0, send=False)
        alone = issue("alone", workers=0, send=False)
        # Dask gives up a worker that is away when it looks, after 15 seconds by default.
        stack.enter_context(dask.config.set({"distributed.deploy.lost-worker-timeout": "1 day"}))
        cluster: Any = stack.enter_context(
            LocalCluster(
                n_workers=options.workers,
                threads_per_worker=1,
                dashboard_address=options.dashboard,
                silence_logs=logging.CRITICAL,  # killed workers are no news here
            )
        )
        workers = stack.enter_context(DaskClient(cluster))
        issue("first", list(sales(12 * options.workers)), size=1, on=workers, send=False)
        watched = Watched(cluster)
        with watched.each(max(0.2, alone / options.workers / 100), watched.look):
            together = issue("night", on=workers, send=False)
        told: dict[str, Any] = {"ratio": round(alone / together, 3), "memory": watched.growth()}
        last = "night"
        if options.kill_every is not None:
            last = "killed"
            size = max(1, min(100, asked["size"]))  # what a killed worker had under way is made again
            with watched.each(options.kill_every, watched.kill):
                issue(last, size=size, on=workers, send=not options.no_send)
            told["kills"] = watched.kills
        elif not options.no_send:
            issue(last, on=workers)
        expected = digests(folder / "alone")
        told["same_bytes"] = expected == digests(folder / "night") == digests(folder / last)
        if not options.no_send:
            pipe.send("what did you accept?")
            seen: Counter[str] = pipe.recv()
            told["accepted"] = len(expected.keys() & seen.keys())
            told["lost"] = options.invoices - told["accepted"]
            told["twice"] = seen.total() - told["accepted"]  # again, or as another document
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description="A night of sales, by one process and by many.")
    parser.add_argument("--invoices", type=int, default=200, help="sales of the night")
    parser.add_argument("--workers", type=int, default=2, help="processes of the cluster")
    parser.add_argument("--kill-every", type=float, metavar="S", help="kill a worker every S seconds")
    parser.add_argument("--no-send", action="store_true", help="only build, check, sign and file")
    parser.add_argument("--folder", type=Path, help="where the runs are kept; by default they are removed")
    parser.add_argument("--dashboard", default="127.0.0.1:0", metavar="ADDRESS", help="address of Dask's dashboard")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="night-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        told = night(options, folder)
    finally:
        if options.folder is None:
            shutil.rmtree(folder)
    if options.json:
        print(json.dumps(told))
    else:
        for name, value in told.items():
            print(f"{name:>10}  {value}")
    if told.get("lost") or told.get("twice") or not told["same_bytes"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
