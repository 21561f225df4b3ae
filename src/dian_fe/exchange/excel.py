"""Excel files as tables, by openpyxl (extra ``excel``), which opens them only once their size is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from typing import IO, Any

from ..errors import InvalidInput, MissingExtra, UnreadableDocument, UnsafeArchive
from ..ubl.archive import Limits, unpack
from .rows import Table, TableRow, headers_of, row_of
from .sheets import Marks, Merged, marks_of
from .spellings import is_empty

_MOST_BYTES = 256 << 20
"""Bytes that a spreadsheet may have, unpacked."""
_MOST_PARTS = 5_000
_MOST_ROWS = 1 << 20
"""Rows of a sheet (ECMA-376 has no limit, Excel has this one); a file of some bytes may claim a thousand million."""
_DIGITS = re.compile("0{2,}")
"""Format of numbers with zeros before them: codes, whose zeros count."""
_DECLARED = tuple(
    mark.encode(name) for mark in ("<!DOCTYPE", "<!ENTITY") for name in ("utf-8", "utf-16-le", "utf-16-be")
)


def table_of(file: IO[bytes], sheet: str | None) -> Table:
    """Return a sheet of an Excel file, the only visible one unless named.

    Raises ``MissingExtra`` without openpyxl, ``UnsafeArchive`` for a file that unpacks to too much or declares
    entities, ``UnreadableDocument`` for one that openpyxl does not read, ``InvalidInput`` for a missing sheet.
    """
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise MissingExtra.needed("excel", "openpyxl", "leer archivos de Excel") from None
    data = file.read()
    _check(data)
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=True)
        visible = {each.title: each.sheet_state == "visible" for each in book.worksheets}
    except Exception as error:  # openpyxl raises whatever its parts raise for a file that is not one
        raise _unreadable(error) from None
    wanted = [name for name, seen in visible.items() if (seen if sheet is None else name == sheet)]
    if len(wanted) != 1:
        found = sheet if sheet is not None else f"{len(wanted)} hojas"
        raise InvalidInput.of("exchange.sheet", field="sheet", found=found, expected=", ".join(visible))
    rows, marks = _cells(book[wanted[0]]), _marks(book[wanted[0]])
    headers = headers_of(cell.value for cell in next(rows, ()))
    if not headers:
        raise UnreadableDocument.of("exchange.no_header")
    return Table(
        headers,
        _rows(headers, rows, marks),
        frozenset(marks.hidden_rows),
        tuple(header for place, header in enumerate(headers, 1) if marks.hides(place)),
        tuple(name for name, seen in visible.items() if not seen) if sheet is None else (),
    )


def _unreadable(error: Exception) -> UnreadableDocument:
    return UnreadableDocument.of("exchange.not_excel", found=f"{type(error).__name__}: {error}"[:80])


def _check(data: bytes) -> None:
    """Refuse what unpacks to too much, and parts that declare entities."""
    limits = Limits(files=_MOST_PARTS, total=_MOST_BYTES, file=_MOST_BYTES)
    for name, content in unpack(data, limits):
        if isinstance(content, UnsafeArchive):
            raise content
        if any(mark in content for mark in _DECLARED):
            raise UnsafeArchive.of("exchange.entities", field=name)


def _cells(sheet: Any) -> Iterator[Any]:
    """Yield the rows of a sheet as cells; raise for a sheet that breaks off."""
    sheet.reset_dimensions()  # a file may lie about them
    try:
        yield from sheet.iter_rows()
    except Exception as error:
        raise _unreadable(error) from None


def _marks(sheet: Any) -> Marks:
    """Return what the sheet says beside values, which openpyxl keeps only where it reads the whole file at once."""
    try:
        with sheet._get_source() as source:
            return marks_of(source)
    except UnreadableDocument:
        raise
    except Exception as error:
        raise _unreadable(error) from None


def _rows(headers: tuple[str, ...], rows: Iterator[Any], marks: Marks) -> Iterator[TableRow]:
    spans: dict[int, Merged] = {}
    for number, cells in enumerate(rows, 2):
        if number > _MOST_ROWS:
            raise UnreadableDocument.of("exchange.not_excel", found=f"fila {number}", expected=f"{_MOST_ROWS} filas")
        read = [_value(cell) for cell in cells]
        read += [None] * (len(headers) - len(read))
        spoiled: dict[str, InvalidInput] = {}
        for header, cell in zip(headers, cells, strict=False):
            if cell.data_type == "e":
                spoiled[header] = InvalidInput.of("exchange.error_cell", found=str(cell.value))
        for place, formula in marks.formulas.pop(number, {}).items():
            if place <= len(headers):
                spoiled[headers[place - 1]] = InvalidInput.of("exchange.formula_cell", found=formula)
        covered = _covered(number, read, spans, marks)
        if covered and any(not is_empty(cell) for place, cell in enumerate(read, 1) if place not in covered):
            for place, merged in covered.items():
                read[place - 1] = merged.value if place == merged.left else None
                spoiled[headers[place - 1]] = InvalidInput.of("exchange.merged_cell", found=merged.name)
        row = row_of(number, headers, read)
        yield TableRow(number, row.cells, row.problem, spoiled) if spoiled else row


def _covered(number: int, read: list[Any], spans: dict[int, Merged], marks: Marks) -> dict[int, Merged]:
    """Return the merged cells of a row by the places that they cover, without those where their values stand."""
    for merged in marks.merged.pop(number, ()):
        merged.value = read[merged.left - 1] if merged.left <= len(read) else None
        if merged.value is not None:
            spans.update(dict.fromkeys(range(merged.left, merged.right + 1), merged))
    for place in [place for place, merged in spans.items() if merged.bottom < number]:
        del spans[place]
    return {place: each for place, each in spans.items() if (each.top, each.left) != (number, place)}


def _value(cell: Any) -> Any:
    """Return what a cell shows: 0.19 in a cell of percents is «19%», 5001 in one of five digits «05001»."""
    value = None if cell.data_type == "e" else cell.value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        form = cell.number_format or ""
        if "%" in form:
            return f"{(Decimal(repr(value)) * 100).normalize():f}%"
        if isinstance(value, int) and value >= 0 and _DIGITS.fullmatch(form):
            return str(value).zfill(len(form))
    return None if is_empty(value) else value
