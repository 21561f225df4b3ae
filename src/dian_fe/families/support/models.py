"""The support document for purchases from sellers who do not invoice, and its adjustment note."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal, Self, Unpack

from ..._arguments import named
from ...catalogs import (
    CodeEnum,
    IdType,
    SupportDocumentNoteConcept,
    SupportDocumentOperationType,
    SupportDocumentTransmission,
    TaxCode,
    catalog,
)
from ...catalogs.places import COLOMBIA
from ...errors import InvalidInput
from ...models._base import Model
from ...models._dates import Day, MaybeDay, to_bogota
from ...models._fields import Fixed, Many, ModelMeta, Text, field, field_default_from
from ...models._words import PESOS, day, label_of
from ...models.customer import Customer
from ...models.document import AmountDetails, NoteDetails, TradeDocument, as_party, types_of
from ...models.lines import Line
from ...models.note import Keyed, TradeNote
from ...models.organization import Organization
from ...models.party import Party
from ...models.payment import ExchangeRate, Payment
from ...models.taxes import TaxTotal

_RESIDENT = SupportDocumentOperationType.RESIDENTE.value
_ABROAD = SupportDocumentOperationType.NO_RESIDENTE.value
_ONE = Decimal("1.00")
_TRANSMISSIONS = "support_document_transmission_types"
_STANDARDS = catalog("product_standards")


class Seller(Customer):
    """A seller who is not obliged to invoice.

    A resident is identified by the NIT, which for a natural person is the number of the cédula with its check digit
    (rule DSAJ25a): ``Seller(id="1020304050", name="Ana Ejemplo", municipality="76001", address="Cl 5 # 4-3")``. A
    seller abroad has another ``id_type`` and an `Address` with the country. Raises the errors of `Customer`.
    """

    id_type: Text = IdType.NIT.value
    """`IdType`: 31 unless given."""

    def _is_company(self) -> bool:
        """True if the NIT is that of a company: nine digits beginning with 8 or 9."""
        return super()._is_company() and (len(self.id), self.id[:1]) in {(9, "8"), (9, "9")}


class Purchase(Model):
    """The date of a purchase, and how purchases are transmitted (cac:InvoicePeriod of a line)."""

    date: Day
    """Day of the purchase (cbc:StartDate)."""
    transmission: Text = SupportDocumentTransmission.POR_OPERACION.value
    """`SupportDocumentTransmission`: 1 each purchase, 2 those of a week together (cbc:DescriptionCode)."""
    description: Text | None = field(
        default_factory=field_default_from(
            "transmission", make={member.value: member.label for member in SupportDocumentTransmission}.get
        )
    )
    """The list's name of ``transmission`` unless given (cbc:Description); absent for an unlisted code."""

    @property
    def for_people(self) -> str:
        """Day and transmission as shown to people: «2026-02-24, acumulado semanal»."""
        manner = self.description or label_of(_TRANSMISSIONS, self.transmission)
        return ", ".join(part for part in (day(self.date), manner[:1].lower() + manner[1:]) if part)


class SupportLine(Line):
    """A line of a support document; a plain `Line` serves for purchases on the day of issue.

    See `Line` for its other fields.
    """

    purchase: Fixed[Purchase | None] = field(default=None)
    """When it was bought. ``from_lines`` sets by default: the day of issue, each purchase separately."""

    def _remarks(self) -> tuple[str, ...]:
        return () if self.purchase is None else (f"compra: {self.purchase.for_people}",)


class _SupportDocument(TradeDocument, metaclass=ModelMeta):
    """Base of the support document and its note."""

    OPERATIONS: ClassVar[tuple[str, ...]] = (_RESIDENT, _ABROAD)
    OPERATION_LIST: ClassVar[str] = "support_document_operation_types"
    TAX_CODES: ClassVar[tuple[str, ...]] = (TaxCode.IVA.value,)
    WITHHOLDING_CODES: ClassVar[tuple[str, ...]] = (TaxCode.RETEIVA.value, TaxCode.RETERENTA.value)
    LINE: ClassVar[type[Line]] = SupportLine
    COUNTERPART: ClassVar[type[Customer]] = Seller

    operation: Fixed[Text] = field(default=OPERATIONS[0])
    """`SupportDocumentOperationType`: 10 for sellers resident in Colombia, 11 for others."""
    lines: Many[SupportLine] = field(default=())

    @property
    def issuer_id(self) -> str:
        """NIT of the buyer, who issues and signs."""
        return self.customer.id

    @classmethod
    @named
    def from_lines(  # type: ignore[override]  # the sides are the other way round
        cls,
        *,
        number: str,
        issued_at: datetime | str,
        supplier: Seller | Party,
        customer: Organization | Party,
        lines: Iterable[Line],
        payment: Payment | Sequence[Payment],
        **details: Unpack[AmountDetails],
    ) -> Self:
        """Make a document whose totals follow from its lines: ``supplier`` sells, ``customer`` buys and issues.

        The operation is 11 for a seller whose address is abroad, else 10, unless it is given. Otherwise as
        ``Invoice.from_lines``.
        """
        given: Any = {"supplier": supplier, "customer": customer, **details}
        return super().from_lines(number=number, issued_at=issued_at, lines=lines, payment=payment, **given)

    def check_writable(self) -> None:
        """Check also that type, operation and transmission codes are known, and the currency of the rate.

        Raises ``UnknownCode``, and ``InvalidInput`` for the rate of another currency. No DIAN code is known for another
        type or operation.
        """
        super().check_writable()
        rate = self.exchange_rate
        if rate is not None and rate.currency != self.currency and self.currency != PESOS:
            raise InvalidInput.of(
                "families.support.rate_of_other_currency",
                field="exchange_rate.currency",
                found=rate.currency,
                expected=self.currency,
            )
        catalog(self.OPERATION_LIST).require(self.operation, field="operation")
        said = getattr(self, "type_code", None)
        if said not in self.TYPE_CODES:
            raise catalog("document_types").unknown(said, field="type_code", among=self.TYPE_CODES)
        known = catalog(_TRANSMISSIONS)
        for position, line in enumerate(self.lines):
            if line.purchase is not None:
                known.require(line.purchase.transmission, field=f"lines[{position}].purchase.transmission")

    @classmethod
    def _exchange(cls, rate: Any) -> Any:
        """Return the rate with a source base of one unit of the foreign currency, unless another is given.

        Implementers of annex 1.1 write 1.00, as do all accepted invoices in foreign currency.
        """
        if isinstance(rate, ExchangeRate) and rate.source_base is None:
            return rate.replace(source_base=_ONE)
        return {"source_base": _ONE, **rate} if isinstance(rate, Mapping) else rate

    @classmethod
    def _usual_operation(cls, supplier: Any) -> str:
        """Return 11 for a seller whose address is abroad, else 10."""
        address = getattr(as_party(supplier), "address", None)
        country = getattr(address, "country", None)
        return _RESIDENT if country in {None, COLOMBIA} else _ABROAD

    @classmethod
    def _lines(cls, lines: tuple[Line, ...], withholdings: tuple[TaxTotal, ...], issued_at: Any) -> list[Line]:
        """Add the names of the lines' code standards, which rule DSAZ13 demands."""
        return [
            line.replace(standard_name=_STANDARDS.label(line.standard))
            if line.standard_name is None and line.standard_code and line.standard and line.standard in _STANDARDS
            else line
            for line in super()._lines(lines, withholdings, issued_at)
        ]


class SupportDocument(_SupportDocument):
    """A support document (documento soporte, 05): ``customer``, who buys, issues it for ``supplier``, who sells.

    Use ``SupportDocument.from_lines(supplier=Seller(…), customer=organization, …)``.
    """

    TYPE_CODES: ClassVar[tuple[str, ...]] = types_of("support_document")
    ALLOWS_WITHHOLDINGS: ClassVar[bool] = True

    kind: Literal["support_document"] = "support_document"
    """Discriminator of the JSON form."""
    type_code: Text = TYPE_CODES[0]
    """`DocumentType` (cbc:InvoiceTypeCode): 05."""
    due_date: MaybeDay = field(default=None)
    """cbc:DueDate; payments carry their own due dates."""
    withholdings: Many[TaxTotal] = field(default=())
    """ReteIVA and ReteRenta, summed over the lines; they never lower the amount payable."""

    @classmethod
    def _lines(cls, lines: tuple[Line, ...], withholdings: tuple[TaxTotal, ...], issued_at: Any) -> list[Line]:
        """Set the purchase date of lines without one to the day of issue."""
        fitted = super()._lines(lines, withholdings, issued_at)
        if all(line.purchase is not None for line in fitted if isinstance(line, SupportLine)):
            return fitted
        today = Purchase(date=to_bogota(issued_at, "issued_at").date())
        return [line.replace(purchase=today) if getattr(line, "purchase", None) is None else line for line in fitted]


class SupportNote(_SupportDocument, TradeNote, metaclass=ModelMeta):
    """An adjustment note (nota de ajuste, 95) to a support document. No note raises its value."""

    TYPE_CODES: ClassVar[tuple[str, ...]] = types_of("support_document_note")
    ALLOWS_PREPAYMENTS: ClassVar[bool] = False
    ANNULMENT: ClassVar[str | None] = SupportDocumentNoteConcept.ANULACION.value
    CONCEPTS: ClassVar[type[CodeEnum]] = SupportDocumentNoteConcept
    CORRECTS: ClassVar[type[TradeDocument]] = SupportDocument
    LOWERS: ClassVar[bool] = True

    kind: Literal["support_note"] = "support_note"
    """Discriminator of the JSON form."""
    type_code: Text = TYPE_CODES[0]
    """cbc:CreditNoteTypeCode: always 95; the concept is in ``corrections``."""

    @classmethod
    @named
    def correcting(
        cls,
        document: SupportDocument | Keyed,
        *,
        concept: str,
        number: str,
        issued_at: datetime | str,
        key: str | None = None,
        description: str | None = None,
        lines: Iterable[Line] | None = None,
        previous: Iterable[SupportNote | Keyed] = (),
        **details: Unpack[NoteDetails],
    ) -> Self:
        """Make a note over a support document: parties, currency, rate, operation and payments are the document's.

        ``document`` is a result of ``build``, ``sign`` or ``read``, or the model itself with its ``key`` (CUDS).
        ``concept`` is one of `SupportDocumentNoteConcept`, by its code or its name. ``lines`` are the corrected ones;
        only an annulment may leave them out and takes all of the document's. ``previous`` are the earlier notes over
        the same document: what they deducted counts.

        Raises ``UnknownCode`` for another concept; ``NotAllowed`` for a note of a day before the document, of more than
        its remaining value, in another currency, or of another seller or buyer; and the errors of ``from_lines``.
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
        return {"operation": document.operation}
