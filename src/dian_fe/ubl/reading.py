"""The table-driven reader of elements: the mirror of the compiled writers, made from the same trees.

It survives what others write: unknown elements are listed, bad values are told and left out, and nothing is raised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from . import vocabulary
from .codecs import DATE_OF, TIME_OF, Codec
from .kinds import KINDS, NAMESPACES, OTHER_STS, Kind
from .rows import Const, Row, Structure
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
    where: Whereabouts = field(default_factory=Whereabouts, repr=False, compare=False)

    @property
    def xpath(self) -> str:
        """Where it is."""
        return self.where.of(self.element, self.attribute)

    def as_dict(self) -> dict[str, str | None]:
        """Give the JSON form of the command line."""
        return {"xpath": self.xpath, "message": self.message, "value": self.value}


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
    elements: dict[int, dict[str, _Element]] = field(default_factory=dict)
    """For the values of each structure (by identity), the element that told each field."""

    def tell(self, element: _Element, message: str, value: str | None = None, attribute: str | None = None) -> None:
        """Note a problem."""
        self.problems.append(Problem(element, message, value, attribute, self.where))


class Entry:
    """What to do with one child element."""

    __slots__ = (
        "amount",
        "attrs",
        "codec",
        "control",
        "decode",
        "echo",
        "entries",
        "many",
        "name",
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
        self.many = self.echo = self.control = self.amount = False
        self.plain = False
        """Whether it is one text of the structure's own, as nearly all elements are."""


class Reader:
    """Reads the elements of one structure within a kind."""

    __slots__ = ("assumed", "blanks", "entries", "finish")

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.finish: Callable[[dict[str, Any], _Element], None] | None = None
        self.blanks: dict[str, None] = {}
        """What the XML does not say stays unsaid: fields whose default would be computed begin as None."""
        self.assumed: dict[str, Any] = {}
        """Fields that cannot be None: their usual value is taken, and told."""

    def read(self, element: _Element, state: State) -> dict[str, Any]:
        """Give the values found below an element."""
        values: dict[str, Any] = dict(self.blanks)
        places: dict[str, _Element] = {"": element}
        state.elements[id(values)] = places
        _walk(element, self.entries, values, places, state)
        for name, default in self.assumed.items():
            if name not in values:
                state.tell(element, f"no dice «{name}»; se toma {default!r}.")
        if self.finish is not None:
            self.finish(values, element)
        return values


def _walk(
    element: _Element, entries: dict[str, Entry], values: dict[str, Any], places: dict[str, _Element], state: State
) -> None:
    for child in element[:]:
        entry = entries.get(child.tag)
        if entry is None:
            if isinstance(child.tag, str):
                state.unmapped.append((child, None))
        elif entry.plain:
            text = child.text
            if text is None or not (text := text.strip()):
                continue
            name, attributes = entry.name, child.items()
            usual = not attributes or (entry.amount and attributes == state.amount_attributes)
            if not usual or len(child) or values.get(name) is not None:
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
            if entry.entries is not None:
                _walk(child, entry.entries, values, places, state)


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
    if entry.many:
        values.setdefault(name, []).append(read)
    elif values.get(name) is None:
        values[name] = read
        places[name] = child
    else:
        state.unmapped.append((child, None))


def _leaf(child: _Element, entry: Entry, values: dict[str, Any], places: dict[str, _Element], state: State) -> None:
    name, codec = entry.name, entry.codec
    assert codec is not None
    owner = state.control if entry.control else values
    text = child.text or ""
    stripped = text.strip()
    if not stripped and not codec.empty:
        return  # an empty element says nothing, nor do its attributes
    if not codec.verbatim:
        text = stripped
    if len(child) and entry.entries is None:
        state.unmapped.extend((grandchild, None) for grandchild in child if isinstance(grandchild.tag, str))
    value: Any = text
    if codec.decode is not None:
        try:
            value = codec.decode(text)
        except ValueError as error:
            value = leniently(codec, text)
            if value is None:
                state.tell(child, f"{error}; el dato se omite.", text)
                return
            state.tell(child, f"{error}; se entendió {value}.", text)
    if child.attrib:  # after the value: without it they say nothing
        _attributes(child, entry, owner, places, state)
    if entry.echo:
        state.echoes.append((owner, name, value, child))
        return
    if entry.many:
        owner.setdefault(name, []).append(value)
        return
    if owner.get(name) is not None:
        state.unmapped.append((child, None))
        return
    owner[name] = value
    places[name] = child


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
    known = entry.attrs
    for attribute, value in child.attrib.items():
        if attribute not in known:
            if attribute not in _AGENCY or _AGENCY[attribute] != value:
                state.unmapped.append((child, attribute))
            continue
        name = known[attribute]
        value = value.strip()
        if attribute == "currencyID":
            state.currencies.setdefault(value, child)
            if len(child.attrib) == 1:
                state.amount_attributes = child.items()
        if name is None or not value:
            continue
        target = state.control if name.startswith("control.") else owner
        name = name.removeprefix("control.")
        if entry.echo:
            state.echoes.append((target, name, value, child))
        elif target.get(name) is None:
            target[name] = value
            places[f"@{name}"] = child


@cache
def reader(kind_name: str) -> Reader:
    """Give the reader of a kind's root element."""
    kind = KINDS[kind_name]
    return _Makers(kind).reader(kind.structure, kind.root)


@cache
def extension_readers(kind_name: str) -> dict[str, Reader]:
    """Give the readers of what lives in the extensions."""
    from .tables.extension import DIAN_EXTENSIONS
    from .tables.health import HEALTH_TAG, HEALTH_USER

    makers = _Makers(KINDS[kind_name])
    return {
        "dian": makers.reader(DIAN_EXTENSIONS, "sts:DianExtensions"),
        "tag": makers.reader(HEALTH_TAG, "HealthTag"),
        "user": makers.reader(HEALTH_USER, "HealthUser"),
    }


class _Makers:
    """Makes the readers of one kind, each structure once per type of element."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.made: dict[tuple[str, str], Reader] = {}

    def reader(self, structure: Structure, type_name: str) -> Reader:
        key = (structure.name, type_name)
        if key not in self.made:
            made = self.made[key] = Reader()
            made.finish = structure.finish
            fields = structure.model.model_fields
            named = {row.field for row in structure.rows if isinstance(row, Row)}
            named |= {a.field for row in structure.rows for a in row.attrs if a.field and not a.derived}
            for name, info in fields.items():
                if name in named and not info.is_required():
                    if not _optional(info.annotation):
                        if info.default != ():
                            made.assumed[name] = info.get_default()
                    elif info.default_factory is not None or info.default is not None:
                        made.blanks[name] = None
            made.entries = self.entries(tree_of(structure, type_name, self.kind).root)
        return self.made[key]

    def entries(self, node: Node) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        for child in node.children.values():
            entry = self.entry(child)
            for tag in _clark(child.tag, self.kind):
                entries[tag] = entry
        return entries

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
            entry.entries = {}
        if node.children:
            entry.entries = self.entries(node)
        return entry


def _optional(annotation: Any) -> bool:
    return type(None) in getattr(annotation, "__args__", ())


def _type(tag: str) -> str:
    return vocabulary.type_of(tag) if tag.startswith("cac:") else tag


def _clark(tag: str, kind: Kind) -> list[str]:
    prefix, _, local = tag.rpartition(":")
    if not prefix:
        return [f"{{{kind.namespace}}}{local}", local]
    uris = [NAMESPACES[prefix], *(OTHER_STS if prefix == "sts" else ())]
    return [f"{{{uri}}}{local}" for uri in uris]
