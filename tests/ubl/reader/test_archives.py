"""ZIP files: nested, mixed, damaged, encrypted, and bombs."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from functools import cache
from typing import Any

import pytest

from dian_fe import Package, Received, read
from dian_fe.errors import MalformedXml, UnreadableDocument, UnsafeArchive, UnsafeXml
from dian_fe.ubl.archive import make_zip
from tests.delivery.support import PDF, package

pytestmark = pytest.mark.slow

MEGABYTE = 1024 * 1024


@cache
def made() -> Package[Any]:
    return package(pdf=PDF, annexes={"foto.png": b"\x89PNG"})


def test_several_documents_nested_zips_and_files_beside() -> None:
    first, second = made(), package()
    inner = make_zip({"carpeta/uno.xml": first.xml, "dos.xml": second.xml})
    files = {"a.zip": inner, "b.zip": second.zip_bytes, "c.pdf": PDF, "d": b"\x00\x01", "sin nombre": first.xml}
    data = make_zip(files)
    received = read(data)
    assert [part.name for part in received.parts] == list(files)
    assert len(received.sales_documents) == 4
    assert len(received.answers) == 4
    assert [(file.name, file.media_type, file.reason) for file in received.files] == [
        ("c.pdf", "application/pdf", None),
        ("d", "application/octet-stream", None),
    ]
    assert received.document.files == ("a.zip", "b.zip", "c.pdf", "d", "sin nombre")


def test_names_say_nothing_about_the_content() -> None:
    xml, zipped = made().xml, made().zip_bytes
    received = read(make_zip({"factura.pdf": xml, "factura.xml": PDF, "x.zip": xml, "y.txt": zipped}))
    assert [part.kind.name if isinstance(part, Received) else part.media_type for part in received.parts] == [
        "attached_document",
        "application/pdf",
        "attached_document",
        "zip",
    ]


def test_names_with_control_characters_and_folders_are_harmless() -> None:
    received = read(make_zip({"../../etc/pas\x07swd.xml": made().xml}))
    assert received.parts[0].name == "../../etc/pas_swd.xml"


def test_one_damaged_document_does_not_hide_the_others() -> None:
    received = read(make_zip({"malo.xml": b"<Invoice>", "bueno.xml": made().xml}))
    assert len(received.sales_documents) == 1
    (file,) = received.files
    assert isinstance(file.reason, MalformedXml)


def test_a_zip_without_documents_says_why() -> None:
    with pytest.raises(MalformedXml) as caught:
        read(make_zip({"malo.xml": b"<Invoice>", "a.pdf": PDF}))
    assert caught.value.field == "malo.xml"
    with pytest.raises(UnreadableDocument, match=r"a\.pdf"):
        read(make_zip({"a.pdf": PDF}))
    with pytest.raises(UnreadableDocument, match="vacío"):
        read(make_zip({}))
    with pytest.raises(UnreadableDocument, match=r"a\.xml.*b\.xml"):
        read(make_zip({"a.xml": b"<a>", "b.xml": b"<b>"}))


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.99])
def test_a_zip_cut_short(keep: float) -> None:
    data = made().zip_bytes
    with pytest.raises(UnsafeArchive) as caught:
        read(data[: int(len(data) * keep)])
    assert caught.value.remedy


def test_a_damaged_file_inside() -> None:
    data = bytearray(make_zip({"a.xml": made().xml, "b.xml": made().xml}))
    data[100:120] = bytes(20)
    received = read(bytes(data))
    (file,) = received.files
    assert isinstance(file.reason, UnsafeArchive)
    assert file.name == "a.xml"
    assert len(received.sales_documents) == 1


def test_an_encrypted_file_is_named_as_such() -> None:
    data = bytearray(make_zip({"a.xml": made().xml}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    with pytest.raises(UnsafeArchive, match="contraseña"):
        read(bytes(data))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_may_ask_for_gigabytes_are_not_unpacked(method: int) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("a.xml", made().xml)
    with pytest.raises(UnsafeArchive, match="método"):
        read(target.getvalue())


def _zeros(size: int) -> bytes:
    return make_zip({"a.xml": b"<a>" + b" " * size})


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    """1 to 1000 compression, one file or many, declared sizes true or false."""
    bomb = _zeros(100 * MEGABYTE)
    assert len(bomb) < MEGABYTE
    with pytest.raises(UnsafeArchive, match="bomba"):
        read(bomb)
    beside = read(make_zip({"b.zip": bomb, "c.xml": made().xml}))
    assert len(beside.sales_documents) == 1
    (file,) = beside.files
    assert isinstance(file.reason, UnsafeArchive)
    with pytest.raises(UnsafeArchive, match="bomba"):
        read(make_zip({f"{number}.zip": bomb for number in range(3)}))
    spread = make_zip({f"{number}.bin": bytes(10 * MEGABYTE) for number in range(10)})
    with pytest.raises(UnsafeArchive, match="bomba"):
        read(spread)


def _lying(data: bytes) -> bytes:
    """Write into the directory that the file unpacks to a hundred bytes."""
    changed = bytearray(data)
    changed[changed.index(b"PK\x01\x02") + 24 : changed.index(b"PK\x01\x02") + 28] = struct.pack("<I", 100)
    return bytes(changed)


def test_a_directory_that_lies_about_sizes_is_refused() -> None:
    for size in (MEGABYTE, 100 * MEGABYTE):
        with pytest.raises(UnsafeArchive, match="dos maneras"):
            read(_lying(_zeros(size)))


def test_zips_inside_zips_end_somewhere() -> None:
    data = made().zip_bytes
    for _ in range(6):
        data = make_zip({"mas.zip": data})
    with pytest.raises(UnsafeXml, match="niveles"):
        read(data)


def test_endless_directories_are_refused() -> None:
    with pytest.raises(UnsafeArchive, match="archivos"):
        read(make_zip({f"{number}.txt": b"" for number in range(1001)}))
    entry = b"PK\x01\x02" + bytes(42)
    huge = b"PK\x03\x04" + entry * 200_000
    with pytest.raises(UnsafeArchive, match="archivos"):
        read(huge)


def test_overlapping_entries_count_each_time() -> None:
    """Many names for the same compressed bytes: the budget is of what is unpacked."""
    piece = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = bytes(8 * MEGABYTE)
    packed = piece.compress(content) + piece.flush()
    checksum = zlib.crc32(content)
    head = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 33, checksum, len(packed), len(content), 1, 0)
    local = head + b"a" + packed
    central = struct.pack(
        "<4sHHHHHHIIIHHHHHII",
        b"PK\x01\x02", 20, 20, 0, 8, 0, 33, checksum, len(packed), len(content), 1, 0, 0, 0, 0, 0, 0,
    ) + b"a"  # fmt: skip
    count = 50
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(central) * count, len(local), 0)
    # From 3.13 on Python's zipfile finds the overlap before we count: damage, not a bomb.
    with pytest.raises((UnsafeArchive, UnreadableDocument)):
        read(local + central * count + end)


def outcome(data: bytes) -> str:
    """Return what reading ends in: nothing but a document or an error of the library."""
    try:
        return read(data).kind.name
    except UnreadableDocument as error:
        return error.code


def test_random_damage_gives_only_errors_of_the_library() -> None:
    data = made().zip_bytes
    ends = set()
    for seed in range(400):
        changed = bytearray(data)
        for number in range(1 + seed % 5):
            digest = zlib.crc32(f"{seed} {number}".encode())
            changed[digest % len(changed)] = digest >> 24
        ends.add(outcome(bytes(changed)))
    assert "unsafe_archive" in ends
    assert ends <= {"zip", "unsafe_archive", "malformed_xml", "unreadable_document"}


def test_random_bytes_after_the_mark_of_a_zip() -> None:
    assert {outcome(b"PK\x03\x04" + os.urandom(500)) for _ in range(50)} == {"unsafe_archive"}


def test_a_file_without_a_name_is_read_like_any_other() -> None:
    received = read(make_zip({"": made().xml, "b.xml": b"<a>"}))
    assert len(received.sales_documents) == 1
