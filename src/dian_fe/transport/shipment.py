"""A document on its way: bytes, key, attempts and state, storable as JSON at each step."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Final, Self

from .. import errors
from .._arguments import checked, refuses, unchecked
from .._shown import unreadable
from .._viewed import Viewed
from ..catalogs import Environment
from ..errors import DianFeError, InvalidInput, NotAllowed, StoredNewer, TransportError, WrongEnvironment
from ..errors.base import rebuild
from ..models.issuable import references_of
from .answers import Status
from .archive import pack_zip
from .contract import BASE64, OPERATIONS, sending_operation
from .test_sets import TEST_SET_OPERATION, TestSetId, checked_test_set_id

if TYPE_CHECKING:
    from ..signing.documents import Signed
    from .contract import Operation

VERSION: Final = 1
"""Version of the JSON form; every later version reads it."""
TEXTS: Final = ("key", "number", "kind", "supplier", "environment", "file_name", "zip_name", "operation", "test_set_id")
_PLAIN: Final = (*TEXTS, "state", "zip_key", "recovered", "taken_by")


class State(StrEnum):
    """The state of a shipment."""

    READY = "ready"
    """Not sent, or surely not arrived: sending it is safe."""
    IN_DOUBT = "in_doubt"
    """Sent, or about to be: DIAN must be asked by its key before it is sent again."""
    PENDING = "pending"
    """DIAN has it and has not decided yet."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"

    @property
    def is_final(self) -> bool:
        """True if DIAN has decided."""
        return self in {State.ACCEPTED, State.REJECTED}


class Recovery(StrEnum):
    """How an outcome was determined, if not by the answer to the sending."""

    ASKED = "asked"
    """By asking for the document's key (GetStatus)."""
    RULE_90 = "rule_90"
    """DIAN had it already: refused by rule 90, and accepted under this key when asked."""
    LGC01 = "lgc01"
    """DIAN had the event already: refused by rule LGC01, after it had been sent with unknown outcome, or listed under
    this key when asked."""


@checked
@dataclass(frozen=True, slots=True)
class Attempt(Viewed):
    """One exchange about the document: evidence of what happened and when."""

    at: str
    """ISO 8601, UTC."""
    operation: str
    outcome: str = "started"
    """A standing ("accepted"…), the code of an error ("answer_timeout"…), or "started" while nothing is known."""
    elapsed: float | None = None
    """Seconds that it took; None before it ends."""
    status: int | None = None
    """HTTP status, when an error came with one."""
    detail: str = ""
    """The message of DIAN or the network."""


@checked
@dataclass(frozen=True, slots=True)
class Shipment(Viewed):
    """A signed document on its way to DIAN. Frozen: each step returns a new one, to be stored for resuming.

    A stored shipment is safe to resume after a crash at any point, since its ``state`` is set to in doubt before it is
    sent. ``references``: keys of the documents that must be accepted before this one.
    """

    key: str
    """CUFE or CUDE."""
    number: str
    """The document's number."""
    kind: str
    """Name of the kind of document."""
    supplier: str
    """NIT of the issuer."""
    environment: str
    """"1" production, "2" tests."""
    file_name: str
    """Name of the XML file."""
    zip_name: str
    """Name of the ZIP in which it is sent."""
    xml: bytes = field(repr=False)
    """The signed bytes, always the same."""
    operation: str
    """The service's operation that takes it."""
    test_set_id: str = ""
    """TestSetId, for documents of a test set."""
    references: tuple[str, ...] = ()
    event: str = ""
    """`EventCode` of an event; it refers only to its invoice."""
    state: State = State.READY
    """Its state."""
    attempts: tuple[Attempt, ...] = field(default=(), repr=False)
    """Every exchange about it, the oldest first."""
    zip_key: str = ""
    """Of an asynchronous sending: the argument of GetStatusZip."""
    status: Status | None = field(default=None, repr=False)
    """DIAN's last status of the document."""
    recovered: Recovery | None = None
    """How its outcome was determined, if not by the answer to the sending."""
    taken_by: str | None = None
    """Key of the other document that has this number, or of the other event of this code that the invoice has; ""
    when DIAN does not name it; None when there is none."""
    error: DianFeError | None = field(default=None, repr=False, compare=False)
    """Why the outcome is not known, or why it was not sent."""

    @classmethod
    @refuses("test_set_id")
    def of(
        cls, signed: Signed[Any], *, operation: str | None = None, test_set_id: TestSetId | EllipsisType | None = ...
    ) -> Self:
        """Make the shipment of a signed document; the operation is that of its kind unless named.

        ``test_set_id``: TestSetId of the portal, for a document of a test set; leave it out for any other. Raises
        ``NotAllowed`` when the operation does not take that kind, ``UnsupportedDocument``, ``InvalidIdentification``
        for an empty or malformed test set, ``WrongEnvironment`` for one of a production document.
        """
        in_set = operation == TEST_SET_OPERATION if test_set_id is ... else True
        test_set = "" if test_set_id is ... else test_set_id
        if in_set:
            test_set = checked_test_set_id(test_set)
            if operation not in {None, TEST_SET_OPERATION}:
                raise NotAllowed.of(
                    "transport.operation_of_test_set", field="operation", found=operation, expected=TEST_SET_OPERATION
                )
            operation = TEST_SET_OPERATION
            if signed.control.environment != Environment.HABILITACION.value:
                raise WrongEnvironment.of("transport.test_set_in_production", field="test_set_id")
        document = signed.document
        invoice = getattr(document, "reference_key", None)
        named = (reference.key for _, reference in references_of(document))
        make: Any = _shipment if cls is Shipment else cls
        made: Self = make(
            key=signed.key,
            number=document.number,
            kind=signed.kind.name,
            supplier=document.issuer_id,
            environment=signed.control.environment or "",
            file_name=signed.file_name,
            zip_name=signed.zip_name,
            xml=signed.xml,
            operation=sending_operation(signed.kind, operation).name,
            test_set_id=test_set or "",
            references=tuple(key for key in (invoice, *named) if key),
            event="" if invoice is None else document.code,
        )
        return made

    @property
    def sending(self) -> Operation:
        """The operation that sends this shipment."""
        return OPERATIONS[self.operation]

    def arguments(self) -> dict[str, str | bytes]:
        """Return the arguments of its sending: the ZIP with the signed bytes, always the same."""
        values = {"fileName": self.zip_name, "testSetId": self.test_set_id}
        return {
            parameter.name: pack_zip({self.file_name: self.xml}) if parameter.type == BASE64 else values[parameter.name]
            for parameter in self.sending.parameters
        }

    def with_attempt(self, operation: str, at: datetime) -> Self:
        """Return the shipment with a new attempt."""
        return replace(self, attempts=(*self.attempts, Attempt(at.isoformat(), operation)))

    def with_outcome(
        self, outcome: str, *, elapsed: float | None = None, status: int | None = None, detail: str = ""
    ) -> Self:
        """Return the shipment with the outcome of its last attempt."""
        last = replace(self.attempts[-1], outcome=outcome, elapsed=elapsed, status=status, detail=detail)
        return replace(self, attempts=(*self.attempts[:-1], last))

    def with_state(self, state: State, **changes: Any) -> Self:
        """Return the shipment in another state, without its earlier error."""
        return replace(self, state=state, **{"error": None, **changes})

    # --- storage -----------------------------------------------------------------------------------------------------

    def to_json(self) -> str:
        """Return the JSON form: everything needed to resume, no secrets. The document's bytes are base64."""
        return json.dumps(self.as_dict(), ensure_ascii=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form as a dictionary."""
        data = {name: getattr(self, name) for name in _PLAIN}
        return data | {
            "version": VERSION,
            "event": self.event,
            "xml": b64encode(self.xml).decode(),
            "references": list(self.references),
            "attempts": [asdict(attempt) for attempt in self.attempts],
            "status": None if self.status is None else _status_dict(self.status),
            "error": None if self.error is None else self.error.as_dict(),
        }

    @classmethod
    def from_json(cls, data: str | bytes | Mapping[str, Any]) -> Self:
        """Return the shipment of a ``to_json`` or ``as_dict`` form, which must agree with its XML.

        It is accepted or rejected only if DIAN's stored answer says so. An event whose stored list of events does not
        prove it comes back in doubt, with an ``error``, and ``resume`` asks for it. Raise ``StoredNewer`` for what a
        later version of the library stored, ``InvalidInput`` for anything else, naming the member at fault.
        """
        from .stored import checked_stored

        try:
            values = dict(json.loads(data) if isinstance(data, str | bytes) else data)
            if values["version"] > VERSION:
                raise StoredNewer.of(
                    "transport.newer_shipment", field="version", version=values["version"], known=VERSION
                )
            status, error, recovered = values["status"], values["error"], values["recovered"]
            shipment = cls(
                **{name: values[name] for name in _PLAIN if name not in {"state", "recovered"}},
                event=values.get("event", ""),
                state=State(values["state"]),
                recovered=None if recovered is None else Recovery(recovered),
                xml=b64decode(values["xml"], validate=True),
                references=tuple(values["references"]),
                attempts=tuple(Attempt(**attempt) for attempt in values["attempts"]),
                status=None if status is None else _status_of(status),
                error=None if error is None else _error_of(error),
            )
        except StoredNewer:
            raise
        except (KeyError, TypeError, ValueError, RecursionError) as problem:
            raise InvalidInput.of("transport.stored_shipment", field="shipment", found=unreadable(problem)) from None
        return checked_stored(shipment)


_shipment = unchecked(Shipment)


def _status_dict(status: Status) -> dict[str, Any]:
    data = {name: getattr(status, name) for name in _STATUS_TEXTS}
    return data | {
        "is_valid": status.is_valid,
        "messages": list(status.messages),
        "application_response": b64encode(status.application_response).decode(),
        # Usually the same bytes: not stored twice.
        "raw": None if status.raw == status.application_response else b64encode(status.raw).decode(),
        "xml_bytes": b64encode(status.xml_bytes).decode(),
        "others": status.others,
    }


_STATUS_TEXTS: Final = ("code", "description", "message", "document_key", "file_name")


def _status_of(data: Mapping[str, Any]) -> Status:
    texts = (*(data[name] for name in _STATUS_TEXTS), *data["messages"])
    if not isinstance(data["is_valid"], bool) or not all(isinstance(each, str) for each in texts):
        raise TypeError("status: is_valid es true o false, y lo demás son textos")
    response = b64decode(data["application_response"], validate=True)
    return Status(
        is_valid=data["is_valid"],
        **{name: data[name] for name in _STATUS_TEXTS},
        messages=tuple(data["messages"]),
        application_response=response,
        raw=response if data["raw"] is None else b64decode(data["raw"], validate=True),
        xml_bytes=b64decode(data.get("xml_bytes", ""), validate=True),
        others=_pairs_of(data.get("others", ())),
    )


def _pairs_of(stored: Iterable[Any]) -> tuple[tuple[str, Any], ...]:
    """Return the lists of JSON as pairs again."""
    return tuple((name, value if isinstance(value, str) else _pairs_of(value)) for name, value in stored)


def _error_of(data: Mapping[str, Any]) -> DianFeError:
    """Return the error of its JSON form, of the class that its code names."""
    classes: list[type[DianFeError]] = [getattr(errors, name) for name in dir(errors)]  # loads the unused ones
    for known in classes:
        classes.extend(known.__subclasses__())
    cls = next((known for known in classes if known.code == data["code"]), TransportError)
    return rebuild(cls, {name: value for name, value in data.items() if name not in {"code", "errors"}})
