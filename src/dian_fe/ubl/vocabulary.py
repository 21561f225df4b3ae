"""The vocabulary of the schemas as facts: which children an element has, in what order, and what its text may be.

The facts are the tables under ``schemas/`` (UBL 2.1 OASIS Standard, the parts that DIAN's five documents reach; DIAN's
extension; XML Signature and XAdES). The XSDs that validate are generated from the same tables, so writer and validator
cannot disagree. Nothing is read before the first question.

Names are prefixed (``cac:Party``, ``cbc:ID``); types are bare (``PartyType``, ``IdentifierType``), and the type of a
document has the name of its root (``Invoice``).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOTS = ("Invoice", "CreditNote", "DebitNote", "ApplicationResponse", "AttachedDocument")
"""Documents of UBL 2.1 that DIAN uses; each is also the name of its own type."""

_HERE = Path(__file__).resolve()
_OCCURRENCES: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}


class Member(NamedTuple):
    """A child in its place: prefixed name, least and most occurrences (``None``: no limit)."""

    name: str
    min: int
    max: int | None


class Attribute(NamedTuple):
    """An attribute: name, type (a built-in of XML Schema or a datatype of the tables), whether it must be there."""

    name: str
    type: str
    required: bool


class Datatype(NamedTuple):
    """What a text may be: built-in type of XML Schema for the value, and the attributes beside it."""

    value: str
    attributes: tuple[Attribute, ...]


@cache
def schemas_folder() -> Path:
    """Give the folder of the tables and XSDs: inside the installed package, or at the top of a source checkout."""
    installed = _HERE.parents[1] / "schemas"
    return installed if installed.is_dir() else _HERE.parents[3] / "schemas"


def rows(table: str) -> list[list[str]]:
    """Give the rows of a table under ``schemas/``, without its heading; ``table`` is like ``ubl21/types.tsv``."""
    lines = (schemas_folder() / table).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]


def pairs(table: str) -> dict[str, str]:
    """Give a table of two columns as a dictionary."""
    return {name: value for name, value, *_ in rows(table)}


@cache
def namespaces() -> dict[str, str]:
    """Give the namespace of each prefix used in the tables."""
    return pairs("namespaces.tsv")


def namespace_of(root: str) -> str:
    """Give the namespace of a document's root, by its local name (UBL 2.1 gives each document its own)."""
    return f"urn:oasis:names:specification:ubl:schema:xsd:{root}-2"


@cache
def _types() -> dict[str, str]:
    return pairs("ubl21/types.tsv")


@cache
def _elements() -> dict[str, str]:
    return pairs("ubl21/elements.tsv")


@cache
def _datatypes() -> dict[str, tuple[str, str]]:
    return {name: (value, attributes) for name, value, attributes in rows("ubl21/datatypes.tsv")}


def read_members(text: str) -> tuple[Member, ...]:
    """Read members as the tables write them: names with a mark of occurrence (none, ``?``, ``*``, ``+``)."""
    members = []
    for word in text.split():
        least, most = _OCCURRENCES.get(word[-1], (1, 1))
        members.append(Member(word.rstrip("?*+"), least, most))
    return tuple(members)


def read_attributes(text: str) -> tuple[Attribute, ...]:
    """Read attributes as the tables write them: ``name:type`` with ``!`` when required."""
    attributes = []
    for word in text.split():
        name, _, type_name = word.partition(":")
        attributes.append(Attribute(name, type_name.removesuffix("!"), type_name.endswith("!")))
    return tuple(attributes)


@cache
def members(type_name: str) -> tuple[Member, ...]:
    """Give the children of a type in the order in which UBL wants them; empty when the type has none in UBL.

    ``type_name`` is a type (``PartyType``) or a document (``Invoice``). Datatypes and ``ExtensionContentType``, whose
    one child is anybody's, have no members.
    """
    return read_members(_types().get(type_name, ""))


def type_of(element: str) -> str:
    """Give the type of an element by its prefixed name: ``cac:Party`` → ``PartyType``, ``cbc:ID`` → ``IdentifierType``.

    Raises ``LookupError`` for a name that the five documents do not reach: it is a mistake in a table of ours, never
    in a document.
    """
    return _elements()[element]


def elements() -> dict[str, str]:
    """Give every element (prefixed name) with its type."""
    return dict(_elements())


def types() -> tuple[str, ...]:
    """Give the name of every type that has members, documents first."""
    return tuple(_types())


def is_datatype(type_name: str) -> bool:
    """Tell whether a type holds text instead of children."""
    return type_name in _datatypes()


@cache
def datatype(type_name: str) -> Datatype:
    """Give what a text of this datatype may be, with its attributes; raises ``LookupError`` for other types."""
    value, attributes = _datatypes()[type_name]
    return Datatype(value, read_attributes(attributes))


def datatypes() -> tuple[str, ...]:
    """Give the name of every datatype."""
    return tuple(_datatypes())
