"""Accepted documents to hand over, and a mail server that listens on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from dian_fe import (
    CreditNote,
    Customer,
    Invoice,
    Issuer,
    Line,
    Organization,
    Package,
    Payment,
    Signed,
    build,
    iva,
    pack,
    sign,
)
from dian_fe.catalogs import CreditNoteConcept, IdType, PaymentMeans
from dian_fe.testing import Judge, Verdict
from tests.support.company import NIT, SHOP, issuer_at
from tests.support.company import NOW as AT

LATER = AT + timedelta(hours=2)
PDF = b"%PDF-1.7\n% representacion grafica\n%%EOF\n"
ODD_NAME = 'Almacén «El Ñandú»; "Ópera" & Cía. S.A.S.'


@cache
def office() -> Judge:
    dian = Judge(seed=7)
    dian.resolution()
    return dian


def signer() -> Any:
    return office().signer(NIT)


def organization(**changes: Any) -> Organization:
    return SHOP.replace(**changes)


def customer(**changes: Any) -> Customer:
    values: dict[str, Any] = {
        "id_type": IdType.CEDULA_DE_CIUDADANIA,
        "id": "1020304050",
        "name": "Cliente Ejemplo",
        "emails": ["compras@example.com", "contabilidad@example.com"],
    }
    return Customer(**values | changes)


_next = iter(range(990_001_000, 995_000_000))


def issuer(**changes: Any) -> Issuer:
    return issuer_at(office(), organization=organization(**changes))


def invoice(supplier: Organization | None = None, **changes: Any) -> Invoice:
    values: dict[str, Any] = {
        "number": f"SETP{next(_next)}",
        "issued_at": AT,
        "customer": customer(),
        "lines": [Line(description="Café tostado & molido", quantity=3, price=Decimal("18500"), taxes=[iva(5)])],
        "payment": Payment.cash(PaymentMeans.EFECTIVO),
    }
    return Invoice.from_lines(supplier=supplier or organization(), **values | changes)


def issued(document: Any = None, **organization_changes: Any) -> tuple[Signed[Any], Verdict]:
    """Return a signed document and what DIAN said of it."""
    document = document or invoice(organization(**organization_changes))
    signed = sign(build(document, issuer(**organization_changes)), signer(), at=AT)
    verdict = office().judge(signed.xml)
    assert verdict.is_valid, [str(fault) for fault in verdict.faults]
    return signed, verdict


def note_of(signed: Signed[Any]) -> CreditNote:
    return CreditNote.correcting(
        signed.built,
        concept=CreditNoteConcept.ANULACION,
        description="Anulación de la venta",
        number=f"NC{next(_next)}",
        issued_at=AT,
    )


def package(**options: Any) -> Package[Any]:
    signed, verdict = issued()
    return pack(signed, verdict, signer(), at=AT, **options)


@dataclass
class Mailroom:
    """What an SMTP server took, and what it should refuse."""

    port: int
    envelopes: list[Envelope] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    """Replies to RCPT by address."""
    sender_reply: str | None = None
    data_reply: str = "250 2.0.0 Ok: queued as TOY1"

    async def handle_MAIL(self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]) -> str:
        if self.sender_reply is not None:
            return self.sender_reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        if self.data_reply.startswith("250"):
            self.envelopes.append(envelope)
        return self.data_reply

    @property
    def messages(self) -> list[EmailMessage]:
        return [parsed(content(envelope)) for envelope in self.envelopes]


def content(envelope: Envelope) -> bytes:
    assert isinstance(envelope.content, bytes)
    return envelope.content


def parsed(data: bytes) -> EmailMessage:
    """Parse a message as a receiver would, refusing whatever is not as the standards say."""
    message = message_from_bytes(data, policy=policy.default.clone(raise_on_defect=True))
    assert isinstance(message, EmailMessage)
    return message


@contextmanager
def mailroom(**options: Any) -> Iterator[Mailroom]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        room = Mailroom(port=probe.getsockname()[1])
    controller = Controller(room, hostname="127.0.0.1", port=room.port, **options)
    controller.start()
    try:
        yield room
    finally:
        controller.stop()


def accepts(user: str, password: str) -> Any:
    """Return an authenticator that knows one user."""

    def check(server: Any, session: Any, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        known = isinstance(data, LoginPassword) and (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=known, handled=known)

    return check
