"""The simulator: DIAN's web service in process, as a transport for `Client` and `AsyncClient`.

It takes the very requests that the network would carry: verifies the WS-Security header, unzips, has the `Judge`
decide, and answers in SOAP with the words of the real service.
"""

from __future__ import annotations

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from .. import _xmlsafe
from ..errors import UnreadableDocument, UnsafeArchive
from ..faults import Fault
from ..transport.archive import MAX_FILES, unpack_zip
from ..transport.contract import BASE64, BOOLEAN, OPERATIONS, SERVICE_NS, SIMPLE, TYPES, Member, Operation
from ..transport.policy import RetryPolicy
from ..transport.soap import MEDIA_TYPE, Reply, Request, arguments_of, body_of, local_name
from ..transport.wsse import SOAP, WSA
from ..ubl.codecs import text
from .judge import Judge, Verdict
from .wss import CertificateFault, SecurityFault, verify_header

_NOT_FOUND = "TrackId no existe en los registros de la DIAN."
_RANGES_FOUND = "Acción completada OK."
_WSSE_FAULTS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"


class Simulator(Judge):
    """DIAN in memory. ``Client(signer=dian.signer(nit), transport=dian)`` speaks with it as with the service.

    The options are those of `Judge`. Timestamps of the security header are judged by ``clock``, or by this machine's.
    """

    policy = RetryPolicy(unavailable=(0,) * 5, slow=(0,) * 5, polls=(0,) * 16, settling=())
    """The policy that clients take by default with a simulator: nothing is gained by waiting."""

    def __init__(self, **options: Any) -> None:
        """Open the office; see `Judge`."""
        super().__init__(**options)
        self._batches: dict[str, list[Verdict]] = {}
        self.requests: list[str] = []
        """Names of the operations that were asked for, in order."""

    # --- transport ---------------------------------------------------------------------------------------------------

    def exchange(self, request: Request) -> Reply:
        """Answer a request as the service would."""
        self.requests.append(request.operation)
        try:
            envelope = _xmlsafe.parse(request.body)
            body = body_of(envelope)
            if body is None:
                raise SecurityFault("no SOAP envelope")
            verify_header(envelope, url=request.url, trust=self.trust, now=self._now)
        except (SecurityFault, UnreadableDocument):
            return _fault("s:Sender", "An error occurred when verifying security for the message.", "InvalidSecurity")
        except CertificateFault:
            return _fault("s:Client", "The creator of this fault did not specify a Reason.")
        operation = OPERATIONS.get(local_name(body))
        answer = _ANSWERS.get(local_name(body))
        if operation is None or answer is None:
            return _fault("s:Sender", "The message with this Action cannot be processed.", "ActionNotSupported")
        return _reply(operation, answer(self, arguments_of(body, operation)))

    async def exchange_async(self, request: Request) -> Reply:
        """Answer a request in another thread, as the network would: the event loop goes on."""
        return await asyncio.to_thread(self.exchange, request)

    def _now(self) -> datetime:
        return self.clock() if self.clock is not None else datetime.now(UTC)

    # --- operations --------------------------------------------------------------------------------------------------

    def _send_sync(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        try:
            files = unpack_zip(arguments["contentFile"], max_files=1)
        except UnsafeArchive as error:
            return _status("99", False, message="El archivo ZIP no se pudo procesar.", lines=[str(error)])
        if not files:
            return _status("99", False, message="El archivo ZIP está vacío.")
        return _verdict(self.judge(next(iter(files.values()))))

    def _send_async(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        try:
            files = unpack_zip(arguments["contentFile"], max_files=MAX_FILES)
        except UnsafeArchive as error:
            refused = {"ProcessedMessage": str(error), "Success": False, "XmlFileName": arguments["fileName"]}
            return {"ErrorMessageList": [refused], "ZipKey": ""}
        seed = f"{self.seed} {len(self._batches)} {hashlib.sha256(arguments['contentFile']).hexdigest()}"
        digest = hashlib.sha256(seed.encode()).hexdigest()
        zip_key = f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"
        self._batches[zip_key] = [self.judge(xml) for xml in files.values()]
        return {"ErrorMessageList": [], "ZipKey": zip_key}

    def _get_status(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        known = self.accepted.get(arguments["trackId"].lower())
        if known is None:
            return _status("66", False, description=_NOT_FOUND)
        return _status(
            "00",
            True,
            description="Procesado Correctamente.",
            message=f"La {known.kind.root} {known.number}, ha sido autorizada.",
            key=known.key,
            response=known.application_response,
        )

    def _get_status_zip(self, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
        verdicts = self._batches.get(arguments["trackId"])
        if verdicts is None:
            return [_status("66", False, description=_NOT_FOUND)]
        return [_verdict(verdict) for verdict in verdicts]

    def _get_ranges(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if arguments["softwareCode"] not in self._softwares:
            return {"OperationCode": "301", "OperationDescription": "El software no está asociado.", "ResponseList": []}
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
            for resolution in self.resolutions
        ]
        return {"OperationCode": "100", "OperationDescription": _RANGES_FOUND, "ResponseList": rows}

    def _get_xml(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        known = self.accepted.get(arguments["trackId"].lower())
        if known is None:
            return {"Code": "206", "Message": _NOT_FOUND}
        xml = b64encode(known.raw).decode()
        return {"Code": "100", "Message": "Accion completada OK", "XmlBytesBase64": xml}


_ANSWERS: dict[str, Callable[[Simulator, Mapping[str, Any]], Any]] = {
    "SendBillSync": Simulator._send_sync,
    "SendBillAsync": Simulator._send_async,
    "SendTestSetAsync": Simulator._send_async,
    "GetStatus": Simulator._get_status,
    "GetStatusZip": Simulator._get_status_zip,
    "GetNumberingRange": Simulator._get_ranges,
    "GetXmlByDocumentKey": Simulator._get_xml,
}
"""Operations that the simulator plays; the others are refused as an action that it does not have."""


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return _status(
        verdict.status_code,
        verdict.is_valid,
        description=verdict.status_message,
        lines=[_line(fault) for fault in verdict.faults],
        key=verdict.key or "",
        response=verdict.application_response,
        file_name=verdict.file_name.removesuffix(".xml"),
    )


def _line(fault: Fault) -> str:
    """Say a fault as DIAN's answers do."""
    word = "Rechazo" if fault.rejects else "Notificación"
    found = f" ({fault.found})" if fault.code == "90" and fault.found else ""
    return f"Regla: {fault.code}, {word}: {fault.message}{found}"


def _status(
    code: str,
    valid: bool,
    *,
    description: str = "",
    message: str = "",
    lines: list[str] | None = None,
    key: str = "",
    response: bytes = b"",
    file_name: str = "",
) -> dict[str, Any]:
    return {
        "ErrorMessage": lines or [],
        "IsValid": valid,
        "StatusCode": code,
        "StatusDescription": description,
        "StatusMessage": message,
        "XmlBase64Bytes": response or None,
        "XmlDocumentKey": key,
        "XmlFileName": file_name,
    }


def _reply(operation: Operation, value: Any) -> Reply:
    result = _encode(Member(f"{operation.name}Result", operation.result), value, "")
    body = f'<{operation.name}Response xmlns="{SERVICE_NS}">{result}</{operation.name}Response>'
    return _envelope(200, operation.reply_action, body)


def _encode(member: Member, value: Any, prefix: str) -> str:
    """Write a value by its data contract; what is None is nil."""
    tag = f"{prefix}{member.name}"
    if value is None:
        return f'<{tag} i:nil="true"/>'
    if member.type in SIMPLE:
        written = _simple(member.type, value)
        return f"<{tag}>{written}</{tag}>"
    data_type = TYPES[member.type]
    declared = f'xmlns:b="{data_type.namespace}"'
    if data_type.is_array:
        item = data_type.members[0]
        inner = "".join(_encode(item, each, "b:") for each in value)
    else:
        inner = "".join(_encode(each, value.get(each.name), "b:") for each in data_type.members)
    return f"<{tag} {declared}>{inner}</{tag}>"


def _simple(type_name: str, value: Any) -> str:
    if type_name == BASE64:
        return b64encode(value).decode()
    if type_name == BOOLEAN:
        return "true" if value else "false"
    return text(str(value))


def _envelope(status: int, action: str, body: str) -> Reply:
    envelope = (
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="{WSA}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">'
        f'<s:Header><a:Action s:mustUnderstand="1">{action}</a:Action></s:Header><s:Body>{body}</s:Body></s:Envelope>'
    )
    return Reply(status, {"content-type": f"{MEDIA_TYPE}; charset=utf-8"}, envelope.encode())


def _fault(code: str, reason: str, subcode: str = "") -> Reply:
    inner = f'<s:Subcode><s:Value xmlns:o="{_WSSE_FAULTS}">o:{subcode}</s:Value></s:Subcode>' if subcode else ""
    body = (
        f"<s:Fault><s:Code><s:Value>{code}</s:Value>{inner}</s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{reason}</s:Text></s:Reason></s:Fault>'
    )
    return _envelope(500, "http://www.w3.org/2005/08/addressing/soap/fault", body)
