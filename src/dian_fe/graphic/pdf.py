"""`render_pdf`: the representación gráfica as a PDF (extra ``pdf``)."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from .._arguments import checked
from ..errors import InvalidInput, MissingExtra
from .making import content_from
from .papers import PAPERS
from .source import source_of
from .theme import Theme

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from ..models.application_response import ApplicationResponse
    from ..models.issuer import Software
    from ..transport import Answer
    from ..ubl.received import Received
    from .content import Content
    from .setting import Picture
    from .source import Source

_NEEDED = ("typst", "segno", "PIL")
MOST_TAGGED = 1000
"""Lines up to which a PDF has tags: in a ZIP each line with tags takes 0.4 KB, without 0.2, and a mail has 2 MB."""


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
    those of `content_of`. ``theme`` has template, logo, colours, English labels, bank details, signature lines, and the
    paper: letter, half letter, or the roll of 80 or 58 mm, whose page is as long as its content. Every page has the QR
    with the text that the document's annex asks for, at 2.2 cm and more (3.4 cm on the rolls), the key whole and
    «Página n de m».

    The file is a PDF/A-3 with the signed XML inside (``/AFRelationship /Source``), typefaces embedded, and tags for
    screen readers (PDF/A-3a) up to 1000 lines; above that it has none (PDF/A-3b), since they would take half of the
    2 MB of a mail. The dates in the file's properties are the document's own. Characters that the typefaces lack
    (emoji, writing other than Latin, Greek and Cyrillic) are shown as a lozenge and kept for text extraction.

    Pass the bytes to ``pack(signed, answer, signer, at=…, pdf=…)`` to send them with the document. The PDF has no legal
    force of its own and is not signed (annex 1.9, section 5.8).

    Raises ``MissingExtra`` when the libraries of the extra ``pdf`` are missing, ``InvalidInput``,
    ``UnreadableDocument`` and ``ForeignAnswer`` as `content_of`, and ``InvalidInput`` for a logo that cannot be
    decoded.
    """
    if not pdf_is_installed():
        raise MissingExtra.needed("pdf", " y ".join(_NEEDED), "hacer PDF")
    look = theme or Theme()
    source = source_of(document, answer)
    content = content_from(source, software, authorized_on, look.english)
    return draw_pdf(content, look, source.document.issued_at, _attached(source))


def pdf_is_installed() -> bool:
    """True if the libraries of the extra ``pdf`` are installed."""
    return all(find_spec(name) is not None for name in _NEEDED)


def draw_pdf(content: Content, theme: Theme, moment: datetime, attached: Mapping[str, str] | None = None) -> bytes:
    """Return the PDF of a `Content`, dated at ``moment``; ``attached`` has name, text and description of the XML."""
    from .engine import compose
    from .qr import symbol
    from .setting import setting_of

    data = setting_of(content, theme, symbol(content.qr_text), _picture(theme.logo), attached)
    template = "roll" if PAPERS[theme.paper].height is None else "sheet"
    return compose(template, data, moment, tagged=len(content.lines) <= MOST_TAGGED)


def _attached(source: Source) -> dict[str, str] | None:
    """Return the signed XML as it travels inside; None for one that is not signed, or not in UTF-8."""
    if source.xml is None:
        return None
    try:
        text = source.xml.decode()
    except UnicodeDecodeError:
        return None
    name = "".join(each for each in source.document.number if each.isascii() and each.isalnum())
    return {"name": f"{name or source.kind.name}.xml", "data": text, "about": source.kind.label}


def _picture(logo: bytes | None) -> Picture | None:
    """Return the logo as it is drawn: decoded fully, so a damaged one is refused, and in colours of PDF/A."""
    if logo is None:
        return None
    from io import BytesIO

    from PIL import Image

    from .setting import Picture

    try:
        with Image.open(BytesIO(logo), formats=("PNG", "JPEG")) as image:
            image.load()
            if image.mode == "CMYK":
                target = BytesIO()
                image.convert("RGB").save(target, "PNG")
                logo = target.getvalue()
            return Picture(logo, *image.size)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidInput.of("graphic.damaged_logo", field="logo", found=str(error)) from error
