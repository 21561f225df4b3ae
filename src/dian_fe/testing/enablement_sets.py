"""Test sets of the simulator: what a company must have accepted to be enabled."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from .._arguments import checked
from .authority import Verdict


class SetState(StrEnum):
    """State of a test set, in DIAN's words."""

    EN_PROCESO = "En proceso"
    ACEPTADO = "Aceptado"
    RECHAZADO = "Rechazado"


@checked
@dataclass(slots=True)
class TestSet:
    """A test set: how many documents of each kind it asks for, how many must be accepted, how many may be rejected.

    ``least``: those that must be accepted, by default all. ``max_rejected`` None allows any number: a real set was
    accepted with 167 rejections. What makes DIAN reject a set is not established; here it is that number.
    """

    __test__ = False  # keeps pytest from collecting the class

    id: str
    required: dict[str, int]
    max_rejected: int | None = None
    least: dict[str, int] | None = None
    accepted: Counter[str] = field(default_factory=Counter)
    rejected: int = 0

    @property
    def state(self) -> SetState:
        """Its state."""
        if self.max_rejected is not None and self.rejected > self.max_rejected:
            return SetState.RECHAZADO
        least = self.required if self.least is None else self.least
        done = all(self.accepted[kind] >= count for kind, count in least.items())
        return SetState.ACEPTADO if done else SetState.EN_PROCESO

    def count(self, kind: str, verdict: Verdict) -> None:
        """Count a verdict about a document sent for this set."""
        if verdict.is_valid:
            self.accepted[kind] += 1
        else:
            self.rejected += 1
