"""Where a datum of the model is in the XML of a kind, and the other way round, computed from the tables.

``xpath_of("invoice", "lines[0].price")`` gives ``/Invoice/cac:InvoiceLine[1]/cac:Price/cbc:PriceAmount``. What has no
place of its own (a group, a list inside one element, a computed property) has that of the nearest thing around it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ..families.registry import kind as kind_named
from ..families.spec import DocumentKind
from .extensions import CONTENT
from .grammar import grammar_of, structure_of
from .table import CONTROL, Row, Structure, attribute_name
from .tree import Node, tree_of
from .xpaths import Whereabouts

_INDEX = re.compile(r"\[(\d+)\]")
_PREDICATE = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class _Maps:
    """Templates with ``[]`` where one of many stands; XPaths are looked up without their predicates."""

    xpaths: dict[str, str]
    """Model path → XPath."""
    paths: dict[str, tuple[str, tuple[int, ...]]]
    """XPath without predicates → model path, and which steps carry its indices."""


def xpath_of(kind: str, path: str) -> str:
    """Return the XPath of a model path (``control.`` begins what surrounds the document), positions from 1.

    ``kind`` is the name of a kind. For a path that the tables do not have it is the XPath of its nearest known owner,
    in the end the root.
    """
    maps = _maps(kind_named(kind))
    template = _INDEX.sub("[]", path)
    while template and template not in maps.xpaths:
        template = template[: max(template.rfind("."), template.rfind("["), 0)]
    xpath = maps.xpaths.get(template) or f"/{kind_named(kind).root}"
    for index in _INDEX.findall(path)[: template.count("[]")]:
        xpath = xpath.replace("[]", f"[{int(index) + 1}]", 1)
    return xpath


def path_of(kind: str, xpath: str) -> str:
    """Return the model path of an XPath with the usual prefixes, or that of its nearest known owner; "" for the root.

    A missing position means the first.
    """
    maps = _maps(kind_named(kind))
    steps = xpath.strip("/").split("/")
    bare = [_PREDICATE.sub("", step) for step in steps]
    while bare:
        owner, last = "/".join(bare[:-1]), steps[len(bare) - 1]
        found = maps.paths.get(f"{owner}/{last}") or maps.paths.get("/".join(bare))  # some are told by their position
        if found is not None:
            path, indexed = found
            for position in indexed:
                match = _INDEX.search(steps[position])
                path = path.replace("[]", f"[{int(match[1]) - 1 if match else 0}]", 1)
            return path
        bare.pop()
    return ""


@dataclass(frozen=True, slots=True)
class DocumentPlaces:
    """Both directions for one kind, as rules and reports ask for them."""

    kind: str
    elements: Whereabouts = field(default_factory=Whereabouts, repr=False, compare=False)

    def xpath(self, path: str) -> str:
        """Return the XPath of a model path."""
        return xpath_of(self.kind, path)

    def path(self, xpath: str) -> str:
        """Return the model path of an XPath."""
        return path_of(self.kind, xpath)

    def where(self, node: Any, attribute: str | None = None) -> str:
        """Return the XPath of an element, or of its attribute."""
        return self.elements.of(node, attribute)


@cache
def _maps(kind: DocumentKind) -> _Maps:
    maps = _Maps({}, {})
    places = Places(kind, maps)
    places.structure(structure_of(kind), kind.root, "", f"/{kind.root}")
    for slot in grammar_of(kind).extensions:
        slot.place(places, f"/{kind.root}/{CONTENT}")
    places.finish()
    return maps


class Places:
    """Walks the tables of a kind. Echoes and fallbacks only name a path that nothing else names."""

    def __init__(self, kind: DocumentKind, maps: _Maps) -> None:
        self.kind = kind
        self.maps = maps
        self.spare: dict[str, str] = {}

    def structure(self, structure: Structure, type_name: str, path: str, xpath: str) -> None:
        """Register a structure: ``path`` before its fields, ``xpath`` of its element."""
        self.node(tree_of(structure, type_name, self.kind).root, path, xpath)

    def node(self, node: Node, path: str, xpath: str) -> None:
        """Register what is below an element, and its own attributes."""
        for row in node.attrs:
            if isinstance(row, Row):
                here = row.field if row.in_control else f"{path}{row.name}"
                self.add(here, f"{xpath}/@{attribute_name(row)}", spare=row.echo)
        for child in node.children.values():
            place = f"{xpath}/{child.tag}"
            for leaf in (child, *child.leaves):
                if isinstance(leaf.row, Row):
                    self.row(leaf.row, child.type, path, place)
            if child.children or child.attrs:
                self.node(child, path, place)

    def row(self, row: Row, type_name: str, path: str, xpath: str) -> None:
        """Register a datum and its attributes, or the structure that it is."""
        here = row.field if row.in_control else f"{path}{row.name}"
        if row.many:
            self.maps.xpaths.setdefault(here, xpath)
            here, xpath = f"{here}[]", f"{xpath}[]"
        self.add(here, xpath, spare=row.echo)
        if row.fallback:
            self.spare.setdefault(f"{path}{row.fallback}", xpath)
        for attr in row.attrs:
            if attr.field:
                owner = "" if attr.field.startswith(CONTROL) else path
                self.add(f"{owner}{attr.field}", f"{xpath}/@{attr.name}", spare=row.echo)
        if isinstance(row.codec, Structure):
            self.structure(row.codec, type_name, f"{here}.", xpath)
            if row.fallback:
                fallback = Places(self.kind, _Maps(self.spare, {}))
                fallback.structure(row.codec, type_name, f"{path}{row.fallback}.", xpath)

    def add(self, path: str, xpath: str, *, spare: bool = False) -> None:
        """Register a datum in both directions: model path to XPath, and XPath to model path."""
        (self.spare if spare else self.maps.xpaths).setdefault(path, xpath)
        steps = xpath.strip("/").split("/")
        indexed = tuple(position for position, step in enumerate(steps) if step.endswith("[]"))
        self.maps.paths.setdefault(xpath.strip("/").replace("[]", ""), (path, indexed))

    def finish(self) -> None:
        """Register the paths that nothing else names."""
        for path, xpath in self.spare.items():
            self.maps.xpaths.setdefault(path, xpath)
