"""What a worker earns: the groups of Devengados. Fields have the names of DIAN's schema (annex 1.0, section 8)."""

from __future__ import annotations

from typing import ClassVar

from ...catalogs import PayrollOvertimeType
from ...models._dates import MaybeDay
from ...models._fields import Many, Text, field
from ...models._numbers import MaybeNumber, Number
from .fields import Count, MaybeLocalTime, Numbers, Part


class Basico(Part):
    """The ordinary salary of the days worked."""

    ADDS: ClassVar[tuple[str, ...]] = ("sueldo_trabajado",)

    dias_trabajados: Count
    """Days worked in the period."""
    sueldo_trabajado: Number
    """Salary of those days."""


class Transporte(Part):
    """Transport allowance and travel expenses; it may repeat."""

    ADDS: ClassVar[tuple[str, ...]] = ("auxilio_transporte", "viatico_manu_aloj_s", "viatico_manu_aloj_ns")

    auxilio_transporte: MaybeNumber = field(default=None)
    """Transport or connectivity allowance."""
    viatico_manu_aloj_s: MaybeNumber = field(default=None)
    """Travel expenses of board and lodging that are salary."""
    viatico_manu_aloj_ns: MaybeNumber = field(default=None)
    """Travel expenses of board and lodging that are not salary."""


class HoraExtra(Part):
    """Overtime or surcharge hours of one kind; the field of `Devengados` says which: HED, HEN, HRN, …"""

    ADDS: ClassVar[tuple[str, ...]] = ("pago",)

    hora_inicio: MaybeLocalTime = field(default=None)
    """First moment, by Colombian clocks."""
    hora_fin: MaybeLocalTime = field(default=None)
    """Last moment, by Colombian clocks."""
    cantidad: Number
    """Hours."""
    porcentaje: Number
    """Percent over the ordinary hour (`dian_fe.catalogs.overtime_rates`)."""
    pago: Number
    """What is paid for them."""


class VacacionesComunes(Part):
    """Vacations that are taken."""

    ADDS: ClassVar[tuple[str, ...]] = ("pago",)

    fecha_inicio: MaybeDay = field(default=None)
    fecha_fin: MaybeDay = field(default=None)
    cantidad: Count
    """Days."""
    pago: Number


class VacacionesCompensadas(Part):
    """Vacations that are paid instead of taken."""

    ADDS: ClassVar[tuple[str, ...]] = ("pago",)

    cantidad: Count
    """Days."""
    pago: Number


class Primas(Part):
    """Service bonus (prima de servicios)."""

    ADDS: ClassVar[tuple[str, ...]] = ("pago", "pago_ns")

    cantidad: Count
    """Days."""
    pago: Number
    """Part that is salary."""
    pago_ns: MaybeNumber = field(default=None)
    """Part that is not salary."""


class Cesantias(Part):
    """Severance paid to the worker, and its interest."""

    ADDS: ClassVar[tuple[str, ...]] = ("pago", "pago_intereses")

    pago: Number
    porcentaje: Number
    """Percent of the interest."""
    pago_intereses: Number


class Incapacidad(Part):
    """A medical leave."""

    ADDS: ClassVar[tuple[str, ...]] = ("pago",)

    fecha_inicio: MaybeDay = field(default=None)
    fecha_fin: MaybeDay = field(default=None)
    cantidad: Count
    """Days."""
    tipo: Text
    """`PayrollDisabilityType`: 1 común, 2 profesional, 3 laboral."""
    pago: Number


class Licencia(Part):
    """A paid leave: maternity or paternity (LicenciaMP), or another one (LicenciaR)."""

    ADDS: ClassVar[tuple[str, ...]] = ("pago",)

    fecha_inicio: MaybeDay = field(default=None)
    fecha_fin: MaybeDay = field(default=None)
    cantidad: Count
    """Days."""
    pago: Number


class Ausencia(Part):
    """Days without pay: an unpaid leave (LicenciaNR) or a legal strike (HuelgaLegal)."""

    fecha_inicio: MaybeDay = field(default=None)
    fecha_fin: MaybeDay = field(default=None)
    cantidad: Count
    """Days."""


class Bonificacion(Part):
    """A bonus."""

    ADDS: ClassVar[tuple[str, ...]] = ("bonificacion_s", "bonificacion_ns")

    bonificacion_s: MaybeNumber = field(default=None)
    """Part that is salary."""
    bonificacion_ns: MaybeNumber = field(default=None)
    """Part that is not salary."""


class Auxilio(Part):
    """An allowance other than that of transport."""

    ADDS: ClassVar[tuple[str, ...]] = ("auxilio_s", "auxilio_ns")

    auxilio_s: MaybeNumber = field(default=None)
    """Part that is salary."""
    auxilio_ns: MaybeNumber = field(default=None)
    """Part that is not salary."""


class OtroConcepto(Part):
    """An earning of another kind; retroactive pay too."""

    ADDS: ClassVar[tuple[str, ...]] = ("concepto_s", "concepto_ns")

    descripcion_concepto: Text
    concepto_s: MaybeNumber = field(default=None)
    """Part that is salary."""
    concepto_ns: MaybeNumber = field(default=None)
    """Part that is not salary."""


class Compensacion(Part):
    """Compensations of a cooperative to its members."""

    ADDS: ClassVar[tuple[str, ...]] = ("compensacion_o", "compensacion_e")

    compensacion_o: Number
    """Ordinary."""
    compensacion_e: Number
    """Extraordinary."""


class BonoEPCTV(Part):
    """Electronic or paper vouchers, cheques, cards and the like."""

    ADDS: ClassVar[tuple[str, ...]] = ("pago_s", "pago_ns", "pago_alimentacion_s", "pago_alimentacion_ns")

    pago_s: MaybeNumber = field(default=None)
    """Part that is salary."""
    pago_ns: MaybeNumber = field(default=None)
    """Part that is not salary."""
    pago_alimentacion_s: MaybeNumber = field(default=None)
    """For food, part that is salary."""
    pago_alimentacion_ns: MaybeNumber = field(default=None)
    """For food, part that is not salary."""


class Devengados(Part):
    """Everything that the worker earns in the period; ``basico`` is always there, even with zeros.

    ``Devengados(basico=Basico(dias_trabajados=30, sueldo_trabajado=1_300_000), transporte=[…])``.
    """

    ADDS: ClassVar[tuple[str, ...]] = (
        "basico", "transporte", "heds", "hens", "hrns", "heddfs", "hrddfs", "hendfs", "hrndfs", "vacaciones_comunes",
        "vacaciones_compensadas", "primas", "cesantias", "incapacidades", "licencias_mp", "licencias_r",
        "bonificaciones", "auxilios", "otros_conceptos", "compensaciones", "bonos_epctv", "comisiones",
        "pagos_terceros", "anticipos", "dotacion", "apoyo_sost", "teletrabajo", "bonif_retiro", "indemnizacion",
        "reintegro",
    )  # fmt: skip

    basico: Basico
    transporte: Many[Transporte] = field(default=())
    heds: Many[HoraExtra] = field(default=())
    """Overtime by day."""
    hens: Many[HoraExtra] = field(default=())
    """Overtime by night."""
    hrns: Many[HoraExtra] = field(default=())
    """Night surcharge."""
    heddfs: Many[HoraExtra] = field(default=())
    """Overtime by day on Sundays and holidays."""
    hrddfs: Many[HoraExtra] = field(default=())
    """Day surcharge on Sundays and holidays."""
    hendfs: Many[HoraExtra] = field(default=())
    """Overtime by night on Sundays and holidays."""
    hrndfs: Many[HoraExtra] = field(default=())
    """Night surcharge on Sundays and holidays."""
    vacaciones_comunes: Many[VacacionesComunes] = field(default=())
    vacaciones_compensadas: Many[VacacionesCompensadas] = field(default=())
    primas: Primas | None = None
    cesantias: Cesantias | None = None
    incapacidades: Many[Incapacidad] = field(default=())
    licencias_mp: Many[Licencia] = field(default=())
    """Maternity or paternity leaves."""
    licencias_r: Many[Licencia] = field(default=())
    """Other paid leaves."""
    licencias_nr: Many[Ausencia] = field(default=())
    """Unpaid leaves."""
    bonificaciones: Many[Bonificacion] = field(default=())
    auxilios: Many[Auxilio] = field(default=())
    huelgas_legales: Many[Ausencia] = field(default=())
    otros_conceptos: Many[OtroConcepto] = field(default=())
    compensaciones: Many[Compensacion] = field(default=())
    bonos_epctv: Many[BonoEPCTV] = field(default=())
    comisiones: Numbers = field(default=())
    pagos_terceros: Numbers = field(default=())
    """Received from third parties."""
    anticipos: Numbers = field(default=())
    """Advances paid."""
    dotacion: MaybeNumber = field(default=None)
    """Clothing and footwear."""
    apoyo_sost: MaybeNumber = field(default=None)
    """Support of an apprentice (apoyo de sostenimiento)."""
    teletrabajo: MaybeNumber = field(default=None)
    bonif_retiro: MaybeNumber = field(default=None)
    """Bonus of retirement."""
    indemnizacion: MaybeNumber = field(default=None)
    reintegro: MaybeNumber = field(default=None)
    """What the company gives back to the worker."""


HOURS = {
    "heds": PayrollOvertimeType.HORA_EXTRA_DIURNA,
    "hens": PayrollOvertimeType.HORA_EXTRA_NOCTURNA,
    "hrns": PayrollOvertimeType.HORA_RECARGO_NOCTURNO,
    "heddfs": PayrollOvertimeType.HORA_EXTRA_DIURNA_DOMINICAL_Y_FESTIVOS,
    "hrddfs": PayrollOvertimeType.HORA_RECARGO_DIURNO_DOMINICAL_Y_FESTIVOS,
    "hendfs": PayrollOvertimeType.HORA_EXTRA_NOCTURNA_DOMINICAL_Y_FESTIVOS,
    "hrndfs": PayrollOvertimeType.HORA_RECARGO_NOCTURNO_DOMINICAL_Y_FESTIVOS,
}
"""The type of overtime of each field of hours."""
