"""The test set from end to end: planned, built, checked, sent one by one, polled, resumed, reported.

Norm: Res. 000165 de 2023 as compiled in Res. 000227 de 2025. Counts belong to the test set and are shown in DIAN's
portal; no operation of the service tells them, so they are given by the caller. Names are loaded when first used;
``Counts`` and ``sample_document`` are those of sales documents, whose home this was before each family had its own.
"""

from __future__ import annotations

from .._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
