"""Python's collector of cycles, put off while one document is read."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Put the collector off for a while, unless it is off already.

    A document read is some objects for each of its elements, all of them kept and none in a cycle. Each time there are
    a quarter more, the collector walks over every object of the program and finds nothing: half the time of reading a
    document of many thousand elements.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
