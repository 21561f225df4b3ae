"""Where the parts of a run are done: this process, processes of its own, a Dask cluster or Dask's scheduler.

Each engine takes calls with a name and returns their futures; a worker that dies is a `Lost` future.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, Final, Protocol
from uuid import uuid4

from ..errors import InvalidInput, MissingExtra, StoreError

DASK: Final = "dask"
_ALONE: Final = 120.0
"""Seconds that a cluster may be without workers: new ones take a while to come."""
Call = Callable[..., Any]


class Lost(Exception):
    """The worker of a call ended: killed, or out of memory."""


class Engine(Protocol):
    """Where calls run."""

    width: int
    """How many calls are kept waiting or running."""

    def submit(self, name: str, call: Call, *args: Any) -> Future[Any]:
        """Begin a call under a name that people read."""

    def everywhere(self, name: str, call: Call, *args: Any) -> list[Future[Any]]:
        """Begin a call once on each machine that may be set up differently."""

    def collect(self) -> None:
        """Do what is begun only when it is waited for. Raise ``Lost`` when there is nobody left to do anything."""

    def close(self) -> None:
        """End the workers that this engine began."""


class _OneMachine:
    """An engine of this machine alone, whose workers are all set up alike."""

    submit: Call

    def everywhere(self, name: str, call: Call, *args: Any) -> list[Future[Any]]:
        """Begin a call once."""
        return [self.submit(name, call, *args)]


class Here(_OneMachine):
    """Runs calls in this process."""

    width = 1

    def submit(self, name: str, call: Call, *args: Any) -> Future[Any]:
        """Run the call."""
        future: Future[Any] = Future()
        try:
            future.set_result(call(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def collect(self) -> None:
        """Nothing is left to do."""

    def close(self) -> None:
        """Nothing was begun."""


class Processes(_OneMachine):
    """Runs calls in processes of its own, one after the other in each; one that dies is begun anew.

    Each is a pool of one: the death of a process ends all calls of its pool.
    """

    def __init__(self, workers: int) -> None:
        self.width = workers
        self._pools: list[ProcessPoolExecutor | None] = [None] * workers
        self._calls = [0] * workers
        self._lock = threading.Lock()

    def submit(self, name: str, call: Call, *args: Any) -> Future[Any]:
        """Pass the call to a process that has none."""
        with self._lock:
            place = min(range(self.width), key=self._calls.__getitem__)
            self._calls[place] += 1
            pool = self._pools[place]
            if pool is None:
                # Spawned: a forked process would share locks and connections of this one.
                pool = self._pools[place] = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        future: Future[Any] = Future()

        def ended(done: Future[Any] | None) -> None:
            error = BrokenProcessPool() if done is None else done.exception()
            with self._lock:
                self._calls[place] -= 1
                if isinstance(error, BrokenProcessPool) and self._pools[place] is pool:
                    self._pools[place] = None
            if isinstance(error, BrokenProcessPool):
                threading.Thread(target=pool.shutdown, daemon=True).start()
                future.set_exception(Lost())
            elif error is not None:
                future.set_exception(error)
            else:
                future.set_result(None if done is None else done.result())

        try:
            pool.submit(call, *args).add_done_callback(ended)
        except BrokenProcessPool:
            ended(None)
        return future

    def collect(self) -> None:
        """Nothing is left to do."""

    def close(self) -> None:
        """End the processes once their calls have ended."""
        for pool in self._pools:
            if pool is not None:
                pool.shutdown(wait=True, cancel_futures=True)


class Cluster:
    """Runs calls on the workers of a Dask cluster."""

    def __init__(self, client: Any, *, own: bool) -> None:
        self._client, self._own = client, own
        self._run = uuid4().hex[:8]
        self.width = max(4, 2 * sum(client.nthreads().values()))
        self._tries = 0
        self._seen = time.monotonic()
        """When there was a worker last."""

    def submit(self, name: str, call: Call, *args: Any) -> Future[Any]:
        """Pass the call to a worker; the dashboard shows its name."""
        return self._submitted(name, call, args)

    def everywhere(self, name: str, call: Call, *args: Any) -> list[Future[Any]]:
        """Pass the call to each worker that is there; when one ends first, another has its call."""
        places = list(self._client.nthreads()) or [None]
        return [self._submitted(name, call, args, place) for place in places]

    def _submitted(self, name: str, call: Call, args: tuple[Any, ...], place: str | None = None) -> Future[Any]:
        from distributed import CancelledError, KilledWorker
        from distributed.comm import CommClosedError

        self._tries += 1
        key = f"{name}-{self._run}{self._tries:x}"
        only: dict[str, Any] = {} if place is None else {"workers": [place], "allow_other_workers": True}
        inner = self._client.submit(call, *args, key=key, pure=False, retries=0, **only)
        future: Future[Any] = Future()

        def ended(done: Any) -> None:
            try:
                result = done.result()
            except (KilledWorker, CancelledError, CommClosedError):
                future.set_exception(Lost())
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)
            finally:
                done.release()

        inner.add_done_callback(ended)
        return future

    def compute(self, delayed: Iterable[Any]) -> Iterator[tuple[int, Any]]:
        """Yield position and result of each delayed value, as they end. Raise ``StoreError`` when workers die of it."""
        from distributed import KilledWorker, as_completed

        futures = self._client.compute(list(delayed))
        places = {future.key: place for place, future in enumerate(futures)}
        for future in as_completed(futures, loop=self._client.loop):
            try:
                result = future.result()
            except KilledWorker:
                raise StoreError.of("bulk.workers_end", field="records") from None
            yield places[future.key], result
            future.release()

    def collect(self) -> None:
        """Look after the workers: a cluster that is left without any does nothing, and does not say so."""
        now = time.monotonic()
        if self._client.nthreads():
            self._seen = now
        elif now - self._seen > _ALONE:
            raise Lost

    def close(self) -> None:
        """Close the client that this engine made; a caller's stays open."""
        if self._own:
            self._client.close()


class Scheduler(_OneMachine):
    """Runs calls by Dask's own scheduler without a cluster; processes unless Dask is configured otherwise."""

    def __init__(self) -> None:
        self.width = max(4, 2 * cores())
        self._begun: list[tuple[Any, Future[Any]]] = []

    def submit(self, name: str, call: Call, *args: Any) -> Future[Any]:
        """Note the call, which runs with the others when they are collected."""
        from dask import delayed

        future: Future[Any] = Future()
        task = delayed(_outcome, pure=False)(call, *args, dask_key_name=f"{name}-{uuid4().hex[:8]}")
        self._begun.append((task, future))
        return future

    def collect(self) -> None:
        """Run what was noted."""
        begun, self._begun = self._begun, []
        if not begun:
            return
        try:
            outcomes = self._computed([task for task, _ in begun])
        except BrokenProcessPool:
            outcomes = [(None, Lost())] * len(begun)
        for (_, future), (result, error) in zip(begun, outcomes, strict=True):
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

    def _computed(self, tasks: list[Any]) -> list[Any]:
        import dask

        return list(dask.compute(*tasks, scheduler=dask.config.get("scheduler", None) or "processes"))

    def compute(self, delayed: Iterable[Any]) -> Iterator[tuple[int, Any]]:
        """Yield position and result of each delayed value, some at a time."""
        waiting = list(delayed)
        for start in range(0, len(waiting), self.width):
            yield from enumerate(self._computed(waiting[start : start + self.width]), start)

    def close(self) -> None:
        """Nothing was begun."""


def _outcome(call: Call, *args: Any) -> tuple[Any, Exception | None]:
    """Return the result of a call or its error, so that one failure does not end the others."""
    try:
        return call(*args), None
    except Exception as error:
        return None, error


def cores() -> int:
    """Return how many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def engine_of(on: Any, workers: int | None, *, dask_records: bool) -> Any:
    """Return the engine that is asked for; by default Dask's for records of Dask, else processes.

    Raise ``MissingExtra`` without Dask, and ``InvalidInput`` for anything else.
    """
    if workers is not None and (workers < 0 or on is not None):
        key = "bulk.workers" if on is None else "bulk.workers_of_dask"
        raise InvalidInput.of(key, field="workers", found=workers)
    if on is None and (workers is not None or not dask_records):
        count = cores() if workers is None else workers
        return Here() if count <= 1 else Processes(count)
    try:
        import dask  # noqa: F401
    except ImportError:
        raise MissingExtra.needed("bulk", "dask", "repartir el trabajo con Dask") from None
    if on is None or on == DASK:
        client = _current()
        return Scheduler() if client is None else Cluster(client, own=False)
    if hasattr(on, "submit") and hasattr(on, "nthreads"):
        return Cluster(on, own=False)
    if hasattr(on, "scheduler_address"):
        from distributed import Client

        return Cluster(Client(on, set_as_default=False), own=True)
    raise InvalidInput.of("bulk.engine", field="on", found=type(on).__name__)


def _current() -> Any:
    """Return the cluster's client that this process uses, if any."""
    if "distributed" not in sys.modules:
        return None
    from distributed import default_client

    try:
        return default_client()
    except ValueError:
        return None
