"""``TypeVar`` with a default, which type checkers know before Python does: ``Signed`` alone is ``Signed[Any]``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import TypeVar as TypeVar
else:
    import typing

    def TypeVar(name, *, default=None, **options):  # noqa: N802
        """Return the type variable without its default."""
        return typing.TypeVar(name, **options)
