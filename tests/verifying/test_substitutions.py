"""Whole messages in which each signature holds, or nearly, and something is not what it seems: each is refused.

Of every part plain cryptography is asked (xmlsec1), and agrees with our verdict on it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dian_fe import examine, verify
from dian_fe.errors import DianFeError, InvalidInput, SignatureInvalid, SignerNotTrusted
from dian_fe.models.attached_document import AttachedParty
from dian_fe.testing import ToyPki
from dian_fe.testing.judge import DIAN_NIT
from dian_fe.testing.pki import Flaw
from dian_fe.ubl.archive import make_zip
from dian_fe.verifying import Acceptance, SignedAs
from tests.delivery.support import NIT, office
from tests.signing.support import xmlsec1
from tests.verifying import attack_keys
from tests.verifying.foreign import Foreign
from tests.verifying.sealing import (
    ANSWERED,
    TIME,
    another,
    answer,
    container,
    event,
    packed,
    sale,
    sealed,
    sold,
    unsigned_answer,
)

pytestmark = pytest.mark.slow

TRUST = office().trust
STRANGER = "860000123"
ELSEWHERE = ToyPki(99)


def invoice() -> bytes:
    return bytes(sold()[0].xml)


def answered() -> bytes:
    return bytes(sold()[1].application_response)


def forged(nit: str = STRANGER, **how: Any) -> bytes:
    """The invoice that DIAN accepted, key and number included, with another amount."""
    return sealed(sold()[0].built.xml.replace(b"58275.00", b"98275.00"), nit, **how)


def forged_answer(nit: str = NIT) -> bytes:
    """DIAN's answer, made to speak of another invoice by whoever signs it."""
    return answer(nit, reference_key=another()[0].key, reference=another()[0].document.number)


def elsewhere(xml: bytes, nit: str, time: str = TIME) -> bytes:
    """Sign with a certificate in anybody's name, of an authority that nobody knows."""
    return Foreign(identity=ELSEWHERE.identity(nit), time=time).sign(xml)


def nested() -> bytes:
    """A container with the invoice, and in the place of DIAN's answer a container with another."""
    other = container(
        another()[0].xml, (another()[1].application_response,), parent_number=another()[0].document.number
    )
    return container(answers=(answered(), other))


def renumbered(data: bytes) -> bytes:
    number = str(sold()[0].document.number).encode()
    return data.replace(number, number[:-1] + b"7")


# How the message comes, and the code under which it is refused.
MESSAGES: dict[str, tuple[Callable[[], bytes], str]] = {
    "container of a stranger": (lambda: container(nit=STRANGER), "wrong_signer"),
    "container of a revoked certificate": (lambda: container(flaw=Flaw.REVOKED), "ZD04"),
    "container altered": (
        lambda: packed().xml.replace(b"Tienda Ejemplo SAS</cbc:Reg", b"Otra Tienda SAS</cbc:Reg"),
        "ZE02",
    ),
    "another invoice inside": (lambda: container(another()[0].xml), "answer_of_another_document"),
    "answer of another document inside": (
        lambda: container(answers=(another()[1].application_response,)),
        "answer_of_another_document",
    ),
    "both answers inside": (
        lambda: container(answers=(answered(), another()[1].application_response)),
        "answer_of_another_document",
    ),
    "the container's key is another's": (
        lambda: container(told={"reference_key": another()[0].key}),
        "container_reference_key",
    ),
    "the container's number is another's": (lambda: container(parent_number="SETP1"), "container_parent_number"),
    "the container is addressed to another": (
        lambda: container(receiver=AttachedParty(name="Otro", id_type="31", id="900373076")),
        "container_receiver",
    ),
    "two invoices": (lambda: container(answers=(answered(), another()[0].xml)), "container_several_documents"),
    "the same number twice": (lambda: container(answers=(answered(), sale(STRANGER))), "wrong_signer"),
    "a container inside shows another invoice": (nested, "container_several_documents"),
    "answer signed by the supplier": (lambda: container(answers=(answer(NIT),)), "wrong_signer"),
    "answer signed by a stranger": (lambda: container(answers=(answer(STRANGER),)), "wrong_signer"),
    "answer about another, signed by the supplier": (
        lambda: container(another()[0].xml, (forged_answer(),), parent_number=another()[0].document.number),
        "wrong_signer",
    ),
    "answer signed by somebody who calls himself DIAN": (
        lambda: container(answers=(elsewhere(unsigned_answer(), DIAN_NIT, ANSWERED),)),
        "ZD06",
    ),
    "answer given by the supplier as if he were DIAN": (
        lambda: container(answers=(answer(NIT, sender=event_party()),)),
        "answer_sender",
    ),
    "answer without signature": (lambda: container(answers=(unsigned_answer(),)), "AAC03"),
    "rejection edited into an acceptance": (
        lambda: container(answers=(answer(code="04").replace(b">04<", b">02<"),)),
        "ZE02",
    ),
    "rejection": (lambda: container(answers=(answer(code="04"),)), "answer_rejected"),
    "invoice forged under an accepted key": (lambda: container(forged()), "wrong_signer"),
    "invoice forged, whole container of a stranger": (lambda: container(forged(), nit=STRANGER), "wrong_signer"),
    "invoice forged, with a certificate of the same names and serial": (
        lambda: container(Foreign(identity=attack_keys.same_names()).sign(sold()[0].built.xml)),
        "ZD06",
    ),
    "invoice forged, without signature": (lambda: container(sold()[0].built.xml), "FAC03"),
    "amount edited inside": (lambda: packed().xml.replace(b"58275.00", b"98275.00"), "ZE02"),
    "comment in the amount inside": (
        lambda: container(invoice().replace(b">58275.00<", b">58<!-- -->275.00<")),
        "comment_in_text",
    ),
    "escaped once more": (lambda: container(invoice().replace(b"&amp;", b"&amp;amp;")), "ZE02"),
    "renumbered together": (lambda: renumbered(packed().xml), "ZE02"),
    "forged invoice loose beside the container": (
        lambda: make_zip({"ad.xml": packed().xml, "fv.xml": forged()}),
        "wrong_signer",
    ),
    "stranger's answer loose beside": (
        lambda: make_zip({"fv.xml": invoice(), "ar.xml": answer(STRANGER)}),
        "wrong_signer",
    ),
    "answer of another loose beside": (
        lambda: make_zip({"fv.xml": invoice(), "ar.xml": another()[1].application_response}),
        "answer_of_another_document",
    ),
}


def event_party() -> Any:
    from dian_fe.models.event import EventParty

    return EventParty(name="Tienda Ejemplo SAS", id=NIT)


@pytest.fixture(params=MESSAGES)
def message(request: pytest.FixtureRequest) -> tuple[bytes, str]:
    make, code = MESSAGES[request.param]
    return make(), code


def test_it_is_refused_with_its_fault(message: tuple[bytes, str]) -> None:
    data, code = message
    revocation = office().pki.revocation  # it lists what has been issued
    examination = examine(data, TRUST, revocation=revocation)
    assert not examination.valid
    assert code in {fault.code for part in examination.walk() for fault in part.faults if fault.rejects}
    with pytest.raises(DianFeError) as caught:
        verify(data, TRUST, revocation=revocation)
    assert caught.value.remedy


def test_plain_cryptography_agrees_part_by_part(message: tuple[bytes, str], tmp_path: Path) -> None:
    examination = examine(message[0], TRUST)
    judged = 0
    for number, part in enumerate(examination.walk()):
        found = part.verification.signature
        if found.present and found.certificate_der is not None:
            path = tmp_path / f"{number}.xml"
            path.write_bytes(part.received.raw)
            assert xmlsec1(path, found.certificate_der) is found.valid
            judged += 1
    assert judged


@pytest.mark.parametrize(
    ("beside", "code"),
    [
        (lambda: another()[1].application_response, "answer_of_another_document"),
        (lambda: answer(NIT), "wrong_signer"),
        (lambda: elsewhere(unsigned_answer(), DIAN_NIT, ANSWERED), "ZD06"),
        (lambda: unsigned_answer(), "AAC03"),
    ],
    ids=["of another", "the supplier's", "self-made DIAN", "unsigned"],
)
def test_an_answer_that_is_handed_in_is_no_less_suspect(beside: Callable[[], bytes], code: str) -> None:
    with pytest.raises(SignatureInvalid) as caught:
        verify(invoice(), TRUST, answer=beside())
    assert code in {fault.code for fault in caught.value.faults}


def test_an_event_is_no_answer() -> None:
    with pytest.raises(InvalidInput, match="evento 033"):
        verify(invoice(), TRUST, answer=event())


def test_whoever_names_itself_provider_is_refused() -> None:
    """An invoice names its technology provider itself, and nothing but DIAN's register says who is one.

    So a stranger may name himself, under a key that DIAN accepted for other amounts: DIAN's answer binds the key, not
    the content. Every signature holds; what remains is to refuse who signed.
    """
    xml = sold()[0].built.xml.replace(b"58275.00", b"98275.00")
    at = xml.index(b"<sts:ProviderID")
    place = xml.index(b">", at) + 1
    xml = xml[:place] + STRANGER.encode() + xml[xml.index(b"<", place) :]
    data, answer_of_it = sealed(xml, STRANGER, role="third party"), sold()[1]
    with pytest.raises(SignerNotTrusted, match="provider_not_trusted") as caught:
        verify(data, TRUST, answer=answer_of_it)
    refusal = caught.value
    assert (refusal.signed_by.nit, refusal.signed_by.role) == (STRANGER, SignedAs.PROVIDER)
    assert refusal.signed_by.name in str(refusal.found)
    assert f'providers={{"{STRANGER}"}}' in str(refusal.remedy)
    believed = verify(data, TRUST, answer=answer_of_it, providers={STRANGER})
    assert believed.signed_by.role is SignedAs.PROVIDER
    assert "signed_by_provider" in {fault.code for fault in believed.examination.faults}
    assert believed.acceptance is Acceptance.KEY_EXISTS
    with pytest.raises(SignatureInvalid, match="FAD06"):
        verify(data, TRUST, providers={STRANGER}, secret=office().resolution().key())


def test_what_they_are_made_from_holds() -> None:
    for data in (container(), packed().xml, make_zip({"fv.xml": invoice(), "ar.xml": answered()})):
        assert verify(data, TRUST, revocation=office().pki.revocation).trusted
