"""The layout on the 80 mm roll of receipt printers: one column, as long as needed; the QR and the key at the end."""

from __future__ import annotations

from .content import LineRow
from .pdf_blocks import Sizes
from .pdf_tables import Tables
from .setting import Cell, Side
from .sheet import MM, Box, Flow, Page, Slice

WIDTH = 80 * MM
MARGIN = 4 * MM
"""Printers of 80 mm print 72 mm."""
LEFT, RIGHT = MARGIN, WIDTH - MARGIN
LONGEST = 14_400.0
"""Longest page that viewers take, in points (ISO 32000-1, annex C.2); longer content continues on another page."""
_SHARE = 0.38
"""Part of the width that labels take."""


class Roll(Tables):
    """Lays a `Content` out on the roll."""

    sizes = Sizes(text=6.9, small=6.2, title=8.8, number=12.0, name=10.2)
    least_qr = 40 * MM
    """Twice what DIAN asks for: such printers have 203 dpi and worn heads."""
    module = 0.375 * MM
    largest_logo = (46 * MM, 20 * MM)

    def pages(self) -> list[Page]:
        """Return the finished pages: one, unless it would be longer than five metres."""
        foot = self._foot(1, 1)
        room = LONGEST - MARGIN - 2 * foot.height
        flow = Flow(lambda place: Page(WIDTH, LONGEST, MARGIN, room))
        self._supplier(flow)
        self._what(flow)
        self._lines(flow)
        self._amounts(flow)
        self.closing(flow, LEFT, RIGHT, _SHARE)
        for place, page in enumerate(flow.pages, 1):
            end = page.put(page.end() + 10, self._foot(place, len(flow.pages)))
            page.height = end + MARGIN
        return flow.pages

    # --- who and what --------------------------------------------------------------------------------------------

    def _supplier(self, flow: Flow) -> None:
        supplier, styles = self.content.supplier, self.styles
        for notice in self.content.notices:
            flow.add(*self.notice(notice, LEFT, RIGHT))
            flow.space(6)
        flow.add(*self.logo(LEFT, RIGHT, 5, Side.CENTRE))
        lines = [
            (supplier.name, styles.name),
            (supplier.trade_name or "", styles.strong),
            (f"{supplier.identification.label} {supplier.identification.value}", styles.strong),
            *((f"{field.label}: {field.value}", styles.small) for field in supplier.fields),
            *((quality, styles.text) for quality in supplier.qualities),
        ]
        for text, style in lines:
            if text:
                flow.add(*self.text(text, style, LEFT, RIGHT, Side.CENTRE))

    def _what(self, flow: Flow) -> None:
        content, styles = self.content, self.styles
        flow.space(7)
        flow.add(
            Slice(6, [Box(LEFT, 0, RIGHT - LEFT, 0.8, styles.color)]),
            *self.label(content.title, styles.title, LEFT, RIGHT, Side.CENTRE),
            *self.text(content.number, styles.number, LEFT, RIGHT, Side.CENTRE),
            Slice(5),
        )
        dates = content.section("dates")
        if dates is not None:
            flow.add(*self.fields(dates.fields, LEFT, RIGHT, _SHARE))
        flow.space(7)
        flow.add(*self.party(content.customer, LEFT, RIGHT, _SHARE))
        for section in content.sections:
            if section.name != "dates":
                flow.space(7)
                flow.add(*self.section(section, LEFT, RIGHT, _SHARE))

    # --- lines ---------------------------------------------------------------------------------------------------

    def _lines(self, flow: Flow) -> None:
        if not self.content.lines:
            return
        columns, styles = self.content.columns, self.styles
        middle = RIGHT - 70
        price = " · ".join(columns[name].text for name in ("quantity", "unit", "price"))
        head = Slice.stack(
            [
                *self.label(columns["description"], styles.head, LEFT + 3, middle - 4),
                *self.text(price, styles.small, LEFT + 3, middle - 4),
            ],
            self.label(columns["total"], styles.head, middle, RIGHT - 3, Side.RIGHT),
            above=3,
            below=3,
        )
        flow.space(9)
        flow.table(self.bar(head, LEFT, RIGHT), [self._row(row) for row in self.content.lines])

    def _row(self, row: LineRow) -> list[Slice]:
        styles = self.styles
        name = " ".join(part for part in (f"{row.number}.", row.description) if part)
        lines = [Slice(3), *self.text(name, styles.text, LEFT, RIGHT)]
        times = f"{row.quantity} {row.unit} × {row.price}".replace("  ", " ")
        middle = RIGHT - min(110.0, self.set.widest(row.total, styles.strong) + 1)
        lines += self.set.row(
            Cell(times, styles.text, LEFT + 8, middle - 4), Cell(row.total, styles.strong, middle, RIGHT, Side.RIGHT)
        )
        more = [
            *([f"{self.content.columns['code']}: {row.code}"] if row.code else []),
            *row.allowances,
            *map(str, row.taxes),
            *row.further,
        ]
        if more:
            lines += self.text(" · ".join(more), styles.small, LEFT + 8, RIGHT)
        return [*lines, Slice(3, [Box(LEFT, 2.5, RIGHT - LEFT, 0.5, styles.rule)])]

    # --- amounts and foot ----------------------------------------------------------------------------------------

    def _amounts(self, flow: Flow) -> None:
        flow.space(8)
        flow.add(*self.tables(LEFT, RIGHT))
        flow.add(*self.sums(LEFT, RIGHT))

    def _foot(self, number: int, count: int) -> Slice:
        content, styles = self.content, self.styles
        lines = [
            Slice(8 + self.quiet, [Box(LEFT, 0, RIGHT - LEFT, 0.8, styles.color)]),
            Slice(self.qr_side + self.quiet, self.qr((WIDTH - self.qr_side) / 2, 0)),
            *self.text(str(content.key_label), styles.head, LEFT, RIGHT, Side.CENTRE),
            *self.text(content.key, styles.text, LEFT, RIGHT, Side.CENTRE),
            Slice(4),
            *self.text(str(content.qr_label), styles.small, LEFT, RIGHT, Side.CENTRE),
            *self.text(content.qr_url, styles.small, LEFT, RIGHT, Side.CENTRE),
            Slice(4),
        ]
        lines += self.software(styles.small, LEFT, RIGHT, Side.CENTRE)
        lines += self.text(self.numbered(number, count), styles.small, LEFT, RIGHT, Side.CENTRE)
        return Slice.stack(lines)
