"""Pitfalls that rules know: each is told with DIAN's code before it is sent.

Documents of these tests are changed in their XML and read again: the models refuse most of what is wrong in them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dian_fe import CreditNote, Organization, Payment, Severity, check, inc, iva, read
from dian_fe.catalogs import CreditNoteConcept
from dian_fe.errors import InvalidEmail
from tests.contracts.pitfalls.support import BUYER, NOW, SHOP, built, invoice, line

pytestmark = pytest.mark.between


def changed(xml: bytes, *changes: tuple[str, str]) -> bytes:
    text = xml.decode()
    for old, new in changes:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return text.encode()


def note(kind: Any = CreditNote, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "number": "NC1",
        "issued_at": NOW,
        "supplier": SHOP,
        "customer": BUYER,
        "lines": (line(),),
        "payment": Payment.cash(),
        "corrections": ({"concept": "1", "description": "Devolución", "reference": "SETP990000000"},),
    }
    return kind.from_lines(**(values | changes))


def loose(**changes: Any) -> Any:
    """A credit note without invoice: operation 22, of a period."""
    values: dict[str, Any] = {
        "operation": "22",
        "corrections": ({"concept": "1", "description": "Devolución"},),
        "period": {"start": date(2026, 2, 1), "end": date(2026, 2, 20)},
    }
    return note(**(values | changes))


def told(document: Any, *codes: str) -> list[tuple[str, str, Any]]:
    """Return code, place and value found of the faults of some codes."""
    return [(fault.code, fault.path, fault.found) for fault in check(document) if fault.code in codes]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, ("CAE02", "period", None)),
        (date(2026, 2, 20), date(2026, 2, 1), ("CAE02", "period.start", "2026-02-20")),
        (date(2026, 1, 1), date(2026, 2, 1), ("CAE04", "period.end", "2026-01-01 a 2026-02-01")),
        (date(2026, 1, 25), date(2026, 2, 5), ("CAE04", "period.end", "2026-01-25 a 2026-02-05")),
    ],
    ids=["missing", "reversed", "31 days", "two months"],
)
def test_a_note_without_invoice_tells_a_period_within_a_month(start: Any, end: Any, expected: Any) -> None:
    period = None if start is None else {"start": start, "end": end}
    assert told(loose(), "CAE02", "CAE03", "CAE04") == []
    assert told(loose(period=period), "CAE02", "CAE03", "CAE04") == [expected]


def test_an_annulment_names_its_invoice() -> None:
    found = told(loose(corrections=({"concept": "2", "description": "Anulación"},)), "CBF03a")
    assert found == [("CBF03a", "corrections[0].concept", "2")]
    assert told(loose(), "CBF03a") == []
    assert CreditNoteConcept.ANULACION.value == "2"


def test_the_standard_code_and_the_e_mail_are_asked_for() -> None:
    without = invoice(line(), supplier=SHOP.replace(emails=()))
    assert told(without, "FAZ09", "FAJ71") == [
        ("FAJ71", "supplier.emails", None),
        ("FAZ09", "lines[0].standard_code", None),
    ]
    assert [fault.code for fault in check(without) if fault.stops] == ["FAJ71"]
    assert told(invoice(line(standard_code="P-1")), "FAZ09", "FAJ71") == []
    with pytest.raises(InvalidEmail, match="correo"):
        Organization.model_validate({**SHOP.model_dump(), "emails": ["facturas(at)example.com"]})


@pytest.mark.parametrize(
    ("old", "new", "code", "path", "found", "expected"),
    [
        (
            '<cbc:TaxExclusiveAmount currencyID="COP">28000.00<',
            '<cbc:TaxExclusiveAmount currencyID="COP">28010.00<',
            "FAU04",
            "totals.tax_exclusive",
            "28010.00",
            "28000.00",
        ),
        (
            '<cbc:LineExtensionAmount currencyID="COP">33000.00<',
            '<cbc:LineExtensionAmount currencyID="COP">32990.00<',
            "FAU02",
            "totals.line_extension",
            "32990.00",
            "33000.00",
        ),
        (
            '<cbc:PayableAmount currencyID="COP">34700.00<',
            '<cbc:PayableAmount currencyID="COP">34702.01<',
            "FAU14",
            "totals.payable",
            "34702.01",
            "34700.00",
        ),
    ],
)
def test_a_total_off_its_lines_is_told_with_both_figures(
    old: str, new: str, code: str, path: str, found: str, expected: str
) -> None:
    """A cart with 5 %, 8 % of INC, an excluded good and two lines of one tax."""
    xml = built(
        line(price=10000),
        line(price=8000, taxes=[iva(5)]),
        line(price=10000, taxes=[inc(8)]),
        line(price=5000, taxes=()),
    ).xml
    assert [fault.code for fault in check(read(xml)) if fault.code[:3] in ("FAU", "FAS", "FAX")] == []
    (fault,) = [fault for fault in check(read(changed(xml, (old, new)))) if fault.code == code]
    assert (fault.path, str(fault.found), str(fault.expected)) == (path, found, expected)
    assert fault.severity is Severity.RECHAZO


def test_the_document_has_the_taxes_of_its_lines() -> None:
    xml = built(line(taxes=[iva(19)]), line(taxes=())).xml
    head, tail = xml.split(b"<cac:TaxTotal>", 1)
    rest = tail.partition(b"</cac:TaxTotal>")[2]
    found = told(read(head + rest), "FAS01b")
    assert found == [("FAS01b", "lines[0].taxes[0].subtotals[0]", "01 19.00 %")]
    assert told(read(xml), "FAS01b") == []
