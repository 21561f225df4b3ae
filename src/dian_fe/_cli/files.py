"""Reading and writing the command line's files: nothing is left half-written."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InvalidInput, WrongPassword

if TYPE_CHECKING:
    from ..signing.signer import Signer

PASSWORD_VARIABLE = "DIAN_FE_PASSWORD"
"""Environment variable that holds the key's password, so that it need not be typed in the command."""
MAX_INPUT = 64 * 1024 * 1024


def read_file(name: str) -> bytes:
    """Read a file, or standard input for ``-``; raises ``InvalidInput`` when it is larger than 64 MB."""
    if name == "-":
        data = sys.stdin.buffer.read(MAX_INPUT + 1)
    else:
        with Path(name).open("rb") as file:
            data = file.read(MAX_INPUT + 1)
    if len(data) > MAX_INPUT:
        raise InvalidInput("El archivo es demasiado grande.", field=name, expected="hasta 64 MB")
    return data


def write_file(folder: Path, name: str, data: bytes | str) -> Path:
    """Write a file whole or not at all; the folder is made when it is missing.

    Raises ``InvalidInput`` when the name is that of a folder.
    """
    path = folder / name
    if not name or path.is_dir():
        raise InvalidInput.of("_cli.write_file", field="--out", found=str(path))
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{name}.{os.getpid()}.tmp")
    try:
        draft.write_bytes(data if isinstance(data, bytes) else data.encode())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def load_signer(name: str, password: str | None, certificate: str | None = None) -> Signer:
    """Load a .p12/.pfx, or a PEM key with its certificate; a password that was not given is named as missing."""
    secret = password if password is not None else os.environ.get(PASSWORD_VARIABLE)
    data = read_file(name)
    try:
        return _signer_of(data, secret, certificate)
    except WrongPassword:
        if secret:
            raise
    raise WrongPassword.of("_cli.wrong_password", field="--password", name=name, PASSWORD_VARIABLE=PASSWORD_VARIABLE)


def _signer_of(data: bytes, secret: str | None, certificate: str | None) -> Signer:
    if data.lstrip()[:10] == b"-----BEGIN":
        from ..signing.pem import PemSigner

        return PemSigner.load(data, read_file(certificate) if certificate else data, password=secret)
    from ..signing.pkcs12 import Pkcs12Signer

    return Pkcs12Signer.load(data, secret or "")
