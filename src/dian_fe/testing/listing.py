"""The lists of the events and notes of an invoice, and the information on a document, as the simulator answers them.

The forms are those of the live service as clients read them in 2026: one cac:DocumentResponse for each event or note,
with its counter, its moment, its own number and key, and its parties; and the tree of GetDocumentInfo.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from ..catalogs import DocumentType as DocumentCode
from ..catalogs import IdAlgorithm, PartyTaxScheme
from ..events.timeline import RegisteredEvent, RegisteredParty
from ..families.registry import kind_of
from ..families.spec import Standing
from ..models._words import label_of
from ..models.issuable import parties_of, references_of
from ..ubl.codecs import attribute, date_of, text, time_of
from ..ubl.reader.document import read_document
from .authority import Accepted, Authority

_NOTE_LABELS: Final = {"91": "Nota de crédito electrónica", "92": "Nota de débito electrónica"}


class _Concept(NamedTuple):
    """Concept of correction of a note."""

    code: str
    description: str


def registered_party(party: Any) -> RegisteredParty:
    """Return a document's party as answers name it."""
    name, kind, digit = (getattr(party, each, None) or "" for each in ("name", "id_type", "check_digit"))
    return RegisteredParty(party.id, name, kind, digit)


def events_listed(events: Iterable[RegisteredEvent]) -> bytes:
    """Return the XML of an invoice's events as in GetStatusEvent, in canonical form."""
    return "".join(_document_response(order, event, event.label) for order, event in enumerate(events, 1)).encode()


def notes_of(authority: Authority, key: str) -> list[Accepted]:
    """Return the accepted notes that correct a document, in the order of acceptance."""
    found = []
    for known in authority.accepted.values():
        if known.kind.corrects and key.encode() in known.raw.lower():
            references = references_of(read_document(known.raw).document)
            if any((reference.key or "").lower() == key for _, reference in references):
                found.append(known)
    return found


def notes_listed(notes: Iterable[Accepted]) -> bytes:
    """Return the XML of an invoice's notes as in GetReferenceNotes, in canonical form."""
    return "".join(_note_response(order, note) for order, note in enumerate(notes, 1)).encode()


def _note_response(order: int, known: Accepted) -> str:
    document = read_document(known.raw).document
    issuer, recipient = map(registered_party, parties_of(document))
    note = RegisteredEvent(
        known.kind.document_type, known.number, document.issued_at, known.key, issuer=issuer, recipient=recipient
    )
    return _document_response(order, note, _note_label(known), _concepts(document))


def _note_label(known: Accepted) -> str:
    return _NOTE_LABELS.get(known.kind.document_type, known.kind.label)


def _concepts(document: Any) -> Iterator[_Concept]:
    concepts = kind_of(document).concepts
    for correction in getattr(document, "corrections", ()):
        yield _Concept(correction.concept, correction.description or label_of(concepts, correction.concept))


def _document_response(order: int, event: RegisteredEvent, label: str, concepts: Iterable[_Concept] = ()) -> str:
    when = ""
    if event.signed_at is not None:
        day, hour = date_of(event.signed_at), time_of(event.signed_at)
        when = f"<cbc:EffectiveDate>{day}</cbc:EffectiveDate><cbc:EffectiveTime>{hour}</cbc:EffectiveTime>"
    lines = "".join(
        f"<cac:LineResponse><cac:LineReference><cbc:LineID>{position}</cbc:LineID></cac:LineReference><cac:Response>"
        f"<cbc:ResponseCode>{text(concept.code)}</cbc:ResponseCode><cbc:Description>{text(concept.description)}"
        "</cbc:Description></cac:Response></cac:LineResponse>"
        for position, concept in enumerate(concepts, 1)
    )
    return (
        f"<cac:DocumentResponse><cac:Response><cbc:ReferenceID>{order}</cbc:ReferenceID>"
        f"<cbc:ResponseCode>{text(event.code)}</cbc:ResponseCode><cbc:Description>{text(label)}</cbc:Description>{when}"
        f"</cac:Response><cac:DocumentReference><cbc:ID>{text(event.number)}</cbc:ID>"
        f'<cbc:UUID schemeName="{attribute(IdAlgorithm.CUDE.value)}">{text(event.key)}</cbc:UUID>'
        f"</cac:DocumentReference>{_party('IssuerParty', event.issuer)}{_party('RecipientParty', event.recipient)}"
        f"{lines}</cac:DocumentResponse>"
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


def information_of(authority: Authority, known: Accepted) -> dict[str, Any]:
    """Return the Documento of GetDocumentInfo for an accepted document, by its members."""
    document = read_document(known.raw).document
    issuer, recipient = parties_of(document)
    about = {
        "UUID": known.key,
        "Emisor": _entity(issuer),
        "Receptor": _entity(recipient),
        "NumeroDocumento": _numbered(document),
        "Estado": [],
        "Eventos": [_event(event) for event in authority.history(known.key)],
        "DocumentTags": [_note(note) for note in notes_of(authority, known.key)],
    }
    if known.kind.standing is Standing.EVENT:
        return about | {"DocumentTypeId": "96", "DocumentTypeName": "Application response"}
    note = known.kind.document_type if known.kind.corrects else None
    code = note or getattr(document, "type_code", None) or known.kind.document_type
    concept = next(_concepts(document), None) if note else None
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
    day = None if event.day is None else event.day.isoformat()
    return {
        "Codigo": event.code,
        "Descripcion": event.label,
        "Emisor": event.issuer and _entity(event.issuer),
        "Receptor": event.recipient and _entity(event.recipient),
        "NumeroDocumento": {"FechaEmision": day, "FechaFirma": day, "Folio": event.number},
        "ReferenciasDocumento": [],
        "UUID": event.key,
        "ValidacionesDoc": [],
    }


def _note(known: Accepted) -> dict[str, Any]:
    document = read_document(known.raw).document
    issuer, recipient = parties_of(document)
    concept = next(_concepts(document), None)
    named = concept and {"Codigo": concept.code, "Descripcion": concept.description, "Nombre": concept.description}
    return {
        "ConceptoCorreccion": named,
        "Emisor": _entity(issuer),
        "Receptor": _entity(recipient),
        "NombreTipoDocumento": _note_label(known),
        "NumeroDocumento": _numbered(document),
        "TotalEImpuestos": _amounts(document),
        "UUID": known.key,
        "ValidacionesDoc": [],
    }
