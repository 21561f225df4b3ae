"""Ready means ready: readiness says what check says of the same company, numbering and customers, and no less."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dian_fe import (
    AS_READ,
    Address,
    Customer,
    Invoice,
    Issuer,
    Line,
    Organization,
    OrganizationState,
    Party,
    Payment,
    build,
    check,
    iva,
    readiness,
    sign,
    usable_emails,
)
from dian_fe.catalogs import Environment
from dian_fe.errors import InvalidInput, NotAllowed
from dian_fe.faults import Certainty, Fault, Severity
from dian_fe.models.document import TradeDocument
from dian_fe.testing import ToyPki
from tests.rules.bases import BUYER, ISSUER, SHOP

AT = datetime(2026, 3, 2, 15, 15, tzinfo=UTC)
PRODUCTION = ISSUER.replace(
    environment=Environment.PRODUCCION,
    resolution=ISSUER.resolution.replace(prefix="FE", authorization="18764000000001"),  # type: ignore[union-attr]
)


def sold(issuer: Issuer, customer: Customer | Party = BUYER, at: datetime = AT) -> TradeDocument:
    assert issuer.resolution is not None
    document = Invoice.from_lines(
        number=f"{issuer.resolution.prefix}{issuer.resolution.range_from}",
        issued_at=at,
        supplier=SHOP,
        customer=BUYER,
        lines=[Line(description="Café", quantity=1, price=1000, standard_code="1", standard="999", taxes=[iva(5)])],
        payment=Payment.cash(),
    )
    party = customer if isinstance(customer, Party) else customer.party()
    return document.replace(supplier=issuer.organization.party(), customer=party)


def of_parties(faults: Any, names: tuple[str, str]) -> set[tuple[str, str]]:
    """Return code and place below the party, whatever the party is called."""
    return {
        (fault.code, fault.path.removeprefix(name)) for fault in faults for name in names if fault.path.startswith(name)
    }


def company(**changes: Any) -> Issuer:
    return ISSUER.replace(organization=SHOP.replace(**changes))


NOWHERE = Organization(nit=SHOP.nit, name="Tienda Ejemplo SAS")
UNLISTED = BUYER.party().replace(address=BUYER.party().address.replace(postal_code="999999"))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("issuer", "customer"),
    [
        (ISSUER.replace(organization=NOWHERE), BUYER),
        (company(responsibilities=("O-05",)), BUYER),
        (company(tax_scheme="99"), BUYER),
        (company(emails=()), BUYER),
        (ISSUER, BUYER.replace(responsibilities=("O-07",))),
        (ISSUER, BUYER.replace(tax_scheme="XX", tax_scheme_name="Ninguno")),
        (ISSUER, BUYER.party().replace(check_digit="9")),
        (ISSUER, BUYER.party().replace(id_type="77")),
        (ISSUER, UNLISTED),
    ],
)
def test_readiness_says_of_parties_what_check_says(issuer: Issuer, customer: Customer | Party) -> None:
    """An organization without municipality and address was ready, and every document of it rejected."""
    by_check = check(build(sold(issuer, customer), issuer), issuer=issuer)
    told = readiness(issuer, [customer], at=AT)
    expected = of_parties(by_check, ("supplier", "customer"))
    assert expected
    found = of_parties(told, ("issuer.organization", "customers[0]"))
    assert expected <= found
    assert all(code.islower() for code, _ in found - expected)
    assert {fault.code for fault in by_check.rejected} <= {fault.code for fault in told.rejected}


def test_a_company_without_place_is_not_ready() -> None:
    report = readiness(ISSUER.replace(organization=NOWHERE), at=AT)
    assert "FAJ28" in {fault.code for fault in report if fault.rejects}
    assert not report.ok


@pytest.mark.parametrize(
    ("at", "codes"),
    [
        (datetime(2030, 1, 20, 12, tzinfo=UTC), {"FAD09b"}),
        (datetime(2019, 1, 18, 12, tzinfo=UTC), {"FAD09a"}),
        (datetime(2030, 1, 19, 12, tzinfo=UTC), set()),
    ],
)
def test_the_day_of_the_resolution_is_judged_by_the_rules(at: datetime, codes: set[str]) -> None:
    assert {fault.code for fault in readiness(ISSUER, at=at) if fault.rejects} == codes


def test_one_customer_does_not_hide_another() -> None:
    party = BUYER.party()
    unusable = party.replace(emails=("bien@example.com", "mal@", "BIEN@example.com", "otra@example.com"))
    found = [(fault.code, fault.path, fault.found) for fault in readiness(ISSUER, [unusable, UNLISTED], at=AT)]
    assert ("bad_email", "customers[0].emails[1]", "mal@") in found
    assert ("repeated_email", "customers[0].emails[2]", "BIEN@example.com") in found
    assert any(code == "FAK57" and path.startswith("customers[1]") for code, path, _ in found)


@pytest.mark.parametrize(
    ("given", "usable", "told"),
    [
        ("a@example.com; b@example.com", ("a@example.com", "b@example.com"), []),
        ("a@example.com,b@example.com\n c@example.com ", ("a@example.com", "b@example.com", "c@example.com"), []),
        (["a@example.com", "mal@", "A@example.com"], ("a@example.com",), ["bad_email", "repeated_email"]),
        (["a@example.com", "a@example.com"], ("a@example.com",), ["repeated_email"]),
        ("no tiene", (), ["bad_email", "bad_email"]),
        ("", (), []),
        (None, (), []),
    ],
)
def test_usable_emails_sorts_what_forms_have(given: Any, usable: tuple[str, ...], told: list[str]) -> None:
    found = usable_emails(given)
    assert (found.usable, [fault.code for fault in found.faults]) == (usable, told)
    assert not any(fault.rejects for fault in found.faults)
    customer = Customer(id_type="13", id="1020304050", name="Ana Ejemplo", emails=found.usable)
    assert not {"bad_email", "repeated_email"} & {fault.code for fault in readiness(ISSUER, [customer], at=AT)}


@pytest.mark.parametrize(
    ("municipality", "postal_code", "told"),
    [("05001", "110111", True), ("76001", "050001", True), ("11001", "110111", False), ("05001", "000000", False)],
)
def test_a_postal_code_of_another_municipality_is_told(municipality: str, postal_code: str, told: bool) -> None:
    stored = {"municipality": municipality, "postal_code": postal_code, "line": "Cl 1"}
    party = BUYER.party().replace(address=Address.model_validate(stored, context=AS_READ))
    codes = {fault.code for fault in readiness(ISSUER, [party], at=AT)}
    assert ("postal_code_elsewhere" in codes) is told


@pytest.mark.parametrize(
    ("field", "value"),
    [("department", "CUNDINAMARCA"), ("department_code", "25"), ("city", "CALI"), ("country", "US")],
)
def test_a_stored_place_that_denies_itself_is_told(field: str, value: str) -> None:
    stored = Address.model_validate({"municipality": "05001", "line": "Cl 1", field: value}, context=AS_READ)
    for name in ("address", "registration_address"):
        report = readiness(ISSUER, [BUYER.party().replace(**{name: stored})], at=AT)
        told = [fault.path for fault in report if fault.code == "place_contradicts"]
        assert told == [f"customers[0]{'' if name == 'address' else '.' + name}.{field}"]


INACTIVE: tuple[dict[str, Any], ...] = (
    {"electronic_invoicing": False},
    {"prior_validation": False},
    {"start_date": date(2026, 3, 3)},
    {"electronic_invoicing": True, "prior_validation": False},
)
STATE_CODES = {"not_electronic_invoicer", "no_prior_validation", "not_started"}


def states(report: Any) -> list[Fault]:
    return [fault for fault in report if fault.code in STATE_CODES]


@pytest.mark.parametrize("state", INACTIVE)
def test_check_tells_of_a_company_that_is_not_active(state: dict[str, Any]) -> None:
    """B16 and B17: told everywhere, a likely rejection in production, advice while the company is still trying."""
    for base, advice in ((ISSUER, True), (PRODUCTION, False)):
        issuer = base.replace(organization=SHOP.replace(state=OrganizationState(**state)))
        document = sold(issuer)
        reports = (
            readiness(issuer, at=AT),
            check(document, issuer=issuer),
            check(build(document, issuer), issuer=issuer),
        )
        for report in reports:
            (fault,) = states(report)
            assert "no se puede deshacer" in fault.hint
            assert fault.rejects is not advice
            assert not fault.stops
            assert (fault.severity is Severity.CONSEJO) is advice
            assert advice or fault.certainty is Certainty.PROBABLE


@pytest.mark.parametrize(
    "state",
    [{}, {"electronic_invoicing": True, "prior_validation": True}, {"start_date": date(2026, 3, 2)}],
)
def test_a_state_that_is_active_or_not_told_is_no_finding(state: dict[str, Any]) -> None:
    issuer = PRODUCTION.replace(organization=SHOP.replace(state=OrganizationState(**state)))
    assert not states(readiness(issuer, at=AT))
    assert not states(check(sold(issuer), issuer=issuer))


def test_nothing_is_taken_for_active_that_is_not_told() -> None:
    assert not OrganizationState().active(AT.date())
    assert not OrganizationState(electronic_invoicing=True).active(AT.date())
    active = OrganizationState(electronic_invoicing=True, prior_validation=True, start_date="2026-03-02")
    assert active.active(date(2026, 3, 2))
    assert not active.active(date(2026, 3, 1))


def test_activation_must_be_spelled_and_says_that_it_is_final() -> None:
    for given in (False, None, 1, "True"):
        with pytest.raises(NotAllowed, match="no se puede deshacer") as caught:
            SHOP.activated(date(2026, 3, 2), cannot_be_undone=given)  # type: ignore[arg-type]
        assert caught.value.field == "cannot_be_undone"
    with pytest.raises(TypeError):
        SHOP.activated(date(2026, 3, 2))  # type: ignore[call-arg]
    active = SHOP.activated(date(2026, 3, 2), cannot_be_undone=True)
    assert active.state.active(date(2026, 3, 2))
    assert active.replace(state=SHOP.state) == SHOP
    assert active.activated(date(2026, 3, 2), cannot_be_undone=True) == active
    with pytest.raises(NotAllowed, match="no se puede cambiar"):
        active.activated(date(2026, 4, 1), cannot_be_undone=True)


RANGE = PRODUCTION.resolution
assert RANGE is not None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"prefix": "FV"}, "prefix_not_associated"),
        ({"technical_key": "0" * 40}, "other_technical_key"),
        ({"authorization": "18764000000002"}, "FAB05b"),
        ({"valid_from": "2020-01-01"}, "FAB07b"),
        ({"valid_to": "2029-01-01"}, "FAB08b"),
        ({"range_from": 1}, "FAB11b"),
        ({"range_to": 995000001}, "FAB12b"),
        ({}, None),
    ],
)
def test_the_numbering_is_compared_with_what_dian_gives(change: dict[str, Any], code: str | None) -> None:
    assert RANGE is not None
    other = RANGE.replace(prefix="XX", authorization="18764000000009")
    report = readiness(PRODUCTION, at=AT, associated=[other, RANGE.replace(**change)])
    assert {fault.code for fault in report} == ({code} if code else set())
    assert not any("fc8eac42" in str(fault.as_dict()) for fault in report)


KINDS: tuple[tuple[str, Callable[[TradeDocument], TradeDocument]], ...] = (
    ("tomorrow", lambda document: document),
    ("contingency 03", lambda document: document.replace(type_code="03")),
    ("contingency 04", lambda document: document.replace(type_code="04")),
)


@pytest.mark.parametrize(("name", "make"), KINDS)
def test_check_tells_what_can_no_longer_be_signed(name: str, make: Callable[[TradeDocument], TradeDocument]) -> None:
    """FAD09e, before sign refuses it; contingency is transcribed and signed on another day."""
    document = make(sold(ISSUER))
    built = build(document, ISSUER)
    late = AT + timedelta(days=1)
    codes = {"FAD09e"} if name == "tomorrow" else set()
    for subject in (document, built):
        assert {fault.code for fault in check(subject, issuer=ISSUER, at=late) if "09" in fault.code} == codes
        assert not {fault.code for fault in check(subject, issuer=ISSUER, at=AT) if "09" in fault.code}
        assert not {fault.code for fault in check(subject, issuer=ISSUER) if "09" in fault.code}
    if not codes:
        signed = sign(built, ToyPki(7).signer(SHOP.nit), at=late)
        assert not {fault.code for fault in check(signed, issuer=ISSUER, at=late) if "09" in fault.code}


RANGE = PRODUCTION.resolution
assert RANGE is not None


@pytest.mark.parametrize("order", [1, -1])
def test_one_authorization_may_have_several_ranges(order: int) -> None:
    other = RANGE.replace(range_from=RANGE.range_to + 1, range_to=RANGE.range_to + 500)
    given = [other, RANGE][::order]
    report = readiness(PRODUCTION, at=AT, associated=given)
    assert not [fault.code for fault in report if fault.path.startswith("issuer.resolution")]
    moved = readiness(PRODUCTION, at=AT, associated=[other, RANGE.replace(range_to=RANGE.range_to - 1)])
    assert [fault.code for fault in moved if fault.code.startswith("FAB")] == ["FAB12b"]


def test_a_range_given_without_key_is_not_another_key() -> None:
    report = readiness(PRODUCTION, at=AT, associated=[RANGE.replace(technical_key=None)])
    assert "other_technical_key" not in {fault.code for fault in report}
    assert "technical_key" in {missing.code for missing in report.not_evaluated}


@pytest.mark.parametrize(
    ("customers", "field"),
    [
        (BUYER, "customers"),
        ({"id": "1"}, "customers"),
        ([BUYER, {"id": "1"}], "customers[1]"),
        ([None], "customers[0]"),
    ],
)
def test_what_is_no_list_of_customers_is_refused(customers: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        readiness(ISSUER, customers, at=AT)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("given", "usable"),
    [
        (["a@example.com;b@example.com", None, ""], ("a@example.com", "b@example.com")),
        ("Ana Ejemplo <ana@example.com>, mailto:b@example.com", ("ana@example.com", "b@example.com")),
        ('"Ejemplo Ana" <ana@example.com>;<b@example.com>', ("ana@example.com", "b@example.com")),
        ("MAILTO:a@example.com a@example.com", ("a@example.com",)),
    ],
)
def test_emails_are_found_as_address_books_write_them(given: Any, usable: tuple[str, ...]) -> None:
    found = usable_emails(given)
    assert found.usable == usable
    assert "bad_email" not in {fault.code for fault in found.faults}


@pytest.mark.parametrize("given", [5, b"a@example.com", [["a@example.com"]], {"a@example.com": 1}])
def test_what_is_no_text_is_no_email(given: Any) -> None:
    with pytest.raises(InvalidInput, match="emails"):
        usable_emails(given)


def test_an_activation_has_its_date() -> None:
    with pytest.raises(InvalidInput, match="start_date"):
        SHOP.activated(None, cannot_be_undone=True)  # type: ignore[arg-type]
