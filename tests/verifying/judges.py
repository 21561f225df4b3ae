"""What xmlsec1 and Apache Santuario say of many signed documents: few processes, whatever their number."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.contracts.interop.support import java
from tests.signing.support import ID_ATTRIBUTES, NIT, PKI


def xmlsec1_says(paths: Sequence[Path]) -> list[bool]:
    """Ask xmlsec1 about each, with the toy key: it stops at the first file that does not hold, and is asked on."""
    key = paths[0].parent / "public.pem"
    public = PKI.identity(NIT).certificate.public_key()
    key.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    said: list[bool] = []
    while len(said) < len(paths):
        command = ["xmlsec1", "--verify", "--pubkey-pem", str(key), *ID_ATTRIBUTES]
        run = subprocess.run(
            [*command, *map(str, paths[len(said) : len(said) + 200])], capture_output=True, text=True, check=False
        )
        said += [True] * (run.stdout + run.stderr).splitlines().count("OK")
        if run.returncode:
            said.append(False)
    return said


def santuario_says(paths: Sequence[Path]) -> list[str]:
    """Ask Apache Santuario about each: ``valid``, ``invalid`` or ``error …``."""
    return java("Verdicts", *paths)
