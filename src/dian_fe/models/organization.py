"""The company that issues: its identity and its state before DIAN."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from pydantic import field_validator, model_validator

from ..catalogs import IdType, PartyTaxScheme
from ..errors import InvalidInput
from ._base import Day, Model, Text
from .address import Address
from .party import Email, Party, PartyData, address_of, identified, party_of


class OrganizationState(Model):
    """Where the company stands on its way to electronic invoicing (Res. 000227 de 2025, art. 1.5.1.5.1.1)."""

    electronic_invoicing: bool = True
    """Registered at DIAN as electronic invoicer (RUT responsibility 52)."""
    prior_validation: bool = True
    """Operates with validación previa. Activating it cannot be undone."""
    start_date: Day | None = None
    """Day from which the company invoices electronically; it cannot be changed once fixed."""

    def active(self, at: date) -> bool:
        """Tell whether the company may issue electronic invoices on that day."""
        return (
            self.electronic_invoicing and self.prior_validation and (self.start_date is None or at >= self.start_date)
        )


class Organization(PartyData, defer_build=False):
    """A company (or natural person) that issues documents.

    ``nit`` goes without check digit and punctuation: ``Organization(nit="700085371", name="Tienda Ejemplo SAS",
    municipality="76001", address="Cl 14 # 5-20")``. Raises ``InvalidIdentification``, ``WrongCheckDigit``,
    ``UnknownPlace``, ``InvalidEmail``.
    """

    nit: Text
    """NIT without check digit: digits only."""
    check_digit: Text | None = None
    """Optional: when given it must be the right one."""
    name: Text
    """Legal name as in the RUT."""
    tax_scheme: Text | None = PartyTaxScheme.IVA.value
    """`PartyTaxScheme`: 01 IVA unless given."""
    municipality: Text | None = None
    """DIVIPOLA code of five digits."""
    address: Address | Text | None = None
    """Street and number; or a whole `Address`."""
    postal_code: Text | None = None
    """Six digits; the municipality's default one unless given."""
    registration_address: Address | None = None
    """Fiscal address, when it is another one."""
    emails: tuple[Email, ...] = ()
    """Where answers of customers arrive; the first one sends the mails of `deliver`."""
    state: OrganizationState = OrganizationState()
    """Where the company stands before DIAN; `readiness` looks at it."""

    @field_validator("emails", mode="before")
    @classmethod
    def _one_email(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _checked(self) -> Organization:
        number, digit = _identified(self.nit, self.check_digit)
        self.__dict__.update(nit=number, check_digit=digit)
        self._address  # noqa: B018 - refused now, not when a document is made
        return self

    @cached_property
    def _address(self) -> Address | None:
        return address_of(self)

    @cached_property
    def _party(self) -> Party:
        return party_of(self, IdType.NIT.value, self.nit)

    def party(self) -> Party:
        """Give the company as a document names it."""
        return self._party


def _identified(nit: str, digit: str | None) -> tuple[str, str | None]:
    try:
        return identified(IdType.NIT.value, nit, digit)
    except InvalidInput as error:
        if error.field in {None, "id"}:
            error.field = "nit"
        raise
