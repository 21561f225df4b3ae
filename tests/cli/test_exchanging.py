"""The verbs ``import``, ``receive`` and ``migrate``: what they leave, what they say, their exit status."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from dian_fe import Correction, CreditNote, Customer, DocumentReference, Line, Payment, load_document
from dian_fe._cli.main import main
from dian_fe.testing import Simulator
from tests.exchange.others import apidian, factus, order
from tests.exchange.packages import packages
from tests.support.company import NOW, SHOP, issuer_at

pytestmark = pytest.mark.between

TABLE = """\
Pedido,customer.id_type,customer.id,customer.name,line.description,Cantidad,line.price,line.iva
1,13,1020304050,Ana Ejemplo,Café tostado 500 g,2,18500.50,5
1,13,1020304050,Ana Ejemplo,Molino manual,1,100000,19
2,13,1020304050,Ana Ejemplo,Café tostado 500 g,dos,18500.50,5
3,31,900373076,Comercial de Prueba SAS,Panela en bloque,3,5200,0
"""
COLUMNS = {"Pedido": "reference", "Cantidad": "line.quantity"}


@pytest.fixture
def issuer(tmp_path: Path) -> Path:
    file = tmp_path / "issuer.json"
    file.write_text(json.dumps(issuer_at(Simulator(seed=7)).with_secrets()), encoding="utf-8")
    return file


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    capsys.readouterr()
    status = main([str(each) for each in arguments])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return status, captured.out, captured.err


def table(folder: Path, text: str = TABLE) -> tuple[Path, Path]:
    (folder / "ventas.csv").write_text(text, encoding="utf-8")
    names = text.splitlines()[0].split(",")
    columns = {name: COLUMNS.get(name, name) for name in names}
    (folder / "map.json").write_text(json.dumps(columns), encoding="utf-8")
    return folder / "ventas.csv", folder / "map.json"


def test_a_number_that_is_no_file_s_name_writes_nothing(
    tmp_path: Path, issuer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "number,customer.id_type,customer.id,customer.name,line.description,line.quantity,line.price,line.iva\n"
    good = "13,1020304050,Ana Ejemplo,Café tostado 500 g,2,18500.50,5\n"
    for number in ("../fuera", "a/b", ".oculto", "C:x"):
        (tmp_path / "ventas.csv").write_text(f"{head}SETP1,{good}{number},{good}", encoding="utf-8")
        given = ("--issuer", issuer, "--out", tmp_path / "salida", "--cash", "--at", NOW.isoformat())
        status, _, told = run(capsys, "import", tmp_path / "ventas.csv", *given)
        assert status == 2
        assert "nombre de archivo" in told
        assert not (tmp_path / "salida").exists()


def test_the_map_translates_words_and_the_zone_is_given(
    tmp_path: Path, issuer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ventas.csv").write_text(
        "number,Fecha,Tipo,customer.id,customer.name,line.description,line.price\n"
        "SETP1,2026-03-02 10:15,CC,1020304050,Ana Ejemplo,Café,1000\n",
        encoding="utf-8",
    )
    names = ("number", "customer.id", "customer.name", "line.description", "line.price")
    columns = {name: name for name in names} | {"Fecha": "issued_at"}
    words = {"Tipo": {"target": "customer.id_type", "values": {"CC": "13"}}}
    (tmp_path / "map.json").write_text(json.dumps(columns | words), encoding="utf-8")
    given = (
        tmp_path / "ventas.csv",
        "--columns",
        tmp_path / "map.json",
        "--issuer",
        issuer,
        "--out",
        tmp_path,
        "--cash",
    )
    status, told, _ = run(capsys, "import", *given)
    assert status == 1
    assert "--zone America/Bogota" in told
    status, _, _ = run(capsys, "import", *given, "--zone", "America/Bogota")
    assert status == 0
    assert load_document((tmp_path / "SETP1.json").read_bytes()).issued_at == NOW
    assert run(capsys, "import", *given, "--zone", "Macondo")[0] == 2
    for wrong in ('{"a": "x", "a": "y"}', '{"a": {"target": 5}}', '{"a": {"datum": "x"}}', '{"a": 5}', "[]"):
        (tmp_path / "map.json").write_text(wrong, encoding="utf-8")
        assert run(capsys, "import", *given)[0] == 2


def test_identifiers_of_the_other_system_are_given(
    tmp_path: Path, issuer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request = apidian(order(2))
    for line in request["invoice_lines"]:
        line["unit_measure_id"] = 601
    (tmp_path / "pedido.json").write_text(json.dumps(request), encoding="utf-8")
    given = ("migrate", "apidian", tmp_path / "pedido.json", "--issuer", issuer, "--out", tmp_path / "salida")
    assert run(capsys, *given)[0] == 1
    assert run(capsys, *given, "--table", "units.601=94")[0] == 0
    assert run(capsys, *given, "--table", "units=94")[0] == 2


def test_two_documents_of_one_file_name_are_not_overwritten(
    tmp_path: Path, issuer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two prefixes of one year have the same consecutives, which the names of the files carry."""
    notes = []
    for prefix in ("NA", "NB"):
        document = CreditNote.from_lines(
            number=f"{prefix}1",
            issued_at=NOW,
            supplier=SHOP,
            customer=Customer(id_type="13", id="1020304050", name="Ana Ejemplo"),
            lines=[Line(description="Café", price=1000)],
            payment=Payment.cash(),
            billing_references=[DocumentReference(number="SETP1", key="a" * 96, issue_date="2026-03-01")],
            corrections=[Correction(concept="2", reference="SETP1")],
        )
        (tmp_path / f"{prefix}.json").write_text(document.to_json(), encoding="utf-8")
        notes.append(tmp_path / f"{prefix}.json")
    given = ("--issuer", issuer, "--out", tmp_path / "salida")
    assert run(capsys, "build", notes[0], *given)[0] == 0
    assert run(capsys, "build", notes[0], *given)[0] == 0
    status, _, told = run(capsys, "build", notes[1], *given)
    assert status == 2
    assert "--sequence" in told
    assert run(capsys, "build", notes[1], *given, "--sequence", 2)[0] == 0
    assert len(list((tmp_path / "salida").iterdir())) == 2


def test_a_table_becomes_documents_that_are_issued(
    tmp_path: Path, issuer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, columns = table(tmp_path)
    making = ["--issuer", issuer, "--out", tmp_path / "out", "--cash", "--at", NOW.isoformat()]
    arguments = ["import", file, "--columns", columns, *making, "--first", "SETP990000098"]
    status, out, _ = run(capsys, *arguments)
    assert status == 1
    assert "Fila 4, columna «Cantidad»: No es un número. Se encontró: dos." in out
    assert "2 documentos; filas sin documento: 1" in out
    made = {path.name: load_document(path.read_bytes()) for path in (tmp_path / "out").iterdir()}
    assert sorted(made) == ["SETP990000098.json", "SETP990000099.json"]
    assert len(made["SETP990000098.json"].lines) == 2
    status, out, _ = run(capsys, *arguments, "--json")
    told = json.loads(out)
    assert (status, told["refused"], [Path(each).name for each in told["files"]]) == (1, [4], sorted(made))
    good, _ = table(tmp_path, "".join(line for line in TABLE.splitlines(keepends=True) if ",dos," not in line))
    assert run(capsys, "import", good, *arguments[2:])[0] == 0
    for name in made:
        sending = ["--issuer", issuer, "--out", tmp_path / "sent", "--simulate", "--json"]
        status, out, _ = run(capsys, "issue", tmp_path / "out" / name, *sending)
        assert (status, json.loads(out)["answer"]["accepted"]) == (0, True)


def test_a_table_from_standard_input_without_numbers(
    tmp_path: Path, issuer: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = TABLE.replace("Pedido", "reference").replace("Cantidad", "line.quantity").replace(",dos,", ",2,")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    status, out, _ = run(capsys, "import", "-", "--issuer", issuer, "--out", tmp_path / "out", "--cash")
    assert status == 1
    assert "Filas 2, 3: falta el número o el momento. Qué hacer: agregue las columnas number" in out
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("more", "columns", "words"),
    [
        (["--first", "SETP"], None, "no termina en cifras"),
        ([], "[1]", "no se puede usar"),
        ([], "{", "no se puede usar"),
        ([], '{"Pedido": 5}', "no se puede usar"),
        ([], '{"Otra": "reference"}', "no tiene esa columna"),
        (["--kind", "event"], None, "No hay una clase de documento"),
        (["--encoding", "utf-99"], None, "codificación"),
    ],
)
def test_what_cannot_be_imported_is_status_2(
    tmp_path: Path,
    issuer: Path,
    capsys: pytest.CaptureFixture[str],
    more: list[str],
    columns: str | None,
    words: str,
) -> None:
    file, names = table(tmp_path)
    if columns is not None:
        names.write_text(columns, encoding="utf-8")
    status, _, err = run(
        capsys, "import", file, "--issuer", issuer, "--out", tmp_path / "out", "--columns", names, *more
    )
    assert status == 2
    assert words in err


def test_a_folder_becomes_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "buzón"
    folder.mkdir()
    for position, each in enumerate(packages(3)):
        (folder / f"{position}.zip").write_bytes(each)
    status, out, _ = run(capsys, "receive", folder, "--csv", tmp_path / "t.csv")
    assert (status, out.splitlines()[0]) == (0, "3 archivos; 3 filas")
    assert "las firmas no se verificaron" in out
    (folder / "otra vez.zip").write_bytes(packages(3)[0])
    (folder / "roto.zip").write_bytes(b"PK\x03\x04")
    status, out, _ = run(capsys, "receive", folder, "--csv", tmp_path / "t.csv", "--of", "lines", "--json")
    told = json.loads(out)
    assert (status, told["files"], len(told["unreadable"])) == (1, 5, 1)
    assert told["repeated"] == [["otra vez.zip", "0.zip"]]
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        records = list(csv.DictReader(file))
    assert {each["source"] for each in records} == {"0.zip", "1.zip", "2.zip"}
    assert {each["valid"] for each in records} == {""}


def test_a_folder_is_verified_against_the_authorities_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dian = Simulator(seed=3)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.zip").write_bytes(dian.deliver(to="800199436"))
    authorities = b"".join(each.public_bytes(Encoding.PEM) for each in (*dian.trust.anchors, *dian.trust.intermediates))
    (tmp_path / "ca.pem").write_bytes(authorities)
    arguments = ["receive", tmp_path / "in", "--csv", tmp_path / "t.csv", "--at", NOW.isoformat(), "--trust"]
    status, out, _ = run(capsys, *arguments, tmp_path / "ca.pem")
    assert (status, out.strip()) == (0, "1 archivos; 1 filas"), out
    other = Simulator(seed=4).trust.anchors
    (tmp_path / "ca.pem").write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in other))
    status, out, _ = run(capsys, *arguments, tmp_path / "ca.pem")
    assert status == 1
    assert "a.zip: no es válido (" in out


def test_a_request_to_another_system_becomes_a_document(
    tmp_path: Path, issuer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def migrate(system: str, data: Any, *more: str) -> tuple[int, str, str]:
        (tmp_path / "in.json").write_text(json.dumps(data), encoding="utf-8")
        making = ["--issuer", issuer, "--out", tmp_path / "out", *more]
        return run(capsys, "migrate", system, tmp_path / "in.json", *making)

    status, out, _ = migrate("factus", factus(order(1), 2))
    assert (status, "Falta el número o el momento." in out) == (1, True)
    status, out, _ = migrate("factus", factus(order(1), 2), "--number", "SETP990000001", "--at", NOW.isoformat())
    assert status == 0
    assert "no se tomó numbering_range_id: es un identificador de Factus" in out
    assert load_document((tmp_path / "out" / "SETP990000001.json").read_bytes()).number == "SETP990000001"
    data = apidian(order(2))
    del data["customer"]["type_document_identification_id"]
    assert migrate("apidian", data)[0] == 1
    status, out, _ = migrate("apidian", data, "--default", "customer.id_type=13", "--tolerance", "0.01", "--json")
    told = json.loads(out)
    assert (status, told["problems"], Path(told["file"]).name) == (0, [], "SETP990000003.json")
    assert migrate("apidian", data, "--default", "customer.id_type")[0] == 2
    assert migrate("apidian", data, "--tolerance", "mucha")[0] == 2
    assert migrate("apidian", [data])[0] == 2


def test_a_note_is_migrated_with_what_it_corrects(
    tmp_path: Path, issuer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = factus(order(3), 2) | {"correction_concept_code": "2", "bill_number": "SETP990000001"}
    del data["document"], data["operation_type"]
    (tmp_path / "in.json").write_text(json.dumps(data | {"customization_id": "20"}), encoding="utf-8")
    making = ["--issuer", issuer, "--out", tmp_path / "out", "--number", "NC1", "--at", NOW.isoformat(), "--corrects"]
    key = "AB" * 48
    for wrong in (f"SETP990000001,{key}", f"SETP990000001,{key[1:]},2026-03-01", f",{key},2026-03-01",
                  f"SETP990000001,{key},ayer", f"SETP990000001,{key},2026-03-01,x"):  # fmt: skip
        status, _, err = run(capsys, "migrate", "factus", tmp_path / "in.json", *making, wrong)
        assert (status, "--corrects" in err) == (2, True)
    status, out, err = run(
        capsys, "migrate", "factus", tmp_path / "in.json", *making, f"SETP990000001, {key}, 2026-03-01"
    )
    assert status == 0, out + err
    (reference,) = load_document((tmp_path / "out" / "NC1.json").read_bytes()).billing_references
    assert (reference.number, reference.key, str(reference.issue_date)) == ("SETP990000001", key.lower(), "2026-03-01")
