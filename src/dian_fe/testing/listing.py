"""How the simulator tells the events and the notes of an invoice, and what it keeps of a document.

The forms are those of the live service as clients of 2026 read them: one cac:DocumentResponse for each event or note,
with its counter, its moment, its own number and key, and its parties; and the tree of GetDocumentInfo.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from ..catalogs import DocumentType as DocumentCode
from ..catalogs import IdAlgorithm, PartyTaxScheme
from ..events.timeline import RegisteredEvent, RegisteredParty
from ..families.registry import kind_of
from ..families.spec import Standing
from ..models._base import to_bogota
from ..models._format import label_of
from ..models.issuable import parties_of, references_of
from ..ubl.codecs import attribute, date_of, text, time_of
from ..ubl.reader.document import read_document

if TYPE_CHECKING:
    from .judge import Accepted, Judge

_NOTE_LABELS: Final = {"91": "Nota de crédito electrónica", "92": "Nota de débito electrónica"}


@dataclass(frozen=True, slots=True)
class _Line:
    """What a cac:LineResponse of a note says: its concept of correction."""

    code: str
    description: str


def registered_party(party: Any) -> RegisteredParty:
    """Return a document's party as answers name it."""
    name, kind, digit = (getattr(party, each, None) or "" for each in ("name", "id_type", "check_digit"))
    return RegisteredParty(party.id, name, kind, digit)


def events_listed(events: Iterable[RegisteredEvent]) -> bytes:
    """Write an invoice's events as GetStatusEvent tells them, in canonical form."""
    return "".join(
        _document_response(
            order, event.code, event.label, event.signed_at, event.number, event.key, event.issuer, event.recipient
        )
        for order, event in enumerate(events, 1)
    ).encode()


def notes_of(office: Judge, key: str) -> list[Accepted]:
    """Return the notes accepted that correct a document, in the order in which they came."""
    return [
        known
        for known in office.accepted.values()
        if known.kind.corrects and key.encode() in known.raw.lower() and key in _corrected(known)
    ]


def _corrected(known: Accepted) -> set[str]:
    references = references_of(read_document(known.raw).document)
    return {(reference.key or "").lower() for _, reference in references}


def notes_listed(notes: Iterable[Accepted]) -> bytes:
    """Write the notes of an invoice as GetReferenceNotes tells them, in canonical form."""
    return "".join(_note_response(order, note) for order, note in enumerate(notes, 1)).encode()


def _note_response(order: int, known: Accepted) -> str:
    document = read_document(known.raw).document
    code = known.kind.document_type
    issuer, recipient = map(registered_party, parties_of(document))
    return _document_response(
        order,
        code,
        _NOTE_LABELS.get(code, known.kind.label),
        document.issued_at,
        known.number,
        known.key,
        issuer,
        recipient,
        _lines(document),
    )


def _lines(document: Any) -> Iterator[_Line]:
    concepts = kind_of(document).concepts
    for correction in getattr(document, "corrections", ()):
        yield _Line(correction.concept, correction.description or label_of(concepts, correction.concept))


def _document_response(
    order: int,
    code: str,
    label: str,
    moment: datetime | None,
    number: str,
    key: str,
    issuer: RegisteredParty | None,
    recipient: RegisteredParty | None,
    lines: Iterable[_Line] = (),
) -> str:
    when = (
        ""
        if moment is None
        else (
            f"<cbc:EffectiveDate>{date_of(to_bogota(moment))}</cbc:EffectiveDate>"
            f"<cbc:EffectiveTime>{time_of(to_bogota(moment))}</cbc:EffectiveTime>"
        )
    )
    answered = "".join(
        f"<cac:LineResponse><cac:LineReference><cbc:LineID>{position}</cbc:LineID></cac:LineReference><cac:Response>"
        f"<cbc:ResponseCode>{text(line.code)}</cbc:ResponseCode><cbc:Description>{text(line.description)}"
        "</cbc:Description></cac:Response></cac:LineResponse>"
        for position, line in enumerate(lines, 1)
    )
    return (
        f"<cac:DocumentResponse><cac:Response><cbc:ReferenceID>{order}</cbc:ReferenceID>"
        f"<cbc:ResponseCode>{text(code)}</cbc:ResponseCode><cbc:Description>{text(label)}</cbc:Description>{when}"
        f"</cac:Response><cac:DocumentReference><cbc:ID>{text(number)}</cbc:ID>"
        f'<cbc:UUID schemeName="{attribute(IdAlgorithm.CUDE.value)}">{text(key)}</cbc:UUID></cac:DocumentReference>'
        f"{_party('IssuerParty', issuer)}{_party('RecipientParty', recipient)}{answered}</cac:DocumentResponse>"
    )


def _party(tag: str, party: RegisteredParty | None) -> str:
    if party is None:
        return ""
    name = f"<cbc:RegistrationName>{text(party.name)}</cbc:RegistrationName>" if party.name else ""
    digit = f' schemeID="{attribute(party.check_digit)}"' if party.check_digit else ""
    kind = f' schemeName="{attribute(party.id_type)}"' if party.id_type else ""
    return (
        f"<cac:{tag}><cac:PartyTaxScheme>{name}<cbc:CompanyID{digit}{kind}>{text(party.id)}</cbc:CompanyID>"
        f"<cac:TaxScheme><cbc:ID>{PartyTaxScheme.IVA.value}</cbc:ID><cbc:Name>{PartyTaxScheme.IVA.label}</cbc:Name>"
        f"</cac:TaxScheme></cac:PartyTaxScheme></cac:{tag}>"
    )


def information_of(office: Judge, known: Accepted) -> dict[str, Any]:
    """Return what GetDocumentInfo tells of a document accepted: a Documento, by its members."""
    document = read_document(known.raw).document
    issuer, recipient = parties_of(document)
    about = {
        "UUID": known.key,
        "Emisor": _entity(issuer),
        "Receptor": _entity(recipient),
        "NumeroDocumento": _numbered(document),
        "Estado": [],
        "Eventos": [_event(event) for event in office.history(known.key)],
        "DocumentTags": [_note(note) for note in notes_of(office, known.key)],
    }
    if known.kind.standing is Standing.EVENT:
        return about | {"DocumentTypeId": "96", "DocumentTypeName": "Application response"}
    note = known.kind.document_type if known.kind.corrects else None
    code = note or getattr(document, "type_code", None) or known.kind.document_type
    concept = next(_lines(document), None) if note else None
    label = DocumentCode.by_code(code)
    references = [each for _, each in references_of(document)]
    return about | {
        "DocumentCode": None if concept is None else concept.code,
        "DocumentTypeId": code,
        "DocumentTypeName": None if label is None else label.label,
        "Referencias": [{"UUID": each.key, "DocumentTypeId": "01"} for each in references if each.key],
        "TotalEImpuestos": _amounts(document),
    }


def _entity(party: Any) -> dict[str, Any]:
    known = registered_party(party)
    return {"Nombre": known.name or None, "NumeroDoc": known.id, "TipoDoc": known.id_type or None}


def _numbered(document: Any) -> dict[str, Any]:
    prefix = document.number.rstrip("0123456789")
    day = date_of(document.issued_at)
    return {"FechaEmision": day, "FechaFirma": day, "Folio": document.number[len(prefix) :], "Serie": prefix or None}


def _amounts(document: Any) -> dict[str, Any]:
    if not kind_of(document).amounts:
        return {"Iva": None, "Total": None}
    iva = sum(each.amount or 0 for each in document.taxes if each.code == PartyTaxScheme.IVA.value)
    return {"Iva": iva, "Total": document.payable}


def _event(event: RegisteredEvent) -> dict[str, Any]:
    def entity(party: RegisteredParty | None) -> dict[str, Any] | None:
        return None if party is None else {"Nombre": party.name, "NumeroDoc": party.id, "TipoDoc": party.id_type}

    return {
        "Codigo": event.code,
        "Descripcion": event.label,
        "Emisor": entity(event.issuer),
        "Receptor": entity(event.recipient),
        "NumeroDocumento": {
            "FechaEmision": None if event.day is None else event.day.isoformat(),
            "FechaFirma": None if event.day is None else event.day.isoformat(),
            "Folio": event.number,
        },
        "ReferenciasDocumento": [],
        "UUID": event.key,
        "ValidacionesDoc": [],
    }


def _note(known: Accepted) -> dict[str, Any]:
    document = read_document(known.raw).document
    issuer, recipient = parties_of(document)
    code = known.kind.document_type
    concept = next(_lines(document), None)
    return {
        "ConceptoCorreccion": None
        if concept is None
        else {"Codigo": concept.code, "Descripcion": concept.description, "Nombre": concept.description},
        "Emisor": _entity(issuer),
        "Receptor": _entity(recipient),
        "NombreTipoDocumento": _NOTE_LABELS.get(code, known.kind.label),
        "NumeroDocumento": _numbered(document),
        "TotalEImpuestos": _amounts(document),
        "UUID": known.key,
        "ValidacionesDoc": [],
    }
