"""`AsyncClient`: what `Client` does, from asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Self, TypeVar, Unpack

from .._arguments import checked, refuses
from ..signing.documents import Signed
from ..signing.signer import Signer
from .core import ClientOptions, Progress, SendOptions, http_options
from .mailboxes import ExchangeEmails
from .operations import Operations
from .outcome import Answer
from .sending import Store
from .shipment import Shipment
from .soap import AsyncTransport, Reply, Request
from .twins import Awaited

R = TypeVar("R")


@checked
@refuses("environment")
class AsyncClient(Operations, Awaited):
    """Speaks with DIAN from asyncio; options, methods and outcomes are those of `Client`.

    The transport has ``exchange_async``. Use it from one event loop.
    """

    _transport: AsyncTransport

    def __init__(
        self, *, signer: Signer, transport: AsyncTransport | None = None, **options: Unpack[ClientOptions]
    ) -> None:
        """See `Client`."""
        http = http_options(options, transport)
        super().__init__(signer, transport, options)
        if transport is None:
            from .http import AsyncHttpTransport

            self._transport = AsyncHttpTransport(**http)

    async def __aenter__(self) -> Self:
        """Return the client itself."""
        return self

    async def __aexit__(self, *error: object) -> None:
        """Close the connections."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the transport, if it can be closed."""
        close = getattr(self._transport, "aclose", None)
        if close is not None:
            await close()

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
                    running[asyncio.create_task(self._deliver_one(batch, index, store))] = index
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
            await ended(asyncio.gather(*running, return_exceptions=True))

    def _new_future(self) -> asyncio.Future[Answer | None]:
        return asyncio.get_running_loop().create_future()

    async def _post(self, request: Request) -> Reply:
        return await self._transport.exchange_async(request)

    async def _get(self, emails: ExchangeEmails, url: str) -> Any:
        return await self._downloader("download_async", emails)(url)

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _end_of(self, future: asyncio.Future[Answer | None]) -> Answer | None:
        return await asyncio.shield(future)


async def ended(future: asyncio.Future[R]) -> R:
    """Return the result of a future. A caller that is cancelled meanwhile, however often, learns it at its end."""
    cancelled: asyncio.CancelledError | None = None
    while not future.done():
        try:
            await asyncio.wait([future])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    return future.result()
