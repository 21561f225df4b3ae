"""What the simulator answers with: signed ApplicationResponses, as DIAN's own are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from ..catalogs import Environment
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
from .listing import events_listed, notes_listed

if TYPE_CHECKING:
    from .judge import Accepted, Judge

_KIND = kind_standing(Standing.ANSWER)


_SURE: Final = (Certainty.CONFIRMADA, Certainty.PROBABLE, Certainty.DUDOSA)


def spoken(faults: Iterable[Fault], least: Certainty) -> list[Fault]:
    """Return what the office answers: refusals that are at least so sure, else notifications, and no advice."""
    sure = _SURE[: _SURE.index(least) + 1]
    answered = []
    for fault in faults:
        if fault.severity is not Severity.CONSEJO:
            refuses = fault.severity is Severity.RECHAZO and fault.certainty in sure
            severity = Severity.RECHAZO if refuses else Severity.NOTIFICACION
            answered.append(replace(fault, severity=severity, certainty=Certainty.CONFIRMADA))
    return answered


def answer_to(office: Judge, received: Received[Any], faults: Sequence[Fault], at: datetime) -> bytes:
    """Answer a document: rejected when any fault rejects it, else accepted with what is notified."""
    document = received.document
    issuer, _ = parties_of(document)
    rejected = any(fault.rejects for fault in faults)
    messages = faults or [
        Fault("0", Severity.NOTIFICACION, f"La {received.kind.root} {document.number} ha sido autorizada.")
    ]
    response = ApplicationResponse(
        number=str(int(sha384(f"{office.seed} {received.key}")[:7], 16)),
        issued_at=at,
        sender=_dian(),
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
    return _signed(office, response)


def _receiver(party: Any) -> ResponseParty:
    """Return who issued a document as its answer names it, by what its family keeps of parties."""
    names = ("name", "id", "id_type", "check_digit")
    return ResponseParty(**{name: getattr(party, name) for name in names if hasattr(party, name)})


def events_answer(office: Judge, key: str, at: datetime) -> bytes:
    """Answer with the events of an invoice, by its CUFE."""
    return _signed(office, _list_of(office, "events", key, at), events_listed(office.history(key)))


def notes_answer(office: Judge, key: str, notes: Iterable[Accepted], at: datetime) -> bytes:
    """Answer with the notes of an invoice, by its CUFE."""
    return _signed(office, _list_of(office, "notes", key, at), notes_listed(notes))


def _list_of(office: Judge, what: str, key: str, at: datetime) -> ApplicationResponse:
    return ApplicationResponse(
        number=str(int(sha384(f"{office.seed} {what} {key}")[:7], 16)),
        issued_at=at,
        sender=_dian(),
        receiver=ResponseParty(id=office.accepted[key].supplier),
    )


def _dian() -> ResponseParty:
    return ResponseParty(name=DIAN_NAME, id=DIAN_NIT, check_digit=DIAN_CHECK_DIGIT)


def _signed(office: Judge, response: ApplicationResponse, more: bytes = b"") -> bytes:
    """Write and sign an answer; ``more`` is canonical text that goes at its end."""
    environment = Environment(office.environment).value
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
            secret=office.software.pin.get_secret_value(),
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
    return sign(written, office.pki.dian_signer, at=response.issued_at, role=SignerRole.SUPPLIER).xml
