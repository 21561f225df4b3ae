"""Comments and processing instructions are no part of a document, wherever they stand."""

from __future__ import annotations

import pytest

from dian_fe import read
from tests.delivery.support import issued, package


@pytest.mark.parametrize("odd", [b"<!-- -->", b"<?x y?>"])
def test_a_text_is_read_whole_and_told(odd: bytes) -> None:
    signed, _ = issued()
    number = signed.document.number.encode()
    at = signed.xml.index(b"<cbc:ID>" + number) + 12
    received = read(signed.xml[:at] + odd + signed.xml[at:])
    assert received.document == signed.document
    (problem,) = received.problems
    assert (problem.xpath, problem.value) == ("/Invoice/cbc:ID", signed.document.number)
    assert "en medio del dato" in problem.message


def test_between_elements_they_are_nothing() -> None:
    signed, _ = issued()
    xml = signed.xml.replace(b"<cbc:ID>", b"<!-- x --><cbc:ID>").replace(b"</cbc:ID>", b"</cbc:ID><?x y?>")
    received = read(xml)
    assert received.document == signed.document
    assert received.problems == ()
    assert received.unmapped == read(signed.xml).unmapped


def test_what_a_container_carries_is_whole_too() -> None:
    made = package()
    (before, after) = made.xml.split(b"<cac:InvoiceLine>", 1)
    received = read(before + b"]]><!-- --><![CDATA[<cac:InvoiceLine>" + after)
    assert received.sales_documents[0].raw == read(made.xml).sales_documents[0].raw
