"""What a representación gráfica shows, in no format yet: HTML and PDF draw the same `Content`.

Every text is ready to be printed: amounts as ``$ 1.234.567,89`` (other currencies by their code: ``USD 1.234,50``),
days as ``2026-03-02``. Everything comes from the XML, except labels and the caller's data of software and resolution
(annex 1.9, section 5.8).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """A Spanish label, with the English one when requested."""

    text: str
    english: str | None = None

    def __str__(self) -> str:
        """Join both: «Fecha de vencimiento / Due date»."""
        return self.text if self.english is None else f"{self.text} / {self.english}"

    def numbered(self, number: int) -> Label:
        """Return the label of one of several: «Medio de pago (2)»."""
        return Label(f"{self.text} ({number})", None if self.english is None else f"{self.english} ({number})")


@dataclass(frozen=True, slots=True)
class Field:
    """A labelled datum."""

    label: Label
    value: str

    def __str__(self) -> str:
        """Join both: «Marca: Acme»; the label alone without value."""
        return f"{self.label}: {self.value}" if self.value else str(self.label)


@dataclass(frozen=True, slots=True)
class Section:
    """Fields under a heading: numbering, dates, payment, references, …"""

    name: str
    """For programs: ``numbering``, ``payment``, …"""
    title: Label
    fields: tuple[Field, ...]

    @property
    def line(self) -> str:
        """Title and fields in one line; empty without fields."""
        fields = " · ".join(map(str, self.fields))
        return f"{self.title}: {fields}" if fields else ""


@dataclass(frozen=True, slots=True)
class PartyBlock:
    """A party: name, and the rest as fields."""

    title: Label
    name: str
    trade_name: str | None
    """Only when it differs from the legal name."""
    identification: Field
    """«NIT» 700085371-1, «CC» 1020304050."""
    fields: tuple[Field, ...]
    """Address, telephone, mail."""
    qualities: tuple[str, ...] = ()
    """The supplier's qualities, only those that it has: gran contribuyente (O-13), autorretenedor (O-15), …"""


@dataclass(frozen=True, slots=True)
class LineTax:
    """A tax of a line: «IVA», «19 %», its amount."""

    name: str
    rate: str
    amount: str

    def __str__(self) -> str:
        """Return name, rate and amount in one line."""
        return " ".join(part for part in (self.name, self.rate, self.amount) if part)


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the document."""

    number: str
    code: str
    """The seller's code, or else the standard code; empty without either."""
    description: str
    details: tuple[Field, ...]
    """Further codes, brand, model, properties, notes, the principal."""
    quantity: str
    unit: str
    price: str
    allowances: tuple[str, ...]
    """Discounts («- 10 % $ 1.000,00») and charges («+ …»)."""
    taxes: tuple[LineTax, ...]
    total: str
    """Price × quantity less discounts plus charges, without taxes."""
    free: Field | None = None
    """For free goods: «Muestra gratis», with its reference price."""

    @property
    def further(self) -> list[str]:
        """The lines under the description: further codes, reasons, notes, and whether it is free."""
        return [str(field) for field in (*self.details, self.free) if field is not None]


class _Amounts:
    """What rows with an amount share."""

    __slots__ = ()
    second: str | None

    @property
    def in_pesos(self) -> str | None:
        """Deprecated: ``second``."""
        warnings.warn("in_pesos is now second", DeprecationWarning, stacklevel=2)
        return self.second


@dataclass(frozen=True, slots=True)
class TaxRow(_Amounts):
    """A rate of a tax or withholding over the whole document."""

    name: str
    rate: str
    base: str
    amount: str
    second: str | None = None
    """The amount in the other currency of the document's rate, by its code: ``COP 313.421,30``; None without a rate."""


@dataclass(frozen=True, slots=True)
class AmountRow(_Amounts):
    """A discount, charge, prepayment or instalment of the document: label and amount."""

    kind: Label
    description: str
    amount: str
    second: str | None = None


@dataclass(frozen=True, slots=True)
class TotalRow(_Amounts):
    """A total. ``name`` is for programs: ``line_extension``, ``payable``, …"""

    name: str
    label: Label
    amount: str
    second: str | None = None
    strong: bool = False
    """Whether it is the amount payable."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Amounts of one sign with their sum, as what a worker earns; ledgers stand beside each other on wide paper."""

    title: Label
    rows: tuple[AmountRow, ...]
    total: TotalRow


@dataclass(frozen=True, slots=True)
class Reference:
    """Another document that this one names."""

    kind: Label
    number: str
    date: str
    key: str
    """CUFE or CUDE, whole; empty when the other document has none."""
    key_name: str
    description: str

    @property
    def parts(self) -> list[str]:
        """Number, date and description, those that it has."""
        return [part for part in (self.number, self.date, self.description) if part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All that a representación gráfica shows, in reading order.

    Data that the document lacks are None or empty tuples, and their boxes are left out. ``columns`` and ``tax_columns``
    are the column headers of the tables.
    """

    title: Label
    """«Factura electrónica de venta», «Nota crédito de la factura electrónica de venta», …"""
    number: str
    kind: str
    """Name of the document's kind: ``invoice``, ``support_note``, …"""
    notices: tuple[Label, ...]
    """Prominent notices: a document of the test environment, or one that DIAN rejected."""
    supplier: PartyBlock
    """The issuer; in a support document, the buyer."""
    customer: PartyBlock
    """The other side."""
    sections: tuple[Section, ...]
    """Dates, numbering, payment, correction, delivery, currency, health, …: only those with data."""
    references_title: Label
    references: tuple[Reference, ...] = ()
    columns: Mapping[str, Label]
    """Column headers of the lines' table, by the name of `LineRow`'s attributes."""
    lines: tuple[LineRow, ...] = ()
    ledgers: tuple[Ledger, ...] = ()
    """What the document adds instead of lines."""
    tax_columns: Mapping[str, Label]
    """Column headers of the tables of taxes and withholdings, by the name of `TaxRow`'s attributes."""
    taxes_title: Label
    taxes: tuple[TaxRow, ...] = ()
    withholdings_title: Label
    withholdings: tuple[TaxRow, ...] = ()
    other_title: Label
    other_amounts: tuple[AmountRow, ...] = ()
    """Discounts and charges of the document, and prepayments."""
    instalments_title: Label
    instalments: tuple[AmountRow, ...] = ()
    totals_title: Label
    totals: tuple[TotalRow, ...] = ()
    currency: str
    """ISO 4217 code of every amount shown without a code."""
    in_words: Field | None = None
    """The amount payable in words."""
    line_count: Field | None = None
    """How many lines there are (item 8 of art. 1.5.1.2.2.1)."""
    notes_title: Label
    notes: tuple[str, ...]
    key_label: Label
    """«CUFE», «CUDE» or «CUDS»."""
    key: str
    qr_text: str
    """Text of the QR, with the address in its last line (annex 1.9, section 11.7)."""
    qr_url: str
    qr_label: Label
    """Text beside the QR."""
    software: Section
    """Item 18: maker, software and technology provider."""
    page_label: Label
    """«Página», for «Página 1 de 3»."""
    of_label: Label
    language: str = "es-CO"
    english: bool = False

    def section(self, name: str) -> Section | None:
        """Return a section by its name; None when the document has no data for it."""
        return next((section for section in self.sections if section.name == name), None)

    @property
    def used_columns(self) -> list[str]:
        """The names in ``columns`` that are not empty in every line."""
        optional = ("code", "allowances", "taxes")
        return [name for name in self.columns if name not in optional or any(getattr(row, name) for row in self.lines)]

    @property
    def alone(self) -> bool:
        """True if there is no other side, as in a deletion: the issuer stands in its place."""
        return (self.customer.name, self.customer.identification) == (self.supplier.name, self.supplier.identification)

    @property
    def in_two_currencies(self) -> bool:
        """True if amounts are shown in a second currency too."""
        return any(row.second is not None for row in self.totals)

    @property
    def in_pesos(self) -> bool:
        """Deprecated: ``in_two_currencies``."""
        warnings.warn("in_pesos is now in_two_currencies", DeprecationWarning, stacklevel=2)
        return self.in_two_currencies
