"""References of a document: other documents, orders, periods, and the correction that a note makes."""

from __future__ import annotations

from datetime import date

from ..catalogs import IdAlgorithm
from ._base import Model
from ._dates import MaybeDay
from ._fields import Text, field, field_default_from


class DocumentReference(Model):
    """Another document, identified by number and, if electronic, by key."""

    number: Text
    """Prefix and consecutive, as the document has them (cbc:ID)."""
    key: Text | None = None
    """CUFE or CUDE, 96 hexadecimal digits (cbc:UUID)."""
    key_scheme: Text | None = field(default_factory=field_default_from("key", make=lambda _: IdAlgorithm.CUFE.value))
    """`IdAlgorithm`: UUID/@schemeName."""
    issue_date: MaybeDay = field(default=None)
    """Day of issue of the other document."""
    type_code: Text | None = None
    """cbc:DocumentTypeCode."""
    description: Text | None = None
    """cbc:DocumentDescription."""


class OrderReference(Model):
    """The buyer's purchase order (cac:OrderReference)."""

    number: Text
    """Number of the order (cbc:ID)."""
    sales_order: Text | None = None
    """cbc:SalesOrderID: the seller's own order number."""
    issue_date: MaybeDay = field(default=None)
    """Day of the order."""


class Period(Model):
    """A span of days (cac:InvoicePeriod)."""

    start: MaybeDay = field(default=None)
    """First day."""
    start_time: Text | None = None
    """HH:MM:SS-05:00."""
    end: MaybeDay = field(default=None)
    """Last day, included."""
    end_time: Text | None = None
    """HH:MM:SS-05:00."""

    @classmethod
    def between(cls, start: date, end: date) -> Period:
        """Make the period from ``start`` to ``end``, both included."""
        return cls(start=start, end=end)


class Correction(Model):
    """Why a note corrects (cac:DiscrepancyResponse)."""

    concept: Text
    """`CreditNoteConcept` or `DebitNoteConcept`, one digit."""
    description: Text | None = None
    """cbc:Description: the reason, as text."""
    reference: Text | None = None
    """Number of the corrected document."""
