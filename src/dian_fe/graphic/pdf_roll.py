"""The layout on the rolls of receipt printers: one column, as long as needed; the QR and the key at the end."""

from __future__ import annotations

from dataclasses import asdict

from .content import Content, LineRow
from .pdf_blocks import Sizes
from .pdf_tables import Tables
from .qr import QUIET, Symbol
from .rolls import ROLLS
from .setting import Cell, Side
from .sheet import MM, Box, Flow, Page, Slice
from .theme import Theme

LONGEST = 14_400.0
"""Longest page that viewers take, in points (ISO 32000-1, annex C.2); longer content continues on another page."""
_SIZES = Sizes(text=6.9, small=6.2, title=8.8, number=12.0, name=10.2)
_SHARE = 0.38
"""Part of the width that labels take."""
_AMOUNT, _MOST_AMOUNT = 0.35, 0.54
"""Parts of the width of the header of the lines' amounts, and of the longest amount."""


class Roll(Tables):
    """Lays a `Content` out on the roll."""

    module = 0.375 * MM
    """Three dots of such printers."""

    def __init__(self, content: Content, theme: Theme, symbol: Symbol, logo: tuple[int, int] | None) -> None:
        roll = ROLLS[theme.paper]
        self.sizes = Sizes(**{name: size * roll.type for name, size in asdict(_SIZES).items()})
        width, height = roll.logo
        self.largest_logo = width * MM, height * MM
        self.least_qr = roll.qr * MM
        super().__init__(content, theme, symbol, logo)
        self.width, self.margin = roll.width * MM, roll.margin * MM
        self.left, self.right = self.margin, self.width - self.margin
        # A long text has more modules than the paper has room for at that size.
        self.qr_side = min(self.qr_side, (self.right - self.left) * symbol.size / (symbol.size + 2 * QUIET))
        self.quiet = QUIET * self.qr_side / symbol.size

    def pages(self) -> list[Page]:
        """Return the finished pages: one, unless it would be longer than five metres."""
        foot = self._foot(1, 1)
        room = LONGEST - self.margin - 2 * foot.height
        flow = Flow(lambda place: Page(self.width, LONGEST, self.margin, room))
        self._supplier(flow)
        self._what(flow)
        self._lines(flow)
        for ledger in self.content.ledgers:
            flow.space(8)
            flow.add(*self.head(ledger.title, self.left, self.right))
            flow.add(*self.ledger(ledger, self.left, self.right))
            flow.add(self.ledger_sum(ledger, self.left, self.right))
        self._amounts(flow)
        self.closing(flow, self.left, self.right, _SHARE)
        for place, page in enumerate(flow.pages, 1):
            end = page.put(page.end() + 10, self._foot(place, len(flow.pages)))
            page.height = end + self.margin
        return flow.pages

    # --- who and what --------------------------------------------------------------------------------------------

    def _supplier(self, flow: Flow) -> None:
        supplier, styles = self.content.supplier, self.styles
        for notice in self.content.notices:
            flow.add(*self.notice(notice, self.left, self.right))
            flow.space(6)
        flow.add(*self.logo(self.left, self.right, 5, Side.CENTRE))
        lines = [
            (supplier.name, styles.name),
            (supplier.trade_name or "", styles.strong),
            (f"{supplier.identification.label} {supplier.identification.value}", styles.strong),
            *((f"{field.label}: {field.value}", styles.small) for field in supplier.fields),
            *((quality, styles.text) for quality in supplier.qualities),
        ]
        for text, style in lines:
            if text:
                flow.add(*self.text(text, style, self.left, self.right, Side.CENTRE))

    def _what(self, flow: Flow) -> None:
        content, styles = self.content, self.styles
        flow.space(7)
        flow.add(
            Slice(6, [Box(self.left, 0, self.right - self.left, 0.8, styles.color)]),
            *self.label(content.title, styles.title, self.left, self.right, Side.CENTRE),
            *self.text(content.number, styles.number, self.left, self.right, Side.CENTRE),
            Slice(5),
        )
        dates = content.section("dates")
        if dates is not None:
            flow.add(*self.fields(dates.fields, self.left, self.right, _SHARE))
        flow.space(7)
        flow.add(*self.party(content.customer, self.left, self.right, _SHARE))
        for section in content.sections:
            if section.name != "dates":
                flow.space(7)
                flow.add(*self.section(section, self.left, self.right, _SHARE))

    # --- lines ---------------------------------------------------------------------------------------------------

    def _lines(self, flow: Flow) -> None:
        if not self.content.lines:
            return
        columns, styles = self.content.columns, self.styles
        middle = self.right - (self.right - self.left) * _AMOUNT
        price = " · ".join(columns[name].text for name in ("quantity", "unit", "price"))
        head = Slice.stack(
            [
                *self.label(columns["description"], styles.head, self.left + 3, middle - 4),
                *self.text(price, styles.small, self.left + 3, middle - 4),
            ],
            self.label(columns["total"], styles.head, middle, self.right - 3, Side.RIGHT),
            above=3,
            below=3,
        )
        flow.space(9)
        flow.table(self.bar(head, self.left, self.right), [self._row(row) for row in self.content.lines])

    def _row(self, row: LineRow) -> list[Slice]:
        styles = self.styles
        name = " ".join(part for part in (f"{row.number}.", row.description) if part)
        lines = [Slice(3), *self.text(name, styles.text, self.left, self.right)]
        times = f"{row.quantity} {row.unit} × {row.price}".replace("  ", " ")
        most = (self.right - self.left) * _MOST_AMOUNT
        middle = self.right - min(most, self.set.widest(row.total, styles.strong) + 1)
        lines += self.set.row(
            Cell(times, styles.text, self.left + 8, middle - 4),
            Cell(row.total, styles.strong, middle, self.right, Side.RIGHT),
        )
        more = [
            *([f"{self.content.columns['code']}: {row.code}"] if row.code else []),
            *row.allowances,
            *map(str, row.taxes),
            *row.further,
        ]
        if more:
            lines += self.text(" · ".join(more), styles.small, self.left + 8, self.right)
        return [*lines, Slice(3, [Box(self.left, 2.5, self.right - self.left, 0.5, styles.rule)])]

    # --- amounts and foot ----------------------------------------------------------------------------------------

    def _amounts(self, flow: Flow) -> None:
        flow.space(8)
        flow.add(*self.tables(self.left, self.right))
        flow.add(*self.sums(self.left, self.right))

    def _foot(self, number: int, count: int) -> Slice:
        content, styles = self.content, self.styles
        lines = [
            Slice(8 + self.quiet, [Box(self.left, 0, self.right - self.left, 0.8, styles.color)]),
            Slice(self.qr_side + self.quiet, self.qr((self.width - self.qr_side) / 2, 0)),
            *self.text(str(content.key_label), styles.head, self.left, self.right, Side.CENTRE),
            *self.text(content.key, styles.text, self.left, self.right, Side.CENTRE),
            Slice(4),
            *self.text(str(content.qr_label), styles.small, self.left, self.right, Side.CENTRE),
            *self.text(content.qr_url, styles.small, self.left, self.right, Side.CENTRE),
            Slice(4),
        ]
        lines += self.software(styles.small, self.left, self.right, Side.CENTRE)
        lines += self.text(self.numbered(number, count), styles.small, self.left, self.right, Side.CENTRE)
        return Slice.stack(lines)
