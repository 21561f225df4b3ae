"""The judges from outside: Apache WSS4J on a JVM, xmlsec1. Debian packages; where they are missing nothing runs."""

from __future__ import annotations

import atexit
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from dian_fe.testing import ToyPki

JARS = tuple(Path("/usr/share/java", f"{name}.jar") for name in
             ("wss4j", "xmlsec", "commons-logging", "slf4j-api", "slf4j-nop"))  # fmt: skip
_SOURCES = sorted((Path(__file__).parent / "java").glob("*.java"))

needs_wss4j = pytest.mark.skipif(
    shutil.which("javac") is None or not all(jar.exists() for jar in JARS),
    reason="Apache WSS4J is not installed (Debian: libwss4j-java, default-jdk-headless)",
)
needs_xmlsec1 = pytest.mark.skipif(shutil.which("xmlsec1") is None, reason="xmlsec1 is not installed")


def java(program: str, *arguments: str | Path) -> list[str]:
    """Run one of the programs for the JVM; return its lines."""
    places = ":".join([_compiled(), *map(str, JARS)])
    command = ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", places, program, *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


@cache
def _compiled() -> str:
    """Compile the programs into a folder, once for this process; it is removed when the process ends."""
    folder = mkdtemp(prefix="dian-fe-java-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    command = ["javac", "-encoding", "UTF-8", "-cp", ":".join(map(str, JARS)), "-d", folder]
    subprocess.run([*command, *map(str, _SOURCES)], check=True, capture_output=True)
    return folder


def peer(*arguments: str | Path) -> list[str]:
    """Run WSS4J; return its lines."""
    return java("Peer", *arguments)


def write_trusted(folder: Path, pki: ToyPki) -> Path:
    """Write the authorities of a toy PKI as PEM."""
    path = folder / "trusted.pem"
    chain = (pki.issuing, pki.intermediate, pki.root)
    path.write_bytes(b"".join(each.certificate.public_bytes(Encoding.PEM) for each in chain))
    return path
