"""Random payrolls and their notes of adjustment, with every group; the same seed gives the same document."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal
from random import Random
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ...catalogs import (
    IdType,
    PaymentMeans,
    PayrollContractType,
    PayrollDisabilityType,
    PayrollPeriod,
    overtime_rates,
)
from ...catalogs import PayrollWorkerSubtype as Subtype
from ...catalogs import PayrollWorkerType as WorkerType
from ...catalogs.places import municipalities
from ...models._dates import BOGOTA
from ...models.issuer import Issuer, Software
from ...signing.documents import Signed, sign_document
from ...testing.random_documents import FIRST_DAY, LAST_DAY, MOST_LINES
from ...testing.random_values import RandomValues
from ...testing.samples import Issued, Samples, issuer_at
from ...ubl.writer.build import Built, build
from .deductions import Aporte, Deducciones, FondoSP, Libranza, Sancion
from .earnings import (
    HOURS,
    Ausencia,
    Auxilio,
    Basico,
    Bonificacion,
    BonoEPCTV,
    Cesantias,
    Compensacion,
    Devengados,
    HoraExtra,
    Incapacidad,
    Licencia,
    OtroConcepto,
    Primas,
    Transporte,
    VacacionesCompensadas,
    VacacionesComunes,
)
from .models import Payroll, PayrollDeletion, PayrollReplacement
from .parties import Empleador, LugarGeneracion, Pago, Periodo, Predecesor, Trabajador

if TYPE_CHECKING:
    from ...testing.authority import Authority
    from ...testing.simulator import Simulator

Document: TypeAlias = Payroll | PayrollReplacement | PayrollDeletion

KINDS: Final = ("payroll", "payroll_replacement", "payroll_deletion")
SOFTWARE: Final = Software(
    id="44444444-3333-4444-8555-666666666666", pin="54321", name="Nómina de ejemplo", serves=KINDS
)
"""Payroll has a registration of its own at DIAN."""
_WORKERS: Final = (
    (WorkerType.DEPENDIENTE, PayrollContractType.TERMINO_INDEFINIDO),
    (WorkerType.DEPENDIENTE, PayrollContractType.TERMINO_FIJO),
    (WorkerType.DEPENDIENTE, PayrollContractType.OBRA_O_LABOR),
    (WorkerType.SERVICIO_DOMESTICO, PayrollContractType.TERMINO_INDEFINIDO),
    (WorkerType.APRENDIZ_DEL_SENA_EN_ETAPA_LECTIVA, PayrollContractType.APRENDIZAJE),
    (WorkerType.APRENDIZ_DEL_SENA_EN_ETAPA_PRODUCTIVA, PayrollContractType.APRENDIZAJE),
    (WorkerType.ESTUDIANTE_APORTES_SOLO_RIESGOS_LABORALES, PayrollContractType.PRACTICAS_O_PASANTIAS),
)
_IDS: Final = (
    IdType.CEDULA_DE_CIUDADANIA,
    IdType.CEDULA_DE_EXTRANJERIA,
    IdType.TARJETA_DE_IDENTIDAD,
    IdType.PEP,
    IdType.PASAPORTE,
)
_MEANS: Final = (PaymentMeans.EFECTIVO, PaymentMeans.TRANSFERENCIA_DEBITO_BANCARIA, PaymentMeans.CHEQUE)
_LEVELS: Final = tuple(each.value for each in PayrollDisabilityType)


class _PayrollSamples(Samples):
    def document(self, source: Random, kind: str | None, issuer: Issuer, most_lines: int = MOST_LINES) -> Document:
        """Make a document, of a kind or of any; groups that repeat do so ``most_lines`` times at most."""
        maker = _Maker(source, issuer, most_lines)
        return maker.document(kind or maker.pick(KINDS))

    def issuer(self, dian: Authority) -> Issuer:
        """Return the usual issuer with a software of its own for payroll."""
        dian.register_software(SOFTWARE)
        return issuer_at(dian).replace(softwares=(SOFTWARE,))

    def issued(self, dian: Simulator, kind: str, seed: int) -> Issued:
        """Make a document and sign it; the document that a note adjusts is accepted first."""
        issuer = self.issuer(dian)
        maker = _Maker(Random(seed), issuer, MOST_LINES)
        document = maker.paid() if kind == KINDS[0] else maker.over(kind)

        def signed(built: Built[Any]) -> Signed[Any]:
            return sign_document(built, dian.signer(issuer.organization.nit), at=built.document.issued_at)

        for before in maker.before:
            if before.key in dian.accepted:  # another note of the same seed is over the same document
                continue
            verdict = dian.judge(signed(before).xml)
            assert verdict.is_valid, [str(fault) for fault in verdict.faults]
        return Issued(signed(build(document, issuer)), issuer)


class _Maker(RandomValues):
    """Makes the parts of one document."""

    before: tuple[Built[Any], ...] = ()
    """The document that a note adjusts."""

    def __init__(self, source: Random, issuer: Issuer, most: int) -> None:
        super().__init__(source)
        self.issuer, self.most = issuer, max(1, min(most, 3))
        self.issued_at = self.moment(FIRST_DAY + timedelta(days=40), LAST_DAY).astimezone(BOGOTA)
        first = self.issued_at.date().replace(day=1)
        if self.chance(0.5):
            first = (first - timedelta(days=1)).replace(day=1)
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        halves = (first, last), (first, first.replace(day=15)), (first.replace(day=16), last)
        self.half = self.pick((0, 0, 1, 2))
        self.start, self.end = halves[self.half]
        self.salary = Decimal(self.whole(1_300_000, 40_000_000)) + self.decimal(2, 2)

    def document(self, kind: str) -> Document:
        if kind == KINDS[0]:
            return self.paid()
        return self.over(kind) if self.chance(0.6) else self.alone(kind)

    def paid(self) -> Payroll:
        novelty: dict[str, Any] = {"cune_nov": self.key()} if self.chance(0.2) else {}
        if not novelty and self.chance(0.2):
            novelty = {"novedad": False}
        return Payroll(**self.common(), **self.whole_pay(), **novelty)

    def alone(self, kind: str) -> Document:
        """Make a note that only names its predecessor."""
        day = self.day(self.issued_at.date() - timedelta(days=60), self.issued_at.date())
        earlier = Predecesor(numero=self.number(), cune=self.key(), fecha_gen=day)
        if kind == KINDS[1]:
            return PayrollReplacement(predecesor=earlier, **self.common(), **self.whole_pay())
        return PayrollDeletion(predecesor=earlier, **self.common())

    def over(self, kind: str) -> Document:
        """Make a note over a document made here, or over one that replaces it."""
        source = build(self.paid(), self.issuer)
        self.before = (source,)
        if self.chance(0.2):
            self.before = (source, build(self.replaced(source), self.issuer))
        if kind == KINDS[1]:
            return self.replaced(self.before[-1])
        return PayrollDeletion.deleting(self.before[-1], notes=self.notes(), **self.later())

    def replaced(self, source: Built[Any]) -> PayrollReplacement:
        changes: dict[str, Any] = {"devengados": self.devengados()} if self.chance(0.7) else {}
        if not changes or self.chance(0.3):
            changes["deducciones"] = self.deducciones()
        return PayrollReplacement.replacing(source, **self.later(), **changes)

    # --- what all have -------------------------------------------------------------------------------------------

    def later(self) -> dict[str, Any]:
        """Make number and moment of a note, after those of its document."""
        self.issued_at += timedelta(hours=self.whole(1, 200))
        return {"number": self.number(), "issued_at": self.issued_at}

    def common(self) -> dict[str, Any]:
        values: dict[str, Any] = {
            "number": self.number(),
            "issued_at": self.issued_at,
            "notes": self.notes(),
            "empleador": self.employer(),
        }
        if self.chance(0.3):
            place = self.pick(municipalities())
            values["lugar_generacion"] = LugarGeneracion(municipio_ciudad=place.code, idioma=self.pick(("es", "en")))
        return values

    def number(self) -> str:
        return f"{self.pick(('NE', 'N1X', ''))}{self.whole(1, 10**8)}"

    def notes(self) -> tuple[str, ...]:
        return self.several(lambda: self.text(300), 3, 0.3)

    def employer(self) -> Empleador:
        known = Empleador.of(self.issuer.organization)
        if not self.chance(0.2):
            return known
        return known.replace(razon_social=None, **self.names())

    def names(self) -> dict[str, Any]:
        return {
            "primer_apellido": self.text(40),
            "segundo_apellido": self.maybe(lambda: self.text(40), 0.7),
            "primer_nombre": self.text(40),
            "otros_nombres": self.maybe(lambda: self.text(40), 0.4),
        }

    # --- pay -------------------------------------------------------------------------------------------------------

    def whole_pay(self) -> dict[str, Any]:
        abroad = self.chance(0.12)
        worker = self.worker()
        last = self.issued_at.date() + timedelta(days=30)
        values: dict[str, Any] = {
            "periodo": self.period(),
            "periodo_nomina": PayrollPeriod.QUINCENAL if self.half else PayrollPeriod.MENSUAL,
            "trabajador": worker,
            "pago": self.payment(),
            "fechas_pagos": sorted({self.day(self.end, max(self.end, last)) for _ in range(self.whole(1, 3))}),
            "devengados": self.devengados(),
            "deducciones": self.deducciones(),
        }
        if abroad:
            values |= {"currency": self.pick(("USD", "EUR")), "trm": self.decimal(6, 2) + 1000}
        if self.chance(0.1):
            values["codigo_trabajador"] = self.digits(3, 8)
        return values

    def period(self) -> Periodo:
        entered = self.day(date(1990, 1, 1), self.start) if self.chance(0.8) else self.start
        left = self.day(self.start, self.end) if self.chance(0.2) else None
        return Periodo(
            fecha_ingreso=entered,
            fecha_retiro=left,
            fecha_liquidacion_inicio=self.start,
            fecha_liquidacion_fin=self.end,
        )

    def worker(self) -> Trabajador:
        kind, contract = self.pick(_WORKERS)
        integral = contract is PayrollContractType.TERMINO_INDEFINIDO and self.chance(0.15)
        pensioner = kind is WorkerType.DEPENDIENTE and self.chance(0.15)
        names = self.names()
        names["segundo_apellido"] = names["segundo_apellido"] or ""
        return Trabajador(
            tipo_trabajador=kind.value,
            sub_tipo_trabajador=(Subtype.DEPENDIENTE_PENSIONADO_POR_VEJEZ_ACTIVO if pensioner else Subtype.NO_APLICA),
            alto_riesgo_pension=self.chance(0.1),
            tipo_documento=self.pick((_IDS[0], *_IDS)),
            numero_documento=self.digits(5, 10),
            lugar_trabajo_municipio_ciudad=self.pick(municipalities()).code,
            lugar_trabajo_direccion=self.text(200),
            salario_integral=integral,
            tipo_contrato=contract.value,
            sueldo=self.salary,
            codigo_trabajador=self.maybe(lambda: self.digits(3, 8), 0.4),
            **names,
        )

    def payment(self) -> Pago:
        means = self.pick(_MEANS)
        if means is PaymentMeans.EFECTIVO:
            return Pago()
        account = {"banco": self.text(40), "tipo_cuenta": self.pick(("Ahorros", "Corriente"))}
        return Pago(metodo=means, numero_cuenta=self.digits(6, 15), **account)

    # --- amounts -----------------------------------------------------------------------------------------------------

    def part(self, percent: int) -> Decimal:
        """Return an amount of up to a part of the salary; rarely with a third decimal."""
        places = Decimal("0.001") if self.chance(0.02) else Decimal("0.01")
        return (self.salary * self.whole(1, percent * 100) / 10_000).quantize(places, ROUND_DOWN)

    def maybe_part(self, percent: int = 10, probability: float = 0.5) -> Decimal | None:
        return self.maybe(lambda: self.part(percent), probability)

    def two(self, one: str, other: str) -> dict[str, Any]:
        """Make one of two amounts, or both."""
        which = self.pick((1, 2, 3))
        return {
            one: self.part(10) if which & 1 else None,
            other: self.part(10) if which & 2 else None,
        }

    def days(self) -> dict[str, Any]:
        """Make days of absence within the period: with dates or only their number."""
        first = self.day(self.start, self.end)
        last = self.day(first, self.end)
        dates = {"fecha_inicio": first, "fecha_fin": last} if self.chance(0.7) else {}
        return {**dates, "cantidad": (last - first).days + 1}

    def hours(self, kind: str) -> HoraExtra:
        day = self.day(self.start, self.end)
        (rate,) = overtime_rates(kind, day)
        begun = datetime.combine(day, time(self.whole(0, 19), self.whole(0, 59)))
        spent = self.whole(1, 16)
        quantity = Decimal(spent) / 4
        # Without its day an hour is taken for one of the last day that is paid.
        (plain,) = overtime_rates(kind, self.end)
        told = self.chance(0.6)
        moments = {"hora_inicio": begun, "hora_fin": begun + timedelta(minutes=15 * spent)} if told else {}
        percent = rate.percent if told else plain.percent
        return HoraExtra(cantidad=quantity, porcentaje=percent, pago=self.part(5), **moments)

    def devengados(self) -> Devengados:
        def some(make: Any, probability: float = 0.2) -> Any:
            return self.several(make, self.most, probability)

        hours = {name: some(lambda kind=kind: self.hours(kind.value), 0.2) for name, kind in HOURS.items()}
        names = ("dotacion", "apoyo_sost", "teletrabajo", "bonif_retiro", "indemnizacion", "reintegro")
        single: dict[str, Any] = {name: self.maybe_part(10, 0.2) for name in names}
        days = (self.end - self.start).days + 1
        return Devengados(
            basico=Basico(dias_trabajados=self.whole(0, days), sueldo_trabajado=self.salary),
            transporte=some(
                lambda: Transporte(
                    auxilio_transporte=self.part(10),
                    viatico_manu_aloj_s=self.maybe_part(),
                    viatico_manu_aloj_ns=self.maybe_part(),
                ),
                0.4,
            ),
            **hours,
            vacaciones_comunes=some(lambda: VacacionesComunes(pago=self.part(20), **self.days())),
            vacaciones_compensadas=some(lambda: VacacionesCompensadas(cantidad=self.whole(1, 15), pago=self.part(20))),
            primas=self.maybe(
                lambda: Primas(cantidad=self.whole(1, 180), pago=self.part(50), pago_ns=self.maybe_part()), 0.2
            ),
            cesantias=self.maybe(
                lambda: Cesantias(pago=self.part(50), porcentaje=self.percent(12), pago_intereses=self.part(5)), 0.2
            ),
            incapacidades=some(lambda: Incapacidad(tipo=self.pick(_LEVELS), pago=self.part(20), **self.days())),
            licencias_mp=some(lambda: Licencia(pago=self.part(20), **self.days())),
            licencias_r=some(lambda: Licencia(pago=self.part(20), **self.days())),
            licencias_nr=some(lambda: Ausencia(**self.days())),
            bonificaciones=some(lambda: Bonificacion(**self.two("bonificacion_s", "bonificacion_ns"))),
            auxilios=some(lambda: Auxilio(**self.two("auxilio_s", "auxilio_ns"))),
            huelgas_legales=some(lambda: Ausencia(**self.days())),
            otros_conceptos=some(
                lambda: OtroConcepto(descripcion_concepto=self.text(60), **self.two("concepto_s", "concepto_ns"))
            ),
            compensaciones=some(lambda: Compensacion(compensacion_o=self.part(10), compensacion_e=self.part(10))),
            bonos_epctv=some(
                lambda: BonoEPCTV(
                    **self.two("pago_s", "pago_ns"), **self.two("pago_alimentacion_s", "pago_alimentacion_ns")
                )
            ),
            comisiones=some(lambda: self.part(10)),
            pagos_terceros=some(lambda: self.part(10)),
            anticipos=some(lambda: self.part(10)),
            **single,
        )

    def deducciones(self) -> Deducciones:
        """Make deductions that the salary covers: each kind takes two hundredths of it at most."""

        def less() -> Decimal:
            return self.part(2)

        def some(make: Any) -> Any:
            return self.several(make, 1, 0.2)

        def contribution() -> Aporte:
            return Aporte(porcentaje=self.percent(4), deduccion=less())

        names = (
            "pension_voluntaria", "retencion_fuente", "afc", "cooperativa", "embargo_fiscal", "plan_complementarios",
            "educacion", "reintegro", "deuda",
        )  # fmt: skip
        single: dict[str, Any] = {name: self.maybe_part(2, 0.2) for name in names}
        solidarity = {"porcentaje": Decimal(1), "deduccion_sp": less()}
        subsistence = {"porcentaje_sub": Decimal("0.5"), "deduccion_sub": less()}
        return Deducciones(
            salud=Aporte(porcentaje=4, deduccion=self.part(4)),
            fondo_pension=self.pick((Aporte(porcentaje=4, deduccion=self.part(4)), Aporte(porcentaje=0, deduccion=0))),
            fondo_sp=self.maybe(lambda: FondoSP(**self.pick((solidarity, subsistence, solidarity | subsistence))), 0.2),
            sindicatos=some(contribution),
            sanciones=some(lambda: Sancion(sancion_public=less(), sancion_priv=less())),
            libranzas=some(lambda: Libranza(descripcion=self.text(60), deduccion=less())),
            pagos_terceros=some(less),
            anticipos=some(less),
            otras_deducciones=some(less),
            **single,
        )


SAMPLES = _PayrollSamples()
