"""Blocks that both papers share: styles, fields, heads, tables of amounts, references, the QR with the key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .content import AmountRow, Content, Field, Label, LineRow, PartyBlock, Reference, Section, TaxRow, TotalRow
from .pdf_paint import mixed
from .setting import Cell, Setter, Side, column_widths
from .sheet import Box, Flow, Slice, Style
from .theme import Theme

WHITE = "#ffffff"
ALERT = "#b42318"
"""Notices that must not be overlooked."""
_LEAST_COLUMN = 64.0
"""Columns of amounts are shrunk to it before anything else gives way, in points."""
_SHORT_SOFTWARE = 500
"""Characters about the software that fit at the foot of every page; more is told once, at the end."""
_NARROW = 230.0
"""Where two currencies do not fit beside each other they stand one under the other."""
GAP = 8.0
"""Between the columns of tables, in points."""


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
        self.soft = mixed(theme.text, WHITE, 0.72)
        self.rule = mixed(theme.text, WHITE, 0.22)
        self.tint = mixed(theme.color, WHITE, 0.07)
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
    """Sets the parts of a `Content` between any two sides."""

    def __init__(self, content: Content, theme: Theme, sizes: Sizes) -> None:
        self.content, self.theme = content, theme
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

    # --- tables of amounts ---------------------------------------------------------------------------------------

    def taxes(self, title: Label, rows: Sequence[TaxRow], left: float, right: float) -> list[Slice]:
        """Set a table of taxes or withholdings by rate; nothing for none."""
        if not rows:
            return []
        names = ["name", "rate", "base", "amount"]
        heads = [self.content.tax_columns[name] for name in names]
        texts = [[getattr(row, name) for name in names] for row in rows]
        if any(row.in_pesos for row in rows):
            pesos = self.content.tax_columns["in_pesos"]
            if right - left < _NARROW:
                heads[-1] = Label(f"{heads[-1].text}\n{pesos.text}", _joined(heads[-1].english, pesos.english))
                texts = [
                    [*text[:-1], f"{text[-1]}\n{row.in_pesos or ''}"] for text, row in zip(texts, rows, strict=True)
                ]
            else:
                heads.append(pesos)
                texts = [[*text, row.in_pesos or ""] for text, row in zip(texts, rows, strict=True)]
        return [*self.head(title, left, right), *self.grid(heads, texts, left, right, flush=1)]

    def amounts(self, title: Label, rows: Sequence[AmountRow], left: float, right: float) -> list[Slice]:
        """Set a table of other amounts; nothing for none."""
        if not rows:
            return []
        pesos = any(row.in_pesos for row in rows)
        texts = []
        for row in rows:
            what = f"{row.kind}: {row.description}" if row.description else str(row.kind)
            texts.append([what, row.amount, *([row.in_pesos or ""] if pesos else [])])
        return [*self.head(title, left, right), *self.grid(None, texts, left, right, flush=1)]

    def grid(
        self, heads: Sequence[Label] | None, rows: Sequence[Sequence[str]], left: float, right: float, flush: int
    ) -> list[Slice]:
        """Set a table: the first ``flush`` columns to the left, the others to the right."""
        style = self.styles.text
        count = len(rows[0])
        natural = [max(self.set.widest(row[place], style) for row in rows) for place in range(count)]
        longest = [max(self.set.longest(row[place], style) for row in rows) for place in range(count)]
        least = [min(wide, _LEAST_COLUMN) for wide in longest]
        if heads is not None:
            least = [
                max(low, self.longest_word(head, self.styles.small)) for low, head in zip(least, heads, strict=True)
            ]
            natural = [
                max(n, self.set.widest(head.text, self.styles.small)) for n, head in zip(natural, heads, strict=True)
            ]
        room = right - left - GAP * (count - 1)
        widths = column_widths(natural, least, room)
        widths[0] += max(0.0, room - sum(widths))
        sides = self._sides(left, widths)
        lines: list[Slice] = []
        if heads is not None:
            cells = [
                self.label(head, self.styles.small, *sides[place], Side.LEFT if place < flush else Side.RIGHT)
                for place, head in enumerate(heads)
            ]
            lines += self.set.row(*cells)
        for row in rows:
            lines += self.set.row(
                *(
                    Cell(text, style, *sides[place], Side.LEFT if place < flush else Side.RIGHT)
                    for place, text in enumerate(row)
                )
            )
        return lines

    def longest_word(self, label: Label, style: Style) -> float:
        """Give how wide a column must be for its head, in both languages."""
        return self.set.longest(f"{label.text} {label.english or ''}", style) + 0.5

    @staticmethod
    def _sides(left: float, widths: Sequence[float]) -> list[tuple[float, float]]:
        sides = []
        for width in widths:
            sides.append((left, left + width))
            left += width + GAP
        return sides

    def totals(self, rows: Sequence[TotalRow], left: float, right: float) -> list[Slice]:
        """Set the totals; the amount payable stands out."""
        content, pad = self.content, 6.0
        table = [["", content.currency, str(content.tax_columns["in_pesos"])]] if content.in_pesos else []
        table += [[str(row.label), row.amount, *([row.in_pesos or ""] if content.in_pesos else [])] for row in rows]
        if content.in_pesos and right - left < _NARROW:
            table = [[label, "\n".join(amounts)] for label, *amounts in table]
        payable = Style(self.styles.text.size + 2.2, WHITE, bold=True)
        styles = [self.styles.small] * (len(table) - len(rows)) + [
            payable if r.strong else self.styles.text for r in rows
        ]
        sides = self._amount_sides(table, styles, left + pad, right - pad)
        lines: list[Slice] = []
        for texts, style in zip(table, styles, strict=True):
            cells = [
                Cell(text, style, *sides[place], Side.RIGHT if place else Side.LEFT) for place, text in enumerate(texts)
            ]
            if style is not payable:
                lines += self.set.row(*cells)
                continue
            band = Slice.stack(self.set.row(*cells), above=3.0, below=3.0)
            band.items.append(Box(left, 0, right - left, band.height, self.styles.color))
            lines += [Slice(3.0), band, Slice(3.0)]
        return lines

    def _amount_sides(
        self, table: Sequence[Sequence[str]], styles: Sequence[Style], left: float, right: float
    ) -> list[tuple[float, float]]:
        """Give the sides of a label's column and of those of amounts, each as wide as its widest."""
        measure = self.set.longest
        natural, least = [right - left], [(right - left) * 0.3]
        for place in range(1, len(table[0])):
            widest = max(
                measure(line, style)
                for row, style in zip(table, styles, strict=True)
                for line in row[place].split("\n")
            )
            natural.append(widest + 0.5)
            least.append(min(widest + 0.5, (right - left) * 0.6))
        return self._sides(left, column_widths(natural, least, right - left - GAP * (len(natural) - 1)))

    def tables(self, left: float, right: float) -> list[Slice]:
        """Set taxes and withholdings by rate, other amounts and instalments, as far as there are any."""
        content = self.content
        tables = (
            self.taxes(content.taxes_title, content.taxes, left, right),
            self.taxes(content.withholdings_title, content.withholdings, left, right),
            self.amounts(content.other_title, content.other_amounts, left, right),
            self.amounts(content.instalments_title, content.instalments, left, right),
        )
        return [line for table in tables if table for line in (*table, Slice(9))]

    def sums(self, left: float, right: float) -> list[Slice]:
        """Set the totals with their head, and the amount in words."""
        content, pad = self.content, 6.0
        return [
            *self.head(content.totals_title, left, right),
            *self.totals(content.totals, left, right),
            Slice(3),
            *self.text(str(content.in_words.label), self.styles.small, left + pad, right - pad),
            *self.text(content.in_words.value, self.styles.strong, left + pad, right - pad),
        ]

    # --- the rest ------------------------------------------------------------------------------------------------

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
                flow.space(3)
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
        """Give «Página 1 de 3», in both languages when English was asked for."""
        page, of = self.content.page_label, self.content.of_label
        words = f"{page.text} {number} {of.text} {count}"
        return words if page.english is None else f"{words} / {page.english} {number} {of.english} {count}"


def _joined(first: str | None, second: str | None) -> str | None:
    return "\n".join(part for part in (first, second) if part) or None


def details_of(row: LineRow) -> list[str]:
    """Give what stands under the description of a line: further codes, reasons, notes, that it is given away."""
    fields = (*row.details, *(() if row.free is None else (row.free,)))
    return [f"{field.label}: {field.value}" if field.value else str(field.label) for field in fields]
