"""The test set of payroll: plain documents for it. Its identifier is not that of the invoices' set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from ..._arguments import checked
from ...habilitacion.plan import LOOK, GivenCounts, TestSetPlan
from .deductions import Aporte, Deducciones
from .earnings import Basico, Devengados, Transporte
from .models import Payroll, PayrollDeletion, PayrollReplacement
from .parties import Empleador, Periodo, Trabajador

if TYPE_CHECKING:
    from ...models.issuer import Issuer

ONE_OF_EACH: Final[Mapping[str, int]] = MappingProxyType(
    {"payroll": 1, "payroll_replacement": 1, "payroll_deletion": 1}
)
"""A default plan. No source says how many documents DIAN asks for: the portal shows it."""


@checked
def sample_payroll(
    kind: str, number: str, issued_at: datetime, issuer: Issuer, original: Any = None
) -> Payroll | PayrollReplacement | PayrollDeletion:
    """Make a plain document of a kind: a month's salary with transport allowance, health and pension."""
    if kind == "payroll_deletion":
        return PayrollDeletion.deleting(original, number=number, issued_at=issued_at)
    if kind == "payroll_replacement":
        earned = original.document.devengados
        return PayrollReplacement.replacing(
            original, number=number, issued_at=issued_at, devengados=earned.replace(comisiones=(10_000,))
        )
    worker = Trabajador(
        numero_documento="1020304050",
        primer_apellido="Prueba",
        segundo_apellido="Ejemplo",
        primer_nombre="Trabajadora",
        lugar_trabajo_municipio_ciudad="11001",
        lugar_trabajo_direccion="Cl 26 # 59-51",
        sueldo=1_500_000,
    )
    return month_before(number, issued_at, Empleador.of(issuer.organization), worker)


def month_before(number: str, issued_at: datetime, employer: Empleador, worker: Trabajador) -> Payroll:
    """Make the plain payroll of a worker for the month before its issue."""
    last = issued_at.date().replace(day=1) - timedelta(days=1)
    start = last.replace(day=1)
    four = Aporte(porcentaje=4, deduccion=60_000)
    return Payroll(
        number=number,
        issued_at=issued_at,
        empleador=employer,
        periodo=Periodo(fecha_ingreso=start, fecha_liquidacion_inicio=start, fecha_liquidacion_fin=last),
        trabajador=worker,
        fechas_pagos=(last,),
        devengados=Devengados(
            basico=Basico(dias_trabajados=30, sueldo_trabajado=1_500_000),
            transporte=(Transporte(auxilio_transporte=200_000),),
        ),
        deducciones=Deducciones(salud=four, fondo_pension=four),
    )


AFTERWARDS: Final = (
    *LOOK,
    "El documento soporte de pago de nómina no lleva numeración autorizada: use prefijo y consecutivo propios.",
    "Use un Issuer con el software registrado para nómina y Environment.PRODUCCION; el CUNE lleva el PIN.",
)
PLAN = TestSetPlan(
    GivenCounts,
    ONE_OF_EACH,
    sample_payroll,
    {"payroll": "NE", "payroll_replacement": "NA", "payroll_deletion": "ND"},
    AFTERWARDS,
)
