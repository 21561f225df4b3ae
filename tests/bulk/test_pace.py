"""How fast documents are sent, counted together for all workers."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dian_fe import bulk
from dian_fe.bulk import sending
from dian_fe.bulk.pace import Gate, Pace, Paced
from dian_fe.errors import ConnectionFailed, InvalidInput, StoreError
from dian_fe.testing import ListedScript, Mishap
from dian_fe.transport import Reply, Request
from tests.bulk.companies import dian, sales
from tests.bulk.support import issued, table

pytestmark = pytest.mark.slow

pytest.importorskip("pyarrow")
REQUEST = Request("GetStatus", "https://example.com/", {}, b"")


class Answering:
    """A transport that answers with these statuses, then with 200, and sees how many calls it has at once."""

    def __init__(self, *statuses: int, seconds: float = 0.0, headers: dict[str, str] | None = None) -> None:
        self.statuses, self.seconds, self.headers = list(statuses), seconds, headers or {}
        self.calls: list[float] = []
        self.now = self.most = 0
        self._lock = threading.Lock()

    def exchange(self, request: Request) -> Reply:
        with self._lock:
            self.calls.append(time.monotonic())
            self.now += 1
            self.most = max(self.most, self.now)
            status = self.statuses.pop(0) if self.statuses else 200
        time.sleep(self.seconds)
        with self._lock:
            self.now -= 1
        if not status:
            raise ConnectionFailed("No hay red.")
        return Reply(status, self.headers, b"")


def paced(folder: Path, transport: Answering, company: str = "1", **limits: Any) -> Paced:
    return Paced(transport, Gate(folder, Pace(**limits), company, "https://example.com/"))


def all_at_once(each: list[Paced], calls: int) -> None:
    with ThreadPoolExecutor(calls) as pool:
        list(pool.map(lambda place: each[place % len(each)].exchange(REQUEST), range(calls)))


def test_workers_share_the_calls_of_a_company(tmp_path: Path) -> None:
    transport = Answering(seconds=0.01)
    all_at_once([paced(tmp_path, transport, company_at_once=3) for _ in range(4)], 16)
    assert transport.most == 3


def test_companies_share_the_calls_of_a_service(tmp_path: Path) -> None:
    transport = Answering(seconds=0.01)
    all_at_once([paced(tmp_path, transport, str(n), company_at_once=8, service_at_once=2) for n in range(4)], 16)
    assert transport.most == 2


def test_workers_share_the_calls_of_a_second(tmp_path: Path) -> None:
    transport = Answering()
    all_at_once([paced(tmp_path, transport, company_rate=100) for _ in range(4)], 16)
    assert transport.calls[-1] - transport.calls[0] >= 15 / 100 * 0.8


def test_everybody_waits_when_the_service_says_so(tmp_path: Path) -> None:
    transport = Answering(503)
    first, other = (paced(tmp_path, transport, name, pause=0.2) for name in "12")
    first.exchange(REQUEST)
    other.exchange(REQUEST)
    assert transport.calls[1] - transport.calls[0] >= 0.19
    other.exchange(REQUEST)
    assert transport.calls[2] - transport.calls[1] < 0.19


def test_the_service_says_how_long(tmp_path: Path) -> None:
    transport = Answering(429, headers={"retry-after": "1"})
    each = paced(tmp_path, transport, pause=60)
    each.exchange(REQUEST)
    each.exchange(REQUEST)
    assert 0.9 <= transport.calls[1] - transport.calls[0] < 5


def test_an_answer_with_a_bad_status_is_no_outage(tmp_path: Path) -> None:
    class Faulty(Answering):
        def exchange(self, request: Request) -> Reply:
            return Reply(500, {}, b"<soap:Envelope>")

    each = paced(tmp_path, Faulty(), pause=60)
    for _ in range(3):
        each.exchange(REQUEST)


def test_a_service_that_is_down_is_asked_now_and_then(tmp_path: Path) -> None:
    transport = Answering(*[0] * 10)
    each = paced(tmp_path, transport, pause=1, patience=0.0)
    for _ in range(10):
        with pytest.raises(ConnectionFailed, match="No hay red"):
            each.exchange(REQUEST)
    each.exchange(REQUEST)  # one call finds out that it is back
    transport.statuses = [0] * 11
    for _ in range(11):
        with pytest.raises(ConnectionFailed):
            each.exchange(REQUEST)
    calls = len(transport.calls)
    with pytest.raises(ConnectionFailed, match="no responde desde hace rato"):
        each.exchange(REQUEST)
    assert len(transport.calls) == calls


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("company_at_once", 0),
        ("company_rate", 0.0),
        ("service_rate", float("nan")),
        ("pause", -1.0),
        ("patience", float("inf")),
    ],
)
def test_limits_that_let_nothing_through_are_refused(name: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Pace(**{name: value})
    assert refusal.value.field == name


def test_what_is_down_is_told_and_the_rest_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(request: Request) -> Reply:
        raise ConnectionFailed("No hay red.")

    with monkeypatch.context() as patch:
        patch.setattr(dian(), "exchange", gone)
        run = issued(tmp_path, sales(12), pace=Pace(patience=0, pause=0))
    assert (run.signed, run.accepted, run.unsent, run.failed) == (12, 0, 12, ())
    told = table(tmp_path, "answers")
    assert all(row["state"] == "ready" and row["error"] and row["next_step"] for row in told)
    assert bulk.resume(tmp_path, workers=0).ok


@pytest.mark.parametrize("mishap", [Mishap.DROP_RESPONSE, Mishap.HTTP_503, Mishap.SOAP_FAULT])
def test_failures_are_tried_again(tmp_path: Path, mishap: Mishap) -> None:
    dian().script = ListedScript([mishap, None, mishap])
    assert issued(tmp_path, sales(3), pace=Pace(pause=0.01)).ok


# --- the journal ------------------------------------------------------------------------------------------------------


def test_nothing_is_sent_that_is_not_in_the_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    simulator = dian()
    exchange = simulator.exchange

    def looked(request: Request) -> Reply:
        journal = (tmp_path / "sending" / "part-00000.jsonl").read_text()
        seen.append('"state": "in_doubt"' in journal)
        return exchange(request)

    monkeypatch.setattr(simulator, "exchange", looked)
    assert issued(tmp_path, sales(2)).ok
    assert seen == [True, True]
    assert not list((tmp_path / "sending").iterdir())


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_document_in_doubt_is_asked_for_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    class Killed(BaseException):
        pass

    simulator, exchange = dian(), dian().exchange
    operations: list[str] = []

    def killed(request: Request) -> Reply:
        if moment == "after":
            exchange(request)
        raise Killed

    def noted(request: Request) -> Reply:
        operations.append(request.operation)
        return exchange(request)

    with monkeypatch.context() as patch:
        patch.setattr(simulator, "exchange", killed)
        with pytest.raises(Killed):
            issued(tmp_path, sales(1))
    monkeypatch.setattr(simulator, "exchange", noted)
    assert bulk.resume(tmp_path, workers=0).ok
    assert operations[0] == "GetStatus"
    assert operations.count("SendBillSync") == (1 if moment == "before" else 0)


def test_a_journal_that_fails_takes_no_more(tmp_path: Path) -> None:
    class Full:
        def write(self, data: bytes) -> int:
            raise OSError(28, "No space left on device")

        def close(self) -> None:
            pass

    issued(tmp_path / "run", sales(1))
    shipment = next(iter(bulk.open_run(tmp_path / "run").answers())).shipment
    with sending.Journal(tmp_path / "journal") as journal:
        journal.keep(shipment)
        file, journal._file = journal._file, Full()  # type: ignore[assignment]
        with pytest.raises(OSError, match="No space"):
            journal.keep(shipment)
        journal._file = file
        with pytest.raises(StoreError, match="no se pudo guardar"):
            journal.keep(shipment)


@pytest.mark.parametrize("torn", [b'{"key": "x', b"\0\0\0\0", b'{"no": "key"}\n', b"[]\n"], ids=repr)
def test_a_line_that_was_cut_short_counts_as_unwritten(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "journal"
    path.write_bytes(b'{"key": "a", "state": "in_doubt"}\n' + torn)
    with sending.Journal(path) as journal:
        assert list(journal.last) == ["a"]
    assert path.read_bytes() == b'{"key": "a", "state": "in_doubt"}\n'
