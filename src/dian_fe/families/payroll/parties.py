"""Employer, worker, provider of the software, places, and how a worker is paid. Fields have DIAN's names."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from pydantic import ValidationInfo, field_validator, model_validator

from ..._arguments import checked
from ...catalogs import (
    IdType,
    OrganizationType,
    PaymentForm,
    PaymentMeans,
    PayrollContractType,
    PayrollWorkerSubtype,
    PayrollWorkerType,
)
from ...catalogs.identification import check_digit, clean_nit
from ...catalogs.places import COLOMBIA
from ...errors import InvalidInput
from ...models._base import Model
from ...models._dates import Day, MaybeDay
from ...models._fields import Text, TextOrEmpty, field, field_default_from
from ...models._missing import AS_READ
from ...models._numbers import Number
from ...models.organization import Organization
from ...models.party import Party
from .fields import days_of_360

if TYPE_CHECKING:
    from ...models._fields import Taken


def _department(code: str) -> str:
    """Return the first two digits of a municipality of DIVIPOLA; empty for one that has no such code."""
    return code[:2] if len(code) == _DIVIPOLA and code.isdigit() else ""


_DIVIPOLA = 5


class _Placed(Model, defer_build=True):
    """Whoever or whatever is in a place."""

    @model_validator(mode="after")
    def _in_a_department(self, info: ValidationInfo) -> Self:
        """Refuse a place whose department nobody knows, but in what was read."""
        for name in ("departamento_estado", "lugar_trabajo_departamento_estado"):
            if info.context is not AS_READ and self.__dict__.get(name) == "":
                raise InvalidInput.of("families.payroll.department", field=name)
        return self


def whole_name(party: Any) -> str:
    """Return a company's name, or a person's: names before surnames."""
    names = (getattr(party, name, None) for name in ("primer_nombre", "otros_nombres", "primer_apellido"))
    return getattr(party, "razon_social", None) or " ".join(filter(None, (*names, party.segundo_apellido)))


class _Named(Model, defer_build=True):
    """A company by its name, or a natural person by names and surnames."""

    razon_social: Text | None = None
    """Name of a company as in the RUT."""
    primer_apellido: Text | None = None
    segundo_apellido: Text | None = None
    primer_nombre: Text | None = None
    otros_nombres: Text | None = None

    @property
    def name(self) -> str:
        """The company's name, or the person's whole name."""
        return whole_name(self)

    def check_named(self, field: str) -> None:
        """Raise ``InvalidInput`` at ``field`` when neither a company nor a person is named."""
        if self.razon_social is None and (self.primer_apellido is None or self.primer_nombre is None):
            raise InvalidInput.of("families.payroll.name", field=field, expected="razon_social")


class Empleador(_Named, _Placed):
    """The employer, who issues and signs.

    ``Empleador(razon_social="Empresa Ejemplo SAS", nit="700085371", municipio_ciudad="76001", direccion="Cl 14 # 5")``;
    an `Organization` serves where documents take one. Raise ``InvalidIdentification``, ``WrongCheckDigit``.
    """

    nit: Text
    """NIT without check digit; a right one is removed."""
    dv: Text = field(default_factory=field_default_from("nit", make=check_digit))
    """Its check digit, computed."""
    municipio_ciudad: Text
    """DIVIPOLA code of five digits."""
    departamento_estado: Text = field(default_factory=field_default_from("municipio_ciudad", make=_department))
    """DIVIPOLA code of two digits, that of the municipality unless given."""
    pais: Text = COLOMBIA
    """ISO 3166-1 alpha-2."""
    direccion: Text

    @property
    def id(self) -> str:
        """The NIT, as parties of other documents name it."""
        return self.nit

    @property
    def id_type(self) -> str:
        """Type of the identification: a NIT."""
        return IdType.NIT.value

    @property
    def check_digit(self) -> str:
        """Check digit of the NIT."""
        return self.dv

    @field_validator("nit")
    @classmethod
    def _clean(cls, value: str) -> str:
        return value if value.isascii() and value.isdigit() else clean_nit(value)

    @classmethod
    @checked
    def of(cls, company: Organization | Party) -> Self:
        """Return a company as payroll names it, a natural person by first and family name where it has both.

        Raise ``InvalidInput`` when it has no municipality or address.
        """
        party = company.party() if isinstance(company, Organization) else company
        address = party.address
        place = {} if address is None else {"municipio_ciudad": address.municipality, "direccion": address.line}
        person = party.organization_type == OrganizationType.PERSONA_NATURAL.value
        names = {"primer_nombre": party.first_name, "primer_apellido": party.family_name}
        named = names if person and all(names.values()) else {"razon_social": party.name}
        given = {**named, "nit": party.id, **place}
        return cls(**{name: value for name, value in given.items() if value is not None})


def employer_of(value: Any) -> Any:
    """Return an `Organization`, or its JSON, as an `Empleador`, and anything else as it is."""
    if isinstance(value, Mapping) and "name" in value and value.keys() <= Organization.model_fields.keys():
        value = Organization.model_validate(value)
    return Empleador.of(value) if isinstance(value, Organization) else value


class Proveedor(_Named):
    """Who owns the software that makes the document; its NIT and the software's data are those of the issuer."""


class LugarGeneracion(_Placed):
    """Where the document is made."""

    municipio_ciudad: Text
    """DIVIPOLA code of five digits."""
    departamento_estado: Text = field(default_factory=field_default_from("municipio_ciudad", make=_department))
    """DIVIPOLA code of two digits, that of the municipality unless given."""
    pais: Text = COLOMBIA
    """ISO 3166-1 alpha-2."""
    idioma: Text = "es"
    """ISO 639-1."""


class Trabajador(_Placed):
    """The worker, with the contract."""

    tipo_trabajador: Text = PayrollWorkerType.DEPENDIENTE.value
    """`PayrollWorkerType`: 01 unless given."""
    sub_tipo_trabajador: Text = PayrollWorkerSubtype.NO_APLICA.value
    """`PayrollWorkerSubtype`: 00, or 01 for an active pensioner. Others of PILA are written as they are."""
    alto_riesgo_pension: bool = False
    """Whether the activity has high risk for the pension."""
    tipo_documento: Text = IdType.CEDULA_DE_CIUDADANIA.value
    """`PayrollIdType`: 13 unless given."""
    numero_documento: Text
    """Digits only: DIAN's schema takes no letters."""
    primer_apellido: Text
    segundo_apellido: TextOrEmpty = ""
    """Empty for a person with one surname: the schema demands the attribute."""
    primer_nombre: Text
    otros_nombres: Text | None = None
    lugar_trabajo_municipio_ciudad: Text
    """DIVIPOLA code of five digits."""
    lugar_trabajo_departamento_estado: Text = field(
        default_factory=field_default_from("lugar_trabajo_municipio_ciudad", make=_department)
    )
    """DIVIPOLA code of two digits, that of the municipality unless given."""
    lugar_trabajo_pais: Text = COLOMBIA
    """ISO 3166-1 alpha-2."""
    lugar_trabajo_direccion: Text
    """The annex describes it as the worker's address."""
    salario_integral: bool = False
    """Whether the salary is integral."""
    tipo_contrato: Text = PayrollContractType.TERMINO_INDEFINIDO.value
    """`PayrollContractType`: 2 unless given."""
    sueldo: Number
    """Monthly salary of the contract."""
    codigo_trabajador: Text | None = None
    """The employer's code for the worker."""

    @property
    def id(self) -> str:
        """The identification, as parties of other documents name it."""
        return self.numero_documento

    @property
    def id_type(self) -> str:
        """Type of the identification."""
        return self.tipo_documento

    @property
    def name(self) -> str:
        """The whole name."""
        return whole_name(self)


class Periodo(Model, defer_build=True):
    """The period that is paid, and the contract's dates."""

    fecha_ingreso: Day
    """Day of entry; the schema always demands it."""
    fecha_retiro: MaybeDay = field(default=None)
    """Day of retirement, when the contract ended."""
    fecha_liquidacion_inicio: Day
    """First day that is paid."""
    fecha_liquidacion_fin: Day
    """Last day that is paid."""
    tiempo_laborado: Number = field(default_factory=lambda data: _time_worked(data))
    """Days worked since the entry, in years of 360 days; computed unless given (rule NIE006)."""
    fecha_gen: MaybeDay = field(default=None)
    """Day of issue, that of the document unless given."""


def _time_worked(data: dict[str, Any]) -> Any:
    until = data.get("fecha_retiro") or data.get("fecha_liquidacion_fin")
    start = data.get("fecha_ingreso")
    return None if start is None or until is None else Decimal(days_of_360(start, until))


class Pago(Model, defer_build=True):
    """How the worker is paid."""

    forma: Text = PaymentForm.CONTADO.value
    """`PaymentForm`: the annex lists 1 alone."""
    metodo: Text = PaymentMeans.EFECTIVO.value
    """`PaymentMeans`: 10 cash unless given."""
    banco: Text | None = None
    tipo_cuenta: Text | None = None
    numero_cuenta: Text | None = None

    @classmethod
    def transferencia(cls, banco: str, tipo_cuenta: str, numero_cuenta: str) -> Self:
        """Return a bank transfer (means 47)."""
        return cls(
            metodo=PaymentMeans.TRANSFERENCIA_DEBITO_BANCARIA.value,
            banco=banco,
            tipo_cuenta=tipo_cuenta,
            numero_cuenta=numero_cuenta,
        )


class Predecesor(Model, defer_build=True):
    """The document that a note of adjustment replaces or deletes."""

    numero: Text
    """Its number."""
    cune: Text
    """Its CUNE."""
    fecha_gen: Day
    """Its day of issue."""

    @property
    def number(self) -> str:
        """The number, as references of other documents name it."""
        return self.numero

    @property
    def key(self) -> str:
        """The CUNE, as references of other documents name it."""
        return self.cune


if TYPE_CHECKING:
    Employer = Taken[Empleador, Empleador | Organization]
