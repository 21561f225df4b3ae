"""Rows of a table: their numbers, and their cells by header."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidInput
from .spellings import BLANKS, is_empty


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table: its number, its cells by header, and what makes it unusable as a whole."""

    number: int
    """As a spreadsheet counts: the header is row 1."""
    cells: Mapping[str, Any]
    problem: InvalidInput | None = None
    """Why the row has no cells: it has more or fewer of them than the header."""
    spoiled: Mapping[str, InvalidInput] | None = None
    """Cells that cannot be read, by header. One that has a value in ``cells`` is merged with those above it: the value
    is known where it says something of the whole document, and not where it may be shared out among lines."""


@dataclass(frozen=True, slots=True)
class Table:
    """The headers of a table and its rows, which are read as they are asked for."""

    headers: tuple[str, ...]
    rows: Iterator[TableRow]
    hidden_rows: Set[int] = frozenset()
    """Numbers of rows that a spreadsheet does not show; they are read like the others."""
    hidden_columns: tuple[str, ...] = ()
    """Headers of columns that it does not show; they are read like the others."""
    hidden_sheets: tuple[str, ...] = ()
    """Names of sheets that it does not show, and that were left out for that."""


def headers_of(cells: Iterable[Any]) -> tuple[str, ...]:
    """Return the headers without blanks around them; columns without one at the end are left out.

    One without a header among the others is named by its place, as spreadsheets do: «columna C».
    """
    headers = ["" if is_empty(cell) else str(cell).strip(BLANKS) for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    return tuple(name or f"columna {_letters(number)}" for number, name in enumerate(headers, 1))


def _letters(number: int) -> str:
    """Return how spreadsheets name a column: A, …, Z, AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def row_of(number: int, headers: tuple[str, ...], cells: list[Any]) -> TableRow:
    """Return a row of cells; one with more or fewer than the header has a problem instead."""
    if not any(not is_empty(cell) for cell in cells):
        return TableRow(number, {})
    beyond = [cell for cell in cells[len(headers) :] if not is_empty(cell)]
    if beyond or len(cells) < len(headers):
        problem = InvalidInput.of("exchange.cells", count=len(cells), headers=len(headers))
        return TableRow(number, {}, problem)
    return TableRow(number, dict(zip(headers, cells, strict=False)))
