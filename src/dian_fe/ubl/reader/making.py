"""Makes the readers of a kind from its tables, arranged as the same trees that the compiled writers are made from."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args, get_origin

from ...families.spec import DocumentKind
from ..codecs import DATE_OF, TIME_OF, Codec
from ..extensions import DIAN
from ..grammar import grammar_of, namespace_of, structure_of
from ..namespaces import NAMESPACES, OTHER_STS
from ..table import Const, Row, Structure, attribute_name
from ..tree import Node, tree_of
from .elements import Entry, Reader
from .plain import plain_defaults


@cache
def reader(kind: DocumentKind) -> Reader:
    """Return the reader of a kind's root element."""
    made = _Makers(kind).reader(structure_of(kind), kind.root)
    made.plain = None  # what the values of a document lack is known only when its extensions have been read
    return made


@cache
def extension_readers(kind: DocumentKind) -> dict[str, Reader]:
    """Return the readers of the blocks in the extensions; DIAN's is read wherever it is."""
    makers = _Makers(kind)
    slots = (DIAN, *grammar_of(kind).extensions)
    return {name: makers.reader(*of) for slot in slots for name, of in slot.structures().items()}


class _Makers:
    """Makes the readers of one kind, each structure once per type of element."""

    def __init__(self, kind: DocumentKind) -> None:
        self.kind = kind
        self.made: dict[tuple[str, str], Reader] = {}

    def reader(self, structure: Structure, type_name: str) -> Reader:
        key = (structure.name, type_name)
        if key not in self.made:
            made = self.made[key] = Reader(structure.model)
            made.finish = structure.finish
            fields = structure.model.model_fields
            named = {row.field for row in structure.rows if isinstance(row, Row)}
            named -= {row.name for row in structure.rows if isinstance(row, Row) and row.codec in (DATE_OF, TIME_OF)}
            named |= {a.field for row in structure.rows for a in row.attrs if a.field and not a.derived}
            demanded = []
            for name, info in fields.items():
                if name not in named:
                    continue
                if get_origin(info.annotation) is tuple:
                    if info.default != ():
                        made.blanks[name] = ()
                elif type(None) not in get_args(info.annotation):
                    demanded.append(name)
                elif info.default_factory is not None or info.default is not None:
                    made.blanks[name] = None
            made.demanded, made.order = frozenset(demanded), tuple(sorted(demanded))
            root = tree_of(structure, type_name, self.kind).root
            made.own = self.own(root)
            made.entries = self.entries(root, structure.model)
            made.plain = plain_defaults(structure, made.demanded | made.blanks.keys())
            kept = [row for row in structure.rows if isinstance(row, Row) and not (row.in_control or row.echo)]
            made.lists = tuple({row.name for row in kept if row.many})
        return self.made[key]

    def entries(self, node: Node, model: type[Any]) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        for child in node.children.values():
            entry = self.entry(child, model)
            for tag in _clark(child.tag, self.kind):
                entries[tag] = entry
        return entries

    def own(self, node: Node) -> dict[str, Entry | None]:
        """Return what to do with the attributes of an element that have rows of their own."""
        own: dict[str, Entry | None] = {}
        for row in node.attrs:
            entry = None
            if isinstance(row, Row):
                assert isinstance(row.codec, Codec)
                entry = Entry(_datum_name(row), row.codec, echo=row.echo, control=row.in_control)
            own[attribute_name(row)] = entry
        return own

    def entry(self, node: Node, model: type[Any]) -> Entry:
        entry = Entry()
        row = node.row
        if isinstance(row, Row):
            entry.name, entry.many, entry.echo, entry.control = row.name, row.many, row.echo, row.in_control
            if isinstance(row.codec, Structure):
                entry.structure = self.reader(row.codec, node.type)
            else:
                entry.codec, entry.name = row.codec, _datum_name(row)
                entry.attrs = {a.name: None if a.derived else a.field for a in row.attrs}
                entry.expected = () if row.echo else tuple(a.name for a in row.attrs if a.expected)
                entry.blank = tuple(a.name for a in row.attrs if a.blank)
                if row.codec.currency:
                    entry.attrs["currencyID"] = None
                    entry.expected += ("currencyID",)
                entry.amount, entry.collection = row.codec.currency, row.codec.collection
                entry.decode = row.codec.decode
                entry.plain = not (row.many or row.echo or row.codec.verbatim or node.children or node.attrs)
        elif isinstance(row, Const):
            entry.entries, entry.const = {}, row.text
        if isinstance(row, Row | Const):
            entry.fixed = {a.name: a.const for a in row.attrs if a.const is not None}
            entry.derived = {a.name: getattr(model, a.field) for a in row.attrs if a.derived and a.field}
            entry.plain = entry.plain and not entry.derived
        entry.own = self.own(node)
        if node.children or (node.attrs and row is None):
            entry.entries = self.entries(node, model)
        return entry


def _datum_name(row: Row) -> str:
    """Return the field of a row; day and time of one moment are kept apart until both are read."""
    return f"{row.name}:{row.codec.name}" if row.codec in (DATE_OF, TIME_OF) else row.name


def _clark(tag: str, kind: DocumentKind) -> list[str]:
    prefix, _, local = tag.rpartition(":")
    if not prefix:
        return [f"{{{namespace_of(kind)}}}{local}", local]
    declared = grammar_of(kind).namespaces.prefixes
    usual = declared.get(prefix) or NAMESPACES[prefix]  # DIAN's extension is read of every kind
    uris = [usual, *(OTHER_STS if prefix == "sts" else ())]
    return [f"{{{uri}}}{local}" for uri in uris]
