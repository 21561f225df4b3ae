"""ApplicationResponse: DIAN's answer about a document."""

from __future__ import annotations

from datetime import date
from typing import Literal

from ..catalogs import PARTY_TAX_SCHEME_NAMES, IdAlgorithm, IdType, PartyTaxScheme
from ._base import Model
from ._dates import Moment
from ._fields import Fixed, Many, ModelMeta, Text, field, field_default_from
from .party import computed_digit

ACCEPTED = "02"
"""Response code of a document validated by DIAN."""
REJECTED = "04"
"""Response code of a document rejected by DIAN."""
VERDICTS = frozenset({ACCEPTED, REJECTED})
"""The codes that only DIAN gives."""


class ResponseParty(Model, defer_build=True, metaclass=ModelMeta):
    """A party of an answer: cac:SenderParty or cac:ReceiverParty, identified only by its tax scheme."""

    name: Fixed[Text | None] = field(default=None)
    id: Fixed[Text]
    id_type: Fixed[Text | None] = field(default=IdType.NIT.value)
    check_digit: Fixed[Text | None] = field(default_factory=computed_digit)
    tax_scheme: Fixed[Text | None] = field(default=PartyTaxScheme.IVA.value)
    tax_scheme_name: Fixed[Text | None] = field(
        default_factory=field_default_from("tax_scheme", make=PARTY_TAX_SCHEME_NAMES.get)
    )


class ResponseLine(Model, defer_build=True):
    """One message of an answer (cac:LineResponse): a rule's code and text."""

    id: Text | None = None
    """Consecutive from 1 (cac:LineReference/cbc:LineID)."""
    code: Text | None = None
    description: Text | None = None


class Response(Model, defer_build=True, metaclass=ModelMeta):
    """Base of DIAN's answers and of buyers' and sellers' events: sender, receiver, content and document."""

    number: Fixed[Text]
    issued_at: Moment
    """In DIAN's answers, the time of validation: the legal date of issue (expedición) of the document."""
    operation: Fixed[Text | None] = field(default="1")
    sender: Fixed[ResponseParty]
    receiver: Fixed[ResponseParty]
    """In DIAN's answers, the issuer of the document."""
    code: Fixed[Text | None] = field(default=None)
    description: Fixed[Text | None] = field(default=None)
    reference: Fixed[Text | None] = field(default=None)
    """Number of the document that it is about."""
    reference_key: Fixed[Text | None] = field(default=None)
    reference_key_scheme: Fixed[Text | None] = field(
        default_factory=field_default_from("reference_key", make=lambda _: IdAlgorithm.CUFE.value)
    )
    """CUFE-SHA384 in every real answer, even for notes."""
    reference_type: Fixed[Text | None] = field(default=None)
    """In events, type of the document that they are about."""
    notes: Many[Text] = field(default=())

    @property
    def issue_date(self) -> date:
        """The Colombian day of the answer."""
        return self.issued_at.date()


class ApplicationResponse(Response):
    """DIAN's answer about one document.

    ``code`` is "02" (validated) or "04" (rejected). DIAN's key is its own and cannot be recomputed by others (facts of
    314 real answers).
    """

    kind: Literal["application_response"] = "application_response"
    lines: Many[ResponseLine] = field(default=())

    @property
    def accepted(self) -> bool:
        """True if DIAN validated the document."""
        return self.code == ACCEPTED
