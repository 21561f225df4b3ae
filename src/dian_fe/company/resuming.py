"""Which unfinished documents `Company.resume` takes up, and when it stops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..errors import (
    AnswerTimeout,
    ConnectionFailed,
    ConnectionLost,
    InvalidInput,
    OriginalNotAccepted,
    ServiceUnavailable,
)
from ..transport.outcome import Answer

BATCH: Final = 100
"""Documents that are claimed at a time."""
_AWAY: Final = (ConnectionFailed, ConnectionLost, AnswerTimeout, ServiceUnavailable)
"""What goes wrong with every document while DIAN, or the way there, is down."""


class Turns:
    """The turns of unfinished documents when there is a limit: those that never end would keep out the others."""

    def __init__(self) -> None:
        """Begin without any."""
        self._had: set[str] = set()

    def next(self, keys: Sequence[str], limit: int | None) -> Sequence[str]:
        """Return the keys to take up, in their order. Raise ``InvalidInput`` for a limit below 1."""
        if limit is None:
            return keys
        if limit < 1:
            raise InvalidInput.of("company.limit", field="limit", found=limit)
        waiting = [key for key in keys if key not in self._had]
        if not waiting:
            self._had.clear()
        chosen = (waiting or keys)[:limit]
        self._had.update(chosen)
        return chosen


def none_arrived(answers: Sequence[Answer]) -> bool:
    """True if none of a whole batch got an answer, so that the next one would not either."""
    errors = [answer.error for answer in answers]
    return (
        len(errors) >= BATCH
        and any(isinstance(error, _AWAY) for error in errors)
        and all(isinstance(error, (*_AWAY, OriginalNotAccepted)) for error in errors)
    )
