"""Which characters XML can carry."""

from __future__ import annotations

FORBIDDEN = r"\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff"
"""Characters that XML 1.0 (section 2.2) cannot carry, as the inside of a regular expression's class."""
