"""Records cut into parts, each a file that a worker can make documents of without anything else.

The rows of a document are together, so each part has whole documents, and rows of one file (or partition); the number
that a document gets follows from its position alone. The same records give the same files, whose digests the manifest
keeps.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any, Final

from ..errors import DianFeError, InvalidInput
from ..errors.base import rebuild
from ..exchange.columns import Bound, bind
from ..exchange.importing import imported_kind, spelling_of
from ..exchange.rows import TableRow
from .filing import whole
from .values import cell_of_json, cell_to_json

COMPANY: Final = "company"
"""What tells whose document a row is, in a run of several companies."""
_ORPHANS: Final = 10_000
"""Rows in a row without a reference after which a part ends anyway."""
DIGEST: Final = 16
"""Bytes of the digest of a reference or a number."""


@dataclass(slots=True)
class StagedPart:
    """A file of rows with whole documents."""

    file: str
    """Its name in the folder of input."""
    rows: int = 0
    documents: int = 0
    by_company: dict[str, int] = field(default_factory=dict)
    """Documents of each company."""
    sha256: str = ""
    references: bytes = b""
    """Digests of the references, in their order; of the numbers where rows have no reference."""
    numbers: bytes = b""
    """Digests of the numbers that the records have."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How rows become documents, as far as cutting needs to know."""

    headers: tuple[str, ...]
    key: Bound | None
    number: Bound | None
    company: str | None
    """Header of the company's column."""
    several: bool
    """Whether there are several companies."""
    spelling: Any

    def key_of(self, cells: Mapping[str, Any]) -> str | None:
        """Return the reference of a row; None when it cannot be read."""
        return self._text(self.key, cells)

    def number_of(self, cells: Mapping[str, Any]) -> str | None:
        """Return the number that a row says, if any."""
        return self._text(self.number, cells)

    def company_of(self, cells: Mapping[str, Any]) -> str:
        """Return the company that a row says, as text; "" for none and where there is only one."""
        if not self.several or self.company is None:
            return ""
        cell = cell_to_json(cells.get(self.company))
        return "" if cell is None else str(cell).strip()

    def _text(self, bound: Bound | None, cells: Mapping[str, Any]) -> str | None:
        if bound is None:
            return None
        try:
            value = bound.read(cells.get(bound.column), self.spelling)
        except DianFeError:
            return None
        return None if value is None else str(value)


def layout_of(headers: Iterable[str], settings: Mapping[str, Any]) -> Layout:
    """Return the layout of a table with these headers. Raise ``InvalidInput`` for columns that do not fit."""
    names = tuple(headers)
    columns, company = columns_of(settings["columns"])
    several = set(settings["companies"]) != {""}
    if several and company not in names:
        raise InvalidInput.of("bulk.no_company_column", field=company, found=", ".join(names)[:200])
    bound, _ = bind(names, columns, imported_kind(settings["kind"]))
    by_target = {each.target.name: each for each in bound}
    number = by_target.get("number")
    if number is None and settings["first_number"] is None:
        raise InvalidInput.of("bulk.no_numbers", field="first_number", found=", ".join(names)[:200])
    if number is not None and settings["first_number"] is not None:
        raise InvalidInput.of("bulk.numbers_twice", field="first_number", found=number.column)
    spelling = spelling_of(settings["decimal"], settings["day_first"], settings["zone"])
    return Layout(names, by_target.get("reference") or number, number, company, several, spelling)


def columns_of(columns: Mapping[str, Any] | None) -> tuple[dict[str, Any] | None, str]:
    """Return the columns that become data, and the header of the one that names the company."""
    if columns is None:
        return None, COMPANY
    rest = {header: given for header, given in columns.items() if given != COMPANY}
    return rest, next((header for header, given in columns.items() if given == COMPANY), COMPANY)


class Cutter:
    """Cuts rows into parts of whole documents and writes them, or only computes their digests."""

    def __init__(self, folder: Path | None, name: str, size: int, layout: Layout) -> None:
        self._folder, self._name, self._size, self._layout = folder, name, size, layout
        self._parts: list[StagedPart] = []
        self._written = 0
        self._lines: list[bytes] = []
        self._references: list[bytes] = []
        self._numbers: list[bytes] = []
        self._part = StagedPart("")
        self._reference: str | None = None
        self._place = (0, 0)
        self._source: str | None = None
        self._orphans = 0

    def add(self, source: str, row: TableRow) -> None:
        """Add a row; blank ones are left out."""
        if not row.cells and row.problem is None and not row.spoiled:
            return
        if source != self._source:
            self.end()
            self._source = source
        layout = self._layout
        cells: Any = {} if row.problem is not None else row.cells
        reference = layout.key_of(cells)
        orphan = layout.key is not None and reference is None
        begins = not orphan and (layout.key is None or reference != self._reference or not self._part.documents)
        if (begins and self._part.documents >= self._size and not self._orphans) or self._orphans >= _ORPHANS:
            self.end()
        if begins:
            self._begin(cells, reference)
        self._orphans = self._orphans + 1 if orphan else 0
        self._part.rows += 1
        self._lines.append(_json([row.number, *self._place, self._cells(row)]))

    def _begin(self, cells: Mapping[str, Any], reference: str | None) -> None:
        layout, part = self._layout, self._part
        company = layout.company_of(cells)
        self._place = (part.documents, part.by_company.get(company, 0))
        part.documents += 1
        part.by_company[company] = part.by_company.get(company, 0) + 1
        self._reference = reference
        if reference is not None:
            self._references.append(digest(company, reference))
        number = layout.number_of(cells)
        if number is not None and layout.number is not layout.key:
            self._numbers.append(digest(company, number))

    def _cells(self, row: TableRow) -> Any:
        if row.problem is not None:
            return {"problem": row.problem.as_dict()}
        cells = [cell_to_json(row.cells.get(header)) for header in self._layout.headers]
        if not row.spoiled:
            return cells
        return {"cells": cells, "spoiled": {name: error.as_dict() for name, error in row.spoiled.items()}}

    def end(self) -> None:
        """Write the part, if it has rows."""
        if self._lines:
            part = self._part
            part.file = f"{self._name}-{self._written:05}.jsonl"
            part.references, part.numbers = b"".join(self._references), b"".join(self._numbers)
            data = b"".join([_json({"headers": self._layout.headers, "source": self._source}), *self._lines])
            part.sha256 = sha256(data).hexdigest()
            if self._folder is not None:
                with whole(self._folder / part.file) as file:
                    file.write(data)
            self._parts.append(part)
            self._written += 1
        self._lines, self._references, self._numbers = [], [], []
        self._part, self._place, self._orphans, self._reference = StagedPart(""), (0, 0), 0, None

    def taken(self) -> list[StagedPart]:
        """Return the parts that were written since the last call."""
        parts, self._parts = self._parts, []
        return parts


@dataclass(frozen=True, slots=True)
class Placed:
    """A row of a part, and where it stands."""

    row: TableRow
    document: int
    """Position of its document in the part."""
    of_company: int
    """Position of its document among those of its company in the part."""


@dataclass(frozen=True, slots=True)
class StagedRows:
    """The rows of a part, which are read as they are asked for."""

    headers: tuple[str, ...]
    source: str
    """File that they came from, or the partition; "" for rows in memory."""
    rows: Iterator[Placed]


def staged_rows(path: Path) -> StagedRows:
    """Return the rows of a part."""
    file = path.open("rb")
    head = json.loads(file.readline())
    headers = tuple(head["headers"])

    def all_rows() -> Iterator[Placed]:
        with file:
            for line in file:
                number, document, of_company, cells = json.loads(line)
                yield Placed(_row(number, headers, cells), document, of_company)

    return StagedRows(headers, head["source"], all_rows())


def _row(number: int, headers: tuple[str, ...], cells: Any) -> TableRow:
    if isinstance(cells, list):
        return TableRow(number, {name: cell_of_json(cell) for name, cell in zip(headers, cells, strict=True)})
    if "problem" in cells:
        return TableRow(number, {}, _error(cells["problem"]))
    values = {name: cell_of_json(cell) for name, cell in zip(headers, cells["cells"], strict=True)}
    return TableRow(number, values, None, {name: _error(each) for name, each in cells["spoiled"].items()})


def _error(state: Mapping[str, Any]) -> Any:
    error: Any = rebuild(InvalidInput, {name: value for name, value in state.items() if name != "code"})
    return error


def digest(company: str, text: str) -> bytes:
    """Return a short digest by which repeated references and numbers are found."""
    return blake2b(f"{company}\0{text}".encode("utf-8", "surrogatepass"), digest_size=DIGEST).digest()


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"
