"""The random equivalent documents leave no field or code out: what their properties claim, they claim of all."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from dian_fe import (
    CinemaTicket,
    EquivalentCreditNote,
    EquivalentDebitNote,
    PosTicket,
    TransportTicket,
    UtilityBill,
)
from dian_fe.catalogs import (
    CodeEnum,
    EquivalentCreditNoteConcept,
    EquivalentDebitNoteConcept,
    EquivalentNoteOperationType,
    ProductStandard,
)
from dian_fe.testing import random_document
from tests.contracts.properties.test_coverage import reachable, usual, walk
from tests.families.equivalent.documents import DOCUMENTS, NOTES

DOCUMENT_MODELS = (PosTicket, TransportTicket, CinemaTicket, UtilityBill)
MODELS = reachable([*DOCUMENT_MODELS, EquivalentCreditNote, EquivalentDebitNote])
NEVER_OURS = {
    *((model.__name__, "kind") for model in (*DOCUMENT_MODELS, EquivalentCreditNote, EquivalentDebitNote)),
    ("EquivalentCreditNote", "type_code"),  # fixed by the kind itself
    *((name, "operation") for name in ("PosTicket", "TransportTicket", "CinemaTicket")),
    ("TransportTicket", "taxes"),  # excluded from IVA
    ("EquivalentCreditNote", "prepayments"),  # UBL's CreditNote has no PrepaidPayment
    ("EquivalentDebitNote", "prepayments"),
    ("UtilityBill", "billing_references"),  # seen in tickets alone
    ("TaxTotal", "rounding"),  # other software's way of telling rounding
    ("ExchangeRate", "target_currency"),  # DIAN knows rates to COP only
    ("ExchangeRate", "target_base"),
    ("Prepayment", "collection_concept"),  # the health sector's
    ("EquivalentLine", "price_with_taxes"),  # from_lines parts it into price, base and taxes
    # No source has gifts or mandates in these documents.
    ("EquivalentLine", "free_of_charge"),
    ("EquivalentLine", "reference_price"),
    ("EquivalentLine", "principal"),
    ("EquivalentLine", "id_scheme"),
    *(("AlternativePrice", name) for name in ("amount", "type_code", "type")),
    # Pairs of names that DIAN does not have are other software's.
    *((name, "further") for name in ("SoftwareMaker", "BuyerBenefits", "PointOfSale", "Trip")),
    *(("NamedDatum", name) for name in ("name", "value")),
}


@cache
def documents() -> list[Any]:
    return [random_document(seed, kind) for kind in (*DOCUMENTS, *NOTES) for seed in range(70)]


def of(kind: str) -> list[Any]:
    return [each for each in documents() if each.kind == kind]


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
    assert fields - fields_used() <= NEVER_OURS


def test_the_exceptions_are_still_exceptions() -> None:
    assert NEVER_OURS & fields_used() == set()
    assert {(name, field) for name, model in MODELS.items() for field in model.model_fields} >= NEVER_OURS


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_every_type_and_operation(kind: str) -> None:
    model = type(of(kind)[0])
    assert {each.type_code for each in of(kind)} == {*model.TYPE_CODES}
    assert {each.operation for each in of(kind)} == {*model.OPERATIONS}


@pytest.mark.parametrize(
    ("kind", "concepts"), [(NOTES[0], EquivalentCreditNoteConcept), (NOTES[1], EquivalentDebitNoteConcept)]
)
def test_every_concept_and_type_adjusted(kind: str, concepts: type[CodeEnum]) -> None:
    assert {item.concept for each in of(kind) for item in each.corrections} == {member.value for member in concepts}
    assert {each.operation for each in of(kind)} == {member.value for member in EquivalentNoteOperationType}


def test_buyers_are_identified_or_not() -> None:
    for kind in (*DOCUMENTS, *NOTES):
        found = {each.customer.id == "222222222222" for each in of(kind)}
        assert found == {True, False}


def test_tickets_have_codes_of_items_bags_and_cash() -> None:
    tickets = of("pos_ticket")
    lines = [line for each in tickets for line in each.lines]
    assert all(line.standard_code for line in lines)
    assert {line.standard for line in lines} == {member.value for member in ProductStandard}
    assert any(total.code == "22" for line in lines for total in line.taxes)
    assert {payment.form for each in tickets for payment in each.payments} == {"1"}


def test_transport_is_excluded_from_iva() -> None:
    assert all(not each.taxes for each in of("transport_ticket"))
