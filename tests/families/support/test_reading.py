"""What XML of others says about which document it is, and what it lacks."""

from __future__ import annotations

from functools import cache

import pytest

from dian_fe import build, check, load_document, read
from dian_fe.errors import UnsupportedDocument
from dian_fe.testing import Judge
from tests.families.support.documents import bought, issuer_of, note


@cache
def written() -> tuple[bytes, bytes]:
    """Return the XML of a document and of a note over it."""
    issuer = issuer_of(Judge())
    original = build(bought("SEDS1", issuer), issuer)
    return original.xml, build(note("NA1", original), issuer).xml


def changed(place: int, old: str, new: str) -> bytes:
    xml = written()[place]
    assert old.encode() in xml
    return xml.replace(old.encode(), new.encode())


@pytest.mark.parametrize("code", ["1", "2", "095", ""])
def test_a_concept_for_its_type_is_read_and_told(code: str) -> None:
    received = read(changed(1, "TypeCode>95<", f"TypeCode>{code}<"))
    assert received.kind.name == "support_note"
    if code:
        assert [fault.found for fault in check(received).faults if fault.code == "NSAD12"] == [code]


def test_an_unknown_type_is_taken_for_what_its_key_says() -> None:
    received = read(changed(0, "TypeCode>05<", "TypeCode>5<"))
    assert received.kind.name == "support_document"
    assert "wrong_type" in {fault.code for fault in check(received).faults}


@pytest.mark.parametrize(("place", "right", "wrong"), [(0, "05", "01"), (0, "05", "02"), (1, "95", "91")])
def test_type_and_key_of_two_documents_are_refused(place: int, right: str, wrong: str) -> None:
    with pytest.raises(UnsupportedDocument) as caught:
        read(changed(place, f"TypeCode>{right}<", f"TypeCode>{wrong}<"))
    assert "El tipo y la clave son de documentos distintos" in str(caught.value)
    assert f"{right} con CUDS-SHA384" in str(caught.value)


@pytest.mark.parametrize("place", [0, 1])
def test_a_key_that_says_another_algorithm_is_told(place: int) -> None:
    told = {fault.code for fault in check(read(changed(place, "CUDS-SHA384", "CUDE-SHA384"))).faults}
    assert "wrong_key_scheme" in told
    assert "wrong_key_scheme" not in {fault.code for fault in check(read(written()[place])).faults}


@pytest.mark.parametrize(
    ("period", "told"),
    [
        ("<cbc:StartDate>2026-03-02</cbc:StartDate><cbc:DescriptionCode>3</cbc:DescriptionCode>", "transmission"),
        ("<cbc:StartDate>2026-03-02</cbc:StartDate>", "transmission"),
        ("<cbc:DescriptionCode>1</cbc:DescriptionCode>", "date"),
    ],
)
def test_a_purchase_half_told_is_read_and_told(period: str, told: str) -> None:
    before, rest = written()[0].split(b"<cac:InvoiceLine>", 1)
    start, end = rest.index(b"<cac:InvoicePeriod>"), rest.index(b"</cac:InvoicePeriod>")
    cut = rest[:start] + b"<cac:InvoicePeriod>" + period.encode() + rest[end:]
    received = read(before + b"<cac:InvoiceLine>" + cut)
    paths = [fault.path for fault in check(received).faults if fault.code == "DSFC01"]
    assert paths == [f"lines[0].purchase.{told}"]
    if not received.problems:
        assert load_document(received.document.to_json()) == received.document
