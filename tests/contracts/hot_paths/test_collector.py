"""Reading and computing put Python's collector off, and leave it as it was."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import suppress
from threading import Barrier, Thread
from typing import Any

import pytest

from dian_fe import Line, build, iva, read
from dian_fe._collector import paused
from dian_fe.errors import DianFeError, InvalidInput
from dian_fe.models.arithmetic import compute
from dian_fe.testing.random_documents import random_document, sample_issuer

XML = build(random_document(3, "invoice"), sample_issuer()).xml


@pytest.fixture(autouse=True)
def _collector() -> Iterator[None]:
    yield
    gc.enable()


def walks() -> list[int]:
    return [each["collections"] for each in gc.get_stats()]


def test_no_walk_is_made_while_a_long_document_is_read() -> None:
    empty = b"<cac:PaymentMeans></cac:PaymentMeans>" * 9000
    long = XML.replace(b"</cac:PaymentMeans>", b"</cac:PaymentMeans>" + empty, 1)
    gc.collect()  # else the walk that the program was due for anyway may come now
    before = walks()[2]
    read(long)
    assert walks()[2] == before


def test_no_walk_is_made_while_lines_are_computed() -> None:
    lines = [Line(description=f"Producto {n}", quantity=1, price=n, taxes=[iva(19)]) for n in range(1, 1000)]
    gc.collect()
    before = walks()
    computed = compute(lines).lines
    during = [after - then for after, then in zip(walks(), before, strict=True)]
    assert len(computed) == len(lines)
    assert sum(during) <= 1  # the one that is due when the collector runs again
    assert gc.isenabled()


def test_it_runs_again_after_a_line_that_is_refused() -> None:
    with pytest.raises(InvalidInput):
        compute([Line(description="Producto", quantity=-1, price=1)])
    assert gc.isenabled()


@pytest.mark.parametrize("data", [XML, b"<Invoice/>", b"<a", XML.replace(b"<cbc:ID>", b"<cbc:IX>", 1)])
def test_it_runs_again_whatever_came(data: bytes) -> None:
    with suppress(DianFeError):
        read(data)
    assert gc.isenabled()


def test_it_stays_off_for_who_put_it_off() -> None:
    gc.disable()
    read(XML)
    assert not gc.isenabled()


def test_it_runs_again_after_an_interruption() -> None:
    def stop() -> None:
        with paused():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    assert gc.isenabled()


def test_it_runs_again_after_many_threads() -> None:
    start = Barrier(8)
    found: list[Any] = []

    def many() -> None:
        start.wait()
        for _ in range(20):
            found.append(read(XML).document)

    threads = [Thread(target=many) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert gc.isenabled()
    assert len(found) == 160
    assert all(each == found[0] for each in found)
