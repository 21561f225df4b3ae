"""What DIAN demands of a document, as rules that run locally: code, place, values found and expected, remedy.

``check(subject)`` runs them, ``explain(code)`` describes a code, ``codes()`` lists every code known. Rules know only
models; callers pass XML, keys or an issuer in the `Subject`. Nothing is read at import.
"""

from __future__ import annotations

from .._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
