"""`SqliteStore` and `MemoryStore`, on the standard library's SQLite."""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import Any, Final, Self

from .._arguments import checked
from ..errors import StoreError
from .sql import TABLES, Run, SqlStore

_WAIT: Final = 60.0
"""Seconds to wait for other processes that write: each does so for a moment."""
_TRIES: Final = 100
_BYTES: Final = 8
_OWNER: Final = "[0-9a-f]" * 2 * _BYTES
"""Form of the names of owners, for ``glob``."""
_IN_MEMORY: Final = ":memory:"


class _Session:
    """The open database and, beside it, the lock that shows other processes that this one lives.

    Neither may be used by a forked process.
    """

    def __init__(self, path: str) -> None:
        self.process = os.getpid()
        self.owner = secrets.token_hex(_BYTES)
        self.database = sqlite3.connect(path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
        self.lock: _Lock | None = None
        try:
            if path != _IN_MEMORY:
                self.database.execute("PRAGMA journal_mode = WAL")
                self.database.execute("PRAGMA synchronous = FULL")  # what was stored survives a power failure too
                self.lock = _Lock.made(path, self.owner)
            self.database.execute("BEGIN IMMEDIATE")
            for statement in TABLES:
                self.database.execute(statement.format(id="INTEGER PRIMARY KEY AUTOINCREMENT", bytes="BLOB"))
            self.database.execute("COMMIT")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close both, unless this process only inherited them."""
        if os.getpid() == self.process:
            self.database.close()
            if self.lock is not None:
                self.lock.remove()

    def forget_lock(self) -> None:
        """Forget the lock of the parent in a forked process, which would take it for its own and never see it end."""
        if self.lock is not None:
            self.lock.forget()


class _Lock:
    """A file that is locked for as long as its process lives.

    It is a database with an open transaction: SQLite locks files on every system, and the operating system unlocks
    those of a process that ends. Only who has the lock removes the file.
    """

    def __init__(self, path: Path, mode: str) -> None:
        """Lock a file. Raise ``sqlite3.OperationalError`` when another process has it, or there is none to read."""
        self._path = path
        address = f"{path.as_uri()}?mode={mode}"
        self._database = sqlite3.connect(address, uri=True, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            self._database.execute("PRAGMA journal_mode = MEMORY")  # no second file
            self._database.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error:
            self._database.close()
            raise

    @classmethod
    def made(cls, path: str, owner: str) -> Self:
        """Return the lock of an owner; remove the files of those that have ended."""
        for left in Path(path).parent.glob(f"{escape(Path(path).name)}-open-{_OWNER}"):
            _lives(left)
        failure = sqlite3.OperationalError("no file to lock")
        for _ in range(_TRIES):  # another process may take the new file for one that was left, and remove it
            try:
                lock = cls(lock_path(path, owner), "rwc")
            except sqlite3.OperationalError as error:
                failure = error
                time.sleep(0.001)
                continue
            if lock._path.exists():
                return lock
            lock.remove()
        raise failure

    def forget(self) -> None:
        """Close the file, which unlocks nothing in the process that locked it."""
        self._database.close()

    def remove(self) -> None:
        """Remove the file."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        self._database.close()


def lock_path(path: str, owner: str) -> Path:
    """Return the file that an owner locks."""
    return Path(f"{path}-open-{owner}")


def _lives(path: Path) -> bool:
    """True if the process that locks a file lives; remove the file of one that has ended."""
    try:
        lock = _Lock(path, "rw")
    except sqlite3.OperationalError:
        return path.exists()
    lock.remove()
    return False


@checked
class SqliteStore(SqlStore):
    """Keeps shipments and numbers in an SQLite file, for any number of threads and processes of one machine.

    The file must lie on a disk of the machine itself: SQLite's locks do not hold on network folders. Beside it lie
    SQLite's own files and, for each open store, a file ``…-open-…`` that is locked while the store is open. Open a
    store after forking, not before. ``close`` it, or use it as a context manager; what is open at the end of the
    program is closed then.
    """

    def __init__(self, path: str | Path) -> None:
        """Open the file, or create it. Raise ``StoreError`` when it cannot be opened or is something else."""
        super().__init__()
        self.path = _IN_MEMORY if str(path) == _IN_MEMORY else str(Path(path).resolve())  # links lead to one lock
        self._inherited: list[_Session] = []
        self._session = self._open()

    def __repr__(self) -> str:
        """Show the file."""
        return f"{type(self).__name__}({self.path!r})"

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the file."""
        self.close()

    def _open(self) -> _Session:
        try:
            session = _Session(self.path)
        except sqlite3.Error as error:
            raise self._failed(error) from error
        self._end = weakref.finalize(self, session.close)
        return session

    def close(self) -> None:
        """Close the file; what is unfinished can be claimed by others."""
        with self._lock:
            self._end()

    def _failed(self, error: sqlite3.Error) -> StoreError:
        return StoreError.of("company.store", field="store", found=str(error), where=self.path)

    @contextmanager
    def _transaction(self) -> Iterator[Run]:
        with self._lock:
            if self._session.process != os.getpid():
                if self.path == _IN_MEMORY:
                    raise StoreError.of("company.forked", field="store")
                self._session.forget_lock()
                self._inherited.append(self._session)  # never closed: it is the parent's
                self._session = self._open()
            database = self._session.database

            def run(statement: str, *values: Any) -> sqlite3.Cursor:
                return database.execute(statement, values)

            try:
                database.execute("BEGIN IMMEDIATE")
                yield run
                database.execute("COMMIT")
            except BaseException as error:
                if self._end.alive and database.in_transaction:
                    with suppress(sqlite3.Error):
                        database.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise self._failed(error) from error
                raise

    def _owner(self) -> str:
        return self._session.owner

    def _alive(self, run: Run, owner: str) -> bool:
        return self.path != _IN_MEMORY and _lives(lock_path(self.path, owner))


class MemoryStore(SqliteStore):
    """Keeps shipments and numbers in memory, for the threads of one process: for tests, and where nothing must last."""

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__(_IN_MEMORY)
