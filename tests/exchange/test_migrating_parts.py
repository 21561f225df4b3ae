"""What a request says by half, or in a way that could mean two things, is a problem: never a document without it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from time import process_time
from typing import Any

import pytest

from dian_fe import DocumentReference
from dian_fe.exchange import Migrated, from_apidian, from_facho, from_factus
from tests.exchange import facho_objects
from tests.exchange.others import apidian, factus, leaves, order
from tests.exchange.test_migrating import (
    EVERYTHING_OF_APIDIAN,
    EVERYTHING_OF_FACTUS,
    ITEM_OF_FACTUS,
    LINE_OF_APIDIAN,
    set_leaf,
)
from tests.support.company import NOW, SHOP
from tests.support.sampling import some_of

Migrate = Callable[[dict[str, Any]], Migrated]

INVOICE = DocumentReference(number="SETP990000001", key="a" * 96, issue_date="2026-03-01")


def of_factus(version: int = 1, item: dict[str, Any] | None = None, **change: Any) -> Migrated:
    """Return the bill of one item; a value of None takes its field away."""
    data = factus(order(2), version) | change
    data["items"] = [data["items"][0] | (item or {})]
    for part in (data, data["items"][0]):
        for name in [name for name, value in part.items() if value is None]:
            del part[name]
    given = {"number": "SETP990000001", "issued_at": NOW}
    return from_factus(
        json.dumps(data), organization=SHOP, **({"corrects": INVOICE} if "bill_number" in data else given)
    )


def of_apidian(line: dict[str, Any] | None = None, *, options: Any = None, **change: Any) -> Migrated:
    """Return the invoice of one line, whose request states no totals."""
    data = apidian(order(2)) | change
    data["invoice_lines"] = [data["invoice_lines"][0] | (line or {})]
    for name in ("legal_monetary_totals", "tax_totals", *(name for name, value in change.items() if value is None)):
        del data[name]
    return from_apidian(json.dumps(data), organization=SHOP, **(options or {}))


def problems(made: Migrated) -> list[str]:
    assert (made.draft is None) is bool(made.problems)
    assert all(each.remedy or each.expected for each in made.problems)
    return [f"{each.field}: {each.message}" for each in made.problems]


@pytest.mark.parametrize(
    ("version", "item", "path"),
    [
        (1, {"tribute_id": None}, "items[0].tax_rate"),
        (1, {"tax_rate": None}, "items[0].tax_rate"),
        (2, {"taxes": [{"rate": "19.00"}]}, "items[0].taxes[0].rate"),
        (2, {"taxes": [{"code": "01"}]}, "items[0].taxes[0].rate"),
        (2, {"taxes": ["01"]}, "items[0].taxes[0].rate"),
        (2, {"withholding_taxes": [{"rate": "2.5"}]}, "items[0].withholding_taxes[0].code"),
        (2, {"withholding_taxes": [{"code": "06"}]}, "items[0].withholding_taxes[0].code"),
        (2, {"discount_rate": "10", "discount_amount": "100"}, "items[0].discount_amount"),
        (2, {"mandate": {"identification_document_code": "31"}}, "items[0].mandate.identification"),
    ],
)
def test_half_a_tax_or_discount_of_factus_is_a_problem(version: int, item: dict[str, Any], path: str) -> None:
    (problem,) = problems(of_factus(version, item))
    assert problem.startswith(f"{path}: ")


def test_a_tax_without_code_may_be_given_as_a_default() -> None:
    data = factus(order(2), 1)
    for item in data["items"]:
        del item["tribute_id"]
    made = from_factus(json.dumps(data), organization=SHOP, defaults={"line.tax": "01"})
    assert made.draft is not None
    whole = from_factus(json.dumps(factus(order(2), 1)), organization=SHOP)
    assert whole.draft is not None
    assert made.draft.details == whole.draft.details


def test_one_discount_said_in_two_ways_is_one() -> None:
    """Factus documents discount_rate and discount_amount as two ways to say one discount."""
    once = of_factus(2, {"discount_rate": "10", "price": "1000.00", "quantity": "2"})
    twice = of_factus(2, {"discount_rate": "10", "discount_amount": "200.00", "price": "1000.00", "quantity": "2"})
    assert problems(twice) == []
    assert twice.document == once.document
    assert [str(each.amount) for each in twice.document.lines[0].allowances] == ["200.00"]  # type: ignore[union-attr]


TAX = {"tax_amount": "1.00", "taxable_amount": "1.00", "percent": "19.00"}


@pytest.mark.parametrize(
    ("line", "change", "path"),
    [
        ({"tax_totals": [TAX]}, {}, "invoice_lines[0].tax_totals[0].tax_id"),
        ({"tax_totals": ["01"]}, {}, "invoice_lines[0].tax_totals[0].tax_id"),
        ({}, {"with_holding_tax_total": [TAX]}, "with_holding_tax_total[0].tax_id"),
        ({}, {"allowance_charges": [{"charge_indicator": False, "base_amount": "9"}]}, "allowance_charges"),
        ({}, {"allowance_charges": [{"amount": "1", "base_amount": "9"}]}, "allowance_charges[0].charge_indicator"),
        ({}, {"payment_form": None}, "payments"),
        ({}, {"idcurrency": 20}, "idcurrency"),
        ({}, {"calculationrate": "4012.35"}, "calculationrate"),
        ({}, {"calculationrate": "mucho"}, "calculationrate"),
        ({}, {"time": "10:15:00Z"}, "time"),
        ({}, {"time": "23:15:00+02:00"}, "time"),
    ],
)
def test_what_apidian_leaves_open_is_a_problem(line: dict[str, Any], change: dict[str, Any], path: str) -> None:
    (problem,) = problems(of_apidian(line, **change))
    assert problem.startswith(f"{path}: ")


def test_what_apidian_leaves_open_is_given_by_the_caller() -> None:
    defaults = {"payment.form": "1", "payment.means": "10", "currency": "COP"}
    made = of_apidian(options={"defaults": defaults}, payment_form=None, idcurrency=35, calculationrate=1)
    assert problems(made) == []
    assert made.document is not None
    assert (made.document.currency, made.document.payments[0].means) == ("COP", "10")
    assert problems(of_apidian(calculationrate="1.00")) == []
    foreign = of_apidian(options={"defaults": {"currency": "USD"}}, idcurrency=20, calculationrate="4012.35")
    assert foreign.document is not None
    assert foreign.document.exchange_rate is not None
    assert (foreign.document.currency, foreign.document.exchange_rate.rate) == ("USD", Decimal("4012.35"))


def test_lines_of_another_type_of_document_are_not_added() -> None:
    data = apidian(order(2))
    made = from_apidian(data | {"credit_note_lines": data["invoice_lines"]}, organization=SHOP)
    assert made.document == from_apidian(data, organization=SHOP).document
    left = [each for each in made.untaken if each.path.startswith("credit_note_lines[0]")]
    assert {each.reason for each in left if each.path.endswith((".description", ".percent"))} == {
        "aquí no se usó: otro campo ya dice ese dato, o falta el que lo completa."
    }


def test_half_a_tax_or_no_payment_of_facho_is_a_problem() -> None:
    for change, path in (
        (
            lambda given: setattr(given.invoice_lines[0].tax.subtotals[0], "percent", None),
            "invoice_lines[0].tax.subtotals[0]",
        ),
        (lambda given: setattr(given, "invoice_payment_mean", None), "payments"),
    ):
        given = facho_objects.invoice(order(2))
        change(given)
        (problem,) = problems(from_facho(given, organization=SHOP))
        assert problem.startswith(path)


ODD = {
    "infinite": float("inf"),
    "infinite decimal": Decimal("Infinity"),
    "a million digits": Decimal("1E+999999"),
    "digits lost": 1.2345678901234567e18,
    "too long an integer": 10**5000,
    "control character": "a\x00b",
}


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_odd_values_are_problems_and_never_break(value: Any) -> None:
    data = factus(order(2), 2)
    data["reference_code"] = data["items"][0]["code_reference"] = value
    data["observation"] = data["customer"]["phone"] = value
    made = from_factus(data, organization=SHOP)
    assert made.problems or value == "a\x00b"
    note = {"correction_concept_code": value, "customization_id": "20", "bill_number": INVOICE.number}
    made = from_factus(data | note | {"reference_code": "A1"}, organization=SHOP, corrects=INVOICE)
    assert "correction_concept_code" in {each.field for each in made.problems}
    given = facho_objects.invoice(order(2), invoice_ident=value)
    given.invoice_lines[0].item.id = value
    assert from_facho(given, organization=SHOP).problems
    for signalling in (Decimal("sNaN"), Decimal("NaN")):
        given = facho_objects.invoice(order(2))
        given.invoice_lines[0].price.amount = signalling
        assert from_facho(given, organization=SHOP).problems


def test_problems_are_at_the_other_system_s_own_paths() -> None:
    (problem,) = problems(of_factus(2, {"taxes": [{"code": "1", "rate": "19"}]}))
    assert problem.startswith("items[0].taxes[0]: ")
    charge = {"charge_indicator": False, "base_amount": "10"}
    (problem,) = problems(of_apidian({"allowance_charges": [charge]}))
    assert problem.startswith("invoice_lines[0]: ")


COMPARED = ("legal_monetary_totals.", "tax_totals[", "invoice_lines[0].line_extension", "customer.type_liability_id")
"""What is taken and changes nothing: amounts that are compared, and what the customer has anyway."""


def full_of_factus_1() -> tuple[dict[str, Any], Migrate]:
    data = factus(order(7), 1)
    data["items"] = data["items"][:1]
    return data, lambda given: from_factus(given, organization=SHOP, number="SETP990000001", issued_at=NOW)


def full_of_factus_2() -> tuple[dict[str, Any], Migrate]:
    data = factus(order(7), 2) | EVERYTHING_OF_FACTUS
    data["items"] = [data["items"][0] | ITEM_OF_FACTUS]
    return data, lambda given: from_factus(given, organization=SHOP, number="SETP990000001", issued_at=NOW)


def full_of_apidian() -> tuple[dict[str, Any], Migrate]:
    data = apidian(order(7)) | EVERYTHING_OF_APIDIAN
    data["invoice_lines"] = [data["invoice_lines"][0] | LINE_OF_APIDIAN]
    del data["billing_reference"]
    options: Any = {"defaults": {"currency": "USD"}, "tolerance": 10**9}
    return data, lambda given: from_apidian(given, organization=SHOP, **options)


def other(value: Any) -> Any:
    """Return another value of the same form."""
    if isinstance(value, bool):
        return not value
    try:
        return str(Decimal(value) + 1)
    except InvalidOperation:
        return f"{value}x"


def changed(data: dict[str, Any], path: str, *value: Any) -> dict[str, Any]:
    """Return the data with another value at a path, or without any."""
    copy: dict[str, Any] = json.loads(json.dumps(data))
    set_leaf(copy, path, *(value or [None]))
    return copy


def idle(data: dict[str, Any], migrate: Migrate) -> set[str]:
    """Return the fields that count as taken and that change nothing, whatever they say."""
    base = migrate(data)
    if base.document is None:
        return set()
    before = base.document, base.draft and base.draft.reference
    found = set()
    for path in base.taken:
        for variant in (changed(data, path), changed(data, path, other(value_at(data, path)))):
            made = migrate(variant)
            if made.problems or (made.document, made.draft and made.draft.reference) != before:
                break
        else:
            found.add(path)
    return found


def value_at(data: Any, path: str) -> Any:
    for step in re.findall(r"[^.\[\]]+", path):
        data = data[int(step) if step.isdecimal() else step]
    return data


@pytest.mark.parametrize("part", some_of(24, one_in=24))
@pytest.mark.parametrize("full", [full_of_factus_1, full_of_factus_2, full_of_apidian])
def test_what_counts_as_taken_changes_the_document(
    full: Callable[[], tuple[dict[str, Any], Migrate]], part: int
) -> None:
    """Whatever else is missing: no tax, discount or payment is «taken» into a document that does not say it."""
    data, migrate = full()
    for path in [None, *leaves(data)][part::24]:
        lacking = data if path is None else changed(data, path)
        left = {each for each in idle(lacking, migrate) if not each.startswith(COMPARED)}
        left = {each for each in left if not each.endswith(("tax_amount", "taxable_amount"))}
        assert left == set(), path


def test_names_with_dots_are_nobody_s_and_cost_no_time() -> None:
    """A field of the top may not pass for one inside, nor a name of a million dots stop the program."""
    data = factus(order(2), 2)
    planted = {"items[0].name": "x", "customer.email": "x", "a." * 500_000: "x"}
    started = process_time()
    made = from_factus(data | planted, organization=SHOP)
    assert process_time() - started < 2
    paths = [each.path for each in made.untaken]
    assert [path for path in paths if path.startswith("[")] == [f"[{name!r}]" for name in planted]
    assert made.taken.count("items[0].name") == 1
