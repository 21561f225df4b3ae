"""DIAN's information on a document (GetDocumentInfo), as typed values.

The tree is that of the WSDL of 2026 and of a client in live use; everything in it may be missing. Unknown elements, and
dates, numbers or booleans in an unknown format, are kept as pairs in ``others``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .._arguments import checked
from .._viewed import Viewed
from ..catalogs import IdType

Pairs = tuple[tuple[str, Any], ...]
"""Names with their text, or with pairs of their own, in the order of the answer."""


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class InfoParty(Viewed):
    """Entidad: a party of the document."""

    name: str = ""
    id: str = ""
    """NumeroDoc."""
    id_type: str = ""
    """TipoDoc as received: a code of `IdType`, or the word ``Nit``."""
    origin: str = ""
    """Procedencia."""
    others: Pairs = ()

    @property
    def known_type(self) -> IdType | None:
        """The type of identification; None when the text names none."""
        return IdType.NIT if self.id_type.casefold() == "nit" else IdType.by_code(self.id_type)


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class InfoNumber(Viewed):
    """NumeroDocumento: number and dates of a document."""

    prefix: str = ""
    """Serie."""
    number: str = ""
    """Folio."""
    issued_on: date | None = None
    """FechaEmision."""
    signed_on: date | None = None
    """FechaFirma."""
    others: Pairs = ()


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class InfoHolder(Viewed):
    """LegitimoTenedor: the holder of the invoice as a título valor."""

    name: str = ""
    registered_on: date | None = None
    """FechaInscripcionComoTituloValor."""
    others: Pairs = ()


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class InfoTotals(Viewed):
    """TotalEImpuestos: amounts in the currency of the document, exact as they were written."""

    iva: Decimal | None = None
    total: Decimal | None = None
    others: Pairs = ()


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class InfoCheck(Viewed):
    """ValidacionDoc: one rule that DIAN applied."""

    name: str = ""
    message: str = ""
    """MensajeError."""
    status: str = ""
    is_valid: bool | None = None
    is_notification: bool | None = None
    others: Pairs = ()


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class InfoConcept(Viewed):
    """ConceptoCorreccion: why a note corrects its document."""

    code: str = ""
    name: str = ""
    description: str = ""
    others: Pairs = ()


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class InfoReference(Viewed):
    """ReferenciaDocumento: another document that this one names."""

    key: str = ""
    """UUID, as received."""
    type_id: str = ""
    """DocumentTypeId: ``01`` or ``1``."""
    type_name: str = ""
    description: str = ""
    on: date | None = None
    """Fecha."""
    issuer: InfoParty | None = None
    recipient: InfoParty | None = None
    others: Pairs = ()


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class InfoEvent(Viewed):
    """Evento: an event of the document."""

    code: str = ""
    description: str = ""
    key: str = ""
    """UUID: the CUDE of the event, as received."""
    number: InfoNumber = InfoNumber()
    issuer: InfoParty | None = None
    recipient: InfoParty | None = None
    references: tuple[InfoReference, ...] = ()
    checks: tuple[InfoCheck, ...] = ()
    others: Pairs = ()


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class InfoNote(Viewed):
    """Nota: a credit or debit note of the document (an item of DocumentTags)."""

    key: str = ""
    """UUID: the CUDE of the note, as received."""
    type_name: str = ""
    """NombreTipoDocumento."""
    number: InfoNumber = InfoNumber()
    concept: InfoConcept | None = None
    issuer: InfoParty | None = None
    recipient: InfoParty | None = None
    holder: InfoHolder | None = None
    totals: InfoTotals = InfoTotals()
    checks: tuple[InfoCheck, ...] = ()
    others: Pairs = ()


@checked
@dataclass(frozen=True, slots=True, kw_only=True)
class InfoDocument(Viewed):
    """Documento: DIAN's information on one document."""

    key: str = ""
    """UUID, as received."""
    code: str = ""
    """DocumentCode: of a note, its concept; else free text."""
    description: str = ""
    type_id: str = ""
    """DocumentTypeId: ``01`` or ``1``."""
    type_name: str = ""
    number: InfoNumber = InfoNumber()
    issuer: InfoParty | None = None
    recipient: InfoParty | None = None
    holder: InfoHolder | None = None
    totals: InfoTotals = InfoTotals()
    states: tuple[tuple[int | None, str], ...] = ()
    """Estado: number and text of each state; numbers may repeat."""
    events: tuple[InfoEvent, ...] = ()
    notes: tuple[InfoNote, ...] = ()
    """DocumentTags."""
    references: tuple[InfoReference, ...] = ()
    checks: tuple[InfoCheck, ...] = ()
    others: Pairs = ()

    @property
    def type_code(self) -> str:
        """The code of the type of document, of two digits at least."""
        return self.type_id.zfill(2) if self.type_id else ""


@checked
@dataclass(frozen=True, slots=True)
class DocumentInfo(Viewed):
    """DocumentInfoResponse: DIAN's information on a document."""

    code: str
    """StatusCode as it came; ``200`` found, ``404`` not found."""
    description: str
    compressed: str
    """CompressedDocumentInfo, of an unpublished form."""
    documents: tuple[InfoDocument, ...]
    others: Pairs = ()

    @property
    def found(self) -> bool:
        """True if DIAN has the document."""
        return not is_error(self.code) and any(document != InfoDocument() for document in self.documents)


def is_error(code: str) -> bool:
    """True for an HTTP error code: 404 means no such document, 500 has no meaning."""
    return len(code) == 3 and code.isdigit() and code[0] in "45"
