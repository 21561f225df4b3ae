"""Two processes that issue on one numbering and are killed at any moment, and a DIAN that counts what it receives."""

from __future__ import annotations

import functools
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from dian_fe import Client, Company, MemoryStore, RetryPolicy, Signer
from dian_fe.catalogs import Environment
from dian_fe.company import Store, papers
from dian_fe.company.numbering import company_of
from dian_fe.testing import Simulator, SimulatorServer
from tests.company.support import company_at, sale
from tests.support.company import NIT, issuer_at

PROCESSES = 2
FIRST = 990_000_000
LAST = 4
"""Orders that wait until all kills are done."""
Open = Callable[[], AbstractContextManager[Store]]


@dataclass
class Seen:
    """What DIAN saw: how often it received each document whole, and the key that has each number."""

    received: Counter[str] = field(default_factory=Counter)
    accepted: dict[str, str] = field(default_factory=dict)


class Counting(Simulator):
    """A simulator that counts the documents that it receives."""

    def __init__(self) -> None:
        super().__init__(seed=7, rules=False)
        self.received: Counter[str] = Counter()

    def judge(self, xml: bytes, *, at: Any = None) -> Any:
        """Count a document, and judge it."""
        with self._lock:
            self.received[sha256(xml).hexdigest()] += 1
        return super().judge(xml, at=at)


@functools.cache
def warm() -> None:
    """Load and compile here what every process needs: forked ones begin with it."""
    with MemoryStore() as store:
        ours = company_at(Simulator(seed=7), store=store)
        ours.issue(sale(ours)).raise_for_rejection()
    signer()


@functools.cache
def signer() -> Signer:
    """Return the company's signer."""
    return Simulator(seed=7).signer(NIT)


@contextmanager
def dian() -> Iterator[tuple[str, Connection]]:
    """Serve DIAN in a process of its own; yield its address and the connection that answers with what it saw."""
    warm()
    here, there = Pipe()
    child = os.fork()
    if not child:
        try:
            simulator = Counting()
            with SimulatorServer(simulator) as server:
                there.send(server.url)
                while there.recv():
                    accepted = {each.number: key for key, each in simulator.accepted.items()}
                    there.send(Seen(simulator.received, accepted))
        finally:
            os._exit(0)
    try:
        yield here.recv(), here
    finally:
        here.send(None)
        os.waitpid(child, 0)


def company(store: Store, url: str) -> Company:
    """Return the company of a process."""
    # An answer that is late is waited for, as with the real service; what is refused is tried again at once.
    patient = RetryPolicy(unavailable=(0.05,) * 20, slow=(0.05,) * 20, settling=(0.3, 0.7))
    client = Client(signer=signer(), environment=Environment.HABILITACION, endpoint=url, policy=patient)
    return Company(issuer_at(Simulator(seed=7)), signer(), client=client, store=store)


def work(opened: Open, url: str, folder: Path, process: int, orders: int) -> None:
    """Issue the orders of a process from where it was killed: the first one in doubt is asked for again."""
    papers.pdf_is_installed = lambda: False  # type: ignore[attr-defined]  # drawing is not what is tried here
    progress = folder / f"done-{process}"
    with opened() as store, progress.open("ab") as done:
        ours = company(store, url)
        ours.resume()
        for order in range(process + PROCESSES * progress.stat().st_size, orders, PROCESSES):
            while order >= orders - LAST and not (folder / "killed").exists():
                time.sleep(0.002)
            ours.issue(sale(ours), idempotency_key=f"order-{order}").raise_for_rejection()
            done.write(b".")
            done.flush()
        ours.client.close()


def killed_at_random(opened: Open, url: str, folder: Path, *, orders: int, kills: int, seed: int) -> int:
    """Run the processes until every order is issued, killing them at random; return how often they were killed."""
    chance = random.Random(seed)
    moments = sorted(chance.uniform(0, orders - LAST) for _ in range(kills))
    began = time.monotonic()
    running = {_start(opened, url, folder, process, orders): process for process in range(PROCESSES)}
    killed = 0
    while running:
        if killed < kills:
            while (done := _done(folder)) < moments[killed] and not _ended(running):
                time.sleep(0.002)
            usual = PROCESSES * (time.monotonic() - began) / max(done, 1)
            time.sleep(chance.uniform(0, min(usual, 0.4)))  # anywhere on the way of an order
            os.kill(chance.choice(list(running)), signal.SIGKILL)
        else:
            (folder / "killed").touch()
        child = _waited(running)
        _, status = os.waitpid(child, 0)
        process = running.pop(child)
        if os.WIFSIGNALED(status):
            killed += 1
            running[_start(opened, url, folder, process, orders)] = process
        else:
            assert os.waitstatus_to_exitcode(status) == 0, (folder / f"error-{process}").read_text()
    return killed


def _ended(running: Iterable[int]) -> list[int]:
    """Return the processes that have ended and were not waited for."""
    options = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return [child for child in running if os.waitid(os.P_PID, child, options) is not None]


def _waited(running: Iterable[int]) -> int:
    """Return the next process that ends."""
    while not (ended := _ended(running)):
        time.sleep(0.002)
    return ended[0]


def _done(folder: Path) -> int:
    """Return how many orders the processes have noted."""
    return sum(path.stat().st_size for path in folder.glob("done-*"))


def _start(opened: Open, url: str, folder: Path, process: int, orders: int) -> int:
    child = os.fork()
    if not child:
        status = 1
        try:
            work(opened, url, folder, process, orders)
            status = 0
        except BaseException as error:
            import traceback

            (folder / f"error-{process}").write_text("".join(traceback.format_exception(error)))
        finally:
            os._exit(status)
    return child


def faults_of(opened: Open, seen: Seen, orders: int) -> list[str]:
    """Return what is wrong: gaps, numbers used twice, orders lost, documents received twice."""
    wrong = [f"{count} times received" for count in seen.received.values() if count != 1]
    expected = {f"SETP{FIRST + number}" for number in range(orders)}
    wrong += [f"number {each} is missing" for each in sorted(expected - seen.accepted.keys())]
    wrong += [f"number {each} is too many" for each in sorted(seen.accepted.keys() - expected)]
    if len(seen.received) != orders:
        wrong.append(f"{len(seen.received)} documents for {orders} orders")
    with opened() as store:
        name = company_of(issuer_at(Simulator(seed=7)))
        wrong += [f"unfinished: {key}" for key in store.unfinished(name)]
        for order in range(orders):
            entry = store.find(name, idempotency_key=f"order-{order}")
            if entry is None or seen.accepted.get(entry.shipment.number) != entry.shipment.key:
                wrong.append(f"order {order} is lost")
            elif entry.package is None:
                wrong.append(f"order {order} has no package")
    return wrong
