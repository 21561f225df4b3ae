"""Real documents of many emitters (kept beside the project, not in it): read, written again, issued again."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from dian_fe import AS_READ, Client, Issuer, build, check, read, sign
from dian_fe.errors import MissingDatum, NotAllowed, UnreadableDocument, UnsupportedDocument
from dian_fe.rules import codes, explain
from dian_fe.signing import sign as sign_bytes
from dian_fe.testing import Simulator
from dian_fe.ubl.reader.document import read_document
from dian_fe.ubl.writer.build import write
from tests.contracts.properties.judges import official_xsd_faults
from tests.support.company import NOW, SHOP
from tests.support.shared import shared_dir

FOLDER = None if shared_dir() is None else Path(str(shared_dir())) / "samples"
SALES = re.compile(r"(invoice|creditnote|debitnote)-(?!ajuste|pos-).*\.xml")
FILES = [] if FOLDER is None else sorted(path.name for path in FOLDER.iterdir() if SALES.fullmatch(path.name))

UNREAD = {
    "invoice-09.xml": (UnsupportedDocument, "anterior a UBL 2.1"),
    "invoice-10.xml": (UnreadableDocument, "customer, issued_at, number, supplier"),
}
"""Files that are no document of the three kinds, and the reason that is given."""

READ = [name for name in FILES if name not in UNREAD]

_DIGIT = {"FAK24"}
"""The buyer's check digit is not that of its NIT: ids were replaced in the collection, digits were not."""
_DELIVERY = {"FAM05"}
"""The delivery's municipality is no code of the list: it was replaced too, while its city stayed."""
_ZERO_TAXES = {"FAS01b"}
"""The document has taxes of 0.00, INC and ICA, that no line has."""
FINDINGS: dict[str, set[str]] = {
    "creditnote-04.xml": {"CAD02", "CAD02a", "CAM19", "CAS01b", "CAU02", "CAU04", "CAV06"},
    "debitnote-01.xml": {"DAD02", "DAM19", "DAS01b"},
    "invoice-01.xml": {"FAD02", "FAM37"} | _DELIVERY | _ZERO_TAXES,
    "invoice-02.xml": {"FAD02", "FAM37"} | _DELIVERY | _ZERO_TAXES,
    "invoice-03.xml": {"FAD02", "FAN01", "FAS01b", "FAU02", "FAU04"} | _DIGIT,
    "invoice-11.xml": {"FAU04", "FAU06"} | _DIGIT | _DELIVERY,
    "invoice-15.xml": {"FAD02"},
    "invoice-16.xml": {"FAD02"},
    "invoice-17.xml": {"FAD02"},
    "invoice-aiu-01.xml": {"FAM37"} | _DELIVERY | _ZERO_TAXES,
    "invoice-mandato-01.xml": {"FAM37"} | _DELIVERY | _ZERO_TAXES,
}
"""What is wrong with an original by the rules in force today, besides the places, digits and taxes above.

An operation type withdrawn since 2020 (AD02); a carrier's responsibility withdrawn since (FAM37); no means of payment
(FAN01). invoice-03 taxes a document whose only line has
a sixth of its total and no tax; invoice-11 adds taxes to its total that it does not tell; creditnote-04 repeats a line
that neither multiplies nor adds up."""

pytestmark = pytest.mark.skipif(FOLDER is None, reason="the real documents are not beside the project")

UNWRITABLE = {
    "creditnote-04.xml": "lines[0].quantity",
    "invoice-11.xml": "health.users[0].data[0].name",
    "invoice-mandato-02.xml": "lines[0].properties[2].name",
}
"""Documents whose elements are empty or not there, with the datum by whose name they are refused when written again."""

_AMOUNTS = ("Amount", "Quantity", "Percent")


def data(name: str) -> bytes:
    assert FOLDER is not None
    return (FOLDER / name).read_bytes()


@cache
def office() -> Simulator:
    return Simulator(seed=1)


def amounts(xml: bytes) -> Counter[tuple[str, Decimal]]:
    """Count every amount, quantity and percent, by its path: lines by position, taxes within them in any order.

    Discounts and charges of zero are not counted.
    """
    found: Counter[tuple[str, Decimal]] = Counter()
    lines = 0
    for child in etree.fromstring(xml).iterchildren(etree.Element):
        lines += _local(child).endswith("Line")
        where = f"{_local(child)}[{lines}]"
        for element in child.iter(etree.Element):
            if _of_nothing(element):
                continue
            if _local(element).endswith(_AMOUNTS) and (text := (element.text or "").strip()):
                steps = [_local(step) for step in element.iterancestors() if step not in (child, child.getparent())]
                found["/".join([where, *reversed(steps), _local(element)]), Decimal(text)] += 1
    return found


def _of_nothing(element: Any) -> bool:
    """True for what a discount or charge of zero says, which is left out: its amount, its base, its total."""
    if _local(element) in {"AllowanceTotalAmount", "ChargeTotalAmount"}:
        return Decimal(element.text) == 0
    parent = element.getparent()
    return _local(parent) == "AllowanceCharge" and Decimal(parent.findtext("{*}Amount") or "1") == 0


def _local(element: Any) -> str:
    return etree.QName(element).localname


WRITABLE = [name for name in READ if name not in UNWRITABLE]


@pytest.mark.parametrize("name", [name for name in READ if name in UNWRITABLE])
def test_what_lacks_a_datum_is_refused_by_its_name_when_written(name: str) -> None:
    with pytest.raises((MissingDatum, NotAllowed)) as caught:
        reissued(name)
    assert caught.value.field == UNWRITABLE[name]
    assert caught.value.remedy
    said = UNWRITABLE[name].rpartition(".")[2]
    assert any(said in problem.path for problem in read(data(name)).problems)


def reissued(name: str) -> Any:
    """Issue a real document again: fresh number, date, issuer and signer, everything else as it was."""
    dian = office()
    received = read(data(name))
    issuer = Issuer(organization=SHOP, software=dian.software, resolution=dian.resolution("SETP"))
    position = FILES.index(name) + 1
    number = f"SETP{990_000_000 + position}" if received.kind.name == "invoice" else f"NC{position}"
    document = received.document.replace(number=number, issued_at=NOW, supplier=SHOP)
    return received, sign(build(document, issuer), dian.signer(SHOP.nit), at=NOW)


def test_the_samples_are_there() -> None:
    assert len(READ) >= 29
    assert set(UNREAD) <= set(FILES)


@pytest.mark.parametrize("name", sorted(UNREAD))
def test_what_is_no_document_of_these_kinds_is_refused_by_name(name: str) -> None:
    if name not in FILES:
        pytest.skip("not in this collection")
    kind, reason = UNREAD[name]
    with pytest.raises(kind) as caught:
        read(data(name))
    assert reason in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize("name", READ)
def test_it_is_read_and_what_was_not_mapped_is_listed(name: str) -> None:
    raw = data(name)
    received = read(raw)
    assert received.raw == raw
    assert received.document.number
    assert received.key
    assert len(received.document.lines) == len(re.findall(rb"<(?:\w+:)?(?:Invoice|CreditNote|DebitNote)Line>", raw))
    for problem in received.problems:
        assert problem.xpath.startswith(f"/{received.kind.root}")
        assert problem.message
    assert all(xpath.startswith(f"/{received.kind.root}") for xpath in received.unmapped)
    # Foreign blocks and members outside the models are told, never lost in silence.
    if b"<DATA>" in raw:
        assert f"/{received.kind.root}/DATA" in received.unmapped


@pytest.mark.parametrize("name", WRITABLE)
def test_written_again_it_validates_and_says_the_same(name: str) -> None:
    received = read_document(data(name))
    written = write(received.document, received.control, received.kind)
    again = read_document(written.xml)
    assert again.document == received.document
    assert again.control == received.control
    assert not again.unmapped
    # The XSD asks for a signature in the place kept for it.
    signed = sign_bytes(written, office().signer(SHOP.nit), at=received.document.issued_at)
    assert official_xsd_faults(signed.xml) == []


@pytest.mark.parametrize("name", READ)
def test_it_goes_through_json_unchanged(name: str) -> None:
    document = read_document(data(name)).document
    assert type(document).model_validate_json(document.to_json(), context=AS_READ) == document


@pytest.mark.parametrize("name", WRITABLE)
def test_it_is_issued_again_with_every_amount_as_it_was(name: str) -> None:
    received, signed = reissued(name)
    before, after = amounts(received.raw), amounts(signed.xml)
    lost, new = before - after, after - before
    assert (lost, new) == (Counter(), Counter())


@pytest.mark.parametrize("name", WRITABLE)
def test_issued_again_it_is_accepted_or_its_faults_are_named(name: str) -> None:
    """Schema, signature, key, numbering and software hold in all; the registry of rules names what the original has."""
    _, signed = reissued(name)
    structural = Simulator(seed=1, rules=False)
    with Client(signer=structural.signer(SHOP.nit), transport=structural) as ws:
        assert ws.send(signed).raise_for_rejection().accepted
    with Client(signer=office().signer(SHOP.nit), transport=office()) as ws:
        answer = ws.send(signed)
    assert {fault.code for fault in answer.rejections} == FINDINGS.get(name, set()) & implemented()
    assert answer.accepted is not bool(answer.rejections)


@cache
def implemented() -> frozenset[str]:
    return frozenset(code for code in codes() if explain(code).implemented)


@pytest.mark.parametrize("name", READ)
def test_checking_a_real_document_never_raises(name: str) -> None:
    report = check(read(data(name)))
    assert all(fault.message for fault in report)
