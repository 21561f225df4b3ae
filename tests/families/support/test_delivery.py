"""A support document goes to the seller: packed, mailed, verified there; nobody answers it with an event."""

from __future__ import annotations

import json
from datetime import timedelta
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dian_fe import Event, Package, Person, deliver, examine, pack, read, resend, rows, verify
from dian_fe._cli.main import main
from dian_fe.errors import ContentsContradict, ForeignAnswer, NoRecipient, NotAccepted, NotAllowed, SignerNotTrusted
from dian_fe.signing.policy import SignerRole
from dian_fe.signing.xades import sign as seal
from dian_fe.ubl.writer.build import write
from tests.families.support.shown import ABROAD, ANA, BUYER, accepted, bought, issuer, office, signed, weekly
from tests.graphic.support import AT

LATER = AT + timedelta(hours=3)
KINDS = ("weekly", "foreign", "note")


@cache
def packed(kind: str = "weekly") -> Package[Any]:
    made, verdict = accepted(kind)
    return pack(made, verdict.application_response, office().signer(BUYER.nit), at=LATER)


class Post:
    """A mail server that takes everything."""

    def __init__(self) -> None:
        self.taken: list[tuple[EmailMessage, tuple[str, ...]]] = []

    def __call__(self, message: EmailMessage, to: Any) -> None:
        self.taken.append((message, tuple(to)))


@pytest.mark.parametrize("kind", KINDS)
def test_the_container_goes_from_the_buyer_to_the_seller(kind: str) -> None:
    package = packed(kind)
    seller = ABROAD if kind == "foreign" else ANA
    container = package.container
    assert (container.sender.id, container.receiver.id) == (BUYER.nit, seller.id)
    assert container.receiver.id_type == seller.id_type
    (answer,) = container.answers
    assert (answer.reference_key, answer.reference_key_scheme) == (package.key, "CUDS-SHA384")
    assert package.file_name.startswith(f"ad0{BUYER.nit}")


@pytest.mark.parametrize("kind", KINDS)
def test_the_seller_verifies_what_came(kind: str) -> None:
    verified = verify(packed(kind).zip_bytes, office().trust, at=LATER)
    assert verified.document == accepted(kind)[0].document
    assert verified.signed_by.nit == BUYER.nit
    assert verified.validated_at is not None
    examination = examine(
        packed(kind).zip_bytes, office().trust, at=LATER, secret=issuer().software.pin.get_secret_value()
    )
    assert [part.key_matches for part in examination.sales] == [True]
    assert [fault.code for fault in examination.faults if fault.rejects] == []


def container_with(**changes: Any) -> bytes:
    """Return a container that says something else, signed by the buyer."""
    package = packed()
    model = package.container.replace(**changes)
    received = read(package.xml)
    made = write(model, received.control, received.kind)
    return seal(made, office().signer(BUYER.nit), at=LATER, role=SignerRole.SUPPLIER, nit=BUYER.nit).xml


def test_a_stranger_in_the_container_is_refused() -> None:
    container = packed().container
    stranger = container.sender.replace(id="900373076", check_digit="4")
    for name, code in (("sender", "container_sender"), ("receiver", "container_receiver")):
        with pytest.raises(ContentsContradict, match=code):
            verify(container_with(**{name: stranger}), office().trust, at=LATER)


def test_the_seller_named_as_sender_is_told_only() -> None:
    """No source says whom others name first, where the buyer issues."""
    container = packed().container
    swapped = container_with(sender=container.receiver, receiver=container.sender)
    verified = verify(swapped, office().trust, at=LATER)
    assert verified.signed_by.nit == BUYER.nit
    told = [(fault.code, fault.rejects) for fault in examine(swapped, office().trust, at=LATER).faults]
    assert {("container_sender", False), ("container_receiver", False)} <= {*told}


def test_a_document_that_the_seller_signed_is_not_the_buyers() -> None:
    made = signed(bought("DSE901"))
    seller = office().signer(ANA.id)
    forged = seal(made.built.canonical, seller, at=AT, role=SignerRole.SUPPLIER, nit=ANA.id)
    with pytest.raises(SignerNotTrusted):
        verify(forged.xml, office().trust, at=LATER)


def test_an_answer_about_another_document_is_not_packed() -> None:
    with pytest.raises(ForeignAnswer):
        pack(accepted("foreign")[0], accepted("weekly")[1].application_response, office().signer(BUYER.nit), at=LATER)
    with pytest.raises(NotAccepted):
        pack(accepted("weekly")[0], None, office().signer(BUYER.nit), at=LATER)


@pytest.mark.parametrize("kind", KINDS)
def test_the_mail_goes_to_the_seller_in_its_words(kind: str) -> None:
    post, package = Post(), packed(kind)
    record = deliver(package, sender=post, at=LATER)
    seller = ABROAD if kind == "foreign" else ANA
    ((message, to),) = post.taken
    assert to == record.recipients == seller.emails
    number = package.document.number
    code = "95" if kind == "note" else "05"
    assert record.subject == f"{BUYER.nit};{BUYER.name};{number};{code};{BUYER.trade_name}"
    body = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    for line in (
        f"Adquirente que expide el documento: {BUYER.name}, NIT {BUYER.nit}-1",
        f"Vendedor: {seller.name}, {seller.id}",
        f"CUDS: {package.key}",
        f"Correo para responder: {BUYER.emails[0]}",
    ):
        assert line in body
    words = " ".join(line.partition(": ")[0] for line in body.splitlines()).casefold()
    assert [word for word in ("factura", "aceptación", "reclamo", "cufe", "emisor", "cliente") if word in words] == []


def test_the_same_bytes_are_sent_again() -> None:
    post, package = Post(), packed()
    record = deliver(package, sender=post, at=LATER)
    again = resend(Package.load(package.zip_bytes), record, sender=post, at=LATER + timedelta(days=1))
    assert (again.recipients, again.sha256, again.resend_of) == (ANA.emails, package.sha256, record.message_id)


def test_a_seller_may_want_the_paper_alone() -> None:
    made, verdict = accepted("weekly")
    pdf = b"%PDF-1.7\n%%EOF\n"
    package = pack(made, verdict.application_response, office().signer(BUYER.nit), at=LATER, pdf=pdf)
    post = Post()
    record = deliver(package, ANA.replace(wants_xml=False), sender=post, at=LATER)
    assert record.graphic_only
    (attached,) = post.taken[0][0].iter_attachments()
    assert attached.get_content() == pdf


def test_a_seller_without_mail_is_told_without_naming_clients() -> None:
    made = signed(weekly("DSE902", supplier=ANA.replace(emails=())))
    answer = office().judge(made.xml).application_response
    package = pack(made, answer, office().signer(BUYER.nit), at=LATER)
    with pytest.raises(NoRecipient) as refused:
        deliver(package, sender=Post(), at=LATER)
    assert "cliente" not in str(refused.value)


def test_the_simulator_delivers_what_was_bought_to_the_seller() -> None:
    accepted("weekly")
    verified = verify(office().deliver(to=ANA.id), office().trust, at=LATER + timedelta(days=1))
    assert verified.document.supplier.id == ANA.id


PERSON = Person(id="1020304050", first_name="Ana", family_name="Ejemplo")


@pytest.mark.parametrize("kind", KINDS)
def test_no_event_is_made_over_it(kind: str) -> None:
    verified = verify(packed(kind).zip_bytes, office().trust, at=LATER)
    given: dict[str, Any] = {"number": "A1", "issued_at": LATER}
    for make in (
        lambda: Event.acknowledge(verified, "030", person=PERSON, **given),
        lambda: Event.acknowledge(verified, "032", person=PERSON, **given),
        lambda: Event.claim(verified, "01", **given),
        lambda: Event.accept(verified, **given),
        lambda: Event.accept_tacitly(verified, **given),
    ):
        with pytest.raises(NotAllowed, match="Solo la factura electrónica de venta tiene estos eventos") as refused:
            make()
        assert verified.kind.label in str(refused.value)


def test_the_command_line_makes_no_event_over_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, person, us = tmp_path / "z.zip", tmp_path / "person.json", tmp_path / "issuer.json"
    file.write_bytes(packed().zip_bytes)
    person.write_text(PERSON.model_dump_json())
    us.write_text(json.dumps(issuer().with_secrets(), default=str))
    arguments = ["event", file, "--code", "030", "--number", "A1", "--person", person, "--issuer", us]
    assert main([*map(str, arguments), "--simulate", "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert "Solo la factura electrónica de venta tiene estos eventos" in told
    assert "Traceback" not in told
    assert not (tmp_path / "out").exists()


def test_rows_say_when_each_line_was_bought() -> None:
    found = rows(read(packed().zip_bytes), "lines")
    assert [f"{row['purchase_date']:%m-%d}" for row in found] == ["02-24", "02-25", "02-26"]
    (row,) = rows(read(packed().zip_bytes))
    assert (row["issuer_id"], row["supplier_id"], row["accepted"]) == (BUYER.nit, ANA.id, True)


def test_the_command_line_delivers_to_the_seller(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "z.zip", tmp_path / "out"
    file.write_bytes(packed().zip_bytes)
    assert main(["deliver", str(file), "--out", str(out), "--at", LATER.isoformat(), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)["record"]
    assert record["recipients"] == list(ANA.emails)
    assert len(list(out.glob("*.eml"))) == 1
