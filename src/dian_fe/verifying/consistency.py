"""What parts say of each other: DIAN's answer of the document, the container of what it carries.

DIAN does not validate containers (annex 1.9, section 8.5) and its AE codes speak of presence and form, so that what
contradicts here has codes of the library. What real containers get wrong though their documents are good is told, not
refused (facts of 87 real ones: another number beside the right key, dates of other days, result codes 00 and 002).
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
_BEFORE_ANSWER: Final = "04"
"""Invoices of this type are handed over before DIAN answers."""
DIAN_WORDS: Final = "impuestos y aduanas nacionales"
"""What every form of DIAN's name has, as ``fold`` gives it."""
EARLY: Final = timedelta(days=10)
"""How far ahead a document may be dated when it is sent (FAD09d); since annex 1.9 it is signed on that day."""
_CLOCKS: Final = timedelta(hours=6)
"""How far clocks may differ, and zones be mistaken (UTC written as Colombian time)."""
_SIGNED_AT: Final = "//ds:Signature//xades:SigningTime"
_REFERENCE: Final = "/AttachedDocument/cac:ParentDocumentLineReference[{}]/cac:DocumentReference"
_ANSWERED: Final = "/ApplicationResponse/cac:DocumentResponse/cac:DocumentReference"


def same(one: str | None, other: str | None) -> bool:
    """Compare keys, numbers and codes as they are compared: blanks around and case do not count."""
    return (one or "").strip().casefold() == (other or "").strip().casefold()


def about_answer(response: ApplicationResponse, scope: Sequence[Received[Any]]) -> Iterator[Fault]:
    """Judge DIAN's answer: who gives it, what it says, and whether it speaks of one of the documents beside it."""
    if (sender := datum(response, "sender.id")) != DIAN_NIT:
        yield finding(
            "answer_sender",
            xpath="/ApplicationResponse/cac:SenderParty/cac:PartyTaxScheme/cbc:CompanyID",
            path="sender.id",
            found=sender,
            expected=DIAN_NIT,
        )
    if not response.accepted:
        rejected = response.code == REJECTED
        yield finding(
            "answer_rejected" if rejected else "answer_code",
            xpath="/ApplicationResponse/cac:DocumentResponse/cac:Response/cbc:ResponseCode",
            path="code",
            found=f"{response.code or ''} {response.description or ''}".strip() or None,
            expected="02",
        )
    if not scope:
        return
    spoken_of = next((one for one in scope if one.key and same(one.key, response.reference_key)), None)
    if spoken_of is None:
        yield finding(
            "answer_of_another_document",
            xpath=f"{_ANSWERED}/cbc:UUID",
            path="reference_key",
            found=response.reference_key,
            expected=" | ".join(one.key or "sin clave" for one in scope),
        )
        return
    if not same(response.reference, datum(spoken_of.document, "number")):
        yield finding(
            "answer_number",
            xpath=f"{_ANSWERED}/cbc:ID",
            path="reference",
            found=response.reference,
            expected=datum(spoken_of.document, "number"),
        )
    issuer = datum(spoken_of.document, f"{spoken_of.kind.roles.issuer}.id")
    if not same(receiver := datum(response, "receiver.id"), issuer):
        yield finding(
            "answer_receiver",
            xpath="/ApplicationResponse/cac:ReceiverParty/cac:PartyTaxScheme/cbc:CompanyID",
            path="receiver.id",
            notify=True,
            found=receiver,
            expected=issuer,
        )


def about_answer_time(
    response: ApplicationResponse, signed_at: datetime | None, scope: Sequence[Received[Any]], at: datetime | None
) -> Iterator[Fault]:
    """Judge when DIAN's answer was given: not before the document existed, nor later than the present.

    A document may be dated up to ten days ahead (FAD09d), so that so much is told only.
    """
    spoken_of = next((one for one in scope if one.key and same(one.key, response.reference_key)), None)
    issued_at = None if spoken_of is None else datum(spoken_of.document, "issued_at")
    answered_at = datum(response, "issued_at")
    for moment, xpath in ((answered_at, "/ApplicationResponse/cbc:IssueDate"), (signed_at, _SIGNED_AT)):
        if moment is None:
            continue
        if issued_at is not None and moment < issued_at - _CLOCKS:
            yield finding(
                "answer_before_document",
                xpath=xpath,
                notify=moment >= issued_at - EARLY,
                found=moment.isoformat(),
                expected=f"desde {issued_at.isoformat()}",
            )
        if at is not None and moment > at + EARLY:
            yield finding(
                "answer_in_future", xpath=xpath, found=moment.isoformat(), expected=f"a más tardar {at.isoformat()}"
            )


def about_container(container: AttachedDocument, parts: Sequence[Received[Any] | OtherFile]) -> Iterator[Fault]:
    """Judge what a container says of the documents inside it."""
    inside = [one for part in parts if isinstance(part, Received) for one in part.walk()]
    mains = [part for part in inside if is_document(part)] or [part for part in inside if is_event(part)]
    if not mains:
        yield finding(
            "container_empty",
            xpath="/AttachedDocument/cac:Attachment",
        )
        return
    if len(mains) > 1:
        yield finding(
            "container_several_documents",
            xpath="/AttachedDocument",
            found=", ".join(str(datum(part.document, "number")) for part in mains),
            expected="un documento",
        )
        return
    (main,) = mains
    # How containers of events are written is not established: what they contradict is told only.
    lenient = not is_document(main)
    yield from _differing(
        "container_parent_number",
        "/AttachedDocument/cbc:ParentDocumentID",
        container.parent_number,
        datum(main.document, "number"),
        notify=lenient,
    )
    yield from _references(container, main, lenient=lenient)
    yield from _results(container, [part.document for part in inside if is_answer(part)], lenient=lenient)
    if is_document(main):
        yield from _parties(container, main)
        answered = any(is_answer(part) for part in inside)
        if not answered and getattr(main.document, "type_code", None) != _BEFORE_ANSWER:
            yield finding(
                "container_without_answer",
                xpath="/AttachedDocument/cac:ParentDocumentLineReference",
                notify=True,
            )


def _references(container: AttachedDocument, main: Received[Any], *, lenient: bool) -> Iterator[Fault]:
    for at, answer in enumerate(container.answers, 1):
        place = _REFERENCE.format(at)
        yield from _differing(
            "container_reference_key",
            f"{place}/cbc:UUID",
            answer.reference_key,
            main.key,
            notify=lenient,
        )
        yield from _differing(
            "container_reference_number",
            f"{place}/cbc:ID",
            answer.reference,
            datum(main.document, "number"),
            notify=True,
        )


def _results(container: AttachedDocument, answers: Sequence[ApplicationResponse], *, lenient: bool) -> Iterator[Fault]:
    only = answers[0] if len(answers) == 1 else None
    for at, told in enumerate(container.answers, 1):
        place = _REFERENCE.format(at)
        if told.result_code is not None and told.result_code not in _GOOD_RESULTS:
            yield finding(
                "container_result",
                xpath=f"{place}/cac:ResultOfVerification/cbc:ValidationResultCode",
                notify=lenient,
                found=told.result_code,
                expected="02",
            )
        if told.validator is not None and DIAN_WORDS not in fold(told.validator):
            yield finding(
                "container_validator",
                xpath=f"{place}/cac:ResultOfVerification/cbc:ValidatorID",
                notify=True,
                found=told.validator,
                expected=DIAN_NAME,
            )
        answered = datum(only, "issue_date")
        if answered is None:
            continue
        for name, day, path in (
            ("validation_date", told.validation_date, "cac:ResultOfVerification/cbc:ValidationDate"),
            ("issue_date", told.issue_date, "cbc:IssueDate"),
        ):
            if day is not None and day != answered:
                yield finding(
                    f"container_{name}",
                    xpath=f"{place}/{path}",
                    notify=True,
                    found=day,
                    expected=answered,
                )


def _parties(container: AttachedDocument, main: Received[Any]) -> Iterator[Fault]:
    """Compare who sends and who receives with who issues the document and whom it is for.

    Where the buyer issues, no source says which of them others name as sender: the seller instead is told only.
    """
    roles = main.kind.roles
    sides = tuple(datum(main.document, f"{name}.id") for name in (roles.issuer, roles.counterpart))
    named = tuple(None if party is None else party.id for party in (container.sender, container.receiver))
    swapped = roles != Roles() and all(map(same, named, reversed(sides)))
    for role, found, expected in zip(("sender", "receiver"), named, sides, strict=True):
        yield from _differing(
            f"container_{role}",
            f"/AttachedDocument/cac:{role.capitalize()}Party/cac:PartyTaxScheme/cbc:CompanyID",
            found,
            expected,
            notify=swapped,
        )


def _differing(
    code: str, xpath: str, found: str | None, expected: str | None, *, notify: bool = False
) -> Iterator[Fault]:
    """Yield the fault of a datum that is there and says something else; containers that say nothing are usual."""
    if found and not same(found, expected):
        yield finding(code, xpath=xpath, notify=notify, found=found, expected=expected)
