"""The electronic sales invoice (factura electrónica de venta), and its credit and debit notes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Literal, Protocol, Self, Unpack

from ..._arguments import named
from ...catalogs import CodeEnum, CreditNoteConcept, DebitNoteConcept, DocumentType, IdAlgorithm
from ...errors import InvalidInput, NotAllowed
from ...models._base import MaybeDay, ModelMeta, Text
from ...models._details import NoteDetails
from ...models._missing import missing_of, refuse_missing
from ...models._typing import Fixed, Many, field
from ...models.corrections import concept_of, refuse_disagreements
from ...models.document import HEALTH_OPERATIONS, SalesDocument, as_parts, operations, types_of
from ...models.lines import Line
from ...models.references import Correction, DocumentReference
from ...models.taxes import TaxTotal


class _Keyed(Protocol):
    """A stage of an invoice that knows its key: built, signed or received."""

    @property
    def document(self) -> Any:
        """The invoice."""

    @property
    def key(self) -> str | None:
        """Its CUFE; None of a document read without, which is refused."""


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


class Note(SalesDocument, metaclass=ModelMeta):
    """Base of both notes: they correct an invoice, or (operations 22 and 32) a period without naming any."""

    ANNULMENT: ClassVar[str | None] = None
    """The concept that annuls an invoice whole; None for a note that cannot."""
    CONCEPTS: ClassVar[type[CodeEnum]]
    """List of the concepts by which the kind corrects."""
    LOWERS: ClassVar[bool] = False
    """The note takes value from the invoice, instead of adding to it."""

    corrections: Many[Correction] = field(default=())
    """Why the note corrects (cac:DiscrepancyResponse)."""

    @classmethod
    @named
    def correcting(
        cls,
        invoice: Invoice | _Keyed,
        *,
        concept: str,
        number: str,
        issued_at: datetime | str,
        key: str | None = None,
        description: str | None = None,
        lines: Iterable[Line] | None = None,
        previous: Iterable[Note | _Keyed] = (),
        **details: Unpack[NoteDetails],
    ) -> Self:
        """Make a note over an invoice: parties, currency, rate and payments are those of the invoice.

        ``invoice`` is what ``build``, ``sign`` or ``read`` gave, or the model itself with its ``key`` (CUFE).
        ``concept`` is one of `CreditNoteConcept` or `DebitNoteConcept`, by its code or its name. ``lines`` are the
        corrected ones; only an annulment may leave them out and takes all of the invoice's, with its discounts,
        charges and rounding. ``previous`` are the notes that were issued before over the invoice: what they took from
        it, or added, counts when a credit note is held against it.

        Raises ``UnknownCode`` for a concept that the kind does not have; ``NotAllowed`` for a note of a day before the
        invoice, of more value than is left of it, in another currency, or of another supplier or customer (whoever
        bought as final consumer may be named later); and the errors of ``from_lines``.
        """
        document, cufe = _document_and_key(invoice, key)
        concept = concept_of(cls.CONCEPTS, concept)
        annulled = lines is None
        if lines is None:
            if concept != cls.ANNULMENT:
                raise NotAllowed(
                    "solo una anulación toma todas las líneas de la factura.",
                    field="lines",
                    expected="las líneas que se corrigen",
                    remedy="indique lines; invoice.lines[0].without_amounts(quantity=1) da parte de una línea.",
                )
            lines = document.lines
            refuse_missing(missing_of(lines=lines))
        given: dict[str, Any] = {
            "supplier": document.supplier,
            "customer": document.customer,
            "currency": document.currency,
            "exchange_rate": document.exchange_rate,
            "payment": document.payments,
            "corrections": (Correction(concept=concept, description=description, reference=document.number),),
            "billing_references": (
                DocumentReference(
                    number=document.number, key=cufe, key_scheme=_scheme(document), issue_date=document.issue_date
                ),
            ),
        }
        if annulled:
            # What is annulled is the whole amount payable, with what was discounted or charged on the document.
            rounding = document.totals.payable_rounding if document.has("totals") else None
            given |= {"allowances": document.allowances, "payable_rounding": rounding}
        if document.is_health:
            given |= {"operation": document.operation, "health": document.health, "period": document.period}
        cleaned = [_as_note_line(line) if isinstance(line, Line) else line for line in lines]
        note = cls.from_lines(number=number, issued_at=issued_at, lines=cleaned, **(given | {**details}))
        refuse_disagreements(note, document, _earlier(previous, document.number))
        return note

    @classmethod
    def _details(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Take concepts by name too."""
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
        """True if the note annuls its invoice whole."""
        return self.ANNULMENT is not None and any(each.concept == self.ANNULMENT for each in self.corrections)


class CreditNote(Note):
    """A credit note (nota crédito, 91): with reference to an invoice (20) or without (22)."""

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
    """cbc:CreditNoteTypeCode: always 91; the concept is told in ``corrections``."""


class DebitNote(Note):
    """A debit note (nota débito, 92): with reference to an invoice (30) or without (32)."""

    OPERATIONS: ClassVar[tuple[str, ...]] = operations("30", "32") + HEALTH_OPERATIONS
    CONCEPTS: ClassVar[type[CodeEnum]] = DebitNoteConcept
    ALLOWS_FREE_INDICATOR: ClassVar[bool] = False

    kind: Literal["debit_note"] = "debit_note"
    """Discriminator of the JSON form."""
    operation: Fixed[Text] = field(default=OPERATIONS[0])
    """`OperationType`: 30 with reference to an invoice, 32 without, or one of health (SS-…)."""


def _as_note_line(line: Line) -> Line:
    """Return a line as a note says it: without withholdings, and BaseQuantity as DIAN wants it.

    A document of others may write another BaseQuantity beside an amount that is price × quantity all the same.
    """
    changes: dict[str, Any] = {"withholdings": ()} if line.withholdings else {}
    if line.amount is not None and (line.base_quantity, line.base_unit) != (line.quantity, line.unit):
        changes |= {"base_quantity": line.quantity, "base_unit": line.unit}
    return line.replace(**changes) if changes else line


def _document_and_key(invoice: Any, key: str | None) -> tuple[Invoice, str]:
    document = invoice if isinstance(invoice, Invoice) else getattr(invoice, "document", None)
    cufe = key if isinstance(invoice, Invoice) else getattr(invoice, "key", None)
    if not isinstance(document, Invoice):
        raise InvalidInput(
            "solo se corrigen facturas.", field="invoice", found=type(invoice).__name__, expected="Invoice"
        )
    if not cufe:
        raise InvalidInput(
            "falta la clave (CUFE) de la factura que se corrige.",
            field="key",
            expected="96 dígitos hexadecimales",
            remedy="pase lo que dieron build, sign o read, o la factura con key=cufe.",
        )
    return document, cufe


def _earlier(previous: Iterable[Any], number: str) -> tuple[Note, ...]:
    """Return the notes that were issued before over the invoice of that number, each once."""
    notes: dict[str, Note] = {}
    if isinstance(previous, Note) or not isinstance(previous, Iterable):
        raise InvalidInput(
            "las notas anteriores se dan en una lista.",
            field="previous",
            found=type(previous).__name__,
            expected="una lista de notas",
            remedy="escriba previous=[nota].",
        )
    for index, given in enumerate(previous):
        note = getattr(given, "document", given)
        if not isinstance(note, Note):
            raise InvalidInput(
                "las notas anteriores son notas.",
                field=f"previous[{index}]",
                found=type(given).__name__,
                expected="una nota crédito o débito, o lo que dieron build, sign o read",
                remedy="pase las notas que ya se emitieron sobre esta factura.",
            )
        if number not in {each.number for each in note.billing_references}:
            raise InvalidInput(
                "esta nota anterior no corrige la factura.",
                field=f"previous[{index}].billing_references",
                found=", ".join(each.number for each in note.billing_references) or None,
                expected=number,
                remedy="pase solo las notas que ya se emitieron sobre esta factura.",
            )
        notes[note.number] = note
    return tuple(notes.values())


def _scheme(document: Invoice) -> str:
    contingency = document.type_code == "03"
    return (IdAlgorithm.CUDE if contingency else IdAlgorithm.CUFE).value
