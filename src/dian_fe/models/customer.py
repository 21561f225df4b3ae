"""The buyer. Only id type, id, name and e-mail may be required (Res. 000202 de 2025); the rest is optional."""

from __future__ import annotations

from pydantic import model_validator

from ..catalogs import IdType, OrganizationType, PartyTaxScheme, Responsibility
from ._fields import Fixed, Many, ModelMeta, Text, field
from .address import Address
from .party import Email, OwnParty, check_party_codes, identified

FINAL_CONSUMER_ID = "222222222222"
"""Identification of an unidentified buyer (annex 1.9, section 13.2.1)."""


_COMPANY_IDS = frozenset({IdType.NIT.value, IdType.NIT_DE_OTRO_PAIS.value})


class Customer(OwnParty, defer_build=False, metaclass=ModelMeta):
    """A buyer.

    ``Customer(id_type=IdType.CEDULA_DE_CIUDADANIA, id="1020304050", name="Cliente Ejemplo",
    emails=["compras@example.com"])``. Raises ``InvalidIdentification``, ``WrongCheckDigit``, ``UnknownCode``,
    ``UnknownPlace``, ``InvalidEmail``.
    """

    id_type: Fixed[Text]
    """`IdType`."""
    id: Fixed[Text]
    """Identification without check digit or punctuation."""
    check_digit: Fixed[Text | None] = field(default=None)
    """Only for a NIT, optional: when given it must be the right one."""
    name: Fixed[Text]
    """Legal name, or the person's whole name."""
    organization_type: Fixed[Text] = field(default=OrganizationType.PERSONA_NATURAL.value)
    """`OrganizationType`; by default 1 for a NIT and 2 otherwise."""
    municipality: Fixed[Text | None] = field(default=None)
    """DIVIPOLA code of five digits."""
    address: Fixed[Address | Text | None] = field(default=None)
    """Street and number; or a whole `Address` (for buyers abroad)."""
    postal_code: Fixed[Text | None] = field(default=None)
    """Six digits; the municipality's default one unless given."""
    registration_address: Fixed[Address | None] = field(default=None)
    """Fiscal address, when it is a different one."""
    emails: Many[Email] = field(default=())
    """Where the customer receives documents."""
    wants_xml: Fixed[bool] = field(default=True)
    """Whether the customer wants the XML with the graphic representation."""

    @model_validator(mode="after")
    def _checked(self) -> Customer:
        number, digit = identified(self.id_type, self.id, self.check_digit)
        self.__dict__.update(id=number, check_digit=digit)
        if "organization_type" not in self.model_fields_set and self._is_company():
            # A default that depends on the id, which is validated after it.
            self.__dict__["organization_type"] = OrganizationType.PERSONA_JURIDICA.value
        check_party_codes(self)
        self._address  # noqa: B018 - refused now, not when a document is made
        return self

    def _is_company(self) -> bool:
        """True if the identification is that of a company."""
        return self.id_type in _COMPANY_IDS

    @classmethod
    def final_consumer(cls) -> Customer:
        """Return the unidentified buyer: 222222222222, type 13, «consumidor final», R-99-PN, ZZ."""
        return cls(
            id_type=IdType.CEDULA_DE_CIUDADANIA.value,
            id=FINAL_CONSUMER_ID,
            name="consumidor final",
            responsibilities=(Responsibility.NO_APLICA.value,),
            tax_scheme=PartyTaxScheme.NO_APLICA.value,
        )

    def _identification(self) -> tuple[str, str]:
        return self.id_type, self.id
