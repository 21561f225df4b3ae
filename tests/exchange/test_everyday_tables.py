"""Tables as shops really have them: no tax, line or row is lost because of how a file was saved."""

from __future__ import annotations

import codecs
import re
from decimal import Decimal
from io import BytesIO
from time import process_time
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from dian_fe import Payment
from dian_fe.errors import InvalidInput, UnreadableDocument
from dian_fe.exchange import Imported, import_documents
from tests.support.company import NOW, SHOP

HEAD = "reference;customer.id_type;customer.id;customer.name;line.description;line.quantity;line.price;line.iva\n"
NUMBERS = [f"SETP{number}" for number in range(990_000_001, 990_000_009)]
CELLS: dict[str, Any] = {
    "reference": "A1",
    "customer.id_type": "13",
    "customer.id": "1020304050",
    "customer.name": "Ana Ejemplo",
    "line.description": "Café",
    "line.price": "1000",
}


def row(reference: str, what: str = "Café") -> str:
    return f"{reference};13;1020304050;Señora Ñáñez;{what};1;1000;19\n"


TEXT = HEAD + row("A1") + row("A1", "Té") + row("A2")


def taken(source: Any, **options: Any) -> Imported:
    given = {"organization": SHOP, "issued_at": NOW, "payment": Payment.cash(), "numbers": NUMBERS}
    return import_documents(source, **(given | options))


def one(kind: str = "invoice", **cells: Any) -> Imported:
    """Import one row; a name's «__» is a dot."""
    return taken([CELLS | {name.replace("__", "."): cell for name, cell in cells.items()}], kind=kind)


def payables(made: Imported) -> list[str]:
    return [str(each.payable) for each in made.documents]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("utf-8-sig"), None),
        (TEXT.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.replace("\n", "\r").encode("cp1252"), "cp1252"),
        (("sep=;\r\n" + TEXT).encode("utf-8-sig"), None),
        ((TEXT.replace(";", ",").replace("reference", '"reference"')).encode(), None),
        (TEXT.replace("reference", "\u00a0Reference ").replace("line.iva", "LINE.IVA").encode(), None),
    ],
)
def test_rows_are_grouped_and_taxed_however_saved(data: bytes, encoding: str | None) -> None:
    made = taken(data, encoding=encoding)
    assert payables(made) == ["2380.00", "1190.00"]
    assert made.unused == ()


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "cp850", "mac_roman"])
def test_utf_8_is_not_read_as_letters_of_one_byte(encoding: str) -> None:
    assert taken(TEXT.encode(encoding), encoding=encoding).documents[0].customer.name == "Señora Ñáñez"
    for data in (TEXT.encode(), TEXT.encode("utf-8-sig")):
        with pytest.raises(UnreadableDocument, match="UTF-8"):
            taken(data, encoding=encoding)


def test_a_quote_that_is_closed_rows_later_hides_no_row() -> None:
    made = taken((HEAD + row("A0") + row("A1", '"Café') + row("A1", "Té") + row("A2", 'Ron"') + row("A3")).encode())
    assert made.documents == ()
    assert made.refused == (2, 3, 4)
    assert "filas enteras" in made.findings[1].message
    fine = taken((HEAD + row("A1", '"Café\nmolido; 500 g"')).encode())
    assert fine.documents[0].lines[0].description == "Café\nmolido; 500 g"


@pytest.mark.parametrize(
    "header", ["line.ivaa", "line.precio", "customer.correo", "line.free_of_charge", "payment.forma"]
)
def test_a_header_that_means_a_datum_is_never_ignored(header: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        taken([CELLS | {header: "1"}])
    assert caught.value.field == header
    assert caught.value.remedy
    assert taken([CELLS | {"line.amount": "1000", "bodega": "B1"}]).unused == ("line.amount", "bodega")


def test_columns_without_a_header_are_named_by_place() -> None:
    text = "reference;;customer.id_type;customer.id;customer.name;;line.description;line.price\n"
    made = taken((text + "A1;x;13;1020304050;Ana;;Café;1000\n").encode())
    assert (payables(made), made.unused) == (["1000.00"], ("columna B", "columna F"))


def test_a_very_wide_header_costs_time_by_its_width() -> None:
    names = [f"c{number}" for number in range(60_000)]
    started = process_time()
    made = import_documents((";".join(names) + "\n").encode(), {"c1": "reference"}, organization=SHOP)
    assert process_time() - started < 3
    assert len(made.unused) == 59_999
    with pytest.raises(InvalidInput) as caught:
        import_documents((";".join([*names, "c7"]) + "\n").encode(), {"c1": "reference"}, organization=SHOP)
    assert caught.value.field == "c7"


def test_named_levels_of_an_index_are_columns() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame([CELLS, CELLS | {"line.description": "Té"}, CELLS | {"reference": "A2"}])
    assert payables(taken(frame)) == ["2000.00", "1000.00"]
    assert payables(taken(frame.set_index("reference"))) == ["2000.00", "1000.00"]
    assert payables(taken(frame.set_index(["reference", "customer.id"]))) == ["2000.00", "1000.00"]
    frame = frame.astype({"customer.name": "category", "line.price": "Int64"})
    frame["customer.phone"], frame["payment.due_date"] = pandas.NA, pandas.NaT
    assert payables(taken(frame)) == ["2000.00", "1000.00"]


ODD = (float("inf"), Decimal("Infinity"), Decimal("sNaN"), 1e22, 10**5000, "a\x00b")


@pytest.mark.parametrize("cell", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("name", ["reference", "line.price", "line.standard_code", "order", "notes", "issued_at"])
def test_odd_cells_are_findings_and_never_break(name: str, cell: Any) -> None:
    made = one(**{name.replace(".", "__"): cell})
    empty = isinstance(cell, Decimal) and cell.is_nan()
    if not empty and not (name == "reference" and cell == "a\x00b"):
        assert [each.column for each in made.findings] == [name]
        assert made.refused == (2,)


def test_what_one_cell_says_without_another_is_told() -> None:
    """A rate without currency, a reason without concept: what would be lost, or another amount, is a finding."""
    note = {"corrects__number": "SETP1", "corrects__key": "a" * 96, "corrects__date": "2026-03-01"}
    for cells, column in (
        ({"exchange_rate": "4012.35"}, "exchange_rate"),
        ({"exchange_rate": "4012.35", "currency": "COP"}, "exchange_rate"),
        ({"exchange_rate": "-1", "currency": "USD"}, "exchange_rate"),
        ({"kind": "credit_note", "reason": "daño", **note}, "reason"),
        ({"kind": "credit_note", "concept": "9", **note}, "concept"),
        ({"kind": "credit_note", "concept": "2", **note, "corrects__number": "a\x01"}, "corrects.number"),
    ):
        made = one(**cells)
        assert [(each.row, each.column) for each in made.findings] == [(2, column)], cells
    assert one(exchange_rate="1", currency="COP").ok
    foreign = taken([CELLS | {"exchange_rate": "4012.35"}], details={"currency": "USD"}).documents[0]
    assert foreign.exchange_rate is not None
    assert (foreign.currency, foreign.exchange_rate.rate) == ("USD", Decimal("4012.35"))


@pytest.mark.parametrize(
    ("kind", "number", "taken_as"),
    [
        ("31", "900.373.076-4", "900373076"),
        ("31", "900373076-5", None),
        ("50", "76.123.456-7", "76123456-7"),
        ("41", "900373076-4", "900373076-4"),
        ("13", "1.020.304.050", "1020304050"),
        ("13", "1020304050-8", None),
    ],
)
def test_only_a_nit_has_a_check_digit_after_a_hyphen(kind: str, number: str, taken_as: str | None) -> None:
    made = one(customer__id_type=kind, customer__id=number)
    assert [each.customer.id for each in made.documents] == ([] if taken_as is None else [taken_as])
    assert [each.column for each in made.findings] == ([] if taken_as else ["customer.id"])


def test_a_nit_with_points_may_have_its_digit_in_a_column() -> None:
    assert one(customer__id_type="31", customer__id="900.373.076-4", customer__check_digit="4").ok
    assert not one(customer__id_type="31", customer__id="900.373.076-4", customer__check_digit="5").ok


def test_a_till_s_ticket_needs_no_customer() -> None:
    cells = {name: cell for name, cell in CELLS.items() if not name.startswith("customer.")}
    messages = [each.message for each in taken([cells], kind="pos_ticket").findings]
    assert messages
    assert not [each for each in messages if "con quién" in each]
    assert "con quién" in taken([cells]).findings[0].message


def test_a_moment_without_zone_says_what_to_give() -> None:
    (told,) = one(issued_at="2026-03-02 10:15").findings
    assert "zone=" in str(told.remedy)
    assert (told.code, told.column) == ("naive_datetime", "issued_at")


def book(sheet: str) -> bytes:
    """Return an Excel file whose only sheet has these rows of XML, as Excel writes them."""
    openpyxl = pytest.importorskip("openpyxl")
    made, file, target = openpyxl.Workbook(), BytesIO(), BytesIO()
    made.active["A1"] = "x"
    made.active["A1"].number_format = "00000000000000"
    made.save(file)
    with ZipFile(file) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData>%b</sheetData>" % sheet.encode(), data)
            new.writestr(name, data)
    return target.getvalue()


def excel_row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def text_cell(value: str) -> str:
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>'


def test_formulas_that_show_nothing_are_empty_cells() -> None:
    """``=IF(A3="","",…)`` down to row 500 is how shops prepare their sheets; Excel saves its empty text as ``str``."""
    nothing = '<c t="str"><f>IF(Z1="","",Z1)</f><v></v></c>'
    unknown = "<c><f>2*500</f></c>"
    head = excel_row(1, *map(text_cell, CELLS))
    cells = [text_cell(str(cell)) for cell in CELLS.values()]
    made = taken(book(head + excel_row(2, *cells) + excel_row(3, *[nothing] * 6)))
    assert (payables(made), made.blank, made.findings) == (["1000.00"], (3,), ())
    (told,) = taken(book(head + excel_row(2, *cells[:5], unknown))).findings
    assert "sin su valor" in told.message


def test_a_sheet_that_claims_endless_rows_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dian_fe.exchange.excel._MOST_ROWS", 1_000)
    head = excel_row(1, *map(text_cell, CELLS))
    cells = [text_cell(str(cell)) for cell in CELLS.values()]
    assert payables(taken(book(head + excel_row(1_000, *cells)))) == ["1000.00"]
    started = process_time()
    with pytest.raises(UnreadableDocument, match="fila 1001"):
        taken(book(head + excel_row(2, *cells) + excel_row(1_000_000_000, *cells)))
    assert process_time() - started < 2


def test_zeros_that_a_cell_shows_are_kept() -> None:
    """The cell holds 7700000000001 and shows it with fourteen digits."""
    head = excel_row(1, *map(text_cell, (*CELLS, "line.standard_code")))
    code = '<c s="1"><v>7700000000001</v></c>'
    (document,) = taken(book(head + excel_row(2, *(text_cell(str(cell)) for cell in CELLS.values()), code))).documents
    assert document.lines[0].standard_code == "07700000000001"
