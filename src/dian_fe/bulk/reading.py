"""`read`: a year of received files becomes tables of documents, lines and taxes, part by part."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Final

from .._arguments import checked, refuses
from ..errors import InvalidInput, StoreError, UnreadableDocument
from ..exchange.arrivals import LARGEST, Arrival, receive_files
from ..exchange.exporting import Summary, arrow_type, columns_of, fitting, received_rows
from ..ubl.records import RowsOf
from ..verifying.trust import TrustStore
from .engines import engine_of
from .factories import Factory, factory_of, made_by
from .filing import Table, Writer, arrow, clear_unfinished
from .listing import files_of_part, list_parts
from .manifests import INPUT, NAME, Manifest, manifest_of, opened_folder, opened_part
from .progress import Told, progress_of
from .runs import FailedPart, ReadRun, read_run_of
from .sources import is_dask
from .values import setting_to_json
from .working import Task, Work

READ: Final = "read"
_READ: Final = "leer"
_GROUP: Final = 2_000
_UNMERGED: Final = "unmerged"
"""Folder of parts that were read, before what came in earlier ones is left out."""
_SEEN: Final = "seen.sqlite"


class Records(Table):
    """A table of the records of `received_rows`."""

    def __init__(self, of: RowsOf) -> None:
        super().__init__(of.value, {})
        self.of = of

    def schema(self) -> Any:
        """Return the Arrow schema, that of `write_parquet`."""
        pyarrow = arrow()
        return pyarrow.schema([(name, arrow_type(pyarrow, name)) for name in columns_of(self.of)])


DOCUMENTS, LINES, TAXES = Records(RowsOf.DOCUMENTS), Records(RowsOf.LINES), Records(RowsOf.TAXES)
UNREADABLE: Final = Table(
    "unreadable", dict.fromkeys(("source", "code", "message", "found", "expected", "remedy"), "text")
)
"""Files without a document of the kinds that have rows, and why."""
REPEATED: Final = Table("repeated", dict.fromkeys(("source", "sha256", "first_source"), "text"))
"""Documents left out because the same bytes came before."""
UNFIT: Final = Table("unfit", dict.fromkeys(("source", "column", "value"), "text"))
"""Values that the columns cannot hold, and that are empty in them."""
RECORDS: Final = (DOCUMENTS, LINES, TAXES)
TABLES: Final = (*RECORDS, UNREADABLE, REPEATED, UNFIT)


@checked
@refuses("files", "on", "progress", "trust")
def read(
    files: Any,
    folder: str | Path,
    *,
    trust: str | Factory | None = None,
    largest: int = LARGEST,
    size: int = 1000,
    on: Any = None,
    workers: int | None = None,
    progress: bool | Told | None = None,
) -> ReadRun:
    """Read many files into tables in ``folder``, as `receive` does; go on where a run was cut off.

    ``files``: a folder with everything below it, a pattern, a file, or an iterable or Dask bag of paths; None goes on
    with those that the folder has listed. ZIPs, XMLs and containers are read however deep their documents lie.

    The tables are folders of Parquet files, one for each part of ``size`` files: ``documents``, ``lines`` and ``taxes``
    (one row for each rate of a document's taxes) have the columns of `received_rows`; ``unreadable`` has every file
    without a document and why, ``repeated`` the documents whose bytes came before in any part, ``unfit`` the values
    that a column cannot hold. The same files give the same tables, with any workers.

    ``trust``: name of a function that returns the `TrustStore` by which each file is verified on its worker, or a
    `Factory`; without it ``valid`` is empty. ``largest``, as that of `receive`. ``on``, ``workers`` and ``progress`` as
    those of `issue`.

    Raise ``NotAllowed`` for other files or settings in a folder that has a run, ``InvalidInput``, ``StoreError`` while
    another call has the folder, ``FileNotFoundError`` for a path that does not exist, ``MissingExtra``. What fails in
    one part is in ``failed`` of what is returned.
    """
    arrow()
    for name, value in (("size", size), ("largest", largest)):
        if value < 1:
            raise InvalidInput.of("bulk.size", field=name, found=value)
    verifier = None if trust is None else factory_of(trust, "trust").as_dict()
    asked = {"trust": setting_to_json(verifier, "trust"), "largest": largest, "size": size}
    path = Path(folder).absolute()
    if files is None and not (path / NAME).exists():
        raise StoreError.of("bulk.no_run", field="folder", found=str(folder))
    with opened_folder(path), closing(engine_of(on, workers, dask_records=is_dask(files))) as engine:
        kept = Manifest.load(path)
        if kept is not None:
            kept.compare(READ, asked)
        if kept is None:
            for left in (path / INPUT).iterdir():
                left.unlink()
            (path / _SEEN).unlink(missing_ok=True)
            kept = Manifest.made(path, READ, asked, {}, list_parts(files, size, path, write=True))
        elif files is not None:
            kept.compare_parts(list_parts(files, size, path, write=False))
        return _Reading(kept, engine, progress_of(progress)).run()


class _Reading:
    """One call: parts are read in any order and put beside each other in theirs."""

    def __init__(self, manifest: Manifest, engine: Any, told: Told) -> None:
        self.manifest, self.told = manifest, told
        self.work = Work(engine, lambda part: 0, self._ended)
        self.next = 0
        """The first part that is not in the tables."""
        self.done = 0

    def run(self) -> ReadRun:
        folder = self.manifest.folder
        with closing(Seen(folder / _SEEN)) as self.seen:
            for part in range(len(self.manifest.parts)):
                if _is_read(folder, part):
                    self._count(part)
                else:
                    self.work.waiting.append(Task(_READ, part, read_part, (str(folder), part)))
            self.work.waiting.reverse()
            if not self.manifest.parts:
                for table in TABLES:
                    table.write_empty(folder)
            self._merge()
            self.work.run()
        failed = tuple(FailedPart(part, self.work.failed[part]) for part in sorted(self.work.failed))
        run = read_run_of(self.manifest, DOCUMENTS, failed)
        self.manifest.write("finished" if run.finished else "unfinished")
        return run

    def _ended(self, task: Task, result: Any) -> None:
        self._count(task.part)
        self._merge()

    def _count(self, part: int) -> None:
        self.done += self.manifest.parts[part]["rows"]
        self.told(_READ, self.done, self.manifest.data["rows"])

    def _merge(self) -> None:
        """Put into the tables what is read, as far as no earlier part is missing."""
        folder = self.manifest.folder
        while self.next < len(self.manifest.parts):
            if not DOCUMENTS.path(folder, self.next).exists():
                if not DOCUMENTS.path(folder / _UNMERGED, self.next).exists():
                    return
                merge(folder, self.next, self.seen)
            self.next += 1


def _is_read(folder: Path, part: int) -> bool:
    return any(DOCUMENTS.path(place, part).exists() for place in (folder, folder / _UNMERGED))


# --- on a worker ------------------------------------------------------------------------------------------------------


def read_part(folder: str, part: int) -> None:
    """Read the files of a part into its tables, unless that is done. Raise what the maker of the trust store raises."""
    path = Path(folder)
    with opened_part(path, part):
        if not _is_read(path, part):
            for table in TABLES:
                clear_unfinished(table.path(path / _UNMERGED, part))
            _read(path, part)


def _read(folder: Path, part: int) -> None:
    manifest = manifest_of(folder)
    trust = None
    if (verifier := manifest.settings["trust"]) is not None:
        trust = made_by(Factory(**verifier), TrustStore)
    files = files_of_part(manifest.input_of(part))
    counts = dict.fromkeys(("files", "documents", "unreadable", "repeated", "unfit"), 0)
    with ExitStack() as stack:
        # The documents are the first to be opened, so the last to appear: they say that the part is read.
        writers = {table.name: stack.enter_context(table.writer(folder / _UNMERGED, part, _GROUP)) for table in TABLES}
        writers[DOCUMENTS.name].counts = counts
        for arrival in receive_files(files, trust=trust, largest=manifest.settings["largest"]):
            counts["files"] += 1
            _file(arrival, writers, counts)


def _file(arrival: Arrival, writers: Mapping[str, Writer], counts: dict[str, int]) -> None:
    """Write what came in a file."""
    source = arrival.source

    def write(table: Table, **row: Any) -> None:
        counts[table.name] += 1
        writers[table.name].add({"source": source, **row})

    summary = Summary()
    for table in RECORDS:
        for record in received_rows([arrival], table.of, summary=summary):
            row = {name: fitting(name, value, record, summary) for name, value in record.items()}
            writers[table.name].add(row)
            counts["documents"] += table is DOCUMENTS
    reason = arrival.reason
    if arrival.received is not None and not arrival.received.documents:
        reason = UnreadableDocument.of("bulk.no_document")
    if reason is not None:
        names = ("code", "message", "found", "expected", "remedy")
        texts = {name: getattr(reason, name) for name in names}
        write(UNREADABLE, **{name: None if text is None else _valid(text) for name, text in texts.items()})
    for digest, first in arrival.repeated.items():
        write(REPEATED, sha256=digest, first_source=first)
    for _, column, value in summary.unfit:
        write(UNFIT, column=column, value=value)


def _valid(text: str) -> str:
    """Return a text that UTF-8 can hold."""
    return text.encode("utf-8", "backslashreplace").decode()


# --- beside each other ------------------------------------------------------------------------------------------------


class Seen:
    """Documents of the parts that are in the tables: their digests, keys and sources, on the disk."""

    def __init__(self, path: Path) -> None:
        """Open the database, which one process has at a time."""
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("CREATE TABLE IF NOT EXISTS bytes (sha256 BLOB PRIMARY KEY, part, source) WITHOUT ROWID")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS keys (key TEXT PRIMARY KEY, sha256, part, source) WITHOUT ROWID"
        )

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note what follows together."""
        self._database.execute("BEGIN")
        yield
        self._database.execute("COMMIT")

    def first_bytes(self, digest: bytes, part: int, source: str) -> str | None:
        """Return the source where the same bytes came in an earlier part; note them otherwise."""
        return self._first("bytes", (digest, part, source), "SELECT part, source FROM bytes WHERE sha256 = ?", part)

    def first_key(self, key: str, digest: bytes, part: int, source: str) -> str | None:
        """Return the source where the same key came in an earlier part with other bytes; note it otherwise."""
        query = "SELECT part, source, sha256 FROM keys WHERE key = ?"
        return self._first("keys", (key, digest, part, source), query, part, digest)

    def _first(self, table: str, row: tuple[Any, ...], query: str, part: int, same: bytes | None = None) -> str | None:
        marks = ", ".join("?" * len(row))
        if self._database.execute(f"INSERT INTO {table} VALUES ({marks}) ON CONFLICT DO NOTHING", row).rowcount:
            return None
        then, source, *digest = self._database.execute(query, row[:1]).fetchone()
        return str(source) if then < part and digest != [same] else None

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def merge(folder: Path, part: int, seen: Seen) -> None:
    """Put a part that was read into the tables, without the documents whose bytes came in an earlier one."""
    read_to = folder / _UNMERGED
    repeated: dict[str, tuple[str, str]] = {}
    same_key: dict[str, str] = {}
    with seen.noting():
        for row in DOCUMENTS.read(read_to, part, ("sha256", "key", "source")):
            digest = bytes.fromhex(row["sha256"])
            if (first := seen.first_bytes(digest, part, row["source"])) is not None:
                repeated[row["sha256"]] = row["source"], first
            elif row["key"] and (first := seen.first_key(row["key"].lower(), digest, part, row["source"])) is not None:
                same_key[row["sha256"]] = first
    counts = DOCUMENTS.counts(read_to, part)
    counts["documents"] -= len(repeated)
    counts["repeated"] += len(repeated)
    for table in reversed(TABLES):  # the documents last: they say that the part is there
        if not table.path(read_to, part).exists():
            continue  # a call that was cut off has done this
        if isinstance(table, Records) and (repeated or same_key):
            _rewrite(table, folder, part, repeated, same_key, counts)
        elif table is REPEATED and repeated:
            with table.writer(folder, part) as writer:
                for row in table.read(read_to, part):
                    writer.add(row)
                for name, (source, first) in repeated.items():
                    writer.add({"source": source, "sha256": name, "first_source": first})
        else:
            table.path(folder, part).parent.mkdir(exist_ok=True)
            table.path(read_to, part).replace(table.path(folder, part))
            continue
        table.path(read_to, part).unlink()


def _rewrite(
    table: Table,
    folder: Path,
    part: int,
    repeated: Mapping[str, Any],
    same_key: Mapping[str, str],
    counts: Mapping[str, int],
) -> None:
    """Write a table of records again, without what is repeated and with the sources of the same keys."""
    with table.writer(folder, part, _GROUP) as writer:
        writer.counts = counts
        for row in table.read(folder / _UNMERGED, part):
            if row["sha256"] not in repeated:
                writer.add({**row, "same_key_as": same_key.get(row["sha256"], row["same_key_as"])})
