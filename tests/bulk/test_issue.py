"""A night's records become documents that are signed, filed and sent, part by part."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from dian_fe import Payment, bulk, read
from dian_fe.bulk import factories, making, manifests, sending
from dian_fe.bulk.filing import SHIPMENTS
from dian_fe.errors import InvalidInput, NotAllowed, OutOfRange, SigningError, StoredNewer, StoreError
from dian_fe.exchange import Column
from tests.bulk.companies import FACTORY, OTHER_NIT, dian, sales
from tests.bulk.support import FIRST, issued, table, xmls
from tests.support.company import NIT

pytest.importorskip("pyarrow")


def test_each_record_is_signed_sent_and_accepted(tmp_path: Path) -> None:
    run = issued(tmp_path)
    assert (run.documents, run.signed, run.accepted, run.refused) == (6, 6, 6, 0)
    assert run.ok
    answers = list(run.answers())
    assert [each.number for each in answers] == [f"SETP99000000{n}" for n in range(1, 7)]
    assert all(each.accepted and each.application_response for each in answers)
    documents = [read(each.shipment.xml).document for each in answers]
    assert all(len(each.lines) == 2 for each in documents)
    rows = table(tmp_path, "shipments")
    assert [row["payable"] for row in rows] == [each.payable for each in documents]
    assert [(row["position"], row["row"]) for row in rows] == [(n, 2 + 2 * n) for n in range(6)]
    assert table(tmp_path, "refused") == []
    assert bulk.open_run(tmp_path) == run


def test_empty_input_has_the_tables_of_none(tmp_path: Path) -> None:
    run = issued(tmp_path, iter([]))
    assert (run.documents, run.ok, run.finished) == (0, True, True)
    assert [table(tmp_path, name) for name in ("shipments", "answers", "refused")] == [[], [], []]


def test_bytes_follow_from_the_input_alone(tmp_path: Path) -> None:
    issued(tmp_path / "one", send=False)
    issued(tmp_path / "two", size=1, send=False)
    assert xmls(tmp_path / "one") == xmls(tmp_path / "two")


def test_the_moment_is_kept_for_when_the_run_goes_on(tmp_path: Path) -> None:
    issued(tmp_path, at=None, send=False)
    before = xmls(tmp_path)
    (tmp_path / "shipments" / "part-00001.parquet").unlink()
    issued(tmp_path, at=None)
    assert xmls(tmp_path) == before


def test_what_is_done_is_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    issued(tmp_path)

    def never(*args: Any) -> Any:
        raise AssertionError("done twice")

    monkeypatch.setattr(making, "_make", never)
    monkeypatch.setattr(sending, "_send", never)
    assert issued(tmp_path).ok
    assert bulk.resume(tmp_path, workers=0).ok


def test_a_run_goes_on_without_records(tmp_path: Path) -> None:
    run = issued(tmp_path, send=False)
    assert (run.signed, run.unsent, run.finished) == (6, 6, False)
    run = bulk.resume(tmp_path, workers=0)
    assert (run.accepted, run.unsent, run.ok) == (6, 0, True)


# --- what is refused --------------------------------------------------------------------------------------------------


def spoiled() -> list[dict[str, Any]]:
    rows = list(sales(6))
    rows[1]["line.quantity"] = "muchas"
    rows[3]["customer.id_type"] = "99"
    rows[4]["line.price"] = "-5"
    return rows


def test_a_record_that_gives_no_document_is_told(tmp_path: Path) -> None:
    run = issued(tmp_path, spoiled())
    assert (run.documents, run.signed, run.refused, run.accepted, run.finished) == (6, 3, 3, 3, True)
    told = table(tmp_path, "refused")
    assert {row["position"]: row["row"] for row in told} == {1: 3, 3: 5, 4: 6}
    assert all(row["message"] and row["code"] and row["remedy"] for row in told)
    assert next(row["column"] for row in told if row["position"] == 1) == "line.quantity"
    # Its number stays free: the others have theirs by their position.
    assert sorted(xmls(tmp_path)) == [f"SETP99000000{n}" for n in (1, 3, 6)]
    assert {row["number"] for row in told} == {f"SETP99000000{n}" for n in (2, 4, 5)}


def test_a_corrected_record_takes_the_number_left_free(tmp_path: Path) -> None:
    issued(tmp_path / "night", spoiled())
    free = min(row["number"] for row in table(tmp_path / "night", "refused"))
    run = issued(tmp_path / "next", list(sales(1)), first_number=free)
    assert run.ok
    assert list(xmls(tmp_path / "next")) == [free]


def test_rows_of_a_document_that_are_apart_are_told(tmp_path: Path) -> None:
    rows = list(sales(6))
    rows.append(dict(rows[0]))
    for size in (2, 100):
        run = issued(tmp_path / str(size), rows, size=size)
        assert (run.signed, run.refused) == (5, 2)
        told = table(tmp_path / str(size), "refused")
        assert {row["row"] for row in told} == {2, 8}
        assert all("no están juntas" in row["message"] for row in told)


def test_a_number_is_given_to_the_first_record_only(tmp_path: Path) -> None:
    rows = [{**row, "number": f"SETP99000000{place % 4}"} for place, row in enumerate(sales(6))]
    for size in (3, 100):
        run = issued(tmp_path / str(size), rows, first_number=None, size=size)
        assert (run.signed, run.refused) == (4, 2)
        assert {row["code"] for row in table(tmp_path / str(size), "refused")} == {"invalid_input"}


def test_a_row_without_reference_spoils_its_neighbours(tmp_path: Path) -> None:
    rows = list(sales(6))
    rows[2]["reference"] = ""
    for size in (1, 2, 100):
        run = issued(tmp_path / str(size), rows, size=size, send=False)
        assert sorted(row["reference"] for row in table(tmp_path / str(size), "shipments")) == [
            f"V-{n:06}" for n in (0, 4, 5)
        ]
        assert run.refused >= 2


def test_a_key_that_fails_stops_the_part_unmade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*args: Any, **given: Any) -> Any:
        raise SigningError("El token no responde.")

    with monkeypatch.context() as patch:
        patch.setattr(making, "sign", gone)
        run = issued(tmp_path)
    assert [each.part for each in run.failed] == [0, 1]
    assert "El token no responde" in run.failed[0].reason
    assert (run.signed, run.refused, run.missing) == (0, 0, 6)
    assert bulk.resume(tmp_path, workers=0).ok


# --- another input, other settings ------------------------------------------------------------------------------------


def test_other_records_in_the_folder_are_refused(tmp_path: Path) -> None:
    issued(tmp_path, send=False)
    changed = list(sales(6, 2))
    changed[9]["line.price"] = "18501"
    with pytest.raises(NotAllowed, match=r"la parte 1, desde la fila 9"):
        issued(tmp_path, changed)
    with pytest.raises(NotAllowed, match="otra cantidad"):
        issued(tmp_path, sales(4, 2))


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"first_number": "SETP990000002"}, "first_number"),
        ({"at": "2026-03-02T10:16:00-05:00"}, "at"),
        ({"payment": Payment.cash(means="47")}, "payment"),
        ({"size": 5}, "size"),
        ({"columns": {"reference": "reference"}}, "columns"),
        ({"company": bulk.Factory(FACTORY, {"policy": "quick"})}, "companies"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_settings_in_the_folder_are_refused(tmp_path: Path, options: dict[str, Any], place: str) -> None:
    issued(tmp_path, send=False)
    with pytest.raises(NotAllowed, match="se pidió de otra manera") as refusal:
        issued(tmp_path, **options)
    assert str(refusal.value.field).startswith(place)


def test_another_certificate_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    issued(tmp_path, send=False)
    (tmp_path / "shipments" / "part-00001.parquet").unlink()
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    manifest["facts"][""]["certificate"] = "0" * 64
    manifest["sha256"] = manifests._digest(manifest)
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(NotAllowed, match="otro certificado"):
        issued(tmp_path)
    assert "otro certificado" in bulk.resume(tmp_path, workers=0).failed[0].reason


def test_another_technical_key_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No manifest may keep it; another one makes other documents."""
    issued(tmp_path, send=False)
    (tmp_path / "shipments" / "part-00001.parquet").unlink()
    company = factories.company_of(bulk.Factory(FACTORY))
    resolution = company.issuer.resolution
    assert resolution is not None
    other = resolution.model_copy(update={"technical_key": SecretStr("f" * 40)})
    monkeypatch.setattr(company, "issuer", company.issuer.model_copy(update={"resolution": other}))
    making._PROVEN.clear()
    run = issued(tmp_path)
    assert "cambió la clave técnica" in run.failed[0].reason
    assert run.missing == 2


def test_a_folder_has_one_call_at_a_time(tmp_path: Path) -> None:
    def late(step: str, done: int, of: int) -> None:
        with pytest.raises(StoreError, match="Otra llamada"):
            issued(tmp_path)

    assert issued(tmp_path, progress=late).ok


def test_folders_without_a_run_are_refused(tmp_path: Path) -> None:
    for call in (bulk.open_run, bulk.resume):
        with pytest.raises(StoreError, match="no hay ninguna corrida"):
            call(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(StoreError, match="no se puede leer"):
        bulk.open_run(tmp_path)
    with pytest.raises(StoreError, match="no se puede leer"):
        issued(tmp_path)


def test_a_manifest_of_a_later_version_is_told_as_that(tmp_path: Path) -> None:
    issued(tmp_path, send=False)
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"version": 2}))
    with pytest.raises(StoredNewer, match="actualice dian-fe"):
        bulk.open_run(tmp_path)


def test_changed_documents_are_not_sent(tmp_path: Path) -> None:
    issued(tmp_path, send=False)
    rows = list(SHIPMENTS.read(tmp_path, 0))
    rows[0]["xml"] = rows[0]["xml"].replace(b"18500", b"18501")
    SHIPMENTS.write(tmp_path, 0, rows, SHIPMENTS.counts(tmp_path, 0))
    before = len(dian().accepted)
    run = bulk.resume(tmp_path, workers=0)
    assert [each.part for each in run.failed] == [0]
    assert "lo que se firmó" in run.failed[0].reason
    assert len(dian().accepted) == before + 2


@pytest.mark.parametrize("file", ["shipments/part-00000.parquet", "answers/part-00000.parquet"])
@pytest.mark.parametrize("what", ["cut", "other"])
def test_a_damaged_table_is_told_by_its_name(tmp_path: Path, file: str, what: str) -> None:
    issued(tmp_path)
    path = tmp_path / file
    other = (tmp_path / "refused" / path.name).read_bytes()
    path.write_bytes(path.read_bytes()[:-9] if what == "cut" else other)
    run = bulk.Run(tmp_path)
    for call in (lambda: bulk.open_run(tmp_path), lambda: bulk.resume(tmp_path, workers=0), lambda: [*run.answers()]):
        with pytest.raises(StoreError, match=path.name):
            call()


def test_a_missing_table_of_documents_is_told(tmp_path: Path) -> None:
    run = issued(tmp_path)
    (tmp_path / "shipments" / "part-00000.parquet").unlink()
    with pytest.raises(StoreError, match=r"part-00000\.parquet"):
        list(run.answers())


@pytest.mark.parametrize("what", ["missing", "cut at a row", "cut in a row", "edited"])
def test_rows_that_changed_make_no_document(tmp_path: Path, what: str) -> None:
    before = issued(tmp_path, send=False)
    (tmp_path / "shipments" / "part-00000.parquet").unlink()
    path = tmp_path / "input" / "00000-00000.jsonl"
    rows = path.read_bytes()
    path.unlink()
    if what != "missing":
        changed = {"cut at a row": rows[: rows[:-1].rindex(b"\n") + 1], "cut in a row": rows[:-9]}
        path.write_bytes(changed.get(what, rows.replace(b"18500", b"18501")))
    assert before.documents == 6
    run = bulk.resume(tmp_path, workers=0)
    assert [each.part for each in run.failed] == [0]
    assert path.name in run.failed[0].reason
    assert run.accepted == 2
    path.write_bytes(rows)
    assert bulk.resume(tmp_path, workers=0).ok


@pytest.mark.parametrize("what", ["number", "part", "bytes", "folder"])
def test_an_edited_manifest_is_refused(tmp_path: Path, what: str) -> None:
    issued(tmp_path, send=False)
    path = tmp_path / "manifest.json"
    manifest = json.loads(path.read_text())
    path.unlink()
    if what == "folder":
        path.mkdir()
    elif what == "bytes":
        path.write_bytes(b"\xff{}")
    else:
        manifest["settings" if what == "number" else "parts"] = (
            manifest["settings"] | {"first_number": "SETP990000101"} if what == "number" else manifest["parts"][:1]
        )
        path.write_text(json.dumps(manifest))
    for call in (lambda: bulk.resume(tmp_path, workers=0), lambda: issued(tmp_path)):
        with pytest.raises(StoreError, match="no se puede leer"):
            call()
    assert not (tmp_path / "answers").exists()


def test_a_folder_that_cannot_be_locked_is_told(tmp_path: Path) -> None:
    (tmp_path / "locks" / "run").mkdir(parents=True)
    with pytest.raises(StoreError, match="no se puede crear"):
        issued(tmp_path)


def test_a_full_disk_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("dian_fe.bulk.filing.os.fsync", full)
        with pytest.raises(StoreError, match="libere espacio"):
            issued(tmp_path)
    assert not [path for path in tmp_path.rglob("*.jsonl*") if path.is_file()]
    assert issued(tmp_path).ok


# --- what is asked ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"size": 0}, "size"),
        ({"workers": -1}, "workers"),
        ({"workers": 2, "on": "dask"}, "workers"),
        ({"on": "spark", "workers": None}, "on"),
        ({"first_number": "SETP"}, "first_number"),
        ({"first_number": None}, "first_number"),
        ({"first_number": {NIT: FIRST}}, "first_number"),
        ({"kind": "poem"}, "kind"),
        ({"decimal": ";"}, "decimal"),
        ({"details": {"note": {1}}}, "details.note"),
        ({"company": {}}, "company"),
        ({"company": 7}, "company"),
        ({"company": "shops"}, "name"),
        ({"company": "shops:none"}, "company"),
        ({"company": "__main__:shop"}, "name"),
        ({"company": "tests.bulk.companies:nothing"}, "tests.bulk.companies:nothing"),
        ({"company": {NIT: FACTORY}}, "first_number"),
        ({"company": {NIT: FACTORY}, "first_number": {NIT: FIRST}}, "company"),
        ({"records": 7}, "source"),
        ({"records": "*.nothing"}, "records"),
        ({"records": [7]}, "source"),
    ],
    ids=str,
)
def test_what_cannot_be_used_is_refused_at_once(tmp_path: Path, options: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        issued(tmp_path, **options)
    assert refusal.value.field == field
    assert refusal.value.remedy
    assert not (tmp_path / "manifest.json").exists()


def test_too_few_numbers_are_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(OutOfRange, match="6 documentos"):
        issued(tmp_path, first_number="SETP994999997")
    with pytest.raises(OutOfRange):
        issued(tmp_path, first_number="SETP995000001")
    assert not (tmp_path / "manifest.json").exists()


def test_columns_and_settings_reach_the_workers(tmp_path: Path) -> None:
    names = {"Venta": "reference", "Tipo": Column("customer.id_type", {"cédula": "13"}), "Doc": "customer.id"}
    names |= {"Cliente": "customer.name", "Qué": "line.description", "Cuánto": "line.quantity", "Valor": "line.price"}
    headers = [*names, "IVA"]
    names["IVA"] = "line.iva"
    cells = ["cédula", "1020304050", "Ana", "Té", "1,5", "1.000,50", "5"]
    rows = [dict(zip(headers, [f"V{n}", *cells], strict=True)) for n in range(3)]
    run = issued(tmp_path, rows, columns=names, decimal=",", details={"notes": ("Gracias",)})
    assert run.ok
    document = read(next(iter(run.answers())).shipment.xml).document
    assert (document.customer.id_type, document.notes, str(document.lines[0].quantity)) == ("13", ("Gracias",), "1.5")


def test_several_companies_number_apart(tmp_path: Path) -> None:
    rows = [{**row, "company": (NIT, OTHER_NIT)[place % 2]} for place, row in enumerate(sales(6))]
    rows[4]["company"] = "1"
    companies = {NIT: FACTORY, OTHER_NIT: "tests.bulk.companies:other"}
    run = issued(tmp_path, rows, companies, first_number={NIT: FIRST, OTHER_NIT: "SETP990000501"})
    assert (run.signed, run.refused, run.accepted) == (5, 1, 5)
    found = {row["number"]: row["supplier"] for row in table(tmp_path, "shipments")}
    assert found == {
        **{f"SETP99000000{n}": NIT for n in (1, 2)},
        **{f"SETP99000050{n}": OTHER_NIT for n in (1, 2, 3)},
    }


def test_companies_may_have_the_same_numbers(tmp_path: Path) -> None:
    rows = [{**row, "company": (NIT, OTHER_NIT)[place % 2]} for place, row in enumerate(sales(4))]
    companies = {NIT: FACTORY, OTHER_NIT: "tests.bulk.companies:other"}
    # The second part begins once a document of each company in the first one has come out the same again.
    run = issued(tmp_path, rows, companies, first_number={NIT: FIRST, OTHER_NIT: FIRST}, size=2)
    assert (run.signed, run.accepted, run.failed) == (4, 4, ())


def test_progress_is_told_to_a_function(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    issued(tmp_path, progress=lambda *each: told.append(each))
    assert told[-1] == ("enviar", 6, 6)
    assert ("firmar", 4, 6) in told


def test_the_bar_is_drawn_where_it_is_wanted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    issued(tmp_path / "quiet")
    assert capsys.readouterr().err == ""
    issued(tmp_path / "drawn", progress=True)
    drawn = capsys.readouterr().err
    assert "firmar [" in drawn
    assert "6/6" in drawn
