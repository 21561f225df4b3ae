"""Events of an invoice as ApplicationResponse documents (annex RADIAN 1.1), read or written."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal, Self

from ..catalogs import ClaimConcept, CodeEnum, EventCode, IdType, OrganizationType, PartyTaxScheme
from ..errors import InvalidInput
from ._base import Model
from ._fields import Fixed, ModelMeta, Text, field, field_default_from
from .application_response import Response, ResponseParty
from .party import computed_digit, identified


class EventParty(ResponseParty):
    """The sender or receiver of an event."""

    organization_type: Fixed[Text | None] = field(default=OrganizationType.PERSONA_JURIDICA.value)
    """`OrganizationType` (CompanyID/@schemeVersionID): 1 legal entity, 2 natural person."""
    tax_scheme: Fixed[Text | None] = field(default=PartyTaxScheme.IVA.value)


class Person(Model, defer_build=True):
    """The person who received the invoice or the goods for the buyer (cac:IssuerParty/cac:Person): in 030 and 032.

    ``Person(id="1020304050", first_name="Ana", family_name="Pérez", job_title="Almacenista", department="Bodega")``.
    """

    id: Text
    """Identification without check digit or punctuation."""
    id_type: Text | None = IdType.CEDULA_DE_CIUDADANIA.value
    """`IdType`."""
    check_digit: Text | None = field(default_factory=computed_digit)
    """Only of a NIT, computed."""
    first_name: Text | None = None
    family_name: Text | None = None
    job_title: Text | None = None
    """Cargo."""
    department: Text | None = None
    """Area of the organization (cbc:OrganizationDepartment)."""

    def checked(self) -> Self:
        """Return the person if an event can name it; a NIT typed with its right check digit is kept without it.

        Raises ``InvalidInput`` without first or family name, and the errors of a wrong identification.
        """
        digit = self.check_digit if "check_digit" in self.model_fields_set else None
        number, _ = identified(self.id_type or "", self.id, digit)
        for name in ("first_name", "family_name"):
            if getattr(self, name) is None:
                raise InvalidInput.of("models.person_without_name", field=name)
        return self if number == self.id else self.replace(id=number)


def _label(codes: type[CodeEnum], code: str) -> str | None:
    known = codes.by_code(code)
    return None if known is None else known.label


class EventDocument(Response, metaclass=ModelMeta):
    """An event about an invoice, as read from its XML.

    Only an ``Event``, which is made from a verified invoice, can be built and signed; it equals the document read back
    from its XML.
    """

    kind: Fixed[Literal["event"]] = field(default="event")
    sender: Fixed[EventParty]
    """The declaring party: the buyer, or in 034 the seller."""
    receiver: Fixed[EventParty]
    """The recipient: the seller, or in 034 DIAN."""
    code: Fixed[Text]
    """`EventCode`."""
    description: Fixed[Text | None] = field(default_factory=field_default_from("code", make=partial(_label, EventCode)))
    """cbc:Description: DIAN's text for the code. Real files vary it, at least in case."""
    concept: Fixed[Text | None] = field(default=None)
    """`ClaimConcept` of a 031 (ResponseCode/@listID)."""
    concept_name: Fixed[Text | None] = field(
        default_factory=field_default_from("concept", make=partial(_label, ClaimConcept))
    )
    """Its text (ResponseCode/@name)."""
    person: Fixed[Person | None] = field(default=None)
    """The person who received, in 030 and 032."""

    @property
    def event(self) -> EventCode | None:
        """The code as a member of its list; None for one that the list lacks."""
        return EventCode.by_code(self.code)

    def __eq__(self, other: Any) -> bool:
        """True if the data of two events are equal, whether read or to be sent."""
        return getattr(other, "kind", None) == self.kind and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        """Return the hash of its data."""
        return hash((self.number, self.issued_at, self.code, self.reference_key))
