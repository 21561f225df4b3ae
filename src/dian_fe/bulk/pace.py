"""`Pace`: how fast documents are sent, counted together for all workers by files that they share."""

from __future__ import annotations

import random
import re
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import IO, Any, Final

from .._arguments import checked
from ..errors import ConnectionFailed, InvalidInput, TransportError
from ..transport.soap import Reply, Request, Transport
from .locks import locked, taken

_SLOWER: Final = frozenset({403, 429, 500, 502, 503, 504, 507, 508})
"""HTTP statuses that say to come later: those of the annex before contingency (1.9, section 12.2, as cited), 429 (RFC
6585) and those of gateways. With a SOAP answer they are no outage."""
_FAILURES: Final = 10
"""Failures in a row before a service counts as down."""
_STATE: Final = struct.Struct("<qdd")
_TURN: Final = struct.Struct("<d")
_LONG: Final = 3600.0
"""Seconds; a turn farther away is that of a clock that was set back."""


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a run calls the service; every call counts, also questions about a document.

    The limits hold for all workers together, and for all runs that name the same ``folder``, which every worker must
    see. DIAN publishes none: these are the caller's. Clocks of several machines may differ by less than ``pause``.
    """

    company_at_once: int = 8
    """Calls of one company at the same time."""
    company_rate: float | None = None
    """Calls a second of one company; None: no limit."""
    service_at_once: int | None = None
    """Calls to one address at the same time, of all companies; None: no limit."""
    service_rate: float | None = None
    """Calls a second to one address; None: no limit."""
    pause: float = 5.0
    """Seconds that everybody waits when the service says to come later and not when; doubled each time up to a minute,
    the annex's five at first."""
    patience: float = 120.0
    """Seconds without any answer after which a service counts as down: what is not sent is told, and signing goes
    on."""
    folder: str | Path | None = None
    """Where the limits are kept; by default in the run's folder."""

    def __post_init__(self) -> None:
        """Refuse limits that let nothing through."""
        for name in ("company_at_once", "company_rate", "service_at_once", "service_rate"):
            value = getattr(self, name)
            if value is not None and not 0 < value < float("inf"):
                raise InvalidInput.of("bulk.limit", field=name, found=value)
        for name in ("pause", "patience"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise InvalidInput.of("bulk.seconds", field=name, found=getattr(self, name))

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form, which travels to workers."""
        return asdict(self) | {"folder": None if self.folder is None else str(Path(self.folder).absolute())}


class Gate:
    """What calls of a company to a service pass through, in every process that has the same folder."""

    def __init__(self, folder: Path, pace: Pace, company: str, service: str) -> None:
        self.pace = pace
        folder.mkdir(parents=True, exist_ok=True)
        self._company = folder / f"company-{_safe(company)}"
        self._service = folder / f"service-{_safe(service)}"

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Wait until a call may be made, and hold its place meanwhile. Raise ``ConnectionFailed`` while it is down."""
        with ExitStack() as stack:
            self._slot(self._company, self.pace.company_at_once, stack)
            self._slot(self._service, self.pace.service_at_once, stack)
            self._turn(self._company, self.pace.company_rate)
            self._turn(self._service, self.pace.service_rate)
            self._paused()
            yield

    def down(self) -> bool:
        """True if the service has not answered anybody for a while."""
        failures, since, _ = self._read()
        return failures >= _FAILURES and time.time() - since >= self.pace.patience

    def answered(self) -> None:
        """Note an answer: the service works."""
        if self._read()[0]:
            self._write(lambda state: (0, 0.0, 0.0))

    def failed(self, *, slower: bool, after: float | None = None) -> None:
        """Note a failure; ``slower``: everybody waits, ``after`` so many seconds if the service says so."""

        def noted(state: tuple[int, float, float]) -> tuple[int, float, float]:
            failures, since, until = state
            now = time.time()
            if slower and now >= until:  # what others had under way fails for the same reason
                pause = min(self.pace.pause * 2 ** min(failures, 10), max(60.0, self.pace.pause))
                until = now + (pause if after is None else min(after, _LONG))
            return failures + 1, since if failures else now, until

        self._write(noted)

    # --- the files ---------------------------------------------------------------------------------------------------

    def _slot(self, scope: Path, count: int | None, stack: ExitStack) -> None:
        if count is None:
            return
        pause = 0.002
        first = random.randrange(count)
        while True:
            for step in range(count):
                file = taken(scope.with_name(f"{scope.name}.{(first + step) % count}.slot"))
                if file is not None:
                    stack.callback(file.close)
                    return
            time.sleep(pause * random.uniform(0.5, 1))
            pause = min(2 * pause, 0.1)

    def _turn(self, scope: Path, rate: float | None) -> None:
        if rate is None:
            return
        with _shared(scope.with_name(f"{scope.name}.turn")) as file:
            data = file.read(_TURN.size)
            now = time.time()
            free = _TURN.unpack(data)[0] if len(data) == _TURN.size else now
            turn = now if free < now or free - now > _LONG else free
            _rewrite(file, _TURN.pack(turn + 1 / rate))
        time.sleep(max(0.0, turn - now))

    def _paused(self) -> None:
        while True:
            if self.down():
                self._probe()
                return
            left = self._read()[2] - time.time()
            if left <= 0:
                return
            time.sleep(min(left, 0.5))

    def _probe(self) -> None:
        """Let one call through now and then while the service is down, and refuse the others at once."""
        mine = False

        def asked(state: tuple[int, float, float]) -> tuple[int, float, float]:
            nonlocal mine
            failures, since, until = state
            now = time.time()
            mine = now >= until
            return failures, since, now + max(self.pace.pause, 1.0) if mine else until

        self._write(asked)
        if not mine:
            raise ConnectionFailed.of("bulk.service_down", retryable=False)

    @property
    def _state(self) -> Path:
        return self._service.with_name(f"{self._service.name}.state")

    def _read(self) -> tuple[int, float, float]:
        try:
            data = self._state.read_bytes()
        except FileNotFoundError:
            return 0, 0.0, 0.0
        if len(data) != _STATE.size:
            return 0, 0.0, 0.0
        failures, since, until = _STATE.unpack(data)
        return failures, since, until

    def _write(self, change: Any) -> None:
        with _shared(self._state) as file:
            data = file.read(_STATE.size)
            state = _STATE.unpack(data) if len(data) == _STATE.size else (0, 0.0, 0.0)
            _rewrite(file, _STATE.pack(*change(state)))


@contextmanager
def _shared(path: Path) -> Iterator[IO[bytes]]:
    """Open a small file that others write too, while nobody else does."""
    path.touch()
    with locked(path.with_name(f"{path.name}.lock"), wait=_LONG), path.open("r+b", buffering=0) as file:
        yield file


def _rewrite(file: IO[bytes], data: bytes) -> None:
    file.seek(0)
    file.write(data)


def _safe(name: str) -> str:
    return re.sub(r"[^0-9A-Za-z]+", "-", name).strip("-")[-80:]


class Paced:
    """A transport whose calls pass a gate."""

    def __init__(self, transport: Transport, gate: Gate) -> None:
        self._transport, self._gate = transport, gate

    def exchange(self, request: Request) -> Reply:
        """Post the request when it may be; raise what the transport raises, and what the gate does."""
        with self._gate.passed():
            try:
                reply = self._transport.exchange(request)
            except (TransportError, OSError):
                self._gate.failed(slower=False)
                raise
        if reply.status in _SLOWER and (reply.status == 429 or b"Envelope" not in reply.body):
            self._gate.failed(slower=True, after=_seconds(reply.headers.get("retry-after", "")))
        else:
            self._gate.answered()
        return reply


def _seconds(text: str) -> float | None:
    """Return the seconds of Retry-After: a number or an HTTP date (RFC 9110, section 10.2.3)."""
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
