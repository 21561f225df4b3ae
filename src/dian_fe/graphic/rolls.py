"""The rolls of receipt printers, by their width."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .theme import Paper


@dataclass(frozen=True, slots=True)
class RollSize:
    """Measures of a roll, in millimetres."""

    width: int
    """Of the paper."""
    margin: int
    """On each side: what such printers leave blank."""
    qr: int
    """Least side of the QR, in which modules are larger than the dots of worn heads; DIAN asks for 20."""
    logo: tuple[int, int]
    """Largest width and height of the logo."""
    type: float = 1.0
    """Size of type, compared with that of the 80 mm roll."""


ROLLS: Final[Mapping[Paper, RollSize]] = {
    # Printers with 203 dpi print 576 dots of 80 mm of paper, and 384 of 58 mm.
    Paper.ROLL_80: RollSize(width=80, margin=4, qr=40, logo=(46, 20)),
    Paper.ROLL_58: RollSize(width=58, margin=5, qr=34, logo=(40, 18), type=0.94),
}
