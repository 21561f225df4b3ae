"""Typed events about issued documents, for webhooks and queues."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Self
from uuid import NAMESPACE_URL, uuid5

from .._arguments import checked
from ..models._base import Model
from ..models._dates import Moment, to_bogota
from ..transport.shipment import State

if TYPE_CHECKING:
    from datetime import datetime

    from .issued import Issued


class NoticeType(StrEnum):
    """What happened to a document."""

    ACCEPTED = "document.accepted"
    """DIAN validated it."""
    REJECTED = "document.rejected"
    """DIAN refused it; its number is free again, unless another document has it."""
    PENDING = "document.pending"
    """DIAN has it and has not decided yet."""
    UNSENT = "document.unsent"
    """It is stored, and surely did not reach DIAN: `Company.resume` sends it."""
    UNKNOWN = "document.unknown"
    """It is not known yet whether DIAN has it: `Company.resume` finds out."""


class NoticeFault(Model):
    """A finding of DIAN's."""

    code: str
    """Its rule code."""
    message: str
    """What it says."""
    rejects: bool
    """Whether the document was refused for it."""


class Notice(Model):
    """What happened to a document, as JSON for another system: ``Notice.of(issued, at=company.now()).to_json()``.

    It holds no secret and none of the customer's data. ``Notice.model_json_schema()`` returns its JSON Schema; fields
    may be added in minor versions, and are never renamed.
    """

    id: str
    """UUID: the same for the same event, so that whoever receives it twice can leave one out."""
    type: NoticeType
    at: Moment
    """When it was known, in Colombian time."""
    company: str
    """NIT of the company."""
    environment: str
    """"1" production, "2" tests."""
    kind: str
    """Name of the kind of document, as ``invoice``."""
    number: str
    key: str
    """CUFE, CUDE, CUDS or CUNE: correlates it with log records and shipments."""
    faults: tuple[NoticeFault, ...] = ()
    """What DIAN found, rejections first."""
    next_step: str = ""
    """What to do now, in Spanish; "" when nothing is left to do."""

    @classmethod
    @checked
    def of(cls, issued: Issued[Any], *, at: datetime) -> Self:
        """Return the event of an issued document as it stands; ``at`` (aware) is when it was known."""
        answer, shipment = issued.answer, issued.shipment
        unsent = shipment.state is State.READY
        kind = NoticeType.UNSENT if unsent else NoticeType(f"document.{answer.outcome.value}")
        return cls(
            id=str(uuid5(NAMESPACE_URL, f"{_EVENTS}/{shipment.environment}/{shipment.key}/{kind.value}")),
            type=kind,
            at=to_bogota(at, "at"),
            company=shipment.supplier,
            environment=shipment.environment,
            kind=shipment.kind,
            number=shipment.number,
            key=shipment.key,
            faults=tuple(
                NoticeFault(code=fault.code, message=fault.message, rejects=fault in answer.rejections)
                for fault in answer.faults
            ),
            next_step=answer.next_step,
        )


_EVENTS: Final = "urn:dian-fe:document"
