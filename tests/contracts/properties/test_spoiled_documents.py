"""What takes a document that was read takes one with a spoiled datum: typed refusals at most, and nothing invented."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from lxml import etree

from dian_fe import (
    AS_READ,
    CreditNote,
    DebitNote,
    DianFeError,
    Received,
    check,
    examine,
    read,
    render_html,
    render_pdf,
    rows,
    verify,
)
from dian_fe.errors import InvalidInput, MissingDatum, NotSigned, UnreadableDocument
from dian_fe.testing import Simulator
from dian_fe.ubl.namespaces import NAMESPACES
from dian_fe.ubl.writer.build import write
from tests.contracts.properties.spoiling import Change, changed, leaves, sample_of, whole

pytestmark = pytest.mark.slow

SEEDS = (0, 2, 7, 8, 9, 12, 25)
"""A credit note, invoices, an event, an answer, a container and a debit note."""
TEXT = "quizás"


@cache
def office() -> Any:
    return Simulator(seed=1)


def allowed(use: Callable[[], Any], *refusals: type[DianFeError]) -> Any:
    """Use a document; None when it is refused by one of the typed errors, with field and remedy."""
    try:
        return use()
    except refusals as error:
        refused = error
    if isinstance(refused, MissingDatum):
        assert refused.field, refused
    assert refused.remedy or getattr(refused, "errors", ()), refused
    return None


def spoiled(seed: int, one_in: int) -> Iterator[tuple[Change, bytes]]:
    root = etree.fromstring(whole(seed).xml)
    for element, attribute in sample_of(leaves(root), seed, one_in):
        for text in ("", TEXT) if attribute is None else ("", TEXT, None):
            change = Change(element, attribute, text)
            yield change, changed(root, change)


def numbers(html: str) -> set[str]:
    """Return the numbers that people see."""
    visible = re.sub(r"<(style|script|svg)\b.*?</\1>|<[^>]*>", " ", html, flags=re.DOTALL)
    return set(re.findall(r"\d+(?:[.,]\d+)*", visible))


@cache
def shown_of(seed: int) -> set[str]:
    return numbers(render_html(whole(seed).received))


def used(seed: int, *, one_in: int, pdf_of: int) -> int:
    """Use a document in every way, with one leaf spoiled after the other."""
    tried = 0
    for change, data in spoiled(seed, one_in):
        received = read(data)
        tell(received)
        judge(received, data)
        if received.kind.amounts:
            show(seed, received, change, pdf=tried % pdf_of == 0)
            correct(received)
        tried += 1
    return tried


def tell(received: Received[Any]) -> None:
    """Show it as text, in notebooks and as JSON, which gives it back."""
    document = received.document
    assert repr(received)
    assert repr(document)
    assert received._repr_html_()
    assert document._repr_html_()
    json.dumps(received.as_dict())
    again = type(document).model_validate_json(document.to_json(), context=AS_READ)
    assert again == document
    assert again.missing == document.missing


def judge(received: Received[Any], data: bytes) -> None:
    """Judge it: nothing raises but `verify`, which says that nobody signed."""
    report = check(received)
    assert str(report)
    assert report._repr_html_()
    examination = examine(data)
    assert examination._repr_html_()
    with pytest.raises((NotSigned, InvalidInput, UnreadableDocument)) as caught:
        verify(data, trust=office().trust)
    assert caught.value.remedy
    assert not isinstance(caught.value, MissingDatum)


def show(seed: int, received: Received[Any], change: Change, *, pdf: bool) -> None:
    """Draw it and make flat records of it: no number is there that the document does not say."""
    page = allowed(lambda: render_html(received), UnreadableDocument, MissingDatum)
    if page is not None:
        written = set(re.findall(r"\d+", received.raw.decode()))
        new = numbers(page) - shown_of(seed) - written
        assert not new, (seed, change.xpath, change.text, new)
    if pdf:
        allowed(lambda: render_pdf(received), UnreadableDocument, MissingDatum)
    for of in ("documents", "lines"):
        records, whole_ones = rows(received, of), rows(whole(seed).received, of)
        assert len(records) == len(whole_ones)
        for record, before in zip(records, whole_ones, strict=True):
            other = {name for name, value in record.items() if value is not None and value != before[name]}
            if change.text == TEXT and change.xpath.endswith("/cac:TaxScheme/cbc:ID"):
                continue  # the document says another tax, whose sum is in another column
            invented = {name for name in other - _MARKS if isinstance(record[name], Decimal)}
            assert not invented, (
                seed,
                change.xpath,
                change.text,
                {name: (before[name], record[name]) for name in invented},
            )


_MARKS = {"problems"}


def correct(received: Received[Any]) -> None:
    """Make notes of it, and write it again."""
    document = received.document
    allowed(lambda: write(document, received.control, received.kind), MissingDatum, InvalidInput)
    allowed(lambda: document.replace(number="X1"), MissingDatum, InvalidInput)
    if document.kind != "invoice":
        return
    given = {"number": "NC1", "issued_at": "2030-01-01T10:00:00-05:00"}
    allowed(lambda: CreditNote.correcting(received, concept="2", **given), InvalidInput)
    for model in (CreditNote, DebitNote):
        allowed(
            lambda model=model: model.correcting(
                received, concept="1", lines=[line.without_amounts() for line in document.lines], **given
            ),
            InvalidInput,
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_spoiled_document_can_be_used_in_every_way(seed: int) -> None:
    assert used(seed, one_in=23, pdf_of=12) > 3


@pytest.mark.long
@pytest.mark.parametrize("seed", range(200))
def test_200_spoiled_documents_can_be_used_in_every_way(seed: int) -> None:
    assert used(seed, one_in=3, pdf_of=8) > 10


@pytest.mark.parametrize("name", ["PayableAmount", "CompanyID", "IssueDate", "Description", "ProfileExecutionID"])
def test_a_container_keeps_what_its_spoiled_document_says(name: str) -> None:
    root = etree.fromstring(whole(9).xml)
    carried = root.find("cac:Attachment/cac:ExternalReference/cbc:Description", NAMESPACES)
    assert carried is not None
    inner, count = re.subn(rf"(<cbc:{name}\b[^>]*>)[^<]+", r"\1", carried.text, count=1)
    assert count
    carried.text = inner
    data = etree.tostring(root)
    received = read(data)
    (sale,) = received.sales_documents
    assert [problem for problem in sale.problems if problem.xpath.endswith(f"cbc:{name}")]
    assert received.document == whole(9).received.document.replace(content=inner)
    assert examine(data)._repr_html_()
    json.dumps(received.as_dict())
    rows(received)
    tell(sale)


@pytest.mark.parametrize("party", ["SenderParty", "ReceiverParty"])
@pytest.mark.parametrize("name", ["CompanyID", "RegistrationName"])
def test_an_answer_that_names_nobody_is_examined(party: str, name: str) -> None:
    root = etree.fromstring(whole(8).xml)
    element = root.find(f"cac:{party}/cac:PartyTaxScheme/cbc:{name}", NAMESPACES)
    examination = examine(changed(root, Change(element, None, "")))
    told = "answer_sender" in {fault.code for fault in examination.findings}
    assert told is ((party, name) == ("SenderParty", "CompanyID"))


@pytest.mark.parametrize(
    ("path", "attribute", "missing"),
    [
        ("cac:InvoiceLine/cbc:InvoicedQuantity", "unitCode", "lines[0].unit"),
        ("cac:InvoiceLine/cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cac:TaxScheme/cbc:ID", None, "code"),
        ("cac:InvoiceLine/cac:Price/cbc:PriceAmount", None, "lines[0].price"),
    ],
)
def test_a_note_of_what_lacks_a_datum_names_it(path: str, attribute: str | None, missing: str) -> None:
    root = etree.fromstring(whole(2).xml)
    received = read(changed(root, Change(root.find(path, NAMESPACES), attribute, "")))
    with pytest.raises(MissingDatum) as caught:
        CreditNote.correcting(received, concept="2", number="NC1", issued_at="2030-01-01T10:00:00-05:00")
    assert str(caught.value.field).endswith(missing)
    assert caught.value.remedy
