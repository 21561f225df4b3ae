"""How far a run is: a bar on a terminal, or a function of the caller's."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, Final, TextIO

Told = Callable[[str, int, int], object]
"""Called with what is being done, how many documents are done, and of how many."""
_WIDTH: Final = 30
_EVERY: Final = 0.2
"""Seconds between drawings."""


class Bar:
    """A bar on the standard error output."""

    def __init__(self, file: TextIO | None = None) -> None:
        self._file = sys.stderr if file is None else file
        self._began: dict[str, float] = {}
        self._drawn = 0.0

    def __call__(self, step: str, done: int, of: int) -> None:
        """Draw the bar."""
        now = time.monotonic()
        began = self._began.setdefault(step, now)
        if now - self._drawn < _EVERY and done < of:
            return
        self._drawn = now
        filled = _WIDTH * done // of if of else _WIDTH
        left = f" · faltan {(now - began) * (of - done) / done:.0f} s" if 0 < done < of else ""
        line = f"\r{step} [{'#' * filled}{'.' * (_WIDTH - filled)}] {done}/{of}{left}"
        self._file.write(f"{line:<79}" + ("\n" if done >= of else ""))
        self._file.flush()


def progress_of(given: bool | Told | None) -> Any:
    """Return what is called with the progress: a bar if it is wanted, by default on a terminal only."""
    if callable(given):
        return given
    wanted = sys.stderr is not None and sys.stderr.isatty() if given is None else given
    return Bar() if wanted else lambda step, done, of: None
