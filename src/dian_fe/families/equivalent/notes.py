"""The adjustment notes to equivalent documents: credit (94) and debit (93)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Literal, Self, Unpack

from ..._arguments import named
from ...catalogs import (
    CodeEnum,
    DocumentType,
    EquivalentCreditNoteConcept,
    EquivalentDebitNoteConcept,
    EquivalentNoteOperationType,
)
from ...errors import MissingDatum
from ...families.registry import model_kind
from ...models._fields import ModelMeta, Text
from ...models.document import NoteDetails, TradeDocument, as_parts
from ...models.lines import Line
from ...models.note import Keyed, TradeNote
from ...models.references import DocumentReference
from .models import CONTINGENCY, EquivalentDocument, EquivalentTrade

_OPERATIONS = tuple(member.value for member in EquivalentNoteOperationType)


class EquivalentNote(EquivalentTrade, TradeNote, metaclass=ModelMeta):
    """Base of both notes. ``operation`` is the type of the document that they adjust: 20, 35, 60, …"""

    OPERATIONS: ClassVar[tuple[str, ...]] = _OPERATIONS
    OPERATION_LIST: ClassVar[str] = "equivalent_note_operation_types"
    CORRECTS: ClassVar[type[TradeDocument]] = EquivalentDocument

    @classmethod
    @named
    def correcting(
        cls,
        document: EquivalentDocument | Keyed,
        *,
        concept: str,
        number: str,
        issued_at: datetime | str,
        key: str | None = None,
        description: str | None = None,
        lines: Iterable[Line] | None = None,
        previous: Iterable[EquivalentNote | Keyed] = (),
        **details: Unpack[NoteDetails],
    ) -> Self:
        """Make a note over an equivalent document: parties, currency, rate and payments are the document's.

        ``document`` is a result of ``build``, ``sign`` or ``read``, or the model itself with its ``key`` (CUDE).
        ``concept`` is one of `EquivalentCreditNoteConcept` or `EquivalentDebitNoteConcept`, by its code or its name.
        ``lines`` are the adjusted ones; only an annulment may leave them out and takes all of the document's, with its
        discounts, charges and rounding. ``previous`` are the earlier notes over the same document: what they deducted
        or added counts when a credit note is compared with it. The operation is the document's type.

        Raises ``UnknownCode`` for a concept that the kind does not have; ``NotAllowed`` for a note of a day before the
        document, of more than its remaining value, in another currency, or of another supplier or customer (a final
        consumer may be named later); and the errors of ``from_lines``.
        """
        given = {"number": number, "issued_at": issued_at, **details}
        return cls._over(
            document,
            name="document",
            concept=concept,
            key=key,
            description=description,
            lines=lines,
            previous=previous,
            details=given,
        )

    @classmethod
    def _taken_over(cls, document: Any) -> dict[str, Any]:
        kind = model_kind(type(document))
        return {} if kind is None else {"operation": kind.document_type}

    @classmethod
    def _details(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Take the operation from the type of the document referred to, unless given; one of contingency is of any."""
        values = super()._details(given)
        references = as_parts(values.get("billing_references", ()), DocumentReference, "billing_references")
        operation = values.get("operation") or next(
            (each.type_code for each in references if each.type_code and each.type_code not in CONTINGENCY), None
        )
        if operation is None:
            raise MissingDatum.of("families.equivalent.note_without_type", field="operation")
        return values | {"operation": str(operation), "billing_references": cls._references(references, str(operation))}

    @classmethod
    def _references(cls, references: tuple[DocumentReference, ...], operation: str) -> tuple[DocumentReference, ...]:
        """Return the references as the kind writes them."""
        return references


class EquivalentCreditNote(EquivalentNote):
    """A credit note to an equivalent document (nota de ajuste crédito, 94): lowers its value, or annuls it."""

    TYPE_CODES: ClassVar[tuple[str, ...]] = (DocumentType.NOTA_CREDITO_AL_DOCUMENTO_EQUIVALENTE.value,)
    ALLOWS_PREPAYMENTS: ClassVar[bool] = False
    ANNULMENT: ClassVar[str | None] = EquivalentCreditNoteConcept.ANULACION.value
    CONCEPTS: ClassVar[type[CodeEnum]] = EquivalentCreditNoteConcept
    LOWERS: ClassVar[bool] = True

    kind: Literal["equivalent_credit_note"] = "equivalent_credit_note"
    """Discriminator of the JSON form."""
    type_code: Text = TYPE_CODES[0]
    """cbc:CreditNoteTypeCode: always 94; the concept is in ``corrections``."""

    @classmethod
    def _references(cls, references: tuple[DocumentReference, ...], operation: str) -> tuple[DocumentReference, ...]:
        """Add the type of the document, as DIAN's example of this note has it; that of debit notes has none."""
        return tuple(each if each.type_code is not None else each.replace(type_code=operation) for each in references)


class EquivalentDebitNote(EquivalentNote):
    """A debit note to an equivalent document (nota de ajuste débito, 93): raises its value."""

    CONCEPTS: ClassVar[type[CodeEnum]] = EquivalentDebitNoteConcept
    ALLOWS_FREE_INDICATOR: ClassVar[bool] = False

    kind: Literal["equivalent_debit_note"] = "equivalent_debit_note"
    """Discriminator of the JSON form."""
