"""Numbers and delays of retries, as data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from .._arguments import checked
from ..errors import AnswerTimeout, ConnectionLost, InvalidInput, TransportError


@checked
@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Pauses in seconds; each tuple is used once in a ``send`` or ``resume``; then the outcome is returned as it is.

    ``sends``: how many times at most the same bytes are sent. ``unavailable``: pauses after an outage (no connection,
    HTTP error, fault of the service). ``slow``: pauses after a timeout or a cut connection, before asking by key.
    ``polls``: pauses between questions about a document that DIAN has not decided. ``settling``: pauses before a "not
    found" is believed of a document that DIAN said it had taken, since answers may lag behind.
    """

    sends: int = 5
    unavailable: tuple[float, ...] = (5, 5, 5, 10, 20)
    slow: tuple[float, ...] = (5, 10, 20, 40, 60)
    polls: tuple[float, ...] = (5, 5, 10, 10, 20, 20, 30, 30, 60, 60, 60, 60, 60, 60, 60, 60)
    settling: tuple[float, ...] = (2, 5)

    def __post_init__(self) -> None:
        """Refuse fewer than one sending, and pauses that are not durations."""
        if self.sends < 1:
            raise InvalidInput.of("transport.number_of_sends", field="sends", found=self.sends)
        for name in ("unavailable", "slow", "polls", "settling"):
            for position, pause in enumerate(getattr(self, name)):
                seconds_of(pause, f"{name}[{position}]", "RetryPolicy()", zero=True)

    @classmethod
    def annex(cls) -> Self:
        """Return the cadence that the annex asks for before contingency (1.9, sections 12.2 and 12.4, as cited).

        Three tries each 5 s after HTTP 500, 503, 507, 508 or 403; five each 2 min after a delay of over one minute.
        """
        return cls(sends=9, unavailable=(5, 5, 5), slow=(120, 120, 120, 120, 120))

    @classmethod
    def once(cls) -> Self:
        """Return the policy without retries or pauses: the caller stores the shipment and resumes it later."""
        return cls(sends=1, unavailable=(), slow=(), polls=(), settling=())


def seconds_of(value: float, field: str, owner: str, *, zero: bool) -> float:
    """Return a number of seconds; raise ``InvalidInput`` for a negative or endless one, and for 0 unless ``zero``."""
    if not math.isfinite(value) or value < 0 or (value == 0 and not zero):
        refusal = InvalidInput.of(
            "transport.seconds",
            field=field,
            found=value,
            expected="cero o más segundos" if zero else "más de cero segundos",
        )
        refusal.owner = owner
        raise refusal
    return value


class Budget:
    """What is left of a policy during one delivery."""

    def __init__(self, policy: RetryPolicy) -> None:
        """Start with the whole policy."""
        self._sends = policy.sends
        self._unavailable = iter(policy.unavailable)
        self._slow = iter(policy.slow)
        self._polls = iter(policy.polls)
        self._policy = policy
        self._settling = iter(policy.settling)

    def send(self) -> bool:
        """Use one sending; return False when none is left. Each has its own settling time."""
        self._settling = iter(self._policy.settling)
        self._sends -= 1
        return self._sends >= 0

    def after(self, error: TransportError) -> float | None:
        """Return the pause before trying again after an error; None when it is final or the pauses are spent."""
        if not error.retryable:
            return None
        return next(self._slow if isinstance(error, AnswerTimeout | ConnectionLost) else self._unavailable, None)

    def poll(self) -> float | None:
        """Return the pause before asking again about an undecided document; None when they are spent."""
        return next(self._polls, None)

    def settle(self) -> float | None:
        """Return the pause before a "not found" is believed; None when it is to be believed."""
        return next(self._settling, None)
