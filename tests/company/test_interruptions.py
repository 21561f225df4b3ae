"""What is interrupted between any two steps: by Ctrl-C, by a store that fails, by a cancelled task."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from dian_fe import AsyncClient, AsyncCompany, MemoryStore, RetryPolicy, SqliteStore
from dian_fe.catalogs import CreditNoteConcept
from dian_fe.errors import StoreError
from dian_fe.testing import ListedScript, Simulator
from dian_fe.testing.failures import Mishap
from tests.company.support import Clock, Post, company_at, sale
from tests.support.company import NIT, issuer_at

MOST = 12
"""More transactions than the issue of a document has."""


class Interrupted(MemoryStore):
    """A store in which one transaction is followed, or preceded, by an exception."""

    def __init__(self, at: int, error: BaseException, *, committed: bool) -> None:
        self.left, self.error, self.committed = 0, error, committed
        super().__init__()
        self.left = at

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        self.left -= 1
        due = self.left == 0
        if due and not self.committed:
            raise self.error
        with super()._transaction() as run:
            yield run
        if due:
            raise self.error

    @property
    def struck(self) -> bool:
        return self.left <= 0


def issued_in_spite_of(store: Interrupted, dian: Simulator) -> None:
    """Interrupt the issue of an order, repeat it in the same process, and look for what may never be."""
    company = company_at(dian, store=store)
    with suppress(type(store.error)):  # not raised where nothing depends on the step any more
        company.issue(sale(company), idempotency_key="order-1")
    store.left = 0
    company.resume()
    again = company.issue(sale(company), idempotency_key="order-1")
    assert again.accepted
    assert again.package is not None
    assert company.issue(sale(company)).number == "SETP990000001"
    assert [dian.requests.count("SendBillSync"), len(dian.accepted)] == [2, 2]
    assert store.unfinished("700085371 2") == []


@pytest.mark.parametrize("at", range(1, MOST))
def test_ctrl_c_after_any_commit_leaves_nothing_held(at: int) -> None:
    store = Interrupted(at, KeyboardInterrupt(), committed=True)
    issued_in_spite_of(store, Simulator(seed=7))


@pytest.mark.parametrize("committed", [False, True])
@pytest.mark.parametrize("at", range(1, MOST))
def test_a_store_that_fails_anywhere_loses_nothing(at: int, committed: bool) -> None:
    store = Interrupted(at, StoreError("disco lleno"), committed=committed)
    issued_in_spite_of(store, Simulator(seed=7))


def test_every_transaction_of_an_issue_is_interrupted(dian: Simulator) -> None:
    store = Interrupted(MOST, StoreError("x"), committed=True)
    company = company_at(dian, store=store)
    company.issue(sale(company), idempotency_key="order-1")
    assert not store.struck


def test_ctrl_c_while_resuming_leaves_nothing_claimed() -> None:
    for at in range(1, MOST):
        dian = Simulator(seed=7)
        store = Interrupted(0, KeyboardInterrupt(), committed=True)
        company = company_at(dian, store=store)
        for order in range(2):
            company.issue(sale(company), idempotency_key=f"order-{order}", send=False)
        store.left = at
        with suppress(KeyboardInterrupt):
            company.resume()
        store.left = 0
        company.resume()
        assert store.unfinished("700085371 2") == [], at
        assert dian.requests.count("SendBillSync") == len(dian.accepted) == 2


@pytest.mark.parametrize("room", range(0, 12, 2))
def test_a_full_disk_holds_nothing_once_there_is_room(tmp_path: Path, room: int) -> None:
    dian = Simulator(seed=7)
    with SqliteStore(tmp_path / "a.db") as store:
        company, database = company_at(dian, store=store), store._session.database
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        database.execute(f"PRAGMA max_page_count = {pages + room}")
        with suppress(StoreError):
            company.issue(sale(company), idempotency_key="order-1")
        database.execute("PRAGMA max_page_count = 1000000")
        company.resume()
        issued = company.issue(sale(company), idempotency_key="order-1")
        assert (issued.number, issued.package is not None) == ("SETP990000000", True)
        assert company.issue(sale(company)).number == "SETP990000001"
        assert dian.requests.count("SendBillSync") == len(dian.accepted) == 2


# --- asyncio ---------------------------------------------------------------------------------------------------------


def async_company(dian: Simulator, store: Any, **options: Any) -> AsyncCompany:
    signer = dian.signer(NIT)
    client = AsyncClient(signer=signer, transport=dian)
    return AsyncCompany(issuer_at(dian), signer, client=client, store=store, clock=Clock(), **options)


def test_the_loop_goes_on_while_a_store_is_slow(dian: Simulator) -> None:
    import threading

    threads: set[int] = set()

    class Noting(MemoryStore):
        @contextmanager
        def _transaction(self) -> Iterator[Any]:
            threads.add(threading.get_ident())
            with super()._transaction() as run:
                yield run

    async def walk() -> None:
        store, shown = Noting(), []
        threads.clear()
        company = async_company(dian, store, sender=Post(), on_attempt=lambda step: shown.append(threading.get_ident()))
        issued = await company.issue(sale(company), idempotency_key="order-1")  # type: ignore[arg-type]
        await company.issue(sale(company), send=False)  # type: ignore[arg-type]
        await company.resume()
        await company.deliver(issued)
        assert await company.find(key=issued.key) is not None
        assert threading.get_ident() not in threads
        assert set(shown) == {threading.get_ident()}, "hooks are called on the loop, for its queues"

    asyncio.run(walk())


# --- a long outage ---------------------------------------------------------------------------------------------------


def test_a_resumption_ends_soon_while_dian_is_away(dian: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dian_fe.company.steps.BATCH", 3)
    monkeypatch.setattr("dian_fe.company.resuming.BATCH", 3)
    company = company_at(dian)
    company.client.policy = RetryPolicy.once()
    first = company.issue(sale(company), send=False)
    company.issue(company.credit_note(first, concept=CreditNoteConcept.ANULACION), send=False)
    for _ in range(5):
        company.issue(sale(company), send=False)
    dian.script = ListedScript([Mishap.REFUSED] * 2)  # the note is held back
    assert [each.number[-2:] for each in company.resume()] == ["00", "C1", "01"]
    assert len(dian.requests) == 0
    assert [each.accepted for each in company.resume()] == [True] * 7


def test_with_a_limit_each_document_has_its_turn(dian: Simulator) -> None:
    company = company_at(dian)
    numbers = [company.issue(sale(company), send=False).number for _ in range(5)]
    company.client.policy = RetryPolicy.once()
    dian.script = ListedScript([Mishap.REFUSED] * 2)
    assert [each.number for each in company.resume(limit=2)] == numbers[:2]
    assert [each.number for each in company.resume(limit=2)] == numbers[2:4]
    assert [each.number for each in company.resume(limit=2)] == numbers[4:]
    assert [each.accepted for each in company.resume(limit=2)] == [True, True]
    assert company.resume(limit=2) == []


def test_a_closed_place_is_told_with_its_path(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "a.db")
    store.close()
    with pytest.raises(StoreError, match=r"a\.db"):
        store.find("700085371 2", number="SETP1")
