"""The web service's contract as tables: operations, their parameters in wire order, and the types of their answers.

One table serves the client, the simulator and the WSDL. Names and order are those of the service
``WcfDianCustomerServices`` (its WSDL of 2026); the order of data contract members is alphabetical except where the
service says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from ..errors import NotAllowed, UnsupportedDocument
from ..families.registry import kinds, labels
from ..families.spec import DocumentKind

SERVICE_NS = "http://wcf.dian.colombia"
CONTRACT = "IWcfDianCustomerServices"
ARRAYS_NS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"

STRING, BOOLEAN, INT, LONG, DOUBLE, BASE64 = "string", "boolean", "int", "long", "double", "base64Binary"
SIMPLE = frozenset({STRING, BOOLEAN, INT, LONG, DOUBLE, BASE64})
NEVER_NIL = frozenset({BOOLEAN, INT, LONG, DOUBLE})
"""Types whose members may be absent, but not nil."""
OTHERS = ""
"""Key of a decoded value for elements that its contract does not name, as pairs."""


@dataclass(frozen=True, slots=True)
class Member:
    """An element of a data contract: its type is simple or the name of a `DataType`."""

    name: str
    type: str = STRING
    many: bool = False
    field: str = ""
    """Field of the typed value."""


@dataclass(frozen=True, slots=True)
class DataType:
    """A data contract: members in wire order.

    Unknown elements are kept under `OTHERS`. ``lenient``: so are values in an unknown format, which are refused
    otherwise.
    """

    name: str
    namespace: str
    members: tuple[Member, ...]
    lenient: bool = False

    @property
    def is_array(self) -> bool:
        """True if it only repeats one member."""
        return len(self.members) == 1 and self.members[0].many


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: parameters in wire order and the type of its result."""

    name: str
    parameters: tuple[Member, ...]
    result: str

    @property
    def action(self) -> str:
        """wsa:Action and the media type's ``action``."""
        return f"{SERVICE_NS}/{CONTRACT}/{self.name}"

    @property
    def reply_action(self) -> str:
        """wsa:Action of the answer."""
        return f"{self.action}Response"

    @property
    def sends_document(self) -> bool:
        """True if it sends documents, so that repeating it is not harmless."""
        return any(parameter.name == "contentFile" for parameter in self.parameters)


_CONTENT = Member("contentFile", BASE64)
_FILE = (Member("fileName"), _CONTENT)
_TRACK = (Member("trackId"),)
_NUMBERING = (Member("accountCode"), Member("accountCodeT"), Member("softwareCode"))
_PERSON = (Member("identificationType"), Member("identificationNumber"))

OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for operation in (
        Operation("SendBillSync", _FILE, "DianResponse"),
        Operation("SendBillAsync", _FILE, "UploadDocumentResponse"),
        Operation("SendTestSetAsync", (*_FILE, Member("testSetId")), "UploadDocumentResponse"),
        Operation("SendBillAttachmentAsync", _FILE, "UploadDocumentResponse"),
        Operation("SendEventUpdateStatus", (_CONTENT,), "DianResponse"),
        Operation("SendNominaSync", (_CONTENT,), "DianResponse"),
        Operation("GetStatus", _TRACK, "DianResponse"),
        Operation("GetStatusZip", _TRACK, "ArrayOfDianResponse"),
        Operation("GetStatusEvent", _TRACK, "DianResponse"),
        Operation("GetNumberingRange", _NUMBERING, "NumberRangeResponseList"),
        Operation("GetXmlByDocumentKey", _TRACK, "EventResponse"),
        Operation("GetExchangeEmails", (), "ExchangeEmailResponse"),
        Operation("GetReferenceNotes", _TRACK, "DianResponse"),
        Operation("GetAcquirer", _PERSON, "AdquirienteResponse"),
        Operation("GetDocumentInfo", (Member("uuid"),), "DocumentInfoResponse"),
    )
}
"""The fifteen operations, by their name."""


def _read_types() -> dict[str, DataType]:
    """Return the data contracts of ``contract.tsv``, and the arrays of them in use."""
    lines = Path(__file__).with_name("contract.tsv").read_text(encoding="utf-8").splitlines()
    head, *rows = (line.split("\t") for line in lines)
    member_type = head.index("member_type")
    named = {row[member_type] for row in rows} | {operation.result for operation in OPERATIONS.values()}
    found = {"ArrayOfstring": DataType("ArrayOfstring", ARRAYS_NS, (Member(STRING, STRING, many=True),))}
    for (name, namespace, lenient), members in groupby(rows, itemgetter(0, 1, 2)):
        listed = tuple(Member(member, type_name, field=field) for *_, member, type_name, field in members)
        found[name] = DataType(name, namespace, listed, lenient == "yes")
        array = f"ArrayOf{name}"
        if array in named:
            found[array] = DataType(array, namespace, (Member(name, name, many=True),))
    return found


TYPES: dict[str, DataType] = _read_types()
"""Every data contract, by its name. Those of the document's information are lenient (WSDL of 2026)."""


def operation(name: str) -> Operation:
    """Return an operation by its name; raises ``NotAllowed`` for one that the service lacks."""
    found = OPERATIONS.get(name)
    if found is None:
        raise NotAllowed.of("transport.operation", field="operation", found=name, expected=", ".join(OPERATIONS))
    return found


def sending_operation(kind: DocumentKind, name: str | None = None) -> Operation:
    """Return the operation that sends a kind of document, or check that ``name`` is one of them.

    Raises ``UnsupportedDocument`` for a kind that is not sent, ``NotAllowed`` for an operation that does not accept it.
    """
    allowed = kind.sends
    if not allowed:
        expected = labels(each for each in kinds() if each.sends)
        raise UnsupportedDocument.of(
            "transport.unsupported_document", found=kind.title, expected=expected, label=kind.label
        )
    if name is not None and name not in allowed:
        raise NotAllowed.of(
            "transport.operation_of_kind", field="operation", expected=" o ".join(allowed), name=name, root=kind.root
        )
    return OPERATIONS[name or allowed[0]]
