"""Fuzz `read` and `verify` for long: ``python scripts/fuzz.py --count 200000 --seed 1``.

The count is divided among processes one after the other, each with a seed and a corpus of its own, with limits of
memory and time that the system enforces; one that dies is reported with the input that killed it. Inputs that failed
are written to ``--out``. The exit code is 1 when there are any. It shares everything with
tests/contracts/fuzzing/test_fuzz.py but the patience.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import mmap
import resource
import subprocess
import sys
import time
import warnings
import zlib
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

MEMORY = 2 * 1024**3
"""Address space of a process, in bytes: what asks for more gets a MemoryError, which counts as a failure."""
SECONDS = 60
"""Time of one input before its process is ended."""


def main() -> int:
    """Run the slices and print what they found."""
    parser = argparse.ArgumentParser(description="Fuzz read and verify.")
    parser.add_argument("--count", type=int, default=200_000, help="total number of inputs")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first slice; each slice has the next one")
    parser.add_argument("--slices", type=int, default=4, help="processes, one after the other")
    parser.add_argument("--out", type=Path, default=Path("fuzz-out"), help="folder for inputs that failed")
    parser.add_argument("--explain-every", type=int, default=1, help="look for causes in one of N inputs: slow")
    parser.add_argument("--slice", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    if given.slice:
        print(json.dumps(one_slice(given.count, given.seed, given.out, given.explain_every)))
        return 0
    bad = 0
    for number in range(given.slices):
        seed, count = given.seed + number, given.count // given.slices
        command = [sys.executable, __file__, "--slice", f"--count={count}", f"--seed={seed}", f"--out={given.out}"]
        command.append(f"--explain-every={given.explain_every}")
        started = time.monotonic()
        done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=False)
        if done.returncode:
            bad += 1
            print(
                f"seed {seed}: ended with {done.returncode}; its last input: {last_input(given.out, seed)}", flush=True
            )
            continue
        told = json.loads(done.stdout.splitlines()[-1])
        bad += len(told["failures"])
        print(f"seed {seed}: {json.dumps(told, ensure_ascii=False)} ({time.monotonic() - started:.0f} s)", flush=True)
    return 1 if bad else 0


def one_slice(count: int, seed: int, out: Path, explain_every: int) -> dict[str, object]:
    """Run one slice in this process."""
    forensics = import_module("dian_fe.verifying.forensics.explain")
    explain_failure = forensics.explain_failure
    from tests.contracts.fuzzing.engine import Fuzzer
    from tests.contracts.fuzzing.mutations import MAX_BYTES

    warnings.simplefilter("error")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with last_file(out, seed).open("w+b") as file:
        file.truncate(MAX_BYTES + 8)
        noted = mmap.mmap(file.fileno(), MAX_BYTES + 8)

        def note(data: bytes) -> None:
            faulthandler.dump_traceback_later(SECONDS, exit=True)
            looked_for = zlib.crc32(data) % explain_every == 0
            nothing = forensics.Explanation()
            forensics.explain_failure = explain_failure if looked_for else lambda info, allowance: nothing
            noted[: len(data) + 8] = len(data).to_bytes(8, "big") + data

        run = Fuzzer(seed, before=note).go(count)
        faulthandler.cancel_dump_traceback_later()
    last_file(out, seed).unlink()
    for failure in run.failures:
        (out / f"{seed}-{failure.number}-{failure.target}.bin").write_bytes(failure.data)
    return {
        "inputs": run.inputs,
        "lines": run.lines,
        "features": run.features,
        "corpus": run.corpus,
        "grown_mb": run.memory // 2**20,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "system_calls": run.system_calls,
        "slowest_s": round(run.slowest[0], 2),
        "slowest": run.slowest[1],
        "ends": dict(sorted(run.ends.items())),
        "failures": [f"{failure.number} {failure.target} {failure.what} {failure.place}" for failure in run.failures],
    }


def last_file(out: Path, seed: int) -> Path:
    """Return the file that holds the input at hand."""
    return out / f"{seed}-last.bin"


def last_input(out: Path, seed: int) -> Path:
    """Cut the file of the input at hand down to it."""
    path = last_file(out, seed)
    data = path.read_bytes()
    path.write_bytes(data[8 : 8 + int.from_bytes(data[:8], "big")])
    return path


if __name__ == "__main__":
    sys.exit(main())
