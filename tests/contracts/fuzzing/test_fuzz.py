"""Mutated files: whatever comes, reading ends in a document or in an error of the library, within bounds.

``DIAN_FE_FUZZ`` sets how many mutations are tried; ``scripts/fuzz.py`` is for long runs.
"""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dian_fe import read
from dian_fe.errors import UnreadableDocument
from tests.contracts.fuzzing.engine import TARGETS, Fuzzer, Target, content, verifying
from tests.contracts.fuzzing.mutations import MAX_BYTES, mutated
from tests.contracts.fuzzing.seeds import own, seeds
from tests.contracts.fuzzing.watch import Lines, SystemCalls, Touched, nothing_outside, peak_memory

pytestmark = pytest.mark.slow

TOTAL = int(os.environ.get("DIAN_FE_FUZZ", "24"))


@pytest.mark.slow
def test_only_errors_of_the_library_and_nothing_outside() -> None:
    run = Fuzzer(0).go(TOTAL)
    assert [str(failure) for failure in run.failures] == []
    assert run.inputs == TOTAL
    assert {"read: done", "read: malformed_xml", "verify: done", "verify: malformed_xml"} <= set(run.ends)
    assert run.corpus > len(seeds())
    assert run.lines > 1000


# ---- the fuzzer itself: what it says may be believed


def test_the_same_dice_make_the_same_inputs() -> None:
    first, second = ([mutated(own()[0], random.Random(seed), own()) for seed in range(60)] for _ in range(2))
    assert first == second
    assert len(set(first)) > 50
    assert max(map(len, first)) <= MAX_BYTES


def _crash(data: bytes) -> Iterator[str]:
    yield str(data.index(b"<cbc:ID"))


def _open(data: bytes) -> Iterator[str]:
    try:
        yield Path(os.devnull).read_text()
    except Exception:
        yield "hidden"


def _connect(data: bytes) -> Iterator[str]:
    with socket.socket() as opened:
        yield str(opened)


@pytest.mark.parametrize(
    ("target", "what"), [(_crash, "ValueError"), (_open, "Touched: open"), (_connect, "Touched: socket")]
)
def test_what_is_planted_is_found(target: Target, what: str) -> None:
    run = Fuzzer(1, targets={"planted": target}).go(40)
    assert any(failure.what.startswith(what) for failure in run.failures)


def test_a_document_that_nobody_signed_is_known() -> None:
    good = own()[0]
    assert list(verifying(good))
    assert content(good) == content(good.replace(b"<cbc:ID>", b"<!-- --><cbc:ID>"))
    assert content(good) != content(good.replace(b"18500", b"18501"))


@pytest.mark.skipif(not Path("/proc/thread-self/io").exists(), reason="the system does not count a thread's reads")
def test_reads_below_python_are_counted() -> None:
    calls = SystemCalls()
    assert calls.since() == 0
    Path(os.devnull).read_bytes()
    assert calls.since() > 0
    assert calls.since() == 0


def test_new_lines_are_counted_once() -> None:
    lines = Lines()
    with lines.watching():
        for expected in (True, False):
            lines.fresh = 0
            list(TARGETS["read"](own()[0]))
            assert bool(lines.fresh) is expected


def test_memory_is_told_in_bytes() -> None:
    before = peak_memory()
    assert 10 * 1024 * 1024 < before < 100 * 1024**3


def test_the_guard_holds_within_its_block_only() -> None:
    with pytest.raises(Touched), nothing_outside():
        Path(os.devnull).read_bytes()
    assert Path(os.devnull).read_bytes() == b""


# ---- bombs

BOMB = """
import resource, sys
from dian_fe import read
from dian_fe.errors import UnreadableDocument
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read(sys.stdin.buffer.read())
except UnreadableDocument:
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_memory_is_bounded_whatever_a_zip_unpacks_to() -> None:
    """Less than 200 MB for a ZIP of a few hundred kilobytes that would unpack to a gigabyte."""
    from dian_fe.ubl.archive import make_zip

    if not sys.platform.startswith("linux"):
        pytest.skip("peak memory is told in kilobytes on Linux only")
    block = make_zip({"a.xml": b"<a>" + bytes(100 * 1024 * 1024)})
    bomb = make_zip({f"{number}.zip": block for number in range(10)})
    assert len(bomb) < 2 * 1024 * 1024
    done = subprocess.run([sys.executable, "-c", BOMB], input=bomb, capture_output=True, check=True)
    assert int(done.stdout) < 200
    with pytest.raises(UnreadableDocument):
        read(bomb)
