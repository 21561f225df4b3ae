"""Each test has a DIAN of its own, and companies that are made anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dian_fe import Company
from dian_fe.bulk import factories, making
from tests.bulk.companies import dian


@pytest.fixture(autouse=True)
def _nothing_made_before() -> Iterator[None]:
    yield
    for made in factories._MADE.values():
        if isinstance(made, Company):
            made.client.close()
    dian.cache_clear()
    factories._MADE.clear()
    making._PROVEN.clear()
