"""The representación gráfica: a document for people, as HTML and PDF (annex 1.9, section 5.8)."""

from __future__ import annotations

from .._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
