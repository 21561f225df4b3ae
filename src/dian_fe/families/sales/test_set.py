"""The test set of sales documents: its counts as the portal shows them, and plain documents for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Self

from ..._arguments import checked
from ..._viewed import Viewed
from ...catalogs import CreditNoteConcept, DebitNoteConcept, Unit
from ...errors import InvalidInput
from ...habilitacion.plan import LOOK, TestSetPlan
from ...models.customer import Customer
from ...models.issuer import Issuer
from ...models.lines import Line
from ...models.payment import Payment
from ...models.taxes import iva
from .models import CreditNote, DebitNote, Invoice, SalesDocument


@checked
@dataclass(frozen=True, slots=True)
class Counts(Viewed):
    """How many documents of each kind the portal shows as required, and how many of them must be accepted.

    Both numbers differ: a set of 30, 10 and 10 required asked for 1, 0 and 0 accepted (portal, August 2026), and was
    accepted with twenty notes rejected. ``accepted_…`` None: all of that kind.
    """

    invoices: int = 30
    debit_notes: int = 10
    credit_notes: int = 10
    accepted_invoices: int | None = None
    accepted_debit_notes: int | None = None
    accepted_credit_notes: int | None = None

    def __post_init__(self) -> None:
        """Refuse counts that are not those of a set: notes correct an invoice of it, so there must be one."""
        required, least = tuple(self.by_kind().values()), tuple(self.least_by_kind().values())
        whole = all(isinstance(count, int) and not isinstance(count, bool) for count in (*required, *least))
        if not whole or min(required) < 0 or self.invoices < 1:
            raise InvalidInput.of("families.sales.no_invoices", field="counts", found="/".join(map(str, required)))
        if any(not 0 <= fewer <= count for fewer, count in zip(least, required, strict=True)):
            raise InvalidInput.of(
                "families.sales.more_accepted_than_required",
                field="counts",
                least="/".join(map(str, least)),
                required="/".join(map(str, required)),
            )

    def by_kind(self) -> dict[str, int]:
        """Return how many of each kind are required, in the order of sending: notes after the invoices."""
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
        """Return the counts for the results of `by_kind` and `least_by_kind`."""
        order = ("invoice", "debit_note", "credit_note")
        return cls(*(required.get(kind, 0) for kind in order), *(least.get(kind, 0) for kind in order))


@checked
def sample_document(kind: str, number: str, issued_at: datetime, issuer: Issuer, original: Any = None) -> SalesDocument:
    """Make a plain document of a kind: one line with IVA, paid on the spot by the final consumer."""
    line = Line(
        description="Producto de prueba", quantity=2, unit=Unit.UNIDAD, price=Decimal("15000"), taxes=(iva(19),)
    )
    given: dict[str, Any] = {"number": number, "issued_at": issued_at}
    if kind == "invoice":
        given |= {"supplier": issuer.organization, "customer": Customer.final_consumer(), "payment": Payment.cash()}
        return Invoice.from_lines(lines=[line], **given)
    model, concept = _NOTES[kind]
    return model.correcting(original, concept=concept, lines=[line.replace(quantity=1)], **given)


_NOTES: Final[Mapping[str, tuple[type[CreditNote | DebitNote], str]]] = {
    "credit_note": (CreditNote, CreditNoteConcept.DEVOLUCION_PARCIAL.value),
    "debit_note": (DebitNote, DebitNoteConcept.GASTOS_POR_COBRAR.value),
}

AFTERWARDS: Final = (
    *LOOK,
    "Solicite en el MUISCA la numeración de facturación electrónica (y la de contingencia, si la quiere).",
    "Espere unas dos horas y asocie los prefijos al software en el catálogo de producción.",
    "Elija en el portal la fecha de inicio; no se puede cambiar después.",
    "Pida la clave técnica con GetNumberingRange en producción y use un Issuer con Environment.PRODUCCION.",
)
"""Steps after the company is enabled, before it can issue in production."""
PLAN = TestSetPlan(
    Counts.of, Counts().by_kind(), sample_document, {"debit_note": "ND", "credit_note": "NC"}, AFTERWARDS
)
