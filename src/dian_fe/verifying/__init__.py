"""Verification of received documents: signatures, trust, who signed, and whether the parts agree with each other.

`examine` reports everything; `verify` returns `Verified` or raises; `verify_signature` judges one document's signature
alone. The causes of an invalid one are reported (`Cause`), and `first_difference` compares a document with its pristine
copy. Names load on first use.
"""

from __future__ import annotations

from .._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
