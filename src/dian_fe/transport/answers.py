"""DIAN's answers as typed values. Status codes stay texts: "00" is not 0."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from .._arguments import checked
from .._viewed import Viewed
from ..errors import UnreadableDocument
from ..faults import Fault, Severity
from ..models.application_response import REJECTED, VERDICTS
from ..rules.answer_lines import parse_line
from . import mailboxes
from .archive import unpack_zip
from .contract import OTHERS
from .document_info import DocumentInfo, Pairs, information, is_error
from .mailboxes import ExchangeEmails
from .responses import application_response, rules_told, text
from .soap import NotTheAnswer, child, decoded

KEY = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{96}(?![0-9A-Fa-f])")
"""A CUFE, CUDE, CUDS or CUNE: SHA-384 in hexadecimal."""
ALREADY_PROCESSED: Final = "90"
"""Rule by which DIAN refuses what it has accepted before; not the status code 90 of GetStatus."""
NOT_FOUND: Final = "404"
"""Code by which the questions for a person, a document or what is kept of it say that there is none."""
ALREADY_REGISTERED: Final = "LGC01"
"""Rule by which DIAN refuses an event that is registered on the invoice already."""
TEST_SET: Final = "2"
"""Status code of a document refused because of its test set: closed, or not the sender's."""


class Standing(StrEnum):
    """What a status says of a document."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PENDING = "pending"
    """Taken for processing, or still queued: it proves nothing yet."""
    NOT_FOUND = "not_found"
    UNRECOGNISED = "unrecognised"
    """Of unknown meaning: nothing is guessed from it."""

    @property
    def label(self) -> str:
        """The same in Spanish."""
        return _STANDINGS[self]


_STANDINGS = {
    Standing.ACCEPTED: "aceptado",
    Standing.REJECTED: "rechazado",
    Standing.PENDING: "pendiente",
    Standing.NOT_FOUND: "no se encontró",
    Standing.UNRECOGNISED: "no se reconoce",
}


@checked
@dataclass(frozen=True, slots=True)
class Status(Viewed):
    """DianResponse: the standing of a document (SendBillSync, events, payroll, GetStatus, GetStatusZip)."""

    is_valid: bool
    """IsValid."""
    code: str
    """StatusCode as it came: "00" processed, "99" rejected, "2" refused for its test set, "" pending, "66" and "90" not
    found."""
    description: str
    """StatusDescription."""
    message: str
    """StatusMessage."""
    messages: tuple[str, ...]
    """ErrorMessage, one text for each line, trimmed."""
    document_key: str
    """XmlDocumentKey; may only echo what was sent."""
    file_name: str
    """XmlFileName."""
    application_response: bytes = field(repr=False)
    """Signed ApplicationResponse XML exactly as DIAN made it; empty when none came."""
    raw: bytes = field(repr=False)
    """XmlBase64Bytes as it came: usually the same, sometimes a ZIP."""
    xml_bytes: bytes = field(default=b"", repr=False)
    """XmlBytes: independent of the other, mostly empty; what it holds is not documented."""
    others: Pairs = ()
    """What came besides, by name."""

    @property
    def standing(self) -> Standing:
        """Judge by code and IsValid together; anything not known from real answers or the annex is unrecognised.

        So is "66" with a verdict inside, which users saw for payroll, and "00" with one that rejects: code and verdict
        contradict each other; see ``verdict``.
        """
        if self.code == "00" and self.is_valid:
            verdict = self.verdict
            return Standing.UNRECOGNISED if verdict is not None and verdict.code == REJECTED else Standing.ACCEPTED
        if self.is_valid:
            return Standing.UNRECOGNISED
        if self.code in {"99", TEST_SET}:
            return Standing.REJECTED
        if self.code in {"66", "90"} and not self.messages and self.verdict is None:
            return Standing.NOT_FOUND
        return Standing.UNRECOGNISED if self.code else Standing.PENDING

    @property
    def verdict(self) -> ResponseFacts | None:
        """What the ApplicationResponse says: "02" validated, "04" rejected, and of which document; None without one.

        Its signature is not verified: see ``verify``.
        """
        facts = response_facts(self.application_response) if self.application_response else None
        return facts if facts is not None and facts.code in VERDICTS else None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The messages as faults: rejections and notifications.

        Without messages they are the rules inside the ApplicationResponse: notifications when it validates, else of
        the severity known of their code. A refusal in which nothing rejects is told by its texts besides.
        """
        if self.messages:
            return tuple(parse_line(message) for message in self.messages)
        faults = rules_told([self.application_response]) if self.application_response else []
        if self.standing is Standing.REJECTED and not any(fault.severity is Severity.RECHAZO for fault in faults):
            faults.insert(0, Fault(self.code, Severity.RECHAZO, self.text, source="dian"))
        return tuple(faults)

    @property
    def already_processed(self) -> bool:
        """Whether it was rejected because this or another document of that number was accepted before (rule 90)."""
        return self.standing is Standing.REJECTED and any(fault.code == ALREADY_PROCESSED for fault in self.faults)

    @property
    def already_registered(self) -> bool:
        """Whether it was rejected because an event of this code is registered on the invoice (LGC01)."""
        return self.standing is Standing.REJECTED and any(fault.code == ALREADY_REGISTERED for fault in self.faults)

    @property
    def text(self) -> str:
        """Everything it says, on one line."""
        parts = dict.fromkeys(part for part in (self.description, self.message, *self.messages) if part)
        return " | ".join(" ".join(part.split()) for part in parts)

    def named_keys(self) -> tuple[str, ...]:
        """Return the document keys in its texts, in lower case. XmlDocumentKey may only echo what was sent."""
        texts = (self.text, *(() if self.messages else (fault.message for fault in self.faults)))
        return tuple(dict.fromkeys(key.lower() for text in texts for key in KEY.findall(text)))

    @property
    def responses(self) -> tuple[bytes, ...]:
        """Every XML that came in XmlBase64Bytes: one, or those of a ZIP. Raises ``UnsafeArchive``."""
        return _documents(self.raw)


@dataclass(frozen=True, slots=True)
class UploadMessage(Viewed):
    """XmlParamsResponseTrackId: what the service says of one file that it was given."""

    key: str
    message: str
    sender: str
    success: bool | None
    file_name: str
    others: Pairs = ()


@dataclass(frozen=True, slots=True)
class Upload(Viewed):
    """UploadDocumentResponse: the receipt of an asynchronous sending.

    ``zip_key`` proves that the file arrived, nothing about the documents in it; empty means refused, and ``messages``
    say why.
    """

    zip_key: str
    messages: tuple[UploadMessage, ...]
    others: Pairs = ()


@checked
@dataclass(frozen=True, slots=True)
class DocumentXml(Viewed):
    """EventResponse: a document fetched by its key. ``xml`` is empty when DIAN has none."""

    code: str
    """Code as it came, a number of HTTP: ``200`` found, ``404`` not found."""
    message: str
    validation_date: str
    xml: bytes = field(repr=False)
    others: Pairs = ()

    @property
    def found(self) -> bool:
        """True if DIAN gave the document."""
        return not is_error(self.code) and bool(self.xml)


@checked
@dataclass(frozen=True, slots=True)
class Acquirer(Viewed):
    """AdquirienteResponse: name and e-mail of a buyer, for issuing only (Res. 000202 de 2025)."""

    code: str
    message: str
    name: str
    email: str
    others: Pairs = ()

    @property
    def found(self) -> bool:
        """True if DIAN knows the person."""
        return not is_error(self.code) and bool(self.name or self.email)


@dataclass(frozen=True, slots=True)
class RangeRow(Viewed):
    """NumberRangeResponse: a numbering range as it came; see ``numbering.resolutions``."""

    resolution: str
    resolution_date: str
    prefix: str
    first: int | None
    last: int | None
    valid_from: str
    valid_to: str
    technical_key: str = field(repr=False)
    others: Pairs = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Ranges(Viewed):
    """NumberRangeResponseList: the answer of GetNumberingRange."""

    code: str
    description: str
    rows: tuple[RangeRow, ...]
    others: Pairs = ()


def _status(data: Mapping[str, Any]) -> Status:
    raw = data["XmlBase64Bytes"]
    return Status(
        is_valid=data["IsValid"] is True,
        code=data["StatusCode"],
        description=data["StatusDescription"],
        message=data["StatusMessage"],
        messages=tuple(line for line in data["ErrorMessage"] if line),
        document_key=data["XmlDocumentKey"],
        file_name=data["XmlFileName"],
        application_response=_first_document(raw),
        raw=raw,
        xml_bytes=data["XmlBytes"],
        others=data[OTHERS],
    )


def _first_document(raw: bytes) -> bytes:
    try:
        documents = _documents(raw)
    except UnreadableDocument:
        return b""
    return documents[0] if documents else b""


def _documents(raw: bytes) -> tuple[bytes, ...]:
    return tuple(unpack_zip(raw).values()) if raw.startswith(b"PK") else (raw,) if raw else ()


def _upload(data: Mapping[str, Any]) -> Upload:
    return Upload(
        zip_key=data["ZipKey"],
        messages=tuple(
            UploadMessage(
                row["DocumentKey"],
                row["ProcessedMessage"],
                row["SenderCode"],
                row["Success"],
                row["XmlFileName"],
                row[OTHERS],
            )
            for row in data["ErrorMessageList"]
        ),
        others=data[OTHERS],
    )


def _ranges(data: Mapping[str, Any]) -> Ranges:
    names = ("ResolutionNumber", "ResolutionDate", "Prefix", "FromNumber", "ToNumber", "ValidDateFrom", "ValidDateTo")
    return Ranges(
        data["OperationCode"],
        data["OperationDescription"],
        tuple(RangeRow(*(row[name] for name in (*names, "TechnicalKey", OTHERS))) for row in data["ResponseList"]),
        data[OTHERS],
    )


def _xml(data: Mapping[str, Any]) -> DocumentXml:
    xml = decoded(data["XmlBytesBase64"])
    return DocumentXml(data["Code"], data["Message"], data["ValidationDate"], xml, data[OTHERS])


def _emails(data: Mapping[str, Any]) -> ExchangeEmails:
    answer = mailboxes.told(data["StatusCode"], data["Message"], data["Success"], decoded(data["CsvBase64Bytes"]))
    return replace(answer, others=data[OTHERS])


def _acquirer(data: Mapping[str, Any]) -> Acquirer:
    return Acquirer(data["StatusCode"], data["Message"], data["ReceiverName"], data["ReceiverEmail"], data[OTHERS])


def _statuses(data: tuple[Mapping[str, Any], ...]) -> tuple[Status, ...]:
    return tuple(_status(each) for each in data)


TYPED: dict[str, Callable[[Any], Any]] = {
    "DianResponse": _status,
    "ArrayOfDianResponse": _statuses,
    "UploadDocumentResponse": _upload,
    "NumberRangeResponseList": _ranges,
    "EventResponse": _xml,
    "ExchangeEmailResponse": _emails,
    "AdquirienteResponse": _acquirer,
    "DocumentInfoResponse": information,
}
"""How each result type of the contract becomes its typed value."""


@checked
@dataclass(frozen=True, slots=True)
class ResponseFacts(Viewed):
    """What must fit between an ApplicationResponse and the document that it answers."""

    code: str
    """"02" validated, "04" rejected."""
    reference: str
    key: str
    """CUFE or CUDE of the document answered, in lower case."""


def response_facts(xml: bytes) -> ResponseFacts | None:
    """Read of an ApplicationResponse what it answers; None when it is something else or says nothing.

    Nothing is verified here: see ``verify`` for the signature.
    """
    root = application_response(xml)
    answer = None if root is None else child(root, "DocumentResponse")
    if answer is None:
        return None
    reference = "DocumentReference"
    return ResponseFacts(
        text(answer, "Response", "ResponseCode"), text(answer, reference, "ID"), text(answer, reference, "UUID").lower()
    )


def typed(result: str, data: Any) -> Any:
    """Make the typed value of a decoded result. Raises ``NotTheAnswer`` for base64 that is none."""
    return TYPED[result](data)


__all__ = [
    "ALREADY_PROCESSED",
    "ALREADY_REGISTERED",
    "KEY",
    "NOT_FOUND",
    "TEST_SET",
    "Acquirer",
    "DocumentInfo",
    "DocumentXml",
    "ExchangeEmails",
    "NotTheAnswer",
    "RangeRow",
    "Ranges",
    "ResponseFacts",
    "Standing",
    "Status",
    "Upload",
    "UploadMessage",
    "response_facts",
    "typed",
]
