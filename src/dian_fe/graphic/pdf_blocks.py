"""Blocks that both papers share: styles, heads, fields, parties, references, notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .content import Content, Field, Label, LineRow, PartyBlock, Reference, Section
from .setting import Cell, Setter, Side
from .sheet import Box, Flow, Slice, Style
from .theme import Theme, mixed

WHITE = "#ffffff"
ALERT = "#b42318"
"""Notices that must not be overlooked."""
_SHORT_SOFTWARE = 500
"""Characters about the software that fit at the foot of every page; more is told once, at the end."""


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
        self.english = Style(sizes.small, self.soft)
        self.title = Style(sizes.title, self.color, bold=True, leading=1.2)
        self.number = Style(sizes.number, self.ink, bold=True, leading=1.25)
        self.name = Style(sizes.name, self.ink, bold=True, leading=1.2)
        self.notice = Style(sizes.text, ALERT, bold=True)


class Blocks:
    """Sets the texts of a `Content` between any two sides."""

    def __init__(self, content: Content, theme: Theme, sizes: Sizes) -> None:
        self.content = content
        self.set = Setter()
        self.styles = Styles(theme, sizes)

    # --- texts ---------------------------------------------------------------------------------------------------

    def text(self, text: str, style: Style, left: float, right: float, side: Side = Side.LEFT) -> list[Slice]:
        """Set a text over as many lines as it takes."""
        return self.set.cell(Cell(text, style, left, right, side))

    def label(self, label: Label, style: Style, left: float, right: float, side: Side = Side.LEFT) -> list[Slice]:
        """Set a label in Spanish, and the English one under it."""
        lines = self.text(label.text, style, left, right, side)
        if label.english is not None:
            lines += self.text(label.english, self.styles.english, left, right, side)
        return lines

    def head(self, label: Label, left: float, right: float) -> list[Slice]:
        """Set the head of a block, with a rule under it."""
        styles = self.styles
        text = label.text if label.english is None else f"{label.text} / {label.english}"
        return [
            *self.text(text, styles.head, left, right),
            Slice(4.0, [Box(left, 1.2, right - left, 0.6, styles.color)]),
        ]

    def field(self, field: Field, left: float, right: float, share: float) -> list[Slice]:
        """Set a field: its label in the first ``share`` of the width, its value beside it."""
        middle = left + (right - left) * share
        label = Cell(str(field.label), self.styles.label, left, middle - 4)
        if not field.value:
            return self.set.row(Cell(str(field.label), self.styles.text, left, right))
        return self.set.row(label, Cell(field.value, self.styles.text, middle, right))

    def fields(self, fields: Iterable[Field], left: float, right: float, share: float) -> list[Slice]:
        """Set fields one under the other."""
        return [line for field in fields for line in self.field(field, left, right, share)]

    def section(self, section: Section, left: float, right: float, share: float) -> list[Slice]:
        """Set a section with its head."""
        return [*self.head(section.title, left, right), *self.fields(section.fields, left, right, share)]

    def party(self, party: PartyBlock, left: float, right: float, share: float) -> list[Slice]:
        """Set a party with its head."""
        lines = [*self.head(party.title, left, right), *self.text(party.name, self.styles.strong, left, right)]
        if party.trade_name:
            lines += self.text(party.trade_name, self.styles.small, left, right)
        lines += self.fields((party.identification, *party.fields), left, right, share)
        for quality in party.qualities:
            lines += self.text(quality, self.styles.text, left, right)
        return lines

    def notice(self, notice: Label, left: float, right: float) -> list[Slice]:
        """Set what must not be overlooked between two rules."""
        lines = self.text(str(notice), self.styles.notice, left + 6, right - 6, Side.CENTRE)
        height = sum(line.height for line in lines) + 5
        frame = [
            Box(left, 0, right - left, 0.8, ALERT),
            Box(left, height - 0.8, right - left, 0.8, ALERT),
        ]
        framed = Slice.stack(lines, above=2.5, below=2.5)
        framed.items += frame
        return [framed]

    # --- the end -------------------------------------------------------------------------------------------------

    def references(self, references: Sequence[Reference], left: float, right: float, share: float) -> list[list[Slice]]:
        """Set the documents that this one names, each with its key whole."""
        blocks = []
        for each in references:
            said = " · ".join(part for part in (each.number, each.date, each.description) if part)
            lines = self.field(Field(each.kind, said), left, right, share)
            if each.key:
                lines += self.text(f"{each.key_name} {each.key}", self.styles.small, left, right)
            blocks.append(lines)
        return blocks

    def closing(self, flow: Flow, left: float, right: float, share: float) -> None:
        """Set references and notes, as far as there are any."""
        content = self.content
        if content.references:
            flow.space(10)
            head = self.head(content.references_title, left, right)
            for block in self.references(content.references, left, right, share):
                flow.add(*head, *block)
                flow.space(2)
                head = []
        if content.notes:
            flow.space(10)
            head = self.head(content.notes_title, left, right)
            for note in content.notes:
                flow.add(*head, *self.text(note, self.styles.text, left, right))
                flow.space(2)
                head = []
        if len(self._software()) > _SHORT_SOFTWARE:
            flow.space(10)
            flow.add(*self.section(content.software, left, right, share))

    def software(self, style: Style, left: float, right: float, side: Side = Side.LEFT) -> list[Slice]:
        """Set what is told of the software (item 18); nothing when it is too long for the foot of every page."""
        said = self._software()
        return self.text(said, style, left, right, side) if said and len(said) <= _SHORT_SOFTWARE else []

    def _software(self) -> str:
        section = self.content.software
        said = " · ".join(f"{field.label}: {field.value}" for field in section.fields)
        return f"{section.title}: {said}" if said else ""

    def numbered(self, number: int, count: int) -> str:
        """Return «Página 1 de 3», in both languages when English was asked for."""
        page, of = self.content.page_label, self.content.of_label
        words = f"{page.text} {number} {of.text} {count}"
        return words if page.english is None else f"{words} / {page.english} {number} {of.english} {count}"


def details_of(row: LineRow) -> list[str]:
    """Return what stands under the description of a line: further codes, reasons, notes, that it is given away."""
    fields = (*row.details, *(() if row.free is None else (row.free,)))
    return [f"{field.label}: {field.value}" if field.value else str(field.label) for field in fields]
