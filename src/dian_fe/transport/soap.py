"""SOAP 1.2 with WS-Addressing: the request of an operation as text, and the body of an answer."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from ..errors import InvalidInput
from ..ubl.codecs import text
from .contract import BASE64, BOOLEAN, LONG, SERVICE_NS, SIMPLE, TYPES, Member, Operation
from .wsse import SOAP, Sealer, declarations

if TYPE_CHECKING:
    from lxml.etree import _Element

MEDIA_TYPE: Final = "application/soap+xml"
_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_LONG_DIGITS: Final = 19
_START: Final = f"<soap:Envelope{declarations()}><soap:Header>"


@dataclass(frozen=True, slots=True)
class Request:
    """One POST: what a transport carries."""

    operation: str
    url: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: HTTP status, headers (names in lower case) and body, whatever it is."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Transport(Protocol):
    """Carries requests: the whole interface is this method."""

    def exchange(self, request: Request) -> Reply:
        """Post the request and give the reply, whatever its status.

        Raises ``ConnectionFailed`` (or a kind of it) when surely nothing was sent, ``ConnectionLost`` or
        ``AnswerTimeout`` when it may have been.
        """


class AsyncTransport(Protocol):
    """Carries requests for `AsyncClient`."""

    async def exchange_async(self, request: Request) -> Reply:
        """Do what ``Transport.exchange`` does."""


def headers(operation: Operation) -> dict[str, str]:
    """Give the HTTP headers of a request."""
    return {
        "Content-Type": f'{MEDIA_TYPE}; charset=utf-8; action="{operation.action}"',
        "Accept": MEDIA_TYPE,
        # A compressed answer could hide its size; DIAN's are small.
        "Accept-Encoding": "identity",
    }


def request(
    operation: Operation, arguments: Mapping[str, str | bytes], *, url: str, sealer: Sealer, at: datetime, nonce: str
) -> Request:
    """Write the signed request of an operation.

    ``arguments`` by parameter name: texts, and bytes for base64Binary; all of them, in any order. ``at`` and ``nonce``
    as in ``Sealer.seal``. Raises ``InvalidInput`` for a missing or unknown argument, ``SigningError``.
    """
    body = _body(operation, arguments)
    header = sealer.seal(url, at=at, nonce=nonce)
    envelope = (
        f"{_START}{header.security}<wsa:Action>{operation.action}</wsa:Action>{header.to}</soap:Header>"
        f"<soap:Body>{body}</soap:Body></soap:Envelope>"
    )
    return Request(operation.name, url, headers(operation), envelope.encode())


def _body(operation: Operation, arguments: Mapping[str, str | bytes]) -> str:
    names = [parameter.name for parameter in operation.parameters]
    if set(names) != set(arguments):
        raise InvalidInput(
            "los argumentos no son los de la operación.",
            field=operation.name,
            found=", ".join(arguments) or "ninguno",
            expected=", ".join(names) or "ninguno",
            remedy="revise los nombres de los parámetros.",
        )
    parts = []
    for parameter in operation.parameters:
        value = arguments[parameter.name]
        if isinstance(value, bytes) is not (parameter.type == BASE64):
            raise InvalidInput(
                "el argumento no es del tipo de la operación.",
                field=f"{operation.name}.{parameter.name}",
                found=type(value).__name__,
                expected="bytes" if parameter.type == BASE64 else "str",
                remedy="pase el ZIP como bytes y lo demás como texto.",
            )
        written = b64encode(value).decode() if isinstance(value, bytes) else text(value)
        parts.append(f"<wcf:{parameter.name}>{written}</wcf:{parameter.name}>")
    return f"<wcf:{operation.name}>{''.join(parts)}</wcf:{operation.name}>"


class NotTheAnswer(Exception):
    """The XML is not the answer of the operation; the text says why, in Spanish."""


def body_of(root: _Element) -> _Element | None:
    """Give the first element in the SOAP body, of any SOAP version; None when it is no envelope."""
    if local_name(root) != "Envelope":
        return None
    body = child(root, "Body")
    return None if body is None else next(iter(_elements(body)), None)


def result_of(body: _Element, operation: Operation) -> Any:
    """Decode the result of an operation from the element in the SOAP body.

    Texts are stripped, bytes decoded, nil, empty and missing members alike: "" for texts, b"" for bytes, None for
    numbers and truth values, () for lists. Raises `NotTheAnswer`.
    """
    if local_name(body) != f"{operation.name}Response":
        raise NotTheAnswer(f"se recibió {local_name(body)} en vez de {operation.name}Response")
    found = child(body, f"{operation.name}Result")
    return _decode(found, Member("", operation.result))


def arguments_of(body: _Element, operation: Operation) -> dict[str, Any]:
    """Decode the arguments of an operation from the element in the SOAP body; missing ones as in `result_of`."""
    return {parameter.name: _decode(child(body, parameter.name), parameter) for parameter in operation.parameters}


def _decode(element: _Element | None, member: Member) -> Any:
    if member.type in SIMPLE:
        return _simple("" if element is None or _is_nil(element) else _text(element), member.type)
    data_type = TYPES[member.type]
    children = [] if element is None or _is_nil(element) else _elements(element)
    if data_type.is_array:
        item = data_type.members[0]
        return tuple(_decode(each, item) for each in children if local_name(each) == item.name)
    if data_type.open:
        return tuple(_open(each) for each in children)
    by_name = {local_name(each): each for each in children}
    return {each.name: _decode(by_name.get(each.name), each) for each in data_type.members}


def _simple(value: str, type_name: str) -> Any:
    if type_name == BOOLEAN:
        return {"true": True, "1": True, "false": False, "0": False}.get(value.lower())
    if type_name == LONG:
        digits = value.removeprefix("-")
        return int(value) if digits.isascii() and digits.isdigit() and len(digits) <= _LONG_DIGITS else None
    if type_name == BASE64:
        return decoded(value)
    return value


def decoded(value: str) -> bytes:
    """Decode base64 with any blanks in it; raises `NotTheAnswer` for anything else."""
    try:
        return b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        raise NotTheAnswer("un campo no es base64 válido") from None


def _open(element: _Element) -> tuple[str, Any]:
    """Keep an element of unknown contract: its name with its text, or with its own elements."""
    children = _elements(element)
    return local_name(element), tuple(_open(each) for each in children) if children else _text(element)


def local_name(element: _Element) -> str:
    """Give the name without namespace: prefixes and some namespaces vary between answers."""
    return str(element.tag).rpartition("}")[2]


def child(element: _Element, name: str) -> _Element | None:
    """Give the first child of that local name."""
    return next((each for each in _elements(element) if local_name(each) == name), None)


def _elements(element: _Element) -> list[_Element]:
    return [each for each in element if isinstance(each.tag, str)]


def _text(element: _Element) -> str:
    """Give all the text of an element, as pieces between comments belong together."""
    return "".join(str(piece) for piece in element.itertext()).strip() if len(element) else (element.text or "").strip()


def _is_nil(element: _Element) -> bool:
    return element.get(_NIL, "").strip() in {"true", "1"}


def service_tag(name: str) -> str:
    """Give the Clark name of an element of the service's namespace."""
    return f"{{{SERVICE_NS}}}{name}"


def soap_tag(name: str) -> str:
    """Give the Clark name of an element of SOAP 1.2."""
    return f"{{{SOAP}}}{name}"
