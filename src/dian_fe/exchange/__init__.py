"""Into and out of other systems: sales from tables, received documents to tables, migration. Names load on first use.

No family is named here: what a kind needs is asked of its model and its roles.
"""

from __future__ import annotations

from .._lazy import TYPE_CHECKING, attach

if TYPE_CHECKING:
    from typing import Any

_load, __dir__, __all__ = attach(__name__)


def __getattr__(name: str) -> Any:
    if name == "Draft":  # until 0.8: it was the name of two things
        import warnings

        warnings.warn("exchange.Draft is now exchange.IncomingDraft", DeprecationWarning, stacklevel=2)
        name = "IncomingDraft"
    return _load(name)
