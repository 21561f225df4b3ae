"""The classes of the tables: a row maps one datum of a model to its place in the XML.

Rows have no order: that of the elements is a fact of UBL (``vocabulary``). Writer, reader, paths and the reference page
are all made from rows, so no path is typed twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .codecs import Codec

CONTROL = "control."
"""Fields that begin so live in `Control`, not in the structure's model."""


@dataclass(frozen=True, slots=True)
class Attr:
    """An attribute: a constant, or a field of the model. ``derived`` ones are written from a property, never read.

    ``expected``: without it the text has no meaning, so readers report its absence. ``silent``: read and never written.
    ``blank``: written empty where the field has no value, as DIAN's examples do; an empty one tells nothing.
    """

    name: str
    const: str | None = None
    field: str | None = None
    derived: bool = False
    expected: bool = False
    silent: bool = False
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One datum: ``path`` from the structure's element, ``field`` of the model, ``codec``, Spanish ``label``.

    ``many``: the last element repeats, one per item of the field. ``echo``: the datum is written here too, but read
    elsewhere; readers compare.
    """

    path: str
    field: str
    codec: Codec | Structure
    label: str
    attrs: tuple[Attr, ...] = ()
    many: bool = False
    echo: bool = False
    silent: bool = False
    """The datum is read and never written: other software writes it, DIAN does not ask for it."""
    fallback: str | None = None
    """Property that has the written value instead of the field (a value that is not repeated in the model)."""

    @property
    def in_control(self) -> bool:
        """True if the datum belongs to `Control`."""
        return self.field.startswith(CONTROL)

    @property
    def name(self) -> str:
        """Name of the field without its owner."""
        return self.field.removeprefix(CONTROL)


@dataclass(frozen=True, slots=True)
class Const:
    """An element whose text is always the same."""

    path: str
    text: str
    label: str
    attrs: tuple[Attr, ...] = ()


@dataclass(frozen=True, slots=True)
class Structure:
    """The table of one model: its rows, for an element of whatever name."""

    name: str
    model: type[Any]
    rows: tuple[Row | Const, ...]
    finish: Callable[[dict[str, Any], Any], None] | None = field(default=None, compare=False)
    """Called by the reader with the values found and their element, for data that the XML has only indirectly."""


def structure(model: type[Any], *rows: Row | Const) -> Structure:
    """Return the table of a model, under the model's own name."""
    return Structure(model.__name__, model, rows)


def unit_in(name: str) -> Attr:
    """Return the attribute that says the unit of a quantity, which has no meaning without it."""
    return Attr("unitCode", field=name, expected=True)


def names_attribute(step: str) -> bool:
    """True if a step of a path is an attribute of the step before."""
    return step[:1] == "@"


def attribute_name(row: Row | Const) -> str:
    """Return the name of the attribute that a row's path ends in."""
    return row.path.rpartition("@")[2]


def has_attributes(structure: Structure) -> bool:
    """True if rows of a structure are attributes of its own element."""
    return any(names_attribute(row.path) for row in structure.rows)
