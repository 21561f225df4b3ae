"""The problems of one reading, and its state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from lxml import etree

from ..xpaths import Whereabouts

if TYPE_CHECKING:
    from .elements import Reader

_Element = Any
MOST_TOLD = 20_000
"""Problems, and elements without a field, named one by one: more than anybody reads, and little beside a long file."""
_CLARIFY = "aclárelo con el emisor; lo que escribió está en raw."


@dataclass(slots=True)
class Problem:
    """Unexpected data found while reading: reported, never raised."""

    element: _Element = field(repr=False)
    message: str
    value: str | None = None
    attribute: str | None = None
    path: str = ""
    """Model path of what is missing or was understood differently: ``lines[0].price``; empty if the model has none."""
    where: Whereabouts = field(default_factory=Whereabouts, repr=False, compare=False)
    remedy: str = _CLARIFY
    """What to do about it."""

    def __post_init__(self) -> None:
        """Cut the value for display: it may be as long as the document."""
        if self.value is not None and len(self.value) > _LONGEST_VALUE:
            self.value = f"{self.value[:_LONGEST_VALUE]}… ({len(self.value)} caracteres)"

    @property
    def xpath(self) -> str:
        """Where it is."""
        return self.where.of(self.element, self.attribute)

    def as_dict(self) -> dict[str, str | None]:
        """Return the JSON form of the command line."""
        told = {"xpath": self.xpath, "message": self.message, "value": self.value}
        return {**told, "path": self.path, "remedy": self.remedy}


_LONGEST_VALUE = 400
_ASK = "pida al emisor el documento con ese dato; lo demás se leyó."
_COMPARE = "compruebe con el emisor que eso quiso decir."


class Unmapped:
    """Elements and attributes without a field: those after the first `MOST_TOLD` are only counted."""

    __slots__ = ("attributes", "elements", "more")

    def __init__(self) -> None:
        self.elements: list[_Element] = []
        self.attributes: list[str | None] = []
        """The attribute of each; None where it is the element itself."""
        self.more = 0

    def add(self, element: _Element, attribute: str | None = None) -> None:
        """Keep an element or attribute; after `MOST_TOLD` of them, only count it."""
        if len(self.elements) < MOST_TOLD:
            self.elements.append(element)
            self.attributes.append(attribute)
        else:
            self.more += 1

    def __iter__(self) -> Iterator[tuple[_Element, str | None]]:
        """Return an iterator over those kept: element, and attribute or None."""
        return zip(self.elements, self.attributes, strict=True)


class _Datum(TypedDict, total=False):
    """The datum that a problem concerns: the values of its structure, and its name there."""

    owner: dict[str, Any] | None
    name: str | None


@dataclass(slots=True)
class State:
    """The state of one reading, apart from the values.

    Hostile files may cause a hundred thousand notes. Python's garbage collector revisits all container objects, so
    notes are kept flat until they are reported.
    """

    control: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    more: int = 0
    """Number of problems that are only counted."""
    unmapped: Unmapped = field(default_factory=Unmapped)
    echoes: list[tuple[dict[str, Any], str, Any, _Element, str | None]] = field(default_factory=list)
    """Repeated data: the values, the name and the text of each, with its element and attribute."""
    attributed: set[_Element] = field(default_factory=set)
    """Elements that hold others and whose attributes were still read."""
    currencies: dict[str, _Element] = field(default_factory=dict)
    """Each @currencyID met, with the first element that has it."""
    amount_attributes: list[tuple[str, str]] | None = None
    """The attributes of the last amount, which are those of the next one unless something is odd: it saves a seventh of
    reading an invoice of ten lines (`benchmarks`, goal 8)."""
    where: Whereabouts = field(default_factory=Whereabouts)
    structures: list[tuple[dict[str, Any], _Element, dict[str, _Element], Reader]] = field(default_factory=list)
    """The values of each structure, its element, the element of each field, and the reader: the document's first."""
    absent: list[tuple[dict[str, Any], Reader, tuple[str, ...]]] = field(default_factory=list)
    """The values of structures that lack data which their models demand, with the names of those data."""
    loose: list[_Element] = field(default_factory=list)
    """Elements that hold others and have texts between them, or attributes that nobody has read."""
    unplaced: list[Problem] = field(default_factory=list)
    """Problems of a datum, with its path below the values it belongs to; their places are known only at the end."""
    owners: list[dict[str, Any]] = field(default_factory=list)
    """The values that each of them belongs to."""

    waiting: int = 0
    """A number that grows with each thing for which a structure, and all that holds it, must be validated: a problem, a
    datum that is absent, a text with other whitespace around it than that of XML, a part that is validated itself."""

    def lengths(self) -> tuple[int, int, int]:
        """Return the lengths of the lists about structures, for `leave`."""
        return len(self.absent), len(self.unplaced), len(self.structures)

    def leave(self, lengths: tuple[int, int, int], holder: dict[str, Any] | None = None, name: str = "") -> None:
        """Drop the notes about a structure that the model does not get: those added since the lists had these lengths.

        With a ``holder`` the problems belong to its datum ``name``, which has nothing else; without, to no datum.
        """
        absent, unplaced, structures = lengths
        del self.absent[absent:], self.structures[structures:]
        noted = list(zip(self.unplaced[unplaced:], self.owners[unplaced:], strict=True))
        del self.unplaced[unplaced:], self.owners[unplaced:]
        for problem, owner in noted:
            if owner is self.control:
                self._place(problem, owner)
            elif holder is None:
                problem.path = ""
            else:
                problem.path = f"{name}.{problem.path}"
                self._place(problem, holder)

    def _place(self, problem: Problem, owner: dict[str, Any]) -> None:
        self.unplaced.append(problem)
        self.owners.append(owner)

    def tell(
        self,
        element: _Element,
        message: str,
        value: str | None = None,
        attribute: str | None = None,
        *,
        remedy: str = _CLARIFY,
        **datum: Unpack[_Datum],
    ) -> None:
        """Note a problem, and the datum concerned."""
        self.waiting += 1
        if len(self.problems) >= MOST_TOLD:
            self.more += 1
            return
        problem = Problem(element, message, value, attribute, "", self.where, remedy)
        self.problems.append(problem)
        owner, name = datum.get("owner"), datum.get("name")
        if owner is not None and name:
            problem.path = name.partition(":")[0]
            self._place(problem, owner)

    def lack(
        self,
        element: _Element,
        reason: str,
        value: str | None = None,
        attribute: str | None = None,
        **datum: Unpack[_Datum],
    ) -> None:
        """Note that a datum is missing, and why."""
        self.tell(element, f"{reason}; el dato falta.", value, attribute, remedy=_ASK, **datum)

    def understand(
        self,
        element: _Element,
        reason: str,
        understood: str,
        value: str,
        attribute: str | None = None,
        **datum: Unpack[_Datum],
    ) -> None:
        """Note that a datum is spelled oddly, and how it was understood."""
        self.tell(element, f"{reason}; se entendió {understood}.", value, attribute, remedy=_COMPARE, **datum)

    def uncounted(self, root: _Element) -> Iterator[Problem]:
        """Yield a problem for each sort of finding that was only counted, with the number."""
        for what, more in (
            ("elementos o atributos sin campo en el modelo", self.unmapped.more),
            ("rarezas", self.more),
        ):
            if more:
                message = f"hay {more} {what} más; se nombran los primeros {MOST_TOLD}."
                yield Problem(etree.Element(root.tag), message)  # which keeps no tree
