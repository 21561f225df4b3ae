"""Stores of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from dian_fe.company import Store
from tests.company.postgres import server
from tests.company.support import opened

Opener = Callable[[], AbstractContextManager[Store]]


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return the address of a PostgreSQL server, or skip."""
    with server() as address:
        yield address


@pytest.fixture
def clean_postgres(postgres: str) -> str:
    """Return the address of a server without tables."""
    import psycopg

    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return postgres


@pytest.fixture(params=["sqlite", "postgres"])
def lasting(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Return what opens a store that several processes share; each call is another owner."""
    place = request.getfixturevalue("clean_postgres") if request.param == "postgres" else tmp_path
    return partial(opened, request.param, place)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Return an empty store of every kind."""
    place = request.getfixturevalue("clean_postgres") if request.param == "postgres" else tmp_path
    with opened(request.param, place) as made:
        yield made
