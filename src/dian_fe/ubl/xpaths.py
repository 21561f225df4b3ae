"""Readable XPaths of elements: usual prefixes, positions only where names repeat.

Documents come from unknown senders, so that many paths of one tree must cost no more than the tree is long: the
children of an element are counted once, and no path is longer than `_LONGEST` characters whatever the names are and
however deep.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from .namespaces import PREFIXES

_Element = Any
_LONGEST = 400
"""Characters of a path; that of the deepest element of a signature has less than 300."""
_LONGEST_NAME = 100


class Whereabouts:
    """The paths of the elements of a tree, which must not change meanwhile."""

    __slots__ = ("_names", "_order", "_paths", "_positions")

    def __init__(self) -> None:
        """Start empty: children are counted when a path is first asked for."""
        self._paths: dict[_Element, str] = {}
        """Paths of the elements whose children were asked for."""
        self._positions: dict[_Element, dict[_Element, str]] = {}
        """Of each child that has a sibling of its name, or a name too long to be shown."""
        self._order: dict[_Element, int] = {}
        self._names: dict[str, str | None] = {}

    def of(self, element: _Element, attribute: str | None = None) -> str:
        """Return the XPath of an element, or of its attribute.

        A path that would be too long counts the elements of the document in their order: ``/descendant::*[12]``.
        """
        path = self._path(element)
        return f"{path}/@{attribute}" if attribute else path

    def _path(self, element: _Element) -> str:
        above = [element]
        while above[-1] not in self._paths and (parent := above[-1].getparent()) is not None:
            above.append(parent)
        path = self._paths.get(above[-1])
        if path is None:
            path = self._paths[above[-1]] = f"/{self._named(above[-1].tag) or '*'}"
        for parent, child in zip(reversed(above), reversed(above[:-1]), strict=False):
            self._paths[parent] = path
            path = f"{path}/{self._step(parent, child)}"
            if len(path) > _LONGEST:
                path = f"/descendant::*[{self._counted(child)}]"
        return path

    def _step(self, parent: _Element, child: _Element) -> str:
        positions = self._positions.get(parent)
        if positions is None:
            positions = self._positions[parent] = self._counted_by_name(parent)
        name = self._named(child.tag)
        return f"{name or '*'}{positions.get(child, '')}"

    def _counted(self, element: _Element) -> int:
        found = self._order.get(element)
        if found is None:
            root = element.getroottree().getroot()
            self._order.update((each, at) for at, each in enumerate(root.iter("*"), 1))
            found = self._order[element]
        return found

    def _counted_by_name(self, parent: _Element) -> dict[_Element, str]:
        """Count the children of one name among each other, and those with too long a name among all."""
        children = list(parent.iterchildren("*"))
        tags = [child.tag for child in children]
        times = Counter(tags)
        met: Counter[str] = Counter()
        found: dict[_Element, str] = {}
        for at, (child, tag) in enumerate(zip(children, tags, strict=True), 1):
            if self._named(tag) is None:
                found[child] = f"[{at}]"
            elif times[tag] > 1:
                met[tag] += 1
                found[child] = f"[{met[tag]}]"
        return found

    def _named(self, tag: str) -> str | None:
        """Return the name of a step; None when it is too long."""
        if tag not in self._names:
            namespace, _, local = tag.removeprefix("{").rpartition("}")
            prefix = PREFIXES.get(namespace)
            name = f"{prefix}:{local}" if prefix else local
            self._names[tag] = name if len(local) <= _LONGEST_NAME else None
        return self._names[tag]


def xpath_of(element: _Element) -> str:
    """Return the XPath of one element; `Whereabouts` is for many of one tree."""
    return Whereabouts().of(element)
