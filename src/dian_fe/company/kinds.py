"""The methods of `Company` that draft documents, each declared by the family of its kind."""

from __future__ import annotations

from typing import Any

from ..families.registry import find, kinds
from .drafts import Drafts


class Kinds(Drafts):
    """A method for each kind of document whose family declares one: ``company.invoice(…)``."""

    def __getattr__(self, name: str) -> Any:
        """Return the method of a kind of document."""
        kind = None if name.startswith("_") else find(name)
        methods = None if kind is None else kind.family.load(kind.family.drafts)
        if not hasattr(methods, name):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(methods, name).__get__(self)

    def __dir__(self) -> list[str]:
        """Return the names of its methods, those of the kinds included."""
        own = (each.name for each in kinds() if hasattr(each.family.load(each.family.drafts), each.name))
        return [*super().__dir__(), *own]
