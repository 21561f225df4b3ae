"""The support document of payroll (102) and its notes of adjustment (103): one that replaces and one that deletes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, ValidationInfo, model_validator

from ...catalogs import DocumentType, PayrollAdjustmentType, PayrollPeriod, catalog
from ...catalogs.places import COLOMBIA
from ...errors import InvalidInput, MissingExchangeRate, NotAllowed
from ...models._base import Model
from ...models._dates import Moment
from ...models._fields import Fixed, Many, ModelMeta, Text, TextOrEmpty, field, field_default_from
from ...models._missing import AS_READ
from ...models._numbers import MaybeNumber, Number
from ...models._words import PESOS
from ...models.arithmetic import money_sum
from ...models.totals import EXACT
from .deductions import Deducciones
from .earnings import Devengados
from .fields import Days, Part
from .parties import Empleador, LugarGeneracion, Pago, Periodo, Predecesor, Proveedor, Trabajador, employer_of

if TYPE_CHECKING:
    from ...models.issuer import Issuer
    from .parties import Employer
else:
    Employer = Annotated[Empleador, BeforeValidator(employer_of)]
    """An `Empleador`, or an `Organization`, which becomes one."""

_NUMBER = re.compile("([0-9A-Za-z]*?)[0-9]+")
_KEY = re.compile("[0-9A-Fa-f]{96}")
_CENT = Decimal("0.01")


def _prefix(number: str) -> str | None:
    """Return what precedes the last digits of a number; None when nothing does."""
    match = _NUMBER.fullmatch(number)
    return (match[1] or None) if match else None


def _place(employer: Empleador) -> LugarGeneracion:
    return LugarGeneracion(
        municipio_ciudad=employer.municipio_ciudad, departamento_estado=employer.departamento_estado, pais=employer.pais
    )


def _provider(employer: Empleador) -> Proveedor:
    return Proveedor(**{name: getattr(employer, name) for name in Proveedor.model_fields})


class PayrollDocument(Model, defer_build=True, metaclass=ModelMeta):
    """Base of the documents of payroll."""

    TYPE: ClassVar[str]

    if TYPE_CHECKING:
        type_code: Fixed[str]

    number: Fixed[Text]
    """Prefix and consecutive, without blanks or hyphens: unique for each worker."""
    prefijo: Fixed[Text | None] = field(default_factory=field_default_from("number", make=_prefix))
    """The prefix: what precedes the last digits of the number unless given."""
    issued_at: Moment
    """When it is issued (FechaGen, HoraGen)."""
    notes: Many[Text] = field(default=())
    empleador: Employer
    """The employer, who issues and signs; an `Organization` serves."""
    lugar_generacion: Fixed[LugarGeneracion] = field(default_factory=field_default_from("empleador", make=_place))
    """Where the document is made: the employer's place unless given."""
    proveedor: Fixed[Proveedor] = field(default_factory=field_default_from("empleador", make=_provider))
    """Who owns the software, by name: the employer unless given."""

    @property
    def issue_date(self) -> date:
        """The Colombian day of issue."""
        return self.issued_at.date()

    @property
    def issuer_id(self) -> str:
        """NIT of the employer, who issues and signs."""
        return self.empleador.nit

    @property
    def consecutivo(self) -> str:
        """The number without its prefix."""
        return self.number.removeprefix(self.prefijo or "")

    def check_issuable(self, issuer: Issuer) -> None:
        """Refuse what `refuse_unwritable` does, and a provider of the software without a name of its own."""
        self.refuse_unwritable()
        third = issuer.software_of(_kind_of(self)).provider_nit
        if third not in {None, self.empleador.nit} and self.proveedor.name == self.empleador.name:
            raise InvalidInput.of("families.payroll.provider_name", field="proveedor", found=self.proveedor.name)

    def refuse_unwritable(self) -> None:
        """Refuse data that DIAN's schema cannot take and codes that no list has, whoever issues.

        Raise ``UnknownCode``, ``MissingExchangeRate`` or ``InvalidInput``, each with its field.
        """
        prefix = self.prefijo or ""
        if not self.number.startswith(prefix) or not self.consecutivo.isdigit():
            found = {"found": self.number, "prefijo": repr(prefix)}
            raise InvalidInput.of("families.payroll.number_of_prefix", field="number", **found)
        self.empleador.check_named("empleador")
        self.proveedor.check_named("proveedor")
        for listed, code, path in self._codes():
            if code not in _known(listed):
                raise catalog(listed).unknown(code, field=path)

    def _codes(self) -> Iterator[tuple[str, str, str]]:
        """Yield the codes that must be in a list: the list, the code and its path."""
        for name, place in (("empleador", self.empleador), ("lugar_generacion", self.lugar_generacion)):
            yield from _of_place(place.pais, place.departamento_estado, place.municipio_ciudad, f"{name}.")
        yield "languages", self.lugar_generacion.idioma, "lugar_generacion.idioma"


def _kind_of(document: Any) -> Any:
    from ..registry import kind_of

    return kind_of(document)


@cache
def _known(listed: str) -> frozenset[str]:
    return frozenset(catalog(listed))


def _of_place(country: str, department: str, municipality: str, path: str) -> Iterator[tuple[str, str, str]]:
    """Yield the codes of a place; only those of Colombia have departments and municipalities in a list."""
    yield "countries", country, f"{path}pais"
    if country == COLOMBIA:
        yield "departments", department, f"{path}departamento_estado"
        yield "municipalities", municipality, f"{path}municipio_ciudad"


def _rounded(amount: Decimal) -> Decimal:
    """Return an amount of two decimals, halves to even (NTC 3711, which the annex asks for)."""
    return amount.quantize(_CENT, ROUND_HALF_EVEN, EXACT)


def _sum_of(name: str) -> Any:
    """Make the default of a total: the rounded sum of a group."""

    def total(data: dict[str, Any]) -> Any:
        group: Part | None = data.get(name)
        return None if group is None else _rounded(money_sum(group.amounts()))

    return total


def _net(data: dict[str, Any]) -> Any:
    earned, deducted = data.get("devengados_total"), data.get("deducciones_total")
    return None if earned is None or deducted is None else EXACT.subtract(earned, deducted)


def _leftover(data: dict[str, Any]) -> Any:
    """Return what rounding both totals changed in the difference, which has no sign (VLR01); None for nothing.

    More than a cent is no rounding: totals that were given and are not the sums.
    """
    groups = [data.get(name) for name in ("devengados", "deducciones")]
    net = data.get("comprobante_total")
    if net is None or None in groups:
        return None
    earned, deducted = (money_sum(group.amounts()) for group in groups if group is not None)
    if _rounded(earned) == earned and _rounded(deducted) == deducted:
        return None
    left = abs(EXACT.subtract(net, EXACT.subtract(earned, deducted)))
    return left if 0 < left <= _CENT else None


class PaidPayroll(PayrollDocument, defer_build=True, metaclass=ModelMeta):
    """What the document of a payment and the note that replaces it have in common.

    The totals are computed from the groups unless given: each is their sum, rounded to two decimals with halves to
    even; what rounding leaves is ``redondeo``. ``check`` compares given ones with the sums (tolerance 2.00).
    """

    periodo: Fixed[Periodo]
    """Period that is paid, and the contract's dates."""
    periodo_nomina: Fixed[Text] = field(default=PayrollPeriod.MENSUAL.value)
    """`PayrollPeriod`: 5 monthly unless given."""
    currency: Fixed[Text] = field(default=PESOS)
    """ISO 4217 (TipoMoneda): all amounts are in it."""
    trm: MaybeNumber = field(default=None)
    """Pesos for a unit of another currency."""
    trabajador: Fixed[Trabajador]
    """Who is paid."""
    codigo_trabajador: Fixed[Text | None] = field(
        default_factory=field_default_from("trabajador", make=lambda worker: worker.codigo_trabajador)
    )
    """The employer's code beside the number: that of the worker unless given."""
    pago: Fixed[Pago] = field(default=Pago())
    """How the worker is paid: in cash unless given."""
    fechas_pagos: Days = field(default=())
    """Days of the payments, one or more."""
    devengados: Fixed[Devengados]
    deducciones: Fixed[Deducciones]
    devengados_total: Number = field(default_factory=_sum_of("devengados"))
    """Sum of all earnings."""
    deducciones_total: Number = field(default_factory=_sum_of("deducciones"))
    """Sum of all deductions."""
    comprobante_total: Number = field(default_factory=_net)
    """What the worker receives: earnings minus deductions."""
    redondeo: MaybeNumber = field(default_factory=_leftover)
    """What rounding left."""

    @property
    def payable(self) -> Decimal:
        """What the worker receives, as `rows` calls it."""
        return self.comprobante_total

    @model_validator(mode="after")
    def _dated(self, info: ValidationInfo) -> Self:
        """Date the period as the document, unless it says a day of its own."""
        period = self.__dict__.get("periodo")
        if info.context is AS_READ or period is None:
            return self
        if period.fecha_gen is None or "fecha_gen" not in period.model_fields_set:
            values = period.__dict__ | {"fecha_gen": self.issue_date}
            self.__dict__["periodo"] = Periodo.model_construct(period.model_fields_set - {"fecha_gen"}, **values)
        return self

    def refuse_unwritable(self) -> None:
        """Refuse also a currency without rate, and an identification of the worker that has letters."""
        super().refuse_unwritable()
        if self.currency != PESOS and self.trm is None:
            raise MissingExchangeRate.of("families.payroll.without_rate", field="trm", currency=self.currency)
        worker = self.trabajador.numero_documento
        if not (worker.isascii() and worker.isdigit()):
            raise InvalidInput.of("families.payroll.not_digits", field="trabajador.numero_documento", found=worker)

    def _codes(self) -> Iterator[tuple[str, str, str]]:
        yield from super()._codes()
        worker = self.trabajador
        yield "payroll_periods", self.periodo_nomina, "periodo_nomina"
        yield "currencies", self.currency, "currency"
        yield "payroll_worker_types", worker.tipo_trabajador, "trabajador.tipo_trabajador"
        yield "payroll_id_types", worker.tipo_documento, "trabajador.tipo_documento"
        yield "payroll_contract_types", worker.tipo_contrato, "trabajador.tipo_contrato"
        country, department = worker.lugar_trabajo_pais, worker.lugar_trabajo_departamento_estado
        municipality = worker.lugar_trabajo_municipio_ciudad
        yield from _of_place(country, department, municipality, "trabajador.lugar_trabajo_")
        yield "payment_forms", self.pago.forma, "pago.forma"
        yield "payment_means", self.pago.metodo, "pago.metodo"
        for position, leave in enumerate(self.devengados.incapacidades):
            yield "payroll_disability_types", leave.tipo, f"devengados.incapacidades[{position}].tipo"


class Payroll(PaidPayroll):
    """The support document of a worker's pay (documento soporte de pago de nómina electrónica, 102).

    One for each worker and month. A second one of the same month, as for another contract, says so with ``cune_nov``.
    """

    TYPE: ClassVar[str] = DocumentType.NOMINA_INDIVIDUAL.value

    kind: Literal["payroll"] = "payroll"
    """Discriminator of the JSON form."""
    type_code: Text = TYPE
    """TipoXML: 102."""
    cune_nov: TextOrEmpty | None = None
    """CUNE of the document that the contractual change refers to; empty when the change is denied."""
    novedad: bool | None = field(default_factory=lambda data: True if data.get("cune_nov") else None)
    """Whether the contract changed within the month; True unless given where ``cune_nov`` is."""

    @model_validator(mode="after")
    def _novelty(self, info: ValidationInfo) -> Self:
        """Write an empty CUNE beside a denied change: the schema demands the attribute."""
        if info.context is not AS_READ and self.__dict__.get("novedad") is False and self.cune_nov is None:
            self.__dict__["cune_nov"] = ""
        return self

    def refuse_unwritable(self) -> None:
        """Refuse also a contractual change that names no document, and the other way round."""
        super().refuse_unwritable()
        if (self.novedad and not self.cune_nov) or (self.cune_nov is not None and self.novedad is None):
            raise InvalidInput.of("families.payroll.novelty_without_cune", field="cune_nov", found=self.cune_nov)


_OWN = frozenset(
    {"kind", "type_code", "number", "prefijo", "issued_at", "novedad", "cune_nov", "predecesor", "tipo_nota"}
)
"""Fields that a note does not take from the document that it adjusts."""
_TOTALS = frozenset({"devengados_total", "deducciones_total", "comprobante_total", "redondeo"})


class PayrollReplacement(PaidPayroll):
    """A note of adjustment (103) that replaces a document by a whole corrected one.

    Use ``PayrollReplacement.replacing(signed, number=…, issued_at=…, devengados=…)``.
    """

    TYPE: ClassVar[str] = DocumentType.NOMINA_INDIVIDUAL_DE_AJUSTE.value

    kind: Literal["payroll_replacement"] = "payroll_replacement"
    """Discriminator of the JSON form."""
    type_code: Text = TYPE
    """TipoXML: 103."""
    tipo_nota: Text = PayrollAdjustmentType.REEMPLAZAR.value
    """`PayrollAdjustmentType`: always 1."""
    predecesor: Predecesor
    """The document that is replaced."""

    @classmethod
    def replacing(
        cls, document: Any, *, number: str, issued_at: datetime | str, key: str | None = None, **changes: Any
    ) -> Self:
        """Make the note over a document: what ``changes`` do not say is the document's.

        ``document`` is a result of ``build``, ``sign`` or ``read``, or the model itself with its ``key`` (CUNE): a
        `Payroll` or an earlier `PayrollReplacement`. Totals are computed again when a group changes. Raise
        ``InvalidInput`` for another document or without CUNE, ``NotAllowed`` for another employer or worker and for an
        earlier day, and the errors of the constructor.
        """
        original, cune = _adjusted(document, key)
        given = {name: getattr(original, name) for name in original.model_fields_set if name not in _OWN}
        if changes.keys() & {"devengados", "deducciones"}:
            given = {name: value for name, value in given.items() if name not in _TOTALS}
        if "trabajador" in changes:
            given.pop("codigo_trabajador", None)
        if "periodo" in given:
            given["periodo"] = given["periodo"].replace(fecha_gen=None)
        given |= {"number": number, "issued_at": issued_at, "predecesor": _named(original, cune)}
        made = cls(**(given | changes))
        _refuse_disagreements(made, original)
        return made


class PayrollDeletion(PayrollDocument):
    """A note of adjustment (103) that deletes a document: it is marked at DIAN, and stays there.

    Use ``PayrollDeletion.deleting(signed, number=…, issued_at=…)``.
    """

    TYPE: ClassVar[str] = DocumentType.NOMINA_INDIVIDUAL_DE_AJUSTE.value

    kind: Literal["payroll_deletion"] = "payroll_deletion"
    """Discriminator of the JSON form."""
    type_code: Text = TYPE
    """TipoXML: 103."""
    tipo_nota: Text = PayrollAdjustmentType.ELIMINAR.value
    """`PayrollAdjustmentType`: always 2."""
    predecesor: Predecesor
    """The document that is deleted."""

    @classmethod
    def deleting(
        cls, document: Any, *, number: str, issued_at: datetime | str, key: str | None = None, **changes: Any
    ) -> Self:
        """Make the note over a document; arguments and errors are those of ``PayrollReplacement.replacing``."""
        original, cune = _adjusted(document, key)
        taken = ("empleador", "lugar_generacion", "proveedor")
        given = {name: getattr(original, name) for name in taken if name in original.model_fields_set}
        given |= {"number": number, "issued_at": issued_at, "predecesor": _named(original, cune)}
        made = cls(**(given | changes))
        _refuse_disagreements(made, original)
        return made


def _adjusted(given: Any, key: str | None) -> tuple[PaidPayroll, str]:
    """Return the document that a note adjusts, with its CUNE."""
    plain = isinstance(given, PaidPayroll)
    document = given if plain else getattr(given, "document", None)
    cune = key if plain else getattr(given, "key", None)
    if not isinstance(document, PaidPayroll):
        raise InvalidInput.of("families.payroll.not_a_payroll", field="document", found=type(given).__name__)
    if not cune:
        raise InvalidInput.of("families.payroll.missing_cune", field="key")
    if _KEY.fullmatch(cune) is None:
        raise InvalidInput.of("families.payroll.cune", field="key", found=cune[:100])
    if key is not None and key.lower() != cune.lower():
        raise InvalidInput.of("families.payroll.other_cune", field="key", found=key[:100], expected=cune)
    return document, cune


def _named(document: PaidPayroll, cune: str) -> Predecesor:
    return Predecesor(numero=document.number, cune=cune, fecha_gen=document.issue_date)


def _refuse_disagreements(note: Any, original: PaidPayroll) -> None:
    """Refuse a note of another employer or worker, or of a day before its document.

    A document of another worker cannot be replaced: DIAN does not find it (field report). It is deleted.
    """
    pairs = [("empleador.nit", "other_employer", note.empleador.nit, original.empleador.nit)]
    if isinstance(note, PaidPayroll):
        mine, theirs = note.trabajador.numero_documento, original.trabajador.numero_documento
        pairs.append(("trabajador.numero_documento", "other_worker", mine, theirs))
    for path, key, found, expected in pairs:
        if found != expected:
            raise NotAllowed.of(f"families.payroll.{key}", field=path, found=found, expected=expected)
    if note.issue_date < original.issue_date:
        expected = f"{original.issue_date} o después"
        raise NotAllowed.of("models.note_before_document", field="issued_at", found=note.issue_date, expected=expected)
