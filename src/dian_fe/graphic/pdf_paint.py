"""From pages to the bytes of a PDF, with reportlab: the same pages give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import md5
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Any

from .._shown import shown
from .sheet import Box, Link, Page, Picture, Qr, Text
from .theme import rgb
from .typefaces import Face, faces

if TYPE_CHECKING:
    from .content import Content
    from .qr import Symbol

_LOCK = Lock()
"""reportlab's typefaces keep a read position: one document at a time."""
_QR = "qr"
_VERSION = (1, 5)
"""Version of PDF: the first with ActualText."""


def paint(pages: Sequence[Page], content: Content, moment: datetime, symbol: Symbol, logo: bytes | None) -> bytes:
    """Return the PDF of pages, dated at the moment of their document."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    target = BytesIO()
    with _LOCK:
        # Without an initial face, reportlab names Helvetica in every file, which is not embedded.
        first: Any = faces()[0].name
        canvas = Canvas(
            target, pageCompression=1, invariant=1, lang=content.language, initialFontName=first, pdfVersion=_VERSION
        )
        _describe(canvas, content, moment)
        _draw_symbol(canvas, symbol)
        image = None if logo is None else ImageReader(BytesIO(logo))
        for page in pages:
            _Painter(canvas, page.height, symbol, image).paint(page)
        canvas.save()
    return target.getvalue()


def _describe(canvas: Any, content: Content, moment: datetime) -> None:
    title, subject = f"{content.title.text} {content.number}", f"{content.key_label.text} {content.key}"
    canvas.setTitle(title)
    canvas.setAuthor(shown(content.supplier.name))
    canvas.setSubject(subject)
    canvas.setCreator("dian-fe")
    canvas.setProducer("dian-fe (reportlab)")
    document = canvas._doc
    # reportlab uses the machine's clock or a fixed time. The document has its own time, and its identifier must not
    # depend on SOURCE_DATE_EPOCH.
    shift = moment.utcoffset()
    offset = 0 if shift is None else int(shift.total_seconds())
    stamp = document._timeStamp
    stamp.YMDhms = moment.timetuple()[:6]
    stamp.dhh, stamp.dmm = int(offset / 3600), abs(offset) % 3600 // 60
    document.signature = md5(f"{title} {subject} {moment}".encode(), usedforsecurity=False)


class _Painter:
    """Draws one page."""

    def __init__(self, canvas: Any, height: float, symbol: Symbol, image: Any) -> None:
        self._canvas, self._height, self._symbol, self._image = canvas, height, symbol, image
        self._fill: str | None = None
        self._faces: tuple[Face, Face] = faces()

    def paint(self, page: Page) -> None:
        self._canvas.setPageSize((page.width, page.height))
        for top, item in page.walk():
            y = self._height - top - item.y
            match item:
                case Text():
                    self._text(item, y)
                case Box():
                    self._color(item.fill)
                    self._canvas.rect(item.x, y - item.height, item.width, item.height, stroke=0, fill=1)
                case Qr():
                    self._qr(item, y)
                case Picture():
                    self._canvas.drawImage(self._image, item.x, y - item.height, item.width, item.height, mask="auto")
                case Link():
                    area = (item.x, y - item.height, item.x + item.width, y)
                    self._canvas.linkURL(item.url, area, relative=0, thickness=0)
        self._canvas.showPage()

    def _color(self, color: str) -> None:
        if color != self._fill:
            self._canvas.setFillColorRGB(*rgb(color))
            self._fill = color

    def _text(self, item: Text, y: float) -> None:
        canvas, face = self._canvas, self._faces[item.style.bold]
        self._color(item.style.color)
        canvas.setFont(face.name, item.style.size)
        shown = face.shown(item.text)
        if shown == item.text:
            canvas.drawString(item.x, y, shown)
            return
        # Copying and screen readers get the text itself, not its placeholders (ISO 32000-1, section 14.9.4).
        actual = item.text.encode("utf-16-be", "replace").hex().upper()
        canvas._code.append(f"/Span <</ActualText <FEFF{actual}>>> BDC")
        canvas.drawString(item.x, y, shown)
        canvas._code.append("EMC")

    def _qr(self, item: Qr, y: float) -> None:
        canvas = self._canvas
        canvas.saveState()
        canvas.translate(item.x, y - item.side)
        canvas.scale(item.side / self._symbol.size, item.side / self._symbol.size)
        canvas.doForm(_QR)
        canvas.restoreState()


def _draw_symbol(canvas: Any, symbol: Symbol) -> None:
    """Draw the QR once for all pages, a module being one unit; bars overlap, so that no viewer shows gaps."""
    canvas.beginForm(_QR, 0, 0, symbol.size + 0.01, symbol.size + 0.01)
    canvas.setFillColorRGB(0, 0, 0)
    # Written directly: reportlab takes longer for two thousand bars than for the rest of an invoice.
    bars = (f"{column} {symbol.size - row - 1} {count}.01 1.01 re" for row, column, count in symbol.runs())
    canvas._code.append(f"{' '.join(bars)} f")
    canvas.endForm()
