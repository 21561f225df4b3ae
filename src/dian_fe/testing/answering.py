"""The signed ApplicationResponses of the simulator, written as DIAN's own are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from ..catalogs.identification import DIAN_NIT
from ..families.registry import kind_standing
from ..families.spec import Standing
from ..faults import Certainty, Fault, Severity
from ..models.application_response import ACCEPTED, REJECTED, ApplicationResponse, ResponseLine, ResponseParty
from ..models.issuable import parties_of
from ..signing.policy import SignerRole
from ..signing.xades import sign
from ..ubl.control import Control
from ..ubl.keys import key_seed, sha384
from ..ubl.received import Received
from ..ubl.tables.extension import DIAN_CHECK_DIGIT, DIAN_NAME
from ..ubl.writer.build import UBL_VERSION, write
from .authority import Authority

_KIND = kind_standing(Standing.ANSWER)
_DIAN: Final = ResponseParty(name=DIAN_NAME, id=DIAN_NIT, check_digit=DIAN_CHECK_DIGIT)
_SURE: Final = (Certainty.CONFIRMADA, Certainty.PROBABLE, Certainty.DUDOSA)


def as_answered(faults: Iterable[Fault], least: Certainty) -> list[Fault]:
    """Return the faults as DIAN answers them: rejections of at least that certainty, else notifications; no advice."""
    sure = _SURE[: _SURE.index(least) + 1]
    answered = []
    for fault in faults:
        if fault.severity is not Severity.CONSEJO:
            refuses = fault.severity is Severity.RECHAZO and fault.certainty in sure
            severity = Severity.RECHAZO if refuses else Severity.NOTIFICACION
            answered.append(replace(fault, severity=severity, certainty=Certainty.CONFIRMADA))
    return answered


def answer_to(authority: Authority, received: Received[Any], faults: Sequence[Fault], at: datetime) -> bytes:
    """Answer a document: rejected when any fault rejects it, else accepted with what is notified."""
    document = received.document
    issuer, _ = parties_of(document)
    rejected = any(fault.rejects for fault in faults)
    messages = faults or [
        Fault("0", Severity.NOTIFICACION, f"La {received.kind.root} {document.number} ha sido autorizada.")
    ]
    response = ApplicationResponse(
        number=_number(authority, received.key),
        issued_at=at,
        sender=_DIAN,
        receiver=_receiver(issuer),
        code=REJECTED if rejected else ACCEPTED,
        description="Documento rechazado por la DIAN" if rejected else "Documento validado por la DIAN",
        reference=document.number,
        reference_key=received.key,
        lines=(
            ResponseLine(id="1", code="0000", description="0"),
            *(
                ResponseLine(id=str(position), code=fault.code, description=fault.message)
                for position, fault in enumerate(messages, 2)
            ),
        ),
    )
    return _signed(authority, response)


def _receiver(party: Any) -> ResponseParty:
    """Return the issuer of a document as answers name it, by its family's fields."""
    names = ("name", "id", "id_type", "check_digit")
    return ResponseParty(**{name: getattr(party, name) for name in names if hasattr(party, name)})


def list_answer(authority: Authority, what: str, key: str, at: datetime, listed: bytes) -> bytes:
    """Answer with the events or notes of an invoice, by its CUFE; ``listed`` is their canonical XML."""
    response = ApplicationResponse(
        number=_number(authority, f"{what} {key}"),
        issued_at=at,
        sender=_DIAN,
        receiver=ResponseParty(id=authority.accepted[key].supplier),
    )
    return _signed(authority, response, listed)


def _number(authority: Authority, about: str | None) -> str:
    return str(int(sha384(f"{authority.seed} {about}")[:7], 16))


def _signed(authority: Authority, response: ApplicationResponse, more: bytes = b"") -> bytes:
    """Write and sign an answer; ``more`` is canonical text appended to it."""
    environment = authority.environment.value
    key = sha384(
        key_seed(
            number=response.number,
            issue_date=response.issued_at.date().isoformat(),
            issue_time=response.issued_at.timetz().isoformat(),
            line_extension=Decimal(0),
            taxes=(None, None, None),
            payable=Decimal(0),
            supplier_id="",
            customer_id="",
            secret=authority.software.pin.get_secret_value(),
            environment=environment,
        )
    )
    control = Control(
        ubl_version=UBL_VERSION,
        profile=_KIND.profile,
        environment=environment,
        key=key,
        key_scheme=_KIND.key_scheme.value,
        provider_nit=DIAN_NIT,
        provider_check_digit=DIAN_CHECK_DIGIT,
        software_id="...",
        security_code="...",
    )
    end = f"</{_KIND.root}>".encode()
    written = write(response, control, _KIND)
    written = replace(written, xml=written.xml.removesuffix(end) + more + end)
    return sign(written, authority.pki.dian_signer, at=response.issued_at, role=SignerRole.SUPPLIER).xml
