"""Tables of amounts on either paper: taxes and withholdings by rate, other amounts, totals."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from .content import AmountRow, Field, Label, Ledger, TaxRow, TotalRow
from .pdf_blocks import WHITE, Blocks
from .setting import Cell, Side, column_widths
from .sheet import Box, Slice, Style

GAP = 8.0
"""Between the columns of tables, in points."""
_PAD = 6.0
"""Between the sides of the totals' box and its texts."""
_LEAST_COLUMN = 64.0
"""Least width of amount columns, in points: they shrink to it before other columns do."""
_NARROW = 230.0
"""Width below which two currencies are stacked, in points."""
_TINY = 160.0
"""Width below which taxes have no columns, in points."""


class Tables(Blocks):
    """Lays out the amounts of a `Content` too."""

    def priced(
        self,
        title: Label,
        heads: Sequence[Label],
        rows: Sequence[tuple[Sequence[str], TaxRow | AmountRow]],
        left: float,
        right: float,
    ) -> list[Slice]:
        """Lay out a table ending in amounts, with their pesos beside or, on narrow paper, below; empty without rows."""
        if not rows:
            return []
        texts = [[*what, row.amount] for what, row in rows]
        if any(row.in_pesos for _, row in rows):
            pesos = self.content.tax_columns["in_pesos"]
            if right - left < _NARROW:
                heads = [*heads[:-1], *(_below(head, pesos) for head in heads[-1:])]
                texts = [[*what, f"{row.amount}\n{row.in_pesos or ''}"] for what, row in rows]
            else:
                heads = [*heads, pesos] if heads else ()
                texts = [[*what, row.amount, row.in_pesos or ""] for what, row in rows]
        return [*self.head(title, left, right), *self.grid(heads, texts, left, right)]

    def grid(self, heads: Sequence[Label], rows: Sequence[Sequence[str]], left: float, right: float) -> list[Slice]:
        """Lay out a table, with column headers or without: the first column to the left, the others to the right."""
        small, style = self.styles.small, self.styles.text
        columns = list(zip(*rows, strict=True))
        natural = [max(self.set.widest(text, style) for text in column) for column in columns]
        least = [min(max(self.set.longest(text, style) for text in column), _LEAST_COLUMN) for column in columns]
        for place, head in enumerate(heads):
            least[place] = max(least[place], self.longest_word(head, small))
            natural[place] = max(natural[place], self.set.widest(head.text, small))
        room = right - left - GAP * (len(columns) - 1)
        widths = column_widths(natural, least, room)
        widths[0] += max(0.0, room - sum(widths))
        places = [(*sides, Side.RIGHT if place else Side.LEFT) for place, sides in enumerate(sides_of(left, widths))]
        lines = self.set.row(*(self.label(head, small, *place) for head, place in zip(heads, places, strict=False)))
        for row in rows:
            cells = zip(row, places, strict=True)
            lines += self.set.row(*(Cell(text, style, near, far, side) for text, (near, far, side) in cells))
        return lines

    def longest_word(self, label: Label, style: Style) -> float:
        """Return how wide a column must be for its header, in both languages."""
        return self.set.longest(f"{label.text} {label.english or ''}", style) + 0.5

    def ledger(self, ledger: Ledger, left: float, right: float) -> list[Slice]:
        """Lay out the amounts of a ledger; its heading and its sum are laid out apart."""
        rows = [(str(Field(row.kind, row.description)), row.amount) for row in ledger.rows]
        return self.grid((), rows, left, right) if rows else []

    def ledger_sum(self, ledger: Ledger, left: float, right: float) -> Slice:
        """Lay out the sum of a ledger under a rule."""
        style = self.styles.strong
        middle = max(left, right - self.set.widest(ledger.total.amount, style) - GAP)
        label = self.label(ledger.total.label, style, left, middle - GAP)
        cells = self.set.row(label, Cell(ledger.total.amount, style, middle, right, Side.RIGHT))
        made = Slice.stack(cells, above=4, below=2)
        made.items.append(Box(left, 1.2, right - left, 0.6, self.styles.color))
        return made

    def totals(self, rows: Sequence[TotalRow], left: float, right: float) -> list[Slice]:
        """Lay out the totals; the amount payable is emphasised."""
        content, text = self.content, self.styles.text
        payable = Style(text.size + (1.0 if right - left < _TINY else 2.2), WHITE, bold=True)
        table: list[tuple[str, list[str], Style]] = []
        if content.in_pesos:
            table.append(("", [content.currency, str(content.tax_columns["in_pesos"])], self.styles.small))
        for row in rows:
            amounts = [row.amount, row.in_pesos or ""] if content.in_pesos else [row.amount]
            table.append((row.label.text if row.strong else str(row.label), amounts, payable if row.strong else text))
        if right - left < _NARROW:
            table = [(label, ["\n".join(amounts)], style) for label, amounts, style in table]
        label_sides, *sides = self._total_sides(table, left + _PAD, right - _PAD)
        english = next((row.label.english for row in rows if row.strong), None)
        lines: list[Slice] = []
        for label, amounts, style in table:
            first = self.set.cell(Cell(label, style, *label_sides))
            if style is payable and english is not None:
                first += self.set.cell(Cell(english, Style(text.size, WHITE), *label_sides))
            cells = [Cell(amount, style, *side, Side.RIGHT) for amount, side in zip(amounts, sides, strict=True)]
            set_row = self.set.row(first, *cells)
            if style is payable:
                band = Slice.stack(set_row, above=3.0, below=3.0)
                band.items.append(Box(left, 0, right - left, band.height, self.styles.color))
                set_row = [Slice(3.0), band, Slice(3.0)]
            lines += set_row
        return lines

    def _total_sides(
        self, table: Sequence[tuple[str, Sequence[str], Style]], left: float, right: float
    ) -> list[tuple[float, float]]:
        """Return the sides of the labels' column, which takes the rest, and of the amounts' column."""
        natural, least = [right - left], [(right - left) * 0.3]
        for place in range(len(table[0][1])):
            lines = ((line, style) for _, amounts, style in table for line in amounts[place].split("\n"))
            widest = max(self.set.longest(line, style) for line, style in lines) + 0.5
            natural.append(widest)
            least.append(min(widest, (right - left) * 0.6))
        return sides_of(left, column_widths(natural, least, right - left - GAP * (len(natural) - 1)))

    def tables(self, left: float, right: float) -> list[Slice]:
        """Lay out taxes and withholdings by rate, other amounts and instalments, if any."""
        content, tiny = self.content, right - left < _TINY
        heads = [content.tax_columns[name] for name in ("name", "rate", "base", "amount")]
        taxes = ((content.taxes_title, content.taxes), (content.withholdings_title, content.withholdings))
        others = ((content.other_title, content.other_amounts), (content.instalments_title, content.instalments))
        tables = [
            self.priced(title, () if tiny else heads, [(self._tax(row, tiny), row) for row in rows], left, right)
            for title, rows in taxes
        ]
        for title, amounts in others:
            rows = [((str(Field(row.kind, row.description)),), row) for row in amounts]
            tables.append(self.priced(title, (), rows, left, right))
        return [line for table in tables if table for line in (*table, Slice(9))]

    def _tax(self, row: TaxRow, tiny: bool) -> tuple[str, ...]:
        """Return what stands before the amount of a tax: in columns, or with the base below."""
        if not tiny:
            return row.name, row.rate, row.base
        base = f"\n{self.content.tax_columns['base']}: {row.base}" if row.base else ""
        return (f"{row.name} {row.rate}{base}",)

    def sums(self, left: float, right: float) -> list[Slice]:
        """Lay out the totals with their heading, and the amount in words."""
        content, words = self.content, self.content.in_words
        if not content.totals:
            return []
        sums = [*self.head(content.totals_title, left, right), *self.totals(content.totals, left, right)]
        if words is not None:
            sums += [
                Slice(4),
                *self.text(str(words.label), self.styles.small, left + _PAD, right - _PAD),
                *self.text(words.value, self.styles.strong, left + _PAD, right - _PAD),
            ]
        return sums


def sides_of(left: float, widths: Sequence[float]) -> list[tuple[float, float]]:
    """Return the sides of columns that stand beside each other."""
    starts = accumulate(widths, lambda start, width: start + width + GAP, initial=left)
    return [(start, start + width) for start, width in zip(starts, widths, strict=False)]


def _below(head: Label, pesos: Label) -> Label:
    english = "\n".join(part for part in (head.english, pesos.english) if part)
    return Label(f"{head.text}\n{pesos.text}", english or None)
