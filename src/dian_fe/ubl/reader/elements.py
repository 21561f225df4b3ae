"""The table-driven reader of elements: the mirror of the compiled writers, made from the same trees.

It tolerates what other software writes: unknown elements are listed, and nothing is raised. An empty or unreadable
datum is reported and missing, but only that datum: its line, totals, party and document stay. Attributes of an empty
element are still read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from types import SimpleNamespace
from typing import Any, get_args, get_origin

from ...families.spec import DocumentKind
from ..codecs import DATE_OF, TIME_OF, XML_BLANKS, Codec
from ..extensions import DIAN
from ..grammar import grammar_of, namespace_of, structure_of
from ..namespaces import NAMESPACES, OTHER_STS
from ..table import CONTROL, Const, Row, Structure, attribute_name
from ..tables.parties import DIAN_AGENCY
from ..tree import Node, tree_of
from .warnings import State

_Element = Any
_Values = dict[str, Any]
_Places = dict[str, _Element]
_AGENCY = {attr.name: attr.const for attr in DIAN_AGENCY}
"""DIAN's agency attributes say nothing that a model would keep, wherever they stand."""


@dataclass(slots=True, eq=False)
class Entry:
    """What to do with one child element."""

    name: str = ""
    """Field of the model; none for an element that only holds others."""
    codec: Codec | None = None
    decode: Callable[[str], Any] | None = None
    structure: Reader | None = None
    entries: dict[str, Entry] | None = None
    attrs: dict[str, str | None] = field(default_factory=dict)
    """The field of each attribute; None for those without a field."""
    fixed: dict[str, str] = field(default_factory=dict)
    """Attributes that always say the same."""
    derived: dict[str, property] = field(default_factory=dict)
    """Attributes that follow from other data, and what they follow from."""
    expected: tuple[str, ...] = ()
    """Attributes without which the text has no meaning."""
    blank: tuple[str, ...] = ()
    """Attributes that tell nothing when they are empty."""
    const: str | None = None
    """The text that the element always has."""
    own: dict[str, Entry | None] = field(default_factory=dict)
    """Attributes that have rows of their own, for elements with such attributes; None for a constant."""
    many: bool = False
    echo: bool = False
    control: bool = False
    amount: bool = False
    plain: bool = False
    """Whether it is a single text that belongs to the structure itself, as nearly all elements are."""
    unit: str = ""
    """The attribute without which a plain text means nothing, as that of a quantity."""
    unit_field: str = ""


@dataclass(slots=True, eq=False)
class Reader:
    """Reads the elements of one structure within a kind."""

    model: type[Any]
    entries: dict[str, Entry] = field(default_factory=dict)
    own: dict[str, Entry | None] = field(default_factory=dict)
    """What to do with the attributes of the element itself."""
    finish: Callable[[dict[str, Any], _Element], None] | None = None
    blanks: dict[str, tuple[()] | None] = field(default_factory=dict)
    """Initial values: fields with a default begin as None, lists as empty, so that no default is invented."""
    demanded: frozenset[str] = frozenset()
    """Fields that cannot be None: where the XML lacks them they are missing, and no default replaces them."""
    order: tuple[str, ...] = ()
    """The same fields, in reporting order."""

    def read(self, element: _Element, state: State) -> _Values:
        """Return the values found below an element."""
        places = {} if len(element) or self.own else _NOWHERE
        values: _Values = self.blanks.copy()
        state.structures.append((values, element, places, self))
        if self.own:
            _own_attributes(element, self.own, values, places, state)
        _walk(element, self.entries, values, places, state)
        if self.finish is not None:
            self.finish(values, element)
        if not self.demanded <= values.keys():
            self.note_absent(element, values, places, state)
        return values

    def note_absent(self, element: _Element, values: _Values, places: _Places, state: State) -> None:
        """Note the data that an element lacks; report those whose elements are absent, if not reported yet."""
        lacking = self.order
        if not self.demanded.isdisjoint(values):  # otherwise one tuple serves all elements
            lacking = tuple(name for name in lacking if name not in values)
        state.absent.append((values, self, lacking))
        for name in lacking:
            if name not in places:
                state.lack(element, f"no indica «{name}»", owner=values, name=name)


def _walk(element: _Element, entries: dict[str, Entry], values: _Values, places: _Places, state: State) -> None:
    between, child = element.text, None
    loose = between is not None and not between.isspace()
    for child in element:
        between = child.tail
        if between is not None and not between.isspace():
            loose = True
        entry = entries.get(child.tag)
        if entry is None:
            if isinstance(child.tag, str):
                state.unmapped.add(child)
        elif entry.plain:
            text, name, attributes = child.text, entry.name, child.items()
            unit = ""
            if entry.amount:
                usual = attributes == state.amount_attributes
            elif entry.unit and len(attributes) == 1 and values.get(entry.unit_field) is None:
                unit = attributes[0][1].strip()
                usual = bool(unit) and attributes[0][0] == entry.unit
            else:
                usual = not (attributes or entry.unit)
            if not usual or text is None or not (bare := text.strip()) or len(child) or values.get(name) is not None:
                _leaf(child, entry, values, places, state)
                continue
            if bare != text:
                text = text.strip(XML_BLANKS)
            try:
                value = text if entry.decode is None else entry.decode(text)
            except ValueError:
                _leaf(child, entry, values, places, state)
                continue
            if unit:
                values[entry.unit_field] = unit
                places[entry.unit_field] = child
            values[name] = value
            places[name] = child
        elif entry.structure is not None:
            _structure(child, entry, entry.structure, values, places, state)
        else:
            if entry.name:
                _leaf(child, entry, values, places, state)
            elif entry.const is not None:
                _const(child, entry, entry.const, state)
            elif entry.own:
                _own_attributes(child, entry.own, values, places, state)
            if entry.entries is not None:
                _walk(child, entry.entries, values, places, state)
    if child is not None and (loose or (element.keys() and element not in state.attributed)):
        state.loose.append(element)


def _const(child: _Element, entry: Entry, const: str, state: State) -> None:
    """Report an element whose text is always the same and that no model keeps, if it is empty or different."""
    text = (child.text or "").strip()
    if not text:
        state.lack(child, _EMPTY)
    elif text != const:
        state.unmapped.add(child)
    for attribute, value in child.attrib.items():
        if not value.strip():
            state.lack(child, _EMPTY, attribute=attribute)
        elif value != entry.fixed.get(attribute):
            state.unmapped.add(child, attribute)


def _structure(child: _Element, entry: Entry, reader: Reader, values: _Values, places: _Places, state: State) -> None:
    name = entry.name
    if entry.many:
        values.setdefault(name, []).append(reader.read(child, state))
        return
    lengths = state.lengths()
    read = reader.read(child, state)
    lacks = reader.demanded and len(state.absent) > lengths[0]
    if lacks and not any(value not in _UNSAID for value in read.values()):
        state.leave(lengths, values, name)  # everything in it is empty, which has been reported
    elif values.get(name) is None:
        values[name] = read
        places[name] = child
    else:
        state.leave(lengths)
        _again(child, values, name, state)


def _again(child: _Element, owner: _Values, name: str, state: State) -> None:
    """Report a datum whose field has a value already."""
    state.tell(child, _REPEATED, (child.text or "").strip() or None, owner=owner, name=name)
    state.unmapped.add(child)


def _own_attributes(
    element: _Element, own: dict[str, Entry | None], values: _Values, places: _Places, state: State
) -> None:
    """Read the attributes that have rows of their own; others are unmapped."""
    state.attributed.add(element)
    for attribute, text in element.attrib.items():
        if attribute in own:
            _own_attribute(element, attribute, text.strip(), own[attribute], values, places, state)
        elif not attribute.startswith("{"):
            state.unmapped.add(element, attribute)


def _own_attribute(
    element: _Element, attribute: str, text: str, entry: Entry | None, values: _Values, places: _Places, state: State
) -> None:
    name = "" if entry is None else entry.name
    owner = state.control if entry is not None and entry.control else values
    echo = entry is not None and entry.echo
    if not text and entry is not None and entry.codec is not None and entry.codec.empty:
        owner[name] = text
        places[name] = element
        return
    if not text:
        state.lack(element, _EMPTY, None, attribute, owner=None if echo else owner, name=name)
        places.setdefault(name, element)
        return
    if entry is None:
        return
    codec = entry.codec
    assert codec is not None
    value = _decoded(element, attribute, text, codec, None if echo else owner, name, state)
    if value is None:
        places.setdefault(name, element)
    elif echo:
        state.echoes.append((owner, name, value, element, attribute))
    elif owner.get(name) in _UNSAID:
        owner[name] = value
        places[name] = element
    elif owner[name] != value:
        state.tell(element, _REPEATED, text, attribute, owner=owner, name=name)
        state.unmapped.add(element, attribute)


_REPEATED = "se repite; se leyó el primero."
_NOWHERE: _Places = {}
"""The places of the data of an empty element: one object for all."""
_EMPTY = "está vacío"
_UNSAID = (None, ())


def _leaf(child: _Element, entry: Entry, values: _Values, places: _Places, state: State) -> None:
    name, codec = entry.name, entry.codec
    assert codec is not None
    owner = state.control if entry.control else values
    if len(child) and entry.entries is None:
        state.attributed.add(child)
        state.loose.append(child)
        for grandchild in child.iterchildren("*"):
            state.unmapped.add(grandchild)
    value = _value(child, entry, codec, None if entry.echo else owner, state)
    if child.attrib:
        _attributes(child, entry, owner, places, state)
    for attribute in entry.expected:
        if attribute not in child.attrib:
            _without(child, entry, attribute, owner, places, state)
    if value is None:
        if owner.get(name) is None:
            places.setdefault(name, child)
        return
    if entry.echo:
        state.echoes.append((owner, name, value, child, None))
        return
    if entry.many:
        owner.setdefault(name, []).append(value)
        return
    if owner.get(name) not in _UNSAID:
        _again(child, owner, name, state)
        return
    owner[name] = value
    places[name] = child


def _value(child: _Element, entry: Entry, codec: Codec, owner: _Values | None, state: State) -> Any:
    """Decode the text of an element; report it and return None when it is empty or unreadable."""
    text = child.text or ""
    empty = not text.strip()
    if not codec.verbatim:
        text = text.strip(XML_BLANKS)
    value = None if empty else _decoded(child, None, text, codec, owner, entry.name, state)
    if empty or value == ():
        state.lack(child, _EMPTY, text or None, owner=owner, name=entry.name)
        return "" if codec.empty else None
    return value


def _decoded(
    element: _Element, attribute: str | None, text: str, codec: Codec, owner: _Values | None, name: str, state: State
) -> Any:
    """Decode a text that is not empty; report it and return None when it is unreadable."""
    if codec.decode is None:
        return text
    try:
        return codec.decode(text)
    except ValueError as error:
        value = leniently(codec, text)
        if value is None:
            state.lack(element, str(error), text, attribute, owner=owner, name=name)
        else:
            state.understand(element, str(error), _shown(value), text, attribute, owner=owner, name=name)
        return value


def _shown(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def leniently(codec: Codec, text: str) -> Any:
    """Return the value of a text that the codec's ``decode`` refuses; None if it cannot be parsed leniently either."""
    if codec.lenient is None:
        return None
    try:
        return codec.lenient(text)
    except (ValueError, OverflowError):
        return None


def _attributes(child: _Element, entry: Entry, owner: _Values, places: _Places, state: State) -> None:
    known, own = entry.attrs, entry.own
    for attribute, value in child.attrib.items():
        if attribute in own:
            _own_attribute(child, attribute, value.strip(), own[attribute], owner, places, state)
            continue
        if attribute not in known:
            if attribute not in _AGENCY or _AGENCY[attribute] != value:
                state.unmapped.add(child, attribute)
            continue
        value = value.strip()
        target, field_name = _field_of(entry, attribute, owner, state)
        name = known[attribute]
        if not value:
            if attribute not in entry.blank:
                state.lack(child, _EMPTY, None, attribute, owner=None if entry.echo else target, name=field_name)
                places.setdefault(field_name, child)
            continue
        if entry.fixed.get(attribute, value) != value:
            state.unmapped.add(child, attribute)
        if attribute == "currencyID":
            state.currencies.setdefault(value, child)
            if len(child.attrib) == 1:
                state.amount_attributes = child.items()
        if name is None:
            continue
        if entry.echo:
            state.echoes.append((target, field_name, value, child, attribute))
        elif target.get(field_name) is None:
            target[field_name] = value
            places[field_name] = child
    for attribute, follows in entry.derived.items():
        said = child.get(attribute, "").strip()
        if said and said != follows.__get__(SimpleNamespace(**owner)):
            state.unmapped.add(child, attribute)


def _field_of(entry: Entry, attribute: str, owner: _Values, state: State) -> tuple[_Values, str]:
    """Return the values and the name of the field that an attribute fills; no name when no field keeps it."""
    name = entry.attrs[attribute] or ""
    if name.startswith(CONTROL):
        return state.control, name.removeprefix(CONTROL)
    return owner, name


def _without(child: _Element, entry: Entry, attribute: str, owner: _Values, places: _Places, state: State) -> None:
    """Report that an element lacks an attribute that says what its text means."""
    if attribute == "currencyID":
        state.tell(child, "no indica su moneda.", attribute=attribute)
        return
    target, name = _field_of(entry, attribute, owner, state)
    state.lack(child, f"no indica «{name}»", attribute=attribute, owner=target, name=name)
    places.setdefault(name, child)


@cache
def reader(kind: DocumentKind) -> Reader:
    """Return the reader of a kind's root element."""
    return _Makers(kind).reader(structure_of(kind), kind.root)


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
                own = row.codec.verbatim or row.codec.empty
                if entry.expected and not row.codec.currency:
                    (name, told), *more = entry.attrs.items()
                    if told is None or told.startswith(CONTROL) or more or row.attrs[0].const is not None:
                        own = True
                    else:
                        entry.unit, entry.unit_field = name, told
                single = not (row.many or row.echo or row.in_control or own or node.children)
                entry.plain, entry.amount, entry.decode = single, row.codec.currency, row.codec.decode
        elif isinstance(row, Const):
            entry.entries, entry.const = {}, row.text
        if isinstance(row, Row | Const):
            entry.fixed = {a.name: a.const for a in row.attrs if a.const is not None}
            entry.derived = {a.name: getattr(model, a.field) for a in row.attrs if a.derived and a.field}
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
