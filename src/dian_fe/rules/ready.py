"""`readiness`: is a company ready to invoice? Its state, numbering, software, certificate and customers, as findings.

What DIAN has a rule for carries the code of that rule; the rest has a code of the library, in lower case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from ..catalogs import Environment
from ..faults import Fault
from ..models._base import to_bogota
from ..models.invoice import Invoice
from ..models.party import Party
from ..models.resolution import ResolutionState
from .engine import check
from .facts import Annex
from .findings import finding
from .report import NotEvaluated, Report
from .subject import CertificateFacts, Subject

if TYPE_CHECKING:
    from ..models.customer import Customer
    from ..models.issuer import Issuer
    from ..models.organization import Organization
    from ..models.resolution import Resolution

SOON: Final = timedelta(days=30)
"""Validities that end within this time are told."""
FEW_NUMBERS: Final = 100
"""Numberings with fewer numbers left than this are told."""
_TEST_PREFIX: Final = "SETP"
"""Prefix of the public test range, which production does not know."""
_OWN_SOFTWARE, _FREE_SOFTWARE = "000", "001"


def readiness(
    issuer: Issuer,
    customers: Iterable[Customer | Party] = (),
    *,
    at: datetime,
    last_consecutive: int | None = None,
    certificate: CertificateFacts | None = None,
) -> Report:
    """Tell what stands between a company and its first accepted document on a day.

    ``last_consecutive`` is the last number used of the resolution, ``certificate`` what is known of the signing
    certificate (``signing.certificates.CertificateInfo``); what is not given is reported as not evaluated. The paths
    of the findings begin with ``issuer`` or ``customers[n]``. Severity RECHAZO means that documents would be refused.
    Raises ``NaiveDatetime``.
    """
    moment = to_bogota(at)
    today = moment.date()
    faults = [
        *_organization(issuer.organization, today),
        *_numbering(issuer, today, last_consecutive),
        *_software(issuer),
        *_parties(issuer.organization, tuple(customers), moment),
    ]
    missing = []
    if certificate is None:
        missing.append(NotEvaluated("certificate", ("certificate",)))
    else:
        faults += _certificate(issuer, certificate, moment)
    if last_consecutive is None and issuer.resolution is not None:
        missing.append(NotEvaluated("numbers_left", ("last_consecutive",)))
    return Report(tuple(faults), tuple(missing), Annex.of(today))


def _organization(organization: Organization, today: date) -> Iterator[Fault]:
    state, path = organization.state, "issuer.organization.state"
    if not state.electronic_invoicing:
        yield finding(
            "not_electronic_invoicer",
            path=f"{path}.electronic_invoicing",
            found="no",
            expected="sí",
        )
    if not state.prior_validation:
        yield finding(
            "no_prior_validation",
            path=f"{path}.prior_validation",
            found="no",
            expected="sí",
        )
    if state.start_date is not None and today < state.start_date:
        yield finding(
            "not_started",
            path=f"{path}.start_date",
            found=today,
            expected=f"{state.start_date} o después",
        )


def _numbering(issuer: Issuer, today: date, last: int | None) -> Iterator[Fault]:
    resolution, path = issuer.resolution, "issuer.resolution"
    if resolution is None:
        yield finding(
            "no_resolution",
            path=path,
            expected="Resolution(…)",
        )
        return
    yield from _validity(resolution, path, today)
    if last is not None:
        yield from _left(resolution, path, last)
    if resolution.technical_key is None:
        yield finding(
            "no_technical_key",
            path=f"{path}.technical_key",
            expected="la clave técnica del rango",
        )
    if issuer.environment == Environment.PRODUCCION and resolution.prefix == _TEST_PREFIX:
        yield finding(
            "test_numbering",
            path=f"{path}.prefix",
            found=resolution.prefix,
            expected="el prefijo de una resolución propia",
        )


def _validity(resolution: Resolution, path: str, today: date) -> Iterator[Fault]:
    state = resolution.state(today)
    if state is ResolutionState.NOT_YET:
        yield finding("FAD09a", path=f"{path}.valid_from", found=today, expected=f"{resolution.valid_from} o después")
    elif state is ResolutionState.EXPIRED:
        yield finding("FAD09b", path=f"{path}.valid_to", found=today, expected=f"{resolution.valid_to} o antes")
    elif resolution.valid_to - today <= SOON:
        yield finding(
            "resolution_ends_soon",
            path=f"{path}.valid_to",
            found=f"{(resolution.valid_to - today).days} días",
            expected=f"más de {SOON.days} días",
            notify=True,
        )


def _left(resolution: Resolution, path: str, last: int) -> Iterator[Fault]:
    left = resolution.left(last)
    if left == 0:
        yield finding("FAD05c", path=f"{path}.range_to", found=last + 1, expected=f"{resolution.range_to} o menos")
    elif left < FEW_NUMBERS:
        yield finding(
            "numbers_end_soon",
            path=f"{path}.range_to",
            found=f"{left} números",
            expected=f"{FEW_NUMBERS} o más",
            notify=True,
        )


def _software(issuer: Issuer) -> Iterator[Fault]:
    software, path = issuer.software, "issuer.software.provider_code"
    own = software.provider_nit in {None, issuer.organization.nit}
    if own and software.provider_code not in {_OWN_SOFTWARE, _FREE_SOFTWARE}:
        yield finding(
            "provider_without_nit",
            path=path,
            found=software.provider_code,
            expected=_OWN_SOFTWARE,
            notify=True,
        )
    if not own and software.provider_code == _OWN_SOFTWARE:
        yield finding(
            "provider_without_code",
            path=path,
            found=software.provider_code,
            expected="el código del proveedor",
            notify=True,
        )


def _parties(organization: Organization, customers: Sequence[Customer | Party], at: datetime) -> Iterator[Fault]:
    """Judge each party by the rules that documents naming it would meet."""
    supplier = organization.party()
    seller = "issuer.organization"
    yield from _judged(supplier, supplier, at, "supplier", seller)
    yield from _reachable(supplier, seller)
    for index, customer in enumerate(customers):
        party = customer if isinstance(customer, Party) else customer.party()
        where = f"customers[{index}]"
        yield from _judged(supplier, party, at, "customer", where)
        yield from _reachable(party, where)


def _judged(supplier: Party, customer: Party, at: datetime, side: str, where: str) -> Iterator[Fault]:
    document = Invoice(number="1", issued_at=at, supplier=supplier, customer=customer)
    for fault in check(Subject("invoice", document=document)).faults:
        if fault.path == side or fault.path.startswith(f"{side}."):
            yield replace(fault, path=where + fault.path.removeprefix(side))


def _reachable(party: Party, where: str) -> Iterator[Fault]:
    if not party.emails:
        yield finding(
            "no_email",
            path=f"{where}.emails",
            expected="nombre@example.com",
            notify=True,
        )
    address = party.address
    if address is not None and address.municipality is not None and address.postal_code is None:
        yield finding(
            "no_postal_code",
            path=f"{where}.postal_code",
            expected="seis dígitos",
            notify=True,
        )


def _certificate(issuer: Issuer, certificate: CertificateFacts, at: datetime) -> Iterator[Fault]:
    path = "certificate"
    if not certificate.not_before <= at <= certificate.not_after:
        yield finding("ZD02", path=path, found=at.date(), expected=f"{certificate.not_before:%Y-%m-%d} a "
                                                              f"{certificate.not_after:%Y-%m-%d}")  # fmt: skip
    elif certificate.not_after - at <= SOON:
        yield finding(
            "certificate_ends_soon",
            path=path,
            found=f"{(certificate.not_after - at).days} días",
            expected=f"más de {SOON.days} días",
            notify=True,
        )
    owners = {issuer.organization.nit, issuer.software.provider_nit}
    if certificate.nit is None:
        yield finding(
            "certificate_without_nit",
            path=path,
            expected=issuer.organization.nit,
            notify=True,
        )
    elif certificate.nit not in owners:
        yield finding("ZE03", path=path, found=certificate.nit, expected=issuer.organization.nit)
