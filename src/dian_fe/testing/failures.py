"""Scripts of failures between a client and the simulator, drawn from a seed or listed one by one."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from .._arguments import checked


class Mishap(StrEnum):
    """A way in which one request fails, or gets a late answer."""

    REFUSED = "refused"
    """No connection: nothing was sent."""
    DROP_REQUEST = "drop_request"
    """The connection is cut before the service sees the request."""
    DROP_RESPONSE = "drop_response"
    """The service processes the request, and its answer is lost."""
    RESET = "reset"
    """The connection is reset; the service may have processed the request or not."""
    DELAY = "delay"
    """The answer comes late, but comes."""
    HTTP_500 = "http_500"
    HTTP_502 = "http_502"
    """A gateway's page; behind it the service may have processed the request or not. The other two are alike."""
    HTTP_503 = "http_503"
    SOAP_FAULT = "soap_fault"
    """An internal fault of the service, before or after it processed the request."""
    TRUNCATED = "truncated"
    """The answer stops in the middle."""
    EMPTY = "empty"
    """HTTP 200 without body."""
    WRONG_CLOCK = "wrong_clock"
    """The service's clock is off: every security header has expired."""
    PENDING = "pending"
    """The service has not decided yet, for some more status questions."""
    LAG = "lag"
    """A status answer that does not know an accepted document yet."""


_MAYBE_DONE: Final = frozenset({Mishap.RESET, Mishap.HTTP_500, Mishap.HTTP_502, Mishap.HTTP_503, Mishap.SOAP_FAULT})
_NOT_DONE: Final = frozenset({Mishap.REFUSED, Mishap.DROP_REQUEST, Mishap.WRONG_CLOCK})


@dataclass(frozen=True, slots=True)
class Failure:
    """The failure of a request; ``done``: whether the service processes the request."""

    mishap: Mishap
    done: bool


class Script(Protocol):
    """Which requests fail, and how."""

    def next_failure(self, operation: str) -> Failure | None:
        """Return the failure of the next request; None when nothing goes wrong."""


@checked
class SeededScript:
    """Failures drawn from a seed: the same seed gives the same ones to a sequence of requests."""

    def __init__(self, seed: int, rates: Mapping[Mishap, float] | float = 0.03) -> None:
        """Store the share of the requests with each mishap, ``rates``; a number is the share of each."""
        self.rates = dict(rates) if isinstance(rates, Mapping) else dict.fromkeys(Mishap, rates)
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self.struck: dict[Mishap, int] = dict.fromkeys(self.rates, 0)
        """How often each has happened."""

    def next_failure(self, operation: str) -> Failure | None:
        """Draw the failure of the next request; see `Script`."""
        with self._lock:
            drawn, done = self._random.random(), self._random.random() < 0.5
            for mishap, rate in self.rates.items():
                drawn -= rate
                if drawn < 0:
                    self.struck[mishap] += 1
                    return failure(mishap, done=done)
        return None

    strike = next_failure


@checked
class ListedScript:
    """Failures one by one, in the order of the requests; None for no failure. After the last, none fail."""

    def __init__(self, mishaps: Iterable[Mishap | str | Failure | None]) -> None:
        """Accept members, names, or `Failure` values with ``done``."""
        self._left = [failure(Mishap(each)) if isinstance(each, str) else each for each in mishaps]
        self._lock = threading.Lock()

    def next_failure(self, operation: str) -> Failure | None:
        """Return the failure of the next request; see `Script`."""
        with self._lock:
            return self._left.pop(0) if self._left else None

    strike = next_failure


def failure(mishap: Mishap, *, done: bool = False) -> Failure:
    """Return a failure; ``done`` matters only for mishaps that leave it open."""
    return Failure(mishap, done if mishap in _MAYBE_DONE else mishap not in _NOT_DONE)
