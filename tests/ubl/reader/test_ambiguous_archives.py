"""A ZIP that two programs would read in two ways is refused; what usual programs make is read."""

from __future__ import annotations

import struct
import subprocess
from io import BytesIO
from pathlib import Path
from shutil import which
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest

from dian_fe import read
from dian_fe.errors import MalformedXml, UnreadableDocument, UnsafeArchive
from dian_fe.ubl.archive import Limits, make_zip, unpack
from dian_fe.ubl.received import OtherFile
from tests.signing.support import signed
from tests.verifying.sealing import sold

FILES = {"a.xml": b"<a/>", "b.pdf": b"%PDF-1.7" * 50}
PLAIN = make_zip(FILES)
OTHER = make_zip({"c.xml": b"<c/>"})


def names(data: bytes) -> list[str]:
    return [name for name, _ in unpack(data, Limits())]


def stored(files: dict[str, bytes]) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(ZipInfo(name), content)
    return target.getvalue()


def moved(data: bytes, by: int) -> bytes:
    """Return a ZIP whose offsets count from ``by`` bytes before it, as ``zip -A`` makes them."""
    end = data.rindex(b"PK\5\6")
    start = struct.unpack_from("<I", data, end + 16)[0]
    made, at = bytearray(data), start
    struct.pack_into("<I", made, end + 16, start + by)
    while made[at : at + 4] == b"PK\1\2":
        struct.pack_into("<I", made, at + 42, struct.unpack_from("<I", made, at + 42)[0] + by)
        at += 46 + sum(struct.unpack_from("<HHH", made, at + 28))
    return bytes(made)


def ended_again(data: bytes) -> bytes:
    """Return a ZIP with a second end record, of another directory, in the comment of the first."""
    end = data.rindex(b"PK\5\6")
    record = data[end : end + 22]
    return data[: end + 20] + struct.pack("<H", len(record)) + record


AMBIGUOUS = {
    "one after the other": PLAIN + OTHER,
    "one after the other, offsets corrected": PLAIN + moved(OTHER, len(PLAIN)),
    "a directory before the directory": PLAIN[:-22] + PLAIN[PLAIN.index(b"PK\1\2") :],
    "an end record in the comment": ended_again(PLAIN),
    "another name in the file": PLAIN.replace(b"a.xml", b"z.xml", 1),
    "another method in the file": PLAIN.replace(b"PK\3\4\x14\0\0\0\x08", b"PK\3\4\x14\0\0\0\x00", 1),
    "another size in the file": PLAIN[:18] + b"\1" + PLAIN[19:],
    "a file that no directory has": stored({"c.xml": b"<c/>"})[: stored({"c.xml": b"<c/>"}).index(b"PK\1\2")]
    + moved(PLAIN, stored({"c.xml": b"<c/>"}).index(b"PK\1\2")),
}


@pytest.mark.parametrize("data", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_a_zip_of_two_readings_is_refused(data: bytes) -> None:
    with pytest.raises(UnsafeArchive, match="de dos maneras"):
        names(data)


def streamed() -> bytes:
    """Write where one cannot go back: sizes come behind the data."""

    class Pipe(BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise OSError

        def tell(self) -> int:
            raise OSError

    target = Pipe()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, content in FILES.items():
            archive.writestr(name, content)
    return target.getvalue()


def commented() -> bytes:
    target = BytesIO(PLAIN)
    with ZipFile(target, "a") as archive:
        archive.comment = b"Facturas de marzo"
    return target.getvalue()


def large() -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, content in FILES.items():
            with archive.open(name, "w", force_zip64=True) as entry:
                entry.write(content)
    return target.getvalue()


def added() -> bytes:
    """Add a file later, over the old directory."""
    target = BytesIO(make_zip({"a.xml": b"<a/>"}))
    with ZipFile(target, "a") as archive:
        archive.writestr("b.pdf", FILES["b.pdf"])
    return target.getvalue()


HONEST = {
    "plain": lambda: PLAIN,
    "streamed": streamed,
    "commented": commented,
    "with sizes of 64 bits": large,
    "with a file added": added,
    "stored": lambda: stored(FILES),
    "with a line break behind": lambda: PLAIN + b"\r\n",
}


@pytest.mark.parametrize("make", HONEST.values(), ids=HONEST)
def test_what_usual_programs_make_is_read(make) -> None:  # type: ignore[no-untyped-def]
    assert names(make()) == ["a.xml", "b.pdf"]


def test_a_zip_stored_inside_a_zip_is_read() -> None:
    inner = stored({"factura.xml": signed().xml})
    assert names(stored({"dentro.zip": inner, "a.xml": b"<a/>"})) == ["dentro.zip", "a.xml"]


def test_names_in_both_code_pages_are_read() -> None:
    assert names(stored({"ñandú.xml": b"<a/>", "a.xml": b"<a/>"})) == ["ñandú.xml", "a.xml"]


@pytest.mark.skipif(which("zip") is None, reason="Info-ZIP is not installed")
@pytest.mark.parametrize("options", [[], ["-fd"], ["-0"], ["-fz"]])
def test_what_info_zip_makes_is_read(tmp_path: Path, options: list[str]) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    subprocess.run(["zip", "-q", *options, "made.zip", *FILES], cwd=tmp_path, check=True)
    assert names((tmp_path / "made.zip").read_bytes()) == ["a.xml", "b.pdf"]


def test_a_kept_reason_holds_no_frames_and_no_other_error() -> None:
    """Frames hold files and trees: a ZIP of 68 kB once took gigabytes so."""
    files = {f"{at}.xml": b"<a" for at in range(5)} | {"b.xml": b"<b/>", "f.xml": sold()[0].xml}
    damaged = make_zip(files)
    at = damaged.index(b"<a") if b"<a" in damaged else damaged.index(b"0.xml") + 5
    damaged = damaged[:at] + bytes(byte ^ 0xFF for byte in damaged[at : at + 2]) + damaged[at + 2 :]
    kinds = set()
    for part in read(damaged).parts:
        if isinstance(part, OtherFile):
            assert part.reason is not None
            kinds.add(type(part.reason))
            assert part.reason.__traceback__ is part.reason.__context__ is part.reason.__cause__ is None
    assert {UnsafeArchive, MalformedXml} < kinds
    assert any(issubclass(kind, UnreadableDocument) for kind in kinds)
