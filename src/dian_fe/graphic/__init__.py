"""The representación gráfica: what a document says, for people, as HTML and PDF (annex 1.9, section 5.8)."""

from __future__ import annotations

from .._lazy import lazy

TYPE_CHECKING = False
"""True for type checkers, as the one of ``typing``, whose import takes longer than that of this package."""

if TYPE_CHECKING:
    from .content import Content
    from .html import render_html
    from .making import content_of
    from .pdf import render_pdf
    from .theme import Paper, Theme
    from .words import amount_in_words

_HOMES = {
    "content": ("Content",),
    "html": ("render_html",),
    "making": ("content_of",),
    "pdf": ("render_pdf",),
    "theme": ("Paper", "Theme"),
    "words": ("amount_in_words",),
}

if not TYPE_CHECKING:  # a checker would take any name from a module that has __getattr__
    __getattr__, __dir__ = lazy(__name__, _HOMES)

__all__ = ["Content", "Paper", "Theme", "amount_in_words", "content_of", "render_html", "render_pdf"]
