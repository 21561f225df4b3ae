"""`Company` and `AsyncCompany`: a company that issues, with everything that it needs for that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, Self, TypeVar, Unpack

from .._arguments import checked
from ..models.issuer import Issuer
from ..signing.signer import Signer
from ..transport.async_client import AsyncClient, ended
from ..transport.client import Client
from ..transport.twins import Awaited, Blocking
from .steps import CompanyOptions, Keep, Steps

if TYPE_CHECKING:
    from ..transport.shipment import Shipment

P = ParamSpec("P")
R = TypeVar("R")


@checked
class Company(Steps, Blocking):
    """A company that issues: numbering, signature, sending, storage, package and mail in one. Safe for many threads.

    ``client``: by default one of its own, for the issuer's environment and with its signer, which ``close`` closes; a
    client may be shared by many companies (see its ``other_owner``). ``store``: where numbers and shipments are kept
    (`SqliteStore`, `PostgresStore`, `MemoryStore`), which may be shared too; None keeps nothing, and then every
    document needs its own number. ``sender`` mails (`SmtpSender`), from ``mailbox``, by default the issuer's address.
    ``theme``: look of the representación gráfica, which needs the extra ``pdf``. ``role``: who signs. ``starts``: first
    consecutive to give by prefix, for numbers used before this store existed. ``clock`` gives the present moment
    (aware); by default the client's. ``on_attempt(shipment)`` is called after each exchange with DIAN, once it is
    stored, and ``on_outcome(issued)`` when ``issue`` or ``resume`` ends with a document; both at once: they must be
    quick, and what they raise is logged and ignored. The logger ``dian_fe.company`` records the same (`JsonLines`).

    A method named as each kind of document drafts one: ``invoice``, ``credit_note``, ``support_document``, …; ``draft``
    and ``load`` draft any kind. Raise ``WrongEnvironment`` when client and issuer are of different environments.
    """

    client: Client

    def __init__(
        self, issuer: Issuer, signer: Signer, *, client: Client | None = None, **options: Unpack[CompanyOptions]
    ) -> None:
        """See the class."""
        self._own_client = client is None
        own = Client(signer=signer, environment=issuer.environment) if client is None else client
        super().__init__(issuer, signer, own, options)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close its own client."""
        self.close()

    def close(self) -> None:
        """Close its own client; one that was given, and the store, are their owner's to close."""
        if self._own_client:
            self.client.close()

    async def _work(self, step: Callable[P, R], /, *args: P.args, **given: P.kwargs) -> R:
        return step(*args, **given)

    def _keeping(self, save: Keep, show: Keep) -> Keep:
        def keep(step: Shipment) -> None:
            save(step)
            show(step)

        return keep


@checked
class AsyncCompany(Steps, Awaited):
    """A company that issues from asyncio; options, methods and outcomes are those of `Company`.

    Building, signing, storing and mailing run in threads, so that the event loop goes on; hooks are called on the loop.
    """

    client: AsyncClient

    def __init__(
        self, issuer: Issuer, signer: Signer, *, client: AsyncClient | None = None, **options: Unpack[CompanyOptions]
    ) -> None:
        """See `Company`."""
        self._own_client = client is None
        own = AsyncClient(signer=signer, environment=issuer.environment) if client is None else client
        super().__init__(issuer, signer, own, options)

    async def __aenter__(self) -> Self:
        """Return itself."""
        return self

    async def __aexit__(self, *error: object) -> None:
        """Close its own client."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close its own client."""
        if self._own_client:
            await self.client.aclose()

    async def _work(self, step: Callable[P, R], /, *args: P.args, **given: P.kwargs) -> R:
        """Run a step in a thread; a cancelled caller waits for its end, as what it stores must be known."""
        call = partial(copy_context().run, step, *args, **given)
        # No task: a loop that ends cancels every task that it has, and would leave the thread behind.
        return await ended(asyncio.get_running_loop().run_in_executor(None, call))

    def _keeping(self, save: Keep, show: Keep) -> Keep:
        async def keep(step: Shipment) -> None:
            await self._work(save, step)
            show(step)

        return keep
