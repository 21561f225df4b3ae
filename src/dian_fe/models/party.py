"""Parties as documents have them, and the common base of organizations and customers."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import AfterValidator, StringConstraints, field_validator, model_validator

from ..catalogs import (
    FINAL_CONSUMER_ID,
    PARTY_TAX_SCHEME_NAMES,
    CodeEnum,
    IdType,
    OrganizationType,
    PartyTaxScheme,
    Responsibility,
    TaxRegime,
)
from ..catalogs._catalog import catalog, catalog_of
from ..catalogs.identification import check_digit, clean_nit
from ..errors import InvalidEmail, InvalidIdentification, WrongCheckDigit
from ._base import Model
from ._fast import make_fast
from ._fields import Fixed, Many, ModelMeta, Text, field, field_default_from
from ._refusals import SINGLE
from .address import Address

_NOT_IN_EMAILS = r"@\s;,<>\"()\[\]\\\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
"""Separators, quotes and invisible characters: a mail server would refuse them long after the document was accepted."""
_EMAIL = re.compile(f"[^{_NOT_IN_EMAILS}]+@[^.{_NOT_IN_EMAILS}]+(\\.[^.{_NOT_IN_EMAILS}]+)+")
_IDENTIFICATION = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]*")


def check_email(value: str) -> str:
    """Return one e-mail address; raises ``InvalidEmail`` for anything else."""
    if not _EMAIL.fullmatch(value):
        raise InvalidEmail.of("models.email", found=value)
    return value


Email = Annotated[Text, AfterValidator(check_email)]
"""One e-mail address."""


SingleCode = Annotated[str, StringConstraints(min_length=1, pattern=SINGLE)]
"""A code of a list that the XML writes in one element, joined with semicolons."""


def computed_digit(data: dict[str, Any]) -> str | None:
    """Return the check digit of a party's data, None unless it is a NIT: the default of ``check_digit`` fields."""
    number = data.get("id")
    if data.get("id_type") == IdType.NIT.value and isinstance(number, str) and number.isascii() and number.isdigit():
        return check_digit(number)
    return None


class PartyReference(Model):
    """A party with its identification only: a mandante, or one that may download the document."""

    id: Text
    """Identification without check digit or punctuation."""
    id_type: Text | None = IdType.NIT.value
    """`IdType`: 31 NIT unless given."""
    check_digit: Text | None = field(default_factory=computed_digit)
    """The check digit, computed; only for ids of type 31."""
    name: Text | None = None
    """Name, if the document has it."""


class PartyData(Model, defer_build=True, metaclass=ModelMeta):
    """Data of any party: the company's own, a customer, or one in a received document."""

    organization_type: Fixed[Text] = field(default=OrganizationType.PERSONA_JURIDICA.value)
    """`OrganizationType`: 1 legal entity, 2 natural person (cbc:AdditionalAccountID)."""
    trade_name: Fixed[Text | None] = field(default=None)
    """cac:PartyName: the name that customers know."""
    responsibilities: Many[SingleCode] = field(default=(Responsibility.NO_APLICA.value,))
    """`Responsibility` codes of the RUT: O-13, O-15, O-23, O-47 or R-99-PN (cbc:TaxLevelCode)."""
    regime: Fixed[Text | None] = field(default=None)
    """cbc:TaxLevelCode/@listName, optional since annex 1.9: "48" responsible for IVA, "49" not."""
    tax_scheme: Fixed[Text | None] = field(default=PartyTaxScheme.NO_APLICA.value)
    """`PartyTaxScheme`: 01 IVA, 04 INC, ZA both, ZZ none."""
    tax_scheme_name: Fixed[Text | None] = field(
        default_factory=field_default_from("tax_scheme", make=PARTY_TAX_SCHEME_NAMES.get)
    )
    """Official name of ``tax_scheme`` unless given."""
    activities: Many[SingleCode] = field(default=())
    """CIIU codes of economic activities, up to four."""
    merchant_registration: Fixed[Text | None] = field(default=None)
    """Matrícula mercantil."""
    contact_name: Fixed[Text | None] = field(default=None)
    """cac:Contact/cbc:Name."""
    phone: Fixed[Text | None] = field(default=None)
    """cac:Contact/cbc:Telephone."""
    fax: Fixed[Text | None] = field(default=None)
    """cac:Contact/cbc:Telefax."""
    contact_note: Fixed[Text | None] = field(default=None)
    """cac:Contact/cbc:Note."""
    first_name: Fixed[Text | None] = field(default=None)
    """cac:Person, natural persons only."""
    family_name: Fixed[Text | None] = field(default=None)
    """cac:Person, natural persons only."""


class Party(PartyData, defer_build=False):
    """A party as a document has it: the form that `Organization` and `Customer` take inside invoices and notes."""

    id_type: Text | None = IdType.NIT.value
    """`IdType`: 31 NIT, 13 cédula, … (CompanyID/@schemeName)."""
    id: Text
    """Identification without check digit or punctuation."""
    check_digit: Text | None = field(default_factory=computed_digit)
    """CompanyID/@schemeID: the NIT's check digit, computed unless read from a document."""
    name: Text
    """Legal name as in the RUT (cbc:RegistrationName)."""
    address: Address | None = None
    """cac:PhysicalLocation."""
    registration_address: Address | None = None
    """cac:RegistrationAddress (fiscal); absent when it is the physical one."""
    emails: Many[Text] = field(default=())
    """cac:Contact/cbc:ElectronicMail: several are joined with semicolons in the XML."""

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if self.registration_address is not None and self.registration_address == self.address:
            self.__dict__["registration_address"] = None
        return self

    @property
    def fiscal_address(self) -> Address | None:
        """The registration address; by default, the physical one."""
        return self.registration_address or self.address

    @property
    def identification(self) -> str | None:
        """The id in cac:PartyIdentification: natural persons only (rules FAK61, FAK62)."""
        return self.id if self.organization_type == OrganizationType.PERSONA_NATURAL.value else None

    @property
    def legal_name(self) -> str | None:
        """The name in cac:PartyLegalEntity where the final consumer has none."""
        return None if self.id == FINAL_CONSUMER_ID else self.name

    @property
    def legal_id(self) -> str | None:
        """The id in cac:PartyLegalEntity where the final consumer has none."""
        return None if self.id == FINAL_CONSUMER_ID else self.id


def require_code(members: type[CodeEnum], code: str | None, field: str) -> None:
    """Raise ``UnknownCode`` at ``field`` for a code that its list does not hold; None is accepted."""
    if code is not None and code not in members._value2member_map_:
        raise catalog_of(members).unknown(code, field=field)


def identified(id_type: str, number: str, digit: str | None, field: str = "id") -> tuple[str, str | None]:
    """Check an identification given by the caller; return the number and its check digit.

    Raises ``InvalidIdentification`` for symbols, leading zeros or a NIT with its digit appended, ``WrongCheckDigit``,
    ``UnknownCode`` for an id type that DIAN's list lacks.
    """
    require_code(IdType, id_type, "id_type")
    if id_type == IdType.NIT.value:
        number = clean_nit(number, field=field)
        computed = check_digit(number)
        if digit is not None and digit != computed:
            found = {"found": digit, "expected": computed, "number": number}
            raise WrongCheckDigit.of("models.wrong_check_digit", field="check_digit", **found)
        return number, computed
    if digit is not None:
        raise WrongCheckDigit.of("models.digit_without_nit", field="check_digit", found=digit)
    if not _IDENTIFICATION.fullmatch(number):
        raise InvalidIdentification.of("models.identification_symbols", field=field, found=number)
    return number, None


_REGIMES = frozenset(member.value for member in TaxRegime)


def check_party_codes(data: PartyData) -> None:
    """Raise ``UnknownCode`` for an organization type or regime, given by a caller, that is in no list."""
    require_code(OrganizationType, data.organization_type, "organization_type")
    if data.regime is not None and data.regime not in _REGIMES and catalog("tax_regimes").meant(data.regime):
        require_code(TaxRegime, data.regime, "regime")  # accepted documents have other values here, such as «No aplica»


_SHARED = tuple(PartyData.model_fields)


class OwnParty(PartyData):
    """What an organization and a customer share: flat place fields, and the party that documents name."""

    @field_validator("emails", mode="before", check_fields=False)
    @classmethod
    def _one_email(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    def _identification(self) -> tuple[str, str]:
        """Return the type and the number by which documents name it."""
        raise NotImplementedError

    @cached_property
    def _address(self) -> Address | None:
        """The address made of the flat place fields; they must not contradict each other."""
        data: Any = self
        if isinstance(data.address, Address):
            given = data.address
            if data.municipality is None and data.postal_code is None:
                return given.checked()
            return given.replace(
                municipality=data.municipality or given.municipality, postal_code=data.postal_code or given.postal_code
            ).checked()
        if data.municipality is not None:
            return Address.colombia(data.municipality, data.address, postal_code=data.postal_code)
        if data.address is None and data.postal_code is None:
            return None
        return Address(line=data.address, postal_code=data.postal_code)

    @cached_property
    def _party(self) -> Party:
        values, address = self.__dict__, self._address
        registration = values["registration_address"]
        id_type, number = self._identification()
        own = {
            "id_type": id_type,
            "id": number,
            "check_digit": values["check_digit"],
            "name": values["name"],
            "address": address,
            "registration_address": None if registration == address else registration,
            "emails": values["emails"],
        }
        return make_fast(Party, {name: values[name] for name in _SHARED} | own)  # validated with the same types

    def party(self) -> Party:
        """Return this party in the form that documents hold."""
        return self._party
