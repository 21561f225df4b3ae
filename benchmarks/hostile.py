"""Measures what hostile files cost: ``python benchmarks/hostile.py [--only WORD] [--check] [--honest] [--json]``.

Each file is read and verified (its fault explained) in a process of its own; with ``--check`` it is checked too. Times
are of the processor, so that they hold on a machine that does other things as well; that of the clock is printed beside
them. Memory is the peak of the whole process. A shape passes when each doubling of its size costs at most 2.3 times as
much, and a file of 1 MB at most two seconds and 300 MB for ``read`` and ``verify`` together. What does not pass is
measured once more, and the quicker run counts.

``--honest`` measures the check of ordinary invoices of 1, 2, 4 and 8 MB instead: seconds for each MB may differ by a
factor of 1.3. ``--sizes`` and ``--part`` make a shorter table, or one of several that are run one after the other. The
exit status is 1 when something does not pass.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

MB = 1_000_000
SIZES = (0.1, 0.2, 0.4, 0.8, 1.0)
MOST_RATIO, MOST_SECONDS, MOST_MB = 2.3, 2.0, 300
HONEST, HONEST_RATIO = (1.0, 2.0, 4.0, 8.0), 1.3
LEAST = 0.04
"""Seconds below which a doubling is not judged: there what is constant, and chance, is most of it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of the processor, seconds of the clock for reading and verifying, peak memory in MB, what was said."""

    read: float
    verify: float
    check: float
    clock: float
    memory: float
    said: str

    @property
    def judged(self) -> float:
        return self.read + self.verify


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    sizes: tuple[float, ...]
    """In MB."""
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
    if checking:
        check(small)
    data = Path(path).read_bytes()
    times, begin = [process_time()], perf_counter()
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
    clock = perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
    if checking and received is not data:
        check(received)
    times.append(process_time())
    read_in, verified_in, checked_in = (after - before for before, after in pairwise(times))
    return Cost(read_in, verified_in, checked_in, clock, peak, said)


def _apart(path: Path, *, checking: bool, limit: int = 300) -> Cost:
    command = [sys.executable, __file__, "--measure", str(path), *(["--check"] if checking else [])]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=limit)
    except subprocess.TimeoutExpired:
        return Cost(limit, limit, limit, limit, 0, "FAILED: too long")
    if done.returncode:
        return Cost(0, 0, 0, 0, 0, f"FAILED {done.stderr.strip().splitlines()[-1:]}")
    return Cost(**json.loads(done.stdout))


def _row(name: str, files: Sequence[Path], sizes: Sequence[float], *, checking: bool) -> Row:
    costs = [_apart(path, checking=checking) for path in files]
    row = _judged(name, sizes, costs)
    if not row.passes:
        again = [_apart(path, checking=checking) for path in files]
        quicker = [min(pair, key=lambda cost: cost.judged + cost.check) for pair in zip(costs, again, strict=True)]
        row = _judged(name, sizes, quicker)
    return row


def _judged(name: str, sizes: Sequence[float], costs: Sequence[Cost]) -> Row:
    doublings = [
        (mine(cost), mine(twice))
        for (size, cost), (larger, twice) in pairwise(zip(sizes, costs, strict=True))
        for mine in (lambda cost: cost.judged, lambda cost: cost.check)
        if larger == 2 * size
    ]
    ratio = max([twice / once for once, twice in doublings if once >= LEAST], default=0.0)
    good = not any(cost.said.startswith("FAILED") for cost in costs)
    large = [cost for size, cost in zip(sizes, costs, strict=True) if size <= 1]
    within = all(cost.judged <= MOST_SECONDS and cost.memory <= MOST_MB for cost in large)
    return Row(name, tuple(sizes), tuple(costs), ratio, good and ratio <= MOST_RATIO and within)


def hostile(only: str, sizes: Sequence[float], folder: Path, *, checking: bool, part: tuple[int, int]) -> Iterator[Row]:
    from shapes import SHAPES

    forms = [
        (shape, before)
        for shape in SHAPES
        for before in (True, False)
        if only in shape.name and (shape.before if before else shape.after)
    ]
    for shape, before in forms[part[0] - 1 :: part[1]]:
        files = [folder / f"file-{size}" for size in sizes]
        for path, size in zip(files, sizes, strict=True):
            path.write_bytes(shape.make(int(size * MB), before))
        yield _row(f"{shape.name}, {'signed' if before else 'added'}", files, sizes, checking=checking)


def honest(sizes: Sequence[float], folder: Path) -> Row:
    from subjects import issue, items

    one = len(issue(items(1000)).xml) / 1000
    costs = []
    for size in sizes:
        path = folder / "file"
        path.write_bytes(issue(items(int(size * MB / one))).xml)
        costs.append(min((_apart(path, checking=True) for _ in range(2)), key=lambda cost: cost.check))
    each = [cost.check / size for cost, size in zip(costs, sizes, strict=True)]
    ratio = max(each) / min(each)
    good = not any(cost.said.startswith("FAILED") for cost in costs)
    return Row("honest invoices", tuple(sizes), tuple(costs), ratio, good and ratio <= HONEST_RATIO)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--only", default="", help="shapes whose name has this word")
    parser.add_argument("--check", action="store_true", help="check hostile files too")
    parser.add_argument("--honest", action="store_true", help="measure the check of honest invoices instead")
    parser.add_argument("--sizes", type=_numbers(","), help="sizes in MB: 0.1,0.2,0.4,0.8,1, or 1,2,4,8 of honest ones")
    parser.add_argument("--part", type=_numbers("/"), default=[1, 1], help="every n-th form only, from the k-th: 1/3")
    parser.add_argument("--json", action="store_true", help="rows as JSON, one per line")
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
        sizes = options.sizes or (HONEST if options.honest else SIZES)
        if options.honest:
            rows = iter([honest(sizes, folder)])
        else:
            part = int(options.part[0]), int(options.part[-1])
            rows = hostile(options.only, sizes, folder, checking=options.check, part=part)
        if not options.json:
            print(f"{(options.honest and 'check') or 'read + verify'}, seconds of the processor at each size in MB,")
            print("then, of the largest: seconds of the clock, check, peak MB; largest ratio; verdict; what was said")
            print("".join(f"{size:8g}" for size in sizes) + "   clock  check    MB  ratio")
        for row in rows:
            failed += not row.passes
            if options.json:
                print(json.dumps(asdict(row)), flush=True)
                continue
            times = "".join(f"{cost.check if options.honest else cost.judged:8.3f}" for cost in row.costs)
            last = row.costs[-1]
            figures = f"{times} {last.clock:7.2f} {last.check:6.2f} {max(each.memory for each in row.costs):5.0f}"
            verdict = "PASS" if row.passes else "FAIL"
            print(f"{figures} {row.ratio:6.2f} {verdict}  {row.name}: {last.said}", flush=True)
    print(f"{failed} failed, {perf_counter() - begin:.0f} s", file=sys.stderr)
    return 1 if failed else 0


def _numbers(separator: str) -> Callable[[str], list[float]]:
    """Read numbers, none of them zero or less."""

    def read(text: str) -> list[float]:
        found = [float(each) for each in text.split(separator)]
        if min(found) <= 0:
            raise ValueError(text)
        return found

    return read


if __name__ == "__main__":
    sys.exit(main())
