"""Tools for testing with dian-fe: the simulator, a toy PKI, random documents. Public API, loaded at first use."""

from __future__ import annotations

from .._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
