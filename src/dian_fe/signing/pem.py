"""Keys from PEM files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from .._arguments import checked
from .._masks import refuse_mask
from ..errors import MissingPrivateKey, NotAKeyStore, WrongPassword
from .certificates import load_certificates, read_source
from .signer import KeySigner

_KEY = re.compile(rb"-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----.*?-----END \1-----", re.DOTALL)


@checked
class PemSigner(KeySigner):
    """A key loaded from PEM."""

    __slots__ = ()

    @classmethod
    def load(
        cls,
        key: Path | str | bytes,
        certificates: Path | str | bytes | Sequence[x509.Certificate] | None = None,
        password: str | bytes | None = None,
        *,
        at: datetime | None = None,
    ) -> PemSigner:
        """Open a private key (PKCS#8 or traditional) and its certificates, each given as path or as bytes.

        Without ``certificates`` they are read from the same file as the key. ``password`` is that of encrypted keys. Of
        several keys or certificates the one for signing is chosen, in force at ``at`` (aware) where it is given, that
        ends last: `KeySigner`. Raises ``NotAKeyStore``, ``WrongPassword``, ``MissingPrivateKey``, ``KeyDoesNotMatch``,
        ``NotForSigning``, ``AmbiguousKey``, ``WeakKey``, ``NaiveDatetime``.
        """
        refuse_mask(password, "password", "la contraseña de la llave")
        data = read_source(key)
        private = _private_keys(data, password.encode() if isinstance(password, str) else password)
        return cls(private, at=at, certificates=load_certificates(data if certificates is None else certificates))


def _private_keys(data: bytes, password: bytes | None) -> list[PrivateKeyTypes]:
    if b"-----BEGIN" not in data:
        raise NotAKeyStore.of("signing.not_pem", field="key", count=len(data))
    blocks = [block[0] for block in _KEY.finditer(data)]
    if not blocks:
        raise MissingPrivateKey.of("signing.no_key_in_pem", field="key")
    return [_private_key(block, password) for block in blocks]


def _private_key(block: bytes, password: bytes | None) -> PrivateKeyTypes:
    # A password for an unencrypted key is not an error: the caller's settings may always have one.
    encrypted = b"ENCRYPTED" in block
    try:
        return load_pem_private_key(block, password if encrypted else None)
    except TypeError:
        found = "la llave está cifrada y no se indicó la contraseña"
        raise WrongPassword.of("signing.wrong_password", field="password", found=found) from None
    except (ValueError, UnsupportedAlgorithm):
        if encrypted:
            found = "una contraseña que no la descifra"
            raise WrongPassword.of("signing.wrong_password", field="password", found=found) from None
        raise NotAKeyStore.of("signing.damaged_key", field="key") from None
