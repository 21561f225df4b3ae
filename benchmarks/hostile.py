"""Measures what hostile files cost: ``python benchmarks/hostile.py [--only WORD] [--check] [--json]``.

Each file is read and verified (its fault explained) in a process of its own; with ``--check`` it is checked too. A
shape passes when each doubling of its size costs at most 2.3 times as much, and a file of 1 MB at most two seconds and
300 MB for ``read`` and ``verify`` together. Of two runs the quicker counts. Honest invoices of 1, 2, 4 and 8 MB are
checked: that must be linear within 1.3. The exit status is 1 when one does not pass.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

SIZES = (100_000, 200_000, 400_000, 800_000)
LARGE = 1_000_000
MOST_RATIO, MOST_SECONDS, MOST_MB = 2.3, 2.0, 300
HONEST_MB, HONEST_RATIO = (1, 2, 4, 8), 1.3
LEAST = 0.04
"""Seconds below which a doubling is not judged: there what is constant, and chance, is most of it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of CPU, peak memory in MB, and what was said of the file."""

    read: float
    verify: float
    check: float
    memory: float
    said: str

    @property
    def judged(self) -> float:
        return self.read + self.verify


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    costs: tuple[Cost, ...]
    ratio: float
    passes: bool


def measure(path: str, *, checking: bool) -> Cost:
    """Read and verify one file, and check it when asked for; for a process of its own."""
    from subjects import NOW

    from dian_fe import check, read, verify
    from dian_fe.errors import DianFeError
    from dian_fe.testing import ToyPki

    # What is loaded or compiled at the first use is not what is measured.
    small = read(Path(path).with_name("honest").read_bytes())
    trust = ToyPki(seed=7).trust
    verify(small, trust, at=NOW)
    check(small)
    data = Path(path).read_bytes()
    times = [process_time()]
    said = "valid"
    received: Any = data
    try:
        received = read(data)
        times.append(process_time())
        verify(received, trust, at=NOW)
    except DianFeError as error:
        said = f"{type(error).__name__}: {error.message}"[:100]
        if received is data:
            times.append(process_time())
    times.append(process_time())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
    if checking and received is not data:
        check(received)
    times.append(process_time())
    read_in, verified_in, checked_in = (after - before for before, after in pairwise(times))
    return Cost(read_in, verified_in, checked_in, peak, said)


def _apart(data: bytes, folder: Path, *, checking: bool, limit: int = 300) -> Cost:
    path = folder / "file"
    path.write_bytes(data)
    return min((_run(path, checking, limit) for _ in range(2)), key=lambda cost: cost.judged)


def _run(path: Path, checking: bool, limit: int) -> Cost:
    command = [sys.executable, __file__, "--measure", str(path), *(["--check"] if checking else [])]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=limit)
    except subprocess.TimeoutExpired:
        return Cost(limit, limit, limit, 0, "too long")
    if done.returncode:
        return Cost(0, 0, 0, 0, f"FAILED {done.stderr.strip().splitlines()[-1:]}")
    return Cost(**json.loads(done.stdout))


def hostile(only: str, folder: Path, *, checking: bool) -> Iterator[Row]:
    from shapes import SHAPES

    for shape in SHAPES:
        for before in (True, False):
            if only not in shape.name or not (shape.before if before else shape.after):
                continue
            costs = tuple(_apart(shape.make(size, before), folder, checking=checking) for size in (*SIZES, LARGE))
            pairs = [
                (mine(cost), mine(twice))
                for mine in (lambda cost: cost.judged, lambda cost: cost.check)
                for cost, twice in pairwise(costs[:4])
            ]
            ratio = max([twice / once for once, twice in pairs if once >= LEAST], default=0.0)
            good = not any(cost.said.startswith("FAILED") for cost in costs)
            last = costs[-1]
            passes = good and ratio <= MOST_RATIO and last.judged <= MOST_SECONDS and last.memory <= MOST_MB
            yield Row(f"{shape.name}, {'signed' if before else 'added'}", costs, ratio, passes)


def honest(folder: Path) -> Row:
    from subjects import issue, items

    one = len(issue(items(1000)).xml) / 1000
    costs = tuple(_apart(issue(items(int(size * 1_000_000 / one))).xml, folder, checking=True) for size in HONEST_MB)
    each = [cost.check / size for cost, size in zip(costs, HONEST_MB, strict=True)]
    ratio = max(each) / min(each)
    return Row("honest invoices of 1, 2, 4, 8 MB: check", costs, ratio, ratio <= HONEST_RATIO)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--only", default="", help="shapes whose name has this word")
    parser.add_argument("--check", action="store_true", help="check hostile files too")
    parser.add_argument("--json", action="store_true", help="rows as JSON, one on a line")
    parser.add_argument("--measure", metavar="FILE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(asdict(measure(options.measure, checking=options.check))))
        return 0
    begin, failed = perf_counter(), 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        from subjects import issue, items

        (folder / "honest").write_bytes(issue(items(3)).xml)
        print(f"{'read + verify at 0.1, 0.2, 0.4, 0.8, 1 MB (s)':<46} {'check':>6} {'MB':>5} {'ratio':>5}  shape")
        rows = hostile(options.only, folder, checking=options.check)
        for row in (*rows, honest(folder)) if not options.only else rows:
            failed += not row.passes
            if options.json:
                print(json.dumps(asdict(row)), flush=True)
                continue
            times = "  ".join(f"{cost.judged:7.3f}" for cost in row.costs)
            last = row.costs[-1]
            verdict = "PASS" if row.passes else "FAIL"
            figures = f"{times:<46} {last.check:6.2f} {last.memory:5.0f} {row.ratio:5.2f} {verdict}"
            print(f"{figures}  {row.name}: {last.said}", flush=True)
    print(f"{failed} failed, {perf_counter() - begin:.0f} s", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
