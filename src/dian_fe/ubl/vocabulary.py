"""The vocabulary of the schemas as facts: which children an element has, in what order, and what its text may be.

The facts are the tables under ``schemas/`` (UBL 2.1 OASIS Standard, the parts that DIAN's five documents reach; DIAN's
extension; XML Signature and XAdES). The XSDs that validate are generated from the same tables, so writer and validator
cannot disagree. Nothing is read before it is needed.

Names are prefixed (``cac:Party``, ``cbc:ID``); types are bare (``PartyType``, ``IdentifierType``), and the type of a
document has the name of its root (``Invoice``).

`vocabulary_of` is for grammars, which may have tables of their own instead of UBL's.
"""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from ..errors import InvalidInput

ROOTS = ("Invoice", "CreditNote", "DebitNote", "ApplicationResponse", "AttachedDocument")
"""Documents of UBL 2.1 that DIAN uses; each is also the name of its own type."""

_HERE = Path(__file__).resolve()
_OCCURRENCES: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}


class Member(NamedTuple):
    """A child in its place: prefixed name, least and most occurrences (``None``: no limit).

    ``type`` is empty where the name alone says it.
    """

    name: str
    min: int
    max: int | None
    type: str = ""


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
    """Return the folder of the tables and XSDs: inside the installed package, or at the top of a source checkout."""
    installed = _HERE.parents[1] / "schemas"
    return installed if installed.is_dir() else _HERE.parents[3] / "schemas"


def rows(table: str | Path) -> list[list[str]]:
    """Return the rows of a table without its heading: a whole path, or one under ``schemas/``: ``ubl21/types.tsv``."""
    lines = (schemas_folder() / table).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]


def pairs(table: str) -> dict[str, str]:
    """Return a table of two columns as a dictionary."""
    return {name: value for name, value, *_ in rows(table)}


@cache
def namespaces() -> dict[str, str]:
    """Return the namespace of each prefix used in the tables."""
    return pairs("namespaces.tsv")


def namespace_of(root: str) -> str:
    """Return the namespace of a document's root, by its local name (UBL 2.1 gives each document its own)."""
    return f"urn:oasis:names:specification:ubl:schema:xsd:{root}-2"


def read_members(text: str) -> tuple[Member, ...]:
    """Read members as the tables write them: ``name=type`` with a mark of occurrence (none, ``?``, ``*``, ``+``).

    Those of groups and choices follow each other as they are written.
    """
    members = []
    for word in text.split():
        if word[0] not in "(|)":
            least, most = _OCCURRENCES.get(word[-1], (1, 1))
            name, _, type_name = word.rstrip("?*+").partition("=")
            members.append(Member(name, least, most, type_name))
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
    """Return the children of a type in the order that UBL prescribes; empty when the type has none in UBL.

    ``type_name`` is a type (``PartyType``) or a document (``Invoice``). Datatypes and ``ExtensionContentType``, whose
    one child may be any element, have no members.
    """
    return read_members(types().get(type_name, ""))


def type_of(element: str) -> str:
    """Return the type of an element by prefixed name: ``cac:Party`` → ``PartyType``, ``cbc:ID`` → ``IdentifierType``.

    Raises ``LookupError`` for a name that the five documents do not reach: it is a mistake in a table of ours, never
    in a document.
    """
    return elements()[element]


@cache
def elements() -> dict[str, str]:
    """Return every element (prefixed name) with its type."""
    return pairs("ubl21/elements.tsv")


@cache
def types() -> dict[str, str]:
    """Return every type that has members, documents first, with these as the table writes them."""
    return pairs("ubl21/types.tsv")


def is_datatype(type_name: str) -> bool:
    """True if a type holds text instead of children."""
    return type_name in datatypes()


@cache
def datatype(type_name: str) -> Datatype:
    """Return what a text of this datatype may be, with its attributes; raises ``LookupError`` for other types."""
    value, attributes = datatypes()[type_name]
    return Datatype(value, read_attributes(attributes))


@cache
def datatypes() -> dict[str, tuple[str, str]]:
    """Return every datatype with its value and attributes as the table writes them."""
    return {name: (value, attributes) for name, value, attributes in rows("ubl21/datatypes.tsv")}


class Vocabulary:
    """What a grammar's elements may hold: here UBL's; what UBL does not define may hold anything."""

    def members(self, type_name: str) -> tuple[Member, ...] | None:
        """Return the children of a type in order; None for a type that may hold anything."""
        return members(type_name) or None

    def attributes(self, type_name: str) -> tuple[Attribute, ...] | None:
        """Return the attributes of a type; None for a type that may have any."""
        if is_datatype(type_name):
            return datatype(type_name).attributes
        return () if type_name in types() else None

    def type_of(self, owner: str, name: str) -> str:
        """Return the type of an element inside a type; its own name for what UBL does not know."""
        return elements().get(name, name)

    def xsd(self, root: str) -> Path:
        """Return the XSD file that validates documents of a root element."""
        return schemas_folder() / "xsd" / f"UBL-{root}-2.1.xsd"


class OwnVocabulary(Vocabulary):
    """Tables of a folder: ``types.tsv`` (type, content, attributes) and ``roots.tsv`` (root, namespace)."""

    def __init__(self, folder: Path, xsds: Path) -> None:
        """Hold the folder of the tables, and that of the XSDs generated from them."""
        self.folder = folder
        self.xsds = xsds

    @cached_property
    def roots(self) -> dict[str, str]:
        """The namespace of each root element; its type has the name of it."""
        return {root: namespace for root, namespace, *_ in rows(self.folder / "roots.tsv")}

    @cached_property
    def types(self) -> dict[str, tuple[str, str]]:
        """Content and attributes of each type, as the table writes them."""
        return {row[0]: (row[1], "".join(row[2:3])) for row in rows(self.folder / "types.tsv")}

    @cached_property
    def _known(self) -> dict[str, tuple[dict[str, Member], tuple[Attribute, ...]]]:
        known: dict[str, tuple[dict[str, Member], tuple[Attribute, ...]]] = {}
        for name, (content, attributes) in self.types.items():
            inside = () if content.startswith("=") else read_members(content)
            known[name] = {member.name: member for member in inside}, read_attributes(attributes)
        types = {member.type for children, _ in known.values() for member in children.values() if member.type}
        for type_name in types - known.keys():
            known[type_name] = {}, ()  # a text, of a built-in type
        return known

    def members(self, type_name: str) -> tuple[Member, ...] | None:
        """Return the children of a type in order; None for a type that the tables lack."""
        found = self._known.get(type_name)
        return None if found is None else tuple(found[0].values())

    def attributes(self, type_name: str) -> tuple[Attribute, ...] | None:
        """Return the attributes of a type; None for a type that the tables lack."""
        found = self._known.get(type_name)
        return None if found is None else found[1]

    def type_of(self, owner: str, name: str) -> str:
        """Return the type of an element inside a type, which may have another one elsewhere."""
        inside = self._known.get(owner)
        if inside is None or name not in inside[0]:
            return f"{owner}/{name}"
        return inside[0][name].type or name

    def xsd(self, root: str) -> Path:
        """Return the XSD file that validates documents of a root element."""
        return self.xsds / f"{root}.xsd"


class BareSchema(Vocabulary):
    """An XSD file without tables: it judges what was written, and the rows' own order is that of the document."""

    def __init__(self, file: Path) -> None:
        """Hold the path of the XSD file."""
        self.file = file

    def members(self, type_name: str) -> tuple[Member, ...] | None:
        """Return None: nothing is known before a document is judged."""
        return None

    def attributes(self, type_name: str) -> tuple[Attribute, ...] | None:
        """Return None: nothing is known before a document is judged."""
        return None

    def xsd(self, root: str) -> Path:
        """Return the XSD file that validates documents of a root element."""
        return self.file


UBL = "ubl21"
"""The vocabulary of UBL 2.1, as grammars name it."""


@cache
def vocabulary_of(schema: str | Path | None) -> Vocabulary:
    """Return what a grammar's ``schema`` names: UBL's tables, those of another folder, or an XSD file.

    Without a schema UBL's names keep the order of UBL. Raise ``InvalidInput`` for tables or a file that are not there.
    """
    if schema is None or schema == UBL:
        return Vocabulary()
    place = (schemas_folder() / schema if isinstance(schema, str) else schema).resolve()
    facts = place if place.suffix == ".xsd" else place / "types.tsv"
    if not facts.is_file():
        raise InvalidInput.of("ubl.no_schema", field="Grammar.schema", found=str(schema))
    if facts == place:
        return BareSchema(place)
    return OwnVocabulary(place, schemas_folder() / "xsd" if isinstance(schema, str) else place)
