"""Public names that are loaded when they are first used, so that importing a package is quick."""

from __future__ import annotations

import sys
from importlib import import_module

TYPE_CHECKING = False
"""True for type checkers, as the one of ``typing``, whose import takes longer than that of the whole package."""

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any


def lazy(package: str, homes: Mapping[str, tuple[str, ...]]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a package (PEP 562) whose public names live in its modules.

    ``homes`` names, for each module of the package, the public names that it holds; ``..other`` is one beside it.
    """
    home_of = {name: home for home, names in homes.items() for name in names}

    def load(name: str) -> Any:
        home = home_of.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(home if home[0] == "." else f".{home}", package), name)
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return list(sys.modules[package].__all__)

    return load, names
