"""What a run of the test set is made of: counts, documents, states, and its report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from ..catalogs import CreditNoteConcept, DebitNoteConcept, Unit
from ..errors import InvalidInput
from ..faults import Fault
from ..models.customer import Customer
from ..models.document import SalesDocument
from ..models.invoice import Invoice
from ..models.lines import Line
from ..models.notes import CreditNote, DebitNote
from ..models.payment import Payment
from ..models.taxes import iva
from ..transport.shipment import Shipment

if TYPE_CHECKING:
    from ..models.issuer import Issuer
    from ..signing.documents import Signed

PORTAL_STEPS: Final = (
    "Verifique en el portal de habilitación que el set de pruebas figure «Aceptado» y el contribuyente «Habilitado».",
    "Solicite en el MUISCA la numeración de facturación electrónica (y la de contingencia, si la quiere).",
    "Espere unas dos horas y asocie los prefijos al software en el catálogo de producción.",
    "Elija en el portal la fecha de inicio; no se puede cambiar después.",
    "Pida la clave técnica con GetNumberingRange en producción y use un Issuer con Environment.PRODUCCION.",
)
"""What is left for a person once the set is accepted."""


class RunState(StrEnum):
    """How a run stands. The first three are DIAN's words for the set."""

    EN_PROCESO = "En proceso"
    ACEPTADO = "Aceptado"
    RECHAZADO = "Rechazado"
    DETENIDO = "Detenido"
    """The run stopped by itself, to spend no more attempts: see the reasons, correct, and go on."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many documents of each kind the set requires to be accepted, as the portal shows."""

    invoices: int = 30
    debit_notes: int = 10
    credit_notes: int = 10

    def __post_init__(self) -> None:
        """Notes correct an invoice of the set, so there must be one."""
        if min(self.invoices, self.debit_notes, self.credit_notes) < 0 or self.invoices < 1:
            raise InvalidInput(
                "el set de pruebas lleva al menos una factura.",
                field="counts",
                found=f"{self.invoices}/{self.debit_notes}/{self.credit_notes}",
                expected="cantidades positivas, con al menos una factura",
                remedy="use las cantidades que muestra el portal de habilitación.",
            )

    def by_kind(self) -> dict[str, int]:
        """Give them in the order of sending: notes after the invoices that they correct."""
        return {"invoice": self.invoices, "debit_note": self.debit_notes, "credit_note": self.credit_notes}


@dataclass(slots=True)
class Slot:
    """One document of the plan."""

    kind: str
    number: str
    shipment: Shipment | None = field(default=None, repr=False)
    """The signed document and what became of it; none before it was built."""
    day: str = ""
    """Colombian day of issue of the built document (ISO 8601)."""

    @property
    def is_open(self) -> bool:
        """Whether it still has to be sent or asked for."""
        return self.shipment is None or not self.shipment.state.is_final


Sample = Callable[[str, str, datetime, "Issuer", "Signed[Any] | None"], SalesDocument]
"""Makes a document of the set: kind, number, moment of issue, issuer, and the accepted invoice that a note corrects."""


def sample_document(kind: str, number: str, issued_at: datetime, issuer: Issuer, original: Any = None) -> SalesDocument:
    """Make a plain document of a kind: one line with IVA, paid on the spot by the final consumer."""
    line = Line(
        description="Producto de prueba", quantity=2, unit=Unit.UNIDAD, price=Decimal("15000"), taxes=(iva(19),)
    )
    if kind == "invoice":
        return Invoice.from_lines(
            number=number,
            issued_at=issued_at,
            supplier=issuer.organization,
            customer=Customer.final_consumer(),
            lines=[line],
            payment=Payment.cash(),
        )
    model, concept = _NOTES[kind]
    return model.correcting(
        original, concept=concept, number=number, issued_at=issued_at, lines=[line.replace(quantity=1)]
    )


_NOTES: Final[Mapping[str, tuple[type[CreditNote | DebitNote], str]]] = {
    "credit_note": (CreditNote, CreditNoteConcept.DEVOLUCION_PARCIAL.value),
    "debit_note": (DebitNote, DebitNoteConcept.GASTOS_POR_COBRAR.value),
}


@dataclass(frozen=True, slots=True)
class RunReport:
    """How a run stands: per kind what was planned, accepted and rejected, why it stopped, and what is left to do."""

    state: RunState
    confirmed: bool
    """Whether DIAN itself said the state; an acceptance is otherwise concluded from the counts given."""
    planned: Mapping[str, int]
    accepted: Mapping[str, int]
    rejected: Mapping[str, int]
    reasons: tuple[Fault, ...]
    message: str
    next_steps: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON form."""
        return {
            "state": self.state.value,
            "confirmed": self.confirmed,
            "planned": dict(self.planned),
            "accepted": dict(self.accepted),
            "rejected": dict(self.rejected),
            "reasons": [fault.as_dict() for fault in self.reasons],
            "message": self.message,
            "next_steps": list(self.next_steps),
        }
