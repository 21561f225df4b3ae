"""What a run of the test set is made of: counts, documents, states, and its report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Self

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
"""What is left for a person once the set is accepted: being enabled is not yet being able to issue in production."""
DRY_RUN: Final = (
    "Pruebe un documento igual con dry_run(): SendBillSync responde enseguida con las reglas; cuesta un número y no "
    "toca el set."
)

LIKELY: Final = (
    "La DIAN podría rechazar los documentos que se enviaron: ninguna respuesta suya confirma los hallazgos de "
    "may_reject; corríjalos en la función sample si los rechaza."
)


class RunState(StrEnum):
    """State of a run. The first three are DIAN's words for the set, used only when DIAN itself said them."""

    EN_PROCESO = "En proceso"
    ACEPTADO = "Aceptado"
    RECHAZADO = "Rechazado"
    SIN_CONFIRMAR = "Sin confirmar"
    """Nothing is left to send, and DIAN has not said that the set is accepted, or did in words that are not known."""
    DETENIDO = "Detenido"
    """The run stopped by itself, to spend no more attempts: see the reasons, correct, and go on."""


NEXT_STEPS: Final[Mapping[RunState, tuple[str, ...]]] = {
    RunState.EN_PROCESO: ("Continúe más tarde con drive(); lo enviado no se repite.",),
    RunState.ACEPTADO: PORTAL_STEPS,
    RunState.RECHAZADO: ("Pida un set de pruebas nuevo en el portal, corrija los motivos y planee otra vez.",),
    RunState.SIN_CONFIRMAR: (
        "Mire en el portal de habilitación el estado del set y cuántos documentos recibió y aceptó.",
        "O pregúnteselo al servicio con confirm(): envía una factura más; si el set ya está aceptado, la DIAN lo dice "
        "y no gasta nada; si sigue abierto, es un documento más del set.",
    ),
    RunState.DETENIDO: ("Corrija los motivos y continúe con drive().",),
}
"""What to do next, by state."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many documents of each kind the portal shows as required, and how many of them must be accepted.

    They are two numbers: a set of 30, 10 and 10 required asked for 1, 0 and 0 accepted (portal, August 2026), and was
    accepted with twenty notes rejected. ``accepted_…`` None: not told, hence all of that kind.
    """

    invoices: int = 30
    debit_notes: int = 10
    credit_notes: int = 10
    accepted_invoices: int | None = None
    accepted_debit_notes: int | None = None
    accepted_credit_notes: int | None = None

    def __post_init__(self) -> None:
        """Refuse what makes no set: notes correct an invoice of it, so there must be one."""
        required, least = tuple(self.by_kind().values()), tuple(self.least_by_kind().values())
        whole = all(isinstance(count, int) and not isinstance(count, bool) for count in (*required, *least))
        if not whole or min(required) < 0 or self.invoices < 1:
            raise InvalidInput(
                "el set de pruebas lleva al menos una factura.",
                field="counts",
                found="/".join(map(str, required)),
                expected="cantidades enteras, no negativas, con al menos una factura",
                remedy="use las cantidades que muestra el portal de habilitación.",
            )
        if any(not 0 <= fewer <= count for fewer, count in zip(least, required, strict=True)):
            raise InvalidInput(
                "se piden más documentos aceptados que los que lleva el set.",
                field="counts",
                found=f"{'/'.join(map(str, least))} aceptados de {'/'.join(map(str, required))}",
                expected="de cada clase, entre cero y los requeridos",
                remedy="el portal muestra dos columnas: los requeridos y, de ellos, los aceptados que se exigen.",
            )

    def by_kind(self) -> dict[str, int]:
        """Return the required ones in the order of sending: notes after the invoices that they correct."""
        return {"invoice": self.invoices, "debit_note": self.debit_notes, "credit_note": self.credit_notes}

    def least_by_kind(self) -> dict[str, int]:
        """Return how many of each kind must be accepted."""
        told = (self.accepted_invoices, self.accepted_debit_notes, self.accepted_credit_notes)
        return {
            kind: count if least is None else least
            for (kind, count), least in zip(self.by_kind().items(), told, strict=True)
        }

    @classmethod
    def of(cls, required: Mapping[str, int], least: Mapping[str, int]) -> Self:
        """Return the counts of what `by_kind` and `least_by_kind` gave."""
        order = ("invoice", "debit_note", "credit_note")
        return cls(*(required.get(kind, 0) for kind in order), *(least.get(kind, 0) for kind in order))


@dataclass(slots=True)
class Slot:
    """One document of the plan."""

    kind: str
    number: str
    shipment: Shipment | None = field(default=None, repr=False)
    """The signed document and what became of it; none before it was built."""
    day: str = ""
    """Colombian day of issue of the built document (ISO 8601)."""
    may_reject: tuple[Fault, ...] = ()
    """Likely rejections that the local check found in it; it was sent all the same."""

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
    """True if DIAN itself said the state. Nothing is concluded from the counts: see the portal, or ``confirm``."""
    planned: Mapping[str, int]
    accepted: Mapping[str, int]
    rejected: Mapping[str, int]
    reasons: tuple[Fault, ...]
    """Why documents were rejected, or would be: rejections alone."""
    message: str
    next_steps: tuple[str, ...]
    required: Mapping[str, int] = field(default_factory=dict)
    """Documents of each kind that the set asks for."""
    accepted_required: Mapping[str, int] = field(default_factory=dict)
    """How many of them must be accepted."""
    notifications: tuple[Fault, ...] = ()
    """What DIAN notified of the document that was rejected: none of it is a reason."""
    dry_runs: tuple[str, ...] = ()
    """Numbers spent by dry runs: no document of the set."""
    may_reject: tuple[Fault, ...] = ()
    """Likely rejections of the local check in documents that were sent and are not accepted, one of each code."""

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
            "required": dict(self.required),
            "accepted_required": dict(self.accepted_required),
            "notifications": [fault.as_dict() for fault in self.notifications],
            "dry_runs": list(self.dry_runs),
            "may_reject": [fault.as_dict() for fault in self.may_reject],
        }
