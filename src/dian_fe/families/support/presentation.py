"""What the graphic representation of support documents shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ...catalogs import DocumentType
from ...graphic.content import Field
from ...graphic.labels import Labels, labels
from ...graphic.making import trade_content
from ...graphic.presentation import Presentation

if TYPE_CHECKING:
    from datetime import date

    from ...graphic.content import Content
    from ...graphic.source import Source
    from ...models.issuer import Software
    from .models import SupportLine

_TEXTS = {
    # the names in the profiles of the annex (cbc:ProfileID)
    "support_document": (
        "Documento soporte en adquisiciones efectuadas a no obligados a facturar",
        "Support document for purchases from sellers not obliged to invoice",
    ),
    "support_note": (
        "Nota de ajuste al documento soporte en adquisiciones efectuadas a no obligados a facturar",
        "Adjustment note to the support document",
    ),
    # the issuer heads the page without a title; here that is the buyer
    "supplier": ("Adquirente que expide el documento", "Buyer and issuer"),
    "customer": ("Vendedor", "Seller"),
    "role": ("Calidad", "Acting as"),
    "validated_at": ("Validación DIAN", "Validated by DIAN"),
    "operation": ("Residencia del vendedor", "Seller's residence"),
    "period": ("Periodo", "Period"),
    "purchase": ("Fecha de la compra", "Purchased on"),
    "correction": ("Ajuste", "Adjustment"),
    "corrected_document": ("Documento que se ajusta", "Adjusted document"),
    "billing_reference": ("Documento soporte", "Support document"),
}


class _SupportPresentation(Presentation):
    def content(self, source: Source, software: Software | None, authorized_on: date | None, english: bool) -> Content:
        """Return the usual content, with the buyer titled as such and the day of purchase in each line."""
        content = trade_content(self, source, software, authorized_on, english)
        label = labels(english, self.texts)
        role = Field(label("role"), str(content.supplier.title))
        rows = (
            replace(row, details=(*_purchase(line, label), *row.details))
            for row, line in zip(content.lines, source.document.lines, strict=True)
        )
        buyer = replace(content.supplier, fields=(role, *content.supplier.fields))
        return replace(content, supplier=buyer, lines=tuple(rows))


def _purchase(line: SupportLine, label: Labels) -> Iterator[Field]:
    """Yield the date of the purchase, and whether it is transmitted alone or with the week's."""
    if line.purchase is not None and line.purchase.for_people:
        yield Field(label("purchase"), line.purchase.for_people)


PRESENTATION = _SupportPresentation(
    {
        DocumentType.DOCUMENTO_SOPORTE.value: "support_document",
        DocumentType.NOTA_DE_AJUSTE_AL_DOCUMENTO_SOPORTE.value: "support_note",
    },
    _TEXTS,
    {
        "totals": "totales",
        "number": "número",
        "issued_at": "fecha de generación",
        "supplier.id": "identificación del vendedor",
        "customer.id": "identificación del comprador",
        "totals.line_extension": "total de las líneas",
        "totals.payable": "total a pagar",
    },  # what the QR holds
)
