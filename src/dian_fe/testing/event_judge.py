"""How the simulator judges events, what it keeps of them, and how it tells an invoice's events.

Codes are DIAN's where a source names them, else the library's in lower case. How the real service words its answer to
GetStatusEvent is not established: this office gives one cac:DocumentResponse per event, with the signing time as
EffectiveDate and EffectiveTime.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from ..catalogs import ClaimConcept, Environment, EventCode, IdAlgorithm, PaymentForm
from ..events.timeline import ORDER, EventHistory, RegisteredEvent
from ..faults import Fault, Severity
from ..models.event import EventDocument
from ..models.invoice import Invoice
from ..ubl.codecs import attribute, date_of, text, time_of
from ..ubl.keys import event_document_key, security_code
from ..ubl.read import read_document
from ..ubl.received import Received
from ..ubl.tables.extension import DIAN_NIT
from ..verifying.verdicts import Verification

if TYPE_CHECKING:
    from .judge import Judge

REGISTERED: Final = "LGC01"
"""Rule of the event that is registered already."""
_MANDATE: Final = "OBRANDO EN NOMBRE Y REPRESENTACION DE"
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


def owner_to_verify(event: EventDocument) -> str | None:
    """Give the NIT whose certificate signs; none is known of a mandatary, whom only a note names."""
    mandated = bool(event.notes) and _MANDATE in event.notes[0]
    return None if mandated else event.sender.id


def event_faults(
    office: Judge, received: Received[EventDocument], verification: Verification, moment: datetime
) -> Iterator[Fault]:
    """Judge what an event says, by itself, against its invoice, and against what is registered already."""
    event = received.document
    if event.code not in ORDER:
        yield _fault("unknown_event", "code", event.code, ", ".join(ORDER))
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
    found = history.judge(
        RegisteredEvent(event.code, event.number, signed_at),
        issued_at=invoice.issued_at,
        credit=any(payment.form == PaymentForm.CREDITO.value for payment in invoice.payments),
        allow_cash=office.cash_events,
        now=moment,
    )
    codes = {fault.code for fault in found}
    # What the library doubts about, this office has decided.
    yield from (replace(fault, source="dian") for fault in found if fault.rejects)
    if number_of(event) in office.event_numbers and not codes & {"AAD05", REGISTERED}:
        yield _fault("AAD05", "number", event.number, "un número que no se haya usado")


def number_of(event: EventDocument) -> tuple[str, str, str]:
    """Give what is unique: the number of a sender's events of one code (that it is by code rests on one note)."""
    return event.sender.id, event.code, event.number


def notes_refused(office: Judge, received: Received[Any]) -> Iterator[Fault]:
    """Refuse a note to an invoice that was accepted (033 or 034)."""
    for position, reference in enumerate(received.document.billing_references):
        history = office.history(reference.key or "")
        if not history.accepts_notes:
            found = f"{reference.number}: {history.state.value}"
            yield _fault("notes_after_acceptance", f"billing_references[{position}].key", found, "sin aceptar")


def document_responses(history: EventHistory) -> bytes:
    """Write an invoice's events as answers to GetStatusEvent tell them here, in canonical form."""
    return "".join(map(_document_response, history)).encode()


def _document_response(event: RegisteredEvent) -> str:
    assert event.signed_at is not None
    return (
        f"<cac:DocumentResponse><cac:Response><cbc:ResponseCode>{text(event.code)}</cbc:ResponseCode>"
        f"<cbc:Description>{text(event.label)}</cbc:Description>"
        f"<cbc:EffectiveDate>{date_of(event.signed_at)}</cbc:EffectiveDate>"
        f"<cbc:EffectiveTime>{time_of(event.signed_at)}</cbc:EffectiveTime></cac:Response>"
        f"<cac:DocumentReference><cbc:ID>{text(event.number)}</cbc:ID>"
        f'<cbc:UUID schemeName="{attribute(IdAlgorithm.CUDE.value)}">{text(event.key)}</cbc:UUID>'
        "</cac:DocumentReference></cac:DocumentResponse>"
    )


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
