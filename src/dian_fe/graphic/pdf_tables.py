"""Tables of amounts on either paper: taxes and withholdings by rate, other amounts, totals."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from .content import AmountRow, Label, TaxRow, TotalRow
from .pdf_blocks import WHITE, Blocks
from .setting import Cell, Side, column_widths
from .sheet import Box, Slice, Style

GAP = 8.0
"""Between the columns of tables, in points."""
_PAD = 6.0
"""Between the sides of the totals' box and its texts."""
_LEAST_COLUMN = 64.0
"""Columns of amounts are shrunk to it before anything else gives way, in points."""
_NARROW = 230.0
"""Where two currencies do not fit beside each other they stand one under the other."""


class Tables(Blocks):
    """Sets the amounts of a `Content` as well."""

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
        sides = sides_of(left, widths)
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
        """Return how wide a column must be for its head, in both languages."""
        return self.set.longest(f"{label.text} {label.english or ''}", style) + 0.5

    def totals(self, rows: Sequence[TotalRow], left: float, right: float) -> list[Slice]:
        """Set the totals; the amount payable stands out."""
        content, text = self.content, self.styles.text
        payable = Style(text.size + 2.2, WHITE, bold=True)
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
        """Return the sides of the labels' column, which has what is left, and of the amounts', as wide as they are."""
        natural, least = [right - left], [(right - left) * 0.3]
        for place in range(len(table[0][1])):
            lines = ((line, style) for _, amounts, style in table for line in amounts[place].split("\n"))
            widest = max(self.set.longest(line, style) for line, style in lines) + 0.5
            natural.append(widest)
            least.append(min(widest, (right - left) * 0.6))
        return sides_of(left, column_widths(natural, least, right - left - GAP * (len(natural) - 1)))

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


def _joined(first: str | None, second: str | None) -> str | None:
    return "\n".join(part for part in (first, second) if part) or None
