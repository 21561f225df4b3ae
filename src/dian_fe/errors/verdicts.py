"""DIAN, the simulator or the local check rejected the document."""

from __future__ import annotations

from .base import TYPE_CHECKING, DianFeError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class Rejected(DianFeError):
    """The document was rejected; ``faults`` says by which rules."""

    def __init__(self, message: str, *, faults: Sequence[Any] = (), **details: Any) -> None:
        super().__init__(message, **details)
        self.faults = tuple(faults)


class CheckFailed(DianFeError):
    """The local check found a confirmed rejection: nothing was stored or sent, and no number is spent.

    ``faults`` are the confirmed rejections.
    """

    def __init__(self, message: str, *, faults: Sequence[Any] = (), **details: Any) -> None:
        super().__init__(message, **details)
        self.faults = tuple(faults)


class NumberTaken(Rejected):
    """Another document was accepted before under the same number (rule 90); ``found`` is its key, if DIAN names it."""


class EventRegistered(Rejected):
    """The invoice has another event of this code already (rule LGC01); ``found`` is its key, if DIAN names it."""
