"""What is watched while strangers' bytes are read: the lines that run, what is touched outside, the memory taken."""

from __future__ import annotations

import os
import resource
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import dian_fe
from dian_fe.errors.texts import filed

_PACKAGE = str(Path(dian_fe.__file__).parent)
_FORBIDDEN = (
    *("open", "os.", "shutil.", "tempfile.", "glob.", "pathlib.", "socket.", "urllib.", "http.", "smtplib.", "ssl."),
    *("subprocess.", "pty.", "ctypes.", "import", "exec", "compile", "marshal.", "pickle.", "sqlite3.", "mmap."),
)
"""Beginnings of audit events (PEP 578): disk, network, processes, and code made from data."""


class Touched(BaseException):
    """Something outside was reached for; no ``except Exception`` hides it."""


class _Guard(threading.local):
    on = False


_guard = _Guard()
_touched: list[str] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _guard.on and event.startswith(_FORBIDDEN):
        _guard.on = False
        told = f"{event} {arguments!r}"[:300]
        _touched.append(told)
        raise Touched(told)


_hooked: list[bool] = []


@contextmanager
def nothing_outside() -> Iterator[None]:
    """Forbid this thread to touch disk, network, processes, or to import or make code."""
    if not _hooked:
        for words in Path(_PACKAGE).rglob("texts.tsv"):  # the library reads its own tables once, whatever it is given
            filed(".".join(words.parent.relative_to(_PACKAGE).parts))
        sys.addaudithook(_hook)
        _hooked.append(True)
    before = len(_touched)
    _guard.on = True
    try:
        yield
    finally:
        _guard.on = False
    if len(_touched) > before:
        raise Touched(_touched[-1])


class SystemCalls:
    """Reads and writes of this thread as Linux counts them: libraries in C raise no audit events."""

    def __init__(self) -> None:
        path = Path("/proc/thread-self/io")
        self._file = os.open(path, os.O_RDONLY) if path.exists() else None
        self._seen = self._count()
        self._own = self._count() - self._seen
        self._seen += self._own

    def since(self) -> int:
        """Return how many there were since the last time that this was asked."""
        now = self._count()
        made, self._seen = now - self._seen - self._own, now
        return made

    def _count(self) -> int:
        if self._file is None:
            return 0
        told = os.pread(self._file, 500, 0).split()
        return int(told[5]) + int(told[7])


def peak_memory() -> int:
    """Return the process's largest resident size so far, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


class Lines:
    """Lines of the library that have run. ``fresh`` counts those that were new since it was set to 0."""

    def __init__(self) -> None:
        self.fresh = 0
        self.reached: set[tuple[str, int]] = set()
        self._missing: dict[CodeType, set[int]] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        if sys.version_info >= (3, 12):
            tool = 4  # of those that Python gives no use to
            sys.monitoring.use_tool_id(tool, "dian_fe fuzzing")
            sys.monitoring.register_callback(tool, sys.monitoring.events.LINE, self._line)
            sys.monitoring.set_events(tool, sys.monitoring.events.LINE)
            try:
                yield
            finally:
                sys.monitoring.set_events(tool, 0)
                sys.monitoring.register_callback(tool, sys.monitoring.events.LINE, None)
                sys.monitoring.free_tool_id(tool)
        else:
            before = sys.gettrace()
            sys.settrace(self._call)
            try:
                yield
            finally:
                sys.settrace(before)

    def _line(self, code: CodeType, line: int) -> Any:
        if code.co_filename.startswith(_PACKAGE):
            self._add(code, line)
        return sys.monitoring.DISABLE  # type: ignore[attr-defined]

    def _call(self, frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        missing = self._missing.get(code)
        if missing is None:
            inside = code.co_filename.startswith(_PACKAGE)
            lines = (
                {line for _, _, line in code.co_lines() if line and line != code.co_firstlineno} if inside else set()
            )
            missing = self._missing[code] = lines
        return self._traced if missing else None

    def _traced(self, frame: FrameType, event: str, argument: Any) -> Any:
        missing = self._missing[frame.f_code]
        if event == "line" and frame.f_lineno in missing:
            missing.remove(frame.f_lineno)
            self._add(frame.f_code, frame.f_lineno)
        return self._traced if missing else None

    def _add(self, code: CodeType, line: int) -> None:
        place = (code.co_filename, line)
        if place not in self.reached:
            self.reached.add(place)
            self.fresh += 1
