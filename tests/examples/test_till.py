"""The till: it prints without DIAN, sends everything once whatever happens, and turns to contingency after 48 hours."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from dian_fe import SqliteStore, read
from dian_fe.testing import Mishap, SeededScript
from dian_fe.testing.failures import failure
from tests.examples.support import load
from tests.graphic.pdf_support import read_pages
from tests.graphic.support import squeezed
from tests.support.company import NOW

pytestmark = pytest.mark.docs

A_MINUTE, FIVE_MINUTES = 200, 5
"""Tickets of the acceptance, and for how long."""
UNANSWERED = squeezed("Sin la respuesta de validación de la DIAN")


class Shop:
    """A till with its store, the office and what was printed."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] | None = None) -> None:
        self.module: Any = load("till")
        self.module.PAUSE, self.module.LONGEST_PAUSE = 0.05, 0.5
        self.dian, self.folder, self.clock = self.module.dian, folder, clock
        self.open()

    def open(self) -> None:
        self.store = SqliteStore(self.folder / "till.sqlite")
        clock = () if self.clock is None else (self.clock,)
        self.till = self.module.open_till(self.store, self.folder, *clock)

    def sell(self, number: int) -> Any:
        return self.till.sell(f"venta {number}", [self.module.COFFEE.replace(quantity=number), self.module.BAG])

    def printed(self, issued: Any) -> str:
        pages = read_pages((self.folder / f"{issued.number}.pdf").read_bytes())
        return squeezed("\n".join(page.text for page in pages))

    @contextmanager
    def working(self) -> Iterator[None]:
        worker = threading.Thread(target=self.till.work)
        worker.start()
        try:
            yield
        finally:
            self.till.close()
            worker.join()

    def finish(self, rounds: int = 20) -> None:
        for _ in range(rounds):
            self.till.send()
            if not self.till.waiting:
                return
        raise AssertionError([(each.number, each.answer.attempts[-3:]) for each in self.till.waiting])


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def everything(mishap: Mishap, *, done: bool = False) -> Any:
    """Return a script by which every request fails alike."""

    class Script:
        def next_failure(self, operation: str) -> Any:
            return failure(mishap, done=done)

    return Script()


def assert_accepted_once(shop: Shop, issued: list[Any]) -> None:
    assert [each.number for each in issued] == [f"EPOS{number}" for number in range(1, len(issued) + 1)]
    assert {*shop.dian.accepted} == {each.key for each in issued}
    assert len({each.key for each in issued}) == len(issued)
    assert all(shop.till.company.find(each.number).accepted for each in issued)


def test_no_ticket_waits_for_dian_to_be_printed(shop: Shop) -> None:
    """DIAN takes requests and does not answer until all are printed."""
    answering = threading.Event()

    class Silent:
        def next_failure(self, operation: str) -> None:
            answering.wait(60)

    shop.dian.script = Silent()
    with shop.working():
        issued = [shop.sell(number) for number in range(1, 9)]
        assert not shop.dian.accepted
        assert all(UNANSWERED in shop.printed(each) for each in issued)
        assert all(each.key in shop.printed(each) for each in issued)
        answering.set()
    shop.finish()
    assert_accepted_once(shop, issued)


def test_a_till_that_was_closed_sends_what_it_sold(shop: Shop) -> None:
    issued = [shop.sell(1), shop.sell(2)]
    shop.store.close()
    shop.open()
    assert shop.sell(2).number == issued[1].number, "the same sale is the same ticket"
    shop.finish()
    assert_accepted_once(shop, [*issued])
    assert shop.sell(3).number == "EPOS3"


def sell_with_mishaps(shop: Shop, count: int, pace: float) -> list[float]:
    """Sell at a pace in seconds, with every mishap, and an outage for a fifth of the time; return the times taken."""
    mishaps = SeededScript(7, 0.02)
    outage = range(count * 2 // 5, count * 3 // 5)
    took, issued = [], []
    start = time.monotonic()
    with shop.working():
        for place in range(count):
            time.sleep(max(0.0, start + place * pace - time.monotonic()))
            shop.dian.script = everything(Mishap.HTTP_503) if place in outage else mishaps
            before = time.monotonic()
            issued.append(shop.sell(place + 1))
            took.append(time.monotonic() - before)
        took.append(time.monotonic() - start)
        assert sum(mishaps.struck.values()) > count / 50, "there were mishaps"
    shop.dian.script = None
    shop.finish()
    assert_accepted_once(shop, issued)
    assert all((shop.folder / f"{each.number}.pdf").stat().st_size for each in issued)
    return took


def test_with_mishaps_each_ticket_is_accepted_once(shop: Shop) -> None:
    sell_with_mishaps(shop, 30, 0.02)


@pytest.mark.long
def test_200_tickets_a_minute_for_five_minutes(shop: Shop) -> None:
    """The pace is that of a clock: it needs a machine that others do not keep busy."""
    count, pace = A_MINUTE * FIVE_MINUTES, 60 / A_MINUTE
    *took, whole = sell_with_mishaps(shop, count, pace)
    print(f"{count} tickets in {whole:.0f} s; each {median(took) * 1000:.0f} ms, at most {max(took) * 1000:.0f} ms")
    assert median(took) < pace
    assert whole < count * pace * 1.02


class Clock:
    """A clock that the test moves."""

    moment = NOW

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


@pytest.mark.parametrize(
    ("mishap", "done", "code"),
    [
        (Mishap.REFUSED, False, "07"),  # no network here: the shop's own failure
        (Mishap.HTTP_503, False, "08"),  # DIAN is down
        (Mishap.HTTP_503, True, "20"),  # it is down, and has the ticket
    ],
)
def test_after_48_hours_it_follows_as_one_of_contingency(tmp_path: Path, mishap: Mishap, done: bool, code: str) -> None:
    clock = Clock()
    shop = Shop(tmp_path, clock)
    shop.dian.clock = clock
    shop.dian.script = everything(mishap, done=done)
    issued = shop.sell(1)
    for _ in range(4):
        shop.till.send()
    clock.moment += timedelta(hours=47)
    shop.dian.script = everything(Mishap.REFUSED)
    shop.till.send()
    assert read(shop.till.company.find("EPOS1").xml).document.type_code == "20"
    clock.moment += timedelta(hours=2)
    shop.dian.script = None
    shop.finish()
    after = shop.till.company.find("EPOS1")
    document = read(after.xml).document
    assert (after.accepted, after.key, document.type_code) == (True, issued.key, code)
    assert [each.number for each in document.additional_references] == ([] if code == "20" else ["EPOS1"])
    assert len(after.answer.attempts) > 4, "the evidence stays"
    paper = squeezed("\n".join(page.text for page in read_pages(after.pdf)))
    assert (squeezed(f"(tipo {code})") in paper) is (code != "20")
    assert UNANSWERED not in paper
