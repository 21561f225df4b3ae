"""Checks of events that only DIAN can make: against their invoice and the events registered on it.

Codes are DIAN's where a source names them, else the library's in lower case. Order and terms are judged by rules of the
simulator's own (`event_order`), not by the library's table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from ..._text import fold
from ...events.timeline import RegisteredEvent
from ...faults import Fault
from ...models._dates import to_bogota
from ...models.event import EventDocument
from ...rules import Subject, check
from ...rules.coded_faults import coded_fault
from ...testing.authority import Authority
from ...testing.event_order import refusals
from ...testing.listing import registered_party
from ...testing.office import Office, issuer_as_known
from ...testing.pki import shortened
from ...ubl.keys import KindKeys
from ...ubl.paths import DocumentPlaces
from ...ubl.reader.document import read_document
from ...ubl.received import Received
from ...ubl.xml_view import DocumentXml
from ...verifying.verdicts import Verification
from .rules.events import JUDGED, MANDATE

if TYPE_CHECKING:
    from ..sales.models import Invoice

CASH: Final = "LGC62"
"""Rule about invoices that are not on credit."""
_LONGEST_NAME: Final = 64


def _signed_by_mandatary(event: EventDocument, verification: Verification) -> bool:
    """True if the certificate is that of the mandatary that the first note names as acting for the sender.

    The note has no NIT, so only names can be compared: certificates have it in O or CN, cut there to 64 characters (RFC
    5280, appendix A), or to as many bytes. Anybody not named there signs only for itself.
    """
    mandatary, mandate, mandator = (event.notes[0] if event.notes else "").partition(MANDATE)
    content = verification.signature.certificate_der
    if not mandate or content is None or fold(mandator) != fold(event.sender.name or ""):
        return False
    name = mandatary.strip()
    spellings = {fold(name), fold(name[:_LONGEST_NAME]), fold(shortened(name))}
    return not spellings.isdisjoint(_names(x509.load_der_x509_certificate(content)))


def _names(certificate: x509.Certificate) -> set[str]:
    """Return the names of a certificate's owner, folded for comparison."""
    return {
        fold(attribute.value)
        for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
        for attribute in certificate.subject.get_attributes_for_oid(oid)
        if isinstance(attribute.value, str)
    } - {""}


def _event_faults(
    authority: Authority, received: Received[EventDocument], verification: Verification, moment: datetime
) -> Iterator[Fault]:
    """Yield the faults of an event by itself, against its invoice, and against the events registered already."""
    event = received.document
    if event.code not in JUDGED:
        yield _fault("unknown_event", "code", event.code, ", ".join(JUDGED))
        return
    yield from _about_sender(authority, received)
    invoice = _invoice(authority, event)
    yield from _by_rules(authority, received, invoice)
    if invoice is None:
        yield coded_fault("AAH07", path="reference_key", found=event.reference_key, source="dian")
        return
    yield from _about_history(authority, event, invoice.document, verification.signing_time, moment)


def _about_sender(authority: Authority, received: Received[EventDocument]) -> Iterator[Fault]:
    control, environment = received.control, authority.environment.value
    if control.environment != environment:
        yield _fault("wrong_environment", "control.environment", control.environment, environment)
    if authority.software_of(control.software_id) is None:
        yield _fault("unknown_software", "control.software_id", control.software_id, "un software registrado")


def _by_rules(
    authority: Authority, received: Received[EventDocument], invoice: Received[Invoice] | None
) -> list[Fault]:
    """Judge the event by the rules of its kind, with the authority's data of sender and invoice."""
    software = authority.software_of(received.control.software_id)
    issuer = None
    if software is not None:
        issuer = issuer_as_known(received.document.sender, software, None, authority.environment)
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
    return [replace(fault, source="dian") for fault in report if not (authority.cash_events and fault.code == CASH)]


def _invoice(authority: Authority, event: EventDocument) -> Received[Invoice] | None:
    known = authority.accepted.get((event.reference_key or "").lower())
    if known is None or known.kind.name != "invoice":
        return None
    return read_document(known.raw)


def _about_history(
    authority: Authority, event: EventDocument, invoice: Invoice, signed_at: datetime | None, moment: datetime
) -> Iterator[Fault]:
    history = authority.history(event.reference_key or "")
    if _number_of(event) in authority.event_numbers or any(known.number == event.number for known in history):
        # One source says that the number is unique per type of event; here it is unique within one invoice.
        yield _fault("AAD05", "number", event.number, "un número que no se haya usado")
    if signed_at is None:
        return  # the verification has a fault for it
    if signed_at > moment:
        yield _fault("DC24", "signed_at", signed_at.isoformat(), moment.isoformat())
    registered = _registered(authority, event.reference_key)
    for refusal in refusals(event.code, signed_at, registered, invoiced_on=to_bogota(invoice.issued_at).date()):
        yield _fault(*refusal)


def _registered(authority: Authority, key: str | None) -> dict[str, datetime | None]:
    """Return the moments of the events registered on an invoice, by their code."""
    return {event.code: event.signed_at for event in authority.history(key or "")}


def _number_of(event: EventDocument) -> tuple[str, str, str]:
    """Return the unique key of an event: sender, code and number (only one source says that the code is part of it)."""
    return event.sender.id, event.code, event.number


def _fault(code: str, path: str, found: object, expected: object) -> Fault:
    """Return a fault with the message of its code."""
    return coded_fault(code, path=path, found=found, expected=expected, source="dian")


class _EventOffice(Office):
    def signer_nit(self, authority: Authority, received: Received[Any], verification: Verification) -> str | None:
        """Return the NIT that the certificate must have; None when a mandatary signs for the sender."""
        if _signed_by_mandatary(received.document, verification):
            return None
        return super().signer_nit(authority, received, verification)

    def faults(
        self,
        authority: Authority,
        received: Received[Any],
        xml: DocumentXml,
        verification: Verification,
        moment: datetime,
    ) -> list[Fault]:
        """Judge an event by itself, against its invoice, and against the events registered already."""
        return list(_event_faults(authority, received, verification, moment))

    def duplicate(self, authority: Authority, received: Received[Any]) -> Fault | None:
        """Return None: LGC01 and AAD05 are reported with the other faults."""

    def register(self, authority: Authority, received: Received[Any], key: str, signed_at: datetime | None) -> None:
        """Record an event on its invoice."""
        event: EventDocument = received.document
        about = (event.reference_key or "").lower()
        history = authority.history(about)
        authority.histories[about] = history.with_event(
            RegisteredEvent(
                event.code,
                event.number,
                signed_at,
                key,
                len(history) + 1,
                issuer=registered_party(event.sender),
                recipient=registered_party(event.receiver),
            )
        )
        authority.event_numbers.add(_number_of(event))


OFFICE = _EventOffice()
