"""What a client refuses before anything leaves: another company's documents, and test sets that are none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dian_fe import Client, Shipment, build, sign
from dian_fe.catalogs import Environment
from dian_fe.errors import InvalidIdentification, WrongCertificateOwner, WrongEnvironment
from dian_fe.signing import SignerRole
from dian_fe.testing import Simulator
from tests.support.company import issuer_at
from tests.transport.support import NOW, client, invoice, signed


def test_the_certificate_of_another_company_does_not_send(dian: Simulator) -> None:
    """Nothing leaves, whether it is sent for the first time, resumed or part of a batch."""
    first, second = signed(dian), signed(dian, "SETP990000002")
    with Client(signer=dian.signer("800199436"), transport=dian) as ws:
        with pytest.raises(WrongCertificateOwner, match=r"800199436.*SETP990000001.*700085371.*other_owner=True"):
            ws.send(first)
        with pytest.raises(WrongCertificateOwner):
            ws.send(Shipment.of(second))
        with pytest.raises(WrongCertificateOwner):
            ws.resume(Shipment.from_json(Shipment.of(second).to_json()))
        answers = ws.send_all([first, Shipment.of(second)])
    assert [answer.error.code if answer.error else "" for answer in answers] == ["wrong_certificate_owner"] * 2
    assert not dian.requests


def test_another_owner_sends_when_it_is_asked_for(dian: Simulator) -> None:
    with Client(signer=dian.signer("800199436"), transport=dian, other_owner=True) as ws:
        assert ws.send(signed(dian)).accepted


def test_the_provider_of_the_software_sends_for_its_companies(dian: Simulator) -> None:
    software = dian.software.replace(provider_nit="800199436", provider_code="123")
    document = signed(dian, software=dian.register_software(software))
    with Client(signer=dian.signer("800199436"), transport=dian) as ws:
        assert ws.send(document).accepted
        assert ws.resume(Shipment.of(signed(dian, "SETP990000002", software=software))).accepted


def test_who_signed_a_document_sends_it(dian: Simulator) -> None:
    """A certificate that signed the document is not another tenant's, whatever NIT it names."""
    built = build(invoice(), issuer_at(dian, software=dian.software.replace(provider_nit="900373076")))
    document = sign(built, dian.signer("900373076"), at=NOW, role=SignerRole.THIRD_PARTY)
    stranger = replace(document, built=replace(built, control=built.control.replace(provider_nit=None)))
    with Client(signer=dian.signer("900373076"), transport=dian) as ws:
        ws.send(stranger)
    assert dian.requests[0] == "SendBillSync"


@pytest.mark.parametrize("given", ["", None, " ", "x", "0123456789abcdef0123456789abcdef", "{0}", "0" * 36, 7])
def test_a_test_set_that_is_none_is_not_sent_as_a_usual_document(dian: Simulator, given: Any) -> None:
    """An empty TestSetId went by SendBillSync and was accepted."""
    with client(dian) as ws:
        with pytest.raises(InvalidIdentification, match="TestSetId"):
            ws.send(signed(dian), test_set_id=given)
        with pytest.raises(InvalidIdentification):
            ws.send(signed(dian), operation="SendTestSetAsync")
        (answer,) = ws.send_all([signed(dian)], test_set_id=given)
    assert isinstance(answer.error, InvalidIdentification)
    assert not dian.requests


def test_a_test_set_takes_no_document_of_production() -> None:
    dian = Simulator(seed=7, environment=Environment.PRODUCCION)
    with client(dian) as ws, pytest.raises(WrongEnvironment, match="set de pruebas"):
        ws.send(signed(dian, environment=Environment.PRODUCCION), test_set_id="01234567-89ab-cdef-0123-456789abcdef")
