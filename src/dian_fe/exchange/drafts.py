"""Documents on their way in: what another system said, as arguments of the model that makes the document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._arguments import checked
from .._viewed import Viewed
from ..families.registry import find
from ..families.spec import DocumentKind
from ..models.document import TradeDocument


@checked
@dataclass(frozen=True, slots=True)
class IncomingDraft(Viewed):
    """A document that can be made: everything but what the caller gives to `build`.

    ``details`` are arguments of the model's ``from_lines``, the company among them; ``company.draft(draft.kind,
    **draft.details)`` makes a draft of `Company`, which numbers it.
    """

    kind: str
    """Name of the kind of document: ``invoice``, ``credit_note``…"""
    reference: str | None
    """What the other system calls the document."""
    details: Mapping[str, Any] = field(repr=False)
    """Arguments of ``from_lines``."""
    rows: tuple[int, ...] = ()
    """Numbers of the rows that it was made of; empty when it does not come from a table."""
    document: TradeDocument | None = field(default=None, repr=False)
    """The document, when number, moment and company were known."""

    def build(self, **given: Any) -> TradeDocument:
        """Return the document with the data that the draft lacks: number and moment.

        What is given takes the place of what the draft says. Raises the errors of ``from_lines``.
        """
        return make(kind_of(self.kind), {**self.details, **given})


def kind_of(name: str) -> DocumentKind:
    """Return the kind of a draft, which was found before."""
    found = find(name)
    assert found is not None
    return found


def make(kind: DocumentKind, details: Mapping[str, Any]) -> TradeDocument:
    """Return the document of these arguments of ``from_lines``."""
    model: Any = kind.model_class
    made: TradeDocument = model.from_lines(**details)
    return made
