"""`Client`: the fifteen operations, and sending once and only once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from .._arguments import checked, refuses
from ..errors import DianFeError, TransportError
from .confirming import Confirmation, compared, key_to_confirm, unanswered
from .core import ClientOptions, Core, Progress, SendOptions, Store, http_options
from .flights import Flight, Flights, in_doubt, shared, waiting_for
from .history import InvoiceEvents, ReferenceNotes, events_of, notes_of
from .mailboxes import downloaded
from .numbering import resolutions_of
from .outcome import Answer
from .sending import Ask, Conversation, Note, Wait, deliver
from .shipment import Shipment

if TYPE_CHECKING:
    from ..models.resolution import Resolution
    from ..signing.documents import Signed
    from ..signing.signer import Signer
    from ..verifying.verified import Verified
    from .answers import Acquirer, DocumentInfo, DocumentXml, ExchangeEmails, Status
    from .soap import Transport

_Flight = Flight[Future[Answer | None]]


@checked
@refuses("environment")
class Client(Core):
    """Speaks with DIAN, synchronously. Safe to use from many threads.

    ``environment`` is always an explicit choice (production is never a default), except that a simulator given as
    ``transport`` says its own. ``endpoint``: the service's URL, in place of the environment's usual one. ``policy``:
    how often and how long to try. ``security``: variants of the security header. ``clock`` gives the present moment
    (aware). ``other_owner``: send documents of companies that the signer's certificate names neither as issuer nor as
    provider; they are refused otherwise. Use it as a context manager: the connections are closed at the end.

    Every operation raises a ``TransportError`` when the exchange fails; only ``send``, ``resume`` and ``send_all``
    give their outcome as a value.
    """

    def __init__(self, *, signer: Signer, transport: Transport | None = None, **options: Unpack[ClientOptions]) -> None:
        """See the class; ``timeouts``, ``proxy``, ``cert``, ``verify`` and ``max_bytes`` as in ``HttpTransport``."""
        http = http_options(options, transport)
        super().__init__(signer, transport, options)
        self._lock = threading.Lock()
        self._flights: Flights[Future[Answer | None]] = Flights()
        if transport is None:
            from .http import HttpTransport

            self._transport = HttpTransport(**http)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the transport, if it has anything to close."""
        close = getattr(self._transport, "close", None)
        if close is not None:
            close()

    # --- sending -----------------------------------------------------------------------------------------------------

    @refuses("signed", "test_set_id")
    def send(
        self, signed: Signed[Any] | Shipment, *, store: Store | None = None, **options: Unpack[SendOptions]
    ) -> Answer:
        """Send a signed document once and only once; every outcome is a value.

        ``store`` is called with the shipment at each step. ``options``: ``operation`` (by default that of the kind),
        ``test_set_id`` (a document for a test set; an empty or malformed one is refused). The same document sent twice
        at a time goes once, and both callers get the answer; a note waits for its invoice when that is on its way.
        Raises ``WrongEnvironment``, ``NotAllowed``, ``InvalidIdentification`` (test set) and ``WrongCertificateOwner``
        (see ``other_owner``) before anything is sent.
        """
        return self._once(self._shipment(signed, **options), store)

    def resume(self, shipment: Shipment, *, store: Store | None = None) -> Answer:
        """Go on with a stored shipment: what is in doubt is asked for by its key before it is sent again."""
        return self._once(self._shipment(shipment), store)

    @refuses("test_set_id")
    def send_all(
        self,
        items: Iterable[Signed[Any] | Shipment],
        *,
        concurrency: int = 4,
        store: Store | None = None,
        progress: Progress | None = None,
        **options: Unpack[SendOptions],
    ) -> list[Answer]:
        """Send many documents, in order, up to ``concurrency`` at a time; answers come in the order of ``items``.

        Notes wait for their invoices in the batch. Whatever happens to one document is its own answer. ``store`` and
        ``progress`` are called from one thread at a time; an error that they raise stops the batch. To resume it, send
        the shipments that were stored.
        """
        batch = self._batch(items, options)
        lock = threading.Lock()

        def stored(shipment: Shipment) -> None:
            if store is not None:
                with lock:
                    store(shipment)

        running: dict[Future[Answer], int] = {}
        with ThreadPoolExecutor(max_workers=max(1, concurrency)) as pool:
            while True:
                while len(running) < max(1, concurrency) and (index := batch.next()) is not None:
                    refused = batch.refused.get(index)
                    running[pool.submit(self._guarded, batch.shipments[index], stored, refused)] = index
                if not running:
                    return batch.answers()
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    for answer in batch.done(running.pop(future), future.result()):
                        if progress is not None:
                            progress(batch.decided, len(batch.shipments), answer)

    def _guarded(self, shipment: Shipment, store: Store, refused: Answer | None) -> Answer:
        """Send a document of a batch: an error of its own (as a signer that fails) is its answer."""
        last = [shipment]

        def stored(reached: Shipment) -> None:
            last[0] = reached
            store(reached)

        try:
            return refused or self._once(shipment, stored)
        except DianFeError as error:
            return Answer(last[0].moved(last[0].state, error=error))

    def _once(self, shipment: Shipment, store: Store | None) -> Answer:
        """Deliver a shipment, or wait for whoever is delivering it already and go on from there."""
        while True:
            mine: Future[Answer | None] = Future()
            with self._lock:
                flight, before = self._flights.join(shipment, mine)
            if flight.end is mine:
                return self._fly(flight, before, shipment, store)
            answer = shared(shipment, flight.end.result())
            if answer is not None:
                self._step(Note(answer.shipment), store)
                return answer
            shipment = in_doubt(shipment)

    def _fly(self, flight: _Flight, before: list[_Flight], shipment: Shipment, store: Store | None) -> Answer:
        answer = None
        try:
            held = waiting_for(shipment, ((each, each.end.result()) for each in before))
            answer = held or self._drive(deliver(shipment, self.policy), store)
            return answer
        finally:
            with self._lock:
                self._flights.land(flight, answer)

    def _drive(self, conversation: Conversation, store: Store | None) -> Answer:
        try:
            step = next(conversation)
            while True:
                if isinstance(step, Ask):
                    try:
                        result = self.call(step.operation, **step.arguments)
                    except TransportError as error:
                        step = conversation.throw(error)
                    else:
                        step = conversation.send(result)
                    continue
                if isinstance(step, Wait):
                    time.sleep(step.seconds)
                step = conversation.send(self._step(step, store))
        except StopIteration as stop:
            return Answer(stop.value)

    # --- asking ------------------------------------------------------------------------------------------------------

    def call(self, operation: str, **arguments: str | bytes) -> Any:
        """Do any operation by its name, as in the WSDL; gives its typed answer."""
        posted = self._post(operation, arguments)
        try:
            return self._read(posted, self._transport.exchange(posted.request))
        except (TransportError, OSError) as error:
            failed = self._failed(error, posted)
            raise failed from (error.__cause__ if failed is error else error)

    def status(self, key: str) -> Status:
        """Ask how a document stands, by its CUFE, CUDE, CUDS or CUNE (GetStatus)."""
        status: Status = self.call("GetStatus", trackId=key)
        return status

    def status_zip(self, zip_key: str) -> tuple[Status, ...]:
        """Ask how the documents of an asynchronous sending stand, by its ZipKey (GetStatusZip)."""
        statuses: tuple[Status, ...] = self.call("GetStatusZip", trackId=zip_key)
        return statuses

    def events(self, key: str) -> InvoiceEvents:
        """Ask for the events of an invoice, by its CUFE (GetStatusEvent); ``history`` is what the next event takes."""
        return events_of(self.call("GetStatusEvent", trackId=key), key)

    def reference_notes(self, key: str) -> ReferenceNotes:
        """Ask for the notes that correct an invoice, by its CUFE (GetReferenceNotes)."""
        return notes_of(self.call("GetReferenceNotes", trackId=key), key)

    def document_xml(self, key: str) -> DocumentXml:
        """Fetch a document's XML by its key (GetXmlByDocumentKey)."""
        xml: DocumentXml = self.call("GetXmlByDocumentKey", trackId=key)
        return xml

    def confirm(self, verified: Verified[Any]) -> Confirmation:
        """Compare a verified document with the one that DIAN holds under its key (GetXmlByDocumentKey).

        It is the strongest proof of what DIAN accepted: its answer alone speaks of the key. A failed exchange is an
        outcome too (``not_confirmed``), never a yes. Raise ``InvalidInput`` for what is not verified.
        """
        key = key_to_confirm(verified)
        try:
            return compared(verified, self.document_xml(key))
        except TransportError as error:
            return unanswered(verified, error)

    def document_info(self, key: str) -> DocumentInfo:
        """Ask what DIAN keeps of a document, by its key (GetDocumentInfo)."""
        info: DocumentInfo = self.call("GetDocumentInfo", uuid=key)
        return info

    def exchange_emails(self) -> ExchangeEmails:
        """Fetch the list of mailboxes where companies receive documents (GetExchangeEmails). It is long: keep it.

        DIAN answers with a signed address of short life, from which the list is downloaded at once, without
        credentials, redirections or retries. Raises ``DownloadFailed`` when that fails, ``UnreadableList`` for anything
        but a ZIP with one CSV. ``call("GetExchangeEmails")`` only asks for the address.
        """
        emails: ExchangeEmails = self.call("GetExchangeEmails")
        if not emails.url:
            return emails
        try:
            return downloaded(emails, self._downloader(emails, "download")(self._list_address(emails)))
        except (TransportError, OSError) as error:
            raise self._not_downloaded(emails, error) from error

    def acquirer(self, id_type: str, identification: str) -> Acquirer:
        """Ask for name and e-mail of a buyer (GetAcquirer): only to issue to them, never in bulk (Res. 202 de 2025)."""
        acquirer: Acquirer = self.call(
            "GetAcquirer", identificationType=str(id_type), identificationNumber=identification
        )
        return acquirer

    def numbering(
        self, nit: str, software_id: str, *, provider_nit: str | None = None, prefix: str | None = None
    ) -> list[Resolution]:
        """Ask for a company's numbering (GetNumberingRange), as resolutions ready for ``Issuer``.

        ``nit`` and ``provider_nit`` (the software's owner, when it is another) go without check digit. ``prefix``: only
        the ranges of that prefix ("" for those without one). Raises ``NoNumbering`` with DIAN's words when it gives
        none, and ``PrefixNotAssociated``, which names the prefixes that are there, when none is of ``prefix``. A range
        whose data cannot be used is warned about and left out.
        """
        ranges = self.call("GetNumberingRange", **self._numbering(nit, software_id, provider_nit))
        return resolutions_of(ranges, prefix)
