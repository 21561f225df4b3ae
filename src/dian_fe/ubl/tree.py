"""From flat rows to the tree of elements that one kind of document has, in UBL's order.

Rows whose element the kind's XSD lacks (WithholdingTaxTotal in notes) are left out and remembered: the writer refuses
a document that would lose them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..families.spec import DocumentKind
from .grammar import grammar_of
from .table import Const, Row, Structure, names_attribute
from .vocabulary import Vocabulary


@dataclass(slots=True)
class Node:
    """An element of the tree: a leaf or nested structure (``row``), or a group of children."""

    tag: str
    """Prefixed name."""
    type: str
    """Type of the vocabulary; a name of its own for what is free."""
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


def tree_of(structure: Structure, type_name: str, kind: DocumentKind, *, written: bool = False) -> Tree:
    """Arrange the rows of a structure as the elements of a type of the kind's vocabulary; ``written``: none silent."""
    grammar = grammar_of(kind)
    words = grammar.words
    root = Node(type_name, type_name)
    left_out: list[Row] = []
    known = grammar.vocabulary
    for row in structure.rows:
        model = structure.model
        if isinstance(row, Row) and not (row.in_control or row.name in model.model_fields or hasattr(model, row.name)):
            continue  # a datum of another kind's model
        if written and isinstance(row, Row) and row.silent:
            continue
        steps = row.path.format_map(words).split("/")
        if not _admits(known, type_name, steps[0]):
            if isinstance(row, Row) and not row.echo:
                left_out.append(row)
            continue
        _place(root, known, steps, row)
    _sort(root, known)
    return Tree(structure, type_name, root, tuple(left_out))


def _admits(known: Vocabulary, type_name: str, step: str) -> bool:
    """True if an element of a type may have a child or an attribute of that name."""
    if names_attribute(step):
        attributes = known.attributes(type_name)
        return attributes is None or any(step[1:] == attribute.name for attribute in attributes)
    members = known.members(type_name)
    return members is None or any(step == member.name for member in members)


def _place(node: Node, known: Vocabulary, steps: list[str], row: Row | Const) -> None:
    for step in steps:
        if not _admits(known, node.type, step):
            raise LookupError(f"{node.type} has no {step}: the table's path {row.path} is wrong")
        if names_attribute(step):
            node.attrs.append(row)
            return
        child = node.children.get(step)
        if child is None:
            child = node.children[step] = Node(step, known.type_of(node.type, step))
        node = child
    if node.row is None:
        node.row = row
    else:
        node.leaves.append(Node(node.tag, node.type, row))


def _sort(node: Node, known: Vocabulary) -> None:
    members = known.members(node.type)
    if members is not None:
        order = {member.name: position for position, member in enumerate(members)}
        node.children = dict(sorted(node.children.items(), key=lambda item: order[item[0]]))
    for child in node.children.values():
        if child.children:
            _sort(child, known)


def nested(node: Node) -> Iterator[tuple[Node, Structure]]:
    """Yield the places where another structure hangs below a node."""
    for child in node.children.values():
        if isinstance(child.row, Row) and isinstance(child.row.codec, Structure):
            yield child, child.row.codec
        yield from nested(child)
