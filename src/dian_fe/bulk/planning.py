"""The parts of a run: the records of any source are cut, compared with each other, and placed by their position."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from ..errors import InvalidInput
from ..exchange.rows import Table, TableRow
from ..exchange.tables import TableForm, opened
from .engines import Scheduler
from .manifests import INPUT, Manifest
from .sources import is_dask, tables
from .staging import DIGEST, Cutter, Layout, StagedPart, layout_of
from .values import setting_of_json

_PREPARE: Final = "preparar"


@dataclass(frozen=True, slots=True)
class Planned:
    """The parts of a run, as the manifest keeps them."""

    parts: list[dict[str, Any]] = field(default_factory=list)
    by_company: dict[str, int] = field(default_factory=dict)
    """Documents of each company."""


def plan(
    records: Any, folder: Path, asked: Mapping[str, Any], engine: Any, told: Any, *, kept: Manifest | None
) -> Planned:
    """Cut the records into the files of the parts; with ``kept``, only compute what the manifest would have.

    Raise ``InvalidInput`` for columns that do not fit, and for records that are none.
    """
    settings = {name: setting_of_json(value) for name, value in asked.items()}
    target = folder / INPUT if kept is None else None
    if target is not None:
        for left in target.iterdir():
            left.unlink()
    if is_dask(records):
        return _placed(_of_dask(records, target, asked, engine, told))
    return _placed(_of_tables(records, target, settings))


def _of_tables(records: Any, target: Path | None, settings: Mapping[str, Any]) -> Iterator[StagedPart]:
    form = TableForm(settings["delimiter"], settings["encoding"], settings["sheet"])
    layout: Layout | None = None
    for place, (source, opening) in enumerate(tables(records, form)):
        with opening() as table:
            if not table.headers:
                next(table.rows, None)  # what is no mapping is refused there
                continue
            layout = _same_layout(layout, table, settings, source)
            yield from _cut(Cutter(target, f"{place:05}", settings["size"], layout), source, table.rows)


def _cut(cutter: Cutter, source: str, rows: Iterable[TableRow]) -> Iterator[StagedPart]:
    for row in rows:
        cutter.add(source, row)
        yield from cutter.taken()
    cutter.end()
    yield from cutter.taken()


def _same_layout(before: Layout | None, table: Table, settings: Mapping[str, Any], source: str) -> Layout:
    """Return the layout of a table; raise ``InvalidInput`` for other columns than those of the first one."""
    if before is not None and before.headers == table.headers:
        return before
    if before is not None and set(before.headers) != set(table.headers):
        found, expected = ", ".join(table.headers)[:200], ", ".join(before.headers)[:200]
        raise InvalidInput.of("bulk.other_headers", field="records", found=f"{source}: {found}", expected=expected)
    return layout_of(table.headers, settings)


# --- Dask ------------------------------------------------------------------------------------------------------------


def _of_dask(
    records: Any, target: Path | None, asked: Mapping[str, Any], engine: Any, told: Any
) -> Iterator[StagedPart]:
    """Yield the parts of a Dask collection; its partitions are cut where they are, and none comes here."""
    from dask import delayed

    frame = hasattr(records, "columns")
    first = () if frame else records.take(1, npartitions=-1, warn=False)
    if not frame and first and not isinstance(first[0], Mapping):
        raise InvalidInput.of("exchange.not_a_table", field="source", found=type(first[0]).__name__)
    headers = tuple(map(str, records.columns)) if frame else tuple(map(str, first[0])) if first else ()
    if not headers:
        return
    layout_of(headers, {name: setting_of_json(value) for name, value in asked.items()})
    partitions = records.to_delayed()
    staging = delayed(stage_partition, pure=False)
    folder, run = None if target is None else str(target), uuid4().hex[:8]
    tasks = [
        staging(folder, place, headers, dict(asked), partition, dask_key_name=f"{_PREPARE}-partición-{place}-{run}")
        for place, partition in enumerate(partitions)
    ]
    computing = engine if hasattr(engine, "compute") else Scheduler()
    found: dict[int, list[StagedPart]] = {}
    for place, parts in computing.compute(tasks):
        found[place] = parts
        told(_PREPARE, len(found), len(tasks))
    for place in range(len(tasks)):
        yield from found[place]


def stage_partition(
    folder: str | None, place: int, headers: tuple[str, ...], asked: Mapping[str, Any], partition: Any
) -> list[StagedPart]:
    """Cut a partition, where it is, into the files of its parts."""
    settings = {name: setting_of_json(value) for name, value in asked.items()}
    cutter = Cutter(
        None if folder is None else Path(folder), f"{place:05}", settings["size"], layout_of(headers, settings)
    )
    frame = hasattr(partition, "itertuples")
    with opened(partition if frame else chain([dict.fromkeys(headers)], partition), TableForm()) as table:
        rows = table.rows if frame else _after_the_first(table.rows)
        return list(_cut(cutter, f"partición {place}", rows))


def _after_the_first(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Yield the rows after the one that only names the headers, with the numbers that they have without it."""
    next(rows)
    for row in rows:
        yield TableRow(row.number - 1, row.cells, row.problem, row.spoiled)


# --- all parts together ----------------------------------------------------------------------------------------------


def _placed(staged: Iterable[StagedPart]) -> Planned:
    """Return the parts with their positions; references and numbers that come again are noted in them."""
    planned = Planned()
    position = 0
    with closing(_Seen()) as references, closing(_Seen()) as numbers:
        for index, part in enumerate(staged):
            scattered: list[str] = []
            for digest, first in references.again(part.references, index):
                scattered.append(digest.hex())
                if first != index:
                    planned.parts[first]["scattered"].append(digest.hex())
            taken = [digest.hex() for digest, first in numbers.again(part.numbers, index) if first != index]
            planned.parts.append(
                {
                    "file": part.file,
                    "rows": part.rows,
                    "documents": part.documents,
                    "position": position,
                    "first": {name: planned.by_company.get(name, 0) for name in part.by_company},
                    "sha256": part.sha256,
                    "scattered": scattered,
                    "taken": taken,
                }
            )
            position += part.documents
            for name, count in part.by_company.items():
                planned.by_company[name] = planned.by_company.get(name, 0) + count
    return planned


class _Seen:
    """Digests that came, on the disk: a million of them need no memory."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY, part INTEGER) WITHOUT ROWID")

    def again(self, digests: bytes, part: int) -> Iterator[tuple[bytes, int]]:
        """Yield the digests that came before, and the part of the first one; note the others."""
        self._database.execute("BEGIN")
        for start in range(0, len(digests), DIGEST):
            digest = digests[start : start + DIGEST]
            done = self._database.execute("INSERT INTO seen VALUES (?, ?) ON CONFLICT DO NOTHING", (digest, part))
            if not done.rowcount:
                query = self._database.execute("SELECT part FROM seen WHERE digest = ?", (digest,))
                yield digest, query.fetchone()[0]
        self._database.execute("COMMIT")

    def close(self) -> None:
        """Delete the digests."""
        self._database.close()
