"""Tools for testing with dian-fe: the simulator, a toy PKI, random documents. Public API, loaded at first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .judge import Accepted, Judge, Verdict
    from .pki import ToyPki
    from .random_documents import random_document
    from .simulator import Simulator

_HOME_OF = {
    "Accepted": "judge",
    "Judge": "judge",
    "Simulator": "simulator",
    "ToyPki": "pki",
    "Verdict": "judge",
    "random_document": "random_documents",
}

__all__ = ["Accepted", "Judge", "Simulator", "ToyPki", "Verdict", "random_document"]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{home}", __name__), name)
