"""The layout on letter paper: header, boxes in two columns, lines, totals; QR and key at the foot of every page."""

from __future__ import annotations

from collections.abc import Sequence

from .content import Content, LineRow
from .pdf_blocks import Sizes
from .pdf_tables import GAP, Tables, sides_of
from .qr import Symbol
from .setting import Cell, Side, column_widths
from .sheet import MM, Box, Flow, Page, Slice, Style
from .theme import Theme

WIDTH, HEIGHT = 612.0, 792.0
MARGIN = 36.0
LEFT, RIGHT = MARGIN, WIDTH - MARGIN
_COLUMN_GAP = 18.0
_PAGE_WORDS = 110.0
"""Width kept for «Página 1 de 3 / Page 1 of 3»."""
_BEST_SHARE = 0.5
"""Part of a page's height that boxes beside each other may take; taller ones are stacked and may break."""
_CAPS = {
    "number": 26.0,
    "code": 66.0,
    "quantity": 58.0,
    "unit": 52.0,
    "price": 82.0,
    "allowances": 76.0,
    "taxes": 92.0,
    "total": 92.0,
}
"""Widest columns in points; the description has the rest."""
_LEAST_DESCRIPTION = 120.0
_ABOVE_AMOUNTS = 10.0
_TO_THE_RIGHT = frozenset({"quantity", "price", "allowances", "taxes", "total"})


class Letter(Tables):
    """Lays a `Content` out on letter pages."""

    sizes = Sizes(text=7.2, small=6.4, title=10.2, number=15.5, name=11.5)
    least_qr = 24 * MM
    """DIAN asks for 2 cm at least."""
    module = 0.33 * MM
    """At 300 dpi a module has four dots."""
    largest_logo = (170.0, 52.0)

    def __init__(self, content: Content, theme: Theme, symbol: Symbol, logo: tuple[int, int] | None) -> None:
        super().__init__(content, theme, symbol, logo)
        self._foot = self._make_foot()
        self._bottom = HEIGHT - MARGIN - self._foot.height
        self._running = self._running_head()

    def pages(self) -> list[Page]:
        """Return the finished pages."""
        flow = Flow(self._new_page)
        self._first(flow)
        amounts = self._amounts()
        after = sum(_ABOVE_AMOUNTS + sum(each.height for each in block) for block in amounts)
        self._lines(flow, 0.0 if self.content.ledgers else after)
        self._ledgers(flow, after)
        for block in amounts:
            flow.space(_ABOVE_AMOUNTS)
            flow.add(*block)
        self.closing(flow, LEFT, RIGHT, 0.26)
        for place, page in enumerate(flow.pages):
            if place:
                page.slices.insert(0, (MARGIN, self._running))
            page.put(self._bottom, self._foot)
            words = self.numbered(place + 1, len(flow.pages))
            page.put(
                self._bottom + 8, *self.text(words, self.styles.label, RIGHT - _PAGE_WORDS + GAP, RIGHT, Side.RIGHT)
            )
        return flow.pages

    def _new_page(self, place: int) -> Page:
        top = MARGIN if place == 0 else MARGIN + self._running.height
        return Page(WIDTH, HEIGHT, top, self._bottom - 8)

    # --- head and foot -------------------------------------------------------------------------------------------

    def _first(self, flow: Flow) -> None:
        content = self.content
        middle = LEFT + (RIGHT - LEFT) * 0.57
        for notice in content.notices:
            flow.add(*self.notice(notice, LEFT, RIGHT))
            flow.space(8)
        both = Slice.stack(self._supplier(middle - _COLUMN_GAP), [self._panel(middle, RIGHT)])
        if both.height <= (self._bottom - MARGIN) * _BEST_SHARE:
            flow.add(both)
        else:
            flow.add(*self._what(LEFT, RIGHT))
            flow.space(8)
            flow.add(*self._supplier(RIGHT))
        flow.space(12)
        self._boxes(flow)

    def _supplier(self, right: float) -> list[Slice]:
        supplier, styles = self.content.supplier, self.styles
        lines = self.logo(LEFT, right, 7)
        lines += self.text(supplier.name, styles.name, LEFT, right)
        if supplier.trade_name:
            lines += self.text(supplier.trade_name, styles.strong, LEFT, right)
        identification = supplier.identification
        lines += self.text(f"{identification.label} {identification.value}", styles.strong, LEFT, right)
        lines.append(Slice(2))
        lines += self.fields(supplier.fields, LEFT, right, 0.31)
        for quality in supplier.qualities:
            lines += self.text(quality, styles.text, LEFT, right)
        return lines

    def _panel(self, left: float, right: float) -> Slice:
        panel = Slice.stack(self._what(left + 11, right - 10), above=9, below=8)
        panel.items += [
            Box(left, 0, right - left, panel.height, self.styles.tint),
            Box(left, 0, 3, panel.height, self.styles.color),
        ]
        return panel

    def _what(self, left: float, right: float) -> list[Slice]:
        """Lay out the document's name, number and dates."""
        content, styles = self.content, self.styles
        lines = self.label(content.title, styles.title, left, right)
        lines.append(Slice(2))
        lines += self.text(content.number, styles.number, left, right)
        dates = content.section("dates")
        if dates is not None:
            lines.append(Slice(3))
            lines += self.fields(dates.fields, left, right, 0.38)
        return lines

    def _boxes(self, flow: Flow) -> None:
        """Lay out customer and sections in two columns, or one below the other when they are long."""
        sections = [section for section in self.content.sections if section.name != "dates"]
        middle = (LEFT + RIGHT) / 2
        halves = ((LEFT, middle - _COLUMN_GAP / 2), (middle + _COLUMN_GAP / 2, RIGHT))
        columns: list[list[Slice]] = [self.party(self.content.customer, *halves[0], 0.26), []]
        for section in sections:
            heights = [sum(line.height for line in column) for column in columns]
            place = 0 if heights[0] + 10 < heights[1] else 1
            if columns[place]:
                columns[place].append(Slice(10))
            columns[place] += self.section(section, *halves[place], 0.38 if place else 0.3)
        both = Slice.stack(*columns)
        if both.height <= (self._bottom - MARGIN) * _BEST_SHARE:
            flow.add(both)
            return
        flow.add(*self.party(self.content.customer, LEFT, RIGHT, 0.2))
        for section in sections:
            flow.space(10)
            flow.add(*self.section(section, LEFT, RIGHT, 0.2))

    def _running_head(self) -> Slice:
        """Lay out the running head of pages after the first."""
        content, styles = self.content, self.styles
        middle = LEFT + (RIGHT - LEFT) * 0.55
        supplier = content.supplier
        who = f"{supplier.name} · {supplier.identification.label} {supplier.identification.value}"
        left = self.set.cell(Cell(who, styles.strong, LEFT, middle - 9, most=2))
        right = self.text(content.title.text, styles.head, middle + 9, RIGHT, Side.RIGHT)
        right += self.set.cell(Cell(content.number, styles.strong, middle + 9, RIGHT, Side.RIGHT, most=2))
        head = Slice.stack(left, right, below=5)
        head.items.append(Box(LEFT, head.height - 0.8, RIGHT - LEFT, 0.8, styles.color))
        notices = [line for notice in content.notices for line in self.notice(notice, LEFT, RIGHT)]
        return Slice.stack([head, Slice(6), *notices, *([Slice(6)] if notices else [])])

    def _make_foot(self) -> Slice:
        content, styles = self.content, self.styles
        left = LEFT + self.qr_side + self.quiet + 4
        lines = self.text(str(content.key_label), styles.head, left, RIGHT - _PAGE_WORDS)
        lines += self.text(content.key, styles.label, left, RIGHT)
        lines.append(Slice(3))
        lines += self.text(str(content.qr_label), styles.label, left, RIGHT)
        lines += self.text(content.qr_url, styles.label, left, RIGHT)
        lines.append(Slice(3))
        lines += self.software(styles.label, left, RIGHT)
        foot = Slice.stack(lines, above=8)
        foot.height = max(foot.height, self.qr_side + 8 + self.quiet)
        foot.items += [Box(LEFT, 0, RIGHT - LEFT, 0.8, styles.color), *self.qr(LEFT, 8 + self.quiet)]
        return foot

    # --- lines ---------------------------------------------------------------------------------------------------

    def _lines(self, flow: Flow, after: float) -> None:
        if not self.content.lines:
            return
        content = self.content
        names = content.used_columns
        cells = [[_texts(row, name) for name in names] for row in content.lines]
        sides = self._columns(names, cells)
        heads = [self.label(content.columns[name], self.styles.strong, *sides[name], _side(name)) for name in names]
        head = self.bar(Slice.stack(*heads, above=4, below=4), LEFT, RIGHT)
        flow.space(12)
        rows = [self._row(row, names, texts, sides) for row, texts in zip(content.lines, cells, strict=True)]
        flow.table(head, rows, after)

    def _ledgers(self, flow: Flow, after: float) -> None:
        """Lay out the ledgers beside each other, over as many pages as they need; their sums stand on one line."""
        ledgers = self.content.ledgers
        if not ledgers:
            return
        width = (RIGHT - LEFT - _COLUMN_GAP * (len(ledgers) - 1)) / len(ledgers)
        starts = [LEFT + place * (width + _COLUMN_GAP) for place in range(len(ledgers))]
        sides = [(start, start + width) for start in starts]
        heads = [self.head(each.title, *side) for each, side in zip(ledgers, sides, strict=True)]
        columns = [self.ledger(each, *side) for each, side in zip(ledgers, sides, strict=True)]
        sums = [[self.ledger_sum(each, *side)] for each, side in zip(ledgers, sides, strict=True)]
        flow.space(12)
        lines = [*self.set.row(*columns), Slice.stack(*sums)]
        # What is put as one is read column by column; the first lines stay with the heading.
        flow.table(Slice.stack(*heads), [lines[:2], lines[2:]], after)

    def _columns(self, names: Sequence[str], rows: Sequence[Sequence[Sequence[str]]]) -> dict[str, tuple[float, float]]:
        """Return the sides of each column: as wide as its content, the rest for the description."""
        natural, least = [], []
        for place, name in enumerate(names):
            low = self.longest_word(self.content.columns[name], self.styles.strong)
            if name == "description":
                natural.append(RIGHT)
                least.append(max(low, _LEAST_DESCRIPTION))
                continue
            style = self._style(name)
            texts = [text for row in rows for text in row[place]]
            head = self.set.widest(self.content.columns[name].text, self.styles.strong)
            wide = max((self.set.widest(text, style) for text in texts), default=0.0)
            longest = max((self.set.longest(text, style) for text in texts), default=0.0)
            cap = _CAPS[name]
            natural.append(max(low, min(max(wide, head) + 0.5, cap)))
            least.append(max(low, min(longest + 0.5, cap)))
        room = RIGHT - LEFT - 8 - GAP * (len(names) - 1)
        return dict(zip(names, sides_of(LEFT + 4, column_widths(natural, least, room)), strict=True))

    def _row(
        self, row: LineRow, names: Sequence[str], texts: Sequence[Sequence[str]], sides: dict[str, tuple[float, float]]
    ) -> list[Slice]:
        styles = self.styles
        columns: list[list[Slice]] = []
        for name, own in zip(names, texts, strict=True):
            column = []
            for text in own:
                column += self.set.cell(Cell(text, self._style(name), *sides[name], _side(name)))
            if name == "description" and row.further:
                column += self.text(" · ".join(row.further), self.styles.small, *sides[name])
            columns.append(column)
        lines = [Slice(3.5), *self.set.row(*columns), Slice(3.5)]
        lines[-1].items.append(Box(LEFT, 3.0, RIGHT - LEFT, 0.5, styles.rule))
        return lines

    def _style(self, column: str) -> Style:
        return self.styles.strong if column == "total" else self.styles.text

    # --- amounts and the rest ------------------------------------------------------------------------------------

    def _amounts(self) -> list[list[Slice]]:
        """Lay out the breakdown beside the totals or, when that is long, above them."""
        content = self.content
        middle = LEFT + (RIGHT - LEFT) * (0.48 if content.in_pesos else 0.56)
        halves = ((LEFT, middle - _COLUMN_GAP / 2), (middle + _COLUMN_GAP / 2, RIGHT))
        both = Slice.stack(self.tables(*halves[0]), self.sums(*halves[1]))
        if both.height <= (self._bottom - MARGIN) * _BEST_SHARE:
            return [[both]]
        return [self.tables(LEFT, RIGHT), self.sums(*halves[1])]


def _side(name: str) -> Side:
    return Side.RIGHT if name in _TO_THE_RIGHT else Side.LEFT


def _texts(row: LineRow, name: str) -> Sequence[str]:
    if name == "taxes":
        return [str(tax) for tax in row.taxes]
    return row.allowances if name == "allowances" else [getattr(row, name)]
