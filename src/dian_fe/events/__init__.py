"""Events of an invoice: acknowledgement, receipt, claim and acceptance (030 to 034).

Names load on first use.
"""

from __future__ import annotations

from .._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
