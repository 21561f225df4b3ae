"""Rules about an event and its reference to the invoice: groups AAD and AAH (annex 1.9, events 030 to 034).

Of the events of RADIAN (035 to 051) only the part common to all is judged; ``covers`` says which events have all their
rules. Order and terms need the registered events: ``dian_fe.events`` judges those. DIAN's codes for sender, receiver,
person (AAH11 to AAH18) and security code are not known one by one: those findings have the library's own names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ....catalogs import ClaimConcept, DocumentType, EventCode, IdAlgorithm, PaymentForm
from ....catalogs.identification import DIAN_NIT
from ....faults import Severity
from ....rules.context import Context
from ....rules.model_checks import equal, listed
from ....rules.registry import Finding, cover, own_rule, rule

JUDGED: Final = ("030", "031", "032", "033", "034")
"""Events that have all their rules."""
MANDATE: Final = "OBRANDO EN NOMBRE Y REPRESENTACION DE"
"""Text of the note in which a mandatary names its principal."""
_CUSTOMIZATION: Final = "1"
_PERSONS: Final = (EventCode.ACUSE_DE_RECIBO.value, EventCode.RECIBO_DEL_BIEN_O_SERVICIO.value)
_PROFILES: Final = frozenset(code.profile_id for code in EventCode if code.profile_id)
"""Both literals: the samples' own, and the one that rule AAD03 names for 035 to 051."""
_INVOICES: Final = frozenset(member.value for member in DocumentType if member.family == "invoice")
_ABOUT_INVOICE: Final = ("document", "original")
_REJECTS: Final = Severity.RECHAZO


def covers(document: Any) -> bool:
    """True if the event has all its rules: one of 030 to 034."""
    return document.code in JUDGED


cover("event", covers)


def _judged(context: Context) -> bool:
    return covers(context.document)


def _invoice(context: Context) -> Any:
    original = context.subject.original
    return getattr(original, "document", original)


equal("AAD01", path="control.ubl_version", to="UBL 2.1", needed=True, needs=("document", "control"))


@rule("AAD02", path="operation")
def operation(context: Context) -> Iterator[Finding]:
    """cbc:CustomizationID is 1, or the event's code."""
    event = context.document
    if _judged(context) and event.operation not in (_CUSTOMIZATION, event.code):
        yield Finding(found=event.operation, expected=_CUSTOMIZATION)


listed(
    "AAD03",
    path="control.profile",
    among=_PROFILES,
    expected=str(EventCode(JUDGED[0]).profile_id),
    needed=True,
    needs=("document", "control"),
)


def _own_software(context: Context) -> bool:
    """True if the event was made with the issuer's software, whose PIN is known."""
    known: bool = context.software.id == context.subject.control.software_id
    return known


@rule("AAD06", path="control.key", needs=("document", "control", "keys", "issuer"))
def key(context: Context) -> Iterator[Finding]:
    """cbc:UUID is the CUDE of the event's data and the sender's PIN (annex 1.9, 12.1.1)."""
    if _judged(context) and _own_software(context):
        expected = context.subject.keys.key(context.document, secret=context.subject.secret, environment="")
        if (context.subject.control.key or "").lower() != expected:
            yield Finding(found=context.subject.control.key, expected=expected)


equal("AAD08", path="control.key_scheme", to=IdAlgorithm.CUDE.value, needed=True, needs=("document", "control"))


equal("AAH06", path="reference", to=lambda c: _invoice(c).number, needed=True, when=_judged, needs=_ABOUT_INVOICE)


@rule("AAH07", path="reference_key", needs=("document", "original_key"))
def reference_key(context: Context) -> Iterator[Finding]:
    """DocumentReference/UUID is the invoice's CUFE."""
    found = context.document.reference_key
    if _judged(context) and (found or "").lower() != context.subject.original_key.lower():
        yield Finding(found=found, expected=context.subject.original_key)


equal("AAH08", path="reference_key_scheme", to=IdAlgorithm.CUFE.value, needed=True, when=_judged)


listed(
    "AAH09",
    path="reference_type",
    among=_INVOICES,
    expected=DocumentType.FACTURA_DE_VENTA.value,
    needed=True,
    when=_judged,
)


@rule("LGC62", path="reference", needs=_ABOUT_INVOICE)
def cash_invoice(context: Context) -> Iterator[Finding]:
    """The invoice is on credit: users saw events of cash invoices refused."""
    payments = _invoice(context).payments
    if _judged(context) and all(payment.form != PaymentForm.CREDITO.value for payment in payments):
        yield Finding(found="contado", expected="crédito")


@own_rule("security_code", "event", path="control.security_code", needs=("document", "control", "keys", "issuer"))
def code_of_the_software(context: Context) -> Iterator[Finding]:
    """sts:SoftwareSecurityCode is made of software, PIN and the event's number."""
    if not _own_software(context):
        return
    software = context.software
    expected = context.subject.keys.security_code(
        software_id=software.id, pin=software.pin.get_secret_value(), number=context.document.number
    )
    if context.subject.control.security_code != expected:
        yield Finding(found=context.subject.control.security_code, expected=expected, severity=_REJECTS)


@own_rule("wrong_sender", "event", path="sender.id", needs=_ABOUT_INVOICE)
def sender(context: Context) -> Iterator[Finding]:
    """The buyer declares; in 034 the seller (table 14.2.1 of annex RADIAN 1.1)."""
    yield from _party(context, context.document.sender, _parties(context)[0])


@own_rule("wrong_receiver", "event", path="receiver.id", needs=_ABOUT_INVOICE)
def receiver(context: Context) -> Iterator[Finding]:
    """The event is for the seller; a 034 for DIAN."""
    yield from _party(context, context.document.receiver, _parties(context)[1])


def _parties(context: Context) -> tuple[str, str]:
    invoice = _invoice(context)
    if context.document.code == EventCode.ACEPTACION_TACITA:
        return invoice.supplier.id, DIAN_NIT
    return invoice.customer.id, invoice.supplier.id


def _party(context: Context, party: Any, expected: str) -> Iterator[Finding]:
    if _judged(context) and party.id != expected:
        yield Finding(found=party.id, expected=expected, severity=_REJECTS)


@own_rule("missing_person", "event", path="person")
def person(context: Context) -> Iterator[Finding]:
    """030 and 032 name the person who received."""
    if context.document.code in _PERSONS and context.document.person is None:
        yield Finding(expected="cac:IssuerParty/cac:Person", severity=_REJECTS)


@own_rule("missing_concept", "event", path="concept")
def concept(context: Context) -> Iterator[Finding]:
    """031 has a concept of the list (ResponseCode/@listID)."""
    event = context.document
    if event.code == EventCode.RECLAMO and ClaimConcept.by_code(event.concept or "") is None:
        known = ", ".join(member.value for member in ClaimConcept)
        yield Finding(found=event.concept, expected=known, severity=_REJECTS)


@own_rule("missing_statement", "event", path="notes")
def statement(context: Context) -> Iterator[Finding]:
    """034 has the sworn statement, in addition to any note of mandate."""
    event = context.document
    if event.code == EventCode.ACEPTACION_TACITA and all(MANDATE in note for note in event.notes):
        yield Finding(expected="la manifestación bajo la gravedad de juramento", severity=_REJECTS)
