"""Tables as rows of cells: CSV files, spreadsheets, data frames and mappings, each row with its number."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import IO, Any

from ..errors import InvalidInput, UnreadableDocument
from ..ubl.archive import is_zip
from .rows import Table, TableRow, headers_of, row_of

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
"""How the binary files of Excel before 2007 begin (OLE compound file)."""
_DELIMITERS = ";,\t|"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAID = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""Excel's own first line, which says the separator and is no row."""
_FEWEST_SWALLOWED = 4
"""Columns from which a cell with as many separators as whole rows have is one that was never closed."""
_LONGEST_LINE = 1 << 20
"""Characters of a line; longer ones are no table."""


@dataclass(frozen=True, slots=True)
class TableForm:
    """How a table is written; None: found out, or refused where it can be several."""

    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    """Name of the sheet of a spreadsheet with several."""


@contextmanager
def opened(source: Any, form: TableForm) -> Iterator[Table]:
    """Open a table: a path or the bytes of a CSV or Excel file, a data frame, or mappings with the same keys.

    Raises ``InvalidInput`` for anything else, ``UnreadableDocument`` for a file that is neither, and ``MissingExtra``
    for a spreadsheet without the library that reads it.
    """
    if isinstance(source, (str, Path, bytes)):
        with ExitStack() as stack:
            file = BytesIO(source) if isinstance(source, bytes) else Path(source).open("rb")  # noqa: SIM115
            yield _of_file(stack.enter_context(file), form, stack)
    elif hasattr(source, "itertuples") and hasattr(source, "columns"):
        yield _of_frame(source)
    elif isinstance(source, Iterable) and not isinstance(source, Mapping):
        yield _of_mappings(source)
    else:
        raise InvalidInput.of("exchange.not_a_table", field="source", found=type(source).__name__)


def _of_file(file: IO[bytes], form: TableForm, stack: ExitStack) -> Table:
    start = file.read(4)
    file.seek(0)
    if is_zip(start):
        from .excel import table_of  # only spreadsheets need its library

        return table_of(file, form.sheet)
    if start == _OLD_EXCEL:
        raise UnreadableDocument.of("exchange.old_excel")
    return _of_csv(file, form, stack)


def _of_csv(file: IO[bytes], form: TableForm, stack: ExitStack) -> Table:
    start = file.read(4)
    file.seek(0)
    encoding = form.encoding or next((name for mark, name in _MARKS if start.startswith(mark)), "utf-8")
    try:
        text = stack.enter_context(TextIOWrapper(file, encoding=encoding, newline=""))
    except LookupError:
        raise InvalidInput.of("exchange.unknown_encoding", field="encoding", found=encoding) from None
    lines = _lines(text, encoding)
    head = next(lines, "").removeprefix("\ufeff")
    said = _SAID.fullmatch(head)
    if said is not None:
        head = next(lines, "")
    if not head.strip():
        raise UnreadableDocument.of("exchange.no_header")
    delimiter = form.delimiter or (said[1] if said else _delimiter(head))
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise InvalidInput.of("exchange.delimiter", field="delimiter", found=repr(delimiter))

    def all_lines() -> Iterator[str]:
        yield head
        yield from lines

    reader = csv.reader(all_lines(), delimiter=delimiter, strict=True)
    headers = headers_of(_next(reader, 1))
    return Table(headers, _csv_rows(reader, headers, delimiter))


def _lines(text: TextIOWrapper, encoding: str) -> Iterator[str]:
    """Yield the lines of a file; raise for bytes that are not of its encoding, and for a line without end.

    A line whose bytes are UTF-8 is not of an encoding with one byte for each letter.
    """
    of_bytes = _is_of_bytes(encoding)
    try:
        while line := text.readline(_LONGEST_LINE):
            if len(line) == _LONGEST_LINE:
                raise UnreadableDocument.of("exchange.endless_line", found=line[:40], longest=_LONGEST_LINE)
            if of_bytes and not line.isascii():
                with suppress(UnicodeError):
                    line.encode(encoding).decode("utf-8")
                    raise UnreadableDocument.of("exchange.is_utf8", field="encoding", found=encoding)
            yield line
    except UnicodeError as error:
        found = f"{encoding}: {error}"[:80]
        raise UnreadableDocument.of("exchange.other_encoding", field="encoding", found=found) from None


def _is_of_bytes(encoding: str) -> bool:
    """True if an encoding has one byte for each letter of Spanish."""
    try:
        return len("ñ".encode(encoding)) == 1
    except UnicodeError:
        return False


def _delimiter(head: str) -> str:
    """Return the separator of the header's cells; raise when none or several are there."""
    outside = "".join(head.split('"')[::2])
    present = [mark for mark in _DELIMITERS if mark in outside]
    if len(present) > 1:
        raise InvalidInput.of("exchange.delimiters", field="delimiter", found=" y ".join(map(repr, present)))
    return present[0] if present else ","


def _next(reader: Any, number: int) -> list[str]:
    try:
        cells: list[str] = next(reader)
    except csv.Error as error:
        raise UnreadableDocument.of("exchange.malformed_csv", found=f"{error}"[:80], row=number) from None
    return cells


def _csv_rows(reader: Any, headers: tuple[str, ...], delimiter: str) -> Iterator[TableRow]:
    number = 1
    while True:
        number += 1
        try:
            cells = _next(reader, number)
        except StopIteration:
            return
        swallowed = _swallowed(cells, delimiter, len(headers))
        if swallowed:
            problem = InvalidInput.of("exchange.open_quote", found=f"{swallowed} filas en una celda")
            yield TableRow(number, {}, problem)
        else:
            yield row_of(number, headers, cells)


def _swallowed(cells: Iterable[str], delimiter: str, columns: int) -> int:
    """Return how many whole rows a cell holds, as one does whose quote was closed in a later row."""
    for cell in cells:
        breaks = cell.count("\n") or cell.count("\r")
        if breaks and columns >= _FEWEST_SWALLOWED and cell.count(delimiter) >= breaks * (columns - 1):
            return breaks
    return 0


def _of_frame(frame: Any) -> Table:
    """Return a data frame as a table; the levels of its index that have names are columns as well."""
    levels = tuple(getattr(getattr(frame, "index", None), "names", None) or ())
    named = [position for position, name in enumerate(levels) if name is not None]
    headers = tuple(str(name).strip() for name in (*(levels[position] for position in named), *frame.columns))

    def cells_of(row: tuple[Any, ...]) -> Iterator[Any]:
        index = row[0] if len(levels) > 1 else (row[0],)
        yield from (index[position] for position in named)
        yield from row[1:]

    rows = (
        TableRow(number, dict(zip(headers, cells_of(row), strict=True)))
        for number, row in enumerate(frame.itertuples(index=True, name=None), 2)
    )
    return Table(headers, rows)


def _of_mappings(source: Iterable[Any]) -> Table:
    rows = iter(source)
    first = next(rows, None)
    if first is None:
        return Table((), iter(()))
    headers = tuple(map(str, first)) if isinstance(first, Mapping) else ()

    def numbered() -> Iterator[TableRow]:
        for number, cells in enumerate(chain((first,), rows), 2):
            if not isinstance(cells, Mapping):
                raise InvalidInput.of("exchange.not_a_table", field="source", found=type(cells).__name__)
            unknown = [str(name) for name in cells if str(name) not in headers]
            if unknown:
                problem = InvalidInput.of("exchange.other_keys", found=", ".join(unknown))
                yield TableRow(number, {}, problem)
            else:
                yield TableRow(number, {str(name): cell for name, cell in cells.items()})

    return Table(headers, numbered())
