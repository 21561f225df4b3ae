"""How times are taken: short slices of every task in turn, many rounds, ratios within each round.

Machines are shared and change speed by the second. Tasks of one round run within a few tens of milliseconds of each
other, so that their ratio to R holds although their times do not; the medians of those ratios are reported.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from time import perf_counter, process_time

Task = Callable[[], object]

R = "R"
"""Name of the task that nothing can be faster than: one bare RSA-2048 signature."""
C = "C"
"""Name of the task that every other signer pays at least: parsing the signed document and one inclusive C14N of it."""


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process on one of its cores for a while, where the system can do so."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Rounds:
    """Milliseconds per call of each task in each round."""

    def __init__(self, times: Mapping[str, list[float]]) -> None:
        self.times = times

    def ms(self, task: str) -> float:
        """Return the median time of a call."""
        return median(self.times[task])

    def ratio(self, task: str, other: str = R, *, less: str | None = None) -> float:
        """Return the median of the ratios of two tasks within each round, the first without the time of ``less``."""
        own = self.times[task] if less is None else self._without(task, less)
        return median(a / b for a, b in zip(own, self.times[other], strict=True))

    def ms_without(self, task: str, less: str) -> float:
        """Return the median time of a call beyond that of another task in the same round."""
        return median(self._without(task, less))

    def _without(self, task: str, less: str) -> list[float]:
        return [a - b for a, b in zip(self.times[task], self.times[less], strict=True)]


def measure(tasks: Mapping[str, Task], *, rounds: int, slice_seconds: float) -> Rounds:
    """Run every task in each round, as often as fits a slice of time; CPU time, so that waiting does not count."""
    calls = {name: _calls(task, slice_seconds) for name, task in tasks.items()}
    times: dict[str, list[float]] = {name: [] for name in tasks}
    with one_core():
        for _ in range(rounds):
            for name, task in tasks.items():
                times[name].append(_slice(task, calls[name], process_time))
    return Rounds(times)


def wall(task: Task, calls: int) -> float:
    """Return the milliseconds of wall-clock time that a call takes."""
    return _slice(task, calls, perf_counter)


def _calls(task: Task, seconds: float) -> int:
    """Warm the task up and return the number of calls that take about that long."""
    task()
    once = min(_slice(task, 1, perf_counter) for _ in range(3)) / 1000
    return max(1, round(seconds / max(once, 1e-7)))


def _slice(task: Task, calls: int, clock: Callable[[], float]) -> float:
    start = clock()
    for _ in range(calls):
        task()
    return (clock() - start) * 1000 / calls
