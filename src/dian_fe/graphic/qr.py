"""The printed QR (annex 1.9, section 11.7): its modules and its size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from zlib import compress, crc32

from ..errors import MissingExtra, UnreadableDocument

QUIET = 4
"""Modules that stay white on each side (ISO/IEC 18004, section 9.1)."""
_PIXELS = 4
"""Pixels on each side of a module: a row of one is four bits, a hexadecimal digit."""
_MASK = 2
"""Any of the eight masks is readable; trying all takes six times as long as making the symbol."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR code: rows of dark (True) and light modules, without the quiet zone."""

    rows: tuple[tuple[bool, ...], ...]

    @property
    def size(self) -> int:
        """Modules on each side, without the quiet zone."""
        return len(self.rows)

    @property
    def png(self) -> bytes:
        """A PNG of the modules without the quiet zone, of so many pixels each that printers need not guess."""
        width = self.size * _PIXELS
        digits = ("".join("f0"[dark] for dark in row) for row in self.rows)
        rows = (bytes.fromhex(f"00{row}{'f' * (self.size % 2)}") for row in digits)
        body = compress(b"".join(row * _PIXELS for row in rows))
        size = width.to_bytes(4, "big")
        chunks = ((b"IHDR", size + size + b"\x01\0\0\0\0"), (b"IDAT", body), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            len(data).to_bytes(4, "big") + name + data + crc32(name + data).to_bytes(4, "big") for name, data in chunks
        )

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """Yield the dark modules as bars: row, first column, how many."""
        for row, modules in enumerate(self.rows):
            column = 0
            for dark, run in groupby(modules):
                count = len(list(run))
                if dark:
                    yield row, column, count
                column += count


def symbol(text: str) -> Symbol:
    """Make the QR of a text: UTF-8, error correction M. Raises ``UnreadableDocument`` when the text does not fit,
    ``MissingExtra`` without the library that makes it.
    """
    try:
        import segno
    except ImportError as error:
        raise MissingExtra.needed("pdf", "segno", "dibujar el código QR") from error

    try:
        code = segno.make_qr(text, error="m", boost_error=False, encoding="utf-8", mask=_MASK)
    except segno.DataOverflowError:
        raise UnreadableDocument.of("graphic.qr_too_long", field="qr_text", size=len(text.encode())) from None
    return Symbol(tuple(tuple(module == 1 for module in row) for row in code.matrix))
