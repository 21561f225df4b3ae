"""Drafts: a company's documents before they have a number and a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from inspect import signature
from typing import TYPE_CHECKING, Any, Generic, TypedDict, cast

from .._api import load_document
from .._typevars import TypeVar
from .._viewed import Viewed
from ..errors import InvalidInput
from ..families.registry import find, kind_of, kinds, model_kind
from ..families.spec import DocumentKind
from ..models._dates import to_bogota
from ..models._json import load_json
from ..models.document import AmountDetails, NoteDetails
from ..models.issuable import Issuable
from ..models.lines import Line
from .numbering import series_of

if TYPE_CHECKING:
    from ..models.issuer import Issuer

D = TypeVar("D", bound=Issuable, default=Any)


class Numbered(TypedDict, total=False):
    """How a draft gets its number; by default, the next one of the kind's numbering."""

    number: str | None
    """Its number, chosen by the caller: of a document on paper, or of a rejected one."""
    prefix: str | None
    """Prefix of the numbering to take the number from."""


class DraftDetails(Numbered, AmountDetails, total=False):
    """Optional arguments of the drafts of documents with lines."""


class NoteDraftDetails(Numbered, NoteDetails, total=False):
    """Optional arguments of the drafts of notes over a document, as ``correcting`` has them."""

    key: str | None
    description: str | None
    lines: Iterable[Line] | None
    previous: Iterable[Any]


@dataclass(frozen=True, slots=True)
class Draft(Viewed, Generic[D]):
    """A document of the company that has all but its number and its moment, which ``Company.issue`` gives it.

    Its data are valid: what cannot be issued was refused when it was drafted.
    """

    kind: DocumentKind = field(repr=False)
    """The kind of document."""
    document: D
    """The document as it would be at the moment of drafting, with the first number of its numbering."""
    number: str | None = None
    """The number that the caller chose; None: the next one."""
    prefix: str | None = None
    """The prefix that the caller chose; None: the usual one."""
    original: Any = field(default=None, repr=False)
    """The document that it corrects, as it was given."""
    _make: Callable[[str, datetime], D] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, document: D) -> Draft[D]:
        """Return the draft of a document that has its number and moment already.

        Raise ``UnsupportedDocument`` for anything else, ``InvalidInput`` for a document that no company issues.
        """
        kind = kind_of(document)
        if kind.numbering is None:
            raise _not_issued(kind.name)
        known: Any = document
        return cls(kind, document, known.number)

    def at(self, number: str, moment: datetime) -> D:
        """Return the document with its number and moment."""
        return self.document if self._make is None else self._make(number, moment)


class Drafts:
    """Base of the methods that draft documents: those of `Company`, and those that each family declares."""

    if TYPE_CHECKING:
        issuer: Issuer
        starts: Mapping[str, int]

        def now(self) -> datetime:
            """Return the moment."""

    def draft(self, kind: str, /, *, number: str | None = None, prefix: str | None = None, **values: Any) -> Draft[Any]:
        """Draft a document of any kind that companies issue, by its name; see the method of that name, where it exists.

        ``values``: what its model takes, except number, moment and the company itself. A note takes the document that
        it corrects under the name that its ``correcting`` has for it. Raise ``InvalidInput`` for another kind, and what
        the model raises.
        """
        known = find(kind)
        if known is None or known.numbering is None:
            raise _not_issued(kind)
        model = known.model_class
        correcting = getattr(model, "correcting", None)
        if correcting is not None and "concept" in values:
            corrected = next(iter(signature(correcting).parameters))
            return self.drafted(correcting, values.pop(corrected, None), number=number, prefix=prefix, **values)
        values.setdefault(known.roles.issuer, self.issuer.organization)
        return self.drafted(getattr(model, "from_lines", model), number=number, prefix=prefix, **values)

    def load(self, data: str | bytes | Mapping[str, Any]) -> Draft[Any]:
        """Draft a document of any kind from its JSON, which has neither number, moment nor the company itself.

        Raise what `load_document` raises: ``NotAllowed`` when the JSON sets one of them.
        """
        values = dict(data) if isinstance(data, Mapping) else load_json(data)
        fields: Any = values if isinstance(values, dict) else data  # anything else is refused below, with its kind
        kind = find(str(fields.get("kind") if fields is values else None)) or next(kinds())
        company = {kind.roles.issuer: self.issuer.organization}
        return self._draft(kind, partial(_made, load_document, (fields,), company))

    def drafted(
        self,
        make: Callable[..., D],
        *args: Any,
        number: str | None = None,
        prefix: str | None = None,
        **values: Any,
    ) -> Draft[D]:
        """Return the draft of a document that ``make`` makes of these arguments, a number and a moment.

        ``make``: a model, or a method of one (``from_lines``, ``correcting``, which takes the corrected document).
        """
        given = {name: tuple(each) if isinstance(each, Iterator) else each for name, each in values.items()}
        if "issued_at" in given:
            raise InvalidInput.of("company.moment_given", field="issued_at", found=given["issued_at"])
        kind = model_kind(cast(Any, getattr(make, "__self__", make)))
        assert kind is not None  # families draft their own documents
        return self._draft(kind, partial(_made, make, args, given), number, prefix, args[0] if args else None)

    def _draft(
        self,
        kind: DocumentKind,
        make: Callable[[str, datetime], D],
        number: str | None = None,
        prefix: str | None = None,
        original: Any = None,
    ) -> Draft[D]:
        moment = self.now()
        if number is not None and prefix is not None and not number.strip().startswith(prefix):
            raise InvalidInput.of("company.prefix_of_number", field="prefix", found=number, prefix=prefix)
        if number is None:
            series = series_of(self.issuer, kind, moment.date(), prefix, self.starts)[0]
        preview = f"{series.prefix}{series.first}" if number is None else number
        return Draft(kind, make(preview, moment), number, prefix, original, make)


def _made(make: Callable[..., D], args: tuple[Any, ...], given: Mapping[str, Any], number: str, at: datetime) -> D:
    """Return the document of a number and a moment; no closure, so that drafts can be pickled."""
    return make(*args, number=number, issued_at=at, **given)


def _not_issued(name: str) -> InvalidInput:
    issued = (each.name for each in kinds() if each.numbering is not None)
    return InvalidInput.of("company.kind", field="kind", found=name, expected=", ".join(issued))


def moment_of(clock: Callable[[], datetime]) -> datetime:
    """Return the moment of a clock in Colombian time, to the second."""
    return to_bogota(clock(), "clock").replace(microsecond=0)
