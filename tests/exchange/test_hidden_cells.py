"""What an Excel sheet hides, merges or never computed: told or refused, never read as something else without a word."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from dian_fe import Payment
from dian_fe._cli.main import main
from dian_fe.errors import InvalidInput, UnreadableDocument
from dian_fe.exchange import Imported, import_documents
from tests.support.company import NOW, SHOP, issuer_at

openpyxl = pytest.importorskip("openpyxl")

HEADERS = (
    "reference",
    "customer.id_type",
    "customer.id",
    "customer.name",
    "line.description",
    "line.quantity",
    "line.price",
    "line.iva",
    "notes",
)
GOOD = ("A1", "13", "1020304050", "Ana Ejemplo", "Café", 1, 1000, 19, "contado")


def book(*rows: tuple[Any, ...], headers: tuple[str, ...] = HEADERS) -> Any:
    made = openpyxl.Workbook()
    for row in (headers, *rows):
        made.active.append(row)
    return made


def saved(made: Any) -> bytes:
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def taken(made: Any, **options: Any) -> Imported:
    data = made if isinstance(made, bytes) else saved(made)
    return import_documents(data, organization=SHOP, issued_at=NOW, payment=Payment.cash(), **options)


def changed(data: bytes, pattern: bytes, by: bytes) -> bytes:
    """Return the file with another text in its first sheet."""
    target = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                content, count = re.subn(pattern, by, content)
                assert count, "the sheet has what is to be changed"
            new.writestr(name, content)
    return target.getvalue()


def payables(made: Imported) -> list[str]:
    return [str(draft.build(number=f"S{n}").payable) for n, draft in enumerate(made.drafts)]


def test_hidden_rows_are_read_and_named() -> None:
    made = book(GOOD, ("A2", *GOOD[1:]), ("A3", *GOOD[1:]), (None,) * len(GOOD))
    made.active.row_dimensions[3].hidden = True
    made.active.row_dimensions[4].height = 0
    made.active.row_dimensions[5].hidden = True  # nothing in it: nothing to tell
    imported = taken(changed(saved(made), b'<row r="4" customHeight', b'<row r="4" ht="0" customHeight'))
    assert [draft.reference for draft in imported.drafts] == ["A1", "A2", "A3"]
    assert (imported.hidden_rows, imported.blank, imported.ok) == ((3, 4), (5,), True)
    assert imported.as_dict()["hidden_rows"] == [3, 4]


def test_filtered_rows_are_named_like_hidden_ones() -> None:
    made = book(GOOD, ("A2", *GOOD[1:]))
    made.active.auto_filter.ref = "A1:I3"
    made.active.auto_filter.add_filter_column(0, ["A1"])
    made.active.row_dimensions[3].hidden = True  # as Excel saves what a filter takes out of sight
    assert taken(made).hidden_rows == (3,)


def test_hidden_columns_are_named_if_they_are_read() -> None:
    made = book((*GOOD, "B1"), headers=(*HEADERS, "bodega"))
    made.active.column_dimensions["H"].hidden = True
    made.active.column_dimensions["J"].hidden = True
    imported = taken(made)
    assert (imported.hidden_columns, imported.unused, payables(imported)) == (("line.iva",), ("bodega",), ["1190.00"])


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_are_left_out_and_named(state: str) -> None:
    made = book(GOOD)
    other = made.create_sheet("Febrero")
    for row in (HEADERS, ("F1", *GOOD[1:])):
        other.append(row)
    other.sheet_state = state
    imported = taken(made)
    assert ([draft.reference for draft in imported.drafts], imported.hidden_sheets) == (["A1"], ("Febrero",))
    asked = taken(made, sheet="Febrero")
    assert ([draft.reference for draft in asked.drafts], asked.hidden_sheets) == (["F1"], ())
    with pytest.raises(InvalidInput, match="hoja") as caught:
        taken(made, sheet="Marzo")
    assert "Febrero" in str(caught.value.expected)


def test_a_plain_sheet_hides_nothing() -> None:
    imported = taken(book(GOOD))
    assert (imported.hidden_rows, imported.hidden_columns, imported.hidden_sheets) == ((), (), ())


# --- merged cells ----------------------------------------------------------------------------------------------------


def merged(*ranges: str, rows: tuple[tuple[Any, ...], ...] = (GOOD, GOOD, GOOD)) -> Any:
    made = book(*rows)
    for each in ranges:
        made.active.merge_cells(each)
    return made


def test_a_merged_value_of_the_document_is_that_of_its_rows() -> None:
    imported = taken(merged("A2:A4", "B2:B4", "C2:C4", "D2:D4", "I2:I4"))
    assert (payables(imported), imported.findings) == (["3570.00"], ())


def test_it_reaches_the_next_document_as_the_eye_sees_it() -> None:
    rows = (GOOD, ("A2", *GOOD[1:]))
    imported = taken(merged("B2:B3", "C2:C3", "D2:D3", "I2:I3", rows=rows))
    assert [document.notes for document in (draft.build(number="S1") for draft in imported.drafts)] == [
        ("contado",)
    ] * 2


@pytest.mark.parametrize(("column", "range_"), [("line.iva", "H2:H4"), ("line.price", "G2:G4")])
def test_a_merged_value_of_lines_is_refused(column: str, range_: str) -> None:
    imported = taken(merged(range_))
    assert [(each.row, each.column, each.found) for each in imported.findings] == [
        (3, column, range_),
        (4, column, range_),
    ]
    assert "combinada" in imported.findings[0].message
    assert imported.refused == (2, 3, 4)


def test_a_cell_merged_over_other_columns_takes_theirs() -> None:
    imported = taken(merged("E2:H2", rows=(GOOD, ("A2", *GOOD[1:]))))
    assert {(each.row, each.column) for each in imported.findings} == {
        (2, "line.quantity"),
        (2, "line.price"),
        (2, "line.iva"),
    }
    assert [draft.reference for draft in imported.drafts] == ["A2"]


def test_high_rows_and_empty_merges_are_no_data() -> None:
    blank = (None,) * len(GOOD)
    every = [f"{letter}2:{letter}3" for letter in "ABCDEFGHI"]
    imported = taken(merged(*every, "A5:I9", rows=(GOOD, blank, ("A2", *GOOD[1:]))))
    assert (payables(imported), imported.blank[:1], imported.findings) == (["1190.00", "1190.00"], (3,), ())


# --- formulas, errors, order -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (b"<c r='G2'><f>2*500</f></c>", "=2*500"),
        (b"<c r='G2'><f t='shared' si='0'/><v></v></c>", "=…"),
        (b"<c r='G2' t='n'><f>1</f><v/></c>", "=1"),
    ],
)
def test_formulas_without_a_value_are_told_with_their_text(cell: bytes, found: str) -> None:
    data = changed(saved(book(GOOD)), b'<c r="G2"[^>]*><v>1000</v></c>', cell)
    (told,) = taken(data).findings
    assert (told.row, told.column, told.found) == (2, "line.price", found)


def test_a_computed_formula_is_its_value() -> None:
    cell = b"<c r='G2'><f>2*500</f><v>1000</v></c>"
    assert payables(taken(changed(saved(book(GOOD)), b'<c r="G2"[^>]*><v>1000</v></c>', cell))) == ["1190.00"]


def test_an_error_in_a_datum_of_the_document_is_told_too() -> None:
    (told,) = taken(book((*GOOD[:8], "#N/A"))).findings
    assert (told.column, told.found) == ("notes", "#N/A")


def test_rows_out_of_order_are_refused_before_one_is_lost() -> None:
    data = changed(saved(book(GOOD, ("A2", *GOOD[1:]))), b'<row r="3"', b'<row r="2"')
    with pytest.raises(UnreadableDocument, match="fila 2"):
        taken(data)


def test_merged_cells_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dian_fe.exchange.sheets._MOST_COVERED", 20)
    with pytest.raises(UnreadableDocument, match="combinadas"):
        taken(merged("A2:XFD2"))


def test_the_command_line_names_what_was_hidden(tmp_path: Path, capsys: pytest.CaptureFixture[str], dian: Any) -> None:
    import json

    made = book(GOOD)
    made.active.row_dimensions[2].hidden = True
    made.active.column_dimensions["H"].hidden = True
    made.create_sheet("Listas").sheet_state = "hidden"
    (tmp_path / "ventas.xlsx").write_bytes(saved(made))
    (tmp_path / "issuer.json").write_text(json.dumps(issuer_at(dian).with_secrets()), encoding="utf-8")
    command = ["import", str(tmp_path / "ventas.xlsx"), "--issuer", str(tmp_path / "issuer.json")]
    status = main([*command, "--out", str(tmp_path), "--cash", "--first", "SETP1", "--at", NOW.isoformat()])
    said = capsys.readouterr().out
    assert status == 0
    for words in ("filas ocultas que se leyeron: 2", "se leyeron: line.iva", "hojas ocultas que no se leyeron: Listas"):
        assert words in said
