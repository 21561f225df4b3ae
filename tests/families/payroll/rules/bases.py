"""Good payrolls and notes of adjustment that cases patch. Every base exists for the three kinds and has no fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from dian_fe import (
    Aporte,
    Ausencia,
    Auxilio,
    Bonificacion,
    BonoEPCTV,
    Built,
    Cesantias,
    Compensacion,
    Deducciones,
    Devengados,
    FondoSP,
    HoraExtra,
    Incapacidad,
    Libranza,
    Licencia,
    OtroConcepto,
    Pago,
    PayrollDeletion,
    PayrollReplacement,
    Primas,
    Sancion,
    Transporte,
    VacacionesCompensadas,
    VacacionesComunes,
    build,
)
from dian_fe.catalogs import overtime_rates
from dian_fe.catalogs.identification import check_digit
from dian_fe.families.payroll.earnings import HOURS
from dian_fe.families.payroll.rules import KINDS
from dian_fe.ubl.control import Control
from tests.families.payroll import documents
from tests.families.payroll.documents import AT, deducted, earned, paid, worker

CASES = Path(__file__).with_name("cases")
ISSUED_AT = AT
SENT_AT = AT + timedelta(minutes=1)
ISSUER = documents.ISSUER
_DAYS = {"fecha_inicio": "2026-02-10", "fecha_fin": "2026-02-12", "cantidad": 3}
_NAMED = {"razon_social": "Empresa Ejemplo SAS", "segundo_apellido": "Mora", "otros_nombres": "José"}


def _hours(field: str) -> list[HoraExtra]:
    percent = overtime_rates(HOURS[field].value, AT.date())[0].percent
    times = {"hora_inicio": "2026-02-08T18:00:00", "hora_fin": "2026-02-08T20:00:00"}
    return [HoraExtra(cantidad=2, porcentaje=percent, pago=15_000, **times)]


def _everything_earned() -> Devengados:
    return earned(
        transporte=[Transporte(auxilio_transporte=1, viatico_manu_aloj_s=2, viatico_manu_aloj_ns=3)],
        **{field: _hours(field) for field in HOURS},
        vacaciones_comunes=[VacacionesComunes(pago=90_000, **_DAYS)],
        vacaciones_compensadas=[VacacionesCompensadas(cantidad=2, pago=60_000)],
        primas=Primas(cantidad=30, pago=100_000, pago_ns=10_000),
        cesantias=Cesantias(pago=100_000, porcentaje=12, pago_intereses=1000),
        incapacidades=[Incapacidad(tipo="1", pago=80_000, **_DAYS)],
        licencias_mp=[Licencia(pago=80_000, **_DAYS)],
        licencias_r=[Licencia(pago=80_000, **_DAYS)],
        licencias_nr=[Ausencia(**_DAYS)],
        bonificaciones=[Bonificacion(bonificacion_s=1000, bonificacion_ns=500)],
        auxilios=[Auxilio(auxilio_s=1000, auxilio_ns=500)],
        huelgas_legales=[Ausencia(**_DAYS)],
        otros_conceptos=[OtroConcepto(descripcion_concepto="Retroactivo", concepto_s=1000, concepto_ns=500)],
        compensaciones=[Compensacion(compensacion_o=1000, compensacion_e=500)],
        bonos_epctv=[BonoEPCTV(pago_s=1, pago_ns=2, pago_alimentacion_s=3, pago_alimentacion_ns=4)],
        comisiones=[1000],
        pagos_terceros=[2000],
        anticipos=[3000],
        dotacion=1,
        apoyo_sost=2,
        teletrabajo=3,
        bonif_retiro=4,
        indemnizacion=5,
        reintegro=6,
    )


def _everything_deducted() -> Deducciones:
    return deducted(
        fondo_sp=FondoSP(porcentaje=1, deduccion_sp=13_000, porcentaje_sub="0.5", deduccion_sub=6500),
        sindicatos=[Aporte(porcentaje=1, deduccion=1000)],
        sanciones=[Sancion(sancion_public=1000, sancion_priv=500)],
        libranzas=[Libranza(descripcion="Banco de ejemplo", deduccion=1000)],
        pagos_terceros=[1000],
        anticipos=[2000],
        otras_deducciones=[3000],
        pension_voluntaria=1,
        retencion_fuente=2,
        afc=3,
        cooperativa=4,
        embargo_fiscal=5,
        plan_complementarios=6,
        educacion=7,
        reintegro=8,
        deuda=9,
    )


def _of_kind(kind: str, **changes: Any) -> Any:
    """Make a document of a kind; a note adjusts a document of the same employer and worker."""
    if kind == KINDS[0]:
        return paid(**changes)
    given = {"number": "NA1", "issued_at": AT, "key": original().key}
    if kind == KINDS[1]:
        return PayrollReplacement.replacing(original().document, **given, **changes)
    return PayrollDeletion.deleting(original().document, **given).replace(
        **{name: changes[name] for name in ("empleador", "proveedor", "notes") if name in changes}
    )


@cache
def original() -> Built[Any]:
    """Return the document that the notes adjust, and that the novelty is about."""
    return build(paid(number="NE9", issued_at=AT - timedelta(days=1)), ISSUER)


def plain(kind: str) -> Any:
    """A salary with transport, paid in cash."""
    return _of_kind(kind)


def whole(kind: str) -> Any:
    """A document with every group and every datum, paid by bank; its parties have all names."""
    base = _of_kind(kind)
    employer = base.empleador.replace(**_NAMED)
    named = {
        "notes": ["Pago del mes"],
        "empleador": employer,
        "proveedor": base.proveedor.replace(**_NAMED),
    }
    return _of_kind(
        kind,
        **named,
        trabajador=worker(otros_nombres="María", codigo_trabajador="T-1"),
        pago=Pago.transferencia("Banco de ejemplo", "Ahorros", "123"),
        devengados=_everything_earned(),
        deducciones=_everything_deducted(),
        codigo_trabajador="T-1",
        **({"cune_nov": original().key} if kind == KINDS[0] else {}),
    )


BASES: dict[str, Callable[[str], Any]] = {each.__name__: cache(each) for each in (plain, whole)}


def made(kind: str, name: str) -> tuple[Any, Control]:
    """Return the base of that name, with what surrounds it."""
    found = BASES[name](kind)
    return found, build(found, ISSUER).control


def corrected(kind: str, case: Mapping[str, Any]) -> Any:
    """Return the document that a note adjusts; a case may say what is other in it."""
    if kind == KINDS[0]:
        return None
    built = original()
    patch = case.get("original", {})
    document = built.document
    if "worker" in patch:
        document = document.replace(trabajador=worker(numero_documento=patch["worker"]))
    if "employer" in patch:
        document = document.replace(
            empleador=document.empleador.replace(nit=patch["employer"], dv=check_digit(patch["employer"]))
        )
    return replace(built, document=document)
