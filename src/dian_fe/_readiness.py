"""`readiness`: is a company ready to issue? Judged by the rules of `check`, on sample documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ._arguments import checked
from ._checking import check
from .catalogs import Environment
from .errors import DianFeError, InvalidInput
from .families.registry import families, find
from .families.registry import kind as kind_named
from .families.spec import Authorised, DocumentKind, Family, Secret
from .faults import Fault, Severity
from .models._dates import to_bogota
from .models.customer import Customer
from .models.party import Party
from .models.resolution import Resolution, ResolutionState
from .rules import Annex, NotEvaluated, Report, Subject
from .rules import check as judge
from .rules.coded_faults import coded_fault
from .rules.company_checks import certificate_faults, numbering_faults, reachable, software_faults, state_faults
from .rules.report import NO_RULES
from .ubl.control import Control
from .ubl.writer.build import authorization_of, build

if TYPE_CHECKING:
    from .models.issuer import Issuer
    from .rules import CertificateFacts


@dataclass(frozen=True, eq=False)
class Draft:
    """What `readiness` makes and judges for a family."""

    kind: str
    """The kind of the document."""
    document: Callable[[Party, Party, str, datetime], Any]
    """Makes it from issuer, counterpart, number and moment, without validating them."""
    sides: Mapping[str, str]
    """Elements of issuer and counterpart, by field name."""
    of_numbering: Mapping[str, str]
    """Rules about the numbering on a day, and the field of the resolution at fault."""


class _Meant(NamedTuple):
    """The families whose documents a company will issue."""

    families: tuple[Family, ...]
    drafts: tuple[tuple[Draft, DocumentKind], ...]
    named: DocumentKind | None
    """The kind that was named."""

    @classmethod
    def of(cls, issuer: Issuer, name: str | None) -> _Meant:
        """Return the family of a kind; without one those whose documents the issuer's software makes."""
        named = None if name is None else _kind_named(name)
        if named is None:
            chosen = tuple(each for each in families() if any(map(issuer.issues, _issued(each))))
        else:
            chosen = (named.family,)
        drafts = [family.load(family.draft) for family in chosen if family.draft]
        return cls(chosen, tuple((draft, kind_named(draft.kind)) for draft in drafts), named)

    @property
    def authorised(self) -> tuple[DocumentKind, ...]:
        """The kinds whose numbers DIAN authorises."""
        return tuple(
            kind for family in self.families for kind in family.kinds if isinstance(kind.numbering, Authorised)
        )

    @property
    def by_invoicers(self) -> bool:
        """True if a kind is issued only by active electronic invoicers."""
        return any(kind.by_invoicers for family in self.families for kind in family.kinds)

    def numbered(self, resolution: Resolution) -> list[DocumentKind]:
        """Return the kinds that a numbering is for."""
        return [kind for kind in self.authorised if resolution.numbers(kind)]

    def draft_for(self, resolution: Resolution | None) -> tuple[Draft, DocumentKind] | None:
        """Return the draft that judges a numbering: that of the first family whose documents it numbers."""
        if resolution is None:
            return None
        numbered = self.numbered(resolution)
        return next((pair for pair in self.drafts if pair[1] in numbered), None)


def _issued(family: Family) -> Iterator[DocumentKind]:
    """Yield the kinds that companies, not DIAN, issue."""
    return (kind for kind in family.kinds if kind.numbering is not None)


def _kind_named(name: str) -> DocumentKind:
    """Return the kind of that name; raise ``InvalidInput`` for one that no company issues."""
    known = find(name)
    if known is None or known.numbering is None:
        raise InvalidInput.of(
            "kind_named",
            field="kind",
            found=name,
            expected=", ".join(kind.name for family in families() for kind in _issued(family)),
        )
    return known


@checked
def readiness(
    issuer: Issuer,
    customers: Iterable[Customer | Party] = (),
    *,
    at: datetime,
    last_consecutive: int | None = None,
    certificate: CertificateFacts | None = None,
    associated: Sequence[Resolution] | None = None,
    kind: str | None = None,
) -> Report:
    """Return what stands between a company and its first accepted document on a day.

    A document for each customer is made and judged as `check` does, and what that finds about the company, the
    numbering and the customer is reported under the same codes. It is an invoice, unless ``kind`` names a document of
    another family, or the issuer's software serves only other kinds; ``customers`` are its counterparts.
    ``last_consecutive`` is the last number used of the resolution, ``certificate`` what is known of the signing
    certificate (``signer.info``), ``associated`` the numberings that DIAN gives for the software
    (``Client.numbering``). What is not given, and an organization's state that is not given, is reported as not
    evaluated. The paths of the findings begin with ``issuer``, ``certificate`` or ``customers[n]``. One customer's
    fault does not hide another's. Raises ``NaiveDatetime``, ``UnknownCode`` for a numbering of a type that no list has,
    and ``InvalidInput`` for other customers or another kind.
    """
    moment = to_bogota(at, "at")
    today = moment.date()
    meant = _Meant.of(issuer, kind)
    numberings = _numberings(issuer, meant)
    judged = _judge_of(numberings, meant)
    faults = list(state_faults(issuer, today)) if meant.by_invoicers else []
    for each in numberings:
        faults += _of_numbering(each, issuer, moment, last_consecutive, associated, meant)
    faults += software_faults(issuer)
    faults += _parties(issuer, _customers(customers), moment, judged)
    missing = []
    known = [each for each in numberings if each.resolution is not None]
    if judged is None or any(meant.draft_for(each.resolution) is None for each in known):
        missing.append(NO_RULES)
    if meant.by_invoicers and not issuer.organization.state.told:
        missing.append(NotEvaluated("organization_state", ("issuer.organization.state",)))
    if certificate is None:
        missing.append(NotEvaluated("certificate", ("certificate",)))
    else:
        faults += certificate_faults(issuer, certificate, moment)
    if last_consecutive is None and any(each.counted for each in known):
        missing.append(NotEvaluated("numbers_left", ("last_consecutive",)))
    if known:
        if any(_without_key(each, associated, meant) for each in known):
            missing.append(NotEvaluated("technical_key", ("associated",)))
        if associated is None and issuer.environment == Environment.PRODUCCION:
            missing.append(NotEvaluated("prefix_associated", ("associated",)))
    return Report(tuple(faults), tuple(missing), Annex.of(today))


def _without_key(given: _Numbering, associated: Sequence[Resolution] | None, meant: _Meant) -> bool:
    """True if DIAN gives the range without its key, or with one of a form that is not known, and one may be needed."""
    assert given.resolution is not None
    prefix = given.resolution.prefix
    keys = [each.technical_key for each in associated or () if each.prefix == prefix]
    return bool(keys) and None in keys and _needs_key(given, meant) is not False


def _customers(given: Iterable[Customer | Party]) -> tuple[Customer | Party, ...]:
    """Return the customers as a tuple; refuse a single one, and a wrong type by its position."""
    one = isinstance(given, (Customer, Party, Mapping))
    customers: list[Customer | Party] = []
    for index, each in enumerate((given,) if one else given):
        if one or not isinstance(each, (Customer, Party)):
            raise InvalidInput(
                "Las contrapartes deben ir en una lista." if one else "Esto no es una contraparte.",
                field="customers" if one else f"customers[{index}]",
                found=type(each).__name__,
                expected="Customer o Party, en una lista",
                remedy="escriba customers=[contraparte]; de un JSON la hace Customer.model_validate.",
            )
        customers.append(each)
    return tuple(customers)


class _Numbering(NamedTuple):
    """A numbering of the issuer, and where it stands."""

    resolution: Resolution | None
    path: str
    counted: bool = False
    """Whether ``last_consecutive`` is a number of it."""


def _numberings(issuer: Issuer, meant: _Meant) -> list[_Numbering]:
    """Return the numberings of the chosen families; a missing one where numbers need authorisation and none is given.

    ``issuer.resolution`` is not missing where another one numbers documents of the first draft's family. Raise
    ``UnknownCode`` for a numbering of a type that no list has.
    """
    for kind in meant.authorised:
        issuer.numbering_of(kind, "")
    given = [_Numbering(issuer.resolution, "issuer.resolution", True)]
    given += [_Numbering(each, f"issuer.numberings[{index}]") for index, each in enumerate(issuer.numberings)]
    found = [each for each in given if each.resolution is not None]
    if meant.named is not None:
        found = _own_of(found, meant)
    first = {kind.family for _, kind in meant.drafts[:1]}
    usable = [
        each
        for each in found
        if each.path == given[0].path
        or (each.resolution is not None and any(kind.family in first for kind in meant.numbered(each.resolution)))
    ]
    if meant.authorised and not usable:
        found.insert(0, _Numbering(None, given[0].path))
    return found


def _own_of(numberings: list[_Numbering], meant: _Meant) -> list[_Numbering]:
    """Return the numberings of the kind that was named, or of its family: those of its own types, else those of any."""
    fitting = [each for each in numberings if each.resolution is not None and meant.numbered(each.resolution)]
    of_kind = [
        each for each in fitting if each.resolution is not None and meant.named in meant.numbered(each.resolution)
    ]
    fitting = of_kind or fitting
    typed = [each for each in fitting if each.resolution is not None and each.resolution.document_type is not None]
    own = typed or fitting
    return [own[0]._replace(counted=True)] if len(own) == 1 else own


def _of_numbering(
    given: _Numbering,
    issuer: Issuer,
    at: datetime,
    last: int | None,
    associated: Sequence[Resolution] | None,
    meant: _Meant,
) -> Iterator[Fault]:
    """Yield the faults of a numbering, and of its next number by the rules about numbers and dates."""
    resolution, path, counted = given
    last = last if counted else None
    if resolution is None:
        numbered = [each for each in meant.authorised if issuer.numbering_of(each, "") is None]
    else:
        numbered = meant.numbered(resolution)
    needs_key = _needs_key(given, meant)
    yield from numbering_faults(resolution, path, issuer.environment, at.date(), last, associated, needs_key, numbered)
    found = meant.draft_for(resolution)
    if resolution is None or found is None:
        return
    draft, kind = found
    following = resolution.range_from if last is None else max(last + 1, resolution.range_from)
    used_up = following > resolution.range_to
    if used_up and _goes_on(issuer, kind, f"{resolution.prefix}{following}", at.date()):
        return
    party = issuer.organization.party()
    document = draft.document(party, party, f"{resolution.prefix}{following}", at)
    control = Control(**authorization_of(resolution))
    alone = issuer.replace(resolution=resolution, numberings=())
    for fault in judge(Subject(kind.name, document=document, control=control, issuer=alone)).own_faults:
        if fault.code in draft.of_numbering:
            place = draft.of_numbering[fault.code]
            used_up = used_up and place != "range_to"
            yield replace(fault, path=f"{path}.{place}")
    if used_up:  # no rule of the kind says so
        left = f"{resolution.range_to} o menos"
        yield coded_fault("numbers_used_up", path=f"{path}.range_to", found=str(following), expected=left)


def _needs_key(given: _Numbering, meant: _Meant) -> bool | None:
    """True if documents of a numbering need its technical key, None if that depends on which of them it numbers."""
    if given.resolution is None:
        return True
    code = given.resolution.document_type
    keys = [(kind, kind.key) for kind in meant.numbered(given.resolution) if kind.key is not None]
    if code is None and given.path == "issuer.resolution":
        return any(key.usual.secret is Secret.TECHNICAL_KEY for _, key in keys)
    forms = (key.form(each) for kind, key in keys for each in ([code] if code else kind.type_codes))
    found = {form.secret is Secret.TECHNICAL_KEY for form in forms}
    return None if len(found) == 2 else True in found


def _goes_on(issuer: Issuer, kind: DocumentKind, number: str, today: date) -> bool:
    """True if another numbering in force holds the number that follows a range used up."""
    following = issuer.numbering_of(kind, number)
    return following is not None and following.holds(number) and following.state(today) is ResolutionState.ACTIVE


class _Judge(NamedTuple):
    """The documents that judge parties: of one kind, in a numbering of the issuer or in none."""

    draft: Draft
    kind: DocumentKind
    resolution: Resolution | None


def _judge_of(numberings: Sequence[_Numbering], meant: _Meant) -> _Judge | None:
    """Return the judge of the parties: the draft of the first numbering that has one, else of the first family."""
    for each in numberings:
        found = meant.draft_for(each.resolution)
        if found is not None:
            return _Judge(*found, each.resolution)
    return _Judge(*meant.drafts[0], None) if meant.drafts else None


def _parties(issuer: Issuer, customers: Sequence[Customer | Party], at: datetime, by: _Judge | None) -> Iterator[Fault]:
    """Yield the faults of each party by a document that names it; without a document, only those of its addresses."""
    own, path = issuer.organization.party(), "issuer.organization"
    usable, faults = issuer, []
    if by is not None:
        if isinstance(by.kind.numbering, Authorised):
            usable = issuer.replace(resolution=_usable(by.resolution, at.date()), numberings=())
        faults = list(_judged(by, usable, Customer.final_consumer().party(), at, by.kind.roles.issuer, path))
    yield from faults
    told = {fault.path for fault in faults}
    yield from (fault for fault in reachable(own, path) if fault.code != "no_email" or fault.path not in told)
    for index, customer in enumerate(customers):
        party = customer if isinstance(customer, Party) else customer.party()
        where = f"customers[{index}]"
        if by is not None:
            yield from _judged(by, usable, party, at, by.kind.roles.counterpart, where)
        yield from reachable(party, where)


def _judged(by: _Judge, issuer: Issuer, other: Party, at: datetime, side: str, where: str) -> Iterator[Fault]:
    draft, kind, _ = by
    number = f"{issuer.prefix_of(kind) or ''}1"
    if isinstance(kind.numbering, Authorised) and issuer.resolution is not None:
        number = f"{issuer.resolution.prefix}{issuer.resolution.range_from}"
    try:
        built = build(draft.document(issuer.organization.party(), other, number, at), issuer)
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
    """Return the path under which a party's fault is reported; None for a fault about something else."""
    if fault.path == side or fault.path.startswith((f"{side}.", f"{side}[")):
        return where + fault.path.removeprefix(side)
    return where if not fault.path and sides[side] in fault.xpath else None


def _usable(resolution: Resolution | None, today: date) -> Resolution:
    """Return a numbering that a document of today can be made with: faults of the real one are reported separately."""
    if resolution is None:
        resolution = Resolution(
            authorization="1", prefix="X", range_from=1, range_to=1, valid_from=today, valid_to=today
        )
    return resolution.replace(
        valid_from=min(resolution.valid_from, today),
        valid_to=max(resolution.valid_to, today),
        technical_key=resolution.technical_key or _ANY_KEY,
    )


_ANY_KEY: Final = "0" * 40
