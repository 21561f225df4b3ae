#!/usr/bin/env python3
"""A storm over the exchange: many documents, every mishap at once, the caller killed and resumed at random points.

    python scripts/storm.py [--documents 2000] [--seed 1] [--rate 0.03] [--kill 0.01] [--mode sync|async|processes|all]

``sync`` and ``async`` run the clients against the simulator in process; the caller dies by an exception at any step,
with nothing left but what it had stored. ``processes`` runs the caller as a process of its own against the simulator
over HTTP, and kills it with SIGKILL. The script prints the counts and exits 0 only if every document was accepted
exactly once, none was lost, and none was renumbered.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

from dian_fe import (
    AsyncClient,
    Client,
    CreditNote,
    Customer,
    Invoice,
    Issuer,
    Line,
    Organization,
    Payment,
    RetryPolicy,
    Shipment,
    build,
    iva,
    sign,
)
from dian_fe.catalogs import CreditNoteConcept
from dian_fe.testing import SeededScript, Simulator, SimulatorServer, ToyPki
from dian_fe.transport import State

NIT = "700085371"
NOW = datetime(2026, 3, 2, 10, 15, tzinfo=timezone(timedelta(hours=-5)))
SEED = 7
NOTES = 10
"""One document in this many is a note that corrects the invoice before it."""
POLICY = RetryPolicy(sends=3, unavailable=(0, 0), slow=(0, 0), polls=(0, 0, 0), settling=(0,))
ROUNDS = 1000


class Killed(BaseException):
    """The caller's death: no handler of the library catches it."""


class Counting(Simulator):
    """Counts how often each key was accepted, and how often rule 90 stood in the way."""

    def __init__(self, **options: Any) -> None:
        super().__init__(references=True, **options)
        self.times: Counter[str] = Counter()
        self.duplicates = 0

    def judge(self, xml: bytes, *, at: datetime | None = None) -> Any:
        with self._lock:
            verdict = super().judge(xml, at=at)
            if verdict.is_valid and verdict.key:
                self.times[verdict.key] += 1
            self.duplicates += any(fault.code == "90" for fault in verdict.faults)
            return verdict


@dataclass
class Storm:
    """The documents, the stored shipments, and what is counted."""

    dian: Counting
    numbers: dict[str, str]
    """Number by key, as signed."""
    stored: dict[str, str]
    """JSON of the shipments by key: all that survives a death."""
    kill: float
    chance: random.Random
    kills: int = 0
    rounds: int = 0
    started: float = field(default_factory=time.monotonic)
    lock: Any = field(default_factory=threading.Lock)

    def keep(self, shipment: Shipment) -> None:
        """Store a shipment, or die before it is stored."""
        with self.lock:
            if self.chance.random() < self.kill:
                raise Killed
            self.stored[shipment.key] = shipment.to_json()

    def left(self) -> list[Shipment]:
        """Return what is not decided yet, from what was stored."""
        shipments = (Shipment.from_json(text) for text in self.stored.values())
        return [shipment for shipment in shipments if not shipment.state.is_final]

    def report(self, mode: str, mishaps: dict[str, int]) -> bool:
        """Print the counts; False if they are not as they must be."""
        ends = [Shipment.from_json(text) for text in self.stored.values()]
        states = Counter(shipment.state.value for shipment in ends)
        renumbered = sum(self.numbers[shipment.key] != shipment.number for shipment in ends)
        renumbered += sum(self.numbers.get(known.key) != known.number for known in self.dian.accepted.values())
        lost = sum(self.dian.times[key] == 0 for key in self.numbers)
        twice = sum(count > 1 for count in self.dian.times.values())
        once = sum(self.dian.times[key] == 1 for key in self.numbers)
        strangers = len(self.dian.times.keys() - self.numbers.keys())
        print(f"== {mode}: {len(self.numbers)} documents in {time.monotonic() - self.started:.1f} s")
        print(
            f"   requests that reached the service {len(self.dian.requests)}, kills {self.kills}, rounds {self.rounds}"
        )
        print(
            f"   mishaps {sum(mishaps.values())}: " + ", ".join(f"{name} {mishaps[name]}" for name in sorted(mishaps))
        )
        print(f"   the caller knows: {dict(states)}")
        print(f"   accepted once {once}, lost {lost}, twice {twice}, renumbered {renumbered}, strangers {strangers}")
        print(f"   sendings that rule 90 met {self.dian.duplicates}")
        known = states == {State.ACCEPTED.value: len(self.numbers)}
        return known and once == len(self.numbers) and not (lost or twice or renumbered or strangers)


def documents(dian: Simulator, count: int) -> list[Any]:
    """Sign invoices, and a credit note after every ninth of them."""
    shop = Organization(
        nit=NIT, name="Tienda Ejemplo SAS", municipality="76001", address="Cl 14 # 5-20", emails=["ventas@example.com"]
    )
    issuer = Issuer(organization=shop, software=dian.software, resolution=dian.resolution("SETP"), note_prefix="NC")
    signer = dian.signer(NIT)
    line = Line(description="Café tostado", quantity=3, price=Decimal("18500"), taxes=(iva(5),))
    made: list[Any] = []
    for index in range(count):
        if index % NOTES == NOTES - 1:
            document: Any = CreditNote.correcting(
                made[-1],
                concept=CreditNoteConcept.DEVOLUCION_PARCIAL,
                number=f"NC{index}",
                issued_at=NOW,
                lines=[made[-1].document.lines[0].without_amounts(quantity=1)],
            )
        else:
            document = Invoice.from_lines(
                number=f"SETP{990_000_001 + index}",
                issued_at=NOW,
                supplier=shop,
                customer=Customer.final_consumer(),
                lines=[line],
                payment=Payment.cash(),
            )
        made.append(sign(build(document, issuer), signer, at=NOW))
    return made


def prepared(count: int, seed: int, rate: float, kill: float) -> Storm:
    """Make a storm whose documents are signed and stored, none sent."""
    dian = Counting(seed=SEED, pending=1, delay=0.001)
    shipments = [Shipment.of(signed) for signed in documents(dian, count)]
    dian.script = SeededScript(seed, rate)
    numbers = {shipment.key: shipment.number for shipment in shipments}
    stored = {shipment.key: shipment.to_json() for shipment in shipments}
    return Storm(dian, numbers, stored, kill, random.Random(seed))


def sync_storm(storm: Storm, concurrency: int) -> None:
    """Send with `Client` until everything is decided, dying now and then."""
    while (left := storm.left()) and storm.rounds < ROUNDS:
        storm.rounds += 1
        client = Client(signer=storm.dian.signer(NIT), transport=storm.dian, policy=POLICY)
        try:
            client.send_all(left, concurrency=concurrency, store=storm.keep)
        except Killed:
            storm.kills += 1


def async_storm(storm: Storm, concurrency: int) -> None:
    """Send with `AsyncClient` until everything is decided, dying now and then."""

    async def send(left: list[Shipment]) -> None:
        async with AsyncClient(signer=storm.dian.signer(NIT), transport=storm.dian, policy=POLICY) as client:
            await client.send_all(left, concurrency=concurrency, store=storm.keep)

    while (left := storm.left()) and storm.rounds < ROUNDS:
        storm.rounds += 1
        try:
            asyncio.run(send(left))
        except Killed:
            storm.kills += 1


def process_storm(storm: Storm, concurrency: int) -> None:
    """Have another process send over HTTP, and kill it again and again until everything is decided."""
    with tempfile.TemporaryDirectory() as name, SimulatorServer(storm.dian) as server:
        folder = Path(name)
        for key, text in storm.stored.items():
            (folder / f"{key}.json").write_text(text, encoding="utf-8")
        command = [
            sys.executable,
            __file__,
            "--worker",
            server.url,
            "--folder",
            name,
            "--concurrency",
            str(concurrency),
        ]
        while storm.left() and storm.rounds < ROUNDS:
            storm.rounds += 1
            worker = subprocess.Popen(command)
            try:
                # It needs a moment to begin; later deaths come at any point of its work.
                worker.wait(timeout=1.0 + 4 * storm.chance.random() if storm.kill else None)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
                storm.kills += 1
            for path in folder.glob("*.json"):
                storm.stored[path.stem] = path.read_text(encoding="utf-8")


def work(url: str, folder: Path, concurrency: int) -> None:
    """Send what a folder holds, as the process that will be killed."""

    def store(shipment: Shipment) -> None:
        path = folder / f"{shipment.key}.json"
        fresh = path.with_suffix(".new")
        fresh.write_text(shipment.to_json(), encoding="utf-8")
        fresh.replace(path)

    shipments = [Shipment.from_json(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    left = [shipment for shipment in shipments if not shipment.state.is_final]
    signer = ToyPki(SEED).signer(NIT)
    with Client(signer=signer, environment="HABILITACION", endpoint=url, policy=POLICY) as client:
        client.send_all(left, concurrency=concurrency, store=store)


MODES = {"sync": sync_storm, "async": async_storm, "processes": process_storm}


def run(mode: str, *, count: int, seed: int, rate: float, kill: float, concurrency: int) -> bool:
    """Run one storm and print its counts; False if something is not as it must be."""
    storm = prepared(count, seed, rate, kill)
    MODES[mode](storm, concurrency)
    assert isinstance(storm.dian.script, SeededScript)
    struck = {mishap.value: times for mishap, times in storm.dian.script.struck.items()}
    return storm.report(mode, struck)


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=0.03, help="share of the requests that each mishap strikes")
    parser.add_argument("--kill", type=float, default=0.01, help="chance that the caller dies at a step (0: never)")
    parser.add_argument("--concurrency", type=int, default=8)
    parser.add_argument("--mode", choices=[*MODES, "all"], default="all")
    parser.add_argument("--worker", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.worker, options.folder, options.concurrency)
        return 0
    good = True
    for mode in MODES if options.mode == "all" else (options.mode,):
        good &= run(
            mode,
            count=options.documents,
            seed=options.seed,
            rate=options.rate,
            kill=options.kill,
            concurrency=options.concurrency,
        )
    print("every document was accepted exactly once" if good else "NOT as it must be")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
