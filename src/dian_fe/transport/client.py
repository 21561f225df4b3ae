"""`Client`: the fifteen operations, and sending exactly once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, Self, Unpack

from .._arguments import checked, refuses
from ..signing.documents import Signed
from ..signing.signer import Signer
from .core import ClientOptions, Progress, SendOptions, http_options
from .mailboxes import ExchangeEmails
from .operations import Operations
from .outcome import Answer
from .sending import Store
from .shipment import Shipment
from .soap import Reply, Request, Transport
from .twins import Blocking, finish


@checked
@refuses("environment")
class Client(Operations, Blocking):
    """The synchronous client of DIAN's web service. Safe to use from many threads.

    ``environment`` is always an explicit choice (production is never a default), except that a simulator passed as
    ``transport`` sets its own. ``endpoint``: the service's URL, instead of the environment's usual one. ``policy``:
    number and delays of retries. ``security``: variants of the security header. ``clock`` returns the present moment
    (aware). ``other_owner``: send documents of companies that the signer's certificate names neither as issuer nor as
    provider; they are refused otherwise. Use it as a context manager: the connections are closed at the end.

    Every operation raises a ``TransportError`` when the exchange fails; only ``send``, ``resume`` and ``send_all``
    return failures as a value.
    """

    _transport: Transport

    def __init__(self, *, signer: Signer, transport: Transport | None = None, **options: Unpack[ClientOptions]) -> None:
        """See the class; ``timeouts``, ``proxy``, ``cert``, ``verify`` and ``max_bytes`` as in ``HttpTransport``."""
        http = http_options(options, transport)
        super().__init__(signer, transport, options)
        if transport is None:
            from .http import HttpTransport

            self._transport = HttpTransport(**http)

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the transport, if it can be closed."""
        close = getattr(self._transport, "close", None)
        if close is not None:
            close()

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

        Notes wait for their invoices in the batch. A failure of one document is only that document's answer. ``store``
        and ``progress`` are called from one thread at a time; an error that they raise stops the batch. To resume it,
        send the shipments that were stored.
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
                    running[pool.submit(finish, self._deliver_one(batch, index, stored))] = index
                if not running:
                    return batch.answers()
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    for answer in batch.done(running.pop(future), future.result()):
                        if progress is not None:
                            progress(batch.decided, len(batch.shipments), answer)

    def _new_future(self) -> Future[Answer | None]:
        return Future()

    async def _post(self, request: Request) -> Reply:
        return self._transport.exchange(request)

    async def _get(self, emails: ExchangeEmails, url: str) -> Any:
        return self._downloader("download", emails)(url)

    async def _sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    async def _end_of(self, future: Future[Answer | None]) -> Answer | None:
        return future.result()
