"""`render_pdf`: the representación gráfica as a PDF (extra ``pdf``)."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from .._arguments import checked
from ..errors import InvalidInput, MissingExtra
from .making import content_of
from .source import source_of
from .theme import Theme

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from ..models.application_response import ApplicationResponse
    from ..models.issuer import Software
    from ..transport import Answer
    from ..ubl.received import Received
    from .content import Content
    from .qr import Symbol
    from .sheet import Page

_NEEDED = ("reportlab", "segno", "PIL")


@checked
def render_pdf(
    document: Any,
    *,
    answer: Answer | Received[Any] | ApplicationResponse | bytes | None = None,
    software: Software | None = None,
    authorized_on: date | None = None,
    theme: Theme | None = None,
) -> bytes:
    """Return the representación gráfica of an invoice or note as a PDF. Pure: the same arguments, the same bytes.

    ``document`` is a result of ``build``, ``sign`` or ``read``; ``answer``, ``software`` and ``authorized_on`` are
    those of `content_of`. ``theme`` has logo, colours, English labels and the paper: letter, or the roll of 80 or
    58 mm, whose page is as long as its content. Every page has the QR with the text that the document's annex asks for,
    at 2.4 cm and more (3.4 cm on the rolls), the key whole and «Página n de m». Typefaces are embedded and the text can
    be extracted; the dates in the file's properties are the document's own. Characters that the typefaces lack (emoji,
    writing other than Latin) are shown as a lozenge and kept for text extraction.

    Pass the bytes to ``pack(signed, answer, signer, at=…, pdf=…)`` to send them with the document. The PDF has no legal
    force of its own and is not signed (annex 1.9, section 5.8).

    Raises ``MissingExtra`` when the libraries of the extra ``pdf`` are missing, ``InvalidInput``,
    ``UnreadableDocument`` and ``ForeignAnswer`` as `content_of`, and ``InvalidInput`` for a logo that cannot be
    decoded.
    """
    if not pdf_is_installed():
        raise MissingExtra.needed("pdf", " y ".join(_NEEDED), "hacer PDF")
    look = theme or Theme()
    content = content_of(document, answer=answer, software=software, authorized_on=authorized_on, english=look.english)
    pages, qr = lay_out(content, look)
    from .pdf_paint import paint

    return paint(pages, content, source_of(document).document.issued_at, qr, look.logo)


def pdf_is_installed() -> bool:
    """True if the libraries of the extra ``pdf`` are installed."""
    return all(find_spec(name) is not None for name in _NEEDED)


def lay_out(content: Content, theme: Theme) -> tuple[Sequence[Page], Symbol]:
    """Return the laid-out pages and the QR, before they become a PDF."""
    from .pdf_letter import Letter
    from .pdf_roll import Roll
    from .qr import symbol
    from .rolls import ROLLS

    qr = symbol(content.qr_text)
    layout = Roll if theme.paper in ROLLS else Letter
    return layout(content, theme, qr, _size(theme.logo)).pages(), qr


def _size(logo: bytes | None) -> tuple[int, int] | None:
    """Return width and height of the logo in pixels; it is decoded fully, so a damaged one is refused."""
    if logo is None:
        return None
    from io import BytesIO

    from PIL import Image

    try:
        with Image.open(BytesIO(logo), formats=("PNG", "JPEG")) as image:
            image.load()
            return image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidInput.of("graphic.damaged_logo", field="logo", found=str(error)) from error
