"""SOAP 1.2 with WS-Addressing: the request of an operation as text, and the body of an answer."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Protocol

from lxml.etree import _Element

from .._arguments import checked, unchecked
from ..errors import InvalidInput
from ..ubl.codecs import text
from .contract import BASE64, BOOLEAN, DOUBLE, INT, LONG, OTHERS, SIMPLE, TYPES, DataType, Member, Operation
from .wsse import Sealer, declarations

MEDIA_TYPE: Final = "application/soap+xml"
_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_LONG_DIGITS: Final = 19
_NUMBER: Final = re.compile(r"[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,3})?", re.ASCII)
"""A finite xs:double, bounded by what a double holds."""
_START: Final = f"<soap:Envelope{declarations()}><soap:Header>"


@checked
@dataclass(frozen=True, slots=True)
class Request:
    """One POST: what a transport carries."""

    operation: str
    url: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@checked
@dataclass(frozen=True, slots=True)
class Reply:
    """The HTTP response: status, headers (names in lower case) and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


_request = unchecked(Request)


class Transport(Protocol):
    """Carries requests: only this method is required.

    With ``download(url) -> Reply`` as well, which gets an address without credentials or redirections and raises the
    same errors, it serves ``Client.exchange_emails`` too.
    """

    def exchange(self, request: Request) -> Reply:
        """Post the request and return the reply, whatever its status.

        Raises ``ConnectionFailed`` (or a kind of it) when surely nothing was sent, ``ConnectionLost`` or
        ``AnswerTimeout`` when it may have been.
        """


class AsyncTransport(Protocol):
    """Carries requests for `AsyncClient`; ``download_async`` corresponds to ``download`` of `Transport`."""

    async def exchange_async(self, request: Request) -> Reply:
        """Do what ``Transport.exchange`` does."""


def headers(operation: Operation) -> dict[str, str]:
    """Return the HTTP headers of a request."""
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
    return _request(operation.name, url, headers(operation), envelope.encode())


def _body(operation: Operation, arguments: Mapping[str, str | bytes]) -> str:
    names = [parameter.name for parameter in operation.parameters]
    if set(names) != set(arguments):
        raise InvalidInput.of(
            "transport.argument_names",
            field=operation.name,
            found=", ".join(arguments) or "ninguno",
            expected=", ".join(names) or "ninguno",
        )
    parts = []
    for parameter in operation.parameters:
        value = arguments[parameter.name]
        wanted = bytes if parameter.type == BASE64 else str
        if not isinstance(value, wanted):
            raise InvalidInput.of(
                "transport.argument_type",
                field=f"{operation.name}.{parameter.name}",
                found=type(value).__name__,
                expected=wanted.__name__,
            )
        written = b64encode(value).decode() if isinstance(value, bytes) else text(value)
        parts.append(f"<wcf:{parameter.name}>{written}</wcf:{parameter.name}>")
    return f"<wcf:{operation.name}>{''.join(parts)}</wcf:{operation.name}>"


def begins(data: bytes, length: int = 200) -> str:
    """Return how some bytes begin, as one line of printable text between «»; "" for none."""
    text = " ".join(data[: 4 * length].decode("utf-8", "replace").split())[:length]
    shown = "".join(each if each.isprintable() else "\ufffd" for each in text)
    return f"«{shown}»" if shown else ""


class NotTheAnswer(Exception):
    """The XML is not the answer of the operation; the text says why, in Spanish."""


def body_of(root: _Element) -> _Element | None:
    """Return the first element in the SOAP body, of any SOAP version; None when it is not an envelope."""
    if local_name(root) != "Envelope":
        return None
    body = child(root, "Body")
    return None if body is None else next(iter(elements(body)), None)


def result_of(body: _Element, operation: Operation) -> Any:
    """Decode the result of an operation from the element in the SOAP body.

    Texts are stripped, bytes decoded, nil, empty and missing members alike: "" for texts, b"" for bytes, None for
    numbers and truth values, () for lists. Of lenient types a missing value is None. What the contract does not name is
    kept under `OTHERS`. Nil items of lists are left out. Raises `NotTheAnswer`, also for a result that has content and
    no member of its contract, comes twice, or has elements where a value should be.
    """
    if local_name(body) != f"{operation.name}Response":
        raise NotTheAnswer(f"se recibió {local_name(body)} en vez de {operation.name}Response")
    envelope = body.getparent()
    if envelope is not None and len(elements(envelope)) > 1:
        raise NotTheAnswer("el sobre trae más de una respuesta")
    found = child(body, f"{operation.name}Result")
    others = [local_name(each) for each in elements(body) if each is not found]
    if others:
        raise NotTheAnswer(f"{local_name(body)} trae {others[0]}, y solo puede traer un {operation.name}Result")
    if found is not None and not _is_nil(found):
        known = {member.name for member in TYPES[operation.result].members}
        children = elements(found)
        if not any(local_name(each) in known for each in children) and (children or (found.text or "").strip()):
            raise NotTheAnswer(f"{operation.name}Result no trae ninguno de los datos de la operación")
        return _decode(found, Member("", operation.result))
    return _blank(TYPES[operation.result])


def arguments_of(body: _Element, operation: Operation) -> dict[str, Any]:
    """Decode the arguments of an operation from the element in the SOAP body; missing ones as in `result_of`."""
    return {parameter.name: _decode(child(body, parameter.name), parameter) for parameter in operation.parameters}


def _decode(element: _Element | None, member: Member) -> Any:
    if element is not None and _is_nil(element):
        element = None
    if member.type in SIMPLE:
        if element is not None and elements(element):
            raise NotTheAnswer(f"{member.name} trae {local_name(elements(element)[0])} en vez de un valor")
        return _simple("" if element is None else _text(element), member.type)
    data_type = TYPES[member.type]
    if element is None:
        return None if data_type.lenient else _blank(data_type)
    return _items(element, data_type) if data_type.is_array else _members(element, data_type)


def _blank(data_type: DataType) -> Any:
    if data_type.is_array:
        return ()
    return {each.name: _decode(None, each) for each in data_type.members} | {OTHERS: ()}


def _items(element: _Element, data_type: DataType) -> tuple[Any, ...]:
    item = data_type.members[0]
    if item.type in SIMPLE:  # whatever the items are called, and a text without any
        texts = [element.text, *(piece for each in element for piece in (_item_text(each), each.tail))]
        return tuple(_simple(piece.strip(), item.type) for piece in texts if piece and piece.strip())
    lenient = TYPES[item.type].lenient
    found: list[Any] = []
    if lenient and (text := (element.text or "").strip()):
        found.append(_blank(TYPES[item.type]) | {OTHERS: (("", text),)})
    for each in elements(element):
        if local_name(each) == item.name:
            if not _is_nil(each):
                found.append(_decode(each, item))
        elif lenient:
            found.append(_blank(TYPES[item.type]) | {OTHERS: (_pair(each),)})
        else:
            raise NotTheAnswer(f"{local_name(element)} trae {local_name(each)} en vez de {item.name}")
    return tuple(found)


def _item_text(element: Any) -> str:
    return _text(element) if isinstance(element.tag, str) and not _is_nil(element) else ""


def _members(element: _Element, data_type: DataType) -> dict[str, Any]:
    by_name: dict[str, _Element] = {}
    others: list[tuple[str, Any]] = []
    known = {member.name for member in data_type.members}
    simple = {member.name for member in data_type.members if member.type in SIMPLE}
    for each in elements(element):
        name = local_name(each)
        if name in known and name not in by_name and not (data_type.lenient and name in simple and elements(each)):
            by_name[name] = each
        elif name in known and not data_type.lenient:
            raise NotTheAnswer(f"trae dos veces {name}")
        else:
            others.append(_pair(each))
    text = " ".join(" ".join(piece or "" for piece in (element.text, *(each.tail for each in element))).split())
    if not data_type.lenient and not by_name and (others or text):
        raise NotTheAnswer(f"{local_name(element)} no trae ninguno de los datos de la operación")
    values = {each.name: _decode(by_name.get(each.name), each) for each in data_type.members}
    if data_type.lenient:
        # A number or boolean in an unknown format.
        others += (_pair(each) for name, each in by_name.items() if values[name] is None and not _is_nil(each))
    if text:
        others.append(("", text))
    values[OTHERS] = tuple(others)
    return values


def _simple(value: str, type_name: str) -> Any:
    if type_name == BOOLEAN:
        return {"true": True, "1": True, "false": False, "0": False}.get(value.lower())
    if type_name in {INT, LONG}:
        digits = value.removeprefix("-")
        return int(value) if digits.isascii() and digits.isdigit() and len(digits) <= _LONG_DIGITS else None
    if type_name == DOUBLE:
        number = Decimal(value) if _NUMBER.fullmatch(value) else None
        return number or (None if number is None else number.copy_abs())
    if type_name == BASE64:
        return decoded(value)
    return value


def decoded(value: str) -> bytes:
    """Decode base64, ignoring whitespace in it; raises `NotTheAnswer` for anything else."""
    try:
        return b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        raise NotTheAnswer("un campo no es base64 válido") from None


def _pair(element: _Element) -> tuple[str, Any]:
    """Return an unknown element as a pair: its name with its text, or with its child elements."""
    children = elements(element)
    return local_name(element), tuple(_pair(each) for each in children) if children else _text(element)


def local_name(element: _Element) -> str:
    """Return the name without namespace: prefixes and some namespaces vary between answers."""
    return str(element.tag).rpartition("}")[2]


def child(element: _Element, name: str) -> _Element | None:
    """Return the first child of that local name; None without any."""
    return next((each for each in elements(element) if local_name(each) == name), None)


def elements(element: _Element) -> list[_Element]:
    """Return the child elements: no comments or instructions."""
    return [each for each in element if isinstance(each.tag, str)]


def _text(element: _Element) -> str:
    """Return all the text of an element, as pieces between comments belong together."""
    return "".join(str(piece) for piece in element.itertext()).strip() if len(element) else (element.text or "").strip()


def _is_nil(element: _Element) -> bool:
    return element.get(_NIL, "").strip() in {"true", "1"}
