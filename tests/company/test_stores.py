"""The stores: numbers without gaps, documents claimed by one at a time, and what a crash leaves."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import threading
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from dian_fe import MemoryStore, PostgresStore, Shipment, SqliteStore
from dian_fe.company import Counter, Entry, Series, Store
from dian_fe.delivery import DeliveryRecord, Mailbox
from dian_fe.errors import BeingIssued, ClaimLost, StoreError
from dian_fe.testing import Simulator
from dian_fe.transport.shipment import State
from tests.company.conftest import Opener
from tests.company.support import company_at, sale
from tests.support.company import NOW

COMPANY = "700085371 2"
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # pytest-xdist has threads
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
SERIES = Series(f"{COMPANY} 18760000001 SETP", COMPANY, "SETP", 990000000, 990000004)


@pytest.fixture(scope="module")
def shipments() -> list[Shipment]:
    """Return three accepted shipments."""
    company = company_at(Simulator(seed=7))
    return [company.issue(sale(company)).shipment for _ in range(3)]


def ready(shipment: Shipment) -> Shipment:
    return replace(shipment, state=State.READY, status=None, attempts=())


def rejected(shipment: Shipment) -> Shipment:
    assert shipment.status is not None
    status = replace(shipment.status, is_valid=False, code="99", messages=("Regla: FAU14, Rechazo: x",))
    return replace(shipment, state=State.REJECTED, status=status)


def added(store: Store, shipment: Shipment, idempotency_key: str | None = None) -> Entry:
    number = store.take(SERIES)
    assert number is not None
    entry = Entry(COMPANY, SERIES.name, number, ready(shipment), idempotency_key)
    assert store.add(entry)
    return entry


def test_numbers_come_in_order_until_the_last(store: Store) -> None:
    assert [store.take(SERIES) for _ in range(6)] == [*range(990000000, 990000005), None]
    assert store.take(replace(SERIES, name="another")) == 990000000


def test_a_number_given_back_is_the_next_one(store: Store) -> None:
    for _ in range(3):
        store.take(SERIES)
    store.give_back(SERIES, 990000001)
    assert [store.take(SERIES) for _ in range(2)] == [990000001, 990000003]


def test_a_wanted_number_is_skipped_when_its_turn_comes(store: Store) -> None:
    assert store.take(SERIES, wanted=990000001) == 990000001
    assert store.take(SERIES, wanted=990000001) is None
    assert [store.take(SERIES) for _ in range(2)] == [990000000, 990000002]


def test_a_series_that_starts_later_leaves_out_what_is_below(store: Store) -> None:
    assert store.take(SERIES) == 990000000
    store.give_back(SERIES, 990000000)
    assert store.take(replace(SERIES, first=990000003)) == 990000003


def test_the_last_number_is_that_of_a_document(store: Store, shipments: list[Shipment]) -> None:
    assert store.last(SERIES) is None
    added(store, shipments[0])
    store.take(SERIES)
    assert store.last(SERIES) == 990000000


def test_a_document_is_what_was_added_and_saved(store: Store, shipments: list[Shipment]) -> None:
    entry = added(store, shipments[0], "order-1")
    for given in ({"key": shipments[0].key}, {"number": shipments[0].number}, {"idempotency_key": "order-1"}):
        assert store.find(COMPANY, **given) == entry
        assert store.find("800199436 2", **given) is None
    store.save(shipments[0])
    store.finish(shipments[0].key, b"PK")
    found = store.find(COMPANY, key=shipments[0].key)
    assert found == replace(entry, shipment=shipments[0], package=b"PK", finished=True)


def test_the_unfinished_come_in_the_order_of_adding(store: Store, shipments: list[Shipment]) -> None:
    for shipment in shipments:
        added(store, shipment)
    store.save(shipments[0])
    store.save(shipments[1])
    store.finish(shipments[1].key, None)
    assert store.unfinished(COMPANY) == [shipments[0].key, shipments[2].key]
    assert store.unfinished("800199436 2") == []


def test_an_idempotency_key_is_used_once_unless_rejected(store: Store, shipments: list[Shipment]) -> None:
    added(store, shipments[0], "order-1")
    number = store.take(SERIES)
    assert number is not None
    second = Entry(COMPANY, SERIES.name, number, ready(shipments[1]), "order-1")
    assert not store.add(second)
    store.save(rejected(shipments[0]))
    assert store.add(second)


def test_an_idempotency_key_takes_one_number_at_a_time(store: Store, shipments: list[Shipment]) -> None:
    number = store.take(SERIES, idempotency_key="order-1")
    assert number is not None
    with pytest.raises(BeingIssued):
        store.take(SERIES, idempotency_key="order-1")
    assert store.take(SERIES, idempotency_key="order-2") == number + 1
    store.give_back(SERIES, number)
    assert store.take(SERIES, idempotency_key="order-1") == number
    store.add(Entry(COMPANY, SERIES.name, number, ready(shipments[0]), "order-1"))
    with pytest.raises(BeingIssued):
        store.take(SERIES, idempotency_key="order-1")
    store.save(rejected(shipments[0]))
    assert store.take(SERIES, idempotency_key="order-1") == number


def test_the_number_of_a_rejected_document_is_free(store: Store, shipments: list[Shipment]) -> None:
    added(store, shipments[0])
    added(store, shipments[1])
    store.save(rejected(shipments[0]))
    assert store.unfinished(COMPANY) == [shipments[1].key]
    assert store.take(SERIES) == 990000000


def test_a_number_that_another_document_has_is_not_free(store: Store, shipments: list[Shipment]) -> None:
    added(store, shipments[0])
    store.save(replace(rejected(shipments[0]), taken_by="a" * 96))
    assert store.take(SERIES) == 990000001


def test_the_same_document_may_follow_its_rejection(store: Store, shipments: list[Shipment]) -> None:
    added(store, shipments[0])
    store.save(rejected(shipments[0]))
    store.save(rejected(shipments[0]))
    store.release(shipments[0].key)
    added(store, shipments[0])
    store.save(shipments[0])
    found = store.find(COMPANY, key=shipments[0].key)
    assert found is not None
    assert found.shipment.state is State.ACCEPTED
    assert store.take(SERIES) == 990000001


def test_a_document_is_claimed_by_one_at_a_time(store: Store, shipments: list[Shipment]) -> None:
    key = added(store, shipments[0]).shipment.key
    assert store.claim(key) is None
    store.release(key)
    assert store.claim(key) is not None
    assert store.claim(key) is None
    assert store.claim("f" * 96) is None


def test_only_who_claimed_a_document_changes_it(store: Store, shipments: list[Shipment]) -> None:
    key = added(store, shipments[0]).shipment.key
    store.release(key)
    for change in (store.save, lambda shipment: store.finish(shipment.key, None), lambda s: store.withdraw(s.key)):
        with pytest.raises(ClaimLost):
            change(shipments[0])


def test_a_document_needs_a_number_that_is_taken(store: Store, shipments: list[Shipment]) -> None:
    with pytest.raises(ClaimLost):
        store.add(Entry(COMPANY, SERIES.name, 990000000, ready(shipments[0])))
    assert store.unfinished(COMPANY) == []


def test_a_withdrawn_document_leaves_its_number(store: Store, shipments: list[Shipment]) -> None:
    key = added(store, shipments[0]).shipment.key
    store.withdraw(key)
    assert store.find(COMPANY, key=key) is None
    assert store.take(SERIES) == 990000000


def test_deliveries_are_kept_in_order(store: Store) -> None:
    def record(message: str, at: datetime = NOW) -> DeliveryRecord:
        return DeliveryRecord(
            message, ("a@example.com",), at, "0" * 64, "z.zip", "c" * 96, "x", Mailbox("b@example.com")
        )

    for each in ("<2@example.com>", "<1@example.com>"):
        store.record(record(each))
    assert store.deliveries("c" * 96) == [record("<2@example.com>"), record("<1@example.com>")]
    assert store.deliveries("d" * 96) == []


def test_threads_take_every_number_once(store: Store) -> None:
    taken: list[int | None] = []

    def take() -> None:
        for _ in range(10):
            taken.append(store.take(Series("many")))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 41))


# --- several owners --------------------------------------------------------------------------------------------------


def test_what_one_owner_holds_another_does_not_get(lasting: Opener, shipments: list[Shipment]) -> None:
    with lasting() as one, lasting() as other:
        key = added(one, shipments[0]).shipment.key
        assert one.take(SERIES) == 990000001
        assert other.claim(key) is None
        assert other.take(SERIES) == 990000002
        with pytest.raises(ClaimLost):
            other.save(shipments[0])


def test_what_an_owner_left_is_free_at_once(lasting: Opener, shipments: list[Shipment]) -> None:
    with lasting() as other:
        with lasting() as one:
            key = added(one, shipments[0]).shipment.key
            assert one.take(SERIES) == 990000001
        claimed = other.claim(key)
        assert claimed is not None
        assert claimed.shipment == ready(shipments[0])
        assert other.take(SERIES) == 990000001


@forks
def test_what_a_killed_process_held_is_free_at_once(lasting: Opener, shipments: list[Shipment]) -> None:
    child = os.fork()
    if not child:
        with lasting() as store:
            added(store, shipments[0])
            store.take(SERIES)
            os.kill(os.getpid(), 9)
    os.waitpid(child, 0)
    with lasting() as store:
        for _ in range(100):  # a server takes a moment to notice
            if (claimed := store.claim(shipments[0].key)) is not None:
                break
        assert claimed is not None
        assert store.take(SERIES) == 990000001
    with lasting() as store:
        assert store.unfinished(COMPANY) == [shipments[0].key]


@forks
def test_a_forked_process_is_an_owner_of_its_own(lasting: Opener) -> None:
    with lasting() as store:
        assert store.take(SERIES) == 990000000
        child = os.fork()
        if not child:
            os._exit(0 if store.take(SERIES) == 990000001 else 1)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        for _ in range(200):  # a server takes a moment to notice
            if (number := store.take(SERIES)) == 990000001:
                break
            assert number is not None
            store.give_back(SERIES, number)
            time.sleep(0.01)
        assert number == 990000001


@forks
def test_a_store_in_memory_refuses_a_forked_process() -> None:
    with MemoryStore() as store:
        child = os.fork()
        if not child:
            try:
                store.take(SERIES)
            except StoreError:
                os._exit(0)
            os._exit(1)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0


# --- files and servers that fail -------------------------------------------------------------------------------------


def test_a_closed_store_leaves_only_its_database(tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "a.db") as store:
        store.take(SERIES)
        assert list(tmp_path.glob("*-open-*"))
    assert [path.name for path in tmp_path.iterdir()] == ["a.db"]


@forks
def test_the_next_to_open_removes_what_crashes_left(tmp_path: Path) -> None:
    for _ in range(3):
        child = os.fork()
        if not child:
            SqliteStore(tmp_path / "a.db")
            os.kill(os.getpid(), 9)
        os.waitpid(child, 0)
    with SqliteStore(tmp_path / "a.db") as one, SqliteStore(tmp_path / "a.db") as other:
        assert len(list(tmp_path.glob("*-open-*"))) == 2
        assert (one.take(SERIES), other.take(SERIES)) == (990000000, 990000001)


def test_a_link_leads_to_the_same_owners(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with SqliteStore(tmp_path / "there" / "a.db") as one:
        (tmp_path / "link.db").symlink_to(tmp_path / "there" / "a.db")
        with SqliteStore(tmp_path / "link.db") as other:
            assert (one.take(SERIES), other.take(SERIES), one.take(SERIES)) == (990000000, 990000001, 990000002)


def test_files_that_are_no_store_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"no database" * 100)
    no_lock = tmp_path / f"{'a' * 240}a.db"  # the name of its lock is longer than file systems take
    for path in (tmp_path / "a.db", tmp_path / "nowhere" / "a.db", tmp_path, no_lock):
        with pytest.raises(StoreError, match=re.escape(path.name)):
            SqliteStore(path)


def test_a_store_that_is_closed_says_so(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "a.db")
    store.close()
    store.close()
    with pytest.raises(StoreError):
        store.take(SERIES)


def test_an_error_leaves_nothing_half_written(tmp_path: Path, shipments: list[Shipment]) -> None:
    with SqliteStore(tmp_path / "a.db") as store:
        number = store.take(SERIES)
        assert number is not None
        with sqlite3.connect(store.path) as spoiler:
            spoiler.execute("ALTER TABLE dian_fe_documents RENAME TO lost")
        spoiler.close()
        with pytest.raises(StoreError):
            store.add(Entry(COMPANY, SERIES.name, number, ready(shipments[0])))
        store.give_back(SERIES, number)
        assert store.take(SERIES) == number


def test_an_address_never_shows_its_password(clean_postgres: str) -> None:
    for address in ("postgresql://ana:muysecreto@[::1:99999/x", "muysecreto ana", "host=/nowhere password=muysecreto"):
        with pytest.raises(StoreError) as refused:
            PostgresStore(address)
        assert "muysecreto" not in repr(refused.value) + str(refused.value) + str(refused.value.__cause__)
    with PostgresStore(clean_postgres, password="muysecreto") as store:
        assert "muysecreto" not in repr(store)


def test_a_lost_connection_loses_what_it_held(clean_postgres: str, shipments: list[Shipment]) -> None:
    import psycopg

    with PostgresStore(clean_postgres) as store, psycopg.connect(clean_postgres, autocommit=True) as admin:
        key = added(store, shipments[0]).shipment.key
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        with pytest.raises(StoreError):
            store.save(shipments[0])
        with pytest.raises(ClaimLost):
            store.save(shipments[0])
        claimed = store.claim(key)
        assert claimed is not None
        store.save(shipments[0])


@forks
def test_a_process_may_fork_while_a_thread_stores(tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "a.db") as store:
        inside, leave = threading.Event(), threading.Event()

        def long() -> None:
            with store._transaction():
                inside.set()
                leave.wait(10)

        thread = threading.Thread(target=long)
        thread.start()
        inside.wait(10)
        threading.Timer(0.05, leave.set).start()
        child = os.fork()
        if not child:
            signal.alarm(5)
            os._exit(0 if store.take(SERIES) == 990000000 else 1)
        thread.join()
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        assert store.take(SERIES) == 990000000


@forks
def test_a_forked_process_sees_its_parent_end(lasting: Opener, shipments: list[Shipment]) -> None:
    """What a parent held when it was killed is free for the child that inherited its open store."""
    reading, writing = os.pipe()
    parent = os.fork()
    if not parent:
        with lasting() as store:
            added(store, shipments[0])
            if os.fork():
                os.kill(os.getpid(), 9)
            for _ in range(200):
                if (claimed := store.claim(shipments[0].key)) is not None:
                    break
                time.sleep(0.02)
            os.write(writing, b"y" if claimed is not None else b"n")
            os._exit(0)
    os.waitpid(parent, 0)
    os.close(writing)
    assert os.read(reading, 1) == b"y"


def test_a_count_gives_each_number_once(store: Store) -> None:
    assert isinstance(store, Counter)
    assert [store.count("files") for _ in range(3)] == [1, 2, 3]
    assert store.count("other") == 1


def test_owners_share_a_count(lasting: Opener) -> None:
    with lasting() as one, lasting() as other:
        assert isinstance(one, Counter)
        assert isinstance(other, Counter)
        assert [one.count("files"), other.count("files"), one.count("files")] == [1, 2, 3]


def test_a_connection_that_was_cut_while_idle_is_renewed(
    clean_postgres: str, shipments: list[Shipment], monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    with PostgresStore(clean_postgres) as store, psycopg.connect(clean_postgres, autocommit=True) as admin:
        assert store.take(SERIES) == 990000000
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        monkeypatch.setattr("dian_fe.company.postgres._IDLE", -1.0)
        assert store.take(SERIES) == 990000000, "what the lost connection held is free"
        added(store, shipments[0])
        assert store.unfinished(COMPANY) == [shipments[0].key]


def test_a_closed_store_on_a_server_says_so(clean_postgres: str) -> None:
    store = PostgresStore(clean_postgres)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="cerró"):
        store.take(SERIES)
