"""ZIP files: unpacked within limits, as their origin is unknown, and packed deterministically.

Nothing is written to disk.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from .._xmlsafe import MAX_BYTES, MAX_TAGS
from ..errors import UnsafeArchive

_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_CHUNK = 1 << 16
_END_SIZE, _END_64, _LOCATOR_64 = 22, b"PK\x06\x06", b"PK\x06\x07"
_WHOLE_32 = 0xFFFFFFFF
_ENCRYPTED = 0x1
_UNIX = 3
_DAMAGE = (BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError, OverflowError)
"""Exceptions of the standard library for damaged files."""


@dataclass(slots=True)
class Limits:
    """What one reading may still unpack, over all nested ZIP files."""

    files: int = 1000
    total: int = 2 * MAX_BYTES
    """Bytes, unpacked."""
    file: int = MAX_BYTES
    tags: int = 2 * MAX_TAGS


def is_zip(data: bytes) -> bool:
    """True for a ZIP file, by its first bytes."""
    return data.startswith((_LOCAL, _END))


def unpack(data: bytes, limits: Limits) -> Iterator[tuple[str, bytes | UnsafeArchive]]:
    """Yield name and content of each file; for one that cannot be unpacked, why.

    What is unpacked is taken from ``limits``. Only stored and deflated files are unpacked: other methods may ask for
    gigabytes of memory. Raises ``UnsafeArchive`` when the ZIP itself is damaged or passes the limits.
    """
    allowed = limits.files
    _check_directory(data)
    # Every entry of the directory begins with this mark, so that an endless directory is refused before it is read.
    if data.count(_CENTRAL) > 10 * limits.files:
        raise _too_much("archivos", allowed)
    try:
        with ZipFile(BytesIO(data)) as archive:
            _check_entries(data, archive.infolist(), archive.start_dir)
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
        raise UnsafeArchive.of("ubl.damaged_archive", found=_words(error)) from None


def _content(archive: ZipFile, info: ZipInfo, limits: Limits) -> bytes | UnsafeArchive:
    if info.flag_bits & _ENCRYPTED:
        return UnsafeArchive.of("ubl.encrypted_file", field=info.filename)
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return UnsafeArchive.of("ubl.unknown_compression", field=info.filename, compress_type=info.compress_type)
    pieces: list[bytes] = []
    left = min(limits.file, limits.total)
    try:
        with archive.open(info) as file:
            # Unpacked bytes are counted, as the declared sizes may be false.
            while left >= 0 and (piece := file.read(_CHUNK)):
                left -= len(piece)
                limits.total -= len(piece)
                pieces.append(piece)
    except _DAMAGE as error:
        return UnsafeArchive.of("ubl.damaged_file", field=info.filename, found=_words(error))
    if left < 0:
        raise _too_much("bytes", limits.file, info.filename)
    return b"".join(pieces)


def _check_directory(data: bytes) -> None:
    """Refuse two directories, and bytes outside every entry (APPNOTE 6.3.10, sections 4.3.16 and 4.4.24).

    Damaged files are left to the standard library, which looks for the last end record.
    """
    at = data.rfind(_END)
    end = data[at : at + _END_SIZE]
    if at < 0 or len(end) < _END_SIZE:
        return
    size, offset = int.from_bytes(end[12:16], "little"), int.from_bytes(end[16:20], "little")
    where = at
    if data[max(at - 20, 0) : at].startswith(_LOCATOR_64):
        where = int.from_bytes(data[at - 12 : at - 4], "little")
        record = data[where : where + 56]
        if not record.startswith(_END_64) or len(record) < 56:
            raise _ambiguous("el fin del directorio de 64 bits no está donde se dice")
        size, offset = (int.from_bytes(record[first : first + 8], "little") for first in (40, 48))
    if offset + size < where:
        raise _ambiguous("hay bytes que no son de ningún archivo, antes o después del directorio")
    if data.find(_END, offset, at) >= 0 or data.find(_END, max(at - 0xFFFF - _END_SIZE, offset + size), at) >= 0:
        raise _ambiguous("hay más de un directorio")


def _check_entries(data: bytes, infos: Iterable[ZipInfo], directory: int) -> None:
    """Refuse entries that the directory lacks or describes differently, and two that differ under one name."""
    at, known = 0, dict[str, tuple[int, int]]()
    for info in sorted(infos, key=lambda each: each.header_offset):
        contents = _check_header(data, info)
        if known.setdefault(info.filename, (info.CRC, info.file_size)) != (info.CRC, info.file_size):
            raise _ambiguous(f"«{info.filename}» está dos veces, con contenidos distintos")
        if data.find(_LOCAL, at, info.header_offset) >= 0:
            raise _ambiguous(f"hay un archivo que no está en el directorio, antes de «{info.filename}»")
        at = max(at, contents + info.compress_size)
    if data.find(_LOCAL, at, directory) >= 0:
        raise _ambiguous("hay un archivo que no está en el directorio")


def _check_header(data: bytes, info: ZipInfo) -> int:
    """Refuse an entry whose header contradicts the directory; return where its contents begin."""
    at = info.header_offset
    header = data[at : at + 30]
    named = data[at + 30 : at + 30 + int.from_bytes(header[26:28], "little")]
    written = info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437", "surrogateescape")
    if not header.startswith(_LOCAL) or named != written:
        raise _ambiguous(f"el directorio dice «{info.filename}» y el archivo mismo otra cosa")
    if int.from_bytes(header[8:10], "little") != info.compress_type:
        raise _ambiguous(f"el método de compresión de «{info.filename}» no es el del directorio")
    if not info.flag_bits & 0x8:  # with a data descriptor the sizes come after the data
        sizes = tuple(int.from_bytes(header[first : first + 4], "little") for first in (18, 22))
        if _WHOLE_32 not in sizes and sizes != (info.compress_size, info.file_size):
            raise _ambiguous(f"el tamaño de «{info.filename}» no es el del directorio")
    return at + 30 + len(named) + int.from_bytes(header[28:30], "little")


def _ambiguous(what: str) -> UnsafeArchive:
    return UnsafeArchive.of("ubl.ambiguous_archive", found=what)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]


def _too_much(what: str, limit: object, name: str | None = None) -> UnsafeArchive:
    return UnsafeArchive.of("ubl.archive_too_large", field=name, limit=limit, what=what)


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
