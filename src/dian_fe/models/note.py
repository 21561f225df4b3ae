"""Base of the notes of every family: concepts of correction, and construction over a document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Protocol, Self

from ..catalogs import CodeEnum
from ..errors import InvalidInput, NotAllowed
from ..families.registry import model_kind
from ._fields import Many, ModelMeta, field
from ._missing import missing_of, refuse_missing
from .corrections import concept_of, refuse_disagreements
from .document import TradeDocument, as_parts
from .lines import Line
from .references import Correction, DocumentReference

_KEY = re.compile("[0-9A-Fa-f]{96}")
"""A SHA-384 in hexadecimal, as CUFE, CUDE and CUDS are."""


class Keyed(Protocol):
    """A stage of a document that has its key: built, signed or received."""

    @property
    def document(self) -> Any:
        """The document."""

    @property
    def key(self) -> str | None:
        """Its key; None in a received document without one, which is refused."""


class TradeNote(TradeDocument, metaclass=ModelMeta):
    """Base of the notes of every family."""

    ANNULMENT: ClassVar[str | None] = None
    """The concept that annuls a whole document; None for a kind that cannot."""
    CONCEPTS: ClassVar[type[CodeEnum]]
    """The enum of the kind's concepts of correction."""
    LOWERS: ClassVar[bool] = False
    """Whether the note lowers the document's value, instead of raising it."""
    CORRECTS: ClassVar[type[TradeDocument]]
    """The class of the documents that it corrects."""

    corrections: Many[Correction] = field(default=())
    """Why the note corrects (cac:DiscrepancyResponse)."""

    @classmethod
    def _over(
        cls,
        given: Any,
        *,
        name: str,
        concept: str,
        key: str | None,
        description: str | None,
        lines: Iterable[Line] | None,
        previous: Iterable[Any],
        details: Mapping[str, Any],
    ) -> Self:
        """Make a note over a document that the caller passed as ``name``; omitted values are the document's."""
        document, own_key = cls._document_and_key(given, key, name)
        concept = concept_of(cls.CONCEPTS, concept)
        annulled = lines is None
        if lines is None:
            if concept != cls.ANNULMENT:
                raise NotAllowed.of("models.lines_of_note", field="lines", name=name)
            lines = document.lines
            refuse_missing(missing_of(lines=lines))
        taken: dict[str, Any] = {
            "supplier": document.supplier,
            "customer": document.customer,
            "currency": document.currency,
            "exchange_rate": document.exchange_rate,
            "payment": document.payments,
            "corrections": (Correction(concept=concept, description=description, reference=document.number),),
            "billing_references": (
                DocumentReference(
                    number=document.number, key=own_key, key_scheme=_scheme(document), issue_date=document.issue_date
                ),
            ),
        }
        if annulled:
            # An annulment covers the whole amount payable, with the document's discounts and charges.
            rounding = document.totals.payable_rounding if document.has("totals") else None
            taken |= {"allowances": document.allowances, "payable_rounding": rounding}
        taken |= cls._taken_over(document)
        cleaned = [_as_note_line(line) if isinstance(line, Line) else line for line in lines]
        note = cls.from_lines(lines=cleaned, **(taken | {**details}))
        refuse_disagreements(note, document, cls._earlier(previous, document.number))
        return note

    @classmethod
    def _taken_over(cls, document: Any) -> dict[str, Any]:
        """Return the further data that the note takes from the document, unless given."""
        return {}

    @classmethod
    def _details(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Accept concepts by name too."""
        if not given.get("corrections"):
            return given
        corrections = as_parts(given["corrections"], Correction, "corrections")
        return given | {
            "corrections": tuple(
                each.replace(concept=concept_of(cls.CONCEPTS, each.concept, f"corrections[{index}].concept"))
                for index, each in enumerate(corrections)
            )
        }

    @property
    def annuls(self) -> bool:
        """True if the note annuls its whole document."""
        return self.ANNULMENT is not None and any(each.concept == self.ANNULMENT for each in self.corrections)

    @classmethod
    def _document_and_key(cls, given: Any, key: str | None, name: str) -> tuple[Any, str]:
        plain = isinstance(given, cls.CORRECTS)
        document = given if plain else getattr(given, "document", None)
        own_key = key if plain else getattr(given, "key", None)
        if not isinstance(document, cls.CORRECTS):
            held = given if document is None else document
            found = type(given).__name__ if model_kind(type(held)) is None else _called(type(held))
            words = {"note": _called(cls), "called": _called(cls.CORRECTS)}
            raise InvalidInput.of("models.corrects_another_class", field=name, found=found, **words)
        if not own_key:
            raise InvalidInput.of("models.missing_key", field="key", scheme=_scheme(document).partition("-")[0])
        if plain and _KEY.fullmatch(own_key) is None:
            raise InvalidInput.of("models.not_a_key", field="key", found=own_key[:100])
        return document, own_key

    @classmethod
    def _earlier(cls, previous: Iterable[Any], number: str) -> tuple[TradeNote, ...]:
        """Return the earlier notes over the document of that number, each once."""
        notes: dict[str, TradeNote] = {}
        if isinstance(previous, TradeNote) or not isinstance(previous, Iterable):
            raise InvalidInput.of("models.previous_not_a_list", field="previous", found=type(previous).__name__)
        for index, given in enumerate(previous):
            note = getattr(given, "document", given)
            if not isinstance(note, TradeNote):
                found = type(given).__name__
                raise InvalidInput.of("models.previous_not_a_note", field=f"previous[{index}]", found=found)
            numbers = [each.number for each in note.billing_references]
            if number not in numbers:
                place, others = f"previous[{index}].billing_references", ", ".join(numbers) or None
                raise InvalidInput.of("models.previous_of_another_document", field=place, found=others, expected=number)
            notes[note.number] = note
        return tuple(notes.values())


def _called(model: type[TradeDocument]) -> str:
    """Return the label of documents of a class with its name, or the name alone of a class of several kinds."""
    kind = model_kind(model)
    return model.__name__ if kind is None else f"{kind.label} ({model.__name__})"


def _as_note_line(line: Line) -> Line:
    """Return a line as a note has it: without withholdings, and with the BaseQuantity that DIAN expects.

    A received document may have another BaseQuantity although its amount is price × quantity.
    """
    changes: dict[str, Any] = {"withholdings": ()} if line.withholdings else {}
    if line.amount is not None and (line.base_quantity, line.base_unit) != (line.quantity, line.unit):
        changes |= {"base_quantity": line.quantity, "base_unit": line.unit}
    return line.replace(**changes) if changes else line


def _scheme(document: TradeDocument) -> str:
    kind = model_kind(type(document))
    assert kind is not None
    assert kind.key is not None  # the corrected document has one
    return kind.key.form(getattr(document, "type_code", None)).scheme.value
