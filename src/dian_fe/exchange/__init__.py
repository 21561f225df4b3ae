"""Into and out of other systems: sales from tables, received documents to tables, migration. Names load on first use.

No family is named here: what a kind needs is asked of its model and its roles.
"""

from __future__ import annotations

from .._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
