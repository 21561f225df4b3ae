"""What a note says against the document that it corrects: advice, since no code of DIAN's tells it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ....models.corrections import disagreements
from ....rules.context import Context
from ....rules.registry import Check, Finding, own_rule

_NOTES: Final = ("credit_note", "debit_note")


def _original(context: Context) -> Any:
    """Return the document corrected, as the model that it is or holds; None for anything else."""
    original = context.subject.original
    original = getattr(original, "document", original)
    return original if hasattr(original, "totals") and hasattr(original, "issue_date") else None


@own_rule("note_before_document", *_NOTES, path="issued_at")
def note_is_not_before_its_document(context: Context) -> Iterator[Finding]:
    """A note is not issued before a document that it names."""
    found = False
    for index, reference in enumerate(context.document.billing_references):
        if reference.issue_date is not None and reference.issue_date > context.issue_date:
            found = True
            path = f"billing_references[{index}].issue_date"
            yield Finding(path, reference.issue_date, f"{context.issue_date} o antes")
    if not found:
        yield from _told("note_before_document")(context)


def _told(code: str) -> Check:
    def function(context: Context) -> Iterator[Finding]:
        original = _original(context)
        if original is not None:
            for each in disagreements(context.document, original):
                if each.code == code:
                    yield Finding(each.path, each.found, each.expected)

    return function


for _code, _path in (
    ("note_of_other_party", "customer.id"),
    ("note_in_other_currency", "currency"),
    ("note_above_document", "totals.payable"),
    ("partial_annulment", "totals.payable"),
    ("reference_contradicts", "billing_references[].issue_date"),
):
    own_rule(_code, *_NOTES, path=_path, needs=("document", "original"))(_told(_code))
