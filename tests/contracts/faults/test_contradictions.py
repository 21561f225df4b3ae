"""Documents that contradict themselves or what they correct, and prepayments (rows B24 and B25)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from dian_fe import (
    DebitNote,
    Payment,
    PaymentTerms,
    Prepayment,
    build,
    check,
    discount,
    instalments,
    read,
    rete_renta,
)
from dian_fe.catalogs import DebitNoteConcept
from dian_fe.errors import InvalidInput
from tests.contracts.faults.rows import cases
from tests.models.test_corrections import COFFEE, DOLLARS, OTHER, SOLD, from_lines, note, sold
from tests.rules.bases import ISSUED_AT, ISSUER

IN_DOLLARS = sold(currency="USD", exchange_rate=DOLLARS)
APRIL, MARCH = date(2026, 4, 1), date(2026, 3, 1)


@cases(
    "B24",
    {
        "a concept of the other list": lambda: note(concept="Otros"),
        "a larger note": lambda: note(lines=[COFFEE.replace(quantity=4)]),
        "the day before": lambda: note(issued_at=ISSUED_AT - timedelta(days=1)),
    },
    {
        "a member of the other list": lambda: note(concept=DebitNoteConcept.INTERESES),
        "a concept as a number": lambda: note(concept=1),
        "pesos for dollars": lambda: note(invoice=IN_DOLLARS, currency="COP", exchange_rate=None),
        "a debit note of another buyer": lambda: note(DebitNote, customer=OTHER),
        "lines without the document's discount": lambda: note(invoice=sold(allowances=[discount(10)])),
        "a peso more": lambda: note(lines=[COFFEE.replace(price=18501)]),
        "the second note over it": lambda: note(number="NC2", previous=[note()]),
        "a note of a read invoice": lambda: note(invoice=read(SOLD.xml), lines=[COFFEE, COFFEE]),
        "a note of a note": lambda: note(invoice=build(note(), ISSUER)),
    },
)
def test_a_note_that_contradicts_is_refused(case: Callable[[], Any]) -> None:
    with pytest.raises(InvalidInput) as caught:
        case()
    assert caught.value.field
    assert caught.value.expected


def advised(document: Any) -> set[str]:
    """Return what is told of terms, the same for a model, its JSON and its XML."""
    loaded = type(document).model_validate_json(document.to_json())
    found = [
        {fault.code for fault in check(each) if fault.code in {"due_before_issue", "instalments_do_not_add_up"}}
        for each in (document, loaded, read(build(document, ISSUER).xml))
    ]
    assert found[0] == found[1] == found[2]
    return found[0]


def on_credit(**changes: Any) -> Any:
    return sold(**({"payment": Payment.credit(APRIL)} | changes)).document


TERMS: dict[str, tuple[Callable[[], Any], set[str]]] = {
    "a peso too little": (
        lambda: on_credit(payment_terms=instalments((APRIL, 58274))),
        {"instalments_do_not_add_up"},
    ),
    "dollars": (
        lambda: on_credit(currency="USD", exchange_rate=DOLLARS, payment_terms=instalments((APRIL, 100))),
        {"instalments_do_not_add_up"},
    ),
    "a debit note due before": (
        lambda: note(DebitNote, payment=Payment.credit(MARCH)),
        {"due_before_issue"},
    ),
    "both": (
        lambda: on_credit(payment_terms=instalments((MARCH, 1))),
        {"due_before_issue", "instalments_do_not_add_up"},
    ),
    "thirds": (lambda: on_credit(payment_terms=instalments(*[(APRIL, 19425)] * 3)), set()),
    "what is withheld left out": (
        lambda: on_credit(
            lines=[COFFEE.replace(withholdings=[rete_renta("2.5")])], payment_terms=instalments((APRIL, "56887.50"))
        ),
        set(),
    ),
    "what is prepaid left out": (
        lambda: on_credit(prepayments=[Prepayment(amount=8275)], payment_terms=instalments((APRIL, 50000))),
        set(),
    ),
    "a rounding": (
        lambda: on_credit(payable_rounding="-275", payment_terms=instalments((APRIL, 58000))),
        set(),
    ),
    "terms without amounts": (lambda: on_credit(payment_terms=[PaymentTerms(due_date=APRIL)]), set()),
    "a credit note of the same day": (lambda: from_lines(), set()),
}


@pytest.mark.parametrize(("make", "codes"), TERMS.values(), ids=TERMS)
def test_terms_are_held_against_their_document(make: Callable[[], Any], codes: set[str]) -> None:
    assert advised(make()) == codes


PAID = {"received": date(2026, 2, 27)}


@cases(
    "B25",
    {"one without id": lambda: sold(prepayments=[Prepayment(amount=1000, **PAID)])},
    {
        "two": lambda: sold(prepayments=[Prepayment(amount=1000, **PAID), Prepayment(amount=5, **PAID)]),
        "one numbered by hand": lambda: sold(
            prepayments=[Prepayment(amount=1, id="2", **PAID), Prepayment(amount=5, **PAID)]
        ),
        "dollars": lambda: sold(currency="USD", exchange_rate=DOLLARS, prepayments=[Prepayment(amount=1000, **PAID)]),
        "deducted": lambda: sold(prepayments=[Prepayment(amount=1000, **PAID)], deduct_prepayments=True),
        "from a dictionary": lambda: sold(prepayments=[{"amount": "1000", **PAID}]),
        "a debit note": lambda: build(note(DebitNote, prepayments=[Prepayment(amount=1000, **PAID)]), ISSUER),
    },
)
def test_prepayments_are_numbered_and_pass_check(case: Callable[[], Any]) -> None:
    built = case()
    numbers = [each.id for each in built.document.prepayments]
    assert all(numbers)
    assert len(set(numbers)) == len(numbers)
    assert not [fault for fault in check(built) if fault.rejects or "BD" in fault.code]
