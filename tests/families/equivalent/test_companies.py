"""A company that sells tickets: drafts, numbers of their own range, notes, contingency."""

from __future__ import annotations

from typing import Any

import pytest

from dian_fe import Company, Customer, Payment
from dian_fe.catalogs import IdType
from dian_fe.models.references import DocumentReference
from dian_fe.testing import Simulator
from tests.company.support import company_at
from tests.families.equivalent.documents import (
    DOCUMENTS,
    MAKER,
    NOTES,
    PREFIXES,
    SHOWING,
    TILL,
    TRIP,
    WATER,
    bag,
    issuer_of,
    shoes,
)

GROUPS: dict[str, dict[str, Any]] = {
    "pos_ticket": {"point_of_sale": TILL},
    "transport_ticket": {"trip": TRIP},
    "cinema_ticket": {"showing": SHOWING},
    "utility_bill": {"services": [WATER]},
}
ANA = Customer(id_type=IdType.CEDULA_DE_CIUDADANIA, id="1020304050", name="Ana Ejemplo")


@pytest.fixture
def company() -> Company:
    dian = Simulator()
    return company_at(dian, issuer=issuer_of(dian))


def drafted(company: Company, kind: str = "pos_ticket", **changes: Any) -> Any:
    given = {"lines": [shoes(), bag()], "payment": Payment.cash(), "maker": MAKER, **GROUPS[kind]}
    return getattr(company, kind)(**(given | changes))


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_it_numbers_and_issues_each_kind(company: Company, kind: str) -> None:
    issued = [company.issue(drafted(company, kind)) for _ in range(2)]
    assert [each.number for each in issued] == [f"{PREFIXES[kind]}1", f"{PREFIXES[kind]}2"]
    assert all(each.accepted for each in issued)


@pytest.mark.parametrize("note", NOTES)
def test_it_adjusts_what_it_issued(company: Company, note: str) -> None:
    issued = company.issue(drafted(company, customer=ANA))
    made = company.issue(getattr(company, note)(issued, concept="1", lines=[shoes(1)]))
    assert made.accepted
    assert made.document.operation == "20"


def test_a_ticket_is_sold_anew_after_its_note(company: Company) -> None:
    issued = company.issue(drafted(company))
    annulled = company.issue(company.equivalent_credit_note(issued, concept="2"))
    before = DocumentReference(
        number=annulled.number,
        key=annulled.key,
        key_scheme="CUDE-SHA384",
        issue_date=annulled.document.issue_date,
        type_code="94",
    )
    again = company.issue(drafted(company, billing_references=[before]))
    assert again.accepted
    assert again.document.billing_references == (before,)


def test_contingency_keeps_the_number_of_what_was_handed_over(company: Company) -> None:
    draft = drafted(company, number="EPOS9", type_code="08", additional_references=[DocumentReference(number="EPOS9")])
    issued = company.issue(draft)
    assert (issued.number, issued.accepted, issued.document.type_code) == ("EPOS9", True, "08")


def test_json_may_leave_the_buyer_out(company: Company) -> None:
    values = {
        "kind": "pos_ticket",
        "lines": [shoes().model_dump(mode="json", exclude_none=True)],
        "payment": {"form": "1", "means": "10"},
        "maker": MAKER.model_dump(mode="json"),
        "point_of_sale": TILL.model_dump(mode="json", exclude_none=True),
    }
    issued = company.issue(company.load(values))
    assert issued.accepted
    assert issued.document.customer.name == "Consumidor Final"


def test_its_methods_are_found(company: Company) -> None:
    assert {*DOCUMENTS, *NOTES} <= {*dir(company)}
    assert not hasattr(company, "toll_receipt")
