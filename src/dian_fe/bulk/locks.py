"""Files that are locked while their process lives; the system unlocks those of a process that ends, however it ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

_PAUSE: Final = 0.02
"""Seconds between tries for a lock that others have."""

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        file.seek(1 << 30)  # beyond what is written: bytes that are locked cannot be read
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def taken(path: Path) -> IO[bytes] | None:
    """Return the locked file, which its closing unlocks; None when another has it."""
    file = path.open("a+b")
    try:
        _lock(file)
    except OSError:
        file.close()
        return None
    except BaseException:
        file.close()
        raise
    return file


@contextmanager
def locked(path: Path, *, wait: float = 0.0) -> Iterator[IO[bytes] | None]:
    """Hold the lock of a file, waiting for it so many seconds; yield None when another still has it."""
    until = time.monotonic() + wait
    while (file := taken(path)) is None and time.monotonic() < until:
        time.sleep(_PAUSE)
    try:
        yield file
    finally:
        if file is not None:
            file.close()
