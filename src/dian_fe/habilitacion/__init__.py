"""The test set from end to end: planned, built, checked, sent one by one, polled, resumed, reported.

Norm: Res. 000165 de 2023 as compiled in Res. 000227 de 2025. Counts belong to the test set and are shown in DIAN's
portal; no operation of the service tells them, so they are given by the caller. Names are loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .plan import Counts, RunReport, RunState, sample_document
    from .run import HabilitacionRun

_HOME_OF = {
    "Counts": "plan",
    "HabilitacionRun": "run",
    "RunReport": "plan",
    "RunState": "plan",
    "sample_document": "plan",
}

__all__ = ["Counts", "HabilitacionRun", "RunReport", "RunState", "sample_document"]


def __getattr__(name: str) -> Any:
    """Load the module of a public name when it is first asked for."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
