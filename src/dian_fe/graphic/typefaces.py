"""Typefaces of the PDF: text widths, and the placeholder for characters that a face lacks.

The faces are Bitstream Vera Sans, which reportlab includes, so every machine gives the same bytes; only the characters
used are embedded. They cover Spanish and related languages. Other characters (emoji, Greek, Arabic, Chinese, …) are
shown as a lozenge each, and kept for text extraction.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

PLACEHOLDER = "\u25ca"
"""The lozenge: the faces have no U+FFFD."""
_THOUSANDTH = 0.001
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
"""Categories of invisible characters: controls, direction marks, joiners."""


def _is_unseen(char: str) -> bool:
    selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return selector or unicodedata.category(char) in _UNSEEN


class _Widths(dict[str, float]):
    """Widths by character, in sizes of the type; measured once for each further character."""

    def __missing__(self, char: str) -> float:
        width = 0.0 if _is_unseen(char) else self[PLACEHOLDER]
        self[char] = width
        return width


class _Shown(dict[int, int | str | None]):
    """What is drawn for each character, as ``str.translate`` takes it."""

    def __missing__(self, code: int) -> str | None:
        shown = None if _is_unseen(chr(code)) else PLACEHOLDER
        self[code] = shown
        return shown


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A typeface that can be measured and embedded."""

    name: str
    font: Any = field(repr=False)
    """The face as registered in reportlab."""
    _widths: _Widths = field(repr=False)
    _shown: _Shown = field(repr=False)

    @classmethod
    def load(cls, name: str, data: bytes) -> Face:
        """Read a TrueType face and register it in reportlab under ``name``."""
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont

        font = TTFont(name, BytesIO(data), shapable=False)
        pdfmetrics.registerFont(font)
        known = {chr(code): width * _THOUSANDTH for code, width in font.face.charWidths.items()}
        return cls(name, font, _Widths(known), _Shown({ord(char): char for char in known}))

    def width(self, text: str, size: float) -> float:
        """Return the width of a text in points."""
        return sum(map(self._widths.__getitem__, text)) * size

    def widths(self, text: str) -> list[float]:
        """Return the width of each character, for type of size 1."""
        return list(map(self._widths.__getitem__, text))

    def shown(self, text: str) -> str:
        """Return the text as it is drawn: a placeholder for missing characters, nothing for invisible ones."""
        return text.translate(self._shown)


@cache
def faces() -> tuple[Face, Face]:
    """Return the regular and the bold face."""
    folder = files("reportlab") / "fonts"
    regular, bold = (Face.load(f"dian-fe-{name}", (folder / f"{name}.ttf").read_bytes()) for name in ("Vera", "VeraBd"))
    return regular, bold
