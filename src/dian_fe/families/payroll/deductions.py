"""What is deducted from a worker: the groups of Deducciones. Fields have the names of DIAN's schema."""

from __future__ import annotations

from typing import ClassVar

from ...models._fields import Many, Text, field
from ...models._numbers import MaybeNumber, Number
from .fields import Numbers, Part


class Aporte(Part):
    """A contribution of a percent: to health, to the pension fund, or to a union."""

    ADDS: ClassVar[tuple[str, ...]] = ("deduccion",)

    porcentaje: Number
    deduccion: Number


class FondoSP(Part):
    """Fund of pension solidarity and of subsistence."""

    ADDS: ClassVar[tuple[str, ...]] = ("deduccion_sp", "deduccion_sub")

    porcentaje: MaybeNumber = field(default=None)
    """Percent of the solidarity account."""
    deduccion_sp: MaybeNumber = field(default=None)
    porcentaje_sub: MaybeNumber = field(default=None)
    """Percent of the subsistence account."""
    deduccion_sub: MaybeNumber = field(default=None)


class Sancion(Part):
    """Fines, public and private."""

    ADDS: ClassVar[tuple[str, ...]] = ("sancion_public", "sancion_priv")

    sancion_public: Number
    sancion_priv: Number


class Libranza(Part):
    """A payroll loan."""

    ADDS: ClassVar[tuple[str, ...]] = ("deduccion",)

    descripcion: Text
    deduccion: Number


class Deducciones(Part):
    """Everything that is deducted; ``salud`` and ``fondo_pension`` are always there, even with zeros."""

    ADDS: ClassVar[tuple[str, ...]] = (
        "salud", "fondo_pension", "fondo_sp", "sindicatos", "sanciones", "libranzas", "pagos_terceros", "anticipos",
        "otras_deducciones", "pension_voluntaria", "retencion_fuente", "afc", "cooperativa", "embargo_fiscal",
        "plan_complementarios", "educacion", "reintegro", "deuda",
    )  # fmt: skip

    salud: Aporte
    """Health."""
    fondo_pension: Aporte
    """Pension."""
    fondo_sp: FondoSP | None = None
    sindicatos: Many[Aporte] = field(default=())
    sanciones: Many[Sancion] = field(default=())
    libranzas: Many[Libranza] = field(default=())
    pagos_terceros: Numbers = field(default=())
    """Paid to third parties for the worker."""
    anticipos: Numbers = field(default=())
    """Advances paid before."""
    otras_deducciones: Numbers = field(default=())
    pension_voluntaria: MaybeNumber = field(default=None)
    retencion_fuente: MaybeNumber = field(default=None)
    """Income tax withheld."""
    afc: MaybeNumber = field(default=None)
    """Savings for construction (AFC)."""
    cooperativa: MaybeNumber = field(default=None)
    embargo_fiscal: MaybeNumber = field(default=None)
    plan_complementarios: MaybeNumber = field(default=None)
    """Complementary health plans."""
    educacion: MaybeNumber = field(default=None)
    reintegro: MaybeNumber = field(default=None)
    """What the worker gives back to the company."""
    deuda: MaybeNumber = field(default=None)
    """Debts with the company."""
