"""The token example on SoftHSM, made as its docstring says."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dian_fe.testing.pki import ToyPki
from tests.examples.support import load, run
from tests.support.softhsm import PIN, SoftHsm, softhsm

pytestmark = [pytest.mark.judge, pytest.mark.docs]

IDENTITY = ToyPki(7).identity("700085371")


@pytest.fixture
def hsm(tmp_path: Path) -> Iterator[SoftHsm]:
    with softhsm(tmp_path) as hsm:
        yield hsm


def test_a_token_made_of_a_p12_issues_an_accepted_invoice(hsm: SoftHsm, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    (tmp_path / "firma.p12").write_bytes(IDENTITY.p12("x"))
    told = [line.strip() for line in (load("token_signer").__doc__ or "").splitlines() if line.startswith("    ")]
    for line in told[1:-1]:
        line = line.replace("firma.p12", "firma.p12 -passin pass:x").replace("--pin 1234", f"--pin {PIN}")
        subprocess.run(["bash", "-euo", "pipefail", "-c", line], cwd=tmp_path, check=True, capture_output=True)
    assert not (tmp_path / "llave.pem").exists()
    _, script, _, label, certificates = told[-1].split()
    assert script == "examples/token_signer.py"
    done = run("token_signer", hsm.module, label, certificates, cwd=tmp_path, TOKEN_PIN=PIN)
    assert done.returncode == 0, done.stderr
    subject, accepted = done.stdout.splitlines()
    assert "700085371" in subject
    assert accepted.startswith("SETP990000001 accepted ")
    wrong = run("token_signer", hsm.module, label, certificates, cwd=tmp_path, TOKEN_PIN="000111")
    assert wrong.returncode == 1
    assert wrong.stderr.startswith("pin: El PIN no abre el token.")
    assert "000111" not in wrong.stderr


def test_without_arguments_it_tells_how_to_use_it(tmp_path: Path) -> None:
    done = run("token_signer", cwd=tmp_path)
    assert done.returncode == 1
    assert "MODULE" in done.stderr
