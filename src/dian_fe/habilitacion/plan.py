"""The parts of a test set run: counts, documents, states and report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol

from .._arguments import checked
from .._viewed import Viewed
from ..errors import InvalidInput
from ..families.registry import families, find, kinds
from ..faults import Fault
from ..transport.shipment import Shipment, State

if TYPE_CHECKING:
    from ..models.issuer import Issuer
    from ..signing.documents import Signed

LOOK: Final = (
    "Verifique en el portal de habilitación que el set de pruebas figure «Aceptado» y el contribuyente «Habilitado».",
)
"""The first manual step once a set is accepted."""
DRY_RUN: Final = (
    "Pruebe un documento igual con dry_run(): SendBillSync responde enseguida con las reglas; cuesta un número y no "
    "toca el set."
)

LIKELY: Final = (
    "La DIAN podría rechazar los documentos que se enviaron: ninguna respuesta suya confirma los hallazgos de "
    "may_reject; corríjalos en la función sample si los rechaza."
)


class RunState(StrEnum):
    """State of a run. The first three are DIAN's words for the set, used only when DIAN itself sent them."""

    EN_PROCESO = "En proceso"
    ACEPTADO = "Aceptado"
    RECHAZADO = "Rechazado"
    SIN_CONFIRMAR = "Sin confirmar"
    """Nothing is left to send, and DIAN has not confirmed the set, or only in an unknown wording."""
    DETENIDO = "Detenido"
    """The run stopped by itself to save attempts: see the reasons, correct them, and resume."""


NEXT_STEPS: Final[Mapping[RunState, tuple[str, ...]]] = {
    RunState.EN_PROCESO: ("Continúe más tarde con drive(); lo enviado no se repite.",),
    RunState.RECHAZADO: ("Pida un set de pruebas nuevo en el portal, corrija los motivos y planee otra vez.",),
    RunState.SIN_CONFIRMAR: (
        "Revise en el portal de habilitación el estado del set y cuántos documentos recibió y aceptó.",
        "O pregúnteselo al servicio con confirm(): envía un documento más; si el set ya está aceptado, la DIAN lo dice "
        "y no gasta nada; si sigue abierto, es un documento más del set.",
    ),
    RunState.DETENIDO: ("Corrija los motivos y continúe con drive().",),
}
"""What to do next, by state; after an accepted set, the family's plan has it."""


@dataclass(slots=True)
class Slot:
    """One document of the plan."""

    kind: str
    number: str
    shipment: Shipment | None = field(default=None, repr=False)
    """The signed document and its progress; None before it is built."""
    day: str = ""
    """Colombian day of issue of the built document (ISO 8601)."""
    may_reject: tuple[Fault, ...] = ()
    """Likely rejections that the local check found in it; it was sent anyway."""

    @property
    def state(self) -> State | None:
        """The document's state; None before it is built."""
        return None if self.shipment is None else self.shipment.state

    @property
    def is_open(self) -> bool:
        """True if it still has to be sent or queried."""
        return self.state is None or not self.state.is_final

    def take(self, shipment: Shipment, moment: datetime) -> None:
        """Store the signed document, made at a moment (Colombian time)."""
        self.shipment, self.day = shipment, moment.date().isoformat()

    def is_ready(self, moment: datetime) -> bool:
        """True if it is signed and can be sent: an unsent one of another day must be made again."""
        return self.state is not None and (self.state is not State.READY or self.day == moment.date().isoformat())


Sample = Callable[[str, str, datetime, "Issuer", "Signed[Any] | None"], Any]
"""Makes a document of the set: kind, number, moment of issue, issuer, and the accepted invoice that a note corrects."""


class SetCounts(Protocol):
    """How many documents of each kind a set asks for, and how many of them must be accepted."""

    def by_kind(self) -> dict[str, int]:
        """Return how many of each kind are required, in the order of sending."""

    def least_by_kind(self) -> dict[str, int]:
        """Return how many of each kind must be accepted."""


@dataclass(frozen=True)
class GivenCounts:
    """Counts of any kinds: all that are required must be accepted unless ``least`` has fewer."""

    required: Mapping[str, int]
    least: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse counts that are not those of a set."""
        for kind, count in self.required.items():
            fewer = self.least.get(kind, count)
            if type(count) is not int or type(fewer) is not int or not 0 <= fewer <= count:
                raise InvalidInput.of("habilitacion.counts", field=f"counts.{kind}", least=fewer, count=count)
        if not any(self.required.values()):
            raise InvalidInput.of(
                "habilitacion.no_documents", field="counts", found=", ".join(self.required) or "ninguno"
            )

    def by_kind(self) -> dict[str, int]:
        """Return how many of each kind are required, in the order of sending."""
        return dict(self.required)

    def least_by_kind(self) -> dict[str, int]:
        """Return how many of each kind must be accepted."""
        return {kind: self.least.get(kind, count) for kind, count in self.required.items()}


@checked
@dataclass(frozen=True, eq=False)
class TestSetPlan:
    """The test set of a family: required counts, and how its documents are made."""

    __test__ = False  # no test of pytest's

    counts: Callable[[Mapping[str, int], Mapping[str, int]], SetCounts]
    """Makes counts of those required and those that must be accepted, by kind."""
    required: Mapping[str, int]
    """What DIAN's portal usually asks for, by kind in the order of sending: notes come last."""
    sample: Sample
    """Makes a document of the set."""
    prefixes: Mapping[str, str] = field(default_factory=dict)
    """Prefixes of kinds without an authorised range, unless the issuer has its own."""
    afterwards: tuple[str, ...] = LOOK
    """Manual steps once the set is accepted."""

    @property
    def main(self) -> str:
        """The kind sent once more to query the state of the set."""
        return next(iter(self.required))


def plan_of(kind: str | None = None) -> TestSetPlan:
    """Return the plan of the test set with documents of a kind; by default, that of the first family that has one.

    Raise ``InvalidInput`` for a kind that no test set has.
    """
    known = None if kind is None else find(kind)
    family = next(each for each in families() if each.test_set) if kind is None else known and known.family
    plan: TestSetPlan | None = family.load(family.test_set) if family else None
    if plan is None:
        raise InvalidInput.of(
            "habilitacion.no_test_set",
            field="kind",
            found=kind,
            expected=", ".join(each.name for each in kinds() if each.family.test_set),
        )
    return plan


@checked
@dataclass(frozen=True, slots=True)
class RunReport(Viewed):
    """State of a run: counts planned, accepted and rejected by kind, why it stopped, and the next steps."""

    state: RunState
    confirmed: bool
    """True if DIAN itself sent the state. Counts prove nothing: see the portal, or call ``confirm``."""
    planned: Mapping[str, int]
    accepted: Mapping[str, int]
    rejected: Mapping[str, int]
    reasons: tuple[Fault, ...]
    """Why documents were rejected, or would be; without notifications."""
    message: str
    next_steps: tuple[str, ...]
    required: Mapping[str, int] = field(default_factory=dict)
    """Documents of each kind that the set asks for."""
    accepted_required: Mapping[str, int] = field(default_factory=dict)
    """How many of them must be accepted."""
    notifications: tuple[Fault, ...] = ()
    """DIAN's notifications in rejected documents: none of them is a reason for rejection."""
    dry_runs: tuple[str, ...] = ()
    """Numbers spent by dry runs, which are not part of the set."""
    may_reject: tuple[Fault, ...] = ()
    """Likely rejections of the local check in documents that were sent and are not accepted, one of each code."""

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""

        def plain(value: Any) -> Any:
            if isinstance(value, tuple):
                return [each.as_dict() if isinstance(each, Fault) else each for each in value]
            return dict(value) if isinstance(value, Mapping) else value

        return {each.name: plain(getattr(self, each.name)) for each in fields(self)} | {"state": self.state.value}
