"""What an Excel sheet says beside the values of its cells: what it hides, what is merged, what was never computed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any, Final

from lxml import etree

from .._xmlsafe import elements_in
from ..errors import UnreadableDocument

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TAGS: Final = tuple(f"{{{_MAIN}}}{name}" for name in ("row", "col", "mergeCell"))
_NOT_COMPUTED: Final = etree.XPath("m:c[m:f][not(@t='str')][not(string(m:v))]", namespaces={"m": _MAIN})
"""Cells with a formula and no value; one that gives an empty text, as ``=IF(A2="","",…)`` does, has one."""
_FORMULA: Final = f"{{{_MAIN}}}f"
_NAME: Final = re.compile("([A-Z]{1,3})([0-9]{1,7})")
_RANGE: Final = re.compile(f"{_NAME.pattern}:{_NAME.pattern}")
_MOST_COVERED: Final = 1 << 20
"""Columns that merged cells may cover, counted for each of them; a file of some bytes may claim any number."""
_LONGEST: Final = 60


@dataclass(slots=True)
class Merged:
    """Cells that are shown as one; only the first has a value."""

    name: str
    """As spreadsheets name it: «B2:B4»."""
    left: int
    top: int
    right: int
    bottom: int
    value: Any = None


@dataclass(slots=True)
class Marks:
    """What a sheet says beside values; rows and columns are counted from 1."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[range] = field(default_factory=list)
    merged: dict[int, list[Merged]] = field(default_factory=dict)
    """By their first row, without those of the header."""
    formulas: dict[int, dict[int, str]] = field(default_factory=dict)
    """Formulas without a value, by row and column."""

    def hides(self, column: int) -> bool:
        """True if a column is not shown."""
        return any(column in each for each in self.hidden_columns)


def marks_of(source: IO[bytes]) -> Marks:
    """Return what the XML of a sheet says beside values.

    Raise ``UnreadableDocument`` for rows out of order, some of which openpyxl would leave out, ``MalformedXml`` for
    what is no XML.
    """
    marks, number, covered = Marks(), 0, 0
    for element in elements_in(source, _TAGS):
        said: Any = element.attrib
        if element.tag == _TAGS[0]:
            before, number = number, int(float(said.get("r", number + 1)))
            if number <= before:
                raise UnreadableDocument.of("exchange.not_excel", found=f"fila {number} después de la {before}")
            if _is_hidden(said, "ht"):
                marks.hidden_rows.add(number)
            cells: Any = _NOT_COMPUTED(element)
            if cells:
                marks.formulas[number] = _formulas(element, set(cells))
        elif element.tag == _TAGS[1]:
            if _is_hidden(said, "width"):
                marks.hidden_columns.append(range(int(said["min"]), int(said["max"]) + 1))
        elif (match := _RANGE.fullmatch(said.get("ref", ""))) and match[2] != "1":
            merged = Merged(match[0], _column(match[1]), int(match[2]), _column(match[3]), int(match[4]))
            covered += max(merged.right - merged.left + 1, 1)
            if covered > _MOST_COVERED:
                raise UnreadableDocument.of("exchange.not_excel", found="demasiadas celdas combinadas")
            marks.merged.setdefault(merged.top, []).append(merged)
    return marks


def _is_hidden(said: Mapping[str, str], size: str) -> bool:
    """True if a row or column is hidden, by hand, by a filter or by having no height or width."""
    return said.get("hidden") in {"1", "true"} or float(said.get(size, 1)) == 0


def _formulas(row: Any, wanted: set[Any]) -> dict[int, str]:
    """Return the formulas of some cells of a row, by column."""
    found, column = {}, 0
    for cell in row:
        name = _NAME.fullmatch(cell.get("r", ""))
        column = column + 1 if name is None else _column(name[1])
        if cell in wanted:
            found[column] = f"={cell.findtext(_FORMULA) or '…'}"[:_LONGEST]
    return found


def _column(letters: str) -> int:
    """Return the number of a column: A is 1."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
