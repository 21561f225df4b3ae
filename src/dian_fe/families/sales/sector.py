"""The health sector's extension of invoices (CustomTagGeneral; Res. 000948 de 2026, before it 2275 de 2023)."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from ..._arguments import checked
from ...catalogs import HealthCoverage, HealthPaymentModality
from ...models._base import Model
from ...models._fields import Many, Text, field

MODALITY_LIST = "salud_modalidad_pago.gc"
COVERAGE_LIST = "salud_cobertura.gc"


class HealthDatum(Model):
    """One named datum of a user's collection (AdditionalInformation)."""

    name: Text
    """As the health norm writes it: CODIGO_PRESTADOR, MODALIDAD_PAGO, COBERTURA_PLAN_BENEFICIOS, …"""
    value: Text | None = None
    code: Text | None = None
    """Value/@schemeID: the code of coded data."""
    code_list: Text | None = None
    """Value/@schemeName: the list of the code."""


class HealthUser(Model):
    """The data of one user of the health system, or of the whole invoice (Collection)."""

    data: Many[HealthDatum] = field(default=())
    """The named data of the collection."""

    @classmethod
    @checked
    def of(
        cls,
        *,
        provider_code: str,
        modality: HealthPaymentModality,
        coverage: HealthCoverage,
        contract: str | None = None,
        policy: str | None = None,
    ) -> HealthUser:
        """Make a collection with the data that the norm names.

        ``provider_code`` is the REPS code of the provider (CODIGO_PRESTADOR), ``contract`` and ``policy`` the numbers
        of the agreement that pays (NUMERO_CONTRATO, NUMERO_POLIZA).
        """
        rows = [
            HealthDatum(name="CODIGO_PRESTADOR", value=provider_code),
            HealthDatum(name="MODALIDAD_PAGO", value=modality.label, code=modality.value, code_list=MODALITY_LIST),
            HealthDatum(
                name="COBERTURA_PLAN_BENEFICIOS", value=coverage.label, code=coverage.value, code_list=COVERAGE_LIST
            ),
        ]
        rows += [
            HealthDatum(name=name, value=value)
            for name, value in (("NUMERO_CONTRATO", contract), ("NUMERO_POLIZA", policy))
            if value is not None
        ]
        return cls(data=tuple(rows))


class HealthTag(Model):
    """A Name/Value pair at the head of the extension: the responsible authority, and the norm applied."""

    name: Text
    value: Text | None = None


class HealthSector(Model):
    """The extension as a whole."""

    tags: Many[HealthTag] = field(default=())
    """Name and value pairs at the head."""
    group: Text | None = "Sector Salud"
    """Group/@schemeName."""
    collection: Text | None = "Usuario"
    """Collection/@schemeName."""
    users: Many[HealthUser] = field(default=())
    """One collection for each user, or a single one for the whole invoice."""

    @model_validator(mode="after")
    def _nothing_without_users(self) -> Self:
        """Drop group and collection without users: they are attributes of the elements around them."""
        if not self.users:
            self.__dict__.update(group=None, collection=None)
        return self

    @classmethod
    @checked
    def of(cls, *users: HealthUser, responsible: str | None = None, norm: str | None = None) -> HealthSector:
        """Make the extension for ``users``.

        ``responsible`` is the ministry's address and ``norm`` the act applied, such as "Resolución 948:2026".
        """
        tags = []
        if responsible is not None:
            tags.append(HealthTag(name="Responsable", value=responsible))
        if norm is not None:
            tags.append(HealthTag(name="Tipo, identificador:año del acto administrativo", value=norm))
        return cls(tags=tuple(tags), users=users)
