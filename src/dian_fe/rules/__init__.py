"""What DIAN demands of a document, as rules that run locally: code, place, values found and expected, remedy.

``check(subject)`` runs them, ``explain(code)`` tells what a code means, ``codes()`` lists every code known. Rules know
models only; whoever has XML, keys or an issuer hands them over in the `Subject`. Nothing is read at import.
"""

from __future__ import annotations

from .._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
