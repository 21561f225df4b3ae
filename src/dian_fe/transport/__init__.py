"""The exchange with DIAN's web service: clients, answers, shipments. Names load on first use."""

from __future__ import annotations

from .._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
