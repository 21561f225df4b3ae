"""The methods of the clients, each written once for `Client` and `AsyncClient`."""

from __future__ import annotations

from typing import Any, Unpack

from .._arguments import refuses
from ..catalogs.identification import clean_nit
from ..errors import InvalidInput, TransportError
from ..models.resolution import Resolution
from ..signing.documents import Signed
from ..verifying.verified import Verified
from .answers import Acquirer, DocumentXml, Status
from .confirming import Confirmation, Confirmed, compared
from .core import Core, SendOptions
from .document_info import DocumentInfo
from .history import InvoiceEvents, ReferenceNotes, events_of, notes_of
from .mailboxes import ExchangeEmails
from .numbering import resolutions_of
from .outcome import Answer
from .sending import Store
from .shipment import Shipment
from .twins import Twin, Twins


class Operations(Core, Twins):
    """The methods of both clients: those of `Client` return results, those of `AsyncClient` are awaited."""

    # --- sending -----------------------------------------------------------------------------------------------------

    @Twin
    @refuses("signed", "test_set_id")
    async def send(
        self, signed: Signed[Any] | Shipment, *, store: Store | None = None, **options: Unpack[SendOptions]
    ) -> Answer:
        """Send a signed document exactly once; return every outcome as a value.

        ``store`` is called with the shipment at each step; `AsyncClient` takes a coroutine function too. ``options``:
        ``operation`` (by default that of the kind), ``test_set_id`` (a document for a test set; an empty or malformed
        one is refused). The same document sent twice at a time is sent once, and both callers get the answer; a note
        waits for an invoice being sent. Raises ``WrongEnvironment``, ``NotAllowed``, ``InvalidIdentification`` (test
        set) and ``WrongCertificateOwner`` (see ``other_owner``) before anything is sent.
        """
        return await self._deliver(self.shipment_of(signed, **options), store)

    @Twin
    async def resume(self, shipment: Shipment, *, store: Store | None = None) -> Answer:
        """Resume a stored shipment: one in doubt is looked up by its key before it is sent again."""
        return await self._deliver(self.shipment_of(shipment), store)

    # --- asking ------------------------------------------------------------------------------------------------------

    @Twin
    async def call(self, /, operation: str, **arguments: str | bytes) -> Any:
        """Run any operation by its WSDL name; return its typed answer."""
        return await self._ask(operation, arguments)

    @Twin
    async def status(self, key: str) -> Status:
        """Return the status of a document, by its CUFE, CUDE, CUDS or CUNE (GetStatus)."""
        status: Status = await self._ask("GetStatus", {"trackId": key})
        return status

    @Twin
    async def status_zip(self, zip_key: str) -> tuple[Status, ...]:
        """Return the status of an asynchronous sending's documents, by its ZipKey (GetStatusZip)."""
        statuses: tuple[Status, ...] = await self._ask("GetStatusZip", {"trackId": zip_key})
        return statuses

    @Twin
    async def events(self, key: str) -> InvoiceEvents:
        """Return the events of an invoice, by its CUFE (GetStatusEvent); ``history`` is for the next event."""
        return events_of(await self._ask("GetStatusEvent", {"trackId": key}), key)

    @Twin
    async def reference_notes(self, key: str) -> ReferenceNotes:
        """Return the notes that correct an invoice, by its CUFE (GetReferenceNotes)."""
        return notes_of(await self._ask("GetReferenceNotes", {"trackId": key}), key)

    @Twin
    async def document_xml(self, key: str) -> DocumentXml:
        """Return a document's XML by its key (GetXmlByDocumentKey)."""
        xml: DocumentXml = await self._ask("GetXmlByDocumentKey", {"trackId": key})
        return xml

    @Twin
    async def confirm(self, verified: Verified[Any]) -> Confirmation:
        """Compare a verified document with the one that DIAN holds under its key (GetXmlByDocumentKey).

        It is the strongest proof of what DIAN accepted: its answer only names the key. A failed exchange is an outcome
        too (``not_confirmed``), never a yes. Raise ``InvalidInput`` for a document that is not verified.
        """
        if not isinstance(verified, Verified):
            raise InvalidInput.of("transport.not_verified", field="verified", found=type(verified).__name__)
        try:
            return compared(verified, await self._ask("GetXmlByDocumentKey", {"trackId": verified.key}))
        except TransportError as error:
            return Confirmation(Confirmed.NOT_CONFIRMED, verified.key, reason=str(error), error=error)

    @Twin
    async def document_info(self, key: str) -> DocumentInfo:
        """Return DIAN's information on a document, by its key (GetDocumentInfo)."""
        info: DocumentInfo = await self._ask("GetDocumentInfo", {"uuid": key})
        return info

    @Twin
    async def exchange_emails(self) -> ExchangeEmails:
        """Return the list of mailboxes where companies receive documents (GetExchangeEmails). It is long: store it.

        DIAN answers with a short-lived signed address, from which the list is downloaded at once, without credentials,
        redirections or retries. Raises ``DownloadFailed`` when that fails, ``UnreadableList`` for anything but a ZIP
        with one CSV. ``call("GetExchangeEmails")`` only asks for the address.
        """
        emails: ExchangeEmails = await self._ask("GetExchangeEmails", {})
        return await self._download(emails) if emails.url else emails

    @Twin
    async def acquirer(self, id_type: str, identification: str) -> Acquirer:
        """Return name and e-mail of a buyer (GetAcquirer): only to issue to them, never in bulk (Res. 202 de 2025)."""
        arguments: dict[str, str | bytes] = {"identificationType": str(id_type), "identificationNumber": identification}
        acquirer: Acquirer = await self._ask("GetAcquirer", arguments)
        return acquirer

    @Twin
    async def numbering(
        self, nit: str, software_id: str, *, provider_nit: str | None = None, prefix: str | None = None
    ) -> list[Resolution]:
        """Return a company's numbering (GetNumberingRange), as resolutions ready for ``Issuer``.

        ``nit`` and ``provider_nit`` (the software's owner, when it is another) go without check digit. ``prefix``: only
        the ranges of that prefix ("" for those without one). Raises ``NoNumbering`` with DIAN's words when it gives
        none, and ``PrefixNotAssociated``, which names the prefixes that are there, when none is of ``prefix``. A range
        with unusable data is left out with a warning.
        """
        own = clean_nit(nit, field="nit")
        provider = clean_nit(provider_nit, field="provider_nit") if provider_nit else own
        arguments = {"accountCode": own, "accountCodeT": provider, "softwareCode": software_id}
        return resolutions_of(await self._ask("GetNumberingRange", {**arguments}), prefix)
