"""The web service: in process, and killed in the middle as a process of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from dian_fe import Package, verify
from dian_fe.testing import ListedScript, Mishap, Simulator, SimulatorServer
from dian_fe.testing.failures import failure
from tests.examples.support import command, load

pytestmark = pytest.mark.docs

testclient = pytest.importorskip("fastapi.testclient")
SALE: dict[str, Any] = {
    "customer": {"id_type": "13", "id": "1020304050", "name": "Cliente Ejemplo", "emails": ["compras@example.com"]},
    "lines": [
        {
            "description": "Café tostado 500 g",
            "quantity": 3,
            "price": 18500.25,
            "taxes": [{"subtotals": [{"code": "01", "percent": 5}]}],
        }
    ],
    "payment": {"form": "1", "means": "10"},
}
TWICE = {"taxes": [{"subtotals": [{"code": "01", "percent": percent}]} for percent in (5, 19)]}
"""A line's IVA, twice: DIAN refuses it (FAX01)."""


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("DATABASE", str(tmp_path / "invoices.sqlite"))
    return load("web_service")


def until(client: Any, number: str, state: str) -> dict[str, Any]:
    """Wait for a state, as long as a slow machine may need."""
    for _ in range(600):
        told: dict[str, Any] = client.get(f"/invoices/{number}").json()
        if told["state"] == state:
            return told
        time.sleep(0.05)
    raise AssertionError(told)


def test_an_invoice_is_issued_in_the_background(service: Any) -> None:
    with testclient.TestClient(service.app) as client:
        posted = client.post("/invoices", json=SALE, headers={"Idempotency-Key": "a"})
        assert posted.status_code == 202
        assert (posted.json()["state"], posted.json()["next_step"]) == ("ready", "")
        assert posted.headers["Location"] == "/invoices/SETP990000001"
        told = until(client, "SETP990000001", "accepted")
        assert told["cufe"] == posted.json()["cufe"]
        package = wait_for_package(client, "SETP990000001")
        assert package.document.number == "SETP990000001"
        assert str(package.document.totals.payable) == "58275.79"
        verify(package.xml, trust=service.dian.trust)
        assert package.members == (package.file_name, package.pdf_name)
        pdf = client.get("/invoices/SETP990000001/pdf")
        assert pdf.headers["content-type"] == "application/pdf"
        assert pdf.content == package.pdf
        assert client.get("/invoices/SETP1").status_code == client.get("/invoices/SETP1/pdf").status_code == 404


def test_the_request_of_the_docstring_is_accepted(service: Any) -> None:
    body = re.search(r"-d '(\{.*?\})'", service.__doc__, re.DOTALL)
    assert body is not None
    with testclient.TestClient(service.app) as client:
        posted = client.post("/invoices", content=body[1].encode(), headers={"Idempotency-Key": "order-1"})
        assert posted.status_code == 202
        assert until(client, "SETP990000001", "accepted")["faults"] == []


def wait_for_package(client: Any, number: str) -> Package[Any]:
    for _ in range(600):
        given = client.get(f"/invoices/{number}/package")
        if given.status_code == 200:
            return Package.load(given.content)
        assert given.status_code == 409
        time.sleep(0.05)
    raise AssertionError(given.text)


def test_the_same_key_never_makes_a_second_invoice(service: Any) -> None:
    with testclient.TestClient(service.app) as client:
        first, again, other = (
            client.post("/invoices", json=sale, headers={"Idempotency-Key": "a"})
            for sale in (SALE, SALE, SALE | {"notes": ["otra"]})
        )
        assert (first.status_code, again.status_code, other.status_code) == (202, 200, 409)
        assert again.json()["cufe"] == first.json()["cufe"]
        second = client.post("/invoices", json=SALE, headers={"Idempotency-Key": "b"})
        assert second.json()["number"] == "SETP990000002"


def test_what_cannot_be_issued_is_told_and_takes_no_number(service: Any) -> None:
    with testclient.TestClient(service.app) as client:

        def refused(sale: dict[str, Any]) -> Any:
            answer = client.post("/invoices", json=sale, headers={"Idempotency-Key": "a"})
            assert answer.status_code == 422
            return answer.json()

        wrong = refused(
            SALE | {"customer": SALE["customer"] | {"id_type": "31", "id": "800197268", "check_digit": "1"}}
        )
        assert (wrong["code"], wrong["field"], wrong["expected"]) == ("wrong_check_digit", "customer.check_digit", "4")
        assert wrong["remedy"]
        assert refused(SALE | {"number": "SETP990000007"})["code"] == "not_allowed"
        assert refused(SALE | {"lines": []})["field"] == "lines"
        assert refused(SALE | {"lines": [SALE["lines"][0] | TWICE]})["detail"][0]["code"] == "FAX01"
        assert client.post("/invoices", json=SALE).status_code == 422, "without Idempotency-Key"
        good = client.post("/invoices", json=SALE, headers={"Idempotency-Key": "a"})
        assert good.json()["number"] == "SETP990000001"


def test_a_rejected_invoice_is_corrected_under_its_number(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with testclient.TestClient(service.app) as client:
        monkeypatch.setattr(service, "check", lambda built: [])
        bad = SALE | {"lines": [SALE["lines"][0] | TWICE]}
        client.post("/invoices", json=bad, headers={"Idempotency-Key": "a"})
        told = until(client, "SETP990000001", "rejected")
        assert told["faults"]
        assert "corrija" in told["next_step"]
        corrected = client.post("/invoices", json=SALE, headers={"Idempotency-Key": "a"})
        assert corrected.json()["number"] == "SETP990000001"
        until(client, "SETP990000001", "accepted")


def test_while_dian_is_down_nothing_is_lost(service: Any) -> None:
    service.dian.script = ListedScript([Mishap.REFUSED, Mishap.HTTP_503, Mishap.DROP_RESPONSE])
    with testclient.TestClient(service.app) as client:
        client.post("/invoices", json=SALE, headers={"Idempotency-Key": "a"})
        for _ in range(3):
            time.sleep(0.05)
            service.wake.set()
        for _ in range(600):
            if client.get("/invoices/SETP990000001").json()["state"] == "accepted":
                break
            service.wake.set()
            time.sleep(0.05)
        wait_for_package(client, "SETP990000001")
    assert len(service.dian.accepted) == 1


@contextmanager
def running(folder: Path, port: int, endpoint: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """Run the service as a process of its own."""
    settings = {"DATABASE": "invoices.sqlite", "PORT": str(port), "DIAN_ENDPOINT": endpoint}
    with (
        subprocess.Popen(
            command("web_service"), cwd=folder, env=os.environ | settings, stderr=subprocess.PIPE, text=True
        ) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        try:
            for _ in range(600):
                try:
                    client.get("/invoices/none")
                    break
                except httpx.ConnectError:
                    assert process.poll() is None, process.stderr.read() if process.stderr else ""
                    time.sleep(0.05)
            yield process, client
        finally:
            process.kill()


def test_a_service_killed_while_sending_sends_nothing_twice(tmp_path: Path) -> None:
    pytest.importorskip("uvicorn")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    dian = Simulator(seed=7, script=ListedScript([failure(Mishap.DROP_RESPONSE, done=True)]))
    with SimulatorServer(dian, hang=60) as server:
        with running(tmp_path, port, server.url) as (process, client):
            posted = client.post("/invoices", json=SALE, headers={"Idempotency-Key": "a"})
            for _ in range(600):
                if dian.accepted:
                    break
                time.sleep(0.05)
            process.send_signal(signal.SIGKILL)
        assert [invoice.key for invoice in dian.accepted.values()] == [posted.json()["cufe"]]
        with running(tmp_path, port, server.url) as (process, client):
            again = client.post("/invoices", json=SALE, headers={"Idempotency-Key": "a"})
            assert (again.status_code, again.json()["cufe"]) == (200, posted.json()["cufe"])
            until(client, "SETP990000001", "accepted")
            assert wait_for_package(client, "SETP990000001").key == posted.json()["cufe"]
        assert dian.requests == ["SendBillSync", "GetStatus"], "what DIAN has is asked for, not sent again"
