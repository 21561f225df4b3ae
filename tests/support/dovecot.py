"""Mailboxes on a real IMAP server, Dovecot (Debian: dovecot-imapd). Skips where it is not installed."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

USER, PASSWORD = "compras@example.com", 'contraseña "de" prueba\\'
_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
mail_location = maildir:{folder}/mail
first_valid_uid = 1
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner_group} home={folder}/home
}}
"""


class Dovecot:
    """A running server with one mailbox."""

    def __init__(self, folder: Path, plain: int, tls: int) -> None:
        self.folder, self.plain, self.tls = folder, plain, tls
        self.maildir = folder / "mail"

    @property
    def certificate(self) -> str:
        """Path of the certificate that the server shows."""
        return str(self.folder / "cert.pem")


@contextmanager
def running() -> Iterator[Dovecot]:
    """Run a server until the block ends."""
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("dovecot (Debian: dovecot-imapd) is not installed")
    root = os.geteuid() == 0
    owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
    me = pwd.getpwuid(os.geteuid())
    try:
        internal, login = ("dovecot", "dovenull") if root else (me.pw_name, me.pw_name)
        group = pwd.getpwnam(internal).pw_gid
    except KeyError:
        pytest.skip("dovecot's own users are missing")
    with TemporaryDirectory(prefix="imap") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("run", "state", "home", "mail"):
            (folder / part).mkdir()
            if root and part in {"home", "mail"}:
                os.chown(folder / part, owner.pw_uid, owner.pw_gid)
        _certify(folder)
        (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n", encoding="utf-8")
        plain, tls = _free_ports()
        config = folder / "dovecot.conf"
        config.write_text(
            _CONFIG.format(
                folder=folder,
                internal=internal,
                group=_group(group),
                login=login,
                plain=plain,
                tls=tls,
                owner=owner.pw_uid,
                owner_group=owner.pw_gid,
            )
        )
        server = subprocess.Popen([program, "-F", "-c", str(config)], stderr=subprocess.PIPE)
        try:
            _wait(plain, server, folder / "log")
            yield Dovecot(folder, plain, tls)
        finally:
            server.terminate()
            server.communicate(timeout=20)


def _certify(folder: Path) -> None:
    """Make a certificate for this machine's own address, which is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "imap.example.com")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _group(gid: int) -> str:
    import grp

    return grp.getgrgid(gid).gr_name


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def _wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        if server.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    told = log.read_text(encoding="utf-8", errors="replace")[-500:] if log.exists() else ""
    pytest.fail(f"dovecot did not start: {told} {server.stderr.read() if server.stderr else b''!r}")
