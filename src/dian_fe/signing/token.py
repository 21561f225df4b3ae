"""A key on a PKCS#11 token: module, token, login, key and signature, each with its own errors.

The library python-pkcs11 (extra ``pkcs11``) is imported when the first token is opened. It initialises modules without
locking (C_Initialize without arguments; PKCS#11 2.40, section 5.4), so calls to one module are serialised.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from ..errors import (
    AmbiguousKey,
    MissingExtra,
    MissingPrivateKey,
    NotAKeyStore,
    PinLocked,
    SigningError,
    TokenNotFound,
    WeakKey,
    WrongPassword,
)

if TYPE_CHECKING:
    import pkcs11
    from pydantic import SecretStr

_DIGEST_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")
"""The prefix of a SHA-256 digest in the block that RSA PKCS#1 v1.5 signs (RFC 8017, section 9.2, note 1)."""
_LOCKS: Final[dict[str, threading.RLock]] = {}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which key on which token of which module; None where only one exists."""

    module: str
    pin: SecretStr | None = field(repr=False)
    """None when it is typed on the reader's keyboard."""
    token_label: str | None = None
    token_serial: bytes | None = None
    key_label: str | None = None
    key_id: bytes | None = None

    @property
    def lock(self) -> threading.RLock:
        """The lock under which the module is called."""
        return _LOCKS.setdefault(self.module, threading.RLock())


@dataclass(frozen=True, slots=True)
class OpenToken:
    """A session in which the token is open, and the key found in it."""

    wanted: Wanted
    session: pkcs11.Session
    key: Any
    mechanism: pkcs11.Mechanism
    modulus: int
    """Modulus of the key, which identifies its certificate."""
    asks_each_time: bool
    """Whether the key needs the PIN for every signature (CKA_ALWAYS_AUTHENTICATE)."""

    def sign(self, data: bytes) -> bytes:
        """Have the token sign; raises the library's ``PKCS11Error``."""
        if self.mechanism.name == "RSA_PKCS":  # the token does not hash
            data = _DIGEST_INFO + hashlib.sha256(data).digest()
        pin = self.wanted.pin if self.asks_each_time else None
        value: bytes = self.key.sign(
            data, mechanism=self.mechanism, pin=None if pin is None else pin.get_secret_value()
        )
        return value

    def certificates(self) -> list[bytes]:
        """Return the certificates on the token, as DER; raises ``SigningError`` when reading fails."""
        library = _library()
        attribute = library.Attribute
        with self.wanted.lock:
            try:
                found = list(self.session.get_objects({attribute.CLASS: library.ObjectClass.CERTIFICATE}))
                return [value for item in found if (value := _attribute(item, attribute.VALUE))]
            except library.PKCS11Error as error:
                raise refused(error) from error


def open_token(wanted: Wanted) -> OpenToken:
    """Open the token and find the key.

    Raises ``MissingExtra``, ``NotAKeyStore`` (module), ``TokenNotFound``, ``WrongPassword``, ``PinLocked``,
    ``MissingPrivateKey``, ``AmbiguousKey``, ``WeakKey``; ``SigningError`` for other failures of the token.
    """
    library = _library()
    with wanted.lock:
        module = _module(library, wanted.module)
        try:
            token = _token(library, module, wanted)
            session = _login(library, token, wanted.pin)
            try:
                return _opened(library, token, session, wanted)
            except Exception:
                close(session)
                raise
        except library.PKCS11Error as error:
            raise refused(error) from error


def close(session: pkcs11.Session) -> None:
    """Close a session and log out; a session lost by the token is closed already."""
    with suppress(_library().PKCS11Error):
        session.close()


def worth_reopening(error: Exception) -> bool:
    """True if the token may sign in a new session: not when its owner cancelled at the keyboard."""
    library = _library()
    refused = isinstance(error, library.FunctionCancelled | library.FunctionRejected)
    return isinstance(error, library.PKCS11Error) and not refused


def refused(error: Exception) -> SigningError:
    """Return the exception for an error of the token without its own type."""
    found = type(error).__name__ + (f": {error}" if str(error) else "")
    return SigningError.of("signing.token_failed", field="token", found=found)


def _library() -> Any:
    try:
        import pkcs11
    except ImportError as error:
        raise MissingExtra.needed("pkcs11", "python-pkcs11", "firmar con un token PKCS#11") from error
    return pkcs11


def _opened(library: Any, token: Any, session: Any, wanted: Wanted) -> OpenToken:
    key = _key(library, session, wanted)
    return OpenToken(
        replace(wanted, token_serial=token.serial),  # a session that is lost is opened again on this very token
        session,
        key,
        _mechanism(library, token),
        int.from_bytes(key[library.Attribute.MODULUS], "big"),
        bool(_attribute(key, library.Attribute.ALWAYS_AUTHENTICATE)),
    )


def _module(library: Any, path: str) -> Any:
    try:
        return library.lib(path)
    except library.PKCS11Error as error:
        reason = error or type(error).__name__
        raise NotAKeyStore.of("signing.no_module", field="module", path=path, reason=reason) from error


def _token(library: Any, module: Any, wanted: Wanted) -> Any:
    present = []
    for slot in module.get_slots(token_present=True):
        try:
            token = slot.get_token()
        except (library.TokenNotPresent, library.TokenNotRecognised):
            continue
        if token.flags & library.TokenFlag.TOKEN_INITIALIZED:
            present.append(token)
    label, serial = wanted.token_label, wanted.token_serial
    fitting = [each for each in present if label in {None, each.label} and serial in {None, each.serial}]
    if len(fitting) == 1:
        return fitting[0]
    found = "; ".join(sorted(f"«{token.label}» de serie {_text(token.serial)}" for token in fitting or present))
    if fitting:
        raise AmbiguousKey.of("signing.several_tokens", field="token_label", found=found)
    if label is None and serial is None:
        raise TokenNotFound.of("signing.no_tokens", field="token", found=found or "ningún token")
    asked = [f"«{label}»"] * (label is not None) + [f"de serie {_text(serial)}"] * (serial is not None)
    field = "token_serial" if label is None else "token_label"
    found = found or "ningún token"
    raise TokenNotFound.of("signing.token_not_found", field=field, found=found, expected=" ".join(asked))


def _login(library: Any, token: Any, pin: SecretStr | None) -> Any:
    flags, known = token.flags, library.TokenFlag
    if flags & known.USER_PIN_LOCKED:
        raise PinLocked.of("signing.pin_locked", field="pin")
    secret: Any = None if pin is None else pin.get_secret_value()
    if pin is None and flags & known.LOGIN_REQUIRED:
        if not flags & known.PROTECTED_AUTHENTICATION_PATH:
            raise _wrong("ninguno", "indique pin; este token no tiene teclado propio.")
        secret = library.PROTECTED_AUTH
    try:
        return token.open(user_pin=secret)
    except library.UserAlreadyLoggedIn:
        return token.open()  # a login holds for all sessions of the process (PKCS#11 2.40, section 2.6)
    except library.PinLocked as error:
        raise PinLocked.of("signing.pin_locked", field="pin") from error
    except (library.PinIncorrect, library.PinInvalid, library.PinLenRange) as error:
        raise _wrong("otro PIN", _tries_left(library, token)) from error
    except (library.PinExpired, library.UserPinNotInitialized) as error:
        raise _wrong("un PIN vencido o sin definir", "defina el PIN con el programa del token.") from error


def _tries_left(library: Any, token: Any) -> str:
    """Return the remedy for a wrong PIN, with the tries left by the token's flags."""
    flags, known = token.slot.get_token().flags, library.TokenFlag
    if flags & known.USER_PIN_LOCKED:
        return "el token quedó bloqueado: desbloquéelo con su PUK o con la entidad de certificación."
    if flags & known.USER_PIN_FINAL_TRY:
        return "revise el PIN antes de seguir: queda un solo intento, y con otro errado el token se bloquea."
    return "revise el PIN; tras varios errados el token se bloquea."


def _wrong(found: str, remedy: str) -> WrongPassword:
    return WrongPassword.of("signing.wrong_pin", field="pin", found=found, remedy=remedy)


def _key(library: Any, session: Any, wanted: Wanted) -> Any:
    attribute = library.Attribute
    asked = {attribute.LABEL: wanted.key_label, attribute.ID: wanted.key_id}
    named = {name: value for name, value in asked.items() if value is not None}
    private = {attribute.CLASS: library.ObjectClass.PRIVATE_KEY}
    fitting = list(session.get_objects(private | named))
    if len(fitting) == 1:
        return _usable(library, fitting[0])
    if fitting:
        raise AmbiguousKey.of("signing.several_token_keys", field="key_label", found=_listed(fitting))
    field = "key_label" if wanted.key_label is not None else "key_id"
    if not named:
        raise MissingPrivateKey.of("signing.token_without_keys", field=field)
    others = _listed(session.get_objects(private)) or "ninguna llave privada"
    expected = _shown(wanted.key_label, wanted.key_id)
    raise MissingPrivateKey.of("signing.token_without_key", field=field, found=others, expected=expected)


def _listed(keys: Iterable[Any]) -> str:
    return "; ".join(sorted(_shown(key.label, key.id) for key in keys))


def _usable(library: Any, key: Any) -> Any:
    if key.key_type is library.KeyType.RSA and hasattr(key, "sign"):
        return key
    unable = "" if hasattr(key, "sign") else ", no habilitada para firmar"
    found = f"{_listed([key])}: {getattr(key.key_type, 'name', key.key_type)}{unable}"
    raise WeakKey.of("signing.weak_token_key", field="key", found=found)


def _mechanism(library: Any, token: Any) -> Any:
    offered = token.slot.get_mechanisms()
    for mechanism in (library.Mechanism.SHA256_RSA_PKCS, library.Mechanism.RSA_PKCS):
        if mechanism in offered:
            return mechanism
    found = ", ".join(sorted(getattr(each, "name", str(each)) for each in offered)) or "ningún mecanismo"
    raise SigningError.of("signing.mechanism", field="token", found=found)


def _attribute(item: Any, name: Any) -> Any:
    """Return an optional attribute of the token; None without it."""
    library = _library()
    try:
        return item[name]
    except (library.AttributeTypeInvalid, library.AttributeSensitive):
        return None


def _shown(label: str | None, identifier: bytes | None) -> str:
    parts = [f"«{label}»" if label else "", f"id {identifier.hex()}" if identifier else ""]
    return " ".join(filter(None, parts)) or "sin nombre"


def _text(serial: bytes | None) -> str:
    return (serial or b"").decode("ascii", "replace").strip()
