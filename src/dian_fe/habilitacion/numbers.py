"""The starting values of a test set: identifier, counts and numbers."""

from __future__ import annotations

from collections.abc import Mapping

from ..catalogs import Environment
from ..errors import InvalidIdentification, InvalidInput, WrongEnvironment
from ..families.registry import kind as kind_named
from ..families.spec import Authorised, Secret
from ..models.issuer import Issuer
from ..models.resolution import Resolution
from ..transport.contract import sending_operation
from ..transport.test_sets import TEST_SET_OPERATION, checked_test_set_id
from .plan import GivenCounts, SetCounts, TestSetPlan, plan_of


def checked_set(issuer: Issuer, test_set_id: str) -> str:
    """Return the identifier of a test set that an issuer can send.

    Raise ``WrongEnvironment`` in production, ``InvalidIdentification`` for a malformed identifier.
    """
    environment = Environment(issuer.environment)
    if environment is not Environment.HABILITACION:
        raise WrongEnvironment.of("habilitacion.production", field="issuer.environment", found=environment.name)
    checked = checked_test_set_id(test_set_id)
    if checked.lower() in {software.id.lower() for software in (issuer.software, *issuer.softwares)}:
        raise InvalidIdentification.of("habilitacion.software_id", field="test_set_id", found=test_set_id)
    return checked


def chosen_counts(counts: SetCounts | Mapping[str, int] | None) -> SetCounts:
    """Return the counts of a set: those given, or those that DIAN's portal usually shows."""
    if counts is None:
        plan = plan_of()
        return plan.counts(plan.required, plan.required)
    return GivenCounts(_in_order(counts)) if isinstance(counts, Mapping) else counts


def _in_order(counts: Mapping[str, int]) -> dict[str, int]:
    """Return counts in the order of sending: notes after the documents that they correct.

    Raise ``InvalidInput`` for kinds of several sets, and for notes without documents to correct in the set.
    """
    plans = [plan_of(name) for name in counts]
    if any(plan is not plans[0] for plan in plans):
        raise InvalidInput.of(
            "habilitacion.several_families",
            field="counts",
            found=", ".join(counts),
            expected=", ".join(plans[0].required),
        )
    for name, count in counts.items():
        corrected = kind_named(name).corrects
        if count and corrected and not any(counts.get(each) for each in corrected):
            raise InvalidInput.of(
                "habilitacion.notes_of_nothing",
                field=f"counts.{name}",
                found=", ".join(counts),
                corrected=" o ".join(sorted(corrected)),
            )
    order = sorted([*plans[0].required, *counts] if plans else [], key=lambda name: bool(kind_named(name).corrects))
    return {name: counts[name] for name in dict.fromkeys(order) if name in counts}


def first_numbers(issuer: Issuer, counts: SetCounts, first: int | None, first_note: int) -> dict[str, int]:
    """Return the first consecutive of each kind: its range's, or ``first``; ``first_note`` without a range."""
    numbers = {}
    for name in counts.by_kind():
        plan_of(name)
        sending_operation(kind_named(name), TEST_SET_OPERATION)
        if isinstance(kind_named(name).numbering, Authorised):
            start = _range_of(issuer, name).range_from
            numbers[name] = start if first is None else first
        else:
            numbers[name] = first_note
    return numbers


def number_of(issuer: Issuer, kind: str, consecutive: int, plan: TestSetPlan) -> str:
    """Return the number of a document of the set; raise ``OutOfRange`` outside an authorised range."""
    if isinstance(kind_named(kind).numbering, Authorised):
        return _range_of(issuer, kind).number(consecutive)
    prefix = issuer.prefix_of(kind_named(kind))
    return f"{plan.prefixes.get(kind, '') if prefix is None else prefix}{consecutive}"


def _range_of(issuer: Issuer, kind: str) -> Resolution:
    """Return the test range of a kind; raise ``InvalidInput`` when the issuer has none."""
    known = kind_named(kind)
    resolution = issuer.numbering_of(known, "")
    if resolution is None:
        keyed = known.key is not None and known.key.secret is Secret.TECHNICAL_KEY
        raise InvalidInput.of(
            "habilitacion.range",
            field="issuer.resolution",
            label=known.label,
            with_key="con la clave técnica " * keyed,
            and_key="y la clave " * keyed,
        )
    return resolution
