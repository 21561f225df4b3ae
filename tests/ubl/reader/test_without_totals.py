"""Totals are there to type checkers, and asking for those of a document that lacks them is told, never zero."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest

from dian_fe import CreditNote, Invoice, build, check, examine, load_document, read, render_html, rows, sign
from dian_fe.errors import InvalidInput, MissingDatum, UnreadableDocument
from dian_fe.models.document import TradeDocument
from dian_fe.testing import Simulator
from dian_fe.ubl.received import Received
from tests.graphic.support import AT, ONE, invoice, issuer

_TOTALS = re.compile(rb"<cac:LegalMonetaryTotal>.*?</cac:LegalMonetaryTotal>", re.DOTALL)


@cache
def bare() -> Received[Any]:
    """Return an invoice whose maker left its totals out."""
    signed = sign(build(invoice("SETP990000901", [ONE]), issuer()), Simulator().signer("700085371"), at=AT)
    return read(_TOTALS.sub(b"", signed.xml))


def test_asking_for_missing_totals_raises() -> None:
    document = bare().document
    assert document.missing == ("totals",)
    for ask in (lambda: document.totals, lambda: document.payable):
        with pytest.raises(MissingDatum, match=r'has\("totals"\)'):
            ask()
    assert [problem.path for problem in bare().problems] == ["totals"]


def test_has_tells_what_a_document_says() -> None:
    document = bare().document
    assert not document.has("totals")
    assert not document.has("totals.payable")
    assert document.has("lines[0].price")
    assert not document.has("lines[1].price")
    assert not document.has("exchange_rate"), "None is not there"
    assert not document.has("prepayments"), "an empty list is not there"
    assert invoice("SETP990000901", [ONE]).has("totals.payable")
    with pytest.raises(AttributeError, match="totales"):
        document.has("totales")


def test_rules_of_missing_totals_are_not_called_passed() -> None:
    report = check(bare())
    codes = {fault.code for fault in report.faults}
    assert "FAU01" in codes
    unjudged = {item.code for item in report.not_evaluated if item.needs == ("totals",)}
    assert unjudged == {"FAU02", "FAU04", "FAU06", "FAU08", "FAU10", "FAU12", "FAU14"}
    assert not {"VLR01", "FBD03"} & {item.code for item in report.not_evaluated}, "they look at more than totals"


def test_rows_views_and_verdicts_need_no_totals() -> None:
    row = rows([bare()])[0]
    assert row["payable"] is None
    assert row["line_extension"] is None
    assert "Total a pagar" not in bare().document._repr_html_()
    assert examine(bare()).key_matches is None
    with pytest.raises(UnreadableDocument, match="totales"):
        render_html(bare())


def test_json_of_a_document_without_totals_is_read_again() -> None:
    document = bare().document
    assert Invoice.model_validate_json(document.to_json()) == document
    values = document.model_dump(mode="json", exclude_none=True)
    before = repr(values)
    for given in (document.to_json(), values):
        again = load_document(given)
        assert again == document
        assert not again.has("totals")
    assert repr(values) == before


def test_nobody_issues_or_makes_up_totals() -> None:
    document = bare().document
    with pytest.raises(MissingDatum, match="totals"):
        build(document, issuer())
    with pytest.raises(InvalidInput, match="totals"):
        invoice("SETP990000901", [ONE]).replace(totals=None)
    values = invoice("SETP990000901", [ONE]).model_dump(mode="json")
    del values["totals"]
    with pytest.raises(InvalidInput, match="totals"):
        Invoice.model_validate(values)


def test_what_lacks_totals_can_be_annulled_by_its_lines() -> None:
    note = CreditNote.correcting(bare(), concept="2", number="NC1", issued_at=AT)
    assert isinstance(note, TradeDocument)
    assert note.totals.payable == invoice("SETP990000901", [ONE]).totals.payable
