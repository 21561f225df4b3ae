"""The judges from outside: Apache WSS4J on a JVM, xmlsec1. Debian packages; where they are missing nothing runs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from dian_fe.testing import ToyPki

JARS = tuple(Path("/usr/share/java", f"{name}.jar") for name in
             ("wss4j", "xmlsec", "commons-logging", "slf4j-api", "slf4j-nop"))  # fmt: skip
PEER = Path(__file__).parent / "java" / "Peer.java"

needs_wss4j = pytest.mark.skipif(
    shutil.which("java") is None or not all(jar.exists() for jar in JARS),
    reason="Apache WSS4J is not installed (Debian: libwss4j-java, default-jdk-headless)",
)
needs_xmlsec1 = pytest.mark.skipif(shutil.which("xmlsec1") is None, reason="xmlsec1 is not installed")


def peer(*arguments: str | Path) -> list[str]:
    """Run WSS4J; return its lines."""
    command = ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", ":".join(map(str, JARS)), str(PEER)]
    run = subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True, timeout=180, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def write_trusted(folder: Path, pki: ToyPki) -> Path:
    """Write the authorities of a toy PKI as PEM."""
    path = folder / "trusted.pem"
    chain = (pki.issuing, pki.intermediate, pki.root)
    path.write_bytes(b"".join(each.certificate.public_bytes(Encoding.PEM) for each in chain))
    return path
