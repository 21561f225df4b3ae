"""Output of the command line: exit statuses, lines for people, JSON for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

from .._shown import in_json, shown

if TYPE_CHECKING:
    from ..faults import Fault

YES, NO, UNUSABLE = 0, 1, 2


def say(*values: object, file: TextIO | None = None, flush: bool = False) -> None:
    """Print one line for people: no text in it can start another line or control the terminal."""
    stream = sys.stdout if file is None else file
    text = shown(" ".join(map(str, values)))
    despite_closing(stream, lambda: print(text, file=stream, flush=flush))


def say_faults(faults: Iterable[Fault], indent: str = "") -> None:
    """Print findings, one per line; of very many, the most severe and the number of the rest."""
    for line in fault_lines(faults):
        say(f"{indent}{line}")


def fault_lines(faults: Iterable[Fault], *, hints: bool = False) -> Iterator[str]:
    """Yield findings as lines; with ``hints``, what to do follows each one that rejects."""
    from ..faults import foremost

    shown_faults, more = foremost(faults)
    for fault in shown_faults:
        yield str(fault)
        if hints and fault.hint and fault.rejects:
            yield f"  qué hacer: {fault.hint}"
    if more:
        yield f"… y {more} hallazgos más; con --json se muestran todos"


def emit(data: Any) -> None:
    """Print a result as JSON, unseen characters escaped; in ASCII where the output lacks some of its characters."""
    text = in_json(json.dumps(data, ensure_ascii=False, indent=2, default=str))
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(data, indent=2, default=str)
    despite_closing(sys.stdout, lambda: print(text))


def despite_closing(stream: TextIO, write: Callable[[], object]) -> None:
    """Write, or stop writing for good when the reader of the stream closed it (``| head``)."""
    try:
        write()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
