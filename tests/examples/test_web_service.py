"""The web service: in process, and killed in the middle as a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from dian_fe import Package, check, verify
from dian_fe.company import steps
from dian_fe.testing import ListedScript, Mishap, Simulator, SimulatorServer
from dian_fe.testing.failures import failure
from tests.company.postgres import server as postgres
from tests.examples.support import EXAMPLES, command, load, run

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


COMPOSE: Any = yaml.safe_load((EXAMPLES / "compose.yml").read_text(encoding="utf-8"))
Running = tuple[subprocess.Popen[str], httpx.Client]


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the files that the other example makes."""
    folder = tmp_path_factory.mktemp("service")
    made = run("try_service", cwd=folder)
    assert made.returncode == 0, made.stderr
    return folder / "secrets"


@pytest.fixture
def settings(secrets: Path) -> dict[str, str]:
    """Return the environment of a service of the compose file."""
    declared = {name: str(secrets / Path(each["file"]).name) for name, each in COMPOSE["secrets"].items()}
    values = {}
    for name, value in COMPOSE["services"]["service-1"]["environment"].items():
        value = re.sub(r"\$\{\w+:-(.*?)\}", r"\1", value)
        secret = value.removeprefix("/run/secrets/")
        values[name] = value if secret == value else declared[secret]
    return values


def on_sqlite(settings: dict[str, str], folder: Path, endpoint: str) -> dict[str, str]:
    """Return the environment of a service on a file of its own; the password is one of a PostgreSQL."""
    changed = {"DIAN_FE_STORE": f"sqlite:{folder / 'invoices.sqlite'}", "DIAN_FE_ENDPOINT": endpoint}
    return {name: value for name, value in settings.items() if name != "DIAN_FE_STORE_PASSWORD_FILE"} | changed


@pytest.fixture
def service(tmp_path: Path, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return the service, in this process, on a simulator of its own."""
    for name in [each for each in os.environ if each.startswith("DIAN_FE_")]:
        monkeypatch.delenv(name)
    dian = Simulator(seed=7)
    with SimulatorServer(dian) as server:
        for name, value in on_sqlite(settings, tmp_path, server.url).items():
            monkeypatch.setenv(name, value)
        made = load("web_service")
        made.dian = dian
        yield made


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
        assert posted.headers["Location"] == "/invoices/SETP990000000"
        told = until(client, "SETP990000000", "accepted")
        assert told["cufe"] == posted.json()["cufe"]
        package = wait_for_package(client, "SETP990000000")
        assert package.document.number == "SETP990000000"
        assert str(package.document.totals.payable) == "58275.79"
        verify(package.xml, trust=service.dian.trust)
        assert package.members == (package.file_name, package.pdf_name)
        pdf = client.get("/invoices/SETP990000000/pdf")
        assert pdf.headers["content-type"] == "application/pdf"
        assert pdf.content == package.pdf
        assert client.get("/invoices/SETP1").status_code == client.get("/invoices/SETP1/pdf").status_code == 404


def test_the_request_of_the_docstring_is_accepted(service: Any) -> None:
    body = re.search(r"-d '(\{.*?\})'", service.__doc__, re.DOTALL)
    assert body is not None
    with testclient.TestClient(service.app) as client:
        posted = client.post("/invoices", content=body[1].encode(), headers={"Idempotency-Key": "order-1"})
        assert posted.status_code == 202
        assert until(client, "SETP990000000", "accepted")["faults"] == []


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
        assert second.json()["number"] == "SETP990000001"


def test_what_cannot_be_issued_is_told_and_takes_no_number(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
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
        with monkeypatch.context() as late:
            late.setattr(
                steps, "check", lambda built, at, **options: check(built, at=at + timedelta(days=2), **options)
            )
            failed = refused(SALE)
        assert (failed["code"], failed["detail"][0]["code"]) == ("check_failed", "FAD09e")
        assert client.post("/invoices", json=SALE).status_code == 422, "without Idempotency-Key"
        good = client.post("/invoices", json=SALE, headers={"Idempotency-Key": "a"})
        assert good.json()["number"] == "SETP990000000"


def test_a_rejected_invoice_is_corrected_under_its_number(service: Any) -> None:
    with testclient.TestClient(service.app) as client:
        bad = SALE | {"lines": [SALE["lines"][0] | TWICE]}
        posted = client.post("/invoices", json=bad, headers={"Idempotency-Key": "a"})
        assert [fault["code"] for fault in posted.json()["may_reject"]] == ["FAX01"], (
            "likely, not confirmed: it is sent"
        )
        told = until(client, "SETP990000000", "rejected")
        assert told["faults"]
        assert "corrija" in told["next_step"]
        corrected = client.post("/invoices", json=SALE, headers={"Idempotency-Key": "a"})
        assert corrected.json()["number"] == "SETP990000000"
        until(client, "SETP990000000", "accepted")


def test_while_dian_is_down_nothing_is_lost(service: Any) -> None:
    service.dian.script = ListedScript([Mishap.REFUSED, Mishap.HTTP_503, Mishap.DROP_RESPONSE])
    with testclient.TestClient(service.app) as client:
        client.post("/invoices", json=SALE, headers={"Idempotency-Key": "a"})
        for _ in range(3):
            time.sleep(0.05)
            service.wake.set()
        for _ in range(600):
            if client.get("/invoices/SETP990000000").json()["state"] == "accepted":
                break
            service.wake.set()
            time.sleep(0.05)
        wait_for_package(client, "SETP990000000")
    assert len(service.dian.accepted) == 1


def test_health_and_readiness_are_told(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with testclient.TestClient(service.app) as client:
        assert client.get("/health").json() == {"alive": True}
        assert client.get("/ready").status_code == 200
        monkeypatch.setattr(service.company, "_clock", lambda: datetime(2090, 1, 1, tzinfo=UTC))
        told = client.get("/ready")
        assert told.status_code == 503
        assert told.json()["findings"], "the certificate and the numbering have expired by then"
    assert not any(thread.is_alive() for thread in service.threads)


def test_a_webhook_that_hangs_stops_no_invoice(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Any] = []
    answering = threading.Event()

    class Web(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            answering.wait(30)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Web) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        monkeypatch.setattr(service, "WEBHOOK", f"http://127.0.0.1:{web.server_port}/")
        with testclient.TestClient(service.app) as client:
            for key in "ab":
                client.post("/invoices", json=SALE, headers={"Idempotency-Key": key})
            until(client, "SETP990000001", "accepted")
            assert len(taken) < 2
            answering.set()
        web.shutdown()
    assert [(each["type"], each["number"]) for each in taken] == [
        ("document.accepted", "SETP990000000"),
        ("document.accepted", "SETP990000001"),
    ]


@contextmanager
def running(folder: Path, settings: dict[str, str]) -> Iterator[Running]:
    """Run the service as a process of its own, by the command of the compose file."""
    assert COMPOSE["services"]["service-1"]["command"] == ["python", "web_service.py"]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    outside = {name: value for name, value in os.environ.items() if not name.startswith("DIAN_FE_")}
    environment = outside | settings | {"HOST": "127.0.0.1", "PORT": str(port)}
    log = folder / f"{port}.log"
    with (
        log.open("w") as written,
        subprocess.Popen(command("web_service"), cwd=folder, env=environment, stderr=written, text=True) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        try:
            for _ in range(600):
                try:
                    client.get("/health")
                    break
                except httpx.ConnectError:
                    assert process.poll() is None, log.read_text()
                    time.sleep(0.05)
            yield process, client
        finally:
            process.kill()


def test_a_service_killed_while_sending_sends_nothing_twice(tmp_path: Path, settings: dict[str, str]) -> None:
    pytest.importorskip("uvicorn")
    dian = Simulator(seed=7, script=ListedScript([failure(Mishap.DROP_RESPONSE, done=True)]))
    with SimulatorServer(dian, hang=60) as server:
        settings = on_sqlite(settings, tmp_path, server.url)
        with running(tmp_path, settings) as (process, client):
            posted = client.post("/invoices", json=SALE, headers={"Idempotency-Key": "a"})
            for _ in range(600):
                if dian.accepted:
                    break
                time.sleep(0.05)
            process.send_signal(signal.SIGKILL)
        assert [invoice.key for invoice in dian.accepted.values()] == [posted.json()["cufe"]]
        with running(tmp_path, settings) as (process, client):
            again = client.post("/invoices", json=SALE, headers={"Idempotency-Key": "a"})
            assert (again.status_code, again.json()["cufe"]) == (200, posted.json()["cufe"])
            until(client, "SETP990000000", "accepted")
            assert wait_for_package(client, "SETP990000000").key == posted.json()["cufe"]
        assert dian.requests == ["SendBillSync", "GetStatus"], "what DIAN has is asked for, not sent again"


@pytest.mark.slow
def test_two_services_of_the_compose_file_share_postgresql(
    tmp_path: Path, settings: dict[str, str], secrets: Path
) -> None:
    pytest.importorskip("uvicorn")
    services = {name: each for name, each in COMPOSE["services"].items() if "build" in each}
    assert services["service-1"] | {"ports": ()} == services["service-2"] | {"ports": ()}
    dian = Simulator(seed=7)
    with SimulatorServer(dian) as server, postgres() as address:
        words = dict(word.split("=") for word in address.split())
        store = f"postgresql://{words['user']}@/{words['dbname']}?host={words['host']}"
        settings |= {"DIAN_FE_STORE": store, "DIAN_FE_ENDPOINT": server.url}
        with running(tmp_path, settings) as (first, one), running(tmp_path, settings) as (_, other):
            numbers = set()
            for key in range(4):
                posted = (one, other)[key % 2].post("/invoices", json=SALE, headers={"Idempotency-Key": str(key)})
                again = (other, one)[key % 2].post("/invoices", json=SALE, headers={"Idempotency-Key": str(key)})
                assert (posted.status_code, again.status_code) == (202, 200), posted.text
                assert posted.json()["cufe"] == again.json()["cufe"]
                numbers.add(posted.json()["number"])
            first.kill()
            first.wait()
            # A new sale wakes the other at once: it looks for what is unfinished every 30 s.
            posted = other.post("/invoices", json=SALE, headers={"Idempotency-Key": "4"})
            numbers.add(posted.json()["number"])
            assert numbers == {f"SETP99000000{key}" for key in range(5)}
            for number in numbers:
                until(other, number, "accepted")
                wait_for_package(other, number)
        assert len(dian.accepted) == 5
        assert dian.requests.count("SendBillSync") == 5
    logs = [line for each in tmp_path.glob("*.log") for line in each.read_text(encoding="utf-8").splitlines()]
    records = [json.loads(line) for line in logs]
    assert {each["number"] for each in records if each.get("event") == "outcome"} == numbers
    for secret in secrets.iterdir():
        if secret.suffix != ".p12" and secret.suffix != ".json":
            assert secret.read_text(encoding="utf-8") not in "".join(logs)
