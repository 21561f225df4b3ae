"""A month of many workers, one after the other: memory does not grow, and each costs no more than a small invoice."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable

import pytest

from dian_fe import build, check, sign
from tests.contracts.pitfalls.support import invoice
from tests.families.payroll.documents import AT, ISSUER, paid, signer, worker
from tests.support.company import ISSUER as SELLER

pytestmark = pytest.mark.slow

KEPT = 10_000
"""Bytes of a document that stays, at least."""
CACHES = 3_000_000
"""Bytes that caches fill up to: pydantic keeps 16,384 short texts, and Python's table of names doubles once."""


def pay(first: int, last: int) -> None:
    for number in range(first, last):
        document = paid(number=f"NE{number}", trabajador=worker(numero_documento=str(10_000_000 + number)))
        built = build(document, ISSUER)
        check(built, issuer=ISSUER)
        sign(built, signer(), at=AT)


def growth(warm: int, more: int) -> int:
    """Return by how many bytes memory grows from some documents to more of them."""
    tracemalloc.start()
    try:
        pay(1, warm)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        pay(warm, warm + more)
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_workers() -> None:
    assert growth(80, 160) < 160 * KEPT / 5


@pytest.mark.long
def test_memory_does_not_grow_over_5000_workers() -> None:
    assert growth(1_500, 5_000) < CACHES < 5_000 * KEPT / 10


@pytest.mark.long
def test_5000_workers_take_no_longer_than_invoices() -> None:
    def sell(first: int, last: int) -> None:
        for number in range(first, last):
            built = build(invoice(number=f"SETP{990_000_000 + number}"), SELLER)
            check(built, issuer=SELLER)
            sign(built, signer(), at=built.document.issued_at)

    def seconds(task: Callable[[int, int], None], first: int) -> float:
        begun = time.process_time()
        task(first, first + 500)
        return time.process_time() - begun

    spent = [(seconds(pay, first), seconds(sell, first)) for first in range(1, 5_001, 500)]
    assert sum(paying for paying, _ in spent) <= 1.3 * sum(selling for _, selling in spent)
