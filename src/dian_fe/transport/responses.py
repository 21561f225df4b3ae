"""The cac:DocumentResponse elements of DIAN's answers: verdicts with their rules, events, notes.

Elements are found by their local names, whatever their namespaces; what is missing is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from .. import _xmlsafe
from .._arguments import checked
from .._viewed import Viewed
from ..errors import UnreadableDocument
from ..events.calendar import FIRST_YEAR, LAST_YEAR
from ..events.timeline import RegisteredParty
from ..faults import Fault
from ..models._dates import BOGOTA
from ..models.application_response import REJECTED, VERDICTS
from ..rules.answer_lines import parse_line
from .soap import child, elements, local_name

_LONGEST_COUNTER: Final = 18
_TIMES: Final = (("Response", "Effective"), ("DocumentReference", "Issue"))
"""Where a date and time may stand: element, and the beginning of the names inside it."""
_NO_RULES: Final = frozenset({"", "0", "0000"})
"""Codes of lines that name no rule: the document's NSU, and that it was authorised."""


@checked
@dataclass(frozen=True, slots=True)
class NoteConcept(Viewed):
    """Why a note corrects the invoice (cac:LineResponse)."""

    code: str
    """Concept of correction: 1 to 6 of a credit note, 1 to 4 of a debit note."""
    description: str = ""
    line: str = ""
    """LineReference/LineID."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One cac:DocumentResponse."""

    code: str
    description: str
    order: int | None
    """Response/ReferenceID; None when it is not a number."""
    stated_at: datetime | None
    references: tuple[tuple[str, str], ...]
    """Number and key, in lower case, of each cac:DocumentReference."""
    issuer: RegisteredParty | None
    recipient: RegisteredParty | None
    lines: tuple[NoteConcept, ...]
    """Each cac:Response of a cac:LineResponse: in a verdict the code is that of a rule."""

    @property
    def reference(self) -> tuple[str, str]:
        """Number and key of the first reference."""
        return self.references[0] if self.references else ("", "")


def answered(root: Any) -> Iterator[Answered]:
    """Yield what each cac:DocumentResponse of an answer says, in the order of the XML.

    Of an ApplicationResponse only its own count, not what it carries somewhere inside.
    """
    own = local_name(root) == "ApplicationResponse"
    for element in _all(root, "DocumentResponse") if own else root.iter("{*}DocumentResponse"):
        response = child(element, "Response")
        yield Answered(
            text(response, "ResponseCode"),
            description(response),
            _counter(text(response, "ReferenceID")),
            _stated_at(element),
            tuple((text(each, "ID"), text(each, "UUID").lower()) for each in _all(element, "DocumentReference")),
            party(child(element, "IssuerParty")),
            party(child(element, "RecipientParty")),
            tuple(
                NoteConcept(text(each, "ResponseCode"), description(each), text(line, "LineReference", "LineID"))
                for line in _all(element, "LineResponse")
                for each in _all(line, "Response")
            ),
        )


def rules_listed(documents: Iterable[bytes]) -> list[Fault]:
    """Return the rules in the lines of ApplicationResponses: code and text, without DIAN's word for the severity.

    Those of a document validated (02) are notifications, since nothing else leaves it valid; those of one rejected (04)
    have the severity that is known of their code, and are rejections when none is.
    """
    faults: list[Fault] = []
    for document in documents:
        root = application_response(document)
        for answer in () if root is None else answered(root):
            if answer.code not in VERDICTS:
                continue
            word = "" if answer.code == REJECTED else "Notificación: "
            faults += (
                parse_line(f"Regla: {line.code}, {word}{line.description}")
                for line in answer.lines
                if line.code not in _NO_RULES
            )
    return faults


def application_response(document: bytes) -> Any:
    """Return the root element of an ApplicationResponse; None for anything else."""
    try:
        root = _xmlsafe.parse(document, tolerant=True)
    except UnreadableDocument:
        return None
    return root if local_name(root) == "ApplicationResponse" else None


def text(element: Any, *path: str) -> str:
    """Return the text of an element below, "" when it is not there."""
    for name in path:
        element = None if element is None else child(element, name)
    return "" if element is None else (element.text or "").strip()


def description(element: Any) -> str:
    """Return every cbc:Description of an element, joined by line feeds."""
    return "\n".join(each for found in _all(element, "Description") if (each := (found.text or "").strip()))


def party(element: Any) -> RegisteredParty | None:
    """Return who a party is by its tax scheme; None without identification and name."""
    scheme = None if element is None else child(element, "PartyTaxScheme")
    identification = None if scheme is None else child(scheme, "CompanyID")
    found = RegisteredParty(
        text(scheme, "CompanyID"),
        text(scheme, "RegistrationName"),
        "" if identification is None else identification.get("schemeName", "").strip(),
        "" if identification is None else identification.get("schemeID", "").strip(),
    )
    return found if found.id or found.name else None


def moment_of(written: str) -> datetime | None:
    """Return the moment of an ISO 8601 text, in Colombian time when it has no zone; None for any other text."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    if not FIRST_YEAR < moment.year < LAST_YEAR:  # 0001-01-01 is how .NET writes that there is none
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=BOGOTA)


def _stated_at(answer: Any) -> datetime | None:
    for owner, prefix in _TIMES:
        element = child(answer, owner)
        day, hour = text(element, f"{prefix}Date"), text(element, f"{prefix}Time")
        if day and (found := moment_of(f"{day[:10]}T{hour or '00:00:00'}")) is not None:
            return found
    return None


def _counter(written: str) -> int | None:
    known = written.isascii() and written.isdigit() and len(written) <= _LONGEST_COUNTER
    return int(written) if known else None


def _all(element: Any, name: str) -> list[Any]:
    return [] if element is None else [each for each in elements(element) if local_name(each) == name]
