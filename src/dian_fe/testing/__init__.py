"""Tools for testing with dian-fe: the simulator, a toy PKI, random documents. Public API, loaded at first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy

if TYPE_CHECKING:
    from .judge import Accepted, Judge, Verdict
    from .mishaps import ListedScript, Mishap, SeededScript
    from .pki import ToyPki
    from .random_documents import random_document
    from .random_events import random_event
    from .server import SimulatorServer
    from .simulator import Simulator
    from .test_sets import SetState, TestSet

_HOMES = {
    "judge": (
        "Accepted",
        "Judge",
        "Verdict",
    ),
    "mishaps": (
        "ListedScript",
        "Mishap",
        "SeededScript",
    ),
    "pki": ("ToyPki",),
    "random_documents": ("random_document",),
    "random_events": ("random_event",),
    "server": ("SimulatorServer",),
    "simulator": ("Simulator",),
    "test_sets": (
        "SetState",
        "TestSet",
    ),
}

if not TYPE_CHECKING:  # a checker would take any name from a module that has __getattr__
    __getattr__, __dir__ = lazy(__name__, _HOMES)

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
    "random_event",
]
