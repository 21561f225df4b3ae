"""A PostgreSQL server of the tests' own, from Debian's package, run as another user than root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


def _program(name: str) -> Path | None:
    """Return a program of the newest server: Debian puts them where PATH does not lead."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]))
    on_path = shutil.which(name)
    return found[-1] if found else Path(on_path) if on_path else None


def missing() -> str:
    """Return why there is no server; empty when there is one."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "psycopg is not installed"
    if _program("initdb") is None or _program("postgres") is None:
        return "the Debian package postgresql is not installed"
    if os.getuid() == 0 and _user() is None:
        return "the server does not run as root, and there is no user postgres"
    return ""


def _user() -> pwd.struct_passwd | None:
    """Return the user of the server where the tests run as root."""
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return None


@contextmanager
def server() -> Iterator[str]:
    """Yield the address of an empty database; skip the test where there is no server."""
    if missing():
        pytest.skip(missing())
    user = _user() if os.getuid() == 0 else None
    as_user: dict[str, Any] = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    with tempfile.TemporaryDirectory(prefix="dian-fe-pg-") as folder:  # a short path: sockets take no long one
        home = Path(folder)
        if user is not None:
            os.chown(home, user.pw_uid, user.pw_gid)
        data = home / "data"
        make = [str(_program("initdb")), "-D", str(data), "-A", "trust", "-U", "tests", "-N", "--locale=C"]
        subprocess.run(make, check=True, capture_output=True, cwd=home, **as_user)
        # Only a socket in its own folder; what is lost in a power failure is of no interest here.
        run = [str(_program("postgres")), "-D", str(data), "-k", str(home), "-h", "", "-F"]
        started = subprocess.Popen(run, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_user)
        try:
            yield _ready(home)
        finally:
            started.terminate()
            started.wait()


def _ready(home: Path) -> str:
    """Return the address once the server answers."""
    import time

    import psycopg

    address = f"host={home} user=tests dbname=postgres"
    for _ in range(300):
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return address
    raise TimeoutError("PostgreSQL did not start")
