"""The command line on any terminal, and what it says when something is missing."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
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


Done = subprocess.CompletedProcess[bytes]


def here(encoding: str, *arguments: str) -> Done:
    """Run in this process, with the streams that a process on such a terminal has."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = main(arguments)
        except SystemExit as end:  # argparse ends so
            status = int(end.code or 0)
    written = [stream.buffer.getvalue() for stream in (out, err) if isinstance(stream.buffer, io.BytesIO)]
    return subprocess.CompletedProcess(arguments, status, *written)


def run(encoding: str, *arguments: str) -> Done:
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
        done = here(encoding, *arguments)
        assert b"Traceback" not in done.stderr, (arguments, done.stderr)
        assert done.stdout + done.stderr
        assert status is None or done.returncode == status, (arguments, done.stderr)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_json_is_the_same_in_each_encoding(encoding: str) -> None:
    told = json.loads(here(encoding, "explain", "FAD06", "--json").stdout.decode(encoding))
    assert told == json.loads(here("utf-8", "explain", "FAD06", "--json").stdout.decode())


@pytest.mark.parametrize("arguments", [("status", "a" * 96), ("numbering",)])
def test_a_password_that_was_not_given_is_named(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DIAN_FE_PASSWORD", raising=False)
    key = tmp_path / "firma.p12"
    key.write_bytes(ToyPki(7).p12("700085371", "secreta"))
    done = here("utf-8", *arguments, "--key", str(key))
    said = done.stderr.decode()
    assert done.returncode == 2
    assert "Falta la contraseña" in said
    assert "DIAN_FE_PASSWORD" in said
    assert "--password" in said
    wrong = here("utf-8", *arguments, "--key", str(key), "--password", "otra")
    assert "Falta la contraseña" not in wrong.stderr.decode()


UNREAD = """
import json, os, runpy, sys
from dian_fe import check, read, verify
for number, arguments in enumerate(json.loads(sys.argv[2])):
    if child := os.fork():
        _, ended = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(ended), flush=True)
    else:
        os.dup2(os.open(f"{sys.argv[1]}/{number}", os.O_CREAT | os.O_WRONLY), 2)
        reader, writer = os.pipe()
        os.close(reader)
        os.dup2(writer, 1)
        sys.argv[1:] = arguments
        runpy.run_module("dian_fe", run_name="__main__")
"""
"""Runs command lines, each in a process of its own that this one begets: what all of them import is imported once."""


def unread(*commands: list[str], folder: Path) -> list[tuple[int, bytes]]:
    """Run with an output that nobody reads any more, as after ``| head``; return status and diagnostics of each."""
    command = [sys.executable, "-c", UNREAD, str(folder), json.dumps(commands)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    statuses = map(int, done.stdout.split())
    return [(status, (folder / str(number)).read_bytes()) for number, status in enumerate(statuses)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system's processes beget no others")
def test_a_closed_pipe_does_not_change_the_verdict(demo: Path, tmp_path: Path) -> None:
    good, forged = next(demo.glob("fv*.xml")), tmp_path / "forged.xml"
    forged.write_bytes(good.read_bytes().replace(b"SETP990000001", b"SETP990000009"))
    commands = [
        [*verb, *as_json]
        for as_json in ([], ["--json"])
        for verb in (["verify", str(good)], ["verify", str(forged)], ["check", str(forged)])
    ]
    valid, invalid, faulty, *others = unread(
        *commands, ["read", str(demo / "none.xml"), "--json"], ["rules"], ["--help"], folder=tmp_path
    )
    assert others[:2] == [valid, invalid] == [(0, b""), (1, b"")]
    assert [faulty[0], others[2][0], others[3][0]] == [1, 1, 2]
    assert others[4:] == [(0, b""), (0, b"")]
