"""Files that are no table, or could be several, are refused with what to do; hostile ones are bounded."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from dian_fe import CreditNote, Customer, Line, Payment, Seller, SupportDocument
from dian_fe.errors import DianFeError, InvalidInput, MissingExtra, UnreadableDocument, UnsafeArchive
from dian_fe.exchange import Column, Imported, import_documents
from tests.support.company import NOW, SHOP

COLUMNS: dict[str, str | Column] = {
    "ref": "reference",
    "doc": "customer.id",
    "tipo": Column("customer.id_type", values={"CC": "13", "NIT": "31"}),
    "nombre": "customer.name",
    "detalle": "line.description",
    "precio": "line.price",
}
HEAD = b"ref,doc,tipo,nombre,detalle,precio\n"
ROW = b"A1,1020304050,CC,Cliente Ejemplo,Cafe molido,1000\n"


def taken(source: Any, columns: Any = COLUMNS, **options: Any) -> Imported:
    given = {"organization": SHOP, "issued_at": NOW, "payment": Payment.cash(), "numbers": ["SETP990000001"]}
    return import_documents(source, columns, **(given | options))


def refusal(source: Any, columns: Any = COLUMNS, **options: Any) -> DianFeError:
    with pytest.raises(DianFeError) as caught:
        taken(source, columns, **options)
    assert caught.value.remedy
    return caught.value


def test_the_file_s_own_words_are_translated() -> None:
    made = taken(HEAD + ROW)
    assert made.ok
    assert made.documents[0].customer.id_type == "13"
    assert made.drafts[0].build(number="SETP990000002").number == "SETP990000002"


def test_a_header_may_be_the_name_of_the_datum() -> None:
    head = b"reference,customer.id_type,customer.id,customer.name,line.description,line.price,otra\n"
    made = taken(head + ROW.replace(b"1020304050,CC", b"13,1020304050").replace(b"\n", b",y\n"), None)
    assert made.ok
    assert made.unused == ("otra",)


@pytest.mark.parametrize(
    ("source", "options", "words"),
    [
        (b"", {}, "vac"),
        (b"\n\n", {}, "vac"),
        (HEAD.replace(b"doc", b"ref") + ROW, {}, "dos veces"),
        (HEAD.replace(b",", b";", 1) + ROW, {}, "separador"),
        (HEAD + ROW, {"delimiter": ";;"}, "separador"),
        (HEAD + ROW, {"encoding": "nada"}, "codificaci"),
        (HEAD + ROW, {"decimal": ";"}, "decimales"),
        (HEAD + ROW, {"kind": "factura"}, "clase de documento"),
        (HEAD + "A1,1,CC,Señor,x,1\n".encode("cp1252"), {}, "codificaci"),
        (HEAD + b'A1,1,CC,"sin cierre,x,1\n', {}, "mal formado"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), {}, "2007"),
        (b"PK\x03\x04" + bytes(600), {}, ""),
        (b"x" * (1 << 21), {}, "no termina"),
        ({"a": 1}, {}, "No es una tabla"),
        ([1, 2], {}, "No es una tabla"),
        (5, {}, "No es una tabla"),
    ],
)
def test_what_is_no_table_is_refused(source: Any, options: dict[str, Any], words: str) -> None:
    assert words in refusal(source, **options).message


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"precios": "line.price"}, "«precio»"),
        ({"precio": "line.precio"}, "line.price"),
        ({"precio": "line.iva", "doc": "line.tax.01"}, "quite una"),
        ({"precio": "zzzzzzzzz"}, "use uno de"),
    ],
)
def test_a_wrong_map_is_refused_by_name(columns: dict[str, str], words: str) -> None:
    assert words in str(refusal(HEAD + ROW, columns).remedy)


def test_rows_of_unknown_documents_hold_back_their_neighbours() -> None:
    other = ROW.replace(b"A1", b"A2")
    for odd in (ROW.replace(b"A1", b""), b"A1,1020304050,CC\n", ROW.replace(b"\n", b",x\n")):
        made = taken(HEAD + ROW + odd + other + ROW.replace(b"A1", b"A3"))
        assert [draft.reference for draft in made.drafts] == ["A3"]
        assert made.refused == (2, 3, 4)
        assert {each.row for each in made.findings} == {2, 3, 4}


def test_blank_rows_are_counted_and_nothing_else() -> None:
    made = taken(HEAD + b"\n,,,,,\n" + ROW + b"\n")
    assert made.ok
    assert (made.blank, made.drafts[0].rows) == ((2, 3, 5), (4,))


def test_rows_of_one_document_may_not_contradict_each_other() -> None:
    made = taken(HEAD + ROW + ROW.replace(b"Cliente", b"Clienta"))
    assert [(each.row, each.column) for each in made.findings] == [(3, "nombre")]
    assert made.refused == (2, 3)


def test_a_number_serves_one_document() -> None:
    head = HEAD.replace(b"\n", b",numero\n")
    rows = ROW.replace(b"\n", b",S1\n") + ROW.replace(b"A1", b"A2").replace(b"\n", b",S1\n")
    made = taken(head + rows, {**COLUMNS, "numero": "number"})
    assert len(made.documents) == 1
    assert made.refused == (3,)
    assert "mismo número" in made.findings[0].message


def test_numbers_are_spent_on_documents_that_can_be_made() -> None:
    bad = ROW.replace(b"A1", b"A0").replace(b",CC,", b",XX,")
    made = taken(HEAD + bad + ROW + ROW.replace(b"A1", b"A2"))
    assert [each.number for each in made.documents] == ["SETP990000001"]
    assert [each.message for each in made.findings][-1] == "No quedan números para este documento."


def test_without_numbers_the_drafts_wait_for_theirs() -> None:
    made = taken(HEAD + ROW, numbers=None)
    assert made.documents == ()
    assert made.drafts[0].build(number="SETP990000009").number == "SETP990000009"


def test_what_a_document_needs_is_told() -> None:
    made = taken(HEAD + ROW, payment=None)
    assert "cómo se paga" in made.findings[0].message
    made = taken(HEAD + ROW, {"ref": "reference", "detalle": "line.description", "precio": "line.price"})
    assert "con quién" in made.findings[0].message
    anonymous = taken(
        HEAD + ROW,
        {"ref": "reference", "detalle": "line.description", "precio": "line.price"},
        details={"customer": Customer.final_consumer()},
    )
    assert anonymous.ok


def test_notes_and_purchases_are_imported_too() -> None:
    rows = [
        {
            "reference": "N1",
            "customer.id_type": "31",
            "customer.id": "900.373.076-4",
            "customer.name": "Comercial de Prueba SAS",
            "line.description": "Café tostado 500 g",
            "line.price": "1000",
            "concept": "2",
            "reason": "anulada",
            "corrects.number": "SETP990000001",
            "corrects.key": "a" * 96,
            "corrects.date": "2026-03-01",
        }
    ]
    note = taken(rows, None, kind="credit_note", numbers=["NC1"]).documents[0]
    assert isinstance(note, CreditNote)
    assert (note.corrections[0].concept, note.billing_references[0].key) == ("2", "a" * 96)
    assert note.customer.check_digit == "4"
    bought = [
        {
            "supplier.id_type": "13",
            "supplier.id": "1020304050",
            "supplier.name": "Ana Ejemplo",
            "supplier.municipality": "76001",
            "supplier.address": "Cl 1 # 2-3",
            "line.description": "Café en pergamino",
            "line.quantity": "12,5",
            "line.price": "9000",
        }
    ]
    document = taken(bought, None, kind="support_document", numbers=["DS1"]).documents[0]
    assert isinstance(document, SupportDocument)
    seller = Seller(id_type="13", id="1020304050", name="Ana Ejemplo", municipality="76001", address="Cl 1 # 2-3")
    assert document == SupportDocument.from_lines(
        number="DS1",
        issued_at=NOW,
        supplier=seller,
        customer=SHOP,
        lines=[Line(description="Café en pergamino", quantity="12.5", price=9000)],
        payment=Payment.cash(),
    )


def test_words_for_rates_are_those_of_shops() -> None:
    head = HEAD.replace(b"\n", b",iva\n")
    codes = []
    for word in (b"exento", b"Excluido", b"19%", b""):
        made = taken(head + ROW.replace(b"\n", b"," + word + b"\n"), {**COLUMNS, "iva": "line.iva"})
        codes.append([(total.code, total.percent) for total in made.documents[0].taxes])
    assert codes == [[("01", 0)], [], [("01", 19)], []]


def test_a_path_is_read_as_well(tmp_path: Path) -> None:
    path = tmp_path / "ventas.csv"
    path.write_bytes(HEAD + ROW)
    assert taken(path).ok
    assert taken(str(path)).ok


def workbook(*rows: list[Any], sheets: int = 1) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (HEAD.decode().strip().split(","), *rows):
        book.active.append(row)
    for number in range(1, sheets):
        book.create_sheet(f"Hoja {number}")
    file = BytesIO()
    book.save(file)
    return file.getvalue()


GOOD = ["A1", 1020304050, "CC", "Cliente Ejemplo", "Café molido", 1000]


def test_excel_cells_that_hide_something_are_told() -> None:
    for value, words in (("=1000*2", "sin su valor"), ("#REF!", "error de la hoja")):
        made = taken(workbook(GOOD, [*GOOD[:5], value]))
        assert words in made.findings[0].message, made.findings
        assert (made.findings[0].row, made.findings[0].column) == (3, "precio")
        assert made.refused == (2, 3)


def test_a_sheet_is_chosen_among_several() -> None:
    assert "qué hoja" in refusal(workbook(GOOD, sheets=2)).message
    assert taken(workbook(GOOD, sheets=2), sheet="Sheet").ok
    assert "qué hoja" in refusal(workbook(GOOD, sheets=2), sheet="otra").message


def test_hostile_spreadsheets_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    good = workbook(GOOD)
    monkeypatch.setattr("dian_fe.exchange.excel._MOST_BYTES", 1 << 20)
    for name, change in (
        ("xl/worksheets/sheet1.xml", lambda data: b'<!DOCTYPE a [<!ENTITY b "c">]>' + data),
        ("xl/bomb.bin", lambda _: bytes(2 << 20)),
        ("xl/workbook.xml", lambda _: b"<no"),
    ):
        target = BytesIO()
        with ZipFile(BytesIO(good)) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
            for info in old.infolist():
                data = old.read(info)
                new.writestr(info.filename, change(data) if info.filename == name else data)
            if name not in old.namelist():
                new.writestr(name, change(b""))
        error = refusal(target.getvalue())
        assert isinstance(error, (UnsafeArchive, UnreadableDocument)), name


def test_the_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    data = workbook(GOOD)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtra, match="openpyxl"):
        taken(data)


def test_findings_say_where_and_what_to_do() -> None:
    made = taken(HEAD + ROW.replace(b"1000", b"1.000"))
    told = made.findings[0]
    assert (told.row, told.column, told.found, told.code, told.reference) == (
        2,
        "precio",
        "1.000",
        "invalid_number_text",
        "A1",
    )
    assert str(told).startswith("Fila 2, columna «precio»: El número se puede leer de dos maneras")
    hidden = {"hidden_rows", "hidden_columns", "hidden_sheets"}
    assert set(made.as_dict()) == {"drafts", "findings", "refused", "blank", "unused", *hidden}
    assert isinstance(refusal(b"", {}), UnreadableDocument | InvalidInput)
