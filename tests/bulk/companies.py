"""The companies of the tests, made on workers by name, and the sales of a night."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dian_fe import Client, Company, Organization, RetryPolicy
from dian_fe.catalogs import Environment
from dian_fe.testing import Simulator
from tests.support.company import NIT, SHOP, issuer_at

NO_WAITING = RetryPolicy(sends=3, unavailable=(0.01,) * 3, slow=(0.01,) * 3, polls=(0.01,) * 3, settling=(0.05,))
FACTORY = f"{__name__}:shop"
OTHER_NIT = "900373076"


@functools.cache
def dian() -> Simulator:
    """Return this process's own simulator, with the keys that every process has."""
    return Simulator(seed=7, rules=False)


def shop(url: str | None = None, policy: str = "quick") -> Company:
    """Return the shop: served by the simulator at an address, or by this process's own."""
    return _company(NIT, url, SHOP, policy)


def other(url: str | None = None) -> Company:
    """Return another shop of the same group."""
    organization = Organization(
        nit=OTHER_NIT, name="Otra Tienda Ejemplo SAS", municipality="11001", address="Cr 7 # 1-1", emails=SHOP.emails
    )
    return _company(OTHER_NIT, url, organization)


def _company(nit: str, url: str | None, organization: Organization, policy: str = "quick") -> Company:
    here = dian()
    signer = here.signer(nit)
    retries = NO_WAITING if policy == "quick" else RetryPolicy()
    where: dict[str, Any] = {"transport": here} if url is None else {"endpoint": url}
    client = Client(signer=signer, environment=Environment.HABILITACION, policy=retries, **where)
    return Company(issuer_at(here, organization=organization), signer, client=client)


def moody(folder: str) -> Company:
    """Return a shop whose service is another one on the second worker that makes it, as on a machine set up wrong."""
    first = Path(folder) / "first"
    try:
        first.touch(exist_ok=False)
    except FileExistsError:
        return _company(NIT, "https://localhost:2/", SHOP)
    return _company(NIT, "https://localhost:1/", SHOP)


def broken(password_file: str) -> Company:
    """Fail with a text that has a secret in it."""
    raise ValueError(f"the password hunter2 of {password_file} is wrong")


def nothing() -> Any:
    """Return what is no company."""
    return os.getpid()


def sales(count: int, lines: int = 1, **changes: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows of so many sales."""
    for sale in range(count):
        for line in range(lines):
            yield {
                "reference": f"V-{sale:06}",
                "customer.id_type": "13",
                "customer.id": "1020304050",
                "customer.name": "Cliente Ejemplo",
                "line.description": f"Café {line}",
                "line.quantity": 1 + sale % 3,
                "line.price": "18500",
                "line.iva": "19",
                **changes,
            }
