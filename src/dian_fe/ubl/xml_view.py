"""The XML of a document as the rules look at it: by short paths with the usual prefixes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from .namespaces import NAMESPACES, OTHER_STS, PREFIXES


class DocumentXml:
    """A parsed document. ``size`` is that of the file in bytes."""

    def __init__(self, root: Any, size: int) -> None:
        """Take the root element and the size of the file that it was parsed from."""
        self.root = root
        self.size = size
        self._namespaces: dict[str, str] = NAMESPACES | {"": etree.QName(root).namespace or ""}
        self._found: dict[str, list[Any]] = {}
        """What was found below the root: a rule may ask once for each line."""
        if root.find(".//sts:DianExtensions", NAMESPACES) is None:
            for uri in OTHER_STS:
                if root.find(f".//{{{uri}}}DianExtensions") is not None:
                    self._namespaces["sts"] = uri

    def all(self, path: str, node: Any = None) -> list[Any]:
        """Return the elements at a path below an element (or the root), in document order; "" is the element itself."""
        if not path or path == ".":
            return [self.root if node is None else node]
        if node is not None:
            return node.findall(path, self._namespaces)  # type: ignore[no-any-return]
        if path not in self._found:
            self._found[path] = self.root.findall(path, self._namespaces)
        return self._found[path]

    def first(self, path: str, node: Any = None) -> Any | None:
        """Return the first element at a path below an element (or the root); None when there is none."""
        start = self.root if node is None else node
        return start.find(path, self._namespaces) if path and path != "." else start

    def everywhere(self, name: str) -> list[Any]:
        """Return every element of that prefixed name, or with that attribute (``@currencyID``), in document order."""
        if name.startswith("@"):
            return [element for element in self.root.iter(etree.Element) if name[1:] in element.attrib]
        prefix, _, local = name.rpartition(":")
        return list(self.root.iter(f"{{{self._namespaces[prefix]}}}{local}"))

    def text(self, path: str, node: Any = None) -> str | None:
        """Return the stripped text of the first element at a path; None when there is no element."""
        element = self.first(path, node)
        return None if element is None else (element.text or "").strip()

    def name(self, node: Any) -> str:
        """Return the prefixed name of an element; the root's own namespace has no prefix."""
        name = etree.QName(node)
        prefix = PREFIXES.get(name.namespace or "")
        return f"{prefix}:{name.localname}" if prefix else name.localname

    def declared(self) -> set[str]:
        """Return the usual prefixes of the namespaces that the root declares; other namespaces are left out."""
        return {PREFIXES[uri] for uri in self.root.nsmap.values() if uri in PREFIXES}

    def around(self, node: Any) -> Iterator[Any]:
        """Yield the elements around an element, the nearest first."""
        yield from node.iterancestors()
