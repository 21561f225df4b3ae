"""Rules about a party that supplier, customer, representative and carrier share: one maker each, one row per place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache, lru_cache
from typing import Any, Final

from ..catalogs import PARTY_TAX_SCHEME_NAMES, IdType, OrganizationType, PartyTaxScheme, Responsibility
from ..catalogs.identification import check_digit
from .context import Context
from .facts import code_facts
from .registry import Check, Finding, When, add

NIT: Final = IdType.NIT.value
IDS: Final = frozenset(member.value for member in IdType)
_KINDS: Final = frozenset(member.value for member in OrganizationType)
LONGEST: Final = 15
"""Digits of the longest number that has a check digit."""
RESPONSIBILITIES: Final = frozenset(member.value for member in Responsibility)
_SCHEMES: Final = frozenset(member.value for member in PartyTaxScheme)


def own(group: str, *numbers: str, letters: Iterable[str] = "FCD") -> tuple[str, ...]:
    """Return the codes of a group that exist, of the invoice and of the notes: ``own("AJ", "09")`` → FAJ09, CAJ09."""
    known = code_facts()
    return tuple(code for letter in letters for number in numbers if (code := f"{letter}{group}{number}") in known)


def reader(path: str) -> Callable[[Context], Any]:
    """Return a function that gets a document's value at a model path, None when absent."""
    steps = tuple(path.split("."))

    def read(context: Context) -> Any:
        here = context.document
        for step in steps:
            here = getattr(here, step, None)
            if here is None:
                return None
        return here

    return read


@lru_cache(maxsize=64)
def digit_of(number: str | None) -> str | None:
    """Return the check digit that a NIT must have; None for anything but a number of up to 15 digits.

    Several rules ask for the same one: computing it again is 3 % of all rules on an invoice of ten lines.
    """
    known = number is not None and number.isascii() and number.isdigit() and len(number) <= LONGEST
    return check_digit(number) if number is not None and known else None


@cache
def having(path: str, when: When | None = None) -> When:
    """Return what selects the documents that have a datum, of those that ``when`` selects.

    It is one function for all rules about that datum, so that it is asked once.
    """
    read = reader(path)
    if when is None:
        return lambda context: read(context) is not None
    return lambda context: when(context) and read(context) is not None


def _of_party(path: str, judge: Callable[[Any], Iterable[tuple[str, object, object]]]) -> Check:
    """Return the check of a present party: ``judge`` yields fields with found and expected values."""
    party_of = reader(path)

    def function(context: Context) -> Iterator[Finding]:
        party = party_of(context)
        if party is not None:
            for field, found, expected in judge(party):
                yield Finding(f"{path}.{field}", found, expected)

    return function


def digit(*codes: str, of: str, absent: bool = True, wrong: bool = True, when: When | None = None, **meta: Any) -> None:
    """Register the rule that a party's NIT carries a check digit (``absent``), and the right one (``wrong``)."""

    def judge(party: Any) -> Iterator[tuple[str, object, object]]:
        if party.id_type == NIT:  # DIAN accepts a check digit for an id that is not a NIT
            expected, found = digit_of(party.id), party.check_digit
            if expected is not None and (absent if found is None else wrong and found != expected):
                yield "check_digit", found, expected

    add(codes, _of_party(of, judge), f"{of}.check_digit", when=having(of, when), **meta)


def digit_attribute(*codes: str, at: str, absent: bool = True, wrong: bool = True, one_digit: bool = False) -> None:
    """Register the rule of `digit` for an identification that the model keeps once and the XML repeats.

    ``one_digit``: values longer than a digit are not judged.
    """

    def function(context: Context) -> Iterator[Finding]:
        for node in context.subject.xml.all(at):
            found = (node.get("schemeID") or "").strip()
            if (node.get("schemeName") or "").strip() != NIT or (one_digit and len(found) > 1):
                continue
            expected = digit_of((node.text or "").strip())
            if expected is not None and (wrong and found != expected if found else absent):
                yield Finding(node=node, attribute="schemeID", found=found or None, expected=expected)

    add(codes, function, needs=("xml",))


def _listed(path: str, field: str, allowed: Collection[str], expected: str) -> Check:
    party_of = reader(path)

    def function(context: Context) -> Iterable[Finding]:
        party = party_of(context)
        if party is None or (value := getattr(party, field)) in allowed:
            return ()
        return (Finding(f"{path}.{field}", value, expected),)

    return function


def id_type(*codes: str, of: str, among: Collection[str] = IDS, when: When | None = None, **meta: Any) -> None:
    """Register the rule that a party's type of identification is present and listed."""
    expected = "un tipo de identificación de la lista" if among is IDS else ", ".join(among)
    add(codes, _listed(of, "id_type", among, expected), f"{of}.id_type", when=having(of, when), **meta)


def organization_type(*codes: str, of: str, **meta: Any) -> None:
    """Register the rule that a party is of one of the two kinds, legal entity or natural person."""
    add(codes, _listed(of, "organization_type", _KINDS, "1 o 2"), f"{of}.organization_type", when=having(of), **meta)


def tax_scheme(*codes: str, of: str, among: Collection[str] = _SCHEMES, **meta: Any) -> None:
    """Register the rule that a party's tax is one of the list."""
    add(codes, _listed(of, "tax_scheme", among, ", ".join(sorted(among))), f"{of}.tax_scheme", when=having(of), **meta)


def tax_scheme_name(*codes: str, of: str, **meta: Any) -> None:
    """Register the rule that a party's tax has exactly the name in the list («NO APLICA» is notified)."""

    def judge(party: Any) -> Iterator[tuple[str, object, object]]:
        expected = PARTY_TAX_SCHEME_NAMES.get(party.tax_scheme or "")
        if expected is not None and party.tax_scheme_name != expected:
            yield "tax_scheme_name", party.tax_scheme_name, expected

    add(codes, _of_party(of, judge), f"{of}.tax_scheme_name", when=having(of), **meta)


def responsibilities(*codes: str, of: str, among: Collection[str] = RESPONSIBILITIES, **meta: Any) -> None:
    """Register the rule that a party's responsibilities are of the list.

    R-99-PN with another is accepted: real documents have it without a notification.
    """

    def judge(party: Any) -> Iterator[tuple[str, object, object]]:
        for index, code in enumerate(party.responsibilities):
            if code not in among:
                yield f"responsibilities[{index}]", code, ", ".join(sorted(among))

    add(codes, _of_party(of, judge), f"{of}.responsibilities", when=having(of), **meta)


def email(*codes: str, of: str, when: When | None = None, **meta: Any) -> None:
    """Register the rule that a party has an e-mail."""

    def judge(party: Any) -> Iterator[tuple[str, object, object]]:
        if not party.emails:
            yield "emails", None, "un correo electrónico"

    add(codes, _of_party(of, judge), f"{of}.emails", when=having(of, when), **meta)
