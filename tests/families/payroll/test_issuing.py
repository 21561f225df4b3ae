"""From a payroll to the file that is sent, and what is refused on the way."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from dian_fe import Pago, Payroll, PayrollDeletion, PayrollReplacement, Proveedor, build, check, read
from dian_fe.errors import InvalidInput, MissingExchangeRate, NotAllowed, NumberingError, UnknownCode
from dian_fe.signing.xades import Prepared, prepare
from tests.contracts.properties.judges import refused_by_xmlsec1, signxml_signed_parts
from tests.families.payroll.documents import (
    AT,
    COMPANY,
    ISSUER,
    LATER,
    SOFTWARE,
    XSDS,
    all_kinds,
    earned,
    official_faults,
    paid,
    period,
    signer,
    worker,
)

SIGNED = all_kinds()


@pytest.mark.parametrize("kind", SIGNED)
def test_what_is_signed_is_read_back(kind: str) -> None:
    signed = SIGNED[kind]
    received = read(signed.xml)
    assert (received.kind.name, received.document, received.problems) == (kind, signed.document, ())
    assert (received.unmapped, received.key) == ((), signed.key)
    assert not [fault for fault in check(received).own_faults if fault.code == "ZB01"]


@pytest.mark.judge
@pytest.mark.parametrize("kind", SIGNED)
def test_independent_judges_accept_what_is_signed(kind: str, tmp_path: Path) -> None:
    xml = SIGNED[kind].xml
    assert refused_by_xmlsec1({kind: xml}, tmp_path) is None
    assert signxml_signed_parts(xml)[0] == etree.QName(etree.fromstring(xml)).localname
    if XSDS.is_dir():
        assert official_faults(xml) == []


@pytest.mark.parametrize("kind", SIGNED)
def test_the_root_of_the_file_has_the_order_that_dian_wanted(kind: str) -> None:
    text = SIGNED[kind].xml.decode()
    places = [text.index(f" {name}=") for name in (
        "xmlns", "xmlns:xs", "xmlns:ds", "xmlns:ext", "xmlns:xades", "xmlns:xades141", "xmlns:xsi", "SchemaLocation",
        "xsi:schemaLocation",
    )]  # fmt: skip
    assert places == sorted(places)
    assert ' SchemaLocation=""' in text


def test_files_have_no_provider_and_capital_digits() -> None:
    built = build(paid(number="NE12"), ISSUER)
    assert (built.file_name, built.zip_name) == ("nie07000853712600" + "00000C.xml", "z07000853712600" + "00000C.zip")
    assert SIGNED["payroll_deletion"].file_name.startswith("niae070008537126")


def test_a_signature_made_elsewhere_gives_the_same_file() -> None:
    built = build(paid(), ISSUER)
    prepared = prepare(built.canonical, signer().certificate_chain, at=AT)
    again = Prepared.from_dict(prepared.as_dict())
    assert again.complete(signer().sign(again.to_sign)).xml == SIGNED["payroll"].xml


def test_a_document_goes_through_json() -> None:
    for signed in SIGNED.values():
        document = signed.document
        assert type(document).model_validate_json(document.to_json()) == document


def test_totals_are_computed_with_halves_to_even() -> None:
    document = paid(devengados=earned(comisiones=["0.005"]), deducciones={
        "salud": {"porcentaje": 4, "deduccion": "52000.015"}, "fondo_pension": {"porcentaje": 4, "deduccion": 52_000},
    })  # fmt: skip
    assert (str(document.devengados_total), str(document.deducciones_total)) == ("1500000.00", "104000.02")
    assert (str(document.comprobante_total), str(document.redondeo)) == ("1395999.98", "0.010")
    assert paid().redondeo is None


def test_every_group_enters_its_total() -> None:
    earnings = earned(
        heds=[{"cantidad": 2, "porcentaje": 25, "pago": 1}],
        primas={"cantidad": 30, "pago": 10, "pago_ns": 20},
        cesantias={"pago": 100, "porcentaje": 1, "pago_intereses": 200},
        licencias_nr=[{"cantidad": 3}],
        otros_conceptos=[{"descripcion_concepto": "Retroactivo", "concepto_s": 1000, "concepto_ns": 2000}],
        bonos_epctv=[{"pago_s": 1, "pago_ns": 2, "pago_alimentacion_s": 3, "pago_alimentacion_ns": 4}],
        comisiones=[5, 6],
        reintegro=7,
    )
    assert paid(devengados=earnings).devengados_total == 1_500_000 + 1 + 30 + 300 + 3000 + 10 + 11 + 7


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2021-03-02", "2021-03-04", 3),
        ("2021-01-01", "2021-01-31", 30),
        ("2021-02-01", "2021-02-28", 30),
        ("2015-01-01", "2020-04-18", 5 * 360 + 3 * 30 + 18),
        ("2021-01-31", "2021-01-31", 1),
        ("2024-02-29", "2024-03-01", 3),
    ],
)
def test_time_worked_has_months_of_thirty_days(start: str, end: str, days: int) -> None:
    assert period(fecha_ingreso=start, fecha_liquidacion_fin=end).tiempo_laborado == days


def test_time_worked_ends_with_the_retirement() -> None:
    assert period(fecha_ingreso="2026-02-01", fecha_retiro="2026-02-10").tiempo_laborado == 10


def test_the_period_has_the_day_of_issue_unless_it_says_one() -> None:
    document = paid()
    assert document.periodo.fecha_gen == date(2026, 2, 28)
    assert document.replace(issued_at=LATER).periodo.fecha_gen == date(2026, 3, 1)
    assert paid(periodo=period(fecha_gen="2026-02-27")).periodo.fecha_gen == date(2026, 2, 27)


def test_a_novelty_names_its_document() -> None:
    document = paid(cune_nov="a" * 96)
    assert document.novedad is True
    assert b'<Novedad CUNENov="%s">true</Novedad>' % (b"a" * 96) in build(document, ISSUER).xml
    assert b'<Novedad CUNENov="">false</Novedad>' in build(paid(novedad=False), ISSUER).xml
    assert b"Novedad" not in build(paid(), ISSUER).xml
    with pytest.raises(InvalidInput) as refused:
        build(paid(novedad=True), ISSUER)
    assert refused.value.field == "cune_nov"


def test_a_replacement_takes_what_is_not_changed() -> None:
    first = SIGNED["payroll"]
    note = SIGNED["payroll_replacement"].document
    assert (note.predecesor.numero, note.predecesor.cune, note.predecesor.fecha_gen) == ("NE1", first.key, AT.date())
    assert (note.trabajador, note.deducciones) == (first.document.trabajador, first.document.deducciones)
    assert note.devengados_total == first.document.devengados_total + 90_000
    assert note.periodo.fecha_gen == LATER.date()
    from_file = PayrollReplacement.replacing(read(first.xml), number="NA3", issued_at=LATER)
    assert (from_file.devengados, from_file.periodo.fecha_gen) == (first.document.devengados, LATER.date())


def test_notes_over_something_else_are_refused() -> None:
    for make in (PayrollReplacement.replacing, PayrollDeletion.deleting):
        for document, key, path in (
            (SIGNED["payroll_deletion"], None, "document"),
            (paid(), None, "key"),
            (paid(), "x", "key"),
            (SIGNED["payroll"], "b" * 96, "key"),
        ):
            with pytest.raises(InvalidInput) as refused:
                make(document, number="NA1", issued_at=LATER, key=key)
            assert refused.value.field == path
        with pytest.raises(NotAllowed) as other:
            make(SIGNED["payroll"], number="NA1", issued_at=LATER, empleador=COMPANY.replace(nit="800199436"))
        assert other.value.field == "empleador.nit"
        with pytest.raises(NotAllowed) as early:
            make(SIGNED["payroll"], number="NA1", issued_at="2026-02-27T10:00:00-05:00")
        assert early.value.field == "issued_at"
    with pytest.raises(NotAllowed) as another:
        PayrollReplacement.replacing(
            SIGNED["payroll"], number="NA1", issued_at=LATER, trabajador=worker(numero_documento="7")
        )
    assert another.value.field == "trabajador.numero_documento"


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"number": "NE-1", "prefijo": "NE"}, InvalidInput, "number"),
        ({"number": "NE1", "prefijo": "NO"}, InvalidInput, "number"),
        ({"currency": "USD"}, MissingExchangeRate, "trm"),
        ({"currency": "XXY"}, UnknownCode, "currency"),
        ({"trabajador": worker(numero_documento="AB123")}, InvalidInput, "trabajador.numero_documento"),
        ({"trabajador": worker(tipo_contrato="9")}, UnknownCode, "trabajador.tipo_contrato"),
        (
            {"trabajador": worker(lugar_trabajo_municipio_ciudad="00001")},
            UnknownCode,
            "trabajador.lugar_trabajo_departamento_estado",
        ),
        ({"pago": Pago(metodo="0")}, UnknownCode, "pago.metodo"),
        ({"proveedor": Proveedor(primer_nombre="Ana")}, InvalidInput, "proveedor"),
        (
            {"devengados": earned(incapacidades=[{"cantidad": 1, "tipo": "7", "pago": 1}])},
            UnknownCode,
            "devengados.incapacidades[0].tipo",
        ),
        ({"number": "N" * 20 + "1"}, NumberingError, "number"),
    ],
)
def test_what_cannot_be_written_is_refused_with_its_field(
    changes: dict[str, Any], error: type[Exception], field: str
) -> None:
    with pytest.raises(error) as refused:
        build(paid(**changes), ISSUER)
    assert getattr(refused.value, "field", None) == field


def test_a_providers_software_is_named_as_the_providers() -> None:
    theirs = ISSUER.replace(software=SOFTWARE.replace(provider_nit="800199436", provider_code="123"))
    with pytest.raises(InvalidInput) as refused:
        build(paid(), theirs)
    assert refused.value.field == "proveedor"
    built = build(paid(proveedor=Proveedor(razon_social="Proveedor Ejemplo SAS")), theirs)
    assert b'NIT="800199436" RazonSocial="Proveedor Ejemplo SAS"' in built.xml
    assert built.file_name.startswith("nie070008537126")


@pytest.mark.parametrize("value", [1.5, True, "x"])
def test_days_are_whole_numbers(value: Any) -> None:
    with pytest.raises(InvalidInput):
        earned(basico={"dias_trabajados": value, "sueldo_trabajado": 1})


def test_days_of_a_data_frame_are_taken() -> None:
    assert earned(basico={"dias_trabajados": 30.0, "sueldo_trabajado": 1}).basico.dias_trabajados == 30


def test_a_place_abroad_says_its_department() -> None:
    abroad = {"lugar_trabajo_municipio_ciudad": "Miami", "lugar_trabajo_pais": "US"}
    with pytest.raises(InvalidInput) as refused:
        worker(**abroad)
    assert refused.value.field == "lugar_trabajo_departamento_estado"
    document = paid(trabajador=worker(**abroad, lugar_trabajo_departamento_estado="Florida"))
    assert b'LugarTrabajoDepartamentoEstado="Florida"' in build(document, ISSUER).xml


def test_hours_are_colombian_without_zone() -> None:
    at = {"cantidad": 1, "porcentaje": 25, "pago": 1}
    document = paid(devengados=earned(heds=[{**at, "hora_inicio": "2026-02-03T23:00:00+00:00"}]))
    assert b'HoraInicio="2026-02-03T18:00:00"' in build(document, ISSUER).xml
    with pytest.raises(InvalidInput):
        earned(heds=[{**at, "hora_inicio": "ayer"}])


def test_a_person_employs_by_name() -> None:
    employer = {
        "primer_apellido": "Gómez",
        "primer_nombre": "Luz",
        "nit": "700085371",
        "municipio_ciudad": "76001",
        "direccion": "Cl 1",
    }
    document = paid(empleador=employer)
    assert isinstance(document, Payroll)
    assert (document.empleador.name, document.proveedor.name) == ("Luz Gómez", "Luz Gómez")
    assert b"RazonSocial" not in build(document, ISSUER).xml


def test_an_organization_that_is_a_person_employs_by_name() -> None:
    person = COMPANY.replace(organization_type="2", first_name="Luz Marina", family_name="Gómez Ruiz")
    employer = paid(empleador=person).empleador
    assert (employer.razon_social, employer.primer_nombre, employer.primer_apellido) == (
        None,
        "Luz Marina",
        "Gómez Ruiz",
    )
    assert paid(empleador=COMPANY.replace(organization_type="2")).empleador.razon_social == COMPANY.name
