"""The series from which a company's documents take their numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ..errors import InvalidInput
from ..families.spec import Authorised, DocumentKind, Free
from ..models.issuer import Issuer
from ..models.resolution import Resolution, ResolutionState
from .store import Series

if TYPE_CHECKING:
    from ..habilitacion.plan import TestSetPlan

_DIGITS: Final = re.compile(r"[0-9]{1,18}\Z")


def company_of(issuer: Issuer) -> str:
    """Return the name under which a store keeps an issuer's documents: its NIT and environment."""
    return f"{issuer.organization.nit} {issuer.environment}"


def checked_starts(starts: Mapping[str, int]) -> dict[str, int]:
    """Return the first consecutives by prefix. Raise ``InvalidInput`` for one that cannot be a consecutive."""
    for prefix, first in starts.items():
        if not 1 <= first < 10**18:
            raise InvalidInput.of("company.start", field=f"starts[{prefix!r}]", found=first)
    return dict(starts)


def series_of(
    issuer: Issuer, kind: DocumentKind, day: date, prefix: str | None, starts: Mapping[str, int]
) -> tuple[Series, ...]:
    """Return the series for new documents of a kind, the usual one first: later ones follow when it is used up.

    ``prefix``: only that one. ``starts``: first consecutive by prefix. Raise ``InvalidInput`` when there is none.
    """
    if isinstance(kind.numbering, Authorised):
        ranges = [each for each in issuer.numberings_of(kind) if prefix in {None, each.prefix}]
        in_force = [each for each in ranges if each.state(day) is ResolutionState.ACTIVE] or ranges[:1]
        found = tuple(series_of_range(issuer, each, starts) for each in in_force)
    else:
        own = issuer.prefix_of(kind) if prefix is None else prefix
        found = (_own(issuer, kind, _usual_prefix(kind) if own is None else own, starts),)
    if not found:
        raise InvalidInput.of("company.no_numbering", field="issuer.resolution", label=kind.label, prefix=prefix or "")
    return found


def place_of(issuer: Issuer, kind: DocumentKind, number: str, document: Any) -> tuple[Series, int]:
    """Return the series and the consecutive of a number that the caller chose for a document."""
    resolution = issuer.numbering_of(kind, number) if isinstance(kind.numbering, Authorised) else None
    if resolution is not None and resolution.holds(number):
        return series_of_range(issuer, resolution, {}), resolution.consecutive_of(number)
    digits = _DIGITS.search(number)
    own = number[: digits.start()] if digits else number
    if isinstance(kind.numbering, Free):  # events are numbered by code
        own = " ".join(filter(None, (getattr(document, "code", ""), own)))
    return _own(issuer, kind, own, {}), int(digits[0]) if digits else 0


def series_of_range(issuer: Issuer, given: Resolution, starts: Mapping[str, int]) -> Series:
    """Return the series of an authorised range."""
    name = f"{company_of(issuer)} {given.authorization} {given.prefix}"
    return Series(
        name, company_of(issuer), given.prefix, max(given.range_from, starts.get(given.prefix, 1)), given.range_to
    )


def _own(issuer: Issuer, kind: DocumentKind, prefix: str, starts: Mapping[str, int]) -> Series:
    company = company_of(issuer)
    return Series(f"{company} {kind.name} {prefix}", company, prefix, starts.get(prefix, 1))


def _usual_prefix(kind: DocumentKind) -> str:
    """Return the prefix that documents of a kind have in its family's test set."""
    plan: TestSetPlan | None = kind.family.load(kind.family.test_set)
    return "" if plan is None else plan.prefixes.get(kind.name, "")
