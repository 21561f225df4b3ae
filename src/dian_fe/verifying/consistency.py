"""Consistency between parts: DIAN's answer with the document, the container with its contents.

DIAN does not validate containers (annex 1.9, section 8.5) and its AE codes are about presence and form, so that
contradictions have codes of the library. Usual errors of real containers with good documents are advice, not refusals
(facts of 87 real ones: another number beside the right key, dates of other days, result codes 00 and 002).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from .._text import fold
from ..catalogs.identification import DIAN_NIT
from ..families.spec import Roles
from ..faults import Fault
from ..models._missing import datum
from ..models.application_response import REJECTED, ApplicationResponse
from ..models.attached_document import AttachedDocument
from ..ubl.received import OtherFile, Received
from ..ubl.tables.extension import DIAN_NAME
from .report import is_answer, is_document, is_event
from .verdicts import finding

_GOOD_RESULTS: Final = frozenset({"02", "002", "00"})
"""ValidationResultCode of accepted documents: the official one, and two that real containers have."""
DIAN_WORDS: Final = "impuestos y aduanas nacionales"
"""Words that every form of DIAN's name has, as ``fold`` returns them."""
EARLY: Final = timedelta(days=10)
"""How far ahead a document may be dated when it is sent (FAD09d); since annex 1.9 it is signed on that day."""
_CLOCKS: Final = timedelta(hours=6)
"""How far clocks may differ, and zones be mistaken (UTC written as Colombian time)."""
_NIT: Final = "cac:PartyTaxScheme/cbc:CompanyID"
_ANSWERED: Final = "/ApplicationResponse/cac:DocumentResponse/cac:DocumentReference"


def same(one: str | None, other: str | None) -> bool:
    """True if two keys, numbers or codes are the same, whatever their case and surrounding whitespace."""
    return (one or "").strip().casefold() == (other or "").strip().casefold()


def about_answer(
    response: ApplicationResponse, signed_at: datetime | None, scope: Sequence[Received[Any]], at: datetime | None
) -> Iterator[Fault]:
    """Yield the faults of DIAN's answer: its sender, its result, the document that it is about, and its date."""
    if (sender := datum(response, "sender.id")) != DIAN_NIT:
        xpath = f"/ApplicationResponse/cac:SenderParty/{_NIT}"
        yield finding("answer_sender", xpath=xpath, path="sender.id", found=sender, expected=DIAN_NIT)
    if not response.accepted:
        yield finding(
            "answer_rejected" if response.code == REJECTED else "answer_code",
            xpath="/ApplicationResponse/cac:DocumentResponse/cac:Response/cbc:ResponseCode",
            path="code",
            found=f"{response.code or ''} {response.description or ''}".strip() or None,
            expected="02",
        )
    answered = next((one for one in scope if one.key and same(one.key, response.reference_key)), None)
    if answered is not None:
        yield from _about_answered(response, answered)
    elif scope:
        yield finding(
            "answer_of_another_document",
            xpath=f"{_ANSWERED}/cbc:UUID",
            path="reference_key",
            found=response.reference_key,
            expected=" | ".join(one.key or "sin clave" for one in scope),
        )
    issued_at = None if answered is None else datum(answered.document, "issued_at")
    for moment, xpath in (
        (datum(response, "issued_at"), "/ApplicationResponse/cbc:IssueDate"),
        (signed_at, "//ds:Signature//xades:SigningTime"),
    ):
        if moment is not None:
            yield from _about_time(moment, xpath, issued_at, at)


def _about_answered(response: ApplicationResponse, document: Received[Any]) -> Iterator[Fault]:
    """Yield the differences of a document's number and issuer from those in DIAN's answer."""
    number, issuer = (datum(document.document, path) for path in ("number", f"{document.kind.roles.issuer}.id"))
    if not same(response.reference, number):
        xpath = f"{_ANSWERED}/cbc:ID"
        yield finding("answer_number", xpath=xpath, path="reference", found=response.reference, expected=number)
    if not same(receiver := datum(response, "receiver.id"), issuer):
        xpath = f"/ApplicationResponse/cac:ReceiverParty/{_NIT}"
        yield finding("answer_receiver", xpath=xpath, path="receiver.id", notify=True, found=receiver, expected=issuer)


def _about_time(moment: datetime, xpath: str, issued_at: datetime | None, at: datetime | None) -> Iterator[Fault]:
    """Yield the faults of the time of DIAN's answer: before the document existed, or later than the present.

    A document may be dated up to ten days ahead (FAD09d), so a difference of up to that is only advice.
    """
    found = moment.isoformat()
    if issued_at is not None and moment < issued_at - _CLOCKS:
        notify, expected = moment >= issued_at - EARLY, f"desde {issued_at.isoformat()}"
        yield finding("answer_before_document", xpath=xpath, notify=notify, found=found, expected=expected)
    if at is not None and moment > at + EARLY:
        yield finding("answer_in_future", xpath=xpath, found=found, expected=f"a más tardar {at.isoformat()}")


def about_container(container: AttachedDocument, parts: Sequence[Received[Any] | OtherFile]) -> Iterator[Fault]:
    """Yield the differences of a container's data from the documents inside it."""
    inside = [one for part in parts if isinstance(part, Received) for one in part.walk()]
    mains = [part for part in inside if is_document(part)] or [part for part in inside if is_event(part)]
    numbers = [datum(part.document, "number") for part in mains]
    if not mains:
        yield finding("container_empty", xpath="/AttachedDocument/cac:Attachment")
        return
    if len(mains) > 1:
        found = ", ".join(map(str, numbers))
        yield finding("container_several_documents", xpath="/AttachedDocument", found=found, expected="un documento")
        return
    (main,), (number,) = mains, numbers
    # The form of containers of events is not established: contradictions are advice only.
    lenient = not is_document(main)
    place = "/AttachedDocument/cbc:ParentDocumentID"
    yield from _differing("container_parent_number", place, container.parent_number, number, notify=lenient)
    for at, reference in enumerate(container.answers, 1):
        place = f"/AttachedDocument/cac:ParentDocumentLineReference[{at}]/cac:DocumentReference"
        key = reference.reference_key
        yield from _differing("container_reference_key", f"{place}/cbc:UUID", key, main.key, notify=lenient)
        cited = reference.reference
        yield from _differing("container_reference_number", f"{place}/cbc:ID", cited, number, notify=True)
    answers = [part.document for part in inside if is_answer(part)]
    yield from _results(container, answers, lenient=lenient)
    if is_document(main):
        yield from _parties(container, main)
        if not answers and not main.kind.before_answer(getattr(main.document, "type_code", None)):
            yield finding(
                "container_without_answer", xpath="/AttachedDocument/cac:ParentDocumentLineReference", notify=True
            )


def _results(container: AttachedDocument, answers: Sequence[ApplicationResponse], *, lenient: bool) -> Iterator[Fault]:
    """Yield the differences of a container's data from DIAN's answers inside it: result, validator and dates."""
    answered = datum(answers[0], "issue_date") if len(answers) == 1 else None
    for at, reference in enumerate(container.answers, 1):
        place = f"/AttachedDocument/cac:ParentDocumentLineReference[{at}]/cac:DocumentReference"
        result = f"{place}/cac:ResultOfVerification"
        if (code := reference.result_code) is not None and code not in _GOOD_RESULTS:
            xpath = f"{result}/cbc:ValidationResultCode"
            yield finding("container_result", xpath=xpath, notify=lenient, found=code, expected="02")
        if (validator := reference.validator) is not None and DIAN_WORDS not in fold(validator):
            xpath = f"{result}/cbc:ValidatorID"
            yield finding("container_validator", xpath=xpath, notify=True, found=validator, expected=DIAN_NAME)
        for code, day, xpath in (
            ("container_validation_date", reference.validation_date, f"{result}/cbc:ValidationDate"),
            ("container_issue_date", reference.issue_date, f"{place}/cbc:IssueDate"),
        ):
            if None not in (day, answered) and day != answered:
                yield finding(code, xpath=xpath, notify=True, found=day, expected=answered)


def _parties(container: AttachedDocument, main: Received[Any]) -> Iterator[Fault]:
    """Yield the differences of a container's sender and receiver from issuer and counterpart of its document.

    Where the buyer issues, no source says which of them others name as sender: the seller instead is advice only.
    """
    roles = main.kind.roles
    sides = tuple(datum(main.document, f"{name}.id") for name in (roles.issuer, roles.counterpart))
    named = tuple(None if party is None else party.id for party in (container.sender, container.receiver))
    swapped = roles != Roles() and all(map(same, named, reversed(sides)))
    for role, found, expected in zip(("sender", "receiver"), named, sides, strict=True):
        yield from _differing(
            f"container_{role}",
            f"/AttachedDocument/cac:{role.capitalize()}Party/{_NIT}",
            found,
            expected,
            notify=swapped,
        )


def _differing(
    code: str, xpath: str, found: str | None, expected: str | None, *, notify: bool = False
) -> Iterator[Fault]:
    """Yield the fault of a datum that differs; containers without it are usual."""
    if found and not same(found, expected):
        yield finding(code, xpath=xpath, notify=notify, found=found, expected=expected)
