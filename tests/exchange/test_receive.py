"""Folders of what came: every file is read or told, nothing is followed, and the memory does not grow."""

from __future__ import annotations

import csv
import os
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from dian_fe import OtherFile, Received, read, rows
from dian_fe.errors import InvalidInput, MissingExtra
from dian_fe.exchange import Summary, receive, received_rows, write_csv, write_parquet
from dian_fe.exchange.exporting import columns_of
from dian_fe.testing import Simulator
from tests.exchange.packages import packages


def invoice_in(package: bytes) -> bytes:
    """Return the bytes of the invoice inside a package."""
    return read(package).sales_documents[0].raw


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder as people leave them."""
    path = tmp_path / "recibidas"
    (path / "2026" / "marzo").mkdir(parents=True)
    for number, package in enumerate(packages()):
        (path / "2026" / f"fv{number:02}.zip").write_bytes(package)
    (path / "2026" / "marzo" / "copia de fv03.zip").write_bytes(packages()[3])
    (path / "2026" / "marzo" / "suelta.XML").write_bytes(invoice_in(packages()[4]))
    (path / "2026" / "marzo" / "vacío.zip").write_bytes(b"")
    (path / "foto.jpg").write_bytes(b"\xff\xd8\xff" + bytes(50))
    return path


def test_fifty_zips_become_rows(folder: Path) -> None:
    summary = Summary()
    made = list(received_rows(receive(folder), summary=summary))
    assert len(made) == 50
    assert [row["source"] for row in made[:2]] == ["2026/fv00.zip", "2026/fv01.zip"]
    plain = [row for package in packages() for row in rows(read(package))]
    assert [{name: value for name, value in row.items() if name in plain[0]} for row in made] == plain
    assert summary.files == 54
    assert (summary.papers, [source for source, _ in summary.unreadable]) == (["foto.jpg"], ["2026/marzo/vacío.zip"])
    assert summary.repeated == [
        ("2026/marzo/copia de fv03.zip", "2026/fv03.zip"),
        ("2026/marzo/suelta.XML", "2026/fv04.zip"),
    ]


def test_lines_are_rows_too() -> None:
    arrivals = ((f"{number}", package) for number, package in enumerate(packages(5)))
    made = list(received_rows(receive(arrivals), "lines"))
    wanted = [row for package in packages(5) for row in rows(read(package), "lines")]
    assert [row["description"] for row in made] == [row["description"] for row in wanted]
    with pytest.raises(InvalidInput):
        received_rows([], "todo")


def test_what_was_had_before_is_told() -> None:
    had = {sha256(invoice_in(packages()[0])).hexdigest()}
    (first, second) = receive([("a", packages()[0]), ("b", packages()[1])], known=had)
    assert list(first.repeated.values()) == ["known"]
    assert second.repeated == {}


def test_two_files_of_one_name_are_two_files() -> None:
    """A letter may bring two attachments of one name: what is in both counts once."""
    summary = Summary()
    files = [("factura.zip", packages()[0]), ("factura.zip", packages()[0]), ("factura.zip", packages()[1])]
    assert len(list(received_rows(receive(files), summary=summary))) == 2
    assert summary.repeated == [("factura.zip", "factura.zip")]
    twice = zipped(**{"a.zip": packages()[2], "b.zip": packages()[2]})
    assert len(list(received_rows(receive([("dos.zip", twice)]), summary=summary))) == 1


def test_one_key_with_two_contents_is_told() -> None:
    genuine = invoice_in(packages()[0])
    other = genuine.replace(b"</cbc:ProfileID>", b" </cbc:ProfileID>")
    arrivals = list(receive([("a.xml", genuine), ("b.xml", other)]))
    assert list(arrivals[1].same_key.values()) == ["a.xml"]
    made = list(received_rows(arrivals))
    assert [row["same_key_as"] for row in made] == [None, "a.xml"]


def test_verification_says_which_are_valid() -> None:
    dian = Simulator(seed=1)
    summary = Summary()
    arrivals = receive([("otra CA", packages()[0]), ("buena", packages()[1])], trust=dian.trust)
    made = list(received_rows(arrivals, summary=summary))
    assert [row["valid"] for row in made] == [False, True]
    altered = invoice_in(packages()[1]).replace(b"<cbc:ID>", b"<cbc:ID> ", 1)
    (spoiled,) = receive([("alterada", altered)], trust=dian.trust)
    assert spoiled.valid is False
    list(received_rows([spoiled], summary=summary))
    assert summary.invalid[-1][0] == "alterada"
    assert summary.invalid[-1][1]


def test_links_and_devices_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secreto.xml"
    secret.write_bytes(invoice_in(packages()[0]))
    path = tmp_path / "recibidas"
    path.mkdir()
    (path / "enlace.xml").symlink_to(secret)
    (path / "carpeta").symlink_to(tmp_path)
    os.mkfifo(path / "tubo")
    arrivals = list(receive(path))
    assert [each.source for each in arrivals] == ["carpeta", "enlace.xml", "tubo"]
    assert all(each.reason is not None and each.reason.remedy for each in arrivals)


def test_hostile_files_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    bomb = BytesIO()
    with ZipFile(bomb, "w", ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", bytes(80 << 20))
    (tmp_path / "0 bomba.zip").write_bytes(bomb.getvalue())
    (tmp_path / "1 dtd.xml").write_bytes(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    (tmp_path / "2 grande.xml").write_bytes(b"<a>" + bytes(1 << 20))
    (tmp_path / "3\u202egpj.xml").write_bytes(b"<a/>")
    (tmp_path / "4.zip").write_bytes(packages()[0])
    arrivals = list(receive(tmp_path, largest=1 << 20))
    assert [each.reason and each.reason.code for each in arrivals] == [
        "unsafe_archive",
        "unsafe_xml",
        "unsafe_archive",
        "unsupported_document",
        None,
    ]
    assert "\u202e" not in arrivals[3].source
    with pytest.raises(FileNotFoundError):
        receive(tmp_path / "otra")
    with pytest.raises(InvalidInput):
        receive(tmp_path, largest=0)


def test_memory_does_not_grow_with_the_files() -> None:
    def endless(count: int) -> Iterator[tuple[str, bytes]]:
        for number in range(count):
            yield f"{number}.zip", packages()[number % 50]

    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in received_rows(receive(endless(count)), summary=Summary()):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(5)
    assert peak(80) < peak(20) + (1 << 20)


def test_csv_holds_every_row_and_runs_no_formula(folder: Path, tmp_path: Path) -> None:
    (folder / "=cmd.zip").write_bytes(packages()[49])
    target = tmp_path / "compras.csv"
    summary = write_csv(receive(folder), target)
    assert (summary.rows, summary.files) == (50, 55)
    with target.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert tuple(table[0]) == columns_of("documents")
    by_source = {row["source"]: row for row in table}
    assert "'=cmd.zip" in by_source
    for package in packages(3):
        (wanted,) = rows(read(package))
        (row,) = (each for each in table if each["key"] == wanted["key"])
        assert Decimal(row["payable"]) == wanted["payable"]
        assert row["issued_at"] == wanted["issued_at"].isoformat()
        assert (row["accepted"], row["valid"]) == ("true", "")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_parquet_holds_exact_amounts(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    files = list(enumerate(packages(10)))
    for of in ("documents", "lines"):
        target = tmp_path / f"{of}.parquet"
        arrivals = list(receive((f"{number}", package) for number, package in files))
        summary = write_parquet(arrivals, target, of=of)
        table = parquet.read_table(target).to_pylist()
        wanted = list(received_rows(arrivals, of))
        assert (len(table), summary.rows, summary.unfit) == (len(wanted), len(wanted), [])
        assert table == wanted


def test_empty_tables_have_their_columns(tmp_path: Path) -> None:
    write_csv([], tmp_path / "a.csv", of="lines")
    assert (tmp_path / "a.csv").read_text("utf-8-sig").strip() == ",".join(columns_of("lines"))
    parquet = pytest.importorskip("pyarrow.parquet")
    write_parquet([], tmp_path / "a.parquet")
    assert tuple(parquet.read_table(tmp_path / "a.parquet").column_names) == columns_of("documents")


def zipped(**files: bytes) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def test_what_cannot_be_read_inside_a_zip_is_told() -> None:
    """A good document beside it must not hide a damaged one, nor a ZIP that is too deep."""
    inside = zipped(**{"buena.zip": packages()[0], "rota.xml": b"<Invoice", "hoja.pdf": b"%PDF-1.4"})
    deep = zipped(**{"a.zip": zipped(**{"b.zip": zipped(**{"c.zip": packages()[1]})})})
    summary = Summary()
    made = list(received_rows(receive([("a.zip", inside), ("b.zip", deep)]), summary=summary))
    assert [row["source"] for row in made] == ["a.zip"]
    assert [*dict.fromkeys(source.partition(": ")[0] for source, _ in summary.unreadable)] == ["a.zip", "b.zip"]
    assert "niveles" in summary.unreadable[-1][1]
    assert summary.empty == []


def test_files_of_other_forms_are_named_for_what_they_are() -> None:
    for data, words in ((b"%PDF-1.4", "un PDF"), (b"Rar!\x1a\x07\x00", "RAR"), (b"\x78\x9f\x3e\x22", "winmail.dat")):
        (arrival,) = receive([("a", data)])
        assert arrival.reason is not None
        assert words in arrival.reason.message
        assert arrival.reason.remedy


def test_the_table_is_not_about_itself(folder: Path) -> None:
    for write, name in ((write_csv, "a.csv"), (write_parquet, "a.parquet")):
        for _ in range(2):
            summary = write(receive(folder), folder / "2026" / name)
            left = [source for source, _ in summary.unreadable if "a.csv" not in source or name != "a.parquet"]
            assert left == ["2026/marzo/vacío.zip"]
            assert summary.rows == 50


def test_folders_that_cannot_be_opened_are_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = os.scandir

    def closed(path: str) -> Iterator[os.DirEntry[str]]:
        if str(path).endswith("marzo"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr("os.scandir", closed)
    summary = Summary()
    assert len(list(received_rows(receive(folder), summary=summary))) == 50
    assert [source for source, _ in summary.unreadable] == ["2026/marzo"]


def test_a_broken_run_leaves_the_old_file(tmp_path: Path) -> None:
    def breaking() -> Iterator[tuple[str, bytes]]:
        yield "a", packages()[0]
        raise RuntimeError("el disco se fue")

    for write, name in ((write_csv, "a.csv"), (write_parquet, "a.parquet")):
        target = tmp_path / name
        target.write_text("lo de antes")
        with pytest.raises(RuntimeError):
            write(receive(breaking()), target)
        assert target.read_text() == "lo de antes"
    assert len(list(tmp_path.iterdir())) == 2


def test_the_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match="pyarrow"):
        write_parquet([], tmp_path / "a.parquet")


def test_what_was_read_is_at_hand() -> None:
    (arrival,) = receive([("a", packages()[0])])
    assert isinstance(arrival.received, Received)
    assert not any(isinstance(part, OtherFile) for part in arrival.received.parts)
    assert arrival.valid is None
