"""The test set of tickets: plain documents for it. Its identifier is not that of the invoices' set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from ..._arguments import checked
from ...catalogs import EquivalentCreditNoteConcept, EquivalentDebitNoteConcept, Unit
from ...habilitacion.plan import LOOK, GivenCounts, TestSetPlan
from ...models.payment import Payment
from ...models.taxes import iva
from .models import CinemaTicket, EquivalentDocument, EquivalentLine, PosTicket, TransportTicket, UtilityBill
from .notes import EquivalentCreditNote, EquivalentDebitNote, EquivalentNote
from .parts import PointOfSale, Showing, SoftwareMaker, Trip, UtilityService

if TYPE_CHECKING:
    from ...models.issuer import Issuer

USUAL: Final[Mapping[str, int]] = MappingProxyType(
    {"pos_ticket": 30, "equivalent_credit_note": 5, "equivalent_debit_note": 5}
)
"""30 tickets and 10 notes, of one provider alone (mark C): the portal shows what is asked for, also of each note."""

MAKER: Final = SoftwareMaker(person="Responsable de prueba", company="Fabricante de prueba", software="Software")
TILL: Final = PointOfSale(
    plate="1", location="Caja de prueba", cashier="Cajero de prueba", till_type="Caja", sale_code="1"
)
_GROUPS: Final[Mapping[type[EquivalentDocument], Mapping[str, Any]]] = {
    PosTicket: {"point_of_sale": TILL},
    TransportTicket: {
        "trip": Trip(mode="Terrestre", plate="ABC123", vehicle="Bus", origin="Bogotá", destination="Medellín")
    },
    CinemaTicket: {
        "showing": Showing(
            cinema="Cine de prueba",
            address="Cl 26 # 59-51",
            room="1",
            chairs="1",
            film="Película de prueba",
            seat="A1",
            date="2026-03-02",
            time="18:30:00",
        )
    },
    UtilityBill: {"services": (UtilityService(id="1", name="Acueducto", company="Empresa de prueba"),)},
}
_MODELS: Final[Mapping[str, type[EquivalentDocument]]] = {
    model.model_fields["kind"].default: model for model in _GROUPS
}


@checked
def sample_equivalent_document(
    kind: str, number: str, issued_at: datetime, issuer: Issuer, original: Any = None
) -> EquivalentDocument | EquivalentNote:
    """Make a plain document of a kind: one line, sold in cash to the final consumer; a note over half of it."""
    model = _MODELS.get(kind)
    line = EquivalentLine(
        description="Producto de prueba",
        quantity=2,
        unit=Unit.UNIDAD,
        price=Decimal("15000"),
        # Passenger transport is excluded from IVA.
        taxes=() if model is TransportTicket else (iva(19),),
        standard_code="PRUEBA1",
    )
    if model is not None:
        return model.from_lines(
            number=number,
            issued_at=issued_at,
            supplier=issuer.organization,
            lines=[line],
            payment=Payment.cash(),
            maker=MAKER,
            **_GROUPS[model],
        )
    note = EquivalentCreditNote if kind == "equivalent_credit_note" else EquivalentDebitNote
    concept = (
        EquivalentCreditNoteConcept.DEVOLUCION_PARCIAL
        if note is EquivalentCreditNote
        else EquivalentDebitNoteConcept.CAMBIO_DEL_VALOR
    )
    return note.correcting(
        original,
        concept=concept,
        number=number,
        issued_at=issued_at,
        lines=[line.replace(quantity=1)],
    )


AFTERWARDS: Final = (
    *LOOK,
    "Solicite en el MUISCA la numeración de documentos equivalentes (D.E./P.O.S.), distinta a la de facturación.",
    "Asocie el prefijo al software en el catálogo de producción y pida el rango con GetNumberingRange.",
    'Use un Issuer con esa numeración (document_type="20") y Environment.PRODUCCION; el CUDE lleva el PIN.',
)
PLAN = TestSetPlan(
    GivenCounts,
    USUAL,
    sample_equivalent_document,
    {"equivalent_credit_note": "NC", "equivalent_debit_note": "ND"},
    AFTERWARDS,
)
