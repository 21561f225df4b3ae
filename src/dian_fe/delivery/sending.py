"""`deliver` and `resend`: mail a package to the other side and return the delivery record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from email.message import EmailMessage
from typing import Any, Self

from .._arguments import checked
from .._viewed import Viewed
from ..errors import InvalidEmail, InvalidInput, NoRecipient, RecipientsRefused, StoredNewer
from ..faults import Fault
from ..models._dates import to_bogota
from ..models.customer import Customer
from ..models.issuable import parties_of
from ..models.party import Party
from ..rules.coded_faults import coded_fault
from .handing import Handout
from .mail import Mailbox, check_address, compose, subject
from .packing import MAX_BYTES, Package


@checked
@dataclass(frozen=True, slots=True)
class Receipt(Viewed):
    """A mail server's reply to an accepted message."""

    answer: str | None = None
    """Its last reply, such as «250 2.0.0 Ok: queued as 4F1»."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """The refused addresses, with the reason; the others got the message."""


Sender = Callable[[EmailMessage, Sequence[str]], object]
"""Sends a message to the addresses given: `SmtpSender`, or any callable. It raises when no address is accepted.

It may return a `Receipt`, or what ``send_message`` of ``smtplib`` returns: the refused addresses with the reply. Any
other return value is ignored.
"""


@checked
@dataclass(frozen=True, slots=True)
class DeliveryRecord(Viewed):
    """The proof of one delivery: keep it with the package's ZIP."""

    message_id: str
    """Message-ID of the message."""
    recipients: tuple[str, ...]
    """The addresses that got the message."""
    at: datetime
    """Moment given by the caller, in Colombian time."""
    sha256: str
    """Hexadecimal SHA-256 of the ZIP."""
    zip_name: str
    """Name of the ZIP."""
    key: str
    """Key of the document: CUFE, CUDE or CUDS."""
    subject: str
    """The message's subject."""
    mailbox: Mailbox
    """The sender and the reply address."""
    business_line: str | None = None
    """Sixth field of the subject."""
    graphic_only: bool = False
    """Whether only the graphic representation was sent."""
    size: int = 0
    """Bytes of the whole message."""
    answer: str | None = None
    """The mail server's reply."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """The refused addresses, with the reason."""
    resend_of: str | None = None
    """Message-ID of the delivery that this one repeats."""
    findings: tuple[Fault, ...] = ()
    """Findings about the delivery, such as a message that is too large."""
    chosen: bool = False
    """Whether the caller named the addresses (``to``), in place of the recipient's own."""

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form, which `from_dict` reads."""
        return asdict(self) | {
            "at": self.at.isoformat(),
            "recipients": list(self.recipients),
            "refused": dict(self.refused),
            "findings": [finding.as_dict() for finding in self.findings],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the record of an `as_dict` form; raise ``StoredNewer`` for one with more, else ``InvalidInput``."""
        try:
            values = dict(data)
            values |= {
                "at": to_bogota(data["at"]),
                "recipients": tuple(data["recipients"]),
                "mailbox": Mailbox(**data["mailbox"]),
                "findings": tuple(map(Fault.from_dict, data["findings"])),
            }
            known = {each.name for each in fields(cls)}
            record = cls(**{name: value for name, value in values.items() if name in known})
        except (KeyError, TypeError, ValueError):
            raise InvalidInput.of("delivery.not_a_record", field="record") from None
        if more := values.keys() - known:
            raise StoredNewer.of("delivery.newer_record", field="record", found=", ".join(sorted(more)))
        return record


@checked
def deliver(
    package: Package[Any] | Handout,
    customer: Customer | Party | None = None,
    *,
    sender: Sender,
    at: datetime,
    to: Sequence[str] | str | None = None,
    mailbox: Mailbox | None = None,
    business_line: str | None = None,
) -> DeliveryRecord:
    """Send a package or a handout to its recipient, in one message to all addresses, and return the record.

    ``customer``: the recipient, by default the other side of the document: the buyer of an invoice, the seller of a
    support document. One who does not want the XML gets only the graphic representation. An invalid address does not
    stop the others: it is in the record's ``refused``, with a finding; one repeated with other capitals gets one
    message. ``to``: other addresses than the customer's; required for events, which name none. ``sender``:
    `SmtpSender`, or any callable that sends. ``at``: the moment. ``mailbox``: who sends and where answers go; by
    default the issuer's address in the document.

    Raises ``NoRecipient``, ``InvalidEmail`` when no address is valid, ``RecipientsRefused`` when none was accepted, the
    other errors of ``MailError``, and those of ``compose``; what the sender itself raises passes through.
    """
    if customer is not None and not hasattr(customer, "emails"):
        raise InvalidInput.of("delivery.not_a_party", field="customer", found=type(customer).__name__)
    graphic_only = isinstance(customer, Customer) and not customer.wants_xml
    chosen = to is not None
    if to is None:
        to = getattr(parties_of(package.document)[1] if customer is None else customer, "emails", ())
    if graphic_only and package.pdf is None:
        raise NoRecipient.of("delivery.graphic_needed", field="customer.wants_xml", found=False)
    return _send(package, to, sender, at, mailbox or Mailbox.of(package), business_line, graphic_only, chosen)


@checked
def resend(
    package: Package[Any] | Handout,
    record: DeliveryRecord,
    *,
    sender: Sender,
    at: datetime,
    to: Sequence[str] | str | None = None,
) -> DeliveryRecord:
    """Send the same bytes again: to every address of that delivery, refused ones included, or to those given.

    Raises ``InvalidInput`` when the package is not the one that was delivered, and what `deliver` raises.
    """
    if package.sha256 != record.sha256:
        raise InvalidInput.of("delivery.another_package", field="package", found=package.sha256, expected=record.sha256)
    everybody = (*record.recipients, *record.refused) if to is None else to
    chosen = record.chosen or to is not None
    details = (record.mailbox, record.business_line, record.graphic_only, chosen, record.message_id)
    return _send(package, everybody, sender, at, *details)


def _send(
    package: Package[Any] | Handout,
    to: Sequence[str] | str,
    sender: Sender,
    at: datetime,
    mailbox: Mailbox,
    business_line: str | None,
    graphic_only: bool,
    chosen: bool,
    resend_of: str | None = None,
) -> DeliveryRecord:
    usable, bad = _sorted((to,) if isinstance(to, str) else to)
    message = compose(package, usable, at=at, mailbox=mailbox, business_line=business_line, graphic_only=graphic_only)
    if resend_of is not None:
        message["References"] = resend_of
    addresses = tuple(each.addr_spec for each in message["To"].addresses)
    receipt = _receipt(sender(message, addresses))
    taken = tuple(each for each in addresses if each not in receipt.refused)
    if not taken:
        raise all_refused(receipt.refused)
    size = len(message.as_bytes())
    findings = [
        coded_fault("bad_email", path="to", found=each, expected="nombre@example.com", notify=True) for each in bad
    ]
    if size > MAX_BYTES:
        limit = f"hasta {MAX_BYTES} bytes"
        findings.append(coded_fault("message_too_large", found=f"{size} bytes", expected=limit, notify=True))
    return DeliveryRecord(
        message_id=message["Message-ID"],
        recipients=taken,
        at=to_bogota(at, "at"),
        sha256=package.sha256,
        zip_name=package.zip_name,
        key=package.key,
        subject=subject(package, business_line=business_line),
        mailbox=mailbox,
        business_line=business_line,
        graphic_only=graphic_only,
        size=size,
        answer=receipt.answer,
        refused={**receipt.refused, **bad},
        resend_of=resend_of,
        findings=tuple(findings),
        chosen=chosen,
    )


def _receipt(returned: object) -> Receipt:
    """Return a sender's return value as a receipt."""
    if isinstance(returned, Receipt):
        return returned
    refused = returned if isinstance(returned, Mapping) else {}
    return Receipt(refused={str(address): reply_text(reply) for address, reply in refused.items()})


def reply_text(reply: object) -> str:
    """Return a server's reply, which ``smtplib`` has as code and bytes, in one line."""
    parts = reply if isinstance(reply, tuple) else (reply,)
    words = (part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part) for part in parts)
    return " ".join(" ".join(words).split())


def _sorted(addresses: Sequence[str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the valid and the invalid addresses, each once whatever its case.

    Line breaks and control characters are left for ``compose`` to refuse, as they may be an attack. Raise
    ``InvalidEmail`` when all are bad.
    """
    usable: dict[str, str] = {}
    bad: dict[str, str] = {}
    errors = []
    for each in addresses:
        try:
            check_address(each)
        except InvalidEmail as error:
            bad[each] = error.message
            errors.append(error)
        else:
            usable.setdefault(each.casefold(), each)
    if errors and not usable:
        raise errors[0]
    return tuple(usable.values()), bad


def all_refused(refused: Mapping[str, str]) -> RecipientsRefused:
    """Return the error for a message refused at every address."""
    status = next((reply[:3] for reply in refused.values() if reply[:3].isdigit()), None)
    return RecipientsRefused.of(
        "delivery.recipients_refused",
        status=None if status is None else int(status),
        field="to",
        found="; ".join(f"{address}: {reply}" for address, reply in refused.items()),
    )
