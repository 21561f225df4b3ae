"""The command line on any terminal, and what it says when something is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dian_fe._cli.main import main
from dian_fe.testing import ToyPki

pytestmark = [pytest.mark.slow, pytest.mark.between]

ENCODINGS = ("ascii", "latin-1", "cp1252", "utf-8")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    assert main(["demo", "--out", str(folder), "--json"]) == 0
    return folder


def run(encoding: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    environment.pop("DIAN_FE_PASSWORD", None)
    command = [sys.executable, "-m", "dian_fe", *arguments]
    return subprocess.run(command, capture_output=True, env=environment, check=False)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_each_encoding_gets_text_json_help_and_errors(encoding: str, demo: Path) -> None:
    invoice = str(next(demo.glob("fv*.xml")))
    read = run(encoding, "read", invoice)
    assert read.returncode == 0, read.stderr
    assert "Ejemplo" in read.stdout.decode(encoding)
    for arguments, status in (
        (("explain", "FAD06"), 0),
        (("verify", invoice), None),
        (("--help",), 0),
        (("check", "«no está».xml"), 2),
        (("emitir",), 2),
    ):
        done = run(encoding, *arguments)
        assert b"Traceback" not in done.stderr, (arguments, done.stderr)
        assert done.stdout + done.stderr
        assert status is None or done.returncode == status, (arguments, done.stderr)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_json_is_the_same_in_each_encoding(encoding: str) -> None:
    told = json.loads(run(encoding, "explain", "FAD06", "--json").stdout.decode(encoding))
    assert told == json.loads(run("utf-8", "explain", "FAD06", "--json").stdout.decode())


@pytest.mark.parametrize("arguments", [("status", "a" * 96), ("numbering",)])
def test_a_password_that_was_not_given_is_named(arguments: tuple[str, ...], tmp_path: Path) -> None:
    key = tmp_path / "firma.p12"
    key.write_bytes(ToyPki(7).p12("700085371", "secreta"))
    done = run("utf-8", *arguments, "--key", str(key))
    said = done.stderr.decode()
    assert done.returncode == 2
    assert "Falta la contraseña" in said
    assert "DIAN_FE_PASSWORD" in said
    assert "--password" in said
    wrong = run("utf-8", *arguments, "--key", str(key), "--password", "otra")
    assert "Falta la contraseña" not in wrong.stderr.decode()


def unread(*arguments: str) -> tuple[int, bytes]:
    """Run with an output that nobody reads any more, as after ``| head``; return status and diagnostics."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "dian_fe", *arguments]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    return done.returncode, done.stderr


def test_a_closed_pipe_does_not_change_the_verdict(demo: Path, tmp_path: Path) -> None:
    good, forged = next(demo.glob("fv*.xml")), tmp_path / "forged.xml"
    forged.write_bytes(good.read_bytes().replace(b"SETP990000001", b"SETP990000009"))
    for as_json in ((), ("--json",)):
        assert unread("verify", str(good), *as_json) == (0, b"")
        assert unread("verify", str(forged), *as_json) == (1, b"")
        assert unread("check", str(forged), *as_json)[0] == 1
    assert unread("read", str(demo / "none.xml"), "--json")[0] == 2
    assert unread("rules") == (0, b"")
    assert unread("--help") == (0, b"")
