"""The verbs that speak with the service: status, numbering, simulator, and issue against an endpoint."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dian_fe._cli.demo import example
from dian_fe._cli.main import main
from dian_fe.testing import Simulator, SimulatorServer, ToyPki
from tests.transport.support import KEY, NIT, NOW, client, signed

pytestmark = [pytest.mark.slow, pytest.mark.between]


@pytest.fixture
def served() -> Iterator[tuple[Simulator, str]]:
    dian = Simulator(seed=7)
    with SimulatorServer(dian) as server:
        yield dian, server.url


@pytest.fixture
def key(tmp_path: Path) -> str:
    path = tmp_path / "firma.p12"
    path.write_bytes(ToyPki(7).p12(NIT, "secreta"))
    return str(path)


def run(capsys: Any, *arguments: str) -> tuple[int, Any, str]:
    status = main([*arguments, "--json"])
    out, err = capsys.readouterr()
    return status, json.loads(out), err


def test_status_tells_standing_and_exit_status(served: tuple[Simulator, str], key: str, capsys: Any) -> None:
    dian, url = served
    document = signed(dian)
    asking = ("--key", key, "--password", "secreta", "--endpoint", url)
    status, told, _ = run(capsys, "status", document.key, *asking)
    assert (status, told["standing"], told["status_code"]) == (1, "not_found", "66")
    with client(dian) as ws:
        ws.send(document)
    status, told, _ = run(capsys, "status", document.key, *asking)
    assert (status, told["accepted"], told["status_code"]) == (0, True, "00")
    assert main(["status", document.key, *asking]) == 0
    assert capsys.readouterr().out.startswith("aceptado 00")


def test_numbering_is_ready_for_an_issuer(served: tuple[Simulator, str], key: str, tmp_path: Path, capsys: Any) -> None:
    dian, url = served
    issuer, _ = example(dian, NOW)
    path = tmp_path / "issuer.json"
    path.write_text(json.dumps(issuer.with_secrets()), encoding="utf-8")
    asking = ("--key", key, "--password", "secreta", "--endpoint", url)
    for more in (("--issuer", str(path)), ("--software", dian.software.id)):
        status, told, _ = run(capsys, "numbering", *asking, *more)
        assert status == 0
        assert told == [dian.resolution("SETP").with_secrets()]
    assert main(["numbering", *asking, "--issuer", str(path)]) == 0
    assert dian.resolution("SETP").key() not in capsys.readouterr().out
    status, told, err = run(capsys, "numbering", *asking)
    assert (status, told["error"]["field"]) == (2, "--software")
    assert "Traceback" not in err


def test_failures_are_told_without_traceback(key: str, capsys: Any) -> None:
    asking = ("--key", key, "--password", "secreta")
    status, told, err = run(capsys, "status", KEY, *asking, "--endpoint", "http://127.0.0.1:9/x")
    assert status == 2
    assert told["error"]["code"] == "connection_failed"
    assert told["error"]["operation"] == "GetStatus"
    assert "Traceback" not in err
    url = "https://vpfe.dian.gov.co/WcfDianCustomerServices.svc"
    status, told, _ = run(capsys, "status", KEY, *asking, "--endpoint", url)
    assert (status, told["error"]["code"]) == (2, "wrong_environment")


def test_the_simulator_serves_other_processes(key: str, tmp_path: Path) -> None:
    """The whole line of orders, each in its own process: simulator, issue --endpoint, status."""
    issuer, invoice = example(Simulator(seed=7), NOW)
    (tmp_path / "issuer.json").write_text(json.dumps(issuer.with_secrets()), encoding="utf-8")
    (tmp_path / "invoice.json").write_text(invoice.to_json(), encoding="utf-8")
    trust = tmp_path / "trust.pem"
    trust.write_bytes(
        ToyPki(8).identity(NIT).pem().partition(b"-----BEGIN CERTIFICATE")[2].join([b"-----BEGIN CERTIFICATE", b""])
    )
    command = [sys.executable, "-m", "dian_fe"]
    server = subprocess.Popen(
        [*command, "simulator", "--port", "0", "--issuer", tmp_path / "issuer.json", "--trust", trust],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # A shell's background jobs ignore SIGINT, and so would their children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    try:
        assert server.stdout is not None
        url = re.search(r"http://\S+\.svc", server.stdout.readline())
        assert url is not None
        asking = ["--key", key, "--password", "secreta", "--endpoint", url[0], "--json"]
        issue = subprocess.run(
            [*command, "issue", tmp_path / "invoice.json", "--issuer", tmp_path / "issuer.json", "--at",
             NOW.isoformat(), "--out", tmp_path / "out", *asking],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert issue.returncode == 0, issue.stdout + issue.stderr
        told = json.loads(issue.stdout)
        assert told["answer"]["accepted"]
        status = subprocess.run([*command, "status", told["key"], *asking], capture_output=True, text=True, check=False)
        assert json.loads(status.stdout)["status_code"] == "00"
        other = tmp_path / "otra.p12"
        other.write_bytes(ToyPki(8).p12(NIT, "secreta"))
        asking[1] = str(other)
        trusted = subprocess.run(
            [*command, "status", told["key"], *asking], capture_output=True, text=True, check=False
        )
        assert trusted.returncode == 0, trusted.stdout + trusted.stderr
    finally:
        server.send_signal(signal.SIGINT)
        _, err = server.communicate(timeout=10)
    assert "Traceback" not in err
