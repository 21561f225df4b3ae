"""Contradictions between a note and the document that it corrects, and the concepts of correction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from .._text import fold
from ..catalogs import FINAL_CONSUMER_ID, CodeEnum
from ..errors import InvalidInput, NotAllowed, UnknownCode
from .totals import TOLERANCE


class Disagreement(NamedTuple):
    """A datum in which a note and the document that it corrects differ."""

    code: str
    """The library's code of the finding, in lower case."""
    path: str
    found: object
    expected: object


_REFUSED = {
    "note_before_document": "models.note_before_document",
    "note_above_document": "models.note_above_document",
    "note_in_other_currency": "models.note_in_other_currency",
    "note_of_other_party": "models.note_of_other_party",
}
"""Findings that `correcting` refuses; rules only report the rest."""


def refuse_disagreements(note: Any, original: Any, previous: Iterable[Any] = ()) -> None:
    """Refuse a new note that contradicts the document.

    Raise ``NotAllowed`` for one disagreement, ``InvalidInput`` with all of them for several.
    """
    refused = [
        NotAllowed.of(_REFUSED[each.code], field=each.path, found=each.found, expected=str(each.expected))
        for each in disagreements(note, original, previous)
        if each.code in _REFUSED
    ]
    if len(refused) == 1:
        raise refused[0]
    if refused:
        raise InvalidInput(
            f"La nota y el documento se contradicen en {len(refused)} datos: " + " | ".join(map(str, refused)),
            errors=refused,
        )


def disagreements(note: Any, original: Any, previous: Iterable[Any] = ()) -> Iterator[Disagreement]:
    """Yield the contradictions between a note and the document that it corrects, in the order of the fields.

    ``previous``: earlier notes over the same document.
    """
    if note.issue_date < original.issue_date:
        expected = f"{original.issue_date} o después"
        yield Disagreement("note_before_document", "issued_at", note.issue_date, expected)
    for side in ("supplier", "customer"):
        mine, theirs = getattr(note, side).id, getattr(original, side).id
        if mine != theirs and theirs != FINAL_CONSUMER_ID:
            yield Disagreement("note_of_other_party", f"{side}.id", mine, theirs)
    if note.currency != original.currency:
        yield Disagreement("note_in_other_currency", "currency", note.currency, original.currency)
    else:
        yield from _amounts(note, original, previous)
    for index, reference in enumerate(note.billing_references):
        if reference.number == original.number and reference.issue_date not in {None, original.issue_date}:
            yield Disagreement(
                "reference_contradicts",
                f"billing_references[{index}].issue_date",
                reference.issue_date,
                original.issue_date,
            )


def _amounts(note: Any, original: Any, previous: Iterable[Any]) -> Iterator[Disagreement]:
    """Yield the disagreement of a credit note that is above what was charged.

    A note over several documents does not say which part belongs to which.
    """
    documents = {reference.number for reference in note.billing_references}
    if note.LOWERS and note.has("totals") and original.has("totals") and len(documents) <= 1:
        earlier = [each for each in previous if each.currency == original.currency and each.has("totals")]
        left = _charged(original) - sum(
            (each.totals.payable * (1 if each.LOWERS else -1) for each in earlier), Decimal(0)
        )
        if note.totals.payable > left + TOLERANCE:
            yield Disagreement("note_above_document", "totals.payable", note.totals.payable, f"hasta {left}")
        elif note.annuls and note.totals.payable < left - TOLERANCE:
            yield Disagreement("partial_annulment", "totals.payable", note.totals.payable, left)


def _charged(document: Any) -> Decimal:
    """Return the amount that a document charges: the amount payable, before prepayments and rounding lowered it."""
    totals = document.totals
    whole = totals.tax_inclusive
    payable: Decimal = totals.payable
    return (
        payable if whole is None else max(payable, whole + (totals.charge_total or 0) - (totals.allowance_total or 0))
    )


def concept_of(concepts: type[CodeEnum], given: Any, field: str = "concept") -> str:
    """Return the code of a concept given by its code or by its name.

    A name is the member's or the official label, whole or its first words where no other concept begins with them;
    case and accents do not count. Raise ``UnknownCode`` with the candidates for anything else.
    """
    if isinstance(given, str) and (not isinstance(given, CodeEnum) or isinstance(given, concepts)):
        text = given.strip()
        if (known := concepts.by_code(text)) is not None:
            return known.value
        found = _named(concepts, fold(text))
        if len(found) == 1:
            return found[0].value
    else:
        found = []  # a number, or a member of another list, whose code has another meaning here
    candidates = ", ".join(f"{member.value} ({member.label})" for member in found or concepts)
    key = "models.concept_ambiguous" if found else "models.concept_unknown"
    shown = f"{given} (int)" if type(given) is int else repr(given)  # else 1 would be found where 1 is expected
    raise UnknownCode.of(key, field=field, found=shown[:60], expected=candidates, concepts=concepts.__name__)


def _named(concepts: type[CodeEnum], name: str) -> list[CodeEnum]:
    """Return the one concept of that name or beginning; else those whose names contain it."""
    names = {member: (fold(member.label), fold(member.name)) for member in concepts}
    if not name:
        return []
    same = [member for member, called in names.items() if name in called]
    begun = same or [member for member, called in names.items() if any(each.startswith(f"{name} ") for each in called)]
    if len(begun) == 1:
        return begun
    held = [member for member, called in names.items() if any(f" {name} " in f" {each} " for each in called)]
    return held if len(held) > 1 else []
