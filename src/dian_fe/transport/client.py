"""`Client` and `AsyncClient`: the fifteen operations, and sending once and only once.

Both drive the same conversations (`sending`) over one method of a transport; the simulator, recordings and HTTP are
all transports.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ..catalogs import Environment
from ..errors import InvalidInput, TransportError
from .contract import operation as operation_named
from .failures import MAX_ANSWER_BYTES, read_reply
from .outcome import Answer
from .policy import RetryPolicy
from .sending import Ask, Conversation, Note, Now, Step, Wait, deliver
from .service import Service
from .shipment import Shipment
from .soap import AsyncTransport, Request, Transport, request
from .wsse import Sealer, SecurityOptions

if TYPE_CHECKING:
    from ..models.resolution import Resolution
    from ..signing.documents import Signed
    from ..signing.signer import Signer
    from .answers import Status

Store = Callable[[Shipment], None]
"""Called with the shipment at each step, to be stored by whoever wants to resume after a crash."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class _Core:
    """What both clients share: the service, the seal, and the reading of replies."""

    def __init__(
        self,
        *,
        signer: Signer,
        transport: Any = None,
        environment: Environment | str | None = None,
        endpoint: str | None = None,
        policy: RetryPolicy | None = None,
        security: SecurityOptions | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        if environment is None and transport is not None:
            environment = getattr(transport, "environment", None)  # the simulator says which one it plays
        self.service = Service.of(environment, endpoint)
        self.policy = policy or getattr(transport, "policy", None) or RetryPolicy()
        self._sealer = Sealer(signer, security)
        self._clock = clock or _utc_now
        self._transport = transport

    def _request(self, name: str, arguments: dict[str, str | bytes]) -> tuple[Request, datetime]:
        at = self._clock()
        posted = request(
            operation_named(name), arguments, url=self.service.url, sealer=self._sealer, at=at,
            nonce=secrets.token_hex(8),
        )  # fmt: skip
        return posted, at

    def _failed(self, error: TransportError, name: str, started: float) -> TransportError:
        return error.during(operation=name, endpoint=self.service.url, elapsed=time.monotonic() - started)

    def _shipment(self, signed: Signed[Any] | Shipment, **options: Any) -> Shipment:
        if isinstance(signed, Shipment):
            return signed
        if not hasattr(signed, "xml") or not hasattr(signed, "signing_time"):
            raise InvalidInput(
                "solo se envían documentos firmados.",
                field="signed",
                found=type(signed).__name__,
                expected="Signed, lo que da sign()",
                remedy="use send(sign(build(documento, issuer), signer, at=momento)).",
            )
        self.service.check(signed.control)
        return Shipment.of(signed, **options)

    def _step(self, step: Step, store: Store | None) -> Any:
        """Do the steps that need no I/O."""
        if isinstance(step, Note) and store is not None:
            store(step.shipment)
        return self._clock() if isinstance(step, Now) else None


class Client(_Core):
    """Speaks with DIAN, synchronously.

    ``environment`` is always an explicit choice (production is never a default), except that a simulator given as
    ``transport`` says its own. ``policy``: how often and how long to try. ``security``: variants of the security
    header. Use it as a context manager: the connections are closed at the end.
    """

    def __init__(self, *, signer: Signer, transport: Transport | None = None, **options: Any) -> None:
        """See the class; further options are those of ``HttpTransport`` when no transport is given."""
        http = {name: options.pop(name) for name in ("timeouts", "proxy", "cert", "verify") if name in options}
        super().__init__(signer=signer, transport=transport, **options)
        if self._transport is None:
            from .http import HttpTransport

            self._transport = HttpTransport(**http)

    def __enter__(self) -> Self:
        """Give itself."""
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

    def call(self, operation: str, **arguments: str | bytes) -> Any:
        """Do any operation by its name; gives its typed answer. Raises a ``TransportError``."""
        posted, at = self._request(operation, arguments)
        started = time.monotonic()
        try:
            reply = self._transport.exchange(posted)
            return read_reply(reply, operation_named(operation), local_time=at, max_bytes=MAX_ANSWER_BYTES)
        except TransportError as error:
            raise self._failed(error, operation, started) from error.__cause__

    def send(self, signed: Signed[Any] | Shipment, *, store: Store | None = None, **options: Any) -> Answer:
        """Send a signed document once and only once; every outcome is a value.

        ``store`` is called with the shipment at each step. ``options``: ``operation`` (by default that of the kind),
        ``test_set_id``. Raises ``WrongEnvironment`` and ``NotAllowed`` before anything is sent.
        """
        return self._drive(deliver(self._shipment(signed, **options), self.policy), store)

    def resume(self, shipment: Shipment, *, store: Store | None = None) -> Answer:
        """Go on with a stored shipment: what is in doubt is asked for by its key before it is sent again."""
        return self._drive(deliver(shipment, self.policy), store)

    def _drive(self, conversation: Conversation, store: Store | None) -> Answer:
        try:
            step = next(conversation)
            while True:
                if isinstance(step, Ask):
                    try:
                        result = self.call(step.operation, **step.arguments)
                    except TransportError as error:
                        step = conversation.throw(error)
                        continue
                    step = conversation.send(result)
                    continue
                if isinstance(step, Wait):
                    time.sleep(step.seconds)
                step = conversation.send(self._step(step, store))
        except StopIteration as stop:
            return Answer(stop.value)

    def status(self, key: str) -> Status:
        """Ask how a document stands (GetStatus)."""
        status: Status = self.call("GetStatus", trackId=key)
        return status

    def numbering(self, nit: str, software_id: str, *, provider_nit: str | None = None) -> list[Resolution]:
        """Ask for the company's numbering (GetNumberingRange), as resolutions ready for ``Issuer``."""
        from .numbering import resolutions_of

        ranges = self.call(
            "GetNumberingRange", accountCode=nit, accountCodeT=provider_nit or nit, softwareCode=software_id
        )
        return resolutions_of(ranges)


class AsyncClient(_Core):
    """Speaks with DIAN from asyncio; see `Client`. Its transport has ``exchange_async``."""

    def __init__(self, *, signer: Signer, transport: AsyncTransport | None = None, **options: Any) -> None:
        """See `Client`."""
        http = {name: options.pop(name) for name in ("timeouts", "proxy", "cert", "verify") if name in options}
        super().__init__(signer=signer, transport=transport, **options)
        if self._transport is None:
            from .http import AsyncHttpTransport

            self._transport = AsyncHttpTransport(**http)

    async def __aenter__(self) -> Self:
        """Give itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections."""
        close = getattr(self._transport, "aclose", None)
        if close is not None:
            await close()

    async def call(self, operation: str, **arguments: str | bytes) -> Any:
        """Do any operation by its name; gives its typed answer. Raises a ``TransportError``."""
        posted, at = self._request(operation, arguments)
        started = time.monotonic()
        try:
            reply = await self._transport.exchange_async(posted)
            return read_reply(reply, operation_named(operation), local_time=at, max_bytes=MAX_ANSWER_BYTES)
        except TransportError as error:
            raise self._failed(error, operation, started) from error.__cause__

    async def send(self, signed: Signed[Any] | Shipment, *, store: Store | None = None, **options: Any) -> Answer:
        """Send a signed document once and only once; see ``Client.send``."""
        return await self._drive(deliver(self._shipment(signed, **options), self.policy), store)

    async def resume(self, shipment: Shipment, *, store: Store | None = None) -> Answer:
        """Go on with a stored shipment; see ``Client.resume``."""
        return await self._drive(deliver(shipment, self.policy), store)

    async def _drive(self, conversation: Conversation, store: Store | None) -> Answer:
        try:
            step = next(conversation)
            while True:
                if isinstance(step, Ask):
                    try:
                        result = await self.call(step.operation, **step.arguments)
                    except TransportError as error:
                        step = conversation.throw(error)
                        continue
                    step = conversation.send(result)
                    continue
                if isinstance(step, Wait):
                    await asyncio.sleep(step.seconds)
                step = conversation.send(self._step(step, store))
        except StopIteration as stop:
            return Answer(stop.value)

    async def status(self, key: str) -> Status:
        """Ask how a document stands (GetStatus)."""
        status: Status = await self.call("GetStatus", trackId=key)
        return status
