"""What DIAN keeps of a document (GetDocumentInfo), as typed values.

The tree is that of the WSDL of 2026 and of a client in live use; everything in it may be missing. What has no place in
it, and a date, number or truth value that is written in no known way, is kept as pairs in ``others``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar

from .._arguments import checked
from .._viewed import Viewed
from ..catalogs import IdType
from .contract import OTHERS

T = TypeVar("T")
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
    """TipoDoc as it came: a code of `IdType`, or the word ``Nit``."""
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
    """LegitimoTenedor: who holds the invoice as a título valor."""

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
    """UUID, as it came."""
    type_id: str = ""
    """DocumentTypeId: ``01``, or without its zero."""
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
    """UUID: the CUDE of the event, as it came."""
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
    """UUID: the CUDE of the note, as it came."""
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
    """Documento: what DIAN keeps of one document."""

    key: str = ""
    """UUID, as it came."""
    code: str = ""
    """DocumentCode: of a note, its concept; else free text."""
    description: str = ""
    type_id: str = ""
    """DocumentTypeId: ``01``, or without its zero."""
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
    """DocumentInfoResponse: what DIAN keeps of a document."""

    code: str
    """StatusCode as it came; ``200`` found, ``404`` not found."""
    description: str
    compressed: str
    """CompressedDocumentInfo, of a form that is not published."""
    documents: tuple[InfoDocument, ...]
    others: Pairs = ()

    @property
    def found(self) -> bool:
        """True if DIAN tells of the document."""
        return not is_error(self.code) and any(document != InfoDocument() for document in self.documents)


def is_error(code: str) -> bool:
    """True if a code is one of HTTP that is no success: 404 says that there is none, 500 nothing at all."""
    return len(code) == _HTTP_DIGITS and code.isdigit() and code[0] in "45"


_HTTP_DIGITS: Final = 3


def information(data: Mapping[str, Any]) -> DocumentInfo:
    """Return the typed value of a decoded DocumentInfoResponse."""
    return DocumentInfo(
        data["StatusCode"],
        data["StatusDescription"],
        data["CompressedDocumentInfo"],
        tuple(_document(each) for each in data["DocumentInfo"]),
        data[OTHERS],
    )


def _document(data: Mapping[str, Any]) -> InfoDocument:
    others = list(data[OTHERS])
    states = []
    for state in data["Estado"] or ():
        states.append((state["Key"], state["Value"]))
        if state[OTHERS]:
            others.append(("Estado", state[OTHERS]))
    return InfoDocument(
        key=data["UUID"],
        code=data["DocumentCode"],
        description=data["DocumentDescription"],
        type_id=data["DocumentTypeId"],
        type_name=data["DocumentTypeName"],
        number=_maybe(_number, data["NumeroDocumento"]) or InfoNumber(),
        issuer=_maybe(_party, data["Emisor"]),
        recipient=_maybe(_party, data["Receptor"]),
        holder=_maybe(_holder, data["LegitimoTenedor"]),
        totals=_maybe(_totals, data["TotalEImpuestos"]) or InfoTotals(),
        states=tuple(states),
        events=tuple(_event(each) for each in data["Eventos"] or ()),
        notes=tuple(_note(each) for each in data["DocumentTags"] or ()),
        references=_references(data["Referencias"]),
        checks=_checks(data["ValidacionesDoc"]),
        others=tuple(others),
    )


def _event(data: Mapping[str, Any]) -> InfoEvent:
    return InfoEvent(
        code=data["Codigo"],
        description=data["Descripcion"],
        key=data["UUID"],
        number=_maybe(_number, data["NumeroDocumento"]) or InfoNumber(),
        issuer=_maybe(_party, data["Emisor"]),
        recipient=_maybe(_party, data["Receptor"]),
        references=_references(data["ReferenciasDocumento"]),
        checks=_checks(data["ValidacionesDoc"]),
        others=data[OTHERS],
    )


def _note(data: Mapping[str, Any]) -> InfoNote:
    return InfoNote(
        key=data["UUID"],
        type_name=data["NombreTipoDocumento"],
        number=_maybe(_number, data["NumeroDocumento"]) or InfoNumber(),
        concept=_maybe(_concept, data["ConceptoCorreccion"]),
        issuer=_maybe(_party, data["Emisor"]),
        recipient=_maybe(_party, data["Receptor"]),
        holder=_maybe(_holder, data["LegitimoTenedor"]),
        totals=_maybe(_totals, data["TotalEImpuestos"]) or InfoTotals(),
        checks=_checks(data["ValidacionesDoc"]),
        others=data[OTHERS],
    )


def _references(items: tuple[Mapping[str, Any], ...] | None) -> tuple[InfoReference, ...]:
    return tuple(_reference(each) for each in items or ())


def _reference(data: Mapping[str, Any]) -> InfoReference:
    days, others = _days(data, "Fecha")
    return InfoReference(
        key=data["UUID"],
        type_id=data["DocumentTypeId"],
        type_name=data["DocumentTypeName"],
        description=data["Descripcion"],
        on=days[0],
        issuer=_maybe(_party, data["Emisor"]),
        recipient=_maybe(_party, data["Receptor"]),
        others=others,
    )


def _checks(items: tuple[Mapping[str, Any], ...] | None) -> tuple[InfoCheck, ...]:
    return tuple(
        InfoCheck(
            name=each["Nombre"],
            message=each["MensajeError"],
            status=each["Status"],
            is_valid=each["IsValida"],
            is_notification=each["IsNotification"],
            others=each[OTHERS],
        )
        for each in items or ()
    )


def _party(data: Mapping[str, Any]) -> InfoParty:
    return InfoParty(
        name=data["Nombre"],
        id=data["NumeroDoc"],
        id_type=data["TipoDoc"],
        origin=data["Procedencia"],
        others=data[OTHERS],
    )


def _number(data: Mapping[str, Any]) -> InfoNumber:
    (issued_on, signed_on), others = _days(data, "FechaEmision", "FechaFirma")
    return InfoNumber(
        prefix=data["Serie"], number=data["Folio"], issued_on=issued_on, signed_on=signed_on, others=others
    )


def _holder(data: Mapping[str, Any]) -> InfoHolder:
    (registered_on,), others = _days(data, "FechaInscripcionComoTituloValor")
    return InfoHolder(name=data["Nombre"], registered_on=registered_on, others=others)


def _totals(data: Mapping[str, Any]) -> InfoTotals:
    return InfoTotals(iva=data["Iva"], total=data["Total"], others=data[OTHERS])


def _concept(data: Mapping[str, Any]) -> InfoConcept:
    return InfoConcept(code=data["Codigo"], name=data["Nombre"], description=data["Descripcion"], others=data[OTHERS])


def _maybe(make: Callable[[Mapping[str, Any]], T], data: Mapping[str, Any] | None) -> T | None:
    return None if data is None else make(data)


_DAY: Final = len("2026-01-31")
_MIDNIGHT: Final = frozenset({"", "T00:00:00"})


def _days(data: Mapping[str, Any], *names: str) -> tuple[list[date | None], Pairs]:
    """Read dates; what is written otherwise stays as text in the pairs, so that nothing is lost."""
    others = list(data[OTHERS])
    days: list[date | None] = []
    for name in names:
        written = data[name]
        day = None
        if written[_DAY:] in _MIDNIGHT:
            try:
                day = date.fromisoformat(written[:_DAY])
            except ValueError:
                day = None
        if day is not None and day.year == 1:  # 0001-01-01 is how .NET writes that there is none
            day = None
        if day is None and written:
            others.append((name, written))
        days.append(day)
    return days, tuple(others)
