"""The electronic sales invoice (factura electrónica de venta), and its credit and debit notes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Literal, Self, Unpack

from ..._arguments import named
from ...catalogs import CodeEnum, CreditNoteConcept, DebitNoteConcept, DocumentType, OperationType
from ...models._dates import MaybeDay
from ...models._fields import Fixed, Many, ModelMeta, Text, field
from ...models.document import NoteDetails, TradeDocument, operations, types_of
from ...models.lines import Line
from ...models.note import Keyed, TradeNote
from ...models.taxes import TaxTotal
from .sector import HealthSector

HEALTH_PREFIX = "SS-"
"""Beginning of the operation types of the health sector (annex 1.9, section 13.1.5)."""
HEALTH_OPERATIONS = tuple(member.value for member in OperationType if member.value.startswith(HEALTH_PREFIX))
"""Every operation type of the health sector."""


class SalesDocument(TradeDocument, defer_build=True, metaclass=ModelMeta):
    """Base of `Invoice`, `CreditNote` and `DebitNote`."""

    health: Fixed[HealthSector | None] = field(default=None)
    """The health sector's extension, with operation types SS-…"""

    @property
    def is_health(self) -> bool:
        """True if the operation is of the health sector."""
        return self.operation.startswith(HEALTH_PREFIX)

    @classmethod
    def _deducts_prepayments(cls, operation: str) -> bool:
        return operation.startswith(HEALTH_PREFIX)


class Invoice(SalesDocument, defer_build=False):
    """An invoice: national (01), export (02), contingency transcription (03) or DIAN-side contingency (04).

    Type 03 carries a CUDE with the software's PIN instead of a CUFE. Use ``Invoice.from_lines(…)``.
    """

    OPERATIONS: ClassVar[tuple[str, ...]] = (
        operations("10", "09", "11", "12", "13", "14", "15", "16") + HEALTH_OPERATIONS
    )
    TYPE_CODES: ClassVar[tuple[str, ...]] = types_of("invoice")
    ALLOWS_WITHHOLDINGS: ClassVar[bool] = True

    kind: Literal["invoice"] = "invoice"
    """Discriminator of the JSON form."""
    operation: Fixed[Text] = field(default=OPERATIONS[0])
    """`OperationType` (cbc:CustomizationID): 10 standard unless given."""
    type_code: Text = DocumentType.FACTURA_DE_VENTA.value
    """`DocumentType` (cbc:InvoiceTypeCode)."""
    due_date: MaybeDay = field(default=None)
    """cbc:DueDate; payments carry their own due dates."""
    withholdings: Many[TaxTotal] = field(default=())
    """Withholdings summed over the lines; informative, they never lower the amount payable."""


class Note(SalesDocument, TradeNote, metaclass=ModelMeta):
    """Base of both notes: they correct an invoice or, in operations 22 and 32, a period without naming one."""

    CORRECTS: ClassVar[type[TradeDocument]] = Invoice

    @classmethod
    @named
    def correcting(
        cls,
        invoice: Invoice | Keyed,
        *,
        concept: str,
        number: str,
        issued_at: datetime | str,
        key: str | None = None,
        description: str | None = None,
        lines: Iterable[Line] | None = None,
        previous: Iterable[Note | Keyed] = (),
        **details: Unpack[NoteDetails],
    ) -> Self:
        """Make a note over an invoice: parties, currency, rate and payments are those of the invoice.

        ``invoice`` is a result of ``build``, ``sign`` or ``read``, or the model itself with its ``key`` (CUFE).
        ``concept`` is one of `CreditNoteConcept` or `DebitNoteConcept`, by its code or its name. ``lines`` are the
        corrected ones; only an annulment may leave them out and takes all of the invoice's, with its discounts, charges
        and rounding. ``previous`` are the earlier notes over the invoice: what they deducted or added counts when a
        credit note is compared with it.

        Raises ``UnknownCode`` for a concept that the kind does not have; ``NotAllowed`` for a note of a day before the
        invoice, of more than its remaining value, in another currency, or of another supplier or customer (a final
        consumer may be named later); and the errors of ``from_lines``.
        """
        given = {"number": number, "issued_at": issued_at, **details}
        return cls._over(
            invoice,
            name="invoice",
            concept=concept,
            key=key,
            description=description,
            lines=lines,
            previous=previous,
            details=given,
        )

    @classmethod
    def _taken_over(cls, document: Invoice) -> dict[str, Any]:
        if not document.is_health:
            return {}
        return {"operation": document.operation, "health": document.health, "period": document.period}


class CreditNote(Note):
    """A credit note (nota crédito, 91): with reference to an invoice (20) or without one (22)."""

    OPERATIONS: ClassVar[tuple[str, ...]] = operations("20", "22") + HEALTH_OPERATIONS
    TYPE_CODES: ClassVar[tuple[str, ...]] = types_of("credit_note")
    ALLOWS_PREPAYMENTS: ClassVar[bool] = False
    ANNULMENT: ClassVar[str | None] = CreditNoteConcept.ANULACION.value
    CONCEPTS: ClassVar[type[CodeEnum]] = CreditNoteConcept
    LOWERS: ClassVar[bool] = True

    kind: Literal["credit_note"] = "credit_note"
    """Discriminator of the JSON form."""
    operation: Fixed[Text] = field(default=OPERATIONS[0])
    """`OperationType`: 20 with reference to an invoice, 22 without, or one of health (SS-…)."""
    type_code: Text = "91"
    """cbc:CreditNoteTypeCode: always 91; the concept is in ``corrections``."""


class DebitNote(Note):
    """A debit note (nota débito, 92): with reference to an invoice (30) or without one (32)."""

    OPERATIONS: ClassVar[tuple[str, ...]] = operations("30", "32") + HEALTH_OPERATIONS
    CONCEPTS: ClassVar[type[CodeEnum]] = DebitNoteConcept
    ALLOWS_FREE_INDICATOR: ClassVar[bool] = False

    kind: Literal["debit_note"] = "debit_note"
    """Discriminator of the JSON form."""
    operation: Fixed[Text] = field(default=OPERATIONS[0])
    """`OperationType`: 30 with reference to an invoice, 32 without, or one of health (SS-…)."""
