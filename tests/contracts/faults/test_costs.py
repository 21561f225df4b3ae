"""Time and memory of hostile and of honest files (rows A3, A4, A7, A8, A9)."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest

from dian_fe import Line, check, discount, iva, read
from dian_fe.errors import UnreadableDocument
from dian_fe.ubl import xml_view as view
from dian_fe.ubl.archive import make_zip
from dian_fe.ubl.received import OtherFile
from dian_fe.verifying import verify_signature
from tests.contracts.faults.rows import cases
from tests.delivery.support import invoice as an_invoice
from tests.delivery.support import issued, note_of
from tests.verifying.sealing import container, event, packed, sold

MANY = 4_000
SECONDS = 0.5
"""Of the processor's time: twenty times what it takes, and half of what 0.1.0 took for the cheapest."""
Work = Callable[[], object]


def invoice() -> bytes:
    return bytes(sold()[0].xml)


def note() -> bytes:
    return bytes(issued(note_of(sold()[0]))[0].xml)


def put(xml: bytes, content: bytes, before: bytes = b"</Invoice>") -> bytes:
    at = xml.rindex(before)
    return xml[:at] + content + xml[at:]


def spent(work: Work) -> float:
    """Return the processor's time that some work takes; refusing is an outcome too."""
    before = time.process_time()
    with suppress(UnreadableDocument):
        work()
    return time.process_time() - before


STRANGE = b"<x/>" * MANY
REMARKS = b"<!-- c -->" * MANY


@cases(
    "A3",
    {"strange elements": lambda: put(invoice(), STRANGE)},
    {
        "in a ZIP": lambda: make_zip({"fv.xml": put(invoice(), STRANGE)}),
        "in a credit note": lambda: put(note(), STRANGE, b"</CreditNote>"),
        "in an event": lambda: put(event(), STRANGE, b"</ApplicationResponse>"),
        "in a line": lambda: put(invoice(), STRANGE, b"</cac:InvoiceLine>"),
        "known elements too often": lambda: put(invoice(), b"<cbc:ProfileID>a</cbc:ProfileID>" * MANY),
        "inside a container": lambda: container(put(invoice(), STRANGE), signed=False),
    },
)
def test_reading_costs_what_the_file_is_long(case: Callable[[], bytes]) -> None:
    data = case()
    assert spent(lambda: read(data)) < SECONDS


@cases(
    "A4",
    {"comments": lambda: put(invoice(), REMARKS)},
    {
        "comments at the beginning": lambda: put(invoice(), REMARKS, b"<cbc:UBLVersionID"),
        "comments in the signature": lambda: put(invoice(), REMARKS, b"</ds:Signature>"),
        "comments in a credit note": lambda: put(note(), REMARKS, b"</CreditNote>"),
        "comments in an event": lambda: put(event(), REMARKS, b"</ApplicationResponse>"),
        "comments in a container": lambda: put(packed().xml, REMARKS, b"</AttachedDocument>"),
    },
)
def test_verifying_costs_what_the_file_is_long(case: Callable[[], bytes]) -> None:
    data = case()
    assert spent(lambda: verify_signature(data)) < SECONDS
    assert verify_signature(data, explain=False).signature.valid


# ---- A8


def crowded(at: bytes, each: str, count: int = MANY) -> bytes:
    xml, opening = invoice(), b"<" + at
    assert opening in xml
    return xml.replace(opening, opening + b" " + " ".join(each.format(number) for number in range(count)).encode(), 1)


@cases(
    "A8",
    {
        "attributes": lambda: crowded(b"cbc:UBLVersionID", 'a{0}=""'),
        "declarations": lambda: crowded(b"cbc:UBLVersionID", 'xmlns:a{0}="u:"'),
    },
    {
        "attributes of the root": lambda: crowded(b"Invoice", 'a{0}=""'),
        "declarations of ds:KeyInfo": lambda: crowded(b"ds:KeyInfo", 'xmlns:a{0}="u:{0}"', 1_000),
        "declarations of the properties": lambda: crowded(b"xades:SignedProperties", 'xmlns:a{0}="u:{0}"', 1_000),
        "attributes of ds:SignedInfo": lambda: crowded(b"ds:SignedInfo", 'a{0}=""'),
    },
)
def test_a_crowded_element_is_not_explained_for_long(case: Callable[[], bytes]) -> None:
    data = case()
    assert spent(lambda: verify_signature(data)) < SECONDS


# ---- A7


def unreadable(content: bytes, name: str = "{}.xml") -> bytes:
    """Return a ZIP with an invoice and five entries that cannot be read."""
    return make_zip({name.format(number): content for number in range(5)} | {"fv.xml": invoice()})


@cases(
    "A7",
    {"entries cut off": lambda: unreadable(b"<a>" * 9)},
    {
        "entries that are no XML": lambda: unreadable(b"<a <b>"),
        "entries with a DTD": lambda: unreadable(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        "a ZIP of unreadable entries in a ZIP": lambda: make_zip({"a.zip": unreadable(b"<a>")}),
        "documents cut off inside a container": lambda: container(invoice()[:-20], answers=(b"<Application",)),
    },
)
def test_why_a_part_cannot_be_read_holds_nothing_of_it(case: Callable[[], bytes]) -> None:
    reasons = [part.reason for part in walk(read(case())) if isinstance(part, OtherFile) and part.reason is not None]
    assert len(reasons) >= 2
    assert [each for each in reasons if each.__traceback__ or each.__context__ or each.__cause__] == []


def walk(part: Any) -> Any:
    yield part
    for inside in getattr(part, "parts", ()):
        yield from walk(inside)


# ---- A9


class Root:
    """The root of a document that counts the elements that searches from it find."""

    def __init__(self, root: Any) -> None:
        self.root, self.found = root, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.root, name)

    def findall(self, *arguments: Any) -> list[Any]:
        result = list(self.root.findall(*arguments))
        self.found += len(result)
        return result


def found_in(data: bytes, monkeypatch: pytest.MonkeyPatch) -> int:
    made: list[Root] = []
    plain = view.DocumentXml

    def counting(root: Any, size: int) -> Any:
        xml = plain(root, size)
        xml.root = Root(root)
        made.append(xml.root)
        return xml

    with monkeypatch.context() as patch:
        patch.setattr(view, "DocumentXml", counting)
        check(read(data))
    return sum(root.found for root in made)


def repeated(xml: bytes, name: bytes, count: int) -> bytes:
    start, end = xml.index(b"<cac:" + name + b">"), xml.index(b"</cac:" + name + b">") + len(name) + 7
    return xml[:end] + xml[start:end] * count + xml[end:]


def in_utf_16(xml: bytes) -> bytes:
    return xml.decode().partition("?>")[2].encode("utf-16")


def discounted() -> bytes:
    less = [discount(percent=10)]
    line = Line(description="Café", quantity=3, price=Decimal("18500"), allowances=less, taxes=[iva(5)])
    return bytes(issued(an_invoice(lines=[line]))[0].xml)


@cases(
    "A9",
    {"lines": lambda count: repeated(invoice(), b"InvoiceLine", count)},
    {
        "lines with a discount": lambda count: repeated(discounted(), b"InvoiceLine", count),
        "lines in UTF-16": lambda count: in_utf_16(repeated(invoice(), b"InvoiceLine", count)),
        "lines inside a ZIP": lambda count: make_zip({"fv.xml": repeated(invoice(), b"InvoiceLine", count)}),
    },
)
def test_checking_searches_what_the_document_is_long(
    case: Callable[[int], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    once, twice = (found_in(case(count), monkeypatch) for count in (20, 40))
    assert 0 < twice < 2.5 * once
