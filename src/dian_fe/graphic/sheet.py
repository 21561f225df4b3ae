"""The elements of a page before it is a PDF: texts, boxes, pictures; and the flow that fills the pages.

Everything laid out is cut into slices: unbreakable strips as wide as the page. A slice knows its height and its
content, with x from the left edge of the page and y from its own top, in points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

MM = 72 / 25.4
_CAP_HALF = 0.36
"""Half the height of capitals, by which texts are centred in their line."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set: size in points, weight, colour, and the height of its line in sizes."""

    size: float
    color: str
    bold: bool = False
    leading: float = 1.3

    @property
    def line(self) -> float:
        """Height of a line in points."""
        return self.size * self.leading


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text. ``left`` and ``right`` are the sides of its cell, within which it stays."""

    x: float
    y: float
    """Distance of the base line from the slice's top, in points."""
    text: str
    style: Style
    left: float
    right: float
    cell: int = 0
    """Number of the cell: its lines are consecutive when the text is extracted."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle, from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


class Picture(Area):
    """The logo."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Box(Area):
    """A rectangle of one colour; a rule is a thin one."""

    fill: str


@dataclass(frozen=True, slots=True)
class Link(Area):
    """A rectangle that opens an address."""

    url: str


@dataclass(frozen=True, slots=True)
class Qr:
    """The QR with its quiet zone: ``side`` is that of its dark part."""

    x: float
    y: float
    side: float


Item = Text | Box | Picture | Qr | Link


@dataclass(slots=True)
class Slice:
    """A strip of the page. ``parts`` are slices inside it, with the distance of their tops from its own."""

    height: float
    items: list[Item] = field(default_factory=list)
    parts: list[tuple[float, Slice]] = field(default_factory=list)

    @classmethod
    def stack(cls, *columns: Sequence[Slice], above: float = 0.0, below: float = 0.0) -> Self:
        """Join columns of slices, set beside each other, into one slice."""
        joined = cls(0.0)
        for column in columns:
            top = above
            for each in column:
                joined.parts.append((top, each))
                top += each.height
            joined.height = max(joined.height, top + below)
        return joined

    def walk(self, top: float = 0.0) -> Iterator[tuple[float, Item]]:
        """Yield every item with the top of its slice."""
        for item in self.items:
            yield top, item
        for distance, part in self.parts:
            yield from part.walk(top + distance)


@dataclass(slots=True)
class Page:
    """A page: slices and the distance of their tops from the upper edge."""

    width: float
    height: float
    top: float
    """Where the flow begins."""
    bottom: float
    """Where it ends."""
    slices: list[tuple[float, Slice]] = field(default_factory=list)

    def put(self, top: float, *slices: Slice) -> float:
        """Put slices one under the other; return where they end."""
        for each in slices:
            self.slices.append((top, each))
            top += each.height
        return top

    def end(self) -> float:
        """Return the distance from the upper edge to the end of the lowest slice, in points."""
        return max((top + each.height for top, each in self.slices), default=self.top)

    def walk(self) -> Iterator[tuple[float, Item]]:
        """Yield every item with the top of its slice, in reading order."""
        for top, each in self.slices:
            # Boxes are under texts, and texts follow cell by cell.
            yield from sorted(each.walk(top), key=lambda placed: getattr(placed[1], "cell", -1))


class Flow:
    """Fills pages from top to bottom. Slices kept together move to the next page when they do not fit on this one."""

    def __init__(self, new_page: Callable[[int], Page]) -> None:
        self._new_page = new_page
        self.pages: list[Page] = []
        self._head: Slice | None = None
        self._turn()

    def _turn(self) -> None:
        page = self._new_page(len(self.pages))
        self.pages.append(page)
        self._y = page.top
        if self._head is not None:
            self._y = page.put(self._y, self._head)
        self._fresh = True

    def add(self, *slices: Slice) -> None:
        """Put slices under the last ones: on one page or, if they take half of one or more, wherever they break."""
        height = sum(each.height for each in slices)
        self._join(height)
        here: list[Slice] = []
        for each in slices:
            if self._y + each.height > self.pages[-1].bottom + _HAIR and not self._fresh:
                self._put(here)
                here = []
                self._turn()
            here.append(each)
            self._y += each.height
            self._fresh = False
        self._put(here)

    def _put(self, slices: Sequence[Slice]) -> None:
        """Put slices at the current position, as one."""
        if slices:
            whole = Slice.stack(slices)
            self.pages[-1].put(self._y - whole.height, whole)

    def _room(self) -> float:
        """Return the height available on the next page."""
        page = self._new_page(len(self.pages))
        return page.bottom - page.top - (self._head.height if self._head is not None else 0.0)

    def space(self, height: float) -> None:
        """Leave a gap, unless the page has just begun."""
        if not self._fresh:
            self._y += height

    def table(self, head: Slice, rows: Sequence[Sequence[Slice]], after: float = 0.0) -> None:
        """Put rows under a header that is repeated on every page, and never alone at the foot of one.

        ``after`` is the height of what follows. The last row stands on its page, where half a page holds both.
        """
        first = rows[0][:2] if rows else ()
        if self._y + head.height + sum(each.height for each in first) > self.pages[-1].bottom and not self._fresh:
            self._turn()
        self._y = self.pages[-1].put(self._y, head)
        self._head = head
        for place, row in enumerate(rows, 1):
            if place == len(rows) > 1:
                self._join(sum(each.height for each in row) + after)
            self.add(*row)
        self._head = None

    def _join(self, height: float) -> None:
        """Turn the page if what must stay together ends below this one and takes no more than half of the next."""
        if self._y + height > self.pages[-1].bottom + _HAIR and height <= self._room() * _TOGETHER and not self._fresh:
            self._turn()


_HAIR = 0.01
_TOGETHER = 0.5
"""Largest part of a page that slices kept together may take."""


def cap_line(style: Style) -> float:
    """Return where the base line of a text lies in its line."""
    return style.line / 2 + _CAP_HALF * style.size
