"""Records of any source as tables of rows, one after the other: files, frames, Arrow tables, mappings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from glob import glob, has_magic
from pathlib import Path
from typing import Any, Final

from ..errors import InvalidInput, UnreadableDocument
from ..exchange.rows import Table, TableRow
from ..exchange.tables import TableForm, opened
from .filing import arrow

_PARQUET: Final = b"PAR1"
"""How Parquet files begin."""
_BATCH: Final = 1_000


def is_dask(records: Any) -> bool:
    """True for a Dask collection, without importing Dask."""
    return hasattr(records, "__dask_graph__") and hasattr(records, "to_delayed")


def tables(records: Any, form: TableForm) -> Iterator[tuple[str, Any]]:
    """Yield the name and an opener of each table of the records; raise ``InvalidInput`` for a path without files."""
    if isinstance(records, (str, Path)):
        for path in files_of(records):
            yield str(path), lambda path=path: _file(path, form)
    elif hasattr(records, "to_batches") and hasattr(records, "schema"):
        yield "", lambda: _arrow_table(records)
    else:
        yield "", lambda: opened(records, form)


def files_of(given: str | Path) -> list[Path]:
    """Return the files of a path, a pattern or a folder of Parquet parts, sorted."""
    text = str(given)
    path = Path(given)
    if path.is_dir():
        found = [each for each in path.rglob("*.parquet") if not each.name.startswith((".", "_"))]
    elif has_magic(text) and not path.exists():
        found = [Path(each) for each in glob(text, recursive=True) if Path(each).is_file()]  # noqa: PTH207
    else:
        found = [path]
    if not found:
        raise InvalidInput.of("bulk.no_files", field="records", found=text)
    return sorted(found)


@contextmanager
def _file(path: Path, form: TableForm) -> Iterator[Table]:
    with path.open("rb") as file:
        parquet = file.read(4) == _PARQUET
    if not parquet:
        with opened(path, form) as table:
            yield table
        return
    pyarrow = arrow()
    try:
        file = pyarrow.parquet.ParquetFile(path)
    except pyarrow.ArrowException as error:
        raise UnreadableDocument.of("bulk.parquet", field="records", found=f"{path}: {error}"[:200]) from None
    with file:
        yield Table(tuple(file.schema_arrow.names), _rows(file.iter_batches(batch_size=_BATCH), pyarrow))


@contextmanager
def _arrow_table(given: Any) -> Iterator[Table]:
    yield Table(tuple(given.schema.names), _rows(given.to_batches(), arrow()))


def _rows(batches: Iterable[Any], pyarrow: Any) -> Iterator[TableRow]:
    number = 1
    try:
        for batch in batches:
            for cells in batch.to_pylist():
                number += 1
                yield TableRow(number, cells)
    except pyarrow.ArrowException as error:
        raise UnreadableDocument.of("bulk.parquet", field="records", found=str(error)[:200]) from None
