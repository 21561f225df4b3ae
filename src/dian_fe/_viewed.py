"""The mixin of values that notebooks show."""

from __future__ import annotations


class Viewed:
    """A value that has a view in notebooks: that of its class in ``_notebook``, else the fields of its repr."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Return its HTML for a notebook."""
        from ._notebook import show  # the room on top, which knows all classes: loaded by the first view

        return show(self)
