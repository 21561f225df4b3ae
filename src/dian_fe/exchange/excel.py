"""Excel files as tables, by openpyxl (extra ``excel``), which opens them only once their size is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from itertools import zip_longest
from typing import IO, Any

from ..errors import InvalidInput, MissingExtra, UnreadableDocument, UnsafeArchive
from ..ubl.archive import Limits, unpack
from .rows import Table, TableRow, headers_of, row_of
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
        books = [load_workbook(BytesIO(data), read_only=True, data_only=values) for values in (True, False)]
        names = [each.title for each in books[0].worksheets if each.sheet_state == "visible"]
    except Exception as error:  # openpyxl raises whatever its parts raise for a file that is not one
        raise UnreadableDocument.of("exchange.not_excel", found=f"{type(error).__name__}: {error}"[:80]) from None
    wanted = names if sheet is None else [name for name in names if name == sheet]
    if len(wanted) != 1:
        found = sheet if sheet is not None else f"{len(names)} hojas"
        raise InvalidInput.of("exchange.sheet", field="sheet", found=found, expected=", ".join(names))
    values, formulas = (_cells(book[wanted[0]]) for book in books)
    headers = headers_of(cell.value for cell in next(values, ()))
    next(formulas, None)
    if not headers:
        raise UnreadableDocument.of("exchange.no_header")
    return Table(headers, _rows(headers, values, formulas))


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
    except UnreadableDocument:
        raise
    except Exception as error:
        raise UnreadableDocument.of("exchange.not_excel", found=f"{type(error).__name__}: {error}"[:80]) from None


def _rows(headers: tuple[str, ...], values: Iterator[Any], formulas: Iterator[Any]) -> Iterator[TableRow]:
    for number, (cells, written) in enumerate(zip_longest(values, formulas, fillvalue=()), 2):
        if number > _MOST_ROWS:
            raise UnreadableDocument.of("exchange.not_excel", found=f"fila {number}", expected=f"{_MOST_ROWS} filas")
        spoiled: dict[str, InvalidInput] = {}
        read = [_value(cell) for cell in cells]
        for header, cell, source in zip_longest(headers, cells, written[: len(headers)]):
            if header is None:
                continue
            if cell is not None and cell.data_type == "e":
                spoiled[header] = InvalidInput.of("exchange.error_cell", found=str(cell.value))
            elif source is not None and source.data_type == "f" and _not_computed(cell):
                spoiled[header] = InvalidInput.of("exchange.formula_cell", found=str(source.value)[:60])
        row = row_of(number, headers, read + [None] * (len(headers) - len(read)))
        yield TableRow(number, row.cells, row.problem, spoiled) if spoiled else row


def _not_computed(cell: Any) -> bool:
    """True if a formula has no value; one that gives an empty text, as ``=IF(A2="","",…)`` does, has one."""
    return cell is None or (cell.value is None and cell.data_type != "str")


def _value(cell: Any) -> Any:
    """Return what a cell shows: 0.19 in a cell of percents is «19%», 5001 in one of five digits «05001»."""
    value = cell.value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        form = cell.number_format or ""
        if "%" in form:
            return f"{(Decimal(repr(value)) * 100).normalize():f}%"
        if isinstance(value, int) and value >= 0 and _DIGITS.fullmatch(form):
            return str(value).zfill(len(form))
    return None if is_empty(value) else value
