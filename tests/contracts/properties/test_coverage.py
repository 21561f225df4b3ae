"""The random documents leave no field, code or feature out: what the properties claim, they claim of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from dian_fe.catalogs import (
    AllowanceReason,
    CreditNoteConcept,
    DebitNoteConcept,
    DeliveryTerms,
    HealthCollectionConcept,
    HealthCoverage,
    HealthPaymentModality,
    IdType,
    OperationType,
    OrganizationType,
    PartyTaxScheme,
    PaymentForm,
    PaymentMeans,
    ProductStandard,
    ReferencePrice,
    Responsibility,
    TaxCode,
)
from dian_fe.families.sales.models import CreditNote, DebitNote, Invoice
from tests.contracts.properties.corpus import every_document

pytestmark = pytest.mark.slow

ONLY_ONE_VALUE = {("Invoice", "kind"), ("CreditNote", "kind"), ("DebitNote", "kind"), ("CreditNote", "type_code")}
"""Fields that the kind itself fixes."""
NEVER_OURS = {  # these go through in test_what_the_random_documents_leave_out
    ("TaxTotal", "rounding"),  # other software's way of telling rounding; from_lines never needs it
    ("CreditNote", "prepayments"),  # UBL's CreditNote has no PrepaidPayment: the writer refuses it
    ("ExchangeRate", "target_currency"),  # DIAN knows rates to COP only
    ("ExchangeRate", "target_base"),
    (
        "Line",
        "price_with_taxes",
    ),  # from_lines parts it into price, base and taxes (tests/models)
}


@cache
def documents() -> list[Any]:
    return every_document()


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def reachable(roots: Iterable[type[BaseModel]]) -> dict[str, type[BaseModel]]:
    """Return every model that a document may hold."""
    found: dict[str, type[BaseModel]] = {}
    waiting = list(roots)
    while waiting:
        model = waiting.pop()
        if model.__name__ not in found:
            found[model.__name__] = model
            for info in model.model_fields.values():
                waiting.extend(_models_in(info.annotation))
    return found


MODELS = reachable([Invoice, CreditNote, DebitNote])


def usual(info: FieldInfo, value: Any) -> bool:
    """True if a value is absent, or the default of its field."""
    if value is None or value == ():
        return True
    return not info.is_required() and info.default_factory is None and value == info.default


def walk(value: Any) -> Iterator[BaseModel]:
    if isinstance(value, BaseModel):
        yield value
        for name in type(value).model_fields:
            yield from walk(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from walk(item)


@cache
def fields_used() -> frozenset[tuple[str, str]]:
    return frozenset(
        (type(model).__name__, name)
        for document in documents()
        for model in walk(document)
        for name, info in type(model).model_fields.items()
        if not usual(info, getattr(model, name))
    )


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_field_says_something_in_some_document(name: str) -> None:
    fields = {(name, field) for field in MODELS[name].model_fields}
    assert fields - fields_used() <= ONLY_ONE_VALUE | NEVER_OURS


def test_the_exceptions_are_still_exceptions() -> None:
    known = {(name, field) for name, model in MODELS.items() for field in model.model_fields}
    assert (ONLY_ONE_VALUE | NEVER_OURS) & fields_used() == set()
    assert known >= ONLY_ONE_VALUE | NEVER_OURS


def test_every_kind_and_operation() -> None:
    kinds: dict[str, set[str]] = {}
    for document in documents():
        kinds.setdefault(document.kind, set()).add(document.operation)
    assert kinds == {
        model.model_fields["kind"].default: set(model.OPERATIONS) for model in (Invoice, CreditNote, DebitNote)
    }
    assert set().union(*kinds.values()) == {member.value for member in OperationType}


def test_every_type_of_invoice() -> None:
    assert {d.type_code for d in documents() if d.kind == "invoice"} == {"01", "02", "03", "04"}


def _codes(model: str, field: str) -> set[Any]:
    return {getattr(item, field) for document in documents() for item in walk(document) if type(item).__name__ == model}


def test_every_code_of_the_short_lists() -> None:
    assert _codes("TaxSubtotal", "code") == {member.value for member in TaxCode}
    assert _codes("Payment", "form") == {member.value for member in PaymentForm}
    assert _codes("Payment", "means") == {member.value for member in PaymentMeans}
    assert _codes("AllowanceCharge", "reason_code") == {member.value for member in AllowanceReason}
    assert _codes("AlternativePrice", "type_code") == {member.value for member in ReferencePrice}
    assert _codes("Line", "standard") - {None} == {member.value for member in ProductStandard}
    assert _codes("Party", "id_type") == {member.value for member in IdType}
    assert _codes("Party", "organization_type") == {member.value for member in OrganizationType}
    assert _codes("Party", "tax_scheme") == {member.value for member in PartyTaxScheme}
    assert {code for codes in _codes("Party", "responsibilities") for code in codes} == {
        m.value for m in Responsibility
    }
    assert _codes("DeliveryTerms", "incoterm") == {member.value for member in DeliveryTerms}
    assert _codes("Prepayment", "collection_concept") - {None} == {member.value for member in HealthCollectionConcept}
    assert _codes("HealthDatum", "code") - {None} == {
        member.value for members in (HealthCoverage, HealthPaymentModality) for member in members
    }


@pytest.mark.parametrize(("kind", "concepts"), [("credit_note", CreditNoteConcept), ("debit_note", DebitNoteConcept)])
def test_every_concept_of_correction(kind: str, concepts: Any) -> None:
    found = {item.concept for document in documents() if document.kind == kind for item in document.corrections}
    assert found == {member.value for member in concepts}


def test_kinds_of_tax_on_lines() -> None:
    rates = [s for d in documents() for line in d.lines for total in line.taxes for s in total.subtotals]
    assert any(s.percent == 0 for s in rates)
    assert any(s.per_unit_amount is not None for s in rates)
    assert any(not line.taxes for d in documents() for line in d.lines), "excluded goods"
    assert any(len(line.taxes) > 1 for d in documents() for line in d.lines)
    assert any(
        s.taxable != line.amount for d in documents() for line in d.lines for t in line.taxes for s in t.subtotals
    )
    withheld = {s.code for d in documents() if d.kind == "invoice" for t in d.withholdings for s in t.subtotals}
    assert withheld == {member.value for member in TaxCode if member.kind == "withholding"}


def test_what_documents_combine() -> None:
    every = documents()
    assert any(len(d.payments) > 1 for d in every)
    assert any(len(d.payment_terms) > 1 and all(t.amount for t in d.payment_terms) for d in every), "instalments"
    assert any(d.currency == "USD" for d in every)
    assert any(line.free_of_charge for d in every for line in d.lines)
    assert any(line.principal for d in every if d.operation == "11" for line in d.lines)
    assert any(line.notes for d in every if d.operation == "09" for line in d.lines)
    assert any(line.properties for d in every if d.operation == "12" for line in d.lines)
    assert all(
        d.health and d.period for d in every if d.operation.startswith("SS-") and not d.notes and d.kind == "invoice"
    )
    assert all(d.delivery_terms for d in every if getattr(d, "type_code", "") == "02")
    assert any(d.customer.id == "222222222222" for d in every)
    assert any(d.customer.address and d.customer.address.country not in {"CO", None} for d in every)
    assert any(d.customer.registration_address for d in every)
    assert any(d.operation in {"22", "32"} and d.period and not d.billing_references for d in every)
    assert any(d.prepayments and d.totals.payable < d.totals.tax_inclusive for d in every)
    assert any(not a.is_charge for d in every for a in d.allowances)
    assert any(a.is_charge for d in every for line in d.lines for a in line.allowances)


def test_sizes_from_tiny_to_huge() -> None:
    every = documents()
    assert {1, 2, 3, 4} <= {len(d.lines) for d in every}
    assert max(len(d.lines) for d in every) >= 35
    prices = [line.price for d in every for line in d.lines if line.price]
    assert min(prices) < Decimal("0.00001")
    assert max(prices) > 10**10
    assert {-int(price.as_tuple().exponent) for price in prices} >= {0, 1, 2, 4, 6}
    texts = [line.description for d in every for line in d.lines] + [note for d in every for note in d.notes]
    assert max(map(len, texts)) >= 2900


def test_texts_of_every_sort() -> None:
    everything = "".join(note for d in documents() for note in (*d.notes, *(line.description for line in d.lines)))
    for sample in (
        "&",
        "<",
        ">",
        '"',
        "'",
        "]]>",
        "\n",
        "\t",
        "\r",
        "\u2028",
        "\u0085",
        "\u00a0",
        "שלום",
        "日",
        "é",
        "€",
    ):
        assert sample in everything, repr(sample)
    assert {len(character.encode()) for character in everything} == {1, 2, 3, 4}
