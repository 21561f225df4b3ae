"""What one reading finds odd, and what it gathers besides the values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from lxml import etree

from ..models._missing import Trail, trails_in
from .where import Whereabouts

if TYPE_CHECKING:
    from .reading import Reader

_Element = Any
T = TypeVar("T")
MOST_TOLD = 20_000
"""Problems, and elements without a field, named one by one: more than anybody reads, and little beside a long file."""


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
    remedy: str = "aclárelo con el emisor; lo que escribió está en raw."
    """What to do about it."""

    def __post_init__(self) -> None:
        """Keep of a value no more than people read: it may be as long as the document."""
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


class Told(list[T]):
    """Findings: those after the first `MOST_TOLD` are counted alone."""

    more = 0

    def append(self, found: T) -> None:
        """Keep a finding, or count it."""
        if len(self) < MOST_TOLD:
            super().append(found)
        else:
            self.more += 1

    def extend(self, found: Iterable[T]) -> None:
        """Keep or count each."""
        for each in found:
            self.append(each)


@dataclass(slots=True)
class State:
    """What one reading gathers besides the values."""

    control: dict[str, Any] = field(default_factory=dict)
    problems: Told[Problem] = field(default_factory=Told)
    unmapped: Told[tuple[_Element, str | None]] = field(default_factory=Told)
    echoes: list[tuple[dict[str, Any], str, Any, _Element, str | None]] = field(default_factory=list)
    """What is said again: the values, the name and the text of each, with its element and attribute."""
    attributed: set[_Element] = field(default_factory=set)
    """Elements that hold others and whose attributes were read all the same."""
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
    trails: dict[int, Trail] = field(default_factory=dict)

    def trails_in(self, values: dict[str, Any]) -> dict[int, Trail]:
        """Return the way to each structure in the values of a document, by identity: looked for once, at the end."""
        if not self.trails:
            self.trails = {id(owner): trail for owner, trail in trails_in(values)}
        return self.trails

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
        self._note(Problem(element, message, value, attribute, where=self.where), owner, name)

    def lack(
        self,
        element: _Element,
        reason: str,
        value: str | None = None,
        attribute: str | None = None,
        *,
        owner: dict[str, Any] | None = None,
        name: str | None = None,
    ) -> None:
        """Note that a datum is missing, and why."""
        message = f"{reason}; el dato falta."
        self._note(Problem(element, message, value, attribute, where=self.where, remedy=_ASK), owner, name)

    def understand(
        self,
        element: _Element,
        reason: str,
        understood: str,
        value: str,
        attribute: str | None = None,
        *,
        owner: dict[str, Any] | None,
        name: str,
    ) -> None:
        """Note that a datum is spelled oddly, and how it was understood."""
        message = f"{reason}; se entendió {understood}."
        problem = Problem(element, message, value, attribute, where=self.where, remedy=_COMPARE)
        self._note(problem, owner, name)

    def _note(self, problem: Problem, owner: dict[str, Any] | None, name: str | None) -> None:
        if owner is not None and name and len(self.problems) < MOST_TOLD:
            self.unplaced.append((problem, owner, name.partition(":")[0]))
        self.problems.append(problem)

    def untold(self, root: _Element) -> Iterator[Problem]:
        """Return how many findings are counted alone."""
        for what, more in (
            ("elementos o atributos sin campo en el modelo", self.unmapped.more),
            ("rarezas", self.problems.more),
        ):
            if more:
                message = f"hay {more} {what} más; se nombran los primeros {MOST_TOLD}."
                yield Problem(etree.Element(root.tag), message)  # which keeps no tree
