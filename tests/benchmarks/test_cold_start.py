"""A program that signs its first invoice loads nothing that only other programs need."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.repository import ROOT

pytestmark = pytest.mark.project

PROGRAM = """
import sys
sys.path.insert(0, sys.argv[4])
from fresh import COLD_START
exec(COLD_START)
print(*sorted(sys.modules))
"""
SUBJECTS = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import subjects
Path(sys.argv[2], "issuer.json").write_text(json.dumps(subjects.ISSUER_JSON), encoding="utf-8")
Path(sys.argv[2], "firma.p12").write_bytes(subjects.p12())
print(json.dumps(subjects.PASSWORD))
"""
BENCHMARKS = str(ROOT / "benchmarks")


def run(program: str, *arguments: str) -> str:
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_first_signed_invoice_loads_only_its_own(tmp_path: Path) -> None:
    password = json.loads(run(SUBJECTS, BENCHMARKS, str(tmp_path)))
    files = str(tmp_path / "issuer.json"), str(tmp_path / "firma.p12")
    loaded = {*run(PROGRAM, *files, password, BENCHMARKS).split()}
    assert "dian_fe.signing.xades" in loaded
    for other in ("lxml", "httpx", "ssl", "xmlschema", "signxml", "dateutil"):
        assert other not in loaded
    for room in ("_checking", "rules", "verifying", "transport", "delivery", "models.event", "ubl.received", "ubl.xsd"):
        assert f"dian_fe.{room}" not in loaded
