"""ZIP files as DIAN takes them: deflated, the same bytes for the same content; and reading them without surprises."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final

from ..errors import InvalidInput, UnsafeArchive

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""Earliest time that a ZIP can carry: a fixed one makes the bytes depend on the content alone."""
MAX_FILES: Final = 50
"""Most documents in one file for SendBillAsync (annex 1.9: fewer than 51)."""
MAX_BYTES: Final = 32 * 1024 * 1024
"""Most bytes that an archive may unpack to, all files together."""
_CHUNK: Final = 64 * 1024


def pack_zip(files: Mapping[str, bytes]) -> bytes:
    """Pack files, in the order given, into a deflated ZIP. Raises ``InvalidInput`` for none, too many, or bad names."""
    if not 1 <= len(files) <= MAX_FILES:
        raise InvalidInput(
            "el ZIP debe llevar entre uno y cincuenta documentos.",
            field="files",
            found=len(files),
            expected=f"de 1 a {MAX_FILES}",
            remedy="reparta los documentos en varios envíos.",
        )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            if not name or "/" in name or "\\" in name or not name.isascii():
                raise InvalidInput("el nombre del archivo no sirve dentro del ZIP.", field="files", found=repr(name))
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # the same bytes on every system
            archive.writestr(entry, data)
    return buffer.getvalue()


def unpack_zip(data: bytes, *, max_files: int = MAX_FILES, max_bytes: int = MAX_BYTES) -> dict[str, bytes]:
    """Unpack a ZIP that comes from elsewhere, in memory; folders are skipped.

    Sizes are counted while unpacking: what the archive says of itself is not believed. Raises ``UnsafeArchive`` when it
    is damaged, encrypted, holds two files of one name, or passes ``max_files`` or ``max_bytes``.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > max_files:
                raise _unsafe("trae demasiados archivos.", f"{len(entries)} archivos", f"hasta {max_files}")
            files: dict[str, bytes] = {}
            left = max_bytes
            for entry in entries:
                if entry.filename in files:
                    raise _unsafe("trae dos archivos con el mismo nombre.", entry.filename, "nombres distintos")
                files[entry.filename] = content = _content(archive, entry, left, max_bytes)
                left -= len(content)
            return files
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        encrypted = type(error) is RuntimeError  # NotImplementedError is one too
        raise _unsafe(
            "está cifrado." if encrypted else "está dañado o no es un ZIP.",
            type(error).__name__,
            "un ZIP sin contraseña" if encrypted else "un ZIP íntegro",
        ) from None


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, max_bytes: int) -> bytes:
    pieces: list[bytes] = []
    with archive.open(entry) as file:
        while piece := file.read(_CHUNK):
            left -= len(piece)
            if left < 0:
                raise _unsafe("se descomprime a más de lo que se admite.", entry.filename, f"hasta {max_bytes} bytes")
            pieces.append(piece)
    return b"".join(pieces)


def _unsafe(problem: str, found: str, expected: str) -> UnsafeArchive:
    return UnsafeArchive(
        f"el archivo comprimido {problem}",
        found=found,
        expected=expected,
        remedy="pida de nuevo el archivo a quien lo envió; no lo abra con otro programa.",
    )
