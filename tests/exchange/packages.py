"""Made-up packages that a company receives, each with an invoice of its own."""

from __future__ import annotations

from functools import cache

from dian_fe.testing import Simulator


@cache
def packages(count: int = 50) -> tuple[bytes, ...]:
    """Return the ZIPs that as many sellers sent to one buyer."""
    return tuple(Simulator(seed=seed).deliver(to="800199436") for seed in range(count))
