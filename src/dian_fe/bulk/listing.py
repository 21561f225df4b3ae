"""The files of a run of `read`: their names, sizes and dates, listed without reading them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from glob import has_magic, iglob
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from .._shown import shown
from ..errors import InvalidInput
from .filing import whole
from .manifests import INPUT
from .sources import is_dask

_LARGE: Final = 256 << 20
"""Bytes of files after which a part ends, however few they are."""


def listed(files: Any) -> Iterator[tuple[str, Path]]:
    """Yield source and path of each file, in an order that does not change.

    ``files``: a file, a folder with everything below it, a pattern, or paths, also of a Dask bag.

    Raise ``InvalidInput`` for anything else, and ``FileNotFoundError`` for a path that does not exist.
    """
    if isinstance(files, (str, os.PathLike)):
        yield from _below(Path(files))
    elif is_dask(files) and not hasattr(files, "columns"):
        for partition in files.to_delayed():
            yield from listed(list(partition.compute()))
    elif isinstance(files, Iterable) and not isinstance(files, (bytes, Mapping)) and not hasattr(files, "columns"):
        for each in files:
            if not isinstance(each, (str, os.PathLike)):
                raise InvalidInput.of("bulk.not_a_path", field="files", found=type(each).__name__)
            yield str(each), Path(each)
    else:
        raise InvalidInput.of("bulk.not_files", field="files", found=type(files).__name__)


def _below(path: Path) -> Iterator[tuple[str, Path]]:
    if path.is_dir():
        closed: list[OSError] = []
        for folder, folders, names in os.walk(path, onerror=closed.append):
            folders.sort()
            for name in sorted([*names, *(each for each in folders if Path(folder, each).is_symlink())]):
                file = Path(folder, name)
                yield str(file.relative_to(path)), file
        for error in closed:  # a folder that cannot be opened is reported when it is read: it is no file
            yield str(Path(error.filename).relative_to(path)), Path(error.filename)
    elif has_magic(str(path)) and not path.exists():
        found = sorted(iglob(str(path), recursive=True))  # noqa: PTH207
        if not found:
            raise InvalidInput.of("bulk.no_files", field="files", found=str(path))
        for name in found:
            if not Path(name).is_dir():
                yield name, Path(name)
    elif path.exists():
        yield str(path), path
    else:
        raise FileNotFoundError(2, os.strerror(2), str(path))


def list_parts(files: Any, size: int, folder: Path, *, write: bool) -> list[dict[str, Any]]:
    """Return the parts of the files, each of ``size`` at most, and write the list of each into the run's folder.

    What lies in the run's folder itself, which may be below that of the files, is no file of the run.
    """
    own = f"{folder.resolve()}{os.sep}"
    parts: list[dict[str, Any]] = []
    lines: list[bytes] = []
    total = 0

    def end() -> None:
        nonlocal total
        data = b"".join(lines)
        name = f"part-{len(parts):05}.jsonl"
        if write:
            with whole(folder / INPUT / name) as file:
                file.write(data)
        parts.append({"file": name, "rows": len(lines), "sha256": sha256(data).hexdigest()})
        lines.clear()
        total = 0

    for source, path in listed(files):
        if f"{path.parent.resolve()}{os.sep}".startswith(own):
            continue
        info = _info(path)
        lines.append(json.dumps([shown(source), str(path.absolute()), *info]).encode() + b"\n")
        total += info[0]
        if len(lines) == size or total >= _LARGE:
            end()
    if lines:
        end()
    return parts


def _info(path: Path) -> tuple[int, int]:
    """Return size and date of a file; zeros for one that is not there, which is reported when it is read."""
    try:
        info = path.lstat()
    except OSError:
        return 0, 0
    return info.st_size, info.st_mtime_ns


def files_of_part(path: Path) -> Iterator[tuple[str, Path]]:
    """Yield source and path of each file of a part."""
    with path.open("rb") as file:
        for line in file:
            source, place, *_ = json.loads(line)
            yield source, Path(place)
