"""`PostgresStore`, on PostgreSQL through psycopg 3 (extra ``postgres``)."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Self

from pydantic import SecretStr

from .._arguments import checked
from .._masks import hidden_password
from ..errors import MissingExtra, StoreError
from .sql import TABLES, Run, SqlStore

if TYPE_CHECKING:
    import psycopg

_IDLE: Final = 30.0
"""Seconds without use after which a connection is tried before it is used."""
_TIMEOUTS: Final = {"connect_timeout": 15, "keepalives_idle": 30, "keepalives_interval": 10, "tcp_user_timeout": 60_000}
"""libpq's, unless the address says otherwise: without them a network that drops packets stops every thread."""
_MAKING_TABLES: Final = 0x6469616E6665
"""Number of the lock under which the tables are made."""


@checked
class PostgresStore(SqlStore):
    """Keeps shipments and numbers in a PostgreSQL database, for threads and processes of any number of machines.

    ``conninfo``: address of the database, as libpq takes it (``"postgresql://user@host/base"``, ``"service=…"``).
    ``password`` may be given apart. The store has one connection, whose advisory lock shows the others that it lives:
    if the connection is lost, what it had claimed may be taken over, and storing anything more about that raises
    ``ClaimLost``. The tables, whose names begin with ``dian_fe_``, are made in the first schema of the search path.
    Behind a pooler it must have a session of its own. Raise ``MissingExtra`` without psycopg.
    """

    _FOR_UPDATE = " FOR UPDATE"

    def __init__(self, conninfo: str, *, password: str | SecretStr | None = None) -> None:
        """Connect, and make the tables if they are missing. Raise ``StoreError`` when the database cannot be used."""
        super().__init__()
        self._conninfo = SecretStr(conninfo)
        self._password = hidden_password(password, "password", "la contraseña de la base de datos")
        self._connection: psycopg.Connection[Any] | None = None
        self._inherited: list[psycopg.Connection[Any]] = []
        self._process, self._used, self._closed = 0, time.monotonic(), False
        self._session = 0
        with self._transaction() as run:
            run("SELECT pg_advisory_xact_lock(?)", _MAKING_TABLES)
            for statement in TABLES:
                run(statement.format(id="BIGSERIAL PRIMARY KEY", bytes="BYTEA"))

    def __repr__(self) -> str:
        """Show no address: it may have a password in it."""
        return f"{type(self).__name__}(…)"

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection; what is unfinished can be claimed by others."""
        with self._lock:
            if self._connection is not None and self._process == os.getpid():
                self._connection.close()
            self._connection, self._closed = None, True

    def _connected(self) -> psycopg.Connection[Any]:
        """Return the connection; a new one is another owner."""
        if self._closed:
            raise StoreError.of("company.closed", field="store")
        if self._connection is not None and self._process != os.getpid():
            _cut_off(self._connection)
            self._inherited.append(self._connection)  # never closed: it is the parent's
            self._connection = None
        if self._connection is None or not self._answers(self._connection):
            self._connection = self._new_connection()
        return self._connection

    def _answers(self, connection: psycopg.Connection[Any]) -> bool:
        """True if the connection can be used: one that was idle for long is tried first, as firewalls cut those."""
        import psycopg

        if not connection.closed and time.monotonic() - self._used > _IDLE:
            try:
                connection.execute("SELECT 1")
            except psycopg.Error:
                connection.close()
        return not connection.closed

    def _new_connection(self) -> psycopg.Connection[Any]:
        """Return a connection whose advisory lock shows that it lives."""
        import psycopg
        from psycopg.conninfo import conninfo_to_dict

        given: dict[str, Any] = {"autocommit": True, "client_encoding": "utf8"}
        if self._password is not None:
            given["password"] = self._password.get_secret_value()
        try:
            told = conninfo_to_dict(self._conninfo.get_secret_value())
            usual = {} if "service" in told else _TIMEOUTS
            connection = psycopg.connect(**{**usual, **told, **given})
        except psycopg.ProgrammingError:  # its text may quote the address, and a password in it
            raise StoreError.of("company.address", field="conninfo") from None
        session = secrets.randbits(62)
        connection.execute("SELECT pg_advisory_lock(%s)", (session,))
        self._process, self._session = os.getpid(), session
        return connection

    @contextmanager
    def _transaction(self) -> Iterator[Run]:
        try:
            import psycopg
        except ImportError:
            raise MissingExtra.needed("postgres", "psycopg", "guardar en PostgreSQL") from None
        with self._lock:
            try:
                connection = self._connected()

                def run(statement: str, *values: Any) -> psycopg.Cursor[Any]:
                    return connection.execute(statement.replace("?", "%s").encode(), values or None)

                with connection.transaction():
                    yield run
                self._used = time.monotonic()
            except psycopg.Error as error:
                reason = str(error).partition("\n")[0]
                raise StoreError.of("company.store", field="store", found=reason, where="PostgreSQL") from error

    def _owner(self) -> str:
        return str(self._session)

    def _alive(self, run: Run, owner: str) -> bool:
        number = int(owner)
        held = (
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND classid = ? AND objid = ?"
        )
        (count,) = run(held, number >> 32, number & 0xFFFFFFFF).fetchone()
        return bool(count)


def _cut_off(connection: psycopg.Connection[Any]) -> None:
    """Let go of a parent's socket in a forked process: while that has it, the server does not see the parent end."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, connection.fileno())
    os.close(nowhere)
