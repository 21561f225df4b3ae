"""A month's payroll from plain records: a document or findings for each worker, nothing lost, nothing corrected."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dian_fe import PayrollEntry, build, check, payroll_run, sign
from dian_fe.errors import InvalidInput, UnknownArgument
from dian_fe.exchange import Column
from tests.families.payroll.documents import AT, COMPANY, ISSUER, official_faults, signer
from tests.support.shared import shared_dir

pytestmark = pytest.mark.slow

FOUR = {"deducciones.salud.porcentaje": 4, "deducciones.fondo_pension.porcentaje": 4}
DAY = {"fechas_pagos": "2026-02-28"}


def row(**changes: Any) -> dict[str, Any]:
    """Return a worker's record under business names."""
    given = {
        "Cédula": "1020304050",
        "Primer apellido": "Pérez",
        "Primer nombre": "Ana",
        "Municipio": "76001",
        "Dirección": "Cl 5 # 4-3",
        "Salario": 1_300_000,
        "Fecha de ingreso": "2020-01-15",
        "Días trabajados": 30,
        "Básico": 1_300_000,
        "Salud": 52_000,
        "Pensión": 52_000,
    }
    return given | changes


def ran(*rows: Any, **options: Any) -> list[PayrollEntry]:
    given: dict[str, Any] = {"issued_at": AT, "numbers": "NE1", "defaults": FOUR | DAY}
    return list(payroll_run(COMPANY, rows, "2026-02", **(given | options)))


def table(*rows: dict[str, Any]) -> bytes:
    lines = [";".join(rows[0]), *(";".join("" if each is None else str(each) for each in one.values()) for one in rows)]
    return "\n".join(lines).encode()


def test_a_row_becomes_the_document_that_it_says() -> None:
    (entry,) = ran(row(**{"Correo": "ana@example.com", "Auxilio de transporte": "200.000,00"}))
    assert entry.document is not None
    assert entry.findings == ()
    paid = entry.document
    assert (paid.number, paid.issued_at, paid.trabajador.name) == ("NE1", AT, "Ana Pérez")
    assert paid.devengados.transporte[0].auxilio_transporte == 200_000
    assert (paid.devengados_total, paid.deducciones_total, paid.comprobante_total) == (1_500_000, 104_000, 1_396_000)
    assert [str(paid.periodo.fecha_liquidacion_inicio), str(paid.periodo.fecha_liquidacion_fin)] == [
        "2026-02-01",
        "2026-02-28",
    ]
    assert (entry.rows, entry.reference, entry.emails) == ((2,), "1020304050", ("ana@example.com",))


def test_csv_frame_and_records_give_the_same_documents(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    records = [row(), row(**{"Cédula": "1020304051", "Primer nombre": "Luis"})]
    file = tmp_path / "mes.csv"
    file.write_bytes(table(*records))
    ways = (records, table(*records), file, str(file), pandas.DataFrame(records), iter(records))
    found = [
        [
            entry.document
            for entry in payroll_run(COMPANY, way, "2026-02", issued_at=AT, numbers="NE1", defaults=FOUR | DAY)
        ]
        for way in ways
    ]
    assert found[0][0] is not None
    assert all(each == found[0] for each in found)


def test_what_a_run_makes_is_issued_and_valid() -> None:
    (entry,) = ran(row(**{"Libranza": 10_000, "Descripción libranza": "Banco Ejemplo"}))
    assert entry.document is not None
    built = build(entry.document, ISSUER)
    assert [str(fault) for fault in check(built, issuer=ISSUER).rejected] == []
    if shared_dir() is not None:
        assert official_faults(sign(built, signer(), at=AT).xml) == []


def test_paths_records_and_business_words_are_the_same() -> None:
    by_words = row(**{"Horas extra diurnas: horas": 2, "Horas extra diurnas: pago": 16_250, "HED": 25})
    nested = row(devengados={"heds": [{"cantidad": 2, "pago": 16_250, "porcentaje": 25}]})
    by_path = row(**{"devengados.heds.1.cantidad": 2, "devengados.heds.pago": 16_250, "devengados.heds.porcentaje": 25})
    columns = {"HED": "devengados.heds.porcentaje"}
    made = [ran(by_words, columns=columns)[0], ran(nested)[0], ran(by_path)[0]]
    assert made[0].document is not None
    assert made[0].document.devengados.heds[0].pago == 16_250
    assert made[0].document == made[1].document == made[2].document


def test_elements_of_a_group_keep_their_order() -> None:
    record = row(**{"Libranza 2": 20, "Libranza": 10, "Descripción libranza 2": "Dos", "Descripción libranza": "Uno"})
    (entry,) = ran(record)
    assert entry.document is not None
    assert [(each.descripcion, each.deduccion) for each in entry.document.deducciones.libranzas] == [
        ("Uno", 10),
        ("Dos", 20),
    ]


def test_an_element_of_zeros_is_left_out() -> None:
    record = row(
        **{"Libranza": 0, "Comisiones": "0,00", "Dotación": 0, "Prima": 0, "Horas extra diurnas: porcentaje": 25}
    )
    (entry,) = ran(record, decimal=",")
    assert entry.document is not None
    paid = entry.document
    assert (paid.deducciones.libranzas, paid.devengados.comisiones, paid.devengados.heds) == ((), (), ())
    assert (paid.devengados.dotacion, paid.devengados.primas) == (None, None)


def test_a_description_without_its_amount_is_a_finding() -> None:
    (entry,) = ran(row(**{"Descripción libranza": "Banco Ejemplo"}))
    assert entry.document is None
    assert [each.row for each in entry.findings] == [2]
    assert "deduccion" in str(entry.findings[0])


def test_basic_pay_health_and_pension_stay_with_zeros() -> None:
    (entry,) = ran(row(**{"Básico": 0, "Días trabajados": 0, "Salud": 0, "Pensión": 0}))
    assert entry.document is not None
    assert entry.document.devengados.basico.sueldo_trabajado == 0
    assert entry.document.deducciones.salud.porcentaje == 4


@pytest.mark.parametrize(
    ("change", "column", "found"),
    [
        ({"Salario": "mucho"}, "Salario", "mucho"),
        ({"Básico": "1.234"}, "Básico", "1.234"),
        ({"Básico": 0.1 + 0.2}, "Básico", "0.30000000000000004"),
        ({"Días trabajados": 14.5}, "Días trabajados", "14.5"),
        ({"Fecha de ingreso": "31/02/2020"}, "Fecha de ingreso", "31/02/2020"),
        ({"Municipio": "99999"}, "Municipio", "99999"),
        ({"Cédula": "AB123"}, "Cédula", "AB123"),
        ({"Neto a pagar": 1_000_000}, "Neto a pagar", "1000000"),
        ({"Primer apellido": None}, "Primer apellido", None),
        ({"Periodo desde": "2026-03-01", "Periodo hasta": "2026-03-31"}, "Periodo desde", "2026-03-01 – 2026-03-31"),
    ],
)
def test_a_bad_cell_is_a_finding_at_its_place(change: dict[str, Any], column: str | None, found: str | None) -> None:
    good, bad = row(Cédula="79999999"), row(**change)
    if "Primer apellido" not in change:
        bad = dict.fromkeys(good) | bad
    entries = ran(good, bad)
    assert [entry.ok for entry in entries] == [True, False]
    first = entries[1].findings[0]
    assert (first.row, first.column) == (3, column)
    assert found is None or (first.found or "").strip("'") == found
    assert first.message
    assert first.remedy


def test_numbers_are_taken_only_by_documents() -> None:
    ids = [f"10203040{place}" for place in range(50, 54)]
    records = [row(Cédula=each, Salario="?" if place == 1 else 1_300_000) for place, each in enumerate(ids)]
    entries = ran(*records, numbers="NE009")
    assert [entry.document and entry.document.number for entry in entries] == ["NE009", None, "NE010", "NE011"]
    drawn = iter(("X7", "X5", "X9"))
    entries = ran(*records, numbers=lambda: next(drawn))
    assert [entry.document and entry.document.number for entry in entries] == ["X7", None, "X5", "X9"]


def test_a_number_of_the_file_is_not_given_twice() -> None:
    records = [row(number="NE2"), row(Cédula="2", number=None), row(Cédula="3", number=None)]
    entries = ran(*records, row(Cédula="4", number="NE2"))
    assert [entry.document and entry.document.number for entry in entries] == ["NE2", "NE1", "NE3", None]
    assert entries[3].findings[0].found == "NE2"


@pytest.mark.parametrize("numbers", ["", "NE", "1NE"])
def test_a_first_number_ends_in_digits(numbers: str) -> None:
    with pytest.raises(InvalidInput, match="numbers"):
        ran(row(), numbers=numbers)


@pytest.mark.parametrize("month", ["febrero", "2026-13", "2026", ""])
def test_a_month_is_a_month(month: str) -> None:
    with pytest.raises(InvalidInput, match="month"):
        payroll_run(COMPANY, [row()], month, issued_at=AT, numbers="NE1")


# --- several rows ----------------------------------------------------------------------------------------------------


def test_payments_of_a_month_are_added() -> None:
    half = {"Días trabajados": 15, "Básico": 650_000, "Salud": 26_000, "Pensión": 26_000}
    first = row(**half, **{"Fecha de pago": "2026-02-15", "Periodo desde": "2026-02-01", "Periodo hasta": "2026-02-15"})
    second = row(
        **half, **{"Fecha de pago": "2026-02-28", "Periodo desde": "2026-02-16", "Periodo hasta": "2026-02-28"}
    )
    other = dict.fromkeys(first) | row(**{"Cédula": "79999999", "Fecha de pago": "2026-02-28"})
    entries = ran(first, other, second)
    assert [entry.rows for entry in entries] == [(3,), (2, 4)]
    paid = entries[1].document
    assert paid is not None
    assert (paid.devengados.basico.dias_trabajados, paid.devengados.basico.sueldo_trabajado) == (30, 1_300_000)
    assert paid.deducciones.salud.deduccion == 52_000
    assert [str(day) for day in paid.fechas_pagos] == ["2026-02-15", "2026-02-28"]
    assert str(paid.periodo.fecha_liquidacion_fin) == "2026-02-28"


def test_a_repeated_row_is_not_added() -> None:
    entries = ran(row(**{"Fecha de pago": "2026-02-28"}), row(**{"Fecha de pago": "2026-02-28"}))
    assert len(entries) == 1
    assert entries[0].document is None
    assert {each.column for each in entries[0].findings} == {"Días trabajados", "Básico", "Salud", "Pensión"}


def test_a_concept_a_row_fills_one_document() -> None:
    head = row(**{"Libranza": 10, "Descripción libranza": "Uno"})
    more = dict.fromkeys(head) | {"Cédula": "1020304050", "Fecha de ingreso": "2020-01-15"}
    more |= {"Libranza": 20, "Descripción libranza": "Dos"}
    (entry,) = ran(head, more)
    assert entry.document is not None
    assert [each.descripcion for each in entry.document.deducciones.libranzas] == ["Uno", "Dos"]


def test_two_contracts_are_two_documents() -> None:
    entries = ran(row(), row(**{"Fecha de ingreso": "2026-02-16"}))
    assert [entry.document and entry.document.number for entry in entries] == ["NE1", "NE2"]
    assert [entry.earlier for entry in entries] == [None, "NE1"]


@pytest.mark.parametrize(
    ("change", "defaults"),
    [
        ({"Tipo de documento": "13"}, {}),
        ({"Tipo de documento": "22"}, {"trabajador.tipo_documento": "22"}),
        ({"Fecha de ingreso": "2020-01-15"}, {"periodo.fecha_ingreso": "2020-01-15"}),
    ],
)
def test_a_worker_said_and_by_default_is_one(change: dict[str, Any], defaults: dict[str, Any]) -> None:
    (entry,) = ran(row(**change), row(**dict.fromkeys(change)), defaults=FOUR | DAY | defaults)
    assert entry.rows == (2, 3)
    assert entry.document is None


def test_two_salaries_in_one_document_contradict() -> None:
    (entry,) = ran(
        row(), row(**{"Salario": 2_000_000, "Básico": None, "Días trabajados": None, "Salud": None, "Pensión": None})
    )
    assert [(each.row, each.column, each.found) for each in entry.findings] == [(3, "Salario", "2000000")]


def test_a_reference_tells_documents_apart() -> None:
    entries = ran(row(reference="A"), row(reference="B"))
    assert [entry.reference for entry in entries] == ["A", "B"]
    assert all(entry.ok for entry in entries)


def test_a_row_without_worker_is_reported_not_lost() -> None:
    entries = ran(row(), row(Cédula=""), row(Cédula="79999999"))
    assert [(entry.rows, entry.ok) for entry in entries] == [((2,), True), ((3,), False), ((4,), True)]


def test_a_row_without_worker_may_be_of_its_neighbour() -> None:
    more = dict.fromkeys(row()) | {"Cédula": "1", "Fecha de ingreso": "2020-01-15", "Salud": None}
    entries = ran(row(), row(Cédula=""), row(Cédula="1"), more)
    assert [entry.ok for entry in entries] == [False, False, False]


# --- columns ---------------------------------------------------------------------------------------------------------


def test_a_header_that_is_nothing_is_refused() -> None:
    record = row(**{"Auxilo de transporte": 200_000})
    with pytest.raises(InvalidInput, match="Auxilo de transporte") as caught:
        payroll_run(COMPANY, table(record), "2026-02", issued_at=AT, numbers="NE1")
    assert "auxilio transporte" in str(caught.value)
    (entry,) = ran(record)
    assert [each.column for each in entry.findings] == ["Auxilo de transporte"]


def test_a_column_can_be_left_out_and_translated() -> None:
    record = row(**{"Centro de costo": "X", "Tipo": "CC"})
    columns = {"Centro de costo": None, "Tipo": Column("trabajador.tipo_documento", values={"CC": "13"})}
    run = payroll_run(
        COMPANY, table(record), "2026-02", issued_at=AT, numbers="NE1", columns=columns, defaults=FOUR | DAY
    )
    assert "Centro de costo" not in run.columns
    assert run.columns["Tipo"] == "trabajador.tipo_documento"
    (entry,) = run
    assert entry.document is not None
    assert entry.document.trabajador.tipo_documento == "13"


def test_two_columns_are_not_one_datum() -> None:
    with pytest.raises(InvalidInput, match="Sueldo"):
        payroll_run(COMPANY, table(row(Sueldo=1)), "2026-02", issued_at=AT, numbers="NE1")


@pytest.mark.parametrize(
    "path",
    ["devengados.dotacion", "devengados.basico.sueldo_trabajado", "deducciones.salud.deduccion",
     "devengados.heds.pago", "devengados.heds.cantidad", "comprobante_total"],
)  # fmt: skip
def test_a_default_is_not_an_amount_of_everybody(path: str) -> None:
    with pytest.raises(InvalidInput, match=path):
        ran(row(), defaults={path: 100})


def test_stated_totals_within_the_tolerance_are_the_documents() -> None:
    (entry,) = ran(row(**{"Neto a pagar": "1196001,50"}), decimal=",")
    assert entry.document is not None
    assert entry.document.comprobante_total == Decimal("1196001.50")


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises((UnknownArgument, TypeError)):
        payroll_run(COMPANY, [row()], "2026-02", issued_at=AT, numbers="NE1", first="NE1")  # type: ignore[call-arg]


def test_memory_does_not_grow_with_the_workers(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        file = tmp_path / f"{count}.csv"
        with file.open("wb") as out:
            out.write(table(row()).split(b"\n")[0])
            for each in range(count):
                out.write(b"\n" + table(row(Cédula=str(10**9 + each))).split(b"\n")[1])
        run = payroll_run(COMPANY, file, "2026-02", issued_at=AT, numbers="NE1", defaults=FOUR | DAY)
        tracemalloc.start()
        try:
            assert sum(entry.ok for entry in run) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(20)
    few, many = peak(100), peak(400)
    assert many - few < 300 * 1_500, "what tells documents apart is kept, not the documents"


def test_a_run_is_read_again_each_time() -> None:
    run = payroll_run(
        COMPANY, (dict(each) for each in [row()]), "2026-02", issued_at=AT, numbers="NE1", defaults=DAY | FOUR
    )

    def numbers() -> Iterator[str]:
        for entry in run:
            assert entry.document is not None
            yield entry.document.number

    assert list(numbers()) == list(numbers()) == ["NE1"]


def test_a_record_without_end_is_a_finding() -> None:
    endless: dict[str, Any] = {}
    endless["x"] = endless
    (entry,) = ran(row(devengados=endless))
    assert [each.column for each in entry.findings] == ["devengados.x.x.x"]


@pytest.mark.parametrize("cell", [10**30, float("inf"), True, "1.2.3,4", object(), "=A1+B1", "\x00"])
def test_no_cell_breaks_a_run(cell: Any) -> None:
    entries = ran(row(Básico=cell), row(Cédula="2"))
    assert [entry.ok for entry in entries] == [False, True]
    assert entries[0].findings[0].column == "Básico"


def test_a_frame_of_pandas_has_days_and_empty_cells() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame([row(), row(Cédula="2", Básico=None)])
    frame["Fecha de ingreso"] = pandas.to_datetime(frame["Fecha de ingreso"])
    run = payroll_run(COMPANY, frame, "2026-02", issued_at=AT, numbers="NE1", defaults=FOUR | DAY)
    entries = list(run)
    assert [entry.ok for entry in entries] == [True, False]
    assert [(each.row, each.column) for each in entries[1].findings] == [(3, "Básico")]


def test_what_was_read_is_judged_beside_what_was_not() -> None:
    wrong = {"Salario": "mucho", "Comisiones": "x", "Municipio": "99999", "Cédula": "AB1", "Neto a pagar": 1}
    (entry,) = ran(row(**wrong, **{"Días trabajados": 14.5}))
    told = [each.column for each in entry.findings]
    assert told == ["Salario", "Días trabajados", "Comisiones"], "without them there is no document to judge"
    (entry,) = ran(row(**{"Comisiones": "x", "Municipio": "99999", "Neto a pagar": 1}))
    assert [each.column for each in entry.findings] == ["Comisiones", "Municipio"]
