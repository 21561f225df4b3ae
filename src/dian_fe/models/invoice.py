"""The electronic sales invoice (factura electrónica de venta)."""

from __future__ import annotations

from typing import ClassVar, Literal

from ..catalogs import DocumentType
from ._base import MaybeDay, Text
from ._typing import Fixed, Many, field
from .document import HEALTH_OPERATIONS, SalesDocument, operations, types_of
from .taxes import TaxTotal


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
