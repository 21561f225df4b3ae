"""The test set from end to end: planned, built, checked, sent one by one, polled, resumed, reported.

Norm: Res. 000165 de 2023 as compiled in Res. 000227 de 2025. Counts belong to the test set and are shown in DIAN's
portal; no operation of the service returns them, so the caller gives them. Names load on first use; ``Counts`` and
``sample_document`` are those of sales documents, kept here for compatibility.
"""

from __future__ import annotations

from .._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
