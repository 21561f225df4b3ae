"""What both clients share: the service, the seal, the reading of replies, and who is on the way at the moment."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypedDict, Unpack, cast
from urllib.parse import urlsplit

from ..catalogs import Environment
from ..catalogs.identification import clean_nit
from ..errors import (
    ConnectionLost,
    DianFeError,
    DownloadFailed,
    InvalidInput,
    NotAllowed,
    TransportError,
    WrongCertificateOwner,
)
from ..signing.certificates import certificate_nit, names_nit
from .batches import Batch
from .contract import Operation
from .contract import operation as operation_named
from .failures import MAX_ANSWER_BYTES, read_reply
from .mailboxes import ExchangeEmails, not_downloaded
from .makers import makers_of
from .outcome import Answer
from .policy import RetryPolicy
from .sending import Note, Now, Step
from .service import Service
from .shipment import Shipment
from .soap import Reply, Request, request
from .test_sets import TestSetId
from .wsse import Sealer, SecurityOptions

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from ..signing.documents import Signed
    from ..signing.signer import Signer
    from .http import Certificates, Timeouts, Verify

Store = Callable[[Shipment], object]
"""Called with the shipment at each step, to be stored by whoever wants to resume after a crash; what it returns is not
looked at."""
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
    """Everything that a client may be told besides its signer and its transport."""


class SendOptions(TypedDict, total=False):
    """How a document is sent: ``operation`` (by default that of its kind), ``test_set_id`` of the test set."""

    operation: str | None
    test_set_id: TestSetId


def http_options(options: ClientOptions, transport: object) -> HttpOptions:
    """Return the options of the HTTP transport; raises ``NotAllowed`` when another transport is given besides them."""
    unknown = options.keys() - ClientOptions.__annotations__.keys()
    if unknown:
        raise TypeError(f"unexpected options: {', '.join(sorted(unknown))}")
    given = {name: value for name, value in options.items() if name in HttpOptions.__annotations__}
    if given and transport is not None:
        raise NotAllowed.of("transport.http_options", field="transport", found=", ".join(given))
    return cast(HttpOptions, given)


_ASK = "consulte el documento por su clave antes de enviarlo otra vez; send y resume lo hacen."
_AGAIN = "revise la conexión e intente de nuevo; no se envió nada."


def utc_now() -> datetime:
    """Return this machine's time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Posted:
    """A request on its way."""

    operation: Operation
    request: Request
    at: datetime
    started: float


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
        self._owners: set[str] = set()
        """Companies whose documents this certificate was found to send."""
        self._transport = transport

    def __repr__(self) -> str:
        """Show where it speaks to; the signer shows its public data only."""
        return f"{type(self).__name__}({self.service.environment.name}, {self.service.url!r}, signer={self._signer!r})"

    @property
    def certificate(self) -> Certificate:
        """The certificate with which requests are sealed."""
        return self._signer.certificate_chain[0]

    # --- one exchange ------------------------------------------------------------------------------------------------

    def _post(self, name: str, arguments: dict[str, str | bytes]) -> Posted:
        operation = operation_named(name)
        at, nonce = self._clock(), secrets.token_hex(8)
        sealed = request(operation, arguments, url=self.service.url, sealer=self._sealer, at=at, nonce=nonce)
        return Posted(operation, sealed, at, time.monotonic())

    def _read(self, posted: Posted, reply: Reply) -> Any:
        return read_reply(reply, posted.operation, local_time=posted.at, max_bytes=self._max_bytes)

    def _failed(self, error: Exception, posted: Posted) -> TransportError:
        """Return an error of the exchange with its circumstances; what a transport did not tell apart is uncertain."""
        if not isinstance(error, TransportError):
            error = ConnectionLost("La conexión falló.", cause=f"{type(error).__name__}: {error}")
        if error.remedy is None:  # a transport of the caller's need not say what to do
            error.remedy = _ASK if error.uncertain else _AGAIN
        elapsed = time.monotonic() - posted.started
        return error.during(operation=posted.operation.name, endpoint=self.service.url, elapsed=elapsed)

    # --- the list of mailboxes --------------------------------------------------------------------------------------

    def _downloader(self, emails: ExchangeEmails, name: str) -> Callable[[str], Any]:
        download: Callable[[str], Any] | None = getattr(self._transport, name, None)
        if download is None:
            raise DownloadFailed.of(
                "transport.downloader", answer=emails, retryable=False, found=type(self._transport).__name__, name=name
            )
        return download

    def _list_address(self, emails: ExchangeEmails) -> str:
        """Return where the list is; what is spoken to by http, the simulator on this machine, gives it by http too."""
        here, there = urlsplit(self.service.url), urlsplit(emails.url)
        same = here.scheme == "http" and here.netloc == there.netloc
        return f"http{emails.url[len(there.scheme) :]}" if same else emails.url

    def _not_downloaded(self, emails: ExchangeEmails, error: Exception) -> TransportError:
        failed = error if isinstance(error, DownloadFailed) else not_downloaded(emails, error)
        return failed.during(operation="GetExchangeEmails", endpoint=self.service.url, elapsed=None)

    # --- shipments ---------------------------------------------------------------------------------------------------

    def _shipment(self, signed: Signed[Any] | Shipment, **options: Unpack[SendOptions]) -> Shipment:
        if isinstance(signed, Shipment):
            if options:
                raise NotAllowed.of("transport.shipment_not_allowed", field="operation", found=", ".join(options))
            self.service.check(signed)
            self._check_owner(signed, None)
            return signed
        if not hasattr(signed, "xml") or not hasattr(signed, "signing_time"):
            raise InvalidInput.of("transport.shipment", field="signed", found=type(signed).__name__)
        self.service.check(signed.control)
        shipment = Shipment.of(signed, **options)
        self._check_owner(shipment, signed.control.provider_nit)
        return shipment

    def _check_owner(self, shipment: Shipment, provider: str | None) -> None:
        """Refuse a document that is not of the certificate's NIT, nor made by its software, nor signed with it.

        A certificate that names no NIT passes: whose it is cannot be told.
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
        makers = makers_of(shipment.xml)
        if makers.signed_with(certificate) or (makers.provider and names_nit(certificate, makers.provider)):
            return
        provider = provider or makers.provider
        raise WrongCertificateOwner.of(
            "transport.wrong_certificate_owner",
            field="signer",
            what=found,
            number=shipment.number,
            supplier=supplier,
            supplier_2=" o ".join(sorted({supplier, provider or supplier})),
        )

    def _batch(self, items: Iterable[Signed[Any] | Shipment], options: SendOptions) -> Batch:
        """Make the batch of documents; one that may not be sent has its answer from the start."""
        shipments: list[Shipment] = []
        refused: dict[int, Answer] = {}
        for index, item in enumerate(items):
            try:
                shipments.append(
                    self._shipment(item) if isinstance(item, Shipment) else self._shipment(item, **options)
                )
            except DianFeError as error:
                if not isinstance(item, Shipment) and not hasattr(item, "signing_time"):
                    error.field = f"items[{index}]"  # no document at all: the caller's mistake, not one document's
                    raise
                shipments.append(item if isinstance(item, Shipment) else Shipment.of(item))
                refused[index] = Answer(shipments[-1].moved(shipments[-1].state, error=error))
        return Batch(shipments, refused)

    def _step(self, step: Step, store: Store | None) -> Any:
        """Do the steps that need no I/O."""
        if isinstance(step, Note) and store is not None:
            store(step.shipment)
        return self._clock() if isinstance(step, Now) else None

    @staticmethod
    def _numbering(nit: str, software_id: str, provider_nit: str | None) -> dict[str, str | bytes]:
        own = clean_nit(nit, field="nit")
        provider = clean_nit(provider_nit, field="provider_nit") if provider_nit else own
        return {"accountCode": own, "accountCodeT": provider, "softwareCode": software_id}
