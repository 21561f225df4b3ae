"""Readiness names what is missing before the first document, with its remedy."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dian_fe import Customer, Issuer, OrganizationState, Software, readiness
from dian_fe.catalogs import Environment, IdType
from dian_fe.errors import NaiveDatetime
from dian_fe.faults import Severity
from dian_fe.rules.company_checks import FEW_NUMBERS
from tests.rules.bases import BUYER, ISSUER, SHOP
from tests.rules.harness import Certificate

AT = datetime(2026, 3, 2, 15, 15, tzinfo=UTC)
CERTIFICATE = Certificate()


def told(
    issuer: Issuer = ISSUER, customers: Any = (BUYER,), at: datetime = AT, **given: Any
) -> dict[str, tuple[str, Severity]]:
    given = {"last_consecutive": 990000000, "certificate": CERTIFICATE, **given}
    return {fault.code: (fault.path, fault.severity) for fault in readiness(issuer, customers, at=at, **given)}


def with_state(**state: Any) -> Issuer:
    return ISSUER.replace(organization=SHOP.replace(state=OrganizationState(**state)))


def with_resolution(**changes: Any) -> Issuer:
    return ISSUER.replace(resolution=ISSUER.resolution.replace(**changes))  # type: ignore[union-attr]


R, A = Severity.RECHAZO, Severity.CONSEJO


def test_a_company_that_is_ready() -> None:
    assert told() == {}


@pytest.mark.parametrize(
    ("issuer", "code", "path", "severity"),
    [
        (with_state(electronic_invoicing=False), "not_electronic_invoicer",
         "issuer.organization.state.electronic_invoicing", A),
        (with_state(prior_validation=False), "no_prior_validation", "issuer.organization.state.prior_validation", A),
        (with_state(start_date="2026-03-03"), "not_started", "issuer.organization.state.start_date", A),
        (ISSUER.replace(resolution=None), "no_resolution", "issuer.resolution", R),
        (with_resolution(valid_to="2026-03-01"), "FAD09b", "issuer.resolution.valid_to", R),
        (with_resolution(valid_from="2026-03-03"), "FAD09a", "issuer.resolution.valid_from", R),
        (with_resolution(valid_to="2026-04-01"), "resolution_ends_soon", "issuer.resolution.valid_to", A),
        (with_resolution(technical_key=None), "no_technical_key", "issuer.resolution.technical_key", R),
        (ISSUER.replace(environment=Environment.PRODUCCION), "test_numbering", "issuer.resolution.prefix", R),
        (ISSUER.replace(software=ISSUER.software.replace(provider_code="123")), "provider_without_nit",
         "issuer.software.provider_code", A),
        (ISSUER.replace(software=ISSUER.software.replace(provider_nit="900373076")), "provider_without_code",
         "issuer.software.provider_code", A),
        (ISSUER.replace(organization=SHOP.replace(emails=())), "FAJ71", "issuer.organization.emails", R),
    ],
)  # fmt: skip
def test_what_the_issuer_lacks(issuer: Issuer, code: str, path: str, severity: Severity) -> None:
    assert told(issuer)[code] == (path, severity)


@pytest.mark.parametrize(
    "issuer",
    [
        with_state(start_date="2026-03-02"),
        with_resolution(valid_to="2026-04-02"),
        with_resolution(valid_from="2026-03-02"),
        ISSUER.replace(software=ISSUER.software.replace(provider_code="001")),
        ISSUER.replace(software=ISSUER.software.replace(provider_nit="900373076", provider_code="123")),
        ISSUER.replace(environment=Environment.PRODUCCION, resolution=ISSUER.resolution.replace(prefix="FE")),  # type: ignore[union-attr]
    ],
)
def test_just_inside(issuer: Issuer) -> None:
    assert told(issuer) == {}


def test_numbers_left() -> None:
    last = 995000000
    assert told(last_consecutive=last) == dict.fromkeys(("FAD05c", "FAD05d"), ("issuer.resolution.range_to", R))
    assert told(last_consecutive=last - FEW_NUMBERS + 1)["numbers_end_soon"] == ("issuer.resolution.range_to", A)
    assert told(last_consecutive=last - FEW_NUMBERS) == {}


@pytest.mark.parametrize(
    ("certificate", "code", "severity"),
    [
        (replace(CERTIFICATE, not_after=AT - timedelta(seconds=1)), "ZD02", R),
        (replace(CERTIFICATE, not_before=AT + timedelta(seconds=1)), "ZD02", R),
        (replace(CERTIFICATE, not_after=AT + timedelta(days=30)), "certificate_ends_soon", A),
        (replace(CERTIFICATE, nit="900373076"), "wrong_signer", R),
        (replace(CERTIFICATE, nit=None), "certificate_without_nit", A),
    ],
)
def test_certificates(certificate: Certificate, code: str, severity: Severity) -> None:
    assert told(certificate=certificate) == {code: ("certificate", severity)}


def test_a_provider_may_sign() -> None:
    provider = Software(id=ISSUER.software.id, pin="1", provider_nit="900373076", provider_code="123")
    assert told(ISSUER.replace(software=provider), certificate=replace(CERTIFICATE, nit="900373076")) == {}


def test_customers_are_named_by_their_position() -> None:
    nameless = Customer(id_type=IdType.CEDULA_DE_CIUDADANIA, id="1020304050", name="Ana Ejemplo", municipality="11001")
    without_code = BUYER.party().replace(address=BUYER.party().address.replace(postal_code=None))  # type: ignore[union-attr]
    found = told(customers=[BUYER, nameless, without_code])
    assert found["no_email"] == ("customers[1].emails", A)
    assert found["no_postal_code"] == ("customers[2].postal_code", A)


def test_activation_is_told_to_be_final() -> None:
    report = readiness(with_state(prior_validation=False), at=AT)
    assert any("no se puede deshacer" in fault.hint for fault in report)


def test_what_is_not_given_is_not_passed_in_silence() -> None:
    report = readiness(ISSUER, at=AT)
    assert {item.code: item.needs for item in report.not_evaluated} == {
        "certificate": ("certificate",),
        "numbers_left": ("last_consecutive",),
        "organization_state": ("issuer.organization.state",),
    }
    produccion = readiness(ISSUER.replace(environment=Environment.PRODUCCION), at=AT)
    assert ("associated",) in [item.needs for item in produccion.not_evaluated]
    told_state = with_state(electronic_invoicing=True, prior_validation=True)
    assert "organization_state" not in {item.code for item in readiness(told_state, at=AT).not_evaluated}
    with pytest.raises(NaiveDatetime):
        readiness(ISSUER, at=datetime(2026, 3, 2))


def test_every_finding_has_its_remedy_and_no_secret() -> None:
    issuer = with_resolution(valid_to="2026-03-01", prefix="SETP").replace(environment=Environment.PRODUCCION)
    for fault in readiness(issuer, at=AT, last_consecutive=995000000, certificate=replace(CERTIFICATE, nit="1")):
        assert fault.hint.endswith(".")
        assert fault.found or fault.expected
        assert "fc8eac42" not in str(fault.as_dict())
