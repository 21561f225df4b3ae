"""Public names that are loaded when they are first used, so that importing a package is quick.

A package lists them once, in its ``__init__.pyi``, which type checkers and editors read too.
"""

from __future__ import annotations

import sys
from importlib import import_module

from ._collector import paused

TYPE_CHECKING = False
"""True for type checkers, like that of ``typing``, whose import takes longer than that of the whole package."""

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def homes(package: str) -> dict[str, str]:
    """Return the module of each public name of a package, relative to it, in the order of its stub."""
    module: Any = sys.modules[package]
    stub = module.__spec__.loader.get_data(f"{module.__file__.rpartition('.')[0]}.pyi")  # from a ZIP too
    lines = (line.split() for line in stub.decode().splitlines())
    return {words[-1]: words[1] for words in lines if words[:1] == ["from"]}


def attach(package: str) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Return ``__getattr__`` and ``__dir__`` (PEP 562) and ``__all__`` of a package whose names live in its modules."""
    home_of = homes(package)
    names = sorted(home_of)

    def load(name: str) -> Any:
        home = home_of.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        with paused():  # loading makes thousands of objects, and nothing to collect: a thirtieth of a cold start
            value = getattr(import_module(home, package), name)
        setattr(sys.modules[package], name, value)
        return value

    return load, lambda: names.copy(), names
