"""The ZIP files of the web service: one document, or up to fifty, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .._xmlsafe import MAX_BYTES
from ..errors import InvalidInput, UnsafeArchive
from ..ubl.archive import Limits, make_zip, unpack

MAX_FILES: Final = 50
"""Most documents in one file for SendBillAsync (annex 1.9: fewer than 51)."""

_LEVEL: Final = 3
"""Level of deflate: less than half the time of the best one, for a tenth more bytes in a small document."""


def pack_zip(files: Mapping[str, bytes]) -> bytes:
    """Pack files, in the order given: deflated, the same bytes for the same files.

    Raises ``InvalidInput`` for none, too many, or names that are not plain file names.
    """
    if not 1 <= len(files) <= MAX_FILES:
        raise InvalidInput.of("transport.number_of_files", field="files", found=len(files), most=MAX_FILES)
    for name in files:
        if not name or "/" in name or "\\" in name or not name.isascii():
            raise InvalidInput.of("transport.name_of_file", field="files", found=repr(name))
    return make_zip(files, level=_LEVEL)


def unpack_zip(data: bytes, *, max_files: int = MAX_FILES, max_bytes: int = MAX_BYTES) -> dict[str, bytes]:
    """Unpack a ZIP of the web service, in memory and within bounds; folders are skipped.

    Raises ``UnsafeArchive`` when it or any file in it is damaged, encrypted or too big, or two have one name.
    """
    files: dict[str, bytes] = {}
    for name, content in unpack(data, Limits(files=max_files, total=max_bytes, file=max_bytes)):
        if isinstance(content, UnsafeArchive):
            raise content
        if name in files:
            raise UnsafeArchive.of("transport.repeated_name", found=name)
        files[name] = content
    return files
