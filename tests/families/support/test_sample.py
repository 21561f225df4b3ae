"""The one adjustment note in hand that other software wrote and signed in tests, kept beside the project."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from dian_fe import SupportNote, check, read
from dian_fe.ubl.reader.document import read_document
from dian_fe.ubl.writer.build import write
from tests.support.shared import shared_dir

FILE = (shared_dir() or Path("nowhere")) / "samples" / "creditnote-ajuste-docsoporte-01.xml"

pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the real documents are not beside the project")


def elements(xml: bytes) -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """Return the elements in their order: path, text and attributes."""
    root = etree.fromstring(xml)

    def path(element: Any) -> str:
        steps = [element, *element.iterancestors()]
        return "/".join(etree.QName(step).localname for step in reversed(steps))

    return [
        (path(each), (each.text or "").strip(), tuple(sorted((str(k), str(v)) for k, v in each.attrib.items())))
        for each in root.iter(etree.Element)
        if each is not root
    ]


def test_it_is_read_whole() -> None:
    received = read(FILE.read_bytes())
    document = received.document
    assert isinstance(document, SupportNote)
    assert (received.kind.name, received.problems, received.unmapped) == ("support_note", (), ())
    assert (document.number, document.operation, document.annuls) == ("NDA40", "10", True)
    assert (document.supplier.id, document.customer.id) == ("928340442", "847999159")
    assert [each.number for each in document.billing_references] == ["SEDS984000087"]
    assert [line.allowances[0].amount for line in document.lines] == [10000]


def test_the_rules_miss_only_the_signature_that_was_taken_out() -> None:
    assert {fault.code for fault in check(read(FILE.read_bytes())).own_faults} == {"ZB01", "signature_count"}


def test_written_again_it_says_the_same_in_the_same_order() -> None:
    received = read_document(FILE.read_bytes())
    written = write(received.document, received.control, received.kind)
    theirs, ours = elements(FILE.read_bytes()), elements(written.xml)
    currency = "CreditNote/DocumentCurrencyCode"
    # A buyer's documents with the attributes of the list were refused: they are read and not written.
    assert [each for each in theirs if each[0] != currency] == [each for each in ours if each[0] != currency]
    assert [each[:2] for each in theirs if each[0] == currency] == [each[:2] for each in ours if each[0] == currency]
    assert Counter(read_document(written.xml).unmapped) == Counter()
