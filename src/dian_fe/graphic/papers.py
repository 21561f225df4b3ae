"""The papers of a representación gráfica, by their measures in millimetres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .qr import QUIET
from .theme import Paper


@dataclass(frozen=True, slots=True)
class PaperSize:
    """Measures of a paper, in millimetres."""

    width: float
    height: float | None
    """None for rolls, which are as long as needed."""
    margin: float
    """On each side; of rolls, what such printers leave blank."""
    qr: float
    """Least side of the QR; DIAN asks for 20. The modules on rolls are larger than the dots of worn heads."""
    module: float
    """Least side of a module of the QR: four dots at 300 dpi, three of receipt printers."""
    logo: tuple[float, float]
    """Largest width and height of the logo."""
    narrow: bool = True
    """Whether lines have quantity and price below their description."""
    letters: int = 26
    """Most characters of an amount beside a label; columns of longer ones share the width."""
    type: float = 1.0
    """Size of type, compared with that of the 80 mm roll."""

    def qr_side(self, modules: int) -> float:
        """Return the side of a QR of so many modules, as large as the paper has room for."""
        room = (self.width - 2 * self.margin) * modules / (modules + 2 * QUIET)
        return min(max(self.qr, modules * self.module), room)


PAPERS: Final[Mapping[Paper, PaperSize]] = {
    Paper.LETTER: PaperSize(215.9, 279.4, 12.7, qr=24, module=0.33, logo=(60, 18), narrow=False),
    Paper.HALF_LETTER: PaperSize(139.7, 215.9, 9, qr=22, module=0.33, logo=(44, 14)),
    # Printers with 203 dpi print 576 dots of 80 mm of paper, and 384 of 58 mm.
    Paper.ROLL_80: PaperSize(80, None, 4, qr=40, module=0.375, logo=(46, 20)),
    Paper.ROLL_58: PaperSize(58, None, 5, qr=34, module=0.375, logo=(40, 18), letters=18, type=0.94),
}
