"""What `Company` and `AsyncCompany` do, written once for both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypedDict

from .._api import sign
from .._checking import check
from .._readiness import readiness
from .._typevars import TypeVar
from ..catalogs import Environment
from ..delivery.sending import DeliveryRecord, Sender, deliver, resend
from ..errors import (
    BeingIssued,
    CheckFailed,
    DeliveryError,
    DianFeError,
    InvalidInput,
    NoNumbering,
    NotAccepted,
    NotAllowed,
    NumberUsed,
    OutOfRange,
    StoredDamaged,
    StoredNewer,
    StoreError,
    WrongEnvironment,
)
from ..faults import Fault
from ..models.issuable import Issuable
from ..signing.policy import SignerRole
from ..transport.outcome import Answer
from ..transport.shipment import Shipment, State
from ..transport.twins import Twin, Twins
from ..ubl.reader.document import read_document
from ..ubl.writer.build import build
from .delivering import first_of, still_without
from .drafts import Draft, moment_of
from .issued import Issued
from .kinds import Kinds
from .nowhere import Nowhere
from .numbering import checked_starts, company_of, place_of, series_of, series_of_range
from .observing import Observer
from .papers import Papers, issued_of, mailbox_of, papers_of
from .resuming import BATCH, Turns, none_arrived
from .store import Counter, Entry, Series, Store, check_name

if TYPE_CHECKING:
    from ..delivery.mail import Mailbox
    from ..graphic.theme import Theme
    from ..models.customer import Customer
    from ..models.issuer import Issuer
    from ..models.party import Party
    from ..models.resolution import Resolution
    from ..rules import Report
    from ..signing.documents import Signed
    from ..signing.signer import Signer
    from ..transport.async_client import AsyncClient
    from ..transport.client import Client
    from ..ubl.received import Received
    from ..ubl.writer.build import Built
    from .observing import OnAttempt, OnOutcome

D = TypeVar("D", bound=Issuable, default=Any)
_PAUSE, _WAITS = 0.05, 1200
"""Seconds between questions about a document that another call has, and how many of them: a minute."""

Keep: TypeAlias = Callable[[Shipment], object]
P = ParamSpec("P")
R = TypeVar("R", default=Any)


class CompanyOptions(TypedDict, total=False):
    """Options of a company; see `Company`."""

    store: Store | None
    sender: Sender | None
    mailbox: Mailbox | None
    theme: Theme | None
    role: SignerRole
    starts: Mapping[str, int]
    clock: Callable[[], datetime]
    on_attempt: OnAttempt | None
    on_outcome: OnOutcome | None


@dataclass(frozen=True, slots=True)
class _Made:
    """A claimed document."""

    entry: Entry
    answer: Answer | None = None
    """DIAN's answer; None before it is sent."""
    signed: Signed[Any] | None = None
    """What was just signed; None for one that was stored before."""
    may_reject: tuple[Fault, ...] = ()


class Steps(Kinds, Twins):
    """The methods of both companies: those of `Company` return results, those of `AsyncCompany` are awaited."""

    client: Client | AsyncClient

    def __init__(self, issuer: Issuer, signer: Signer, client: Client | AsyncClient, options: CompanyOptions) -> None:
        unknown = options.keys() - CompanyOptions.__annotations__.keys()
        if unknown:
            raise TypeError(f"unexpected options: {', '.join(sorted(unknown))}")
        if client.service.environment != issuer.environment:
            raise WrongEnvironment.of(
                "company.other_environment",
                field="client",
                found=client.service.environment.name,
                expected=Environment(issuer.environment).name,
            )
        self.issuer = issuer
        self.signer = signer
        self.client = client
        self.store: Store = options.get("store") or Nowhere()
        self.starts = checked_starts(options.get("starts") or {})
        self._sender, self._mailbox = options.get("sender"), options.get("mailbox")
        self._theme, self._role = options.get("theme"), options.get("role", SignerRole.SUPPLIER)
        self._clock = options.get("clock") or client._clock
        self._name = company_of(issuer)
        self._turns = Turns()
        self._observer = Observer(self._name, options.get("on_attempt"), options.get("on_outcome"))

    def __repr__(self) -> str:
        """Show the company, its environment and its store."""
        return f"{type(self).__name__}({self._name!r}, store={self.store!r})"

    def now(self) -> datetime:
        """Return the moment of the clock in Colombian time, to the second."""
        return moment_of(self._clock)

    if TYPE_CHECKING:

        async def _work(self, step: Callable[P, R], /, *args: P.args, **given: P.kwargs) -> R:
            """Run a step that computes, stores or mails."""

        def _keeping(self, save: Keep, show: Keep) -> Keep:
            """Return what the client is given to store each step of a shipment and then show it."""

    # --- issuing -----------------------------------------------------------------------------------------------------

    @Twin
    async def issue(
        self, document: Draft[D] | D, *, idempotency_key: str | None = None, send: bool = True
    ) -> Issued[D]:
        """Number, build, check, sign, store and send a document once; then draw and pack it for the other side.

        ``document``: a draft (``company.invoice(…)``), which gets the next number and the present moment, or a document
        with its own. ``idempotency_key``: the caller's name for it, such as an order's. A document that has been issued
        under it is not issued again but returned, once what was left unfinished is done; another call that is at it is
        waited for, up to a minute. One that DIAN rejected is issued anew. With ``send=False`` it ends once the document
        is stored, for whoever prints before DIAN answers, as a till does: ``resume`` sends it.

        The outcome is a value: ``issued.answer``. A document whose sending failed stays stored with its number, for
        ``resume``. The number of one that DIAN rejected is free again, unless another document has it.

        Raise ``CheckFailed`` for a confirmed rejection, ``NumberUsed``, ``OutOfRange`` when the numbers are used up,
        and what ``build``, ``sign`` and the client raise before they send: then nothing is stored and no number is
        spent. Raise ``StoreError`` when the store fails.
        """
        if idempotency_key is not None:
            check_name("idempotency_key", idempotency_key)
        held: list[str] = []
        try:
            draft = document if isinstance(document, Draft) else Draft.of(document)
            left = _WAITS
            while True:
                left -= 1
                known = None
                if idempotency_key is not None:
                    known = await self._work(self.store.find, self._name, idempotency_key=idempotency_key)
                if known is None or known.shipment.state is State.REJECTED:
                    try:
                        made = await self._work(self._made, draft, idempotency_key, held)
                    except BeingIssued:
                        if not left:
                            raise
                    else:
                        return await self._completed(made) if send else self._unsent(made)
                elif not send:
                    return await self._issued(known)
                else:
                    entry = await self._claimed(known.shipment.key, held)
                    if entry is not None and not entry.finished:
                        return await self._completed(_Made(entry))
                    if known.finished or entry is not None or not left:
                        return await self._issued(entry or known)
                await self.client._sleep(_PAUSE)
        finally:
            await self._work(self._release, held)

    @Twin
    async def resume(self, *, concurrency: int = 4, limit: int | None = None) -> list[Issued[Any]]:
        """Finish what the store holds unfinished: after a crash, an outage, or an answer that is still to come.

        What may have reached DIAN is asked for by its key before it is sent again. What another thread or process is
        sending at the moment is left to it. A document that cannot be finished now is returned with its ``error`` or
        undecided ``answer``. Up to ``concurrency`` are sent at a time, notes after the documents that they correct.

        ``limit``: how many are taken up at most, for a process with little memory; the next call takes up others first.
        When none of a hundred reaches DIAN, the rest are left for the next call.

        Raise ``StoredDamaged`` or ``StoredNewer``, once the others are finished, for a document that the store cannot
        read back, and ``StoreError`` when the store fails.
        """
        finished: list[Issued[Any]] = []
        unread: list[StoreError] = []
        keys = self._turns.next(await self._work(self.store.unfinished, self._name), limit)
        for start in range(0, len(keys), BATCH):
            held: list[str] = []
            entries: list[Entry] = []
            try:
                for key in keys[start : start + BATCH]:
                    try:
                        entry = await self._claimed(key, held)
                    except (StoredDamaged, StoredNewer) as error:
                        unread.append(error)
                    else:
                        entries += [] if entry is None or entry.finished else [entry]
                shipments = [each.shipment for each in entries]
                keep = self._keeping(self.store.save, self._observer.watched(shipments))
                found = self.client.send_all(shipments, store=keep, concurrency=concurrency)
                answers = found if isinstance(found, list) else await found
                for answer in answers:
                    if isinstance(answer.error, StoreError):
                        raise answer.error
                finished += [await self._ended(_Made(*pair)) for pair in zip(entries, answers, strict=True)]
                if none_arrived(answers):
                    break
            finally:
                await self._work(self._release, held)
        if unread:
            raise unread[0]
        return finished

    @Twin
    async def find(
        self, number: str | None = None, *, key: str | None = None, idempotency_key: str | None = None
    ) -> Issued[Any] | None:
        """Return a document of the store by its number, key or idempotency key, as it stands; None without one."""
        if (number, key, idempotency_key).count(None) != 2:
            raise InvalidInput.of("company.find", field="number")
        given = {"number": number, "key": key, "idempotency_key": idempotency_key}
        for name, value in given.items():
            if value is not None:
                check_name(name, value)
        entry = await self._work(self.store.find, self._name, **given)
        return None if entry is None else await self._issued(entry)

    @Twin
    async def withdraw(self, issued: Issued[Any]) -> None:
        """Take back a document that surely never reached DIAN; its number is free again.

        Raise ``NotAllowed`` for one that was sent, or may have been, or is being sent.
        """
        self._check_own(issued)
        held: list[str] = []
        try:
            entry = await self._claimed(issued.key, held)
            if entry is None or entry.shipment.state is not State.READY:
                found = "lo tiene otro proceso, o no está guardado" if entry is None else entry.shipment.state.value
                raise NotAllowed.of("company.withdraw", field="issued", found=found)
            await self._work(self.store.withdraw, issued.key)
            held.clear()
        finally:
            await self._work(self._release, held)

    def _check_own(self, issued: Issued[Any]) -> None:
        """Refuse a document of another company, in whose name it would be mailed or withdrawn."""
        supplier, environment = issued.shipment.supplier, issued.shipment.environment
        if self._name != f"{supplier} {environment}":
            raise InvalidInput.of(
                "company.not_its_document", field="issued", found=f"{supplier} {environment}", expected=self._name
            )

    # --- the steps ---------------------------------------------------------------------------------------------------

    def _made(self, draft: Draft[Any], idempotency_key: str | None, held: list[str]) -> _Made:
        """Store the signed document under its number. Whatever fails here gives the number back."""
        at = self.now()
        series, consecutive = self._taken(draft, at, idempotency_key)
        used = False
        try:
            document = draft.at(draft.number or f"{series.prefix}{consecutive}", at)
            built = build(document, self.issuer)
            certificate = getattr(self.signer, "info", None)
            report = check(built, issuer=self.issuer, original=draft.original, at=at, certificate=certificate)
            if report.rejected:
                raise CheckFailed.of(
                    "company.check_failed",
                    number=document.number,
                    why="; ".join(map(str, report.rejected)),
                    faults=report.rejected,
                )
            built = self._named(built)
            signed = sign(built, self.signer, at=at, role=self._role)
            shipment = self.client.shipment_of(signed)
            entry = Entry(self._name, series.name, consecutive, shipment, idempotency_key)
            held.append(shipment.key)  # at first: an interruption after adding must leave no claim
            used = self.store.add(entry)
            if not used:
                held.clear()
                raise BeingIssued.of("company.being_issued", field="idempotency_key", found=idempotency_key)
            return _Made(entry, signed=signed, may_reject=report.may_reject)
        finally:
            if not used:
                self.store.give_back(series, consecutive)

    def _named(self, built: Built[D]) -> Built[D]:
        """Return a document with the next file name of its year, by which receivers tell files apart (annex 1.9, 9)."""
        if not isinstance(self.store, Counter):
            return built
        count = self.store.count(f"{self._name} files {built.name.year}")
        return replace(built, name=replace(built.name, sequence=count))

    def _taken(self, draft: Draft[Any], at: datetime, idempotency_key: str | None) -> tuple[Series, int]:
        """Take the number of a draft: the caller's, or the next one."""
        if draft.number is not None:
            number = draft.document.number  # as the model has it, without blanks around
            series, consecutive = place_of(self.issuer, draft.kind, number, draft.document)
            if self.store.take(series, wanted=consecutive, idempotency_key=idempotency_key) is None:
                raise NumberUsed.of("company.number_used", field="number", found=draft.number)
            return series, consecutive
        offered = series_of(self.issuer, draft.kind, at.date(), draft.prefix, self.starts)
        for series in offered:
            number = self.store.take(series, idempotency_key=idempotency_key)
            if number is not None:
                return series, number
        ends = ", ".join(f"{each.prefix}{each.last}" for each in offered)
        raise OutOfRange.of("company.used_up", field="number", found=ends, label=draft.kind.label)

    def _release(self, held: list[str]) -> None:
        """End the claims of a call. A store that fails then has lost them already, and its documents are stored."""
        for key in held:
            with suppress(StoreError):
                self.store.release(key)

    async def _claimed(self, key: str, held: list[str]) -> Entry | None:
        """Claim a document, noting that it is held."""

        def claim() -> Entry | None:
            entry = self.store.claim(key)
            if entry is not None:
                held.append(key)
            return entry

        return await self._work(claim)

    async def _completed(self, made: _Made) -> Issued[Any]:
        """Send a claimed document and pack it; what fails is in what is returned."""
        shipment = made.entry.shipment

        def save(step: Shipment) -> None:
            nonlocal shipment
            self.store.save(step)
            shipment = step

        try:
            found = self.client.resume(shipment, store=self._keeping(save, self._observer.watched([shipment])))
            answer = found if isinstance(found, Answer) else await found
        except StoreError:
            raise
        except DianFeError as error:
            answer = Answer(shipment.with_state(shipment.state, error=error))
        return await self._ended(replace(made, answer=answer))

    def _unsent(self, made: _Made) -> Issued[Any]:
        """Return a document that was signed and stored just now."""
        assert made.signed is not None
        return Issued(made.signed.document, Answer(made.entry.shipment), None, made.may_reject)

    async def _ended(self, made: _Made) -> Issued[Any]:
        """Pack a document that DIAN has accepted."""
        answer = made.answer
        assert answer is not None
        document: Signed[Any] | Received[Any] | None = made.signed
        if document is None:
            document = await self._work(read_document, answer.shipment.xml)
        papers, error = Papers(), None
        if answer.accepted:
            try:
                papers = await self._work(self._packed, document, answer)
            except StoreError:
                raise
            except DianFeError as problem:
                error = problem
            except Exception as problem:  # a signer, a font or a theme of others: the document is accepted all the same
                error = DeliveryError.of("company.not_packed", cause=type(problem).__name__)
                error.__cause__ = problem
        issued = Issued(document.document, answer, papers.package, made.may_reject, error, papers.handout)
        self._observer.outcome(issued)
        return issued

    def _packed(self, document: Signed[Any] | Received[Any], answer: Answer) -> Papers:
        """Draw and pack an accepted document, and store what is mailed: the same bytes every time."""
        papers = papers_of(
            document, answer, self.signer, self.issuer, at=self.now(), role=self._role, theme=self._theme
        )
        self.store.finish(answer.key, papers.stored)
        return papers

    async def _issued(self, entry: Entry) -> Issued[Any]:
        """Return a stored document as it stands."""
        return await self._work(issued_of, entry)

    # --- delivering --------------------------------------------------------------------------------------------------

    @Twin
    async def deliver(
        self,
        issued: Issued[Any],
        *,
        to: Sequence[str] | str | None = None,
        customer: Customer | Party | None = None,
        business_line: str | None = None,
    ) -> DeliveryRecord:
        """Mail a document's package or payslip to the other side, and store the record; the same bytes every time.

        Without ``to``, it goes to every address of the other side, whatever other addresses got it before; after a
        delivery that some of them refused, only to those that have not got it yet. One that all of them have is sent
        again to all. ``to``: exactly these addresses. ``customer`` and ``business_line`` are those of `deliver`.

        Raise ``NotAccepted`` for a document without package or payslip, ``InvalidInput`` when the company has no
        ``sender``, and what `deliver` and `resend` raise.
        """
        return await self._work(self._delivered, issued, to, customer, business_line)

    def _delivered(
        self,
        issued: Issued[Any],
        to: Sequence[str] | str | None,
        customer: Customer | Party | None,
        business_line: str | None,
    ) -> DeliveryRecord:
        if self._sender is None:
            raise InvalidInput.of("company.no_sender", field="sender")
        self._check_own(issued)
        mailed = issued.package or issued.handout
        if mailed is None:
            raise NotAccepted.of("company.no_package", field="issued", found=issued.answer.outcome.label)
        records = self.store.deliveries(issued.key)
        before, at = first_of(records, chosen=to is not None), self.now()
        if before is not None and customer is None and business_line is None:
            left = to if to is not None else still_without(before, records) or None
            record = replace(resend(mailed, before, sender=self._sender, at=at, to=left), chosen=to is not None)
        else:
            mailbox = self._mailbox or mailbox_of(mailed, self.issuer)
            record = deliver(
                mailed, customer, sender=self._sender, at=at, to=to, mailbox=mailbox, business_line=business_line
            )
        self.store.record(record)
        self._observer.delivered(record, issued.shipment)
        return record

    # --- getting ready -----------------------------------------------------------------------------------------------

    @Twin
    async def ready(
        self, customers: Iterable[Customer | Party] = (), *, kind: str | None = None, ask: bool = False
    ) -> Report:
        """Return what stands between the company and its next accepted document, by the rules of `check`.

        See `readiness`: the moment, the certificate and the last number are the company's own. ``ask``: also ask DIAN
        for the numberings of its software. Raise what the client raises then.
        """
        associated = None
        if ask:
            nit, software = self.issuer.organization.nit, self.issuer.software
            try:
                found: Any = self.client.numbering(nit, software.id, provider_nit=software.provider_nit)
                associated = found if isinstance(found, list) else await found
            except NoNumbering:
                associated = []
        return await self._work(self._readiness, customers, kind, associated)

    def _readiness(
        self, customers: Iterable[Customer | Party], kind: str | None, associated: Sequence[Resolution] | None
    ) -> Report:
        resolution = self.issuer.resolution
        last = None if resolution is None else self.store.last(series_of_range(self.issuer, resolution, self.starts))
        return readiness(
            self.issuer,
            customers,
            at=self.now(),
            last_consecutive=last,
            certificate=getattr(self.signer, "info", None),
            associated=associated,
            kind=kind,
        )
