"""The simulator: DIAN's web service in process, as a transport for `Client` and `AsyncClient`.

It receives the same requests as the network would carry: it verifies the WS-Security header, unzips, has the `Judge`
decide, and answers in SOAP with the texts of the real service. A script says which failures happen on the way.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from .. import _xmlsafe
from .._arguments import checked
from ..errors import (
    AnswerTimeout,
    ConnectionFailed,
    ConnectionLost,
    InvalidInput,
    TransportError,
    UnreadableDocument,
    UnsafeArchive,
)
from ..faults import Fault
from ..habilitacion.plan import GivenCounts, plan_of
from ..transport.answers import NOT_FOUND
from ..transport.archive import MAX_FILES, unpack_zip
from ..transport.contract import OPERATIONS
from ..transport.policy import RetryPolicy
from ..transport.soap import MEDIA_TYPE, Reply, Request, arguments_of, body_of, child, local_name
from ..ubl.archive import make_zip
from . import replies
from .answering import list_answer
from .authority import Verdict
from .deliveries import package_for
from .enablement_sets import SetState, TestSet
from .failures import Mishap, Script
from .judge import Judge
from .listing import events_listed, information_of, notes_listed, notes_of
from .office import DUPLICATE
from .wss import HeaderFault, verify_header

_NOT_FOUND: Final = "TrackId no existe en los registros de la DIAN."
_IN_PROCESS: Final = "Batch en proceso de validación."
_DONE: Final = "Acción completada OK."
_FOUND: Final = "200"
_NO_ACQUIRER: Final = "El adquirente No existe en la base de datos"
LIST_PATH: Final = "/listas/correos.zip"
"""Where the list of mailboxes is served."""
_LIST_LIFE: Final = timedelta(minutes=15)
_WRONG_CLOCK: Final = timedelta(minutes=20)
_PAGES: Final = {
    Mishap.HTTP_500: (500, "Runtime Error"),
    Mishap.HTTP_502: (502, "502 - Web server received an invalid response while acting as a gateway"),
    Mishap.HTTP_503: (503, "Service Unavailable"),
}
_LOST: Final[dict[Mishap, type[TransportError]]] = {
    Mishap.REFUSED: ConnectionFailed,
    Mishap.DROP_REQUEST: ConnectionLost,
    Mishap.RESET: ConnectionLost,
    Mishap.DROP_RESPONSE: AnswerTimeout,
}


@dataclass(slots=True)
class _Batch:
    """The documents of an asynchronous sending, and the status questions left until it is decided; None: never."""

    statuses: list[dict[str, Any]]
    polls: int | None


@checked
class Simulator(Judge):
    """DIAN in memory. ``Client(signer=dian.signer(nit), transport=dian)`` uses it like the service.

    ``script``: what goes wrong on the way (`SeededScript`, `ListedScript`). ``pending``: for how many questions an
    asynchronous sending stays undecided. ``delay``: seconds by which the mishap of that name is late. ``thumbprint``:
    whether a certificate named by its thumbprint is accepted; the live service reportedly does not. ``max_message``:
    largest request, in bytes (the real limit is not known). The other options are those of `Judge`. Timestamps of the
    security header are judged by ``clock``, or by this machine's.
    """

    policy = RetryPolicy(unavailable=(0,) * 5, slow=(0,) * 5, polls=(0,) * 16, settling=())
    """The policy that clients take by default with a simulator: waiting gains nothing."""

    def __init__(
        self,
        *,
        script: Script | None = None,
        pending: int = 0,
        delay: float = 0.01,
        thumbprint: bool = False,
        max_message: int = _xmlsafe.MAX_BYTES,
        **options: Any,
    ) -> None:
        """See the class, and `Judge`."""
        super().__init__(**options)
        self.script = script
        self.pending = pending
        self.delay = delay
        self.thumbprint = thumbprint
        self.max_message = max_message
        self.requests: list[str] = []
        """Names of the operations that reached the service, in order."""
        self.test_sets: dict[str, TestSet] = {}
        self.acquirers: dict[tuple[str, str], tuple[str, str]] = {}
        """Name and e-mail of the persons that GetAcquirer knows, by type and number of identification."""
        self.mailboxes: dict[str, str] = {}
        """E-mails of reception by NIT, which GetExchangeEmails lists."""
        self._posted_to = ""
        self._batches: dict[str, _Batch] = {}
        self._rejected: dict[str, Verdict] = {}
        self._lock = threading.RLock()

    # --- what DIAN's portals do --------------------------------------------------------------------------------------

    def open_test_set(
        self,
        invoices: int = 30,
        debit_notes: int = 10,
        credit_notes: int = 10,
        *,
        counts: Mapping[str, int] | None = None,
        accepted: Sequence[int] | None = None,
        max_rejected: int | None = None,
    ) -> TestSet:
        """Open a test set, with the counts that it asks for; it is accepted as soon as enough of them are.

        ``counts``: those of another family, by the names of its kinds. ``accepted``: how many of each must be accepted,
        in that order, by default all: DIAN's portal shows both numbers (30, 10 and 10 invoices, debit notes and credit
        notes required; 1, 0 and 0 of them accepted). Raises ``InvalidInput`` for a kind that no test set has, and for
        invalid counts.
        """
        digest = hashlib.sha256(f"test set {self.seed} {len(self.test_sets)}".encode()).hexdigest()
        usual = dict(zip(plan_of().required, (invoices, debit_notes, credit_notes), strict=True))
        required = usual if counts is None else dict(counts)
        for kind in required:
            try:
                plan_of(kind)
            except InvalidInput as error:
                error.field = f"counts.{kind}"
                raise
        if accepted is not None and len(accepted) != len(required):
            expected = f"{len(required)}: {', '.join(required)}"
            raise InvalidInput.of("testing.accepted_counts", field="accepted", found=len(accepted), expected=expected)
        least = required if accepted is None else dict(zip(required, accepted, strict=True))
        GivenCounts(required, least)
        opened = TestSet(str(UUID(digest[:32])), required, max_rejected, least)
        self.test_sets[opened.id] = opened
        return opened

    def deliver(self, to: str, *, at: datetime | None = None) -> bytes:
        """Return the ZIP that a customer receives by mail: AttachedDocument with the document and DIAN's answer.

        ``to`` is the customer's identification, without check digit. The last invoice or note that was accepted for it
        is packed and signed in the name of its sender; when there is none, a toy issuer first sells to it on credit, at
        ``at`` (by default the time of ``clock``, or 2026-03-02 08:00 in Colombia). The same seed and calls give the
        same bytes. Raises what `Customer` does for an identification of the wrong form.
        """
        with self._lock:
            return package_for(self, to, at).zip_bytes

    # --- transport ---------------------------------------------------------------------------------------------------

    def exchange(self, request: Request) -> Reply:
        """Answer a request as the service would, or fail as the network would."""
        reply, mishap = self.serve(request)
        if mishap is Mishap.DELAY:
            time.sleep(self.delay)
        return _arrived(reply, mishap)

    async def exchange_async(self, request: Request) -> Reply:
        """Answer a request in another thread, as the network would: the event loop is not blocked."""
        reply, mishap = await asyncio.to_thread(self.serve, request)
        if mishap is Mishap.DELAY:
            await asyncio.sleep(self.delay)
        return _arrived(reply, mishap)

    def serve(self, request: Request) -> tuple[Reply | None, Mishap | None]:
        """Answer a request as the script allows; return the reply (None when lost) and the failure."""
        failure = self.script.next_failure(request.operation) if self.script is not None else None
        if failure is None:
            return self.answer(request), None
        mishap = failure.mishap
        if mishap is Mishap.WRONG_CLOCK:
            return self.answer(request, now=self.now() + _WRONG_CLOCK), mishap
        reply = self.answer(request) if failure.done else None
        if mishap in _LOST:
            return None, mishap
        if mishap in _PAGES:
            return replies.page(*_PAGES[mishap], self.now()), mishap
        if mishap is Mishap.SOAP_FAULT:
            return replies.fault("InternalServiceFault", self.now()), mishap
        if mishap is Mishap.EMPTY:
            return replies.empty(200, self.now()), mishap
        assert reply is not None  # the remaining mishaps affect the answer
        if mishap is Mishap.TRUNCATED:
            return Reply(reply.status, reply.headers, reply.body[: len(reply.body) // 2]), mishap
        operation = OPERATIONS.get(request.operation)
        if operation is not None and reply.status == 200 and mishap in _UNTIMELY:
            if operation.result == "DianResponse" and (mishap is Mishap.PENDING or not operation.sends_document):
                return replies.result(operation, _UNTIMELY[mishap], now=self.now()), mishap
            if operation.result == "ArrayOfDianResponse":
                return replies.result(operation, [_UNTIMELY[mishap]], now=self.now()), mishap
        return reply, mishap

    def answer(self, request: Request, *, now: datetime | None = None) -> Reply:
        """Answer a request, without failures."""
        moment = now or self.now()
        self.requests.append(request.operation)
        if not request.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
            return replies.page(415, "Unsupported Media Type", moment)
        if len(request.body) > self.max_message:
            return replies.page(413, "Request Entity Too Large", moment)
        try:
            envelope = _xmlsafe.parse(request.body)
        except UnreadableDocument:
            return replies.empty(400, moment)
        body = body_of(envelope)
        if body is None:
            return replies.empty(400, moment)
        try:
            verify_header(envelope, url=request.url, trust=self.trust, now=moment, thumbprint=self.thumbprint)
        except HeaderFault as fault:
            return replies.fault(fault.subcode, moment)
        operation = OPERATIONS.get(local_name(body))
        if operation is None or _action(envelope) != operation.action:
            return replies.fault("ActionNotSupported", moment)
        with self._lock:
            self._posted_to = request.url
            value = _ANSWERS[operation.name](self, arguments_of(body, operation))
        missing = operation.name == "GetAcquirer" and value["StatusCode"] == NOT_FOUND
        return replies.result(operation, value, now=moment, status=404 if missing else 200)

    def now(self) -> datetime:
        """Return the service's time: that of ``clock``, or this machine's."""
        return self.clock() if self.clock is not None else datetime.now(UTC)

    # --- operations --------------------------------------------------------------------------------------------------

    def judge(self, xml: bytes, *, at: datetime | None = None) -> Verdict:
        """Judge a document (see `Judge.judge`); rejections are remembered for GetStatus."""
        with self._lock:
            verdict = super().judge(xml, at=at)
            if verdict.key and not verdict.is_valid and not _is_duplicate(verdict):
                self._rejected[verdict.key] = verdict
            return verdict

    def _send_sync(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        try:
            files = unpack_zip(arguments["contentFile"], max_files=1)
        except UnsafeArchive as error:
            lines = [str(error)]
            return _status("99", StatusMessage="El archivo ZIP no se pudo procesar.", ErrorMessage=lines)
        if not files:
            return _status("99", StatusMessage="El archivo ZIP está vacío.")
        return _verdict(self.judge(next(iter(files.values()))))

    def _send_async(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        try:
            files = unpack_zip(arguments["contentFile"], max_files=MAX_FILES)
        except UnsafeArchive as error:
            refused = {"ProcessedMessage": str(error), "Success": False, "XmlFileName": arguments["fileName"]}
            return {"ErrorMessageList": [refused], "ZipKey": None}
        seed = f"{self.seed} {len(self._batches)} {hashlib.sha256(arguments['contentFile']).hexdigest()}"
        zip_key = str(UUID(hashlib.sha256(seed.encode()).hexdigest()[:32]))
        self._batches[zip_key] = self._received(list(files.values()), arguments.get("testSetId"))
        return {"ErrorMessageList": None, "ZipKey": zip_key}

    def _received(self, documents: list[bytes], test_set_id: str | None) -> _Batch:
        """Judge the documents of a batch; those of a test set only while it is open."""
        if test_set_id is None:
            return _Batch([_verdict(self.judge(xml)) for xml in documents], self.pending)
        test_set = self.test_sets.get(test_set_id)
        state = "no existe" if test_set is None else f"se encuentra {test_set.state.value}"
        if test_set is None or test_set.state is not SetState.EN_PROCESO:
            text = f"Set de prueba con identificador {test_set_id} {state}."
            return _Batch([_status("2", StatusDescription=text)], self.pending)
        if len(documents) > 1:
            return _Batch([], None)  # as users saw at the real service: a ZipKey, and nothing received
        verdict = self.judge(documents[0])
        known = self.accepted.get(verdict.key or "")
        test_set.count(known.kind.name if known else "", verdict)
        return _Batch([_verdict(verdict)], self.pending)

    def _get_status(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        key = arguments["trackId"].lower()
        known, rejected = self.accepted.get(key), self._rejected.get(key)
        if known is None:
            return _UNKNOWN if rejected is None else _verdict(rejected)
        message = f"La {known.kind.root} {known.number}, ha sido autorizada."
        return _accepted(known.key, known.application_response, message)

    def _get_status_zip(self, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
        batch = self._batches.get(arguments["trackId"])
        if batch is None:
            return [_UNKNOWN]
        if batch.polls is None or batch.polls > 0:
            batch.polls = batch.polls and batch.polls - 1
            return [_UNTIMELY[Mishap.PENDING]]
        return batch.statuses

    def _get_notes(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Answer with the notes of a document; how the service answers when there are none is not established."""
        key = arguments["trackId"].lower()
        return self._list("notes", key, notes_listed(notes_of(self, key) if key in self.accepted else ()))

    def _get_events(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Answer with the events of an invoice; without any it is doubtful whether the service says 66 or 90."""
        key = arguments["trackId"].lower()
        return self._list("events", key, events_listed(self.history(key) if key in self.accepted else ()))

    def _list(self, what: str, key: str, listed: bytes) -> dict[str, Any]:
        return _accepted(key, list_answer(self, what, key, self.now(), listed)) if listed else _UNKNOWN

    def _get_ranges(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Answer with the numbering; what the service says of unknown software is not known: here, no rows."""
        known = arguments["softwareCode"] in self.softwares
        rows = [
            {
                "ResolutionNumber": resolution.authorization,
                "ResolutionDate": resolution.valid_from.isoformat(),
                "Prefix": resolution.prefix,
                "FromNumber": resolution.range_from,
                "ToNumber": resolution.range_to,
                "ValidDateFrom": resolution.valid_from.isoformat(),
                "ValidDateTo": resolution.valid_to.isoformat(),
                "TechnicalKey": resolution.key() if resolution.technical_key is not None else None,
            }
            for resolution in (self.ranges_of(arguments["accountCode"]) if known else ())
        ]
        return {"OperationCode": "100", "OperationDescription": _DONE, "ResponseList": rows}

    def _get_xml(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        known = self.accepted.get(arguments["trackId"].lower())
        if known is None:
            return {"Code": NOT_FOUND, "Message": _NOT_FOUND}
        content = b64encode(known.raw).decode()
        validated_at = known.received_at.isoformat()
        return {"Code": _FOUND, "Message": _DONE, "ValidationDate": validated_at, "XmlBytesBase64": content}

    def _get_info(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        known = self.accepted.get(arguments["uuid"].lower())
        if known is None:
            return {"StatusCode": NOT_FOUND, "StatusDescription": _NOT_FOUND}
        documents = [information_of(self, known)]
        return {"StatusCode": _FOUND, "StatusDescription": _DONE, "DocumentInfo": documents}

    def _get_acquirer(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        known = self.acquirers.get((arguments["identificationType"], arguments["identificationNumber"]))
        if known is None:
            return {"StatusCode": NOT_FOUND, "Message": _NO_ACQUIRER}
        return {"StatusCode": _FOUND, "Message": _DONE, "ReceiverName": known[0], "ReceiverEmail": known[1]}

    def _get_emails(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Answer with the address of the list, signed and short-lived; see `download`."""
        served = urlsplit(self._posted_to)
        until = int((self.now() + _LIST_LIFE).timestamp())
        address = f"https://{served.netloc}{LIST_PATH}?se={until}&sig={self._list_signature(str(until))}"
        written = b64encode(address.encode()).decode()
        return {"StatusCode": "0", "Message": _DONE, "Success": True, "CsvBase64Bytes": written}

    def _list_signature(self, until: str) -> str:
        return hashlib.sha256(f"list {self.seed} {until}".encode()).hexdigest()

    def download(self, url: str) -> Reply:
        """Return the download that an answer points to: a ZIP with the CSV of `mailboxes`; 403 when it has expired."""
        asked, now = urlsplit(url), self.now()
        given = dict(parse_qsl(asked.query))
        until = given.get("se", "")
        if asked.path != LIST_PATH:
            return replies.page(404, "Not Found", now)
        if given.get("sig") != self._list_signature(until) or int(until) < now.timestamp():
            return replies.page(403, "Signed expiry time must be after the time of the request", now)
        lines = ["NIT;Correo", *(f"{nit};{email}" for nit, email in sorted(self.mailboxes.items()))]
        csv = "".join(f"{line}\r\n" for line in lines).encode()
        return Reply(200, {"content-type": "application/zip"}, make_zip({"correos.csv": csv}))

    async def download_async(self, url: str) -> Reply:
        """Return the download that an answer points to; see `download`."""
        return self.download(url)


_ANSWERS: dict[str, Callable[[Simulator, Mapping[str, Any]], Any]] = {
    "SendBillSync": Simulator._send_sync,
    "SendBillAsync": Simulator._send_async,
    "SendTestSetAsync": Simulator._send_async,
    "SendBillAttachmentAsync": Simulator._send_async,
    "SendEventUpdateStatus": Simulator._send_sync,
    "SendNominaSync": Simulator._send_sync,
    "GetStatus": Simulator._get_status,
    "GetStatusZip": Simulator._get_status_zip,
    "GetStatusEvent": Simulator._get_events,
    "GetNumberingRange": Simulator._get_ranges,
    "GetXmlByDocumentKey": Simulator._get_xml,
    "GetExchangeEmails": Simulator._get_emails,
    "GetReferenceNotes": Simulator._get_notes,
    "GetAcquirer": Simulator._get_acquirer,
    "GetDocumentInfo": Simulator._get_info,
}


def _arrived(reply: Reply | None, mishap: Mishap | None) -> Reply:
    """Return the reply, or raise what a network transport raises when it is lost."""
    if reply is not None:
        return reply
    kind = _LOST[mishap or Mishap.DROP_RESPONSE]
    raise kind("el simulador perdió el mensaje como indica su guion.", cause=mishap)


def _action(envelope: Any) -> str:
    header = child(envelope, "Header")
    action = None if header is None else child(header, "Action")
    return "" if action is None else (action.text or "").strip()


_REGISTERED = frozenset({DUPLICATE, "LGC01"})
"""Codes of documents and events that were registered before."""


def _is_duplicate(verdict: Verdict) -> bool:
    return any(fault.code in _REGISTERED for fault in verdict.faults)


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return _status(
        verdict.status_code,
        ErrorMessage=[_line(fault) for fault in verdict.faults],
        IsValid=verdict.is_valid,
        StatusDescription=verdict.status_message,
        XmlBase64Bytes=verdict.application_response or None,
        XmlDocumentKey=verdict.key or "",
        XmlFileName=verdict.file_name.removesuffix(".xml"),
    )


def _line(fault: Fault) -> str:
    """Return a fault as DIAN's answers write it."""
    word = "Rechazo" if fault.rejects else "Notificación"
    found = f" ({fault.found})" if fault.code == DUPLICATE and fault.found else ""
    return f"Regla: {fault.code}, {word}: {fault.message}{found}"


def _status(code: str, **members: Any) -> dict[str, Any]:
    """Return a DianResponse by its members; texts that are not given are empty."""
    texts = dict.fromkeys(("StatusDescription", "StatusMessage", "XmlDocumentKey", "XmlFileName"), "")
    return {"ErrorMessage": [], "IsValid": False, "StatusCode": code, "XmlBase64Bytes": None, **texts, **members}


def _accepted(key: str, response: bytes, message: str = "") -> dict[str, Any]:
    told = {"StatusDescription": "Procesado Correctamente.", "StatusMessage": message}
    return _status("00", IsValid=True, XmlDocumentKey=key, XmlBase64Bytes=response or None, **told)


_UNKNOWN: Final = _status("66", StatusDescription=_NOT_FOUND)
_UNTIMELY: Final = {Mishap.PENDING: _status("", StatusDescription=_IN_PROCESS), Mishap.LAG: _UNKNOWN}
"""Mishaps of answers that come too early."""
