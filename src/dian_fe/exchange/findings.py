"""What is wrong with a row: where, what was found, what was expected, and the next step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from .._shown import clipped, shown
from .._viewed import Viewed
from ..errors import DianFeError, InvalidInput


@dataclass(frozen=True, slots=True)
class RowFinding(Viewed):
    """One thing that keeps a row, or the document of several rows, from being taken.

    ``row`` is counted as a spreadsheet does: the header is row 1. ``code`` is that of an error of ``dian_fe.errors``.
    ``message`` and ``remedy`` are Spanish.
    """

    row: int
    """Number of the row; 1 is the header."""
    column: str | None
    """The file's own name of the column; None when the finding is about the whole row or document."""
    code: str
    """Code of the error."""
    message: str
    """What is wrong."""
    found: str | None = None
    """What the cell holds."""
    expected: str | None = None
    """What would be taken."""
    remedy: str | None = None
    """The next step."""
    reference: str | None = None
    """Reference of the document to which the row belongs, if it is known."""

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form used by the command line."""
        return asdict(self)

    def __str__(self) -> str:
        """Return the finding on one line; invisible characters are escaped."""
        place = f"Fila {self.row}" + (f", columna «{self.column}»" if self.column else "")
        text = f"{place}: {self.message}"
        if self.found is not None:
            text += f" Se encontró: {clipped(self.found)}."
        if self.expected is not None:
            text += f" Se esperaba: {clipped(self.expected)}."
        if self.remedy:
            text += f" Qué hacer: {self.remedy}"
        return shown(text)


def problems_of(error: DianFeError) -> Iterator[InvalidInput | DianFeError]:
    """Yield each problem that an error of a model lists, or the error itself."""
    yield from error.errors if isinstance(error, InvalidInput) else (error,)


def finding(
    error: DianFeError, row: int, column: str | None, *, reference: str | None = None, found: str | None = None
) -> RowFinding:
    """Return the finding of an error; ``found`` replaces what the error found by what the cell holds."""
    return RowFinding(
        row,
        column,
        error.code,
        error.message,
        error.found if found is None else found,
        error.expected,
        error.remedy,
        reference,
    )
