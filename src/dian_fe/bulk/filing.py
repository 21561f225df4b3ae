"""Files that appear when they are complete and on the disk, and the Parquet tables of a run."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any, Final
from uuid import uuid4

from ..errors import MissingExtra, StoreError

_COUNTS: Final = "dian_fe"
"""Name of the counts among the data of a Parquet file about itself."""
_GROUP: Final = 100
"""Rows that are held before they are written: a signed document has some twenty kilobytes."""
_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
"""What the system says when nothing more can be written there."""
_TYPES: Final = {
    "text": ("string", ()),
    "bytes": ("binary", ()),
    "count": ("int64", ()),
    "moment": ("timestamp", ("s", "America/Bogota")),
    "amount": ("decimal128", (38, 18)),
    "truth": ("bool_", ()),
}
"""Names of types here and in Arrow, those of ``exchange.write_parquet``."""


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file that takes the place of the one at ``path`` once it is complete and on the disk.

    Raise ``StoreError`` when the disk takes no more.
    """
    made = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with made.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
    except BaseException as error:
        made.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise StoreError.of("bulk.disk", field="folder", found=f"{path}: {error.strerror}") from None
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put the names of a folder on the disk, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def clear_unfinished(path: Path) -> None:
    """Remove what a killed process left of a file; only for whoever holds the lock of its part."""
    for left in path.parent.glob(f".{path.name}.*"):
        left.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file."""
    with whole(path) as file:
        file.write(json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace"))


@cache
def arrow() -> Any:
    """Return pyarrow with its Parquet module; raise ``MissingExtra`` without it."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise MissingExtra.needed("bulk", "pyarrow", "archivar miles de documentos") from None
    return pyarrow


class Writer:
    """Writes the rows of a file."""

    def __init__(self, target: Any, schema: Any, group: int) -> None:
        self._target, self._schema, self._group = target, schema, group
        self._rows: list[Mapping[str, Any]] = []
        self.counts: Mapping[str, int] = {}
        """Counts kept beside the rows."""

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row."""
        self._rows.append(row)
        if len(self._rows) == self._group:
            self._flush()

    def _flush(self) -> None:
        self._target.write_table(arrow().Table.from_pylist(self._rows, schema=self._schema))
        self._rows.clear()

    def end(self) -> None:
        """Write what is left, and the counts."""
        self._flush()
        self._target.add_key_value_metadata({_COUNTS: json.dumps(dict(self.counts))})


class Table:
    """A Parquet table of a run: its columns, and how its parts are written and read."""

    def __init__(self, name: str, columns: Mapping[str, str]) -> None:
        self.name, self.columns = name, dict(columns)

    def path(self, folder: Path, part: int) -> Path:
        """Return the file of a part."""
        return folder / self.name / f"part-{part:05}.parquet"

    def schema(self) -> Any:
        """Return the Arrow schema."""
        pyarrow = arrow()
        types = {name: (getattr(pyarrow, made), given) for name, (made, given) in _TYPES.items()}
        return pyarrow.schema([(name, types[kind][0](*types[kind][1])) for name, kind in self.columns.items()])

    @contextmanager
    def writer(self, folder: Path, part: int, group: int = _GROUP) -> Iterator[Writer]:
        """Write a part, some rows at a time; the file appears with the end of the block, its columns in any case."""
        pyarrow, schema = arrow(), self.schema()
        with (
            whole(self.path(folder, part)) as file,
            pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as target,
        ):
            writer = Writer(target, schema, group)
            yield writer
            writer.end()

    def write(self, folder: Path, part: int, rows: Iterable[Mapping[str, Any]], counts: Mapping[str, int]) -> None:
        """Write a part; ``counts`` are kept beside the rows, as they are after the last one."""
        with self.writer(folder, part) as writer:
            for row in rows:
                writer.add(row)
            writer.counts = counts

    def write_empty(self, folder: Path) -> None:
        """Write a part without rows, for a run without any: its columns can be read all the same."""
        self.write(folder, 0, (), {})

    def counts(self, folder: Path, part: int) -> dict[str, int]:
        """Return the counts kept beside the rows of a part. Raise ``StoreError`` for a file of others."""
        with self._opened(folder, part) as file:
            found = (file.metadata.metadata or {}).get(_COUNTS.encode())
        if found is None:
            raise StoreError.of("bulk.damaged", field="folder", found=str(self.path(folder, part)))
        counts: dict[str, int] = json.loads(found)
        return counts

    def read(self, folder: Path, part: int, columns: Iterable[str] | None = None) -> Iterator[dict[str, Any]]:
        """Yield the rows of a part, some at a time. Raise ``StoreError`` for a file that is missing or damaged."""
        wanted = None if columns is None else list(columns)
        with self._opened(folder, part) as file:
            for batch in file.iter_batches(batch_size=_GROUP, columns=wanted):
                yield from batch.to_pylist()

    @contextmanager
    def _opened(self, folder: Path, part: int) -> Iterator[Any]:
        """Yield the file of a part, which has the columns of the table."""
        pyarrow, path = arrow(), self.path(folder, part)
        try:
            with pyarrow.parquet.ParquetFile(path) as file:
                if file.schema_arrow.names != self.schema().names:
                    raise StoreError.of("bulk.damaged", field="folder", found=str(path))
                yield file
        except (pyarrow.ArrowException, OSError):
            raise StoreError.of("bulk.damaged", field="folder", found=str(path)) from None


_PLACE: Final = {"position": "count", "row": "count", "source": "text", "company": "text", "reference": "text"}

SHIPMENTS: Final = Table(
    "shipments",
    _PLACE
    | {
        "kind": "text", "number": "text", "key": "text", "issued_at": "moment", "customer_id": "text",
        "currency": "text", "payable": "amount", "supplier": "text", "environment": "text", "file_name": "text",
        "zip_name": "text", "operation": "text", "references": "text", "may_reject": "text", "sha256": "text",
        "xml": "bytes",
    },
)  # fmt: skip
"""The signed documents: their place in the input, their data, and the signed bytes with their SHA-256 (hexadecimal)."""

ANSWERS: Final = Table(
    "answers",
    {
        "position": "count", "company": "text", "number": "text", "key": "text", "outcome": "text", "state": "text",
        "code": "text", "message": "text", "faults": "text", "next_step": "text", "recovered": "text",
        "taken_by": "text", "error": "text", "attempts": "count", "last_attempt": "text",
        "application_response": "bytes", "shipment": "text",
    },
)  # fmt: skip
"""What DIAN answered to each document; ``shipment`` is the JSON of its progress without the signed bytes."""

REFUSED: Final = Table(
    "refused",
    _PLACE
    | {
        "number": "text", "stage": "text", "column": "text", "code": "text", "message": "text", "found": "text",
        "expected": "text", "remedy": "text",
    },
)  # fmt: skip
"""Records that gave no document, one row for each finding; ``number`` is the one that stays free."""
