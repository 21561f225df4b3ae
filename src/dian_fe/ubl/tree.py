"""From flat rows to the tree of elements that one kind of document has, in UBL's order.

Rows whose element the kind's XSD lacks (WithholdingTaxTotal in notes) are left out and remembered: the writer refuses
a document that would lose them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..families.spec import DocumentKind
from . import vocabulary
from .grammar import grammar_of
from .rows import Const, Row, Structure, names_attribute


@dataclass(slots=True)
class Node:
    """An element of the tree: a leaf or nested structure (``row``), or a group of children."""

    tag: str
    """Prefixed name."""
    row: Row | Const | None = None
    children: dict[str, Node] = field(default_factory=dict)
    leaves: list[Node] = field(default_factory=list)
    """Rows that share this element's name with another row (they are written one after the other)."""
    attrs: list[Row | Const] = field(default_factory=list)
    """Rows whose path ends in one of its attributes."""


@dataclass(slots=True)
class Tree:
    """The elements of a structure inside a kind."""

    structure: Structure
    type: str
    root: Node
    left_out: tuple[Row, ...]


def _type_of(tag: str) -> str:
    return vocabulary.type_of(tag) if tag[:4] in {"cac:", "ext:"} else tag


def _children_of(type_name: str) -> dict[str, int] | None:
    """Give the position of each child in the type's sequence; None for types outside the UBL vocabulary."""
    members = vocabulary.members(type_name)
    return {name: position for position, (name, _, _) in enumerate(members)} if members else None


def tree_of(structure: Structure, type_name: str, kind: DocumentKind) -> Tree:
    """Arrange the rows of a structure as the elements of a type of UBL."""
    root = Node(type_name)
    left_out: list[Row] = []
    order = _children_of(type_name)
    words = grammar_of(kind).words
    for row in structure.rows:
        if isinstance(row, Row) and not row.in_control and not _has(structure.model, row.name):
            continue  # a datum of another kind's model
        steps = row.path.format_map(words).split("/")
        if order is not None and steps[0] not in order and not names_attribute(steps[0]):
            if isinstance(row, Row) and not row.echo:
                left_out.append(row)
            continue
        _place(root, type_name, steps, row)
    _sort(root, type_name)
    return Tree(structure, type_name, root, tuple(left_out))


def _has(model: type[Any], name: str) -> bool:
    return name in model.model_fields or hasattr(model, name)


def _place(node: Node, type_name: str, steps: list[str], row: Row | Const) -> None:
    for position, step in enumerate(steps):
        if names_attribute(step):
            node.attrs.append(row)
            return
        order = _children_of(type_name)
        if order is not None and step not in order:
            raise LookupError(f"{type_name} has no {step}: the table's path {row.path} is wrong")
        child = node.children.get(step)
        if child is None:
            child = node.children[step] = Node(step)
        if position < len(steps) - 1:
            type_name = _type_of(step)
        node = child
    if node.row is None:
        node.row = row
    else:
        node.leaves.append(Node(node.tag, row))


def _sort(node: Node, type_name: str) -> None:
    order = _children_of(type_name)
    if order is not None:
        node.children = dict(sorted(node.children.items(), key=lambda item: order[item[0]]))
    for child in node.children.values():
        if child.children:
            _sort(child, _type_of(child.tag))


def nested(node: Node) -> Iterator[tuple[Node, Structure]]:
    """Yield the places where another structure hangs below a node."""
    for child in node.children.values():
        if isinstance(child.row, Row) and isinstance(child.row.codec, Structure):
            yield child, child.row.codec
        yield from nested(child)
