"""Text layout: line breaking, cells beside each other, and tables with columns as wide as their content."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from .._shown import legible
from .sheet import Slice, Style, Text, cap_line
from .typefaces import Face, faces

_BREAK_AFTER = frozenset("-/_.,;:@&?=+|\\)")
"""Characters after which a word too long for its cell is split first."""
NBSP = "\u00a0"
_AMOUNT = re.compile(r"(?<=\$) (?=\d)|(?<=\b[A-Z]{3}) (?=\d)|(?<=\d) (?=%)")
_SLACK = 0.05
"""Tolerance for sums of widths, in points."""


class Side(Enum):
    """Horizontal alignment of a text in its cell."""

    LEFT = 0.0
    CENTRE = 0.5
    RIGHT = 1.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A text between two sides."""

    text: str
    style: Style
    left: float
    right: float
    side: Side = Side.LEFT
    most: int | None = None
    """Lines after which the text is cut, where it is shown in full elsewhere."""


class Setter:
    """Sets texts in the two faces."""

    def __init__(self) -> None:
        self._faces: tuple[Face, Face] = faces()
        self._cells = 0

    def face(self, style: Style) -> Face:
        """Return the face of a style."""
        return self._faces[style.bold]

    def widest(self, text: str, style: Style) -> float:
        """Return the width in points at which a text needs no line breaks of its own."""
        face = self.face(style)
        return max((face.width(line, style.size) for line in normal(text).splitlines()), default=0.0)

    def wrap(self, text: str, style: Style, width: float) -> list[str]:
        """Split a text into lines no wider than ``width``, at spaces or, if a word is too long, inside it.

        Line breaks of the text are kept; other runs of whitespace become one space. An amount is not separated from its
        currency.
        """
        face, size = self.face(style), style.size
        room = width + _SLACK
        lines: list[str] = []
        for paragraph in normal(text).splitlines() or [""]:
            joined = " ".join(paragraph.split())
            if face.width(joined, size) <= room:
                lines.append(joined)
            else:
                lines += _filled(words_of(joined), face, size, room)
        return lines

    def longest(self, text: str, style: Style) -> float:
        """Return the width of the longest unbreakable part of a text."""
        face = self.face(style)
        words = (word for line in normal(text).splitlines() for word in words_of(line))
        return max((face.width(word, style.size) for word in words), default=0.0)

    def cell(self, cell: Cell) -> list[Slice]:
        """Lay out a cell: one slice for each line."""
        self._cells += 1
        lines = self.wrap(cell.text, cell.style, cell.right - cell.left)
        if cell.most is not None and len(lines) > cell.most:
            lines = [*lines[: cell.most - 1], f"{lines[cell.most - 1][:-2]}…"]
        return [self._line(line, cell) for line in lines]

    def _line(self, text: str, cell: Cell) -> Slice:
        """Lay out one line that fits, aligned as its cell."""
        style = cell.style
        free = cell.right - cell.left - self.face(style).width(text, style.size)
        x = cell.left + max(0.0, free) * cell.side.value
        if not text:
            return Slice(style.line)
        return Slice(style.line, [Text(x, cap_line(style), text, style, cell.left, cell.right, self._cells)])

    def row(self, *cells: Cell | Sequence[Slice]) -> list[Slice]:
        """Lay out cells side by side; their lines are joined, so that the row can break between them."""
        columns = [self.cell(cell) if isinstance(cell, Cell) else cell for cell in cells]
        rows = []
        for place in range(max(map(len, columns), default=0)):
            rows.append(Slice.stack(*(column[place : place + 1] for column in columns)))
        return rows


def normal(text: str) -> str:
    """Compose letters with their accents, and make controls and direction marks visible."""
    return legible(text if text.isascii() else unicodedata.normalize("NFC", text))


def words_of(text: str) -> list[str]:
    """Return the unbreakable words of a text: ``$ 1.000,00`` and ``19 %`` are one each."""
    return _AMOUNT.sub(NBSP, text).split(" ")


def _filled(words: Sequence[str], face: Face, size: float, room: float) -> list[str]:
    """Return lines filled with words."""
    lines: list[str] = []
    blank = face.width(" ", size)
    line, used = "", 0.0
    for word in words:
        width = face.width(word, size)
        if line and used + blank + width <= room:
            line, used = f"{line} {word}", used + blank + width
            continue
        if line:
            lines.append(line)
        if width > room:
            *whole, word = _parted(word, face, size, room)
            lines += whole
            width = face.width(word, size)
        line, used = word, width
    lines.append(line)
    return lines


def _parted(word: str, face: Face, size: float, room: float) -> list[str]:
    """Split a text without spaces: after a sign in the second half of the line, or where the line is full."""
    parts: list[str] = []
    start, used = 0, 0.0
    widths = face.widths(word)
    place = 0
    while place < len(word):
        used += widths[place] * size
        if used > room and place > start:
            end = next((p for p in range(place, (start + place + 1) // 2, -1) if word[p - 1] in _BREAK_AFTER), place)
            parts.append(word[start:end])
            start, used, place = end, 0.0, end
        else:
            place += 1
    parts.append(word[start:])
    return parts


def column_widths(natural: Sequence[float], least: Sequence[float], room: float) -> list[float]:
    """Return widths of columns that need ``natural`` and are shrunk down to ``least``, the widest first, to fit a room.

    A remaining excess is taken from all in proportion.
    """
    widths = [max(n, low) for n, low in zip(natural, least, strict=True)]
    while (excess := sum(widths) - room) > _SLACK:
        shrinkable = [place for place, width in enumerate(widths) if width > least[place] + _SLACK]
        if not shrinkable:
            scale = room / sum(widths)
            return [width * scale for width in widths]
        widest = max(widths[place] for place in shrinkable)
        group = [place for place in shrinkable if widths[place] > widest - _SLACK]
        below = [widths[place] for place in shrinkable if widths[place] <= widest - _SLACK]
        floor = max([least[place] for place in group] + below)
        step = min(excess / len(group), max(widest - floor, _SLACK))
        for place in group:
            widths[place] = max(least[place], widths[place] - step)
    return widths
