"""The engine of migrations: what another system says of a document, each field taken or reported with the reason.

A map (``maps/*.tsv``) names every field of the other system's documentation, what it becomes, or why it does not. The
leaves of what is given are counted first, so that a field that no line of code asks for is reported too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, NoReturn, TypedDict, TypeVar

from .._arguments import checked
from .._viewed import Viewed
from ..errors import DianFeError, InconsistentAmounts, InvalidInput, InvalidNumberText, UnreadableDocument
from ..families.registry import find_type
from ..families.spec import DocumentKind
from ..models._dates import BOGOTA, to_bogota
from ..models._numbers import Exact, exact_of
from ..models.document import TradeDocument
from ..models.lines import AllowanceCharge
from ..models.organization import Organization
from ..models.references import DocumentReference
from ..models.taxes import tax
from .drafts import IncomingDraft, make
from .making import MADE, Parts, tried
from .spellings import exact_float, is_empty, shown_cell, text_of

M = TypeVar("M")
_INDEX = re.compile(r"\[\d+\]")
_NAME = re.compile(r"[\w*-]+")
_FIRST = re.compile(r"(=?[^.\[]*)(.*)")
_DEEPEST = 40
"""Levels of a document's data; none that was seen has more than five."""
_COLUMNS = ("path", "becomes", "note")
_EVERYTHING = "*"
"""The row of a map about fields that the documentation does not name."""
_UNUSED = "+"
"""The row of a map about fields that it names and that this document did not need."""
CENT = Decimal("0.01")
_COLOMBIA = timedelta(hours=-5)


class MigrationOptions(TypedDict, total=False):
    """What every migration takes besides the document and the company."""

    number: str
    """Number of the document, instead of the other system's."""
    issued_at: datetime | str
    """Moment of issue, instead of the other system's."""
    corrects: DocumentReference
    """The document that a note corrects, where the other system does not say its number, key and day."""
    defaults: Mapping[str, Any]
    """Data that the other system fills in by itself, by the names of `import_documents`: ``customer.id_type``, …"""
    tables: Mapping[str, Mapping[int, str]]
    """The other system's own identifiers and the codes that they stand for, by the name of its table."""
    tolerance: Exact
    """Largest difference between an amount stated and the one computed; zero unless given."""


@dataclass(frozen=True, slots=True)
class Untaken(Viewed):
    """A field of the other system that is not in the document. Its value is not kept, which may be a password."""

    path: str
    """Its place: ``items[0].unit_measure_id``."""
    reason: str
    """Why it was not taken, in Spanish."""

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form used by the command line."""
        return {"path": self.path, "reason": self.reason}

    def __str__(self) -> str:
        """Return it on one line."""
        return f"{self.path}: {self.reason}"


@checked
@dataclass(frozen=True, slots=True)
class Migrated(Viewed):
    """A document of another system as a draft, with every field accounted for.

    Each field with a value is in ``taken``, in ``untaken``, or in the ``problems`` that keep the document from being
    made; a field that is empty is in none.
    """

    draft: IncomingDraft | None
    """The document; None if there are problems. Its ``document`` is there when number and moment are known."""
    taken: tuple[str, ...]
    """Paths of the fields that the document says, or that were compared with it."""
    untaken: tuple[Untaken, ...]
    """Fields that the document does not say."""
    problems: tuple[DianFeError, ...] = field(default=(), repr=False)
    """Why there is no draft; ``field`` is the path in the other system's data."""

    @property
    def document(self) -> TradeDocument | None:
        """The document of the draft."""
        return None if self.draft is None else self.draft.document

    def __post_init__(self) -> None:
        """Keep the problems alone: the frames that they were raised in hold the data."""
        for each in self.problems:
            each.__traceback__ = each.__context__ = each.__cause__ = None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form used by the command line."""
        return {
            "draft": None if self.draft is None else {"kind": self.draft.kind, "reference": self.draft.reference},
            "taken": list(self.taken),
            "untaken": [each.as_dict() for each in self.untaken],
            "problems": [each.as_dict() for each in self.problems],
        }


@cache
def map_of(system: str) -> dict[str, tuple[str, str]]:
    """Return the map of a system: what each field becomes, and why it is not taken where it is not."""
    text = files(__package__).joinpath("maps", f"{system}.tsv").read_text(encoding="utf-8")
    head, *rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    if tuple(head) != _COLUMNS:
        raise ValueError(f"{system}.tsv: columns {head}, not {_COLUMNS}")
    several = {path[1:]: becomes.split() for path, becomes, _ in rows if path.startswith("=")}
    made: dict[str, tuple[str, str]] = {}
    for path, becomes, note in rows:
        first, rest = _FIRST.match(path).groups()  # type: ignore[union-attr]
        if not path.startswith("="):
            made |= {f"{name}{rest}": (becomes, note) for name in several.get(first, [first])}
    return made


class Reading:
    """One document being migrated: what was taken of it, and what was made of that."""

    def __init__(self, system: str, data: Any, options: MigrationOptions, *, items: str) -> None:
        self.system = system
        self.map = map_of(system)
        self.options = options
        self.tolerance = exact_of(options.get("tolerance", 0), "tolerance")
        self.leaves = tuple(_leaves(data))
        self.taken: dict[str, None] = {}
        self.problems: list[DianFeError] = []
        self.common: dict[str, Any] = {}
        self.lines: list[dict[str, Any]] = []
        self.details: dict[str, Any] = {}
        self.places: dict[tuple[str, int | None], str] = {}
        self.stated: list[tuple[str, Callable[[TradeDocument], Decimal | None], Decimal]] = []
        self.reference: str | None = None
        self.items = items
        self.root = Node(self, "", data)

    def problem(self, error: DianFeError, path: str) -> None:
        """Keep what is wrong, at its place in the other system's data."""
        if isinstance(error, InvalidInput):
            for each in error.errors:
                each.owner, each.field = None, path
                self.problems.append(each)
        else:
            error.owner, error.field = None, path
            self.problems.append(error)

    def put(self, target: str, value: Any, path: str, line: int | None = None) -> None:
        """Keep a datum for the document or one of its lines; None is no datum."""
        if value is None:
            return
        self.places[(target, line)] = path
        (self.common if line is None else self.lines[line])[target] = value

    def compare(self, path: str, value: Decimal | None, of: Callable[[TradeDocument], Decimal | None]) -> None:
        """Compare an amount stated with the one of the document, once that is made."""
        if value is not None:
            self.stated.append((path, of, value))

    def finish(self, type_code: str | None, organization: Organization) -> Migrated:
        """Return the draft, or what keeps it from being made."""
        kind = find_type(type_code) if type_code else None
        draft = None
        if kind is not None and not self.problems:
            draft = self.draft(kind, organization)
        elif kind is None and not self.problems:
            self.problem(InvalidInput.of("exchange.no_type", found=str(type_code)), "")
        wrong = {each.field for each in self.problems}
        left = [path for path in self.leaves if path not in self.taken and path not in wrong]
        return Migrated(
            draft if not self.problems else None,
            tuple(path for path in self.leaves if path in self.taken),
            tuple(Untaken(path, self.reason(path)) for path in left),
            tuple(self.problems),
        )

    def reason(self, path: str) -> str:
        """Return why a field was not taken, as the map has it: by its path, or by that of what holds it."""
        name = _INDEX.sub("[]", path)
        known = name in self.map or f"{name}[]" in self.map
        while name and "[" not in name.replace("[]", ""):  # a name with dots of its own is nobody's field
            for key in (name, f"{name}.*"):
                if key in self.map and self.map[key][1]:
                    return self.map[key][1]
            name = name.rpartition(".")[0]
        return self.map[_UNUSED if known else _EVERYTHING][1]

    def draft(self, kind: DocumentKind, organization: Organization) -> IncomingDraft | None:
        """Return the draft of a kind; None if the document refuses something."""
        if not self.lines:
            self.problem(InvalidInput.of("exchange.no_lines"), self.items)
            return None
        for target, value in self.options.get("defaults", {}).items():
            if target == "line.tax":
                continue  # which taxes without a code have taken already
            if target.startswith("line."):
                for values in self.lines:
                    values.setdefault(target, value)
            else:
                self.common.setdefault(target, value)
        details = {kind.roles.issuer: organization, **self.details}
        for error, place, line in Parts(kind, self.common, self.lines).into(details):
            self.problem(error, self.place(place, line))
        details |= {name: self.options[name] for name in ("number", "issued_at") if name in self.options}
        if "payment" not in details:
            self.problem(InvalidInput.of("exchange.how_paid"), self.place("payments", None))
        if self.problems:
            return None
        document, problems = tried(kind, details)
        for error, place, line in problems:
            self.problem(error, self.place(place, line))
        if document is None:
            return None
        self.check_amounts(document)
        if self.problems:
            return None
        draft = IncomingDraft(kind.name, self.reference, details)
        return replace(draft, document=make(kind, details)) if {"number", "issued_at"} <= details.keys() else draft

    def check_amounts(self, document: TradeDocument) -> None:
        """Report amounts stated that are further from those computed than the caller tolerates."""
        for path, of, value in self.stated:
            computed = of(document)
            computed = Decimal(0) if computed is None else computed
            if abs(computed - value.quantize(CENT)) > self.tolerance:
                error = InconsistentAmounts.of("exchange.amount", found=str(value), expected=str(computed))
                self.problem(error, path)

    def place(self, place: str, line: int | None) -> str:
        """Return the other system's path of a datum; the datum's own name when it has none there."""
        for key in ((place, line), (place.partition("[")[0], line), (place.partition(".")[0], line)):
            if key in self.places:
                return self.places[key]
        return place if line is None else f"{place} ({line + 1})"


class Node:
    """A part of the other system's data; reading a field of it takes it."""

    def __init__(self, reading: Reading, path: str, value: Any) -> None:
        self.reading = reading
        self.path = path
        self.value: Mapping[str, Any] = value if isinstance(value, Mapping) else {}

    def at(self, name: str) -> str:
        """Return the path of a field."""
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        """True if the field has a value."""
        return not _nothing(self.value.get(name))

    def peek(self, name: str) -> Any:
        """Return a field without taking it; None for an empty one."""
        value = self.value.get(name)
        return None if _nothing(value) else value

    def node(self, name: str) -> Node:
        """Return the part under a name; empty when there is none."""
        return Node(self.reading, self.at(name), self.value.get(name))

    def nodes(self, name: str) -> Iterator[Node]:
        """Yield the parts of a list under a name; a single one is a list of one."""
        value = self.value.get(name)
        if isinstance(value, Mapping):
            yield self.node(name)
        elif isinstance(value, (list, tuple)):
            for position, each in enumerate(value):
                yield Node(self.reading, f"{self.at(name)}[{position}]", each)

    def take(self, name: str, convert: Callable[[Any], Any]) -> Any:
        """Return the value of a field as ``convert`` reads it, and take it; None for one that is empty or wrong."""
        value = self.peek(name)
        if value is None:
            return None
        path = self.at(name)
        self.reading.taken[path] = None
        try:
            return convert(value)
        except DianFeError as error:
            del self.reading.taken[path]
            self.reading.problem(error, path)
            return None

    def text(self, name: str) -> str | None:
        """Take a field as text."""
        found: str | None = self.take(name, text_of)
        return found

    def texts(self, name: str) -> tuple[str, ...] | None:
        """Take a list of texts."""
        held = self.peek(name)
        if not isinstance(held, (list, tuple)):
            return None
        list_of = Node(self.reading, "", {f"{self.at(name)}[{position}]": each for position, each in enumerate(held)})
        return tuple(text for path in list_of.value if (text := list_of.text(path)) is not None) or None

    def number(self, name: str) -> Decimal | None:
        """Take a field as an exact number."""
        found: Decimal | None = self.take(name, as_number)
        return found

    def day(self, name: str) -> date | None:
        """Take a field as a day."""
        found: date | None = self.take(name, as_day)
        return found

    def truth(self, name: str) -> bool | None:
        """Take a field as yes or no."""
        found: bool | None = self.take(name, as_truth)
        return found

    def code(self, name: str, table: str, known: Mapping[int, str]) -> str | None:
        """Take an identifier of the other system's as the code that it stands for.

        ``table``: the name by which the caller gives more of them.
        """
        found: str | None = self.take(name, lambda value: self._code(value, table, known))
        return found

    def _code(self, value: Any, table: str, known: Mapping[int, str]) -> str:
        given = self.reading.options.get("tables", {}).get(table, {})
        text = text_of(value)
        number = int(text) if text.isdecimal() and len(text) < 10 else None
        for candidates in (given, known):
            if number is not None and number in candidates:
                return candidates[number]
        raise InvalidInput.of("exchange.unknown_id", found=text, table=table)

    def either(self, identifier: str, table: str, known: Mapping[int, str], code: str) -> tuple[str | None, str]:
        """Take a code that has two fields, one for an identifier and one for itself; return it with its path."""
        name = identifier if self.has(identifier) else code
        found = self.code(identifier, table, known) if name == identifier else self.text(code)
        return found, self.at(name)

    def attempt(self, place: str, model: Callable[..., M], **values: Any) -> M | None:
        """Return a part made of the values that there are; None if it is refused, which becomes a problem."""
        try:
            return model(**{name: value for name, value in values.items() if value is not None})
        except DianFeError as error:
            self.reading.problem(error, self.at(place))
            return None

    def allowance(self, indicator: str, **values: Any) -> AllowanceCharge | None:
        """Return a discount or a charge, which ``indicator`` tells apart; a problem when it is empty."""
        is_charge = self.truth(indicator)
        if not self.has(indicator):
            self.reading.problem(InvalidInput.of("exchange.discount_or_charge"), self.at(indicator))
        return self.attempt("amount", AllowanceCharge, is_charge=is_charge, **values)

    def make(self, name: str, line: int, part: Any) -> None:
        """Keep a part of a line that is a model already: a tax, a discount."""
        made = self.reading.lines[line].setdefault(MADE, {})
        made[name] = (*made.get(name, ()), part)
        self.reading.places.setdefault((f"line.{name}", line), self.path)

    def tax(self, line: int, kind: str, place: str, *, code: str | None, **values: Any) -> None:
        """Keep a tax or a withholding of a line; the problem is at ``place`` of this part.

        A tax without its code is the one that ``defaults`` names; otherwise it is a problem, since the document would
        lack it.
        """
        if code is None and kind == "taxes":
            code = self.reading.options.get("defaults", {}).get("line.tax")
        if code is None:
            self.reading.problem(InvalidInput.of("exchange.which_tax"), self.at(place))
            return
        made = self.attempt(place, tax, code=code, **values)
        if made is not None:
            self.make(kind, line, made)

    def put(self, name: str, target: str, convert: Callable[[Any], Any], line: int | None = None) -> None:
        """Take a field as a datum of the document, or of one of its lines."""
        self.reading.put(target, self.take(name, convert), self.at(name), line)


def one(value: Any) -> tuple[str, ...]:
    """Return a value of JSON as a list of one text."""
    return (text_of(value),)


def as_number(value: Any) -> Decimal:
    """Return a value of JSON as an exact number."""
    if isinstance(value, float):
        return exact_float(value)
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise InvalidNumberText.of("exchange.not_a_number", found=shown_cell(value))
    return exact_of(value, "")


def as_day(value: Any) -> date:
    """Return a value of JSON as a day, written AAAA-MM-DD."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(text_of(value))
    except ValueError:
        raise InvalidInput.of("exchange.not_a_day", found=shown_cell(value)) from None


def as_clock(value: Any) -> str:
    """Return a time of the clock, HH:MM:SS, as documents write it: in Colombian time, of no other zone."""
    try:
        read = time.fromisoformat(text_of(value))
    except ValueError:
        raise InvalidInput.of("exchange.not_a_clock", found=shown_cell(value)) from None
    if read.utcoffset() not in (None, _COLOMBIA):
        raise InvalidInput.of("exchange.not_a_clock", found=shown_cell(value))
    return f"{read:%H:%M:%S}-05:00"


def as_truth(value: Any) -> bool:
    """True if a value of JSON says yes; InvalidInput if it says neither yes nor no."""
    if value in (True, "1", "true"):
        return True
    if value in (False, "0", "false"):
        return False
    raise InvalidInput.of("exchange.not_yes_or_no", found=shown_cell(value))


def moment(day: date, clock: str) -> datetime:
    """Return a moment of a day and a time of the clock in Colombia."""
    return to_bogota(datetime.combine(day, time.fromisoformat(clock[:8]), BOGOTA))


def load(data: Any) -> Any:
    """Return JSON as data, its numbers exact; a mapping as it is. Raise ``UnreadableDocument`` and ``InvalidInput``."""
    if isinstance(data, (str, bytes)):
        try:
            data = json.loads(data, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_pairs)
        except InvalidInput:
            raise
        except (ValueError, RecursionError) as error:
            raise UnreadableDocument.of("exchange.not_json", found=str(error)[:80]) from None
    if not isinstance(data, Mapping):
        raise InvalidInput.of("exchange.not_an_object", field="data", found=type(data).__name__)
    return data


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _pairs(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; refuse one that says a field twice, of which one would be lost."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidInput.of("exchange.field_twice", field="data", found=twice)
    return made


def _nothing(value: Any) -> bool:
    return value is None or (isinstance(value, (list, tuple, Mapping)) and not value) or is_empty(value)


def _leaves(data: Any) -> Iterator[str]:
    """Yield the path of every field with a value, in their order."""
    found: list[tuple[str, Any, int]] = [("", data, 0)]
    while found:
        path, value, depth = found.pop()
        if depth > _DEEPEST:
            raise UnreadableDocument.of("exchange.too_deep", most=_DEEPEST)
        if isinstance(value, Mapping):
            names = (
                (name if _NAME.fullmatch(name := str(key)) else f"[{name!r}]", each) for key, each in value.items()
            )
            inner = [(f"{path}.{name}" if path else name, each, depth + 1) for name, each in names]
            found += reversed(inner)
        elif isinstance(value, (list, tuple)):
            found += reversed([(f"{path}[{position}]", each, depth + 1) for position, each in enumerate(value)])
        elif not _nothing(value):
            yield path
