"""Advice of the library's own about dates, days and places that contradict each other: DIAN has no code for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from ....catalogs.places import COLOMBIA
from ....rules.context import Context
from ....rules.registry import Finding, own_rule
from ..earnings import HOURS
from ..fields import days_of_360
from . import KINDS, PAID

LAST_DAY: Final = 18
"""Latest day of a month on which its tenth business day may fall (2021 to 2100).

A payment of a month is reported in the first ten days of the next one (Resolución 000013 de 2021, article 8). Some read
business days: what is later than any of both readings is late for sure.
"""
_ABSENCES: Final = (
    "vacaciones_comunes",
    "incapacidades",
    "licencias_mp",
    "licencias_r",
    "licencias_nr",
    "huelgas_legales",
)
_MINUTE: Final = timedelta(minutes=1)


def _most_days(start: date, end: date) -> int:
    """Return the days from ``start`` to ``end``, both included, by the longer of calendar and months of thirty."""
    return max(days_of_360(start, end), (end - start).days + 1)


@own_rule("period_backwards", *PAID, path="periodo.fecha_liquidacion_fin")
def period_ends_after_it_starts(context: Context) -> Iterator[Finding]:
    """The last day that is paid is not before the first one."""
    period = context.document.periodo
    if period.fecha_liquidacion_fin < period.fecha_liquidacion_inicio:
        yield Finding(found=period.fecha_liquidacion_fin, expected=f"{period.fecha_liquidacion_inicio} o después")


@own_rule("paid_before_entry", *PAID, path="periodo.fecha_ingreso")
def worker_enters_before_the_end(context: Context) -> Iterator[Finding]:
    """The worker entered by the last day that is paid, or by the day of retirement."""
    period = context.document.periodo
    last = period.fecha_retiro or period.fecha_liquidacion_fin
    if period.fecha_ingreso > last:
        yield Finding(found=period.fecha_ingreso, expected=f"{last} o antes")


@own_rule("time_worked_differs", *PAID, path="periodo.tiempo_laborado")
def time_worked_is_that_of_the_dates(context: Context) -> Iterator[Finding]:
    """TiempoLaborado is that of entry and last day, by the calendar or by months of thirty, up to a day."""
    period = context.document.periodo
    start, last = period.fecha_ingreso, period.fecha_retiro or period.fecha_liquidacion_fin
    found = period.tiempo_laborado
    counts = days_of_360(start, last), (last - start).days + 1
    if start <= last and not min(counts) - 1 <= found <= max(counts) + 1:
        yield Finding(found=found, expected=counts[0])


@own_rule("too_many_days", *PAID, path="devengados.basico.dias_trabajados")
def days_fit_in_their_dates(context: Context) -> Iterator[Finding]:
    """No more days were worked than the period has, and none is absent for more days than its dates say."""
    document: Any = context.document
    period, earned = document.periodo, document.devengados
    spans = [("basico", period.fecha_liquidacion_inicio, period.fecha_liquidacion_fin, earned.basico.dias_trabajados)]
    for name in _ABSENCES:
        spans += [
            (f"{name}[{index}]", each.fecha_inicio, each.fecha_fin, each.cantidad)
            for index, each in enumerate(getattr(earned, name))
        ]
    for path, start, end, days in spans:
        if start is not None and end is not None and start <= end and days > (most := _most_days(start, end)):
            field = "dias_trabajados" if path == "basico" else "cantidad"
            yield Finding(f"devengados.{path}.{field}", days, f"{most} o menos")


@own_rule("too_many_hours", *PAID, path="devengados.heds[].cantidad")
def hours_fit_in_their_times(context: Context) -> Iterator[Finding]:
    """No more hours are paid than lie between their first and last moment."""
    for path, hours in _hours(context.document.devengados):
        start, end = hours.hora_inicio, hours.hora_fin
        if start is not None and end is not None and start <= end:
            most = Decimal((end - start + _MINUTE) // _MINUTE) / 60
            if hours.cantidad > most:
                yield Finding(f"{path}.cantidad", hours.cantidad, f"{most:.2f} o menos")


@own_rule("ends_before_start", *PAID, path="devengados.vacaciones_comunes[].fecha_fin")
def nothing_ends_before_it_starts(context: Context) -> Iterator[Finding]:
    """Absences and hours end after they start."""
    earned = context.document.devengados
    spans: list[tuple[str, date | datetime | None, date | datetime | None]] = [
        (f"devengados.{name}[{index}].fecha_fin", each.fecha_inicio, each.fecha_fin)
        for name in _ABSENCES
        for index, each in enumerate(getattr(earned, name))
    ]
    spans += [(f"{path}.hora_fin", hours.hora_inicio, hours.hora_fin) for path, hours in _hours(earned)]
    for path, start, end in spans:
        if start is not None and end is not None and end < start:
            yield Finding(path, end, f"{start} o después")


def _hours(earned: Any) -> Iterator[tuple[str, Any]]:
    for name in HOURS:
        for index, hours in enumerate(getattr(earned, name)):
            yield f"devengados.{name}[{index}]", hours


@own_rule("paid_before_period", *PAID, path="fechas_pagos[]")
def nothing_is_paid_before_the_period(context: Context) -> Iterator[Finding]:
    """No payment is before the first day that is paid; an advance has its own group."""
    first = context.document.periodo.fecha_liquidacion_inicio
    for index, day in enumerate(context.document.fechas_pagos):
        if day < first:
            yield Finding(f"fechas_pagos[{index}]", day, f"{first} o después")


@own_rule("paid_twice_that_day", *PAID, path="fechas_pagos[]")
def days_of_payment_are_different(context: Context) -> Iterator[Finding]:
    """Each day of payment is written once."""
    met: set[date] = set()
    for index, day in enumerate(context.document.fechas_pagos):
        if day in met:
            yield Finding(f"fechas_pagos[{index}]", day, "cada fecha una vez")
        met.add(day)


@own_rule("reported_late", KINDS[0], path="issued_at")
def payment_is_reported_in_time(context: Context) -> Iterator[Finding]:
    """The document of a payment is issued in the first days of the month after the last payment."""
    days = context.document.fechas_pagos
    if days:
        last, issued = max(days), context.issue_date
        months = (issued.year - last.year) * 12 + issued.month - last.month
        if (months, issued.day) > (1, LAST_DAY):
            yield Finding(found=issued, expected=f"el {LAST_DAY} del mes siguiente a {last:%Y-%m}, o antes")


_PLACES: Final = (("lugar_generacion", ""), ("empleador", ""), ("trabajador", "lugar_trabajo_"))


@own_rule("place_contradicts", *KINDS, path="empleador.departamento_estado")
def departments_are_those_of_municipalities(context: Context) -> Iterator[Finding]:
    """The first two digits of a municipality are its department (DIVIPOLA)."""
    for name, prefix in _PLACES:
        owner = getattr(context.document, name, None)
        if owner is None or getattr(owner, f"{prefix}pais") != COLOMBIA:
            continue
        found = getattr(owner, f"{prefix}departamento_estado")
        expected = getattr(owner, f"{prefix}municipio_ciudad")[:2]
        if found != expected:
            yield Finding(f"{name}.{prefix}departamento_estado", found, expected)
