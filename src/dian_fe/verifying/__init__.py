"""Verification of what came: signatures, trust, who signed, and what the parts say of each other.

`examine` tells everything; `verify` gives `Verified` or raises; `verify_signature` judges the signature of one document
alone. One that does not hold is explained (`Cause`), and `first_difference` compares a document with its pristine copy.
Names are loaded when they are first used.
"""

from __future__ import annotations

from .._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
