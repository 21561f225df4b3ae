"""The company: one verb for the whole way of a document, and the stores that survive a crash. Names load on first use.

`Company` joins the verbs of the other rooms and computes nothing of its own; the clock is read only here.
"""

from __future__ import annotations

from .._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
