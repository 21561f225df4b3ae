"""Python's cyclic garbage collector, disabled while one document is read, computed or written."""

from __future__ import annotations

import gc


class paused:  # noqa: N801 - used as a function is, with `with`
    """Disable the collector for a while, unless it is disabled already.

    Each element read and each line computed makes some objects, none of them garbage or in a cycle. Each time there are
    a quarter more, the collector visits every object of the program for nothing: half the time of reading a document of
    many thousand elements, a third of that of making one of 10,000 lines.
    """

    __slots__ = ("_running",)

    def __enter__(self) -> None:
        """Disable it."""
        self._running = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        """Enable it if it was."""
        if self._running:
            gc.enable()
