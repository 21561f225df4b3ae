"""`AsyncClient`: what `Client` does, from asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
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
    from .soap import AsyncTransport

_Flight = Flight[asyncio.Future[Answer | None]]


@checked
@refuses("environment")
class AsyncClient(Core):
    """Speaks with DIAN from asyncio; options, methods and outcomes are those of `Client`.

    The transport has ``exchange_async``. To be used from one event loop.
    """

    def __init__(
        self, *, signer: Signer, transport: AsyncTransport | None = None, **options: Unpack[ClientOptions]
    ) -> None:
        """See `Client`."""
        http = http_options(options, transport)
        super().__init__(signer, transport, options)
        self._flights: Flights[asyncio.Future[Answer | None]] = Flights()
        if transport is None:
            from .http import AsyncHttpTransport

            self._transport = AsyncHttpTransport(**http)

    async def __aenter__(self) -> Self:
        """Return itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the transport, if it has anything to close."""
        close = getattr(self._transport, "aclose", None)
        if close is not None:
            await close()

    # --- sending -----------------------------------------------------------------------------------------------------

    @refuses("signed", "test_set_id")
    async def send(
        self, signed: Signed[Any] | Shipment, *, store: Store | None = None, **options: Unpack[SendOptions]
    ) -> Answer:
        """Send a signed document once and only once; see ``Client.send``. ``store`` is a plain function."""
        return await self._once(self._shipment(signed, **options), store)

    async def resume(self, shipment: Shipment, *, store: Store | None = None) -> Answer:
        """Go on with a stored shipment; see ``Client.resume``."""
        return await self._once(self._shipment(shipment), store)

    @refuses("test_set_id")
    async def send_all(
        self,
        items: Iterable[Signed[Any] | Shipment],
        *,
        concurrency: int = 4,
        store: Store | None = None,
        progress: Progress | None = None,
        **options: Unpack[SendOptions],
    ) -> list[Answer]:
        """Send many documents, in order, up to ``concurrency`` at a time; see ``Client.send_all``."""
        batch = self._batch(items, options)
        running: dict[asyncio.Task[Answer], int] = {}
        try:
            while True:
                while len(running) < max(1, concurrency) and (index := batch.next()) is not None:
                    sending = self._guarded(batch.shipments[index], store, batch.refused.get(index))
                    running[asyncio.create_task(sending)] = index
                if not running:
                    return batch.answers()
                done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    for answer in batch.done(running.pop(task), task.result()):
                        if progress is not None:
                            progress(batch.decided, len(batch.shipments), answer)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _guarded(self, shipment: Shipment, store: Store | None, refused: Answer | None) -> Answer:
        """Send a document of a batch: an error of its own (as a signer that fails) is its answer."""
        last = [shipment]

        def stored(reached: Shipment) -> None:
            last[0] = reached
            if store is not None:
                store(reached)

        try:
            return refused or await self._once(shipment, stored)
        except DianFeError as error:
            return Answer(last[0].moved(last[0].state, error=error))

    async def _once(self, shipment: Shipment, store: Store | None) -> Answer:
        """Deliver a shipment, or wait for whoever is delivering it already and go on from there."""
        while True:
            mine: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
            flight, before = self._flights.join(shipment, mine)
            if flight.end is mine:
                return await self._fly(flight, before, shipment, store)
            answer = shared(shipment, await asyncio.shield(flight.end))
            if answer is not None:
                self._step(Note(answer.shipment), store)
                return answer
            shipment = in_doubt(shipment)

    async def _fly(self, flight: _Flight, before: list[_Flight], shipment: Shipment, store: Store | None) -> Answer:
        answer = None
        try:
            held = waiting_for(shipment, [(each, await asyncio.shield(each.end)) for each in before])
            answer = held or await self._drive(deliver(shipment, self.policy), store)
            return answer
        finally:
            self._flights.land(flight, answer)

    async def _drive(self, conversation: Conversation, store: Store | None) -> Answer:
        try:
            step = next(conversation)
            while True:
                if isinstance(step, Ask):
                    try:
                        result = await self.call(step.operation, **step.arguments)
                    except TransportError as error:
                        step = conversation.throw(error)
                    else:
                        step = conversation.send(result)
                    continue
                if isinstance(step, Wait):
                    await asyncio.sleep(step.seconds)
                step = conversation.send(self._step(step, store))
        except StopIteration as stop:
            return Answer(stop.value)

    # --- asking ------------------------------------------------------------------------------------------------------

    async def call(self, operation: str, **arguments: str | bytes) -> Any:
        """Do any operation by its name; see ``Client.call``."""
        posted = self._post(operation, arguments)
        try:
            return self._read(posted, await self._transport.exchange_async(posted.request))
        except (TransportError, OSError) as error:
            failed = self._failed(error, posted)
            raise failed from (error.__cause__ if failed is error else error)

    async def status(self, key: str) -> Status:
        """Ask how a document stands (GetStatus)."""
        status: Status = await self.call("GetStatus", trackId=key)
        return status

    async def status_zip(self, zip_key: str) -> tuple[Status, ...]:
        """Ask how the documents of an asynchronous sending stand (GetStatusZip)."""
        statuses: tuple[Status, ...] = await self.call("GetStatusZip", trackId=zip_key)
        return statuses

    async def events(self, key: str) -> InvoiceEvents:
        """Ask for the events of an invoice (GetStatusEvent); see ``Client.events``."""
        return events_of(await self.call("GetStatusEvent", trackId=key), key)

    async def reference_notes(self, key: str) -> ReferenceNotes:
        """Ask for the notes that correct an invoice (GetReferenceNotes)."""
        return notes_of(await self.call("GetReferenceNotes", trackId=key), key)

    async def document_xml(self, key: str) -> DocumentXml:
        """Fetch a document's XML (GetXmlByDocumentKey)."""
        xml: DocumentXml = await self.call("GetXmlByDocumentKey", trackId=key)
        return xml

    async def confirm(self, verified: Verified[Any]) -> Confirmation:
        """Compare a verified document with the one that DIAN holds under its key; see ``Client.confirm``."""
        key = key_to_confirm(verified)
        try:
            return compared(verified, await self.document_xml(key))
        except TransportError as error:
            return unanswered(verified, error)

    async def document_info(self, key: str) -> DocumentInfo:
        """Ask what DIAN keeps of a document (GetDocumentInfo)."""
        info: DocumentInfo = await self.call("GetDocumentInfo", uuid=key)
        return info

    async def exchange_emails(self) -> ExchangeEmails:
        """Fetch the list of mailboxes (GetExchangeEmails); see ``Client.exchange_emails``."""
        emails: ExchangeEmails = await self.call("GetExchangeEmails")
        if not emails.url:
            return emails
        try:
            return downloaded(emails, await self._downloader(emails, "download_async")(self._list_address(emails)))
        except (TransportError, OSError) as error:
            raise self._not_downloaded(emails, error) from error

    async def acquirer(self, id_type: str, identification: str) -> Acquirer:
        """Ask for name and e-mail of a buyer (GetAcquirer); see ``Client.acquirer``."""
        acquirer: Acquirer = await self.call(
            "GetAcquirer", identificationType=str(id_type), identificationNumber=identification
        )
        return acquirer

    async def numbering(
        self, nit: str, software_id: str, *, provider_nit: str | None = None, prefix: str | None = None
    ) -> list[Resolution]:
        """Ask for a company's numbering (GetNumberingRange); see ``Client.numbering``."""
        arguments = self._numbering(nit, software_id, provider_nit)
        return resolutions_of(await self.call("GetNumberingRange", **arguments), prefix)
