"""The token that proves that the library itself makes a value which callers only receive: `Verified`, `Event`.

Its constructors take it by keyword. Python cannot hide it: importing the token is forging a stage on purpose.
"""

from __future__ import annotations

from typing import Final, final

from .errors import NotAllowed

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any


@final
class Token:
    """Type of the token; there is one, `TOKEN`."""

    __slots__ = ()


TOKEN: Final = Token()


def require_token(token: object, key: str, **values: Any) -> None:
    """Raise ``NotAllowed``, with the message filed under ``key``, unless ``token`` is the library's."""
    if token is not TOKEN:
        raise NotAllowed.of(key, **values)
