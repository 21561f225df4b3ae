"""Secrets outside of models: how they are hidden, and the mask shown in their place, which is refused as a value.

It imports neither other packages of the library nor pydantic, which opening a key does not need.
"""

from __future__ import annotations

import re
from typing import NoReturn

from .errors import InvalidInput, MaskedSecret

_MASK = "**********"
"""What ``str`` of pydantic's ``SecretStr`` gives."""
_SHOWN = (_MASK, f"SecretStr('{_MASK}')", f"SecretBytes(b'{_MASK}')")
"""The same and what its ``repr`` gives, which loggers and ``json.dumps(…, default=repr)`` write."""


def refuse_mask(value: object, field: str, what: str) -> None:
    """Refuse the ten asterisks, alone or as ``repr`` shows them; any other number of asterisks may be a real password.

    ``what`` names the secret in Spanish with its article. Raise ``MaskedSecret``.
    """
    inside = getattr(value, "get_secret_value", None)
    shown = value if inside is None else inside()
    if shown in _SHOWN or shown in [text.encode() for text in _SHOWN]:
        raise MaskedSecret.of("masked_secret", field=field, what=what)


UNSEEN = "\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
"""Control and format characters, for a class of a regular expression: invisible in a secret."""


class Hidden:
    """A secret that shows its mask, also in ``vars`` of its owner, and is not pickled."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        """Keep the secret."""
        self._value = value

    def get_secret_value(self) -> str:
        """Return the secret."""
        return self._value

    def __repr__(self) -> str:
        """Show the mask."""
        return _MASK

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse pickling, which would write the secret in plain text."""
        refuse_pickle("Esto lleva una contraseña", "cree el objeto de nuevo en el otro proceso, con su contraseña")


def refuse_pickle(what: str, remedy: str) -> NoReturn:
    """Raise ``TypeError``, as Python does for what cannot be pickled, in the words of the library's refusals."""
    raise TypeError(f"{what}: no se serializa con pickle, que la escribiría en claro. Qué hacer: {remedy}.")


def hidden_password(value: object, field: str, what: str) -> Hidden | None:
    """Return a password wrapped for storage, given as text or pydantic's ``SecretStr``; None stays None.

    Raise ``MaskedSecret`` for a mask, ``InvalidInput`` for another type or invisible characters.
    """
    refuse_mask(value, field, what)
    inside = getattr(value, "get_secret_value", None)
    text = value if inside is None else inside()
    if text is None:
        return None
    if not isinstance(text, str) or re.search(f"[{UNSEEN}]", text):
        kind = "un carácter de control o de formato" if isinstance(text, str) else type(text).__name__
        raise InvalidInput.of("hidden_password", field=field, found=kind, what=what)
    return Hidden(text)
