"""DIAN's answers as typed values. Status codes stay texts: "00" is not 0."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from .._arguments import checked
from .._labelled import Labelled
from .._viewed import Viewed
from ..errors import UnreadableDocument
from ..faults import Fault, Severity
from ..models.application_response import REJECTED, VERDICTS
from ..rules.answer_lines import parse_line
from . import document_info, mailboxes
from .archive import unpack_zip
from .contract import OTHERS, SIMPLE, TYPES
from .document_info import DocumentInfo, Pairs, is_error
from .mailboxes import ExchangeEmails
from .responses import application_response, rules_listed, text
from .soap import child, decoded

KEY = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{96}(?![0-9A-Fa-f])")
"""A CUFE, CUDE, CUDS or CUNE: SHA-384 in hexadecimal."""
ALREADY_PROCESSED: Final = "90"
"""Rule by which DIAN refuses a document accepted before; not the status code 90 of GetStatus."""
NOT_FOUND: Final = "404"
"""Code of an answer without a person, document or document information."""
ALREADY_REGISTERED: Final = "LGC01"
"""Rule by which DIAN refuses an event that is registered on the invoice already."""
TEST_SET: Final = "2"
"""Status code of a document refused because of its test set: closed, or not the sender's."""


class Standing(Labelled):
    """The state of a document in a status answer."""

    ACCEPTED = "accepted", "aceptado"
    REJECTED = "rejected", "rechazado"
    PENDING = "pending", "pendiente"
    """Received for processing, or still queued: it proves nothing yet."""
    NOT_FOUND = "not_found", "no se encontró"
    UNRECOGNISED = "unrecognised", "no se reconoce"
    """Of unknown meaning: no state is inferred."""


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
    """XmlDocumentKey; may only echo the request."""
    file_name: str
    """XmlFileName."""
    application_response: bytes = field(repr=False)
    """Signed ApplicationResponse XML exactly as DIAN made it; empty when there is none."""
    raw: bytes = field(repr=False)
    """XmlBase64Bytes as it came: usually the same, sometimes a ZIP."""
    xml_bytes: bytes = field(default=b"", repr=False)
    """XmlBytes: independent of the other, mostly empty; its content is not documented."""
    others: Pairs = ()
    """Further elements, by name."""

    @property
    def standing(self) -> Standing:
        """The standing by code and IsValid together; unrecognised unless known from real answers or the annex.

        Unrecognised too are "66" with a verdict inside, which users saw for payroll, and "00" with a rejecting one:
        code and verdict contradict each other; see ``verdict``.
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
        """The verdict of the ApplicationResponse: "02" validated, "04" rejected, and its document; None without one.

        Its signature is not verified: see ``verify``.
        """
        facts = response_facts(self.application_response) if self.application_response else None
        return facts if facts is not None and facts.code in VERDICTS else None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The messages as faults: rejections and notifications.

        Without messages they are the rules inside the ApplicationResponse: notifications when it validates, else with
        the known severity of their code. A refusal without a rejection is also reported by its texts.
        """
        if self.messages:
            return tuple(parse_line(message) for message in self.messages)
        faults = rules_listed([self.application_response]) if self.application_response else []
        if self.standing is Standing.REJECTED and not any(fault.severity is Severity.RECHAZO for fault in faults):
            faults.insert(0, Fault(self.code, Severity.RECHAZO, self.text, source="dian"))
        return tuple(faults)

    @property
    def already_processed(self) -> bool:
        """True if it was rejected because this or another document of that number was accepted before (rule 90)."""
        return self.standing is Standing.REJECTED and any(fault.code == ALREADY_PROCESSED for fault in self.faults)

    @property
    def already_registered(self) -> bool:
        """True if it was rejected because an event of this code is registered on the invoice (LGC01)."""
        return self.standing is Standing.REJECTED and any(fault.code == ALREADY_REGISTERED for fault in self.faults)

    @property
    def text(self) -> str:
        """All its texts, on one line."""
        parts = dict.fromkeys(part for part in (self.description, self.message, *self.messages) if part)
        return " | ".join(" ".join(part.split()) for part in parts)

    def named_keys(self) -> tuple[str, ...]:
        """Return the document keys in its texts, in lower case. XmlDocumentKey may only echo the request."""
        texts = (self.text, *(() if self.messages else (fault.message for fault in self.faults)))
        return tuple(dict.fromkeys(key.lower() for text in texts for key in KEY.findall(text)))

    @property
    def responses(self) -> tuple[bytes, ...]:
        """Every XML that came in XmlBase64Bytes: one, or those of a ZIP. Raises ``UnsafeArchive``."""
        return _documents(self.raw)


@dataclass(frozen=True, slots=True)
class UploadMessage(Viewed):
    """XmlParamsResponseTrackId: the service's message about one file."""

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
        """True if DIAN returned the document."""
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


@checked
@dataclass(frozen=True, slots=True)
class ResponseFacts(Viewed):
    """Data that must agree between an ApplicationResponse and its document."""

    code: str
    """"02" validated, "04" rejected."""
    reference: str
    key: str
    """CUFE or CUDE of the document, in lower case."""


def response_facts(xml: bytes) -> ResponseFacts | None:
    """Return the verdict of an ApplicationResponse; None for other XML or one without verdict.

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


_CLASSES: Final[Mapping[str, type]] = {
    "DianResponse": Status,
    "XmlParamsResponseTrackId": UploadMessage,
    "UploadDocumentResponse": Upload,
    "NumberRangeResponse": RangeRow,
    "NumberRangeResponseList": Ranges,
    "EventResponse": DocumentXml,
    "ExchangeEmailResponse": ExchangeEmails,
    "AdquirienteResponse": Acquirer,
    "Entidad": document_info.InfoParty,
    "NumeroDocumento": document_info.InfoNumber,
    "LegitimoTenedor": document_info.InfoHolder,
    "TotalEImpuestos": document_info.InfoTotals,
    "ValidacionDoc": document_info.InfoCheck,
    "ConceptoCorreccion": document_info.InfoConcept,
    "ReferenciaDocumento": document_info.InfoReference,
    "Evento": document_info.InfoEvent,
    "Nota": document_info.InfoNote,
    "Documento": document_info.InfoDocument,
    "DocumentInfoResponse": DocumentInfo,
}
"""The typed value of each data contract; ``contract.tsv`` names the fields."""
_DATES: Final = frozenset({"Fecha", "FechaEmision", "FechaFirma", "FechaInscripcionComoTituloValor"})
_ABSENT: Final = {"NumeroDocumento": document_info.InfoNumber(), "TotalEImpuestos": document_info.InfoTotals()}
_DAY: Final = len("2026-01-31")
_MIDNIGHT: Final = frozenset({"", "T00:00:00"})


def typed(result: str, data: Any) -> Any:
    """Return the typed value of a decoded result. Raises ``NotTheAnswer`` for invalid base64."""
    contract = TYPES[result]
    if contract.is_array:
        return tuple(typed(contract.members[0].type, each) for each in data or ())
    values: dict[str, Any] = {}
    others = list(data[OTHERS])
    for member in contract.members:
        value = data[member.name]
        if member.name in _DATES:
            values[member.field] = _day(value)
            if values[member.field] is None and value:
                others.append((member.name, value))
        elif member.name == "Estado":
            values[member.field] = tuple((state["Key"], state["Value"]) for state in value or ())
            others += ((member.name, state[OTHERS]) for state in value or () if state[OTHERS])
        elif member.type in SIMPLE or member.type == "ArrayOfstring":
            values[member.field] = value
        elif value is None and not TYPES[member.type].is_array:
            values[member.field] = _ABSENT.get(member.name)
        else:
            values[member.field] = typed(member.type, value)
    if result == "DianResponse":
        values["is_valid"] = values["is_valid"] is True
        values["messages"] = tuple(filter(None, values["messages"]))
        values["application_response"] = _first_document(values["raw"])
    elif result == "EventResponse":
        values["xml"] = decoded(values["xml"])
    elif result == "ExchangeEmailResponse":
        values |= mailboxes.list_of(decoded(values.pop("csv")))
    return _CLASSES[result](**values, others=tuple(others))


def _first_document(raw: bytes) -> bytes:
    try:
        return next(iter(_documents(raw)), b"")
    except UnreadableDocument:
        return b""


def _documents(raw: bytes) -> tuple[bytes, ...]:
    return tuple(unpack_zip(raw).values()) if raw.startswith(b"PK") else (raw,) if raw else ()


def _day(written: str) -> date | None:
    """Return the date of an ISO 8601 text whose time is midnight or missing; None for anything else."""
    try:
        day = date.fromisoformat(written[:_DAY]) if written[_DAY:] in _MIDNIGHT else None
    except ValueError:
        return None
    return None if day is not None and day.year == 1 else day  # .NET's 0001-01-01 means no date
