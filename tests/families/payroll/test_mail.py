"""The payslip goes to the worker's own address, which the records have: DIAN's schema has no place for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from functools import cache
from typing import Any

import pytest

from dian_fe import (
    Client,
    Handout,
    Mailbox,
    build,
    deliver,
    hand_out,
    payroll_run,
    read,
    render_pdf,
    resend,
    sign,
)
from dian_fe.errors import ForeignAnswer, InvalidInput, NoRecipient, NotAccepted
from dian_fe.testing import Simulator
from dian_fe.testing.samples import samples_of
from tests.company.support import Post
from tests.families.payroll.test_run import DAY, FOUR, row
from tests.support.company import NOW

FROM = Mailbox("nomina@example.com", "Tienda Ejemplo")


@dataclass(frozen=True)
class Refused:
    """What DIAN answers to a document that it refuses."""

    accepted: bool = False
    application_response: bytes | None = None


@cache
def accepted() -> tuple[tuple[Any, ...], ...]:
    """Return two signed payrolls with DIAN's answer and the workers' addresses."""
    dian = Simulator(seed=7)
    issuer = samples_of("payroll").issuer(dian)
    signer = dian.signer(issuer.organization.nit)
    client = Client(signer=signer, transport=dian)
    rows = [row(Correo="ana@example.com; ana@correo.example"), row(Cédula="2", Correo=None)]
    run = payroll_run(issuer.organization, rows, "2026-02", issued_at=NOW, numbers="NE1", defaults=FOUR | DAY)
    found = []
    for entry in run:
        assert entry.document is not None
        signed = sign(build(entry.document, issuer), signer, at=NOW)
        found.append((signed, client.send(signed), entry.emails))
    return tuple(found)


def payslip(place: int = 0) -> Handout:
    signed, answer, _ = accepted()[place]
    return hand_out(signed, answer, pdf=render_pdf(signed, answer=answer))


def test_the_worker_gets_the_payslip_and_no_xml() -> None:
    post = Post()
    record = deliver(payslip(), sender=post, at=NOW, to=accepted()[0][2], mailbox=FROM)
    ((message, to),) = post.sent
    assert to == record.recipients == ("ana@example.com", "ana@correo.example")
    assert message["Subject"] == "Comprobante de nómina 2026-02;Tienda Ejemplo SAS;NE1"
    (attached,) = message.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content() == payslip().pdf
    assert attached.get_filename() == record.zip_name == payslip().pdf_name
    assert payslip().pdf_name.startswith("nie")


def test_the_mail_speaks_to_a_worker_and_keeps_amounts_inside() -> None:
    post = Post()
    deliver(payslip(), sender=post, at=NOW, to="ana@example.com", mailbox=FROM)
    body = text_of(post.sent[0][0])
    assert "Le enviamos su comprobante de nómina." in body
    assert "Empleador: Tienda Ejemplo SAS, NIT 700085371-1" in body
    assert "Trabajador: Ana Pérez, 1020304050" in body
    assert "Periodo: 2026-02-01 – 2026-02-28" in body
    assert f"CUNE: {payslip().key}" in body
    assert "1300000" not in body.replace(".", "")
    assert "Adquirente" not in body


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_a_payslip_is_sent_again_byte_by_byte() -> None:
    post = Post()
    first = deliver(payslip(), sender=post, at=NOW, to="ana@example.com", mailbox=FROM)
    again = resend(payslip(), first, sender=post, at=NOW + timedelta(days=1))
    assert again.sha256 == first.sha256 == payslip().sha256
    assert again.resend_of == first.message_id
    with pytest.raises(InvalidInput):
        resend(payslip(1), first, sender=post, at=NOW)


def test_a_worker_without_address_is_told() -> None:
    with pytest.raises(NoRecipient):
        deliver(payslip(1), sender=Post(), at=NOW, to=accepted()[1][2], mailbox=FROM)
    with pytest.raises(NoRecipient):
        deliver(payslip(), sender=Post(), at=NOW, mailbox=FROM)
    with pytest.raises(InvalidInput, match="mailbox"):
        deliver(payslip(), sender=Post(), at=NOW, to="ana@example.com")


def test_only_what_dian_accepted_is_handed_out() -> None:
    (signed, answer, _), (other, _, _) = accepted()
    pdf = render_pdf(signed, answer=answer)
    with pytest.raises(ForeignAnswer):
        hand_out(other, answer, pdf=pdf)
    with pytest.raises(NotAccepted):
        hand_out(signed, Refused(), pdf=pdf)
    with pytest.raises(InvalidInput, match="PDF"):
        hand_out(signed, answer, pdf=b"hola")
    assert hand_out(read(signed.xml), answer, pdf=pdf).key == signed.key


def test_an_invoice_is_packed_not_handed_out() -> None:
    dian = Simulator(seed=7)
    invoice = read(dian.deliver(to="800199436", at=NOW)).documents[0]
    with pytest.raises(InvalidInput, match="pack"):
        hand_out(invoice, b"", pdf=b"%PDF-")
