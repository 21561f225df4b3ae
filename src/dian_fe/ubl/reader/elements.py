"""The table-driven reader of elements: the mirror of the compiled writers, made from the same trees.

It tolerates what other software writes: unknown elements are listed, and nothing is raised. An empty or unreadable
datum is reported and missing, but only that datum: its line, totals, party and document stay. Attributes of an empty
element are still read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from ...models._fast import make_given
from ..codecs import XML_BLANKS, Codec
from ..namespaces import NAMESPACES
from ..table import CONTROL
from ..tables.parties import AGENCY_SAYS
from .shapes import Nesting, read_alike
from .warnings import State

_Element = Any
_Values = dict[str, Any]
_Places = dict[str, _Element]


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
    collection: bool = False
    plain: bool = False
    """Whether it is a single text with attributes that are data of their own, as nearly all elements are."""
    met: dict[tuple[tuple[str, str], ...], tuple[tuple[bool, str, str], ...] | None] = field(default_factory=dict)
    """What `told` returned of attributes, which are the same in most documents: 10 lines take 3 to 6 % less."""

    def told(self, attributes: tuple[tuple[str, str], ...]) -> tuple[tuple[bool, str, str], ...] | None:
        """Return the data in the attributes of a leaf: whether in `Control`, field, text; None if anything is odd."""
        if attributes in self.met:
            return self.met[attributes]
        found = self._told(attributes)
        if len(self.met) < _MOST_MET and sum(len(text) for _, text in attributes) < _LONGEST_MET:
            self.met[attributes] = found
        return found

    def _told(self, attributes: tuple[tuple[str, str], ...]) -> tuple[tuple[bool, str, str], ...] | None:
        found: list[tuple[bool, str, str]] = []
        if not set(self.expected) <= {name for name, _ in attributes}:
            return None
        for attribute, text in attributes:
            value = text.strip()
            if attribute not in self.attrs:
                if AGENCY_SAYS.get(attribute) != text:
                    return None
                continue
            if not value and attribute in self.blank:
                continue
            if not value or self.fixed.get(attribute, value) != value:
                return None
            target = self.attrs[attribute]
            if target is not None:
                found.append((target.startswith(CONTROL), target.removeprefix(CONTROL), value))
        return tuple(found)


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
    nestings: dict[tuple[int, ...], Nesting] = field(default_factory=dict)
    """Shapes of its elements met so far, by the number of children of each element in them."""

    lists: tuple[str, ...] = ()
    """The fields that are lists."""
    plain: dict[str, Any] | None = None
    """The fields of the model with their defaults, if validation would change nothing in what is read; else None."""

    def read(self, element: _Element, state: State) -> Any:
        """Return the model of an element, or the values found below it where they must be validated."""
        before = state.waiting
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
        if self.plain is None or state.waiting > before:
            state.waiting += 1  # so that what it is part of is validated as well
            return values
        return self.made(values, self.plain)

    def made(self, values: _Values, defaults: _Values) -> Any:
        """Return the model of values that need no validation: an invoice of 10 lines takes 3 to 6 % less."""
        given = defaults | values
        for name in self.lists:
            given[name] = tuple(given[name])
        return make_given(self.model, given, set(values))

    def note_absent(self, element: _Element, values: _Values, places: _Places, state: State) -> None:
        """Note the data that an element lacks; report those whose elements are absent, if not reported yet."""
        lacking = self.order
        if not self.demanded.isdisjoint(values):  # otherwise one tuple serves all elements
            lacking = tuple(name for name in lacking if name not in values)
        state.absent.append((values, self, lacking))
        state.waiting += 1
        for name in lacking:
            if name not in places:
                state.lack(element, f"no indica «{name}»", owner=values, name=name)


def _walk(element: _Element, entries: dict[str, Entry], values: _Values, places: _Places, state: State) -> None:
    children = element[:]
    between = element.text
    loose = between is not None and not between.isspace()
    for child in children:
        between = child.tail
        if between is not None and not between.isspace():
            loose = True
        entry = entries.get(child.tag)
        if entry is None:
            if isinstance(child.tag, str):
                state.unmapped.add(child)
        elif entry.plain:
            text, name, attributes = child.text, entry.name, child.items()
            told: tuple[tuple[bool, str, str], ...] | None = ()
            if attributes:
                if entry.amount:
                    told = () if attributes == state.amount_attributes else None
                else:
                    told = entry.told(tuple(attributes))
            elif entry.expected:
                told = None
            owner = state.control if entry.control else values
            before = owner.get(name)
            if (
                told is None
                or text is None
                or not (bare := text.strip())
                or len(child)
                or (before is not None and before != ())
            ):
                _leaf(child, entry, values, places, state)
                continue
            if bare != text:
                text = text.strip(XML_BLANKS)
                state.waiting += bare != text
            value: Any = text
            if entry.decode is not None:
                try:
                    value = entry.decode(text)
                except ValueError:
                    value = None
                if value is None or (entry.collection and not value):
                    _leaf(child, entry, values, places, state)
                    continue
            for controls, target, said in told:
                of = state.control if controls else owner
                if of.get(target) is None:
                    of[target] = said
                    places[target] = child
            owner[name] = value
            places[name] = child
        elif entry.structure is not None:
            if entry.many:
                many = values.setdefault(entry.name, [])
                read = read_alike(entry.structure, child, state) if len(many) >= _FEW else None
                many.append(entry.structure.read(child, state) if read is None else read)
            else:
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
    if children and (loose or (element.keys() and element not in state.attributed)):
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
        elif not attribute.startswith(OF_SCHEMA):
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


_MOST_MET, _LONGEST_MET = 64, 300
_FEW = 10
"""After so many elements of a structure, learning a shape that nobody met before costs less than it saves."""
_REPEATED = "se repite; se leyó el primero."
_NOWHERE: _Places = {}
"""The places of the data of an empty element: one object for all."""
_EMPTY = "está vacío"
_UNSAID = (None, ())
OF_SCHEMA = f"{{{NAMESPACES['xsi']}}}"
"""How the names of XML Schema's own attributes begin, which are no data: ``xsi:schemaLocation``, ``xsi:type``."""


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
        state.waiting += text != text.strip()
    value = None if empty else _decoded(child, None, text, codec, owner, entry.name, state)
    if empty or (codec.collection and not value):
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
            if AGENCY_SAYS.get(attribute) != value:
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
