"""The table-driven reader of elements: the mirror of the compiled writers, made from the same trees.

It survives what others write: unknown elements are listed, and nothing is raised. A datum that is empty or cannot be
understood is told and missing, it alone: its line, totals, party and document stay. Attributes of an empty element are
read all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, get_origin

from ..families.spec import DocumentKind
from . import vocabulary
from .codecs import DATE_OF, TIME_OF, Codec
from .extensions import DIAN
from .grammar import grammar_of, namespace_of, structure_of
from .namespaces import OTHER_STS
from .rows import CONTROL, Const, Row, Structure, attribute_name
from .tables.parties import DIAN_AGENCY
from .tree import Node, tree_of
from .where import Whereabouts

_Element = Any
_AGENCY = {attr.name: attr.const for attr in DIAN_AGENCY}
"""DIAN's agency attributes say nothing that a model would keep, wherever they stand."""


@dataclass(slots=True)
class Problem:
    """Odd data met while reading: told, never raised."""

    element: _Element = field(repr=False)
    message: str
    value: str | None = None
    attribute: str | None = None
    path: str = ""
    """Model path of what is missing or was understood otherwise: ``lines[0].price``; empty where the model has none."""
    where: Whereabouts = field(default_factory=Whereabouts, repr=False, compare=False)

    @property
    def xpath(self) -> str:
        """Where it is."""
        return self.where.of(self.element, self.attribute)

    def as_dict(self) -> dict[str, str | None]:
        """Give the JSON form of the command line."""
        return {"xpath": self.xpath, "message": self.message, "value": self.value, "path": self.path}


@dataclass(slots=True)
class State:
    """What one reading gathers besides the values."""

    control: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unmapped: list[tuple[_Element, str | None]] = field(default_factory=list)
    echoes: list[tuple[dict[str, Any], str, Any, _Element]] = field(default_factory=list)
    currencies: dict[str, _Element] = field(default_factory=dict)
    """Each @currencyID met, with the first element that has it."""
    amount_attributes: list[tuple[str, str]] | None = None
    """The attributes of the last amount, which are those of the next one unless something is odd."""
    where: Whereabouts = field(default_factory=Whereabouts)
    elements: dict[int, tuple[dict[str, _Element], Reader]] = field(default_factory=dict)
    """For the values of each structure (by identity), the element that told each field, and the structure's reader."""
    absent: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    """Values of a structure that lacks a datum which its model demands, with the datum's name."""
    silent: list[tuple[dict[str, Any], dict[str, Any], str]] = field(default_factory=list)
    """Structures that say nothing, which the model does not get, each with the values and the name that it had."""
    unplaced: list[tuple[Problem, dict[str, Any], str]] = field(default_factory=list)
    """Problems of a datum, with the values that it belongs to, whose path is known when all is read."""

    def places_of(self, values: Any) -> dict[str, _Element]:
        """Return the elements that told the fields of a structure, and under "" its own."""
        known = self.elements.get(id(values))
        return {} if known is None else known[0]

    def demanded_of(self, values: Any) -> frozenset[str]:
        """Return the fields of a structure that its model demands."""
        known = self.elements.get(id(values))
        return frozenset() if known is None else known[1].demanded

    def tell(
        self,
        element: _Element,
        message: str,
        value: str | None = None,
        attribute: str | None = None,
        *,
        owner: dict[str, Any] | None = None,
        name: str | None = None,
    ) -> None:
        """Note a problem; ``owner`` and ``name`` are of the datum concerned."""
        problem = Problem(element, message, value, attribute, where=self.where)
        self.problems.append(problem)
        if owner is not None and name:
            self.unplaced.append((problem, owner, name.partition(":")[0]))


class Entry:
    """What to do with one child element."""

    __slots__ = (
        "amount",
        "attrs",
        "codec",
        "const",
        "control",
        "decode",
        "echo",
        "entries",
        "many",
        "name",
        "own",
        "plain",
        "structure",
    )

    def __init__(self) -> None:
        self.name = ""
        """Field of the model; none for an element that only holds others."""
        self.codec: Codec | None = None
        self.decode: Callable[[str], Any] | None = None
        self.structure: Reader | None = None
        self.entries: dict[str, Entry] | None = None
        self.attrs: dict[str, str | None] = {}
        self.own: dict[str, Entry | None] = {}
        """Attributes that rows of their own name, for elements that have such; None for a constant."""
        self.many = self.echo = self.control = self.amount = self.const = False
        self.plain = False
        """Whether it is one text of the structure's own, as nearly all elements are."""


class Reader:
    """Reads the elements of one structure within a kind."""

    __slots__ = ("blanks", "demanded", "entries", "finish", "model", "own")

    def __init__(self, model: type[Any]) -> None:
        self.model = model
        self.entries: dict[str, Entry] = {}
        self.own: dict[str, Entry | None] = {}
        """What to do with the attributes of the element itself."""
        self.finish: Callable[[dict[str, Any], _Element], None] | None = None
        self.blanks: dict[str, tuple[()] | None] = {}
        """What the XML does not say stays unsaid: fields with a default of their own begin as None, lists as empty."""
        self.demanded: frozenset[str] = frozenset()
        """Fields that cannot be None: what does not say them lacks them, and no usual value is taken instead."""

    def read(self, element: _Element, state: State) -> dict[str, Any]:
        """Give the values found below an element."""
        values: dict[str, Any] = dict(self.blanks)
        places: dict[str, _Element] = {"": element}
        state.elements[id(values)] = places, self
        if self.own:
            _own_attributes(element, self.own, values, places, state)
        _walk(element, self.entries, values, places, state)
        if self.finish is not None:
            self.finish(values, element)
        if not self.demanded <= values.keys():
            self.note_absent(element, values, places, state)
        return values

    def note_absent(self, element: _Element, values: dict[str, Any], places: dict[str, _Element], state: State) -> None:
        """Note the data that an element lacks; those not told yet, whose elements are not there, are told."""
        for name in sorted(self.demanded - values.keys()):
            state.absent.append((values, name))
            if name not in places:
                state.tell(element, f"no dice «{name}»; el dato falta.", owner=values, name=name)


def _walk(
    element: _Element, entries: dict[str, Entry], values: dict[str, Any], places: dict[str, _Element], state: State
) -> None:
    for child in element[:]:
        entry = entries.get(child.tag)
        if entry is None:
            if isinstance(child.tag, str):
                state.unmapped.append((child, None))
        elif entry.plain:
            text, name, attributes = child.text, entry.name, child.items()
            usual = attributes == state.amount_attributes if entry.amount else not attributes
            if not usual or text is None or not (text := text.strip()) or len(child) or values.get(name) is not None:
                _leaf(child, entry, values, places, state)
                continue
            try:
                values[name] = text if entry.decode is None else entry.decode(text)
                places[name] = child
            except ValueError:
                _leaf(child, entry, values, places, state)
        elif entry.structure is not None:
            _structure(child, entry, entry.structure, values, places, state)
        else:
            if entry.name:
                _leaf(child, entry, values, places, state)
            elif entry.const:
                _const(child, state)
            elif entry.own:
                _own_attributes(child, entry.own, values, places, state)
            if entry.entries is not None:
                _walk(child, entry.entries, values, places, state)


def _const(child: _Element, state: State) -> None:
    """Tell what is empty of an element whose text is always the same, which no model keeps."""
    if not len(child) and not (child.text or "").strip():
        state.tell(child, _EMPTY)
    for attribute, value in child.attrib.items():
        if not value.strip():
            state.tell(child, _EMPTY, attribute=attribute)


def _structure(
    child: _Element,
    entry: Entry,
    reader: Reader,
    values: dict[str, Any],
    places: dict[str, _Element],
    state: State,
) -> None:
    name = entry.name
    read = reader.read(child, state)
    if not entry.many and reader.demanded and not any(value not in _UNSAID for value in read.values()):
        state.silent.append((read, values, name))
        return  # nothing in it says anything, and that has been told
    if entry.many:
        values.setdefault(name, []).append(read)
    elif values.get(name) is None:
        values[name] = read
        places[name] = child
    else:
        state.unmapped.append((child, None))


def _own_attributes(
    element: _Element, own: dict[str, Entry | None], values: dict[str, Any], places: dict[str, _Element], state: State
) -> None:
    """Read the attributes that rows of their own name; others are unmapped."""
    for attribute, text in element.attrib.items():
        if attribute in own:
            _own_attribute(element, attribute, text.strip(), own[attribute], values, places, state)
        elif not attribute.startswith("{"):
            state.unmapped.append((element, attribute))


def _own_attribute(
    element: _Element,
    attribute: str,
    text: str,
    entry: Entry | None,
    values: dict[str, Any],
    places: dict[str, _Element],
    state: State,
) -> None:
    name = "" if entry is None else entry.name
    owner = state.control if entry is not None and entry.control else values
    echo = entry is not None and entry.echo
    if not text:
        state.tell(element, _EMPTY, None, attribute, owner=None if echo else owner, name=name)
        places.setdefault(name, element)
        return
    if entry is None:
        return
    codec = entry.codec
    assert codec is not None
    value: Any = text
    if codec.decode is not None:
        try:
            value = codec.decode(text)
        except ValueError as error:
            value = leniently(codec, text)
            end = "el dato falta." if value is None else f"se entendió {_shown(value)}."
            state.tell(element, f"{error}; {end}", text, attribute, owner=None if echo else owner, name=name)
    if value is None:
        places.setdefault(name, element)
    elif echo:
        state.echoes.append((owner, name, value, element))
    elif owner.get(name) in _UNSAID:
        owner[name] = value
        places[name] = element


_EMPTY = "está vacío; el dato falta."
_UNSAID = (None, ())


def _leaf(child: _Element, entry: Entry, values: dict[str, Any], places: dict[str, _Element], state: State) -> None:
    name, codec = entry.name, entry.codec
    assert codec is not None
    owner = state.control if entry.control else values
    if len(child) and entry.entries is None:
        state.unmapped.extend((grandchild, None) for grandchild in child if isinstance(grandchild.tag, str))
    value = _value(child, entry, codec, None if entry.echo else owner, state)
    if child.attrib:
        _attributes(child, entry, owner, places, state)
    if codec.currency and "currencyID" not in child.attrib:
        state.tell(child, "no dice su moneda.", attribute="currencyID")
    if value is None:
        if owner.get(name) is None:
            places.setdefault(name, child)
        return
    if entry.echo:
        state.echoes.append((owner, name, value, child))
        return
    if entry.many:
        owner.setdefault(name, []).append(value)
        return
    if owner.get(name) not in _UNSAID:
        state.unmapped.append((child, None))
        return
    owner[name] = value
    places[name] = child


def _value(child: _Element, entry: Entry, codec: Codec, owner: dict[str, Any] | None, state: State) -> Any:
    """Decode the text of an element; None, and told, when it is empty or cannot be understood."""
    text = child.text or ""
    stripped = text.strip()
    if not codec.verbatim:
        text = stripped
    value: Any = text
    if (stripped or codec.empty) and codec.decode is not None:
        try:
            value = codec.decode(text)
        except ValueError as error:
            value = leniently(codec, text)
            end = "el dato falta." if value is None else f"se entendió {_shown(value)}."
            state.tell(child, f"{error}; {end}", text, owner=owner, name=entry.name)
    if not stripped or value == ():
        state.tell(child, _EMPTY, text or None, owner=owner, name=entry.name)
        return "" if codec.empty else None
    return value


def _shown(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def leniently(codec: Codec, text: str) -> Any:
    """Understand a text that the codec's ``decode`` refuses, None when nobody can."""
    if codec.lenient is None:
        return None
    try:
        return codec.lenient(text)
    except (ValueError, OverflowError):
        return None


def _attributes(
    child: _Element, entry: Entry, owner: dict[str, Any], places: dict[str, _Element], state: State
) -> None:
    known, own = entry.attrs, entry.own
    for attribute, value in child.attrib.items():
        if attribute in own:
            _own_attribute(child, attribute, value.strip(), own[attribute], owner, places, state)
            continue
        if attribute not in known:
            if attribute not in _AGENCY or _AGENCY[attribute] != value:
                state.unmapped.append((child, attribute))
            continue
        name = known[attribute]
        value = value.strip()
        target, field_name = owner, name or ""
        if field_name.startswith(CONTROL):
            target, field_name = state.control, field_name.removeprefix(CONTROL)
        if not value:
            state.tell(child, _EMPTY, None, attribute, owner=None if entry.echo else target, name=field_name)
            places.setdefault(field_name, child)
            continue
        if attribute == "currencyID":
            state.currencies.setdefault(value, child)
            if len(child.attrib) == 1:
                state.amount_attributes = child.items()
        if name is None:
            continue
        if entry.echo:
            state.echoes.append((target, field_name, value, child))
        elif target.get(field_name) is None:
            target[field_name] = value
            places[field_name] = child


@cache
def reader(kind: DocumentKind) -> Reader:
    """Return the reader of a kind's root element."""
    return _Makers(kind).reader(structure_of(kind), kind.root)


@cache
def extension_readers(kind: DocumentKind) -> dict[str, Reader]:
    """Return the readers of what lives in the extensions; DIAN's is read wherever it is."""
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
                elif not _optional(info.annotation):
                    demanded.append(name)
                elif info.default_factory is not None or info.default is not None:
                    made.blanks[name] = None
            made.demanded = frozenset(demanded)
            root = tree_of(structure, type_name, self.kind).root
            made.own = self.own(root)
            made.entries = self.entries(root)
        return self.made[key]

    def entries(self, node: Node) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        for child in node.children.values():
            entry = self.entry(child)
            for tag in _clark(child.tag, self.kind):
                entries[tag] = entry
        return entries

    def own(self, node: Node) -> dict[str, Entry | None]:
        """Return what to do with the attributes of an element that rows of their own name."""
        own: dict[str, Entry | None] = {}
        for row in node.attrs:
            entry = None
            if isinstance(row, Row):
                assert isinstance(row.codec, Codec)
                entry = Entry()
                entry.name, entry.echo, entry.control, entry.codec = row.name, row.echo, row.in_control, row.codec
                if row.codec in (DATE_OF, TIME_OF):
                    entry.name = f"{row.name}:{row.codec.name}"
            own[attribute_name(row)] = entry
        return own

    def entry(self, node: Node) -> Entry:
        entry = Entry()
        row = node.row
        if isinstance(row, Row):
            entry.name, entry.many, entry.echo, entry.control = row.name, row.many, row.echo, row.in_control
            if isinstance(row.codec, Structure):
                entry.structure = self.reader(row.codec, _type(node.tag))
            else:
                entry.codec = row.codec
                if row.codec in (DATE_OF, TIME_OF):
                    entry.name = f"{row.name}:{row.codec.name}"
                entry.attrs = {a.name: None if a.derived else a.field for a in row.attrs}
                if row.codec.currency:
                    entry.attrs["currencyID"] = None
                own = row.codec.verbatim or row.codec.empty
                single = not (row.many or row.echo or row.in_control or own or node.children)
                entry.plain, entry.amount, entry.decode = single, row.codec.currency, row.codec.decode
        elif isinstance(row, Const):
            entry.entries, entry.const = {}, True
        entry.own = self.own(node)
        if node.children or (node.attrs and row is None):
            entry.entries = self.entries(node)
        return entry


def _optional(annotation: Any) -> bool:
    return type(None) in getattr(annotation, "__args__", ())


def _type(tag: str) -> str:
    return vocabulary.type_of(tag) if tag.startswith("cac:") else tag


def _clark(tag: str, kind: DocumentKind) -> list[str]:
    prefix, _, local = tag.rpartition(":")
    if not prefix:
        return [f"{{{namespace_of(kind)}}}{local}", local]
    uris = [grammar_of(kind).namespaces.prefixes[prefix], *(OTHER_STS if prefix == "sts" else ())]
    return [f"{{{uri}}}{local}" for uri in uris]
