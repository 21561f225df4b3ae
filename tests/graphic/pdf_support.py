"""What a PDF holds, read by a program that is not ours: its texts with their places, its properties, its QR."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTChar, LTContainer, LTImage, LTPage
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage

from dian_fe.graphic import Content, Theme, content_of, render_pdf
from tests.graphic.support import Shown, seen, squeezed

MM = 72 / 25.4
POINT = 0.2
"""Points by which places may differ: numbers in a PDF are rounded."""
KERNING = 0.2
"""Sizes of type by which letters of one text may be closer or wider than their widths say."""
ASCENT, DESCENT = 0.72, 0.2
"""Heights of capitals and of descenders over and under the base line, in sizes of type."""


@dataclass(frozen=True)
class Run:
    """A text that was drawn in one go: its sides, and its upper and lower edge from the top of the page."""

    text: str
    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Read:
    """A page as it was read."""

    width: float
    height: float
    runs: tuple[Run, ...]
    qr: tuple[float, float, float, float]
    """Left, top, right and bottom of the dark part of the QR."""

    @property
    def text(self) -> str:
        return "\n".join(run.text for run in self.runs)


_LACKING = re.compile("[^\u0020-\u024f\u02b0-\u052f\u1e00-\u20cf\u2100-\u218f\ufb00-\ufb06\ufffd]")
"""Characters that the typefaces lack."""
_FORBIDDEN = re.compile("[\ue000-\uf8ff\ufeff\ufffe\uffff\U000f0000-\U0010ffff]")
"""Characters that PDF/A has no place for: they are written as escapes."""
_UNSEEN = frozenset({"Cc", "Cf", "Mn"})


def visible(text: str) -> str:
    """Return a text without blanks and marks; what the typefaces lack, whose signs are all alike, is one lozenge."""
    composed = unicodedata.normalize("NFC", seen(text))
    written = _FORBIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode(), composed)
    drawn = "".join(each for each in squeezed(written) if unicodedata.category(each) not in _UNSEEN)
    return re.sub("◊+", "◊", _LACKING.sub("◊", drawn))


def read_pages(pdf: bytes) -> list[Read]:
    """Read every page, in the order in which it was drawn."""
    return [_read(page) for page in _pages(pdf)]


def items(pdf: bytes) -> list[Any]:
    """Return all that is drawn on the pages, as pdfminer names it."""
    return [item for page in _pages(pdf) for item in _within(page)]


def _pages(pdf: bytes) -> Iterator[LTPage]:
    device = PDFPageAggregator(PDFResourceManager(), laparams=None)
    interpreter = PDFPageInterpreter(device.rsrcmgr, device)
    for page in PDFPage.get_pages(BytesIO(pdf)):
        interpreter.process_page(page)
        yield device.get_result()


def _read(page: LTPage) -> Read:
    runs: list[Run] = []
    chars: list[LTChar] = []
    qr = None

    def close() -> None:
        while chars and chars[-1].get_text().isspace():  # it may hang over the edge, unseen
            chars.pop()
        if chars:
            size = chars[0].size
            base = page.height - chars[0].matrix[5]
            text = "".join(char.get_text() for char in chars)
            runs.append(Run(text, chars[0].x0, chars[-1].x1, base - ASCENT * size, base + DESCENT * size))
            chars.clear()

    for item in _within(page):
        if isinstance(item, LTChar):
            last = chars[-1] if chars else None
            if last is not None and (last.matrix[5] != item.matrix[5] or abs(last.x1 - item.x0) > KERNING * item.size):
                close()
            chars.append(item)
        elif isinstance(item, LTImage) and item.srcsize[0] == item.srcsize[1]:
            qr = (item.x0, page.height - item.y1, item.x1, page.height - item.y0)
    close()
    assert qr is not None
    return Read(page.width, page.height, tuple(runs), qr)


def _within(box: LTContainer[Any]) -> Iterator[Any]:
    """Yield what is on a page, and in its figures."""
    for item in box:
        yield from _within(item) if isinstance(item, LTContainer) else (item,)


@dataclass(frozen=True)
class Drawn:
    """A document, what it shows, and its pages as they were read from the PDF."""

    shown: Shown
    content: Content
    pdf: bytes
    pages: tuple[Read, ...]

    @property
    def text(self) -> str:
        return "\n".join(page.text for page in self.pages)


def told(pages: Sequence[Read], number: str) -> str:
    """Return the text page by page, and once more as it goes on from page to page.

    The second time it has no feet, nothing that stands on several pages at the same place, as heads of tables do, and
    none of what leads to the document's number at the top of further pages.
    """
    places = Counter((run.text, run.left, run.top) for page in pages for run in page.runs)
    texts = [page.text for page in pages]
    for place, page in enumerate(pages):
        head = next((at for at, run in enumerate(page.runs) if run.text == number), -1) if place else -1
        body = (run for run in page.runs[head + 1 :] if run.top < page.qr[1] - 10)
        texts += [run.text for run in body if places[run.text, run.left, run.top] == 1]
    return "\n".join(texts)


def draw(each: Shown, theme: Theme) -> Drawn:
    """Draw a document and read what was drawn."""
    content = content_of(each.subject, answer=each.answer, english=theme.english)
    pdf = render_pdf(each.subject, answer=each.answer, theme=theme)
    return Drawn(each, content, pdf, tuple(read_pages(pdf)))


def overlapping(page: Read) -> list[tuple[Run, Run]]:
    """Return texts that stand on each other, or on the QR."""
    left, top, right, bottom = page.qr
    boxes = sorted((*page.runs, Run("QR", left, right, top, bottom)), key=lambda run: run.top)
    found = []
    for place, upper in enumerate(boxes):
        for lower in boxes[place + 1 :]:
            if lower.top >= upper.bottom - POINT:
                break
            if lower.left < upper.right - POINT and lower.right > upper.left + POINT:
                found.append((upper, lower))
    return found


HAS_DECODER = shutil.which("zbarimg") is not None and shutil.which("pdftoppm") is not None


def decoded(pdf: bytes, pages: tuple[Read, ...], folder: Path) -> list[str]:
    """Render the QR of every page at 300 dpi, with the white around it, and have zbarimg read it."""
    file = folder / "document.pdf"
    file.write_bytes(pdf)
    texts = []
    for number, page in enumerate(pages, 1):
        left, top, right, bottom = page.qr
        quiet = (right - left) / 12
        x, y = (max(0, round((edge - quiet) * 300 / 72)) for edge in (left, top))
        width, height = (round((far - near + 2 * quiet) * 300 / 72) for near, far in ((left, right), (top, bottom)))
        crop = ("-x", x, "-y", y, "-W", width, "-H", height)
        name = folder / f"{number}"
        command = ("pdftoppm", "-r", 300, "-gray", "-f", number, "-l", number, *crop, "-singlefile", file, name)
        subprocess.run([str(part) for part in command], check=True)
        read = subprocess.run(
            ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", f"{name}.pgm"],
            capture_output=True,
            check=False,
        )
        texts.append(read.stdout.decode().removesuffix("\n"))
    return texts
