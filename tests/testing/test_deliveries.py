"""What the simulator's customers find in their mail: the last document accepted for them, or one made for them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from dian_fe import Client, Customer, build, check, examine, sign, verify
from dian_fe.catalogs import Environment
from dian_fe.errors import InvalidIdentification
from dian_fe.testing import Simulator
from tests.delivery.support import AT, NIT, invoice, note_of
from tests.support.company import issuer_at

BUYER = "800199436"


def office(**options: Any) -> Simulator:
    return Simulator(seed=7, **options)


@pytest.mark.parametrize("to", [BUYER, "900373076", "1020304050", "12345"])
def test_who_was_sold_nothing_gets_an_invoice_all_the_same(to: str) -> None:
    dian = office()
    data = dian.deliver(to=to)
    verified = verify(data, dian.trust)
    assert verified.document.customer.id == to
    assert verified.document.supplier.id != to
    assert verified.document.payments[0].form == "2", "on credit, so that every event about it is possible"
    assert verified.answer is not None
    assert verified.trusted is True
    for part in verified.examination.walk():
        assert part.faults == ()
    assert not [fault for fault in check(verified.received).faults if fault.rejects]
    assert dian.deliver(to=to) == data == office().deliver(to=to)
    assert dian.requests == [], "it comes by mail"


def test_seeds_and_customers_differ() -> None:
    made = {Simulator(seed=seed).deliver(to=to) for seed in (1, 2) for to in (BUYER, "1020304050")}
    assert len(made) == 4


def test_what_was_accepted_is_packed_in_the_name_of_its_sender() -> None:
    dian = office()
    signer = dian.signer(NIT)
    document = invoice(customer=Customer(id_type="31", id=BUYER, name="Cliente Ejemplo SAS"))
    signed = sign(build(document, issuer_at(dian)), signer, at=AT)
    with Client(signer=signer, transport=dian) as client:
        answer = client.send(signed).raise_for_rejection()
    verified = verify(dian.deliver(to=BUYER), dian.trust, at=AT)
    assert verified.received.raw == signed.xml
    assert verified.answer is not None
    assert verified.answer.raw == answer.application_response
    note = sign(build(note_of(signed), issuer_at(dian)), signer, at=AT + timedelta(minutes=1))
    with Client(signer=signer, transport=dian) as client:
        client.send(note).raise_for_rejection()
    assert verify(dian.deliver(to=BUYER), dian.trust).received.raw == note.xml


def test_time_and_environment_are_those_of_the_office() -> None:
    moment = datetime(2027, 5, 4, 12, tzinfo=timezone(timedelta(hours=-5)))
    for dian, at in ((office(clock=lambda: moment), None), (office(), moment)):
        assert verify(dian.deliver(to=BUYER, at=at), dian.trust).document.issued_at == moment
    dian = office(environment=Environment.PRODUCCION)
    assert examine(dian.deliver(to=BUYER), dian.trust).sales[0].received.control.environment == "1"  # type: ignore[union-attr]


def test_an_identification_of_the_wrong_form_is_refused() -> None:
    with pytest.raises(InvalidIdentification):
        office().deliver(to="10.20.30")


def test_of_two_accepted_at_one_moment_the_last_is_packed() -> None:
    dian = office(clock=lambda: AT)
    buyer = Customer(id_type="31", id=BUYER, name="Cliente Ejemplo SAS")
    sold = [sign(build(invoice(customer=buyer), issuer_at(dian)), dian.signer(NIT), at=AT) for _ in range(2)]
    for signed in sold:
        assert dian.judge(signed.xml).is_valid
    assert verify(dian.deliver(to=BUYER), dian.trust, at=AT).received.raw == sold[-1].xml
