"""`readiness`: is a company ready to invoice? Judged by the rules of `check`, on documents made for the purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ._arguments import checked
from ._checking import check
from .catalogs import Environment
from .errors import DianFeError, InvalidInput
from .families.registry import families, kinds
from .families.registry import kind as kind_named
from .families.spec import Authorised, DocumentKind, Secret
from .faults import Fault, Severity
from .models._base import to_bogota
from .models.customer import Customer
from .models.party import Party
from .models.resolution import Resolution, ResolutionState
from .rules import Annex, NotEvaluated, Report, Subject
from .rules import check as judge
from .rules.ready import certificate_faults, numbering_faults, reachable, software_faults, state_faults
from .rules.report import NO_RULES
from .ubl.build import authorization_of, build
from .ubl.control import Control

if TYPE_CHECKING:
    from .models.issuer import Issuer
    from .rules import CertificateFacts


@dataclass(frozen=True, eq=False)
class Draft:
    """What `readiness` makes and judges for a family."""

    kind: str
    """The kind of the document."""
    document: Callable[[Party, Party, str, datetime], Any]
    """Makes it of issuer, counterpart, number and moment, whatever they say."""
    sides: Mapping[str, str]
    """Elements of issuer and counterpart, by the names of their fields."""
    of_numbering: Mapping[str, str]
    """Rules that speak of the numbering on a day, and the field of the resolution that is at fault."""


def _drafts() -> list[tuple[Draft, DocumentKind]]:
    drafts: list[Draft] = [family.load(family.draft) for family in families() if family.draft]
    return [(draft, kind_named(draft.kind)) for draft in drafts]


def _draft_for(resolution: Resolution) -> tuple[Draft, DocumentKind] | None:
    """Return what judges a numbering: the draft of the first family whose documents it numbers."""
    return next((pair for pair in _drafts() if resolution.numbers(pair[1])), None)


@checked
def readiness(
    issuer: Issuer,
    customers: Iterable[Customer | Party] = (),
    *,
    at: datetime,
    last_consecutive: int | None = None,
    certificate: CertificateFacts | None = None,
    associated: Sequence[Resolution] | None = None,
) -> Report:
    """Return what stands between a company and its first accepted document on a day.

    An invoice to each customer is made and judged as `check` does, and what that says of the company, the numbering and
    the customer is told here under the same codes. ``last_consecutive`` is the last number used of the resolution,
    ``certificate`` what is known of the signing certificate (``signer.info``), ``associated`` the numberings that DIAN
    gives for the software (``Client.numbering``). What is not given, and a state of the organization that is not told,
    is reported as not evaluated. The paths of the findings begin with ``issuer``, ``certificate`` or ``customers[n]``.
    One customer's fault does not hide another's. Raises ``NaiveDatetime``, and ``InvalidInput`` for other customers.
    """
    moment = to_bogota(at, "at")
    today = moment.date()
    faults = [
        *state_faults(issuer, today),
        *_of_numberings(issuer, moment, last_consecutive, associated),
        *software_faults(issuer),
        *_parties(issuer, _customers(customers), moment),
    ]
    missing = []
    if any(each.resolution is not None and _draft_for(each.resolution) is None for each in _numberings(issuer, None)):
        missing.append(NO_RULES)
    if not issuer.organization.state.told:
        missing.append(NotEvaluated("organization_state", ("issuer.organization.state",)))
    if certificate is None:
        missing.append(NotEvaluated("certificate", ("certificate",)))
    else:
        faults += certificate_faults(issuer, certificate, moment)
    if issuer.resolution is not None and last_consecutive is None:
        missing.append(NotEvaluated("numbers_left", ("last_consecutive",)))
    if issuer.resolution is not None or issuer.numberings:
        known = [each.resolution for each in _numberings(issuer, None) if each.resolution is not None]
        if any(_without_key(each, associated) for each in known):
            missing.append(NotEvaluated("technical_key", ("associated",)))
        if associated is None and issuer.environment == Environment.PRODUCCION:
            missing.append(NotEvaluated("prefix_associated", ("associated",)))
    return Report(tuple(faults), tuple(missing), Annex.of(today))


def _without_key(resolution: Resolution, associated: Sequence[Resolution] | None) -> bool:
    """True if DIAN gives the range without its key, or with one of a form that is not known."""
    keys = [each.technical_key for each in associated or () if each.prefix == resolution.prefix]
    return bool(keys) and None in keys


def _customers(given: Iterable[Customer | Party]) -> tuple[Customer | Party, ...]:
    """Return the customers as a tuple; a single one, or something else among them, is refused by its place."""
    one = isinstance(given, (Customer, Party, Mapping))
    customers: list[Customer | Party] = []
    for index, each in enumerate((given,) if one else given):
        if one or not isinstance(each, (Customer, Party)):
            raise InvalidInput(
                "los clientes se dan en una lista." if one else "esto no es un cliente.",
                field="customers" if one else f"customers[{index}]",
                found=type(each).__name__,
                expected="Customer o Party, en una lista",
                remedy="escriba customers=[cliente]; de un JSON lo hace Customer.model_validate.",
            )
        customers.append(each)
    return tuple(customers)


class _Numbering(NamedTuple):
    """A numbering of the issuer, where it stands, and the last number used of it."""

    resolution: Resolution | None
    path: str
    last: int | None = None


def _numberings(issuer: Issuer, last: int | None) -> Iterator[_Numbering]:
    """Yield the numberings; none of ``issuer.resolution`` where another numbers what we know how to judge."""
    if issuer.resolution is not None or not any(map(_draft_for, issuer.numberings)):
        yield _Numbering(issuer.resolution, "issuer.resolution", last)
    for index, each in enumerate(issuer.numberings):
        yield _Numbering(each, f"issuer.numberings[{index}]")


def _of_numberings(
    issuer: Issuer, at: datetime, last: int | None, associated: Sequence[Resolution] | None
) -> Iterator[Fault]:
    for each in _numberings(issuer, last):
        yield from _of_numbering(each, issuer, at, associated)


def _of_numbering(
    given: _Numbering, issuer: Issuer, at: datetime, associated: Sequence[Resolution] | None
) -> Iterator[Fault]:
    """Judge a numbering, and its next number by the rules about numbers and dates."""
    resolution, path, last = given
    needs_key = _needs_key(given)
    yield from numbering_faults(resolution, path, issuer.environment, at.date(), last, associated, needs_key)
    if resolution is None:
        return
    found = _draft_for(resolution)
    if found is None:
        return
    draft, kind = found
    following = resolution.range_from if last is None else max(last + 1, resolution.range_from)
    if following > resolution.range_to and _goes_on(issuer, kind, f"{resolution.prefix}{following}", at.date()):
        return
    party = issuer.organization.party()
    document = draft.document(party, party, f"{resolution.prefix}{following}", at)
    control = Control(**authorization_of(resolution))
    alone = issuer.replace(resolution=resolution, numberings=())
    for fault in judge(Subject(kind.name, document=document, control=control, issuer=alone)).own_faults:
        if fault.code in draft.of_numbering:
            yield replace(fault, path=f"{path}.{draft.of_numbering[fault.code]}")


def _needs_key(given: _Numbering) -> bool | None:
    """True if documents of a numbering need its technical key, None if that depends on which of them it numbers."""
    if given.resolution is None:
        return True
    code = given.resolution.document_type
    numbered = [kind for kind in kinds() if isinstance(kind.numbering, Authorised) and given.resolution.numbers(kind)]
    keys = [(kind, kind.key) for kind in numbered if kind.key is not None]
    if code is None and given.path == "issuer.resolution":
        return any(key.usual.secret is Secret.TECHNICAL_KEY for _, key in keys)
    forms = (key.form(each) for kind, key in keys for each in ([code] if code else kind.type_codes))
    found = {form.secret is Secret.TECHNICAL_KEY for form in forms}
    return None if len(found) == 2 else True in found


def _goes_on(issuer: Issuer, kind: DocumentKind, number: str, today: date) -> bool:
    """True if another numbering in force holds the number that follows a range used up."""
    following = issuer.numbering_of(kind, number)
    return following is not None and following.holds(number) and following.state(today) is ResolutionState.ACTIVE


def _parties(issuer: Issuer, customers: Sequence[Customer | Party], at: datetime) -> Iterator[Fault]:
    """Judge each party by an invoice that names it."""
    own = issuer.resolution
    numbering = own if own is not None and _draft_for(own) is not None else None
    usable = issuer.replace(resolution=_usable(numbering, at.date()), numberings=())
    supplier = issuer.organization.party()
    seller = "issuer.organization"
    yield from _judged(usable, Customer.final_consumer().party(), at, "supplier", seller)
    yield from (fault for fault in reachable(supplier, seller) if fault.code != "no_email")  # FAJ71 is told
    for index, customer in enumerate(customers):
        party = customer if isinstance(customer, Party) else customer.party()
        where = f"customers[{index}]"
        yield from _judged(usable, party, at, "customer", where)
        yield from reachable(party, where)


def _judged(issuer: Issuer, customer: Party, at: datetime, side: str, where: str) -> Iterator[Fault]:
    assert issuer.resolution is not None
    number = f"{issuer.resolution.prefix}{issuer.resolution.range_from}"
    draft, _ = _draft_for(issuer.resolution) or _drafts()[0]
    try:
        built = build(draft.document(issuer.organization.party(), customer, number, at), issuer)
    except DianFeError as error:
        path = f"{where}.{(error.field or '').removeprefix(side).lstrip('.')}".rstrip(".")
        yield Fault(
            error.code, Severity.RECHAZO, error.message, path, "", error.remedy or "", error.expected, error.found
        )
        return
    for fault in check(built, issuer=issuer).own_faults:
        place = _place(fault, draft.sides, side, where)
        if place is not None:
            yield replace(fault, path=place)


def _place(fault: Fault, sides: Mapping[str, str], side: str, where: str) -> str | None:
    """Return where a fault of a party is told; None for what is not about that party."""
    if fault.path == side or fault.path.startswith((f"{side}.", f"{side}[")):
        return where + fault.path.removeprefix(side)
    return where if not fault.path and sides[side] in fault.xpath else None


def _usable(resolution: Resolution | None, today: date) -> Resolution:
    """Return a numbering that a document of today can be made with: what is wrong with the real one is told apart."""
    if resolution is None:
        return Resolution(
            authorization="1", prefix="X", range_from=1, range_to=1, valid_from=today, valid_to=today,
            technical_key=_ANY_KEY,
        )  # fmt: skip
    changes: dict[str, Any] = {"valid_from": min(resolution.valid_from, today)}
    changes["valid_to"] = max(resolution.valid_to, today)
    if resolution.technical_key is None:
        changes["technical_key"] = _ANY_KEY
    return resolution.replace(**changes)


_ANY_KEY: Final = "0" * 40
