"""The random support documents leave no field, code or feature out: what their properties claim, they claim of all."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from dian_fe import SupportDocument, SupportLine, SupportNote
from dian_fe.catalogs import (
    AllowanceReason,
    OrganizationType,
    PartyTaxScheme,
    PaymentForm,
    ProductStandard,
    Responsibility,
    SupportDocumentNoteConcept,
    SupportDocumentTransmission,
)
from dian_fe.testing import random_document
from tests.contracts.properties.test_coverage import reachable, usual, walk

MODELS = reachable([SupportDocument, SupportNote])
NEVER_OURS = {
    ("SupportDocument", "kind"),  # fixed by the kind itself
    ("SupportDocument", "type_code"),
    ("SupportNote", "kind"),
    ("SupportNote", "type_code"),
    ("SupportNote", "prepayments"),  # UBL's CreditNote has no PrepaidPayment
    ("TaxTotal", "rounding"),  # other software's way of telling rounding
    ("TaxSubtotal", "per_unit_amount"),  # IVA and the withholdings have rates only
    ("TaxSubtotal", "base_unit_measure"),
    ("TaxSubtotal", "base_unit"),
    ("ExchangeRate", "target_currency"),  # DIAN knows rates to COP only
    ("ExchangeRate", "target_base"),
    ("Prepayment", "collection_concept"),  # the health sector's
    ("SupportLine", "price_with_taxes"),  # from_lines parts it into price, base and taxes
    # What annex 1.1 lists of a line (ds.md, section 6) has neither gifts nor mandates.
    ("SupportLine", "free_of_charge"),
    ("SupportLine", "reference_price"),
    ("SupportLine", "principal"),
    ("SupportLine", "id_scheme"),
    *(("AlternativePrice", name) for name in ("amount", "type_code", "type")),
}


@cache
def documents() -> list[Any]:
    return [random_document(seed, kind) for kind in ("support_document", "support_note") for seed in range(120)]


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


def _codes(model: str, field: str) -> set[Any]:
    return {getattr(item, field) for document in documents() for item in walk(document) if type(item).__name__ == model}


def test_every_code_of_the_short_lists() -> None:
    assert {(each.kind, each.operation) for each in documents()} == {
        (kind, operation) for kind in ("support_document", "support_note") for operation in ("10", "11")
    }
    assert _codes("Purchase", "transmission") == {member.value for member in SupportDocumentTransmission}
    assert _codes("Payment", "form") == {member.value for member in PaymentForm}
    assert _codes("AllowanceCharge", "reason_code") == {member.value for member in AllowanceReason}
    assert _codes("SupportLine", "standard") - {None} == {member.value for member in ProductStandard}
    assert {each.customer.tax_scheme for each in documents()} == {member.value for member in PartyTaxScheme}
    for side in ("supplier", "customer"):
        parties = [getattr(each, side) for each in documents()]
        assert {each.organization_type for each in parties} == {member.value for member in OrganizationType}
        said = {code for each in parties for code in each.responsibilities}
        assert said == {member.value for member in Responsibility}


@pytest.mark.parametrize("concept", SupportDocumentNoteConcept)
def test_every_concept_of_correction(concept: SupportDocumentNoteConcept) -> None:
    assert any(item.concept == concept for each in of("support_note") for item in each.corrections)


def test_sellers_are_persons_companies_and_people_abroad() -> None:
    sellers = [(each.operation, each.supplier) for each in documents()]
    residents = [seller for operation, seller in sellers if operation == "10"]
    assert {each.id_type for each in residents} == {"31"}
    assert {each.organization_type for each in residents} == {"1", "2"}
    assert all(each.address.country == "CO" and each.address.postal_code for each in residents)
    assert any(each.address.postal_code == "000000" for each in residents)
    abroad = [seller for operation, seller in sellers if operation == "11"]
    assert {each.id_type for each in abroad} == {"13", "21", "22", "31", "41", "42", "47", "50"}
    assert all(each.address.country != "CO" for each in abroad)


def test_lines_are_bought_one_by_one_or_in_a_week() -> None:
    bought = {
        (
            each.kind,
            line.purchase and line.purchase.transmission,
            line.purchase and line.purchase.date < each.issue_date,
        )
        for each in documents()
        for line in each.lines
    }
    assert {("support_document", "1", True), ("support_document", "1", False), ("support_note", None, None)} <= bought
    for each in of("support_document"):
        days = [line.purchase.date for line in each.lines]
        ways = {line.purchase.transmission for line in each.lines}
        assert len(ways) == 1, "a document is sent in one way"
        if ways == {"2"}:
            assert (each.issue_date - min(days)).days < 7, "the days of a week"


def test_rates_and_withholdings() -> None:
    lines: list[SupportLine] = [line for each in documents() for line in each.lines]
    rates = {str(rate.percent) for line in lines for total in line.taxes for rate in total.subtotals}
    assert {"0", "5", "19"} == rates
    assert any(not line.taxes for line in lines), "excluded goods"
    assert any(len(each.taxes[0].subtotals) > 1 for each in documents() if each.taxes), "several rates"
    ways = {tuple(sorted(held.code for held in line.withholdings)) for line in lines}
    assert ways == {(), ("05",), ("06",), ("05", "06")}


def test_what_documents_combine() -> None:
    every = documents()
    assert any(each.currency == "USD" for each in every)
    assert any(len(each.payments) > 1 for each in every)
    assert any(each.prepayments and each.totals.payable < each.totals.tax_inclusive for each in every)
    assert any(each.totals.payable_rounding for each in every)
    assert {item.is_charge for each in every for item in each.allowances} == {True, False}
    assert {item.is_charge for each in every for line in each.lines for item in line.allowances} == {True, False}
    assert max(len(line.description) for each in every for line in each.lines) == 300
    assert any(each.annuls and each.allowances for each in of("support_note"))
    assert any(each.operation == "11" and each.currency != "COP" for each in of("support_document"))
