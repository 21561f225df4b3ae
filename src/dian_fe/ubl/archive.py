"""ZIP files: unpacked within bounds, since they come from strangers, and packed always with the same bytes.

Nothing is written to disk.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from .._xmlsafe import MAX_BYTES
from ..errors import UnsafeArchive

_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_CHUNK = 1 << 16
_ENCRYPTED = 0x1
_UNIX = 3
_DAMAGE = (BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError, OverflowError)
"""What the standard library raises for damaged files, not all of it on purpose."""


@dataclass(slots=True)
class Limits:
    """What one reading may still unpack, through all the ZIP files inside each other."""

    files: int = 1000
    total: int = 2 * MAX_BYTES
    """Bytes, unpacked."""
    file: int = MAX_BYTES


def is_zip(data: bytes) -> bool:
    """Tell a ZIP file by its first bytes."""
    return data.startswith((_LOCAL, _END))


def unpack(data: bytes, limits: Limits) -> Iterator[tuple[str, bytes | UnsafeArchive]]:
    """Give name and content of each file; for one that cannot be unpacked, why.

    What is unpacked is taken from ``limits``. Only stored and deflated files are unpacked: other methods may ask for
    gigabytes of memory. Raises ``UnsafeArchive`` when the ZIP itself is damaged or passes the limits.
    """
    allowed = limits.files
    # Every entry of the directory begins with this mark, so that an endless directory is refused before it is read.
    if data.count(_CENTRAL) > 10 * limits.files:
        raise _too_much("archivos", allowed)
    try:
        with ZipFile(BytesIO(data)) as archive:
            for info in archive.infolist():
                if info.filename.endswith("/"):  # a folder; is_dir() fails on a file without a name before Python 3.12
                    continue
                limits.files -= 1
                if limits.files < 0:
                    raise _too_much("archivos", allowed)
                yield info.filename, _content(archive, info, limits)
    except UnsafeArchive:
        raise
    except _DAMAGE as error:
        raise UnsafeArchive(
            "el ZIP está dañado o incompleto.",
            found=_words(error),
            expected="un archivo ZIP entero",
            remedy="pida que lo envíen de nuevo.",
        ) from None


def _content(archive: ZipFile, info: ZipInfo, limits: Limits) -> bytes | UnsafeArchive:
    if info.flag_bits & _ENCRYPTED:
        return UnsafeArchive(
            "el archivo está cifrado con contraseña.",
            field=info.filename,
            expected="un ZIP sin contraseña (anexo técnico 1.9, capítulo 9)",
            remedy="pida que lo envíen sin contraseña.",
        )
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return UnsafeArchive(
            "el archivo está comprimido con un método que no se admite.",
            field=info.filename,
            found=f"método {info.compress_type}",
            expected="deflate (8) o sin comprimir (0)",
            remedy="pida que lo envíen en un ZIP corriente.",
        )
    pieces: list[bytes] = []
    left = min(limits.file, limits.total)
    try:
        with archive.open(info) as file:
            # What is counted is really unpacked: the sizes that the ZIP declares may lie.
            while left >= 0 and (piece := file.read(_CHUNK)):
                left -= len(piece)
                limits.total -= len(piece)
                pieces.append(piece)
    except _DAMAGE as error:
        return UnsafeArchive(
            "el archivo está dañado dentro del ZIP.",
            field=info.filename,
            found=_words(error),
            expected="un archivo entero",
            remedy="pida que lo envíen de nuevo.",
        )
    if left < 0:
        raise _too_much("bytes", limits.file, info.filename)
    return b"".join(pieces)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]


def _too_much(what: str, limit: object, name: str | None = None) -> UnsafeArchive:
    return UnsafeArchive(
        "el ZIP trae más de lo que se admite; puede ser una bomba de descompresión.",
        field=name,
        found=f"más de {limit} {what}",
        expected=f"hasta {limit} {what}",
        remedy="compruebe de quién viene; un documento electrónico pesa a lo sumo 2 MB comprimido.",
    )


def make_zip(files: Mapping[str, bytes], *, level: int = 9) -> bytes:
    """Pack files in the order given: deflated, without folders, always with the same bytes for the same files.

    ``level`` is deflate's: 9 is the smallest, 1 the quickest.
    """
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=level) as archive:
        for name, data in files.items():
            info = ZipInfo(name)  # its date is ZIP's first day unless another is given
            info.compress_type = ZIP_DEFLATED
            info.create_system = _UNIX
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return target.getvalue()
