"""What the stores in SQL databases share: tables and statements."""

from __future__ import annotations

import json
import os
import threading
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar

from ..delivery.sending import DeliveryRecord
from ..errors import BeingIssued, ClaimLost, InvalidInput, StoredDamaged, StoredNewer, StoreError
from ..transport.shipment import Shipment, State
from .store import Entry, Series

T = TypeVar("T")
Run: TypeAlias = Callable[..., Any]
"""Runs a statement, whose values are written «?», and returns its cursor."""

TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS dian_fe_series (name TEXT PRIMARY KEY, next BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS dian_fe_numbers (series TEXT NOT NULL, consecutive BIGINT NOT NULL, owner TEXT,"
    " taken_for TEXT, key TEXT, PRIMARY KEY (series, consecutive))",
    "CREATE INDEX IF NOT EXISTS dian_fe_numbers_unused ON dian_fe_numbers (series, consecutive) WHERE key IS NULL",
    "CREATE INDEX IF NOT EXISTS dian_fe_numbers_key ON dian_fe_numbers (key) WHERE key IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS dian_fe_documents (id {id}, company TEXT NOT NULL, key TEXT NOT NULL,"
    " number TEXT NOT NULL, series TEXT NOT NULL, consecutive BIGINT NOT NULL,"
    " idempotency_key TEXT, state TEXT NOT NULL, finished INTEGER NOT NULL, owner TEXT, shipment TEXT NOT NULL,"
    " package {bytes})",
    "CREATE UNIQUE INDEX IF NOT EXISTS dian_fe_documents_key ON dian_fe_documents (key) WHERE state <> 'rejected'",
    "CREATE UNIQUE INDEX IF NOT EXISTS dian_fe_documents_once ON dian_fe_documents (company, idempotency_key)"
    " WHERE state <> 'rejected'",
    "CREATE INDEX IF NOT EXISTS dian_fe_documents_number ON dian_fe_documents (company, number)",
    "CREATE INDEX IF NOT EXISTS dian_fe_documents_open ON dian_fe_documents (company) WHERE finished = 0",
    "CREATE TABLE IF NOT EXISTS dian_fe_deliveries (id {id}, key TEXT NOT NULL, record TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS dian_fe_deliveries_key ON dian_fe_deliveries (key)",
)
_COLUMNS: Final = "company, series, consecutive, shipment, idempotency_key, package, finished"
_SAME: Final = "company = ? AND idempotency_key = ? AND state <> 'rejected'"
_LAST: Final = "id = (SELECT max(id) FROM dian_fe_documents WHERE key = ?)"
"""A document by its key: a rejected one may have been issued again with the same data."""


_OPEN: Final[weakref.WeakSet[SqlStore]] = weakref.WeakSet()


def _before_fork() -> None:
    """Wait until no other thread is in a transaction, whose locks the child would have without the thread."""
    for store in tuple(_OPEN):
        store._lock.acquire()


def _after_fork() -> None:
    for store in tuple(_OPEN):
        with suppress(RuntimeError):  # opened meanwhile
            store._lock.release()


def _in_child() -> None:
    for store in tuple(_OPEN):
        store._lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_in_child)


class SqlStore(ABC):
    """Base of the stores in SQL databases.

    Each open store is an owner of numbers and documents. Whether another owner still lives is asked of its lock, which
    the operating system or the server takes away when its process ends.
    """

    _FOR_UPDATE = ""
    """Locks the row that is read until the transaction ends."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._unreturned: set[tuple[str, int]] = set()
        """Numbers, and below claims, that this owner could not give back, as on a full disk, though it lives on."""
        self._unreleased: set[str] = set()
        _OPEN.add(self)

    @abstractmethod
    def _transaction(self) -> AbstractContextManager[Run]:
        """Return a transaction, in which nobody else writes what it reads; one thread at a time has one."""

    @abstractmethod
    def _owner(self) -> str:
        """Return the name of this owner, in a transaction."""

    @abstractmethod
    def _alive(self, run: Run, owner: str) -> bool:
        """True if another owner still lives."""

    # --- numbers -----------------------------------------------------------------------------------------------------

    def take(self, series: Series, *, wanted: int | None = None, idempotency_key: str | None = None) -> int | None:
        """See `Store`."""
        taking = partial(self._lowest, series, wanted, idempotency_key)
        with self._lock:
            taken = self._held(taking, partial(self.give_back, series))
            self._unreturned = {each for each in self._unreturned if each[0] != series.name}
        return taken

    def _held(self, take: Callable[[Run], T | None], undo: Callable[[T], object]) -> T | None:
        """Return what a transaction took, if anything; a caller interrupted after the commit (Ctrl-C) keeps nothing."""
        taken = None
        with self._lock:
            try:
                with self._transaction() as run:
                    taken = take(run)
            except BaseException:
                if taken is not None:
                    with suppress(StoreError):
                        undo(taken)
                raise
        return taken

    def _lowest(self, series: Series, wanted: int | None, idempotency_key: str | None, run: Run) -> int | None:
        """Take the lowest free number, or the wanted one."""
        name, first = series.name, series.first
        run("INSERT INTO dian_fe_series VALUES (?, ?) ON CONFLICT DO NOTHING", name, first)
        (following,) = run(f"SELECT next FROM dian_fe_series WHERE name = ?{self._FOR_UPDATE}", name).fetchone()
        self._free_of_the_dead(run, name)
        for each in self._unreturned:
            if each[0] == name:
                self._give_back(run, *each)
        if idempotency_key is not None:
            self._refuse_twice(run, series, idempotency_key)
        take = partial(self._taken, run, name, idempotency_key)
        if wanted is not None:
            return wanted if take(wanted) else None
        last = series.last if series.last is not None else 2**62
        unused = "SELECT min(consecutive) FROM dian_fe_numbers WHERE series = ? AND key IS NULL AND owner IS NULL"
        (free,) = run(f"{unused} AND consecutive BETWEEN ? AND ?", name, first, last).fetchone()
        if free is not None and take(free):
            return int(free)
        number = max(int(following), first)
        while number <= last and not take(number):
            number += 1  # somebody chose it before its turn
        if number > last:
            return None
        run("UPDATE dian_fe_series SET next = ? WHERE name = ?", number + 1, name)
        return number

    def _refuse_twice(self, run: Run, series: Series, idempotency_key: str) -> None:
        """Refuse an idempotency key that a document has, or that a number is taken for."""
        taken = "SELECT 1 FROM dian_fe_numbers WHERE series = ? AND key IS NULL AND owner IS NOT NULL AND taken_for = ?"
        issued = f"SELECT 1 FROM dian_fe_documents WHERE {_SAME}"
        for query, of in ((taken, series.name), (issued, series.company)):
            if run(query, of, idempotency_key).fetchone():
                raise BeingIssued.of("company.being_issued", field="idempotency_key", found=idempotency_key)

    def _taken(self, run: Run, series: str, idempotency_key: str | None, number: int) -> bool:
        """Take a number if it is free."""
        mine = (self._owner(), idempotency_key, series, number)
        columns = "owner, taken_for, series, consecutive"
        added = f"INSERT INTO dian_fe_numbers ({columns}) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
        if run(added, *mine).rowcount:
            return True
        free = "series = ? AND consecutive = ? AND owner IS NULL AND key IS NULL"
        return bool(run(f"UPDATE dian_fe_numbers SET owner = ?, taken_for = ? WHERE {free}", *mine).rowcount)

    def _free_of_the_dead(self, run: Run, series: str) -> None:
        """Free the numbers that processes took which have ended."""
        unused = "series = ? AND key IS NULL"
        taken = f"SELECT DISTINCT owner FROM dian_fe_numbers WHERE {unused} AND owner IS NOT NULL AND owner <> ?"
        for (owner,) in run(taken, series, self._owner()).fetchall():
            if not self._alive(run, owner):
                run(f"UPDATE dian_fe_numbers SET owner = NULL WHERE {unused} AND owner = ?", series, owner)

    def give_back(self, series: Series, consecutive: int) -> None:
        """See `Store`."""
        try:
            with self._transaction() as run:
                self._give_back(run, series.name, consecutive)
        except BaseException:
            self._unreturned.add((series.name, consecutive))
            raise

    def _give_back(self, run: Run, series: str, consecutive: int) -> None:
        mine = "series = ? AND consecutive = ? AND owner = ? AND key IS NULL"
        run(f"UPDATE dian_fe_numbers SET owner = NULL WHERE {mine}", series, consecutive, self._owner())

    def last(self, series: Series) -> int | None:
        """See `Store`."""
        with self._transaction() as run:
            used = "SELECT max(consecutive) FROM dian_fe_numbers WHERE series = ? AND key IS NOT NULL"
            (found,) = run(used, series.name).fetchone()
            return None if found is None else int(found)

    # --- documents ---------------------------------------------------------------------------------------------------

    def add(self, entry: Entry) -> bool:
        """See `Store`."""
        shipment = entry.shipment
        with self._transaction() as run:
            if entry.idempotency_key is not None:
                same = f"SELECT 1 FROM dian_fe_documents WHERE {_SAME}"
                if run(same, entry.company, entry.idempotency_key).fetchone():
                    return False
            mine = "series = ? AND consecutive = ? AND owner = ? AND key IS NULL"
            given = (shipment.key, entry.series, entry.consecutive, self._owner())
            if not run(f"UPDATE dian_fe_numbers SET owner = NULL, key = ? WHERE {mine}", *given).rowcount:
                raise ClaimLost.of("company.number_lost", field="number", found=shipment.number)
            run(
                "INSERT INTO dian_fe_documents (company, key, number, series, consecutive, idempotency_key,"
                " state, finished, owner, shipment) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
                entry.company,
                shipment.key,
                shipment.number,
                entry.series,
                entry.consecutive,
                entry.idempotency_key,
                shipment.state.value,
                self._owner(),
                shipment.to_json(),
            )
            self._unreleased.discard(shipment.key)
        return True

    def _found(self, run: Run, where: str, *values: Any) -> Entry | None:
        query = f"SELECT id, key, {_COLUMNS} FROM dian_fe_documents WHERE {where} ORDER BY id DESC LIMIT 1"
        row = run(query, *values).fetchone()
        if row is None:
            return None
        place, key, company, series, consecutive, shipment, idempotency_key, package, finished = row
        try:
            read = Shipment.from_json(shipment)
        except StoredNewer as error:
            raise StoredNewer.of(
                "company.newer", field=error.field, found=error.found, expected=error.expected, document=key
            ) from error
        except InvalidInput as error:
            raise StoredDamaged.of(
                "company.damaged", field=error.field, found=error.found, expected=error.expected, document=key
            ) from error
        if finished and not read.state.is_final:
            # An earlier version believed less than a proof: whoever sees it in doubt may resume it.
            run("UPDATE dian_fe_documents SET finished = 0 WHERE id = ?", place)
            finished = False
        package = None if package is None else bytes(package)
        return Entry(company, series, int(consecutive), read, idempotency_key, package, bool(finished))

    def find(
        self, company: str, *, key: str | None = None, number: str | None = None, idempotency_key: str | None = None
    ) -> Entry | None:
        """See `Store`."""
        names = {"key": key, "number": number, "idempotency_key": idempotency_key}
        given = {name: value for name, value in names.items() if value is not None}
        with self._transaction() as run:
            where = " AND ".join(f"{name} = ?" for name in ("company", *given))
            return self._found(run, where, company, *given.values())

    def unfinished(self, company: str) -> Sequence[str]:
        """See `Store`."""
        with self._transaction() as run:
            open_ones = "SELECT key FROM dian_fe_documents WHERE finished = 0 AND company = ? ORDER BY id"
            return [key for (key,) in run(open_ones, company).fetchall()]

    def claim(self, key: str) -> Entry | None:
        """See `Store`."""
        with self._lock:
            entry = self._held(partial(self._claimed, key), lambda entry: self.release(key))
            if entry is not None:
                self._unreleased.discard(key)
        return entry

    def _claimed(self, key: str, run: Run) -> Entry | None:
        row = run(f"SELECT owner FROM dian_fe_documents WHERE {_LAST}", key).fetchone()
        if row is None:
            return None
        (holder,) = row
        mine = holder == self._owner()
        if holder is not None and (key not in self._unreleased if mine else self._alive(run, holder)):
            return None
        as_it_was = "owner IS NULL" if holder is None else "owner = ?"
        before = () if holder is None else (holder,)
        claimed = f"UPDATE dian_fe_documents SET owner = ? WHERE {_LAST} AND {as_it_was}"
        if not run(claimed, self._owner(), key, *before).rowcount:
            return None
        return self._found(run, "key = ?", key)

    def release(self, key: str) -> None:
        """See `Store`."""
        try:
            with self._transaction() as run:
                run(f"UPDATE dian_fe_documents SET owner = NULL WHERE {_LAST} AND owner = ?", key, self._owner())
        except BaseException:
            self._unreleased.add(key)
            raise

    def save(self, shipment: Shipment) -> None:
        """See `Store`."""
        rejected = shipment.state is State.REJECTED
        with self._transaction() as run:
            changes = "state = ?, shipment = ?, finished = ?"
            self._change(run, changes, shipment.key, shipment.state.value, shipment.to_json(), int(rejected))
            if rejected and shipment.taken_by is None:
                run("UPDATE dian_fe_numbers SET key = NULL WHERE key = ?", shipment.key)

    def finish(self, key: str, package: bytes | None) -> None:
        """See `Store`."""
        with self._transaction() as run:
            self._change(run, "package = ?, finished = 1, owner = NULL", key, package)

    def _change(self, run: Run, changes: str, key: str, *values: Any) -> None:
        """Change a document that this owner has claimed."""
        mine = f"{_LAST} AND owner = ?"
        if not run(f"UPDATE dian_fe_documents SET {changes} WHERE {mine}", *values, key, self._owner()).rowcount:
            raise ClaimLost.of("company.claim_lost", field="key", found=key)

    def withdraw(self, key: str) -> None:
        """See `Store`."""
        with self._transaction() as run:
            self._change(run, "finished = 1", key)
            run(f"DELETE FROM dian_fe_documents WHERE {_LAST}", key)
            run("UPDATE dian_fe_numbers SET key = NULL WHERE key = ?", key)

    # --- deliveries --------------------------------------------------------------------------------------------------

    def record(self, record: DeliveryRecord) -> None:
        """See `Store`."""
        written = json.dumps(record.as_dict(), ensure_ascii=False)
        with self._transaction() as run:
            run("INSERT INTO dian_fe_deliveries (key, record) VALUES (?, ?)", record.key, written)

    def deliveries(self, key: str) -> Sequence[DeliveryRecord]:
        """See `Store`."""
        with self._transaction() as run:
            rows = run("SELECT record FROM dian_fe_deliveries WHERE key = ? ORDER BY id", key).fetchall()
        try:
            return [DeliveryRecord.from_dict(json.loads(record)) for (record,) in rows]
        except StoredNewer as error:
            raise StoredNewer.of("company.newer_delivery", field="record", found=error.found, document=key) from error
        except ValueError as error:
            raise StoredDamaged.of("company.damaged_delivery", field="record", document=key) from error

    # --- counts ------------------------------------------------------------------------------------------------------

    def count(self, name: str) -> int:
        """See `Counter`."""
        with self._transaction() as run:
            run("INSERT INTO dian_fe_series VALUES (?, 1) ON CONFLICT DO NOTHING", name)
            (number,) = run(f"SELECT next FROM dian_fe_series WHERE name = ?{self._FOR_UPDATE}", name).fetchone()
            run("UPDATE dian_fe_series SET next = next + 1 WHERE name = ?", name)
        return int(number)
