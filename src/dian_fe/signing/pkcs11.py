"""Keys on a PKCS#11 token or HSM, which never leave it. Needs the extra ``pkcs11``."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from pydantic import SecretStr

from .._arguments import checked
from .._masks import refuse_mask
from ..errors import InvalidInput, PinLocked, SigningError, WrongPassword
from .certificates import UNREADABLE, load_certificates, order_chain
from .choosing import choose
from .signer import CheckedSigner, check_value
from .token import OpenToken, Wanted, close, open_token, refused, worth_reopening


@checked
class Pkcs11Signer(CheckedSigner):
    """A key on a PKCS#11 token: smart card, USB token, HSM, SoftHSM. Opened by ``Pkcs11Signer.open``.

    Use it as a context manager: the session is closed at the end. Safe to use from many threads; the token makes one
    signature at a time. A session that is lost (token taken out and put back, HSM restarted) is opened again once for
    each signature, on the same token; a PIN refused then is not retried, so that the token is not locked. After
    forking, each process must open its own.
    """

    __slots__ = ("__refusal", "__token", "__wanted")

    def __init__(self, token: OpenToken, certificate_chain: Sequence[x509.Certificate]) -> None:
        """Store an open token and the chain of its key; see ``open``."""
        super().__init__(certificate_chain)
        self.__wanted = token.wanted
        self.__token: OpenToken | None = token
        self.__refusal: WrongPassword | PinLocked | None = None

    @classmethod
    def open(
        cls,
        module: Path | str,
        pin: SecretStr | str | None = None,
        *,
        token_label: str | None = None,
        token_serial: str | bytes | None = None,
        key_label: str | None = None,
        key_id: bytes | str | None = None,
        certificates: Path | str | bytes | x509.Certificate | Sequence[x509.Certificate] | None = None,
    ) -> Pkcs11Signer:
        """Open a token and find the key and its certificates.

        ``module``: path of the PKCS#11 library of the token's maker. ``pin``: the user PIN; None when it is typed on
        the reader's keyboard. Token and key need be named only when there are several: the token by label or serial,
        the key by label (CKA_LABEL) or id (CKA_ID, bytes or hexadecimal). ``certificates``: certificates that the token
        lacks, as PEM or DER; the key's own may be among them, and precedes the token's.

        Raises ``MissingExtra``, ``NotAKeyStore`` (module or certificates), ``TokenNotFound``, ``WrongPassword``,
        ``PinLocked``, ``MissingPrivateKey``, ``AmbiguousKey`` (keys, or certificates of one key), ``KeyDoesNotMatch``
        (no certificate is the key's), ``NotForSigning``, ``WeakKey``, ``InvalidInput`` (``key_id`` is not hexadecimal),
        and ``SigningError`` for other failures.
        """
        refuse_mask(pin, "pin", "el PIN del token")
        given = () if certificates is None else load_certificates(certificates)
        wanted = Wanted(
            str(module),
            SecretStr(pin) if isinstance(pin, str) else pin,
            token_label,
            token_serial.encode() if isinstance(token_serial, str) else token_serial,
            key_label,
            _identifier(key_id),
        )
        token = open_token(wanted)
        try:
            bag = (*given, *_readable(token))
            _, leaf = choose([token.modulus], bag)
            return cls(token, order_chain(leaf, bag))
        except Exception:
            with token.wanted.lock:
                close(token.session)
            raise

    def __enter__(self) -> Self:
        """Return the signer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the session."""
        self.close()

    def close(self) -> None:
        """Log out and close the session; nothing can be signed afterwards."""
        with self.__wanted.lock:
            if self.__token is not None:
                close(self.__token.session)
            self.__token = None

    def sign(self, data: bytes) -> bytes:
        """Have the token sign ``data`` (RSA PKCS#1 v1.5 with SHA-256) and verify the value.

        Raises ``SigningError``; also the errors of ``open`` when the session was lost and cannot be reopened.
        """
        with self.__wanted.lock:
            value = self.__signature(data)
        return check_value(self._public_key, value, data)

    def __signature(self, data: bytes) -> bytes:
        token = self.__token
        if token is None:
            raise SigningError.of("signing.closed", field="signer")
        try:
            return token.sign(data)
        except Exception as error:
            if not worth_reopening(error):
                raise refused(error) from error
        token = self.__reopened(token)
        try:
            return token.sign(data)
        except Exception as error:
            raise refused(error) from error

    def __reopened(self, lost: OpenToken) -> OpenToken:
        if self.__refusal is not None:
            raise copy(self.__refusal)
        close(lost.session)
        try:
            self.__token = open_token(self.__wanted)
        except (WrongPassword, PinLocked) as error:
            self.__refusal = error
            raise
        return self.__token


def _identifier(key_id: bytes | str | None) -> bytes | None:
    if not isinstance(key_id, str):
        return key_id
    try:
        return bytes.fromhex(key_id.replace(":", " "))
    except ValueError:
        raise InvalidInput.of("signing.not_hexadecimal", field="key_id", found=key_id) from None


def _readable(token: OpenToken) -> list[x509.Certificate]:
    """Return the token's X.509 certificates; other certificate types are skipped."""
    found = []
    for data in token.certificates():
        try:
            found.append(x509.load_der_x509_certificate(data))
        except UNREADABLE:
            continue
    return found
