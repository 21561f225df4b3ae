from __future__ import annotations

import pytest
from lxml import etree

from dian_fe.verifying.forensics.differences import first_difference
from tests.signing.support import signed
from tests.verifying.corpus import base

GOOD = signed().xml
ROOT = "/*"


@pytest.mark.parametrize(
    ("old", "new", "xpath", "what", "expected", "found"),
    [
        (b"SETP1", b"SETP2", f"{ROOT}/cbc:ID", "text", "SETP1", "SETP2"),
        (b"<cbc:ID>", b"<cbc:UUID></cbc:UUID><cbc:ID>", f"{ROOT}/cbc:ID", "element", "ID", "UUID"),
        (b"</cbc:ID>", b"</cbc:ID>\n", f"{ROOT}/cbc:ID", "tail", "", "\n"),
        (b"<cbc:ID>", b'<cbc:ID x="1">', f"{ROOT}/cbc:ID", "attributes", "[]", "[('x', '1')]"),
        (b"<cbc:ID>", b'<cbc:ID xmlns:z="urn:z">', f"{ROOT}/cbc:ID", "namespaces", "[]", "[('z', 'urn:z')]"),
        (b"</Invoice>", b"<cbc:ID>2</cbc:ID></Invoice>", f"{ROOT}/cbc:ID[2]", "element", "", "ID"),
    ],
)
def test_the_first_difference_is_told(old: bytes, new: bytes, xpath: str, what: str, expected: str, found: str) -> None:
    difference = first_difference(GOOD.replace(old, new), GOOD)
    assert difference is not None
    assert (difference.xpath, difference.what) == (xpath, what)
    assert difference.expected.rpartition("}")[2] == expected
    assert difference.found.rpartition("}")[2] == found


def test_what_a_signature_does_not_see_is_no_difference() -> None:
    rewritten = etree.tostring(etree.fromstring(base("container").signed), encoding="UTF-16")
    assert first_difference(rewritten, base("container").signed) is None
    assert first_difference(GOOD.replace(b"SETP1", b"SET<!-- x -->P1"), GOOD) is None
    assert first_difference(GOOD.replace(b"<cbc:ID>", b"<!-- x --><cbc:ID>"), GOOD) is None
    assert first_difference(GOOD, GOOD) is None
