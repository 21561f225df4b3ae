"""A company on a simulator, and its stores."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Unpack

from dian_fe import Client, Company, Line, MemoryStore, Payment, PostgresStore, SqliteStore, iva
from dian_fe.company import Draft, Store
from dian_fe.company.steps import CompanyOptions
from dian_fe.testing import Simulator
from tests.support.company import BUYER, NIT, NOW, issuer_at

COFFEE = Line(description="Café tostado 500 g", quantity=3, price=Decimal("18500"), taxes=[iva(5)])


class Clock:
    """A clock that moves a second whenever it is read."""

    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> Any:
        self.moment += timedelta(seconds=1)
        return self.moment


class Post:
    """A mail server that takes everything."""

    def __init__(self) -> None:
        self.sent: list[tuple[EmailMessage, tuple[str, ...]]] = []

    def __call__(self, message: EmailMessage, to: Any) -> None:
        self.sent.append((message, tuple(to)))


def company_at(
    dian: Simulator, *, transport: Any = None, issuer: Any = None, **options: Unpack[CompanyOptions]
) -> Company:
    """Return the company of the tests on a simulator, by default with a store in memory."""
    signer = dian.signer(NIT)
    client = Client(signer=signer, transport=transport or dian)
    given: CompanyOptions = {"store": MemoryStore(), "clock": Clock(), **options}
    return Company(issuer or issuer_at(dian), signer, client=client, **given)


def sale(company: Company, **details: Any) -> Draft[Any]:
    """Draft a plain invoice."""
    return company.invoice(**{"customer": BUYER, "lines": [COFFEE], "payment": Payment.cash(), **details})


@contextmanager
def opened(kind: str, place: Path | str) -> Iterator[Store]:
    """Open a store of a kind: at a folder, or at the address of a server."""
    if kind == "memory":
        with MemoryStore() as store:
            yield store
    elif kind == "sqlite":
        with SqliteStore(Path(place) / "shipments.db") as store:
            yield store
    else:
        with PostgresStore(str(place)) as store:
            yield store
