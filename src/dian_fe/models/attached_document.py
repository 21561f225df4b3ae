"""AttachedDocument: the container in which a document and DIAN's answer travel to the customer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import StringConstraints

from ..catalogs import PARTY_TAX_SCHEME_NAMES, IdAlgorithm, IdType
from ._base import Model
from ._dates import MaybeDay, MaybeMoment
from ._fields import Many, Text, field, field_default_from
from .party import computed_digit

CUSTOMIZATION = "Documentos adjuntos"
"""cbc:CustomizationID of every container (annex 1.9, section 6.4, AE03)."""
INVOICE_CONTAINER = "Contenedor de Factura Electrónica"
"""cbc:DocumentType of containers (AE08); real ones of notes carry the same words."""
ANSWER_TYPE = "ApplicationResponse"
"""cbc:DocumentType of the answer inside (AE45)."""

Embedded = Annotated[str, StringConstraints(strip_whitespace=False, min_length=1)]
"""The exact text of an XML document."""


class AttachedParty(Model, defer_build=True):
    """A party of a container: cac:SenderParty or cac:ReceiverParty, identified by its tax scheme (AE09–AE32).

    Real containers omit any of these data, so none is required here.
    """

    name: Text | None = None
    id_type: Text | None = IdType.NIT.value
    id: Text | None = None
    check_digit: Text | None = field(default_factory=computed_digit)
    responsibilities: Many[Text] = field(default=())
    """`Responsibility` codes (cbc:TaxLevelCode, AE16 and AE28)."""
    regime: Text | None = None
    """TaxLevelCode/@listName."""
    tax_scheme: Text | None = None
    tax_scheme_name: Text | None = field(
        default_factory=field_default_from("tax_scheme", make=PARTY_TAX_SCHEME_NAMES.get)
    )


class AttachedAnswer(Model, defer_build=True):
    """One answer about the document inside (cac:ParentDocumentLineReference, AE38–AE55)."""

    id: Text | None = None
    """Consecutive from 1."""
    reference: Text | None = None
    """Number of the document answered."""
    reference_key: Text | None = None
    """CUFE or CUDE of the document answered, not the answer's own."""
    reference_key_scheme: Text | None = field(
        default_factory=field_default_from("reference_key", make=lambda _: IdAlgorithm.CUFE.value)
    )
    issue_date: MaybeDay = field(default=None)
    """Day of the answer (AE44)."""
    document_type: Text | None = ANSWER_TYPE
    content: Embedded | None = field(default=None, repr=False)
    """The answer's whole XML."""
    validator: Text | None = None
    """Who validated (cbc:ValidatorID)."""
    result_code: Text | None = None
    """"02" when DIAN validated; "00" and "002" occur too."""
    validation_date: MaybeDay = field(default=None)
    validation_time: Text | None = None
    """HH:MM:SS-05:00."""


class AttachedDocument(Model, defer_build=True):
    """A container (annex 1.9, section 6.4): one document as XML text, and the answers about it.

    DIAN never validates containers, and real ones lack some data: nothing is required.
    """

    EMBEDDED: ClassVar[Any] = {"content": True, "answers": {"__all__": {"content"}}}
    """The fields that hold whole documents, to be omitted where those are shown separately."""

    kind: Literal["attached_document"] = "attached_document"
    number: Text | None = None
    """The container's own consecutive, 1 to 20 characters (cbc:ID, AE04b)."""
    issued_at: MaybeMoment = field(default=None)
    """When the container was made: not before the document."""
    operation: Text | None = CUSTOMIZATION
    document_type: Text | None = INVOICE_CONTAINER
    document_type_code: Text | None = None
    """Some software writes the type here instead (cbc:DocumentTypeCode)."""
    parent_number: Text | None = None
    """Prefix and number of the document inside (cbc:ParentDocumentID)."""
    sender: AttachedParty | None = None
    receiver: AttachedParty | None = None
    content: Embedded | None = field(default=None, repr=False)
    """The document's whole XML."""
    answers: Many[AttachedAnswer] = field(default=())
    """DIAN's answer, then later ones; none in contingency of type 04."""
    notes: Many[Text] = field(default=())

    @property
    def issue_date(self) -> date | None:
        """The Colombian day on which the container was made."""
        return None if self.issued_at is None else self.issued_at.date()
