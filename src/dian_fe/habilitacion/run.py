"""`HabilitacionRun`: drives a test set, and can resume after a crash."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Self, TypedDict, Unpack

from .._arguments import checked
from .._checking import check
from .._shown import unreadable
from ..errors import DianFeError, InvalidInput, NotAllowed, StoredNewer, UnreadableDocument
from ..families.registry import kind as kind_named
from ..families.registry import labels
from ..faults import Fault
from ..models._dates import to_bogota
from ..signing.documents import sign_document
from ..transport.answers import TEST_SET
from ..transport.core import utc_now
from ..transport.outcome import Answer
from ..transport.shipment import Shipment, State
from ..transport.test_sets import TEST_SET_OPERATION, TestSetId
from ..transport.twins import finish
from ..ubl.writer.build import Built, build
from .numbers import checked_set, chosen_counts, first_numbers, number_of
from .plan import DRY_RUN, LIKELY, NEXT_STEPS, RunReport, RunState, Sample, SetCounts, Slot, TestSetPlan, plan_of
from .storing import (
    DECIDED,
    counts_of,
    last_accepted,
    likely_rejections,
    only_of_the_set,
    rejections,
    slot_of,
    stored_slot,
    word_of,
)
from .words import SILENCE, silent, state_of_set

if TYPE_CHECKING:
    from ..models.issuer import Issuer
    from ..signing.signer import Signer
    from ..transport.async_client import AsyncClient
    from ..transport.client import Client

Keep = Callable[["HabilitacionRun"], object]

_VERSION: Final = 3
"""Version of the JSON form; every later version reads it."""


class RunOptions(TypedDict, total=False):
    """Options of the methods that send: the moment of issue (aware), the maker of documents, and who stores the run."""

    clock: Callable[[], datetime]
    sample: Sample | None
    keep: Keep | None


@checked
class HabilitacionRun:
    """A test set in progress: the plan, and the state of each document. Stored as JSON, it resumes after a crash.

    Documents are built and checked (XSD and rules) right before they are sent, each on the day of its sending, so that
    a run may take days. No document with a confirmed rejection in the local check is sent. Notes wait until every
    invoice of the set is accepted. Only DIAN's answer makes a set accepted: see ``RunState``.
    """

    def __init__(
        self, issuer: Issuer, test_set_id: TestSetId, slots: list[Slot], next_numbers: dict[str, int], counts: SetCounts
    ) -> None:
        """Start from given parts; callers use ``plan`` or ``from_json``."""
        self.issuer, self.test_set_id = issuer, checked_set(issuer, test_set_id)
        self.counts = counts
        self._plan: TestSetPlan = plan_of(next(iter(counts.by_kind())))
        self.slots = slots
        self.dry_runs: list[Slot] = []
        """Dry runs sent by SendBillSync, which are not part of the set."""
        self._next = next_numbers
        self._state = RunState.EN_PROCESO
        self._proof: Shipment | None = None
        self._message = ""
        self._reasons: tuple[Fault, ...] = ()
        self._notified: tuple[Fault, ...] = ()
        self._silent = False
        self._rejections_left = 0

    @classmethod
    def plan(
        cls,
        issuer: Issuer,
        test_set_id: TestSetId,
        *,
        counts: SetCounts | Mapping[str, int] | None = None,
        first: int | None = None,
        first_note: int = 1,
    ) -> Self:
        """Plan the set: ``counts`` as the portal shows them (30, 10 and 10 by default), or by the names of the kinds.

        ``test_set_id``: the TestSetId of the portal, a GUID of 36 characters. ``first``: first consecutive of the
        invoices, by default the range's first; numbers that were accepted before are refused by rule 90, so a second
        set continues where the first ended. ``first_note``: the same for the notes. Raises ``InvalidIdentification``
        for an empty or malformed identifier, ``WrongEnvironment``, ``OutOfRange``, and ``InvalidInput`` when the issuer
        has no resolution.
        """
        chosen = chosen_counts(counts)
        numbers = first_numbers(issuer, chosen, first, first_note)
        run = cls(issuer, test_set_id, [], numbers, chosen)
        for kind, count in chosen.by_kind().items():
            for _ in range(count):
                run._add(kind)
        return run

    def __repr__(self) -> str:
        """Show the set and its progress, without secrets."""
        return f"{type(self).__name__}(test_set_id={self.test_set_id!r}, state={self.report().state.value!r})"

    def _numbered(self, kind: str) -> Slot:
        """Return a new slot with the next number of a kind, spending that number."""
        consecutive = self._next.get(kind)
        if consecutive is None:
            expected = " o ".join(self._next)
            raise NotAllowed.of("habilitacion.kind_of_other_set", field="kind", found=kind, expected=expected)
        number = number_of(self.issuer, kind, consecutive, self._plan)
        self._next[kind] = consecutive + 1
        return Slot(kind, number)

    def _add(self, kind: str) -> Slot:
        slot = self._numbered(kind)
        # A replacement for a rejected document is placed with its kind, before the notes.
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
        sample: Sample | None = None,
        max_rejected: int = 0,
        keep: Keep | None = None,
    ) -> RunReport:
        """Send what is left, one by one, until DIAN says that the set is accepted or rejected, or the run must stop.

        When nothing is left and DIAN confirmed neither, the state is «Sin confirmar»: see the portal, or `confirm`.
        ``max_rejected``: how many rejections are allowed before stopping; a rejected document is replaced by another
        with the next number when too few of its kind could be accepted otherwise. ``keep`` is called with the run at
        each step, to store it. ``sample`` makes the documents. ``clock``: the moment of issue (aware). A stopped run
        continues where it was.
        """
        options: RunOptions = {"clock": clock, "sample": sample, "keep": keep}
        return finish(self._drive(client, signer, max_rejected=max_rejected, **options))

    async def drive_async(
        self, client: AsyncClient, signer: Signer, *, max_rejected: int = 0, **options: Unpack[RunOptions]
    ) -> RunReport:
        """Do what ``drive`` does, from asyncio."""
        return await self._drive(client, signer, max_rejected=max_rejected, **options)

    def confirm(self, client: Client, signer: Signer, **options: Unpack[RunOptions]) -> RunReport:
        """Ask DIAN whether the set is accepted, by sending one more invoice of it.

        An accepted set takes no more documents: DIAN says so, and no number is spent. In an open set the invoice is one
        more document and spends its number. ``options``: ``clock``, ``sample`` and ``keep`` of ``drive``.
        """
        self._ask_more()
        return finish(self._drive(client, signer, **options))

    async def confirm_async(self, client: AsyncClient, signer: Signer, **options: Unpack[RunOptions]) -> RunReport:
        """Do what ``confirm`` does, from asyncio."""
        self._ask_more()
        return await self._drive(client, signer, **options)

    def _ask_more(self) -> None:
        if self._proof is None and not any(slot.is_open for slot in self.slots):
            self._add(self._plan.main)

    def dry_run(
        self, client: Client, signer: Signer, *, kind: str | None = None, **options: Unpack[RunOptions]
    ) -> Answer:
        """Send a document of a kind by SendBillSync, to see at once which rules would reject it.

        It spends a number and does not count in the set. ``kind``: one of the set, by default its first; a note needs
        an accepted invoice. An interrupted one is resumed instead of making another. ``options``: ``clock``, ``sample``
        and ``keep`` of ``drive``. Raises ``NotAllowed`` for another kind, or a note without accepted invoice.
        """
        return finish(self._dry_run(client, signer, kind, **options))

    async def dry_run_async(
        self, client: AsyncClient, signer: Signer, *, kind: str | None = None, **options: Unpack[RunOptions]
    ) -> Answer:
        """Do what ``dry_run`` does, from asyncio."""
        return await self._dry_run(client, signer, kind, **options)

    # --- for both clients --------------------------------------------------------------------------------------------

    async def _resume(self, client: Client | AsyncClient, slot: Slot, keep: Keep | None) -> Answer:
        """Send or resume the document of a slot; an `AsyncClient` is awaited."""

        def store(shipment: Shipment) -> None:
            slot.shipment = shipment
            if keep is not None:
                keep(self)

        assert slot.shipment is not None
        found = client.resume(slot.shipment, store=store)
        answer = found if isinstance(found, Answer) else await found
        slot.shipment = answer.shipment
        return answer

    async def _drive(
        self, client: Client | AsyncClient, signer: Signer, *, max_rejected: int = 0, **options: Unpack[RunOptions]
    ) -> RunReport:
        """Send the remaining documents until DIAN decides the set or the run must stop."""
        clock, keep = options.get("clock", utc_now), options.get("keep")
        if self._proof is None:
            self._state, self._message, self._reasons, self._notified = RunState.EN_PROCESO, "", (), ()
            self._silent, self._rejections_left = False, max_rejected
            while (slot := next((each for each in self.slots if each.is_open), None)) is not None:
                if not self._built(slot, signer, clock(), options.get("sample")):
                    break
                answer = await self._resume(client, slot, keep)
                if not self._judged(slot, answer, clock()):
                    break
            else:
                self._state, self._message = RunState.SIN_CONFIRMAR, self._summary()
        if keep is not None:
            keep(self)
        return self.report()

    async def _dry_run(
        self, client: Client | AsyncClient, signer: Signer, kind: str | None, **options: Unpack[RunOptions]
    ) -> Answer:
        now, keep = options.get("clock", utc_now)(), options.get("keep")
        slot = self._trial(kind or self._plan.main, signer, now, options.get("sample"))
        answer = await self._resume(client, slot, keep)
        if keep is not None:
            keep(self)
        return answer

    def _trial(self, kind: str, signer: Signer, now: datetime, sample: Sample | None) -> Slot:
        """Return the document of a dry run: an interrupted one, or a new one."""
        moment = to_bogota(now).replace(microsecond=0)
        open_one = next((slot for slot in self.dry_runs if slot.kind == kind and slot.is_open), None)
        if open_one is not None and open_one.is_ready(moment):
            return open_one
        corrects = kind_named(kind).corrects
        original = last_accepted((*self.slots, *self.dry_runs), corrects)
        if corrects and original is None:
            raise NotAllowed.of(
                "habilitacion.nothing_to_correct",
                field="kind",
                found=kind,
                label=kind_named(kind).label,
                corrected=labels(map(kind_named, sorted(corrects))),
                example=min(corrects),
            )
        slot = open_one or self._numbered(kind)
        built = self._made(slot, moment, sample, original)
        slot.take(Shipment.of(sign_document(built, signer, at=moment)), moment)
        if open_one is None:
            self.dry_runs.append(slot)
        return slot

    def _made(self, slot: Slot, moment: datetime, sample: Sample | None, original: Any) -> Built[Any]:
        make = sample or self._plan.sample
        return build(make(slot.kind, slot.number, moment, self.issuer, original), self.issuer)

    def _summary(self) -> str:
        """Return the accepted counts, which are not yet DIAN's verdict on the set."""
        accepted = self._count(State.ACCEPTED)
        enough = all(accepted[kind] >= least for kind, least in self.counts.least_by_kind().items())
        what = "Se aceptaron los documentos que pide el set" if enough else "Se envió todo lo planeado"
        return f"{what}, pero la DIAN no ha dicho que el set esté aceptado."

    def _built(self, slot: Slot, signer: Signer, now: datetime, sample: Sample | None) -> bool:
        """Make the document of a slot, unless it was sent; False when the local check has a confirmed rejection."""
        moment = to_bogota(now).replace(microsecond=0)
        if slot.is_ready(moment):
            return True
        kind = kind_named(slot.kind)
        original = last_accepted(self.slots, kind.corrects)
        if kind.corrects and original is None:
            awaited = f"lo que corrige ({labels(map(kind_named, sorted(kind.corrects)))})"
            self._stop(f"{kind.label} {slot.number}: espera a que el set tenga aceptado {awaited}.", ())
            return False
        built = self._made(slot, moment, sample, original)
        report = check(built, issuer=self.issuer, original=original, at=moment)
        if report.rejected:
            self._stop(f"El documento {slot.number} sería rechazado: no se envió.", report.rejected)
            return False
        signed = sign_document(built, signer, at=moment)
        slot.take(Shipment.of(signed, test_set_id=self.test_set_id), moment)
        slot.may_reject = report.may_reject
        return True

    def _judged(self, slot: Slot, answer: Answer, now: datetime) -> bool:
        """Record an answer; return False when the run ends or stops here."""
        if answer.accepted:
            return True
        if answer.shipment.state is not State.REJECTED:
            self._waiting(slot, answer, now)
            return False
        if answer.status_code == TEST_SET:
            self._closed(slot, answer)
            return False
        self._reasons, self._notified = answer.rejections, answer.notifications
        if self._too_few(slot.kind):
            self._add(slot.kind)
        self._rejections_left -= 1
        if self._rejections_left < 0:
            self._stop(f"La DIAN rechazó el documento {slot.number}.", answer.rejections)
        return self._rejections_left >= 0

    def _too_few(self, kind: str) -> bool:
        """True if fewer of a kind can still be accepted than required."""
        left = sum(slot.is_open for slot in self.slots if slot.kind == kind)
        return self._count(State.ACCEPTED)[kind] + left < self.counts.least_by_kind()[kind]

    def _waiting(self, slot: Slot, answer: Answer, now: datetime) -> None:
        """Record that a document has no verdict: neither «en proceso» nor a long silence proves anything."""
        self._message = f"Documento {slot.number}: {answer.next_step}"
        sent = [each for each in answer.attempts if each.operation == TEST_SET_OPERATION]
        if not sent:
            return
        silence = to_bogota(now) - to_bogota(datetime.fromisoformat(sent[0].at))
        if silence >= SILENCE:
            self._silent, self._message = True, silent(slot.number, silence)

    def _closed(self, slot: Slot, answer: Answer) -> None:
        """Record DIAN's answer about the set itself; the document was not received."""
        proof, slot.shipment = slot.shipment, None
        state = state_of_set(answer.status, self.test_set_id)
        if state is None:
            self._stop(f"La DIAN no recibió el documento {slot.number}: {answer.status_message}", answer.rejections)
            return
        self._state, self._message = state, answer.status_message
        self._proof = proof if state in DECIDED else None
        if state is RunState.RECHAZADO and not self._reasons:
            self._reasons = rejections(self.slots) or answer.rejections

    def _stop(self, message: str, reasons: tuple[Fault, ...]) -> None:
        self._state, self._message, self._reasons = RunState.DETENIDO, message, reasons

    # --- reporting ---------------------------------------------------------------------------------------------------

    def _count(self, state: State) -> Counter[str]:
        return Counter(slot.kind for slot in self.slots if slot.state is state)

    def report(self) -> RunReport:
        """Return the state of the run."""
        rejected = self._count(State.REJECTED)
        planned = Counter(slot.kind for slot in self.slots)
        likely = likely_rejections(self.slots)
        steps = (*(LIKELY,) * bool(likely and self._proof is None), *NEXT_STEPS.get(self._state, self._plan.afterwards))
        return RunReport(
            state=self._state,
            confirmed=self._proof is not None,
            planned={kind: count - rejected[kind] for kind, count in planned.items()},
            accepted=dict(self._count(State.ACCEPTED)),
            rejected=dict(rejected),
            reasons=self._reasons,
            message=self._message,
            next_steps=(DRY_RUN, *steps) if self._silent else steps,
            required=self.counts.by_kind(),
            accepted_required=self.counts.least_by_kind(),
            notifications=self._notified,
            dry_runs=tuple(slot.number for slot in self.dry_runs),
            may_reject=likely,
        )

    # --- storage -----------------------------------------------------------------------------------------------------

    def to_json(self) -> str:
        """Return the JSON form: plan, documents and answers; no secrets (resuming takes the issuer again)."""
        return json.dumps(
            {
                "version": _VERSION,
                "test_set_id": self.test_set_id,
                "supplier": self.issuer.organization.nit,
                "required": self.counts.by_kind(),
                "accepted_required": self.counts.least_by_kind(),
                "next": self._next,
                "state": self._state.value,
                "confirmed": self._proof is not None,
                "proof": None if self._proof is None else self._proof.as_dict(),
                "message": self._message,
                "slots": [stored_slot(slot) for slot in self.slots],
                "dry_runs": [stored_slot(slot) for slot in self.dry_runs],
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, data: str | bytes, issuer: Issuer) -> Self:
        """Return the run of its ``to_json`` form, for the issuer with which it was planned.

        Acceptance or rejection of the set is read again from DIAN's stored answer; without one, as in JSON of earlier
        versions, the state is «Sin confirmar». Raises ``StoredNewer`` for the form of a later version of the library,
        ``UnreadableDocument`` for anything else, ``InvalidInput`` for an issuer of another NIT and for documents that
        were not sent for this set.
        """
        try:
            values = json.loads(data)
            if values.get("version", 0) > _VERSION:
                raise StoredNewer.of(
                    "habilitacion.newer_run", field="version", version=values["version"], known=_VERSION
                )
            supplier = values["supplier"]
            slots = [slot_of(each) for each in values["slots"]]
            dry_runs = [slot_of(each) for each in values.get("dry_runs", ())]
            run = cls(issuer, values["test_set_id"], slots, dict(values["next"]), counts_of(values, slots))
            run.dry_runs = dry_runs
            run._state, run._message, run._proof = word_of(values, run.test_set_id)
        except DianFeError:
            raise
        except (KeyError, TypeError, AttributeError, ValueError) as problem:
            raise UnreadableDocument.of("habilitacion.stored_run", field="run", found=unreadable(problem)) from None
        if supplier != issuer.organization.nit:
            raise InvalidInput.of(
                "habilitacion.other_issuer",
                field="issuer.organization.nit",
                found=issuer.organization.nit,
                expected=supplier,
            )
        only_of_the_set(slots, run.test_set_id)
        run._reasons = rejections(slots)
        return run
