"""The appearance of a representación gráfica: logo, colours, paper, and English beside the Spanish."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from .._arguments import checked
from ..errors import InvalidInput, NotAllowed

_COLOR = re.compile("#[0-9a-fA-F]{6}")
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
MAX_LOGO = 512 * 1024
"""Largest logo in bytes: the ZIP that is mailed has 2 MB for everything (annex 1.9, section 9.1)."""
_LEAST_CONTRAST = 4.5
_SOFT_CONTRAST = 5.0
"""Contrast of labels, which also stand on tinted boxes, slightly darker than white."""
_SOFT_SHARES = (0.3, 0.2, 0.1)


class Paper(StrEnum):
    """The paper."""

    LETTER = "letter"
    """A sheet of 8.5 × 11 inches, the usual one in Colombia."""
    ROLL_80 = "roll80"
    """The 80 mm roll of receipt printers, as long as needed."""
    ROLL_58 = "roll58"
    """The 58 mm roll, as long as needed."""


@checked
@dataclass(frozen=True, slots=True)
class Theme:
    """The look of a representación gráfica. It never changes the data shown.

    ``logo`` is a PNG or JPEG of up to 512 KB. Colours are written ``#rrggbb``: ``color`` for the title, headings and
    rules, which must be dark enough to be read on white (contrast of 4.5 and more, WCAG 2.1); ``text`` for the rest.
    ``english`` puts the English label beside each Spanish one. Raises ``InvalidInput`` or ``NotAllowed``.
    """

    logo: bytes | None = field(default=None, repr=False)
    color: str = "#1d4f7c"
    text: str = "#1f2933"
    english: bool = False
    paper: Paper = Paper.LETTER

    def __post_init__(self) -> None:
        """Refuse values that cannot be drawn or read."""
        object.__setattr__(self, "paper", _paper(self.paper))
        for name in ("color", "text"):
            _check_color(name, getattr(self, name))
        if self.logo is not None:
            _check_logo(self.logo)

    @property
    def logo_type(self) -> str | None:
        """Media type of the logo, by its first bytes."""
        if self.logo is None:
            return None
        return "image/png" if self.logo.startswith(_PNG) else "image/jpeg"

    @property
    def soft(self) -> str:
        """The colour of labels: ``text`` mixed with as much white as keeps them readable, up to 30 %."""
        mixes = (mixed(self.text, share) for share in _SOFT_SHARES)
        return next((color for color in mixes if contrast(color) >= _SOFT_CONTRAST), self.text)


def _paper(value: str) -> Paper:
    try:
        return Paper(value)
    except ValueError:
        raise InvalidInput.of("graphic.paper", field="paper", found=value) from None


def _check_color(name: str, value: object) -> None:
    if not isinstance(value, str) or not _COLOR.fullmatch(value):
        raise InvalidInput.of("graphic.color", field=name, found=repr(value))
    if contrast(value) < _LEAST_CONTRAST:
        raise NotAllowed.of(
            "graphic.faint_color", field=name, color=value, contrast=contrast(value), least=_LEAST_CONTRAST
        )


def contrast(color: str) -> float:
    """Return the contrast of a colour with white (WCAG 2.1): 1 for white, 21 for black."""
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb(color))
    luminance = sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (luminance + 0.05)


def mixed(color: str, white: float) -> str:
    """Mix a colour with a share of white."""
    return "#" + "".join(f"{round(255 * (channel + (1 - channel) * white)):02x}" for channel in rgb(color))


@lru_cache(maxsize=64)
def rgb(color: str) -> tuple[float, float, float]:
    """Return red, green and blue from 0 to 1 of ``#rrggbb``."""
    red, green, blue = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _check_logo(logo: object) -> None:
    if not isinstance(logo, bytes) or not logo.startswith((_PNG, _JPEG)):
        raise InvalidInput.of(
            "graphic.logo_format",
            field="logo",
            found=type(logo).__name__ if not isinstance(logo, bytes) else f"bytes {logo[:4].hex()}…",
        )
    if len(logo) > MAX_LOGO:
        raise InvalidInput.of("graphic.logo_size", field="logo", size=len(logo), limit=MAX_LOGO)
