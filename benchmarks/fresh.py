"""Measurements that need a fresh process: imports, the first document, the first validation, peak memory.

Each program prints its figure; the parent takes the median of several runs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter

_HERE = Path(__file__).parent

COLD_START = """
import json, sys
from dian_fe import Customer, Invoice, Line, Payment, Pkcs12Signer, build, iva, load_issuer, sign
from datetime import datetime
issuer = load_issuer(open(sys.argv[1]).read())
signer = Pkcs12Signer.load(sys.argv[2], sys.argv[3])
now = datetime.fromisoformat("2026-03-02T10:15:00-05:00")
buyer = Customer(id_type="13", id="1020304050", name="Cliente Ejemplo", emails=["compras@example.com"])
line = Line(description="Producto de ejemplo", quantity=3, price=18500, taxes=[iva(5)])
invoice = Invoice.from_lines(number="SETP990000001", issued_at=now, supplier=issuer.organization, customer=buyer,
                             lines=[line], payment=Payment.cash("10"))
signed = sign(build(invoice, issuer), signer, at=now)
assert b"<ds:SignatureValue" in signed.xml
"""

BARE_IMPORTS = """
from pydantic import BaseModel
from lxml import etree
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
"""
"""What any program that models, parses and signs with a .p12 loads first."""

FIRST_VALIDATION = """
import sys
from pathlib import Path
from time import perf_counter
from dian_fe import _xmlsafe
root = _xmlsafe.parse(Path(sys.argv[1]).read_bytes())
start = perf_counter()
from dian_fe.ubl import xsd
faults = xsd.validate(root)
print((perf_counter() - start) * 1000)
assert not faults, faults
"""

PEAK_MEMORY = """
import sys
sys.path.insert(0, sys.argv[1])
import subjects
rows = subjects.items(int(sys.argv[2]))
signed = subjects.issue(rows)
assert len(signed.xml) > 1000 * 500
# The high-water mark of this very program: ru_maxrss counts what the parent had when it started us.
try:
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    print(int(status["VmHWM"].split()[0]) / 1024)
except (OSError, KeyError):
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(peak / (1024 * 1024 if sys.platform == "darwin" else 1024))
"""


def import_ms(runs: int) -> float:
    """Return the milliseconds that ``import dian_fe`` adds to starting Python."""
    return median(_elapsed("import dian_fe") - _elapsed("pass") for _ in range(runs))


def cold_starts(issuer_json: str, p12: bytes, password: str, runs: int) -> list[tuple[float, float]]:
    """Return the milliseconds of processes in pairs, from starting Python to its end.

    The first of each pair signs its first invoice, with a key read from a .p12; the second only imports what that
    needs of others.
    """
    with tempfile.TemporaryDirectory() as folder:
        issuer, store = Path(folder, "issuer.json"), Path(folder, "firma.p12")
        issuer.write_text(issuer_json, encoding="utf-8")
        store.write_bytes(p12)
        return [(_elapsed(COLD_START, str(issuer), str(store), password), _elapsed(BARE_IMPORTS)) for _ in range(runs)]


def first_validation_ms(signed: bytes, runs: int) -> float:
    """Return the milliseconds of the first XSD validation in a process that has parsed the document."""
    with _file(signed) as path:
        return median(float(_run(FIRST_VALIDATION, path)) for _ in range(runs))


def peak_mb(lines: int) -> float:
    """Return the peak memory in MB of a process that builds and signs one document of that many lines."""
    return float(_run(PEAK_MEMORY, str(_HERE), str(lines)))


@contextmanager
def _file(data: bytes) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "document.xml")
        path.write_bytes(data)
        yield str(path)


def _elapsed(program: str, *arguments: str) -> float:
    start = perf_counter()
    _run(program, *arguments)
    return (perf_counter() - start) * 1000


def _run(program: str, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout
