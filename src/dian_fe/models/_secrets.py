"""Secret fields of models. JSON without secrets has a mask in their place; that mask is refused as a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator, PlainSerializer, SecretStr, SerializationInfo

from .._masks import UNSEEN
from ..errors import InvalidInput, MaskedSecret
from ._base import Model

if TYPE_CHECKING:
    from ._fields import Taken

_MASK: Final = re.compile(r"\s*([*\u2217\uff0a\u2022\u25cf\u25e6\u25cb\u25a0\u2b24]\s*)+|Secret(Str|Bytes)\(b?'\**'\)")
"""Asterisks, bullets, circles and squares of any width, with or without spaces, which are never a PIN."""
_UNSEEN: Final = re.compile(f"[{UNSEEN}]")
"""Invisible characters, with which DIAN would compute another key."""
_BLANK: Final = re.compile(r"\s")
_KEY: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def checked_secret(value: SecretStr, what: str, remedy: str) -> SecretStr:
    """Return a secret as given. Raise ``MaskedSecret`` for a mask, ``InvalidInput`` for invisible characters.

    ``what`` names it in Spanish with its article; no message shows any of it.
    """
    text = value.get_secret_value()
    if _MASK.fullmatch(text):
        raise MaskedSecret.of("models.masked_secret", remedy=remedy, what=what)
    if _UNSEEN.search(text):
        raise InvalidInput.of("models.unseen_characters", what=what)
    return value


def checked_technical_key(value: SecretStr) -> SecretStr:
    """Return a technical key: 40 or 64 lower-case hexadecimal digits, the two forms seen in GetNumberingRange.

    Raise ``MaskedSecret``, or ``InvalidInput`` that describes the error without showing the key.
    """
    checked_secret(value, "el valor de la clave técnica", _FROM_SECRETS)
    text = value.get_secret_value()
    if not _KEY.fullmatch(text):
        raise InvalidInput.of("models.technical_key_form", found=_oddity(text))
    return value


def checked_pin(value: SecretStr) -> SecretStr:
    """Return the software's PIN. Raise ``MaskedSecret``, or ``InvalidInput`` for an empty one or unseen characters."""
    checked_secret(value, "el PIN del software", _FROM_SECRETS)
    if not value.get_secret_value():
        raise InvalidInput.of("models.empty_pin")
    return value


_FROM_SECRETS: Final = "use lo que devuelve Issuer.with_secrets(), o ponga el secreto después de leer el JSON."


def _oddity(text: str) -> str:
    """Return what is wrong with a key, without any of its characters."""
    odd = []
    if _BLANK.search(text):
        odd.append("espacios")
    if any(letter in "ABCDEF" for letter in text):
        odd.append("mayúsculas")
    if re.search(r"[^0-9A-Fa-f\s]", text):
        odd.append("caracteres que no son hexadecimales")
    return ", ".join([f"{len(text)} caracteres" if len(text) != 1 else "1 carácter", *odd])


PICKLE_REMEDY: Final = "pase with_secrets() por un canal protegido y use load_issuer en el otro proceso"


_IN_CLEAR: Final = object()
"""Serialization context of ``with_secrets``."""


class SecretModel(Model):
    """A model that holds secrets, itself or in its parts."""

    def with_secrets(self) -> dict[str, object]:
        """Return the JSON form with technical keys and PINs in plain text, for a file that the caller protects."""
        return self.model_dump(mode="json", exclude_none=True, context=_IN_CLEAR)


def _written(value: SecretStr, info: SerializationInfo) -> str:
    return value.get_secret_value() if info.context is _IN_CLEAR else str(value)


if TYPE_CHECKING:
    Pin = Taken[SecretStr, SecretStr | str]
    MaybeTechnicalKey = Taken[SecretStr | None, SecretStr | str | None]
else:
    _JSON = PlainSerializer(_written, when_used="json")
    Pin = Annotated[SecretStr, AfterValidator(checked_pin), _JSON]
    MaybeTechnicalKey = Annotated[SecretStr, AfterValidator(checked_technical_key), _JSON] | None
