"""How the simulator judges events.

Codes are DIAN's where a source names them, else the library's in lower case. Order and terms are judged by rules of the
office's own (`event_order`), not by the library's table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from ..catalogs import Environment
from ..catalogs._text import fold
from ..errors import InvalidInput
from ..families.events.rules.events import JUDGED, MANDATE
from ..faults import Fault, Severity
from ..models._base import to_bogota
from ..models.event import EventDocument
from ..models.invoice import Invoice
from ..models.issuer import Issuer, Software
from ..models.organization import Organization
from ..models.resolution import Resolution
from ..rules import Subject, check
from ..rules.findings import finding
from ..ubl.keys import KindKeys
from ..ubl.paths import DocumentPlaces
from ..ubl.read import read_document
from ..ubl.received import Received
from ..verifying.verdicts import Verification
from .event_order import refusals, takes_notes
from .pki import shortened

if TYPE_CHECKING:
    from .judge import Judge

CASH: Final = "LGC62"
"""Rule of the invoice that is not on credit."""
REGISTERED: Final = "LGC01"
"""Rule of the event that is registered already."""
_LONGEST_NAME: Final = 64
_WORDS: Final = {
    "notes_after_acceptance": "La factura fue aceptada y no admite notas.",
    "unknown_event": "El código no es de un evento de la factura.",
    "unknown_software": "El software no está registrado.",
    "wrong_environment": "El evento es de otro ambiente.",
}


def signed_by_mandatary(event: EventDocument, verification: Verification) -> bool:
    """Tell whether the certificate is that of the mandatary whom the first note names in the sender's name.

    The note says no NIT, so that the name alone can be compared: certificates have it in O or CN, cut there to 64
    characters (RFC 5280, appendix A), or to as many bytes. Whoever is not named so, signs for nobody but itself.
    """
    mandatary, mandate, mandator = (event.notes[0] if event.notes else "").partition(MANDATE)
    content = verification.signature.certificate_der
    if not mandate or content is None or fold(mandator) != fold(event.sender.name or ""):
        return False
    name = mandatary.strip()
    spellings = {fold(name), fold(name[:_LONGEST_NAME]), fold(shortened(name))}
    return not spellings.isdisjoint(_names(x509.load_der_x509_certificate(content)))


def _names(certificate: x509.Certificate) -> set[str]:
    """Give the names of a certificate's owner, as they are compared."""
    return {
        fold(attribute.value)
        for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
        for attribute in certificate.subject.get_attributes_for_oid(oid)
        if isinstance(attribute.value, str)
    } - {""}


def event_faults(
    office: Judge, received: Received[EventDocument], verification: Verification, moment: datetime
) -> Iterator[Fault]:
    """Judge what an event says, by itself, against its invoice, and against what is registered already."""
    event = received.document
    if event.code not in JUDGED:
        yield _fault("unknown_event", "code", event.code, ", ".join(JUDGED))
        return
    yield from _about_office(office, received)
    invoice = _invoice(office, event)
    yield from _by_rules(office, received, invoice)
    if invoice is None:
        yield finding("AAH07", path="reference_key", found=event.reference_key, source="dian")
        return
    yield from _about_history(office, event, invoice.document, verification.signing_time, moment)


def _about_office(office: Judge, received: Received[EventDocument]) -> Iterator[Fault]:
    control, environment = received.control, Environment(office.environment).value
    if control.environment != environment:
        yield _fault("wrong_environment", "control.environment", control.environment, environment)
    if office.software_of(control.software_id) is None:
        yield _fault("unknown_software", "control.software_id", control.software_id, "un software registrado")


def _by_rules(office: Judge, received: Received[EventDocument], invoice: Received[Invoice] | None) -> list[Fault]:
    """Judge what the event says by the rules of its kind, with what this office knows of sender and invoice."""
    software = office.software_of(received.control.software_id)
    issuer = None
    if software is not None:
        issuer = issuer_of(received.document.sender, software, None, Environment(office.environment))
    kind = received.kind.name
    report = check(
        Subject(
            kind=kind,
            document=received.document,
            control=received.control,
            issuer=issuer,
            original=invoice,
            keys=KindKeys(received.kind),
            places=DocumentPlaces(kind),
        )
    )
    return [replace(fault, source="dian") for fault in report if not (office.cash_events and fault.code == CASH)]


def _invoice(office: Judge, event: EventDocument) -> Received[Invoice] | None:
    known = office.accepted.get((event.reference_key or "").lower())
    if known is None or known.kind.name != "invoice":
        return None
    return read_document(known.raw)


def issuer_of(party: Any, software: Software, resolution: Resolution | None, environment: Environment) -> Issuer | None:
    """Return the issuer as the office knows it; None when the party cannot be one."""
    try:
        organization = Organization(nit=party.id, name=party.name)
        return Issuer(organization=organization, software=software, resolution=resolution, environment=environment)
    except InvalidInput:
        return None


def _about_history(
    office: Judge, event: EventDocument, invoice: Invoice, signed_at: datetime | None, moment: datetime
) -> Iterator[Fault]:
    history = office.history(event.reference_key or "")
    if number_of(event) in office.event_numbers or any(known.number == event.number for known in history):
        # One note says that the number is unique per type of event; within one invoice it is kept unique.
        yield _told("AAD05", "number", event.number, "un número que no se haya usado")
    if signed_at is None:
        return  # told by the verification
    if signed_at > moment:
        yield _told("DC24", "signed_at", signed_at.isoformat(), moment.isoformat())
    registered = _registered(office, event.reference_key)
    for refusal in refusals(event.code, signed_at, registered, invoiced_on=to_bogota(invoice.issued_at).date()):
        yield _told(*refusal)


def _registered(office: Judge, key: str | None) -> dict[str, datetime | None]:
    """Give the moments of the events registered on an invoice, by their code."""
    return {event.code: event.signed_at for event in office.history(key or "")}


def number_of(event: EventDocument) -> tuple[str, str, str]:
    """Give what is unique: the number of a sender's events of one code (that it is by code rests on one note)."""
    return event.sender.id, event.code, event.number


def notes_refused(office: Judge, received: Received[Any]) -> Iterator[Fault]:
    """Refuse a note to an invoice that was accepted (033 or 034)."""
    for position, reference in enumerate(received.document.billing_references):
        registered = _registered(office, reference.key)
        if not takes_notes(registered):
            found = f"{reference.number}: {', '.join(registered)}"
            yield _fault("notes_after_acceptance", f"billing_references[{position}].key", found, "sin aceptar")


def _told(code: str, path: str, found: object, expected: object) -> Fault:
    """Make a fault in the words that the code has for everybody."""
    return finding(code, path=path, found=found, expected=expected, source="dian")


def _fault(code: str, path: str, found: object, expected: object) -> Fault:
    return Fault(
        code=code,
        severity=Severity.RECHAZO,
        message=_WORDS[code],
        path=path,
        found=None if found is None else str(found),
        expected=None if expected is None else str(expected),
        source="dian",
    )
