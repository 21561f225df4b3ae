"""`HabilitacionRun`: drives a test set, and keeps what is needed to go on after a crash."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Generator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Self

from .._checking import check
from ..catalogs import Environment
from ..errors import InvalidInput, UnreadableDocument, WrongEnvironment
from ..faults import Fault
from ..models._base import to_bogota
from ..signing.documents import sign_document
from ..transport.answers import TEST_SET
from ..transport.core import utc_now
from ..transport.outcome import Answer
from ..transport.shipment import Shipment, State
from ..ubl.build import build
from ..ubl.read import read_document
from .plan import PORTAL_STEPS, Counts, RunReport, RunState, Sample, Slot, sample_document

if TYPE_CHECKING:
    from ..models.issuer import Issuer
    from ..signing.signer import Signer
    from ..transport.async_client import AsyncClient
    from ..transport.client import Client

_SET_STATE = re.compile(r"set de pruebas?\b.*?\bse encuentra\s+(?P<state>\w+)", re.IGNORECASE | re.DOTALL)
_NOTE_PREFIXES: Final = {"debit_note": "ND", "credit_note": "NC"}

Keep = Callable[["HabilitacionRun"], None]


class HabilitacionRun:
    """A test set on its way: the plan, and what became of each document. Stored as JSON it resumes after a crash.

    Documents are built and checked (XSD and rules) right before they are sent, each on the day of its sending, so that
    a run may take days. Nothing that the local check would reject is sent, since a set may bear few rejections.
    """

    def __init__(self, issuer: Issuer, test_set_id: str, slots: list[Slot], next_numbers: dict[str, int]) -> None:
        """Use ``plan`` or ``from_json``."""
        environment = Environment(issuer.environment)
        if environment is not Environment.HABILITACION:
            raise WrongEnvironment(
                "el set de pruebas se envía solo en habilitación.",
                field="issuer.environment",
                found=environment.name,
                expected=Environment.HABILITACION.name,
                remedy="use un Issuer con Environment.HABILITACION.",
            )
        self.issuer = issuer
        self.test_set_id = test_set_id
        self.slots = slots
        self._next = next_numbers
        self._said = RunState.EN_PROCESO
        self._confirmed = False
        self._message = ""
        self._reasons: tuple[Fault, ...] = ()
        self._borne = 0

    @classmethod
    def plan(
        cls,
        issuer: Issuer,
        test_set_id: str,
        *,
        counts: Counts | None = None,
        first: int | None = None,
        first_note: int = 1,
    ) -> Self:
        """Plan the set: ``counts`` as the portal shows them (30, 10 and 10 unless told).

        ``first``: first consecutive of the invoices, by default the range's first; numbers that were accepted before
        are refused by rule 90, so a second set goes on where the first ended. ``first_note``: the same for the notes.
        Raises ``WrongEnvironment``, ``OutOfRange``, and ``InvalidInput`` when the issuer has no resolution.
        """
        resolution = issuer.resolution
        if resolution is None:
            raise InvalidInput(
                "falta la numeración de pruebas.",
                field="issuer.resolution",
                expected="Resolution(…) con la clave técnica del portal de habilitación",
                remedy="tome el rango y la clave que muestra el portal para el set de pruebas.",
            )
        run = cls(
            issuer,
            test_set_id,
            [],
            {
                "invoice": resolution.range_from if first is None else first,
                "debit_note": first_note,
                "credit_note": first_note,
            },
        )
        for kind, count in (counts or Counts()).by_kind().items():
            for _ in range(count):
                run._add(kind)
        return run

    def _add(self, kind: str) -> Slot:
        consecutive = self._next[kind]
        self._next[kind] = consecutive + 1
        if kind == "invoice":
            assert self.issuer.resolution is not None
            number = self.issuer.resolution.number(consecutive)
        else:
            prefix = _NOTE_PREFIXES[kind] if self.issuer.note_prefix is None else self.issuer.note_prefix
            number = f"{prefix}{consecutive}"
        slot = Slot(kind, number)
        # A document that replaces a rejected one goes with those of its kind, before the notes.
        places = [place for place, other in enumerate(self.slots, 1) if other.kind == kind]
        self.slots.insert(places[-1] if places else len(self.slots), slot)
        return slot

    # --- driving -----------------------------------------------------------------------------------------------------

    def drive(
        self,
        client: Client,
        signer: Signer,
        *,
        clock: Callable[[], datetime] = utc_now,
        sample: Sample = sample_document,
        max_rejected: int = 0,
        keep: Keep | None = None,
    ) -> RunReport:
        """Send what is left, one by one, until the set is accepted or rejected, or the run must stop.

        ``max_rejected``: how many rejections are borne before stopping; each rejected document is replaced by another
        with the next number, also when the run stops there. ``keep`` is called with the run at each step, to be
        stored. ``sample`` makes the documents. ``clock``: the moment of issue (aware). A run that was stopped goes on
        from where it was.
        """
        talk = self._talk(signer, clock, sample, max_rejected)
        try:
            slot = next(talk)
            while True:
                assert slot.shipment is not None
                slot = talk.send(client.resume(slot.shipment, store=self._keeper(slot, keep)))
        except StopIteration as stop:
            report: RunReport = stop.value
        if keep is not None:
            keep(self)
        return report

    async def drive_async(
        self,
        client: AsyncClient,
        signer: Signer,
        *,
        clock: Callable[[], datetime] = utc_now,
        sample: Sample = sample_document,
        max_rejected: int = 0,
        keep: Keep | None = None,
    ) -> RunReport:
        """Do what ``drive`` does, from asyncio."""
        talk = self._talk(signer, clock, sample, max_rejected)
        try:
            slot = next(talk)
            while True:
                assert slot.shipment is not None
                slot = talk.send(await client.resume(slot.shipment, store=self._keeper(slot, keep)))
        except StopIteration as stop:
            report: RunReport = stop.value
        if keep is not None:
            keep(self)
        return report

    def _keeper(self, slot: Slot, keep: Keep | None) -> Callable[[Shipment], None]:
        def store(shipment: Shipment) -> None:
            slot.shipment = shipment
            if keep is not None:
                keep(self)

        return store

    def _talk(
        self, signer: Signer, clock: Callable[[], datetime], sample: Sample, max_rejected: int
    ) -> Generator[Slot, Answer, RunReport]:
        """Decide without I/O: yields the slot to send, is told its answer."""
        if self._confirmed:
            return self.report()
        self._said, self._message, self._reasons = RunState.EN_PROCESO, "", ()
        self._borne = max_rejected
        while (slot := next((each for each in self.slots if each.is_open), None)) is not None:
            if not self._built(slot, signer, clock(), sample):
                return self.report()
            answer = yield slot
            slot.shipment = answer.shipment
            if not self._judged(slot, answer):
                return self.report()
        if self._accepted():
            self._said = RunState.ACEPTADO
            self._message = "Se aceptaron todos los documentos que pide el set."
        return self.report()

    def _built(self, slot: Slot, signer: Signer, now: datetime, sample: Sample) -> bool:
        """Make the document of a slot, unless it left already; False when the local check would reject it."""
        moment = to_bogota(now).replace(microsecond=0)
        day = moment.date().isoformat()
        shipment = slot.shipment
        if shipment is not None and (shipment.state is not State.READY or slot.day == day):
            return True
        original = None if slot.kind == "invoice" else self._original()
        if slot.kind != "invoice" and original is None:
            self._stop("Ninguna factura del set está aceptada todavía: las notas esperan.", ())
            return False
        built = build(sample(slot.kind, slot.number, moment, self.issuer, original), self.issuer)
        faults = tuple(
            fault for fault in check(built, issuer=self.issuer, original=original, at=moment).faults if fault.stops
        )
        if faults:
            self._stop(f"El documento {slot.number} sería rechazado: no se envió.", faults)
            return False
        signed = sign_document(built, signer, at=moment)
        slot.shipment, slot.day = Shipment.of(signed, test_set_id=self.test_set_id), day
        return True

    def _original(self) -> Any:
        """Give the last accepted invoice of the set, read from its bytes."""
        for slot in reversed(self.slots):
            if slot.kind == "invoice" and slot.shipment is not None and slot.shipment.state is State.ACCEPTED:
                return read_document(slot.shipment.xml)
        return None

    def _judged(self, slot: Slot, answer: Answer) -> bool:
        """Take an answer; False when the run ends or stops here."""
        if answer.accepted:
            return True
        if answer.shipment.state is not State.REJECTED:
            self._message = f"Documento {slot.number}: {answer.next_step}"
            return False
        if answer.status_code == TEST_SET:
            self._closed(slot, answer)
            return False
        self._reasons = answer.faults
        self._add(slot.kind)
        self._borne -= 1
        if self._borne < 0:
            self._stop(f"La DIAN rechazó el documento {slot.number}.", answer.faults)
        return self._borne >= 0

    def _closed(self, slot: Slot, answer: Answer) -> None:
        """Take DIAN's word about the set itself; the document was not received."""
        match = _SET_STATE.search(answer.status_message)
        named = {state.value.lower(): state for state in (RunState.ACEPTADO, RunState.RECHAZADO)}
        state = named.get(match["state"].lower()) if match else None
        slot.shipment = None
        if state is None:
            self._stop(f"La DIAN no recibió el documento {slot.number}: {answer.status_message}", answer.faults)
            return
        self._said, self._confirmed, self._message = state, True, answer.status_message
        if state is RunState.RECHAZADO and not self._reasons:
            self._reasons = self._rejections() or answer.faults

    def _stop(self, message: str, reasons: tuple[Fault, ...]) -> None:
        self._said, self._message, self._reasons = RunState.DETENIDO, message, reasons

    def _rejections(self) -> tuple[Fault, ...]:
        found: dict[str, Fault] = {}
        for slot in self.slots:
            if slot.shipment is not None and slot.shipment.state is State.REJECTED:
                for fault in Answer(slot.shipment).rejections:
                    found.setdefault(fault.code, fault)
        return tuple(found.values())

    # --- telling -----------------------------------------------------------------------------------------------------

    def _count(self, state: State) -> Counter[str]:
        return Counter(slot.kind for slot in self.slots if slot.shipment is not None and slot.shipment.state is state)

    def _accepted(self) -> bool:
        return all(slot.shipment is not None and slot.shipment.state.is_final for slot in self.slots)

    def report(self) -> RunReport:
        """Tell how it stands."""
        rejected = self._count(State.REJECTED)
        planned = Counter(slot.kind for slot in self.slots)
        steps: tuple[str, ...] = {
            RunState.ACEPTADO: PORTAL_STEPS,
            RunState.RECHAZADO: ("Pida un set de pruebas nuevo en el portal, corrija los motivos y planee otra vez.",),
            RunState.DETENIDO: ("Corrija los motivos y continúe con drive().",),
        }.get(self._said, ("Continúe más tarde con drive(); lo enviado no se repite.",))
        return RunReport(
            state=self._said,
            confirmed=self._confirmed,
            planned={kind: count - rejected[kind] for kind, count in planned.items()},
            accepted=dict(self._count(State.ACCEPTED)),
            rejected=dict(rejected),
            reasons=self._reasons,
            message=self._message,
            next_steps=steps,
        )

    # --- storage -----------------------------------------------------------------------------------------------------

    def to_json(self) -> str:
        """Give the JSON form: plan, documents and answers; no secrets (the issuer is given again when resuming)."""
        return json.dumps(
            {
                "version": 1,
                "test_set_id": self.test_set_id,
                "supplier": self.issuer.organization.nit,
                "next": self._next,
                "state": self._said.value,
                "confirmed": self._confirmed,
                "message": self._message,
                "slots": [
                    {
                        "kind": slot.kind,
                        "number": slot.number,
                        "day": slot.day,
                        "shipment": None if slot.shipment is None else slot.shipment.as_dict(),
                    }
                    for slot in self.slots
                ],
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, data: str | bytes, issuer: Issuer) -> Self:
        """Read what ``to_json`` gave, for the issuer with which it was planned.

        Raises ``UnreadableDocument`` for anything else, ``InvalidInput`` for an issuer of another NIT.
        """
        try:
            values = json.loads(data)
            supplier = values["supplier"]
            slots = [
                Slot(
                    each["kind"],
                    each["number"],
                    None if each["shipment"] is None else Shipment.from_json(each["shipment"]),
                    each["day"],
                )
                for each in values["slots"]
            ]
            run = cls(issuer, values["test_set_id"], slots, dict(values["next"]))
            run._said, run._confirmed = RunState(values["state"]), values["confirmed"]
            run._message = values["message"]
        except (KeyError, TypeError, json.JSONDecodeError) as problem:
            raise UnreadableDocument(
                "esto no es un set de pruebas guardado.",
                field="run",
                found=f"{type(problem).__name__}: {problem}"[:200],
                expected="lo que dio HabilitacionRun.to_json()",
            ) from None
        if supplier != issuer.organization.nit:
            raise InvalidInput(
                "el set de pruebas guardado es de otro emisor.",
                field="issuer.organization.nit",
                found=issuer.organization.nit,
                expected=supplier,
                remedy="use el Issuer con que se planeó.",
            )
        run._reasons = run._rejections()
        return run
