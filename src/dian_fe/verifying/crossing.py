"""What parts say of each other: DIAN's answer of the document, the container of what it carries.

DIAN does not validate containers (annex 1.9, section 8.5) and its AE codes speak of presence and form, so that what
contradicts here has codes of the library. What real containers get wrong though their documents are good is told, not
refused (facts of 87 real ones: another number beside the right key, dates of other days, result codes 00 and 002).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from ..catalogs._text import fold
from ..faults import Fault, Severity
from ..models.application_response import REJECTED, ApplicationResponse
from ..models.attached_document import AttachedDocument
from ..ubl.received import OtherFile, Received
from ..ubl.tables.extension import DIAN_NAME, DIAN_NIT
from .examination import is_answer, is_event, is_sale

_GOOD_RESULTS: Final = frozenset({"02", "002", "00"})
"""ValidationResultCode of accepted documents: the official one, and two that real containers have."""
_BEFORE_ANSWER: Final = "04"
"""Invoices of this type are handed over before DIAN answers."""
DIAN_WORDS: Final = "impuestos y aduanas nacionales"
"""What every form of DIAN's name has, as ``fold`` gives it."""
_REFERENCE: Final = "/AttachedDocument/cac:ParentDocumentLineReference[{}]/cac:DocumentReference"
_ANSWERED: Final = "/ApplicationResponse/cac:DocumentResponse/cac:DocumentReference"
_ASK: Final = "pida al emisor el contenedor con la factura y la respuesta de la DIAN que le corresponde."


def finding(
    code: str,
    message: str,
    *,
    xpath: str = "",
    path: str = "",
    notify: bool = False,
    hint: str = "",
    found: object = None,
    expected: object = None,
) -> Fault:
    """Make a finding of the library's own: one that makes the part invalid unless ``notify``."""
    return Fault(
        code=code,
        severity=Severity.NOTIFICACION if notify else Severity.RECHAZO,
        message=message,
        path=path,
        xpath=xpath,
        hint=hint,
        found=None if found is None else str(found),
        expected=None if expected is None else str(expected),
        source="verify",
    )


def same(one: str | None, other: str | None) -> bool:
    """Compare keys, numbers and codes as they are compared: blanks around and case do not count."""
    return (one or "").strip().casefold() == (other or "").strip().casefold()


def about_answer(response: ApplicationResponse, scope: Sequence[Received[Any]]) -> Iterator[Fault]:
    """Judge DIAN's answer: who gives it, what it says, and whether it speaks of one of the documents beside it."""
    if response.sender.id != DIAN_NIT:
        yield finding(
            "answer_sender",
            "La respuesta no la da la DIAN.",
            xpath="/ApplicationResponse/cac:SenderParty/cac:PartyTaxScheme/cbc:CompanyID",
            path="sender.id",
            found=response.sender.id,
            expected=DIAN_NIT,
            hint="no confíe en ella: consulte el documento en el catálogo de la DIAN con su CUFE.",
        )
    if not response.accepted:
        rejected = response.code == REJECTED
        yield finding(
            "answer_rejected" if rejected else "answer_code",
            "La DIAN rechazó el documento."
            if rejected
            else "La respuesta no dice que la DIAN haya validado el documento.",
            xpath="/ApplicationResponse/cac:DocumentResponse/cac:Response/cbc:ResponseCode",
            path="code",
            found=f"{response.code or ''} {response.description or ''}".strip() or None,
            expected="02",
            hint="pida al emisor el documento corregido y aceptado por la DIAN.",
        )
    if not scope:
        return
    spoken_of = next((one for one in scope if one.key and same(one.key, response.reference_key)), None)
    if spoken_of is None:
        yield finding(
            "answer_of_another_document",
            "La respuesta de la DIAN habla de otro documento.",
            xpath=f"{_ANSWERED}/cbc:UUID",
            path="reference_key",
            found=response.reference_key,
            expected=" | ".join(one.key or "sin clave" for one in scope),
            hint=_ASK,
        )
        return
    if not same(response.reference, spoken_of.document.number):
        yield finding(
            "answer_number",
            "La respuesta de la DIAN dice otro número de documento.",
            xpath=f"{_ANSWERED}/cbc:ID",
            path="reference",
            found=response.reference,
            expected=spoken_of.document.number,
            hint=_ASK,
        )
    issuer = spoken_of.document.supplier.id if is_sale(spoken_of) else spoken_of.document.sender.id
    if not same(response.receiver.id, issuer):
        yield finding(
            "answer_receiver",
            "La respuesta de la DIAN no está dirigida al emisor del documento.",
            xpath="/ApplicationResponse/cac:ReceiverParty/cac:PartyTaxScheme/cbc:CompanyID",
            path="receiver.id",
            notify=True,
            found=response.receiver.id,
            expected=issuer,
        )


def about_container(container: AttachedDocument, parts: Sequence[Received[Any] | OtherFile]) -> Iterator[Fault]:
    """Judge what a container says of the documents inside it."""
    inside = [one for part in parts if isinstance(part, Received) for one in part.walk()]
    mains = [part for part in inside if is_sale(part)] or [part for part in inside if is_event(part)]
    if not mains:
        yield finding(
            "container_empty",
            "El contenedor no trae un documento que se pueda leer.",
            xpath="/AttachedDocument/cac:Attachment",
            hint="pida al emisor el contenedor completo.",
        )
        return
    if len(mains) > 1:
        yield finding(
            "container_several_documents",
            "El contenedor trae varios documentos y no se sabe de cuál habla.",
            xpath="/AttachedDocument",
            found=", ".join(part.document.number for part in mains),
            expected="un documento",
            hint="pida al emisor un contenedor por documento.",
        )
        return
    (main,) = mains
    # How containers of events are written is not established: what they contradict is told only.
    lenient = not is_sale(main)
    yield from _differing(
        "container_parent_number",
        "El contenedor dice otro número de documento.",
        "/AttachedDocument/cbc:ParentDocumentID",
        container.parent_number,
        main.document.number,
        notify=lenient,
    )
    yield from _references(container, main, lenient=lenient)
    yield from _results(container, [part.document for part in inside if is_answer(part)], lenient=lenient)
    if is_sale(main):
        yield from _parties(container, main.document)
        answered = any(is_answer(part) for part in inside)
        if not answered and getattr(main.document, "type_code", None) != _BEFORE_ANSWER:
            yield finding(
                "container_without_answer",
                "El contenedor no trae la respuesta de la DIAN.",
                xpath="/AttachedDocument/cac:ParentDocumentLineReference",
                notify=True,
                hint="consulte el documento en el catálogo de la DIAN con su CUFE antes de aceptarlo.",
            )


def _references(container: AttachedDocument, main: Received[Any], *, lenient: bool) -> Iterator[Fault]:
    for at, answer in enumerate(container.answers, 1):
        place = _REFERENCE.format(at)
        yield from _differing(
            "container_reference_key",
            "El contenedor dice la clave de otro documento.",
            f"{place}/cbc:UUID",
            answer.reference_key,
            main.key,
            notify=lenient,
        )
        yield from _differing(
            "container_reference_number",
            "El contenedor dice otro número al referirse al documento.",
            f"{place}/cbc:ID",
            answer.reference,
            main.document.number,
            notify=True,
        )


def _results(container: AttachedDocument, answers: Sequence[ApplicationResponse], *, lenient: bool) -> Iterator[Fault]:
    only = answers[0] if len(answers) == 1 else None
    for at, told in enumerate(container.answers, 1):
        place = _REFERENCE.format(at)
        if told.result_code is not None and told.result_code not in _GOOD_RESULTS:
            yield finding(
                "container_result",
                "El contenedor dice que la DIAN no validó el documento.",
                xpath=f"{place}/cac:ResultOfVerification/cbc:ValidationResultCode",
                notify=lenient,
                found=told.result_code,
                expected="02",
                hint=_ASK,
            )
        if told.validator is not None and DIAN_WORDS not in fold(told.validator):
            yield finding(
                "container_validator",
                "El contenedor dice que validó el documento otro que la DIAN.",
                xpath=f"{place}/cac:ResultOfVerification/cbc:ValidatorID",
                notify=True,
                found=told.validator,
                expected=DIAN_NAME,
            )
        if only is None:
            continue
        for name, day, path in (
            ("validation_date", told.validation_date, "cac:ResultOfVerification/cbc:ValidationDate"),
            ("issue_date", told.issue_date, "cbc:IssueDate"),
        ):
            if day is not None and day != only.issue_date:
                yield finding(
                    f"container_{name}",
                    "El contenedor dice otra fecha de la respuesta de la DIAN.",
                    xpath=f"{place}/{path}",
                    notify=True,
                    found=day,
                    expected=only.issue_date,
                )


def _parties(container: AttachedDocument, document: Any) -> Iterator[Fault]:
    for role, party, who, expected in (
        ("sender", container.sender, "emisor", document.supplier.id),
        ("receiver", container.receiver, "receptor", document.customer.id),
    ):
        yield from _differing(
            f"container_{role}",
            f"El {who} del contenedor no es el del documento.",
            f"/AttachedDocument/cac:{role.capitalize()}Party/cac:PartyTaxScheme/cbc:CompanyID",
            None if party is None else party.id,
            expected,
        )


def _differing(
    code: str, message: str, xpath: str, found: str | None, expected: str | None, *, notify: bool = False
) -> Iterator[Fault]:
    """Tell a datum that is there and says something else; containers that say nothing are usual."""
    if found and not same(found, expected):
        yield finding(code, message, xpath=xpath, notify=notify, found=found, expected=expected, hint=_ASK)
