"""`readiness` of issuers of other families: their parties, their numberings, and no word of the sales family's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime
from typing import Any

import pytest

from dian_fe import Address, Customer, Issuer, OrganizationState, Seller, check, readiness
from dian_fe.catalogs import Environment
from dian_fe.errors import InvalidInput
from dian_fe.families.registry import declared, find
from dian_fe.families.spec import DocumentKind
from dian_fe.faults import Certainty, Fault
from dian_fe.rules.company_checks import numbering_faults
from dian_fe.testing import Simulator
from tests.families.shapes import payroll, ticket
from tests.families.support.documents import bought, issuer_of

AT = datetime.fromisoformat("2026-03-02T10:00:00-05:00")


@pytest.fixture(autouse=True)
def _families() -> Iterator[None]:
    with ExitStack() as stack:
        for shape in (payroll, ticket):
            stack.enter_context(declared(shape.FAMILY))
        yield


def found(issuer: Issuer, customers: Any = (), **given: Any) -> dict[str, str]:
    return {fault.code: fault.path for fault in readiness(issuer, customers, at=AT, **given).own_faults}


def missing(issuer: Issuer, **given: Any) -> set[str]:
    return {item.code for item in readiness(issuer, at=AT, **given).not_evaluated}


@pytest.fixture
def buyer() -> Issuer:
    """Who issues support documents, and invoices too."""
    return issuer_of(Simulator())


def changed(issuer: Issuer, **changes: Any) -> Issuer:
    return issuer.replace(numberings=(issuer.numberings[0].replace(**changes),))


def test_ranges_with_a_pin_need_no_technical_key(buyer: Issuer) -> None:
    assert found(buyer) == {}
    alone = buyer.replace(resolution=buyer.numberings[0], numberings=())
    assert "no_technical_key" not in found(alone)
    given = [buyer.numberings[0]]
    assert "technical_key" not in missing(alone, associated=given)


def test_a_family_without_draft_is_told() -> None:
    assert "*" in missing(ticket.issuer_of(Simulator()))
    assert "*" in missing(ticket.issuer_of(Simulator()), kind="till_ticket")


@pytest.mark.parametrize("kind", ["support_document", "support_note"])
def test_parties_of_buyers_who_issue_keep_their_sides(buyer: Issuer, kind: str) -> None:
    mute = buyer.replace(organization=buyer.organization.replace(emails=()))
    assert found(mute, kind=kind) == {"no_email": "issuer.organization.emails"}
    nameless = Seller(id="1020304050", name="Ana Ejemplo", municipality="11001", address="Cl 5 # 4-3")
    assert found(buyer, [nameless], kind=kind) == {"no_email": "customers[0].emails"}
    homeless = Customer(id_type="13", id="1020304050", name="Ana Ejemplo", municipality="11001", emails="a@example.com")
    told = set(found(buyer, [homeless], kind=kind).values())
    assert told == {"customers[0].address", "customers[0].address.line", "customers[0].id_type"}
    address = Address(country="US", city="Miami", line="1 Main St")
    abroad = Seller(id_type="41", id="X1", name="Ann Example", address=address, emails="a@example.com")
    assert found(buyer, [abroad], kind=kind) == {}


def test_the_numbering_of_the_kind_is_judged_alone(buyer: Issuer) -> None:
    expired = changed(buyer, valid_from=date(2020, 1, 1), valid_to=date(2020, 2, 1))
    assert found(expired, kind="support_document") == {"DSAB10b": "issuer.numberings[0].valid_to"}
    unusable = buyer.replace(resolution=buyer.resolution.replace(technical_key=None))  # type: ignore[union-attr]
    assert found(unusable, kind="support_document") == {}
    assert "no_technical_key" in found(unusable)
    last = buyer.numberings[0].range_to
    assert found(buyer, kind="support_document", last_consecutive=last - 5) == {
        "numbers_end_soon": "issuer.numberings[0].range_to"
    }
    assert "numbers_left" in missing(buyer, kind="support_document")


def test_what_dian_gives_otherwise_has_the_code_of_its_kind(buyer: Issuer) -> None:
    given = [buyer.numberings[0], *([buyer.resolution] if buyer.resolution else ())]
    assert found(buyer, associated=given, kind="support_document") == found(buyer, associated=given) == {}
    other = changed(buyer, authorization="999")
    assert found(other, associated=given, kind="support_document") == {"DSAB10b": "issuer.numberings[0].authorization"}
    longer = changed(buyer, range_to=buyer.numberings[0].range_to + 1)
    (fault,) = readiness(longer, at=AT, associated=given, kind="support_document")
    assert fault.path == "issuer.numberings[0].range_to"
    assert (fault.code, fault.certainty, fault.rejects) == ("numbering_differs", Certainty.PROBABLE, True)


@pytest.mark.parametrize("field", ["authorization", "valid_from", "valid_to", "range_from", "range_to"])
def test_sales_codes_are_of_sales_numberings(buyer: Issuer, field: str) -> None:
    ours = buyer.numberings[0].replace(document_type=None)
    changes: dict[str, Any] = {
        "authorization": "999",
        "valid_from": date(2019, 1, 1),
        "valid_to": date(2090, 1, 1),
        "range_from": ours.range_from + 1,
        "range_to": ours.range_to + 1,
    }
    theirs = ours.replace(**{field: changes[field]})
    invoice = find("invoice")
    assert invoice is not None

    def told(*kinds: DocumentKind) -> list[Fault]:
        return list(numbering_faults(ours, "r", buyer.environment, AT.date(), None, [theirs], False, kinds))

    assert [fault.code for fault in told(invoice)] == [invoice.codes[field]]
    assert [fault.code for fault in told()] == ["numbering_differs"]


@pytest.mark.parametrize(("prefix", "told"), [("SEDS", True), ("SETP", False), ("DS", False)])
def test_each_family_has_its_own_test_range(buyer: Issuer, prefix: str, told: bool) -> None:
    issuer = changed(buyer, prefix=prefix).replace(environment=Environment.PRODUCCION)
    assert ("test_numbering" in found(issuer, kind="support_document")) is told


def test_a_missing_numbering_names_its_documents(buyer: Issuer) -> None:
    report = readiness(buyer.replace(resolution=None), at=AT)
    (fault,) = (fault for fault in report if fault.code == "no_resolution")
    assert fault.expected is not None
    assert "para Factura electrónica de venta" in fault.expected
    assert "soporte" not in fault.expected, "that one has its numbering"


def test_a_family_of_free_numbers_needs_no_resolution() -> None:
    employer = payroll.issuer_of(Simulator())
    assert found(employer, kind="pay") == {}
    assert "*" in missing(employer, kind="pay")
    own = employer.replace(software=payroll.SOFTWARE, softwares=())
    assert found(own) == {}
    assert "no_resolution" in found(employer), "its other software makes invoices too, as far as it says"
    assert "no_resolution" in found(own, kind="credit_note")


def test_only_invoicers_must_be_active(buyer: Issuer) -> None:
    state = OrganizationState(electronic_invoicing=False, prior_validation=False)
    idle = buyer.replace(organization=buyer.organization.replace(state=state))
    assert "not_electronic_invoicer" in found(idle)
    assert found(idle, kind="support_document") == {}
    assert "organization_state" in missing(buyer)
    assert "organization_state" not in missing(buyer, kind="support_document")
    assert check(bought("SEDS1", idle), issuer=idle).own_faults == ()


@pytest.mark.parametrize("kind", ["nothing", "zip", "application_response"])
def test_a_kind_that_nobody_issues_is_refused(buyer: Issuer, kind: str) -> None:
    with pytest.raises(InvalidInput, match="no se emite") as caught:
        readiness(buyer, at=AT, kind=kind)
    assert caught.value.field == "kind"
