"""The web service's contract as tables: operations, their parameters in wire order, and the types of their answers.

One table serves whoever asks, whoever answers (the simulator) and the WSDL. Names and order are those of the service
``WcfDianCustomerServices`` (its WSDL of 2026); the order of data contract members is alphabetical except where the
service says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import NotAllowed, UnsupportedDocument
from ..families.registry import kinds, labels
from ..families.spec import DocumentKind

SERVICE_NS = "http://wcf.dian.colombia"
CONTRACT = "IWcfDianCustomerServices"
ARRAYS_NS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
_DATA = "http://schemas.datacontract.org/2004/07/"

STRING, BOOLEAN, INT, LONG, DOUBLE, BASE64 = "string", "boolean", "int", "long", "double", "base64Binary"
SIMPLE = frozenset({STRING, BOOLEAN, INT, LONG, DOUBLE, BASE64})
NEVER_NIL = frozenset({BOOLEAN, INT, LONG, DOUBLE})
"""Types whose members may be missing, but are not nil."""
OTHERS = ""
"""Key under which a decoded value keeps what its contract does not name, as pairs."""


@dataclass(frozen=True, slots=True)
class Member:
    """An element of a data contract: its type is simple or the name of a `DataType`."""

    name: str
    type: str = STRING
    many: bool = False


@dataclass(frozen=True, slots=True)
class DataType:
    """A data contract: members in wire order.

    What came besides is kept under `OTHERS`. ``lenient``: so is what is written in no known way, which is refused
    otherwise.
    """

    name: str
    namespace: str
    members: tuple[Member, ...]
    lenient: bool = False

    @property
    def is_array(self) -> bool:
        """Whether it only repeats one member."""
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
        """Whether it hands over documents: sending it twice is not harmless."""
        return any(parameter.name == "contentFile" for parameter in self.parameters)


def _array(name: str, item: str, namespace: str, type_name: str | None = None) -> DataType:
    return DataType(name, namespace, (Member(item, type_name or item, many=True),))


def _texts(*names: str) -> tuple[Member, ...]:
    return tuple(Member(name) for name in names)


def _record(name: str, *members: str | tuple[str, str]) -> DataType:
    """Make a data contract of the document's information: members by name, with their type when it is no text."""
    listed = tuple(Member(member) if isinstance(member, str) else Member(*member) for member in members)
    return DataType(name, f"{_DATA}{name}", listed, lenient=True)


def _list(item: str) -> DataType:
    return _array(f"ArrayOf{item}", item, f"{_DATA}{item}")


_PARTIES = (("Emisor", "Entidad"), ("Receptor", "Entidad"))
_CHECKS = ("ValidacionesDoc", "ArrayOfValidacionDoc")
_HOLDER, _NUMBER, _TOTALS = (
    ("LegitimoTenedor", "LegitimoTenedor"),
    ("NumeroDocumento", "NumeroDocumento"),
    ("TotalEImpuestos", "TotalEImpuestos"),
)
_INFORMATION = (
    _record("Entidad", "Nombre", "NumeroDoc", "Procedencia", "TipoDoc"),
    _record("NumeroDocumento", "FechaEmision", "FechaFirma", "Folio", "Serie"),
    _record("LegitimoTenedor", "FechaInscripcionComoTituloValor", "Nombre"),
    _record("TotalEImpuestos", ("Iva", DOUBLE), ("Total", DOUBLE)),
    _record("ValidacionDoc", ("IsNotification", BOOLEAN), ("IsValida", BOOLEAN), "MensajeError", "Nombre", "Status"),
    _list("ValidacionDoc"),
    _record("ConceptoCorreccion", "Codigo", "Descripcion", "Nombre"),
    _record("ReferenciaDocumento", "Descripcion", "DocumentTypeId", "DocumentTypeName", *_PARTIES[:1], "Fecha",
            *_PARTIES[1:], "UUID"),
    _list("ReferenciaDocumento"),
    _record("Evento", "Codigo", "Descripcion", *_PARTIES[:1], _NUMBER, *_PARTIES[1:],
            ("ReferenciasDocumento", "ArrayOfReferenciaDocumento"), "UUID", _CHECKS),
    _list("Evento"),
    _record("Nota", ("ConceptoCorreccion", "ConceptoCorreccion"), *_PARTIES[:1], _HOLDER, "NombreTipoDocumento",
            _NUMBER, *_PARTIES[1:], _TOTALS, "UUID", _CHECKS),
    _list("Nota"),
    DataType("KeyValueOfintstring", ARRAYS_NS, (Member("Key", INT), Member("Value")), lenient=True),
    _array("ArrayOfKeyValueOfintstring", "KeyValueOfintstring", ARRAYS_NS),
    _record("Documento", "DocumentCode", "DocumentDescription", ("DocumentTags", "ArrayOfNota"), "DocumentTypeId",
            "DocumentTypeName", *_PARTIES[:1], ("Estado", "ArrayOfKeyValueOfintstring"), ("Eventos", "ArrayOfEvento"),
            _HOLDER, _NUMBER, *_PARTIES[1:], ("Referencias", "ArrayOfReferenciaDocumento"), _TOTALS, "UUID", _CHECKS),
    _list("Documento"),
)  # fmt: skip
"""What GetDocumentInfo says of a document (WSDL of 2026); each type has a namespace of its own name."""


TYPES: dict[str, DataType] = {
    data_type.name: data_type
    for data_type in (
        _array("ArrayOfstring", "string", ARRAYS_NS),
        DataType(
            "DianResponse",
            f"{_DATA}DianResponse",
            (
                Member("ErrorMessage", "ArrayOfstring"),
                Member("IsValid", BOOLEAN),
                *_texts("StatusCode", "StatusDescription", "StatusMessage"),
                Member("XmlBase64Bytes", BASE64),
                Member("XmlBytes", BASE64),
                *_texts("XmlDocumentKey", "XmlFileName"),
            ),
        ),
        _array("ArrayOfDianResponse", "DianResponse", f"{_DATA}DianResponse"),
        DataType(
            "XmlParamsResponseTrackId",
            f"{_DATA}XmlParamsResponseTrackId",
            (
                *_texts("DocumentKey", "ProcessedMessage", "SenderCode"),
                Member("Success", BOOLEAN),
                *_texts("XmlFileName"),
            ),
        ),
        _array("ArrayOfXmlParamsResponseTrackId", "XmlParamsResponseTrackId", f"{_DATA}XmlParamsResponseTrackId"),
        DataType(
            "UploadDocumentResponse",
            f"{_DATA}UploadDocumentResponse",
            (Member("ErrorMessageList", "ArrayOfXmlParamsResponseTrackId"), Member("ZipKey")),
        ),
        DataType(
            "NumberRangeResponse",
            f"{_DATA}NumberRangeResponse",
            (
                *_texts("ResolutionNumber", "ResolutionDate", "Prefix"),
                Member("FromNumber", LONG),
                Member("ToNumber", LONG),
                *_texts("ValidDateFrom", "ValidDateTo", "TechnicalKey"),
            ),
        ),
        _array("ArrayOfNumberRangeResponse", "NumberRangeResponse", f"{_DATA}NumberRangeResponse"),
        DataType(
            "NumberRangeResponseList",
            f"{_DATA}NumberRangeResponseList",
            (
                *_texts("OperationCode", "OperationDescription"),
                Member("ResponseList", "ArrayOfNumberRangeResponse"),
            ),
        ),
        DataType(
            "EventResponse", f"{_DATA}EventResponse", _texts("Code", "Message", "ValidationDate", "XmlBytesBase64")
        ),
        DataType(
            "ExchangeEmailResponse",
            f"{_DATA}ExchangeEmailResponse",
            # Until 2024 base64Binary, the CSV itself; now a string, whose base64 holds the address of a ZIP.
            (*_texts("CsvBase64Bytes", "Message", "StatusCode"), Member("Success", BOOLEAN)),
        ),
        DataType(
            "AdquirienteResponse",
            f"{_DATA}Gosocket.Dian.Services.Utils.Common",
            _texts("Message", "ReceiverEmail", "ReceiverName", "StatusCode"),
        ),
        *_INFORMATION,
        DataType(
            "DocumentInfoResponse",
            f"{_DATA}DocumentInfoResponse",
            (
                *_texts("CompressedDocumentInfo"),
                Member("DocumentInfo", "ArrayOfDocumento"),
                *_texts("StatusCode", "StatusDescription"),
            ),
            lenient=True,
        ),
    )
}
"""Every data contract, by its name."""

_CONTENT = Member("contentFile", BASE64)
_FILE = (Member("fileName"), _CONTENT)
_TRACK = _texts("trackId")

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
        Operation(
            "GetNumberingRange", _texts("accountCode", "accountCodeT", "softwareCode"), "NumberRangeResponseList"
        ),
        Operation("GetXmlByDocumentKey", _TRACK, "EventResponse"),
        Operation("GetExchangeEmails", (), "ExchangeEmailResponse"),
        Operation("GetReferenceNotes", _TRACK, "DianResponse"),
        Operation("GetAcquirer", _texts("identificationType", "identificationNumber"), "AdquirienteResponse"),
        Operation("GetDocumentInfo", _texts("uuid"), "DocumentInfoResponse"),
    )
}
"""The fifteen operations, by their name."""


def operation(name: str) -> Operation:
    """Return an operation by its name; raises ``NotAllowed`` for one that the service does not have."""
    found = OPERATIONS.get(name)
    if found is None:
        raise NotAllowed.of("transport.operation", field="operation", found=name, expected=", ".join(OPERATIONS))
    return found


def sending_operation(kind: DocumentKind, name: str | None = None) -> Operation:
    """Return the operation that sends a kind of document, or check that ``name`` is one of them.

    Raises ``UnsupportedDocument`` for a kind that is not sent, ``NotAllowed`` for an operation that does not take it.
    """
    allowed = kind.sends
    if not allowed:
        expected = labels(each for each in kinds() if each.sends)
        raise UnsupportedDocument.of(
            "transport.unsupported_document", found=kind.title, expected=expected, label=kind.label
        )
    if name is not None and name not in allowed:
        raise NotAllowed.of(
            "transport.sending_operation", field="operation", expected=" o ".join(allowed), name=name, root=kind.root
        )
    return OPERATIONS[name or allowed[0]]
