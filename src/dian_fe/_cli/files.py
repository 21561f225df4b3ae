"""Reading and writing the command line's files: nothing is left half-written."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..errors import InvalidInput

MAX_INPUT = 64 * 1024 * 1024


def read_file(name: str) -> bytes:
    """Read a file, or standard input for ``-``; raises ``InvalidInput`` when it is larger than 64 MB."""
    if name == "-":
        data = sys.stdin.buffer.read(MAX_INPUT + 1)
    else:
        with Path(name).open("rb") as file:
            data = file.read(MAX_INPUT + 1)
    if len(data) > MAX_INPUT:
        raise InvalidInput("El archivo es demasiado grande.", field=name, expected="hasta 64 MB")
    return data


def write_file(folder: Path, name: str, data: bytes | str) -> Path:
    """Write a file whole or not at all; the folder is made when it is missing.

    Raises ``InvalidInput`` when the name is that of a folder.
    """
    path = folder / name
    if not name or path.is_dir():
        raise InvalidInput.of("_cli.folder_given", field="--out", found=str(path))
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{name}.{os.getpid()}.tmp")
    try:
        draft.write_bytes(data if isinstance(data, bytes) else data.encode())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path
