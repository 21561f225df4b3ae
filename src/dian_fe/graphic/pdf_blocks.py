"""Blocks that both papers share: styles, headings, fields, parties, references, notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .content import Content, Field, Label, PartyBlock, Reference, Section
from .qr import QUIET, Symbol
from .setting import Cell, Setter, Side
from .sheet import Box, Flow, Item, Link, Picture, Qr, Slice, Style
from .theme import Theme, mixed

WHITE = "#ffffff"
ALERT = "#b42318"
"""Colour of prominent notices."""
_SHORT_SOFTWARE = 500
"""Characters about the software that fit at the foot of every page; more is printed once, at the end."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes of type in points."""

    text: float
    small: float
    title: float
    number: float
    name: float


class Styles:
    """The styles of a theme."""

    def __init__(self, theme: Theme, sizes: Sizes) -> None:
        self.color, self.ink = theme.color, theme.text
        self.soft = theme.soft
        self.rule = mixed(theme.text, 0.78)
        self.tint = mixed(theme.color, 0.93)
        self.text = Style(sizes.text, self.ink)
        self.strong = Style(sizes.text, self.ink, bold=True)
        self.label = Style(sizes.small, self.soft, leading=1.3 * sizes.text / sizes.small)
        """As high as the text beside it."""
        self.small = Style(sizes.small, self.soft)
        self.head = Style(sizes.text, self.color, bold=True)
        self.title = Style(sizes.title, self.color, bold=True, leading=1.2)
        self.number = Style(sizes.number, self.ink, bold=True, leading=1.25)
        self.name = Style(sizes.name, self.ink, bold=True, leading=1.2)
        self.notice = Style(sizes.text, ALERT, bold=True)


class Blocks:
    """Lays out the texts of a `Content` between any two sides; one subclass per paper."""

    sizes: Sizes
    least_qr: float
    """Smallest side of the QR, in points."""
    module: float
    """Smallest side of a module of the QR, in points."""
    largest_logo: tuple[float, float]
    """Width and height, in points."""

    def __init__(self, content: Content, theme: Theme, symbol: Symbol, logo: tuple[int, int] | None) -> None:
        self.content = content
        self.set = Setter()
        self.styles = Styles(theme, self.sizes)
        self.qr_side = max(self.least_qr, symbol.size * self.module)
        self.quiet = QUIET * self.qr_side / symbol.size
        self._logo = logo

    # --- pictures and boxes --------------------------------------------------------------------------------------

    def logo(self, left: float, right: float, below: float, side: Side = Side.LEFT) -> list[Slice]:
        """Lay out the logo, if any, as large as allowed."""
        if self._logo is None:
            return []
        scale = min(most / own for most, own in zip(self.largest_logo, self._logo, strict=True))
        width, height = self._logo[0] * scale, self._logo[1] * scale
        x = left + (right - left - width) * side.value
        return [Slice(height + below, [Picture(x, 0, width, height)])]

    def qr(self, x: float, y: float) -> list[Item]:
        """Return the QR, which is also a link to the document's address."""
        return [Qr(x, y, self.qr_side), Link(x, y, self.qr_side, self.qr_side, self.content.qr_url)]

    def bar(self, head: Slice, left: float, right: float) -> Slice:
        """Return the header of the lines' table on its tinted background, with a rule under it."""
        head.items += [
            Box(left, 0, right - left, head.height, self.styles.tint),
            Box(left, head.height - 0.8, right - left, 0.8, self.styles.color),
        ]
        return head

    # --- texts ---------------------------------------------------------------------------------------------------

    def text(self, text: str, style: Style, left: float, right: float, side: Side = Side.LEFT) -> list[Slice]:
        """Lay out a text over as many lines as it needs."""
        return self.set.cell(Cell(text, style, left, right, side))

    def label(self, label: Label, style: Style, left: float, right: float, side: Side = Side.LEFT) -> list[Slice]:
        """Lay out a label in Spanish, and the English one under it."""
        lines = self.text(label.text, style, left, right, side)
        if label.english is not None:
            lines += self.text(label.english, self.styles.small, left, right, side)
        return lines

    def head(self, label: Label, left: float, right: float) -> list[Slice]:
        """Lay out the heading of a block, with a rule under it."""
        rule = Slice(4.0, [Box(left, 1.2, right - left, 0.6, self.styles.color)])
        return [*self.text(str(label), self.styles.head, left, right), rule]

    def field(self, field: Field, left: float, right: float, share: float) -> list[Slice]:
        """Lay out a field: its label in the first ``share`` of the width, its value beside it."""
        middle = left + (right - left) * share
        label = Cell(str(field.label), self.styles.label, left, middle - 4)
        if not field.value:
            return self.set.row(Cell(str(field.label), self.styles.text, left, right))
        return self.set.row(label, Cell(field.value, self.styles.text, middle, right))

    def fields(self, fields: Iterable[Field], left: float, right: float, share: float) -> list[Slice]:
        """Lay out fields one below the other."""
        return [line for field in fields for line in self.field(field, left, right, share)]

    def section(self, section: Section, left: float, right: float, share: float) -> list[Slice]:
        """Lay out a section with its heading."""
        return [*self.head(section.title, left, right), *self.fields(section.fields, left, right, share)]

    def party(self, party: PartyBlock, left: float, right: float, share: float) -> list[Slice]:
        """Lay out a party with its heading."""
        lines = [*self.head(party.title, left, right), *self.text(party.name, self.styles.strong, left, right)]
        if party.trade_name:
            lines += self.text(party.trade_name, self.styles.small, left, right)
        lines += self.fields((party.identification, *party.fields), left, right, share)
        for quality in party.qualities:
            lines += self.text(quality, self.styles.text, left, right)
        return lines

    def notice(self, notice: Label, left: float, right: float) -> list[Slice]:
        """Lay out a prominent notice between two rules."""
        lines = self.text(str(notice), self.styles.notice, left + 6, right - 6, Side.CENTRE)
        framed = Slice.stack(lines, above=2.5, below=2.5)
        framed.items += [Box(left, y, right - left, 0.8, ALERT) for y in (0, framed.height - 0.8)]
        return [framed]

    # --- the end -------------------------------------------------------------------------------------------------

    def reference(self, reference: Reference, left: float, right: float, share: float) -> list[Slice]:
        """Lay out a document that this one names, with its whole key."""
        lines = self.field(Field(reference.kind, " · ".join(reference.parts)), left, right, share)
        if reference.key:
            lines += self.text(f"{reference.key_name} {reference.key}", self.styles.small, left, right)
        return lines

    def closing(self, flow: Flow, left: float, right: float, share: float) -> None:
        """Lay out references and notes, if any."""
        content = self.content
        parts: tuple[tuple[Label, Sequence[Any], Callable[[Any], list[Slice]]], ...] = (
            (content.references_title, content.references, lambda each: self.reference(each, left, right, share)),
            (content.notes_title, content.notes, lambda note: self.text(note, self.styles.text, left, right)),
        )
        for title, items, block in parts:
            head = self.head(title, left, right)
            for place, item in enumerate(items):
                flow.space(2 if place else 10)
                flow.add(*head, *block(item))
                head = []
            flow.space(2 if items else 0)
        if len(content.software.line) > _SHORT_SOFTWARE:
            flow.space(10)
            flow.add(*self.section(content.software, left, right, share))

    def software(self, style: Style, left: float, right: float, side: Side = Side.LEFT) -> list[Slice]:
        """Lay out the data of the software (item 18); an empty list when they are too long for the page footer."""
        line = self.content.software.line
        return self.text(line, style, left, right, side) if line and len(line) <= _SHORT_SOFTWARE else []

    def numbered(self, number: int, count: int) -> str:
        """Return «Página 1 de 3», in both languages when English is requested."""
        page, of = self.content.page_label, self.content.of_label
        words = f"{page.text} {number} {of.text} {count}"
        return words if page.english is None else f"{words} / {page.english} {number} {of.english} {count}"
