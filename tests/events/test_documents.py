"""Events as documents: what is written is read again, by content, and the official XSD takes it."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings

from dian_fe import _xmlsafe, read
from dian_fe.catalogs import ClaimConcept, EventCode
from dian_fe.errors import InvalidIdentification, InvalidInput
from dian_fe.families.events import keys
from dian_fe.families.registry import kind as kind_named
from dian_fe.models.application_response import ApplicationResponse
from dian_fe.models.event import EventDocument, EventParty, Person
from dian_fe.testing import random_event
from dian_fe.testing.random_events import event_from
from dian_fe.testing.strategies import events
from dian_fe.ubl import xsd
from dian_fe.ubl.control import Control
from dian_fe.ubl.writer.build import write
from tests.contracts.properties.judges import official_xsd_faults

CONTROL = Control(
    ubl_version="UBL 2.1",
    profile=kind_named("event").profile,
    environment="2",
    key="0d" * 48,
    key_scheme="CUDE-SHA384",
    key_environment="2",
    provider_nit="700085371",
    provider_check_digit="4",
    software_id="fa326ca7-c1f8-40d3-a6fc-24d7c1040607",
    security_code="55" * 48,
    qr="https://catalogo-vpfe-hab.dian.gov.co/document/searchqr?documentkey=ab",
)


def written(event: EventDocument) -> bytes:
    return write(event, CONTROL).unsigned_file()


@settings(max_examples=200, deadline=None)
@given(events())
def test_reading_gives_the_event_that_was_written(event: EventDocument) -> None:
    received = read(written(event))
    assert received.kind.name == "event"
    assert received.document == event
    assert type(received.document) is EventDocument
    assert received.control == CONTROL
    assert (received.problems, received.unmapped) == ((), ())
    assert hash(received.document) == hash(event)


@pytest.mark.parametrize("code", ["030", "031", "032", "033", "034"])
def test_schemas_take_every_code(code: str) -> None:
    for seed in range(12):
        canonical = write(random_event(seed, code), CONTROL)
        assert official_xsd_faults(canonical.with_signature(b'<s xmlns="urn:s"></s>')) == [], seed
        root = _xmlsafe.parse(canonical.unsigned_file())
        xsd.fill_signature_place(root)
        assert xsd.validate(root) + xsd.validate_extension(root) == [], seed


def test_what_events_say_is_at_its_place() -> None:
    """Order and attributes as in the files of RADIAN's toolbox."""
    text = written(random_event(1, "032")).decode()
    order = (
        "<sts:QRCode>", "<cbc:UBLVersionID>UBL 2.1<", "<cbc:CustomizationID>1<",
        "<cbc:ProfileID>DIAN 2.1: ApplicationResponse de la Factura Electrónica de Venta<",
        "<cbc:ProfileExecutionID>2<", "<cbc:ID>", '<cbc:UUID schemeID="2" schemeName="CUDE-SHA384">', "<cbc:IssueDate>",
        "<cbc:IssueTime>", "<cac:SenderParty>", "<cac:ReceiverParty>", "<cbc:ResponseCode>032<",
        "<cbc:Description>Recibo del bien y/o prestación del servicio<", "<cac:DocumentReference><cbc:ID>SETP",
        '<cbc:UUID schemeName="CUFE-SHA384">', "<cbc:DocumentTypeCode>01<", "<cac:IssuerParty><cac:Person><cbc:ID",
        "<cbc:FirstName>", "<cbc:FamilyName>",
    )  # fmt: skip
    places = [text.find(part) for part in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
    assert "InvoiceControl" not in text
    assert "LineResponse" not in text


def test_a_claim_tells_its_concept_as_attributes_of_the_code() -> None:
    event = random_event(3, "031").replace(concept="04", concept_name=ClaimConcept("04").label)
    assert '<cbc:ResponseCode listID="04" name="Servicio no prestado">031</cbc:ResponseCode>' in written(event).decode()


def test_a_party_carries_the_attributes_of_its_identification() -> None:
    event = random_event(4, "033").replace(sender=EventParty(name="Compras SAS", id="800199436"))
    agency = 'schemeAgencyID="195" schemeAgencyName="CO, DIAN (Dirección de Impuestos y Aduanas Nacionales)"'
    expected = f'<cbc:CompanyID {agency} schemeID="4" schemeName="31" schemeVersionID="1">800199436</cbc:CompanyID>'
    assert expected in written(event).decode()


def test_dispatch_is_by_code_and_sender() -> None:
    """DIAN's answer about events carries their codes, and is DIAN's answer all the same."""
    xml = written(random_event(5, "030")).decode()
    (document,) = (part.document for part in read(xml.encode()).events)
    assert document.event is EventCode.ACUSE_DE_RECIBO
    sender = document.sender.id
    for changed in (
        xml.replace(f">{sender}</cbc:CompanyID>", ">800197268</cbc:CompanyID>"),
        xml.replace(">030</cbc:ResponseCode>", ">02</cbc:ResponseCode>"),
        xml.replace(">030</cbc:ResponseCode>", ">999</cbc:ResponseCode>"),
    ):
        received = read(changed.encode())
        assert isinstance(received.document, ApplicationResponse)
        assert (len(received.answers), len(received.events)) == (1, 0)
    radian = read(xml.replace(">030</cbc:ResponseCode>", ">036</cbc:ResponseCode>").encode())
    assert radian.kind.name == "event"
    assert radian.document.event is EventCode.INSCRIPCION_COMO_TITULO_VALOR


def test_events_of_others_are_read_with_what_is_odd_told() -> None:
    xml = written(random_event(6, "030")).decode()
    bare = xml.replace("<cbc:FamilyName>", "<cbc:MiddleName>").replace("</cbc:FamilyName>", "</cbc:MiddleName>")
    received = read(bare.encode())
    assert received.document.person.family_name is None
    assert received.unmapped == ("/ApplicationResponse/cac:DocumentResponse/cac:IssuerParty/cac:Person/cbc:MiddleName",)


def test_json_goes_both_ways() -> None:
    for seed in range(30):
        event = random_event(seed)
        assert EventDocument.model_validate_json(event.to_json()) == event


def test_the_same_seed_makes_the_same_event() -> None:
    assert random_event(9) == event_from(Random(9))
    assert random_event(9) != random_event(10)


def test_a_person_is_checked_before_it_is_named() -> None:
    person = Person(id="1020304050", first_name="Ana", family_name="Pérez")
    assert person.checked() is person
    assert Person(id="800199436", id_type="31", first_name="A", family_name="B").check_digit == "4"
    for wrong, field in (
        (person.replace(family_name=None), "family_name"),
        (person.replace(first_name=None), "first_name"),
    ):
        with pytest.raises(InvalidInput) as caught:
            wrong.checked()
        assert caught.value.field == field
    with pytest.raises(InvalidIdentification):
        person.replace(id="10.203").checked()


def test_the_key_follows_the_annex() -> None:
    """Annex RADIAN 1.1, numeral 12.1.1.1; then 034, whose receiver is DIAN (computed from the same formula)."""
    event = random_event(1, "030").replace(
        number="1",
        issued_at="2019-04-30T19:48:50-05:00",
        sender=EventParty(id="99998888", id_type="13"),
        receiver=EventParty(id="800197268"),
        reference="FE123",
    )
    assert keys.event_document_key(event, secret="11111", environment="2") == (
        "0d91ba25b01f5e7dbda870a11b274501d3a62a73e91932c473c86c93f12a142a2ac45876efcde3e679024a01c0be41f9"
    )
    tacit = random_event(1, "034").replace(
        number="RT1", issued_at="2024-01-26T10:00:00-05:00", sender=EventParty(id="900000002"), reference="FE100"
    )
    assert keys.event_document_key(tacit, secret="12345", environment="1") == (
        "b39aad82b3456b6aae974680a0b715e7b8975d27eaf4f1ba0a4d6fb549d8be979f3d2830d262dfb071a19a1a04b2251f"
    )
