"""The test set from end to end: planned, built, checked, sent one by one, polled, resumed, reported.

Norm: Res. 000165 de 2023 as compiled in Res. 000227 de 2025. Counts belong to the test set and are shown in DIAN's
portal; no operation of the service tells them, so they are given by the caller. Names are loaded when first used;
``Counts`` and ``sample_document`` are those of sales documents, whose home this was before each family had its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy

if TYPE_CHECKING:
    from ..families.sales.test_set import Counts, sample_document
    from .plan import RunReport, RunState, TestSetPlan
    from .run import HabilitacionRun

_HOMES = {
    "plan": ("RunReport", "RunState", "TestSetPlan"),
    "..families.sales.test_set": ("Counts", "sample_document"),
    "run": ("HabilitacionRun",),
}

if not TYPE_CHECKING:  # a checker would take any name from a module that has __getattr__
    __getattr__, __dir__ = lazy(__name__, _HOMES)

__all__ = ["Counts", "HabilitacionRun", "RunReport", "RunState", "TestSetPlan", "sample_document"]
