"""Tools for testing with dian-fe: the simulator, a toy PKI, random documents. Public API, loaded at first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .judge import Accepted, Judge, Verdict
    from .mishaps import ListedScript, Mishap, SeededScript
    from .pki import ToyPki
    from .random_documents import random_document
    from .server import SimulatorServer
    from .simulator import Simulator
    from .test_sets import SetState, TestSet

_HOME_OF = {
    "Accepted": "judge",
    "Judge": "judge",
    "ListedScript": "mishaps",
    "Mishap": "mishaps",
    "SeededScript": "mishaps",
    "SetState": "test_sets",
    "Simulator": "simulator",
    "SimulatorServer": "server",
    "TestSet": "test_sets",
    "ToyPki": "pki",
    "Verdict": "judge",
    "random_document": "random_documents",
}

__all__ = [
    "Accepted",
    "Judge",
    "ListedScript",
    "Mishap",
    "SeededScript",
    "SetState",
    "Simulator",
    "SimulatorServer",
    "TestSet",
    "ToyPki",
    "Verdict",
    "random_document",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{home}", __name__), name)
