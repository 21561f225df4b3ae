"""A night's documents at once: issued and read in parts, by processes or by Dask. Names load on first use.

A run has a folder: a manifest says what was asked, and each part is filed whole or not at all, so that a run goes on
where it was interrupted. What travels to a worker is the folder and the number of a part: never a key, a PIN or a
password.
"""

from __future__ import annotations

from .._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
