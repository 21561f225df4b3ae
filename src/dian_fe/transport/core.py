"""Base of both clients: the service, signing of requests, reading of replies, and sendings in progress."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypedDict, Unpack, cast
from urllib.parse import urlsplit

from .. import errors
from ..catalogs import Environment
from ..signing.certificates import certificate_nit, names_nit
from .batches import Batch, held_back
from .contract import Operation
from .contract import operation as operation_named
from .failures import ASK_FIRST, MAX_ANSWER_BYTES, read_reply
from .mailboxes import ExchangeEmails, downloaded, not_downloaded
from .origin import origin_of
from .outcome import Answer
from .policy import RetryPolicy
from .sending import Sending, Store, kept
from .service import Service
from .shipment import Shipment, State
from .soap import Reply, Request, request
from .test_sets import TestSetId
from .wsse import Sealer, SecurityOptions

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from ..signing.documents import Signed
    from ..signing.signer import Signer
    from .http import Certificates, Timeouts, Verify

Progress = Callable[[int, int, Answer], object]
"""Called after each document of a batch: how many are done, of how many, and the answer."""


class ServiceOptions(TypedDict, total=False):
    """Options of a client about the service; see `Client`."""

    environment: Environment | str | None
    endpoint: str | None
    policy: RetryPolicy | None
    security: SecurityOptions | None
    clock: Callable[[], datetime] | None
    other_owner: bool


class HttpOptions(TypedDict, total=False):
    """Options of a client's own HTTP transport; see `HttpTransport`."""

    timeouts: Timeouts | None
    proxy: str | None
    cert: Certificates
    verify: Verify
    max_bytes: int


class ClientOptions(ServiceOptions, HttpOptions):
    """All options of a client except its signer and its transport."""


class SendOptions(TypedDict, total=False):
    """How a document is sent: ``operation`` (by default that of its kind), ``test_set_id`` of the test set."""

    operation: str | None
    test_set_id: TestSetId


def http_options(options: ClientOptions, transport: object) -> HttpOptions:
    """Return the options of the HTTP transport; raises ``NotAllowed`` when a transport is passed as well."""
    unknown = options.keys() - ClientOptions.__annotations__.keys()
    if unknown:
        raise TypeError(f"unexpected options: {', '.join(sorted(unknown))}")
    given = {name: value for name, value in options.items() if name in HttpOptions.__annotations__}
    if given and transport is not None:
        raise errors.NotAllowed.of("transport.options_of_transport", field="transport", found=", ".join(given))
    return cast(HttpOptions, given)


_AGAIN = "revise la conexión e intente de nuevo; no se envió nada."


def utc_now() -> datetime:
    """Return this machine's time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A sending in progress. An error in its caller's code never reaches another caller."""

    shipment: Shipment
    end: Any
    """Future of its answer; None when its caller stopped, so the document's state is unknown."""


class Core:
    """Base of `Client` and `AsyncClient`: everything but the I/O."""

    def __init__(self, signer: Signer, transport: Any, options: ClientOptions) -> None:
        environment = options.get("environment")
        if environment is None and transport is not None:
            environment = getattr(transport, "environment", None)  # the simulator says which one it plays
        self.service = Service.of(environment, options.get("endpoint"))
        self.policy = options.get("policy") or getattr(transport, "policy", None) or RetryPolicy()
        self._signer = signer
        self._sealer = Sealer(signer, options.get("security"))
        self._clock = options.get("clock") or utc_now
        self._max_bytes = options.get("max_bytes", MAX_ANSWER_BYTES)
        self._other_owner = options.get("other_owner", False)
        self._lock = threading.Lock()
        self._under_way: dict[str, _UnderWay] = {}
        """Sendings in progress, by the key of the document."""
        self._owners: set[str] = set()
        """Companies that this certificate may send for, as checked before."""
        self._transport = transport

    def __repr__(self) -> str:
        """Show the service's address and the signer's public data."""
        return f"{type(self).__name__}({self.service.environment.name}, {self.service.url!r}, signer={self._signer!r})"

    @property
    def certificate(self) -> Certificate:
        """The certificate that signs requests."""
        return self._signer.certificate_chain[0]

    # --- what each client does in its own way -------------------------------------------------------------------------

    if TYPE_CHECKING:

        async def _post(self, request: Request, /) -> Reply: ...
        async def _get(self, emails: ExchangeEmails, url: str, /) -> Reply: ...
        async def _sleep(self, seconds: float, /) -> None: ...
        async def _end_of(self, future: Any, /) -> Answer | None: ...
        def _new_future(self) -> Any: ...

    # --- one exchange ------------------------------------------------------------------------------------------------

    async def _ask(self, name: str, arguments: Mapping[str, str | bytes]) -> Any:
        """Return the typed result of an operation."""
        operation, at, nonce = operation_named(name), self._clock(), secrets.token_hex(8)
        sealed = request(operation, arguments, url=self.service.url, sealer=self._sealer, at=at, nonce=nonce)
        started = time.monotonic()
        try:
            reply = await self._post(sealed)
            return read_reply(reply, operation, local_time=at, max_bytes=self._max_bytes)
        except (errors.TransportError, OSError) as error:
            failed = self._failed(error, operation, time.monotonic() - started)
            raise failed from (error.__cause__ if failed is error else error)

    def _failed(self, error: Exception, operation: Operation, elapsed: float) -> errors.TransportError:
        """Return an error of the exchange with its circumstances; an error of an unknown kind is uncertain."""
        if not isinstance(error, errors.TransportError):
            error = errors.ConnectionLost.of("transport.connection_broken", cause=f"{type(error).__name__}: {error}")
        if error.remedy is None:  # a caller's transport need not have a remedy
            error.remedy = ASK_FIRST if error.uncertain else _AGAIN
        return error.during(operation=operation.name, endpoint=self.service.url, elapsed=elapsed)

    # --- the list of mailboxes --------------------------------------------------------------------------------------

    def _downloader(self, name: str, emails: ExchangeEmails) -> Callable[[str], Any]:
        download: Callable[[str], Any] | None = getattr(self._transport, name, None)
        if download is None:
            raise errors.DownloadFailed.of(
                "transport.no_download", answer=emails, retryable=False, found=type(self._transport).__name__, name=name
            )
        return download

    async def _download(self, emails: ExchangeEmails) -> ExchangeEmails:
        """Return the list from its address; plain http only if the service uses it, as the simulator."""
        here, there = urlsplit(self.service.url), urlsplit(emails.url)
        same = here.scheme == "http" and here.netloc == there.netloc
        url = f"http{emails.url[len(there.scheme) :]}" if same else emails.url
        try:
            return downloaded(emails, await self._get(emails, url))
        except (errors.TransportError, OSError) as error:
            failed = error if isinstance(error, errors.DownloadFailed) else not_downloaded(emails, error)
            raise failed.during(operation="GetExchangeEmails", endpoint=self.service.url, elapsed=None) from error

    # --- shipments ---------------------------------------------------------------------------------------------------

    def shipment_of(self, signed: Signed[Any] | Shipment, **options: Unpack[SendOptions]) -> Shipment:
        """Return the shipment of a signed document, or a stored one, that this client may send; see ``send``."""
        if isinstance(signed, Shipment):
            if options:
                raise errors.NotAllowed.of(
                    "transport.options_of_stored_shipment", field="operation", found=", ".join(options)
                )
            self.service.check(signed)
            self._check_owner(signed, None)
            return signed
        if not hasattr(signed, "xml") or not hasattr(signed, "signing_time"):
            raise errors.InvalidInput.of("transport.signed", field="signed", found=type(signed).__name__)
        self.service.check(signed.control)
        shipment = Shipment.of(signed, **options)
        self._check_owner(shipment, signed.control.provider_nit)
        return shipment

    def _check_owner(self, shipment: Shipment, provider: str | None) -> None:
        """Refuse a document that is not of the certificate's NIT, nor made by its software, nor signed with it.

        A certificate without a NIT passes: its owner is unknown.
        """
        supplier, certificate = shipment.supplier, self.certificate
        if self._other_owner or not supplier or supplier in self._owners:
            return
        found = certificate_nit(certificate)
        if found is None or names_nit(certificate, supplier):
            self._owners.add(supplier)
            return
        if provider is not None and names_nit(certificate, provider):
            return
        software_owner, signed_with_it = origin_of(shipment.xml, certificate)
        if signed_with_it or (software_owner and names_nit(certificate, software_owner)):
            return
        provider = provider or software_owner
        raise errors.WrongCertificateOwner.of(
            "transport.wrong_certificate_owner",
            field="signer",
            certificate_nit=found,
            number=shipment.number,
            supplier=supplier,
            owners=" o ".join(sorted({supplier, provider or supplier})),
        )

    def _batch(self, items: Iterable[Signed[Any] | Shipment], options: SendOptions) -> Batch:
        """Return the batch of documents; one that may not be sent has its answer from the start."""
        shipments: list[Shipment] = []
        refused: dict[int, Answer] = {}
        for index, item in enumerate(items):
            try:
                shipments.append(
                    self.shipment_of(item) if isinstance(item, Shipment) else self.shipment_of(item, **options)
                )
            except errors.DianFeError as error:
                if not isinstance(item, Shipment) and not hasattr(item, "signing_time"):
                    error.field = f"items[{index}]"  # not a document: the caller's mistake, not a document's failure
                    raise
                shipments.append(item if isinstance(item, Shipment) else Shipment.of(item))
                refused[index] = Answer(shipments[-1].with_state(shipments[-1].state, error=error))
        return Batch(shipments, refused)

    # --- delivering --------------------------------------------------------------------------------------------------

    async def _deliver(self, shipment: Shipment, store: Store | None) -> Answer:
        """Send a shipment, or wait for another caller that is sending it, then continue."""
        while True:
            mine = _UnderWay(shipment, self._new_future())
            with self._lock:
                found = self._under_way.setdefault(shipment.key, mine)
                others = (key for key in shipment.references if key != shipment.key)
                before = [self._under_way[key] for key in others if key in self._under_way]
            if found is mine:
                return await self._deliver_mine(mine, before, store)
            answer = await self._end_of(found.end)
            if answer is not None and answer.shipment.xml == shipment.xml:
                await kept(store, answer.shipment)
                return answer
            shipment = _in_doubt(shipment)

    async def _deliver_mine(self, mine: _UnderWay, before: list[_UnderWay], store: Store | None) -> Answer:
        """Send a shipment once those that it depends on are decided; hold it back unless they are accepted."""
        answer = None
        try:
            for other in before:
                known = await self._end_of(other.end) or Answer(_in_doubt(other.shipment))
                if not known.accepted:
                    answer = held_back(mine.shipment, known)
                    return answer
            answer = Answer(await Sending(self, mine.shipment, store).run())
            return answer
        finally:
            with self._lock:  # removed before waiters wake, so that the next one can begin
                del self._under_way[mine.shipment.key]
                mine.end.set_result(answer)

    async def _deliver_one(self, batch: Batch, index: int, store: Store | None) -> Answer:
        """Send a document of a batch: an error of its own, such as a failing signer, is its answer."""
        reached = batch.shipments[index]

        async def stored(shipment: Shipment) -> None:
            nonlocal reached
            reached = shipment
            await kept(store, shipment)

        try:
            return batch.refused.get(index) or await self._deliver(reached, stored)
        except errors.DianFeError as error:
            return Answer(reached.with_state(reached.state, error=error))


def _in_doubt(shipment: Shipment) -> Shipment:
    """Return a shipment to continue with after another caller's sending that may have arrived: DIAN is asked first."""
    return shipment.with_state(State.IN_DOUBT) if shipment.state is State.READY else shipment
