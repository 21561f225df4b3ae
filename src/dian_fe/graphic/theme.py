"""The appearance of a representación gráfica: template, paper, logo, colours, and what is the company's own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from .._arguments import checked
from .._shown import clipped
from ..errors import InvalidInput, NotAllowed

_Choice = TypeVar("_Choice", bound=StrEnum)

_COLOR = re.compile("#[0-9a-fA-F]{6}")
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
MAX_LOGO = 512 * 1024
"""Largest logo in bytes: the ZIP that is mailed has 2 MB for everything (annex 1.9, section 9.1)."""
_LEAST_CONTRAST = 4.5
_SOFT_CONTRAST = 5.0
"""Contrast of labels, which also stand on tinted boxes, slightly darker than white."""
_SOFT_SHARES = (0.3, 0.2, 0.1)
_MOST_FOOTER, _MOST_WORDS, _MOST_SIGNATURES, _MOST_ACCOUNTS = 600, 80, 6, 6


class Paper(StrEnum):
    """The paper."""

    LETTER = "letter"
    """A sheet of 8.5 × 11 inches, the usual one in Colombia."""
    HALF_LETTER = "half_letter"
    """Half of that sheet, 5.5 × 8.5 inches, upright."""
    ROLL_80 = "roll80"
    """The 80 mm roll of receipt printers, as long as needed."""
    ROLL_58 = "roll58"
    """The 58 mm roll, as long as needed."""


class Template(StrEnum):
    """The look of the page. All show the same data."""

    CLASSIC = "classic"
    """Thin frames and rules."""
    MODERN = "modern"
    """Tinted cards, a strip of colour, striped rows."""
    COMPACT = "compact"
    """Smaller type and little white: more lines on a page."""


@checked
@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account for the payment, printed under «Datos para el pago».

    Texts have up to 80 characters, on one line; ``kind`` is for example «Ahorros», ``holder`` whose account it is.
    Raises ``InvalidInput`` for texts that do not fit.
    """

    bank: str
    number: str
    kind: str = ""
    holder: str = ""

    def __post_init__(self) -> None:
        """Refuse texts that do not fit."""
        for name in ("bank", "number", "kind", "holder"):
            _check_text(name, getattr(self, name), _MOST_WORDS, needed=name in ("bank", "number"))

    def __str__(self) -> str:
        """Return it in one line: «Banco Ejemplo · Ahorros 123-456789-01 · Tienda Ejemplo SAS»."""
        return " · ".join(part for part in (self.bank, f"{self.kind} {self.number}".strip(), self.holder) if part)


@checked
@dataclass(frozen=True, slots=True)
class Theme:
    """The look of a representación gráfica. It never changes the data shown.

    ``logo`` is a PNG or JPEG of up to 512 KB. Colours are written ``#rrggbb``: ``color`` for the title, headings and
    rules, which must be dark enough to be read on white (contrast of 4.5 and more, WCAG 2.1); ``text`` for the rest.
    ``english`` puts the English label beside each Spanish one. ``footer`` (up to 600 characters), ``bank_accounts`` (up
    to 6) and ``signatures`` (up to 6 lines to sign on, by what stands below them: «Recibí conforme») are printed at the
    end, as the company's own: the XML does not have them. Raises ``InvalidInput`` or ``NotAllowed``.
    """

    logo: bytes | None = field(default=None, repr=False)
    color: str = "#1d4f7c"
    text: str = "#1f2933"
    english: bool = False
    paper: Paper = Paper.LETTER
    template: Template = Template.CLASSIC
    footer: str = ""
    bank_accounts: tuple[BankAccount, ...] = ()
    signatures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse values that cannot be drawn or read."""
        object.__setattr__(self, "paper", _member(Paper, "paper", self.paper))
        object.__setattr__(self, "template", _member(Template, "template", self.template))
        _check_text("footer", self.footer, _MOST_FOOTER, lines=True)
        for name, most in (("bank_accounts", _MOST_ACCOUNTS), ("signatures", _MOST_SIGNATURES)):
            values = tuple(getattr(self, name))
            object.__setattr__(self, name, values)
            if len(values) > most:
                raise InvalidInput.of("graphic.too_many", field=name, count=len(values), most=most)
        for text in self.signatures:
            _check_text("signatures", text, _MOST_WORDS, needed=True)
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


def _member(kind: type[_Choice], name: str, value: str) -> _Choice:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(each.value for each in kind)
        raise InvalidInput.of(f"graphic.{name}", field=name, found=value, known=known) from None


def _check_text(name: str, text: object, most: int, *, needed: bool = False, lines: bool = False) -> None:
    """Refuse what is no text, has no words where they are needed, is too long, or holds more than one line."""
    if not isinstance(text, str):
        raise InvalidInput.of("graphic.text_type", field=name, found=type(text).__name__)
    if len(text) > most or (needed and not text.strip()) or (not lines and len(text.splitlines()) > 1):
        raise InvalidInput.of(
            "graphic.text_length", field=name, found=clipped(repr(text), 60), size=len(text), most=most
        )


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
