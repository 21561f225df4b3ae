"""The company that issues: its identity and its state at DIAN."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import model_validator

from ..catalogs import IdType, PartyTaxScheme
from ..errors import InvalidInput, NotAllowed
from ._base import Model
from ._dates import MaybeDay
from ._fields import Fixed, Many, Text, field
from .address import Address
from .party import Email, OwnParty, check_party_codes, identified


class OrganizationState(Model):
    """State of the company's enablement for electronic invoicing (Res. 000227 de 2025, art. 1.5.1.5.1.1).

    None: not given, so not judged. These values report the state at DIAN, which only DIAN's portal changes.
    """

    electronic_invoicing: bool | None = None
    """Registered at DIAN as electronic invoicer (RUT responsibility 52)."""
    prior_validation: bool | None = None
    """Operates with validación previa. Activating it cannot be undone: see ``Organization.activated``."""
    start_date: MaybeDay = field(default=None)
    """Day from which the company invoices electronically; it cannot be changed once fixed."""

    @property
    def told(self) -> bool:
        """True if both registration and validación previa are given."""
        return self.electronic_invoicing is not None and self.prior_validation is not None

    def active(self, at: date) -> bool:
        """True if the company may issue electronic invoices on that day; False too when its state is not given."""
        begun = self.start_date is None or at >= self.start_date
        return bool(self.electronic_invoicing and self.prior_validation and begun)


class Organization(OwnParty, defer_build=False):
    """A company (or natural person) that issues documents.

    ``nit`` has no punctuation; a correct check digit is removed: ``Organization(nit="700085371", name="Tienda Ejemplo
    SAS", municipality="76001", address="Cl 14 # 5-20")``. Raises ``InvalidIdentification``, ``WrongCheckDigit``,
    ``UnknownCode``, ``UnknownPlace``, ``InvalidEmail``.
    """

    nit: Text
    """NIT without check digit: digits only."""
    check_digit: Text | None = None
    """Optional: when given it must be the right one."""
    name: Text
    """Legal name as in the RUT."""
    tax_scheme: Fixed[Text | None] = field(default=PartyTaxScheme.IVA.value)
    """`PartyTaxScheme`: 01 IVA unless given."""
    municipality: Text | None = None
    """DIVIPOLA code of five digits."""
    address: Address | Text | None = None
    """Street and number; or a whole `Address`."""
    postal_code: Text | None = None
    """Six digits; the municipality's default one unless given."""
    registration_address: Address | None = None
    """Fiscal address, when it is another one."""
    emails: Many[Email] = field(default=())
    """Addresses for customers' replies; the first one is the sender of `deliver`'s mails."""
    state: OrganizationState = OrganizationState()
    """The company's state at DIAN, used by `check` and `readiness`; unknown by default."""

    @model_validator(mode="after")
    def _checked(self) -> Organization:
        number, digit = identified(IdType.NIT.value, self.nit, self.check_digit, "nit")
        self.__dict__.update(nit=number, check_digit=digit)
        check_party_codes(self)
        self._address  # noqa: B018 - refused now, not when a document is made
        return self

    def _identification(self) -> tuple[str, str]:
        return IdType.NIT.value, self.nit

    def activated(self, start_date: date, *, cannot_be_undone: bool) -> Self:
        """Return the company as active from a day on: registered, with validación previa, and with that start date.

        Nothing is activated here: it records what was done in DIAN's portal, where neither activation nor start date
        can be undone. ``cannot_be_undone`` must be passed as ``True``. Raise ``NotAllowed`` otherwise, and for a
        company that already has another start date; ``InvalidInput`` for anything but a date.
        """
        if cannot_be_undone is not True:
            raise NotAllowed.of("models.activation_not_confirmed", field="cannot_be_undone", found=cannot_be_undone)
        if start_date is None:
            raise InvalidInput.of("models.activation_without_date", field="start_date")
        fixed = self.state.start_date
        active = OrganizationState(electronic_invoicing=True, prior_validation=True, start_date=start_date)
        if fixed is not None and fixed != active.start_date:
            raise NotAllowed.of("models.start_date_fixed", field="start_date", found=start_date, expected=fixed)
        return self.replace(state=active)
