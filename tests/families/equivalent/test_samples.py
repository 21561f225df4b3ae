"""DIAN's two examples of tickets, and one of other software signed in tests, kept beside the project."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from dian_fe import Issuer, Organization, PosTicket, Resolution, Software, build, read
from dian_fe.catalogs import FINAL_CONSUMER_ID
from dian_fe.ubl.keys import document_key, security_code
from dian_fe.ubl.reader.document import read_document
from dian_fe.ubl.writer.build import write
from tests.support.shared import shared_dir

FOLDER = (shared_dir() or Path("nowhere")) / "samples"
TOOLBOX = ("toolbox-pos-20.xml", "toolbox-pos-20-ref-nota-94.xml")
REAL = "invoice-pos-equivalente-01.xml"
OFFICIAL = ["DianExtensions", "FabricanteSoftware", "BeneficiosComprador", "PuntoVenta"]
PIN = "12345"

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the real documents are not beside the project")

Told = tuple[str, str, tuple[tuple[str, str], ...]]


def elements(xml: bytes) -> list[Told]:
    """Return the elements in their order: path, text and attributes.

    The place of the signature, which the samples lack or have empty, is left out with its extension.
    """
    root = etree.fromstring(xml)
    for content in root.findall(".//{*}ExtensionContent"):
        if not len(content):
            extension = content.getparent()
            extension.getparent().remove(extension)

    def path(element: Any) -> str:
        steps = [element, *element.iterancestors()]
        return "/".join(etree.QName(step).localname for step in reversed(steps))

    return [
        (path(each), (each.text or "").strip(), tuple(sorted((str(k), str(v)) for k, v in each.attrib.items())))
        for each in root.iter(etree.Element)
        if each is not root
    ]


def blocks(xml: bytes) -> list[str]:
    """Return the names of what the extensions hold, in order."""
    found = etree.fromstring(xml).iterfind(".//{*}ExtensionContent/*")
    return [etree.QName(each).localname for each in found]


def again(name: str) -> bytes:
    """Return a sample read and written."""
    received = read_document((FOLDER / name).read_bytes())
    return write(received.document, received.control, received.kind).xml


@pytest.mark.parametrize("name", TOOLBOX)
def test_dians_examples_are_read_whole(name: str) -> None:
    received = read((FOLDER / name).read_bytes())
    ticket = received.document
    assert isinstance(ticket, PosTicket)
    assert (received.kind.name, received.problems, received.unmapped) == ("pos_ticket", (), ())
    assert (ticket.type_code, ticket.operation, ticket.customer.id) == ("20", "10", FINAL_CONSUMER_ID)
    assert ticket.maker is not None
    assert (ticket.maker.person, ticket.maker.company, ticket.maker.software) == ("Erick Rico", "Chia.sas", "ThePos")
    assert ticket.benefits is not None
    assert ticket.benefits.points == 100
    till = ticket.point_of_sale
    assert till is not None
    assert (till.plate, till.cashier, till.till_type) == ("234566", "nombre del cajero", "Caja de apoyo")
    assert (till.location, till.sale_code) == ("Gilbarco Encore 4 L1 - Mangue ra 17 AC", "743992")
    assert till.subtotal == Decimal("1000100.00")
    assert [tax.code for tax in ticket.taxes] == ["01", "22"]
    assert ticket.lines[0].other_codes[0].code == "XGH124"


def test_the_note_that_a_ticket_follows_is_read() -> None:
    [reference] = read((FOLDER / TOOLBOX[1]).read_bytes()).document.billing_references
    assert (reference.number, reference.type_code, reference.key_scheme) == ("NDA005", "94", "CUDE-SHA384")


@pytest.mark.parametrize("name", TOOLBOX)
def test_written_again_they_say_the_same_in_the_same_order(name: str) -> None:
    assert elements(again(name)) == elements((FOLDER / name).read_bytes())
    assert blocks(again(name)) == OFFICIAL


@pytest.mark.parametrize("name", TOOLBOX)
def test_their_keys_are_those_of_their_data(name: str) -> None:
    received = read_document((FOLDER / name).read_bytes())
    control = received.control
    assert document_key(received.document, secret=PIN, environment="2") == control.key
    found = security_code(software_id=control.software_id or "", pin=PIN, number=received.document.number)
    assert found == control.security_code


def test_another_order_of_extensions_is_read_whole() -> None:
    data = (FOLDER / REAL).read_bytes()
    received = read_document(data)
    ticket = received.document
    assert blocks(data)[-1] == "DianExtensions"
    assert (received.kind.name, received.unmapped) == ("pos_ticket", ())
    # It was made anonymous name by name, so that no name is DIAN's any more: all are kept.
    assert [len(group.further) for group in (ticket.maker, ticket.benefits, ticket.point_of_sale)] == [3, 3, 6]
    assert ticket.supplier.id_type == "13"
    assert read_document(again(REAL)).document == ticket


def test_it_is_written_again_in_the_official_order() -> None:
    theirs, ours = (FOLDER / REAL).read_bytes(), again(REAL)
    assert blocks(ours) == OFFICIAL
    before, after = ([each[:2] for each in sorted(elements(xml))] for xml in (theirs, ours))
    assert before == after
    body = len(elements(theirs)) - next(i for i, each in enumerate(elements(theirs)) if "UBLVersionID" in each[0])
    assert [each[:2] for each in elements(theirs)[-body:]] == [each[:2] for each in elements(ours)[-body:]]


@pytest.mark.parametrize("name", TOOLBOX)
def test_their_issuer_would_build_the_same(name: str) -> None:
    data = (FOLDER / name).read_bytes()
    received = read(data)
    ticket, control = received.document, received.control
    own = Resolution(
        authorization=control.authorization or "",
        prefix=control.range_prefix or "",
        range_from=int(control.range_from or 0),
        range_to=int(control.range_to or 0),
        valid_from=control.authorization_start,
        valid_to=control.authorization_end,
        document_type="20",
    )
    issuer = Issuer(
        organization=Organization(nit=ticket.supplier.id, name=ticket.supplier.name),
        software=Software(id=control.software_id or "", pin=PIN),
        numberings=(own,),
    )
    built = build(ticket, issuer)
    assert (built.key, built.control) == (control.key, control)
    assert elements(built.xml) == elements(data)
