"""A note against the invoice that it corrects: its concept, its day, its amount, its parties, its currency."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dian_fe import (
    Built,
    CreditNote,
    Customer,
    DebitNote,
    ExchangeRate,
    Invoice,
    Line,
    Organization,
    Payment,
    Prepayment,
    Severity,
    build,
    check,
    discount,
    instalments,
    iva,
    read,
)
from dian_fe.catalogs import CreditNoteConcept, DebitNoteConcept
from dian_fe.errors import InvalidInput, NotAllowed, UnknownCode
from dian_fe.models.document import TradeDocument
from tests.rules.bases import BUYER, ISSUED_AT, ISSUER, SHOP

COFFEE = Line(description="Café tostado", quantity=3, price="18500", taxes=[iva(5)], standard_code="CAFE-1")
OTHER = Customer(id_type="31", id="900373076", name="Otra Compañía Ejemplo SAS", emails=["otra@example.com"])
DOLLARS = ExchangeRate(currency="USD", rate="4012.35", date=date(2026, 3, 2))


def sold(**changes: Any) -> Built[Invoice]:
    values: dict[str, Any] = {
        "number": "SETP990000001",
        "issued_at": ISSUED_AT,
        "supplier": SHOP,
        "customer": BUYER,
        "lines": [COFFEE],
        "payment": Payment.cash(),
    }
    return build(Invoice.from_lines(**(values | changes)), ISSUER)


SOLD = sold()
"""58275.00: three at 18500 and 5 % of IVA."""


def note(kind: Any = CreditNote, invoice: Any = SOLD, **changes: Any) -> Any:
    values: dict[str, Any] = {"concept": "1", "number": "NC1", "issued_at": ISSUED_AT, "lines": [COFFEE]}
    return kind.correcting(invoice, **(values | changes))


def advice(document: Any, original: Any = SOLD) -> list[tuple[str, str]]:
    """Check a document, and return what is told of it under codes of the library's own: advice, which stops nothing."""
    found = [fault for fault in check(document, original=original) if fault.code.islower()]
    assert {fault.severity for fault in found} <= {Severity.CONSEJO}
    assert all(fault.message.endswith(".") and fault.hint for fault in found)
    return [(fault.code, fault.path) for fault in found]


# --- concepts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "given", "code"),
    [
        (CreditNote, "2", "2"),
        (CreditNote, CreditNoteConcept.REBAJA, "3"),
        (CreditNote, "DEVOLUCION_PARCIAL", "1"),
        (CreditNote, "anulación", "2"),
        (CreditNote, "Ajuste de precio", "4"),
        (CreditNote, " descuento por pronto pago ", "5"),
        (CreditNote, "Descuento comercial por volumen de ventas", "6"),
        (DebitNote, "Otros", "4"),
        (DebitNote, "INTERESES", "1"),
        (DebitNote, "Gastos", "2"),
    ],
)
def test_a_concept_is_known_by_its_code_or_name(kind: Any, given: str, code: str) -> None:
    assert note(kind, concept=given).corrections[0].concept == code
    corrections = [{"concept": given, "reference": "SETP990000001"}]
    plain = note(kind, concept="1", corrections=corrections)
    assert plain.corrections[0].concept == code


ALL = "1 (Devolución"
DISCOUNTS = "3 (Rebaja o descuento parcial o total), 5 (Descuento comercial por pronto pago), 6 (Descuento comercial"


@pytest.mark.parametrize(
    ("kind", "given", "candidates"),
    [
        (CreditNote, "Otros", ALL),
        (CreditNote, "Descuento", DISCOUNTS),
        (CreditNote, "descuento comercial", "5 (Descuento comercial por pronto pago), 6 (Descuento comercial"),
        (CreditNote, "parcial", "1 (Devolución parcial de los bienes y/o no aceptación parcial del servicio), 3 ("),
        (CreditNote, "factura", ALL),
        (CreditNote, "7", ALL),
        (CreditNote, "01", ALL),
        (CreditNote, "", ALL),
        (CreditNote, 3, ALL),
        (CreditNote, None, ALL),
        (CreditNote, DebitNoteConcept.OTROS, ALL),
        (DebitNote, CreditNoteConcept.AJUSTE_DE_PRECIO, "1 (Intereses), 2 (Gastos por cobrar)"),
        (DebitNote, "Anulación", "1 (Intereses), 2 (Gastos por cobrar)"),
    ],
)
def test_another_concept_is_refused_with_the_candidates(kind: Any, given: Any, candidates: str) -> None:
    """«Otros», and a member of the other list, were written as they came."""
    with pytest.raises(UnknownCode) as caught:
        note(kind, concept=given)
    assert caught.value.field == "concept"
    assert caught.value.found == ("3 (int)" if given == 3 else repr(given))
    assert str(caught.value.expected).startswith(candidates)
    assert caught.value.remedy


def test_a_note_without_invoice_has_known_concepts_too() -> None:
    loose: dict[str, Any] = {
        "number": "NC1", "issued_at": ISSUED_AT, "operation": "22", "supplier": SHOP, "customer": BUYER,
        "lines": [COFFEE], "payment": Payment.cash(), "period": {"start": "2026-02-01", "end": "2026-02-28"},
    }  # fmt: skip
    with pytest.raises(UnknownCode) as caught:
        CreditNote.from_lines(**loose, corrections=[{"concept": "3"}, {"concept": "Descuento"}])
    assert caught.value.field == "corrections[1].concept"
    assert CreditNote.from_lines(**loose, corrections=[{"concept": "Rebaja"}]).corrections[0].concept == "3"


def test_a_concept_that_came_in_json_is_told_by_its_rule() -> None:
    given = note().to_json().replace('"concept":"1"', '"concept":"Otros"')
    told = [fault for fault in check(CreditNote.model_validate_json(given)) if fault.code == "CAE03"]
    assert [(fault.path, fault.found) for fault in told] == [("corrections[0].concept", "Otros")]


# --- what a note cannot be -----------------------------------------------------------------------------------------

TOO_MUCH = [COFFEE.replace(quantity=4)]
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "the day before": ({"issued_at": ISSUED_AT - timedelta(days=1)}, "issued_at"),
    "the year before": ({"issued_at": "2025-03-02T10:15:00-05:00"}, "issued_at"),
    "one unit more": ({"lines": TOO_MUCH}, "totals.payable"),
    "another price": ({"lines": [COFFEE.replace(price=19000)]}, "totals.payable"),
    "one line more": ({"lines": [COFFEE, COFFEE.replace(quantity=1)], "concept": "3"}, "totals.payable"),
    "an annulment that is larger": ({"lines": TOO_MUCH, "concept": "2"}, "totals.payable"),
    "another customer": ({"customer": OTHER}, "customer.id"),
    "another supplier": ({"supplier": Organization(nit="900373076", name="Otra SAS")}, "supplier.id"),
    "dollars": ({"currency": "USD", "exchange_rate": DOLLARS}, "currency"),
}


@pytest.mark.parametrize(("changes", "field"), REFUSED.values(), ids=REFUSED)
def test_a_note_against_its_invoice_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        note(**changes)
    error = caught.value
    assert error.field == field
    assert None not in (error.found, error.expected, error.remedy)


@pytest.mark.parametrize("stage", [SOLD, read(SOLD.xml)], ids=["built", "read"])
def test_every_stage_of_the_invoice_is_compared(stage: Any) -> None:
    with pytest.raises(NotAllowed):
        note(invoice=stage, lines=TOO_MUCH)
    with pytest.raises(NotAllowed):
        note(invoice=SOLD.document, key=SOLD.key, lines=TOO_MUCH)


def test_several_contradictions_are_told_together() -> None:
    with pytest.raises(InvalidInput) as caught:
        note(issued_at=ISSUED_AT - timedelta(days=1), customer=OTHER, lines=TOO_MUCH)
    assert [error.field for error in caught.value.errors] == ["issued_at", "customer.id", "totals.payable"]


ANONYMOUS = sold(customer=Customer.final_consumer())
ROUNDED = sold(payable_rounding="-0.40", lines=[COFFEE.replace(price="18500.13")])
ADVANCED = sold(prepayments=[Prepayment(amount="50000")], deduct_prepayments=True)
LOWERED = sold(allowances=[discount(amount="5000", reason="Pago en efectivo")])
ADMITTED: dict[str, dict[str, Any]] = {
    "the same day, an hour before": {"issued_at": ISSUED_AT - timedelta(hours=1)},
    "the whole invoice": {},
    "a part": {"lines": [COFFEE.replace(quantity=1)]},
    "a debit note may be larger": {"kind": DebitNote, "lines": TOO_MUCH},
    "whoever bought as final consumer is named": {"invoice": ANONYMOUS, "customer": OTHER},
    "the customer has another name now": {"customer": BUYER.replace(name="Compras y Ventas Ejemplo SAS")},
    "an annulment of a rounded invoice": {"invoice": ROUNDED, "lines": None, "concept": "2"},
    "the lines of a rounded invoice": {"invoice": ROUNDED, "lines": ROUNDED.document.lines},
    "what a prepayment paid comes back too": {"invoice": ADVANCED},
    "an annulment with the invoice's discount": {"invoice": LOWERED, "lines": None, "concept": "2"},
}


@pytest.mark.parametrize("changes", ADMITTED.values(), ids=ADMITTED)
def test_a_note_within_its_invoice_is_made_and_clean(changes: dict[str, Any]) -> None:
    made = note(**changes)
    assert [code for code, _ in advice(made, changes.get("invoice", SOLD)) if code.startswith(("note_", "refer"))] == []


def test_earlier_notes_leave_less_of_the_invoice() -> None:
    first = note(lines=[COFFEE.replace(quantity=1)])
    second = build(note(number="NC2", lines=[COFFEE.replace(quantity=1)], previous=[first]), ISSUER)
    with pytest.raises(NotAllowed, match=r"hasta 19425\.00"):
        note(number="NC3", lines=[COFFEE.replace(quantity=2)], previous=[first, second])
    with pytest.raises(NotAllowed):
        note(number="NC3", concept="2", lines=None, previous=[first])
    more = note(DebitNote, number="ND1", concept="3", lines=[COFFEE.replace(quantity=1)])
    assert note(number="NC3", lines=[COFFEE.replace(quantity=2)], previous=[first, second, more]).payable == 38850
    assert note(number="NC3", lines=[COFFEE.replace(quantity=2)], previous=[first, first]).payable == 38850


@pytest.mark.parametrize(
    ("previous", "field"),
    [
        (SOLD, "previous"),
        (note(), "previous"),
        ([SOLD], "previous[0]"),
        (["NC1"], "previous[0]"),
        ([note(invoice=sold(number="SETP990000002"))], "previous[0].billing_references"),
    ],
)
def test_what_is_no_earlier_note_is_refused(previous: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        note(previous=previous)
    assert caught.value.field == field


# --- the other routes: told by check -------------------------------------------------------------------------------

BARE = note().model_dump(mode="json")


def routes(made: TradeDocument) -> list[Any]:
    """Return a note as made, as its JSON gives it, as built and as read."""
    built = build(made, ISSUER)
    return [made, type(made).model_validate_json(made.to_json()), built, read(built.xml)]


def from_lines(**changes: Any) -> CreditNote:
    values: dict[str, Any] = {
        "number": "NC1", "issued_at": ISSUED_AT, "supplier": SHOP, "customer": BUYER, "lines": [COFFEE],
        "payment": Payment.cash(), "corrections": [{"concept": "1", "reference": "SETP990000001"}],
        "billing_references": [{"number": "SETP990000001", "key": SOLD.key, "issue_date": date(2026, 3, 2)}],
    }  # fmt: skip
    return CreditNote.from_lines(**(values | changes))


REFERENCE = from_lines().billing_references[0]
TOLD: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "nothing": ({}, []),
    "the day before": (
        {"issued_at": ISSUED_AT - timedelta(days=1)},
        [("note_before_document", "billing_references[0].issue_date")],
    ),
    "the day before, without the invoice's day": (
        {"issued_at": ISSUED_AT - timedelta(days=1), "billing_references": [REFERENCE.replace(issue_date=None)]},
        [("note_before_document", "issued_at")],
    ),
    "larger": ({"lines": TOO_MUCH}, [("note_above_document", "totals.payable")]),
    "another customer": ({"customer": OTHER}, [("note_of_other_party", "customer.id")]),
    "dollars": ({"currency": "USD", "exchange_rate": DOLLARS}, [("note_in_other_currency", "currency")]),
    "annulled in part": (
        {"corrections": [{"concept": "2", "reference": "SETP990000001"}], "lines": [COFFEE.replace(quantity=1)]},
        [("partial_annulment", "totals.payable")],
    ),
    "another day of the invoice": (
        {"billing_references": [REFERENCE.replace(issue_date=date(2026, 2, 27))]},
        [("reference_contradicts", "billing_references[0].issue_date")],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), TOLD.values(), ids=TOLD)
def test_check_tells_what_a_note_says_against_its_invoice(changes: dict[str, Any], expected: Any) -> None:
    """With ``original=`` only the key was compared."""
    for made in routes(from_lines(**changes)):
        assert [each for each in advice(made) if each[0] != "no_email"] == expected


def test_without_the_invoice_its_day_alone_is_known() -> None:
    late = from_lines(issued_at=ISSUED_AT - timedelta(days=1), lines=TOO_MUCH, customer=OTHER)
    report = check(late)
    assert [fault.code for fault in report if fault.code.startswith("note_")] == ["note_before_document"]
    assert "note_above_document" in {each.code for each in report.not_evaluated}


@pytest.mark.parametrize("original", [ISSUER, "SETP990000001", SOLD.xml], ids=["an issuer", "a number", "bytes"])
def test_an_original_that_is_none_tells_nothing_of_amounts(original: Any) -> None:
    assert [each for each in advice(from_lines(lines=TOO_MUCH), original) if each[0].startswith("note_")] == []


# --- due dates, instalments, prepayments ---------------------------------------------------------------------------

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 2), date(2026, 5, 2)
DUE = [("due_before_issue", "payments[0].due_date")]
SUM = [("instalments_do_not_add_up", "payment_terms")]
PAYING: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "on credit": ({"payment": Payment.credit(APRIL)}, []),
    "the day of issue": ({"payment": Payment.credit(date(2026, 3, 2))}, []),
    "the day before": ({"payment": Payment.credit(MARCH)}, DUE),
    "cash, the day before": ({"payment": Payment(due_date=MARCH)}, DUE),
    "the invoice's own": ({"due_date": MARCH}, [("due_before_issue", "due_date")]),
    "an instalment": (
        {"payment_terms": instalments((MARCH, 30000), (APRIL, 28275))},
        [("due_before_issue", "payment_terms[0].due_date")],
    ),
    "instalments": ({"payment_terms": instalments((APRIL, 30000), (MAY, 28275))}, []),
    "too little": ({"payment_terms": instalments((APRIL, 30000), (MAY, 28000))}, SUM),
    "too much": ({"payment_terms": instalments((APRIL, 58275), (MAY, 58275))}, SUM),
    "one that is not all": ({"payment_terms": instalments((APRIL, 50000))}, SUM),
    "one below nothing": (
        {"payment_terms": [{"due_date": MAY, "amount": 58276}, {"due_date": MAY, "amount": -1}]},
        SUM,
    ),
    "thirds to the cent": ({"payment_terms": instalments(*[(APRIL, Decimal("19425.00"))] * 3)}, []),
}


@pytest.mark.parametrize(("changes", "expected"), PAYING.values(), ids=PAYING)
def test_check_tells_terms_that_cannot_be(changes: dict[str, Any], expected: Any) -> None:
    """A due date before the issue and instalments that do not add up had no finding."""
    for made in routes(sold(**changes).document):
        assert [each for each in advice(made, None) if each[0] in ("due_before_issue", SUM[0][0])] == expected


@pytest.mark.parametrize("amount", [-1, "-0.01", Decimal("-58275.00")])
def test_a_negative_instalment_is_refused(amount: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        instalments((APRIL, 58275), (MAY, amount))
    assert (caught.value.field, caught.value.found) == ("parts[1]", str(amount))


def test_a_note_may_keep_the_terms_of_its_invoice() -> None:
    credit = sold(issued_at="2026-01-02T10:15:00-05:00", payment=Payment.credit(MARCH))
    assert [each for each in advice(note(invoice=credit), credit) if each[0] == "due_before_issue"] == []
    earlier = note(invoice=credit, payment=Payment.credit(date(2025, 12, 31)))
    assert [each for each in advice(earlier, credit) if each[0] == "due_before_issue"] == DUE


def test_prepayments_without_identifier_are_numbered() -> None:
    advances = [Prepayment(amount=1), Prepayment(id="2", amount=2), Prepayment(amount=3), Prepayment(amount=4)]
    made = sold(prepayments=advances).document
    assert [each.id for each in made.prepayments] == ["1", "2", "3", "4"]
    repeated = sold(prepayments=[Prepayment(id="1", amount=1), Prepayment(amount=2)]).document
    assert [each.id for each in repeated.prepayments] == ["1", "2"]
    assert [fault for fault in check(made) if fault.code == "FBD02"] == []
    assert Invoice.model_validate_json(made.replace(prepayments=advances).to_json()).prepayments[0].id is None
