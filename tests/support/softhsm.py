"""Tokens of SoftHSM (Debian: softhsm2), a PKCS#11 module without hardware. Skips where it is not installed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from dian_fe.testing.pki import ToyIdentity

PIN = "918273"
SO_PIN = "55667788"
_PLACES = ("/usr/lib/softhsm", "/usr/lib/*/softhsm", "/usr/lib64/softhsm", "/usr/local/lib/softhsm")


class SoftHsm:
    """A folder of tokens, which lasts as long as the environment names it."""

    def __init__(self, module: Path, folder: Path) -> None:
        self.module = module
        self.config = folder / "softhsm2.conf"
        self._folder = folder
        (folder / "tokens").mkdir()
        self.config.write_text(
            f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
        )

    def token(self, label: str, pin: str = PIN) -> None:
        """Make an empty token; sessions are lost, since the module looks for tokens when it starts."""
        import pkcs11

        self._run("--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", SO_PIN)
        pkcs11.lib(str(self.module)).reinitialize()

    def key(self, token: str, identity: ToyIdentity, *, label: str = "firma", id: str = "01", pin: str = PIN) -> None:
        """Put a private key into a token, beside its public one."""
        path = self._folder / "llave.pem"
        path.write_bytes(identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self._run("--import", str(path), "--token", token, "--label", label, "--id", id, "--pin", pin)
        path.unlink()

    def certificates(self, token: str, *found: bytes, pin: str = PIN) -> None:
        """Put certificates into a token, as DER."""
        import pkcs11

        with self.open(token, pin) as session:
            for der in found:
                session.create_object(
                    {
                        pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                        pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                        pkcs11.Attribute.TOKEN: True,
                        pkcs11.Attribute.PRIVATE: False,
                        pkcs11.Attribute.SUBJECT: b"\x30\x00",
                        pkcs11.Attribute.VALUE: der,
                    }
                )

    @contextmanager
    def open(self, token: str, pin: str = PIN) -> Iterator[Any]:
        """Open a token for writing."""
        import pkcs11

        with pkcs11.lib(str(self.module)).get_token(token_label=token).open(rw=True, user_pin=pin) as session:
            yield session

    def _run(self, *arguments: str) -> None:
        command = ["softhsm2-util", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def softhsm(folder: Path) -> Iterator[SoftHsm]:
    """Provide SoftHSM with a store of its own in an empty folder."""
    pkcs11 = pytest.importorskip("pkcs11")
    found = [path for place in _PLACES for path in Path("/").glob(f"{place[1:]}/libsofthsm2.*") if path.is_file()]
    if shutil.which("softhsm2-util") is None or not found:
        pytest.skip("SoftHSM is not installed")
    hsm = SoftHsm(found[0], folder)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SOFTHSM2_CONF", str(hsm.config))
        pkcs11.lib(str(hsm.module)).reinitialize()  # it may be in use with another store
        yield hsm
        pkcs11.lib(str(hsm.module)).finalize()
