"""The one way in which the library parses XML: no DTD, no entities, no network, bounded size and depth.

Documents come by mail from unknown senders, so every parser setting is made here and nowhere else. A DOCTYPE is refused
before libxml2 sees it, since no document of DIAN's has one and every known attack with entities needs one.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterator
from typing import IO, Any, NamedTuple

from lxml import etree

from .errors import InvalidInput, MalformedXml, UnsafeXml

MAX_BYTES = 32 * 1024 * 1024
"""Largest document parsed unless the caller says otherwise: about 40,000 lines."""
MAX_TAGS = 2_000_000
"""Most tags of a document, start and end tags: each costs a hundred bytes of memory or more, whatever its length."""

MAX_ATTRIBUTES = 1000
"""Most attributes of one element, and most namespace declarations in force at one place: no document has a tenth."""
MAX_URI = 300
"""Longest namespace URI: libxml2 copies it each time a name is read."""
_SECTION = re.compile(rb"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_PIECE = 2048
"""Bytes parsed at a time when errors are counted after each piece."""
_LARGE_PIECE = 1 << 16
_DECLARATION = re.compile(rb"xmlns((?::[^\s=<>\"']{1,300})?\s{0,20}=\s{0,20}[\"'][^\"'<]{%d})?" % MAX_URI)
"""A namespace declaration; its group is empty unless the URI may be too long."""
_LONGEST_TAG = 5 * MAX_ATTRIBUTES
"""Bytes of the longest tag without more attributes, since none is shorter than `` a=""``."""
_CROWDED = etree.XPath(f"boolean(//*[count(@*) > {MAX_ATTRIBUTES}])")
_READABLE = {"UTF-8", "UTF8", "US-ASCII", "ASCII", "ISO-8859-1", "ISO-8859-15", "WINDOWS-1252", "LATIN1"}
"""Encodings in which a byte below 128 is always that character, so that bytes may be searched."""

_BOM = b"\xef\xbb\xbf"
_PADDING = re.compile(rb"(?:[ \t\r\n]|\xef\xbb\xbf)*")
_LIMITS = frozenset({etree.ErrorTypes.ERR_RESOURCE_LIMIT, etree.ErrorTypes.ERR_ENTITY_LOOP})
_REASONS = {
    etree.ErrorTypes.ERR_DOCUMENT_EMPTY: "no empieza por una etiqueta",
    etree.ErrorTypes.ERR_DOCUMENT_END: "hay contenido después de cerrar el elemento raíz",
    etree.ErrorTypes.ERR_INVALID_CHAR: "contiene un carácter de control que XML prohíbe",
    etree.ErrorTypes.ERR_ENTITYREF_SEMICOL_MISSING: "hay un «&» sin escapar",
    etree.ErrorTypes.ERR_NAME_REQUIRED: "falta un nombre (suele ser un «&» o un «<» sin escapar)",
    etree.ErrorTypes.ERR_UNDECLARED_ENTITY: "usa una entidad que XML no define",
    etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING: "declara una codificación desconocida",
    etree.ErrorTypes.ERR_LT_IN_ATTRIBUTE: "hay un «<» sin escapar en un atributo",
    etree.ErrorTypes.ERR_ATTRIBUTE_REDEFINED: "un atributo está dos veces en la misma etiqueta",
    etree.ErrorTypes.ERR_RESERVED_XML_NAME: "la declaración <?xml …?> no está al comienzo",
    etree.ErrorTypes.ERR_TAG_NAME_MISMATCH: "una etiqueta de cierre no corresponde a la de apertura",
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED: "el documento termina antes de cerrar sus etiquetas",
    etree.ErrorTypes.ERR_INVALID_ENCODING: "hay bytes que no son de la codificación declarada",
    etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE: "usa un prefijo sin declarar",
    etree.ErrorTypes.WAR_NS_URI: "un espacio de nombres no es un URI",
}
_REMEDIES = {
    etree.ErrorTypes.ERR_INVALID_ENCODING: "guarde el archivo en UTF-8 o declare la codificación que tiene.",
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED: "el archivo está incompleto: pida que lo envíen de nuevo.",
    etree.ErrorTypes.ERR_RESERVED_XML_NAME: "quite lo que haya antes de <?xml …?>, también espacios.",
}
_OTHER_FORMATS = (
    (b"%PDF", "es un PDF, que no es la factura sino su representación gráfica: pida el XML o el ZIP."),
    (b"{", "es JSON y no XML: use load_document, o el comando check."),
    (b"PK", "es un ZIP o parte de uno: si no abre con read, pida que lo envíen de nuevo."),
)
"""Files often mistaken for a document, by their first bytes."""
_REMEDY = "abra el archivo en el lugar indicado y corríjalo, o pida al emisor el original."


class Tidied(NamedTuple):
    """Bytes ready for parsing and, in Spanish, what was removed from them."""

    data: bytes
    notes: tuple[str, ...]


_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "load_dtd": False,
    "dtd_validation": False,
    "no_network": True,
    "huge_tree": False,
}
"""Settings of every parser."""


class _PerThread(threading.local):
    """A parser for each thread: lxml locks a shared one for the whole of each parse."""

    def __init__(self) -> None:
        self.parser = etree.XMLParser(recover=False, collect_ids=False, **_SAFE)


_local = _PerThread()


def tidy(data: bytes) -> Tidied:
    """Strip what editors and mail gateways put before a document: UTF-8 byte order mark and leading whitespace.

    The rest is left as it is: the bytes of a signed document are what its digests are about. Raises ``InvalidInput``
    when ``data`` is not bytes.
    """
    _require_bytes(data)
    before = _PADDING.match(data)
    assert before is not None  # it may be empty
    boms = before[0].count(_BOM)
    blanks = len(before[0]) - boms * len(_BOM)
    notes = []
    if boms:
        notes.append("Se quitó la marca de orden de bytes (BOM) del comienzo.")
    if blanks:
        notes.append(f"Se quitaron {blanks} espacios o saltos de línea del comienzo.")
    return Tidied(data[before.end() :], tuple(notes))


def parse(
    data: bytes, *, max_bytes: int = MAX_BYTES, tolerant: bool = False, tags: int | None = None
) -> etree._Element:
    """Parse a document from its bytes and return its root element.

    The encoding is the one that the XML declaration names, UTF-8 without one. ``tolerant`` forgives what ``tidy``
    strips (call that first to learn what it was). ``tags``: its `tags_of`, if counted before. Limits: ``max_bytes`` for
    the whole; libxml2's for the rest (256 levels, 10 million bytes for one text or attribute), and `MAX_TAGS`,
    `MAX_ATTRIBUTES` and `MAX_URI`.

    Raises ``InvalidInput`` for anything but bytes, ``UnsafeXml`` for a DOCTYPE or a passed limit, ``MalformedXml`` with
    line and column for XML that is not well formed.
    """
    _require_bytes(data)
    if len(data) > max_bytes:
        raise UnsafeXml.of("document_too_large", size=len(data), max_bytes=max_bytes)
    if tolerant:
        data = tidy(data).data
    if _has_doctype(data):
        raise UnsafeXml.of("doctype_refused")
    if len(data) > MAX_TAGS and (tags_of(data) if tags is None else tags) > MAX_TAGS:
        raise UnsafeXml.of("crowded", limit=MAX_TAGS, what="marcas («<»)")
    try:
        root = etree.fromstring(data, _local.parser)
    except etree.XMLSyntaxError as error:
        raise _refusal(error, data) from None
    # Encodings such as UTF-16 hide the declaration from the look at the bytes.
    told = root.getroottree().docinfo
    if told.internalDTD is not None:
        raise UnsafeXml.of("doctype_refused")
    _check_crowding(root, data, told.encoding)
    return root


def elements_in(file: IO[bytes], tags: Collection[str]) -> Iterator[etree._Element]:
    """Yield the elements of a file that have one of these names, at their ends.

    For files that are too large for a tree: each element is emptied, and those before it are dropped, when the next one
    is asked for. Raises ``UnsafeXml`` for a DOCTYPE in the first piece or a limit of libxml2, ``MalformedXml``.
    """
    parser: Any = etree.XMLPullParser(events=("end",), tag=tags, **_SAFE)
    piece = file.read(_LARGE_PIECE)
    if _has_doctype(piece):
        raise UnsafeXml.of("doctype_refused")
    try:
        while piece:
            parser.feed(piece)
            for _, element in parser.read_events():
                yield element
                element.clear()
                above = element.getparent()
                while above is not None and element.getprevious() is not None:
                    del above[0]
            piece = file.read(_LARGE_PIECE)
        parser.close()
    except etree.XMLSyntaxError as error:
        raise _refusal(error, b"") from None


def tags_of(data: bytes) -> int:
    """Return how many tags a document has at most; those of a document carried in a CDATA section are its text."""
    found = data.count(b"<")
    return found if found <= MAX_TAGS else found - sum(each.count(b"<", 1) for each in _SECTION.findall(data))


def beginning(root: etree._Element, schema: etree.XMLSchema, errors: int) -> etree._Element | None:
    """Return the part of a tree that holds its first ``errors`` errors; None when it has fewer.

    A schema that validates a tree reports the path of each error, which costs as much as the element has siblings
    before it; one that judges while parsing does not.
    """
    data = etree.tostring(root, encoding="utf-8", with_tail=False)
    parser = etree.XMLParser(schema=schema, **_SAFE)
    for end in range(_PIECE, len(data) + _PIECE, _PIECE):
        parser.feed(data[end - _PIECE : end])
        if len(parser.feed_error_log) >= errors:
            return etree.fromstring(data[:end], etree.XMLParser(recover=True, **_SAFE))
    return None


def _check_crowding(root: etree._Element, data: bytes, encoding: str | None) -> None:
    """Refuse sizes that no real document has and that every later step would pay for."""
    searchable = (encoding or "UTF-8").upper() in _READABLE and b"\0" not in data[:8]
    if (not searchable or _has_long_tag(data)) and _CROWDED(root):
        raise UnsafeXml.of("crowded", limit=MAX_ATTRIBUTES, what="atributos en un elemento")
    if searchable and len(found := _DECLARATION.findall(data)) <= MAX_ATTRIBUTES and not any(found):
        return
    scope = 0
    for event, declared in etree.iterwalk(root, events=("start-ns", "end-ns")):
        if event == "end-ns":
            scope -= 1
            continue
        scope += 1
        if scope > MAX_ATTRIBUTES:
            raise UnsafeXml.of("crowded", limit=MAX_ATTRIBUTES, what="espacios de nombres declarados en un mismo lugar")
        if len(declared[1]) > MAX_URI:
            raise UnsafeXml.of("crowded", limit=MAX_URI, what="caracteres en un espacio de nombres")


def _has_long_tag(data: bytes) -> bool:
    """True if a tag, or the text after it, may be longer than `_LONGEST_TAG`: a block of half as many has no tag."""
    half = _LONGEST_TAG // 2
    return any(data.find(b"<", start, start + half) < 0 for start in range(0, len(data) - half + 1, half))


def _require_bytes(data: Any) -> None:
    if not isinstance(data, bytes):
        raise InvalidInput.of("not_bytes", field="data", found=type(data).__name__)


def _has_doctype(data: bytes) -> bool:
    """True if the prolog has a DOCTYPE; later ones are text of an embedded document."""
    at = 0
    while True:
        padding = _PADDING.match(data, at)
        at = padding.end() if padding else at
        for opening, closing in ((b"<?", b"?>"), (b"<!--", b"-->")):
            if data.startswith(opening, at):
                end = data.find(closing, at)
                if end < 0:
                    return False
                at = end + len(closing)
                break
        else:
            return data.startswith(b"<!DOCTYPE", at)


def _refusal(error: etree.XMLSyntaxError, data: bytes) -> UnsafeXml | MalformedXml:
    """Return the error for what libxml2 found, with its position."""
    line, column = error.position
    detail = " ".join((error.msg or "").rsplit(", line ", 1)[0].split())
    found = f"línea {line}, columna {column}: {detail}"
    code: int = error.code  # type: ignore[attr-defined]  # lxml has it, the stubs do not
    if code in _LIMITS:
        return UnsafeXml.of("parser_limits", found=found)
    return MalformedXml.of(
        "malformed_xml",
        found=found,
        remedy=_mistaken(data) or _REMEDIES.get(code, _REMEDY),
        reason=_REASONS.get(code, "no cumple la sintaxis de XML"),
    )


def _mistaken(data: bytes) -> str | None:
    """Return the format of bytes that are not XML, if their beginning shows it."""
    start = data.lstrip()
    if not start:
        return "el archivo está vacío: pida que lo envíen de nuevo."
    return next((remedy for mark, remedy in _OTHER_FORMATS if start.startswith(mark)), None)
