"""The test set of support documents: plain documents for it. Its identifier is not that of the invoices' set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from ..._arguments import checked
from ...catalogs import SupportDocumentNoteConcept, Unit
from ...habilitacion.plan import LOOK, GivenCounts, TestSetPlan
from ...models.payment import Payment
from ...models.taxes import iva
from .models import Seller, SupportDocument, SupportLine, SupportNote

if TYPE_CHECKING:
    from ...models.issuer import Issuer

ONE_OF_EACH: Final[Mapping[str, int]] = MappingProxyType({"support_document": 1, "support_note": 1})
"""A default plan. No source says how many documents DIAN asks for: the portal shows it."""


@checked
def sample_support_document(
    kind: str, number: str, issued_at: datetime, issuer: Issuer, original: Any = None
) -> SupportDocument | SupportNote:
    """Make a plain document of a kind: one line with IVA, bought in cash from a natural person."""
    line = SupportLine(
        description="Producto de prueba", quantity=2, unit=Unit.UNIDAD, price=Decimal("15000"), taxes=(iva(19),)
    )
    if kind == "support_document":
        return SupportDocument.from_lines(
            number=number,
            issued_at=issued_at,
            supplier=Seller(id="1020304050", name="Vendedor de prueba", municipality="11001", address="Cl 26 # 59-51"),
            customer=issuer.organization,
            lines=[line],
            payment=Payment.cash(),
        )
    return SupportNote.correcting(
        original,
        concept=SupportDocumentNoteConcept.DEVOLUCION_PARCIAL,
        number=number,
        issued_at=issued_at,
        lines=[line.replace(quantity=1)],
    )


AFTERWARDS: Final = (
    *LOOK,
    "Solicite en el MUISCA la numeración del documento soporte, distinta a la de facturación.",
    "Asocie el prefijo al software en el catálogo de producción y pida el rango con GetNumberingRange.",
    'Use un Issuer con esa numeración (document_type="05") y Environment.PRODUCCION; el CUDS lleva el PIN.',
)
PLAN = TestSetPlan(GivenCounts, ONE_OF_EACH, sample_support_document, {"support_note": "NA"}, AFTERWARDS)
