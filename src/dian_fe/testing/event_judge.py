"""How the simulator judges events.

Codes are DIAN's where a source names them, else the library's in lower case. Order and terms are judged by rules of the
office's own (`event_order`), not by the library's table.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from ..catalogs import ClaimConcept, Environment, EventCode, IdAlgorithm, PaymentForm
from ..catalogs._text import fold
from ..faults import Fault, Severity
from ..models._base import to_bogota
from ..models.event import EventDocument
from ..models.invoice import Invoice
from ..rules.findings import finding
from ..ubl.keys import event_document_key, security_code
from ..ubl.read import read_document
from ..ubl.received import Received
from ..ubl.tables.extension import DIAN_NIT
from ..verifying.verdicts import Verification
from .event_order import refusals, takes_notes
from .pki import shortened

if TYPE_CHECKING:
    from .judge import Judge

REGISTERED: Final = "LGC01"
"""Rule of the event that is registered already."""
_LONGEST_NAME: Final = 64
_MANDATE: Final = "OBRANDO EN NOMBRE Y REPRESENTACION DE"
_EVENTS: Final = ("030", "031", "032", "033", "034")
_CUSTOMIZATION: Final = "1"
_NAMED: Final = frozenset({EventCode.ACUSE_DE_RECIBO.value, EventCode.RECIBO_DEL_BIEN_O_SERVICIO.value})
_PROFILES: Final = frozenset(code.profile_id for code in EventCode if code.profile_id)
"""Both literals: the samples' own, and the one that rule AAD03 names for 035 to 051."""
_WORDS: Final = {
    "AAD01": "La versión de UBL no es UBL 2.1.",
    "AAD02": "El código de operación no es de este evento.",
    "AAD03": "El perfil no es el de un evento.",
    "AAD05": "El número del evento ya se usó.",
    "AAD06": "El CUDE no es el que dan los datos del evento y el PIN del software.",
    "AAD08": "El algoritmo de la clave no es CUDE-SHA384.",
    "AAH06": "El número no es el de la factura referenciada.",
    "AAH07": "El CUFE no es de una factura que la DIAN haya validado.",
    "AAH08": "El algoritmo de la clave de la factura no es CUFE-SHA384.",
    "AAH09": "El tipo del documento referenciado no es 01.",
    "missing_concept": "El reclamo no dice su concepto.",
    "missing_person": "El evento no dice quién recibió.",
    "missing_statement": "La aceptación tácita no trae la manifestación bajo juramento.",
    "notes_after_acceptance": "La factura fue aceptada y no admite notas.",
    "security_code": "El código de seguridad del software no es el que dan sus datos.",
    "unknown_event": "El código no es de un evento de la factura.",
    "unknown_software": "El software no está registrado.",
    "wrong_environment": "El evento es de otro ambiente.",
    "wrong_receiver": "El evento no está dirigido a quien corresponde.",
    "wrong_sender": "Quien envía el evento no es quien puede hacerlo.",
}


def signed_by_mandatary(event: EventDocument, verification: Verification) -> bool:
    """Tell whether the certificate is that of the mandatary whom the first note names in the sender's name.

    The note says no NIT, so that the name alone can be compared: certificates have it in O or CN, cut there to 64
    characters (RFC 5280, appendix A), or to as many bytes. Whoever is not named so, signs for nobody but itself.
    """
    mandatary, mandate, mandator = (event.notes[0] if event.notes else "").partition(_MANDATE)
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
    if event.code not in _EVENTS:
        yield _fault("unknown_event", "code", event.code, ", ".join(_EVENTS))
        return
    yield from _about_software(office, received)
    yield from _about_itself(received)
    invoice = _invoice(office, event)
    if invoice is None:
        yield _fault("AAH07", "reference_key", event.reference_key, "el CUFE de una factura validada")
        return
    yield from _about_its_invoice(event, invoice)
    yield from _about_history(office, event, invoice, verification.signing_time, moment)


def _about_software(office: Judge, received: Received[EventDocument]) -> Iterator[Fault]:
    control, event = received.control, received.document
    environment = Environment(office.environment).value
    if control.environment != environment:
        yield _fault("wrong_environment", "control.environment", control.environment, environment)
    software = office.softwares.get(control.software_id or "")
    if software is None:
        yield _fault("unknown_software", "control.software_id", control.software_id, "un software registrado")
        return
    pin = software.pin.get_secret_value()
    key = event_document_key(event, secret=pin)
    if received.key != key:
        yield _fault("AAD06", "control.key", received.key, key)
    code = security_code(software_id=software.id, pin=pin, number=event.number)
    if control.security_code != code:
        yield _fault("security_code", "control.security_code", control.security_code, code)


def _about_itself(received: Received[EventDocument]) -> Iterator[Fault]:
    event, control = received.document, received.control
    if control.ubl_version != "UBL 2.1":
        yield _fault("AAD01", "control.ubl_version", control.ubl_version, "UBL 2.1")
    if event.operation not in (_CUSTOMIZATION, event.code):  # samples say 1, one implementer the event's code
        yield _fault("AAD02", "operation", event.operation, _CUSTOMIZATION)
    if control.profile not in _PROFILES:
        yield _fault("AAD03", "control.profile", control.profile, received.kind.profile)
    if control.key_scheme != IdAlgorithm.CUDE.value:
        yield _fault("AAD08", "control.key_scheme", control.key_scheme, IdAlgorithm.CUDE.value)
    if event.code in _NAMED and event.person is None:
        yield _fault("missing_person", "person", None, "cac:IssuerParty/cac:Person")
    if event.code == EventCode.RECLAMO and ClaimConcept.by_code(event.concept or "") is None:
        yield _fault("missing_concept", "concept", event.concept, ", ".join(member.value for member in ClaimConcept))
    if event.code == EventCode.ACEPTACION_TACITA and all(_MANDATE in note for note in event.notes):
        yield _fault("missing_statement", "notes", None, "la manifestación")


def _invoice(office: Judge, event: EventDocument) -> Invoice | None:
    known = office.accepted.get((event.reference_key or "").lower())
    if known is None or known.kind.name != "invoice":
        return None
    document: Invoice = read_document(known.raw).document
    return document


def _about_its_invoice(event: EventDocument, invoice: Invoice) -> Iterator[Fault]:
    seller, buyer = invoice.supplier.id, invoice.customer.id
    sender, receiver = (seller, DIAN_NIT) if event.code == EventCode.ACEPTACION_TACITA else (buyer, seller)
    for code, path, found, expected in (
        ("wrong_sender", "sender.id", event.sender.id, sender),
        ("wrong_receiver", "receiver.id", event.receiver.id, receiver),
        ("AAH06", "reference", event.reference, invoice.number),
        ("AAH08", "reference_key_scheme", event.reference_key_scheme, IdAlgorithm.CUFE.value),
        ("AAH09", "reference_type", event.reference_type, "01"),
    ):
        if found != expected:
            yield _fault(code, path, found, expected)


def _about_history(
    office: Judge, event: EventDocument, invoice: Invoice, signed_at: datetime | None, moment: datetime
) -> Iterator[Fault]:
    history = office.history(event.reference_key or "")
    if not office.cash_events and all(payment.form != PaymentForm.CREDITO.value for payment in invoice.payments):
        yield _told("LGC62", "payments", "contado", "crédito")
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
