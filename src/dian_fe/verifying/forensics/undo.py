"""The usual changes to signed documents, undone: each way returns the document as it may have been signed.

Nothing is claimed here. Its digests prove whether a document so restored is the signed one (`explain`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from typing import Final

from lxml import etree
from lxml.etree import _Element

from ..._xmlsafe import parse
from ...signing.algorithms import DS
from ..signature.references import SIGNATURE, SignedInfo
from ..verdicts import Cause, Part
from .namespaces import OASIS, Restored, restored_namespaces, restored_prefixes
from .signer_faults import span_of

_BASE64: Final = tuple(f"{{{DS}}}{name}" for name in ("X509Certificate", "DigestValue", "SignatureValue", "Modulus"))
_LOCATIONS: Final = tuple(
    f"{{http://www.w3.org/2001/XMLSchema-instance}}{name}" for name in ("schemaLocation", "noNamespaceSchemaLocation")
)
_MAINDOC: Final = "http://docs.oasis-open.org/ubl/os-UBL-2.1/xsd/maindoc"
_BOM: Final = "\ufeff"
_ESCAPED: Final = re.compile(r"&amp;(amp|lt|gt|quot|apos|#[0-9]+|#x[0-9A-Fa-f]+);")
_CP1252: Final = {bytes([byte]).decode("cp1252", "replace"): byte for byte in range(0x80, 0x100)}
_MISREAD: Final = re.compile(f"[\u0080-\u00ff{''.join(sorted(_CP1252))}]{{2,}}".replace("\ufffd", ""))
"""Runs of what UTF-8 looks like when it is read as Latin-1 or Windows-1252."""
_TAGS: Final = re.compile(r"<[^<>]+>")
_UNITS: Final = ("  ", "    ", "\t", "", "   ", " ")
"""Indentation of the usual serialisers; none is a line break alone."""
_STANDARD: Final = str.maketrans(" -_", "++/")
"""From the alphabet of URLs, or from one with spaces for plus signs, to the usual one."""
_WRAPS: Final = (76, 64)
"""Line lengths of base64 in MIME (RFC 2045) and PEM (RFC 7468)."""

Undoing = Callable[["State"], Restored]
"""A way of undoing."""


@dataclass(frozen=True, eq=False)
class State:
    """A document on its way back to what was signed: UTF-8 without declaration, and what was undone so far."""

    data: bytes
    info: SignedInfo
    failing: frozenset[str]
    """Parts whose digest or value is to be mended."""
    causes: tuple[Cause, ...] = ()

    @classmethod
    def of(cls, info: SignedInfo, failing: frozenset[str]) -> State:
        """Return the state of a document as it came."""
        root = parse(info.document.data, tolerant=True)
        return cls(_serialized(root), info, failing)

    @property
    def signature_is_sound(self) -> bool:
        """True if nothing inside the signature was touched: only the document around it fails."""
        return self.failing == {Part.DOCUMENT}

    @cached_property
    def text(self) -> str:
        """The document as text; it shows the line breaks and spaces that XML keeps."""
        return self.data.decode("utf-8")

    @cached_property
    def tags(self) -> str:
        """Only the tags: texts may hold whole documents, whose tags are escaped."""
        return "".join(_TAGS.findall(self.text))

    def tree(self) -> _Element:
        """Return a new tree, which the caller may change."""
        return parse(self.data)


def _serialized(root: _Element) -> bytes:
    text: bytes = etree.tostring(root.getroottree(), encoding="utf-8", xml_declaration=False)
    return text


def _changed(state: State, change: Callable[[_Element], None]) -> bytes:
    root = state.tree()
    change(root)
    return _serialized(root)


def _signature(root: _Element) -> _Element:
    """Return the signature, which every document that becomes a state has."""
    return next(root.iter(SIGNATURE))


# --- texts


def _unescaped(state: State) -> Restored:
    if "&amp;amp;" in state.text:
        yield (Cause.DOUBLE_ESCAPED_AMPERSAND,), state.text.replace("&amp;amp;", "&amp;").encode()
    if _ESCAPED.search(state.text):
        yield (Cause.DOUBLE_ESCAPED_AMPERSAND,), _ESCAPED.sub(r"&\1;", state.text).encode()


def _without_bom(state: State) -> Restored:
    if _BOM in state.text:
        yield (Cause.BYTE_ORDER_MARK,), state.text.replace(_BOM, "").encode()
        yield (Cause.BYTE_ORDER_MARK,), state.text.replace(f">{_BOM}", ">").encode()


def _without_returns(state: State) -> Restored:
    text = state.text
    if "&#13;" in text:
        for old, new in (("&#13;", ""), ("&#13;\n", "\n"), ("&#13;", "\n")):
            yield (Cause.NEWLINES_CHANGED,), text.replace(old, new).encode()


def _with_returns(state: State) -> Restored:
    if "\n" not in state.text:
        return
    yield (Cause.NEWLINES_CHANGED,), _changed(state, partial(_change_leaves, change=_crlf))
    yield (Cause.NEWLINES_CHANGED,), _changed(state, _return_everywhere)


def _return_everywhere(root: _Element) -> None:
    for element in root.iter("*"):
        element.text = _crlf(element.text or "") or None
        element.tail = (_crlf(element.tail or "") or None) if element is not root else None


def _crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def _trimmed(state: State) -> Restored:
    padded = [leaf for leaf in _leaves(state.tree()) if leaf.text != (leaf.text or "").strip()]
    if any(leaf.text for leaf in padded):
        for trim in (str.strip, lambda text: text.strip("\r\n"), str.rstrip):
            yield (Cause.VALUES_PADDED,), _changed(state, partial(_change_leaves, change=trim))


def _change_leaves(root: _Element, change: Callable[[str], str]) -> None:
    for leaf in _leaves(root):
        if leaf.text:
            leaf.text = change(leaf.text)


def _leaves(root: _Element) -> Iterator[_Element]:
    return (element for element in root.iter("*") if not len(element))


def _reencoded(state: State) -> Restored:
    if state.text.isascii():
        return
    once = _MISREAD.sub(_reread, state.text)
    if once != state.text:
        yield (Cause.REENCODED,), once.encode()
        twice = _MISREAD.sub(_reread, once)
        if twice != once:
            yield (Cause.REENCODED,), twice.encode()


def _reread(match: re.Match[str]) -> str:
    """Read a run as the UTF-8 that it may be; if it is not, it stays as it is."""
    try:
        return bytes(_CP1252.get(char, ord(char)) for char in match[0]).decode("utf-8")
    except ValueError:
        return match[0]


def _composed(state: State) -> Restored:
    if state.text.isascii():
        return
    span = span_of(state.data, state.info.signature)
    for form in ("NFC", "NFD"):
        text = unicodedata.normalize(form, state.text)
        if not state.signature_is_sound:
            yield (Cause.UNICODE_NORMALIZED,), text.encode()
        elif span is not None:
            before, signature, after = state.data[: span[0]], state.data[slice(*span)], state.data[span[1] :]
            pieces = (unicodedata.normalize(form, piece.decode()).encode() for piece in (before, after))
            yield (Cause.UNICODE_NORMALIZED,), signature.join(pieces)


# --- whitespace between tags


def _without_blanks(state: State) -> Restored:
    stripped = _changed(state, _strip_all)
    if stripped == state.data:
        return
    yield (Cause.INDENTED_AFTER_SIGNING,), stripped
    for strip in (_strip_place, _strip_outside, _strip_signature):
        if strip is not _strip_signature or not state.signature_is_sound:
            yield (Cause.INDENTED_AFTER_SIGNING,), _changed(state, strip)


def _indented(state: State) -> Restored:
    """Yield the document in the usual indentations, with its signature indented or as it is."""
    minified = _changed(state, _strip_all) == state.data
    cause = Cause.BLANKS_REMOVED if minified else Cause.INDENTED_AFTER_SIGNING
    for unit in _UNITS:
        for change in (_indent_outside,) if state.signature_is_sound else (_indent_outside, etree.indent):
            yield (cause,), _changed(state, partial(change, space=unit))


def _indent_outside(root: _Element, space: str) -> None:
    signature = _signature(root)
    place = signature.getparent()
    if place is None:
        return
    place.remove(signature)
    etree.indent(root, space=space)
    place.text = None
    signature.tail = None
    place.append(signature)


def _strip(elements: Iterable[_Element]) -> None:
    for element in elements:
        if len(element) and not (element.text or "").strip():
            element.text = None
        for child in element:
            if not (child.tail or "").strip():
                child.tail = None


def _strip_all(root: _Element) -> None:
    _strip(root.iter())


def _strip_place(root: _Element) -> None:
    _strip(islice(_signature(root).iterancestors(), 1))


def _strip_signature(root: _Element) -> None:
    _strip(_signature(root).iter())


def _strip_outside(root: _Element) -> None:
    inside = set(_signature(root).iter())
    _strip(element for element in root.iter() if element not in inside)


# --- base64 of the signature


def _unwrapped(state: State) -> Restored:
    if not state.signature_is_sound and any(re.search(r"\s", element.text or "") for element in _encoded(state.tree())):
        yield (Cause.BASE64_REWRAPPED,), _changed(state, lambda root: _wrap(root, 0))


def _wrapped(state: State) -> Restored:
    for length in () if state.signature_is_sound else _WRAPS:
        yield (Cause.BASE64_REWRAPPED,), _changed(state, partial(_wrap, length=length))


def _wrap(root: _Element, length: int) -> None:
    for element in _encoded(root):
        text = "".join((element.text or "").split())
        lines = [text[at : at + length] for at in range(0, len(text), length)] if length else [text]
        element.text = "\n".join(lines)


def _alphabet(state: State) -> Restored:
    texts = [element.text or "" for element in _encoded(state.tree())]
    if any(set(" -_") & set(text.strip()) for text in texts):
        yield (Cause.BASE64_DAMAGED,), _changed(state, _standard)


def _standard(root: _Element) -> None:
    for element in _encoded(root):
        element.text = (element.text or "").strip().translate(_STANDARD)


def _encoded(root: _Element) -> Iterator[_Element]:
    return _signature(root).iter(*_BASE64)


# --- what was added


def _without_instructions(state: State) -> Restored:
    root = state.tree()
    alone = copy(root)  # what stands beside the root is not taken along
    if _serialized(alone) != state.data:
        yield (Cause.PROCESSING_INSTRUCTION_ADDED,), _serialized(alone)
    if next(alone.iter(etree.ProcessingInstruction), None) is not None:
        etree.strip_tags(alone, etree.ProcessingInstruction)
        yield (Cause.PROCESSING_INSTRUCTION_ADDED,), _serialized(alone)


def _without_location(state: State) -> Restored:
    root = state.tree()
    present = [name for name in _LOCATIONS if name in root.attrib]
    for name in present:
        del root.attrib[name]
    if present:
        yield (Cause.SCHEMA_LOCATION_CHANGED,), _serialized(root)


def _with_location(state: State) -> Restored:
    root = state.tree()
    place = etree.QName(root)
    if "xsi" in root.nsmap and (place.namespace or "").startswith(OASIS):
        value = f"{place.namespace} {_MAINDOC}/UBL-{place.localname}-2.1.xsd"
        if root.get(_LOCATIONS[0]) != value:
            root.set(_LOCATIONS[0], value)
            yield (Cause.SCHEMA_LOCATION_CHANGED,), _serialized(root)


BY_TRACES: Final[tuple[Undoing, ...]] = (
    _unescaped,
    _without_instructions,
    _without_location,
    _without_bom,
    _without_returns,
    _alphabet,
    _reencoded,
    _trimmed,
    _unwrapped,
    _without_blanks,
    lambda state: restored_prefixes(state.text, state.tags),
)
"""Ways of undoing what left traces in the document, in the order in which they are tried."""
UNDOINGS: Final[tuple[Undoing, ...]] = (
    *BY_TRACES,
    lambda state: restored_namespaces(state.text, state.tags, state.info),
    _with_location,
    _composed,
    _with_returns,
    _wrapped,
    _indented,
)
"""All of them; those without traces always give something, and come last."""
